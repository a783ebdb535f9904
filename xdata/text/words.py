"""Words of any script, cheaply: what deduplication shingles and what a minimum of text is counted in.

Where spaces part words, a word is a run of letters, marks, digits, joiners and word-internal apostrophes. Where
they do not (Han, kana, Thai, Lao, Khmer, Burmese), every letter with its marks is a token of its own, and the
number of words is estimated from the mean letters in a word that ICU's dictionaries find in the UDHR.
"""

from collections.abc import Collection
from functools import cache

import regex

from xdata.resources import resource
from xdata.yaml_files import read_yaml

APOSTROPHES = "'\u2019\u02bc\u02bb\u02b9\u055a\ua78c"
"""Apostrophes and the letters that look like them: part of a word where a letter stands on both sides."""

JOINERS = "\u200c\u200d"
"""ZWNJ and ZWJ: part of a word, as Persian, Sinhala and Malayalam write them."""


def tokens(text: str) -> list[str]:
    """The words of `text` as they stand; of scripts without spaces each letter with its marks."""
    found: list[str] = _tokens().findall(text)
    return found


def count_words(text: str, *, num_tokens: int, scripts: Collection[str]) -> int:
    """Number of words in a text in some `scripts`, with `num_tokens` of `tokens(text)`; estimated without spaces."""
    if num_tokens == 0:
        return 0
    estimate, letters = 0.0, 0
    for script, mean in letters_per_word().items():
        if script in scripts:
            num = len(_letters(script).findall(text))
            letters += num
            estimate += num / mean
    return num_tokens - letters + round(estimate)


@cache
def letters_per_word() -> dict[str, float]:
    """Mean letters in a word, of each script that puts no space between words."""
    facts = read_yaml(resource("scripts", "unspaced.yaml"))
    return {str(script): float(mean) for script, mean in facts["letters_per_word"].items()}


@cache
def _tokens() -> "regex.Pattern[str]":
    unspaced = "".join(f"\\p{{Script={script}}}" for script in sorted(letters_per_word()))
    spaced = rf"[[\p{{L}}\p{{M}}\p{{N}}{JOINERS}]--[\p{{L}}&&[{unspaced}]]]"
    single = rf"[\p{{L}}&&[{unspaced}]][\p{{M}}{JOINERS}]*"
    return regex.compile(rf"{single}|{spaced}+(?:[{APOSTROPHES}]{spaced}+)*", regex.V1)


@cache
def _letters(script: str) -> "regex.Pattern[str]":
    return regex.compile(rf"[\p{{L}}&&\p{{Script={script}}}]", regex.V1)
