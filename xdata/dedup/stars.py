"""Clusters in which every document is like the one that stays: stars, and no chains.

Documents are gone through in the order in which they are preferred. One that no document before it has taken stays,
and takes all that are similar to it and have not been taken. So each dropped document is as similar to its survivor
as was asked for, which connected components do not promise, and what stays does not depend on the order of the input,
nor on documents that are less preferred: what comes later changes nothing of what was decided before.

It is done for all at once, in rounds: a document that is the first in all of its buckets has nobody before it. It
stays, and is compared with the others of its buckets; those that are similar leave with it, and it leaves the
buckets. One that several of those would take is assigned to the most preferred of them. A bucket of which the documents
are not similar would need as many rounds as it has documents, so rounds end after ROUNDS, and what is left is compared
no further; rounds that end because clusters are full do not count.
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from xdata.array_files import zeros
from xdata.dedup.buckets import Buckets, Pairs, distinct, firsts, pairs_of, seconds, without_singles
from xdata.dedup.order import Numbers, Order
from xdata.dedup.pieces import MEMORY, Pieces, begins_of
from xdata.text.spans import Ints
from xdata.threads import in_threads

ROUNDS = 64
"""Survivors that the documents of one bucket are compared with, at most."""

_ROWS_AT_A_TIME, _MOST_PIECES = 1 << 19, 64
"""Rows whose comparisons are looked at together, or a 64th of all if that is more."""

Similar = Callable[[Ints], npt.NDArray[np.bool_]]
"""Which of some pairs of rows, shape (pairs, 2), are similar."""
Bools = npt.NDArray[np.bool_]


def find_stars(
    buckets: Buckets,
    order: Order,
    similar: Similar,
    *,
    folder: Path,
    num_own: int | None = None,
    max_size: int | None = None,
    memory: int = MEMORY,
) -> Numbers:
    """Row of the survivor of each row, itself for one that stays; the buckets are of places in the order.

    Rows from `num_own` on are of other corpora: they stay, whatever they are like. With `max_size`, a survivor takes so
    many documents at most, itself among them, the most preferred first; the others look for another one.
    Takes some times `memory`; what is kept of each document, some 20 bytes, lies in files where that is more.
    """
    stars = _Stars(order, similar, folder=folder, num_own=num_own, max_size=max_size, memory=memory)
    left = ROUNDS
    while left and (num_taken := stars.round(buckets)) is not None:
        left -= max_size is None or not num_taken  # a full cluster is no reason to look no further
    return stars.survivors()


class _Stars:
    """Kept and dropped documents, as far as they are decided."""

    def __init__(
        self,
        order: Order,
        similar: Similar,
        *,
        folder: Path,
        num_own: int | None,
        max_size: int | None,
        memory: int,
    ) -> None:
        num = len(order.rows)
        self._order = order
        self._similar = similar
        self._folder = folder
        self._num_own = num if num_own is None else num_own
        self._max_size = max_size
        self._memory = memory
        self._rows_at_a_time = max(_ROWS_AT_A_TIME, -(-num // _MOST_PIECES))
        self._heads: Numbers = self._zeros(np.uint32)
        self._taken: Bools = self._zeros(np.bool_)
        self._blocked: Bools = self._zeros(np.bool_)

    def round(self, buckets: Buckets) -> int | None:
        """Has all that nobody is before take what is similar to them: how many; None with nothing to compare."""
        self._blocked[:] = False
        num_pairs = 0
        for number, pairs, behind in in_threads(self._left, buckets.pieces()):
            buckets.put(number, pairs)
            self._blocked[behind] = True
            num_pairs += len(pairs)
        if not num_pairs:
            return None
        edges = Pieces(self._folder / "edges", np.uint64, memory=self._memory)
        for number, pairs, found in in_threads(self._edges, buckets.pieces()):
            edges.add(found, self._order.rows[firsts(found)] // self._rows_at_a_time)
            buckets.put(number, pairs)
        return self._take(edges)

    def survivors(self) -> Numbers:
        """Row of the survivor of each row."""
        rows = self._order.rows
        found: Numbers = self._zeros(np.uint32)
        for start in range(0, len(rows), _ROWS_AT_A_TIME):
            places = np.arange(start, min(start + _ROWS_AT_A_TIME, len(rows)))
            heads = np.where(self._taken[places], self._heads[places], places)
            found[rows[places]] = rows[heads]
        return found

    def _left(self, piece: tuple[int, Pairs]) -> tuple[int, Pairs, Numbers]:
        """What nobody took of a piece, and the places that have another one before them."""
        number, pairs = piece
        pairs = without_singles(pairs[~self._taken[seconds(pairs)]])
        is_own, begins = self._is_own(seconds(pairs)), begins_of(firsts(pairs))
        if not is_own.all():  # where all are of other corpora, nothing is to be decided
            here = np.repeat(np.logical_or.reduceat(is_own, np.flatnonzero(begins)), _sizes(begins))
            pairs, is_own, begins = pairs[here], is_own[here], begins[here]
        return number, pairs, seconds(pairs[~begins & is_own])

    def _edges(self, piece: tuple[int, Pairs]) -> tuple[int, Pairs, Pairs]:
        """What is left of a piece without its heads, and (member, head) of all that may go with one of them."""
        number, pairs = piece
        begins = begins_of(firsts(pairs))
        is_head = begins & ~self._blocked[seconds(pairs)]
        starts = np.flatnonzero(begins)[np.cumsum(begins) - 1]
        wanted = np.flatnonzero(is_head[starts] & ~begins & self._is_own(seconds(pairs)))
        edges = distinct(pairs_of(seconds(pairs[wanted]), seconds(pairs[starts[wanted]])))
        return number, pairs[~is_head], edges

    def _take(self, edges: Pieces) -> int:
        """Takes what is similar, each with the head that is preferred most, and returns their number."""
        num_taken = 0
        chosen = Pieces(self._folder / "chosen", np.uint64, memory=self._memory)
        rows = self._order.rows
        for number in edges.numbers:
            found = distinct(edges.take(number))
            similar = self._similar(np.stack([rows[firsts(found)], rows[seconds(found)]], axis=1).astype(np.int64))
            found = found[similar]
            found = found[begins_of(firsts(found))]
            if self._max_size is None:
                num_taken += self._go(firsts(found), seconds(found))
            else:
                chosen.add(pairs_of(seconds(found), firsts(found)), seconds(found) // self._rows_at_a_time)
        for number in chosen.numbers:
            heads, members = self._first_of_each_head(np.sort(chosen.take(number)))
            num_taken += self._go(members, heads)
        for pieces in (edges, chosen):
            pieces.close()
        return num_taken

    def _first_of_each_head(self, pairs: Pairs) -> tuple[Numbers, Numbers]:
        """(heads, members) of pairs that ascend: as many of each head as its size allows."""
        heads = firsts(pairs)
        begins = begins_of(heads)
        number = np.arange(len(heads)) - np.repeat(np.flatnonzero(begins), _sizes(begins))
        few = (number < (self._max_size or 0) - 1) | ~self._is_own(heads)
        return heads[few], seconds(pairs[few])

    def _go(self, members: Numbers, heads: Numbers) -> int:
        self._heads[members] = heads
        self._taken[members] = True
        return len(members)

    def _is_own(self, places: Numbers) -> Bools:
        """Which places are of this corpus, and of no other one."""
        if self._num_own == len(self._order.rows):
            return np.ones(len(places), dtype=bool)
        own: Bools = self._order.rows[places] < self._num_own
        return own

    def _zeros(self, kind: npt.DTypeLike) -> npt.NDArray[Any]:
        return zeros(len(self._order.rows), kind, self._folder, most_bytes=self._memory // 8)


def _sizes(begins: Bools) -> Ints:
    """Length of each run, from where they begin."""
    return np.diff(np.append(np.flatnonzero(begins), len(begins)))
