"""Quality scores of Gopher and FineWeb, which separate prose from lists, tables and menus in every script.

The quantities are those of Gopher (Rae et al. 2021) and FineWeb (Penedo et al. 2024) as datatrove computes them, so
that FineWeb-2's published thresholds hold. Where they differ, it is on purpose: empty lines are no lines, bullets and
dots of all scripts count, and an end of sentence may have a quotation mark or a bracket behind it.
"""

from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from xdata.context import Context
from xdata.language_files import facts_of
from xdata.language_options import ByLanguage
from xdata.records import LANGUAGE
from xdata.step import SCORE, Columns, Score
from xdata.text import code_points as cp
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, hash_texts
from xdata.text.spans import Ints

Floats = npt.NDArray[np.float64]

_PARTING = np.array([ord(sign) for sign in "-\u2010\u2011/:<=>"], dtype=np.uint32)
"""Signs that part two words where they stand between letters."""
_SHORT_LINE = 30
"""Code points up to which FineWeb calls a line short."""


class GopherQuality(Score):
    """Quality scores of Gopher; tokens are words and signs.

    Adds `scores.mean_word_length` (code points), `scores.hash_ratio` (`#` a token), `scores.ellipsis_ratio` (a token),
    `scores.bullet_line_share` and `scores.ellipsis_line_share` (of the lines that are not empty, those that begin
    with a bullet, that end in an ellipsis), `scores.alpha_word_share` (of the tokens but signs inside of words, those
    with a letter; all shares in [0, 1]). Null for a text without any token.
    """

    kind: Literal["scores.gopher_quality"] = "scores.gopher_quality"
    papers = ("Rae et al. 2021, Scaling Language Models: Gopher (arXiv 2112.11446), appendix A1",)
    libraries = ("icu4py",)

    def adds(self) -> Mapping[str, pa.DataType]:
        names = "mean_word_length hash_ratio ellipsis_ratio bullet_line_share ellipsis_line_share alpha_word_share"
        return {f"scores.{name}": SCORE for name in names.split()}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return score_quality


def score_quality(analyses: Analyses) -> dict[str, Floats]:
    """The columns of `GopherQuality`."""
    num_tokens = analyses.tokens.counts
    lines, points = analyses.lines, analyses.points
    words, inner = analyses.words, analyses.count_in_texts(_inner_signs(analyses))
    found = {
        "mean_word_length": words.sums(words.lengths) / np.maximum(words.counts, 1),
        "hash_ratio": analyses.count_in_texts(np.flatnonzero(points == ord("#"))) / np.maximum(num_tokens, 1),
        "ellipsis_ratio": analyses.count_in_texts(analyses.ellipses - 1) / np.maximum(num_tokens, 1),
        "bullet_line_share": lines.shares(_begins_with_bullet(analyses)),
        "ellipsis_line_share": lines.shares(analyses.ends_in_ellipsis(lines.ends)),
        "alpha_word_share": analyses.tokens.sums(analyses.token_has_letter) / np.maximum(num_tokens - inner, 1),
    }
    return {f"scores.{name}": np.where(num_tokens == 0, np.nan, values) for name, values in found.items()}


