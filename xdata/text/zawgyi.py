"""Zawgyi: Burmese in the order and with the code points of a font, which is not Unicode; and Unicode made of it.

Detected by the Markov model of Google's Myanmar Tools, which tells it from Burmese and from other languages of the
script (Mon, Shan, Karen). Converted by the rules of CLDR's transform `my-t-my-s0-zawgyi`, as Myanmar Tools has them.
"""

import math
import struct
from functools import cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import regex

from xdata.resources import resource
from xdata.text import code_points as cp

_BURMESE = regex.compile("[\u1000-\u109f]")
_LEAST_PROBABILITY = 0.95
_MOST_CHARACTERS = 4000
_MODEL_RANGES = ((0x1000, 0x1040), (0x104A, 0x10A0), (0xAA60, 0xAA80), (0xA9E0, 0xAA00), (0x2000, 0x200C))
_MODEL_POINTS = tuple(point for first, end in _MODEL_RANGES for point in range(first, end))
"""Code points that have a state in the model, in its order: the Myanmar blocks without digits, and spaces."""


class _Rule(NamedTuple):
    pattern: "regex.Pattern[str]"
    replacement: str
    """As `Match.expand` takes it."""
    only_at_start: bool
    """Whether it applies where a line begins, and nowhere else."""
    looks_again: bool
    """Whether later rules apply to what it wrote."""


class _Phase(NamedTuple):
    rules: tuple[_Rule, ...]
    any: "regex.Pattern[str]"
    """What any rule begins with."""


def is_zawgyi(text: str) -> bool:
    """Whether the Burmese letters at the beginning of a text are encoded as Zawgyi."""
    first = _BURMESE.search(text)
    if first is None:
        return False
    return zawgyi_probability(text[first.start() :][:_MOST_CHARACTERS]) >= _LEAST_PROBABILITY


def zawgyi_probability(text: str) -> float:
    """The probability, in [0, 1], that the Burmese letters of a text are Zawgyi; 0 where it has none."""
    points = cp.to_array(text)
    states = np.zeros(len(points) + 2, dtype=np.int64)
    states[1:-1] = _states()[np.minimum(points, len(_states()) - 1)]
    one, two = states[:-1], states[1:]
    inside = (one > 0) | (two > 0)
    if not inside.any():
        return 0.0
    odds = float(_log_odds()[one[inside], two[inside]].sum())
    return 1 / (1 + math.exp(min(odds, 700.0)))


def to_unicode(text: str) -> str:
    """A text in Zawgyi in Unicode; what is not Burmese stays."""
    return "\n".join(_line(line) if _BURMESE.search(line) else line for line in text.split("\n"))


def _line(line: str) -> str:
    for phase in _phases():
        line = _converted(line, phase)
    return line


def _converted(line: str, phase: _Phase) -> str:
    """A line after one phase: at each place all rules are tried in turn, each where the one before left off."""
    place, is_first = 0, True
    while found := phase.any.search(line, place):
        place, is_start, is_first = found.start(), is_first and found.start() == 0, False
        is_changed = False
        for rule in phase.rules:
            match = rule.pattern.match(line, place) if is_start or not rule.only_at_start else None
            if match is not None:
                is_changed = True
                written = match.expand(rule.replacement)
                line = line[:place] + written + line[match.end() :]
                place += 0 if rule.looks_again else len(written)
        place += 0 if is_changed else 1
    return line


@cache
def _phases() -> tuple[_Phase, ...]:
    phases: dict[str, list[_Rule]] = {}
    for row in resource("scripts", "zawgyi.tsv").read_text(encoding="utf-8").splitlines():
        if not row.startswith("#"):
            phase, pattern, replacement, marks = row.split("\t")
            compiled = regex.compile(_unescaped(pattern))
            rule = _Rule(compiled, _unescaped(replacement), "start" in marks, "again" in marks)
            phases.setdefault(phase, []).append(rule)
    return tuple(
        _Phase(tuple(rules), regex.compile("|".join(f"(?:{rule.pattern.pattern})" for rule in rules)))
        for rules in phases.values()
    )


def _unescaped(word: str) -> str:
    """A word with its `\\u1000` as characters."""
    return regex.sub(r"\\u([0-9A-Fa-f]{4})", lambda match: chr(int(match[1], 16)), word)


@cache
def _states() -> npt.NDArray[np.int64]:
    """The state of each code point in the model, from 1; 0 for all that is not in the script."""
    states = np.zeros(max(_MODEL_POINTS) + 2, dtype=np.int64)
    states[list(_MODEL_POINTS)] = np.arange(1, len(_MODEL_POINTS) + 1)
    return states


@cache
def _log_odds() -> npt.NDArray[np.float32]:
    """How much more probable each pair of states is in Unicode than in Zawgyi, as a logarithm.

    A file of Myanmar Tools: two tags with versions, the number of states, and for each of them the number of pairs that
    differ from a common value, that value, and the pairs (big-endian).
    """
    data = resource("models", "zawgyi.dat").read_bytes()
    tag, version, model, (size,) = data[:8], data[8:16], data[16:28], struct.unpack(">h", data[28:30])
    assert (tag, version, model) == (b"UZMODEL ", b"\0\0\0\2\0\0\0\0", b"BMARKOV \0\0\0\0"), (tag, version, model)
    table, place = np.zeros((size, size), dtype=np.float32), 30
    for row in table:
        (count,) = struct.unpack_from(">h", data, place)
        place += 2
        if count:
            row[:] = struct.unpack_from(">f", data, place)
            for column, value in struct.iter_unpack(">hf", data[place + 4 : place + 4 + 6 * count]):
                row[column] = value
            place += 4 + 6 * count
    return table
