"""Finds where one text is in another: the passage of a document that matches a test item or a duplicate."""

from collections import Counter
from itertools import accumulate

_SHINGLE = 4
"""Characters that are compared at a time; works without words, so in every script."""
_LEAST_SHARE = 0.3
"""Share of the shingles of an item that a passage must contain to be shown as its match."""
_WIDTH = 1.25
"""Length of a passage, in lengths of the item."""


def matching_passage(text: str, item: str) -> str | None:
    """The part of `text` that has most in common with `item`, as long as that; None where they have little in common.

    Matching is by characters, without case and white space; the passage begins and ends between words.
    """
    wanted = Counter(_shingles(item))
    if not wanted or not text:
        return None
    places = [place for place, character in enumerate(text) if not character.isspace()]
    found = _shingles(text)
    hits = [1 if shingle in wanted else 0 for shingle in found]
    width = max(1, min(len(hits), round(_WIDTH * sum(wanted.values()))))
    sums = [0, *accumulate(hits)]
    best = max(range(len(hits) - width + 1), key=lambda start: sums[start + width] - sums[start], default=0)
    if not hits or sums[best + width] - sums[best] < _LEAST_SHARE * sum(wanted.values()):
        return None
    first = next(place for place in range(best, best + width) if hits[place])
    last = next(place for place in range(best + width - 1, best - 1, -1) if hits[place])
    return _whole_words(text, places[first], places[min(last + _SHINGLE - 1, len(places) - 1)] + 1)


def _shingles(text: str) -> list[str]:
    plain = "".join(text.casefold().split()) if len(text.casefold()) == len(text) else "".join(text.split())
    return [plain[start : start + _SHINGLE] for start in range(max(len(plain) - _SHINGLE + 1, min(len(plain), 1)))]


def _whole_words(text: str, start: int, end: int) -> str:
    """A part of a text, without cutting a word of up to 40 characters."""
    while start > 0 and not text[start - 1].isspace() and end - start < len(text) and start > 0:
        start -= 1
        if end - start > 4000:
            break
    while end < len(text) and not text[end].isspace():
        end += 1
        if end - start > 4000:
            break
    return text[start:end].strip()
