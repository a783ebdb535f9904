"""Finds mojibake: UTF-8 that was decoded as a one-byte encoding, in text of any script.

Two sequences in a row that would be valid UTF-8 in one of these encodings do not come by chance (`Ð¼Ð¸`, `Ø§Ù„`,
`à¤•à¤¾`, `Рјрё`): all eight encodings are looked for at once, as bits of lookup tables over code points. A sequence
that stands alone, as accented Latin letters and quotes do (`cafÃ©`, `donâ€™t`), is accepted only where it decodes to
such a letter or quote and its neighbours would be odd: `Spaß”` and `«CITÉ»` are valid UTF-8 by chance.
"""

import codecs
from collections.abc import Iterator
from functools import cache, lru_cache
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

ENCODINGS = ("cp1252", "cp1250", "cp1251", "cp1253", "cp1254", "cp1257", "mac_roman", "cp437")
"""What UTF-8 is taken for, most frequent first: by Windows of the West, of Central Europe, Cyrillic, Greek, Turkish,
Baltic, by the old Macintosh and by DOS."""

Mask = npt.NDArray[np.bool_]
Bits = npt.NDArray[np.uint8]

_LENGTHS = (2, 3, 4)
_CLOSERS = frozenset("’‘”“„‚–—…»«›‹\u00a0°ºª¹²³®™©·§¶†‡•")
"""What may stand after an accented letter in sound text, in any language."""
_SIGNS = frozenset([*range(0x2010, 0x2028), *range(0x2030, 0x203B), 0x2044, *range(0x20A0, 0x20C0), 0x2116, 0x2122])
_LATIN = frozenset([*range(0x80, 0x250), *range(0x250, 0x2B0), *range(0x1E00, 0x1F00), *range(0xFB00, 0xFB03)])
_EUROPEAN = frozenset([*range(0xA0, 0x180), *range(0x1E00, 0x1F00)])
_MARKS = frozenset({0xFEFF, 0xFFFD})
_ELISION = "’"
"""The first of two bytes for Mac OS Roman, and before an accented letter in every line of French (l’été): left out,
which costs Armenian that was read so."""
_ALONE = np.array([0, 0, 0xFF, 0xFF, 0b1], np.uint8)
"""By length, the encodings in which a sequence may stand alone."""


class _Tables(NamedTuple):
    """The encodings, as bits, in which a code point is such a byte of UTF-8; 0xFFFF represents all above it."""

    leads: tuple[Bits, Bits, Bits]
    """First of two, three, four bytes."""
    rest: Bits
    """Any byte but the first."""


class _Sequences(NamedTuple):
    """Runs of code points that are valid UTF-8 in some encoding, in order."""

    starts: npt.NDArray[np.int64]
    lengths: npt.NDArray[np.int64]
    bits: Bits
    """The encodings, as bits."""


def mojibake(code_points: npt.NDArray[np.uint32]) -> Mask | None:
    """Which code points are part of mojibake; None where none is."""
    if not _may_be_broken(code_points):
        return None
    found = _sequences(code_points)
    believed = _paired(found)
    for number in np.flatnonzero(~believed & (found.bits & _ALONE[found.lengths] > 0)).tolist():
        before, sequence, after = _around(code_points, int(found.starts[number]), int(found.lengths[number]))
        believed[number] = _is_believed(before, sequence, after, bits=int(found.bits[number]))
    mask = np.zeros(len(code_points), dtype=bool)
    for length in _LENGTHS:
        for offset in range(length):
            mask[found.starts[believed & (found.lengths == length)] + offset] = True
    return mask if believed.any() else None


def _may_be_broken(code_points: npt.NDArray[np.uint32]) -> bool:
    """Whether there is any sequence, or the start of one of four, found with half the work of `_sequences`."""
    two, three = (table.take(code_points, mode="clip") for table in _starts())
    rest = two[1:] & 0xFF
    return bool(((two[:-1] >> 8) & rest).any() or ((three[:-2] >> 8) & rest[:-1] & rest[1:]).any())


def _sequences(code_points: npt.NDArray[np.uint32]) -> _Sequences:
    tables = _tables()
    rest = tables.rest.take(code_points, mode="clip")
    starts, bits = [], []
    for length, table in zip(_LENGTHS, tables.leads, strict=True):
        valid = table.take(code_points[: max(0, len(rest) - length + 1)], mode="clip")
        for offset in range(1, length):
            valid &= rest[offset : offset + len(valid)]
        starts.append(np.flatnonzero(valid))
        bits.append(valid[starts[-1]])
    lengths = np.repeat(_LENGTHS, [len(some) for some in starts])
    every = np.concatenate(starts)
    order = np.argsort(every, kind="stable")
    return _Sequences(every[order], lengths[order], np.concatenate(bits)[order])


