"""CSV (RFC 4180) and TSV, plain, gzip or zstd, every field as it is written.

Words stay words: `None`, `NA` and `007` are text. In CSV a field in quotes may hold delimiters, line ends and doubled
quotes; in TSV (IANA text/tab-separated-values) a quote is a letter like any other, unless the source states otherwise.
The first row names the columns. A row with another number of fields than that is named as unreadable.

An output folder has such files only where rows are copied from input of the same format.
"""

import csv
import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO

import pyarrow as pa

from xdata.errors import InputError
from xdata.formats.byte_files import COMPRESSIONS, DamagedFile, opened
from xdata.formats.copied_lines import CopiedLines
from xdata.formats.format import Format, Head, HeadedRows, Input, Item, Reading, Row
from xdata.formats.layout import check_fields
from xdata.formats.lines import BOM, BadLine, iterate_lines, place
from xdata.formats.mistakes import UTF_16, UTF_32, WEB_PAGE
from xdata.formats.streams import open_file, open_stream
from xdata.records import Unreadable
from xdata.step import Compression, FilePart, InputFile

_BATCH_ROWS = 1024
_MOST_BYTES = 1 << 30
"""Of a field."""


@dataclass(frozen=True)
class Dialect:
    """How the rows of a file are written."""

    delimiter: str
    quote: str
    """Empty without quotes."""

    @classmethod
    def of_style(cls, style: Sequence[str], usual: "Dialect") -> "Dialect":
        """The dialect of copied rows, the usual one unless they have a style of their own."""
        return cls(*style) if style else usual

    def of(self, reading: Reading) -> "Dialect":
        """The dialect of the files of a source, this one being usual in their format."""
        quote = self.quote if reading.quote is None else reading.quote
        return Dialect(reading.delimiter or self.delimiter, quote)

    @property
    def options(self) -> dict[str, Any]:
        """What `csv.reader` takes."""
        return {
            "delimiter": self.delimiter,
            "quotechar": self.quote or None,
            "quoting": csv.QUOTE_MINIMAL if self.quote else csv.QUOTE_NONE,
            "doublequote": True,
            "strict": True,
        }


@dataclass(frozen=True)
class _Input(Input):
    """Reads the rows of a file; none of a file can be read without the rows before it."""

    usual: Dialect

    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        with open_file(part.file) as file:
            yield from read_delimited(file, part, reading, self.usual.of(reading))


def read_delimited(file: BinaryIO, part: FilePart, reading: Reading, dialect: Dialect) -> Iterator[Item]:
    """The rows of an open file; a row's place is the byte at which it begins.

    Where rows are copied, a row without a line end has that of the first row. Raises InputError where the file has no
    first row or lacks a field of the layout.
    """
    where, compression = part.file.shown, part.file.compression
    rows = _Lines(file, compression, dialect=dialect, max_record_bytes=reading.max_record_bytes)
    head: list[str] | None = None
    line_end = b"\n"
    for position, row, raw in rows:
        here = place(part.origin, position, compression)
        if head is None:
            if isinstance(row, BadLine):
                raise InputError(f"{where}: its first row, which names the columns, {row.error}")
            head = row
            line_end = b"\r\n" if raw.endswith(b"\r\n") else b"\n"
            check_fields(head, layout=reading.layout, where=where)
        elif isinstance(row, BadLine):
            yield row.at(here)
        elif len(row) != len(head):
            yield Unreadable(here, f"has {len(row)} fields, the first row has {len(head)}")
        else:
            copied = None if not reading.copy_rows else raw if raw.endswith(b"\n") else raw + line_end
            yield Row(here, dict(zip(head, row, strict=True)), raw=copied)
    if head is None:
        raise InputError(
            f"{where}: has no rows, expected a header row that names the columns: write it again, or remove it"
        )


class _Lines:
    """(position, fields or what is wrong, the row as it is written) of each row that is not empty."""

    def __init__(self, file: BinaryIO, compression: Compression, *, dialect: Dialect, max_record_bytes: int) -> None:
        self._lines = iterate_lines(file, compression, max_record_bytes=max_record_bytes)
        self._max_record_bytes = max_record_bytes
        self._begin: int | None = None
        self._size = 0
        csv.field_size_limit(max(csv.field_size_limit(), max_record_bytes))
        self._raw: list[bytes] = []
        self._options = dialect.options

    def __iter__(self) -> Iterator[tuple[int, list[str] | BadLine, bytes]]:
        reader = csv.reader(self._feed(), **self._options)
        while True:
            self._begin, self._size, self._raw = None, 0, []
            try:
                row: list[str] | BadLine = next(reader)
            except StopIteration:
                return
            except (csv.Error, _NoRow) as error:
                row = error.line if isinstance(error, _NoRow) else BadLine(f"is no row: {_wrong(error)}")
                reader = csv.reader(self._feed(), **self._options)
            if row and self._begin is not None:
                is_broken = isinstance(row, list) and any(map(_is_broken, row))
                yield self._begin, BadLine("is not UTF-8") if is_broken else row, b"".join(self._raw)

    def _feed(self) -> Iterator[str]:
        """Lines of the row that is being read; a row that has grown too large ends, and what follows counts as rows."""
        for position, line in self._lines:
            if self._begin is None:
                self._begin = position
            if isinstance(line, BadLine):
                raise _NoRow(line)
            self._size += len(line)
            if self._size > self._max_record_bytes:
                raise _NoRow(BadLine("a row is longer than max_record_bytes: perhaps a quote is not closed"))
            self._raw.append(line)
            yield line.decode("utf-8", "surrogateescape")


