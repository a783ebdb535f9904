"""Reads documents from Parquet, by ranges of row groups."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from xdata.errors import InputError, one_line
from xdata.readers import fields
from xdata.readers.fields import Layout
from xdata.records import Document, Origin, Skipped, Unreadable

_BATCH_ROWS = 256


def row_group_bytes(location: str) -> list[int]:
    """Compressed size of each row group. Raises InputError where the file is not Parquet."""
    metadata = _open(location).metadata
    return [_compressed_bytes(metadata.row_group(i)) for i in range(metadata.num_row_groups)]


def read_parquet(
    location: str, *, origin: Origin, start: int, end: int, layout: Layout, max_record_bytes: int
) -> Iterator[Document | Skipped | Unreadable]:
    """The rows of row groups `start` to before `end`; a row's place is its number in the file.

    Raises InputError where the file is not Parquet or lacks a field.
    """
    file = _open(location)
    found = file.schema_arrow.names
    fields.check_fields(found, layout=layout, where=f"{origin.source}: {origin.path}")
    columns = [name for name in layout.columns if name in found]
    row = sum(file.metadata.row_group(i).num_rows for i in range(start))
    for values in _rows(file, row_groups=range(start, end), columns=columns, where=location):
        yield table_row(values, Origin(origin.source, origin.path, row), layout, max_record_bytes)
        row += 1


def table_row(
    values: Mapping[str, Any], place: Origin, layout: Layout, max_record_bytes: int
) -> Document | Skipped | Unreadable:
    """The document in a row of a table, one whose text is too large being passed over."""
    item = fields.document(values, place, layout)
    if isinstance(item, Document) and not _fits(item.text, max_record_bytes):
        return Unreadable(place, f"a text of {len(item.text)} characters is larger than max_record_bytes")
    return item


def _fits(text: str, num_bytes: int) -> bool:
    """Whether a text is of so many bytes at most in UTF-8, encoded only where its length leaves that open."""
    return len(text) * 4 <= num_bytes or (len(text) <= num_bytes and len(text.encode("utf-8", "replace")) <= num_bytes)


def _rows(
    file: pq.ParquetFile, *, row_groups: range, columns: Sequence[str], where: str
) -> Iterator[dict[str, object]]:
    batches = file.iter_batches(
        batch_size=_BATCH_ROWS, row_groups=list(row_groups), columns=list(columns), use_threads=False
    )
    while True:
        try:
            batch = next(batches, None)
        except (pa.ArrowException, OSError) as error:
            groups = f"row groups {row_groups.start} to {row_groups.stop - 1}"
            raise InputError(f"{where}: {groups} cannot be read: {one_line(str(error), limit=120)}") from None
        if batch is None:
            return
        yield from batch.to_pylist()


def _open(location: str) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(location)
    except pa.ArrowException as error:
        raise InputError(f"{location}: is not a Parquet file: {one_line(str(error), limit=120)}") from None
    except OSError as error:
        raise InputError(f"{location}: cannot be read: {one_line(error.strerror or str(error), limit=120)}") from None


def _compressed_bytes(row_group: pq.RowGroupMetaData) -> int:
    return sum(row_group.column(i).total_compressed_size for i in range(row_group.num_columns))
