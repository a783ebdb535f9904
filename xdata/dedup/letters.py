"""Test items that stand in documents in another script, or in nearly the same letters: by their consonants.

Both sides are reduced to consonants and digits (`xdata.text.romanise`), and cut into all pieces of five of them. An
item is in a document where most of its pieces stand close together. So is text that somebody romanised by a scheme of
their own, the two writings of Serbian or Chinese, a dialect or a close relative that differs in vowels, and a copy
with changes. Pieces that many rows have tell nothing and are left out.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from xdata.dedup.evaluation_sets import Item
from xdata.dedup.matches import Matches, best, nothing
from xdata.text.analysis import Analyses
from xdata.text.romanise import BITS, Skeletons, skeletons
from xdata.text.spans import Ints, cumulated

_SIZE = 5
"""Consonants in a piece: 25 bits."""
_MOST_ROWS = 20
"""Rows that may have a piece in common."""
_LEAST = 16
"""Pieces of an item that is looked for."""
_FILTER_BITS = 22
_ITEMS_AT_A_TIME = 4096


class Letters:
    """The pieces of all items, to be looked up in documents."""

    def __init__(self, items: Sequence[Item]) -> None:
        pieces, owners = [np.empty(0, dtype=np.uint64)], [np.empty(0, dtype=np.int64)]
        for start in range(0, len(items), _ITEMS_AT_A_TIME):
            analyses = Analyses([item.text for item in items[start : start + _ITEMS_AT_A_TIME]])
            found = _skeletons(analyses)
            starts = _starts(found.bounds)
            pieces.append(_pieces(found.values, starts))
            owners.append(np.searchsorted(found.bounds, starts, side="right") - 1 + start)
        pairs = np.unique(np.stack([np.concatenate(pieces), np.concatenate(owners).astype(np.uint64)]), axis=1)
        pairs = pairs[:, _telling(pairs[0], _rows(items)[pairs[1].astype(np.int64)])]
        counts = np.bincount(pairs[1].astype(np.int64), minlength=len(items))
        pairs = pairs[:, counts[pairs[1].astype(np.int64)] >= _LEAST]
        self._pieces, self._owners = pairs[0].copy(), pairs[1].astype(np.int64)
        self._counts = counts
        self.too_short: npt.NDArray[np.bool_] = counts < _LEAST
        """Which items are not looked for."""
        self._filter = np.zeros(1 << _FILTER_BITS, dtype=bool)
        self._filter[_short(self._pieces)] = True

    def find(self, analyses: Analyses, *, least: float) -> Matches:
        """Pairs of text and item, with the share in [0, 1] of the item's pieces that stand close together in the text.

        Pairs below `least` are left out.
        """
        if not len(self._pieces):
            return nothing()
        found = _skeletons(analyses)
        starts = _starts(found.bounds)
        pieces = _pieces(found.values, starts)
        likely = np.flatnonzero(self._filter[_short(pieces)])
        starts, pieces = starts[likely], pieces[likely]
        first = np.searchsorted(self._pieces, pieces)
        known = self._pieces[np.minimum(first, len(self._pieces) - 1)] == pieces
        starts, pieces, first = starts[known], pieces[known], first[known]
        counts = np.searchsorted(self._pieces, pieces, side="right") - first
        entries = np.arange(int(counts.sum())) - np.repeat(cumulated(counts)[:-1], counts) + np.repeat(first, counts)
        places = np.repeat(starts, counts)
        texts = np.searchsorted(found.bounds, places, side="right") - 1
        return self._close_together(texts, places - found.bounds[texts], entries, least=least)

    def _close_together(self, texts: Ints, places: Ints, entries: Ints, *, least: float) -> Matches:
        """Of pieces of items at places in texts: the pairs that have most of them within a stretch.

        A stretch is two blocks of one and a half times the item's pieces, so what is planted lies in one whole.
        """
        items = self._owners[entries]
        enough = self._frequent(texts, items, least)
        texts, places, entries, items = texts[enough], places[enough], entries[enough], items[enough]
        if not len(texts):
            return nothing()
        blocks = places // (self._counts[items] * 3 // 2)
        # each piece counts for the stretch that begins in its block and for the one before
        texts, items, entries = (np.tile(values, 2) for values in (texts, items, entries))
        blocks = np.concatenate([blocks, blocks - 1])
        rows = np.unique(np.stack([texts, items, blocks, entries]), axis=1)
        begins = np.ones(rows.shape[1], dtype=bool)
        begins[1:] = (rows[:3, 1:] != rows[:3, :-1]).any(axis=0)
        heads = np.flatnonzero(begins)
        shares = np.diff(np.append(heads, rows.shape[1])) / self._counts[rows[1, heads]]
        found = best(rows[0, heads], rows[1, heads], np.minimum(shares, 1.0))
        keep = found.scores >= least
        return Matches(found.texts[keep], found.items[keep], found.scores[keep])

    def _frequent(self, texts: Ints, items: Ints, least: float) -> npt.NDArray[np.bool_]:
        """Which hits are of pairs that have enough of them in all."""
        keys = texts * len(self._counts) + items
        _, numbers, counts = np.unique(keys, return_inverse=True, return_counts=True)
        enough: npt.NDArray[np.bool_] = counts[numbers.reshape(-1)] >= least * self._counts[items]
        return enough


def _skeletons(analyses: Analyses) -> Skeletons:
    ends = analyses.text_starts + analyses.lengths
    return skeletons(analyses.points, analyses.text_starts, ends)


def _starts(bounds: Ints) -> Ints:
    """Where pieces begin that lie inside of one text."""
    places = np.arange(int(bounds[-1]))
    starts: Ints = places[places + _SIZE <= np.repeat(bounds[1:], np.diff(bounds))]
    return starts


def _pieces(values: npt.NDArray[np.uint8], starts: Ints) -> npt.NDArray[np.uint64]:
    """Each piece as one number, without loss."""
    pieces = np.zeros(len(starts), dtype=np.uint64)
    for place in range(_SIZE):
        pieces = (pieces << np.uint64(BITS)) | values[starts + place].astype(np.uint64)
    return pieces


def _short(pieces: npt.NDArray[np.uint64]) -> Ints:
    """A few bits of each piece."""
    mixed = pieces * np.uint64(0x9E3779B97F4A7C15)
    return (mixed >> np.uint64(64 - _FILTER_BITS)).astype(np.int64)


def _rows(items: Sequence[Item]) -> Ints:
    """Number of the row of each item; all languages of a row are one."""
    numbers: dict[str, int] = {}
    return np.array([numbers.setdefault(item.name, len(numbers)) for item in items], dtype=np.int64)


def _telling(pieces: npt.NDArray[np.uint64], rows: Ints) -> npt.NDArray[np.bool_]:
    """Which entries are of pieces that few rows have; pieces ascend."""
    pairs = np.unique(np.stack([pieces, rows.astype(np.uint64)]), axis=1)
    values, counts = np.unique(pairs[0], return_counts=True)
    few: npt.NDArray[np.bool_] = counts[np.searchsorted(values, pieces)] <= _MOST_ROWS
    return few
