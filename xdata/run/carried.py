"""What is carried from the input to the output beside texts: the user's columns, and scores of an earlier output.

The ranks of the read stage note which values there are, and of which types; the type of a column of the output is
settled over all of them when the emit stage is planned.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pyarrow as pa
import pyarrow.compute as pc

from xdata import records
from xdata.kept.arrow_types import types_from_data, types_to_data
from xdata.kept.columns import CARRIED, LABELS, OWN_NAMES
from xdata.kept.json_values import decode, rows_of
from xdata.kept.kinds import Kind, Kinds, column_types
from xdata.kept.values import FileTypes, typed_column
from xdata.records import LANGUAGE_SCORE, SCRIPT, VARIETY, Document, KeptTypes

_RESERVED = frozenset({CARRIED, *LABELS})


@dataclass(frozen=True, kw_only=True)
class Noted:
    """What the documents of one rank carry."""

    kinds: Mapping[str, Kind] = field(default_factory=dict)
    """Column of the user -> kinds of its values, of rows without types."""
    files: Sequence[tuple[str, Sequence[tuple[str, str]]]] = ()
    """(types of a table as words, the (source, path) of files that have them)."""
    scores: Sequence[str] = ()
    """Names of scores of an earlier output."""


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What the documents of a run carry, as input of the ranks of the emit stage."""

    columns: str | None = None
    """The user's columns with their types, as words; None where there are none."""
    scores: tuple[str, ...] = ()

    @property
    def types(self) -> dict[str, pa.DataType]:
        """Column of the user -> its type."""
        return {} if self.columns is None else dict(types_from_data(self.columns))


class Noting:
    """Notes what the documents of one rank carry."""

    def __init__(self) -> None:
        self._kinds = Kinds()
        self._scores: set[str] = set()
        self._files: dict[str, set[tuple[str, str]]] = {}
        self._typed: set[tuple[str, str]] = set()

    def note_types(self, item: KeptTypes) -> None:
        """The types of a table that is read."""
        self._typed.add((item.source, item.path))
        self._scores.update(item.scores)
        if item.types:
            self._files.setdefault(types_to_data(item.types), set()).add((item.source, item.path))

    def note(self, document: Document) -> None:
        """What one document carries. Raises ConfigError where it keeps one column too many."""
        if document.kept is None or (document.origin.source, document.origin.path) in self._typed:
            return
        values = decode(document.kept)
        self._scores.update(values.get(CARRIED) or ())
        self._kinds.add({name: value for name, value in values.items() if name not in _RESERVED})

    @property
    def noted(self) -> Noted:
        """What was noted until now."""
        return Noted(kinds=self._kinds.to_data(), files=_sorted(self._files), scores=sorted(self._scores))


def _sorted(files: Mapping[str, Iterable[tuple[str, str]]]) -> list[tuple[str, list[tuple[str, str]]]]:
    return [(word, sorted(some)) for word, some in sorted(files.items())]


def pass_on(noted: Iterable[Noted]) -> Noted:
    """What an annotate rank notes of the read ranks whose documents it has: the types of their tables."""
    files: dict[str, set[tuple[str, str]]] = {}
    for word, some in (each for one in noted for each in one.files):
        files.setdefault(word, set()).update(some)
    return Noted(files=_sorted(files))


def file_types(noted: Noted) -> FileTypes:
    """The types of the tables that the documents of an annotate rank come from."""
    return {
        (source, path): types
        for word, some in noted.files
        for types in [types_from_data(word)]
        for source, path in some
    }


def settle(noted: Sequence[Noted]) -> Carried:
    """The columns of the user with their types, and the scores that are carried, over all ranks.

    Raises ConfigError where there are too many columns.
    """
    words = {word for one in noted for word, _ in one.files}
    columns = column_types([one.kinds for one in noted if one.kinds], map(types_from_data, sorted(words)))
    scores = sorted({name for one in noted for name in one.scores})
    return Carried(columns=types_to_data(columns) if columns else None, scores=tuple(scores))


def with_kept(schema: pa.Schema, carried: Carried) -> pa.Schema:
    """The schema of a record of the output with the user's columns at its end."""
    for name, kind in carried.types.items():
        schema = schema.append(pa.field(name, kind))
    return schema


def join(table: pa.Table, texts: pa.ChunkedArray, schema: pa.Schema, types: FileTypes) -> dict[str, pa.Array]:
    """The columns of `schema` that are carried, of some documents: the user's, the variety, and all scores.

    `table` has the source and path of each, and the scores that the recipe computed, if any; `texts` what it carries.
    """
    names = [name for name in schema.names if name not in OWN_NAMES]
    some = texts.null_count < len(texts)
    rows = list(rows_of(texts.to_pylist())) if some else [{}] * len(texts)
    found: dict[str, pa.Array] = {}
    if names:
        files = list(zip(table[records.SOURCE].to_pylist(), table[records.PATH].to_pylist(), strict=True))
        found = {name: typed_column(rows, files, name, schema.field(name).type, types) for name in names}
    if some and VARIETY in schema.names:
        found[VARIETY] = pa.array([row.get(VARIETY) for row in rows], pa.string())
    return found


def join_scores(computed: pa.StructArray | None, texts: pa.ChunkedArray, kind: pa.StructType) -> pa.StructArray:
    """The scores of some documents: those that the recipe computed, all others as they are carried."""
    own = {} if computed is None else {each.name: computed.field(each.name) for each in computed.type}
    if computed is not None and own.keys() == {each.name for each in kind}:
        return computed
    rows = [row.get(CARRIED) or {} for row in rows_of(texts.to_pylist())]
    arrays = [
        own[each.name] if each.name in own else pa.array([row.get(each.name) for row in rows], each.type)
        for each in kind
    ]
    return pa.StructArray.from_arrays(arrays, fields=list(kind))


def with_labels(columns: Mapping[str, pa.Array], texts: pa.ChunkedArray) -> dict[str, pa.Array]:
    """Columns of an annotate part, with the script and the score of the language that documents carry, if they do.

    The languages of documents of an output folder are not identified again, so that the step that does it for others
    finds no score.
    """
    found = dict(columns)
    if texts.null_count == len(texts):
        return found
    rows = list(rows_of(texts.to_pylist()))
    scores = [row.get(LANGUAGE_SCORE) for row in rows]
    if any(score is not None for score in scores):
        carried = pa.array(scores, pa.float32())
        found[LANGUAGE_SCORE] = pc.coalesce(found[LANGUAGE_SCORE], carried) if LANGUAGE_SCORE in found else carried
    scripts = [row.get(SCRIPT) for row in rows]
    if any(script is not None for script in scripts):
        carried = pa.array(scripts, pa.string())
        found[SCRIPT] = pc.coalesce(carried, found[SCRIPT]) if SCRIPT in found else carried
    return found
