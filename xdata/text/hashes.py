"""64-bit hashes of words and of what is made of words, all of a batch at once.

The hash of a range is the polynomial of its values with an odd base, modulo 2^64: with the sums of value times
power before each place, any range costs one subtraction and one multiplication. Values are mixed before, so that
they look random, and hashes after, so that their low bits do.
"""

from collections.abc import Iterable
from functools import cache

import numpy as np
import numpy.typing as npt

from xdata.text import code_points as cp
from xdata.text.spans import Ints, cumulated
from xdata.text.variants import find_forms, fold, forms_of

Hashes = npt.NDArray[np.uint64]

_BASE = 0x9E3779B97F4A7C15
_INVERSE = pow(_BASE, -1, 1 << 64)
_SALT = 0xA0761D6478BD642F
_LONGEST = 1 << 16
"""Code points of a word that its hash heeds."""
_PIECE = 1 << 18
"""Places that are hashed at a time, about: what stays in a processor's cache."""


def mix(values: Hashes) -> Hashes:
    """Each value spread over all 64 bits, one to one (the finisher of splitmix64)."""
    mixed = values ^ (values >> np.uint64(30))
    mixed *= np.uint64(0xBF58476D1CE4E5B9)
    mixed ^= mixed >> np.uint64(27)
    mixed *= np.uint64(0x94D049BB133111EB)
    mixed ^= mixed >> np.uint64(31)
    return mixed


def hash_words(points: npt.NDArray[np.uint32], starts: Ints, ends: Ints) -> Hashes:
    """Hash of each of some words, from code points that are folded already."""
    hashes = np.empty(len(starts), dtype=np.uint64)
    first = 0
    while first < len(starts):
        begin = int(starts[first])
        last = max(int(np.searchsorted(ends, begin + _PIECE, side="right")), first + 1)
        until = min(int(ends[last - 1]), int(starts[last - 1]) + _LONGEST)
        values = _values()[points[begin:until]]
        stops = np.minimum(ends[first:last], starts[first:last] + _LONGEST)
        hashes[first:last] = hash_ranges(values, starts[first:last] - begin, stops - begin)
        first = last
    return hashes


def hash_ranges(values: Hashes, starts: Ints, ends: Ints) -> Hashes:
    """Hash of each of some ranges of values."""
    sums = _weighted_sums(values)
    return mix((sums[ends] - sums[starts]) * _inverse_powers(starts) + (ends - starts).astype(np.uint64))


def two_hashes(values: Hashes, starts: Ints, ends: Ints) -> tuple[Hashes, Hashes]:
    """Two independent hashes of each range of values; the first one is that of `hash_ranges`."""
    return hash_ranges(values, starts, ends), hash_ranges(mix(values ^ np.uint64(_SALT)), starts, ends)


def hash_words_without(points: npt.NDArray[np.uint32], starts: Ints, ends: Ints, left_out: Ints) -> Hashes:
    """As `hash_words`, as if there were nothing at some ascending places."""
    if not len(left_out):
        return hash_words(points, starts, ends)
    stays = np.ones(len(points), dtype=bool)
    stays[left_out] = False
    places = cumulated(stays)
    return hash_words(points[stays], places[starts], places[ends])


def hash_texts(words: Iterable[str], *, language: str | None = None) -> Hashes:
    """Hash of each of some words, as `token_hashes` has it where they stand in a text of the language."""
    texts = list(words)
    if not texts:
        return np.empty(0, dtype=np.uint64)
    lengths = np.array([len(text) for text in texts], dtype=np.int64)
    ends = np.cumsum(lengths + 1) - 1
    points = cp.to_array("".join(f"{text}\n" for text in texts))
    folded, left_out = cp.folds_of(language)[points], np.empty(0, dtype=np.int64)
    forms = forms_of(language)
    if forms is not None:
        left_out = fold(points, folded, find_forms(points, forms), forms)
    return hash_words_without(folded, ends - lengths, ends, left_out)


def grow_ngrams(ngrams: Hashes, words: Hashes, places: Ints, size: int) -> Hashes:
    """Hashes of the n-grams of `size` words at some places, from those of one word less at the same places."""
    return ngrams * np.uint64(_BASE) + words[places + size - 1]


@cache
def _values() -> Hashes:
    return mix(np.arange(1, cp.NUM_CODE_POINTS + 1, dtype=np.uint64) * np.uint64(_BASE))


def _weighted_sums(values: Hashes) -> Hashes:
    """Sums of value times power of the base before each place, with the powers of one piece only."""
    sums = np.zeros(len(values) + 1, dtype=np.uint64)
    for start in range(0, len(values), _PIECE):
        part = values[start : start + _PIECE]
        inside = sums[start + 1 : start + 1 + len(part)]
        np.cumsum(part * _powers(_BASE)[: len(part)], out=inside)
        if start:
            inside *= np.uint64(pow(_BASE, start, 1 << 64))
            inside += sums[start]
    return sums


def _inverse_powers(places: Ints) -> Hashes:
    last = int(places.max(initial=0))
    if last < _PIECE:
        return _powers(_INVERSE)[places]
    pieces = np.array([pow(_INVERSE, start, 1 << 64) for start in range(0, last + 1, _PIECE)], dtype=np.uint64)
    return _powers(_INVERSE)[places % _PIECE] * pieces[places // _PIECE]


@cache
def _powers(base: int) -> Hashes:
    """The powers from 0 on, modulo 2^64, of as many places as a piece has."""
    powers = np.full(_PIECE, base, dtype=np.uint64)
    powers[0] = 1
    return np.cumprod(powers, dtype=np.uint64)
