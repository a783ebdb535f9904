"""How much of a text is no text: what broken decoding, escaping and copying left in it, in any script.

Three kinds of test, each linear in the text. Code points that are never text, and those that are in an impossible
place, by lookup tables over code points. Mojibake by `xdata.text.mojibake`. Escapes and markup by expressions, which
run only where their first character is in the text.

What is impossible was measured on sound text (SIB-200 in 111 languages, the UDHR in 245, Tatoeba in 60): no script
but those of `MOST_MARKS` has more than three marks on a letter; joiners stand at the end of words in Malayalam and
Kannada and between a letter and its mark in Marathi; zero width spaces part words of Khmer and Javanese.
"""

import html.entities
import re
from collections.abc import Callable, Iterator
from functools import cache

import numpy as np
import numpy.typing as npt
import regex

from xdata.text.mojibake import mojibake
from xdata.text.scripts import script_ranges

MOST_MARKS = {"Mymr": 6, "Tibt": 7, "Java": 5, "Bali": 5, "Lana": 6, "Khmr": 5}
"""Script -> marks on one letter. Measured: Burmese 5, Javanese 4, all others 3; one more for Sanskrit and Pali."""
MOST_MARKS_ELSEWHERE = 4

PIECE = 1 << 14
"""Code points that are looked at together, cut after a space: ten times as fast as a megabyte, and in little memory."""

_FAR = 1 << 10
"""Range, backwards, of the search for a space to cut at, or else for a letter without marks."""

Classes = npt.NDArray[np.uint8]
CodePoints = npt.NDArray[np.uint32]
Mask = npt.NDArray[np.bool_]

(_OTHER, _NEVER, _SPACE, _LETTER, _ALPHABETIC, _MARK, _JOINER, _BIDI, _SOFT_HYPHEN, _ZERO_SPACE, _BOM, _TAG) = range(12)
"""Kinds of code points; `_ALPHABETIC` are letters of scripts that never need a zero width space."""

_FIRST = (_LETTER, _ALPHABETIC)
"""What a piece may begin with."""

_PROPERTIES = (
    (_LETTER, r"[\p{L}\p{N}]"),
    (_ALPHABETIC, r"[\p{L}&&[\p{Latin}\p{Greek}\p{Cyrillic}\p{Armenian}\p{Georgian}\p{Hebrew}]]"),
    (_MARK, r"\p{M}"),
    (_SPACE, r"[\p{Z}\t\n\r--\u00a0]"),
    (_NEVER, r"[\p{Cc}\ufff9-\ufffd\u2061-\u2064\u206a-\u206f--[\t\n\r]]"),
    (_JOINER, r"[\u200c\u200d\u2060]"),
    (_BIDI, r"[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]"),
    (_SOFT_HYPHEN, r"\u00ad"),
    (_ZERO_SPACE, r"\u200b"),
    (_BOM, r"\ufeff"),
    (_TAG, r"[\U000e0001-\U000e007f]"),
)
_ELEMENTS = (
    "a abbr address article aside audio b blockquote body br button canvas center cite code dd del div dl dt em embed "
    "fieldset figcaption figure font footer form frame h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins "
    "kbd label li link main meta nav noscript object ol option p param pre q s samp script section select small source "
    "span strike strong style sub sup svg table tbody td textarea tfoot th thead title tr tt u ul video wbr"
)
_TAGS = re.compile(
    rf"<(?:/?(?:{'|'.join(_ELEMENTS.split())})(?:\s[^<>]{{0,1000}})?/?>|!--|!\[CDATA\[|!DOCTYPE[^<>]{{0,200}}>)",
    re.IGNORECASE | re.ASCII,
)
_ENTITIES = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|([a-zA-Z][a-zA-Z0-9]{1,31}));")
_BACKSLASHES = re.compile(
    r"\\(?:u[0-9a-fA-F]{4}|U[0-9a-fA-F]{8}|u\{[0-9a-fA-F]{1,6}\}|x[0-9a-fA-F]{2}(?:\\x[0-9a-fA-F]{2})+"
    r"|[0-3][0-7]{2}(?:\\[0-3][0-7]{2})+)"
)
_PERCENTS = re.compile(r"%[0-9a-fA-F]{2}(?:%[0-9a-fA-F]{2})+")
_BEYOND_ASCII = re.compile(r"(?:%[89a-fA-F].){2}")
"""What a run of percent-escapes must have, or it might be a table of numbers."""
_QUOTED = re.compile(r"=[89A-F][0-9A-F](?:=[89A-F][0-9A-F])+")
_PLAIN = re.compile(r"[\t\n\r -~]*")
_GBK = re.compile(r"锟斤拷|烫烫(?:烫烫)+|屯屯(?:屯屯)+")
"""U+FFFD in UTF-8 read as GBK, and empty memory read as GBK."""