def _paired(found: _Sequences) -> Mask:
    """The sequences that are adjacent to another one of the same encoding."""
    starts, lengths, bits = found
    paired = np.zeros(len(starts), dtype=bool)
    if len(starts) < 2 or np.diff(starts).min() > max(_LENGTHS):
        return paired
    ends = starts + lengths
    follows = np.minimum(np.searchsorted(starts, ends), len(starts) - 1)
    joined = np.flatnonzero((starts[follows] == ends) & (bits & bits[follows] > 0))
    paired[joined] = True
    paired[follows[joined]] = True
    return paired


@lru_cache(maxsize=1 << 14)
def _is_believed(before: str, sequence: str, after: str, *, bits: int) -> bool:
    """Whether an isolated sequence is mojibake: by what it decodes to, and by its context."""
    for number, encoding in _encodings(bits):
        stands_for = _decoded(sequence, encoding)
        if stands_for in _SIGNS and len(sequence) == 3:
            return True
        if number == 0 and stands_for in _MARKS:
            return True
        if number == 0 and (stands_for in _LATIN or len(sequence) == 4) and _is_odd(before, sequence, after):
            return True
        if number > 0 and stands_for in _EUROPEAN and _is_foreign(before, sequence, after):
            return True
    return False


def _is_odd(before: str, sequence: str, after: str) -> bool:
    """Whether letters and signs stand together as no orthography has them."""
    lead, rest, last = sequence[0], sequence[1:], sequence[-1]
    own_letters = sequence.isalpha() and lead not in "ÂÃÄÅ"  # Turkmen has words in Çž
    inside = after.islower() and not before.isupper() and last not in "’‘" and not own_letters
    if (lead.isupper() and before.islower()) or inside:
        return True
    if all(sign in _CLOSERS for sign in rest):
        alone = before.isspace() or before.isdigit()
        return lead in "ÂÃ" and (alone if last in "’”–—…»›" else not before.isupper())
    if any(sign.isalpha() for sign in rest):
        return lead in "ÂÃ" or (lead.islower() and any(sign.isupper() or sign in "ƒˆ" for sign in rest))
    return True


def _is_foreign(before: str, sequence: str, after: str) -> bool:
    """Whether a sequence is in a word of small ASCII letters where no sign of its encoding can be."""
    lead = sequence[0]
    if before.isascii() and before.islower():
        return lead.isupper() or not lead.isalpha() or not all(sign in _CLOSERS for sign in sequence[1:])
    follows = after.isascii() and after.islower() and not before.isupper()
    own_letters = sequence.isalpha() and lead < "\u0370"  # Romanian has words in Ăş
    return follows and (lead in "├┬√¬" or (lead.isupper() and not own_letters))


def _around(code_points: npt.NDArray[np.uint32], start: int, length: int) -> tuple[str, str, str]:
    """What is before a sequence, itself, and what is after it; a space where the text ends."""
    some = "".join(map(chr, code_points[max(0, start - 1) : start + length + 1].tolist()))
    some = some if start else f" {some}"
    return some[0], some[1 : length + 1], some[length + 1 :] or " "


def _encodings(bits: int) -> Iterator[tuple[int, str]]:
    return ((number, name) for number, name in enumerate(ENCODINGS) if bits >> number & 1)


def _decoded(sequence: str, encoding: str) -> int:
    """The code point that a sequence decodes to, -1 for none."""
    data = bytes(_bytes(encoding)[sign] for sign in sequence)
    try:
        return ord(data.decode("utf-8"))
    except (UnicodeDecodeError, TypeError):  # too long a form, a surrogate
        return -1


@cache
def _bytes(encoding: str) -> dict[str, int]:
    """The upper half of an encoding; bytes that it leaves free are C1 controls, as browsers have it."""
    found = {chr(byte): byte for byte in range(0x80, 0xA0)}
    for byte in range(0x80, 0x100):
        try:
            found[codecs.decode(bytes([byte]), encoding)] = byte
        except UnicodeDecodeError:
            found.setdefault(chr(byte), byte)
    return found


@cache
def _tables() -> _Tables:
    two, three, four, rest = (np.zeros(0x10000, np.uint8) for _ in range(4))
    for number, encoding in enumerate(ENCODINGS):
        for sign, byte in _bytes(encoding).items():
            table = _table_of(byte, two, three, four, rest)
            if table is not None and not (sign == _ELISION and table is two):
                table[ord(sign)] |= 1 << number
    return _Tables((two, three, four), rest)


@cache
def _starts() -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16]]:
    """First bytes of two, and of more, in the upper half of each number; all other bytes in the lower half."""
    two, three, four = (table.astype(np.uint16) for table in _tables().leads)
    return (two * 256 + _tables().rest).astype(np.uint16), ((three | four) * 256).astype(np.uint16)


def _table_of(byte: int, two: Bits, three: Bits, four: Bits, rest: Bits) -> Bits | None:
    """The table of what a byte is in UTF-8 (RFC 3629)."""
    if 0x80 <= byte < 0xC0:
        return rest
    if 0xC2 <= byte < 0xE0:
        return two
    if 0xE0 <= byte < 0xF0:
        return three
    return four if 0xF0 <= byte < 0xF5 else None
