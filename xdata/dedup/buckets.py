"""Records that are dealt to numbered files and read back file by file, so that no more than one is in memory."""

from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Records = npt.NDArray[np.void]


class Buckets:
    """Files of fixed-size records. First all are added, then each bucket is read once, which removes its file."""

    def __init__(self, folder: Path, dtype: np.dtype[Any], num: int) -> None:
        """Files are written into `folder`, which is made when the first one is."""
        self.num = num
        self._folder = folder
        self._dtype = dtype

    def add(self, records: Records, numbers: npt.NDArray[np.int64]) -> None:
        """Adds records, each to the bucket of its number; numbers ascend."""
        if not len(records):
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        edges = [*np.flatnonzero(np.diff(numbers, prepend=-1)).tolist(), len(records)]
        for start, end in pairwise(edges):
            with self._path(int(numbers[start])).open("ab") as file:
                file.write(np.ascontiguousarray(records[start:end]).data)

    def read(self) -> Iterator[Records]:
        """The records of each bucket that has some, in order of number, and in the order in which they were added."""
        for number in range(self.num):
            path = self._path(number)
            if path.exists():
                yield np.fromfile(path, dtype=self._dtype)
                path.unlink()

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:05}"