def debris_share(text: str) -> float | None:
    """Share in [0, 1] of the code points of a text that are debris; None for no text."""
    return count_debris(text) / len(text) if text else None


def count_debris(text: str) -> int:
    """Number of code points of a text that are debris, each counted once."""
    return sum(_count(piece, is_start=number == 0) for number, piece in enumerate(_pieces(text)))


def _count(piece: str, *, is_start: bool) -> int:
    escapes = list(_escapes(piece))
    if piece.isascii() and not escapes and _PLAIN.fullmatch(piece):
        return 0
    mask = _misplaced(piece, is_start=is_start)
    for start, end in escapes:
        mask[start:end] = True
    return int(np.count_nonzero(mask))


def _pieces(text: str) -> Iterator[str]:
    """A text in pieces that end with a space where there is one near."""
    start = 0
    while start < len(text):
        end = start + PIECE
        if end < len(text):
            end = _cut(text, end)
        yield text[start:end]
        start = end


def _cut(text: str, end: int) -> int:
    """The last place to cut at before `end`: after a space, else before anything but a mark, else `end`."""
    space = max(text.rfind(" ", end - _FAR, end), text.rfind("\n", end - _FAR, end))
    if space >= 0:
        return space + 1
    table = _table()
    return next((place for place in range(end, end - _FAR, -1) if table[ord(text[place])] in _FIRST), end)


def _escapes(text: str) -> Iterator[tuple[int, int]]:
    """Where escapes and markup are."""
    for sign, expression, is_meant in _EXPRESSIONS:
        if sign in text:
            yield from (match.span() for match in expression.finditer(text) if is_meant(match))


def _is_entity(match: re.Match[str]) -> bool:
    return match[1] is None or f"{match[1]};" in html.entities.html5


def _is_escaped_text(match: re.Match[str]) -> bool:
    return _BEYOND_ASCII.search(match[0]) is not None


def _always(match: re.Match[str]) -> bool:
    return True


