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
        return ParquetFile(parquet_writer(path, schema, published=True), schema)

    def written(self, schema: pa.Schema) -> pa.Schema:
        return schema

    def rows(self, path: Path, columns: Sequence[str] | None) -> Iterator[list[dict[str, Any]]]:
        with pq.ParquetFile(path) as file:
            nothing = dict.fromkeys(file.schema_arrow.names if columns is None else columns)
            known = [name for name in nothing if name in file.schema_arrow.names]
            for batch in file.iter_batches(_BATCH_ROWS, columns=known, use_threads=False):
                yield [nothing | row for row in batch.to_pylist()]

    def num_rows(self, path: Path) -> int:
        return int(pq.read_metadata(path).num_rows)

    def layout(self, path: Path) -> pa.Schema:
        return pq.read_schema(path)


class ParquetFile:
    """One file that is being written; each table with rows is a row group.

    Words that the schema has in a dictionary are put into one here, so that it has those of the row group, in order.
    """

    def __init__(self, writer: pq.ParquetWriter, schema: pa.Schema) -> None:
        self._writer = writer
        self._schema = schema

    def write(self, table: pa.Table) -> None:
        if table.num_rows:
            if table.schema.types != self._schema.types:
                table = table.cast(self._schema)
            self._writer.write_table(table, row_group_size=table.num_rows)

    def close(self) -> None:
        self._writer.close()
