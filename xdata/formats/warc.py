"""Reads WARC (ISO 28500), WET and ARC files: plain, gzip or zstd, whole or from one member to another.

Records are framed here, by their own lengths, so that every record has its place in the file and a broken one is
named with it and skipped: reading resumes at the next place where a record can begin. That is right behind the
header of a record whose stated length exceeds the file, but for files that are compressed as one stream, in which
there is no way back. HTTP responses inside of records are read by `xdata.formats.http`.

A `response` with status 200 or a `resource` that is HTML or plain text is a document, as is a `conversion` (WET).
All else is skipped and counted by what it is.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import BinaryIO

import regex

from xdata.errors import one_line
from xdata.formats.format import COMPRESSION_FACTOR, Format, Input, Item, Reading
from xdata.formats.http import Fields, Response, parse_fields, parse_response, split_content_type
from xdata.formats.mistakes import WEB_PAGE
from xdata.formats.streams import StreamError, find_member, iterate_members, open_file
from xdata.records import Document, Origin, Payload, Skipped, Unreadable
from xdata.step import Compression, FilePart, InputFile

HTML_TYPES = frozenset({"text/html", "application/xhtml+xml", "application/vnd.wap.xhtml+xml"})
TEXT_TYPES = frozenset({"text/plain"})

_MAX_HEADER_BYTES = 1 << 16
_MAX_LENGTH_DIGITS = 18
_WARC_LINE = regex.compile(rb"WARC/[01]\.\d+\s*")
_ARC_LINE = regex.compile(rb"(\S.*) (\S+) (\d{8,}) (\S+) (\S+)\s*")
_ARC_URL = regex.compile(rb"[a-z][a-z0-9+.\-]*:", regex.IGNORECASE)
_MEMBER_BEGINS = (b"WARC/", b"filedesc:", b"http:", b"https:")
_DOCUMENTS = frozenset({"response", "resource", "conversion"})
"""Types of records that may be documents."""
_WEB_SCHEMES = frozenset({"", "http", "https", "ftp", "file"})
"""Of resources; wget keeps its own log as one of the scheme `metadata`."""
_LOOKS_LIKE_HTML = regex.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<!doctype\s+html|<html|<head|<body|<!--)", regex.IGNORECASE)


class FrameError(Exception):
    """No record begins at the expected position, or the record is truncated."""

    def __init__(self, message: str, *, resume: int | None = None) -> None:
        super().__init__(message)
        self.resume = resume
        """Where the next record may begin, None for right here."""


@dataclass(frozen=True)
class Frame:
    """One record as it stands in the file, headers and block."""

    header: bytes
    """All WARC headers, or the one line of ARC."""
    block: bytes | None
    """None where it is larger than is read."""
    num_bytes: int
    """Length of the block."""

    @property
    def is_arc(self) -> bool:
        return not self.header.startswith(b"WARC/")


def read_warc(file: BinaryIO, part: FilePart, *, max_record_bytes: int) -> Iterator[Document | Skipped | Unreadable]:
    """The records that begin in a part of an open file, in order; it starts where a record or member begins."""
    source, path, compression = part.file.source, part.file.path, part.file.compression
    found = _frames(file, compression, start=part.start, end=part.stop, max_record_bytes=max_record_bytes)
    last: Unreadable | None = None
    for offset, inner, frame in found:
        if last is not None:
            yield last
            last = None
        place = Origin(source, path, offset, inner)
        if isinstance(frame, str):
            last = Unreadable(place, one_line(frame))
        elif frame.block is None:
            yield Unreadable(place, f"a record of {frame.num_bytes} bytes is larger than max_record_bytes")
        else:
            yield _interpret(frame, place, max_record_bytes)
    if last is not None:  # nothing more can be read of the file behind it
        yield replace(last, is_damage=part.stop is None)


def index_warc(file: BinaryIO, *, compression: Compression, part_bytes: int) -> list[int]:
    """Offsets at which the file can be cut into parts of about `part_bytes`, the first one 0."""
    offsets = [0]
    for offset, inner, frame in _frames(file, compression, start=0, end=None, max_record_bytes=0):
        if isinstance(frame, Frame) and inner == 0 and offset >= offsets[-1] + part_bytes:
            offsets.append(offset)
    return offsets


def _frames(
    file: BinaryIO, compression: Compression, *, start: int, end: int | None, max_record_bytes: int
) -> Iterator[tuple[int, int, Frame | str]]:
    """(offset of the record or its member, its byte in the member, the record or what is wrong there)."""
    if compression == "none":
        file.seek(start)
        for begin, item in _frame_stream(_Lines(file, start), max_record_bytes):
            if end is not None and begin >= end:
                return
            yield begin, 0, item
        return
    position = start
    while True:
        try:
            for member in iterate_members(file, compression, start=position):
                position = member.offset
                if end is not None and position >= end:
                    return
                for begin, item in _frame_stream(_Lines(io.BufferedReader(member), 0), max_record_bytes):
                    yield position, begin, item
            return
        except StreamError as error:
            position = error.offset
            yield position, 0, str(error)
        found = find_member(file, compression, start=position + 1, begins=_MEMBER_BEGINS)
        if found is None or (end is not None and found >= end):
            return
        position = found


class _Lines:
    """A stream that counts where it is."""

    def __init__(self, stream: BinaryIO, position: int) -> None:
        self._stream = stream
        self.position = position

    def readline(self) -> bytes:
        line = self._stream.readline(_MAX_HEADER_BYTES)
        self.position += len(line)
        return line

    def read(self, num: int) -> bytes:
        data = self._stream.read(num)
        self.position += len(data)
        return data

    def go_back(self, position: int) -> None:
        """Seeks back to an earlier position in a file; a compressed stream cannot."""
        if self._stream.seekable():
            self._stream.seek(position)
            self.position = position

    def skip(self, num: int) -> int:
        """Passes over `num` bytes; the number of those that there were."""
        left = num
        while left and (data := self._stream.read(min(left, 1 << 20))):
            left -= len(data)
        self.position += num - left
        return num - left


def _frame_stream(lines: _Lines, max_record_bytes: int) -> Iterator[tuple[int, Frame | str]]:
    """(position, record or what is wrong) of a stream; after a broken record it resumes at the next line that
    begins one. StreamError passes through: what is behind it in this member cannot be read.
    """
    line, begin = b"\n", lines.position
    while True:
        while not line.strip():
            begin = lines.position
            line = lines.readline()
            if not line:
                return
        try:
            frame = _read_frame(lines, line, max_record_bytes)
        except FrameError as error:
            yield begin, str(error)
            if error.resume is not None:
                lines.go_back(error.resume)
            while line := lines.readline():
                begin = lines.position - len(line)
                if begins_like_warc(line):
                    break
            if not line:
                return
        else:
            yield begin, frame
            line = b"\n"


def begins_like_warc(line: bytes) -> bool:
    """Whether a line is the first one of a WARC or ARC record."""
    return bool(_WARC_LINE.fullmatch(line) or (_ARC_URL.match(line) and _ARC_LINE.fullmatch(line)))


def _read_frame(lines: _Lines, line: bytes, max_record_bytes: int) -> Frame:
    if _WARC_LINE.fullmatch(line):
        header = _read_header(lines, line)
        length = _header_value(header, b"content-length")
        if length is None or not _is_length(length):
            raise FrameError(f"a record without a Content-Length that is a number: {_shown(length)}")
    elif _ARC_URL.match(line) and (match := _ARC_LINE.fullmatch(line)):
        header, length = line, match[5]
        if length == b"-1" and line.startswith(b"filedesc:"):
            raise FrameError("a file description without a length")
        if not _is_length(length):
            raise FrameError(f"an ARC record without a length that is a number: {_shown(length)}")
    else:
        raise FrameError(f"expected a WARC or ARC record, found {line[:40]!r}")
    num_bytes, behind_header = int(length), lines.position
    if num_bytes > max_record_bytes:
        found, block = lines.skip(num_bytes), None
    else:
        block = lines.read(num_bytes)
        found = len(block)
    if found < num_bytes:
        raise FrameError(f"a record of {num_bytes} bytes ends after {found}", resume=behind_header)
    return Frame(header, block, num_bytes)


def _is_length(word: bytes) -> bool:
    return word.isdigit() and len(word) <= _MAX_LENGTH_DIGITS


def _shown(word: bytes | None) -> str:
    return "none" if word is None else repr(word[:40])


def _read_header(lines: _Lines, first: bytes) -> bytes:
    header = first
    while True:
        line = lines.readline()
        header += line
        if not line:
            raise FrameError("the file ends inside a record's header")
        if not line.strip():
            return header
        if len(header) > _MAX_HEADER_BYTES:
            raise FrameError(f"a record's header is longer than {_MAX_HEADER_BYTES} bytes")


def _header_value(header: bytes, name: bytes) -> bytes | None:
    for line in header.split(b"\n")[1:]:
        key, colon, value = line.partition(b":")
        if colon and key.strip().lower() == name:
            return value.strip()
    return None


@dataclass(frozen=True)
class _Record:
    """What a frame holds, of WARC or ARC."""

    kind: str
    """The type of a WARC record, in lower case: `response`, `conversion`."""
    block: bytes
    content_type: str | None
    url: str | None
    date: str | None
    is_truncated: bool = False
    """Whether its header says that the crawler cut it off."""


def _interpret(frame: Frame, place: Origin, max_record_bytes: int) -> Document | Skipped | Unreadable:
    record = _arc_record(frame) if frame.is_arc else _warc_record(frame)
    if record.kind not in _DOCUMENTS:
        return Skipped(record.kind)
    try:
        return _document(record, place, max_record_bytes)
    except ValueError as error:
        return Unreadable(place, one_line(str(error)))


def _warc_record(frame: Frame) -> _Record:
    assert frame.block is not None
    fields = parse_fields(frame.header.partition(b"\n")[2])
    return _Record(
        kind=one_line((fields.first("warc-type") or "unknown").lower(), limit=40),
        block=frame.block,
        content_type=fields.first("content-type"),
        url=(fields.first("warc-target-uri") or "").strip("<> ") or None,
        date=fields.first("warc-date"),
        is_truncated=fields.first("warc-truncated") is not None,
    )


def _arc_record(frame: Frame) -> _Record:
    """An ARC record as one of WARC; the file's description of itself is of the type `filedesc`."""
    match = _ARC_LINE.fullmatch(frame.header)
    assert match is not None and frame.block is not None
    is_http = parse_response(frame.block) is not None
    date = match[3].decode("ascii")
    return _Record(
        kind="filedesc" if match[1].startswith(b"filedesc:") else "response" if is_http else "resource",
        block=frame.block,
        content_type="application/http" if is_http else match[4].decode("utf-8", "replace"),
        url=match[1].decode("utf-8", "replace").strip("<> ") or None,
        date=f"{date[:4]}-{date[4:6]}-{date[6:8]}T{date[8:10]}:{date[10:12]}:{date[12:14]}Z",
    )


