"""Texts to read, of Debian: sayings (fortunes), texts to type (Klavaro) and the lessons of Vim's tutor.

Klavaro's texts are by the people of a language, the sayings and proverbs too: what is not about computers is here.
"""

from collections.abc import Iterator
from pathlib import Path

import regex

from xdata.provenance.passages.fitness import passage, without_repeats
from xdata.provenance.passages.packages import Package, packages_of, unpacked
from xdata.provenance.passages.passage import Passage, tidy

_TYPED = regex.compile(r".*/share/klavaro/(?P<tag>[a-z]{2}(?:_\w+)?)\.paragraphs")
_LESSONS = regex.compile(r".*/tutor\.(?P<tag>[a-z]{2,3}(?:_\w+)?)\.utf-8")
_SAYINGS = regex.compile(r".*/games/fortunes/(?P<tag>[a-z]+)(?:/[^./]+(?:\.fortunes)?)?")

_OWN_TAGS = {"brasil": "pt", "cz": "cs", "no": "nb"}
"""Names of folders and files that are no tag, or not that of their language."""

_SLOVAK = regex.compile(r".*/(?:sk/\w+|\w+-sk)")
"""Sayings in Slovak among the Czech ones."""

_SOURCE = regex.compile(r"\n\s*(?:--|—|\[|\().*", regex.S)
"""Who said it, at the end of a saying."""

_NUMBER = regex.compile(r"^\d+\.\s*")
_SENTENCE_END = regex.compile(r"(?<=[.!?…།۔।؟]) ")
_MAX_CHARACTERS = 1_000
"""Of a piece of a longer text."""


def passages(cache: Path) -> Iterator[Passage]:
    """The texts of every package of the list, file by file."""
    yield from without_repeats(
        one for package in packages_of("readings") for one in passages_in(unpacked(package, cache), package)
    )


def passages_in(folder: Path, package: Package) -> Iterator[Passage]:
    """The texts of a package, file by file."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and not path.is_symlink():
            for tag, text in texts_in(path):
                found = (passage(tag, piece, package.title, running=True) for piece in _pieces(tidy(text)))
                yield from (one for one in found if one is not None)


def texts_in(path: Path) -> Iterator[tuple[str, str]]:
    """The tag and the text of each piece of a file; none for a file of another kind."""
    place = path.as_posix()
    for kind, split in ((_TYPED, _paragraphs), (_LESSONS, _lessons), (_SAYINGS, _sayings)):
        match = kind.fullmatch(place)
        if match is not None:
            tag = "sk" if _SLOVAK.fullmatch(place) else _OWN_TAGS.get(match["tag"], match["tag"])
            yield from ((tag, text) for text in split(path.read_text(encoding="utf-8", errors="replace")))
            return


def _pieces(text: str) -> Iterator[str]:
    """A text as pieces that are not too long, cut where a sentence ends."""
    piece = ""
    for sentence in _SENTENCE_END.split(text):
        if piece and len(piece) + len(sentence) > _MAX_CHARACTERS:
            yield piece
            piece = ""
        piece = f"{piece} {sentence}".strip()
    yield piece


def _paragraphs(content: str) -> list[str]:
    return regex.split(r"\n\s*\n|\n", content)


def _lessons(content: str) -> list[str]:
    """Paragraphs without the lines that are to be edited, which start with `--->`."""
    parts = (part.strip() for part in regex.split(r"\n\s*\n", content))
    return [_NUMBER.sub("", part) for part in parts if "--->" not in part and "~~~" not in part]


def _sayings(content: str) -> list[str]:
    return [_SOURCE.sub("", part.strip()) for part in regex.split(r"^%\s*$", content, flags=regex.M)]
