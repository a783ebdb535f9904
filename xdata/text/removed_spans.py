"""Ranges that are cut out of texts: kept as arrays, carried out, and put one after the other.

A cut is a half-open range of code points of a text that has a row number. What is left of a text is its other code
points in their order; nothing is ever put in.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import chain, pairwise

import numpy as np

from xdata.text.spans import Ints

Range = tuple[int, int]
"""(start, end) in code points."""


_ROWS_AT_A_TIME = 1 << 14


@dataclass(frozen=True)
class RemovedSpans:
    """Ranges that go out of some texts: ascending by row and start, apart from each other, none of them empty."""

    rows: Ints
    starts: Ints
    ends: Ints

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def of(cls, found: Iterable[tuple[int, Sequence[Range]]]) -> "RemovedSpans":
        """From rows, ascending, each with its ranges."""
        flat = np.array([(row, *one) for row, ranges in found for one in ranges], dtype=np.int64).reshape(-1, 3)
        return cls(*flat.T.copy())

    @classmethod
    def joined(cls, parts: Sequence["RemovedSpans"]) -> "RemovedSpans":
        """Removed spans of rows that ascend from part to part."""
        if not parts:
            return cls.of(())
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in ("rows", "starts", "ends")))

    def where(self, first: int, last: int) -> "RemovedSpans":
        """Those of the rows from `first` to before `last`."""
        part = slice(*np.searchsorted(self.rows, [first, last]).tolist())
        return RemovedSpans(self.rows[part], self.starts[part], self.ends[part])

    def by_row(self) -> dict[int, list[Range]]:
        """Row -> its ranges."""
        found: dict[int, list[Range]] = {}
        for row, start, end in zip(self.rows.tolist(), self.starts.tolist(), self.ends.tolist(), strict=True):
            found.setdefault(row, []).append((start, end))
        return found

    def then(self, later: "RemovedSpans") -> "RemovedSpans":
        """These cuts and those that were made in what they left, as ranges of the whole texts."""
        parts = []
        for first in range(0, int(max([0, *self.rows[-1:] + 1, *later.rows[-1:] + 1])), _ROWS_AT_A_TIME):
            before, after = (cuts.where(first, first + _ROWS_AT_A_TIME).by_row() for cuts in (self, later))
            rows = sorted({*before, *after})
            parts.append(RemovedSpans.of((row, compose(before.get(row, ()), after.get(row, ()))) for row in rows))
        return RemovedSpans.joined(parts)


def cut_out(text: str, ranges: Sequence[Range]) -> str:
    """What is left of a text."""
    edges = [0, *chain.from_iterable(ranges), len(text)]
    return "".join(text[start:end] for start, end in zip(edges[::2], edges[1::2], strict=True))


def seams(ranges: Sequence[Range]) -> list[int]:
    """Where the cuts were, in code points of what is left."""
    places, gone = [], 0
    for start, end in ranges:
        places.append(start - gone)
        gone += end - start
    return places


def compose(first: Sequence[Range], later: Sequence[Range]) -> list[Range]:
    """Ranges of a whole text that come to cutting `first` out of it, and `later` out of what that left."""
    if not first:
        return list(later)
    places = np.array(seams(first))
    gone = np.append(0, np.cumsum([end - start for start, end in first]))
    whole = list(first)
    for start, end in later:
        # what was cut right before the range is not in it, and what was cut right behind it neither
        shift = gone[np.searchsorted(places, start, side="right")], gone[np.searchsorted(places, end, side="left")]
        whole.append((start + int(shift[0]), end + int(shift[1])))
    return united(sorted(whole))


def united(ranges: Sequence[Range]) -> list[Range]:
    """Ranges in order of start, those that overlap or touch made one."""
    found: list[Range] = []
    for start, end in ranges:
        if found and start <= found[-1][1]:
            found[-1] = found[-1][0], max(found[-1][1], end)
        else:
            found.append((start, end))
    return found


def faults(ranges: Sequence[Range], length: int) -> str | None:
    """What is wrong with the ranges of a text of so many code points, None where nothing is."""
    if any(start >= end for start, end in ranges):
        return "a range is empty"
    if any(before[1] >= after[0] for before, after in pairwise(ranges)):
        return "ranges overlap, touch or do not ascend"
    if ranges and not 0 <= ranges[0][0] < ranges[-1][1] <= length:
        return f"a range leads out of the {length} code points of the text"
    return None
