"""Which parts of a text are in which language.

A text is read once. Its units, some words of one line and one script, say which languages there are; where there is
more than one, each word is judged by the words around it, among those languages alone, and the best course over all
words is taken, a change costing more inside of a sentence than at its end (Viterbi 1967). Each part is then named
by all its words.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from xdata.models.identifier import Floats, LetterIdentifier, Reading
from xdata.models.language import XdataIdentifier
from xdata.text import code_points as cp
from xdata.text.code_points import Trait
from xdata.text.scripts import script_numbers, scripts_of
from xdata.text.spans import Ints

UNIT_WORDS = 12
"""Words of a unit, at most."""
_AROUND = 3
"""Words on either side by which a word is judged."""
_MOST_LANGUAGES = 8
_LEAST_UNIT_SHARE = 0.6
"""Probability of a language in some unit that makes it one of the text's."""
_LEAST_WORDS = 3
"""Words that are a part of their own; fewer, as a name or a title, belong to what they stand in."""
_CHANGE_INSIDE, _CHANGE_AT_END, _CHANGE_AT_LINE = 5.0, 2.0, 1.0
"""Cost of a change of language, in nats."""
_SMOOTHING = 0.02
_MOST_WORDS = 20_000
"""Words over which one course is taken; longer texts in pieces."""


@dataclass(frozen=True)
class Segment:
    """`text[start:end]`, in code points, is in one language."""

    start: int
    end: int
    language: str | None
    """`iso639-3_Script`, None where that cannot be said."""
    score: float
    """Probability of the language, in [0, 1]."""


def find_segments(text: str, identifier: XdataIdentifier) -> list[Segment]:
    """The parts of a text in order, none overlapping; together they have every word of it."""
    reading = identifier.model.read([text])
    points = cp.to_array(text)
    words = _Words.of(points, reading)
    found: list[tuple[int, int]] = []
    for first in range(0, len(words.starts), _MOST_WORDS):
        last = min(first + _MOST_WORDS, len(words.starts))
        course = _course(identifier.model, reading, words, first, last)
        found += [(first + begin, first + end) for begin, end in _runs(course, words.blocks[first:last])]
    return _joined([_segment(identifier, reading, words, begin, end) for begin, end in found], points)


@dataclass(frozen=True)
class _Words:
    """Where the words of a text stand, and what parts them."""

    starts: Ints
    ends: Ints
    lines: Ints
    """Number of the line of each word."""
    scripts: npt.NDArray[np.int16]
    blocks: Ints
    """Number of the run of words of one line and one script."""
    ends_before: npt.NDArray[np.bool_]
    """Whether a sentence ends before the word."""

    @classmethod
    def of(cls, points: npt.NDArray[np.uint32], reading: Reading) -> "_Words":
        starts, ends = reading.words.starts, reading.words.ends
        lines = np.cumsum(cp.classes()[points] == cp.BREAK)[starts] if len(starts) else np.zeros(0, np.int64)
        scripts = _merged(scripts_of(points[starts]))
        changes = np.ones(len(starts), dtype=bool)
        changes[1:] = (lines[1:] != lines[:-1]) | (scripts[1:] != scripts[:-1])
        terminals = np.cumsum(cp.has(cp.traits()[points], Trait.TERMINAL))
        ends_before = np.ones(len(starts), dtype=bool)
        if len(starts):
            ends_before[1:] = terminals[starts[1:]] > terminals[ends[:-1] - 1]
        return cls(starts, ends, lines, scripts, np.cumsum(changes), ends_before)


def _merged(scripts: npt.NDArray[np.int16]) -> npt.NDArray[np.int16]:
    """Han, kana and Hangul as one, since Japanese and Korean mix them."""
    together = script_numbers(("Hani", "Hira", "Kana", "Hang", "Bopo"))
    return np.where(np.isin(scripts, together), np.int16(together[0]), scripts)


