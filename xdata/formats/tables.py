"""Tables: rows of typed columns, as Parquet, Arrow and data sets of the hub have them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xdata.errors import ConfigError, InputError, one_line
from xdata.formats.format import Numbers, Row, TableRows
from xdata.formats.layout import Layout, check_fields
from xdata.kept.arrow_types import writable
from xdata.kept.columns import ALL
from xdata.kept.json_values import encode
from xdata.kept.values import wire_values
from xdata.records import Origin, Unreadable
from xdata.step import InputFile

_WORDS = (
    *(pa.types.is_string, pa.types.is_large_string, pa.types.is_string_view, pa.types.is_null),
    *(pa.types.is_binary, pa.types.is_large_binary, pa.types.is_binary_view),
)
"""Types of a column that text may be in; bytes are read as UTF-8."""


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
        inside = [path for path in layout.keep.names if path not in schema.names and path != ALL]
        found = {}
        for path, target in layout.keep.targets([*dict.fromkeys(schema.names), *inside]).items():
            try:
                found[path] = target, writable(_type_at(schema, path))
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
        found = {target: wire_values(_array_at(batch, path), kind) for path, (target, kind) in self.columns.items()}
        return [encode(dict(zip(found, row, strict=True))) for row in zip(*found.values(), strict=True)]


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
    batch: pa.RecordBatch, layout: Layout, keeping: KeptColumns, origin: Origin, first: int
) -> Iterator[Row | Unreadable]:
    """The rows in a batch of a table, of which the first is row number `first`."""
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
            yield from table_rows(one, layout, keeping, origin, first + number)
        return
    wanted = batch.select([name for name in layout.columns if name in batch.schema.names])
    for number, row in enumerate(batch_rows(wanted)):
        place = Origin(origin.source, origin.path, first + number)
        if isinstance(row, str):
            yield Unreadable(place, row)
        else:
            yield Row(place, row, kept=None if values is None else values[number])


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
    check_fields([*names, *_list_paths(kinds, layout)], layout=layout, where=where)
    name = layout.paths["text"]
    kind = kinds.get(name)
    if kind is not None:
        kind = kind.value_type if pa.types.is_dictionary(kind) else kind
        if not any(is_kind(kind) for is_kind in _WORDS):
            raise InputError(
                f"{where}: the field {name!r} for the document's text has the type {kind}, expected strings: name the "
                "field of the text with --field text=NAME, or with fields: {text: NAME} in a sources.yaml or in Python"
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


def read_rows(rows: TableRows, file: InputFile, numbers: Numbers, *, schema: pa.Schema | None) -> pa.Table:
    """The rows of these numbers (ascending), in types of `schema` where one is given.

    Columns of words from a dictionary are words, so that what is written does not depend on what was read together.
    """
    return pa.concat_tables([_plain(table, schema) for table in rows.take(file, numbers)])


def take_rows(batches: Iterator[pa.RecordBatch], numbers: Numbers, begin: int) -> Iterator[pa.Table]:
    """The rows of some numbers out of batches, the first of which begins at a number."""
    for batch in batches:
        end = begin + batch.num_rows
        first, last = np.searchsorted(numbers, [begin, end])
        if first < last:
            yield pa.Table.from_batches([batch]).take(numbers[first:last] - begin)
        begin = end
        if last == len(numbers):
            return


def _plain(table: pa.Table, schema: pa.Schema | None) -> pa.Table:
    """The table with plain types, which are those of `schema` where one is given."""
    return table.cast(plain_schema(table.schema if schema is None else schema))


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema without dictionaries."""
    return pa.schema([field.with_type(plain_type(field.type)) for field in schema])


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type without dictionaries."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(plain_type(field.type)) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(plain_type(kind.value_type)))
    return kind
