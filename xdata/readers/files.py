"""The reader of files: finds out what each file is, cuts large ones into parts, joins small ones, and reads a part.

A format is found by the file's name, or by its first bytes if the name has no known extension. Parts are cut where
their format allows it: JSON lines at any line, Parquet between row groups, crawl files between records or compressed
members, which a file larger than a part is read through for once. A JSONL file that is compressed as one stream does
not split."""

import contextlib
import glob
import os
import stat
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from typing import Any, BinaryIO, Literal, cast

import pyarrow as pa
from pydantic import Field, field_validator

from xdata.context import Context
from xdata.errors import CheckError, ConfigError, InputError, nearest, one_line
from xdata.json_lines import parse_object
from xdata.readers.arrow import begins_like_arrow, read_arrow
from xdata.readers.copied import stated
from xdata.readers.corpora import CORPORA
from xdata.readers.delimited import Dialect, Head, read_delimited, read_head
from xdata.readers.fields import Layout, layout
from xdata.readers.folders import (
    Folder,
    find_folder,
    known_ids,
    read_json_shard,
    read_table_shard,
    refuse_shared_ids,
)
from xdata.readers.hub import HubDataset, read_shard, shard_names
from xdata.readers.jsonl import read_jsonl
from xdata.readers.parquet import check_schema, check_table, read_parquet, row_group_bytes
from xdata.readers.plain import Unit, read_page, read_text
from xdata.readers.position import watch
from xdata.readers.sources import NO_ROWS, Source, check_names, no_rows
from xdata.readers.streams import Compression, StreamError, detect_compression, open_stream
from xdata.readers.warc import begins_like_warc, index_warc, read_warc
from xdata.records import IN_FOLDER, PUBLISHED, UNKNOWN, Document, KeptTypes, Origin, Skipped, Unreadable
from xdata.step import PART_BYTES, FilePart, InputFile, Listing, Reader, UnreadableFile

FORMATS: dict[str, tuple[str, ...]] = {
    "warc": (".warc", ".wet", ".wat", ".arc"),
    "jsonl": (".jsonl", ".ndjson", ".jsonlines"),
    "parquet": (".parquet", ".pq"),
    "arrow": (".arrow", ".feather", ".ipc"),
    "csv": (".csv",),
    "tsv": (".tsv",),
    "html": (".html", ".htm", ".xhtml"),
    "text": (".txt",),
}
"""Format -> endings of its files, to which `.gz` or `.zst` may be added."""
_FOLDER_READER = "xdata"
"""What users may take for the name of a reader."""
_HUB = "hub"
"""Format of the shards of data sets of the hub."""
_DELIMITED = {"csv": (",", '"'), "tsv": ("\t", "")}
"""Format -> what parts fields, and what they are quoted with."""

_COMPRESSED_ENDINGS = (".gz", ".zst", ".zstd")
_COMPRESSION_FACTOR = 4
"""How many bytes a compressed one is taken for when parts are cut."""
_MOST_FILES = 1000
"""Small files that one part has."""


