"""Compressions of whole files: how each is recognized by name and first bytes, and what decompresses it.

One value of `Codec` for each; `xdata.formats.streams` reads files of any of them.
"""

import bz2
import lzma
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import lz4.frame
import zstandard

from xdata.step import Compression

_XZ_MEMORY_BYTES = 1 << 30
"""Most that decompressing an xz file may take; the largest preset needs 65 MiB."""
_ZSTD_WINDOW_BYTES = 1 << 31
"""The largest window that zstd writes (`--long=31`)."""

BROKEN = (zlib.error, zstandard.ZstdError, lzma.LZMAError, OSError, EOFError, RuntimeError, ValueError)
"""What decompressors raise for broken data."""


class Decompressor(Protocol):
    """Decompresses one member of a file, as zlib's objects do."""

    @property
    def eof(self) -> bool:
        """Whether the end of the member was read."""

    @property
    def unused_data(self) -> bytes:
        """What was given of the file behind the member."""

    def decompress(self, data: bytes | memoryview, /) -> bytes:
        """The content of the next bytes. Raises one of `BROKEN`."""


@dataclass(frozen=True)
class Codec:
    """One compression."""

    suffixes: tuple[str, ...]
    """Endings of file names, the usual one first."""
    magic: bytes
    """What each member begins with."""
    decompressor: Callable[[zstandard.ZstdCompressionDict | None], Decompressor]
    """Begins a member; the dictionary is that of a zstd file that has one."""
    has_skippable_frames: bool = False
    """Whether frames with other data may stand between members."""


class _Wrapped:
    """A decompressor with the interface of zlib's."""

    def __init__(self, inner: Any) -> None:
        self._inner = inner

    @property
    def eof(self) -> bool:
        return bool(self._inner.eof)

    @property
    def unused_data(self) -> bytes:
        return bytes(self._inner.unused_data or b"")

    def decompress(self, data: bytes | memoryview, /) -> bytes:
        return bytes(self._inner.decompress(bytes(data)))


CODECS: Mapping[Compression, Codec] = {
    "gzip": Codec((".gz",), b"\x1f\x8b\x08", lambda _: zlib.decompressobj(wbits=31)),
    "zstd": Codec(
        (".zst", ".zstd"),
        b"\x28\xb5\x2f\xfd",
        lambda dictionary: _Wrapped(
            zstandard.ZstdDecompressor(dict_data=dictionary, max_window_size=_ZSTD_WINDOW_BYTES).decompressobj()
        ),
        has_skippable_frames=True,
    ),
    "bz2": Codec((".bz2",), b"BZh", lambda _: _Wrapped(bz2.BZ2Decompressor())),
    "xz": Codec((".xz",), b"\xfd7zXZ\x00", lambda _: _Wrapped(lzma.LZMADecompressor(memlimit=_XZ_MEMORY_BYTES))),
    "lz4": Codec(
        (".lz4",),
        b"\x04\x22\x4d\x18",
        lambda _: _Wrapped(lz4.frame.LZ4FrameDecompressor()),
        has_skippable_frames=True,
    ),
}
"""Compression -> how it is read."""

SUFFIXES = tuple(suffix for codec in CODECS.values() for suffix in codec.suffixes)
"""Suffixes that may follow those of an input file."""

_SKIPPABLE_MAGIC = b"\x2a\x4d\x18"
"""Bytes 1 to 3 of a skippable frame of zstd or lz4; the first one is 0x50 to 0x5f."""
HEAD_BYTES = 6
"""First bytes of a file that tell its compression."""


def detect_compression(head: bytes) -> Compression:
    """How a file is compressed, by its first `HEAD_BYTES`."""
    for name, codec in CODECS.items():
        if head.startswith(codec.magic):
            return name
    return "zstd" if is_skippable(head) else "none"


def is_skippable(head: bytes) -> bool:
    """Whether a frame that is to be passed over begins here."""
    return len(head) >= 4 and head[1:4] == _SKIPPABLE_MAGIC and head[0] >> 4 == 5
