"""Texts that are one to a reader, whatever bytes they came in: canonical equivalence, and signs that nobody sees.

Unicode writes many letters in two ways, `é` as one code point or two; NFC (Unicode Standard Annex 15) is the one form.
To bring every text into it costs more than to hash it: in Indic scripts Python looks at 25 MB a second. So code points
are looked at in one array first, and only a text that may not be in the form is brought into it.
"""

import unicodedata
from functools import cache

import numpy as np
import numpy.typing as npt

from xdata.text import code_points as cp

INVISIBLE = "\u00ad\u061c\u180e\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
"""Signs that nobody sees and that make no other word: soft hyphen, zero width space and no-break space, word joiner,
marks of direction. ZWJ, ZWNJ and variation selectors are none of them: they change what is read or how it is joined."""

_DIRECT, _SECOND, _MARK, _FIRST = 1, 2, 4, 8
"""Is written otherwise in NFC or is left out; may be one with what stands before; has an order among marks; may be one
with what follows."""
_DECOMPOSED_BELOW = 0x30000
"""Above are no code points that anything is one with, and no marks."""
_HANGUL, _HANGUL_END, _ENDS = 0xAC00, 0xD7A4, 28
_LEADS, _VOWELS, _TAILS = range(0x1100, 0x1113), range(0x1161, 0x1176), range(0x11A8, 0x11C3)

_TO_NOTHING = dict.fromkeys(map(ord, INVISIBLE))


def canonical(text: str) -> str:
    """The text in NFC, without signs that nobody sees."""
    return unicodedata.normalize("NFC", text.translate(_TO_NOTHING))


def may_differ(points: npt.NDArray[np.uint32]) -> npt.NDArray[np.bool_]:
    """At which of some code points a text may not be `canonical`; one without any such is."""
    kinds = _kinds()[points]
    before = np.append(np.zeros(1, dtype=np.uint8), kinds[:-1])
    joins = (kinds & _SECOND != 0) & (before & (_FIRST | _MARK) != 0)
    found: npt.NDArray[np.bool_] = (kinds & _DIRECT != 0) | joins
    marks = np.flatnonzero(kinds & before & _MARK)
    found[marks] |= _orders()[points[marks]] < _orders()[points[marks - 1]]
    return found


@cache
def _orders() -> npt.NDArray[np.uint8]:
    """The canonical combining class of each code point: marks of one letter stand in ascending order of it."""
    orders = np.zeros(cp.NUM_CODE_POINTS, dtype=np.uint8)
    orders[:_DECOMPOSED_BELOW] = [unicodedata.combining(chr(point)) for point in range(_DECOMPOSED_BELOW)]
    return orders


@cache
def _kinds() -> npt.NDArray[np.uint8]:
    """What each code point is here, as bits."""
    kinds = np.where(_orders() > 0, _MARK, 0).astype(np.uint8)
    for point in range(_DECOMPOSED_BELOW):
        character = chr(point)
        parts = unicodedata.decomposition(character)
        if not parts or parts.startswith("<"):
            continue
        if unicodedata.normalize("NFC", character) != character:
            kinds[point] |= _DIRECT
        else:
            first, second = (int(part, 16) for part in parts.split())
            kinds[first] |= _FIRST
            kinds[second] |= _SECOND
            if kinds[second] & _MARK:  # a mark behind it may belong before the one that is in it
                kinds[point] |= _FIRST
    kinds[[*_LEADS, *range(_HANGUL, _HANGUL_END, _ENDS)]] |= _FIRST
    kinds[[*_VOWELS, *_TAILS]] |= _SECOND
    kinds[list(map(ord, INVISIBLE))] |= _DIRECT
    return kinds
