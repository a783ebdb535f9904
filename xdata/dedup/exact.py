"""Documents with the same text."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from xdata.context import Context
from xdata.dedup.buckets import Buckets
from xdata.dedup.order import Numbers, Order
from xdata.dedup.pieces import MEMORY
from xdata.dedup.preference import LONGEST, MOST_SOURCES, Prefer, columns_of, preference
from xdata.dedup.references import CorpusRef, WithReferences, check_indexes
from xdata.dedup.stars import find_stars
from xdata.disk import zeros
from xdata.records import TEXT_HASH
from xdata.step import Cluster, ClusterColumns, Survivors
from xdata.text.hashes import Hashes
from xdata.text.spans import Ints


class ExactDuplicates(Cluster):
    """Keeps one of the documents of a language whose texts are the same in the form of `dedup.text_hash`."""

    kind: Literal["dedup.exact"] = "dedup.exact"
    version = 2
    reason: ClassVar[str] = "exact_duplicate"

    prefer: Prefer = LONGEST
    """Which document stays: `longest`, `oldest`, or the path of a score that is the greater the better."""
    sources: tuple[str, ...] = Field(default=(), max_length=MOST_SOURCES)
    """Sources whose documents stay before all others, in this order."""

    references: tuple[CorpusRef, ...] = ()
    """Outputs with an index, or indexes: documents that are the same as one of theirs go, and name it."""

    def reads(self) -> frozenset[str]:
        return frozenset({TEXT_HASH}) | columns_of(self.prefer, self.sources)

    def resources(self) -> tuple[Path, ...]:
        check_indexes(self.references)
        return super().resources()

    def open(self, context: Context) -> Callable[[ClusterColumns], Survivors]:
        def cluster(columns: ClusterColumns) -> Survivors:
            both = WithReferences(columns, self.references)
            return both.survivors(
                exact_duplicates(both, prefer=self.prefer, sources=self.sources, num_own=both.num_own)
            )

        return cluster


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
    keys = (preference(piece, prefer=prefer, sources=sources) for piece in columns.pieces(columns_of(prefer, sources)))
    order = Order(keys, columns.num_rows, folder=folder, memory=memory)
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
