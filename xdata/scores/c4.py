"""Quality scores of C4 and mC4: sizes of a document without the lines that are not prose."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from xdata.context import Context
from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.line_rules import LineRule, find_phrases, line_faults, phrases
from xdata.text.spans import Ints

Floats = npt.NDArray[np.float64]

RULES: tuple[LineRule, ...] = ("no_sentence_end", "few_words", "long_word", "site_policy")
"""Rules by which C4 drops lines."""

_LONG_LINE = 200
"""Code points from which mC4 calls a line a paragraph."""


class C4Quality(Score):
    """Sizes of a document without the lines that C4 drops; `edits.lines` drops the lines themselves.

    Adds `scores.num_c4_sentences` (sentences in the lines that C4 keeps), `scores.c4_line_share` (those lines' share
    in [0, 1]), `scores.num_long_lines` (lines of 200 code points and more, which mC4 calls paragraphs),
    `scores.num_curly_brackets` (`{`) and `scores.num_placeholders` (`lorem ipsum`).
    """

    kind: Literal["scores.c4_quality"] = "scores.c4_quality"
    data_files = ("lines/policy.yaml",)
    papers = (
        "Raffel et al. 2020, Exploring the Limits of Transfer Learning (JMLR 21/140), section 2.2",
        "Xue et al. 2021, mT5 (arXiv 2010.11934)",
    )
    libraries = ("icu4py",)

    min_words: int = Field(default=3, ge=0)
    """Least number of words of a line that stays."""

    def adds(self) -> Mapping[str, pa.DataType]:
        names = ("num_c4_sentences", "c4_line_share", "num_long_lines", "num_curly_brackets", "num_placeholders")
        return {f"scores.{name}": SCORE for name in names}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return lambda analyses: score_c4(analyses, min_words=self.min_words)


def score_c4(analyses: Analyses, *, min_words: int) -> dict[str, Ints | Floats]:
    """The columns of `C4Quality`."""
    lines, sentences = analyses.lines, analyses.sentences
    stays = np.ones(len(lines), dtype=bool)
    for faulty in line_faults(analyses, RULES, min_words=min_words).values():
        stays &= ~faulty
    line_of = np.searchsorted(lines.starts, sentences.starts, side="right") - 1
    brackets = np.flatnonzero(analyses.points == ord("{"))
    return {
        "scores.num_c4_sentences": sentences.sums(stays[line_of]),
        "scores.c4_line_share": lines.shares(stays),
        "scores.num_long_lines": lines.sums(lines.lengths >= _LONG_LINE),
        "scores.num_curly_brackets": analyses.count_in_texts(brackets),
        "scores.num_placeholders": analyses.tokens.sums(find_phrases(analyses, phrases("placeholder"))),
    }
