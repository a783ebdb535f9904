"""Test items that stand in documents word for word: n-grams of words, or of letters where no space parts words.

Thirteen words are what GPT-3 (Brown et al. 2020, arXiv 2005.14165) and most after it look for. An item that is shorter
is one n-gram, down to eight words; what is shorter still stands in many texts by chance, and is not looked for. Words
are compared by the hashes of the shared analysis: without case and punctuation, with ASCII digits.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from xdata.dedup.evaluation_sets import Item
from xdata.dedup.matches import Matches
from xdata.text import code_points as cp
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, hash_ranges, mix
from xdata.text.spans import Ints, Spans, cumulated

_UNITS_A_WORD = (1, 2, 4)
"""How many units stand for a word: words, letters of Han and kana, letters of Thai, Khmer and others."""
_CJK = 0x2E80
"""First code point of Han, kana and related characters."""
_UNSPACED_SHARE = 0.5
"""Share of the code points of a line from which it has letters for units, and not words."""
_ITEMS_AT_A_TIME = 4096


class _Units(NamedTuple):
    """What n-grams are made of, in some texts."""

    hashes: Hashes
    bounds: Ints
    """Text i has those from `bounds[i]` to before `bounds[i + 1]`."""


class Ngrams:
    """The n-grams of all items, to be looked up in documents."""

    def __init__(self, items: Sequence[Item], *, size: int, least: int) -> None:
        self._least = least
        self.too_short = np.ones(len(items), dtype=bool)
        """Which items have no n-gram."""
        found: list[dict[int, list[tuple[Hashes, Ints]]]] = [{} for _ in _UNITS_A_WORD]
        for start in range(0, len(items), _ITEMS_AT_A_TIME):
            some = items[start : start + _ITEMS_AT_A_TIME]
            analyses = Analyses([item.text for item in some], declared_languages=[item.language for item in some])
            for kind, (units, factor) in enumerate(zip(_units(analyses), _UNITS_A_WORD, strict=True)):
                for hashes, numbers, length in _item_ngrams(units, size=size * factor, least=least * factor):
                    found[kind].setdefault(length, []).append((hashes, numbers + start))
                    self.too_short[numbers + start] = False
        self._tables = [{length: _Table(parts) for length, parts in sorted(kinds.items())} for kinds in found]

    def find(self, analyses: Analyses) -> Matches:
        """Every pair of text and item that have an n-gram in common, once, with the score 1."""
        texts, items = [np.empty(0, dtype=np.int64)], [np.empty(0, dtype=np.int64)]
        for units, tables in zip(_units(analyses), self._tables, strict=True):
            for length, table in tables.items():
                starts = _starts(units.bounds, length)
                places, numbers = table.find(hash_ranges(units.hashes, starts, starts + length))
                texts.append(np.searchsorted(units.bounds, starts[places], side="right") - 1)
                items.append(numbers)
        pairs = np.unique(np.stack([np.concatenate(texts), np.concatenate(items)]), axis=1)
        return Matches(pairs[0], pairs[1], np.ones(pairs.shape[1]))


class _Table:
    """Hashes -> the items that have them."""

    def __init__(self, parts: Sequence[tuple[Hashes, Ints]]) -> None:
        hashes, items = (np.concatenate(arrays) for arrays in zip(*parts, strict=True))
        order = np.lexsort((items, hashes))
        self._hashes, self._items = hashes[order], items[order]

    def find(self, hashes: Hashes) -> tuple[Ints, Ints]:
        """(places of `hashes` that are known, the item of each), one row for each item that has the hash."""
        first = np.searchsorted(self._hashes, hashes)
        known = np.flatnonzero(self._hashes[np.minimum(first, len(self._hashes) - 1)] == hashes)
        counts = np.searchsorted(self._hashes, hashes[known], side="right") - first[known]
        steps = np.arange(int(counts.sum())) - np.repeat(cumulated(counts)[:-1], counts)
        return np.repeat(known, counts), self._items[np.repeat(first[known], counts) + steps]


def _units(analyses: Analyses) -> tuple[_Units, ...]:
    """Words of lines that have spaces, letters of lines of Han and kana, letters of other lines without spaces."""
    unspaced = analyses.classes == cp.UNSPACED
    cjk = analyses.points >= _CJK
    inside = [_in_lines(unspaced & cjk, analyses.lines), _in_lines(unspaced & ~cjk, analyses.lines)]
    spaced = ~(inside[0] | inside[1])[analyses.words.starts]
    letters = unspaced | (analyses.classes == cp.WORD)
    found = [_Units(analyses.word_hashes[spaced], analyses.words.select(spaced).bounds)]
    for mask in inside:
        places = np.flatnonzero(letters & mask)
        bounds = np.append(np.searchsorted(places, analyses.text_starts), len(places))
        found.append(_Units(mix(analyses.folded[places].astype(np.uint64) + np.uint64(1)), bounds))
    return tuple(found)


def _in_lines(marked: npt.NDArray[np.bool_], lines: Spans) -> npt.NDArray[np.bool_]:
    """Places in lines of which most is marked."""
    sums = cumulated(marked)
    most = (sums[lines.ends] - sums[lines.starts]) >= np.maximum(_UNSPACED_SHARE * lines.lengths, 1)
    begins = np.zeros(len(marked) + 1, dtype=np.int64)
    np.add.at(begins, lines.starts[most], 1)
    np.add.at(begins, lines.ends[most], -1)
    inside: npt.NDArray[np.bool_] = np.cumsum(begins[:-1]) > 0
    return inside


def _item_ngrams(units: _Units, *, size: int, least: int) -> list[tuple[Hashes, Ints, int]]:
    """(hashes, number of the item of each, units that they are made of)."""
    counts = np.diff(units.bounds)
    found = []
    starts = _starts(units.bounds, size)
    if len(starts):
        texts = np.searchsorted(units.bounds, starts, side="right") - 1
        found.append((hash_ranges(units.hashes, starts, starts + size), texts, size))
    for length in range(least, size):
        short = np.flatnonzero(counts == length)
        if len(short):
            begins = units.bounds[short]
            found.append((hash_ranges(units.hashes, begins, begins + length), short, length))
    return found


def _starts(bounds: Ints, length: int) -> Ints:
    """Where ranges of a length begin that lie inside of one text."""
    places = np.arange(int(bounds[-1]))
    ends = np.repeat(bounds[1:], np.diff(bounds))
    starts: Ints = places[places + length <= ends]
    return starts
