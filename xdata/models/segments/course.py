"""The course of languages over the words of a text, and the runs of one language in it."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from xdata.models.identifier import Floats
from xdata.text.spans import Ints

_LEAST_WORDS, LEAST_RUN = 3, 12
"""Words and letters that are a part of their own; less, as a name or a title, belongs to what it stands in."""


@dataclass(frozen=True)
class Run:
    """Words in a row that are in one language."""

    first: int
    last: int
    language: str | None
    score: float


def best_course(gains: Floats, costs: npt.NDArray[np.float64]) -> Ints:
    """The course of greatest gain: (words, languages) -> language of each word."""
    rows, paid = gains.tolist(), costs.tolist()
    total = rows[0]
    totals, sources, changed = [total], [0], [0.0]
    for row, cost in zip(rows[1:], paid[1:], strict=True):
        best = max(total)
        sources.append(total.index(best))
        least = best - cost
        changed.append(least)
        total = [(value if value >= least else least) + gain for value, gain in zip(total, row, strict=True)]
        totals.append(total)
    language = total.index(max(total))
    course = [language]
    for place in range(len(rows) - 1, 0, -1):
        if totals[place - 1][language] < changed[place]:
            language = sources[place]
        course.append(language)
    return np.array(course[::-1], dtype=np.int64)


def runs_of(course: Ints, first: int, columns: Ints) -> list[tuple[int, int, int]]:
    """(first word, one past the last, column) of each stretch of one language."""
    edges = [*np.flatnonzero(np.diff(course, prepend=-1)).tolist(), len(course)]
    return [(first + begin, first + end, int(columns[course[begin]])) for begin, end in pairwise(edges)]


def without_names(runs: Sequence[tuple[int, int, int]], letters: Ints) -> list[tuple[int, int, int]]:
    """Runs of which those that are too short join the one before, the first ones the one behind."""
    found: list[tuple[int, int, int]] = []
    waiting: int | None = None
    for first, last, column in runs:
        if last - first < _LEAST_WORDS and int(letters[last] - letters[first]) < LEAST_RUN:
            if found:
                found[-1] = (found[-1][0], last, found[-1][2])
            elif waiting is None:
                waiting = first
        else:
            found.append((first if waiting is None else waiting, last, column))
            waiting = None
    return found or [(runs[0][0], runs[-1][1], runs[0][2])]


def merged(runs: Sequence[Run]) -> list[Run]:
    """Neighbours of one language as one, with the score of the longer."""
    found: list[Run] = []
    for run in runs:
        if found and found[-1].language == run.language:
            before = found.pop()
            longer = max(before, run, key=lambda each: each.last - each.first)
            run = Run(before.first, run.last, run.language, longer.score)
        found.append(run)
    return found
