"""Connected components: what is tied to something that is tied to something, over millions of rows, with arrays.

    keys of rows -> buckets of equal keys -> edges between neighbours in a bucket -> components

A component is known by its smallest row. Which rows are in it depends on the keys alone: not on their order, nor on the
order in which edges are joined.
"""

import numpy as np
import numpy.typing as npt

from xdata.dedup.buckets import Buckets, Pairs, firsts, seconds
from xdata.dedup.pieces import begins_of
from xdata.text.spans import Ints


def alone(num_rows: int) -> Ints:
    """Every row a component of its own: the labels that `join` begins with."""
    return np.arange(num_rows, dtype=np.int64)


def join(labels: Ints, edges: Ints) -> None:
    """Joins the components of both ends of each edge, in place.

    `labels` has the smallest row of the component of each row, shape (rows,); `edges` has pairs of rows, shape
    (edges, 2). Each round hooks the larger root of an edge to the smaller one, and then lets every row point to its
    root; there are few rounds, as the number of roots falls at least by those that have a smaller neighbour.
    """
    edges = _roots(labels, edges)
    while len(edges):
        np.minimum.at(labels, edges[:, 1], edges[:, 0])
        _point_to_roots(labels)
        edges = _roots(labels, edges)


def join_buckets(labels: Ints, buckets: Buckets) -> None:
    """Joins all rows that share a key, in place."""
    for _, entries in buckets.pieces():
        join(labels, neighbours(entries))


def neighbours(entries: Pairs) -> Ints:
    """Pairs of rows that are neighbours in a bucket, which join all of it; entries are of a bucket and a row."""
    behind = np.flatnonzero(~begins_of(firsts(entries)))
    rows = seconds(entries)
    pairs: Ints = np.stack([rows[behind - 1], rows[behind]], axis=1).astype(np.int64)
    return pairs


def numbers_of(labels: Ints, numbers: npt.NDArray[np.uint64], order: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """The number of each component, for each row: that of its row with the least `order`.

    So a component has the number of one of its rows, whatever their order in the corpus is; one that is joined of two
    has that of one of them.
    """
    least = np.full(len(labels), np.iinfo(np.uint64).max, dtype=np.uint64)
    np.minimum.at(least, labels, order)
    chosen = np.flatnonzero(order == least[labels])
    found = np.zeros(len(labels), dtype=np.uint64)
    found[labels[chosen]] = numbers[chosen]
    by_row: npt.NDArray[np.uint64] = found[labels]
    return by_row


def _roots(labels: Ints, edges: Ints) -> Ints:
    """(smaller root, larger root) of edges between components that are apart."""
    if not len(edges):
        return edges
    both = labels[edges]
    ends: Ints = both[both[:, 0] != both[:, 1]]
    ends.sort(axis=1)
    return ends


def _point_to_roots(labels: Ints) -> None:
    while True:
        above = labels[labels]
        if np.array_equal(above, labels):
            return
        labels[:] = above
