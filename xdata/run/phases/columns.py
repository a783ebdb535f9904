"""What a step that decides over a whole language sees: columns of the documents that are still kept."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata import records
from xdata.run.ledger import Group, Ledger
from xdata.run.phases.annotate import pieces


class KeptColumns:
    """Columns of the documents of one language that are still kept, in order of part and row."""

    def __init__(
        self, ledger: Ledger, groups: list[Group], *, language: str, totals: Mapping[str, int], scratch: Path
    ) -> None:
        self.language = language
        self.totals = totals
        self.scratch = scratch
        self._ledger = ledger
        self._groups = groups
        self.kept = [
            np.asarray(ledger.read_decision(group)[records.KEPT].to_numpy(zero_copy_only=False)) for group in groups
        ]
        """Of each group, which of its rows are kept."""

    @cached_property
    def num_rows(self) -> int:
        return int(sum(kept.sum() for kept in self.kept))

    def read(self, path: str, *, rows: npt.NDArray[np.int64] | None = None) -> pa.ChunkedArray:
        """One column of all kept rows, or of some of them (ascending)."""
        chunks: list[pa.Array] = []
        for group, places, _ in self._places(rows):
            chunks.extend(self._ledger.read_column(group, path).take(places).chunks)
        return pa.chunked_array(chunks) if chunks else self._ledger.read_column(self._groups[0], path).slice(0, 0)

    def _places(
        self, rows: npt.NDArray[np.int64] | None
    ) -> Iterator[tuple[Group, npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
        """(group, where in it some of the rows are, those rows), of groups that have any."""
        begin = 0
        for group, kept in zip(self._groups, self.kept, strict=True):
            places = np.flatnonzero(kept)
            wanted = np.arange(begin, begin + len(places))
            if rows is not None:
                first, last = np.searchsorted(rows, [begin, begin + len(places)])
                wanted = rows[first:last]
            places, begin = places[wanted - begin], begin + len(places)
            if len(places):
                yield group, places, wanted

    def pieces(self, paths: Collection[str]) -> Iterator[pa.Table]:
        """Some columns of the kept rows of each group that has any, in order."""
        for group, places, _ in self._places(None):
            yield pa.table({path: self._ledger.read_column(group, path).take(places) for path in sorted(paths)})

    def decided(self) -> Iterator[tuple[Group, pa.Table, npt.NDArray[np.bool_], npt.NDArray[np.int64]]]:
        """Each group, the last decision over it, which of its rows are kept, and what number each of those has."""
        begin = 0
        for group, kept in zip(self._groups, self.kept, strict=True):
            numbers = np.arange(begin, begin + int(kept.sum()))
            begin += len(numbers)
            yield group, self._ledger.read_decision(group), kept, numbers


class KeptTexts(KeptColumns):
    """The same with texts, some at a time."""

    def batches(
        self, paths: Sequence[str], *, rows: npt.NDArray[np.int64] | None = None
    ) -> Iterator[tuple[npt.NDArray[np.int64], pa.Table]]:
        """(rows, those columns and the text of them), of about half a megabyte of text, in order."""
        names = sorted({*paths, records.TEXT})
        for group, places, wanted in self._places(rows):
            columns = [self._ledger.read_column(group, path).take(places) for path in names]
            done = 0
            for table in pieces(pa.table(columns, names=names)):
                yield wanted[done : done + table.num_rows], table
                done += table.num_rows