class Files(Reader):
    """Reads WARC, WET, ARC, JSONL and Parquet files of all sources, in order of source, path and place.

    Broken records are passed over and named. Raises InputError for a pattern that matches nothing, and when a file is
    read that cannot be opened, is not valid in its format, or lacks a field. Listing and planning raise nothing for
    such a file: it is listed apart, or is one part, whose error is reported when it is read.
    """

    kind: Literal["readers.files"] = "readers.files"
    libraries = ("fastwarc", "langcodes", "babel")
    papers = ("ISO 28500 (WARC)",)

    sources: tuple[Source, ...] = Field(min_length=1)
    """Files and datasets that are read; see `sources.yaml`."""
    max_record_bytes: int = Field(default=32 << 20, ge=1 << 10)
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
            | ({"xdata": source.xdata, "fingerprint": _folder_of(source).fingerprint} if source.xdata else {})
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
                files += [_shard(source.name, name) for name in shard_names(source.hub)]
                continue
            found = False
            paths, links = _expand(source)
            if without is not None and without != Path(source.root):
                outside = [path for path in paths if not path.is_relative_to(without)]
                if len(outside) < len(paths) and without.is_relative_to(source.root):
                    ignored.append((_name(without, source), "is where this run writes, and is not read"))
                    paths = outside
            ignored += [(_name(link, source), "is a link to a folder, which is not followed") for link in links]
            for path in paths:
                name = _name(path, source)
                owner = owners.setdefault(os.path.realpath(path), name)
                if owner.split("/")[0] != source.name:
                    raise InputError(f"{path}: is in two sources, as {owner} and as {name}")
                if owner != name:
                    ignored.append((name, f"is the same file as {owner}"))
                elif not _is_utf8(str(path)):
                    ignored.append((one_line(name), "its name is not UTF-8: rename it"))
                elif isinstance(file := _describe(path, source), UnreadableFile):
                    unreadable.append(file)
                    found = True
                elif file is None:
                    ignored.append((name, f"not a kind of file that is read ({', '.join(_formats(source))})"))
                elif file.format in NO_ROWS and (source.keep or source.id):
                    option = "keep" if source.keep else "id"
                    raise InputError(f"{path}: {no_rows(source.name, file.format, option)}")
                else:
                    _check_kept(file, source)
                    files.append(file)
                    found = True
            if not found:
                raise InputError(
                    f"source {source.name!r}: no file in {_shown(source)} is {' or '.join(_formats(source))}"
                )
        return Listing(
            tuple(sorted(files, key=lambda file: file.identity)),
            tuple(sorted(ignored)),
            tuple(sorted(unreadable, key=lambda file: (file.source, file.path))),
        )

    def weight(self, file: InputFile) -> int:
        compressed = file.compression != "none" or file.format == "parquet"
        return file.size * (_COMPRESSION_FACTOR if compressed else 1)

    def needs_index(self, file: InputFile, *, part_bytes: int = PART_BYTES) -> bool:
        return file.format == "warc" and self.limit is None and self.weight(file) > part_bytes

    def index(self, file: InputFile, *, part_bytes: int = PART_BYTES) -> list[int]:
        part_bytes = part_bytes if file.compression == "none" else part_bytes // _COMPRESSION_FACTOR
        try:
            with _open(file.location) as stream:
                return index_warc(stream, compression=_compression(file), part_bytes=part_bytes)
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
            alone = len(pieces) > 1 or file.format == _HUB
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
        sources = {source.name: source for source in self.sources}

        def read(part: FilePart) -> Iterator[Document | Skipped | Unreadable | KeptTypes]:
            source = sources[part.file.source]
            num_documents = 0
            if source.xdata == "extend":
                yield from _published_whole(self._read(part, source), part.file)
                return
            for item in self._read(part, source):
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
        folders = [_folder_of(source) for source in self.sources if source.xdata == "extend"]
        return frozenset[bytes]().union(*(known_ids(folder, names) for folder in folders))

    @cached_property
    def _in_folders(self) -> frozenset[bytes]:
        """Ids of input folders that documents of other sources may have."""
        if not self._plain_names:
            return frozenset()
        folders = [_folder_of(source) for source in self.sources if source.xdata == "input"]
        return frozenset[bytes]().union(*(known_ids(folder, self._plain_names) for folder in folders))

    @property
    def _plain_names(self) -> list[str]:
        return [source.name for source in self.sources if not source.has_records]

    def _check_folders(self) -> None:
        """Raises InputError for output folders that are not whole, or have documents in common."""
        folders = {source.name: _folder_of(source) for source in self.sources if source.xdata}
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
            folder = _folder_of(source)
            problem = folder.ledger_problem()
            if problem is not None:
                found.append(f"{problem}; what became of the records of {folder.path} can no longer be explained")
            if folder.splits != ("train",) and not keeps_splits and source.xdata != "extend":
                found.append(_held_splits(folder))
        return found

    def notes(self, files: Sequence[InputFile], *, part_bytes: int = PART_BYTES) -> list[str]:
        notes = []
        for source in self.sources:
            notes += [_differing(source)] if _lost(source) else []
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
            if self.weight(file) > part_bytes and not self._splits(file)
        ]

    def _splits(self, file: InputFile) -> bool:
        """Whether a large file can be read in parts."""
        by_line = file.format == "jsonl" or (file.format == "text" and self._unit(file) == "line")
        return file.format in ("warc", "parquet") or (by_line and file.compression == "none")

    def _cut(self, file: InputFile, offsets: Sequence[int] | None, part_bytes: int) -> list[FilePart]:
        """Ranges of one file, at `offsets` where it needed an index."""
        if file.format == "parquet":
            return _cut_row_groups(file, part_bytes if self.limit is None else None)
        if file.format == _HUB:
            return [FilePart(file, 0, 0)]
        if offsets is None:
            whole = self.limit is not None or file.format == "warc" or not self._splits(file)
            offsets = [0] if whole else range(0, max(file.size, 1), part_bytes)
        ends = [*offsets[1:], file.size]
        return [FilePart(file, start, end) for start, end in zip(offsets, ends, strict=True)]

    def head(self, file: InputFile) -> Head:
        """The first row of a file of CSV or TSV. Raises InputError where it has none."""
        return read_head(
            file.location,
            compression=_compression(file),
            dialect=self.dialect(file),
            max_record_bytes=self.max_record_bytes,
        )

    def check_columns(self, file: InputFile, schema: pa.Schema) -> None:
        """Raises InputError where a table of these columns lacks a field, or its text holds no words."""
        source = self._source(file)
        if not source.has_records:
            check_schema(schema, _layout_of(source), f"{file.source}: {file.path}")

    def dialect(self, file: InputFile) -> Dialect:
        """How the rows of a file of CSV or TSV are written."""
        delimiter, quote = _DELIMITED[file.format]
        source = self._source(file)
        return Dialect(source.delimiter or delimiter, quote if source.quote is None else source.quote)

    @property
    def folders(self) -> frozenset[str]:
        """Names of the sources that are output folders of xdata."""
        return frozenset(source.name for source in self.sources if source.xdata in ("input", "rows"))

    def hub_of(self, file: InputFile) -> HubDataset | None:
        """The data set of the hub that a file is a shard of; None for a file on the disk."""
        return self._source(file).hub

    def _source(self, file: InputFile) -> Source:
        return next(source for source in self.sources if source.name == file.source)

    def _unit(self, file: InputFile) -> Unit:
        return self._source(file).unit

    def _read(self, part: FilePart, source: Source) -> Iterator[Document | Skipped | Unreadable | KeptTypes]:
        file = part.file
        origin = Origin(file.source, file.path, 0)
        if source.has_records:
            return self._read_folder(part, source)
        rows = _layout_of(source)
        common: dict[str, Any] = {"origin": origin, "max_record_bytes": self.max_record_bytes}
        if source.hub is not None:
            return read_shard(source.hub, layout=rows, **common)
        if file.format == "parquet":
            return read_parquet(
                file.location, start=part.start, end=part.end, layout=rows, copy_rows=self.copy_rows, **common
            )
        if file.format == "arrow":
            return read_arrow(file.location, layout=rows, **common)
        return self._read_stream(part, source, rows, common)

    def _read_folder(self, part: FilePart, source: Source) -> Iterator[Document | Skipped | Unreadable | KeptTypes]:
        """Documents of a shard of an output folder."""
        file, use = part.file, source.xdata
        assert use is not None
        origin = Origin(file.source, file.path, 0)
        if file.format == "parquet":
            yield from read_table_shard(file.location, origin=origin, start=part.start, end=part.end, use=use)
            return
        with _open(file.location) as stream:
            yield from read_json_shard(
                stream,
                compression=_compression(file),
                origin=origin,
                start=part.start,
                end=None if part.end >= file.size else part.end,
                use=use,
                max_record_bytes=self.max_record_bytes,
                copy_rows=self.copy_rows,
            )

    def _read_stream(
        self, part: FilePart, source: Source, rows: Layout, common: Mapping[str, Any]
    ) -> Iterator[Document | Skipped | Unreadable | KeptTypes]:
        file = part.file
        end = None if part.end >= file.size else part.end
        compression = _compression(file)
        with _open(file.location) as stream:
            match file.format:
                case "warc":
                    yield from read_warc(stream, compression=compression, start=part.start, end=end, **common)
                case "jsonl":
                    yield from read_jsonl(
                        stream,
                        compression=compression,
                        start=part.start,
                        end=end,
                        layout=rows,
                        copy_rows=self.copy_rows,
                        **common,
                    )
                case "text":
                    yield from read_text(
                        stream, compression=compression, start=part.start, end=end, unit=source.unit, **common
                    )
                case "html":
                    yield from read_page(stream, compression=compression, **common)
                case _:
                    yield from read_delimited(
                        stream,
                        compression=compression,
                        **vars(self.dialect(file)),
                        layout=rows,
                        copy_rows=self.copy_rows,
                        **common,
                    )


