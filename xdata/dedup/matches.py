"""Which documents have which test items in them: pairs of numbers, with a score."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xdata.text.spans import Ints


@dataclass(frozen=True)
class Matches:
    """Pairs of text and item, each once, in order."""

    texts: Ints
    """Number of the text in its batch."""
    items: Ints
    """Number of the item."""
    scores: npt.NDArray[np.float64]
    """How sure it is, in [0, 1]."""

    def __len__(self) -> int:
        return len(self.texts)


def nothing() -> Matches:
    """No pair."""
    return Matches(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.int64), np.empty(0))


def best(texts: Ints, items: Ints, scores: npt.NDArray[np.float64]) -> Matches:
    """Each pair once, with its highest score."""
    order = np.lexsort((-scores, items, texts))
    texts, items, scores = texts[order], items[order], scores[order]
    first = np.ones(len(order), dtype=bool)
    first[1:] = (texts[1:] != texts[:-1]) | (items[1:] != items[:-1])
    return Matches(texts[first], items[first], scores[first])
