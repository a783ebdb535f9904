"""Final shards: runs of what fills them, and files that are written in row groups of a set size."""

from collections.abc import Iterator, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from xdata.records import TEXT
from xdata.run.commit import ParquetOutput

ROW_GROUP_BYTES = 16 << 20
"""Text in a row group."""


def runs(sizes: Sequence[tuple[int, int]], full: int) -> Iterator[tuple[list[int], int]]:
    """Runs of (number, size) in order, each ended by the one that fills it: numbers and size of each run."""
    members: list[int] = []
    size = 0
    for number, num in sizes:
        members.append(number)
        size += num
        if size >= full:
            yield members, size
            members, size = [], 0
    if members:
        yield members, size


class Shard:
    """One file of texts that is written in row groups."""

    def __init__(self, file: ParquetOutput) -> None:
        self._file = file
        self._tables: list[pa.Table] = []
        self._size = 0

    def add(self, table: pa.Table) -> None:
        """Adds some rows."""
        self._tables.append(table)
        self._size += pc.sum(pc.binary_length(table[TEXT])).as_py() or 0
        if self._size >= ROW_GROUP_BYTES:
            self.flush()

    def flush(self) -> None:
        """Writes what waits to be a row group."""
        if self._tables:
            self._file.write(pa.concat_tables(self._tables))
        self._tables, self._size = [], 0

    def close(self) -> None:
        """Writes the rest, and closes the file before its rank ends."""
        self.flush()
        self._file.close()