def _shard(source: str, name: str) -> InputFile:
    return InputFile(source, name, "", _HUB, "none", 0, 0)


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


def _check_kept(file: InputFile, source: Source) -> None:
    """Raises ConfigError if a table lacks columns that its source keeps; read errors are reported later."""
    if source.keep and file.format == "parquet":
        with contextlib.suppress(InputError):
            check_table(file.location, layout=_layout_of(source), where=f"{file.source}: {file.path}")


def _layout_of(source: Source) -> Layout:
    """Where the fields of documents, and what they keep, stand in the rows of a source."""
    corpus = CORPORA.get(source.reader or "")
    return layout(
        source.fields,
        corpus=corpus.layout if corpus else None,
        excluded=source.exclude_tags,
        groups=source.groups,
        id=source.id,
        keep=source.keep,
        source=source.name,
    )


def _with_facts(document: Document, source: Source) -> Document:
    """The document with the defaults of its source."""
    return replace(
        document,
        language=document.language or source.language,
        license=source.license if document.license == UNKNOWN else document.license,
        domain=document.domain or source.domain,
    )


def _folder_of(source: Source) -> Folder:
    """The output folder of xdata that a source is, with what is read of it. Raises InputError where it is none any
    more.
    """
    folder = find_folder(Path(source.root))
    if folder is None:
        raise InputError(f"source {source.name!r}: {source.root} is no longer an output folder of xdata")
    return folder.only(source.splits)


