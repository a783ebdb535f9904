"""Ranges of code points in the texts of a batch, kept as arrays: lines, paragraphs, sentences, tokens."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Spans:
    """Half-open ranges in ascending order, and which of them belong to which text."""

    starts: Ints
    ends: Ints
    bounds: Ints
    """Text i has the ranges from `bounds[i]` to before `bounds[i + 1]`."""

    def __len__(self) -> int:
        return len(self.starts)

    @staticmethod
    def within(starts: Ints, ends: Ints, text_starts: Ints) -> "Spans":
        """Ranges of texts that begin at `text_starts`."""
        return Spans(starts, ends, np.append(np.searchsorted(starts, text_starts), len(starts)))

    @cached_property
    def lengths(self) -> Ints:
        """Code points of each range."""
        return self.ends - self.starts

    @cached_property
    def counts(self) -> Ints:
        """Ranges of each text."""
        return np.diff(self.bounds)

    @cached_property
    def texts(self) -> Ints:
        """Number of the text of each range."""
        return np.repeat(np.arange(len(self.counts)), self.counts)

    def select(self, mask: npt.NDArray[np.bool_]) -> "Spans":
        """Those ranges for which `mask` is true."""
        if mask.all():
            return self
        return Spans(self.starts[mask], self.ends[mask], cumulated(mask)[self.bounds])

    def sums(self, values: npt.NDArray[Any]) -> Ints:
        """Sum for each text of one whole number or truth for each range."""
        return np.diff(cumulated(values)[self.bounds])

    def shares(self, values: npt.NDArray[Any]) -> npt.NDArray[np.float64]:
        """As `sums`, divided by the number of ranges; 0 for a text without any."""
        return self.sums(values) / np.maximum(self.counts, 1)


def cumulated(values: npt.NDArray[Any]) -> Ints:
    """Sums of the values before each place, one more than there are values."""
    sums = np.zeros(len(values) + 1, dtype=np.int64)
    np.cumsum(values, out=sums[1:])
    return sums
