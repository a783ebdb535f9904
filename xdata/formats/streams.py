"""Compressed files as streams of bytes that know where they are.

A crawl file is compressed record by record, so a reader needs to know where in the file each compressed member
begins, to go on behind a broken one, and to start at any member. The compressors' own readers hide that; here a
file is a sequence of members, each a stream of its own. Callers bound the sizes.
"""

import io
from collections.abc import Iterator
from typing import BinaryIO

import zstandard

from xdata.errors import InputError
from xdata.formats.compressions import BROKEN, CODECS, Decompressor, is_skippable
from xdata.formats.position import watch
from xdata.step import Compression, InputFile

_DICTIONARY_MAGIC = b"\x5d\x2a\x4d\x18"
"""The skippable frame at the head of a zstd WARC that carries its dictionary (WARC-zstd, IIPC)."""

_DICTIONARY_BYTES = 1 << 24
"""Largest zstd dictionary that is read."""

_CHUNK = 1 << 16
"""Bytes read from a file at a time."""
_MOST_BLOCK = 1 << 20
"""Compressed bytes after which a member has given some of its content."""
_FEED = 1 << 12
"""Bytes decompressed at a time, which bounds what a bomb can blow up: zstd makes at most 128 MB of them."""


class StreamError(Exception):
    """What stands at `offset` of a file cannot be decompressed."""

    def __init__(self, message: str, *, offset: int) -> None:
        super().__init__(message)
        self.offset = offset


class Member(io.RawIOBase):
    """One compressed member as a stream of its content; raises StreamError where it is broken or cut off."""

    def __init__(self, file: BinaryIO, decompressor: Decompressor, head: bytes, *, offset: int) -> None:
        self.offset = offset
        """Of the member in the file."""
        self.rest: bytes = b""
        """What was read of the file behind the member; valid once it was read to its end."""
        self._file = file
        self._decompressor = decompressor
        self._waiting = memoryview(head)
        self._ready = memoryview(b"")

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int] | bytearray") -> int:  # type: ignore[override]
        while not self._ready:
            if not self._advance():
                return 0
        num = min(len(buffer), len(self._ready))
        buffer[:num] = self._ready[:num]
        self._ready = self._ready[num:]
        return num

    def skip_to_end(self) -> None:
        """Reads on to where the member ends."""
        self._ready = memoryview(b"")
        while self._advance():
            self._ready = memoryview(b"")

    def _advance(self) -> bool:
        """Decompresses the next chunk; False at the member's end."""
        if self._decompressor.eof:
            return False
        if not self._waiting:
            self._waiting = memoryview(self._file.read(_CHUNK))
        if not self._waiting:
            raise StreamError("the file ends inside a compressed member", offset=self.offset)
        data, self._waiting = self._waiting[:_FEED], self._waiting[_FEED:]
        try:
            self._ready = memoryview(self._decompressor.decompress(data))
        except BROKEN as error:
            raise StreamError(f"a compressed member is broken: {error}", offset=self.offset) from None
        if self._decompressor.eof:
            self.rest = self._decompressor.unused_data + bytes(self._waiting)
        return True


def iterate_members(file: BinaryIO, compression: Compression, *, start: int = 0) -> Iterator[Member]:
    """The members of a compressed file from the one at `start` on.

    Callers read a member to its end before they take the next; `skip_to_end` does that. Raises StreamError
    where what follows a member is not a member; zero bytes between members and at the end of the file pass.
    """
    codec, dictionary = CODECS[compression], _dictionary(file, compression)
    file.seek(start)
    head, offset = file.read(_CHUNK), start
    while True:
        while codec.has_skippable_frames and is_skippable(head):
            behind = offset + 8 + int.from_bytes(head[4:8], "little")
            if behind > file.seek(0, io.SEEK_END):
                raise StreamError(
                    f"a skippable frame of {behind - offset} bytes extends beyond the end of the file", offset=offset
                )
            offset = behind
            file.seek(offset)
            head = file.read(_CHUNK)
        if head.startswith(b"\0"):
            offset = _behind_zeros(file, offset)
            file.seek(offset)
            head = file.read(_CHUNK)
            continue
        if not head:
            return
        if not head.startswith(codec.magic):
            raise StreamError(f"expected a compressed member, found {head[:8]!r}", offset=offset)
        member = Member(file, codec.decompressor(dictionary), head, offset=offset)
        yield member
        member.skip_to_end()
        head = member.rest
        offset = file.tell() - len(head)
        if len(head) < 8:
            head += file.read(_CHUNK)


