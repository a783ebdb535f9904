"""Arrow files, of the file format and of the stream format (which `datasets` saves): only read."""

from collections.abc import Iterator

import pyarrow as pa

from xdata.errors import InputError, one_line
from xdata.formats.format import Format, Input, Item, Numbers, Reading, TableRows
from xdata.formats.mistakes import WEB_PAGE
from xdata.formats.tables import KeptColumns, check_schema, table_rows, take_rows
from xdata.records import KeptTypes
from xdata.step import FilePart, InputFile

_FILE_MAGIC = b"ARROW1"
_STREAM_MAGIC = b"\xff\xff\xff\xff"
_BATCH_ROWS = 256


class _Input(Input):
    """Reads a file as a whole; a row's place is its number."""

    may_be_compressed = False

    def begins(self, line: bytes) -> bool:
        return line.startswith((_FILE_MAGIC, _STREAM_MAGIC))

    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        """The rows of a file. Raises InputError where it is not Arrow or lacks a field."""
        row, origin, layout = 0, part.origin, reading.layout
        keeping: KeptColumns | None = None
        for batch in arrow_batches(part.file.location):
            if keeping is None:
                check_schema(batch.schema, layout, part.file.shown)
                keeping = KeptColumns.of(batch.schema, layout, where=part.file.shown)
                if keeping.types:
                    yield KeptTypes(origin.source, origin.path, keeping.types)
            for begin in range(0, batch.num_rows, _BATCH_ROWS):
                some = batch.slice(begin, _BATCH_ROWS)
                yield from table_rows(some, layout, keeping, origin, row)
                row += some.num_rows


class _Rows(TableRows):
    """Rows that are read again out of the batches of a file."""

    def schema(self, file: InputFile) -> pa.Schema:
        batch = next(arrow_batches(file.location), None)
        if batch is None:
            raise InputError(f"{file.location}: has no rows, so its columns are not known")
        return batch.schema

    def take(self, file: InputFile, numbers: Numbers) -> Iterator[pa.Table]:
        yield from take_rows(arrow_batches(file.location), numbers, 0)


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
        raise InputError(
            f"{location}: cannot be read as Arrow: {one_line(str(error), limit=120)}: write it again"
        ) from None


ARROW = Format(
    name="arrow",
    title="Arrow",
    expected="Arrow",
    suffixes=(".arrow", ".feather", ".ipc"),
    magic=(_FILE_MAGIC,),
    mistakes=(WEB_PAGE,),
    input=_Input(),
    rows=_Rows(),
)
