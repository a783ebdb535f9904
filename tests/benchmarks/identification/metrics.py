"""Precision, recall and F1 of identifiers by language, confusions, and bounds of shares.

Gold and predicted labels are compared as strings: codes alone, or codes with scripts. None is an abstention. It is
wrong, and so is a label that no gold sentence has; both cost recall, and neither costs the precision of another.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from statistics import mean


@dataclass(frozen=True)
class Score:
    """How well one language is identified among others."""

    label: str
    num_gold: int
    """Sentences in the language."""
    num_predicted: int
    """Sentences said to be in it."""
    num_right: int
    """Sentences in it that are said to be."""
    num_others: int
    """Sentences in other languages."""

    @property
    def precision(self) -> float:
        """Share of the sentences said to be in the language that are; 0 where none is said to be."""
        return self.num_right / self.num_predicted if self.num_predicted else 0.0

    @property
    def recall(self) -> float:
        """Share of the sentences in the language that are said to be."""
        return self.num_right / self.num_gold

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return 2 * self.num_right / (self.num_gold + self.num_predicted)

    @property
    def false_positive_rate(self) -> float:
        """Share of the sentences in other languages that are said to be in this one."""
        return (self.num_predicted - self.num_right) / self.num_others if self.num_others else 0.0


def score_languages(gold: Sequence[str], predicted: Sequence[str | None]) -> dict[str, Score]:
    """Gold label -> its score, in the order of labels."""
    right = Counter(label for label, found in zip(gold, predicted, strict=True) if label == found)
    totals, answers = Counter(gold), Counter(predicted)
    return {
        label: Score(label, totals[label], answers[label], right[label], len(gold) - totals[label])
        for label in sorted(totals)
    }


def macro_f1(scores: Mapping[str, Score]) -> float:
    """F1 of languages on average, each counting as much as the others; 0 without any."""
    return mean(score.f1 for score in scores.values()) if scores else 0.0


def macro_recall(scores: Mapping[str, Score]) -> float:
    """Recall of languages on average; 0 without any."""
    return mean(score.recall for score in scores.values()) if scores else 0.0


def accuracy(gold: Sequence[str], predicted: Sequence[str | None]) -> float:
    """Share of the sentences that are right; 0 without any."""
    return mean(label == found for label, found in zip(gold, predicted, strict=True)) if gold else 0.0


def confusions(gold: Iterable[str], predicted: Iterable[str | None]) -> list[tuple[str, str | None, int]]:
    """(gold, predicted, how often) of what is wrong, the most frequent first, ties by label."""
    pairs = zip(gold, predicted, strict=True)
    counts = Counter((label, found) for label, found in pairs if label != found)
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0][0], item[0][1] or ""))
    return [(label, found, count) for (label, found), count in ordered]


def wilson_bounds(num_hits: int, num_all: int, *, z: float = 1.959963984540054) -> tuple[float, float]:
    """Wilson's bounds of a share, of 95 % where `z` is not given; (0, 1) where nothing was counted."""
    if not num_all:
        return 0.0, 1.0
    share, spread = num_hits / num_all, z * z / num_all
    middle = (share + spread / 2) / (1 + spread)
    half = z / (1 + spread) * sqrt(share * (1 - share) / num_all + spread / (4 * num_all))
    return (max(0.0, middle - half) if num_hits else 0.0, min(1.0, middle + half) if num_hits < num_all else 1.0)
