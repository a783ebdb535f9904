"""Signatures of near-duplicates: the n-grams of a text, and MinHash over them.

Hashes of n-grams are those of the shared analysis, so marks and joiners count, digits are digits, and every script has
words; where a text has none that blanks or dictionaries part, n-grams are of letters. MinHash is rensa's. Two texts
are candidates where one band of their signatures is equal; whether they are near-duplicates is decided by their n-grams
themselves (`xdata.dedup.near`).
"""

from collections.abc import Callable, Mapping
from itertools import pairwise
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from xdata.context import Context
from xdata.dedup.pieces import begins_of
from xdata.records import BANDS, NGRAMS, NUM_NGRAMS
from xdata.step import Columns, Score
from xdata.text import code_points as cp
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, hash_ranges, mix
from xdata.text.spans import Ints, cumulated

WORDLESS = 20
"""Mean code points of a text's words from which they are no words, as in scripts without blanks or dictionaries."""
LETTERS = 4
"""Letters that count as a word there."""
_MOST_LETTERS = 1 << 20
"""Letters of such a text that are looked at; what has more is no text that anybody wrote."""


class MinHash(Score):
    """Adds the n-grams of a text, and hashes of bands of MinHash over them.

    `signatures.ngrams` are the distinct n-grams as 32-bit hashes in ascending order, `signatures.num_ngrams` is their
    number, and `signatures.minhash_bands` has a hash a band. A text without words has no n-grams, and its bands are
    null; a text of fewer words than an n-gram is one n-gram.
    """

    kind: Literal["dedup.minhash"] = "dedup.minhash"
    version = 3
    libraries = ("rensa",)
    papers = ("Broder 1997, On the Resemblance and Containment of Documents",)

    num_bands: int = Field(default=18, ge=1, le=64)
    """A pair of Jaccard similarity s becomes a candidate with probability 1 - (1 - s^rows)^bands."""
    num_rows: int = Field(default=6, ge=1, le=64)
    """Permutations in a band."""
    ngram: int = Field(default=5, ge=1)
    """Words in an n-gram."""
    seed: int = Field(default=0, ge=0)
    """Seed of the hash functions. It is an option of its own, apart from the seed of the recipe, because signatures of
    two corpora can only be compared where they were made with the same one."""

    def adds(self) -> Mapping[str, pa.DataType]:
        bands = pa.struct([pa.field(f"b{band:02}", pa.uint64()) for band in range(self.num_bands)])
        return {NGRAMS: pa.list_(pa.uint32()), NUM_NGRAMS: pa.uint32(), BANDS: bands}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        types = self.adds()

        def score(analyses: Analyses) -> Columns:
            hashes, bounds = ngrams(analyses, self.ngram)
            nothing = np.diff(bounds) == 0
            columns = [pa.array(band, pa.uint64(), mask=nothing) for band in self.bands(hashes, bounds).T]
            values, offsets = distinct(hashes, bounds)
            return {
                NGRAMS: pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values, pa.uint32())),
                NUM_NGRAMS: pa.array(np.diff(offsets), pa.uint32()),
                BANDS: pa.StructArray.from_arrays(columns, fields=list(types[BANDS]), mask=pa.array(nothing)),
            }

        return score

    def chance(self, similarity: float) -> float:
        """Probability that a pair of some Jaccard similarity shares a band."""
        return float(1 - (1 - similarity**self.num_rows) ** self.num_bands)

    def bands(self, hashes: Hashes, bounds: Ints) -> Hashes:
        """One 64-bit hash for each band of each text, shape (texts, bands); without meaning for no n-grams."""
        from rensa import RMinHash

        num_texts, num_permutations = len(bounds) - 1, self.num_bands * self.num_rows
        matrix = RMinHash.digest_matrix_from_flat_token_hashes(hashes, bounds.tolist(), num_permutations, self.seed)
        signatures = np.array(matrix.to_rows(), dtype="<u4").reshape(num_texts, self.num_bands, self.num_rows)
        found = np.broadcast_to(np.arange(self.num_bands, dtype=np.uint64), signatures.shape[:2])
        for row in range(self.num_rows):
            found = mix(found + signatures[:, :, row] + np.uint64(1))
        return found


def ngrams(analyses: Analyses, size: int) -> tuple[Hashes, Ints]:
    """(hashes of the n-grams of all texts, where those of each text begin and end).

    They are of `size` words, or where a text has no words that anything parts, of LETTERS times as many letters. The
    units of a text that has fewer than an n-gram are one n-gram.
    """
    hashes, bounds, sizes = _units(analyses, size)
    counts = np.diff(bounds)
    num_ngrams = np.where(counts < sizes, np.minimum(counts, 1), counts - sizes + 1)
    ngram_bounds = cumulated(num_ngrams)
    places = np.arange(ngram_bounds[-1]) + np.repeat(bounds[:-1] - ngram_bounds[:-1], num_ngrams)
    lengths = np.repeat(np.minimum(counts, sizes), num_ngrams)
    return hash_ranges(hashes, places, places + lengths), ngram_bounds


def distinct(hashes: Hashes, bounds: Ints) -> tuple[npt.NDArray[np.uint32], Ints]:
    """(distinct 32-bit hashes of each text, ascending; where those of each text begin and end)."""
    texts = np.repeat(np.arange(len(bounds) - 1, dtype=np.uint64), np.diff(bounds))
    numbered = np.sort(texts << np.uint64(32) | hashes >> np.uint64(32))  # faster than np.unique, which hashes
    numbered = numbered[begins_of(numbered)]
    counts = np.bincount((numbered >> np.uint64(32)).astype(np.int64), minlength=len(bounds) - 1)
    return numbered.astype(np.uint32), cumulated(counts)


def _units(analyses: Analyses, size: int) -> tuple[Hashes, Ints, Ints]:
    """(hashes of the words or letters of all texts, where those of each text begin and end, how many are an n-gram)."""
    words = analyses.words
    hashes, bounds = analyses.word_hashes, words.bounds
    points = np.diff(cumulated(words.lengths)[bounds])
    wordless = np.flatnonzero(points >= WORDLESS * np.maximum(words.counts, 1))
    sizes = np.full(len(analyses), size, dtype=np.int64)
    if not len(wordless):
        return hashes, bounds, sizes
    sizes[wordless] = LETTERS * size
    pieces = [hashes[begin:end] for begin, end in pairwise(bounds.tolist())]
    for text in wordless.tolist():
        places = analyses.points[analyses.slice_of(text)]
        letters = cp.folds()[places[cp.is_lettering()[places]][:_MOST_LETTERS]]
        pieces[text] = mix(letters.astype(np.uint64) + np.uint64(1))
    return np.concatenate(pieces), cumulated(np.array([len(piece) for piece in pieces])), sizes
