"""Which parts of a text are in which language.

A text is read once. Its units, some words of one sentence and one script, say which languages there may be. Only
those stay that explain units which no other of them does, so that a language for which some units of a close
relative are taken is not among them. Where more than one stays, each word is judged by the words beside it, among
those languages alone, and the best course over all words is taken, a change costing more inside of a sentence than
at its end (Viterbi 1967).
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from xdata.models.identifier import Floats, Reading, excerpt
from xdata.models.language import (
    ABSTAINS_BELOW,
    CHINESE,
    CHINESE_OF_EITHER,
    LEAST_SHARE,
    Identification,
    XdataIdentifier,
    by_characters,
)
from xdata.models.letters import word_scripts
from xdata.text import code_points as cp
from xdata.text.code_points import Trait
from xdata.text.scripts import CJK, cjk_script, han_variety, main_scripts, script_numbers, scripts_of
from xdata.text.spans import Ints, cumulated

UNIT_WORDS = 12
"""Words of a unit, at most."""
LEAST_LETTERS = 40
"""Letters of units that a language wins, to come into question; an ideograph or syllable sign counts as three."""
MOST_UNITS = 8_192
"""Units, and texts, that are judged at a time; a piece of text that has more is cut."""
MOST_LANGUAGES = 8
"""Of one piece of text."""

_AROUND = 2
"""Words on either side by which a word is judged."""
_LEAST_WORDS, _LEAST_RUN = 3, 12
"""Words and letters that are a part of their own; less, as a name or a title, belongs to what it stands in."""
_UNEXPLAINED = 0.01
"""Probability of a unit or a word in any language: foreign names, misspellings."""
_CHANGE_INSIDE, _CHANGE_AT_END, _CHANGE_AT_LINE = 18.0, 6.0, 3.0
"""Cost of a change of language, in nats."""
_ROUNDS = 12
_ALIKE = 0.15
"""Mean probability of a language, of the two alone, where another one wins, from which it stands for that."""
_TAKEN = 25.0
_SURE = 0.3
"""Least probability by which a part is said to be in another language than the most of its text."""
_BLOCK = 1 << 10
"""Runs whose probabilities are computed at a time."""
_PIECE = 1 << 17
"""Code points that are read at a time, about."""
_WIDE = 3
"""What an ideograph counts."""
_LETTERS_OF = {"Jpan": "Hira", "Kore": "Hang"}
"""Script that is mixed with Han -> the script that no other has."""


_Group = list[tuple[int, int, int]]
"""(number of the text, first code point, one past the last) of each of some pieces."""


@dataclass(frozen=True)
class Segment:
    """`text[start:end]`, in code points, is in one language."""

    start: int
    end: int
    language: str | None
    """`iso639-3_Script`, None where that cannot be said."""
    score: float
    """Probability of the language, in [0, 1], rounded to 4 decimals."""


def find_segments(text: str, identifier: XdataIdentifier, *, language: str | None = None) -> list[Segment]:
    """As `segments_of`, of one text."""
    return segments_of([text], identifier, languages=[language])[0]


def segments_of(
    texts: Sequence[str], identifier: XdataIdentifier, *, languages: Sequence[str | None] | None = None
) -> list[list[Segment]]:
    """The parts of each text in order, none overlapping; together they have every word, and neighbours differ.

    `languages` says which language each text is known to be in, for the most part: then a part is in another one
    only where it is sure that it is not in that.
    """
    known = [None] * len(texts) if languages is None else languages
    found: list[list[Segment]] = [[] for _ in texts]
    read = (each for group in _groups(texts) for each in _read(identifier, texts, group))
    for group, parts in read:
        for index, (number, start, _) in enumerate(group):
            shifted = [
                replace(part, start=part.start + start, end=part.end + start)
                for part in parts.segments(index, known[number])
            ]
            in_script = [_by_characters(part, texts[number], known[number]) for part in shifted]
            found[number] = _joined([*found[number], *in_script])
    return found


def _by_characters(part: Segment, text: str, language: str | None) -> Segment:
    """Chinese in the script that its own characters tell, as documents are; that of the text where they tell none.

    All Chinese is in the language of a text of which nothing tells its script.
    """
    if part.language not in CHINESE:
        return part
    piece = text[part.start : part.end]
    if language == CHINESE_OF_EITHER or (language in CHINESE and han_variety(excerpt(piece)) is None):
        return replace(part, language=language)
    return replace(part, language=by_characters(Identification(part.language, part.score), piece).language)


def _read(identifier: XdataIdentifier, texts: Sequence[str], group: _Group) -> "Iterator[tuple[_Group, _Parts]]":
    """A group with its parts, or its halves, and so on, where it has more units than are judged at a time."""
    parts = _Parts(identifier, [texts[number][start:end] for number, start, end in group])
    halves = _halves(texts, group) if parts.num_units > MOST_UNITS else ()
    if not halves:
        yield group, parts
    del parts
    for half in halves:
        yield from _read(identifier, texts, half)


def _halves(texts: Sequence[str], group: _Group) -> tuple[_Group, ...]:
    """Two halves of a group: of its pieces, or of its one piece; none where that cannot be cut."""
    middle = len(group) // 2
    if middle:
        return group[:middle], group[middle:]
    number, start, end = group[0]
    cut = _cut(texts[number], start + (end - start) // 4, (start + end) // 2)
    return ([(number, start, cut)], [(number, cut, end)]) if start < cut < end else ()


def _groups(texts: Sequence[str]) -> Iterator[_Group]:
    """The pieces of texts that are read together."""
    group: _Group = []
    size = 0
    for number, text in enumerate(texts):
        for start, end in pairwise(_cuts(text)):
            if group and (size + end - start > _PIECE or len(group) == MOST_UNITS):
                yield group
                group, size = [], 0
            group.append((number, start, end))
            size += end - start
    if group:
        yield group


def _cuts(text: str) -> list[int]:
    """Where a text is cut to be read: at paragraphs if it has some, else at lines or blanks, else anywhere."""
    cuts = [0]
    while len(text) - cuts[-1] > _PIECE:
        middle, last = cuts[-1] + _PIECE // 2, cuts[-1] + _PIECE
        cuts.append(_cut(text, middle, last))
    return [*cuts, len(text)]


def _cut(text: str, first: int, last: int) -> int:
    """The last place between two at which a text is best cut."""
    return next((at + 1 for sign in ("\n\n", "\n", " ") if (at := text.rfind(sign, first, last)) >= 0), last)


@dataclass(frozen=True)
class _Words:
    """The words of some texts."""

    starts: Ints
    ends: Ints
    letters: Ints
    """How much each word weighs."""
    scripts: npt.NDArray[np.int16]
    changes: npt.NDArray[np.bool_]
    """Whether a line, a sentence or a run of one script begins with the word."""
    costs: npt.NDArray[np.float64]
    """Of a change of language before the word."""


def _words(points: npt.NDArray[np.uint32], reading: Reading) -> _Words:
    starts, ends = reading.words.starts, reading.words.ends
    if not len(starts):
        return _Words(starts, ends, starts, starts.astype(np.int16), starts.astype(bool), starts.astype(np.float64))
    breaks = cumulated(cp.classes()[points] == cp.BREAK)
    terminals = cumulated(cp.has(cp.traits()[points], Trait.TERMINAL))
    scripts = word_scripts(reading.words)
    lines, ended = np.ones((2, len(starts)), dtype=bool)
    lines[1:] = breaks[starts[1:]] > breaks[ends[:-1]]
    ended[1:] = terminals[starts[1:]] > terminals[ends[:-1]]
    changes = lines | ended
    changes[1:] |= scripts[1:] != scripts[:-1]
    costs = np.select([lines, ended], [_CHANGE_AT_LINE, _CHANGE_AT_END], _CHANGE_INSIDE)
    is_wide = scripts == script_numbers(("Hani",))[0]
    return _Words(starts, ends, (ends - starts) * np.where(is_wide, _WIDE, 1), scripts, changes, costs)


class _Parts:
    """The parts of some texts that were read together. Columns are labels of the model, and one more for none."""

    def __init__(self, identifier: XdataIdentifier, texts: Sequence[str]) -> None:
        self._model = identifier.model
        self._labels = tuple(identifier.names())
        self._reading = self._model.read(texts)
        points = cp.to_array("\n".join(texts))
        self._words = _words(points, self._reading)
        self._blanks = np.isin(cp.classes()[points], (cp.SPACE, cp.BREAK))
        offsets = self._reading.words.text_offsets
        self._whole_scripts = main_scripts(texts)
        self._units = units = _units(self._words.changes)
        self._unit_scripts = _unit_scripts(points, self._words, units)
        self._scripts = np.repeat(self._unit_scripts, np.diff(units))
        self._unit_offsets = np.searchsorted(units, offsets)
        self._letters = np.diff(cumulated(self._words.letters)[units]).astype(np.float32)

    @property
    def num_units(self) -> int:
        return len(self._units) - 1

    @cached_property
    def _wholes(self) -> Floats:
        """Probabilities of each text: (texts, columns)."""
        offsets = self._reading.words.text_offsets
        return self._of_runs(offsets[:-1], offsets[1:], self._whole_scripts)

    @cached_property
    def _shares(self) -> Floats:
        """Probabilities of each unit: (units, columns)."""
        scripts = self._model.scripts_by_number(self._unit_scripts)
        return self._of_runs(self._units[:-1], self._units[1:], scripts)

    @cached_property
    def _best(self) -> Ints:
        best: Ints = self._shares.argmax(axis=1)
        return best

    def segments(self, number: int, language: str | None) -> list[Segment]:
        """The parts of one text."""
        first, last = self._reading.words.text_offsets[number : number + 2].tolist()
        if first == last:
            return []
        own = self._own(number, language)
        columns = self._languages(slice(*self._unit_offsets[number : number + 2].tolist()), own)
        if len(columns) == 1:
            named = [self._whole(number, first, last, own)]
        else:
            runs = _runs(self._course(first, last, columns), first, columns)
            named = self._named(_without_names(runs, cumulated(self._words.letters)), own)
        if own is None and language is not None:
            named = self._renamed(named, language)
        return self._placed(number, named)

    def _own(self, number: int, language: str | None) -> int | None:
        """Column of the language that a text is known to be in; of Chinese of either script, the likelier one."""
        names = [code for code in (CHINESE if language == CHINESE_OF_EITHER else (language,)) if code is not None]
        columns = [self._labels.index(code) for code in names if code in self._labels]
        return max(columns, key=lambda column: float(self._wholes[number, column]), default=None)

    def _languages(self, units: slice, own: int | None) -> Ints:
        """Columns of the languages of some units, ascending."""
        best = self._best[units]
        if (best == (best[0] if own is None else own)).all():
            return np.array([best[0]], dtype=np.int64)
        shares, letters = self._shares[units], self._letters[units]
        won = np.bincount(best, weights=letters, minlength=len(self._labels))
        total = letters @ shares
        likely = np.union1d(np.flatnonzero(won >= LEAST_LETTERS), total.argmax())
        if own is not None:
            likely = np.union1d(likely, own)
        likely = _explaining(shares[:, likely], letters, likely)
        likely = _unlike(shares[:, likely], letters, likely, own)
        found = {*likely.tolist(), *self._of_other_scripts(units, likely)}
        if own is not None:
            found.add(own)
        most = sorted(found, key=lambda column: -float(total[column]))[:MOST_LANGUAGES]
        return np.array(sorted(most))

    def _of_other_scripts(self, units: slice, columns: Ints) -> list[int]:
        """The most probable language of each script that none of the languages is in."""
        shares, letters, scripts = self._shares[units], self._letters[units], self._unit_scripts[units]
        found = []
        without = shares[:, columns].sum(axis=1) == 0
        for script in np.unique(scripts[without]).tolist():
            own = scripts == script
            if float(letters[own].sum()) >= _LEAST_RUN and not shares[own][:, columns].any():
                found.append(int((letters[own] @ shares[own]).argmax()))
        return found

    def _course(self, first: int, last: int, columns: Ints) -> Ints:
        """Number of the column of each word, from `first` up to `last`."""
        words = self._words
        places = np.arange(first, last)
        edges = np.flatnonzero(words.changes[first:last]) + first
        block = np.searchsorted(edges, places, side="right")
        begins = np.maximum(places - _AROUND, edges[block - 1])
        ends = np.minimum(places + _AROUND + 1, np.append(edges, last)[block])
        scripts = self._model.scripts_by_number(self._scripts[first:last])
        near = self._of_runs(begins, ends, scripts, columns)
        return best_course(np.log(near + _UNEXPLAINED), words.costs[first:last])

    def _whole(self, number: int, first: int, last: int, own: int | None) -> "_Run":
        shares = self._wholes[number]
        column = int(shares.argmax())
        if own is not None and self._is_unsure(shares, column, own):
            column = own
        elif own is None and shares[column] < ABSTAINS_BELOW:
            return _Run(first, last, None, float(shares[column]))
        return _Run(first, last, self._labels[column], float(shares[column]))

    def _named(self, runs: Sequence[tuple[int, int, int]], own: int | None) -> "list[_Run]":
        """Runs with their languages: that of the most of the text, or another where that is sure."""
        letters = cumulated(self._words.letters)
        sizes: dict[int, int] = defaultdict(int)
        for first, last, column in runs:
            sizes[column] += int(letters[last] - letters[first])
        main = max(sizes, key=lambda column: sizes[column]) if own is None else own
        firsts, lasts = np.array([run[:2] for run in runs]).T
        scripts = [self._script(column) or self._scripts_of_word(first) for first, _, column in runs]
        shares = self._of_runs(firsts, lasts, scripts)
        named = []
        for (first, last, column), script, row in zip(runs, scripts, shares, strict=True):
            if self._is_unsure(row, column, main):
                column = main if self._script(main) == script else len(row) - 1
            named.append(_Run(first, last, self._labels[column], float(row[column])))
        return named

    def _is_unsure(self, shares: Floats, column: int, own: int) -> bool:
        return bool(shares[own] >= LEAST_SHARE or shares[column] < _SURE)

    def _renamed(self, runs: "Sequence[_Run]", language: str) -> "list[_Run]":
        """Runs of the language that most of the text of its script is said to be in as of one that the model lacks."""
        sizes: dict[str | None, int] = defaultdict(int)
        for run in runs:
            sizes[run.language] += run.last - run.first
        script = language.split("_")[-1]
        own = max(
            (label for label in sizes if label is not None and label.endswith(f"_{script}")),
            key=lambda label: sizes[label],
            default=None,
        )
        return [replace(run, language=language) if own is not None and run.language == own else run for run in runs]

    def _placed(self, number: int, runs: "Sequence[_Run]") -> list[Segment]:
        """Runs of words as parts of their text, with the signs that touch them."""
        runs = _merged(runs)
        offset = int(self._reading.words.text_starts[number])
        following = self._reading.words.text_starts[number + 1 : number + 2].tolist()
        end = (following[0] - 1 if following else len(self._blanks)) - offset
        blanks = self._blanks[offset : offset + end]
        starts = [int(self._words.starts[run.first]) - offset for run in runs]
        ends = [int(self._words.ends[run.last - 1]) - offset for run in runs]
        placed, done = [], 0
        for run, begin, stop, behind in zip(runs, starts, ends, [*starts[1:], end], strict=True):
            before = np.flatnonzero(blanks[done:begin])
            begin = done + int(before[-1]) + 1 if len(before) else done
            after = np.flatnonzero(blanks[stop:behind])
            done = stop + int(after[0]) if len(after) else behind
            placed.append(Segment(begin, done, run.language, round(min(1.0, run.score), 4)))
        return placed

    def _script(self, column: int) -> str | None:
        """Script of the label of a column, None where it names none."""
        return self._model.labels[column].split("_")[1] if column < len(self._model.labels) else None

    def _scripts_of_word(self, word: int) -> str | None:
        return self._model.scripts_by_number(self._scripts[word : word + 1])[0]

    def _of_runs(self, firsts: Ints, lasts: Ints, scripts: Sequence[str | None], columns: Ints | None = None) -> Floats:
        """Probabilities of runs of words, of some columns or of all; without a script that is known, no language's."""
        num = len(self._model.labels)
        wanted = None if columns is None else columns[columns < num]
        shares = np.zeros((len(firsts), num + 1 if columns is None else len(columns)), dtype=np.float32)
        known = num if wanted is None else len(wanted)
        for first in range(0, len(firsts), _BLOCK):
            rows = slice(first, first + _BLOCK)
            shares[rows, :known] = self._model.probabilities(
                self._reading, firsts[rows], lasts[rows], scripts[rows], columns=wanted
            )
        if known < shares.shape[1]:
            lacking = {script for script in set(scripts) if not self._model.has_script(script)}
            shares[:, known] = [script in lacking for script in scripts]
        return shares


