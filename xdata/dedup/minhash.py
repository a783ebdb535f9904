"""Documents with nearly the same text, by MinHash over n-grams of words.

Signatures are rensa's; words are ours, so marks and joiners count, and scripts without spaces have n-grams too.
Two documents are candidates when one band of their signatures is equal, and near-duplicates when their signatures
agree in enough places: that share estimates the Jaccard similarity of their n-gram sets with a standard error of
at most 0.047 for 112 permutations. Clusters are connected components of near-duplicates.

Not every pair of candidates is looked at, which would be n² of them where n documents share one band, as a menu that
a whole site has. In each round the candidates of a band are compared with the first of them and with their neighbour,
and those that belong to the first leave; what is left after 32 rounds is not compared further.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from xdata.dedup.survivors import choose_survivors
from xdata.records import EARLIER, ID, TEXT_BYTES
from xdata.step import Cluster, ClusterColumns, Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, hash_ranges, mix
from xdata.text.spans import Ints

SIGNATURE = "signatures.minhash"
BANDS = "signatures.minhash_bands"
_PAIRS_AT_A_TIME = 1 << 18
_ROUNDS = 32
"""How many clusters are told apart among the documents of one band."""


class MinHash(Score):
    """Adds `signatures.minhash` (uint32 x permutations) and `signatures.minhash_bands` (one hash a band).

    Null for a text without words. A text of fewer words than an n-gram is one n-gram.
    """

    kind: Literal["dedup.minhash"] = "dedup.minhash"
    libraries = ("rensa",)
    papers = ("Broder 1997, On the Resemblance and Containment of Documents",)

    num_bands: int = Field(default=14, ge=1, le=64)
    """A pair of Jaccard similarity s becomes a candidate with probability 1 - (1 - s^rows)^bands."""
    num_rows: int = Field(default=8, ge=1, le=64)
    """Permutations in a band."""
    ngram: int = Field(default=5, ge=1)
    """Words in an n-gram."""
    seed: int = Field(default=0, ge=0)

    def adds(self) -> Mapping[str, pa.DataType]:
        num_permutations = self.num_bands * self.num_rows
        bands = pa.struct([pa.field(f"b{band:02}", pa.uint64()) for band in range(self.num_bands)])
        return {SIGNATURE: pa.binary(4 * num_permutations), BANDS: bands}

    def open(self) -> Callable[[Analyses], Columns]:
        types = self.adds()

        def score(analyses: Analyses) -> Columns:
            signatures = self.signatures(analyses)
            nothing = analyses.words.counts == 0
            rows = [None if empty else row.tobytes() for row, empty in zip(signatures, nothing.tolist(), strict=True)]
            hashes = [pa.array(band, pa.uint64(), mask=nothing) for band in self.bands(signatures).T]
            bands = pa.StructArray.from_arrays(hashes, fields=list(types[BANDS]), mask=pa.array(nothing))
            return {SIGNATURE: rows, BANDS: bands}

        return score

    def signatures(self, analyses: Analyses) -> npt.NDArray[np.uint32]:
        """The smallest hash of the n-grams of each text under each permutation; without meaning for no words."""
        from rensa import RMinHash

        hashes, bounds = ngrams(analyses, self.ngram)
        num_permutations = self.num_bands * self.num_rows
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, bounds.tolist(), num_permutations, self.seed)
        return np.array(matrix.to_rows(), dtype="<u4").reshape(len(analyses), num_permutations)

    def bands(self, signatures: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint64]:
        """One 64-bit hash for each band of each signature."""
        rows = signatures.reshape(len(signatures), self.num_bands, self.num_rows)
        hashes = np.zeros(rows.shape[:2], dtype=np.uint64)
        for row in range(self.num_rows):
            hashes = mix(hashes + rows[:, :, row] + np.uint64(1))
        return hashes


def ngrams(analyses: Analyses, size: int) -> tuple[Hashes, Ints]:
    """(hashes of the word n-grams of all texts, where those of each text begin and end).

    The words of a text that has fewer than `size` are one n-gram.
    """
    words, counts = analyses.word_hashes, analyses.words.counts
    num_ngrams = np.where(counts < size, np.minimum(counts, 1), counts - size + 1)
    bounds = np.append(0, np.cumsum(num_ngrams))
    places = np.arange(bounds[-1]) + np.repeat(analyses.words.bounds[:-1] - bounds[:-1], num_ngrams)
    lengths = np.repeat(np.minimum(counts, size), num_ngrams)
    return hash_ranges(words, places, places + lengths), bounds


class NearDuplicates(Cluster):
    """Keeps one of the documents of a language whose texts are nearly the same.

    Two documents with an equal band are near-duplicates where at least `min_similarity` of their signatures agree.
    """

    kind: Literal["dedup.near"] = "dedup.near"
    reason: ClassVar[str] = "near_duplicate"

    min_similarity: float = Field(default=0.75, ge=0, le=1)
    """Estimated Jaccard similarity of the n-gram sets, in [0, 1]."""

    def reads(self) -> frozenset[str]:
        return frozenset({SIGNATURE, BANDS, TEXT_BYTES, ID, EARLIER})

    def open(self) -> Callable[[ClusterColumns], npt.NDArray[np.int64]]:
        def cluster(columns: ClusterColumns) -> npt.NDArray[np.int64]:
            return choose_survivors(near_duplicates(columns, min_similarity=self.min_similarity), columns)

        return cluster


def near_duplicates(columns: ClusterColumns, *, min_similarity: float) -> npt.NDArray[np.int64]:
    """Number of the cluster of each row: the smallest row in it."""
    rows, buckets = candidates(columns)
    labels = np.arange(columns.num_rows, dtype=np.int64)
    if not len(rows):
        return labels
    known, places = np.unique(rows, return_inverse=True)
    places = places.reshape(-1)
    signatures = columns.read(SIGNATURE, rows=known).combine_chunks()
    matrix = np.frombuffer(b"".join(signatures.to_pylist()), dtype="<u4").reshape(len(known), -1)
    similar = np.empty((0, 2), dtype=np.int64)
    clusters = np.arange(len(known), dtype=np.int64)
    for _ in range(_ROUNDS):
        first, begins = _firsts(places, buckets)
        behind = np.flatnonzero(~begins)
        pairs = np.concatenate(
            [np.stack([before, places[behind]], axis=1) for before in (places[behind - 1], first[behind])]
        )
        pairs = np.unique(pairs[clusters[pairs[:, 0]] != clusters[pairs[:, 1]]], axis=0)
        similar = np.concatenate([similar, pairs[_agree(matrix, pairs) >= min_similarity]])
        clusters = connected_components(len(known), similar)
        stay = clusters[places] != clusters[first]
        places, buckets = _shared(places[stay], buckets[stay])
        if not len(places):
            break
    labels[known] = known[clusters]
    return labels


def candidates(columns: ClusterColumns) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(row, number of a band hash that it shares with another row), in order of band hash and row."""
    bands = columns.read(BANDS)
    rows, buckets = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
    num_buckets = 0
    for band in range(bands.type.num_fields):
        hashes = pa.chunked_array([chunk.flatten()[band] for chunk in bands.chunks], type=pa.uint64())
        valid = np.flatnonzero(hashes.is_valid().to_numpy())
        values = hashes.drop_null().to_numpy()
        order = np.argsort(values, kind="stable")
        numbers = np.cumsum(_begins(values[order])) + num_buckets
        ordered, numbers = _shared(valid[order], numbers)
        rows.append(ordered)
        buckets.append(numbers)
        num_buckets = int(numbers.max(initial=num_buckets)) + 1
    return np.concatenate(rows), np.concatenate(buckets)