def _document(record: _Record, place: Origin, max_record_bytes: int) -> Document | Skipped | Unreadable:
    """The document in a record. Raises ValueError where its body cannot be decoded, or is too large then."""
    if record.kind == "conversion":
        return Document(place, record.block.decode("utf-8", "replace"), url=record.url, date=record.date)
    scheme = record.url.partition(":")[0].lower() if record.url else ""
    if record.kind == "resource" and scheme not in _WEB_SCHEMES:
        return Skipped(f"url_scheme_{one_line(scheme, limit=20)}")
    response = parse_response(record.block) if record.kind == "response" else None
    if response is None:
        own = "" if (record.content_type or "").startswith("application/http") else record.content_type or ""
        response = Response(200, Fields((("content-type", own),)), record.block)
    if response.status != 200:
        return Skipped(f"http_status_{response.status}")
    media_type, charset = split_content_type(response.content_type)
    if media_type and media_type not in HTML_TYPES | TEXT_TYPES:
        return Skipped(f"media_type_{one_line(media_type, limit=60)}")
    data, is_cut = response.decoded(max_bytes=max_record_bytes)
    if not media_type:
        if not _LOOKS_LIKE_HTML.match(data):
            return Skipped("media_type_unknown")
        media_type = "text/html"
    payload = Payload(data, media_type, charset, is_truncated=is_cut or record.is_truncated)
    return Document(place, "", url=record.url, date=record.date, payload=payload)


class _Input(Input):
    """Reads web pages and texts out of crawl files."""

    has_columns = False
    needs_index = True

    def begins(self, line: bytes) -> bool:
        return begins_like_warc(line)

    def index(self, stream: BinaryIO, file: InputFile, *, part_bytes: int) -> list[int]:
        part_bytes = part_bytes if file.compression == "none" else part_bytes // COMPRESSION_FACTOR
        return index_warc(stream, compression=file.compression, part_bytes=part_bytes)

    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        with open_file(part.file) as file:
            yield from read_warc(file, part, max_record_bytes=reading.max_record_bytes)


WARC = Format(
    name="warc",
    title="WARC",
    expected="records of WARC, WET or ARC",
    suffixes=(".warc", ".wet", ".wat", ".arc"),
    magic=(b"WARC/",),
    mistakes=(WEB_PAGE,),
    input=_Input(),
)