def _held_splits(folder: Folder) -> str:
    """Note on a folder whose splits are read together."""
    shown = ", ".join(folder.splits)
    return (
        f"{folder.path}: the records of all its splits ({shown}) are read as one, so that records of a test split may "
        f"come into train: to read one split, list the folder in a sources.yaml, as {{name: NAME, path: {folder.path}, "
        f"splits: [{folder.splits[-1]}]}}"
    )


def _lost(source: Source) -> list[str]:
    """Keys of which the sources of the copied rows in a folder state different values, and which nobody sets."""
    if source.xdata != "rows":
        return []
    default = Source.model_fields
    return [
        key
        for key in stated(Path(source.root)).differing
        if getattr(source, key) == default[key].get_default(call_default_factory=True)
    ]


def _differing(source: Source) -> str:
    keys = ", ".join(_lost(source))
    return (
        f"source {source.name!r}: the sources of the rows in {source.root} state different values of {keys}, so none "
        "of them applies: set them in a sources.yaml"
    )


def _expand(source: Source) -> tuple[list[Path], list[Path]]:
    """(files of a source, folders that are links and not gone into), sorted, each once.

    Hidden files are taken only where a pattern names them.
    """
    root = Path(source.root)
    if source.xdata:
        return sorted(root / name for name in _folder_of(source).files), []
    found: set[Path] = set()
    links: set[Path] = set()
    for pattern in source.patterns:
        exact = root / pattern
        matches = [exact] if os.path.exists(exact) else _glob(root, pattern, links)
        files = [path for match in matches for path in (_files_below(match, links) if match.is_dir() else [match])]
        if not files:
            raise InputError(_no_match(exact, source))
        found.update(files)
    return sorted(found), sorted(links)


def _no_match(pattern: Path, source: Source) -> str:
    if source.content is None:
        return f"{pattern}: no file matches"
    return (
        f"source {source.name!r}: its rows came from memory, and {pattern}, where the run wrote them, is missing: give "
        "the rows again (xdata.build(…, inputs=…)) or another --input"
    )


def _glob(root: Path, pattern: str, links: set[Path]) -> list[Path]:
    """Paths that match a pattern; `**` does not follow links, which may be circular."""
    matches = [root / match for match in glob.glob(pattern, root_dir=root, recursive=True)]
    if "**" not in pattern.split("/"):
        return matches
    followed = []
    for match in matches:
        link = next((folder for folder in _between(root, match) if folder.is_symlink()), None)
        if link is not None:
            links.add(link)
        elif not match.is_dir():
            followed.append(match)
        elif match.is_symlink():
            links.add(match)
        elif not pattern.endswith("**"):
            followed.append(match)
    return followed


