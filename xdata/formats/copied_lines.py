"""Lines of JSON, and rows of CSV and TSV, that are copied as they were read."""

from pathlib import Path

import pyarrow as pa

from xdata.formats.byte_files import ByteWriter
from xdata.records import ROW


class CopiedLines:
    """A file of copied rows behind a head; tables have them in the column `row`, each with its line end."""

    def __init__(self, path: Path, name: str, *, head: bytes = b"") -> None:
        self._file = ByteWriter(path, name)
        self._file.write(head)

    def write(self, table: pa.Table) -> None:
        self._file.write(b"".join(table[ROW].to_pylist()))

    def close(self) -> None:
        self._file.close()
