"""Columns of documents over all stages of a run, row-aligned.

An annotate part holds its documents in groups, one a language, and every later stage writes its columns for such
groups: `decide` in a file for each part, `cluster` in a file for each set of languages. A group is found by (part,
language), and the last stage that wrote columns for it is the one that is valid.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xdata import records
from xdata.run.commit import own_name
from xdata.run.task import Task


@dataclass(frozen=True)
class Group:
    """The documents of one language in one annotate part."""

    part: int
    language: str
    row_group: int
    num_rows: int
    text_bytes: int


@dataclass(frozen=True)
class Decided:
    """What a deciding stage made of a group, and where its columns are."""

    path: Path
    row_group: int
    kept_rows: int
    kept_bytes: int
    dropped_rows: int
    dropped_bytes: int


class Ledger:
    """Read access to the columns of all documents, as of the stages before a task."""

    def __init__(self, task: Task) -> None:
        self._annotate = task.before("annotate")
        self._deciding = [before for before in task.upstream if before.stage.phase in ("decide", "cluster")]

    @cached_property
    def groups(self) -> list[Group]:
        """All groups, in order of part and language."""
        return [
            Group(commit.rank, language, row_group, num_rows, text_bytes)
            for commit in self._annotate.commits
            for row_group, (language, num_rows, text_bytes) in enumerate(commit.facts["groups"])
        ]

    @cached_property
    def decided(self) -> dict[tuple[int, str], Decided]:
        """(part, language) -> the last decision over that group."""
        found: dict[tuple[int, str], Decided] = {}
        for task in reversed(self._deciding):
            for commit in task.commits:
                path = task.folder / own_name(commit.rank, "decision")
                for row_group, (part, language, *numbers) in enumerate(commit.facts["groups"]):
                    found[part, language] = Decided(path, row_group, *numbers)
        return found

    def read(self, group: Group, columns: Sequence[str]) -> pa.Table:
        """Ledger columns of a group."""
        return _read(self._path(group, "ledger"), group.row_group, tuple(columns))

    def read_all(self, group: Group) -> pa.Table:
        """All ledger columns of a group."""
        return self.read(group, self.columns)

    @cached_property
    def columns(self) -> list[str]:
        """Names of the ledger's columns."""
        recipe = self._annotate.recipe
        names: list[str] = records.ledger_schema(recipe.labels(), recipe.scores()).names
        return names

    def read_texts(self, group: Group) -> pa.Table:
        return _read(self._path(group, "text"), group.row_group, (records.TEXT,))

    def read_signature(self, group: Group, name: str) -> pa.ChunkedArray:
        return _read(self._path(group, "signatures"), group.row_group, (name,))[name]

    def read_decision(self, group: Group) -> pa.Table:
        """The last decision over a group, as `DECISION_SCHEMA`."""
        decided = self.decided[group.part, group.language]
        return _read(decided.path, decided.row_group, tuple(records.DECISION_SCHEMA.names))

    def score_type(self) -> pa.DataType:
        return records.scores_type(self._annotate.recipe.scores())

    def _path(self, group: Group, what: str) -> Path:
        return self._annotate.folder / own_name(group.part, what)


def base_column(path: str) -> str:
    """The column that a path is in: `scores.num_words` is in `scores`."""
    return path.split(".")[0]


def _read(path: Path, row_group: int, columns: tuple[str, ...]) -> pa.Table:
    return open_parquet(path).read_row_group(row_group, columns=list(columns), use_threads=False)


@lru_cache(maxsize=16)
def open_parquet(path: Path) -> pq.ParquetFile:
    """An open Parquet file; the last few are kept open, since their groups are read one after the other."""
    return pq.ParquetFile(path)


def facts_of_group(part: int, language: str, kept: Any, text_bytes: Any) -> list[Any]:
    """Facts of one decided group for `Ledger.decided`, from numpy arrays of the rows."""
    return [
        part,
        language,
        int(kept.sum()),
        int(text_bytes[kept].sum()),
        int((~kept).sum()),
        int(text_bytes[~kept].sum()),
    ]
