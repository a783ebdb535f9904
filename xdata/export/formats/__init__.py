"""The formats of `data/` and `sentences/`, behind one protocol, which all code that reads or writes such files uses.

Equal rows make equal bytes in each of them: no file has a time, a name or a setting of the machine in it.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

import pyarrow as pa

from xdata.export.formats.delimited import Delimited
from xdata.export.formats.jsonl import JsonLines
from xdata.export.formats.parquet import Parquet

FormatName = Literal["parquet", "jsonl", "jsonl.gz", "jsonl.zst"]
"""Formats that a user can ask for."""


class Writer(Protocol):
    """A file that is being written."""

    def write(self, table: pa.Table) -> None:
        """Adds some rows: of Parquet, one row group."""

    def close(self) -> None:
        """Ends the file; a second time it does nothing."""


class Format(Protocol):
    """One format of files of rows."""

    @property
    def name(self) -> str:
        """Also the ending of its files, behind a dot."""

    def write(self, path: Path, schema: pa.Schema) -> Writer:
        """Begins a file."""

    def written(self, schema: pa.Schema) -> pa.Schema:
        """The columns as its files have them: JSON has fewer types."""

    def rows(self, path: Path, columns: Sequence[str] | None) -> Iterator[list[dict[str, Any]]]:
        """The rows of a file, some at a time, with these columns (all where they are None); None for
        one that a row has not.

        Raises ArrowException or OSError where the file is missing or damaged.
        """

    def num_rows(self, path: Path) -> int:
        """Number of rows of a file. Raises ArrowException or OSError where it is missing or damaged."""

    def layout(self, path: Path) -> Any:
        """Schema that the files of one table share: columns and types; None without any.

        Raises ArrowException or OSError where the file is missing or damaged.
        """


_FORMATS: dict[str, Format] = {
    "parquet": Parquet(),
    **{f"jsonl{ending}": JsonLines(f"jsonl{ending}") for ending in ("", ".gz", ".zst")},
    **{f"{name}{ending}": Delimited(f"{name}{ending}") for name in ("csv", "tsv") for ending in ("", ".gz", ".zst")},
}
NAMES = tuple(sorted(_FORMATS))
"""Names of all formats that files of `data/` may have."""


def format_named(name: str) -> Format:
    """The format of a name."""
    return _FORMATS[name]


def format_of(path: Path | str) -> Format:
    """The format of a file, by its ending."""
    name = Path(path).name
    return next(format_ for format_ in _FORMATS.values() if name.endswith(f".{format_.name}"))
