"""Whole rows of Parquet, Arrow and data sets of the hub, read again by their number in the file."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from xdata.errors import InputError, one_line
from xdata.readers.arrow import arrow_batches
from xdata.readers.hub import HubDataset, shard_batches, shard_schema
from xdata.step import InputFile

TABLES = ("parquet", "arrow", "hub")
"""Formats whose rows are read again."""
_BATCH_ROWS = 256
"""As many as the reader of Parquet reads at a time: of a damaged row group, what it read is read again."""

Numbers = npt.NDArray[np.int64]


def table_schema(file: InputFile, hub: HubDataset | None) -> pa.Schema:
    """The columns of a file, with their types. Raises InputError where it cannot be read."""
    if hub is not None:
        return shard_schema(hub)
    if file.format == "parquet":
        return _open(file).schema_arrow
    batch = next(arrow_batches(file.location), None)
    if batch is None:
        raise InputError(f"{file.location}: has no rows, so its columns are not known")
    return batch.schema


def read_rows(file: InputFile, numbers: Numbers, *, hub: HubDataset | None, schema: pa.Schema | None) -> pa.Table:
    """The rows of these numbers (ascending), in types of `schema` where one is given.

    Columns of words from a dictionary are words, so that what is written does not depend on what was read together.
    """
    found = [_plain(table, schema) for table in _tables(file, numbers, hub)]
    return pa.concat_tables(found)


def _tables(file: InputFile, numbers: Numbers, hub: HubDataset | None) -> Iterator[pa.Table]:
    if file.format == "parquet":
        yield from _of_parquet(file, numbers)
        return
    batches = arrow_batches(file.location) if hub is None else shard_batches(hub, file.path)
    yield from _taken(batches, numbers, 0)


def _of_parquet(file: InputFile, numbers: Numbers) -> Iterator[pa.Table]:
    """Only row groups that have one of the rows are read."""
    opened = _open(file)
    begin = 0
    try:
        for group in range(opened.metadata.num_row_groups):
            end = begin + opened.metadata.row_group(group).num_rows
            first, last = np.searchsorted(numbers, [begin, end])
            if first < last:
                batches = opened.iter_batches(_BATCH_ROWS, row_groups=[group], use_threads=False)
                yield from _taken(batches, numbers[first:last], begin)
            begin = end
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{file.location}: cannot be read again: {one_line(str(error), limit=120)}") from None


def _taken(batches: Iterator[pa.RecordBatch], numbers: Numbers, begin: int) -> Iterator[pa.Table]:
    """The rows of some numbers out of batches, the first of which begins at a number."""
    for batch in batches:
        end = begin + batch.num_rows
        first, last = np.searchsorted(numbers, [begin, end])
        if first < last:
            yield pa.Table.from_batches([batch]).take(numbers[first:last] - begin)
        begin = end
        if last == len(numbers):
            return


def _plain(table: pa.Table, schema: pa.Schema | None) -> pa.Table:
    """The table with plain types, which are those of `schema` where one is given."""
    return table.cast(plain_schema(table.schema if schema is None else schema))


def plain_schema(schema: pa.Schema) -> pa.Schema:
    """The schema without dictionaries."""
    return pa.schema([field.with_type(plain_type(field.type)) for field in schema])


def plain_type(kind: pa.DataType) -> pa.DataType:
    """The type without dictionaries."""
    if pa.types.is_dictionary(kind):
        return kind.value_type
    if pa.types.is_struct(kind):
        return pa.struct([field.with_type(plain_type(field.type)) for field in kind])
    if pa.types.is_list(kind):
        return pa.list_(kind.value_field.with_type(plain_type(kind.value_type)))
    return kind


def _open(file: InputFile) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(file.location)
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{file.location}: cannot be read again: {one_line(str(error), limit=120)}") from None
