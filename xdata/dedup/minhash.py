"""Documents with nearly the same text, by MinHash over n-grams of words.

Signatures are rensa's; words are ours, so marks and joiners count and scripts without spaces have n-grams too.
Two documents are candidates when one band of their signatures is equal, and near-duplicates when their signatures
agree in enough places: that share estimates the Jaccard similarity of their n-gram sets with a standard error of
at most 0.047 for 112 permutations. Clusters are connected components of near-duplicates.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from xdata.dedup.survivors import choose_survivors
from xdata.records import ID, TEXT_BYTES
from xdata.step import Cluster, ClusterColumns, Columns, Score
from xdata.text.analysis import Analysis

SIGNATURE = "signatures.minhash"
BANDS = "signatures.minhash_bands"
_PAIRS_AT_A_TIME = 1 << 18


class MinHash(Score):
    """Adds `signatures.minhash` (uint32 x permutations) and `signatures.minhash_bands` (one hash a band).

    Null for a text without words. A text of fewer words than an n-gram is one n-gram.
    """

    kind: Literal["dedup.minhash"] = "dedup.minhash"
    libraries = ("rensa", "xxhash")
    papers = ("Broder 1997, On the Resemblance and Containment of Documents",)

    num_bands: int = Field(default=14, ge=1, le=64)
    """A pair of Jaccard similarity s becomes a candidate with probability 1 - (1 - s^rows)^bands."""
    num_rows: int = Field(default=8, ge=1, le=64)
    """Permutations in a band."""
    ngram: int = Field(default=5, ge=1)
    """Words in an n-gram; letters in scripts without spaces between words."""
    seed: int = Field(default=0, ge=0)

    def adds(self) -> Mapping[str, pa.DataType]:
        num_permutations = self.num_bands * self.num_rows
        bands = pa.struct([pa.field(f"b{band:02}", pa.uint64()) for band in range(self.num_bands)])
        return {SIGNATURE: pa.binary(4 * num_permutations), BANDS: bands}

    def open(self) -> Callable[[Sequence[Analysis]], Columns]:
        def score(analyses: Sequence[Analysis]) -> Columns:
            signatures = [self.signature(analysis.tokens) for analysis in analyses]
            return {
                SIGNATURE: [None if signature is None else signature.tobytes() for signature in signatures],
                BANDS: [None if signature is None else self.bands(signature) for signature in signatures],
            }

        return score

    def signature(self, tokens: Sequence[str]) -> npt.NDArray[np.uint32] | None:
        """The smallest hash of the n-grams under each permutation, uint32; None without tokens."""
        import rensa

        if not tokens:
            return None
        folded = [token.lower() for token in tokens]
        minhash = rensa.RMinHash(num_perm=self.num_bands * self.num_rows, seed=self.seed)
        minhash.update(list(_ngrams(folded, self.ngram)))
        return np.asarray(minhash.digest(), dtype="<u4")

    def bands(self, signature: npt.NDArray[np.uint32]) -> dict[str, int]:
        """One 64-bit hash for each band of a signature."""
        import xxhash

        rows = signature.reshape(self.num_bands, self.num_rows)
        return {f"b{band:02}": xxhash.xxh3_64_intdigest(row.tobytes()) for band, row in enumerate(rows)}


class NearDuplicates(Cluster):
    """Keeps one of the documents of a language whose texts are nearly the same.

    Two documents with an equal band are near-duplicates where at least `min_similarity` of their signatures agree.
    """

    kind: Literal["dedup.near"] = "dedup.near"
    reason: ClassVar[str] = "near_duplicate"

    min_similarity: float = Field(default=0.75, ge=0, le=1)
    """Estimated Jaccard similarity of the n-gram sets, in [0, 1]."""

    def reads(self) -> frozenset[str]:
        return frozenset({SIGNATURE, BANDS, TEXT_BYTES, ID})

    def open(self) -> Callable[[ClusterColumns], npt.NDArray[np.int64]]:
        def cluster(columns: ClusterColumns) -> npt.NDArray[np.int64]:
            pairs = verified_pairs(candidate_pairs(columns), columns, min_similarity=self.min_similarity)
            return choose_survivors(connected_components(columns.num_rows, pairs), columns)

        return cluster


def candidate_pairs(columns: ClusterColumns) -> npt.NDArray[np.int64]:
    """Pairs of rows (n x 2, each once, the smaller row first) that have a band in common.

    Of rows that share one band hash, in order of row, each is paired with the one before it and with the first one,
    so a cluster of n rows gives 2n pairs and not n².
    """
    bands = columns.read(BANDS)
    found = [np.empty((0, 2), dtype=np.int64)]
    for band in range(bands.type.num_fields):
        hashes = pa.chunked_array([chunk.flatten()[band] for chunk in bands.chunks], type=pa.uint64())
        rows = np.flatnonzero(hashes.is_valid().to_numpy())
        values = hashes.drop_null().to_numpy()
        order = np.argsort(values, kind="stable")
        ordered = rows[order]
        same = values[order][1:] == values[order][:-1]
        behind = np.flatnonzero(same) + 1
        begins = np.flatnonzero(np.concatenate([[True], ~same])) if len(rows) else behind
        first = begins[np.searchsorted(begins, behind, side="right") - 1]
        found += [np.stack([ordered[before], ordered[behind]], axis=1) for before in (behind - 1, first)]
    return np.unique(np.concatenate(found), axis=0)


def verified_pairs(
    pairs: npt.NDArray[np.int64], columns: ClusterColumns, *, min_similarity: float
) -> npt.NDArray[np.int64]:
    """Those pairs whose signatures agree in at least `min_similarity` of their places."""
    if not len(pairs):
        return pairs
    rows, places = np.unique(pairs, return_inverse=True)
    signatures = columns.read(SIGNATURE, rows=rows).combine_chunks()
    matrix = np.frombuffer(b"".join(signatures.to_pylist()), dtype="<u4").reshape(len(rows), -1)
    places = places.reshape(-1, 2)
    similar = np.concatenate(
        [
            (matrix[places[part, 0]] == matrix[places[part, 1]]).mean(axis=1) >= min_similarity
            for part in _slices(len(places))
        ]
    )
    verified: npt.NDArray[np.int64] = pairs[similar]
    return verified


def connected_components(num_rows: int, pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The smallest row that each row is connected to; rows take on the smallest neighbour until nothing changes."""
    labels = np.arange(num_rows, dtype=np.int64)
    while True:
        before = labels.copy()
        smallest = np.minimum(labels[pairs[:, 0]], labels[pairs[:, 1]])
        np.minimum.at(labels, pairs[:, 0], smallest)
        np.minimum.at(labels, pairs[:, 1], smallest)
        labels = labels[labels]
        if np.array_equal(labels, before):
            return labels


def _ngrams(tokens: Sequence[str], size: int) -> Iterator[str]:
    if len(tokens) <= size:
        return iter([" ".join(tokens)])
    return map(" ".join, zip(*(tokens[start:] for start in range(size)), strict=False))


def _slices(length: int) -> Iterator[slice]:
    return (slice(start, start + _PAIRS_AT_A_TIME) for start in range(0, length, _PAIRS_AT_A_TIME))
