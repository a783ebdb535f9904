"""Where the same thing stands in several places of a language: lines, paragraphs, runs of words.

An occurrence is a range of a text with a hash of 96 bits. Occurrences are written to the disk, dealt by hash, and
compared file by file; those that are to go are dealt by document and united. Nothing but one file is in memory, so
what it takes is the size of a file, whatever the size of the language:

    28 bytes an occurrence on the disk, written once and read once, and 12 a removed range
    about 350 MB of memory; more beyond 5 billion occurrences in one language, as there are 4096 files at most

Before they are written, equal ones among those that wait are made one, so that not even one word repeated for ever
makes a file larger. Which occurrence stays depends on the order of the corpus alone. Hashes are compared in 64 bits
first and in 32 more, of another seed, where those are equal: among 10 billion occurrences the chance that any two
different ones are taken for equal is below one in a million.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np
import numpy.typing as npt

from xdata.dedup.pieces import Pieces, Records
from xdata.records import EARLIER
from xdata.step import ClusterColumns
from xdata.text.hashes import Hashes
from xdata.text.removed_spans import RemovedSpans
from xdata.text.spans import Ints

WAITING_BYTES = 64 << 20
"""Occurrences that wait in memory before they are written."""
BUCKET_BYTES = 32 << 20
"""Occurrences in a file, about."""
MOST_BUCKETS = 4096

_RECORD = np.dtype(
    [("high", "<u8"), ("low", "<u4"), ("turn", "<u4"), ("start", "<u4"), ("end", "<u4"), ("weight", "<u4")]
)
"""Hash, turn of the document, range, and number of documents (or occurrences) that it represents."""
_RANGE = np.dtype([("turn", "<u4"), ("start", "<u4"), ("end", "<u4")])

Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Occurrences:
    """Ranges of some texts, in any order."""

    rows: Ints
    high: Hashes
    low: Hashes
    """A hash of another seed; 32 bits of it are kept."""
    starts: Ints
    """In code points of the text."""
    ends: Ints

    def where(self, mask: Mask) -> "Occurrences":
        return Occurrences(self.rows[mask], self.high[mask], self.low[mask], self.starts[mask], self.ends[mask])


@dataclass(frozen=True)
class Policy:
    """Which occurrences go."""

    least: int = 2
    """Smallest number of documents, or occurrences, that have a removed range."""
    stays: Literal["first", "none"] = "first"
    """Whether it stays in the first of them."""
    each: Literal["document", "occurrence"] = "document"
    """What is counted and stays: in a document that has it twice both stay, or the first one and what overlaps it."""


class Repeats:
    """Finds what of many occurrences is to go. First all are added, document by document, then ranges are read.

    Documents of an earlier output come first, and nothing is removed from them.
    """

    def __init__(
        self,
        folder: Path,
        columns: ClusterColumns,
        policy: Policy,
        *,
        expected: int,
        waiting_bytes: int = WAITING_BYTES,
        bucket_bytes: int = BUCKET_BYTES,
    ) -> None:
        """`expected` is the number of occurrences, about; it decides the number of files."""
        num = min(MOST_BUCKETS, max(1, -(-expected * _RECORD.itemsize // bucket_bytes)))
        self._policy = policy
        self._waiting_bytes = waiting_bytes
        self._waiting: list[Records] = []
        self._size = 0
        self._num = num
        self._occurrences = Pieces(folder / "occurrences", _RECORD, memory=0)
        self._ranges = Pieces(folder / "ranges", _RANGE, memory=0)
        earlier = np.asarray(columns.read(EARLIER).to_numpy()) > 0 if columns.num_rows else np.zeros(0, dtype=bool)
        self._rows = np.argsort(~earlier, kind="stable").astype(np.uint32)
        """Row of each turn: those of an earlier output, then all others, in order of the corpus."""
        self._turns = np.empty_like(self._rows)
        self._turns[self._rows] = np.arange(len(self._rows), dtype=np.uint32)
        self._num_earlier = int(earlier.sum())

    def add(self, found: Occurrences) -> None:
        """Adds all occurrences of some documents."""
        records = np.empty(len(found.rows), dtype=_RECORD)
        records["high"], records["low"] = found.high, found.low >> np.uint64(32)
        records["turn"], records["start"], records["end"] = self._turns[found.rows], found.starts, found.ends
        records["weight"] = 1
        self._waiting.append(records)
        self._size += records.nbytes
        if self._size >= self._waiting_bytes:
            self._flush()

    def ranges(self) -> Iterator[RemovedSpans]:
        """What is to go, united; in order of row, the ranges of some documents at a time."""
        self._flush()
        for number in self._occurrences.numbers:
            records = self._occurrences.take(number)
            self._mark(records[decide(records, self._policy, num_earlier=self._num_earlier).goes])
        for number in self._ranges.numbers:
            turns, starts, ends = united(self._ranges.take(number))
            yield RemovedSpans(self._rows[turns].astype(np.int64), starts, ends)

    def _flush(self) -> None:
        """Writes the pending records; equal ones that are removed in any case are written once."""
        if not self._waiting:
            return
        records = np.concatenate(self._waiting)
        self._waiting, self._size = [], 0
        found = decide(records, self._policy, num_earlier=self._num_earlier)
        self._mark(records[found.goes])
        records["weight"] = found.weights
        records = records[found.stands]
        high = records["high"] >> np.uint64(32)
        numbers = (high * np.uint64(self._num) >> np.uint64(32)).astype(np.uint16)
        self._occurrences.add(records, numbers)

    def _mark(self, records: Records) -> None:
        if len(records):
            turns, starts, ends = united(records)
            ranges = np.empty(len(turns), dtype=_RANGE)
            ranges["turn"], ranges["start"], ranges["end"] = turns, starts, ends
            self._ranges.add(ranges, turns * self._num // len(self._rows))


@dataclass(frozen=True)
class Decision:
    """What becomes of some occurrences."""

    goes: Mask
    stands: Mask
    """Those that others are still to be compared with."""
    weights: npt.NDArray[np.uint32]
    """Of those."""


def decide(records: Records, policy: Policy, *, num_earlier: int) -> Decision:
    """Compares occurrences with one another."""
    order = np.argsort(records["high"])
    high = records["high"][order]
    equal = high[1:] == high[:-1]
    shared = np.zeros(len(order), dtype=bool)
    shared[1:] |= equal
    shared[:-1] |= equal
    goes, stands = np.zeros(len(order), dtype=bool), np.ones(len(order), dtype=bool)
    weights = records["weight"].copy()
    rows = order[shared]
    if len(rows):
        some = records[rows]
        inside = np.lexsort((some["start"], some["turn"], some["low"], some["high"]))
        rows, some = rows[inside], some[inside]
        begins = np.ones(len(some), dtype=bool)
        begins[1:] = (some["high"][1:] != some["high"][:-1]) | (some["low"][1:] != some["low"][:-1])
        fresh = np.ones(len(some), dtype=bool)
        if policy.each == "document":
            fresh[1:] = begins[1:] | (some["turn"][1:] != some["turn"][:-1])
        group, number = np.cumsum(begins) - 1, np.cumsum(fresh)
        first = number == number[begins][group]
        totals = np.add.reduceat(np.where(fresh, some["weight"], 0).astype(np.int64), np.flatnonzero(begins))
        enough = totals[group] >= policy.least
        if policy.each == "occurrence":
            opens = np.flatnonzero(begins)[group]
            first |= (some["turn"] == some["turn"][opens]) & (some["start"] < some["end"][opens])
        goes[rows] = enough & (some["turn"] >= num_earlier) & ~(first & (policy.stays == "first"))
        stands[rows] = ~enough | (first & (begins | (policy.stays == "first")))
        one = begins & enough
        weights[rows[one]] = np.minimum(totals[group[one]], 0xFFFFFFFF)
    return Decision(goes, stands, weights)


def united(ranges: Records) -> tuple[Ints, Ints, Ints]:
    """(turn, start, end) of ranges in order, those of one document that overlap or touch made one."""
    order = np.lexsort((ranges["start"], ranges["turn"]))
    turns = ranges["turn"][order].astype(np.uint64)
    starts = turns << np.uint64(32) | ranges["start"][order]
    reached = np.maximum.accumulate(turns << np.uint64(32) | ranges["end"][order])
    begins = np.ones(len(order), dtype=bool)
    begins[1:] = starts[1:] > reached[:-1]
    first = np.flatnonzero(begins)
    last = np.append(first[1:], len(order)) - 1
    low = np.uint64(0xFFFFFFFF)
    return (
        turns[first].astype(np.int64),
        (starts[first] & low).astype(np.int64),
        (reached[last] & low).astype(np.int64),
    )
