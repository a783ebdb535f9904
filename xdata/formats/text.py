"""Files that are documents: HTML pages and plain text, whole or line by line or paragraph by paragraph."""

from collections.abc import Iterator
from typing import BinaryIO

from xdata.formats.format import Format, Input, Item, Reading
from xdata.formats.lines import BadLine, place, stream_lines
from xdata.formats.mistakes import UTF_16, UTF_32
from xdata.formats.streams import StreamError, open_file, open_stream
from xdata.records import Document, Payload, Unreadable
from xdata.step import FilePart, InputFile

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")
"""What a file in UTF-16 begins with."""


def read_page(file: BinaryIO, part: FilePart, reading: Reading) -> Iterator[Document | Unreadable]:
    """The one page in a file of HTML; its encoding is found later, as browsers find it."""
    data = _whole(file, part, reading)
    if isinstance(data, str):
        yield Unreadable(part.origin, data)
    else:
        yield Document(part.origin, "", payload=Payload(data, "text/html", None))


def read_text(file: BinaryIO, part: FilePart, reading: Reading) -> Iterator[Document | Unreadable]:
    """Documents of plain text: the file, each line that is not empty, or what stands between empty lines.

    The encoding of a whole file is found by its bytes; lines and paragraphs are UTF-8, bad bytes become U+FFFD.
    """
    if reading.unit == "file":
        data = _whole(file, part, reading, hint=": say unit: paragraph or unit: line in a sources.yaml")
        if isinstance(data, str):
            yield Unreadable(part.origin, data)
        else:
            yield Document(part.origin, "", payload=Payload(data, "text/plain", None))
        return
    origin, compression = part.origin, part.file.compression
    begin, lines, size, too_long = part.start, list[bytes](), 0, False
    for position, line in stream_lines(file, part, reading):
        if isinstance(line, BadLine):
            if lines and (line.is_damage or reading.unit == "line"):
                yield Document(place(origin, begin, compression), _text(lines))
                lines, size = [], 0
            yield line.at(place(origin, position, compression))
            continue
        if position == 0 and line.startswith(_UTF_16):
            yield Unreadable(origin, "is UTF-16: lines and paragraphs are read of UTF-8 alone")
            return
        blank = not line.strip()
        if lines and (blank or reading.unit == "line"):
            yield Document(place(origin, begin, compression), _text(lines))
            lines, size = [], 0
        too_long = too_long and not blank
        if blank or too_long:
            continue
        if not lines:
            begin = position
        lines.append(line)
        size += len(line)
        if size > reading.max_record_bytes:
            yield Unreadable(place(origin, begin, compression), "a paragraph is longer than max_record_bytes")
            lines, size, too_long = [], 0, True
    if lines:
        yield Document(place(origin, begin, compression), _text(lines))


def _text(lines: list[bytes]) -> str:
    return b"".join(lines).decode("utf-8", "replace").rstrip("\r\n")


def _whole(file: BinaryIO, part: FilePart, reading: Reading, *, hint: str = "") -> bytes | str:
    """The content of a file, or what is wrong with it."""
    try:
        data = open_stream(file, part.file.compression).read(reading.max_record_bytes + 1)
    except StreamError as error:
        return str(error)
    if len(data) > reading.max_record_bytes:
        return f"is larger than max_record_bytes ({reading.max_record_bytes}){hint}"
    return data


class _HtmlInput(Input):
    """Reads a file as one document."""

    has_columns = False

    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        with open_file(part.file) as file:
            yield from read_page(file, part, reading)


class _TextInput(Input):
    """Reads a file as one document, or its lines or paragraphs."""

    has_columns = False

    def splits(self, file: InputFile, reading: Reading) -> bool:
        return reading.unit == "line" and file.compression == "none"

    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        with open_file(part.file) as file:
            yield from read_text(file, part, reading)


HTML = Format(
    name="html", title="HTML", expected="a web page", suffixes=(".html", ".htm", ".xhtml"), input=_HtmlInput()
)
TEXT = Format(
    name="text",
    title="plain text",
    expected="plain text",
    suffixes=(".txt",),
    mistakes=(
        UTF_32,
        UTF_16,
    ),
    input=_TextInput(),
)
