"""Arabic presentation forms: letters by their shape at the beginning, middle or end of a word, as old software and PDF
files have them, brought back to letters.

A form is what its compatibility decomposition says (Unicode Standard, 9.2; Annex 15), without the space or tatweel that
carries a mark. Ligatures that stand for whole phrases (U+FDFA, U+FDFB, U+FDFD) and the rial sign are written so today,
and stay.

Where forms stand in visual order, from left to right, an end comes before its beginning: such lines are turned round.
"""

import unicodedata
from functools import cache
from itertools import pairwise

import regex

_FORMS = regex.compile("[\ufb50-\ufdf9\ufe70-\ufefc]")
_STAY = frozenset("\ufdfa\ufdfb\ufdfc\ufdfd\ufd3e\ufd3f")
_CARRIERS = " \u0640"
"""What a form of a mark alone is decomposed with."""
_FOREIGN = r"[\p{Latin}\p{Greek}\p{Cyrillic}\p{Nd}]"
_LEFT_TO_RIGHT = regex.compile(rf"{_FOREIGN}(?:[.,:/%+\-]*{_FOREIGN})*%?")
_MIRRORED = str.maketrans("()[]{}<>«»", ")(][}{><»«")


def has_forms(text: str) -> bool:
    """Whether a text has presentation forms."""
    return _FORMS.search(text) is not None


def to_letters(text: str) -> str:
    """The text with letters in place of presentation forms, in logical order; a second time it changes nothing."""
    if not has_forms(text):
        return text
    return "\n".join(_line(line) if has_forms(line) else line for line in text.split("\n"))


def _line(line: str) -> str:
    return (_turned(line) if _is_visual(line) else line).translate(_table())


def _is_visual(line: str) -> bool:
    """Whether ends of words stand before their beginnings in a line."""
    shapes = [_shape(character) for character in line]
    logical = visual = 0
    for one, two in pairwise(shapes):
        logical += one in ("initial", "medial") and two in ("medial", "final")
        visual += one in ("final", "medial") and two in ("medial", "initial")
    return visual > logical


def _turned(line: str) -> str:
    """A line of visual order in logical order: words of other scripts and numbers stay as they are."""
    turned = line[::-1].translate(_MIRRORED)
    return _LEFT_TO_RIGHT.sub(lambda match: match[0][::-1], turned)


@cache
def _shape(character: str) -> str:
    """`initial`, `medial`, `final` or `isolated`; empty for what is no form."""
    if _FORMS.match(character) is None:
        return ""
    tag = unicodedata.decomposition(character).partition(" ")[0]
    return tag[1:-1] if tag.startswith("<") else ""


@cache
def _table() -> dict[int, str]:
    """Form -> its letters."""
    found = {}
    for point in (*range(0xFB50, 0xFDFA), *range(0xFE70, 0xFEFD)):
        character = chr(point)
        letters = unicodedata.normalize("NFKC", character)
        if letters == character or character in _STAY:
            continue
        marks = letters.lstrip(_CARRIERS)
        found[point] = marks if marks and all(map(unicodedata.combining, marks)) else letters
    return found
