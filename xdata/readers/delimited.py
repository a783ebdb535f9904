"""Reads documents from CSV (RFC 4180) and TSV, every field as it is written.

Words stay words: `None`, `NA` and `007` are text. In CSV a field in quotes may hold delimiters, line ends and doubled
quotes; in TSV (IANA text/tab-separated-values) a quote is a letter like any other, unless the source states otherwise.
The first row names the columns. A row with another number of fields than that is named as unreadable.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from xdata.errors import InputError
from xdata.readers import fields
from xdata.readers.fields import Layout
from xdata.readers.lines import BOM, BadLine, iterate_lines, place
from xdata.readers.streams import Compression, open_stream
from xdata.records import Document, Origin, Skipped, Unreadable


def read_delimited(
    file: BinaryIO,
    *,
    compression: Compression,
    origin: Origin,
    delimiter: str,
    quote: str,
    layout: Layout,
    max_record_bytes: int,
    copy_rows: bool = False,
) -> Iterator[Document | Skipped | Unreadable]:
    """The rows of a file; a row's place is the byte at which it begins. `quote` is empty without quotes.

    Where rows are to be copied, a document has its own with a line end, that of the first row where it has none.
    Raises InputError where the file has no first row or lacks a field of the layout.
    """
    rows = _Rows(file, compression, delimiter=delimiter, quote=quote, max_record_bytes=max_record_bytes)
    where = f"{origin.source}: {origin.path}"
    head: list[str] | None = None
    line_end = b"\n"
    for position, row, raw in rows:
        here = place(origin, position, compression)
        if head is None:
            if isinstance(row, BadLine):
                raise InputError(f"{where}: its first row, which names the columns, {row.error}")
            head = row
            line_end = _line_end(raw)
            fields.check_fields(head, layout=layout, where=where)
        elif isinstance(row, BadLine):
            yield row.at(here)
        elif len(row) != len(head):
            yield Unreadable(here, f"has {len(row)} fields, the first row has {len(head)}")
        else:
            item = fields.document(dict(zip(head, row, strict=True)), here, layout)
            if copy_rows and isinstance(item, Document):
                item = replace(item, row=raw if raw.endswith(b"\n") else raw + line_end)
            yield item
    if head is None:
        raise InputError(
            f"{where}: has no rows, expected a header row that names the columns: write it again, or remove it"
        )


@dataclass(frozen=True)
class Dialect:
    """How the rows of a file are written."""

    delimiter: str
    quote: str
    """Empty without quotes."""


@dataclass(frozen=True)
class Head:
    """The first row of a file."""

    line: bytes
    """As it is written, with a line end, and the byte order mark before it where the file has one."""
    names: tuple[str, ...]


def read_head(location: str, *, compression: Compression, dialect: Dialect, max_record_bytes: int) -> Head:
    """The first row of a file. Raises InputError where it has none."""
    try:
        with open(location, "rb") as file:
            rows = _Rows(file, compression, **vars(dialect), max_record_bytes=max_record_bytes)
            for _, row, raw in rows:
                if isinstance(row, BadLine):
                    break
                mark = BOM if _begins_with_mark(file, compression) else b""
                return Head(mark + (raw if raw.endswith(b"\n") else raw + b"\n"), tuple(row))
    except OSError as error:
        raise InputError(f"{location}: cannot be read: {error.strerror}") from None
    raise InputError(f"{location}: has no header row, which must name the columns")


def _begins_with_mark(file: BinaryIO, compression: Compression) -> bool:
    file.seek(0)
    return open_stream(file, compression).read(len(BOM)) == BOM


def parse_row(line: bytes, dialect: Dialect) -> list[str]:
    """The fields of a row that was read before."""
    return next(csv.reader(line.decode("utf-8").splitlines(keepends=True), **_options(dialect)))


def _line_end(line: bytes) -> bytes:
    return b"\r\n" if line.endswith(b"\r\n") else b"\n"


def _options(dialect: Dialect) -> dict[str, Any]:
    return {
        "delimiter": dialect.delimiter,
        "quotechar": dialect.quote or None,
        "quoting": csv.QUOTE_MINIMAL if dialect.quote else csv.QUOTE_NONE,
        "doublequote": True,
        "strict": True,
    }


class _Rows:
    """(position, fields or what is wrong, the row as it is written) of each row that is not empty."""

    def __init__(
        self, file: BinaryIO, compression: Compression, *, delimiter: str, quote: str, max_record_bytes: int
    ) -> None:
        self._lines = iterate_lines(file, compression, max_record_bytes=max_record_bytes)
        self._max_record_bytes = max_record_bytes
        self._begin: int | None = None
        self._size = 0
        csv.field_size_limit(max(csv.field_size_limit(), max_record_bytes))
        self._raw: list[bytes] = []
        self._options = _options(Dialect(delimiter, quote))

    def __iter__(self) -> Iterator[tuple[int, list[str] | BadLine, bytes]]:
        reader = csv.reader(self._feed(), **self._options)
        while True:
            self._begin, self._size, self._raw = None, 0, []
            try:
                row: list[str] | BadLine = next(reader)
            except StopIteration:
                return
            except (csv.Error, _NoRow) as error:
                row = error.line if isinstance(error, _NoRow) else BadLine(f"is no row: {error}")
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
