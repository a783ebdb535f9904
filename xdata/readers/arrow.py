"""Reads documents from Arrow files, of the file format and of the stream format (which `datasets` saves)."""

from collections.abc import Iterator

import pyarrow as pa

from xdata.errors import InputError, one_line
from xdata.readers.fields import Layout
from xdata.readers.parquet import batch_rows, check_schema, table_row
from xdata.records import Document, Origin, Skipped, Unreadable

_FILE_MAGIC = b"ARROW1"
_BATCH_ROWS = 256


def begins_like_arrow(head: bytes) -> bool:
    """Whether the first bytes of a file are those of either format."""
    return head.startswith((_FILE_MAGIC, b"\xff\xff\xff\xff"))


def read_arrow(
    location: str, *, origin: Origin, layout: Layout, max_record_bytes: int
) -> Iterator[Document | Skipped | Unreadable]:
    """The rows of a file; a row's place is its number. Raises InputError where it is not Arrow or lacks a field."""
    row = 0
    unchecked = True
    for batch in _batches(location):
        if unchecked:
            check_schema(batch.schema, layout, f"{origin.source}: {origin.path}")
            unchecked = False
        wanted = batch.select([name for name in layout.columns if name in batch.schema.names])
        for begin in range(0, wanted.num_rows, _BATCH_ROWS):
            for values in batch_rows(wanted.slice(begin, _BATCH_ROWS)):
                yield table_row(values, Origin(origin.source, origin.path, row), layout, max_record_bytes)
                row += 1


def _batches(location: str) -> Iterator[pa.RecordBatch]:
    try:
        with pa.memory_map(location) as file:
            is_file = file.read(len(_FILE_MAGIC)) == _FILE_MAGIC
            file.seek(0)
            if is_file:
                reader = pa.ipc.open_file(file)
                yield from (reader.get_batch(number) for number in range(reader.num_record_batches))
            else:
                yield from pa.ipc.open_stream(file)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{location}: cannot be read as Arrow: {one_line(str(error), limit=120)}") from None
