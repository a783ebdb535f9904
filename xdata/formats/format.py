"""What a format is: how its files are recognized, cut and read, how rows are copied, and how files are written."""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, BinaryIO, ClassVar, Literal, Protocol, TypeAlias

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import regex

from xdata.formats.layout import Layout
from xdata.records import Document, KeptTypes, Origin, Skipped, Unreadable
from xdata.step import FilePart, InputFile

COMPRESSION_FACTOR = 4
"""Bytes that a compressed byte counts for where files are cut into parts."""
MAX_RECORD_BYTES = 32 << 20

Unit = Literal["file", "line", "paragraph"]
Numbers = npt.NDArray[np.int64]
"""Numbers of rows in a file, from 0, ascending."""


@dataclass(frozen=True)
class Reading:
    """How the files of one source are read."""

    layout: Layout
    """Which columns of a row are fields of a document, and which are kept."""
    max_record_bytes: int = MAX_RECORD_BYTES
    """A larger record, line or text is unreadable."""
    copy_rows: bool = False
    """Whether rows are copied to the output: then a `Row` has its bytes, where its format copies bytes."""
    unit: Unit = "file"
    """What is a document of plain text."""
    delimiter: str | None = None
    """What separates the fields of a row of CSV or TSV; None for what is usual in the format."""
    quote: str | None = None
    """What encloses a field of CSV or TSV that contains delimiters, empty for nothing; None as above."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a file: a line of JSON, a row of CSV or of a table."""

    origin: Origin
    """Where it begins; the id of its record follows from it."""
    values: Mapping[str, Any]
    """Column -> value, of the columns that the layout names at least."""
    kept: bytes | None = None
    """Kept columns as `kept.encode` writes them; None where they are among the values."""
    raw: bytes | None = None
    """The row as it is written, with its line end, where rows are copied."""


Item: TypeAlias = "Row | Document | Skipped | Unreadable | KeptTypes"
"""What a format reads: rows, or documents where it has no rows; records that are no documents; places that cannot be
read; and types of kept columns, before the rows that have them."""


class Input(ABC):
    """Reads files of a format. `read` is all that a format must have: then one worker reads a file as a whole."""

    has_columns: ClassVar[bool] = True
    """Whether it reads rows, whose columns a source may name and keep. Web pages have none."""
    may_be_compressed: ClassVar[bool] = True
    """Whether whole files may be compressed; not so where a format compresses inside."""
    needs_index: ClassVar[bool] = False
    """Whether a large file must be read through once (`index`) before it can be cut."""
    shares_parts: ClassVar[bool] = True
    """Whether several small files may be one part."""

    @abstractmethod
    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        """What begins at or after `part.start` and before `part.end`, in order.

        A record that cannot be read is an `Unreadable`, and reading goes on after it. Raises InputError where no part
        of the file can be read, as where it is of another format or lacks a column.
        """

    def begins(self, line: bytes) -> bool:
        """Whether a file whose name says nothing is of the format, by its first line (decompressed, 64 KiB at most)."""
        return False

    def weight(self, file: InputFile) -> int:
        """Bytes of a file when it is decompressed, as a guess."""
        return file.size * (1 if file.compression == "none" else COMPRESSION_FACTOR)

    def splits(self, file: InputFile, reading: Reading) -> bool:
        """Whether a large file can be read in parts: cut at any byte, unless `index` or `cut` tell where."""
        return self.needs_index

    def index(self, stream: BinaryIO, file: InputFile, *, part_bytes: int) -> list[int]:
        """Offsets at which a file can be cut into parts of about `part_bytes`, the first one 0."""
        raise NotImplementedError(f"{type(self).__name__} needs no index")

    def cut(self, file: InputFile, reading: Reading, *, part_bytes: int | None) -> list[FilePart]:
        """The parts of a file that needed no index, each of about `part_bytes` decompressed bytes (None: one part)."""
        whole = part_bytes is None or self.needs_index or not self.splits(file, reading)
        starts = [0] if whole or part_bytes is None else [*range(0, max(file.size, 1), part_bytes)]
        return [FilePart(file, start, end) for start, end in pairwise([*starts, file.size])]

    def check(self, file: InputFile, reading: Reading) -> None:
        """Raises ConfigError where columns of a file cannot be kept, as far as that is known before it is read, and
        InputError where it cannot be read.
        """
        return


