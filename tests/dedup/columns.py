"""Columns for cluster steps, made by hand."""

import tempfile
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata.context import Context
from xdata.step import Score
from xdata.text.analysis import Analyses


class TextColumns:
    """The columns that cluster steps read, of some texts; ids are their numbers unless given."""

    language = "und"
    totals: ClassVar[Mapping[str, int]] = {}

    def __init__(
        self,
        found: Sequence[str],
        *steps: Score,
        ids: Sequence[str] = (),
        earlier: Sequence[int] = (),
        scores: Mapping[str, Sequence[float | None]] | None = None,
        rows_of_a_piece: int = 3,
    ) -> None:
        analyses = Analyses(found)
        self._scratch = Path(tempfile.mkdtemp())
        self._rows_of_a_piece = rows_of_a_piece
        self._columns: dict[str, pa.Array] = {
            "id": pa.array(
                [identity.ljust(32, "0") for identity in ids] or [f"{number:032x}" for number in range(len(found))]
            ),
            "text_bytes": pa.array([len(text.encode()) for text in found], pa.int64()),
            "earlier": pa.array([int(number in earlier) for number in range(len(found))], pa.int32()),
        }
        self._columns |= {path: pa.array(found, pa.float32()) for path, found in (scores or {}).items()}
        for step in steps:
            columns: Any = step.open(Context())(analyses)
            self._columns |= {path: pa.array(columns[path], kind) for path, kind in step.adds().items()}

    @property
    def num_rows(self) -> int:
        return len(self._columns["id"])

    @property
    def scratch(self) -> Path:
        return self._scratch

    def pieces(self, paths: Collection[str]) -> Iterator[pa.Table]:
        """The columns in pieces of some rows."""
        for start in range(0, self.num_rows, self._rows_of_a_piece):
            yield pa.table({path: self._columns[path].slice(start, self._rows_of_a_piece) for path in paths})

    def read(self, path: str, *, rows: npt.NDArray[np.int64] | None = None) -> pa.ChunkedArray:
        column = self._columns[path]
        middle = len(column) // 2
        if rows is not None:
            return pa.chunked_array([column.take(rows)])
        return pa.chunked_array([column[:middle], column[middle:]])
