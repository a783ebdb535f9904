"""Reads documents from Arrow files, of the file format and of the stream format (which `datasets` saves)."""

from collections.abc import Iterator

import pyarrow as pa

from xdata.errors import InputError, one_line
from xdata.readers.fields import Layout
from xdata.readers.parquet import KeptColumns, check_schema, table_rows
from xdata.records import Document, KeptTypes, Origin, Skipped, Unreadable

_FILE_MAGIC = b"ARROW1"
_BATCH_ROWS = 256


def begins_like_arrow(head: bytes) -> bool:
    """Whether the first bytes of a file are those of either format."""
    return head.startswith((_FILE_MAGIC, b"\xff\xff\xff\xff"))


def read_arrow(
    location: str, *, origin: Origin, layout: Layout, max_record_bytes: int
) -> Iterator[Document | Skipped | Unreadable | KeptTypes]:
    """The rows of a file; a row's place is its number. Raises InputError where it is not Arrow or lacks a field."""
    row = 0
    keeping: KeptColumns | None = None
    for batch in arrow_batches(location):
        if keeping is None:
            where = f"{origin.source}: {origin.path}"
            check_schema(batch.schema, layout, where)
            keeping = KeptColumns.of(batch.schema, layout, where=where)
            if keeping.types:
                yield KeptTypes(origin.source, origin.path, keeping.types)
        for begin in range(0, batch.num_rows, _BATCH_ROWS):
            some = batch.slice(begin, _BATCH_ROWS)
            yield from table_rows(some, layout, keeping, origin, row, max_record_bytes)
            row += some.num_rows


def arrow_batches(location: str) -> Iterator[pa.RecordBatch]:
    """The batches of a file of either format. Raises InputError for any other file."""
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
