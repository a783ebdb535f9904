"""Records in numbered pieces: in memory while they are few, then in files, so that memory does not grow with them.

Code that must bring distant records together deals them to pieces by a hash or a range of rows, and then works
on one piece at a time.
"""

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

Records = npt.NDArray[Any]

MEMORY = 1 << 26
"""Bytes of records that wait in memory before they are written."""


class Pieces:
    """Numbered pieces of records of one type; what is added to a piece comes out in that order."""

    def __init__(self, folder: Path, kind: npt.DTypeLike, *, memory: int = MEMORY) -> None:
        """Files are written into `folder`, which is made when there are any."""
        self._folder = folder
        self._kind = np.dtype(kind)
        self._memory = memory
        self._waiting: dict[int, list[Records]] = {}
        self._waiting_bytes = 0
        self._written: set[int] = set()

    def add(self, records: Records, numbers: npt.NDArray[np.integer[Any]]) -> None:
        """Adds records, each to the piece of its number."""
        order = np.argsort(numbers, kind="stable")
        ordered, dealt = numbers[order], records[order]
        begins = np.flatnonzero(begins_of(ordered)).tolist()
        for begin, end in zip(begins, [*begins[1:], len(ordered)], strict=False):
            self.append(int(ordered[begin]), dealt[begin:end])

    def append(self, number: int, records: Records) -> None:
        """Adds records to one piece."""
        if len(records):
            self._waiting.setdefault(number, []).append(records)
            self._waiting_bytes += records.nbytes
            if self._waiting_bytes > self._memory:
                self._write()

    def read(self, number: int) -> Records:
        """All records of one piece."""
        found = self._waiting.get(number, [])
        if number in self._written:
            found = [np.fromfile(self._path(number), dtype=self._kind), *found]
        return found[0] if len(found) == 1 else np.concatenate([np.empty(0, self._kind), *found])

    def take(self, number: int) -> Records:
        """As `read`; the piece is empty afterwards."""
        records = self.read(number)
        self._waiting_bytes -= sum(each.nbytes for each in self._waiting.pop(number, []))
        if number in self._written:
            self._path(number).unlink()
            self._written.remove(number)
        return records

    @property
    def numbers(self) -> list[int]:
        """Numbers of the pieces that have records, ascending."""
        return sorted(self._waiting.keys() | self._written)

    def close(self) -> None:
        """Removes the files."""
        for number in self._written:
            self._path(number).unlink(missing_ok=True)
        self._written, self._waiting, self._waiting_bytes = set(), {}, 0

    def _write(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        for number, found in sorted(self._waiting.items()):
            with self._path(number).open("ab") as file:
                for records in found:
                    file.write(np.ascontiguousarray(records).data)
            self._written.add(number)
        self._waiting, self._waiting_bytes = {}, 0

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.bin"


def begins_of(ordered: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Which values of an ordered array are the first of their kind."""
    begins = np.ones(len(ordered), dtype=bool)
    begins[1:] = ordered[1:] != ordered[:-1]
    return begins


def repeated(ordered: npt.NDArray[np.generic]) -> npt.NDArray[np.bool_]:
    """Which values of an ordered array are there more than once."""
    alone = begins_of(ordered)
    alone[:-1] &= alone[1:].copy()
    return ~alone
