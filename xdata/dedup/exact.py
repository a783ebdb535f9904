"""Documents with the same text."""

from collections.abc import Callable, Mapping
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import xxhash

from xdata.dedup.survivors import choose_survivors
from xdata.records import EARLIER, ID, TEXT_BYTES
from xdata.step import Cluster, ClusterColumns, Columns, Score
from xdata.text.analysis import Analyses

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
    reason: ClassVar[str] = "exact_duplicate"

    def reads(self) -> frozenset[str]:
        return frozenset({TEXT_HASH, TEXT_BYTES, ID, EARLIER})

    def open(self) -> Callable[[ClusterColumns], npt.NDArray[np.int64]]:
        return cluster_exact


def text_hash(text: str) -> bytes:
    """Hash of a text, 16 bytes, the same for texts that differ in white space only."""
    return xxhash.xxh3_128_digest(" ".join(text.split()).encode("utf-8", "surrogatepass"))


def cluster_exact(columns: ClusterColumns) -> npt.NDArray[np.int64]:
    """Row of the survivor of each row."""
    hashes = columns.read(TEXT_HASH).combine_chunks()
    halves = np.frombuffer(b"".join(hashes.to_pylist()), dtype=np.uint64).reshape(-1, 2)
    _, clusters = np.unique(halves, axis=0, return_inverse=True)
    return choose_survivors(clusters.reshape(-1).astype(np.int64), columns)
