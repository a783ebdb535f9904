"""The reader of files: finds out what each file is, cuts large ones into parts, joins small ones, and reads a part.

The path of a record: a source (`sources`) comes to files, each with its format (`listing`); the format cuts a large
file into parts and reads the rows of a part (`xdata.formats`); a row becomes a document (`formats.documents`), to which
its source adds what is known of all its documents. Shards of an output folder (`folders`) and of a data set of the hub
(`hub`) have formats of their own.
"""

import contextlib
import os
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pyarrow as pa
from pydantic import Field, field_validator

from xdata.context import Context
from xdata.errors import CheckError, ConfigError, InputError, counted, nearest, one_line
from xdata.formats.documents import documents
from xdata.formats.format import MAX_RECORD_BYTES, Format, Input, Reading
from xdata.formats.layout import layout
from xdata.formats.streams import open_file
from xdata.formats.table import FORMATS
from xdata.formats.tables import check_schema
from xdata.readers.corpora import CORPORA
from xdata.readers.folder_sources import differing, folder_of, held_splits, lost
from xdata.readers.folders import known_ids, refuse_shared_ids, shard_format
from xdata.readers.hub import HUB, hub_format, shard_names
from xdata.readers.listing import describe, expand, is_utf8, name_of, shown_patterns
from xdata.readers.sources import Source, check_names, no_columns
from xdata.records import IN_FOLDER, PUBLISHED, UNKNOWN, Document, KeptTypes, Skipped, Unreadable
from xdata.step import PART_BYTES, FilePart, InputFile, Listing, Reader, UnreadableFile

_FOLDER_READER = "xdata"
"""What users may take for the name of a reader."""
_MOST_FILES = 1000
"""Small files that one part has."""


