"""Clusters in which every document is like the one that stays: stars, and no chains.

Documents are gone through in the order in which they are preferred. One that no document before it has taken stays,
and takes all that are similar to it and have not been taken. So each document that goes is as similar to its survivor
as was asked for, which connected components do not promise, and what stays does not depend on the order of the input,
nor on documents that are less preferred: what comes later changes nothing of what was decided before.

It is done for all at once, in rounds: a document that is the first in all of its buckets has nobody before it. It
stays, and is compared with the others of its buckets; those that are similar leave with it, and it leaves the
buckets. One that several of those would take goes with the most preferred of them. A bucket of which the documents
are not similar would need as many rounds as it has documents, so rounds end after ROUNDS, and what is left is compared
no further.
"""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xdata.dedup.buckets import Buckets, without_singles
from xdata.dedup.pieces import MEMORY, Pieces, Records, begins_of
from xdata.text.spans import Ints

ROUNDS = 64
"""Survivors that the documents of one bucket are compared with, at most."""

_EDGE = np.dtype([("member", "<u4"), ("head", "<u4"), ("key", "<u8"), ("member_key", "<u8")])
_ROWS_AT_A_TIME, _MOST_PIECES = 1 << 21, 16
"""Rows whose comparisons are looked at together, or a sixteenth of all if that is more."""

Similar = Callable[[Ints], npt.NDArray[np.bool_]]
"""Which of some pairs of rows, shape (pairs, 2), are similar."""
Bools = npt.NDArray[np.bool_]


def find_stars(
    buckets: Buckets,
    num_rows: int,
    similar: Similar,
    *,
    folder: Path,
    num_own: int | None = None,
    max_size: int | None = None,
    memory: int = MEMORY,
) -> npt.NDArray[np.uint32]:
    """Row of the survivor of each row, itself for one that stays.

    Rows from `num_own` on are of other corpora: they stay, whatever they are like. With `max_size`, a survivor takes so
    many documents at most, itself among them, the most preferred first; the others look for another one.
    Takes 10 bytes of memory a row, and some times `memory`.
    """
    survivors = np.arange(num_rows, dtype=np.uint32)
    taken = np.zeros(num_rows, dtype=bool)
    last = num_rows if num_own is None else num_own
    rows_at_a_time = max(_ROWS_AT_A_TIME, -(-num_rows // _MOST_PIECES))
    for _ in range(ROUNDS):
        blocked = np.zeros(num_rows, dtype=bool)
        num_entries = 0
        for number, entries in buckets.pieces():
            entries = without_singles(entries[~taken[entries["row"]]])
            buckets.put(number, entries)
            behind = entries["row"][~begins_of(entries["bucket"])]
            blocked[behind[behind < last]] = True
            num_entries += len(entries)
        if not num_entries:
            break
        edges = Pieces(folder / "edges", _EDGE, memory=memory)
        for number, entries in buckets.pieces():
            is_head = begins_of(entries["bucket"]) & ~blocked[entries["row"]]
            found = _edges(entries, is_head, last)
            edges.add(found, found["member"].astype(np.int64) // rows_at_a_time)
            buckets.put(number, entries[~is_head])
        for number in edges.numbers:
            similar_ones = _taken(_distinct(edges.take(number)), similar, max_size, last)
            survivors[similar_ones["member"]] = similar_ones["head"]
            taken[similar_ones["member"]] = True
        edges.close()
    return survivors


def _edges(entries: Records, is_head: Bools, last: int) -> Records:
    """What is to be compared: members that may be taken with the first of their bucket, where that is a head."""
    begins = begins_of(entries["bucket"])
    places = np.flatnonzero(begins)[np.cumsum(begins) - 1]
    wanted = is_head[places] & ~begins & (entries["row"] < last)
    found = np.empty(int(wanted.sum()), dtype=_EDGE)
    firsts = entries[places[wanted]]
    found["member"], found["member_key"] = entries["row"][wanted], entries["key"][wanted]
    found["head"], found["key"] = firsts["row"], firsts["key"]
    return _distinct(found)


def _taken(edges: Records, similar: Similar, max_size: int | None, last: int) -> Records:
    """Those that are similar, one of each member: the one with the head that is preferred most.

    `max_size` is for heads before `last`, the first of other corpora.
    """
    edges = edges[similar(np.stack([edges["member"], edges["head"]], axis=1).astype(np.int64))]
    edges = edges[np.lexsort((edges["head"], edges["key"], edges["member"]))]
    edges = edges[begins_of(edges["member"])]
    if max_size is None:
        return edges
    edges = edges[np.lexsort((edges["member"], edges["member_key"], edges["head"]))]
    begins = np.flatnonzero(begins_of(edges["head"]))
    place = np.arange(len(edges)) - np.repeat(begins, np.diff(np.append(begins, len(edges))))
    few: Records = edges[(place < max_size - 1) | (edges["head"] >= last)]
    return few


def _distinct(edges: Records) -> Records:
    """Each pair once, by member and head."""
    pairs = edges["member"].astype(np.uint64) << np.uint64(32) | edges["head"]
    distinct: Records = edges[np.unique(pairs, return_index=True)[1]]
    return distinct