@dataclass(frozen=True)
class _Run:
    """Words in a row that are in one language."""

    first: int
    last: int
    language: str | None
    score: float


def _units(changes: npt.NDArray[np.bool_]) -> Ints:
    """First word of each unit; one more for the end."""
    edges = np.flatnonzero(changes)
    lengths = np.diff(np.append(edges, len(changes)))
    pieces = -(-lengths // UNIT_WORDS)
    within = np.arange(int(pieces.sum())) - np.repeat(np.cumsum(pieces) - pieces, pieces)
    starts = np.repeat(edges, pieces) + within * np.repeat(lengths, pieces) // np.repeat(pieces, pieces)
    return np.append(starts, len(changes))


def _unit_scripts(points: npt.NDArray[np.uint32], words: _Words, units: Ints) -> npt.NDArray[np.int16]:
    """Number of the script of each unit: of Korean that of Hangul, of Japanese that of Hiragana, as of whole texts."""
    scripts = words.scripts[units[:-1]]
    is_cjk = np.flatnonzero(scripts == script_numbers(("Hani",))[0])
    if len(is_cjk):
        numbers = scripts_of(points)
        starts, ends = words.starts[units[is_cjk]], words.ends[units[is_cjk + 1] - 1]
        sums = {code: cumulated(numbers == script_numbers((code,))[0]) for code in CJK}
        counts = np.stack([sums[code][ends] - sums[code][starts] for code in CJK], axis=1).tolist()
        codes = [_LETTERS_OF.get(cjk_script(dict(zip(CJK, row, strict=True))), "Hani") for row in counts]
        scripts[is_cjk] = [script_numbers((code,))[0] for code in codes]
    return scripts


def _explaining(shares: Floats, letters: Floats, columns: Ints) -> Ints:
    """The columns that explain LEAST_LETTERS of letters that no other of them does, or the best one.

    Shares of a mixture by expectation and maximisation, from each of which LEAST_LETTERS are taken away.
    """
    weights = letters @ shares / letters.sum()
    for _ in range(_ROUNDS):
        if len(columns) == 1:
            break
        mixed = shares * weights
        explained = letters @ (mixed / (mixed.sum(axis=1, keepdims=True) + np.float32(_UNEXPLAINED)))
        stays = explained >= _TAKEN
        stays[explained.argmax()] = True
        shares, columns = shares[:, stays], columns[stays]
        weights = np.maximum(explained[stays] - _TAKEN, 1.0) / letters.sum()
    return columns


def _unlike(shares: Floats, letters: Floats, columns: Ints, own: int | None) -> Ints:
    """The columns without those that stand for a greater one: where they win, it is not much less probable.

    So a text in one of some close relatives is not cut to pieces among them.
    """
    while len(columns) > 1:
        won = shares.argmax(axis=1)
        sizes = np.bincount(won, weights=letters, minlength=len(columns))
        if own is not None:
            sizes[columns == own] = np.inf
        stays = np.ones(len(columns), dtype=bool)
        for column in np.argsort(sizes, kind="stable")[:-1].tolist():
            weights = letters * (won == column)
            other = shares / (shares + shares[:, [column]] + np.float32(1e-9))
            alike = weights @ other / max(float(weights.sum()), 1.0)
            if (alike[sizes > sizes[column]] >= _ALIKE).any():
                stays[column] = False
                break
        if stays.all():
            break
        shares, columns = shares[:, stays], columns[stays]
    return columns


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


def _runs(course: Ints, first: int, columns: Ints) -> list[tuple[int, int, int]]:
    """(first word, one past the last, column) of each stretch of one language."""
    edges = [*np.flatnonzero(np.diff(course, prepend=-1)).tolist(), len(course)]
    return [(first + begin, first + end, int(columns[course[begin]])) for begin, end in pairwise(edges)]


def _without_names(runs: Sequence[tuple[int, int, int]], letters: Ints) -> list[tuple[int, int, int]]:
    """Runs of which those that are too short join the one before, the first ones the one behind."""
    found: list[tuple[int, int, int]] = []
    waiting: int | None = None
    for first, last, column in runs:
        if last - first < _LEAST_WORDS and int(letters[last] - letters[first]) < _LEAST_RUN:
            if found:
                found[-1] = (found[-1][0], last, found[-1][2])
            elif waiting is None:
                waiting = first
        else:
            found.append((first if waiting is None else waiting, last, column))
            waiting = None
    return found or [(runs[0][0], runs[-1][1], runs[0][2])]


def _merged(runs: Sequence[_Run]) -> list[_Run]:
    """Neighbours of one language as one, with the score of the longer."""
    found: list[_Run] = []
    for run in runs:
        if found and found[-1].language == run.language:
            before = found.pop()
            longer = max(before, run, key=lambda each: each.last - each.first)
            run = _Run(before.first, run.last, run.language, longer.score)
        found.append(run)
    return found


def _joined(segments: Sequence[Segment]) -> list[Segment]:
    """Neighbours of one language as one part, with the score of the longer."""
    found: list[Segment] = []
    for segment in segments:
        if found and found[-1].language == segment.language:
            before = found.pop()
            longer = max(before, segment, key=lambda each: each.end - each.start)
            segment = Segment(before.start, segment.end, segment.language, longer.score)
        found.append(segment)
    return found
