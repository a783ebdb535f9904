"""The parts of texts in one language each: texts are read in pieces, many small ones together, large ones cut."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from xdata.languages import CHINESE, CHINESE_OF_EITHER
from xdata.models.identifier import excerpt
from xdata.models.language import Identification, XdataIdentifier, by_characters
from xdata.models.segments.parts import Parts
from xdata.models.segments.segment import Segment, joined
from xdata.text.scripts import han_variety

MOST_UNITS = 8_192
"""Units, and texts, that are judged at a time; a piece of text that has more is cut."""
_PIECE = 1 << 17
"""Code points that are read at a time, about."""
_Group = list[tuple[int, int, int]]
"""(number of the text, first code point, one past the last) of each of some pieces."""


def find_segments(text: str, identifier: XdataIdentifier, *, language: str | None = None) -> list[Segment]:
    """As `segments_of`, of one text."""
    return segments_of([text], identifier, languages=[language])[0]


def segments_of(
    texts: Sequence[str], identifier: XdataIdentifier, *, languages: Sequence[str | None] | None = None
) -> list[list[Segment]]:
    """The parts of each text in order, none overlapping; together they have every word, and neighbours differ.

    `languages` is the known main language of each text: then a segment is in another one
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
            found[number] = joined([*found[number], *in_script])
    return found


def _by_characters(part: Segment, text: str, language: str | None) -> Segment:
    """Chinese in the script that its own characters tell, as documents are; that of the text where they tell none.

    If the script of Chinese is ambiguous, all Chinese is in the language of the text.
    """
    if part.language not in CHINESE:
        return part
    piece = text[part.start : part.end]
    if language == CHINESE_OF_EITHER or (language in CHINESE and han_variety(excerpt(piece)) is None):
        return replace(part, language=language)
    return replace(part, language=by_characters(Identification(part.language, part.score), piece).language)


def _read(identifier: XdataIdentifier, texts: Sequence[str], group: _Group) -> "Iterator[tuple[_Group, Parts]]":
    """A group with its parts, or its halves, and so on, where it has more units than are judged at a time."""
    parts = Parts(identifier, [texts[number][start:end] for number, start, end in group])
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
