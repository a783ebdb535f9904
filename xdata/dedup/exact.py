"""Exact deduplication: documents with the same text."""

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata.array_files import zeros
from xdata.dedup.buckets import Buckets
from xdata.dedup.order import Numbers
from xdata.dedup.pieces import MEMORY
from xdata.dedup.preference import LONGEST, preferred_order
from xdata.dedup.references import ReferenceCluster, WithReferences
from xdata.dedup.stars import find_stars
from xdata.records import TEXT_HASH
from xdata.step import ClusterColumns
from xdata.text.hashes import Hashes
from xdata.text.spans import Ints


class ExactDuplicates(ReferenceCluster):
    """Keeps one of the documents of a language with the same `dedup.text_hash`."""

    kind: Literal["dedup.exact"] = "dedup.exact"
    version = 2
    reason: ClassVar[str] = "exact_duplicate"

    def reads(self) -> frozenset[str]:
        return super().reads() | {TEXT_HASH}

    def survivors(self, columns: WithReferences) -> Numbers:
        return exact_duplicates(columns, prefer=self.prefer, sources=self.sources, num_own=columns.num_own)


def exact_duplicates(
    columns: ClusterColumns,
    *,
    prefer: str = LONGEST,
    sources: Sequence[str] = (),
    num_own: int | None = None,
    memory: int = MEMORY,
) -> Numbers:
    """Row of the survivor of each row; those from `num_own` on are of other corpora and stay."""
    folder = columns.scratch
    order = preferred_order(columns, prefer=prefer, sources=sources, memory=memory)
    seconds = zeros(columns.num_rows, np.uint64, folder, most_bytes=memory // 8)
    buckets = Buckets(folder, columns.num_rows, memory=memory)
    start = 0
    for piece in columns.pieces({TEXT_HASH}):
        end = start + piece.num_rows
        halves = _halves(piece[TEXT_HASH].combine_chunks())
        seconds[start:end] = halves[:, 1]
        buckets.add(halves[:, 0], order.places[start:end])
        start = end

    def same(pairs: Ints) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = seconds[pairs[:, 0]] == seconds[pairs[:, 1]]
        return found

    survivors = find_stars(buckets, order, same, folder=folder, num_own=num_own, memory=memory)
    buckets.close()
    return survivors


def _halves(hashes: pa.FixedSizeBinaryArray) -> Hashes:
    """Each hash of 16 bytes as two numbers."""
    values = np.frombuffer(hashes.buffers()[1], dtype="<u8").reshape(-1, 2)
    return values[hashes.offset : hashes.offset + len(hashes)]