def _is_broken(field: str) -> bool:
    """Whether bytes of a field were no UTF-8."""
    return not field.isascii() and any("\udc80" <= character <= "\udcff" for character in field)


class _NoRow(Exception):
    """A line that cannot be part of a row."""

    def __init__(self, line: BadLine) -> None:
        super().__init__(line.error)
        self.line = line


@dataclass(frozen=True)
class _Rows(HeadedRows):
    """Rows of the usual dialect of a format, or that of a source. A row may have several lines."""

    usual: Dialect

    def head(self, file: InputFile, reading: Reading) -> Head:
        dialect = self.usual.of(reading)
        try:
            with open(file.location, "rb") as stream:
                rows = _Lines(stream, file.compression, dialect=dialect, max_record_bytes=reading.max_record_bytes)
                for _, row, raw in rows:
                    if isinstance(row, BadLine):
                        break
                    mark = BOM if _begins_with_mark(stream, file.compression) else b""
                    line = mark + (raw if raw.endswith(b"\n") else raw + b"\n")
                    return Head(line, tuple(row), (dialect.delimiter, dialect.quote))
        except OSError as error:
            raise InputError(f"{file.location}: cannot be read: {error.strerror}") from None
        raise InputError(f"{file.location}: has no header row, which must name the columns")

    def fields(self, line: bytes, head: Head) -> list[str]:
        return next(csv.reader(line.decode("utf-8").splitlines(keepends=True), **Dialect(*head.style).options))

    def output(self, style: Sequence[str]) -> "_Output":
        return _Output(Dialect.of_style(style, self.usual))

    def datasets_options(self, style: Sequence[str]) -> dict[str, Any]:
        dialect = Dialect.of_style(style, self.usual)
        quoting = {"quotechar": dialect.quote} if dialect.quote else {"quoting": int(csv.QUOTE_NONE)}
        return {"sep": dialect.delimiter, **quoting, "na_filter": False}


def _wrong(error: csv.Error) -> str:
    """What is wrong with a row, in words that say what to do."""
    if "new-line character" in str(error):
        return "a line ends with a carriage return alone: convert line ends, as by `tr '\\r' '\\n'`"
    return str(error)


def _begins_with_mark(file: BinaryIO, compression: Compression) -> bool:
    file.seek(0)
    return open_stream(file, compression).read(len(BOM)) == BOM


class _Output:
    """Writes copied rows, and reads them back."""

    compressions = COMPRESSIONS

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect

    def write(self, path: Path, schema: pa.Schema) -> CopiedLines:
        return CopiedLines(path, path.name)

    def written(self, schema: pa.Schema) -> pa.Schema:
        return schema

    def rows(self, path: Path, columns: Sequence[str] | None) -> Iterator[list[dict[str, Any]]]:
        rows = self._rows(path)
        head = next(rows, [])
        batch: list[dict[str, Any]] = []
        for row in rows:
            found = dict(zip(head, row, strict=False))
            batch.append(found if columns is None else {name: found.get(name) for name in columns})
            if len(batch) == _BATCH_ROWS:
                yield batch
                batch = []
        if batch:
            yield batch

    def num_rows(self, path: Path) -> int:
        return max(sum(1 for _ in self._rows(path)) - 1, 0)

    def layout(self, path: Path) -> list[str]:
        return next(self._rows(path), [])

    def _rows(self, path: Path) -> Iterator[list[str]]:
        """All rows that are not empty, the head first."""
        csv.field_size_limit(_MOST_BYTES)
        with opened(path) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
            reader = csv.reader(text, **self._dialect.options)
            try:
                yield from (row for row in reader if row)
            except csv.Error as error:
                raise DamagedFile(f"{path}: row at line {reader.line_num}: {error}") from None


def _format(name: str, usual: Dialect) -> Format:
    title = name.upper()
    return Format(
        name=name,
        title=title,
        expected=f"{title} in UTF-8 with a header row",
        suffixes=(f".{name}",),
        mistakes=(UTF_32, UTF_16, WEB_PAGE),
        input=_Input(usual),
        rows=_Rows(usual),
        output=_Output(usual),
    )


CSV = _format("csv", Dialect(",", '"'))
TSV = _format("tsv", Dialect("\t", ""))