class Files(Reader):
    """Reads WARC, WET, ARC, JSONL and Parquet files of all sources, in order of source, path and place.

    Broken records are passed over and named. Raises InputError for a pattern that matches nothing, and when a file is
    read that cannot be opened, is not valid in its format, or lacks a field. Listing and planning raise nothing for
    such a file: it is listed apart, or is one part, whose error is reported when it is read.
    """

    kind: Literal["readers.files"] = "readers.files"
    libraries = ("brotli", "zstandard", "langcodes", "babel")
    papers = ("ISO 28500 (WARC)",)

    sources: tuple[Source, ...] = Field(min_length=1)
    """Files and datasets that are read; see `sources.yaml`."""
    max_record_bytes: int = Field(default=MAX_RECORD_BYTES, ge=1 << 10)
    """A larger record, line or text is passed over and named as unreadable."""
    copy_rows: bool = False
    """Whether documents of JSON lines, CSV and TSV have the row that they were read from, to be copied."""
    limit: int | None = Field(default=None, ge=1)
    """Documents read of each file; None for all."""

    @field_validator("sources")
    @classmethod
    def _checked(cls, sources: tuple[Source, ...]) -> tuple[Source, ...]:
        for source in sources:
            known = [*FORMATS, *CORPORA]
            if source.reader == _FOLDER_READER:
                raise ValueError(
                    f"source {source.name!r}: output folders of xdata are detected: remove reader: "
                    f"{_FOLDER_READER}. All filters are applied to their documents; to keep published documents "
                    "unchanged, give the folder with --extend DIR"
                )
            if source.reader is not None and source.reader not in known:
                raise ValueError(
                    f"source {source.name!r}: no reader {source.reader!r}; {nearest(source.reader, known)}"
                )
        try:
            return check_names(sources)
        except ConfigError as error:
            raise ValueError(str(error)) from None

    def identity(self) -> dict[str, Any]:
        """Without where files lie, which is no part of who they are; their names are in the list of inputs.

        For an output folder of xdata, the fingerprint of its manifest identifies the content.
        """
        sources = [
            source.model_dump(mode="json", exclude={"root", "patterns", "xdata", "content"})
            | ({"xdata": source.xdata, "fingerprint": folder_of(source).fingerprint} if source.xdata else {})
            for source in self.sources
        ]
        return super().identity() | {"sources": sources}

    def list_files(self, *, without: Path | None = None) -> Listing:
        """The files of all sources, and what is passed over.

        Raises InputError for what is not there and for output folders that are not whole, ConfigError for columns of
        Parquet that cannot be kept as its source requests.
        """
        files, ignored, unreadable, owners = [], [], [], dict[str, str]()
        self._check_folders()
        for source in self.sources:
            if source.hub is not None:
                files += [InputFile(source.name, name, "", HUB, "none", 0, 0) for name in shard_names(source.hub)]
                continue
            found = False
            expanded = expand(source)
            paths = expanded.files
            if without is not None and without != Path(source.root):
                outside = [path for path in paths if not path.is_relative_to(without)]
                if len(outside) < len(paths) and without.is_relative_to(source.root):
                    ignored.append((name_of(without, source), "is where this run writes, and is not read"))
                    paths = tuple(outside)
            passed = [(name_of(path, source), why) for path, why in expanded.ignored.items()]
            for path in paths:
                name = name_of(path, source)
                owner = owners.setdefault(os.path.realpath(path), name)
                if owner.split("/")[0] != source.name:
                    raise InputError(f"{path}: is in two sources, as {owner} and as {name}")
                if owner != name:
                    ignored.append((name, f"is the same file as {owner}"))
                elif not is_utf8(str(path)):
                    ignored.append((one_line(name), "its name is not UTF-8: rename it"))
                elif isinstance(file := describe(path, source), UnreadableFile):
                    unreadable.append(file)
                    found = True
                elif isinstance(file, str):
                    passed.append((name, file))
                else:
                    self._check_kept(file, source)
                    files.append(file)
                    found = True
            if not found:
                name, why = passed[0] if passed else (shown_patterns(source), "has no file that can be read")
                others = f" ({counted(len(passed) - 1, 'other')} passed over)" if len(passed) > 1 else ""
                raise InputError(f"{name}: {why}{others}")
            ignored += passed
        return Listing(
            tuple(sorted(files, key=lambda file: file.identity)),
            tuple(sorted(ignored)),
            tuple(sorted(unreadable, key=lambda file: (file.source, file.path))),
        )

    def weight(self, file: InputFile) -> int:
        return self._input(file).weight(file)

    def needs_index(self, file: InputFile, *, part_bytes: int = PART_BYTES) -> bool:
        return self._input(file).needs_index and self.limit is None and self.weight(file) > part_bytes

    def index(self, file: InputFile, *, part_bytes: int = PART_BYTES) -> list[int]:
        try:
            with open_file(file) as stream:
                return self._input(file).index(stream, file, part_bytes=part_bytes)
        except InputError:  # reported when it is read as one part
            return [0]

    def plan(
        self, files: Sequence[InputFile], offsets: Mapping[int, Sequence[int]], *, part_bytes: int = PART_BYTES
    ) -> list[tuple[FilePart, ...]]:
        parts: list[tuple[FilePart, ...]] = []
        small: list[FilePart] = []
        size = 0
        for number, file in enumerate(files):
            pieces = self._cut(file, offsets.get(number), part_bytes)
            weight = self.weight(file)
            alone = len(pieces) > 1 or not self._input(file).shares_parts
            if small and (alone or size + weight > part_bytes or len(small) == _MOST_FILES):
                parts.append(tuple(small))
                small, size = [], 0
            if alone:
                parts += [(piece,) for piece in pieces]
            else:
                small += pieces
                size += weight
        return [*parts, tuple(small)] if small else parts

    def open(self, context: Context) -> Callable[[FilePart], Iterator[Document | Skipped | Unreadable | KeptTypes]]:
        def read(part: FilePart) -> Iterator[Document | Skipped | Unreadable | KeptTypes]:
            source = self._source(part.file)
            num_documents = 0
            if source.xdata == "extend":
                yield from _published_whole(self._read(part), part.file)
                return
            for item in self._read(part):
                if not isinstance(item, Document):
                    yield item
                    continue
                reason = self._known_as(item, source)
                if reason is not None:
                    yield Skipped(reason)
                    continue
                yield item if source.has_records else _with_facts(item, source)
                num_documents += 1
                if num_documents == self.limit:
                    return

        return read

    def _known_as(self, document: Document, source: Source) -> str | None:
        """Why a document is not read, if an output folder has it."""
        if not self._published and (source.has_records or not self._in_folders):
            return None
        identity = bytes.fromhex(document.id)
        if identity in self._published:
            return PUBLISHED
        return IN_FOLDER if not source.has_records and identity in self._in_folders else None

    def published(self) -> frozenset[bytes]:
        return self._published | self._in_folders

    @cached_property
    def _published(self) -> frozenset[bytes]:
        """Ids of the folder that the run adds to: of those that could come in again."""
        has_folders = any(source.xdata == "input" for source in self.sources)
        names = None if has_folders else self._plain_names
        folders = [folder_of(source) for source in self.sources if source.xdata == "extend"]
        return frozenset[bytes]().union(*(known_ids(folder, names) for folder in folders))

    @cached_property
    def _in_folders(self) -> frozenset[bytes]:
        """Ids of input folders that documents of other sources may have."""
        if not self._plain_names:
            return frozenset()
        folders = [folder_of(source) for source in self.sources if source.xdata == "input"]
        return frozenset[bytes]().union(*(known_ids(folder, self._plain_names) for folder in folders))

    @property
    def _plain_names(self) -> list[str]:
        return [source.name for source in self.sources if not source.has_records]

    def _check_folders(self) -> None:
        """Raises InputError for output folders that are not whole, or have documents in common."""
        folders = {source.name: folder_of(source) for source in self.sources if source.xdata}
        for folder in folders.values():
            folder.check()
        inputs = [folders[source.name] for source in self.sources if source.xdata == "input"]
        if len(inputs) > 1:
            refuse_shared_ids(inputs)

    def folder_warnings(self, *, keeps_splits: bool) -> list[str]:
        """What is probably not meant of output folders among the input: held-out splits that are read like train, and
        a ledger that is gone. `keeps_splits` is whether each record stays in its split.
        """
        found = []
        for source in (source for source in self.sources if source.xdata):
            folder = folder_of(source)
            problem = folder.ledger_problem()
            if problem is not None:
                found.append(f"{problem}; what became of the records of {folder.path} can no longer be explained")
            if folder.splits != ("train",) and not keeps_splits and source.xdata != "extend":
                found.append(held_splits(folder))
        return found

    def notes(self, files: Sequence[InputFile], *, part_bytes: int = PART_BYTES) -> list[str]:
        notes = []
        for source in self.sources:
            notes += [differing(source)] if lost(source) else []
            if source.hub is not None and source.hub.revision is None:
                notes.append(
                    f"source {source.name!r} has no revision: what the hub has may change, and nobody would see"
                )
            kinds = Counter(file.format for file in files if file.source == source.name)
            if len(kinds) > 1:
                shown = ", ".join(f"{num} {kind}" for kind, num in kinds.most_common())
                notes.append(f"source {source.name!r} has files of several kinds, all of which are read: {shown}")
        return notes + [
            f"{file.source}/{file.path}: does not split, so one worker reads it alone"
            for file in files
            if self.weight(file) > part_bytes and not self._input(file).splits(file, self._readings[file.source])
        ]

    def _cut(self, file: InputFile, offsets: Sequence[int] | None, part_bytes: int) -> list[FilePart]:
        """The parts of one file, at `offsets` where it needed an index; a file that is read up to a limit is one."""
        if offsets is not None:
            return [FilePart(file, start, end) for start, end in pairwise([*offsets, file.size])]
        wanted = part_bytes if self.limit is None else None
        return self._input(file).cut(file, self._readings[file.source], part_bytes=wanted)

    def check_columns(self, file: InputFile, schema: pa.Schema) -> None:
        """Raises InputError where a table of these columns lacks a field, or its text holds no words."""
        source = self._source(file)
        if not source.has_records:
            check_schema(schema, self._readings[source.name].layout, file.shown)

    def format_of(self, file: InputFile) -> Format:
        """The format of a file: that of its name, or of what its source is."""
        source = self._source(file)
        if source.hub is not None:
            return hub_format(source.hub)
        return shard_format(file.format, source.xdata) if source.xdata and source.has_records else FORMATS[file.format]

    def reading_of(self, file: InputFile) -> Reading:
        """How a file is read."""
        return self._reading(self._source(file))

    @property
    def folders(self) -> frozenset[str]:
        """Names of the sources that are output folders of xdata."""
        return frozenset(source.name for source in self.sources if source.xdata in ("input", "rows"))

    def _source(self, file: InputFile) -> Source:
        return self._by_name[file.source]

    @cached_property
    def _by_name(self) -> dict[str, Source]:
        return {source.name: source for source in self.sources}

    def _input(self, file: InputFile) -> Input:
        found = self.format_of(file).input
        assert found is not None, file.format
        return found

    def _reading(self, source: Source) -> Reading:
        """How the files of a source are read. Each part has a new one, which knows only the columns of that part."""
        corpus = CORPORA.get(source.reader or "")
        rows = layout(
            source.fields,
            corpus=corpus.layout if corpus else None,
            excluded=source.exclude_tags,
            groups=source.groups,
            id=source.id,
            keep=source.keep,
            source=source.name,
        )
        return Reading(
            rows,
            max_record_bytes=self.max_record_bytes,
            copy_rows=self.copy_rows,
            unit=source.unit,
            delimiter=source.delimiter,
            quote=source.quote,
        )

    @cached_property
    def _readings(self) -> dict[str, Reading]:
        """Source -> how its files are read, for what asks nothing of single columns."""
        return {source.name: self._reading(source) for source in self.sources}

    def _read(self, part: FilePart) -> Iterator[Document | Skipped | Unreadable | KeptTypes]:
        reading = self.reading_of(part.file)
        return documents(self._input(part.file).read(part, reading), reading)

    def _check_kept(self, file: InputFile, source: Source) -> None:
        """Raises InputError for a format without columns, and ConfigError for a file that cannot keep those that its
        source keeps; what else is wrong with it is stated when it is read.
        """
        if (source.keep or source.id) and not self._input(file).has_columns:
            option = "keep" if source.keep else "id"
            raise InputError(f"{file.location}: {no_columns(source.name, file.format, option)}")
        if source.keep:
            with contextlib.suppress(InputError):
                self._input(file).check(file, self.reading_of(file))


def _published_whole(
    items: Iterator[Document | Skipped | Unreadable | KeptTypes], file: InputFile
) -> Iterator[Document | Skipped | KeptTypes]:
    """What is in a shard that a run adds to. Raises CheckError where any of it cannot be read, since what was published
    must stay, so that such a file is never skipped as others are.
    """
    try:
        for item in items:
            if isinstance(item, Unreadable):
                raise InputError(f"{file.location}: cannot be read at {item.origin.offset}: {item.error}")
            yield item
    except InputError as error:
        raise CheckError(
            f"{error}. All documents of the folder of --extend must be readable: run xdata check on it, then build it "
            "again"
        ) from None


def _with_facts(document: Document, source: Source) -> Document:
    """The document with the defaults of its source."""
    return replace(
        document,
        language=document.language or source.language,
        license=source.license if document.license == UNKNOWN else document.license,
        domain=document.domain or source.domain,
    )
