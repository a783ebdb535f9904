"""Documents with nearly the same text: candidates by MinHash, each match verified by the n-grams themselves.

    bands -> buckets of equal bands -> pairs with the survivor of a bucket -> Jaccard similarity -> stars

Every dropped document has a Jaccard similarity of at least `min_similarity` with the one that is kept for it, computed
over all of their n-grams. A pair of that similarity that shares no band is not seen: one of 0.75 with a probability of
3 %, of 0.8 with 0.5 %, of 0.9 never to speak of.

Costs: the bands lie once in files of 12 bytes an entry, dealt by their first bits and sorted piece by piece; n-grams
are read twice at most in a round, those of candidates alone. Of its own it takes some 400 MB, and 50 more a thread,
however many documents there are (at most four billions): what is kept of each one, 22 bytes, lies in files that the
system pages, but for corpora where it is little.
"""

from collections.abc import Sequence
from functools import cached_property
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from xdata.array_files import zeros
from xdata.dedup.buckets import Buckets
from xdata.dedup.jaccard import Sets, similar_pairs
from xdata.dedup.minhash import MinHash
from xdata.dedup.order import Numbers
from xdata.dedup.pieces import MEMORY
from xdata.dedup.preference import LONGEST, preferred_order
from xdata.dedup.references import ReferenceCluster, WithReferences, reference_remarks
from xdata.dedup.stars import find_stars
from xdata.records import BANDS, NGRAMS, NUM_NGRAMS
from xdata.step import ClusterColumns
from xdata.text.spans import Ints, cumulated

_LEAST_SEEN = 0.9
"""Recall at the threshold below which a remark warns that some pairs are not found."""


class NearDuplicates(ReferenceCluster):
    """Keeps one of the documents of a language whose texts are nearly the same.

    Each dropped document shares a band of its signature with the kept one, and at least `min_similarity` of
    the n-grams of both together.
    """

    kind: Literal["dedup.near"] = "dedup.near"
    version = 2
    reason: ClassVar[str] = "near_duplicate"

    min_similarity: float = Field(default=0.75, gt=0, le=1)
    """Jaccard similarity of the n-gram sets, in [0, 1]."""
    max_size: int | None = Field(default=None, ge=2)
    """Near-duplicates that one may stand for, itself among them and each with its exact copies; None for any number."""
    minhash: MinHash = MinHash()
    """How the signatures are made; those of `references` must be made in the same way."""

    def reads(self) -> frozenset[str]:
        return super().reads() | {NGRAMS, NUM_NGRAMS, BANDS}

    def reads_of_few(self) -> frozenset[str]:
        return frozenset({NGRAMS})

    def minhash_of_references(self) -> MinHash:
        return self.minhash

    def remarks(self, languages: Sequence[str]) -> Sequence[str]:
        """Which corpora were left out, and how many pairs at the threshold are seen where that is not nearly all."""
        seen = self.minhash.chance(self.min_similarity)
        unseen = f"of pairs that are {self.min_similarity:g} similar, {seen:.0%} are seen: more similar ones are sure"
        return [*reference_remarks(self.references), *([unseen] if seen < _LEAST_SEEN else [])]

    def survivors(self, columns: WithReferences) -> Numbers:
        return near_duplicates(
            columns,
            min_similarity=self.min_similarity,
            max_size=self.max_size,
            prefer=self.prefer,
            sources=self.sources,
            num_own=columns.num_own,
        )


def near_duplicates(
    columns: ClusterColumns,
    *,
    min_similarity: float,
    max_size: int | None = None,
    prefer: str = LONGEST,
    sources: tuple[str, ...] = (),
    num_own: int | None = None,
    memory: int = MEMORY,
) -> Numbers:
    """Row of the survivor of each row; those from `num_own` on are of other corpora and stay."""
    folder = columns.scratch
    order = preferred_order(columns, prefer=prefer, sources=sources, memory=memory)
    stored = StoredNgrams(columns, memory=memory)
    buckets: Buckets | None = None
    start = 0
    for piece in columns.pieces({BANDS}):
        bands = piece[BANDS].combine_chunks()
        buckets = buckets or Buckets(folder, columns.num_rows * bands.type.num_fields, memory=memory)
        there = np.flatnonzero(np.asarray(bands.is_valid()))
        places = order.places[there + start]
        for band in bands.flatten():
            buckets.add(np.asarray(band.fill_null(0))[there], places)
        start += piece.num_rows
    if buckets is None:
        return np.empty(0, dtype=np.uint32)

    def similar(pairs: Ints) -> npt.NDArray[np.bool_]:
        return similar_pairs(stored, pairs, min_similarity=min_similarity, folder=folder / "sets", memory=memory)

    survivors = find_stars(buckets, order, similar, folder=folder, num_own=num_own, max_size=max_size, memory=memory)
    buckets.close()
    return survivors


class StoredNgrams:
    """The n-grams of documents, from their columns; in memory where all of them are few."""

    def __init__(self, columns: ClusterColumns, *, memory: int = MEMORY) -> None:
        self._columns = columns
        self._sizes: Numbers = zeros(columns.num_rows, np.uint32, columns.scratch, most_bytes=memory // 8)
        start = 0
        for piece in columns.pieces({NUM_NGRAMS}):
            self._sizes[start : start + piece.num_rows] = piece[NUM_NGRAMS].to_numpy()
            start += piece.num_rows
        self._fits = int(self._sizes.sum(dtype=np.int64)) * 4 <= memory

    def sizes(self) -> npt.NDArray[np.uint32]:
        return self._sizes

    def read(self, rows: Ints) -> Sets:
        return self._all.take(rows) if self._fits else sets_of(self._columns.read(NGRAMS, rows=rows))

    @cached_property
    def _all(self) -> Sets:
        return sets_of(self._columns.read(NGRAMS))


def sets_of(lists: pa.ChunkedArray) -> Sets:
    """The sets of a column."""
    values = [chunk.flatten().to_numpy() for chunk in lists.chunks]
    lengths = pc.list_value_length(lists).to_numpy()
    return Sets(np.concatenate([np.empty(0, np.uint32), *values], dtype=np.uint32), cumulated(lengths))