class FineWebQuality(Score):
    """Quality scores of FineWeb, over non-empty lines.

    Adds `scores.line_punct_share` (lines that end in a mark which ends sentences, in any script, or in a quotation
    mark or bracket behind one), `scores.short_line_share` (lines of at most 30 code points), both in [0, 1], and
    `scores.new_line_ratio` (line ends a token). Null for a text without any token. FineWeb's share of characters in
    repeated lines is `scores.dup_line_char_share` of `scores.gopher_repetition`.
    """

    kind: Literal["scores.fineweb_quality"] = "scores.fineweb_quality"
    papers = ("Penedo et al. 2024, The FineWeb Datasets (arXiv 2406.17557)",)
    libraries = ("icu4py",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return {f"scores.{name}": SCORE for name in ("line_punct_share", "short_line_share", "new_line_ratio")}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return score_fineweb


def score_fineweb(analyses: Analyses) -> dict[str, Floats]:
    """The columns of `FineWebQuality`."""
    lines, num_tokens = analyses.lines, analyses.tokens.counts
    found = {
        "line_punct_share": lines.shares(analyses.ends_sentence(lines.ends)),
        "short_line_share": lines.shares(lines.lengths <= _SHORT_LINE),
        "new_line_ratio": _num_line_ends(analyses) / np.maximum(num_tokens, 1),
    }
    return {f"scores.{name}": np.where(num_tokens == 0, np.nan, values) for name, values in found.items()}


class StopWords(Score):
    """Adds `scores.num_stop_words`, the number of different stop words of its language in a document.

    And `scores.stop_word_share`, the share in [0, 1] of its words that are one. The words are those of the language's
    file unless given; null where the language has none. Reads `language`.
    """

    kind: Literal["scores.stop_words"] = "scores.stop_words"
    language_facts = ("stop_words",)
    papers = ("Rae et al. 2021, Scaling Language Models: Gopher (arXiv 2112.11446), appendix A1",)
    libraries = ("icu4py",)

    words: ByLanguage[tuple[str, ...]] = Field(default_factory=dict)
    """Code of a language -> its stop words in place of those of its file."""

    def reads(self) -> frozenset[str]:
        return frozenset({LANGUAGE})

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.num_stop_words": SCORE, "scores.stop_word_share": SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return lambda analyses: score_stop_words(analyses, words=self.words)


def score_stop_words(analyses: Analyses, *, words: Mapping[str, tuple[str, ...]] | None = None) -> dict[str, Floats]:
    """The columns of `StopWords`; `words` has those of languages whose file is not to be asked."""
    given = words or {}
    known = {
        language: _hashes(given[language], language) if language in given else _stop_words(language)
        for language in set(analyses.languages)
        if language
    }
    return count_stop_words(analyses, [known.get(language or "") for language in analyses.languages])


def count_stop_words(analyses: Analyses, stop_words: Sequence[Hashes | None]) -> dict[str, Floats]:
    """The columns of `StopWords` for one ascending array of hashes a text; None without an array."""
    num, share = np.full(len(analyses), np.nan), np.full(len(analyses), np.nan)
    for number, wanted in enumerate(stop_words):
        if wanted is not None and len(wanted):
            first, last = analyses.words.bounds[number : number + 2]
            hashes = analyses.word_hashes[first:last]
            places = np.searchsorted(wanted, hashes)
            hits = wanted[np.minimum(places, len(wanted) - 1)] == hashes
            num[number] = len(np.unique(places[hits]))
            share[number] = hits.mean() if len(hits) else 0
    return {"scores.num_stop_words": num, "scores.stop_word_share": share}


class Characters(Score):
    """Shares of digits and symbols among the code points of a document, without white space.

    Adds `scores.digit_share` (decimal digits of any script) and `scores.symbol_share` (what is no letter, mark, digit
    or joiner), both in [0, 1]. Null for a text of white space.
    """

    kind: Literal["scores.characters"] = "scores.characters"

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.digit_share": SCORE, "scores.symbol_share": SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return score_characters


def score_characters(analyses: Analyses) -> dict[str, Floats]:
    """The columns of `Characters`."""
    total = analyses.count_in_texts(analyses.inked).astype(np.float64)
    total[total == 0] = np.nan
    digits = np.flatnonzero(cp.has(analyses.traits, cp.Trait.DIGIT))
    symbols = np.flatnonzero(analyses.classes == cp.SYMBOL)
    return {
        "scores.digit_share": analyses.count_in_texts(digits) / total,
        "scores.symbol_share": analyses.count_in_texts(symbols) / total,
    }


def _begins_with_bullet(analyses: Analyses) -> npt.NDArray[np.bool_]:
    lines = analyses.lines
    behind = analyses.classes[np.minimum(lines.starts + 1, len(analyses.points) - 1)]
    first = analyses.points[lines.starts]
    mask: npt.NDArray[np.bool_] = cp.has(analyses.traits[lines.starts], cp.Trait.BULLET) & (
        (behind != cp.SYMBOL) | (first == ord("\u2022"))
    )
    return mask


def _inner_signs(analyses: Analyses) -> Ints:
    """Where signs inside of words begin, as the dot of `z.B.` and the hyphen of `COVID-19`: they are no words."""
    classes, traits = analyses.classes, analyses.traits
    starts, ends = analyses.tokens.starts[analyses.signs], analyses.tokens.ends[analyses.signs]
    before = np.maximum(starts - 1, 0)
    inside = (classes[before] == cp.WORD) & (classes[ends] == cp.WORD)
    starts, ends, before = starts[inside], ends[inside], before[inside]
    letters = cp.has(traits[before], cp.Trait.LETTER) & cp.has(traits[ends], cp.Trait.LETTER)
    places: Ints = starts[~(letters & np.isin(analyses.points[starts], _PARTING))]
    return places


def _num_line_ends(analyses: Analyses) -> Ints:
    """Line ends inside of each text."""
    places = analyses.breaks
    ends = np.searchsorted(places, analyses.text_starts + analyses.lengths)
    return ends - np.searchsorted(places, analyses.text_starts)


def _stop_words(code: str) -> Hashes | None:
    facts = facts_of(code)
    if facts is None or facts.stop_words is None:
        return None
    return _hashes(facts.stop_words.words, code)


@cache
def _hashes(words: tuple[str, ...], language: str) -> Hashes:
    return np.unique(hash_texts(words, language=language))
