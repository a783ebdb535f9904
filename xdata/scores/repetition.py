"""How much of a document says what it has said before: lines, paragraphs and n-grams of words.

The shares are those of Gopher (Rae et al. 2021, table A1) as datatrove computes them, so that thresholds published
for one hold for the other; tokens are ours, words and signs, in every script. An n-gram that is repeated consists of
repeated shorter ones, so each size is looked for only where the one before was found: nearly all of the time goes
into pairs of words.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, grow_ngrams, mix
from xdata.text.spans import Ints, Spans, cumulated

TOP_SIZES = (2, 3, 4)
"""Words of the n-grams of which the most frequent one is weighed."""
DUPLICATE_SIZES = (5, 6, 7, 8, 9, 10)
"""Words of the n-grams of which all repetitions are weighed."""

Floats = npt.NDArray[np.float64]


class GopherRepetition(Score):
    """Shares in [0, 1] of a document that are repetition; all but the first two are shares of its code points.

    Adds `scores.dup_line_share` and `scores.dup_paragraph_share` (of the lines and paragraphs that are not empty,
    those that were there before), `scores.dup_line_char_share`, `scores.dup_paragraph_char_share`;
    `scores.top_2_gram_share` to `top_4` (the most frequent n-gram, all times together; above 1 where it overlaps
    with itself) and `scores.dup_5_gram_share` to `dup_10` (n-grams that were there before, counted without overlap).
    Null for a text without any token.
    """

    kind: Literal["scores.gopher_repetition"] = "scores.gopher_repetition"
    papers = ("Rae et al. 2021, Scaling Language Models: Gopher (arXiv 2112.11446), table A1",)
    libraries = ("icu4py",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return dict.fromkeys(_NAMES, SCORE)

    def open(self) -> Callable[[Analyses], Columns]:
        return score_repetition


_NAMES = (
    *(f"scores.dup_{what}_share" for what in ("line", "line_char", "paragraph", "paragraph_char")),
    *(f"scores.top_{size}_gram_share" for size in TOP_SIZES),
    *(f"scores.dup_{size}_gram_share" for size in DUPLICATE_SIZES),
)


def score_repetition(analyses: Analyses) -> dict[str, Floats]:
    """The columns of `GopherRepetition`."""
    lengths = np.maximum(analyses.lengths, 1)
    found = score_repetition_of_lines(analyses)
    nothing = analyses.tokens.counts == 0
    for name, chars in _ngram_chars(analyses).items():
        found[name] = np.where(nothing, np.nan, chars / lengths)
    return found


def score_repetition_of_lines(analyses: Analyses) -> dict[str, Floats]:
    """Those columns of `GopherRepetition` that are of lines and paragraphs."""
    lengths = np.where(analyses.tokens.counts == 0, np.nan, np.maximum(analyses.lengths, 1))
    found: dict[str, Floats] = {}
    for what, spans, hashes in (
        ("line", analyses.lines, analyses.line_hashes),
        ("paragraph", analyses.paragraphs, analyses.paragraph_hashes),
    ):
        again = repeated(hashes, spans)
        found[f"scores.dup_{what}_share"] = np.where(np.isnan(lengths), np.nan, spans.shares(again))
        found[f"scores.dup_{what}_char_share"] = spans.sums(again * spans.lengths) / lengths
    return found


def repeated(hashes: Hashes, spans: Spans) -> npt.NDArray[np.bool_]:
    """Which ranges have a hash that one before them in the same text has."""
    order = np.lexsort((hashes, spans.texts))
    again = np.zeros(len(hashes), dtype=bool)
    same = (np.diff(hashes[order]) == 0) & (np.diff(spans.texts[order]) == 0)
    again[order[1:][same]] = True
    return again


def _ngram_chars(analyses: Analyses) -> dict[str, Ints]:
    """Code points of each text in its most frequent n-gram, and in n-grams that were there before."""
    tokens, words = analyses.tokens, analyses.token_hashes
    letters = cumulated(tokens.lengths)
    places = np.arange(len(tokens))
    salts = mix(tokens.texts.astype(np.uint64))
    ngrams = words ^ salts
    found: dict[str, Ints] = {}
    for size in range(2, max(DUPLICATE_SIZES) + 1):
        inside = places + size <= tokens.bounds[1:][tokens.texts[places]]
        places, ngrams = places[inside], ngrams[inside]
        ngrams = grow_ngrams(ngrams, words, places, size)
        order = np.argsort(ngrams)
        groups = _groups(ngrams[order])
        if size in TOP_SIZES:
            found[f"scores.top_{size}_gram_share"] = _top_chars(tokens, letters, places[order], groups, size)
        several = np.zeros(len(places), dtype=bool)
        several[order] = np.repeat(groups.sizes > 1, groups.sizes)
        places, ngrams = places[several], ngrams[several]
        if size in DUPLICATE_SIZES:
            visited = _visited_again(places, ngrams, size)
            chars = letters[visited + size] - letters[visited]
            sums = np.bincount(tokens.texts[visited], weights=chars, minlength=len(analyses))
            found[f"scores.dup_{size}_gram_share"] = sums.astype(np.int64)
    return found


@dataclass(frozen=True)
class _Groups:
    """Runs of equal values in an ordered array."""

    starts: Ints
    sizes: Ints


def _groups(ordered: Hashes) -> _Groups:
    starts = np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])) if len(ordered) else np.empty(0, np.int64)
    return _Groups(starts, np.diff(np.append(starts, len(ordered))))


def _top_chars(tokens: Spans, letters: Ints, places: Ints, groups: _Groups, size: int) -> Ints:
    """Code points of the most frequent n-gram of each text, spaces between its tokens counted, all times together.

    Of those that are equally frequent the first one counts, so the first of all where none is repeated.
    """
    chars = np.zeros(len(tokens.counts), dtype=np.int64)
    long = np.flatnonzero(tokens.counts >= size)
    first = tokens.bounds[:-1][long]
    chars[long] = letters[first + size] - letters[first] + size - 1
    several = np.flatnonzero(groups.sizes > 1)
    if len(several):
        firsts = np.minimum.reduceat(places, groups.starts)[several]
        texts, sizes = tokens.texts[firsts], groups.sizes[several]
        order = np.lexsort((firsts, -sizes, texts))
        best = order[np.append(True, np.diff(texts[order]) > 0)]
        lengths = letters[firsts[best] + size] - letters[firsts[best]] + size - 1
        chars[texts[best]] = lengths * sizes[best]
    return chars


def _visited_again(places: Ints, ngrams: Hashes, size: int) -> Ints:
    """Places of n-grams that were there before, as a reader meets them who jumps over each that he knows."""
    seen: set[int] = set()
    again: list[int] = []
    where, what, number = places.data, ngrams.data, 0  # lists of a long text would take a GB
    while number < len(where):
        if what[number] in seen:
            again.append(where[number])
            number = bisect_left(where, where[number] + size, number + 1, min(number + size, len(where)))
        else:
            seen.add(what[number])
            number += 1
    return np.array(again, dtype=np.int64)
