"""What the reader makes of a malformed input."""

import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path

from tests.readers.malformed.inputs import INPUTS
from xdata.context import Context
from xdata.errors import InputError, counted
from xdata.formats.diagnosis import describe_file, describe_records
from xdata.readers.files import Files
from xdata.readers.source_specs import parse_sources
from xdata.records import Document, Skipped, Unreadable


@dataclass(frozen=True)
class Outcome:
    """What was read of an input."""

    documents: int
    skipped: int
    unreadable: int
    message: str
    """What is wrong, one line; empty where nothing is."""

    @property
    def status(self) -> int:
        """The exit status of a build of the input alone."""
        return 0 if self.documents else 1


def read(path: Path) -> Outcome:
    """Reads a file as a build does, without edits."""
    reader = Files(sources=parse_sources([str(path)]))
    documents = skipped = unreadable = 0
    message = first = ""
    try:
        listing = reader.list_files()
    except InputError as error:
        return Outcome(0, 0, 0, str(error))
    function = reader.open(Context())
    for (piece,) in reader.plan(listing.files, {}):
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                for item in function(piece):
                    documents += isinstance(item, Document)
                    skipped += isinstance(item, Skipped)
                    if isinstance(item, Unreadable):
                        unreadable += 1
                        first = first or item.error
            if first:
                message = first if documents else describe_records(piece.file, first)
        except InputError as error:
            message = describe_file(piece.file, str(error))
    return Outcome(documents, skipped, unreadable, message)


def table() -> str:
    """All cases as Markdown: input, file, records that are read, exit status of a build, and what the message says."""
    lines = []
    with tempfile.TemporaryDirectory() as folder:
        for reader, cases in INPUTS.items():
            lines += [
                "",
                f"## {reader}",
                "",
                "| input | file | records | exit status | message |",
                "|---|---|---|---|---|",
            ]
            for name, (file, make) in cases.items():
                path = Path(folder, "in", file)
                path.parent.mkdir(exist_ok=True)
                path.write_bytes(make())
                found = read(path)
                path.unlink()
                message = found.message.replace(f"{folder}/in/", "").replace("in/", "", 1).replace("|", "\\|")
                message = message or (f"skips {counted(found.skipped, 'record')}" if found.skipped else "")
                lines.append(f"| {name} | `{file}` | {found.documents} | {found.status} | {message} |")
    return "\n".join(lines) + "\n"
