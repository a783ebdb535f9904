"""Signatures of as many documents as are asked for, made up as they are read, so that nothing but the work costs."""

from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata.records import BANDS, NGRAMS, NUM_NGRAMS
from xdata.text.hashes import Hashes, mix
from xdata.text.spans import Ints

NUM_BANDS = 18
NUM_NGRAMS_EACH = 24
_COPIES = 3
"""Documents of a cluster; every other document is alone."""
_CHANGED = 2
"""N-grams of a document that the others of its cluster have not."""
_BAND_SHARE = 0.55
"""Share of the bands that a document of a cluster has in common with the others."""
_ROWS_OF_A_PIECE = 50_000


class SyntheticColumns:
    """Half of the documents are alone, half in clusters of three; the documents of a cluster lie far apart."""

    language = "und"
    totals: ClassVar[Mapping[str, int]] = {}

    def __init__(self, num_rows: int, scratch: Path) -> None:
        self.num_rows = num_rows
        self.scratch = scratch

    def clusters(self, rows: Ints) -> Ints:
        """Number of the cluster of each row, below `num_rows` for those with others."""
        num_clusters = max(self.num_rows // (2 * _COPIES), 1)
        return np.where(rows % 2 == 0, (rows // 2) % num_clusters, self.num_rows + rows)

    def pieces(self, paths: Collection[str]) -> Iterator[pa.Table]:
        for start in range(0, self.num_rows, _ROWS_OF_A_PIECE):
            rows = np.arange(start, min(start + _ROWS_OF_A_PIECE, self.num_rows))
            yield pa.table({path: self._column(path, rows) for path in paths})

    def read(self, path: str, *, rows: npt.NDArray[np.int64] | None = None) -> pa.ChunkedArray:
        wanted = np.arange(self.num_rows) if rows is None else rows
        return pa.chunked_array([self._column(path, wanted)])

    def _column(self, path: str, rows: Ints) -> pa.Array:
        if path == BANDS:
            return self._bands(rows)
        if path == NGRAMS:
            values = np.sort(self._ngrams(rows), axis=1).reshape(-1)
            offsets = np.arange(len(rows) + 1, dtype=np.int32) * NUM_NGRAMS_EACH
            return pa.ListArray.from_arrays(pa.array(offsets), pa.array(values))
        if path == NUM_NGRAMS:
            return pa.array(np.full(len(rows), NUM_NGRAMS_EACH, dtype=np.uint32))
        if path == "id":
            return pa.array([f"{value:016x}{'':0<16}" for value in _spread(rows, 7).tolist()])
        return pa.array(np.zeros(len(rows), dtype=np.int32 if path == "earlier" else np.int64))

    def _bands(self, rows: Ints) -> pa.StructArray:
        clusters = self.clusters(rows)
        found = []
        for band in range(NUM_BANDS):
            common = _spread(rows, 1000 + band) < np.uint64(int(_BAND_SHARE * 2**64))
            found.append(pa.array(np.where(common, _spread(clusters, band), _spread(rows, 500 + band))))
        return pa.StructArray.from_arrays(found, [f"b{band:02}" for band in range(NUM_BANDS)])

    def _ngrams(self, rows: Ints) -> npt.NDArray[np.uint32]:
        clusters = self.clusters(rows)
        values = [_spread(clusters, 2000 + number) for number in range(NUM_NGRAMS_EACH - _CHANGED)]
        values += [_spread(rows, 3000 + number) for number in range(_CHANGED)]
        return (np.stack(values, axis=1) >> np.uint64(32)).astype(np.uint32)


def _spread(numbers: Ints, salt: int) -> Hashes:
    """A random number of 64 bits for each number."""
    return mix(
        numbers.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(salt * 0x2545F4914F6CDD1D & (1 << 64) - 1)
    )
