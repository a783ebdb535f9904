"""Language segments: the share of a document in its main language, and its spans in other languages."""

from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from typing import Literal, NamedTuple

import numpy as np
import pyarrow as pa

from xdata.context import Context
from xdata.languages import UNDETERMINED
from xdata.models.language import XLID, load_segmenter
from xdata.models.segments.finding import segments_of
from xdata.models.segments.segment import Segment
from xdata.records import LANGUAGE, SEGMENTS
from xdata.references import ModelRef
from xdata.step import LABEL, SCORE, Columns, Score
from xdata.text import code_points as cp
from xdata.text.analysis import Analyses
from xdata.text.spans import Ints, cumulated

SHARE = "scores.main_language_share"
MIXING = "scores.code_mixing"
SWITCHES = "scores.language_switches"

MOST_SHOWN = 50
"""Parts that the column `segments` names."""


class LanguageSegments(Score):
    """Identifies the spans of each document that are in another language than the document.

    Adds `scores.main_language_share`, the share in [0, 1] of letters that are in the language of the document;
    unidentified text, and text that may also be in a close relative, counts as its own. Adds
    `scores.code_mixing`, the code-mixing index over words in [0, 1]: 0 where all are in one language, 0.5 where two
    have as many each. Adds `scores.language_switches`, changes of language in a hundred words. All are null for a
    text without words, the first also for one of no known language.

    Adds `segments`, the spans and their languages, as `0-1203 mlt_Latn; 1204-1480 eng_Latn` in code points, the end
    left out; fifty of them at most, then `…`. Null where all is in the language of the document."""

    kind: Literal["scores.language_segments"] = "scores.language_segments"
    version = 2
    papers = ("Das and Gambäck 2014, Identifying Languages at the Word Level in Code-Mixed Indian Social Media (ICON)",)
    libraries = ("icu4py",)

    model: ModelRef = XLID
    """Identifier of xdata; fastText models cannot identify spans."""

    def reads(self) -> frozenset[str]:
        return frozenset({LANGUAGE})

    def adds(self) -> Mapping[str, pa.DataType]:
        return {SHARE: SCORE, MIXING: SCORE, SWITCHES: SCORE, SEGMENTS: LABEL}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        identifier = load_segmenter(self.model)

        def score(analyses: Analyses) -> Columns:
            languages = [None if code == UNDETERMINED else code for code in analyses.languages]
            parts = segments_of(analyses.texts, identifier, languages=languages)
            rows = [
                _row(found, language, *counts)
                for found, language, counts in zip(parts, languages, _counts(analyses, parts), strict=True)
            ]
            shares, mixing, switches, shown = zip(*rows, strict=True)
            return {SHARE: shares, MIXING: mixing, SWITCHES: switches, SEGMENTS: shown}

        return score


class Shares(NamedTuple):
    """The columns of one document."""

    main_share: float | None
    code_mixing: float | None
    switches: float | None
    segments: str | None


def code_mixing(words: Sequence[tuple[str | None, int]]) -> float:
    """The code-mixing index of numbers of words with their languages: the share that is not of the greatest one.

    Words of which no language is known do not count.
    """
    totals: dict[str, int] = {}
    for language, num in words:
        if language is not None:
            totals[language] = totals.get(language, 0) + num
    known = sum(totals.values())
    return 1 - max(totals.values()) / known if known else 0.0


def shown_segments(segments: Sequence[Segment]) -> str:
    """As `0-1203 mlt_Latn; 1204-1480 eng_Latn`, with `und` where no language is known."""
    shown = [f"{part.start}-{part.end} {part.language or UNDETERMINED}" for part in segments[:MOST_SHOWN]]
    return "; ".join([*shown, *(["…"] if len(segments) > MOST_SHOWN else [])])


def _row(segments: Sequence[Segment], language: str | None, letters: Ints, words: Ints) -> Shares:
    """From the numbers of letters and of words of each part."""
    if not segments or not words.sum():
        return Shares(None, None, None, None)
    named = [part.language for part in segments]
    own = np.array([code in (None, language) for code in named])
    known = [code for code in named if code is not None]
    changes = sum(one != other for one, other in pairwise(known))
    return Shares(
        float(letters[own].sum() / max(int(letters.sum()), 1)) if language is not None else None,
        code_mixing(list(zip(named, words.tolist(), strict=True))),
        100 * changes / int(words.sum()),
        None if own.all() or (language is None and len(named) == 1) else shown_segments(segments),
    )


def _counts(analyses: Analyses, parts: Sequence[Sequence[Segment]]) -> list[tuple[Ints, Ints]]:
    """(letters, words with letters) of each part of each text."""
    is_letter = cumulated(cp.has(analyses.traits, cp.Trait.LETTER))
    spans = analyses.words
    lettered = spans.starts[is_letter[spans.ends] > is_letter[spans.starts]]
    found = []
    for start, segments in zip(analyses.text_starts.tolist(), parts, strict=True):
        starts = start + np.array([part.start for part in segments], dtype=np.int64)
        ends = start + np.array([part.end for part in segments], dtype=np.int64)
        words = np.searchsorted(lettered, ends) - np.searchsorted(lettered, starts)
        found.append((is_letter[ends] - is_letter[starts], words))
    return found
