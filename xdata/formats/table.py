"""Every format by its name. One line in `FORMATS` adds one of xdata's own; `register` adds one of a user's."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from xdata.errors import ConfigError
from xdata.formats.arrow import ARROW
from xdata.formats.compressions import SUFFIXES
from xdata.formats.delimited import CSV, TSV
from xdata.formats.format import Format, HeadedRows, Input, Output
from xdata.formats.jsonl import JSONL
from xdata.formats.parquet import PARQUET
from xdata.formats.text import HTML, TEXT
from xdata.formats.warc import WARC

FORMATS: dict[str, Format] = {
    each.name: each
    for each in (
        WARC,
        JSONL,
        PARQUET,
        ARROW,
        CSV,
        TSV,
        HTML,
        TEXT,
    )
}
"""Name -> format."""

FormatName = Literal["parquet", "jsonl", "jsonl.gz", "jsonl.zst"]
"""Formats of an output that a user can ask for, each with its compression; other formats have copied rows alone."""

OUTPUT_NAMES = tuple(
    sorted(f"{each.name}{ending}" for each in FORMATS.values() if each.output for ending in each.output.compressions)
)
"""Names of all formats that files of an output folder may have, each with its compression."""


def register(format_: Format) -> None:
    """Adds a format to those that are read. `xdata.recipe.user_code` calls it for the formats in a user's Python file.

    Raises ConfigError where its name or a suffix of its files is taken.
    """
    for known in FORMATS.values():
        taken = [suffix for suffix in format_.suffixes if suffix in known.suffixes]
        if format_.name == known.name or taken:
            what = "name" if format_.name == known.name else f"suffix {taken[0]}"
            raise ConfigError(
                f"format {format_.name!r}: its {what} is that of the format {known.name!r}: choose another"
            )
    FORMATS[format_.name] = format_


def input_of(name: str) -> Input:
    """The part of a format that reads files."""
    found = FORMATS[name].input
    assert found is not None, name
    return found


def output_named(name: str) -> Output:
    """The part of a format that writes files, by the name of the format with its compression, as `jsonl.gz`."""
    found = FORMATS[name.split(".")[0]].output
    assert found is not None and name in OUTPUT_NAMES, name
    return found


def format_of(path: Path | str) -> Format:
    """The format of a file of an output folder, by its suffix."""
    name = Path(path).name
    return next(
        each
        for each in FORMATS.values()
        if each.output and name.endswith(tuple(f".{each.name}{ending}" for ending in each.output.compressions))
    )


def output_of(path: Path | str, style: Sequence[str] = ()) -> Output:
    """The part of a format that writes and reads back a file of an output folder; `style` is that of copied rows."""
    format_ = format_of(path)
    if style and isinstance(format_.rows, HeadedRows):
        return format_.rows.output(style)
    assert format_.output is not None
    return format_.output


def datasets_options(path: Path | str, style: Sequence[str] = ()) -> dict[str, Any]:
    """The arguments by which `datasets` reads a file of copied rows with each field as it is written; none for files
    that state their types or columns themselves.
    """
    rows = format_of(path).rows
    return rows.datasets_options(style) if isinstance(rows, HeadedRows) else {}


def format_by_name(name: str) -> Format | None:
    """The format of an input file by the suffix of its name; None where that says nothing."""
    stem = name.lower()
    for suffix in SUFFIXES:
        stem = stem.removesuffix(suffix)
    return next((each for each in FORMATS.values() if each.input and stem.endswith(each.suffixes)), None)
