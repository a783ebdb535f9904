"""Parts of files, as formats read them."""

from collections.abc import Callable, Iterator
from typing import Any

from xdata.formats.compressions import HEAD_BYTES, detect_compression
from xdata.formats.documents import documents
from xdata.formats.format import Item, Reading
from xdata.formats.layout import layout
from xdata.records import Document, KeptTypes, Skipped, Unreadable
from xdata.step import FilePart, InputFile

Found = list[Document | Skipped | Unreadable | KeptTypes]


def part_of(data: bytes, name: str = "f", *, start: int = 0, end: int | None = None) -> FilePart:
    """A part of a file of some bytes, up to its end without `end`."""
    file = InputFile("s", name, "", "", detect_compression(data[:HEAD_BYTES]), len(data), 0)
    return FilePart(file, start, len(data) if end is None else end)


def reading(fields: dict[str, str] | None = None, **options: Any) -> Reading:
    """How files are read whose columns have usual names, or these (field -> column)."""
    return Reading(layout(fields or {}), **{"max_record_bytes": 1 << 20, **options})


def read(function: Callable[[FilePart, Reading], Iterator[Item]], part: FilePart, how: Reading) -> Found:
    """The documents that a function reads out of a part, and all else."""
    return list(documents(function(part, how), how))
