"""Folds a text to one byte a code point, so that one pattern finds numbers and addresses in every script.

Digits of every script become ASCII digits, full-width letters and signs their ASCII twins, other letters and marks
one of three bytes. Nothing is looked up in Python per letter: a table of 1.1 MB turns an array of code points into
an array of bytes. What cannot be seen (joiners, direction marks, variation selectors, soft hyphens) is left out, so
that it parts no digits; `Shape.span` leads back to the text.
"""

import unicodedata
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

CASED, UNCASED, MARK = b"\xc0", b"\xc1", b"\xc2"
"""A letter of a script with two cases outside ASCII, any other letter outside ASCII, a combining mark."""
CURRENCY, OTHER = b"\xa4", b"\x02"
_INVISIBLE = 0xFF
_ON_DIGITS = "\ufe0f\u20e3"
"""Variation selector and keycap, which make an emoji of a digit; they go with the digit."""
_JOINERS = (0x034F, 0x20E3)


@dataclass(frozen=True)
class Shape:
    """A text with one byte for each code point that can be seen."""

    text: str
    data: bytes
    positions: npt.NDArray[np.int64] | None
    """Code point of each byte; None where nothing was left out."""

    def span(self, start: int, end: int) -> tuple[int, int]:
        """Code points of the text from the first byte to the last; what cannot be seen between them is inside."""
        if self.positions is None:
            return start, end
        last = int(self.positions[end - 1]) + 1
        while last < len(self.text) and self.text[last] in _ON_DIGITS:
            last += 1
        return int(self.positions[start]), last


def fold(text: str) -> Shape:
    """The shape of a text, lone surrogates among it."""
    if text.isascii():
        return Shape(text, text.encode("ascii").translate(_table()[:256].tobytes()), None)
    folded = _table()[np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)]
    seen = folded != _INVISIBLE
    if seen.all():
        return Shape(text, folded.tobytes(), None)
    return Shape(text, folded[seen].tobytes(), np.flatnonzero(seen))


@cache
def _table() -> npt.NDArray[np.uint8]:
    """The byte of every code point; what is unassigned and in the planes of ideographs is taken for a letter."""
    table = np.full(0x110000, OTHER[0], dtype=np.uint8)
    table[0x20000:0x40000] = UNCASED[0]
    for code_point in [*range(0x20000), *range(0xE0000, 0xE0200)]:
        table[code_point] = _byte(code_point)
    return table


_CATEGORIES = {
    "Lu": CASED,
    "Ll": CASED,
    "Lt": CASED,
    "Lo": UNCASED,
    "Lm": UNCASED,
    "Mn": MARK,
    "Mc": MARK,
    "Me": MARK,
    "Zs": b" ",
    "Zl": b"\n",
    "Zp": b"\n",
    "Pd": b"-",
    "Sc": CURRENCY,
    "Cf": b"\xff",
}
"""General category -> byte; others are OTHER."""

_ASCII = {
    "\t": " ",
    **dict.fromkeys("\n\r\v\f\x1c\x1d\x1e\x85", "\n"),
    "\u2212": "-",
    **dict.fromkeys("\u2024\u3002\uff61", "."),
    **dict.fromkeys("\u060c\u3001\u055d", ","),
}
"""Code points outside the rules below and the ASCII that they stand for."""


def _byte(code_point: int) -> int:
    character = chr(code_point)
    if character in _ASCII:
        return ord(_ASCII[character])
    if code_point < 0x80:
        return code_point if code_point >= 0x20 and code_point != 0x7F else OTHER[0]
    digit = unicodedata.decimal(character, None)
    if digit is not None:
        return 0x30 + int(digit)
    category = unicodedata.category(character)
    if code_point in _JOINERS or 0xFE00 <= code_point <= 0xFE0F or code_point >= 0xE0100:
        return _INVISIBLE
    if 0xFE50 <= code_point <= 0xFF5E:  # small and full-width forms
        twin = unicodedata.normalize("NFKC", character)
        if len(twin) == 1 and twin.isascii():
            return ord(twin)
    return _CATEGORIES.get(category, OTHER)[0]
