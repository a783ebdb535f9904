"""Messages of Chromium in the language packs of Debian (`.pak`, version 5).

A pack has a table of numbers and offsets, then the messages. The packs that only have the forms of a grammatical
gender (`ar_FEMININE.pak`) say nothing that the others do not.
"""

import struct
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import regex

from xdata.errors import ResourceError
from xdata.provenance.passages.fitness import without_repeats
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage
from xdata.provenance.passages.translations import Message, fit_passages

_VERSION = 5
_UTF8 = 1
_HEADER = struct.Struct("<IB3xHH")
_ENTRY = struct.Struct("<HI")
_TAG = regex.compile(r"[a-z]{2,3}(?:-[A-Z0-9]{2,4})?")


def passages(cache: Path) -> Iterator[Passage]:
    """The messages of every package of the list, package by package and tag by tag."""
    yield from without_repeats(
        one
        for package in packages_of("chromium")
        for one in fit_passages(messages_in(unpacked(package, cache)), package.title)
    )


def messages_in(folder: Path) -> dict[str, list[Message]]:
    """Tag -> the messages of its pack in a folder."""
    packs = sorted(path for path in folder.rglob("*.pak") if _TAG.fullmatch(path.stem))
    return {path.stem: [Message("", text) for text in read_pack(path.read_bytes())] for path in packs}


def read_pack(content: bytes) -> list[str]:
    """The messages of a pack, in the order of their numbers.

    Raises ResourceError for one of another version or encoding.
    """
    version, encoding, number, _ = _HEADER.unpack_from(content)
    if (version, encoding) != (_VERSION, _UTF8):
        raise ResourceError(f"a pack of version {version} and encoding {encoding}, not {_VERSION} and {_UTF8}")
    offsets = [_ENTRY.unpack_from(content, _HEADER.size + _ENTRY.size * at)[1] for at in range(number + 1)]
    return [content[start:end].decode("utf-8", errors="replace") for start, end in pairwise(offsets)]
