"""Documents that are nearly the same as others, tied to them, over all languages; no document is dropped.

A pair that shares a band and is at least so similar is in one component. Bands are made of the n-grams anew, of so few
rows that SEEN of the pairs at the threshold share one. So is all of a bucket of more than MOST_COMPARED documents,
whether they are that similar or not: there are too many pairs to look at, and what is tied for nothing is on one side
with others and leaks nowhere.
"""

from collections.abc import Iterator
from itertools import chain

import numpy as np
import numpy.typing as npt

from xdata.dedup.buckets import Buckets, Pairs, distinct, firsts, pairs_of, seconds
from xdata.dedup.components import join, neighbours
from xdata.dedup.jaccard import similar_pairs
from xdata.dedup.minhash import MinHash
from xdata.dedup.near import StoredNgrams, sets_of
from xdata.dedup.pieces import MEMORY, begins_of
from xdata.records import NGRAMS
from xdata.step import ClusterColumns
from xdata.text.hashes import mix
from xdata.text.spans import Ints

MOST_COMPARED = 64
"""Documents of a bucket whose pairs are all compared."""
SEEN = 0.95
"""Share of the pairs at the threshold that share a band, at least."""
_PERMUTATIONS, _MOST = 108, 64
_PAIRS_AT_A_TIME = 1 << 22


def join_near(labels: Ints, columns: ClusterColumns, *, min_similarity: float, memory: int = MEMORY) -> None:
    """Joins the components of rows that are nearly the same, in place.

    `labels` may have more rows than `columns`, behind them. Takes 12 bytes an entry (a document has one for each band)
    in files, and 4 bytes a document in memory.
    """
    buckets = band_buckets(columns, signature(min_similarity), memory=memory)
    if buckets is None:
        return
    for _, entries in buckets.pieces():
        join(labels, neighbours(entries[~_is_small(entries)]))
    for pairs, similar in _compared(buckets, labels, columns, min_similarity, memory):
        join(labels, pairs[similar])
    buckets.close()


def count_apart(
    labels: Ints, columns: ClusterColumns, *, min_similarity: float, memory: int = MEMORY
) -> tuple[int, int]:
    """(pairs of rows with different labels that share a band and were compared, those that are at least so similar).

    A pair that shares several bands may be counted more than once. Of a bucket of more than MOST_COMPARED rows, only
    neighbours in order of label are compared: one pair at least, where it has several labels.
    """
    buckets = band_buckets(columns, signature(min_similarity), memory=memory)
    if buckets is None:
        return 0, 0
    num_compared = num_similar = 0
    for pairs, similar in _compared(buckets, labels, columns, min_similarity, memory, large=True):
        num_compared += len(pairs)
        num_similar += int(similar.sum())
    buckets.close()
    return num_compared, num_similar


def _compared(
    buckets: Buckets, labels: Ints, columns: ClusterColumns, min_similarity: float, memory: int, *, large: bool = False
) -> Iterator[tuple[Ints, npt.NDArray[np.bool_]]]:
    """(pairs of rows that share a bucket and have different labels then, which of them are at least so similar)."""
    stored = StoredNgrams(columns, memory=memory)
    folder = columns.scratch / "sets"
    for _, entries in buckets.pieces():
        is_small = _is_small(entries)
        found = [_by_label(entries[~is_small], labels)] if large else []
        for pairs in chain(found, _pairs(entries[is_small])):
            pairs = pairs[labels[pairs[:, 0]] != labels[pairs[:, 1]]]
            if len(pairs):
                yield (
                    pairs,
                    similar_pairs(stored, pairs, min_similarity=min_similarity, folder=folder, memory=memory),
                )


def _by_label(entries: Pairs, labels: Ints) -> Ints:
    """Neighbours in their buckets, in order of label."""
    return neighbours(entries[np.lexsort((labels[seconds(entries)], firsts(entries)))])


def signature(min_similarity: float) -> MinHash:
    """Bands of as many rows as let SEEN of the pairs of that similarity share one."""
    made = [MinHash(num_bands=min(_PERMUTATIONS // rows, _MOST), num_rows=rows) for rows in range(_MOST, 0, -1)]
    return next((each for each in made if each.chance(min_similarity) >= SEEN), made[-1])


def band_buckets(columns: ClusterColumns, minhash: MinHash, *, memory: int = MEMORY) -> Buckets | None:
    """Buckets of rows that share a band of their n-grams; None without rows."""
    buckets: Buckets | None = None
    start = 0
    for piece in columns.pieces({NGRAMS}):
        if buckets is None:
            buckets = Buckets(columns.scratch, columns.num_rows * minhash.num_bands, memory=memory)
        sets = sets_of(piece[NGRAMS])
        there = np.flatnonzero(sets.sizes)
        for hashes in minhash.bands(mix(sets.values.astype(np.uint64)), sets.bounds).T:
            buckets.add(hashes[there], (there + start).astype(np.uint32))
        start += piece.num_rows
    return buckets


def _is_small(entries: Pairs) -> npt.NDArray[np.bool_]:
    """Of which entries the bucket has so few that all of its pairs are compared."""
    begins = begins_of(firsts(entries))
    sizes = np.diff(np.append(np.flatnonzero(begins), len(entries)))
    return np.repeat(sizes <= MOST_COMPARED, sizes)


def _pairs(entries: Pairs) -> Iterator[Ints]:
    """All pairs of rows of each bucket, the smaller row first, each once in what is yielded at a time."""
    buckets, rows = firsts(entries), seconds(entries)
    waiting: list[Pairs] = []
    num = 0
    for distance in range(1, MOST_COMPARED):
        here = np.flatnonzero(buckets[distance:] == buckets[:-distance])
        if not len(here):
            break
        found = pairs_of(rows[here], rows[here + distance])
        waiting.append(found)
        num += len(found)
        if num > _PAIRS_AT_A_TIME:
            yield _distinct(waiting)
            waiting, num = [], 0
    if waiting:
        yield _distinct(waiting)


def _distinct(pairs: list[Pairs]) -> Ints:
    found = distinct(np.concatenate(pairs))
    rows: Ints = np.stack([firsts(found), seconds(found)], axis=1).astype(np.int64)
    return rows
