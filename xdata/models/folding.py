"""Folding of text for character models: code points without evidence of the language are merged or dropped.

One lookup table over all code points (4.4 MB) does it for a whole text at once. Case, widths and presentation forms
become one; every digit of every script becomes 0; blanks, dashes, quotation marks and symbols become one of each
kind; what is invisible (controls, joiners, direction marks, variation selectors) and the kashida are left out.
"""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

SPACE, DIGIT, DASH, QUOTE, SYMBOL, OTHER = map(ord, ' 0-"\u2605\ue000')
"""Representatives of all blanks, digits, dashes, quotation marks, symbols and code points without a meaning."""
DROPPED = 0x110000
"""What the table has for code points that are left out; beyond all code points."""

_LAST_IRREGULAR = 0x20000
"""From here on there is nothing but ideographs, and beyond those what has no meaning."""
_AFTER_IDEOGRAPHS = 0x40000
_QUOTES = frozenset("\"'`\u00b4\u02b9\u02bb\u02bc\u02bd\u02be\u02bf\u05f3\u05f4\ua78b\ua78c\uff02\uff07")
_LEFT_OUT = frozenset({0x0640, 0x034F, 0x115F, 0x1160, 0x3164, *range(0x180B, 0x1810), *range(0xFE00, 0xFE10)})
_BY_CATEGORY = {
    "Nd": DIGIT,
    "Zs": SPACE,
    "Zl": SPACE,
    "Zp": SPACE,
    "Pd": DASH,
    "Pi": QUOTE,
    "Pf": QUOTE,
    "So": SYMBOL,
    "Sk": SYMBOL,
    "Cc": DROPPED,
    "Cf": DROPPED,
    "Cn": OTHER,
    "Co": OTHER,
    "Cs": OTHER,
}


@cache
def fold_table() -> npt.NDArray[np.uint32]:
    """Code point -> its representative, or `DROPPED`."""
    table = np.arange(0x110000, dtype=np.uint32)
    table[:_LAST_IRREGULAR] = [_fold_one(code_point) for code_point in range(_LAST_IRREGULAR)]
    table[_AFTER_IDEOGRAPHS:] = OTHER
    table[0xE0000:0xE0200] = DROPPED  # tags and variation selectors
    ends = np.append(table, np.uint32(DROPPED))
    for _ in range(2):  # what a letter is folded to may fold further
        table = ends[table]
    return table


def _fold_one(code_point: int) -> int:
    if code_point in _LEFT_OUT:
        return DROPPED
    character = chr(code_point)
    if character.isspace():
        return SPACE
    if character in _QUOTES:
        return QUOTE
    kind = _BY_CATEGORY.get(unicodedata.category(character))
    return _fold_letter(character) if kind is None else kind


def _fold_letter(character: str) -> int:
    """The letter in its plainest form that is one code point."""
    for form in (unicodedata.normalize("NFKC", character).casefold(), character.casefold(), character.lower()):
        if len(form) == 1:
            return ord(form)
    return ord(character)