_EXPRESSIONS: tuple[tuple[str, re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    ("<", _TAGS, _always),
    ("&", _ENTITIES, _is_entity),
    ("\\", _BACKSLASHES, _always),
    ("%", _PERCENTS, _is_escaped_text),
    ("=", _QUOTED, _always),
    ("斤", _GBK, _always),
    ("烫", _GBK, _always),
    ("屯", _GBK, _always),
)
"""(first sign, what is looked for, whether a match counts). Expressions begin with a sign so that they skip to it."""


def _misplaced(text: str, *, is_start: bool) -> Mask:
    """Which code points are never text, in an impossible place, or mojibake."""
    code_points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    classes = _table().take(code_points, mode="clip")
    present = classes.tobytes()
    mask: Mask = classes == _NEVER
    for kind, test in _TESTS.items():
        if bytes([kind]) in present:
            test(mask, classes, code_points)
    if is_start and classes[0] == _BOM:
        mask[0] = False
    if not text.isascii():
        broken = mojibake(code_points)
        if broken is not None:
            mask |= broken
    return mask


def _before(classes: Classes) -> Classes:
    """The class of the code point before each one; a space before the first."""
    return np.concatenate([np.array([_SPACE], np.uint8), classes[:-1]])


def _after(classes: Classes) -> Classes:
    """The class of the code point after each one; a space after the last."""
    return np.concatenate([classes[1:], np.array([_SPACE], np.uint8)])


def _mark_marks(mask: Mask, classes: Classes, code_points: CodePoints) -> None:
    """Marks after a space, and those that are too many on one letter."""
    marks = classes == _MARK
    mask |= marks & (_before(classes) == _SPACE)
    least = MOST_MARKS_ELSEWHERE + 1
    run = marks[: max(0, len(marks) - least + 1)].copy()
    for offset in range(1, least):
        run &= marks[offset : offset + len(run)]
    if run.any():
        mask |= marks & (_since(marks) > _limits().take(code_points, mode="clip"))


def _since(members: Mask) -> npt.NDArray[np.int64]:
    """How many members in a row end at each position."""
    numbers = np.arange(1, len(members) + 1)
    return numbers - np.maximum.accumulate(np.where(members, 0, numbers))


def _mark_joiners(mask: Mask, classes: Classes, code_points: CodePoints) -> None:
    """Joiners between two spaces, and from the third in a row: Kannada has two."""
    joiners = classes == _JOINER
    mask |= joiners & (_before(classes) == _SPACE) & (_after(classes) == _SPACE)
    mask[2:] |= joiners[2:] & joiners[1:-1] & joiners[:-2]


def _mark_bidi(mask: Mask, classes: Classes, code_points: CodePoints) -> None:
    """Direction marks inside a word."""
    mask |= (classes == _BIDI) & _is_letter(_before(classes)) & _is_letter(_after(classes))


def _mark_soft_hyphens(mask: Mask, classes: Classes, code_points: CodePoints) -> None:
    """Soft hyphens anywhere but inside a word."""
    mask |= (classes == _SOFT_HYPHEN) & ~(_is_letter(_before(classes)) & _is_letter(_after(classes)))


def _mark_zero_spaces(mask: Mask, classes: Classes, code_points: CodePoints) -> None:
    """Zero width spaces with nothing beside them that needs them."""
    idle = np.isin(np.arange(_TAG + 1), (_ALPHABETIC, _SPACE, _ZERO_SPACE))
    mask |= (classes == _ZERO_SPACE) & idle[_before(classes)] & idle[_after(classes)]


def _is_letter(classes: Classes) -> Mask:
    return (classes >= _LETTER) & (classes <= _MARK)


def _mark_tags(mask: Mask, classes: Classes, code_points: CodePoints) -> None:
    """Tag characters that are not part of a flag, which begins with U+1F3F4."""
    tags = classes == _TAG
    bases = np.maximum(np.arange(len(tags)) - _since(tags), 0)
    mask |= tags & (code_points[bases] != 0x1F3F4)


def _mark_bom(mask: Mask, classes: Classes, code_points: CodePoints) -> None:
    """Byte order marks, which belong before the text."""
    mask |= classes == _BOM


_TESTS: dict[int, Callable[[Mask, Classes, CodePoints], None]] = {
    _MARK: _mark_marks,
    _JOINER: _mark_joiners,
    _BIDI: _mark_bidi,
    _SOFT_HYPHEN: _mark_soft_hyphens,
    _ZERO_SPACE: _mark_zero_spaces,
    _BOM: _mark_bom,
    _TAG: _mark_tags,
}


@cache
def _table() -> Classes:
    """The kind of each code point; one without a script is unassigned, private, a surrogate or no character."""
    table = np.full(0x110000, _NEVER, np.uint8)
    for first, last, script in script_ranges():
        table[first : last + 1] = _NEVER if script == "Zzzz" else _OTHER
    assigned = np.flatnonzero(table == _OTHER)
    every = "".join(map(chr, assigned.tolist()))
    for kind, members in _PROPERTIES:
        for match in regex.compile(rf"{members}+", regex.V1).finditer(every):
            table[assigned[match.start() : match.end()]] = kind
    return table


@cache
def _limits() -> npt.NDArray[np.uint8]:
    """The most marks on one letter, of the script of each code point."""
    table = np.full(0x110000, MOST_MARKS_ELSEWHERE, np.uint8)
    for first, last, script in script_ranges():
        table[first : last + 1] = MOST_MARKS.get(script, MOST_MARKS_ELSEWHERE)
    return table
