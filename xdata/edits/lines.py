"""Line filters: the rules of C4 and MAFT, or others of `xdata.text.line_rules`.

A rule depends on one line alone, so dropping a line affects no other, and a second pass drops nothing.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator

from xdata.context import Context
from xdata.records import Document
from xdata.step import Edit
from xdata.text.analysis import Analyses
from xdata.text.line_rules import LineRule, line_faults
from xdata.text.scripts import SHARED, is_in_scripts
from xdata.text.spans import cumulated

UNENDED_SCRIPTS = frozenset({"Laoo", "Thai"})
"""Scripts that have no mark for the end of a sentence; `no_sentence_end` finds nothing in their lines."""

Mask = npt.NDArray[np.bool_]


class DropLines(Edit):
    """Drops lines that one of `rules` matches; the rest keeps its order and its paragraphs.

    If anything is dropped, empty lines between kept lines become one. A document without any kept line gets
    the error `no_lines_left`. Counts the lines that each rule matches, and all dropped lines as `lines`.

    `no_sentence_end` passes lines most of whose letters are Thai or Lao, which have no mark for it.
    """

    kind: Literal["edits.lines"] = "edits.lines"
    data_files = ("lines/policy.yaml",)
    libraries = ("icu4py",)
    papers = (
        "Raffel et al. 2020, Exploring the Limits of Transfer Learning (JMLR 21/140), section 2.2",
        "Alabi et al. 2022, Adapting Pre-trained Language Models to African Languages (COLING), MAFT",
    )

    rules: tuple[LineRule, ...] = Field(
        default=("no_sentence_end", "few_words", "long_word", "site_policy"), min_length=1
    )
    """Rules of `xdata.text.line_rules.line_faults`; default: those of C4."""
    min_words: int = Field(default=3, ge=0)
    """Smallest number of words of a kept line, for `few_words`."""

    @field_validator("rules")
    @classmethod
    def _once(cls, rules: tuple[LineRule, ...]) -> tuple[LineRule, ...]:
        if len(set(rules)) < len(rules):
            raise ValueError("a rule is given twice")
        return rules

    def open(self, context: Context) -> Callable[[Document], Document]:
        def edit(document: Document) -> Document:
            text, changes = drop_lines(
                document.text, rules=self.rules, min_words=self.min_words, language=document.language
            )
            if not changes:
                return document
            error = None if text else "no_lines_left"
            return replace(document, text=text, error=error, changes=(*document.changes, *changes))

        return edit


C4 = DropLines()
"""The lines of C4: prose alone, three words and more."""
MAFT = DropLines(rules=("few_words", "no_letters"), min_words=6)
"""The lines of MAFT: six words and more, and not of digits and signs alone."""


def drop_lines(
    text: str, *, rules: tuple[LineRule, ...], min_words: int, language: str | None = None
) -> tuple[str, tuple[tuple[str, int], ...]]:
    """The text without the lines that the rules match, and the number of lines of each rule; empty without matches."""
    analyses = Analyses([text], declared_languages=[language])
    faults = dict(line_faults(analyses, rules, min_words=min_words))
    if "no_sentence_end" in faults:
        faults["no_sentence_end"] = faults["no_sentence_end"] & ~_unended(analyses)
    stays = ~np.any([*faults.values()], axis=0)
    if stays.all():
        return text, ()
    counts: list[tuple[str, int]] = [(rule, int(found.sum())) for rule, found in faults.items() if found.any()]
    return join_lines(analyses, stays), (*counts, ("lines", int((~stays).sum())))


def _unended(analyses: Analyses) -> Mask:
    """Lines most of whose letters are of scripts without a mark for the end of a sentence."""
    found = is_in_scripts(analyses.points, UNENDED_SCRIPTS)
    if not found.any():
        return np.zeros(len(analyses.lines), dtype=bool)
    letters = cumulated(found)
    others = cumulated(~is_in_scripts(analyses.points, UNENDED_SCRIPTS | SHARED))
    starts, ends = analyses.lines.starts, analyses.lines.ends
    mask: Mask = letters[ends] - letters[starts] > others[ends] - others[starts]
    return mask


def join_lines(analyses: Analyses, stays: Mask) -> str:
    """The lines of a text that stay, indented as they were, an empty one between two where there was one or more."""
    lines, breaks, text = analyses.lines, analyses.breaks, analyses.texts[0]
    number = np.searchsorted(breaks, lines.starts)
    begins = np.append(0, breaks + 1)[number]
    parted = np.append(False, np.diff(number) > 1)
    kept = np.flatnonzero(stays)
    # parted from the kept line before: whether an empty line is anywhere between the two
    gaps = cumulated(parted)
    apart = np.append(False, gaps[kept[1:] + 1] > gaps[kept[:-1] + 1])[: len(kept)]
    pieces = zip(apart.tolist(), begins[kept].tolist(), lines.ends[kept].tolist(), strict=True)
    return "\n".join("\n" * is_apart + text[begin:end] for is_apart, begin, end in pieces)
