"""Parquet: zstd, a row group at a time, with a page index and pages that are cut by content."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xdata.records import parquet_writer

_BATCH_ROWS = 1024


class Parquet:
    """The format `parquet`."""

    name = "parquet"

    def write(self, path: Path, schema: pa.Schema) -> "ParquetFile":
        return ParquetFile(parquet_writer(path, schema, published=True))

    def written(self, schema: pa.Schema) -> pa.Schema:
        return schema

    def rows(self, path: Path, columns: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
        nothing = dict.fromkeys(columns)
        with pq.ParquetFile(path) as file:
            known = [name for name in columns if name in file.schema_arrow.names]
            for batch in file.iter_batches(_BATCH_ROWS, columns=known, use_threads=False):
                yield [nothing | row for row in batch.to_pylist()]

    def num_rows(self, path: Path) -> int:
        return int(pq.read_metadata(path).num_rows)

    def layout(self, path: Path) -> pa.Schema:
        return pq.read_schema(path)


class ParquetFile:
    """One file that is being written; each table is a row group, and one without rows is none."""

    def __init__(self, writer: pq.ParquetWriter) -> None:
        self._writer = writer

    def write(self, table: pa.Table) -> None:
        if table.num_rows:
            self._writer.write_table(table, row_group_size=table.num_rows)

    def close(self) -> None:
        self._writer.close()
