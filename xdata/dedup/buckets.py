"""Documents that share a hash, in buckets, each in the order in which its documents are preferred.

Documents are numbered by their place in that order (`xdata.dedup.order`). Hashes are dealt to pieces by their top bits,
so that equal ones lie in one piece; each piece is sorted by itself, and what is alone in its bucket is forgotten.
Pieces are in files where they are too large for memory.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from xdata.dedup.order import Numbers
from xdata.dedup.pieces import MEMORY, Pieces, Records, begins_of, repeated
from xdata.text.hashes import Hashes
from xdata.threads import in_threads

PIECE_ENTRIES = 1 << 20
"""Entries that are sorted at a time, about; 12 bytes each."""
_MOST_BITS = 12
"""Of hashes that tell pieces apart: from four billion entries on, pieces are larger instead of more."""

_ENTRY = np.dtype([("hash", "<u8"), ("place", "<u4")])
_HALF = np.uint64(32)

Pairs = Hashes
"""Two numbers of 32 bits each in one: of a bucket in its piece and a place in it, or of two places."""


class Buckets:
    """Buckets of places, to which entries are added first, and which are gone through piece by piece then."""

    def __init__(self, folder: Path, num_entries: int, *, piece_entries: int = PIECE_ENTRIES, memory: int = MEMORY):
        """For about so many entries in all, which decides into how many pieces they are dealt."""
        self._bits = min(max(0, -(-num_entries // piece_entries) - 1).bit_length(), _MOST_BITS)
        self._entries = Pieces(folder / "entries", _ENTRY, memory=memory)
        self._shared = Pieces(folder / "shared", np.uint64, memory=memory)

    def add(self, hashes: Hashes, places: Numbers) -> None:
        """Adds places, each with a hash."""
        entries = np.empty(len(places), dtype=_ENTRY)
        entries["hash"], entries["place"] = hashes, places
        if self._bits:
            self._entries.add(entries, (hashes >> np.uint64(64 - self._bits)).astype(np.uint16))
        else:
            self._entries.append(0, entries)

    def pieces(self) -> Iterator[tuple[int, Pairs]]:
        """(number, pairs of a bucket and a place that ascend) of each piece in which places share a hash."""
        numbers = self._entries.numbers
        for number, pairs in zip(numbers, in_threads(self._paired, map(self._entries.take, numbers)), strict=True):
            self.put(number, pairs)
        for number in self._shared.numbers:
            yield number, self._shared.read(number)

    def put(self, number: int, pairs: Pairs) -> None:
        """Puts others in the place of a piece."""
        self._shared.take(number)
        self._shared.append(number, pairs)

    def close(self) -> None:
        """Removes the files."""
        self._entries.close()
        self._shared.close()

    def _paired(self, entries: Records) -> Pairs:
        """Those entries whose hash others have too, their hashes numbered."""
        hashes, order = _sorted(entries["hash"], self._bits)
        shared = repeated(hashes)
        found = pairs_of(np.cumsum(begins_of(hashes))[shared], entries["place"][order[shared]])
        found.sort()
        return found


def pairs_of(firsts: npt.NDArray[Any], seconds: Numbers) -> Pairs:
    """Pairs of numbers of 32 bits: they are sorted by the first one, then by the second."""
    found: Pairs = firsts.astype(np.uint64) << _HALF | seconds
    return found


def firsts(pairs: Pairs) -> Numbers:
    """The first number of each pair."""
    return (pairs >> _HALF).astype(np.uint32)


def seconds(pairs: Pairs) -> Numbers:
    """The second number of each pair."""
    return pairs.astype(np.uint32)


def distinct(pairs: Pairs) -> Pairs:
    """Each pair once, ascending."""
    ordered = np.sort(pairs)
    found: Pairs = ordered[begins_of(ordered)]
    return found


def without_singles(pairs: Pairs) -> Pairs:
    """Those of the buckets that have several."""
    found: Pairs = pairs[repeated(firsts(pairs))]
    return found


def _sorted(hashes: Hashes, num_equal_bits: int) -> tuple[Hashes, npt.NDArray[np.int64]]:
    """Hashes so that equal ones lie side by side, and where each was; their first bits are equal.

    A hash that makes room for its place in the last bits is sorted as a number, which is twice as fast as sorting
    places by hashes. The few that this leaves out of order are sorted again, nearly in order as they are.
    """
    num_bits = max(len(hashes) - 1, 0).bit_length()
    mask = np.uint64((1 << num_bits) - 1)
    packed = (hashes << np.uint64(num_equal_bits)) & ~mask | np.arange(len(hashes), dtype=np.uint64)
    packed.sort()
    order = (packed & mask).astype(np.int64)
    found = hashes[order]
    if (found[1:] < found[:-1]).any():
        again = np.argsort(found, kind="stable")
        order, found = order[again], found[again]
    return found, order
