"""Reads documents from JSON lines: plain, gzip or zstd. Plain files are read from any byte on, line by line."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

from xdata.json_lines import parse_object
from xdata.kept import exact_object
from xdata.readers import fields
from xdata.readers.fields import Layout
from xdata.readers.lines import BadLine, iterate_lines, place
from xdata.readers.streams import Compression
from xdata.records import Document, Origin, Skipped, Unreadable

_CHECKED = 1000
"""Objects at the beginning of a file among which a field must occur."""
_CHECKED_BYTES = 8 << 20
"""As far as these are looked for: what is in a file must not take more memory because it is checked."""


def read_jsonl(
    file: BinaryIO,
    *,
    compression: Compression,
    origin: Origin,
    start: int,
    end: int | None,
    layout: Layout,
    max_record_bytes: int,
    copy_rows: bool = False,
) -> Iterator[Document | Skipped | Unreadable]:
    """The lines that begin at or behind `start` and before `end`; a compressed file is read whole.

    Where rows are to be copied, a document has its line, with a line end.

    Raises InputError where none of the first thousand objects of the file has a field that must be there.
    """
    _check_beginning(file, compression, layout, max_record_bytes, where=f"{origin.source}: {origin.path}")
    file.seek(0)
    for position, line in iterate_lines(file, compression, start=start, end=end, max_record_bytes=max_record_bytes):
        here = place(origin, position, compression)
        if isinstance(line, BadLine):
            yield line.at(here)
            continue
        if not line.strip():
            continue
        row = parse_object(line)
        if isinstance(row, str):
            yield Unreadable(here, row)
            continue
        if layout.exact:
            row = exact_object(line, row)
        item = fields.document(row, here, layout)
        if copy_rows and isinstance(item, Document):
            item = replace(item, row=line if line.endswith(b"\n") else line + b"\n")
        yield item


def _check_beginning(
    file: BinaryIO, compression: Compression, layout: Layout, max_record_bytes: int, *, where: str
) -> None:
    """Raises InputError where none of the first objects of the whole file has a field that must be there.

    Every part of a file looks at the same objects, so all of them are read, or none, however the file is cut.
    """
    found: dict[str, Any] = {}
    num = 0
    for position, line in iterate_lines(file, compression, max_record_bytes=max_record_bytes):
        row = parse_object(line) if isinstance(line, bytes) else None
        if isinstance(row, dict):
            found |= fields.paths_in(row, layout)
            num += 1
        if num == _CHECKED or position >= _CHECKED_BYTES:
            break
    if num:
        fields.check_fields(found, layout=layout, where=where)
