"""CSV and TSV, plain, gzip or zstd: only copied from input of the same format, and read back here."""

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from xdata.export.formats.lines import CopiedLines
from xdata.export.formats.streams import DamagedFile, opened

_BATCH_ROWS = 1024
_MOST_BYTES = 1 << 30
"""Of a field."""


class Delimited:
    """The formats `csv` and `tsv`, plain or compressed. In CSV fields may be quoted, in TSV a quote is a letter."""

    def __init__(self, name: str) -> None:
        self.name = name

    def write(self, path: Path, schema: pa.Schema) -> CopiedLines:
        return CopiedLines(path, self.name)

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
        """All rows that are not empty, the head first. A semicolon parts fields where the head has no comma."""
        csv.field_size_limit(_MOST_BYTES)
        with opened(path) as stream:
            text = io.TextIOWrapper(stream, encoding="utf-8-sig", errors="replace", newline="")
            first = text.readline()
            if self.name.startswith("csv"):
                reader = csv.reader(_again(first, text), delimiter=_delimiter(first), strict=True)
            else:
                reader = csv.reader(_again(first, text), delimiter="\t", quoting=csv.QUOTE_NONE, strict=True)
            try:
                yield from (row for row in reader if row)
            except csv.Error as error:
                raise DamagedFile(f"{path}: row at line {reader.line_num}: {error}") from None


def _again(first: str, rest: io.TextIOWrapper) -> Iterator[str]:
    if first:
        yield first
    yield from rest


def _delimiter(head: str) -> str:
    """What parts the fields of a file, by its first line."""
    return max(",;\t|", key=head.count)
