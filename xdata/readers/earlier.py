"""Reads the data of an earlier output of xdata, to which something is added. Its documents keep their ids."""

from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xdata import records
from xdata.errors import InputError, one_line
from xdata.records import Document, Origin

_COLUMNS = (
    records.ID,
    records.TEXT,
    records.LANGUAGE,
    records.SOURCE,
    records.LICENCE,
    records.DOMAIN,
    records.URL,
    records.DATE,
    records.SCORES,
    records.CLUSTER_SIZE,
    records.GROUPS,
)
_BATCH_ROWS = 256
_SCORE = "language"


def known_ids(folder: Path, names: Iterable[str]) -> frozenset[bytes]:
    """Ids of the documents of an earlier output that come from sources of these names; others cannot come twice."""
    wanted = pa.array(sorted(names), pa.string())
    found: set[bytes] = set()
    for path in sorted(folder.rglob("*.parquet")):
        try:
            table = pq.read_table(path, columns=[records.ID, records.SOURCE], use_threads=False)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path}: cannot be read: {one_line(str(error), limit=120)}") from None
        found.update(map(bytes.fromhex, table.filter(pc.is_in(table[records.SOURCE], wanted))[records.ID].to_pylist()))
    return frozenset(found)


def read_earlier(location: str, *, path: str, start: int, end: int) -> Iterator[Document]:
    """The documents of row groups `start` to before `end` of one shard.

    A document whose language was identified is identified again; one whose language was declared stays declared.
    Raises InputError where the file is no shard of xdata.
    """
    try:
        file = pq.ParquetFile(location)
        columns = [name for name in _COLUMNS if name in file.schema_arrow.names]
        if not {records.ID, records.TEXT, records.LANGUAGE, records.SOURCE}.issubset(columns):
            raise InputError(f"{location}: is no shard of xdata's data")
        row = sum(file.metadata.row_group(number).num_rows for number in range(start))
        groups = list(range(start, end))
        for batch in file.iter_batches(_BATCH_ROWS, row_groups=groups, columns=columns, use_threads=False):
            for values in batch.to_pylist():
                identified = (values.get(records.SCORES) or {}).get(_SCORE) is not None
                yield Document(
                    Origin(values[records.SOURCE], path, row),
                    values[records.TEXT],
                    url=values.get(records.URL),
                    date=values.get(records.DATE),
                    language=None if identified else values[records.LANGUAGE],
                    licence=values.get(records.LICENCE) or records.UNKNOWN,
                    domain=values.get(records.DOMAIN),
                    identity=values[records.ID],
                    earlier_size=values.get(records.CLUSTER_SIZE) or 1,
                    groups=tuple(values.get(records.GROUPS) or ()),
                )
                row += 1
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{location}: cannot be read: {one_line(str(error), limit=120)}") from None