def _between(root: Path, path: Path) -> Iterator[Path]:
    """The folders below `root` that `path` is in, the outermost first."""
    folder = root
    for name in path.relative_to(root).parts[:-1]:
        folder /= name
        yield folder


def _files_below(folder: Path, links: set[Path]) -> list[Path]:
    """All files below a folder but the hidden ones. Raises InputError for a folder that cannot be read."""

    def refuse(error: OSError) -> None:
        raise InputError(f"{error.filename}: cannot be read: {error.strerror}") from None

    found = []
    for parent, folders, names in os.walk(folder, onerror=refuse):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links.update(path for name in folders if (path := Path(parent, name)).is_symlink())
        found += [Path(parent, name) for name in names if not name.startswith(".")]
    return found


def _name(path: Path, source: Source) -> str:
    """The name of a file in messages: that of its source and its path in it."""
    return f"{source.name}/{path.relative_to(source.root).as_posix()}"


def _is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def _describe(path: Path, source: Source) -> InputFile | UnreadableFile | None:
    """The file with its format, None where it has none that is read."""
    name = path.relative_to(source.root).as_posix()
    try:
        if path.is_symlink() and not path.exists():
            return None
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return None
        with path.open("rb") as stream:
            format_ = _format(path.name, stream, _formats(source))
            stream.seek(0)
            compression = "none" if format_ in ("parquet", "arrow") else detect_compression(stream.read(4))
    except OSError as error:
        return UnreadableFile(source.name, name, f"cannot be opened: {error.strerror}")
    if format_ is None:
        return None
    changed = status.st_mtime_ns if source.content is None else int(source.content[:15], 16)
    return InputFile(source.name, name, str(path), format_, compression, status.st_size, changed)


def _formats(source: Source) -> tuple[str, ...]:
    """The formats that the files of a source may have."""
    if source.reader is None:
        return tuple(FORMATS)
    if source.xdata:
        return ("parquet", "jsonl")
    return CORPORA[source.reader].formats if source.reader in CORPORA else (source.reader,)


def _format(name: str, stream: BinaryIO, formats: Sequence[str]) -> str | None:
    """The format of a file among those it may have; the only one is believed."""
    if len(formats) == 1:
        return formats[0]
    found = _format_by_name(name) or _format_by_content(stream)
    return found if found in formats else None


def _format_by_name(name: str) -> str | None:
    stem = name.lower()
    for ending in _COMPRESSED_ENDINGS:
        stem = stem.removesuffix(ending)
    return next((format_ for format_, endings in FORMATS.items() if stem.endswith(endings)), None)


def _format_by_content(stream: BinaryIO) -> str | None:
    head = stream.read(6)
    if head.startswith(b"PAR1"):
        return "parquet"
    if begins_like_arrow(head):
        return "arrow"
    stream.seek(0)
    try:
        line = open_stream(stream, detect_compression(head[:4])).readline(1 << 16)
    except StreamError:
        return None
    if begins_like_warc(line):
        return "warc"
    return "jsonl" if isinstance(parse_object(line), dict) else None


def _cut_row_groups(file: InputFile, part_bytes: int | None) -> list[FilePart]:
    """Ranges of row groups; one empty range for a file that is not Parquet, whose error is reported when it is read."""
    parts, start, size = [], 0, 0
    try:
        sizes = row_group_bytes(file.location)
    except InputError:
        return [FilePart(file, 0, 0)]
    for number, num_bytes in enumerate(sizes):
        size += num_bytes * _COMPRESSION_FACTOR
        if part_bytes is not None and size >= part_bytes:
            parts.append(FilePart(file, start, number + 1))
            start, size = number + 1, 0
    if start < len(sizes) or not parts:
        parts.append(FilePart(file, start, len(sizes)))
    return parts


def _compression(file: InputFile) -> Compression:
    return cast(Compression, file.compression)


def _open(location: str) -> BinaryIO:
    try:
        return watch(open(location, "rb"))
    except OSError as error:
        raise InputError(f"{location}: cannot be opened: {error.strerror}") from None


def _shown(source: Source) -> str:
    return ", ".join(str(Path(source.root) / pattern) for pattern in source.patterns[:4])
