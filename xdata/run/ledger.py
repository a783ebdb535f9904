"""Columns of documents over all stages of a run, row-aligned.

An annotate part holds its documents in groups, one a language, and every later stage writes its columns for such
groups: `decide` in a file for each part, `cluster` and `cut` in a file for each set of languages. A group is found by
(part, language), and the last stage that wrote columns for it is the one that is valid.

What a `cut` stage took out of texts is applied wherever they are read, unless the whole text is asked for, and what it
measured of them again stands in for what the annotate stage measured.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xdata import records
from xdata.kept.values import FileTypes
from xdata.recipe.phases import ANNOTATE, CUT, GROUP
from xdata.run.carried import file_types
from xdata.run.commit import own_name
from xdata.run.parts import AnnotateFacts, DecidedFacts, DecidedGroup, GroupFacts
from xdata.run.task import Task
from xdata.text.removed_spans import Range, cut_out


@dataclass(frozen=True)
class Group:
    """The documents of one language in one annotate part."""

    part: int
    language: str
    row_group: int
    num_rows: int
    text_bytes: int


@dataclass(frozen=True)
class Unit:
    """Documents of one part that are written together, in order of the corpus."""

    part: int
    groups: tuple[Group, ...]
    """Those of one language, or of all languages of the part."""

    @property
    def num_rows(self) -> int:
        return sum(group.num_rows for group in self.groups)


@dataclass(frozen=True)
class Decided:
    """What a deciding stage made of a group, and where its columns are."""

    path: Path
    row_group: int
    facts: DecidedGroup


class Ledger:
    """Read access to the columns of all documents, as of the stages before a task."""

    def __init__(self, task: Task) -> None:
        self._annotate = task.before(ANNOTATE)
        self._deciding = [before for before in task.upstream if before.phase.decides]
        self._grouping = next((before for before in task.upstream if before.phase == GROUP), None)
        self.cuts_texts = any(before.phase == CUT for before in self._deciding)
        """Whether a stage before the task took parts out of documents."""
        self.is_decided = bool(self._deciding)
        """Whether a stage before the task decided over the documents."""
        self._file_types: dict[int, FileTypes] = {}
        self._held: dict[tuple[Path, int], pa.Table] = {}

    @cached_property
    def groups(self) -> list[Group]:
        """All groups, in order of part and language."""
        return [
            group for part, facts in enumerate(self._annotate.facts(AnnotateFacts)) for group in _groups(part, facts)
        ]

    def groups_of(self, part: int) -> list[Group]:
        """The groups of one part, in order of language; no other part is looked at."""
        return _groups(part, self._annotate.facts_of(part, AnnotateFacts))

    @cached_property
    def groups_by_part(self) -> dict[int, list[Group]]:
        """Part -> its groups, in order of language."""
        found: dict[int, list[Group]] = {}
        for group in self.groups:
            found.setdefault(group.part, []).append(group)
        return found

    @cached_property
    def parts(self) -> list[Unit]:
        """All documents of each part, in order of the parts."""
        return [Unit(part, tuple(groups)) for part, groups in sorted(self.groups_by_part.items())]

    @property
    def by_language(self) -> list[Unit]:
        """The documents of each language of each part."""
        return [Unit(group.part, (group,)) for group in self.groups]

    def in_order(self, unit: Unit, tables: Sequence[pa.Table]) -> pa.Table:
        """The rows of tables of all groups of a unit, in order of the corpus, as one chunk."""
        table = pa.concat_tables(tables)
        if len(unit.groups) > 1:
            numbers = np.concatenate([self._numbers(group) for group in unit.groups])
            table = table.take(np.argsort(numbers))
        return table.combine_chunks()

    def _numbers(self, group: Group) -> npt.NDArray[np.int32]:
        """Place of each document of a group among those of its part."""
        numbers: npt.NDArray[np.int32] = self._read(self._path(group, "text"), group.row_group, [records.NUMBER])[
            records.NUMBER
        ].to_numpy()
        return numbers

    @cached_property
    def _decided(self) -> dict[tuple[int, str], Decided]:
        """(part, language) -> the last decision over that group, and where it is."""
        found: dict[tuple[int, str], Decided] = {}
        for task in reversed(self._deciding):
            for rank, facts in enumerate(task.facts(DecidedFacts)):
                path = task.folder / own_name(rank, "decision")
                for row_group, group in enumerate(facts.groups):
                    found[group.part, group.language] = Decided(path, row_group, group)
        return found

    @property
    def decided(self) -> dict[tuple[int, str], DecidedGroup]:
        """(part, language) -> the last decision over that group."""
        return self._decided_groups

    @cached_property
    def _decided_groups(self) -> dict[tuple[int, str], DecidedGroup]:
        return {key: decided.facts for key, decided in self._decided.items()}

    @cached_property
    def _cut(self) -> dict[tuple[int, str], tuple[Path, int]]:
        """(part, language) -> file and row group of what the last stage that cuts wrote for that group."""
        return {
            (group.part, group.language): (task.folder / own_name(rank, "cuts"), row_group)
            for task in reversed(self._deciding)
            if task.phase == CUT
            for rank, facts in enumerate(task.facts(DecidedFacts))
            for row_group, group in enumerate(facts.groups)
        }

    @cached_property
    def kept_bytes(self) -> dict[str, int]:
        """Language -> bytes of text of the documents that are still kept, of languages that have some."""
        found: dict[str, int] = {}
        for (_, language), decided in self.decided.items():
            if decided.kept_rows:
                found[language] = found.get(language, 0) + decided.kept_bytes
        return found

    def hold(self, groups: Sequence[Group], columns: Sequence[str]) -> None:
        """Reads the decisions and some columns (by path) of many groups and keeps them, each file being opened once.

        Code that iterates over languages instead of parts would otherwise reopen every file for every language.
        """
        own = [base for base in dict.fromkeys(map(base_column, columns)) if base in self.columns]
        named = [path for path in columns if base_column(path) == records.SIGNATURES]
        signatures = [path.removeprefix(f"{records.SIGNATURES}.") for path in named]
        wanted: dict[Path, list[tuple[int, list[str]]]] = {}
        for group in groups:
            decided = self._decided[group.part, group.language]
            wanted.setdefault(decided.path, []).append((decided.row_group, list(records.DECISION_SCHEMA.names)))
            wanted.setdefault(self._path(group, "ledger"), []).append((group.row_group, own))
            if signatures:
                wanted.setdefault(self._path(group, "signatures"), []).append((group.row_group, signatures))
        for path, row_groups in wanted.items():
            file = open_parquet(path)
            for row_group, names in row_groups:
                self._held[path, row_group] = file.read_row_group(row_group, columns=names, use_threads=False)

    def read(self, group: Group, columns: Sequence[str]) -> pa.Table:
        """Ledger columns of a group."""
        return self._read(self._path(group, "ledger"), group.row_group, columns)

    def read_all(self, group: Group) -> pa.Table:
        """All ledger columns of a group."""
        return self.read(group, self.columns)

    @cached_property
    def columns(self) -> list[str]:
        """Names of the ledger's columns."""
        recipe = self._annotate.recipe
        names: list[str] = records.ledger_schema(recipe.labels(), recipe.scores()).names
        return names

    def read_column(self, group: Group, path: str) -> pa.ChunkedArray:
        """A column by path, as the stages before the task left it: cut texts, and what was measured of them again."""
        base = base_column(path)
        if base == records.TEXT:
            return self.read_texts(group)
        if base == records.SIGNATURES:
            found = self.read_signature(group, path.removeprefix(f"{base}."))
        else:
            column = self.read(group, [base])[base]
            found = column if path == base else pc.struct_field(column, path.removeprefix(f"{base}."))
        return self._with_measured_again(group, path, found)

    def read_texts(self, group: Group, *, whole: bool = False) -> pa.ChunkedArray:
        """Texts of a group, as cuts left them or `whole`."""
        texts = self._read(self._path(group, "text"), group.row_group, [records.TEXT])[records.TEXT]
        cuts = {} if whole else self.read_cuts(group)
        if not cuts:
            return texts
        rows = np.array(list(cuts), dtype=np.int64)
        found = zip(texts.take(rows).to_pylist(), cuts.values(), strict=True)
        left = pa.array([cut_out(text, ranges) for text, ranges in found], texts.type)
        return _replaced(texts, rows, pa.chunked_array([left]))

    def read_carried(self, group: Group) -> pa.ChunkedArray:
        """What each document of a group carries beside its text, as `kept` has it."""
        return self._read(self._path(group, "text"), group.row_group, [records.KEPT_VALUES])[records.KEPT_VALUES]

    def file_types(self, group: Group) -> FileTypes:
        """The types of the tables that the documents of a group come from."""
        if group.part not in self._file_types:
            self._file_types[group.part] = file_types(self._annotate.facts_of(group.part, AnnotateFacts).carried)
        return self._file_types[group.part]

    def read_rows(self, group: Group) -> pa.ChunkedArray:
        """The rows of the input that the documents of a group were read from; null where they do not travel."""
        return self._read(self._path(group, "text"), group.row_group, [records.ROW])[records.ROW]

    def read_cuts(self, group: Group) -> dict[int, list[Range]]:
        """Row -> ranges that stages took out of its whole text, of the rows that they took some from."""
        if (group.part, group.language) not in self._cut:
            return {}
        column = self._read(*self._cut[group.part, group.language], [records.CUTS])[records.CUTS]
        rows = np.flatnonzero(pc.list_value_length(column).to_numpy())
        found = column.take(rows).to_pylist()
        return {
            row: [(one["start"], one["end"]) for one in ranges]
            for row, ranges in zip(rows.tolist(), found, strict=True)
        }

    def _with_measured_again(self, group: Group, path: str, found: pa.ChunkedArray) -> pa.ChunkedArray:
        if (group.part, group.language) not in self._cut:
            return found
        where = self._cut[group.part, group.language]
        if path not in open_parquet(where[0]).schema_arrow.names:
            return found
        table = self._read(*where, [records.CUTS, path])
        rows = np.flatnonzero(pc.list_value_length(table[records.CUTS]).to_numpy())
        return _replaced(found, rows, table[path].take(rows)) if len(rows) else found

    def read_signature(self, group: Group, name: str) -> pa.ChunkedArray:
        return self._read(self._path(group, "signatures"), group.row_group, [name])[name]

    def read_split_groups(self, group: Group) -> pa.ChunkedArray:
        """Number of the group of each kept document; null without held-out splits."""
        if self._grouping is None:
            return pa.chunked_array([pa.nulls(group.num_rows, pa.uint64())])
        path = self._grouping.folder / own_name(0, "groups")
        return self._read(path, self._grouped[group.part, group.language], [records.SPLIT_GROUP])[records.SPLIT_GROUP]

    @property
    def has_split_groups(self) -> bool:
        """Whether a stage before the task groups documents that must lie in one split."""
        return self._grouping is not None

    @cached_property
    def _grouped(self) -> dict[tuple[int, str], int]:
        """(part, language) -> row group of the file of the stage that groups."""
        assert self._grouping is not None
        [facts] = self._grouping.facts(GroupFacts)
        return {(part, language): number for number, (part, language) in enumerate(facts.groups)}

    def read_decision(self, group: Group) -> pa.Table:
        """The last decision over a group, as `DECISION_SCHEMA`."""
        decided = self._decided[group.part, group.language]
        return self._read(decided.path, decided.row_group, records.DECISION_SCHEMA.names)

    def _read(self, path: Path, row_group: int, columns: Sequence[str]) -> pa.Table:
        held = self._held.get((path, row_group))
        if held is not None and set(columns) <= set(held.column_names):
            return held.select(list(columns))
        return open_parquet(path).read_row_group(row_group, columns=list(columns), use_threads=False)

    def _path(self, group: Group, what: str) -> Path:
        return self._annotate.folder / own_name(group.part, what)