def _shared(
    rows: npt.NDArray[np.int64], buckets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """Those rows that are not alone in their bucket; buckets ascend."""
    begins = _begins(buckets)
    alone = begins & np.concatenate([begins[1:], np.ones(len(begins[:1]), dtype=bool)])
    return rows[~alone], buckets[~alone]


def _firsts(
    rows: npt.NDArray[np.int64], buckets: npt.NDArray[np.int64]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """(first row of the bucket of each row, whether that is the row itself)."""
    begins = _begins(buckets)
    starts = np.flatnonzero(begins)
    return rows[starts[np.cumsum(begins) - 1]], begins


def _begins(ordered: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
    """Which values of an ordered array are the first of their kind."""
    return np.concatenate([np.ones(len(ordered[:1]), dtype=bool), ordered[1:] != ordered[:-1]])


def _agree(matrix: npt.NDArray[np.uint32], pairs: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Share of the places in which the signatures of each pair agree, in [0, 1]."""
    shares = [(matrix[pairs[part, 0]] == matrix[pairs[part, 1]]).mean(axis=1) for part in _slices(len(pairs))]
    return np.concatenate([np.empty(0), *shares])


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


def _slices(length: int) -> Iterator[slice]:
    return (slice(start, start + _PAIRS_AT_A_TIME) for start in range(0, length, _PAIRS_AT_A_TIME))
