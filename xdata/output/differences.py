"""Differences of two texts, word by word: what sets a near duplicate apart from the document that is kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher

import regex

_TOKEN = regex.compile(
    r"(?:[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}\p{Lao}\p{Khmer}\p{Myanmar}\p{Tibetan}]\p{M}*|\w+|\S) ?"
)
"""Words, and single characters of scripts without spaces between words; with the space that follows."""
_CONTEXT = 6
"""Tokens shown before and after a difference."""
_MAX_TOKENS = 2000
"""Tokens compared behind the common beginning, since time grows with their square."""


@dataclass(frozen=True)
class Difference:
    """One place where two texts differ."""

    before: str
    """A few words before it, of both texts."""
    removed: str
    """What only the first text has; may be empty."""
    added: str
    """What only the second text has; may be empty."""
    after: str


def differences(first: str, second: str) -> tuple[Difference, ...]:
    """The places where two texts differ, in order; white space of any length is equal.

    Texts are compared up to 2,000 words behind what they begin with alike and before what they end with alike.
    """
    one, other = _tokens(first), _tokens(second)
    left, right = _keys(one), _keys(other)
    start = _common(left, right)
    end = _common(left[start:][::-1], right[start:][::-1])
    left, right = left[start : len(left) - end][:_MAX_TOKENS], right[start : len(right) - end][:_MAX_TOKENS]
    found = []
    for kind, a, a_end, b, b_end in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            place, place_end = start + a, start + a_end
            before, after = one[max(place - _CONTEXT, 0) : place], one[place_end : place_end + _CONTEXT]
            parts = (before, one[place:place_end], other[start + b : start + b_end], after)
            found.append(Difference(*("".join(part) for part in parts)))
    return tuple(found)


def _tokens(text: str) -> list[str]:
    return _TOKEN.findall(" ".join(text.split()))


def _keys(tokens: Sequence[str]) -> list[str]:
    """What is compared of tokens: all but the space."""
    return [token.rstrip(" ") for token in tokens]


def _common(first: Sequence[str], second: Sequence[str]) -> int:
    """Number of tokens that two sequences begin with alike."""
    pairs = enumerate(zip(first, second, strict=False))
    return next((place for place, (a, b) in pairs if a != b), min(len(first), len(second)))
