"""Texts that are translated from English, and which of them are fit to learn from.

What was left in English is left out, and so is what a package has under several languages: names and formulas, and
texts of a language that translators fall back on.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import regex

from xdata.provenance.passages.fitness import is_english, message_text, passage, words_of
from xdata.provenance.passages.passage import Passage
from xdata.provenance.passages.tags import meant_by

_MOST_MARKS = 1
"""Marks of accelerators that a message may have; one with more is code."""

_ACCELERATOR = regex.compile(r"\s*\([_&~]\w\)|[~&_](?=\w)")
_ENTITY = regex.compile(r"&(?:[a-zA-Z]{2,8}|#\d+);")
_PARAGRAPH = regex.compile(r"\n\s*\n|\n(?=\s*[-*•] )")

_SENTENCE_END = regex.compile(r"(?<=[.!?:]) |\n")
_MIN_WORDS = 5
"""Words of a sentence that is told apart from the rest of its text."""

_NEAR_ENGLISH = frozenset({"sco", "pcm", "jam", "enm", "ang"})
"""Languages whose words are largely English ones."""

_LATIN = regex.compile(r"[a-zA-Z]{2}")

_FALLBACKS = frozenset({"fra", "spa", "rus", "por", "deu", "ita", "nld", "ind", "zho", "hin"})
"""Languages that messages are left in where nobody has translated them into a smaller one."""

_MOST_LANGUAGES = 3
"""Languages that one text may be found under in a package; one under more is of no language."""

_LEAST_SHARE = 0.2
"""Share of a tag's passages that a script needs."""


@dataclass(frozen=True)
class Message:
    """A text, and what it was translated from: empty where a file does not say."""

    source: str
    text: str
    running: bool = False
    """Whether it is running text, however short."""


@dataclass(frozen=True)
class English:
    """What is known to be English."""

    texts: frozenset[str]
    words: frozenset[str]

    @classmethod
    def of(cls, texts: Iterable[str]) -> "English":
        """From some English texts."""
        distinct = frozenset(texts)
        return cls(distinct, words_of(distinct))


def english_in(messages: Mapping[str, Sequence[Message]]) -> English:
    """The sources of some messages, and those under English tags."""
    return English.of(
        plain(text)
        for tag, found in messages.items()
        for message in found
        for text in ((message.source, message.text) if language_of(tag) == "eng" else (message.source,))
    )


def fit_passages(
    messages: Mapping[str, Sequence[Message]],
    title: str,
    *,
    english: English | None = None,
    skipped: frozenset[str] = frozenset(),
) -> Iterator[Passage]:
    """What is fit of some messages by tag, in the order of tags, as passages of a package.

    `english` is by default what the messages themselves have of it; tags that are `skipped` only tell what others
    have of their languages.
    """
    known = english or english_in(messages)
    shared = _found_in_many(messages)
    fallen_back_on = frozenset(
        plain(message.text) for tag, found in messages.items() if language_of(tag) in _FALLBACKS for message in found
    )
    for tag in sorted(messages.keys() - skipped):
        language = language_of(tag)
        others = shared if language in _FALLBACKS else shared | fallen_back_on
        distinct = {message.text: message for message in reversed(messages[tag])}
        translated = (
            message
            for message in reversed(distinct.values())
            if language == "eng" or not _is_left(message, language, known, others)
        )
        yield from _of_usual_scripts([found for message in translated for found in _parts(tag, message, title)])


def plain(text: str) -> str:
    """A text without the mark of an accelerator."""
    if not any(mark in text for mark in "_&~"):
        return text.strip()
    if len(_ACCELERATOR.findall(text)) > _MOST_MARKS or _ENTITY.search(text):
        return text.strip()
    return _ACCELERATOR.sub("", text).strip()


def _parts(tag: str, message: Message, title: str) -> Iterator[Passage]:
    text = plain(message.text)
    for part in _PARAGRAPH.split(text) if "\n" in text else [text]:
        found = passage(tag, message_text(part), title, running=message.running)
        if found is not None:
            yield found


def _is_left(message: Message, language: str, english: English, others: frozenset[str]) -> bool:
    text = plain(message.text)
    if text in english.texts or text in others or text == plain(message.source):
        return True
    return language not in _NEAR_ENGLISH and _LATIN.search(text) is not None and _has_english(text, english)


def _has_english(text: str, english: English) -> bool:
    """Whether a text is English, or a longer sentence of it."""
    if is_english(text, english.words):
        return True
    sentences = _SENTENCE_END.split(text)
    return len(sentences) > 1 and any(
        len(sentence.split()) >= _MIN_WORDS and is_english(sentence, english.words) for sentence in sentences
    )


def _of_usual_scripts(passages: Sequence[Passage]) -> Iterator[Passage]:
    """Those of a script that enough of them are in: the others have more names of products than words."""
    numbers = Counter(found.language for found in passages)
    for found in passages:
        if numbers[found.language] >= _LEAST_SHARE * len(passages):
            yield found


def _found_in_many(messages: Mapping[str, Iterable[Message]]) -> frozenset[str]:
    """Texts that more languages have than can share a message."""
    languages: dict[str, set[str]] = defaultdict(set)
    for tag, found in messages.items():
        for message in found:
            languages[plain(message.text)].add(language_of(tag))
    return frozenset(text for text, under in languages.items() if len(under) > _MOST_LANGUAGES)


def language_of(tag: str) -> str:
    """The ISO 639-3 code that a tag stands for; the tag itself where it tells no language."""
    return (meant_by(tag) or tag).split("_")[0]
