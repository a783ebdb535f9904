"""Cells of vectors that lie close together, by spherical k-means, as SemDeDup has them.

    vectors -> sample by the hashes of ids -> centroids -> the nearest centroid of each vector

Vectors and centroids are whole numbers from -127 to 127 (`xdata.dedup.embedding`), and so are their products, which
float32 or float64 hold exactly. So a vector is in the same cell whatever lies beside it.
"""

import numpy as np
import numpy.typing as npt

from xdata.dedup.embedding import MOST, Bytes, quantised
from xdata.dedup.pieces import begins_of
from xdata.text.hashes import Hashes, mix
from xdata.text.spans import Ints

Floats = npt.NDArray[np.float64]

MOST_CELLS = 2048
"""Cells of a language, at most."""
_SAMPLE_OF_A_CELL = 64
"""Vectors of the sample for each cell."""
_ROUNDS = 10
_ROWS_AT_A_TIME = 4096
_EXACT = 1 << 24
"""Whole numbers up to which float32 holds them all."""


def num_cells(num_vectors: int, cell_size: int) -> int:
    """Cells that so many vectors are dealt to, of about `cell_size` each unless they would be too many."""
    return max(1, min(-(-num_vectors // cell_size), MOST_CELLS))


class Sample:
    """The vectors with the smallest hashes, so that which they are depends on nothing else."""

    def __init__(self, num_vectors: int, cell_size: int, *, seed: int) -> None:
        """Of at most so many vectors: all of them where one cell is enough."""
        cells = num_cells(num_vectors, cell_size)
        self._most = max(cell_size, cells * _SAMPLE_OF_A_CELL)
        self._seed = mix(np.array([seed], dtype=np.uint64))
        self._hashes: Hashes = np.empty(0, dtype=np.uint64)
        self._vectors: Bytes = np.empty((0, 0), dtype=np.int8)
        self.num_seen = 0

    def add(self, hashes: Hashes, vectors: Bytes) -> None:
        """Adds vectors, with the hashes of their ids."""
        if not len(vectors):
            return
        self.num_seen += len(vectors)
        self._hashes = np.concatenate([self._hashes, mix(hashes ^ self._seed)])
        before = self._vectors if len(self._vectors) else vectors[:0]
        self._vectors = np.concatenate([before, vectors])
        if len(self._hashes) > 2 * self._most:
            self._shrink()

    def vectors(self) -> Bytes:
        """The sample, in the order of the hashes."""
        self._shrink()
        return self._vectors

    def _shrink(self) -> None:
        order = np.argsort(self._hashes, kind="stable")[: self._most]
        self._hashes, self._vectors = self._hashes[order], self._vectors[order]


def centroids(sample: Bytes, num: int) -> Bytes:
    """Centroids of a sample, at most `num`: the first vectors that differ, moved to the middle of their cells.

    One that no vector of the sample is nearest to stays where it was.
    """
    _, firsts = np.unique(sample, axis=0, return_index=True)
    found: Bytes = sample[np.sort(firsts)[:num]].copy()
    if len(found) < 2:
        return found if not len(found) else _middles(sample, np.zeros(len(sample), dtype=np.int64), found)
    before = None
    for _ in range(_ROUNDS):
        cells, _ = nearest(sample, found)
        if before is not None and np.array_equal(cells, before):
            break
        found, before = _middles(sample, cells, found), cells
    return found


def nearest(vectors: Bytes, found: Bytes) -> tuple[Ints, Floats]:
    """(number of the centroid with the greatest cosine, the first of several; that cosine) of each vector."""
    cells = np.empty(len(vectors), dtype=np.int64)
    cosines = np.empty(len(vectors), dtype=np.float64)
    lengths = norms(found)
    for start in range(0, len(vectors), _ROWS_AT_A_TIME):
        some = slice(start, start + _ROWS_AT_A_TIME)
        near = products(vectors[some], found) / lengths
        cells[some] = near.argmax(axis=1)
        cosines[some] = near.max(axis=1) / norms(vectors[some])
    return cells, cosines


def norms(vectors: Bytes) -> Floats:
    """Length of each vector."""
    squares = np.einsum("nd,nd->n", vectors, vectors, dtype=np.int64, casting="unsafe")
    lengths: Floats = np.maximum(np.sqrt(squares.astype(np.float64)), 1.0)
    return lengths


def products(ones: Bytes, others: Bytes) -> Floats:
    """Product of each with each of the others, shape (ones, others): whole numbers, exactly."""
    kind: npt.DTypeLike = np.float32 if ones.shape[1] * MOST * MOST < _EXACT else np.float64
    return np.asarray(ones.astype(kind) @ others.astype(kind).T, dtype=np.float64)


def _middles(sample: Bytes, cells: Ints, found: Bytes) -> Bytes:
    """The means of the directions of the vectors in each cell; the old centroid of an empty one."""
    order = np.argsort(cells, kind="stable")
    ordered = cells[order]
    begins = np.flatnonzero(begins_of(ordered))
    middles = found.copy()
    for begin, end in zip(begins.tolist(), [*begins[1:].tolist(), len(order)], strict=True):
        rows = order[begin:end]
        directions = sample[rows] / norms(sample[rows])[:, None]
        middles[ordered[begin]] = quantised(directions.sum(axis=0)[None])[0]
    return middles
