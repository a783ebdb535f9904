"""Reads documents that are files: HTML pages and plain text, whole or line by line or paragraph by paragraph."""

from collections.abc import Iterator
from typing import BinaryIO, Literal

from xdata.readers.lines import BadLine, iterate_lines, place
from xdata.readers.streams import Compression, StreamError, open_stream
from xdata.records import Document, Origin, Payload, Unreadable

Unit = Literal["file", "line", "paragraph"]

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""What a file in UTF-16 begins with."""


def read_page(
    file: BinaryIO, *, compression: Compression, origin: Origin, max_record_bytes: int
) -> Iterator[Document | Unreadable]:
    """The one page in a file of HTML; its encoding is found later, as browsers find it."""
    data = _whole(file, compression, max_record_bytes)
    if isinstance(data, str):
        yield Unreadable(origin, data)
    else:
        yield Document(origin, "", payload=Payload(data, "text/html", None))


def read_text(
    file: BinaryIO,
    *,
    compression: Compression,
    origin: Origin,
    unit: Unit,
    start: int,
    end: int | None,
    max_record_bytes: int,
) -> Iterator[Document | Unreadable]:
    """Documents of plain text: the file, each line that is not empty, or what stands between empty lines.

    The encoding of a whole file is found by its bytes; lines and paragraphs are UTF-8, bad bytes become U+FFFD.
    """
    if unit == "file":
        data = _whole(file, compression, max_record_bytes, hint=": say unit: paragraph or unit: line in a sources.yaml")
        if isinstance(data, str):
            yield Unreadable(origin, data)
        else:
            yield Document(origin, "", payload=Payload(data, "text/plain", None))
        return
    begin, lines, size, too_long = start, list[bytes](), 0, False
    for position, line in iterate_lines(file, compression, start=start, end=end, max_record_bytes=max_record_bytes):
        if isinstance(line, BadLine):
            if lines and (line.is_damage or unit == "line"):
                yield Document(place(origin, begin, compression), _text(lines))
                lines, size = [], 0
            yield line.at(place(origin, position, compression))
            continue
        if position == 0 and line.startswith(_UTF_16):
            yield Unreadable(origin, "is UTF-16: lines and paragraphs are read of UTF-8 alone")
            return
        blank = not line.strip()
        if lines and (blank or unit == "line"):
            yield Document(place(origin, begin, compression), _text(lines))
            lines, size = [], 0
        too_long = too_long and not blank
        if blank or too_long:
            continue
        if not lines:
            begin = position
        lines.append(line)
        size += len(line)
        if size > max_record_bytes:
            yield Unreadable(place(origin, begin, compression), "a paragraph is longer than max_record_bytes")
            lines, size, too_long = [], 0, True
    if lines:
        yield Document(place(origin, begin, compression), _text(lines))


def _text(lines: list[bytes]) -> str:
    return b"".join(lines).decode("utf-8", "replace").rstrip("\r\n")


def _whole(file: BinaryIO, compression: Compression, max_record_bytes: int, *, hint: str = "") -> bytes | str:
    """The content of a file, or what is wrong with it."""
    try:
        data = open_stream(file, compression).read(max_record_bytes + 1)
    except StreamError as error:
        return str(error)
    if len(data) > max_record_bytes:
        return f"is larger than max_record_bytes ({max_record_bytes}){hint}"
    return data
