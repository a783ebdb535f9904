"""What makes a rank exist: its outputs under their final names, and then its commit file.

A rank writes under names of its own process, so neither a killed rank nor an orphan of an earlier run can leave
something that looks whole. Files are flushed to the disk before they are renamed, the commit file last.
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import orjson
import pyarrow as pa

from xdata.disk import flush, hash_file, write_atomically
from xdata.formats.copied_lines import CopiedLines
from xdata.formats.format import Writer
from xdata.formats.parquet import ParquetFile
from xdata.formats.table import output_of
from xdata.output.counts import Counts
from xdata.records import parquet_writer


@dataclass(frozen=True)
class Output:
    """One file of a rank."""

    name: str
    """Under the stage folder, with forward slashes."""
    sha256: str
    num_bytes: int
    num_rows: int


@dataclass(frozen=True)
class Commit:
    """What a rank did."""

    rank: int
    outputs: tuple[Output, ...]
    counts: Mapping[str, Any]
    facts: Any
    """The facts of the rank, as JSON; see `Task.facts`."""
    cost: Mapping[str, Any]
    """Seconds and memory; the one thing that differs between runs."""


@dataclass
class RankOutput:
    """What a rank is writing: files that are opened here, and counts."""

    folder: Path
    rank: int
    counts: Counts = field(default_factory=Counts)
    cost: dict[str, Any] = field(default_factory=dict)
    _writers: dict[str, Writer] = field(default_factory=dict)
    _rows: dict[str, int] = field(default_factory=dict)

    def parquet(self, name: str, schema: pa.Schema) -> "TableOutput":
        """Begins a Parquet file that will be `name` under the stage folder, and that a later stage reads."""
        return self._begin(name, ParquetFile(parquet_writer(self._path_for(name), schema), schema))

    def published(self, name: str, schema: pa.Schema) -> "TableOutput":
        """Begins a file of the output folder, in the format that its name ends with."""
        return self._begin(name, output_of(name).write(self._path_for(name), schema))

    def copied(self, name: str, *, head: bytes = b"") -> "TableOutput":
        """Begins a file of the output folder that has rows of input as they are (column `row`), behind a head."""
        return self._begin(name, CopiedLines(self._path_for(name), name, head=head))

    def scratch(self, name: str) -> Path:
        """A folder for what the rank needs while it runs, gone with its other temporary files."""
        return self._temporary(f"scratch/{name}")

    def own_name(self, what: str) -> str:
        """The name of a file of this rank that holds `what`, as `00003.ledger.parquet`."""
        return own_name(self.rank, what)

    def commit(self, facts: Any) -> Commit:
        """Closes all files, gives them their names, and commits the rank with its `facts`."""
        for writer in self._writers.values():
            writer.close()
        outputs = tuple(self._finish(name) for name in sorted(self._writers))
        commit = Commit(self.rank, outputs, self.counts.to_data(), facts, self.cost)
        write_atomically(commit_path(self.folder, self.rank), orjson.dumps(commit, option=orjson.OPT_SORT_KEYS))
        return commit

    def _begin(self, name: str, writer: Writer) -> "TableOutput":
        self._writers[name] = writer
        self._rows[name] = 0
        return TableOutput(self, name)

    def _path_for(self, name: str) -> Path:
        path = self._temporary(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def _finish(self, name: str) -> Output:
        temporary, final = self._temporary(name), self.folder / name
        flush(temporary)
        output = Output(name, hash_file(temporary), temporary.stat().st_size, self._rows[name])
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(final)
        return output

    def _temporary(self, name: str) -> Path:
        return temporary_folder(self.folder) / f"{self.rank:05}-{os.getpid()}" / name


@dataclass(frozen=True)
class TableOutput:
    """One file of a rank; each table written is one row group where the format has such."""

    output: RankOutput
    name: str

    def write(self, table: pa.Table) -> None:
        """Writes the rows of a table."""
        self.output._writers[self.name].write(table)
        self.output._rows[self.name] += table.num_rows

    def close(self) -> None:
        """Ends the file, so that a rank with very many of them has few open at a time."""
        self.output._writers[self.name].close()


def own_name(rank: int, what: str) -> str:
    return f"{rank:05}.{what}.parquet"


def commit_path(folder: Path, rank: int) -> Path:
    return folder / "commits" / f"{rank:05}.json"


def temporary_folder(folder: Path) -> Path:
    return folder / "tmp"


def read_commit(folder: Path, rank: int) -> Commit:
    data = orjson.loads(commit_path(folder, rank).read_bytes())
    outputs = tuple(Output(**output) for output in data["outputs"])
    return Commit(data["rank"], outputs, data["counts"], data["facts"], data["cost"])


def read_commits(folder: Path, num_ranks: int) -> list[Commit]:
    """The commits of all ranks of a finished stage, in order."""
    return [read_commit(folder, rank) for rank in range(num_ranks)]
