"""A character n-gram language model: cross-entropy of a text, in bits a character.

Interpolated Witten-Bell smoothing over folded code points. Characters make a model that little text can fill and
that needs no words, so it works where no space parts them.

Scoring looks up whole texts at once. What is stored for an n-gram is its interpolated probability, so a position
costs one look-up where its longest n-gram is known, and backing off continues with the others alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from xdata.models.ngrams.ids import BOUNDARY, Encoder, Ids, Keys, batches, join_pieces, mask, pack

MAX_BITS = 16.0
"""Most that one character costs: a letter never seen before is one surprise, however rare."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)
_FEWEST_STARTS = 20
_SMALLEST_START_SHARE = 0.1
"""Of characters, that must stand right after a blank for the beginnings of words to be looked at."""


@dataclass(frozen=True)
class Reference:
    """Cross-entropy of held-out text of the language."""

    bits: float
    """Median over windows of 1,000 characters, in bits a character."""
    spread: float
    """Half of what lies between the 16th and the 84th percentile: a standard deviation where they are normal."""

    def deviation(self, bits: float) -> float:
        """How far `bits` is above what is usual, in standard deviations."""
        return (bits - self.bits) / self.spread


class CrossEntropy(NamedTuple):
    """Cross-entropy of a text, in bits a folded character."""

    bits: float | None
    """Mean over all characters, None without characters."""
    start_bits: float | None
    """Mean over the first two characters after each blank, None for a text with few blanks.

    What follows a blank depends on the word before it, so this separates sentences from shuffled words, which
    every single one is right.
    """


@dataclass(frozen=True)
class Level:
    """The n-grams of one length, keys ascending, with their costs in bits."""

    keys: Keys
    bits: npt.NDArray[np.float32]
    """Of the last character after those before it."""
    backoff: npt.NDArray[np.float32]
    """Of going on with a shorter context, where what follows the n-gram was not seen after it."""


@dataclass(frozen=True)
class NgramModel:
    """A trained model of one language."""

    language: str
    order: int
    """Characters of the longest n-gram."""
    width: int
    """Bits of a character in a key."""
    alphabet: npt.NDArray[np.uint32]
    """Folded code points, ascending."""
    levels: tuple[Level, ...]
    """From single characters to the longest n-grams."""
    reference: Reference
    """Of `CrossEntropy.bits`."""
    start_reference: Reference | None
    """Of `CrossEntropy.start_bits`, None where the language puts few blanks."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What it was trained on, for people to read."""

    @property
    def num_ngrams(self) -> int:
        return sum(len(level.keys) for level in self.levels)

    def cross_entropy(self, text: str) -> CrossEntropy:
        """Cross-entropy of a text."""
        return self.cross_entropies([text])[0]

    def cross_entropies(self, texts: Sequence[str]) -> list[CrossEntropy]:
        """Cross-entropy of each text, independent of the other texts of the batch."""
        sums = np.zeros((4, len(texts)))
        for owners, pieces in batches(texts, self._encoder):
            ids = join_pieces(pieces, self.order)
            lengths = np.array([len(piece) for piece in pieces])
            starts = np.cumsum(lengths) - lengths
            bits, is_start = self.costs(ids).astype(np.float64), self.starts(ids)
            for row, values in enumerate((bits, np.ones(len(bits)), bits * is_start, is_start.astype(np.float64))):
                np.add.at(sums[row], owners, np.add.reduceat(values, starts))
        return [entropy_of(*column) for column in sums.T.tolist()]

    @cached_property
    def _encoder(self) -> "Encoder":
        return Encoder(self.alphabet)

    @cached_property
    def _tables(self) -> tuple["Table", ...]:
        return tuple(Table(level) for level in self.levels)

    def starts(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Whether each character of joined pieces is one of the first two after a blank."""
        is_space = ids == self._encoder.space
        after = np.zeros(len(ids), dtype=np.bool_)
        after[1:] = is_space[:-1]
        after[2:] |= is_space[:-2]
        found: npt.NDArray[np.bool_] = (after & ~is_space)[ids != BOUNDARY]
        return found

    def costs(self, ids: Ids) -> npt.NDArray[np.float32]:
        """Bits of each character of joined pieces, boundaries left out; the longest known n-gram decides."""
        kept = np.flatnonzero(ids)
        keys = pack(ids, order=self.order, width=self.width)[kept]
        bits = np.zeros(len(kept), dtype=np.float32)
        rest = np.arange(len(kept))
        for order in range(self.order, 0, -1):
            slots, known = self._tables[order - 1].find(keys)
            bits[rest[known]] += self._tables[order - 1].bits[slots[known]]
            unknown = np.flatnonzero(~known)
            if not len(unknown):
                break
            keys, rest = keys[unknown], rest[unknown]
            lower = self._tables[order - 2]
            slots, known = lower.find(keys >> np.uint64(self.width))
            bits[rest[known]] += lower.backoff[slots[known]]
            keys &= mask(order - 1, self.width)
        return np.minimum(bits, np.float32(MAX_BITS))


def entropy_of(bits: float, num: float, start_bits: float, num_starts: float) -> CrossEntropy:
    """Means out of sums."""
    few = num_starts < max(_FEWEST_STARTS, num * _SMALLEST_START_SHARE)
    return CrossEntropy(bits / num if num else None, None if few else start_bits / num_starts)


class Table:
    """Open addressing over sorted keys: a key lies at its slot or soon after it, and what is no key is seen as soon."""

    def __init__(self, level: Level) -> None:
        mixed = level.keys * _MIX  # a bijection, so keys stay apart and their first bits are spread evenly
        order = np.argsort(mixed)
        mixed = mixed[order]
        self._shift = np.uint64(64 - (2 * len(mixed)).bit_length())
        places = np.arange(len(mixed))
        places += np.maximum.accumulate((mixed >> self._shift).astype(np.int64) - places)
        size = int(places[-1]) + 2 if len(places) else 2
        self._keys = np.full(max(size, 1 << (64 - int(self._shift))) + 1, _EMPTY)
        self._keys[places] = mixed
        self.bits = np.zeros(len(self._keys), dtype=np.float32)
        self.bits[places] = level.bits[order]
        self.backoff = np.zeros(len(self._keys), dtype=np.float32)
        self.backoff[places] = level.backoff[order]

    def find(self, keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """(where each key is, whether it is there)."""
        mixed = keys * _MIX
        slots = (mixed >> self._shift).astype(np.int64)
        found = self._keys[slots]
        late = np.flatnonzero(found < mixed)
        while len(late):
            slots[late] += 1
            there = self._keys[slots[late]]
            found[late] = there
            late = late[there < mixed[late]]
        return slots, found == mixed
