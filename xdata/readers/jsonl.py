"""Reads documents from JSON lines: plain, gzip or zstd. Plain files are read from any byte on, line by line."""

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any, BinaryIO

import orjson

from xdata.kept import exact_object
from xdata.readers import fields
from xdata.readers.fields import Layout
from xdata.readers.lines import iterate_lines, place
from xdata.readers.streams import Compression
from xdata.records import Document, Origin, Skipped, Unreadable

_CHECKED = 1000
"""Objects among which a field must occur."""


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
    first: dict[str, Any] = {}
    unchecked = _CHECKED if start == 0 else 0
    where = f"{origin.source}: {origin.path}"
    for position, line in iterate_lines(file, compression, start=start, end=end, max_record_bytes=max_record_bytes):
        here = place(origin, position, compression)
        if isinstance(line, str):
            yield Unreadable(here, line)
            continue
        if not line.strip():
            continue
        row = parse_object(line)
        if isinstance(row, str):
            yield Unreadable(here, row)
            continue
        if layout.exact:
            row = exact_object(line, row)
        if unchecked:
            first |= fields.paths_in(row, layout)
            unchecked -= 1
            if not unchecked:
                fields.check_fields(first, layout=layout, where=where)
        item = fields.document(row, here, layout)
        if copy_rows and isinstance(item, Document):
            item = replace(item, row=line if line.endswith(b"\n") else line + b"\n")
        yield item
    if unchecked and first:
        fields.check_fields(first, layout=layout, where=where)


def parse_object(line: bytes) -> dict[str, Any] | str:
    """The object on a line, or what is wrong with it. Lone surrogates are let through, for repair to mend."""
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            value = json.loads(line)
        except (ValueError, RecursionError):
            return f"is not JSON: {error.msg}"
    return value if isinstance(value, dict) else "is JSON, but no object"
