"""Reads documents from Parquet, by ranges of row groups."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xdata import kept
from xdata.errors import ConfigError, InputError, one_line
from xdata.readers import fields
from xdata.readers.fields import Layout
from xdata.records import Document, KeptTypes, Origin, Skipped, Unreadable

_BATCH_ROWS = 256
_WORDS = (pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null)
"""Types of a column that text may be in."""


def row_group_bytes(location: str) -> list[int]:
    """Compressed size of each row group. Raises InputError where the file is not Parquet."""
    metadata = _open(location).metadata
    return [_compressed_bytes(metadata.row_group(i)) for i in range(metadata.num_row_groups)]


def read_parquet(
    location: str,
    *,
    origin: Origin,
    start: int,
    end: int,
    layout: Layout,
    max_record_bytes: int,
    copy_rows: bool = False,
) -> Iterator[Document | Skipped | Unreadable | KeptTypes]:
    """The rows of row groups `start` to before `end`; a row's place is its number in the file.

    Where rows are to be copied, all columns are read, so that none is damaged in a row that is read.

    A row group that is broken is read as far as it goes. Raises InputError where the file is not Parquet or lacks a
    field.
    """
    file = _open(location)
    check_schema(file.schema_arrow, layout, f"{origin.source}: {origin.path}")
    keeping = KeptColumns.of(file.schema_arrow, layout, where=f"{origin.source}: {origin.path}")
    if keeping.types:
        yield KeptTypes(origin.source, origin.path, keeping.types)
    wanted = {*layout.columns, *keeping.bases}
    columns = None if copy_rows else [name for name in file.schema_arrow.names if name in wanted]
    begin = sum(file.metadata.row_group(i).num_rows for i in range(start))
    for number in range(start, end):
        row = begin
        for batch in _batches(file, number, columns=columns):
            if isinstance(batch, str):
                yield Unreadable(Origin(origin.source, origin.path, row), batch, is_damage=True)
            else:
                yield from table_rows(batch, layout, keeping, origin, row, max_record_bytes)
                row += batch.num_rows
        begin += file.metadata.row_group(number).num_rows


@dataclass(frozen=True)
class KeptColumns:
    """The columns of one table that are kept."""

    columns: Mapping[str, tuple[str, pa.DataType]]
    """Path in the table -> name in the output, and type there."""

    @classmethod
    def of(cls, schema: pa.Schema, layout: Layout, *, where: str) -> "KeptColumns":
        """Those of a table that is laid out so. Raises ConfigError for one whose values cannot be kept."""
        if layout.keep is None:
            return cls({})
        inside = [path for path in layout.keep.names if path not in schema.names and path != kept.ALL]
        found = {}
        for path, target in layout.keep.targets([*dict.fromkeys(schema.names), *inside]).items():
            try:
                found[path] = target, kept.writable(_type_at(schema, path))
            except ConfigError as error:
                raise ConfigError(f"{where}: the column {path!r} {error}: leave it out of keep") from None
        return cls(found)

    @property
    def bases(self) -> list[str]:
        """The columns of the table that they are in."""
        return [name for path in self.columns for name in (path, path.split(".")[0])]

    @property
    def types(self) -> dict[str, pa.DataType]:
        """Column of the output -> its type."""
        return dict(self.columns.values())

    def values(self, batch: pa.RecordBatch) -> list[bytes] | None:
        """What each row of a batch keeps, as it travels; None where nothing is kept.

        Raises ValueError or an error of Arrow for values that cannot be read.
        """
        if not self.columns:
            return None
        found = {
            target: kept.wire_values(_array_at(batch, path), kind) for path, (target, kind) in self.columns.items()
        }
        return [kept.encode(dict(zip(found, row, strict=True))) for row in zip(*found.values(), strict=True)]


def _type_at(schema: pa.Schema, path: str) -> pa.DataType:
    """The type of a column, or of what is at a path in one of objects. Raises ConfigError where nothing is."""
    if path in schema.names:
        return schema.field(path).type
    base, *names = path.split(".")
    kind = schema.field(base).type
    for name in names:
        if not pa.types.is_struct(kind) or kind.get_field_index(name) < 0:
            raise ConfigError("is a path into a list, whose values have no names")
        kind = kind.field(name).type
    return kind


def _array_at(batch: pa.RecordBatch, path: str) -> pa.Array:
    if path in batch.schema.names:
        return batch.column(path)
    base, *names = path.split(".")
    return pc.struct_field(batch.column(base), names)


def table_rows(
    batch: pa.RecordBatch, layout: Layout, keeping: KeptColumns, origin: Origin, first: int, max_record_bytes: int
) -> Iterator[Document | Skipped | Unreadable]:
    """The documents in a batch of a table, of which the first is row number `first`."""
    try:
        values = keeping.values(batch)
    except (ValueError, OverflowError, NotImplementedError, RecursionError, pa.ArrowException) as error:
        if batch.num_rows == 1:
            yield Unreadable(
                Origin(origin.source, origin.path, first), f"a row cannot be read: {one_line(str(error), limit=120)}"
            )
            return
        for number in range(batch.num_rows):
            one = batch.slice(number, 1)
            yield from table_rows(one, layout, keeping, origin, first + number, max_record_bytes)
        return
    wanted = batch.select([name for name in layout.columns if name in batch.schema.names])
    for number, row in enumerate(batch_rows(wanted)):
        place = Origin(origin.source, origin.path, first + number)
        yield table_row(row, place, layout, max_record_bytes, kept=None if values is None else values[number])


def batch_rows(batch: pa.RecordBatch) -> Iterator[dict[str, Any] | str]:
    """The rows of a batch, or what is wrong with one. Times are words, as Arrow writes them, and never a clock's."""
    arrays = [_words_of_times(batch.column(number)) for number in range(batch.num_columns)]
    batch = pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)
    try:
        yield from batch.to_pylist()
    except (ValueError, OverflowError, NotImplementedError, pa.ArrowException):
        for number in range(batch.num_rows):
            try:
                yield batch.slice(number, 1).to_pylist()[0]
            except (ValueError, OverflowError, NotImplementedError, pa.ArrowException) as error:
                yield f"a row cannot be read: {one_line(str(error), limit=120)}"


