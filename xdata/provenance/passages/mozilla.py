"""Messages of Firefox and Thunderbird in the language packs of Debian: Fluent (`.ftl`) and `.properties`.

A pack has English where nobody has translated; the packs of British English tell what that is.
"""

import zipfile
from collections.abc import Iterator
from functools import cache as cached
from pathlib import Path

import regex

from xdata.provenance.passages.fitness import without_repeats
from xdata.provenance.passages.packages import Package, packages_of, unpacked
from xdata.provenance.passages.passage import Passage
from xdata.provenance.passages.translations import English, Message, fit_passages, plain

_TAG = regex.compile(r".*-l10n-(?P<tag>[a-z-]+)")
_OWN_TAGS = {"ff": "fuc", "son": "ses", "gn": "gug"}
"""Tags of languages that Mozilla calls by the name of their macrolanguage."""

_FLUENT = regex.compile(
    r"^(?:-?[a-zA-Z][\w-]*|\s+\.[a-zA-Z][\w-]*|\s+\*?\[\w+\]) *(?:= *)?(?P<text>[^\n]*(?:\n[ \t]++(?![.*\[}])[^\n]+)*)",
    regex.M,
)
_SELECTOR = regex.compile(r"\{[^{}]*->")
_QUOTED = regex.compile(r'\{ *"(?P<text>[^"]*)" *\}')
_PROPERTY = regex.compile(r"^[ \t]*[^#!\s=:][^=:\n]*?[ \t]*[=:][ \t]*(?P<text>(?:[^\n\\]|\\.|\\\n)*)$", regex.M)
_ESCAPE = regex.compile(r"\\(?:u(?P<code>[0-9a-fA-F]{4})|(?P<line>\n[ \t]*)|(?P<other>.))")
_BLANK_ESCAPES = "nrtf"


def passages(cache: Path) -> Iterator[Passage]:
    """The messages of every language pack of the list."""
    english = english_messages(cache)
    yield from without_repeats(
        one
        for package in packages_of("mozilla")
        for one in fit_passages({tag_of(package): _texts_of(package, cache)}, package.title, english=english)
    )


def english_messages(cache: Path) -> English:
    """What the packs of English have."""
    english = (package for package in packages_of("mozilla") if tag_of(package).startswith("en-"))
    return English.of(plain(message.text) for package in english for message in _texts_of(package, cache))


def tag_of(package: Package) -> str:
    """The tag of the language of a pack, from its name."""
    match = _TAG.fullmatch(package.name)
    tag = match["tag"] if match else ""
    return _OWN_TAGS.get(tag, tag)


def messages_in(pack: Path) -> list[Message]:
    """The messages of a language pack, a zip file."""
    found: list[str] = []
    with zipfile.ZipFile(pack) as archive:
        for name in sorted(archive.namelist()):
            if name.endswith(".ftl"):
                found += fluent_messages(archive.read(name).decode("utf-8", errors="replace"))
            elif name.endswith(".properties"):
                found += property_messages(archive.read(name).decode("utf-8", errors="replace"))
    return [Message("", text) for text in found]


def fluent_messages(content: str) -> Iterator[str]:
    """The messages and attributes of a Fluent file, each case of a choice by itself."""
    for match in _FLUENT.finditer(content):
        text = _QUOTED.sub(r"\g<text>", match["text"]).strip()
        if text and not _SELECTOR.search(text):
            yield text


def property_messages(content: str) -> Iterator[str]:
    """The values of a `.properties` file."""
    for match in _PROPERTY.finditer(content):
        yield _ESCAPE.sub(_unescaped, match["text"])


def _unescaped(match: regex.Match[str]) -> str:
    if match["code"]:
        return chr(int(match["code"], 16))
    if match["line"] is not None:
        return ""
    return " " if match["other"] in _BLANK_ESCAPES else str(match["other"])


@cached
def _pack(folder: Path) -> Path:
    return next(folder.rglob("*.xpi"))


def _texts_of(package: Package, cache: Path) -> list[Message]:
    return messages_in(_pack(unpacked(package, cache)))
