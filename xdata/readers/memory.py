"""Rows in memory (tables, data frames, data sets, dicts) as a source: one Parquet file that every rank can read.

Ranks are processes of their own, and a killed run can be resumed, so rows are written to disk before they are read. The
file is named after its content: equal rows are written once, and changed rows are other input. A record's place is the
number of its row, from 0, whatever object the rows came in. So its id is the same from a DataFrame and from the dicts
of that DataFrame, and adding rows at the end changes no id.

Tables keep the types of their columns. Dicts have the types of JSON: times become words of ISO 8601, bytes base64, and
a column whose values are of several types becomes words; a value that is missing, NaN or NaT is null.
"""

import contextlib
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import regex

from xdata.disk import disk_error, hash_file, is_temporary, temporary_name
from xdata.errors import ConfigError, InputError, one_line
from xdata.kept.arrow_types import writable
from xdata.kept.json_values import decode, encode
from xdata.kept.kinds import Kinds, column_types
from xdata.kept.values import typed_column
from xdata.records import parquet_writer

FILE = "rows.parquet"
"""Path of a file of rows under the root of its source; part of the identity of each record."""

_PLACE = regex.compile(r"[0-9a-f]{16}")
"""Name of the folder of a file of rows."""
_BATCH_ROWS = 1000
_GROUP_ROWS = 10_000
_GROUP_BYTES = 1 << 20
"""Bytes in memory of a row group, about: files are cut into parts between row groups."""
_MISSING = frozenset({"NaTType", "NAType"})
"""Types of what pandas has for a missing value."""
_PANDAS, _POLARS, _LAZY = ("pandas", "DataFrame"), ("polars", "DataFrame"), ("polars", "LazyFrame")
_DATASET, _STREAMED = ("datasets", "Dataset"), ("datasets", "IterableDataset")

Rows = Iterable[Mapping[str, Any]]


@dataclass(frozen=True)
class Table:
    """Columns with types, as batches of rows."""

    schema: pa.Schema
    batches: Iterable[pa.RecordBatch]


@dataclass(frozen=True)
class Written:
    """A file of rows, `FILE` in a folder of its own."""

    folder: Path
    content: str
    """sha256 of the file."""


def is_table(value: object) -> bool:
    """Whether a value is an Arrow table, a data frame or a data set, or gives its rows as an Arrow stream."""
    known = (_PANDAS, _POLARS, _LAZY, _DATASET, _STREAMED)
    return (
        isinstance(value, pa.Table | pa.RecordBatch | pa.RecordBatchReader)
        or any(_is(value, *each) for each in known)
        or hasattr(value, "__arrow_c_stream__")
    )


def write_rows(value: Any, *, name: str, folder: Path) -> Written:
    """Writes a table (`is_table`), or dicts that are rows, below a folder, unless the same rows are there already.

    `name` is that of their source. Raises InputError where there is no row, or something else than rows, ConfigError
    for columns that no file can hold, ResourceError where the disk is full.
    """
    temporary = temporary_name(folder / FILE)
    spool = temporary_name(folder / f"{FILE}.jsonl")
    try:
        folder.mkdir(parents=True, exist_ok=True)
        table = _table(value) if is_table(value) else None
        if _write(table or _table_of_dicts(value, spool, name=name), temporary, name=name) == 0:
            raise InputError(f"{name}: the table has no rows")
        content = hash_file(temporary)
        place = folder / blake2b(f"{name}\0{content}".encode(), digest_size=8).hexdigest()
        if not (place / FILE).is_file():
            place.mkdir(exist_ok=True)
            temporary.replace(place / FILE)
        return Written(place, content)
    except OSError as error:
        raise disk_error(error, folder) from None
    finally:
        temporary.unlink(missing_ok=True)
        spool.unlink(missing_ok=True)


def remove_others(folder: Path, used: Iterable[Path]) -> None:
    """Removes rows below a folder that no source of the last run has, and what killed runs left half-written.

    Nothing else is removed.
    """
    kept = {path.name for path in used}
    for path in sorted(folder.iterdir()) if folder.is_dir() else ():
        if is_temporary(path) and path.name.startswith(f".{FILE}"):
            path.unlink(missing_ok=True)
        elif _PLACE.fullmatch(path.name) and path.name not in kept:
            (path / FILE).unlink(missing_ok=True)
            with contextlib.suppress(OSError):  # holds other files
                path.rmdir()


def _is(value: object, package: str, name: str) -> bool:
    """Whether a value is of a class of a package, which is not imported for that."""
    kind = getattr(sys.modules.get(package), name, None)
    return kind is not None and isinstance(value, kind)


def _table(value: Any) -> Table | None:
    """A table with its types; None for a data set that does not know them."""
    if isinstance(value, pa.RecordBatch):
        return Table(value.schema, [value])
    if isinstance(value, pa.Table):
        return Table(value.schema, value.to_batches())
    if isinstance(value, pa.RecordBatchReader):
        return Table(value.schema, value)
    if _is(value, *_PANDAS):
        return _table(_of_pandas(value))
    if _is(value, *_LAZY):
        return _table(value.collect().to_arrow())
    if _is(value, *_POLARS):
        return _table(value.to_arrow())
    if _is(value, *_DATASET) or _is(value, *_STREAMED):
        return _of_dataset(value)
    return _table(pa.RecordBatchReader.from_stream(value))