@dataclass(frozen=True)
class Head:
    """The first row of a file, which names its columns."""

    line: bytes
    """As it is written, with a line end, and the byte order mark before it where the file has one."""
    names: tuple[str, ...]
    style: tuple[str, ...] = ()
    """How rows are written (delimiter, quote): files whose styles differ are not copied into one."""


class LineRows:
    """Rows that are copied as the bytes that they were read from (`Row.raw`), each of which names its own columns."""


class HeadedRows(ABC):
    """Rows that are copied as the bytes that they were read from, after a row that names the columns."""

    @abstractmethod
    def head(self, file: InputFile, reading: Reading) -> Head:
        """The first row of a file. Raises InputError where it has none."""

    @abstractmethod
    def fields(self, line: bytes, head: Head) -> list[str]:
        """The fields of a row that was read before, in the order of the columns."""

    @abstractmethod
    def output(self, style: Sequence[str]) -> "Output":
        """What reads back files whose rows are written in a style (`Head.style`); the usual one where it is empty."""

    @abstractmethod
    def datasets_options(self, style: Sequence[str]) -> dict[str, Any]:
        """The arguments by which `datasets` reads such files with each field as it is written."""


class TableRows(ABC):
    """Rows of typed columns, which are copied to Parquet: they are read again by their number in the file."""

    @abstractmethod
    def schema(self, file: InputFile) -> pa.Schema:
        """The columns of a file. Raises InputError where it cannot be read."""

    @abstractmethod
    def take(self, file: InputFile, numbers: Numbers) -> Iterator[pa.Table]:
        """The rows of these numbers, with all columns. Raises InputError where it cannot be read."""


class Writer(Protocol):
    """A file that is being written."""

    def write(self, table: pa.Table) -> None:
        """Adds some rows: of Parquet, one row group."""

    def close(self) -> None:
        """Ends the file; a second time it does nothing."""


class Output(Protocol):
    """Writes tables into files of an output folder, and reads them back. Equal rows make equal bytes: no file contains
    a time, a name or a setting of the machine.
    """

    @property
    def compressions(self) -> tuple[str, ...]:
        """Suffixes of compressions that may follow the name of the format, as `.gz`; the empty one for none."""

    def write(self, path: Path, schema: pa.Schema) -> Writer:
        """Begins a file, compressed as its suffix says."""

    def written(self, schema: pa.Schema) -> pa.Schema:
        """The columns as the files have them: JSON has fewer types."""

    def rows(self, path: Path, columns: Sequence[str] | None) -> Iterator[list[dict[str, Any]]]:
        """The rows of a file, some at a time, with these columns (all where they are None); None for a column that a
        row lacks.

        Raises ArrowException or OSError where the file is missing or damaged.
        """

    def num_rows(self, path: Path) -> int:
        """Number of rows of a file. Raises ArrowException or OSError where it is missing or damaged."""

    def layout(self, path: Path) -> Any:
        """What all files of one table have in common, as columns and types, as far as the format states them.

        Raises ArrowException or OSError where the file is missing or damaged.
        """


@dataclass(frozen=True)
class Mistake:
    """What a file often is in place of the expected format."""

    begins: regex.Pattern[bytes]
    """What its first bytes match, decompressed."""
    found: str
    """What it is then, as `a JSON list`."""
    remedy: str
    """What to do about it, as `fetch the file again`."""


@dataclass(frozen=True)
class Format:
    """One format of files: what it is called, how its files are recognized, and what can be done with them."""

    name: str
    """What users call it: `reader` of a source, format of an output, and suffix of the files of an output."""
    title: str
    """What messages call it, as `JSONL`."""
    expected: str
    """What a file of it is, for messages: `expected JSON lines (one object a line, in UTF-8)`."""
    suffixes: tuple[str, ...]
    """Suffixes of the names of input files, to which those of compressions may be added."""
    magic: tuple[bytes, ...] = ()
    """First bytes that no file of another format has."""
    mistakes: tuple[Mistake, ...] = ()
    input: Input | None = None
    """None where files of the format are not read."""
    rows: LineRows | HeadedRows | TableRows | None = None
    """None where recipes whose output is the input minus dropped rows cannot copy rows."""
    output: Output | None = None
    """None where no output folder has files of the format."""
