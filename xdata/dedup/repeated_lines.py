"""Lines that many documents of a site have, and passages that stand in several documents, cut out.

Menus, cookie notes and lists of other articles are the same lines all over a site: they go from all documents of it.
A passage (a paragraph, or a line that is as long as one) that several documents of the language have, of whatever
site, as an agency's report or a press release, stays in the first of them. A line is compared by the hash of its
tokens: no case, digits as digits, any white space; so a paragraph is the same however its lines are broken.
"""

from collections.abc import Callable
from typing import Literal

import numpy as np
from pydantic import Field, model_validator

from xdata.context import Context
from xdata.dedup.lines import hash_sites
from xdata.dedup.occurrences import Occurrences, Policy
from xdata.dedup.substrings import READS, cut_repeats, span_occurrences
from xdata.step import RemoveSpans, TextColumns
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, mix, two_hashes
from xdata.text.removed_spans import RemovedSpans
from xdata.text.spans import Ints, Spans

_BYTES_A_LINE = 32


class RepeatedLines(RemoveSpans):
    """Removes lines that many documents of a site share, and passages that occur in several documents.

    A line that at least `min_documents` kept documents of its language and site have is removed from all of them, or
    from all but the first (`keep_first`); without the URL of a host, a document has no site. A line or paragraph of at
    least `min_characters` characters that stands in several documents of the language stays in the first, whatever the
    site. First is first in order of the corpus, documents of an earlier output before all others. Cutting what is left
    once more cuts nothing.

    Copies of one page make all of its lines repeated ones: let the stages that look for duplicates come before.
    """

    kind: Literal["dedup.repeated_lines"] = "dedup.repeated_lines"
    libraries = ("numpy", "xxhash")
    papers = ("Wenzek et al. 2020, CCNet: Extracting High Quality Monolingual Datasets (LREC), section 3.1",)

    min_documents: int | None = Field(default=10, ge=2)
    """Smallest number of documents of a site that have a removed line; null: off."""
    keep_first: bool = False
    """Whether a line of a site stays in its first document."""
    min_characters: int | None = Field(default=200, ge=1)
    """Code points of a line or paragraph, at least, that stays in one document only; null is off."""

    @model_validator(mode="after")
    def _something(self) -> "RepeatedLines":
        if self.min_documents is None and self.min_characters is None:
            raise ValueError("give min_documents or min_characters")
        return self

    def reads(self) -> frozenset[str]:
        return READS

    def open(self, context: Context) -> Callable[[TextColumns], RemovedSpans]:
        def cut(columns: TextColumns) -> RemovedSpans:
            cuts = RemovedSpans.of(())
            if self.min_documents is not None:
                policy = Policy(least=self.min_documents, stays="first" if self.keep_first else "none")
                cuts = cut_repeats(columns, site_lines, policy, bytes_each=_BYTES_A_LINE, rounds=1)
            if self.min_characters is not None:
                least = self.min_characters

                def find(analyses: Analyses, rows: Ints) -> Occurrences:
                    return passages(analyses, rows, least=least)

                cuts = cut_repeats(columns, find, Policy(), bytes_each=_BYTES_A_LINE, cuts=cuts)
            return cuts

        return cut


def site_lines(analyses: Analyses, rows: Ints) -> Occurrences:
    """The lines of documents of a site, each with the site."""
    sites, unknown = hash_sites(analyses.urls)
    lines = analyses.lines.select(~unknown[analyses.lines.texts])
    return _occurrences(analyses, rows, lines, sites=sites[lines.texts])


def passages(analyses: Analyses, rows: Ints, *, least: int) -> Occurrences:
    """Lines and paragraphs of at least `least` code points."""
    lines, paragraphs = analyses.lines, analyses.paragraphs
    ends = np.searchsorted(lines.ends, paragraphs.ends)
    several = lines.starts[ends] > paragraphs.starts
    lines = lines.select(lines.lengths >= least)
    paragraphs = paragraphs.select(several & (paragraphs.lengths >= least))
    found = _occurrences(analyses, rows, lines), _occurrences(analyses, rows, paragraphs)
    both = [np.concatenate([getattr(one, name) for one in found]) for name in Occurrences.__dataclass_fields__]
    return Occurrences(*both)


def _occurrences(analyses: Analyses, rows: Ints, spans: Spans, *, sites: Hashes | None = None) -> Occurrences:
    """Spans of a batch by the hash of their tokens, and of the site of each; those without a token are left out."""
    tokens = analyses.tokens
    first, last = np.searchsorted(tokens.starts, spans.starts), np.searchsorted(tokens.starts, spans.ends)
    high, low = two_hashes(analyses.token_hashes, first, last)
    if sites is not None:
        high, low = mix(high + sites), mix(low + sites)
    found = span_occurrences(analyses, rows, spans.texts, spans.starts, spans.ends, high=high, low=low)
    return found.where(last > first)