def _of_dataset(dataset: Any) -> Table | None:
    if dataset.features is None:
        return None
    pieces = dataset.with_format("arrow").iter(batch_size=_BATCH_ROWS)
    return Table(dataset.features.arrow_schema, (batch for piece in pieces for batch in piece.to_batches()))


def _of_pandas(frame: Any) -> pa.Table:
    """The columns of a DataFrame, and its index where that has a name. Columns of several types become words."""
    if any(name is not None for name in frame.index.names):
        frame = frame.reset_index()
    for name in frame.columns:
        if not isinstance(name, str):
            raise InputError(f"the column {name!r} of a DataFrame has a name that is not a string: rename it")
    columns = [_pandas_column(frame.iloc[:, number]) for number in range(len(frame.columns))]
    return pa.table(columns, names=list(frame.columns))


def _pandas_column(series: Any) -> pa.Array | pa.ChunkedArray:
    try:
        return pa.array(series, from_pandas=True)
    except (pa.ArrowException, OverflowError, UnicodeEncodeError):
        rows = [decode(_line({"": value})) for value in series]
        kinds = Kinds()
        for row in rows:
            kinds.add(row)
        return _column(rows, "", column_types([kinds.to_data()], [])[""])


def _table_of_dicts(rows: Rows, spool: Path, *, name: str) -> Table:
    """Rows of values of JSON as columns, whose types follow from all of them; `spool` holds them until then."""
    kinds = Kinds()
    names: dict[str, None] = {}
    with spool.open("wb") as file:
        for number, row in enumerate(rows):
            line = _line(_checked(row, f"{name}: row {number}"))
            values = decode(line)
            kinds.add(values)
            names |= dict.fromkeys(values)
            file.write(line + b"\n")
    types = column_types([kinds.to_data()], [])
    schema = pa.schema([(each, types[each]) for each in names])
    return Table(schema, _spooled(spool, schema))


def _spooled(spool: Path, schema: pa.Schema) -> Iterator[pa.RecordBatch]:
    with spool.open("rb") as file:
        while lines := list(islice(file, _BATCH_ROWS)):
            rows = list(map(decode, lines))
            columns = [_column(rows, field.name, field.type) for field in schema]
            yield pa.RecordBatch.from_arrays(columns, schema=schema)


def _column(rows: list[dict[str, Any]], name: str, kind: pa.DataType) -> pa.Array:
    return typed_column(rows, [("", "")] * len(rows), name, kind, {})


def _checked(row: object, where: str) -> Mapping[str, Any]:
    if not isinstance(row, Mapping):
        raise InputError(f"{where}: expected a dict (column -> value), found {type(row).__name__}")
    for key in row:
        if not isinstance(key, str):
            raise InputError(f"{where}: expected names of columns that are strings, found {key!r}")
    return row


def _line(row: Mapping[str, Any]) -> bytes:
    return encode({name: None if _is_missing(value) else value for name, value in row.items()})


def _is_missing(value: Any) -> bool:
    return (isinstance(value, float) and value != value) or type(value).__name__ in _MISSING


def _write(table: Table, path: Path, *, name: str) -> int:
    """Writes the rows, some thousand to a row group; the number of rows."""
    schema = pa.schema([(field.name, _file_type(field, name)) for field in table.schema])
    num_rows = 0
    with parquet_writer(path, schema) as writer:
        for group in _row_groups(_cast(table.batches, schema, name)):
            writer.write_table(group, row_group_size=group.num_rows)
            num_rows += group.num_rows
    return num_rows


def _file_type(field: pa.Field, name: str) -> pa.DataType:
    try:
        return writable(field.type)
    except ConfigError as error:
        raise ConfigError(f"{name}: the column {field.name!r} {error}: remove it from the table") from None


def _cast(batches: Iterable[pa.RecordBatch], schema: pa.Schema, name: str) -> Iterator[pa.Table]:
    for batch in batches:
        table = pa.Table.from_batches([batch])
        try:
            yield table.cast(schema)
        except (pa.ArrowException, ValueError) as error:
            raise InputError(f"{name}: cannot be written as Parquet: {one_line(str(error), limit=200)}") from None


def _row_groups(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The rows in groups that do not depend on the tables that they came in."""
    waiting: list[pa.Table] = []
    rows = size = 0
    for piece in _pieces(tables):
        waiting.append(piece)
        rows, size = rows + piece.num_rows, size + piece.nbytes
        if rows >= _GROUP_ROWS or size >= _GROUP_BYTES:
            yield pa.concat_tables(waiting).combine_chunks()
            waiting, rows, size = [], 0, 0
    if waiting:
        yield pa.concat_tables(waiting).combine_chunks()


def _pieces(tables: Iterable[pa.Table]) -> Iterator[pa.Table]:
    """The same rows, a thousand at a time or as few as have the bytes of a row group."""
    waiting: list[pa.Table] = []
    rows = 0
    for table in tables:
        while table.num_rows:
            part = table.slice(0, _BATCH_ROWS - rows)
            table = table.slice(part.num_rows)
            waiting.append(part)
            rows += part.num_rows
            if rows == _BATCH_ROWS:
                yield from _halves(pa.concat_tables(waiting).combine_chunks())
                waiting, rows = [], 0
    if waiting:
        yield from _halves(pa.concat_tables(waiting).combine_chunks())


def _halves(table: pa.Table) -> Iterator[pa.Table]:
    if table.nbytes <= _GROUP_BYTES or table.num_rows == 1:
        yield table
        return
    middle = table.num_rows // 2
    yield from _halves(table.slice(0, middle))
    yield from _halves(table.slice(middle))
