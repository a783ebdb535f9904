"""What a step that decides over a whole language sees: columns of the documents that are still kept."""

from collections.abc import Collection, Iterator, Mapping
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xdata import records
from xdata.run.ledger import Group, Ledger, base_column


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
        chunks, begin = [], 0
        for group, kept in zip(self._groups, self.kept, strict=True):
            places = np.flatnonzero(kept)
            end = begin + len(places)
            if rows is not None:
                first, last = np.searchsorted(rows, [begin, end])
                places = places[rows[first:last] - begin]
            begin = end
            if len(places):
                chunks.extend(self._column(group, path).take(places).chunks)
        return pa.chunked_array(chunks) if chunks else self._column(self._groups[0], path).slice(0, 0)

    def pieces(self, paths: Collection[str]) -> Iterator[pa.Table]:
        """Some columns of the kept rows of each group that has any, in order."""
        for group, kept in zip(self._groups, self.kept, strict=True):
            if kept.any():
                yield pa.table({path: self._column(group, path).filter(pa.array(kept)) for path in sorted(paths)})

    def decided(self) -> Iterator[tuple[Group, pa.Table, npt.NDArray[np.bool_], npt.NDArray[np.int64]]]:
        """Each group, the last decision over it, which of its rows are kept, and what number each of those has."""
        begin = 0
        for group, kept in zip(self._groups, self.kept, strict=True):
            numbers = np.arange(begin, begin + int(kept.sum()))
            begin += len(numbers)
            yield group, self._ledger.read_decision(group), kept, numbers

    def _column(self, group: Group, path: str) -> pa.ChunkedArray:
        base = base_column(path)
        if base == records.SIGNATURES:
            return self._ledger.read_signature(group, path.removeprefix(f"{base}."))
        column = self._ledger.read(group, [base])[base]
        return column if path == base else pc.struct_field(column, path.removeprefix(f"{base}."))
