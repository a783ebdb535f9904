"""Recipes that copy rows: the output is the input without the rows that were dropped, in the format of the input.

Rows of JSON lines, CSV and TSV travel with their documents as they were read, and are written as they are. Rows of
Parquet, Arrow and data sets of the hub are read again by their number in the file, when they are written. Where another
format is asked for, rows are converted with all their columns. Web pages and texts have no rows: of them the output is
xdata's own record.
"""

import contextlib
from collections.abc import Callable, Iterator, Sequence
from itertools import groupby
from typing import Any, TypeVar

import orjson
import pyarrow as pa

from xdata import records
from xdata.errors import ConfigError, InputError
from xdata.export.shards import Shards
from xdata.formats.features import features_of
from xdata.formats.format import Head, HeadedRows, LineRows, TableRows
from xdata.formats.jsonl import json_lines, parse_object
from xdata.formats.parquet import PARQUET
from xdata.formats.table import FORMATS
from xdata.formats.tables import plain_schema, read_rows
from xdata.readers.files import Files
from xdata.recipe.recipe import Recipe
from xdata.run.parts import Copying
from xdata.step import InputFile

Found = TypeVar("Found")

_ROWS = pa.schema([pa.field(records.ROW, pa.binary(), nullable=False)])
_COMPRESSIONS = {"none": "", "gzip": ".gz", "zstd": ".zst", "bz2": ".gz", "xz": ".zst", "lz4": ".zst"}
"""How input is compressed -> suffix of the output; those that are not written become the most alike."""
_CHOICES = "jsonl, jsonl.gz, jsonl.zst or parquet"


def check_rows(recipe: Recipe, files: Sequence[InputFile]) -> None:
    """Raises what `settle` raises, for a recipe that copies rows, before anything is read."""
    if recipe.shards.copy_rows:
        settle(recipe.reader, recipe.shards, files)


def settle(reader: Files, export: Shards, files: Sequence[InputFile]) -> Copying:
    """How rows are copied from some files.

    Raises ConfigError where they are of several formats, or have no rows, and no format is asked for, and where an
    earlier output is to be added to; InputError where files of one table have other columns.
    """
    for source in reader.sources:
        if source.xdata == "extend":
            raise ConfigError(
                "this recipe copies rows of the input, which --extend cannot be combined with: remove --extend, "
                "or use another recipe, as monolingual_corpus"
            )
    own = {file: _own_format(reader, file) for file in files}
    kinds = sorted({kind or file.format for file, kind in own.items()})
    without = next((file for file, kind in own.items() if kind is None), None)
    if without is not None:
        if export.format is None:
            raise ConfigError(
                f"{without.source}/{without.path}: {without.format} files have no rows to copy: write --set "
                f"output.format={_CHOICES} to write one record of xdata for each document"
            )
        return Copying(export.format, "records")
    if export.format is None and len(kinds) > 1:
        raise ConfigError(
            f"the input has several formats ({', '.join(kinds)}): choose one with --set output.format={_CHOICES}"
        )
    found = export.format or (kinds[0] if kinds else "jsonl")
    if found == PARQUET.name:
        return Copying.of_tables(found, _schema(reader, files))
    head = _head(reader, files) if isinstance(FORMATS[found.split(".")[0]].rows, HeadedRows) else None
    if head is None:
        return Copying.of_lines(found)
    return Copying.of_lines(found, head=head.line, names=head.names, style=head.style)


def _own_format(reader: Files, file: InputFile) -> str | None:
    """The format in which the rows of a file are copied; None where it has none."""
    match reader.format_of(file).rows:
        case TableRows():
            return PARQUET.name
        case LineRows() | HeadedRows():
            return f"{file.format}{_COMPRESSIONS[file.compression]}"
        case None:
            return None


def _readable(files: Sequence[InputFile], get: Callable[[InputFile], Found]) -> Iterator[tuple[InputFile, Found]]:
    """The files of which something can be got, with that; none of whose rows are copied of others, and who reads those
    describes the error.
    """
    for file in files:
        with contextlib.suppress(InputError):
            yield file, get(file)


def _checked_head(reader: Files, file: InputFile) -> Head:
    """The first row of a file. Raises InputError where it has none, or lacks a field."""
    rows = reader.format_of(file).rows
    assert isinstance(rows, HeadedRows)
    head = rows.head(file, reader.reading_of(file))
    reader.check_columns(file, _words(head.names))
    return head


def _checked_schema(reader: Files, file: InputFile) -> pa.Schema:
    """The columns of a table. Raises InputError where it cannot be read, or lacks a field."""
    rows = reader.format_of(file).rows
    if not isinstance(rows, TableRows):
        return _words(_checked_head(reader, file).names)
    schema = rows.schema(file)
    reader.check_columns(file, schema)
    return schema


def _words(names: Sequence[str]) -> pa.Schema:
    return pa.schema([(name, pa.string()) for name in names])


def _head(reader: Files, files: Sequence[InputFile]) -> Head | None:
    """The first row of files that begin with one, None where none can be read.

    Raises InputError where the columns of one are others, or its rows are written in another style.
    """
    first: tuple[InputFile, Head] | None = None
    for file, head in _readable(files, lambda file: _checked_head(reader, file)):
        if first is None:
            first = file, head
        elif head.style != first[1].style:
            raise InputError(
                f"{file.source}/{file.path}: has another delimiter or quote than {first[0].source}/{first[0].path}, "
                "and both are copied into one table: write --set output.format=jsonl, or build them separately"
            )
        elif head.names != first[1].names:
            raise _differs(first[0], first[1].names, file, head.names)
    return first[1] if first else None


