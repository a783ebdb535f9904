"""Which words of a text are in a list of flagged words, in scripts with spaces between words and without.

Where spaces part words, a word of the list is found as a whole word, and a phrase as whole words in a row: a part of
a word would flag other words and other languages. Where they do not (Han, kana, Thai, Lao, Khmer, Burmese), it is
found anywhere, as mC4 does: there is no telling where a word ends. Case, and whether letters are composed, make no
difference.
"""

import unicodedata
from collections.abc import Iterable, Mapping
from typing import NamedTuple

import regex

from xdata.text.analysis import words_of
from xdata.text.code_points import UNSPACED_SCRIPTS

_TOO_MANY_MARKS = regex.compile(r"(\p{M}{30})\p{M}+")
"""Beyond the 30 of Stream-Safe Text (UAX #15): putting marks in order takes quadratic time."""


class FlaggedWords(NamedTuple):
    """Words and phrases to look for."""

    phrases: frozenset[tuple[str, ...]]
    """Of scripts with spaces: words in a row."""
    first_words: frozenset[str]
    most_words: int
    """Of the longest phrase."""
    anywhere: "regex.Pattern[str] | None"
    """Those of scripts without."""
    num_words: Mapping[str, int]
    """How many words each of those is."""


def flagged_words(lines: Iterable[str]) -> FlaggedWords:
    """What to look for, of lines with a word or a phrase each; `#` begins a comment line."""
    unspaced = _unspaced()
    folded = {_fold(line.strip()) for line in lines if not line.startswith("#")} - {""}
    anywhere = sorted((word for word in folded if unspaced.search(word)), key=lambda word: (-len(word), word))
    phrases = {tuple(words_of(word)) for word in folded if not unspaced.search(word)} - {()}
    return FlaggedWords(
        frozenset(phrases),
        frozenset(phrase[0] for phrase in phrases),
        max(map(len, phrases), default=0),
        regex.compile(r"\L<words>", words=anywhere) if anywhere else None,
        {word: max(1, len(words_of(word))) for word in anywhere},
    )


def flagged_share(text: str, flagged: FlaggedWords) -> float | None:
    """Share in [0, 1] of the words of a text that are flagged; None for no words.

    The words of a phrase all count, each once; of several phrases at one place the longest.
    """
    folded = _fold(text)
    words = words_of(folded)
    if not words:
        return None
    found = _count_phrases(words, flagged) if flagged.phrases else 0
    if flagged.anywhere is not None:
        found += sum(flagged.num_words[match[0]] for match in flagged.anywhere.finditer(folded))
    return min(1.0, found / len(words))


def _count_phrases(words: list[str], flagged: FlaggedWords) -> int:
    """Number of words that are part of a phrase."""
    found = end = 0
    for start, word in enumerate(words):
        if word in flagged.first_words and start >= end:
            length = _phrase_at(words, start, flagged)
            found, end = found + length, start + length
    return found


def _phrase_at(words: list[str], start: int, flagged: FlaggedWords) -> int:
    """Number of words of the longest phrase that begins at a word, 0 for none."""
    for length in range(min(flagged.most_words, len(words) - start), 0, -1):
        if tuple(words[start : start + length]) in flagged.phrases:
            return length
    return 0


def _fold(text: str) -> str:
    if not text.isascii():
        text = unicodedata.normalize("NFC", _TOO_MANY_MARKS.sub(r"\1", text))
    return text.casefold()


def _unspaced() -> "regex.Pattern[str]":
    members = "".join(rf"\p{{Script={script}}}" for script in UNSPACED_SCRIPTS)
    return regex.compile(rf"[\p{{L}}&&[{members}]]", regex.V1)
