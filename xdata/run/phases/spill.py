"""Rows that are dealt to numbered buckets in any order and read back bucket by bucket, with little memory.

So what must be compared or sorted over a whole language is brought together in pieces: equal hashes lie in one
bucket, and buckets of hash ranges, each sorted by itself, are in order one after the other. What fits into memory
never touches the disk.
"""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

FULL_BYTES = 64 << 20
"""Rows that wait in memory before they are written."""

_Rows = dict[int, pa.RecordBatch]


class Spill:
    """Buckets of rows of one schema. First all rows are added, then buckets are read."""

    def __init__(self, folder: Path, schema: pa.Schema, *, full_bytes: int = FULL_BYTES) -> None:
        """Files are written into `folder`, which is made when the first one is."""
        self._folder = folder
        self._schema = schema
        self._full_bytes = full_bytes
        self._tables: list[pa.Table] = []
        self._buckets: list[npt.NDArray[np.int64]] = []
        self._size = 0
        self._files: list[tuple[Path, dict[int, int]]] = []
        self._rest: _Rows | None = None

    def add(self, table: pa.Table, buckets: npt.NDArray[np.int64]) -> None:
        """Adds rows, each to a bucket."""
        if not table.num_rows:
            return
        self._tables.append(table)
        self._buckets.append(buckets)
        self._size += table.nbytes
        if self._size >= self._full_bytes:
            self._write(self._sorted())

    def read(self, bucket: int) -> pa.Table:
        """The rows of one bucket, in the order in which they were added."""
        if self._rest is None:
            self._rest = self._sorted()
        batches = [_read(path, places[bucket]) for path, places in self._files if bucket in places]
        if bucket in self._rest:
            batches.append(self._rest[bucket])
        return pa.Table.from_batches(batches, self._schema)

    def close(self) -> None:
        """Removes the files."""
        for path, _ in self._files:
            path.unlink()
        self._files, self._rest = [], {}

    def _sorted(self) -> _Rows:
        """What waits in memory, by bucket; nothing waits after that."""
        if not self._tables:
            return {}
        buckets = np.concatenate(self._buckets)
        order = np.argsort(buckets, kind="stable")
        table = pa.concat_tables(self._tables).take(order).combine_chunks()
        self._tables, self._buckets, self._size = [], [], 0
        ordered = buckets[order]
        starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
        ends = np.append(starts[1:], len(ordered))
        return {
            int(ordered[start]): table.slice(start, end - start).to_batches()[0]
            for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
        }

    def _write(self, rows: _Rows) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"{id(self)}-{len(self._files):05}.arrow"
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        with pa.ipc.new_file(path, self._schema, options=options) as writer:
            for batch in rows.values():
                writer.write_batch(batch)
        self._files.append((path, {bucket: number for number, bucket in enumerate(rows)}))


def _read(path: Path, number: int) -> pa.RecordBatch:
    with pa.memory_map(str(path)) as file:
        return pa.ipc.open_file(file).get_batch(number)
