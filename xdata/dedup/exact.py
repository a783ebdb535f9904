"""Documents with the same text."""

from collections.abc import Callable, Mapping, Sequence
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash
from pydantic import Field

from xdata.dedup.buckets import Buckets
from xdata.dedup.pieces import MEMORY
from xdata.dedup.preference import LONGEST, MOST_SOURCES, Prefer, columns_of, preference
from xdata.dedup.stars import find_stars
from xdata.step import Cluster, ClusterColumns, Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes
from xdata.text.spans import Ints

TEXT_HASH = "signatures.text_hash"


class TextHash(Score):
    """Adds `signatures.text_hash`: XXH3-128 of the text, white space folded to one space."""

    kind: Literal["dedup.text_hash"] = "dedup.text_hash"
    libraries = ("xxhash",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return {TEXT_HASH: pa.binary(16)}

    def open(self) -> Callable[[Analyses], Columns]:
        return lambda analyses: {TEXT_HASH: [text_hash(analysis.text) for analysis in analyses]}


class ExactDuplicates(Cluster):
    """Keeps one of the documents of a language whose texts differ in white space at most."""

    kind: Literal["dedup.exact"] = "dedup.exact"
    version = 2
    reason: ClassVar[str] = "exact_duplicate"

    prefer: Prefer = LONGEST
    """Which document stays: `longest`, `oldest`, or the path of a score that is the greater the better."""
    sources: tuple[str, ...] = Field(default=(), max_length=MOST_SOURCES)
    """Sources whose documents stay before all others, in this order."""

    def reads(self) -> frozenset[str]:
        return frozenset({TEXT_HASH}) | columns_of(self.prefer, self.sources)

    def open(self) -> Callable[[ClusterColumns], Ints]:
        return lambda columns: exact_duplicates(columns, prefer=self.prefer, sources=self.sources)


def text_hash(text: str) -> bytes:
    """Hash of a text, 16 bytes, the same for texts that differ in white space only."""
    return xxhash.xxh3_128_digest(" ".join(text.split()).encode("utf-8", "surrogatepass"))


def exact_duplicates(
    columns: ClusterColumns, *, prefer: str = LONGEST, sources: Sequence[str] = (), memory: int = MEMORY
) -> Ints:
    """Row of the survivor of each row."""
    halves = np.empty((columns.num_rows, 2), dtype=np.uint64)
    buckets = Buckets(columns.scratch, columns.num_rows, memory=memory)
    start = 0
    for piece in columns.pieces({TEXT_HASH, *columns_of(prefer, sources)}):
        rows = np.arange(start, start + piece.num_rows)
        halves[rows] = _halves(piece[TEXT_HASH].combine_chunks())
        buckets.add(halves[rows, 0], preference(piece, prefer=prefer, sources=sources), rows)
        start += piece.num_rows

    def same(pairs: Ints) -> npt.NDArray[np.bool_]:
        found: npt.NDArray[np.bool_] = halves[pairs[:, 0], 1] == halves[pairs[:, 1], 1]
        return found

    survivors = find_stars(buckets, columns.num_rows, same, folder=columns.scratch, memory=memory)
    buckets.close()
    return survivors.astype(np.int64)


def _halves(hashes: pa.FixedSizeBinaryArray) -> Hashes:
    """Each hash of 16 bytes as two numbers."""
    values = np.frombuffer(hashes.buffers()[1], dtype="<u8").reshape(-1, 2)
    return values[hashes.offset : hashes.offset + len(hashes)]