def _course(model: LetterIdentifier, reading: Reading, words: _Words, first: int, last: int) -> Ints:
    """Number of the language of each word of a piece; numbers mean nothing but sameness."""
    blocks = words.blocks[first:last]
    units = _units(blocks) + first
    shares = _shares(model, reading, words, units[:-1], units[1:])
    weight = np.diff(units)
    likely = shares.max(axis=0) >= _LEAST_UNIT_SHARE
    likely[(shares * weight[:, None]).sum(axis=0).argmax()] = True
    columns = np.flatnonzero(likely)
    if len(columns) > _MOST_LANGUAGES:
        total = (shares[:, columns] * weight[:, None]).sum(axis=0)
        columns = np.sort(columns[np.argsort(-total, kind="stable")[:_MOST_LANGUAGES]])
    if len(columns) == 1:
        return np.zeros(last - first, dtype=np.int64)
    places = np.arange(first, last)
    bounds = np.flatnonzero(np.diff(np.concatenate(([-1], blocks, [-1]))))
    block = np.searchsorted(bounds, places - first, side="right")
    begins = np.maximum(places - _AROUND, first + bounds[block - 1])
    ends = np.minimum(places + _AROUND + 1, first + bounds[block])
    near = _shares(model, reading, words, begins, ends, columns)
    costs = np.full(last - first, _CHANGE_INSIDE)
    costs[words.ends_before[first:last]] = _CHANGE_AT_END
    costs[np.concatenate(([True], np.diff(words.lines[first:last]) != 0))] = _CHANGE_AT_LINE
    costs[np.concatenate(([True], np.diff(words.scripts[first:last]) != 0))] = 0.0
    return _best_course(np.log(near + _SMOOTHING), costs)


def _best_course(gains: Floats, costs: npt.NDArray[np.float64]) -> Ints:
    """The course of greatest gain: (words, languages) -> language of each word."""
    num, kinds = gains.shape
    came = np.empty((num, kinds), dtype=np.int64)
    total = gains[0].astype(np.float64)
    own = np.arange(kinds)
    for place in range(1, num):
        best = int(total.argmax())
        changed = total[best] - costs[place]
        stays = total >= changed
        came[place] = np.where(stays, own, best)
        total = np.where(stays, total, changed) + gains[place]
    course = np.empty(num, dtype=np.int64)
    course[-1] = int(total.argmax())
    for place in range(num - 1, 0, -1):
        course[place - 1] = came[place, course[place]]
    return course


def _units(blocks: Ints) -> Ints:
    """First word of each unit; one more for the end."""
    edges = np.flatnonzero(np.diff(np.concatenate(([-1], blocks))))
    lengths = np.diff(np.append(edges, len(blocks)))
    pieces = -(-lengths // UNIT_WORDS)
    within = np.arange(int(pieces.sum())) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    starts = np.repeat(edges, pieces) + within * np.repeat(lengths, pieces) // np.repeat(pieces, pieces)
    return np.append(starts, len(blocks))


def _shares(
    model: LetterIdentifier, reading: Reading, words: _Words, firsts: Ints, lasts: Ints, columns: Ints | None = None
) -> Floats:
    """Probabilities of runs of words, of some labels or of all."""
    scripts = model.scripts_by_number(words.scripts[firsts])
    return model.probabilities(reading, firsts, lasts, scripts, columns=columns)


def _runs(course: Ints, blocks: Ints) -> list[tuple[int, int]]:
    """(first word, one past the last) of each stretch of one language, short ones joined to the one before."""
    edges = [*np.flatnonzero(np.diff(np.concatenate(([-1], course)))).tolist(), len(course)]
    runs: list[tuple[int, int]] = []
    for begin, end in pairwise(edges):
        is_whole_block = (begin == 0 or blocks[begin] != blocks[begin - 1]) and (
            end == len(blocks) or blocks[end] != blocks[end - 1]
        )
        if runs and end - begin < _LEAST_WORDS and not is_whole_block:
            runs[-1] = (runs[-1][0], end)
        else:
            runs.append((begin, end))
    return runs


def _segment(identifier: XdataIdentifier, reading: Reading, words: _Words, begin: int, end: int) -> Segment:
    first, last = np.array([begin]), np.array([end])
    counts = np.bincount(np.maximum(words.scripts[begin:end], 0), weights=(words.ends - words.starts)[begin:end])
    scripts = identifier.model.scripts_by_number(np.array([counts.argmax()], dtype=np.int16))
    (found,) = identifier.identifications(identifier.model.probabilities(reading, first, last, scripts))
    return Segment(int(words.starts[begin]), int(words.ends[end - 1]), found.language, found.score)


def _joined(segments: Sequence[Segment], points: npt.NDArray[np.uint32]) -> list[Segment]:
    """Neighbours of one language as one part; signs behind a part belong to it, up to the first blank."""
    blank = np.isin(cp.classes()[points], (cp.SPACE, cp.BREAK))
    found: list[Segment] = []
    for number, segment in enumerate(segments):
        following = segments[number + 1].start if number + 1 < len(segments) else len(points)
        gap = np.flatnonzero(blank[segment.end : following])
        end = segment.end + int(gap[0]) if len(gap) else following
        if found and found[-1].language == segment.language:
            before = found.pop()
            longer = segment if segment.end - segment.start > before.end - before.start else before
            found.append(Segment(before.start, end, segment.language, longer.score))
        else:
            found.append(Segment(segment.start, end, segment.language, segment.score))
    return found
