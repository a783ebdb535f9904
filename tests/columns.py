"""Columns for steps that decide over a whole language, made by hand."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata.context import Context
from xdata.step import Score
from xdata.text.analysis import Analyses


class MadeColumns:
    """Columns as a run has them, in chunks of a few rows."""

    def __init__(
        self,
        columns: Mapping[str, pa.Array],
        *,
        language: str = "swh_Latn",
        totals: Mapping[str, int] | None = None,
        chunk_rows: int = 3,
    ) -> None:
        self._columns = columns
        self._chunk_rows = chunk_rows
        self.language = language
        self.totals = {} if totals is None else totals

    @property
    def num_rows(self) -> int:
        return len(next(iter(self._columns.values())))

    scratch = Path("no files are needed for a few rows")

    def pieces(self, paths: Collection[str]) -> Iterator[pa.Table]:
        for start in range(0, self.num_rows, self._chunk_rows):
            yield pa.table({path: self._columns[path].slice(start, self._chunk_rows) for path in paths})

    def read(self, path: str, *, rows: npt.NDArray[np.int64] | None = None) -> pa.ChunkedArray:
        column = self._columns[path] if rows is None else self._columns[path].take(pa.array(rows))
        starts = range(0, len(column), self._chunk_rows)
        return pa.chunked_array([column.slice(start, self._chunk_rows) for start in starts], type=column.type)


def scored(
    step: Score, texts: Sequence[str], urls: Sequence[str | None], *, batch_rows: int | None = None
) -> MadeColumns:
    """What a score adds to some documents, batch by batch."""
    size = batch_rows or max(len(texts), 1)
    batches = [(texts[start : start + size], urls[start : start + size]) for start in range(0, len(texts), size)]
    score = step.open(Context())
    added = [score(Analyses(some, urls=places)) for some, places in batches]
    return MadeColumns(
        {
            path: pa.chunked_array([pa.array(columns[path], kind) for columns in added], type=kind).combine_chunks()
            for path, kind in step.adds().items()
        }
    )


class MadeTexts(MadeColumns):
    """Columns of some texts, as a step that cuts reads them, a few rows at a time."""

    def __init__(
        self,
        texts: Sequence[str],
        scratch: Path,
        *,
        language: str = "swh_Latn",
        urls: Sequence[str | None] | None = None,
        earlier: Sequence[int] = (),
        batch_rows: int = 3,
    ) -> None:
        columns = {
            "text": pa.array(texts, pa.string()),
            "url": pa.array([None] * len(texts) if urls is None else urls, pa.string()),
            "text_bytes": pa.array([len(text.encode()) for text in texts], pa.int64()),
            "earlier": pa.array([int(row in earlier) for row in range(len(texts))], pa.int32()),
        }
        super().__init__(columns, language=language)
        self.scratch = scratch
        self._batch_rows = batch_rows

    def batches(
        self, paths: Sequence[str], *, rows: npt.NDArray[np.int64] | None = None
    ) -> Iterator[tuple[npt.NDArray[np.int64], pa.Table]]:
        wanted = np.arange(self.num_rows) if rows is None else rows
        for start in range(0, len(wanted), self._batch_rows):
            some = wanted[start : start + self._batch_rows]
            yield some, pa.table({path: self._columns[path].take(pa.array(some)) for path in paths})
