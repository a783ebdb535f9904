"""Thresholds of a language out of a sample of it: pure arithmetic over columns of scores.

Four ways (`Method`), the last three as FineWeb-2 (Penedo et al. 2025, arXiv 2506.20920) tries them, which carry the
thresholds that were published for English over by a sample of a reference language:

    tail          all rules together drop at most a given share of the sample, all equally far into their tails
    quantile      the quantile that the English threshold is of the reference sample
    mean_std      as many standard deviations from the mean as in the reference sample
    median_ratio  the English threshold times the ratio of the medians

A threshold of `tail` is moved outwards by 4/sqrt(n) of its distance from the median, since n documents say little of
what the next ones are like; and every threshold is held between what prose has and where the rule could not fire.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
import numpy.typing as npt

from xdata.filters.rules import RULES, Rule

Method = Literal["tail", "quantile", "mean_std", "median_ratio"]

Scores = Mapping[str, npt.NDArray[np.float64]]
"""Score, without `scores.` -> one value a document, NaN where it was not computed."""

MIN_DOCUMENTS = 10
"""Least documents of a sample."""

_SLACK = 4.0
_STEPS = 40
"""Halvings in the search for the tail."""


@dataclass(frozen=True)
class Derived:
    """The thresholds of one language."""

    min_values: dict[str, float]
    max_values: dict[str, float]
    switched_off: tuple[str, ...]
    """Rules that could hardly fire with what the sample asks for."""
    unknown: tuple[str, ...]
    """Rules of whose scores the sample has too few: they keep what holds for every script."""

    def limit_of(self, rule: Rule) -> float | None:
        """The derived threshold of a rule."""
        return (self.min_values if rule.side == "min" else self.max_values).get(rule.name)


def derive_by_tail(sample: Scores, *, max_loss: float) -> Derived:
    """Thresholds that together drop at most the share `max_loss` of the sample, as much of it as that allows."""
    low, high = 0.0, max_loss
    for _ in range(_STEPS):
        middle = (low + high) / 2
        if loss(sample, _tail(sample, middle)) <= max_loss:
            low = middle
        else:
            high = middle
    if loss(sample, _tail(sample, high)) <= max_loss:
        low = high
    return _tail(sample, low)


def derive_by_reference(sample: Scores, reference: Scores, *, method: Method) -> Derived:
    """The thresholds for English, carried over from a sample of a reference language."""
    carry = _CARRIED[method]

    def threshold(rule: Rule) -> float | None:
        if rule.english is None or _known(reference, rule) is None:
            return None
        values, other = sample[rule.score], reference[rule.score]
        return carry(values[~np.isnan(values)], other[~np.isnan(other)], rule)

    return _derive(sample, threshold)


def language_threshold(scores: npt.NDArray[np.float64]) -> float | None:
    """Least probability of the language: median less standard deviation, held in [0.3, 0.9] (FineWeb-2)."""
    known = scores[~np.isnan(scores)]
    if len(known) < MIN_DOCUMENTS:
        return None
    return rounded(float(np.clip(np.median(known) - known.std(), 0.3, 0.9)), up=False)


def loss(sample: Scores, derived: Derived) -> float:
    """Share of the documents of a sample that some rule drops."""
    dropped = np.zeros(len(next(iter(sample.values()))), dtype=bool)
    for rule in RULES:
        if rule.score in sample:
            dropped |= beyond(rule, sample[rule.score], derived.limit_of(rule))
    return float(dropped.mean()) if len(dropped) else 0.0


def beyond(rule: Rule, values: npt.NDArray[np.float64], limit: float | None) -> npt.NDArray[np.bool_]:
    """Which documents a rule drops; compared as float32, as filters do."""
    if limit is None:
        return np.zeros(len(values), dtype=bool)
    found, bound = values.astype(np.float32), np.float32(limit)
    dropped: npt.NDArray[np.bool_] = found < bound if rule.side == "min" else found > bound
    return dropped


def rounded(value: float, *, up: bool) -> float:
    """Three digits, rounded away from what is dropped."""
    if value == 0:
        return 0.0
    digits = 2 - int(np.floor(np.log10(abs(value))))
    scale = 10.0**digits
    return round(float((np.ceil if up else np.floor)(value * scale)) / scale, max(digits, 0))


def _tail(sample: Scores, tail: float) -> Derived:
    def threshold(rule: Rule) -> float:
        values = sample[rule.score][~np.isnan(sample[rule.score])]
        edge = np.quantile(values, tail if rule.side == "min" else 1 - tail)
        return float(edge + (edge - np.median(values)) * _SLACK / np.sqrt(len(values)))

    return _derive(sample, threshold)


def _derive(sample: Scores, threshold: Callable[[Rule], float | None]) -> Derived:
    limits: dict[str, dict[str, float]] = {"min": {}, "max": {}}
    off, unknown = [], []
    for rule in RULES:
        value = threshold(rule) if _known(sample, rule) is not None else None
        if value is None:
            unknown.append(rule.name)
            continue
        median = float(np.nanmedian(sample[rule.score]))
        held = rule.hold(value, median=median)
        if held is None:
            off.append(rule.name)
        else:
            limits[rule.side][rule.name] = rounded(held, up=rule.side == "max")
    return Derived(limits["min"], limits["max"], tuple(off), tuple(unknown))


def _known(sample: Scores, rule: Rule) -> npt.NDArray[np.float64] | None:
    values = sample.get(rule.score)
    return None if values is None or np.count_nonzero(~np.isnan(values)) < rule.min_documents else values


def _by_quantile(values: npt.NDArray[np.float64], other: npt.NDArray[np.float64], rule: Rule) -> float:
    assert rule.english is not None
    return float(np.quantile(values, np.mean(other <= rule.english)))


def _by_mean_std(values: npt.NDArray[np.float64], other: npt.NDArray[np.float64], rule: Rule) -> float:
    assert rule.english is not None
    spread = other.std()
    distance = (rule.english - other.mean()) / spread if spread else 0.0
    return float(values.mean() + distance * values.std())


def _by_median_ratio(values: npt.NDArray[np.float64], other: npt.NDArray[np.float64], rule: Rule) -> float:
    assert rule.english is not None
    median = np.median(other)
    return float(rule.english * np.median(values) / median) if median else rule.english


_CARRIED: Mapping[Method, Callable[[npt.NDArray[np.float64], npt.NDArray[np.float64], Rule], float]] = {
    "quantile": _by_quantile,
    "mean_std": _by_mean_std,
    "median_ratio": _by_median_ratio,
}
