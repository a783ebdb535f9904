"""Runs of words that stand more than once in a language, cut out of all places but one.

The exact substrings of Lee et al. 2022, found without a suffix array: every window of so many words has a hash, and
equal hashes are brought together (`xdata.dedup.occurrences`). A run of more words is many windows that overlap, and a
window is removed from every place but the first in order of the corpus; so a word is removed if and only if it is in a
window that stood before. One that overlaps itself, as in an endlessly repeated word, does not count as its own first
occurrence.

Words are compared as everywhere: without case, digits as digits, signs and white space between them left out. In
scripts that put no space between words, each character with its marks is counted, so that what is found depends on no
dictionary and on nothing around it.

Cost: an analysis of the text for each round (see `xdata.dedup.substrings`), 28 bytes a word on the disk while it runs.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from pydantic import Field

from xdata.context import Context
from xdata.dedup.occurrences import Occurrences, Policy
from xdata.dedup.substrings import READS, cut_repeats, span_occurrences
from xdata.step import RemoveSpans, TextColumns
from xdata.text.analysis import Analyses
from xdata.text.hashes import two_hashes
from xdata.text.removed_spans import RemovedSpans
from xdata.text.spans import Ints, cumulated

UNSPACED = frozenset({"Hani", "Hans", "Hant", "Hira", "Hrkt", "Jpan", "Kana", "Khmr", "Laoo", "Mymr", "Thai"})
"""Scripts of languages in which characters are counted."""

_BYTES_A_WORD = 4
"""Of text, at least, about; it decides the number of files."""


class RepeatedSubstrings(RemoveSpans):
    """Removes every run of at least `min_words` words that occurs more than once in a language, except its first copy.

    It stays in the first place in order of the corpus, documents of an earlier output before all others. Where no
    space parts words, a run has at least `min_characters` characters. Ranges begin and end at words; signs and white
    space that belong to nothing else go with them. Cutting what is left once more cuts nothing.

    Whole copies are found more cheaply, and the better of them kept, by the stages that look for duplicates: let them
    come before. A run is lost with the document that kept it, if that is dropped later.
    """

    kind: Literal["dedup.repeated_substrings"] = "dedup.repeated_substrings"
    libraries = ("numpy",)
    papers = ("Lee et al. 2022, Deduplicating Training Data Makes Language Models Better (ACL), section 4.1",)

    min_words: int = Field(default=50, ge=2, lt=1 << 16)
    """Words of a run, at least."""
    min_characters: int = Field(default=100, ge=2, lt=1 << 16)
    """Characters of a run, at least, in languages without spaces between words: some 60 words of Chinese, 30 of
    Thai."""

    def reads(self) -> frozenset[str]:
        return READS

    def open(self, context: Context) -> Callable[[TextColumns], RemovedSpans]:
        def cut(columns: TextColumns) -> RemovedSpans:
            unspaced = columns.language.split("_")[-1] in UNSPACED
            return repeated_runs(columns, size=self.min_characters if unspaced else self.min_words)

        return cut


def repeated_runs(columns: TextColumns, *, size: int) -> RemovedSpans:
    """Every run of at least `size` words or characters that stood before."""

    def find(analyses: Analyses, rows: Ints) -> Occurrences:
        return windows(analyses, rows, size=size)

    return cut_repeats(columns, find, Policy(each="occurrence"), bytes_each=_BYTES_A_WORD)


def windows(analyses: Analyses, rows: Ints, *, size: int) -> Occurrences:
    """Every run of exactly `size` words or characters."""
    units = analyses.units
    counts = np.maximum(units.counts - size + 1, 0)
    bounds = cumulated(counts)
    first = np.arange(bounds[-1]) + np.repeat(units.bounds[:-1] - bounds[:-1], counts)
    texts = np.repeat(np.arange(len(counts)), counts)
    high, low = two_hashes(analyses.unit_hashes, first, first + size)
    starts, ends = units.starts[first], units.ends[first + size - 1]
    return span_occurrences(analyses, rows, texts, starts, ends, high=high, low=low)
