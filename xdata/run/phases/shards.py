"""Final shards: runs of rows, each ended by the row that fills it, and files that are written in row groups.

Neither depends on how the rows were cut into parts before: a shard and a row group end with a row, by the running sum
of the sizes of rows, and a row group is written from one chunk.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xdata.records import TEXT

ROW_GROUP_BYTES = 16 << 20
"""Text in a row group."""

Sizes = npt.NDArray[np.int64]
Piece = tuple[int, int, int | None]
"""(number of a unit, first of its rows, row behind the last; None to its end)."""


def runs(
    units: Iterable[tuple[int, int]], full: int, sizes_of: Callable[[int], Sizes]
) -> Iterator[tuple[list[Piece], int]]:
    """Runs of the rows of units (number, size) in order, each ended by the row that fills it: pieces and size of each.

    The sizes of single rows are asked for only of units in which a run ends. Each unit has a row.
    """
    pieces: list[Piece] = []
    size = 0
    for number, num in units:
        if size + num < full:
            pieces.append((number, 0, None))
            size += num
            continue
        ends = np.cumsum(sizes_of(number))
        begin = before = 0
        while (last := int(np.searchsorted(ends, full - size + before))) < len(ends):
            yield [*pieces, (number, begin, last + 1)], size + int(ends[last]) - before
            pieces, size, begin, before = [], 0, last + 1, int(ends[last])
        if begin < len(ends):
            pieces.append((number, begin, None))
            size += int(ends[-1]) - before
    if pieces:
        yield pieces, size


def whole_runs(sizes: Sequence[tuple[int, int]], full: int) -> Iterator[list[int]]:
    """Runs of whole units (number, size) in order, each ended by the one that fills it: their numbers."""
    members: list[int] = []
    size = 0
    for number, num in sizes:
        members.append(number)
        size += num
        if size >= full:
            yield members
            members, size = [], 0
    if members:
        yield members


class File(Protocol):
    """What is written a row group at a time."""

    def write(self, table: pa.Table) -> None: ...
    def close(self) -> None: ...


class Shard:
    """One file that is written in row groups, each ended by the row that fills it."""

    def __init__(self, file: File, *, full: int = ROW_GROUP_BYTES) -> None:
        self._file = file
        self._full = full
        self._tables: list[pa.Table] = []
        self._size = 0

    def add(self, table: pa.Table, sizes: Sizes | None = None) -> None:
        """Adds some rows; their sizes are those of their texts unless they are given."""
        if sizes is None:
            sizes = pc.binary_length(table[TEXT]).to_numpy()
        ends = np.cumsum(sizes, dtype=np.int64)
        begin = before = 0
        while (last := int(np.searchsorted(ends, self._full - self._size + before))) < len(ends):
            self._tables.append(table.slice(begin, last + 1 - begin))
            self.flush()
            begin, before = last + 1, int(ends[last])
        if begin < len(ends):
            self._tables.append(table.slice(begin))
            self._size += int(ends[-1]) - before

    def flush(self) -> None:
        """Writes what waits to be a row group."""
        if self._tables:
            self._file.write(pa.concat_tables(self._tables).combine_chunks())
        self._tables, self._size = [], 0

    def close(self) -> None:
        """Writes the rest, and closes the file before its rank ends."""
        self.flush()
        self._file.close()
