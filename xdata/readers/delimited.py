"""Reads documents from CSV (RFC 4180) and TSV, every field as it is written.

Words stay words: `None`, `NA` and `007` are text. In CSV a field in quotes may hold delimiters, line ends and doubled
quotes; in TSV (IANA text/tab-separated-values) a quote is a letter like any other, unless the source says otherwise.
The first row names the columns. A row with another number of fields than that is named as unreadable.
"""

import csv
from collections.abc import Iterator
from typing import BinaryIO

from xdata.errors import InputError
from xdata.readers import fields
from xdata.readers.fields import Layout
from xdata.readers.lines import iterate_lines, place
from xdata.readers.streams import Compression
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
) -> Iterator[Document | Skipped | Unreadable]:
    """The rows of a file; a row's place is the byte at which it begins. `quote` is empty where there is none.

    Raises InputError where the file has no first row or lacks a field of the layout.
    """
    rows = _Rows(file, compression, delimiter=delimiter, quote=quote, max_record_bytes=max_record_bytes)
    where = f"{origin.source}: {origin.path}"
    head: list[str] | None = None
    for position, row in rows:
        here = place(origin, position, compression)
        if head is None:
            if isinstance(row, str):
                raise InputError(f"{where}: its first row, which names the columns, {row}")
            head = row
            fields.check_fields(head, layout=layout, where=where)
        elif isinstance(row, str):
            yield Unreadable(here, row)
        elif len(row) != len(head):
            yield Unreadable(here, f"has {len(row)} fields, the first row has {len(head)}")
        else:
            yield fields.document(dict(zip(head, row, strict=True)), here, layout)


class _Rows:
    """(position, fields or what is wrong) of each row that is not empty."""

    def __init__(
        self, file: BinaryIO, compression: Compression, *, delimiter: str, quote: str, max_record_bytes: int
    ) -> None:
        self._lines = iterate_lines(file, compression, max_record_bytes=max_record_bytes)
        self._max_record_bytes = max_record_bytes
        self._begin: int | None = None
        self._size = 0
        csv.field_size_limit(max(csv.field_size_limit(), max_record_bytes))
        self._options = {
            "delimiter": delimiter,
            "quotechar": quote or None,
            "quoting": csv.QUOTE_MINIMAL if quote else csv.QUOTE_NONE,
            "doublequote": True,
            "strict": True,
        }

    def __iter__(self) -> Iterator[tuple[int, list[str] | str]]:
        reader = csv.reader(self._feed(), **self._options)  # type: ignore[arg-type]
        while True:
            self._begin, self._size = None, 0
            try:
                row: list[str] | str = next(reader)
            except StopIteration:
                return
            except (csv.Error, _BadLine) as error:
                row = str(error) if isinstance(error, _BadLine) else f"is no row: {error}"
                reader = csv.reader(self._feed(), **self._options)  # type: ignore[arg-type]
            if row and self._begin is not None:
                yield self._begin, "is not UTF-8" if any(map(_is_broken, row)) else row

    def _feed(self) -> Iterator[str]:
        """Lines of the row that is being read; a row that has grown too large ends, and what follows counts as rows."""
        for position, line in self._lines:
            if self._begin is None:
                self._begin = position
            if isinstance(line, str):
                raise _BadLine(line)
            self._size += len(line)
            if self._size > self._max_record_bytes:
                raise _BadLine("a row is longer than max_record_bytes: perhaps a quote is not closed")
            yield line.decode("utf-8", "surrogateescape")


def _is_broken(field: str) -> bool:
    """Whether bytes of a field were no UTF-8."""
    return not field.isascii() and any("\udc80" <= character <= "\udcff" for character in field)


class _BadLine(Exception):
    """A line that cannot be part of a row."""
