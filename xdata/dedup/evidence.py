"""How likely it is that one sentence is the translation of another: embeddings, numbers and lengths.

Cosines of multilingual-e5 lie between 0.75 and 0.95 whatever is compared, and each language has its own floor: vectors
are compared in a space without it (`xdata.models.spaces`). The evidence is the margin: how much nearer a sentence is to
an item than to the next best items (Artetxe and Schwenk 2019, arXiv 1811.01136). Numbers of two digits and more, and
lengths, stand beside it. Words that sound alike do not: fitted on 5,300 pairs their weight was next to nothing, since
clean sentences about the same people and places have the same names. A logistic model weighs the evidence; its weights
are in the card of the embedder.
"""

from collections.abc import Iterable
from functools import lru_cache

import numpy as np
import numpy.typing as npt
import regex

from xdata.models.embedder import EmbedderCard
from xdata.text import code_points as cp
from xdata.text.romanise import skeleton

NEIGHBOURS = 4
"""Items that stand for what is near by chance."""
FEATURES = ("margin", "cosine", "other_numbers", "length")
"""
margin         cosine less the mean of the next best items
cosine         of the sentence and the item
other_numbers  numbers of two digits and more that only one of both has, up to 3
length         how many times longer one is than the other, in consonants and digits, as a logarithm to base 2
"""

_NUMBER = regex.compile(r"\d+(?:[.,'\u2019\u066b\u066c\u00a0\u202f]\d+)*")
_MOST_NUMBERS = 3

Floats = npt.NDArray[np.float64]


def side_evidence(pairs: Iterable[tuple[str, str]]) -> Floats:
    """(pairs, 2): the features of each pair of sentence and item that no embedding is needed for."""
    rows = [_side(*pair) for pair in pairs]
    return np.array(rows, dtype=np.float64).reshape(len(rows), 2)


def probabilities(features: Floats, card: EmbedderCard, chances: npt.NDArray[np.int64]) -> Floats:
    """Of each row of `FEATURES` in [0, 1], in thousandths.

    A document of many sentences has as many chances to be blamed: the odds are divided by how many its sentences are.
    More items need nothing of the kind, since the margin falls with them: of 4,186 clean documents of newstest2012 as
    many are near the threshold among 1,440 items as among 240 (5 and 4 within 3 of it in log odds, none above).
    """
    total = features @ np.asarray(card.weights.vector(), dtype=np.float64) + card.intercept - np.log(chances)
    found: Floats = np.round(1 / (1 + np.exp(-np.clip(total, -50, 50))), 3)
    return found


def numbers_of(text: str) -> frozenset[str]:
    """Numbers of two digits and more, in ASCII digits, without what parts their digits."""
    folded = cp.folds()[cp.to_array(text)].tobytes().decode("utf-32-le", "replace")
    digits = ("".join(c for c in number if c.isdecimal()) for number in _NUMBER.findall(folded))
    return frozenset(number for number in digits if len(number) > 1)


def _side(sentence: str, item: str) -> tuple[float, float]:
    ours, theirs = _facts(sentence), _facts(item)
    longer, shorter = sorted((ours[1] + 1, theirs[1] + 1), reverse=True)
    return (
        min(len(ours[0] ^ theirs[0]), _MOST_NUMBERS),
        float(np.log2(longer / shorter)),
    )


@lru_cache(maxsize=50_000)
def _facts(text: str) -> tuple[frozenset[str], int]:
    """(numbers, consonants and digits) of a text."""
    return numbers_of(text), len(skeleton(text))
