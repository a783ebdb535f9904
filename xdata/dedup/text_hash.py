"""What documents with the same text have in common."""

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache
from typing import Literal

import numpy as np
import pyarrow as pa
import xxhash

from xdata.context import Context
from xdata.records import TEXT_HASH
from xdata.step import Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.canonical import canonical, may_differ

_LONGEST_KEPT = 32
"""Code points of words whose form is kept; longer ones hardly come again."""


class TextHash(Score):
    """Adds `signatures.text_hash`: XXH3-128 of the text in one form.

    The form is NFC, so that a letter of one code point is the same as that of two; signs that nobody sees are left
    out, as soft hyphens and zero width spaces; white space is one space, and none at the ends. All else counts: digits,
    marks, ZWJ and ZWNJ; case and punctuation too, since texts that differ in these alone have the same n-grams, so
    `dedup.near` takes them for one, whatever its threshold.
    """

    kind: Literal["dedup.text_hash"] = "dedup.text_hash"
    version = 2
    libraries = ("xxhash",)
    papers = ("Unicode Standard Annex 15, Unicode Normalization Forms",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return {TEXT_HASH: pa.binary(16)}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return lambda analyses: {TEXT_HASH: text_hashes(analyses)}


def text_hash(text: str) -> bytes:
    """Hash of a text, 16 bytes, the same for texts that are the same in the form of `TextHash`."""
    return _hash(filter(None, map(_canonical, text.split())))


def text_hashes(analyses: Analyses) -> list[bytes]:
    """Hash of each of some texts, as `text_hash` has it."""
    places = np.flatnonzero(may_differ(analyses.points))
    differs = np.zeros(len(analyses), dtype=bool)
    differs[np.searchsorted(analyses.text_starts, places, side="right") - 1] = True
    pairs = zip(analyses.texts, differs.tolist(), strict=True)
    return [text_hash(text) if some else _hash(text.split()) for text, some in pairs]


def _hash(words: Iterable[str]) -> bytes:
    """Hash of what stands between white space, each canonical already."""
    return xxhash.xxh3_128_digest(" ".join(words).encode("utf-8", "surrogatepass"))


def _canonical(word: str) -> str:
    """The canonical form of what stands between white space, which no letter or mark reaches across."""
    return _canonical_short(word) if len(word) <= _LONGEST_KEPT else canonical(word)


@lru_cache(maxsize=1 << 16)
def _canonical_short(word: str) -> str:
    """The same, kept, as most words come again: texts of Hindi that are in another form are three times as fast."""
    return canonical(word)
