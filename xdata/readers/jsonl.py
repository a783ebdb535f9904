"""Reads documents from JSON lines: plain, gzip or zstd. Plain files are read from any byte on, line by line."""

import json
from collections.abc import Iterator, Mapping
from typing import Any, BinaryIO

import orjson

from xdata.readers import fields
from xdata.readers.streams import Compression, StreamError, open_stream
from xdata.records import Document, Origin, Skipped, Unreadable


def read_jsonl(
    file: BinaryIO,
    *,
    compression: Compression,
    origin: Origin,
    start: int,
    end: int | None,
    given_fields: Mapping[str, str],
    max_record_bytes: int,
) -> Iterator[Document | Skipped | Unreadable]:
    """The lines that begin at or behind `start` and before `end`; a compressed file is read whole.

    Raises InputError where the first line has no text field.
    """
    names = fields.field_names(given_fields)
    unchecked = start == 0
    for position, line in _lines(file, compression, start=start, end=end, max_record_bytes=max_record_bytes):
        place = (
            Origin(origin.source, origin.path, position)
            if compression == "none"
            else Origin(origin.source, origin.path, 0, position)
        )
        if isinstance(line, str):
            yield Unreadable(place, line)
            continue
        row = parse_object(line)
        if isinstance(row, str):
            yield Unreadable(place, row)
            continue
        if unchecked:
            fields.check_fields(row, names=names, given=given_fields, where=f"{origin.source}: {origin.path}")
            unchecked = False
        yield fields.document(row, place, names)


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


def _lines(
    file: BinaryIO, compression: Compression, *, start: int, end: int | None, max_record_bytes: int
) -> Iterator[tuple[int, bytes | str]]:
    """(position, line without its end, or what is wrong there)."""
    position = start
    try:
        stream = open_stream(file, compression)
        if start > 0:
            file.seek(start - 1)
            position += _pass_line(file) - 1
        while end is None or position < end:
            line = stream.readline(max_record_bytes + 1)
            if not line:
                return
            begin, position = position, position + len(line)
            if len(line) > max_record_bytes and not line.endswith(b"\n"):
                position += _pass_line(stream)
                yield begin, f"a line of {position - begin} bytes is longer than max_record_bytes"
                continue
            if begin == 0:
                line = line.removeprefix(b"\xef\xbb\xbf")
            if line.strip():
                yield begin, line
    except StreamError as error:
        yield position, str(error)


def _pass_line(stream: BinaryIO) -> int:
    """Reads to behind the next line end, however far that is; the number of bytes passed."""
    passed = 0
    while piece := stream.readline(1 << 20):
        passed += len(piece)
        if piece.endswith(b"\n"):
            break
    return passed
