"""The Jaccard similarity of sets of n-grams, of many pairs at once.

A set is the ascending distinct 32-bit hashes of a document's n-grams, so two different n-grams of a pair are taken for
one about once in a million pairs of a thousand n-grams each.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
import numpy.typing as npt

from xdata.dedup.pieces import MEMORY, Pieces, begins_of
from xdata.text.spans import Ints, cumulated
from xdata.threads import in_threads

Values = npt.NDArray[np.uint32]
Floats = npt.NDArray[np.float64]

_VALUES_AT_A_TIME = 1 << 18


class Sets(NamedTuple):
    """Some sets, one behind the other."""

    values: Values
    bounds: Ints
    """Where each set begins in `values`; one more for the end."""

    @property
    def sizes(self) -> Ints:
        return np.diff(self.bounds)

    def take(self, numbers: Ints) -> "Sets":
        """Some of the sets, in the order of their numbers."""
        sizes = self.bounds[numbers + 1] - self.bounds[numbers]
        bounds = cumulated(sizes)
        places = np.arange(bounds[-1]) + np.repeat(self.bounds[numbers] - bounds[:-1], sizes)
        return Sets(self.values[places], bounds)


class StoredSets(Protocol):
    """Sets of the n-grams of documents, by row, wherever they are stored."""

    def sizes(self) -> npt.NDArray[np.uint32]:
        """Number of n-grams of each row."""

    def read(self, rows: Ints) -> Sets:
        """The sets of some rows, which ascend."""


def similarities(one: Sets, other: Sets) -> Floats:
    """Jaccard similarity of each of the sets with the other of the same number, in [0, 1]; 0 of two empty ones."""
    return _compared(one, np.arange(len(one.sizes)), other, np.arange(len(other.sizes)))


def similar_pairs(
    stored: StoredSets, pairs: Ints, *, min_similarity: float, folder: Path, memory: int = MEMORY
) -> npt.NDArray[np.bool_]:
    """Which of some pairs of rows, shape (pairs, 2), are at least so similar.

    The sets of second rows are read in pieces that fit into memory, each set once; those of first rows once too, and
    dealt to the pieces of their partners in files where they do not all fit.
    """
    sizes = stored.sizes()
    similar = _sizes_allow(sizes, pairs, min_similarity)
    wanted = np.flatnonzero(similar)
    if not len(wanted):
        return similar
    wanted = wanted[np.argsort(pairs[wanted, 1], kind="stable")]
    first, second = pairs[wanted].T
    needed = sum(int(sizes[np.unique(rows)].sum()) for rows in (first, second)) * 4
    if needed <= memory:
        (one, ones), (other, others) = (_read(stored, rows) for rows in (first, second))
        similar[wanted] = _compared(one, ones, other, others) >= min_similarity
        return similar
    pieces = _pieces(sizes, second, memory)
    dealt = _Dealt(folder, stored, first, pieces, memory)
    for number, piece in enumerate(pieces):
        one, ones = dealt.sets_of(number)
        other, others = _read(stored, second[piece])
        similar[wanted[piece]] = _compared(one, ones, other, others) >= min_similarity
    dealt.close()
    return similar


class _Dealt:
    """Sets of the first rows of pairs, dealt to the pieces of their pairs."""

    def __init__(self, folder: Path, stored: StoredSets, rows: Ints, pieces: Sequence[slice], memory: int) -> None:
        self._values = Pieces(folder / "values", np.uint32, memory=memory // 2)
        self._sizes = Pieces(folder / "sizes", np.uint32, memory=memory // 8)
        self._pairs = Pieces(folder / "pairs", np.int64, memory=memory // 8)
        piece_of = np.empty(len(rows), dtype=np.int64)
        for number, piece in enumerate(pieces):
            piece_of[piece] = number
        sizes = stored.sizes()
        by_row = np.argsort(rows, kind="stable")
        for part in _pieces(sizes, rows[by_row], memory // 4):
            pairs = by_row[part]
            distinct, places = np.unique(rows[pairs], return_inverse=True)
            sets, places = stored.read(distinct), places.reshape(-1)
            for number in np.unique(piece_of[pairs]).tolist():
                here = np.flatnonzero(piece_of[pairs] == number)
                for some in _parts(sets.sizes[places[here]]):
                    found = sets.take(places[here[some]])
                    self._values.append(number, found.values)
                    self._sizes.append(number, found.sizes.astype(np.uint32))
                    self._pairs.append(number, pairs[here[some]])

    def sets_of(self, number: int) -> tuple[Sets, Ints]:
        """The sets of one piece, and which of them each of its pairs has."""
        sets = Sets(self._values.take(number), cumulated(self._sizes.take(number)))
        return sets, np.argsort(self._pairs.take(number))

    def close(self) -> None:
        for each in (self._values, self._sizes, self._pairs):
            each.close()


def _read(stored: StoredSets, rows: Ints) -> tuple[Sets, Ints]:
    """The sets of the distinct rows, each read once, and which of them each row has."""
    distinct, numbers = np.unique(rows, return_inverse=True)
    return stored.read(distinct), numbers.reshape(-1)


def _compared(one: Sets, ones: Ints, other: Sets, others: Ints) -> Floats:
    """Jaccard similarity of sets of one and of the other, by their numbers; 0 of two empty ones."""

    def compare(part: slice) -> Floats:
        first, second = one.take(ones[part]), other.take(others[part])
        both = np.concatenate([_numbered(first), _numbered(second)])
        both.sort(kind="stable")  # two ascending runs: merged, not sorted
        twice = both[:-1][both[1:] == both[:-1]]
        shared = np.bincount((twice >> np.uint64(32)).astype(np.int64), minlength=len(first.sizes))
        found: Floats = shared / np.maximum(first.sizes + second.sizes - shared, 1)
        return found

    parts = _parts(one.sizes[ones] + other.sizes[others])
    return np.concatenate([np.empty(0), *in_threads(compare, parts)])


def _sizes_allow(sizes: npt.NDArray[np.uint32], pairs: Ints, min_similarity: float) -> npt.NDArray[np.bool_]:
    """Which pairs of rows have so many n-grams each that they can be as similar."""
    both = sizes[pairs].astype(np.float64)
    allow: npt.NDArray[np.bool_] = both.min(axis=1) >= min_similarity * both.max(axis=1)
    return allow


def _numbered(sets: Sets) -> npt.NDArray[np.uint64]:
    numbers = np.repeat(np.arange(len(sets.sizes), dtype=np.uint64), sets.sizes)
    return (numbers << np.uint64(32)) | sets.values


def _pieces(sizes: npt.NDArray[np.uint32], rows: Ints, memory: int) -> list[slice]:
    """Runs of ascending rows whose sets take about so much memory."""
    begins = begins_of(rows)
    weights = np.where(begins, sizes[rows].astype(np.int64) * 4, 0) + 4 * sizes[rows].astype(np.int64)
    return list(_runs(weights, memory // 4))


def _parts(sizes: Ints) -> Iterator[slice]:
    return _runs(sizes, _VALUES_AT_A_TIME)


def _runs(weights: Ints, most: int) -> Iterator[slice]:
    """Runs that weigh about so much each."""
    before = cumulated(weights)
    start = 0
    while start < len(weights):
        end = max(int(np.searchsorted(before, before[start] + most, side="right")) - 1, start + 1)
        yield slice(start, end)
        start = end
