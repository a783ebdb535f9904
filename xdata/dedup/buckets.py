"""Documents that share a hash, in buckets, each in the order in which its documents are preferred.

Hashes are dealt to pieces by their top bits, so that equal ones lie in one piece; each piece is sorted by itself, and
what is alone in its bucket is forgotten. Pieces are in files where they are too large for memory.
"""

from collections.abc import Iterator
from pathlib import Path

import numpy as np

from xdata.dedup.pieces import MEMORY, Pieces, Records, begins_of
from xdata.text.hashes import Hashes
from xdata.text.spans import Ints

PIECE_ENTRIES = 1 << 22
"""Entries that are sorted at a time, about; 20 bytes each."""

_ENTRY = np.dtype([("hash", "<u8"), ("key", "<u8"), ("row", "<u4")])
SHARED = np.dtype([("bucket", "<u4"), ("row", "<u4"), ("key", "<u8")])
"""A document of a bucket that has others: the number of the bucket in its piece, its row, and its preference."""


class Buckets:
    """Buckets of rows, to which entries are added first, and which are gone through piece by piece then."""

    def __init__(self, folder: Path, num_entries: int, *, piece_entries: int = PIECE_ENTRIES, memory: int = MEMORY):
        """For about so many entries in all, which decides into how many pieces they are dealt."""
        self._bits = max(0, -(-num_entries // piece_entries) - 1).bit_length()
        self._entries = Pieces(folder / "entries", _ENTRY, memory=memory)
        self._shared = Pieces(folder / "shared", SHARED, memory=memory)

    def add(self, hashes: Hashes, keys: Hashes, rows: Ints) -> None:
        """Adds rows, each with a hash, and a key that is the smaller the more it is preferred."""
        entries = np.empty(len(rows), dtype=_ENTRY)
        entries["hash"], entries["key"], entries["row"] = hashes, keys, rows
        numbers = hashes >> np.uint64(64 - self._bits) if self._bits else np.zeros(len(rows), dtype=np.uint64)
        self._entries.add(entries, numbers.astype(np.uint16))

    def pieces(self) -> Iterator[tuple[int, Records]]:
        """(number, entries of type SHARED, by bucket, key and row) of each piece in which rows share a hash."""
        for number in self._entries.numbers:
            self.put(number, _shared(self._entries.take(number)))
        for number in self._shared.numbers:
            yield number, self._shared.read(number)

    def put(self, number: int, entries: Records) -> None:
        """Puts other entries in the place of a piece."""
        self._shared.take(number)
        self._shared.append(number, entries)

    def close(self) -> None:
        """Removes the files."""
        self._entries.close()
        self._shared.close()


def without_singles(entries: Records) -> Records:
    """Entries of the buckets that have several, which lie together."""
    alone = begins_of(entries["bucket"])
    alone[:-1] &= alone[1:].copy()
    kept: Records = entries[~alone]
    return kept


def _shared(entries: Records) -> Records:
    """Those entries whose hash others have too, numbered by hash and sorted by preference."""
    order = np.argsort(entries["hash"])
    hashes = entries["hash"][order]
    begins = begins_of(hashes)
    alone = begins.copy()
    alone[:-1] &= begins[1:]
    kept = entries[order[~alone]]
    found = np.empty(len(kept), dtype=SHARED)
    found["bucket"] = np.cumsum(begins, dtype=np.uint32)[~alone]
    found["row"], found["key"] = kept["row"], kept["key"]
    return found[np.lexsort((found["row"], found["key"], found["bucket"]))]