def _groups(part: int, facts: AnnotateFacts) -> list[Group]:
    return [
        Group(part, group.language, row_group, group.num_rows, group.num_bytes)
        for row_group, group in enumerate(facts.groups)
    ]


def _replaced(column: pa.ChunkedArray, rows: np.ndarray[Any, Any], values: pa.ChunkedArray) -> pa.ChunkedArray:
    """The column with other values at some rows."""
    places = np.arange(len(column))
    places[rows] = len(column) + np.arange(len(rows))
    return pa.chunked_array([*column.chunks, *values.chunks], type=column.type).take(places)


def base_column(path: str) -> str:
    """The column that a path is in: `scores.num_words` is in `scores`."""
    return path.split(".")[0]


@lru_cache(maxsize=16)
def open_parquet(path: Path) -> pq.ParquetFile:
    """An open Parquet file; the last few are kept open, since their groups are read one after the other."""
    return pq.ParquetFile(path)


def decided_group(group: Group, kept: Any, text_bytes: Any, left_bytes: Any) -> DecidedGroup:
    """A group after a decision, from arrays of its rows: bytes of whole texts, and of what cuts left of them, which is
    what counts where they are kept.
    """
    return DecidedGroup(
        part=group.part,
        language=group.language,
        kept_rows=int(kept.sum()),
        kept_bytes=int(left_bytes[kept].sum()),
        dropped_rows=int((~kept).sum()),
        dropped_bytes=int(text_bytes[~kept].sum()),
    )
