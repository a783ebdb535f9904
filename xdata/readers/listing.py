"""The files that the sources of a run come to: what patterns match, and which format each file has."""

import glob
import os
import stat
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import BinaryIO

from xdata.errors import InputError
from xdata.formats.compressions import HEAD_BYTES, detect_compression
from xdata.formats.streams import StreamError, open_stream
from xdata.formats.table import FORMATS, format_by_name, input_of
from xdata.readers.corpora import CORPORA
from xdata.readers.folder_sources import folder_of
from xdata.readers.folders import SHARD_FORMATS
from xdata.readers.sources import Source
from xdata.step import Compression, InputFile, UnreadableFile

_LINE_BYTES = 1 << 16
"""Of the first line of a file, by which its format is found where its name says nothing."""


def expand(source: Source) -> tuple[list[Path], list[Path]]:
    """(files of a source, folders that are links and not gone into), sorted, each once.

    Hidden files are taken only where a pattern names them.
    """
    root = Path(source.root)
    if source.xdata:
        return sorted(root / name for name in folder_of(source).files), []
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


def name_of(path: Path, source: Source) -> str:
    """The name of a file in messages: that of its source and its path in it."""
    return f"{source.name}/{path.relative_to(source.root).as_posix()}"


def is_utf8(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True


def describe(path: Path, source: Source) -> InputFile | UnreadableFile | None:
    """The file with its format, None where it has none that is read."""
    name = path.relative_to(source.root).as_posix()
    try:
        if path.is_symlink() and not path.exists():
            return None
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return None
        with path.open("rb") as stream:
            format_ = _format(path.name, stream, formats_of(source))
            compression = _compression(format_, stream)
    except OSError as error:
        return UnreadableFile(source.name, name, f"cannot be opened: {error.strerror}")
    if format_ is None:
        return None
    changed = status.st_mtime_ns if source.content is None else int(source.content[:15], 16)
    return InputFile(source.name, name, str(path), format_, compression, status.st_size, changed)


def formats_of(source: Source) -> tuple[str, ...]:
    """The formats that the files of a source may have."""
    if source.reader is None:
        return tuple(each.name for each in FORMATS.values() if each.input)
    if source.xdata:
        return SHARD_FORMATS
    return CORPORA[source.reader].formats if source.reader in CORPORA else (source.reader,)


def _format(name: str, stream: BinaryIO, formats: Sequence[str]) -> str | None:
    """The format of a file among those it may have; the only one is believed."""
    if len(formats) == 1:
        return formats[0]
    by_name = format_by_name(name)
    found = by_name.name if by_name else _format_by_content(stream)
    return found if found in formats else None


def _format_by_content(stream: BinaryIO) -> str | None:
    """The format that the first line of a file is of; formats that compress inside are known by its own bytes."""
    line = stream.readline(_LINE_BYTES)
    stream.seek(0)
    try:
        content = open_stream(stream, detect_compression(line[:HEAD_BYTES])).readline(_LINE_BYTES)
    except StreamError:
        content = None
    for each in FORMATS.values():
        head = content if each.input and each.input.may_be_compressed else line
        if each.input and head is not None and each.input.begins(head):
            return each.name
    return None


def _compression(format_: str | None, stream: BinaryIO) -> Compression:
    if format_ is None or not input_of(format_).may_be_compressed:
        return "none"
    stream.seek(0)
    return detect_compression(stream.read(HEAD_BYTES))


def shown_patterns(source: Source) -> str:
    return ", ".join(str(Path(source.root) / pattern) for pattern in source.patterns[:4])