def _behind_zeros(file: BinaryIO, offset: int) -> int:
    """Offset of the first byte at or behind `offset` that is not zero, or of the end of the file."""
    file.seek(offset)
    while chunk := file.read(_CHUNK):
        rest = chunk.lstrip(b"\0")
        offset += len(chunk) - len(rest)
        if rest:
            break
    return offset


def find_member(file: BinaryIO, compression: Compression, *, start: int, begins: tuple[bytes, ...]) -> int | None:
    """Offset of the first member at or behind `start` whose content begins with one of `begins`, None without one."""
    codec = CODECS[compression]
    magic = codec.magic
    try:
        dictionary = _dictionary(file, compression)
    except StreamError:  # nothing in the file can be read without it
        return None
    position, kept = start, b""
    while True:
        file.seek(position + len(kept))
        window = kept + file.read(_CHUNK)
        if len(window) < len(magic):
            return None
        found = window.find(magic)
        while found >= 0:
            file.seek(position + found)
            if _begins_with(file, codec.decompressor(dictionary), begins):
                return position + found
            found = window.find(magic, found + 1)
        if len(window) == len(kept):
            return None
        keep = len(magic) - 1
        position += len(window) - keep
        kept = window[-keep:]


def _begins_with(file: BinaryIO, decompressor: Decompressor, begins: tuple[bytes, ...]) -> bool:
    """Whether what is compressed here begins with one of `begins`; some give nothing before a whole block is in."""
    content, wanted = b"", max(map(len, begins))
    for _ in range(0, _MOST_BLOCK, _FEED):
        data = file.read(_FEED)
        if not data or decompressor.eof:
            break
        try:
            content += decompressor.decompress(data)
        except BROKEN:
            return False
        if len(content) >= max(wanted, 1):
            break
    return bool(content) and content.startswith(begins)


def open_file(file: InputFile) -> BinaryIO:
    """The bytes of an input file, as they are on the disk. Raises InputError where it cannot be opened."""
    try:
        return watch(open(file.location, "rb"))
    except OSError as error:
        raise InputError(f"{file.location}: cannot be opened: {error.strerror}") from None


def open_stream(file: BinaryIO, compression: Compression, *, start: int = 0) -> BinaryIO:
    """The content of a file from the member at `start` on, its members one after the other.

    Reading raises StreamError where it is broken.
    """
    if compression == "none":
        return file
    return io.BufferedReader(_Concatenation(iterate_members(file, compression, start=start)), _CHUNK)


class _Concatenation(io.RawIOBase):
    def __init__(self, members: Iterator[Member]) -> None:
        self._members = members
        self._member = next(members, None)

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int] | bytearray") -> int:  # type: ignore[override]
        while self._member is not None:
            num = self._member.readinto(buffer)
            if num:
                return num
            self._member = next(self._members, None)
        return 0


def _dictionary(file: BinaryIO, compression: Compression) -> zstandard.ZstdCompressionDict | None:
    """The dictionary in the skippable frame at the head of a zstd WARC, itself compressed or not.

    Raises StreamError where it is broken or larger than 16 MB.
    """
    if compression != "zstd":
        return None
    file.seek(0)
    head = file.read(8)
    if not head.startswith(_DICTIONARY_MAGIC):
        return None
    num_bytes = int.from_bytes(head[4:8], "little")
    if num_bytes > _DICTIONARY_BYTES:
        raise StreamError(f"a zstd dictionary of {num_bytes} bytes", offset=0)
    content = file.read(num_bytes)
    try:
        if content.startswith(CODECS["zstd"].magic):
            size = zstandard.frame_content_size(content)
            if size > _DICTIONARY_BYTES:
                raise StreamError(f"a zstd dictionary of {size} bytes", offset=0)
            content = zstandard.ZstdDecompressor().decompress(content, max_output_size=_DICTIONARY_BYTES)
        return zstandard.ZstdCompressionDict(content)
    except zstandard.ZstdError as error:
        raise StreamError(f"the zstd dictionary is broken: {error}", offset=0) from None
