"""Messages of programs of Debian, out of compiled gettext catalogues (`.mo`)."""

import struct
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from pathlib import Path

import regex

from xdata.provenance.passages.fitness import without_repeats
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage
from xdata.provenance.passages.translations import Message, fit_passages, language_of

_MAGIC = 0x950412DE
_HEADER_BYTES = 20
_ENTRY_BYTES = 8
_CHARSET = regex.compile(r"charset=([\w-]+)")

_ENOUGH = 1_500_000
"""Characters of a language, in any script, after which it gets no more."""

_NO_TAGS = frozenset(
    {
        "en@shaw",
        "en@piglatin",
        "en@boldquot",
        "en@quot",
        "x-test",
        "tlh",
        "en@arabic",
        "en@hebrew",
        "en@greek",
        "en@cyrillic",
    }
)
"""Names of folders with what nobody writes."""

_PLACES = (
    regex.compile(r".*/(?P<tag>[\w@-]+)/LC_MESSAGES/[^/]+\.mo"),
    regex.compile(r".*/languages/(?:[a-z-]+-)?(?P<tag>[a-z]{2,3}(?:_\w+)?)\.mo"),
)
"""Where catalogues stand, and what there is the tag of the language."""


def passages(cache: Path) -> Iterator[Passage]:
    """The messages of every package of the list, package by package and tag by tag.

    A language that has enough gets no more of later packages.
    """
    yield from without_repeats(_all_passages(cache))


def _all_passages(cache: Path) -> Iterator[Passage]:
    characters: Counter[str] = Counter()
    for package in packages_of("catalogues"):
        catalogues = catalogues_in(unpacked(package, cache))
        skipped = frozenset(tag for tag in catalogues if characters[language_of(tag)] >= _ENOUGH)
        for found in fit_passages(catalogues, package.title, skipped=skipped):
            characters[found.language.split("_")[0]] += len(found.text)
            yield found


def catalogues_in(folder: Path) -> dict[str, list[Message]]:
    """Tag -> the messages of its catalogues in a folder."""
    found: dict[str, list[Message]] = defaultdict(list)
    for path in sorted(folder.rglob("*.mo")):
        tag = _tag_of(path)
        if tag is not None and tag not in _NO_TAGS and path.is_file():
            found[tag] += read_catalogue(path.read_bytes())
    return found


def read_catalogue(content: bytes) -> list[Message]:
    """The messages of a compiled catalogue, each form of a plural by itself; none for what is no catalogue."""
    order = next((order for order in "<>" if content.startswith(struct.pack(f"{order}I", _MAGIC))), None)
    if order is None or len(content) < _HEADER_BYTES:
        return []
    number, originals, translations = struct.unpack(f"{order}3I", content[8:_HEADER_BYTES])
    strings = [
        tuple(_string_at(content, table + _ENTRY_BYTES * at, order) for table in (originals, translations))
        for at in range(number)
    ]
    declared = _CHARSET.search(next((text for source, text in strings if not source), b"").decode("latin-1"))
    decode = _decoder(declared[1] if declared else "utf-8")
    return [
        Message(decode(source).split("\4")[-1].split("\0")[0], form)
        for source, text in strings
        if source
        for form in decode(text).split("\0")
        if form
    ]


def _tag_of(path: Path) -> str | None:
    return next((match["tag"] for place in _PLACES if (match := place.fullmatch(path.as_posix()))), None)


def _string_at(content: bytes, entry: int, order: str) -> bytes:
    length, offset = struct.unpack(f"{order}2I", content[entry : entry + _ENTRY_BYTES])
    return content[offset : offset + length]


def _decoder(charset: str) -> Callable[[bytes], str]:
    try:
        b"".decode(charset)
    except LookupError:
        charset = "utf-8"
    return lambda data: data.decode(charset, errors="replace")