def _schema(reader: Files, files: Sequence[InputFile]) -> pa.Schema | None:
    """The columns of files that become one table, None where none can be read.

    Raises InputError where they are others, naming both files.
    """
    found: pa.Schema | None = None
    lines = next((file for file in files if isinstance(reader.format_of(file).rows, LineRows)), None)
    if lines is not None:
        raise InputError(
            f"{lines.source}/{lines.path}: rows of JSON Lines have no column types, so they cannot be copied to "
            "Parquet: write --set output.format=jsonl, jsonl.gz or jsonl.zst, or use a recipe that copies no rows"
        )
    for file, schema in _readable(files, lambda file: _checked_schema(reader, file)):
        if found is None:
            found, first = schema, file
        elif not (same := _united(found, schema)):
            raise _differs(first, _columns(found), file, _columns(schema))
        else:
            found = same
    return found


def _united(one: pa.Schema, two: pa.Schema) -> pa.Schema | None:
    """The schema of both, where they have the same columns; one without values has no type of its own."""
    if one.names != two.names:
        return None
    fields = []
    for first, second in zip(one, two, strict=True):
        if not (first.type == second.type or pa.types.is_null(first.type) or pa.types.is_null(second.type)):
            return None
        known = second if pa.types.is_null(first.type) else first
        fields.append(known.with_nullable(first.nullable or second.nullable))
    return pa.schema(fields, metadata=one.metadata)


def _columns(schema: pa.Schema) -> list[str]:
    return [f"{each.name} {each.type}" for each in schema]


def _differs(one: InputFile, has: Sequence[str], two: InputFile, other: Sequence[str]) -> InputError:
    return InputError(
        f"{two.source}/{two.path}: has other columns ({', '.join(other)}) than {one.source}/{one.path} "
        f"({', '.join(has)}), and both are copied into one table: make their columns match, or build them separately"
    )


class Rows:
    """Reads the rows of documents in the form in which they are written."""

    def __init__(self, copying: Copying, reader: Files, files: Sequence[InputFile]) -> None:
        self._copying = copying
        self._reader = reader
        self._files = {(file.source, file.path): file for file in files}
        self._shards = {f"{file.source}/{file.path}": file for file in files if file.source in reader.folders}
        self._heads: dict[InputFile, Head] = {}
        self._columns: dict[str, dict[str, None]] = {}

    @property
    def schema(self) -> pa.Schema:
        """Of the files that are written."""
        return self._copying.schema if self._copying.how == "tables" else _ROWS

    def read(self, table: pa.Table) -> pa.Table:
        """The rows of documents, in their order, from a table with `source`, `path`, `offset` and `row` of them."""
        found: list[pa.Table] = []
        begin = 0
        places = zip(table[records.SOURCE].to_pylist(), table[records.PATH].to_pylist(), strict=True)
        for place, group in groupby(places):
            end = begin + sum(1 for _ in group)
            some = table.slice(begin, end - begin)
            file = self._files.get(place) or self._shards[place[1]]
            found.append(self._of_file(file, some))
            begin = end
        return pa.concat_tables(found)

    def _of_file(self, file: InputFile, table: pa.Table) -> pa.Table:
        rows = self._reader.format_of(file).rows
        if isinstance(rows, TableRows):
            wanted = self.schema if self._copying.how == "tables" else None
            found = read_rows(rows, file, table[records.OFFSET].to_numpy(), schema=wanted)
            return found if wanted is not None else self._lines([*json_lines(found)])
        lines = table[records.ROW].to_pylist()
        if self._copying.format.split(".")[0] == file.format:
            return self._lines(lines)
        assert isinstance(rows, HeadedRows)
        head = self._head_of(file, rows)
        fields = [rows.fields(line, head) for line in lines]
        if self._copying.how == "tables":
            columns = [pa.array(column, pa.string()) for column in zip(*fields, strict=True)]
            return pa.table(columns, names=head.names).cast(plain_schema(self.schema))
        return self._lines(
            [orjson.dumps(dict(zip(head.names, row, strict=True)), option=orjson.OPT_APPEND_NEWLINE) for row in fields]
        )

    def _lines(self, lines: Sequence[bytes]) -> pa.Table:
        if self._copying.format.startswith("jsonl"):
            self._note_columns(lines)
        return pa.table([pa.array(lines, pa.binary())], schema=_ROWS)

    def _head_of(self, file: InputFile, rows: HeadedRows) -> Head:
        if file not in self._heads:
            self._heads[file] = rows.head(file, self._reader.reading_of(file))
        return self._heads[file]

    def _note_columns(self, lines: Sequence[bytes]) -> None:
        for line in lines:
            row = parse_object(line)
            for name, value in row.items() if isinstance(row, dict) else ():
                self._columns.setdefault(name, {})[_kind(value)] = None

    def columns(self) -> list[dict[str, Any]]:
        """The columns of the rows that were read, each with its name and type."""
        if self._copying.how == "tables":
            return features_of(self.schema)
        if self._copying.head:
            return [{"name": name, "dtype": "string"} for name in self._copying.names]
        return [{"name": name, "dtype": " or ".join(sorted(kinds))} for name, kinds in self._columns.items()]


def _kind(value: Any) -> str:
    """The type of a value of JSON, in its distinctive words."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case list():
            return "array"
        case _:
            return "object"
