"""Repetition within a document: shares of repeated lines, paragraphs and word n-grams.

The shares are those of Gopher (Rae et al. 2021, table A1) as datatrove computes them, so that thresholds published
for one hold for the other; tokens are ours, words and signs, in every script. An n-gram that is repeated consists of
repeated shorter ones, so each size is looked for only where the one before was found: nearly all of the time is spent
into pairs of words.
"""

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata.context import Context
from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, grow_ngrams, mix
from xdata.text.spans import Ints, Spans, cumulated

TOP_SIZES = (2, 3, 4)
"""Words of the n-grams of which the most frequent one is weighed."""
DUPLICATE_SIZES = (5, 6, 7, 8, 9, 10)
"""Words of the n-grams of which all repetitions are weighed."""

_MOST_BITS = 20
"""Of a hash that n-grams are counted by before they are sorted; its counts stay in a processor's cache."""

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

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
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
    salted = _salted(hashes, spans)
    places = np.flatnonzero(_likely_several(salted))
    order = places[np.argsort(salted[places], kind="stable")]
    ordered = salted[order]
    again = np.zeros(len(hashes), dtype=bool)
    again[order[1:][ordered[1:] == ordered[:-1]]] = True
    return again


def _salted(hashes: Hashes, spans: Spans) -> Hashes:
    """Hashes of ranges that are not equal between texts."""
    return hashes ^ np.repeat(mix(np.arange(len(spans.counts), dtype=np.uint64)), spans.counts)


def _ngram_chars(analyses: Analyses) -> dict[str, Ints]:
    """Code points of each text in its most frequent n-gram, and in n-grams that were there before."""
    tokens, words = analyses.tokens, analyses.token_hashes
    letters = cumulated(tokens.lengths)
    last = np.zeros(len(tokens), dtype=bool)
    last[tokens.bounds[1:][tokens.counts > 0] - 1] = True
    places = np.arange(len(tokens))
    ngrams = _salted(words, tokens)
    found: dict[str, Ints] = {}
    for size in range(2, max(DUPLICATE_SIZES) + 1):
        inside = ~last[places + size - 2]
        places, ngrams = _kept(inside, places, ngrams)
        ngrams = grow_ngrams(ngrams, words, places, size)
        likely = _likely_several(ngrams)
        places, ngrams = _kept(likely, places, ngrams)
        order = np.argsort(ngrams)
        groups = _groups(ngrams[order])
        if size in TOP_SIZES:
            found[f"scores.top_{size}_gram_share"] = _top_chars(tokens, letters, places[order], groups, size)
        several = np.zeros(len(places), dtype=bool)
        several[order] = np.repeat(groups.sizes > 1, groups.sizes)
        del order, groups  # the next size needs the room where a text is very long
        places, ngrams = _kept(several, places, ngrams)
        if size in DUPLICATE_SIZES:
            visited = _visited_again(places, ngrams, size)
            chars = letters[visited + size] - letters[visited]
            sums = np.bincount(tokens.texts[visited], weights=chars, minlength=len(analyses))
            found[f"scores.dup_{size}_gram_share"] = sums.astype(np.int64)
    return found


def _kept(mask: npt.NDArray[np.bool_], places: Ints, ngrams: Hashes) -> tuple[Ints, Hashes]:
    """Those for which `mask` is true; no copy where all are, as in a long text of one word."""
    return (places, ngrams) if mask.all() else (places[mask], ngrams[mask])


def _likely_several(hashes: Hashes) -> npt.NDArray[np.bool_]:
    """Which hashes share their low bits with another one, so that those alone need sorting."""
    bits = min(len(hashes).bit_length() + 1, _MOST_BITS)
    low = (hashes & np.uint64((1 << bits) - 1)).view(np.int64)
    mask: npt.NDArray[np.bool_] = (np.bincount(low, minlength=1 << bits) > 1)[low]
    return mask


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
    where, what, num = places.data, ngrams.data, len(places)  # lists of a long text would take a GB
    seen: set[int] = set()
    again: list[int] = []
    number = 0
    while number < num:
        if what[number] in seen:
            place, behind = where[number], number + size
            again.append(place)
            if behind >= num or where[behind] != place + size:
                behind = bisect_left(where, place + size, number + 1, min(behind, num))
            number = behind
        else:
            seen.add(what[number])
            number += 1
    return np.array(again, dtype=np.int64)
