"""JSON lines, plain, gzip or zstd: an object a row with all its columns, in UTF-8 that is not escaped.

Scores are an object, times are words of ISO 8601, bytes are base64, what is no number is null. Decimal numbers and
unsigned ones of 64 bits are words, since most that reads JSON would round them; those of single precision are written
in full, so that they are read back the same.
"""

from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from xdata.export.formats.streams import ByteWriter, DamagedFile, opened
from xdata.json_lines import parse_object

_BATCH_ROWS = 1024


class JsonLines:
    """The formats `jsonl`, `jsonl.gz` and `jsonl.zst`."""

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, path: Path, schema: pa.Schema) -> "JsonLinesFile":
        return JsonLinesFile(ByteWriter(path, self.name))

    def written(self, schema: pa.Schema) -> pa.Schema:
        return pa.schema([pa.field(field.name, json_type(field.type)) for field in schema])

    def rows(self, path: Path, columns: Sequence[str] | None) -> Iterator[list[dict[str, Any]]]:
        batch: list[dict[str, Any]] = []
        for row in _objects(path):
            batch.append(row if columns is None else {name: row.get(name) for name in columns})
            if len(batch) == _BATCH_ROWS:
                yield batch
                batch = []
        if batch:
            yield batch

    def num_rows(self, path: Path) -> int:
        with opened(path) as stream:
            return sum(1 for _ in stream)

    def layout(self, path: Path) -> list[str] | None:
        return None


class JsonLinesFile:
    """One file that is being written."""

    def __init__(self, file: ByteWriter) -> None:
        self._file = file

    def write(self, table: pa.Table) -> None:
        self._file.write(b"".join(json_lines(table)))

    def close(self) -> None:
        self._file.close()


def json_lines(table: pa.Table) -> Iterator[bytes]:
    """Each row as an object of JSON, with a line end."""
    columns = [_values(table.column(number)) for number in range(table.num_columns)]
    names = table.column_names
    for row in zip(*columns, strict=True):
        yield orjson.dumps(dict(zip(names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE)


def json_type(kind: pa.DataType) -> pa.DataType:
    """The type of what JSON has of a column: times, bytes, decimal and large unsigned numbers are words."""
    if _is_word(kind) or _is_binary(kind):
        return pa.string()
    if pa.types.is_duration(kind):
        return pa.int64()
    if pa.types.is_dictionary(kind):
        return json_type(kind.value_type)
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(json_type(field.type)) for field in kind])
    if _is_list(kind):
        return pa.list_(json_type(kind.value_type))
    return kind


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    with opened(path) as stream:
        for number, line in enumerate(stream, start=1):
            row = parse_object(line)
            if isinstance(row, str):
                raise DamagedFile(f"{path}: line {number} {row}")
            yield row


def _values(column: pa.ChunkedArray) -> list[Any]:
    """The values of a column as JSON has them."""
    convert = _converter(column.type)
    words = column.cast(_castable(column.type)).to_pylist()
    return words if convert is None else [None if value is None else convert(value) for value in words]


def _castable(kind: pa.DataType) -> pa.DataType:
    """The type that Arrow makes of a column, before values are converted one by one."""
    if _is_word(kind):
        return pa.string()
    if pa.types.is_duration(kind):
        return pa.int64()
    if pa.types.is_dictionary(kind):
        return _castable(kind.value_type)
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(_castable(field.type)) for field in kind])
    if _is_list(kind):
        return pa.list_(_castable(kind.value_type))
    return kind


def _converter(kind: pa.DataType) -> Callable[[Any], Any] | None:
    """What makes JSON of a value of a castable column; None where it is JSON as it is."""
    if pa.types.is_timestamp(kind):
        return lambda value: value.replace(" ", "T", 1)
    if _is_binary(kind):
        return lambda value: b64encode(value).decode()
    if pa.types.is_dictionary(kind):
        return _converter(kind.value_type)
    if pa.types.is_struct(kind):
        inner = {field.name: convert for field in kind if (convert := _converter(field.type)) is not None}
        return (lambda row: _converted(row, inner)) if inner else None
    if pa.types.is_map(kind):
        keys, values = _converter(kind.key_type) or _same, _converter(kind.item_type) or _same
        return lambda pairs: [[_maybe(keys, key), _maybe(values, value)] for key, value in pairs]
    if _is_list(kind):
        convert = _converter(kind.value_type)
        return (lambda values: [_maybe(convert, value) for value in values]) if convert else None
    return None


def _converted(row: dict[str, Any], inner: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return row | {name: _maybe(convert, row[name]) for name, convert in inner.items()}


def _maybe(convert: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else convert(value)


def _same(value: Any) -> Any:
    return value


def _is_word(kind: pa.DataType) -> bool:
    """Whether JSON has values of a type as words that Arrow writes."""
    is_time = pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_time(kind)
    return bool(is_time or pa.types.is_decimal(kind) or pa.types.is_uint64(kind))


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))