def _words_of_times(column: pa.Array) -> pa.Array:
    """A column of times as words in UTC; any other column as it is."""
    if pa.types.is_timestamp(column.type):
        zone = "Z" if column.type.tz else ""
        words = column.cast(pa.timestamp(column.type.unit)).cast(pa.string())
        return pc.binary_join_element_wise(words, zone, "") if zone else words
    is_clock = pa.types.is_date(column.type) or pa.types.is_time(column.type)
    return column.cast(pa.string()) if is_clock else column


def check_table(location: str, *, layout: Layout, where: str) -> None:
    """Raises InputError or ConfigError for a file that is not Parquet, or lacks the named columns."""
    schema = _open(location).schema_arrow
    check_schema(schema, layout, where)
    KeptColumns.of(schema, layout, where=where)


def check_schema(schema: pa.Schema, layout: Layout, where: str) -> None:
    """Raises InputError where a field is missing or there twice, or the text holds no words.

    A column of nothing but nulls, which has no type, is one of rows without text.
    """
    kinds: dict[str, pa.DataType] = {}
    names: list[str] = []
    for field in schema:
        names.append(field.name)
        kinds[field.name] = field.type
        _add_paths(kinds, field.name, field.type)
    names += [path for path in kinds if path not in schema.names]
    fields.check_fields([*names, *_list_paths(kinds, layout)], layout=layout, where=where)
    name = layout.paths["text"]
    kind = kinds.get(name)
    if kind is not None:
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        if not any(is_kind(kind) for is_kind in _WORDS):
            raise InputError(
                f"{where}: the field {name!r} for the document's text has the type {kind}, expected strings: name the "
                "field of the text with --field text=NAME, or in a sources.yaml with fields: {text: NAME}"
            )


def _add_paths(kinds: dict[str, pa.DataType], path: str, kind: pa.DataType) -> None:
    """Adds the paths into a column of objects."""
    if pa.types.is_struct(kind):
        for field in kind:
            kinds[f"{path}.{field.name}"] = field.type
            _add_paths(kinds, f"{path}.{field.name}", field.type)


def _list_paths(kinds: Mapping[str, pa.DataType], layout: Layout) -> list[str]:
    """Paths of the layout that lead into a list, whose length no schema states, or into a map."""
    found = []
    for path in (*layout.paths.values(), *layout.named):
        parts = path.split(".")
        for end in range(1, len(parts)):
            kind = kinds.get(".".join(parts[:end]))
            if kind is not None and (pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_map(kind)):
                found.append(path)
    return [path for path in found if path not in kinds]


def table_row(
    values: Mapping[str, Any] | str, place: Origin, layout: Layout, max_record_bytes: int, *, kept: bytes | None = None
) -> Document | Skipped | Unreadable:
    """The document in a row of a table, one whose text is too large being passed over; `kept` is what it keeps."""
    if isinstance(values, str):
        return Unreadable(place, values)
    item = fields.document(values, place, layout, kept=kept)
    if isinstance(item, Document) and not _fits(item.text, max_record_bytes):
        return Unreadable(place, f"a text of {len(item.text)} characters is larger than max_record_bytes")
    return item


def _fits(text: str, num_bytes: int) -> bool:
    """Whether a text is of so many bytes at most in UTF-8, encoded only where its length leaves that open."""
    return len(text) * 4 <= num_bytes or (len(text) <= num_bytes and len(text.encode("utf-8", "replace")) <= num_bytes)


def _batches(file: pq.ParquetFile, row_group: int, *, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | str]:
    """The rows of a row group, some at a time, or what is wrong where it breaks off."""
    named = None if columns is None else list(columns)
    batches = file.iter_batches(batch_size=_BATCH_ROWS, row_groups=[row_group], columns=named, use_threads=False)
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError) as error:
            yield f"row group {row_group} cannot be read on from here: {one_line(str(error), limit=120)}"
            return
        if batch is None:
            return
        yield batch


def _open(location: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(location)
    except pa.ArrowException as error:
        what = one_line(str(error), limit=120)
        raise InputError(f"{location}: is not a Parquet file: {what}: write it again") from None
    except OSError as error:
        raise InputError(f"{location}: cannot be read: {one_line(error.strerror or str(error), limit=120)}") from None


def _compressed_bytes(row_group: pq.RowGroupMetaData) -> int:
    return sum(row_group.column(i).total_compressed_size for i in range(row_group.num_columns))
