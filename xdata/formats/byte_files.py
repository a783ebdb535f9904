"""Files of bytes that are written and read plain, as gzip or as zstd, by their ending; equal content is equal bytes."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, cast

import zstandard

COMPRESSIONS = ("", ".gz", ".zst")
"""Suffixes of files that are plain, gzip or zstd."""
_GZIP_LEVEL = 6
_ZSTD_LEVEL = 3
_CHUNK = 1 << 16


class DamagedFile(OSError):
    """A file does not have the format of its file name extension."""


class ByteWriter:
    """Writes a file, compressed by the extension of `name`: gzip without time and name, zstd in one frame."""

    def __init__(self, path: Path, name: str) -> None:
        self._file = path.open("wb")
        self._stream: BinaryIO = self._file
        if name.endswith(".gz"):
            stream = gzip.GzipFile(filename="", mode="wb", compresslevel=_GZIP_LEVEL, fileobj=self._file, mtime=0)
            self._stream = cast(BinaryIO, stream)
        elif name.endswith(".zst"):
            compressor = zstandard.ZstdCompressor(level=_ZSTD_LEVEL)
            self._stream = cast(BinaryIO, compressor.stream_writer(self._file, closefd=False))

    def write(self, data: bytes) -> None:
        """Adds some bytes."""
        self._stream.write(data)

    def close(self) -> None:
        """Ends the file; a second time it does nothing."""
        if not self._file.closed:
            self._stream.close()
            self._file.close()


class _ZstdContent(io.RawIOBase):
    """The content of one zstd frame; one that is cut off is an error, as it is of gzip."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._frame = zstandard.ZstdDecompressor().decompressobj()
        self._ready = b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "memoryview[int] | bytearray") -> int:  # type: ignore[override]
        while not self._ready and not self._frame.eof:
            data = self._file.read(_CHUNK)
            if not data:
                raise EOFError("the file ends inside a frame")
            self._ready = self._frame.decompress(data)
        num = min(len(buffer), len(self._ready))
        buffer[:num] = self._ready[:num]
        self._ready = self._ready[num:]
        return num


@contextmanager
def opened(path: Path) -> Iterator[BinaryIO]:
    """The content of a file. Raises OSError where it cannot be opened, DamagedFile where it cannot be decompressed."""
    try:
        if path.name.endswith(".gz"):
            with gzip.open(path) as stream:
                yield cast(BinaryIO, stream)
        elif path.name.endswith(".zst"):
            with path.open("rb") as file:
                yield cast(BinaryIO, io.BufferedReader(_ZstdContent(file), _CHUNK))
        else:
            with path.open("rb") as stream:
                yield stream
    except (EOFError, zlib.error, zstandard.ZstdError) as error:
        raise DamagedFile(f"{path}: cannot be decompressed: {error}") from None
