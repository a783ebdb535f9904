"""Parquet: read by ranges of row groups.

Files of an output are zstd, a row group at a time, with a page index and pages that are cut by content.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from xdata.errors import InputError, one_line
from xdata.formats.format import COMPRESSION_FACTOR, Format, Input, Item, Numbers, Reading, TableRows
from xdata.formats.mistakes import WEB_PAGE
from xdata.formats.tables import KeptColumns, check_schema, table_rows, take_rows
from xdata.records import KeptTypes, Origin, Unreadable, parquet_writer
from xdata.step import FilePart, InputFile

_INPUT_ROWS = 256
"""Rows that are read at a time, also where they are read again: of a damaged row group, the same ones can be."""
_BATCH_ROWS = 1024


class ParquetInput(Input):
    """Reads row groups."""

    may_be_compressed = False

    def begins(self, line: bytes) -> bool:
        return line.startswith(PARQUET.magic)

    def weight(self, file: InputFile) -> int:
        return file.size * COMPRESSION_FACTOR

    def splits(self, file: InputFile, reading: Reading) -> bool:
        return True

    def cut(self, file: InputFile, reading: Reading, *, part_bytes: int | None) -> list[FilePart]:
        """Ranges of row groups; one without any of a file that is not Parquet, whose reader states what is wrong."""
        parts, start, size = [], 0, 0
        try:
            sizes = row_group_bytes(file.location)
        except InputError:
            return [FilePart(file, 0, 0)]
        for number, num_bytes in enumerate(sizes):
            size += num_bytes * COMPRESSION_FACTOR
            if part_bytes is not None and size >= part_bytes:
                parts.append(FilePart(file, start, number + 1))
                start, size = number + 1, 0
        if start < len(sizes) or not parts:
            parts.append(FilePart(file, start, len(sizes)))
        return parts

    def check(self, file: InputFile, reading: Reading) -> None:
        schema = _open(file.location).schema_arrow
        check_schema(schema, reading.layout, file.shown)
        KeptColumns.of(schema, reading.layout, where=file.shown)

    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        """The rows of some row groups; a row's place is its number in the file.

        Where rows are to be copied, all columns are read, so that none is damaged in a row that is read.

        A row group that is broken is read as far as it goes. Raises InputError where the file is not Parquet or lacks
        a field.
        """
        file, origin, layout = _open(part.file.location), part.origin, reading.layout
        check_schema(file.schema_arrow, layout, part.file.shown)
        keeping = KeptColumns.of(file.schema_arrow, layout, where=part.file.shown)
        if keeping.types:
            yield KeptTypes(origin.source, origin.path, keeping.types)
        wanted = {*layout.columns, *keeping.bases}
        columns = None if reading.copy_rows else [name for name in file.schema_arrow.names if name in wanted]
        begin = sum(file.metadata.row_group(i).num_rows for i in range(part.start))
        for number in range(part.start, part.end):
            row = begin
            for batch in _batches(file, number, columns=columns):
                if isinstance(batch, str):
                    yield Unreadable(Origin(origin.source, origin.path, row), batch, is_damage=True)
                else:
                    yield from table_rows(batch, layout, keeping, origin, row)
                    row += batch.num_rows
            begin += file.metadata.row_group(number).num_rows


def row_group_bytes(location: str) -> list[int]:
    """Compressed size of each row group. Raises InputError where the file is not Parquet."""
    metadata = _open(location).metadata
    return [_compressed_bytes(metadata.row_group(i)) for i in range(metadata.num_row_groups)]


def _batches(file: pq.ParquetFile, row_group: int, *, columns: Sequence[str] | None) -> Iterator[pa.RecordBatch | str]:
    """The rows of a row group, some at a time, or what is wrong where it breaks off."""
    named = None if columns is None else list(columns)
    batches = file.iter_batches(batch_size=_INPUT_ROWS, row_groups=[row_group], columns=named, use_threads=False)
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError) as error:
            yield f"row group {row_group} cannot be read on from here: {one_line(str(error), limit=120)}"
            return
        if batch is None:
            return
        yield batch


def _open(location: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(location)
    except pa.ArrowException as error:
        what = one_line(str(error), limit=120)
        raise InputError(f"{location}: is not a Parquet file: {what}: write it again") from None
    except OSError as error:
        raise InputError(f"{location}: cannot be read: {one_line(error.strerror or str(error), limit=120)}") from None


def _compressed_bytes(row_group: pq.RowGroupMetaData) -> int:
    return sum(row_group.column(i).total_compressed_size for i in range(row_group.num_columns))


class _Rows(TableRows):
    """Rows that are read again out of the row groups that have one of them."""

    def schema(self, file: InputFile) -> pa.Schema:
        return _reopen(file).schema_arrow

    def take(self, file: InputFile, numbers: Numbers) -> Iterator[pa.Table]:
        opened = _reopen(file)
        begin = 0
        try:
            for group in range(opened.metadata.num_row_groups):
                end = begin + opened.metadata.row_group(group).num_rows
                first, last = np.searchsorted(numbers, [begin, end])
                if first < last:
                    batches = opened.iter_batches(_INPUT_ROWS, row_groups=[group], use_threads=False)
                    yield from take_rows(batches, numbers[first:last], begin)
                begin = end
        except (pa.ArrowException, OSError) as error:
            raise _unreadable_again(file, error) from None


def _reopen(file: InputFile) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file.location)
    except (pa.ArrowException, OSError) as error:
        raise _unreadable_again(file, error) from None


def _unreadable_again(file: InputFile, error: Exception) -> InputError:
    return InputError(f"{file.location}: cannot be read again: {one_line(str(error), limit=120)}")


class _Output:
    """Writes tables, a row group at a time, and reads them back."""

    compressions = ("",)

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


PARQUET = Format(
    name="parquet",
    title="Parquet",
    expected="Parquet",
    suffixes=(".parquet", ".pq"),
    magic=(b"PAR1",),
    mistakes=(WEB_PAGE,),
    input=ParquetInput(),
    rows=_Rows(),
    output=_Output(),
)
