"""Counts of n-grams, and the smoothed probabilities that follow from them (Witten and Bell 1991, interpolated)."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from xdata.models.ngrams.ids import BOUNDARY, UNKNOWN, Ids, Keys, join_pieces, mask, pack
from xdata.models.ngrams.model import Level

Floats = npt.NDArray[np.float64]
_UNKNOWN_BITS = 12.0
"""What it costs to say which unknown character it is."""


class Shape(NamedTuple):
    """What decides the size of a model."""

    order: int
    width: int
    num_ids: int
    """Of the alphabet and what is unknown."""
    max_ngrams: int


class _Counts(NamedTuple):
    """How often n-grams of one length were seen, those seen less than `least` times left out."""

    keys: Keys
    counts: npt.NDArray[np.int64]
    mass: Floats
    """Occurrences of the context of each, and kinds of characters after it; Witten and Bell's denominator."""
    least: int


def fit(encoded: Sequence[Ids], shape: Shape) -> tuple[Level, ...]:
    """The levels of a model, from single characters up."""
    ids = join_pieces(encoded, shape.order)
    counted = [_count_characters(ids, shape), *(_count(ids, order, shape) for order in range(2, shape.order + 1))]
    return _smoothed(_pruned(counted, shape.max_ngrams), shape)


def _count_characters(ids: Ids, shape: Shape) -> _Counts:
    """Every character of the alphabet, seen or not."""
    counts = np.bincount(ids, minlength=shape.num_ids + 1)[UNKNOWN:].astype(np.int64)
    mass = float(counts.sum() + np.count_nonzero(counts))
    return _Counts(np.arange(UNKNOWN, shape.num_ids + 1, dtype=np.uint64), counts, np.full(len(counts), mass), 1)


def _count(ids: Ids, order: int, shape: Shape) -> _Counts:
    keys, counts = np.unique(pack(ids, order=order, width=shape.width)[ids != BOUNDARY], return_counts=True)
    starts, sizes = _groups(keys >> np.uint64(shape.width))
    mass = np.repeat((np.add.reduceat(counts, starts) + sizes).astype(np.float64), sizes)
    least = 1
    while len(keys) > shape.max_ngrams and order > 2:
        least += 1
        kept = counts >= least
        keys, counts, mass = keys[kept], counts[kept], mass[kept]
    return _Counts(keys, counts, mass, least)


def _groups(contexts: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(where each run of one context begins, how long it is)."""
    starts = np.flatnonzero(np.concatenate(([True], contexts[1:] != contexts[:-1])))
    return starts, np.diff(np.append(starts, len(contexts)))


def _pruned(counted: Sequence[_Counts], max_ngrams: int) -> list[_Counts]:
    """Single characters and pairs as they are; of longer n-grams those frequent enough for all to fit.

    One least count for all lengths: the context and the end of what stays are at least as frequent, so they stay.
    """
    least = max(counts.least for counts in counted)
    room = max_ngrams - sum(len(counts.keys) for counts in counted[:2])
    most = max((int(counts.counts.max(initial=0)) for counts in counted[2:]), default=0)
    while least <= most and sum(int((counts.counts >= least).sum()) for counts in counted[2:]) > room:
        least += 1
    return [*counted[:2], *(_at_least(counts, least) for counts in counted[2:])]


def _at_least(counts: _Counts, least: int) -> _Counts:
    kept = counts.counts >= least
    return _Counts(counts.keys[kept], counts.counts[kept], counts.mass[kept], least)


def _smoothed(counted: Sequence[_Counts], shape: Shape) -> tuple[Level, ...]:
    """Probabilities out of counts: what a context leaves to characters unseen after it is shared as one shorter has it.

    What was pruned is left to the shorter context too, so the probabilities after a context always make one.
    """
    levels: list[Level] = []
    below_keys, below = np.zeros(1, dtype=np.uint64), np.full(1, 1.0 / shape.num_ids)
    for order, (keys, counts, mass, _) in enumerate(counted, start=1):
        starts, sizes = _groups(keys >> np.uint64(shape.width)) if len(keys) else (np.zeros(0, np.int64),) * 2
        left = 1.0 - np.add.reduceat(counts, starts) / mass[starts] if len(keys) else np.zeros(0)
        shorter = below[np.searchsorted(below_keys, keys & mask(order - 1, shape.width))]
        probabilities = counts / mass + np.repeat(left, sizes) * shorter
        if levels:
            contexts = keys[starts] >> np.uint64(shape.width)
            levels[-1].backoff[np.searchsorted(levels[-1].keys, contexts)] = -np.log2(left)
        below_keys, below = keys, probabilities
        levels.append(_level(keys, probabilities, shape, with_start=order < shape.order))
    return tuple(levels)


def _level(keys: Keys, probabilities: Floats, shape: Shape, *, with_start: bool) -> Level:
    """The n-grams with their costs, and the boundary, which is a context and never an end."""
    bits = -np.log2(probabilities)
    bits[(keys & mask(1, shape.width)) == UNKNOWN] += _UNKNOWN_BITS
    if with_start:
        keys, bits = np.append(np.uint64(BOUNDARY), keys), np.append(0.0, bits)
    return Level(keys, bits.astype(np.float32), np.zeros(len(keys), dtype=np.float32))
