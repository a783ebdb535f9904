"""JSON lines, plain, gzip or zstd: one object a line.

Input: a plain file is read from any byte on, line by line.

Output: an object a row with all its columns, in UTF-8 that is not escaped. Scores are an object, times are words of ISO
8601, bytes are base64, what is no number is null. Decimal numbers and unsigned ones of 64 bits are words, since most
that reads JSON would round them; those of single precision are written in full, so that they are read back the same.
"""

import json
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, BinaryIO

import orjson
import pyarrow as pa
import regex

from xdata.formats.byte_files import COMPRESSIONS, ByteWriter, DamagedFile, opened
from xdata.formats.format import Format, Input, Item, LineRows, Mistake, Reading, Row
from xdata.formats.layout import check_fields, paths_in
from xdata.formats.lines import BadLine, iterate_lines, place, stream_lines
from xdata.formats.mistakes import UTF_16, UTF_32, WEB_PAGE
from xdata.formats.streams import open_file
from xdata.kept.json_values import exact_object
from xdata.records import Unreadable
from xdata.step import FilePart, InputFile

_CHECKED = 1000
"""Objects at the beginning of a file among which a field must occur."""
_CHECKED_BYTES = 8 << 20
"""As far as these are looked for: what is in a file must not take more memory because it is checked."""
_BATCH_ROWS = 1024


class JsonLinesInput(Input):
    """Reads each line as a row."""

    def begins(self, line: bytes) -> bool:
        return isinstance(parse_object(line), dict)

    def splits(self, file: InputFile, reading: Reading) -> bool:
        return file.compression == "none"

    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        with open_file(part.file) as file:
            yield from read_jsonl(file, part, reading)


def read_jsonl(file: BinaryIO, part: FilePart, reading: Reading) -> Iterator[Item]:
    """The lines that begin in a part of an open file; a compressed file is read whole.

    Raises InputError where none of the first thousand objects of the file has a field that must be there.
    """
    _check_beginning(file, part, reading)
    file.seek(0)
    for position, line in stream_lines(file, part, reading):
        here = place(part.origin, position, part.file.compression)
        if isinstance(line, BadLine):
            yield line.at(here)
            continue
        if not line.strip():
            continue
        row = parse_object(line)
        if isinstance(row, str):
            yield Unreadable(here, row)
            continue
        if reading.layout.exact:
            row = exact_object(line, row)
        raw = None if not reading.copy_rows else line if line.endswith(b"\n") else line + b"\n"
        yield Row(here, row, raw=raw)


def _check_beginning(file: BinaryIO, part: FilePart, reading: Reading) -> None:
    """Raises InputError where none of the first objects of the whole file has a field that must be there.

    Every part of a file looks at the same objects, so all of them are read, or none, however the file is cut.
    """
    found: dict[str, Any] = {}
    num = 0
    compression, max_record_bytes = part.file.compression, reading.max_record_bytes
    for position, line in iterate_lines(file, compression, max_record_bytes=max_record_bytes):
        row = parse_object(line) if isinstance(line, bytes) else None
        if isinstance(row, dict):
            found |= paths_in(row, reading.layout)
            num += 1
        if num == _CHECKED or position >= _CHECKED_BYTES:
            break
    if num:
        check_fields(found, layout=reading.layout, where=part.file.shown)


def parse_object(line: bytes) -> dict[str, Any] | str:
    """The object on a line, or what is wrong with it.

    NaN, infinities and escapes of lone surrogates (`"\\ud83d"`) are read, as Python's `json` writes them.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            value = json.loads(line.decode("utf-8", "surrogatepass"))  # of bytes it would guess the encoding
        except (ValueError, RecursionError):
            return f"is not JSON: {error.msg}"
    return value if isinstance(value, dict) else "is JSON but not an object"


class _Output:
    """Writes and reads back the formats `jsonl`, `jsonl.gz` and `jsonl.zst`."""

    compressions = COMPRESSIONS

    def write(self, path: Path, schema: pa.Schema) -> "_File":
        return _File(ByteWriter(path, path.name))

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


class _File:
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
    return json_type(_pairs(kind)) if pa.types.is_map(kind) else kind


def _pairs(kind: pa.MapType) -> pa.ListType:
    """A map as a list of objects with `key` and `value`."""
    return pa.list_(pa.struct([("key", kind.key_type), ("value", kind.item_type)]))


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
    return _castable(_pairs(kind)) if pa.types.is_map(kind) else kind


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
    if _is_list(kind):
        convert = _converter(kind.value_type)
        return (lambda values: [_maybe(convert, value) for value in values]) if convert else None
    return _converter(_pairs(kind)) if pa.types.is_map(kind) else None


def _converted(row: dict[str, Any], inner: dict[str, Callable[[Any], Any]]) -> dict[str, Any]:
    return row | {name: _maybe(convert, row[name]) for name, convert in inner.items()}


def _maybe(convert: Callable[[Any], Any], value: Any) -> Any:
    return None if value is None else convert(value)


def _is_word(kind: pa.DataType) -> bool:
    """Whether JSON has values of a type as words that Arrow writes."""
    is_time = pa.types.is_timestamp(kind) or pa.types.is_date(kind) or pa.types.is_time(kind)
    return bool(is_time or pa.types.is_decimal(kind) or pa.types.is_uint64(kind))


def _is_binary(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind) or pa.types.is_fixed_size_binary(kind))


def _is_list(kind: pa.DataType) -> bool:
    return bool(pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind))


JSONL = Format(
    name="jsonl",
    title="JSONL",
    expected="JSON lines (one object a line, in UTF-8)",
    suffixes=(".jsonl", ".ndjson", ".jsonlines"),
    mistakes=(
        UTF_32,
        UTF_32,
        UTF_16,
        Mistake(
            regex.compile(rb"(?:\xef\xbb\xbf)?\s*\["),
            "a JSON list",
            "write a line for each object of it, as by `jq -c '.[]'`",
        ),
        Mistake(
            regex.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\n"),
            "JSON over several lines",
            "write each object on one line, as by `jq -c`",
        ),
        WEB_PAGE,
    ),
    input=JsonLinesInput(),
    rows=LineRows(),
    output=_Output(),
)
