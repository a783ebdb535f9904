"""Columns for cluster steps, made by hand."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata.step import Score
from xdata.text.analysis import Analyses


class TextColumns:
    """The columns that cluster steps read, of some texts; ids are their numbers unless given."""

    language = "und"
    totals: ClassVar[Mapping[str, int]] = {}

    def __init__(
        self, found: Sequence[str], *steps: Score, ids: Sequence[str] = (), earlier: Sequence[int] = ()
    ) -> None:
        analyses = Analyses(found)
        self._columns: dict[str, pa.Array] = {
            "id": pa.array(list(ids) or [f"{number:032x}" for number in range(len(found))]),
            "text_bytes": pa.array([len(text.encode()) for text in found], pa.int64()),
            "earlier": pa.array([int(number in earlier) for number in range(len(found))], pa.int32()),
        }
        for step in steps:
            columns: Any = step.open()(analyses)
            self._columns |= {path: pa.array(columns[path], kind) for path, kind in step.adds().items()}

    @property
    def num_rows(self) -> int:
        return len(self._columns["id"])

    def read(self, path: str, *, rows: npt.NDArray[np.int64] | None = None) -> pa.ChunkedArray:
        column = self._columns[path]
        middle = len(column) // 2
        if rows is not None:
            return pa.chunked_array([column.take(rows)])
        return pa.chunked_array([column[:middle], column[middle:]])
