"""The languages of the parts of some texts that are read together."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property

import numpy as np

from xdata.languages import CHINESE, CHINESE_OF_EITHER
from xdata.models.identifier import Floats
from xdata.models.language import ABSTAINS_BELOW, LEAST_SHARE, XdataIdentifier
from xdata.models.segments.candidates import LEAST_LETTERS, UNEXPLAINED, explaining, unlike
from xdata.models.segments.course import LEAST_RUN, Run, best_course, merged, runs_of, without_names
from xdata.models.segments.segment import Segment
from xdata.models.segments.words import unit_scripts, units_of, words_of
from xdata.text import code_points as cp
from xdata.text.scripts import main_scripts
from xdata.text.spans import Ints, cumulated

MOST_LANGUAGES = 8
"""Of one piece of text."""
_AROUND = 2
"""Words on either side by which a word is judged."""
_SURE = 0.3
"""Smallest probability of a segment in another language than the main one of its text."""
_BLOCK = 1 << 10
"""Runs whose probabilities are computed at a time."""


class Parts:
    """The parts of some texts that were read together. Columns are labels of the model, and one more for none."""

    def __init__(self, identifier: XdataIdentifier, texts: Sequence[str]) -> None:
        self._model = identifier.model
        self._labels = tuple(identifier.names())
        self._reading = self._model.read(texts)
        points = cp.to_array("\n".join(texts))
        self._words = words_of(points, self._reading)
        self._blanks = np.isin(cp.classes()[points], (cp.SPACE, cp.BREAK))
        offsets = self._reading.words.text_offsets
        self._whole_scripts = main_scripts(texts)
        self._units = units = units_of(self._words.changes)
        self._unit_scripts = unit_scripts(points, self._words, units)
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
            runs = runs_of(self._course(first, last, columns), first, columns)
            named = self._named(without_names(runs, cumulated(self._words.letters)), own)
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
        likely = explaining(shares[:, likely], letters, likely)
        likely = unlike(shares[:, likely], letters, likely, own)
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
            if float(letters[own].sum()) >= LEAST_RUN and not shares[own][:, columns].any():
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
        return best_course(np.log(near + UNEXPLAINED), words.costs[first:last])

    def _whole(self, number: int, first: int, last: int, own: int | None) -> "Run":
        shares = self._wholes[number]
        column = int(shares.argmax())
        if own is not None and self._is_unsure(shares, column, own):
            column = own
        elif own is None and shares[column] < ABSTAINS_BELOW:
            return Run(first, last, None, float(shares[column]))
        return Run(first, last, self._labels[column], float(shares[column]))

    def _named(self, runs: Sequence[tuple[int, int, int]], own: int | None) -> "list[Run]":
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
            named.append(Run(first, last, self._labels[column], float(row[column])))
        return named

    def _is_unsure(self, shares: Floats, column: int, own: int) -> bool:
        return bool(shares[own] >= LEAST_SHARE or shares[column] < _SURE)

    def _renamed(self, runs: "Sequence[Run]", language: str) -> "list[Run]":
        """Reassigns runs of the main language of a script to a language that the model lacks."""
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

    def _placed(self, number: int, runs: "Sequence[Run]") -> list[Segment]:
        """Runs of words as parts of their text, with the signs that touch them."""
        runs = merged(runs)
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
