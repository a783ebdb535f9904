"""Which texts are worth learning from: long enough, mostly letters, and not left in another language."""

import html
from collections.abc import Iterable, Iterator

import regex

from xdata.provenance.passages.passage import Passage, tidy
from xdata.provenance.passages.tags import label

_MIN_CHARACTERS = 12
_MIN_LETTER_SHARE = 0.7
"""Of letters and their marks among what is no blank."""

_PROSE_CHARACTERS = 120
"""From this length a message is running text."""

_MAX_CHARACTERS = 2_000

_NO_TEXT = regex.compile(r"[{}<>|\\=_#^~`@\[\]]|\*\*|//|::|\w\.\w+\(|[a-z][A-Z][a-z]+[A-Z]")
_LETTER = regex.compile(r"[\p{L}\p{M}\u200c\u200d'’]")
_WORD = regex.compile(r"[\p{L}\p{M}'’]+")
_CHOICE = regex.compile(r"\{\s*[\w$]+\s*,\s*(?:plural|select|selectordinal)\s*,")
_ACCELERATOR = regex.compile(r"(?:\([_&]\w\)|(?<![\w])[_&](?=\w)|(?<=\w)[_&](?=\w))")

_EMPTY_QUOTES = regex.compile(r"""'\s*'|"\s*"|«\s*»|“\s*”|„\s*[“”]|‘\s*’|\(\s*\)|（\s*）|「\s*」""")
"""Left where a place holder was."""

_ENGLISH_SHARE = 0.8
"""Share of words that the English messages have too, from which a message counts as English."""

_MIN_WORDS = 3
"""Words of a message that are enough to tell English from other languages by."""


def fit(text: str) -> bool:
    """Whether a tidy text is long enough, mostly letters, and without code."""
    if not _MIN_CHARACTERS <= len(text) <= _MAX_CHARACTERS or _NO_TEXT.search(text):
        return False
    letters = len(_LETTER.findall(text))
    return letters >= _MIN_LETTER_SHARE * sum(not character.isspace() for character in text)


def message_text(text: str) -> str:
    """A message as running text, empty where it is a choice of several."""
    if _CHOICE.search(text):
        return ""
    plain = html.unescape(text)
    tidied = tidy(_ACCELERATOR.sub("", plain) if len(_ACCELERATOR.findall(plain)) == 1 else plain)
    return tidy(_EMPTY_QUOTES.sub(" ", tidied)).strip(" :*%•·-–—\"“”'")


def is_english(text: str, vocabulary: frozenset[str]) -> bool:
    """Whether nearly all words of a text are among those of English messages."""
    words = [word.lower() for word in _WORD.findall(text)]
    return len(words) >= _MIN_WORDS and sum(word in vocabulary for word in words) >= _ENGLISH_SHARE * len(words)


def words_of(texts: Iterable[str]) -> frozenset[str]:
    """The words of some texts, in lower case."""
    return frozenset(word.lower() for text in texts for word in _WORD.findall(text))


def passage(tag: str, text: str, package: str, *, running: bool = False) -> Passage | None:
    """The passage of a tidy text, None where it is not fit or its letters are not those of the language."""
    if not fit(text):
        return None
    language = label(tag, text)
    if language is None:
        return None
    kind = "prose" if running or len(text) >= _PROSE_CHARACTERS else "phrases"
    return Passage(language, text, kind, package)  # type: ignore[arg-type]


def without_repeats(passages: Iterable[Passage]) -> Iterator[Passage]:
    """The first of equal passages of a language."""
    seen: set[tuple[str, str]] = set()
    for found in passages:
        key = (found.language, found.text.casefold())
        if key not in seen:
            seen.add(key)
            yield found
