"""Lines of files, plain or compressed, each with its place; a plain file is read from any byte on."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

from xdata.formats.format import Reading
from xdata.formats.streams import StreamError, find_member, open_file, open_stream
from xdata.records import Origin, Unreadable
from xdata.step import Compression, FilePart

BOM = b"\xef\xbb\xbf"


@dataclass(frozen=True)
class BadLine:
    """What is wrong where a line should be."""

    error: str
    is_damage: bool = False
    """Whether the file is damaged there, so that an unknown number of lines is lost."""

    def at(self, origin: Origin) -> Unreadable:
        """The same of a place in a file."""
        return Unreadable(origin, self.error, is_damage=self.is_damage)


def part_lines(part: FilePart, reading: Reading) -> Iterator[tuple[Origin, bytes] | Unreadable]:
    """(place, line with its end) of each line that begins in a part of a file, decompressed, or what is wrong there.

    Raises InputError where the file cannot be opened.
    """
    with open_file(part.file) as file:
        for position, line in stream_lines(file, part, reading):
            here = place(part.origin, position, part.file.compression)
            yield line.at(here) if isinstance(line, BadLine) else (here, line)


def stream_lines(file: BinaryIO, part: FilePart, reading: Reading) -> Iterator[tuple[int, bytes | BadLine]]:
    """(position, line with its end, or what is wrong there) of the lines that begin in a part of an open file."""
    return iterate_lines(
        file,
        part.file.compression,
        start=part.start,
        end=part.stop,
        max_record_bytes=reading.max_record_bytes,
    )


def place(origin: Origin, position: int, compression: Compression) -> Origin:
    """The origin of what stands at a byte of the content of a file."""
    if compression == "none":
        return Origin(origin.source, origin.path, position)
    return Origin(origin.source, origin.path, 0, position)


def iterate_lines(
    file: BinaryIO, compression: Compression, *, start: int = 0, end: int | None = None, max_record_bytes: int
) -> Iterator[tuple[int, bytes | BadLine]]:
    """(position, line with its end, or what is wrong there) of the lines that begin at or behind `start`, before `end`.

    A compressed file is read whole; after a broken member reading resumes at the next one, positions counting what was
    read. A line longer than `max_record_bytes` is skipped and reported.
    """
    position, member = start, 0
    if start > 0:
        file.seek(start - 1)
        position += _pass_line(file) - 1
    while end is None or position < end:
        try:
            stream = open_stream(file, compression, start=member)
            for begin, line, behind in _lines_of(stream, position, end, max_record_bytes):
                position = behind
                yield begin, line
            return
        except StreamError as error:
            yield position, BadLine(str(error), is_damage=True)
            found = find_member(file, compression, start=error.offset + 1, begins=(b"",))
            if found is None:
                return
            member = found


def _lines_of(
    stream: BinaryIO, position: int, end: int | None, max_record_bytes: int
) -> Iterator[tuple[int, bytes | BadLine, int]]:
    """(position, line or what is wrong, position behind it) of the lines of one stream."""
    while end is None or position < end:
        line = stream.readline(max_record_bytes + 1)
        if not line:
            return
        begin, position = position, position + len(line)
        if len(line) > max_record_bytes and not line.endswith(b"\n"):
            position += _pass_line(stream)
            yield begin, BadLine(f"a line of {position - begin} bytes is longer than max_record_bytes"), position
        else:
            yield begin, line.removeprefix(BOM) if begin == 0 else line, position


def _pass_line(stream: BinaryIO) -> int:
    """Reads to behind the next line end, however far that is; the number of bytes passed."""
    passed = 0
    while piece := stream.readline(1 << 20):
        passed += len(piece)
        if piece.endswith(b"\n"):
            break
    return passed
