"""What is left of text when script, vowels and spelling habits are taken off: its consonants and digits, in order.

People who write Hindi or Arabic in Latin letters choose vowels freely, double what they hear long, and have
`c` or `k` for one sound. The consonants stay. Digits inside of words in Latin letters are vowels or marks to those who
write `2al be7ar`, and are left out. So each character becomes no, one or several of 22 values, by a table
of how uroman romanises it; `Москва`, `Moskva` and `Moscow` are all m-s-k and what follows. A table does
thirty million characters a second, uroman itself some twenty thousand.

This project uses the universal romanizer software 'uroman' written by Ulf Hermjakob, USC Information Sciences
Institute (2015-2020).
"""

import gzip
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from xdata.resources import resource
from xdata.text import code_points as cp
from xdata.text.spans import Ints, cumulated

BITS = 5
"""That hold one value, from 1 on."""

_SOUNDS = ("b", "p", "dt", "g", "kqcx", "j", "sz", "f", "m", "n", "l", "r")
"""Letters that are one value each; vowels, `h`, `v`, `w` and `y`, which come and go, are none."""
_DIGITS = "0123456789"
_MOST = 8
"""Values that one character may have."""


@dataclass(frozen=True)
class Skeletons:
    """The values of some ranges of code points."""

    values: npt.NDArray[np.uint8]
    """1 to 22, of all ranges in order."""
    bounds: Ints
    """Range i has the values from `bounds[i]` to before `bounds[i + 1]`."""


def skeletons(points: npt.NDArray[np.uint32], starts: Ints, ends: Ints) -> Skeletons:
    """The values of ascending ranges that do not overlap; the same value twice in a row counts once."""
    table, _ = _table()
    lengths = num_values(points)
    before = cumulated(lengths)
    values = np.repeat(points, lengths)
    places = np.arange(len(values)) - np.repeat(before[:-1], lengths)
    found = table[values, places]
    inside = np.zeros(len(found) + 1, dtype=np.int64)
    np.add.at(inside, before[starts], 1)
    np.add.at(inside, before[ends], -1)
    wanted = np.cumsum(inside[:-1]) > 0
    again = np.zeros(len(found), dtype=bool)
    again[1:] = (found[1:] == found[:-1]) & (found[1:] < _digit_value())
    begins = before[starts]
    again[begins[begins < len(found)]] = False
    keep = wanted & ~again
    kept = cumulated(keep)
    bounds = np.append(kept[before[starts]], kept[before[ends[-1]]] if len(ends) else 0)
    return Skeletons(found[keep], bounds)


def num_values(points: npt.NDArray[np.uint32]) -> Ints:
    """How many values each code point has where it stands, repeated ones among them."""
    lengths = _table()[1][points]
    lower = points | np.uint32(0x20)
    latin = np.zeros(len(points) + 2, dtype=bool)
    latin[1:-1] = (lower >= ord("a")) & (lower <= ord("z"))
    digits = (points >= ord("0")) & (points <= ord("9"))
    return np.where(digits & (latin[:-2] | latin[2:]), 0, lengths)


def skeleton(text: str) -> bytes:
    """The values of one text."""
    points = cp.to_array(text)
    return skeletons(points, np.array([0]), np.array([len(points)])).values.tobytes()


def _digit_value() -> int:
    return len(_SOUNDS) + 1


@cache
def _values() -> dict[str, int]:
    """Letter of ASCII -> its value."""
    found = {letter: number for number, letters in enumerate(_SOUNDS, start=1) for letter in letters}
    return found | {digit: number for number, digit in enumerate(_DIGITS, start=_digit_value())}


@cache
def _table() -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.int64]]:
    """(values of each code point, how many they are)."""
    table = np.zeros((cp.NUM_CODE_POINTS, _MOST), dtype=np.uint8)
    for letters, characters in _romanised():
        values = [_values()[letter] for letter in letters if letter in _values()]
        values = [value for place, value in enumerate(values) if place == 0 or value != values[place - 1]][:_MOST]
        points = [ord(character) for character in characters]
        table[points, : len(values)] = values
    return table, (table > 0).sum(axis=1)


def _romanised() -> list[tuple[str, str]]:
    """(letters of ASCII, all characters that are romanised so)."""
    lines = gzip.decompress(resource("scripts", "romanised.tsv.gz").read_bytes()).decode().splitlines()
    rows = [line.split("\t") for line in lines if not line.startswith("#")]
    ascii_letters = "abcdefghijklmnopqrstuvwxyz" + _DIGITS
    return [*((letters, characters) for letters, characters in rows)] + [
        (letter, letter + letter.upper()) for letter in ascii_letters
    ]
