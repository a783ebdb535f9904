"""How likely it is that one sentence is the translation of another: embeddings, numbers, and words that sound alike.

Cosines of multilingual-e5 lie between 0.75 and 0.95 whatever is compared, and each language has its own floor. What
tells is the margin: how much nearer a sentence is to its translation than to the next best items (Artetxe and Schwenk
2019, arXiv 1811.01136). Beside it stand the numbers of two digits and more, and the words whose consonants agree,
names above all. A logistic model weighs them; `python -m tests.benchmarks.decontamination.weights` fits it, on data
that is no part of what it is measured with.
"""

from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import regex

from xdata.text import code_points as cp
from xdata.text.romanise import skeleton

NEIGHBOURS = 4
"""Items that stand for what is near by chance."""
FEATURES = ("margin", "item_margin", "cosine", "gap", "numbers", "other_numbers", "sound_alikes", "length")
"""
margin         cosine less the mean of the next best items
item_margin    cosine less the mean of the items nearest to the item
cosine         of the sentence and the item
gap            cosine less that of the second best item
numbers        of two digits and more that both have, up to 3
other_numbers  that only one has, up to 3
sound_alikes   words of the sentence whose first four consonants are those of a word of the item, up to 4
length         how many times longer one is than the other, in consonants and digits, as a logarithm to base 2
"""

_NUMBER = regex.compile(r"\d+(?:[.,'\u2019\u066b\u066c\u00a0\u202f]\d+)*")
_WORD = regex.compile(r"[\p{L}\p{M}]+")
_MOST_NUMBERS = 3
_MOST_WORDS = 4
_PREFIX = 4
"""Consonants that two words have in common from their beginning on, when they sound alike."""


def side_evidence(pairs: Iterable[tuple[str, str]]) -> npt.NDArray[np.float64]:
    """(pairs, 4): the features of each pair of sentence and item that no embedding is needed for."""
    rows = [_side(*pair) for pair in pairs]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 4)


def _side(sentence: str, item: str) -> tuple[float, float, float, float]:
    ours, theirs = _facts(sentence), _facts(item)
    longer, shorter = sorted((ours[2] + 1, theirs[2] + 1), reverse=True)
    return (
        min(len(ours[0] & theirs[0]), _MOST_NUMBERS),
        min(len(ours[0] ^ theirs[0]), _MOST_NUMBERS),
        min(len(ours[1] & theirs[1]), _MOST_WORDS),
        float(np.log2(longer / shorter)),
    )


@lru_cache(maxsize=50_000)
def _facts(text: str) -> tuple[frozenset[str], frozenset[bytes], int]:
    """(numbers, beginnings of the consonants of its words, consonants and digits) of a text."""
    beginnings = (skeleton_of_word(word)[:_PREFIX] for word in _WORD.findall(text))
    long = frozenset(beginning for beginning in beginnings if len(beginning) == _PREFIX)
    return numbers_of(text), long, len(skeleton(text))


@lru_cache(maxsize=100_000)
def skeleton_of_word(word: str) -> bytes:
    """As `skeleton`, remembered."""
    return skeleton(word)


def numbers_of(text: str) -> frozenset[str]:
    """Numbers of two digits and more, in ASCII digits, without what parts their digits."""
    folded = cp.folds()[cp.to_array(text)].tobytes().decode("utf-32-le", "replace")
    digits = ("".join(c for c in number if c.isdecimal()) for number in _NUMBER.findall(folded))
    return frozenset(number for number in digits if len(number) > 1)


def probability(
    features: npt.NDArray[np.float64], *, weights: Sequence[float], intercept: float
) -> npt.NDArray[np.float64]:
    """Of each row of `FEATURES`: the logistic of their weighted sum, in [0, 1]."""
    total = features @ np.asarray(weights, dtype=np.float64) + intercept
    chances: npt.NDArray[np.float64] = 1 / (1 + np.exp(-np.clip(total, -50, 50)))
    return chances
