"""Documents in order of preference, so that documents are compared by their numbers in this order alone."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xdata.array_files import zeros
from xdata.dedup.pieces import MEMORY, Pieces
from xdata.text.hashes import Hashes

Numbers = npt.NDArray[np.uint32]

_PIECE_ROWS = 1 << 22
"""Documents that are sorted at a time, about."""
_SAMPLE = 1 << 16
_ENTRY = np.dtype([("key", "<u8"), ("row", "<u4")])


class Order:
    """The place of each row in the order, and the row at each place.

    Both are arrays of four bytes a document, in files where they are large.
    """

    def __init__(self, keys: Iterable[Hashes], num_rows: int, *, folder: Path, memory: int = MEMORY) -> None:
        """For rows whose keys come piece by piece; the smaller a key, the sooner a row, and of equal ones the first."""
        self.rows: Numbers = zeros(num_rows, np.uint32, folder, most_bytes=memory // 8)
        """Row at each place."""
        self.places: Numbers = zeros(num_rows, np.uint32, folder, most_bytes=memory // 8)
        """Place of each row."""
        begin = 0
        for rows in _sorted_rows(keys, num_rows, folder, memory):
            end = begin + len(rows)
            self.rows[begin:end] = rows
            self.places[rows] = np.arange(begin, end, dtype=np.uint32)
            begin = end


def _sorted_rows(keys: Iterable[Hashes], num_rows: int, folder: Path, memory: int) -> Iterator[Numbers]:
    """All rows in the order of their keys, some at a time."""
    waiting = Pieces(folder / "keys", np.uint64, memory=memory)
    sample = []
    start = 0
    for some in keys:
        waiting.append(start // _PIECE_ROWS, some)
        sample.append(some[:: max(1, num_rows // _SAMPLE)].copy())
        start += len(some)
    if not start:
        return
    ends = _ends(np.concatenate(sample), -(-num_rows // _PIECE_ROWS))
    del sample
    dealt = Pieces(folder / "keyed", _ENTRY, memory=memory)
    start = 0
    for number in waiting.numbers:
        found = waiting.take(number)
        entries = np.empty(len(found), dtype=_ENTRY)
        entries["key"], entries["row"] = found, np.arange(start, start + len(found))
        dealt.add(entries, np.searchsorted(ends, found, side="right").astype(np.uint32))
        start += len(found)
    for number in dealt.numbers:
        entries = dealt.take(number)
        yield entries["row"][np.argsort(entries["key"], kind="stable")]


def _ends(sample: Hashes, num_pieces: int) -> Hashes:
    """Keys at which the pieces but the last one end, so that each gets about as many."""
    sample.sort()
    ends: Hashes = sample[np.arange(1, num_pieces) * len(sample) // num_pieces]
    return ends
