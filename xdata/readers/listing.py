"""The files that the sources of a run come to: what patterns match, and which format each file has."""

import glob
import os
import stat
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import regex

from xdata.errors import InputError, one_line
from xdata.formats.compressions import HEAD_BYTES, detect_compression
from xdata.formats.diagnosis import describe_unknown
from xdata.formats.streams import StreamError, open_stream
from xdata.formats.table import FORMATS, format_by_name, input_of
from xdata.readers.corpora import CORPORA
from xdata.readers.folder_sources import folder_of
from xdata.readers.folders import SHARD_FORMATS
from xdata.readers.sources import Source
from xdata.step import Compression, InputFile, UnreadableFile

_LINK = "is a link to a folder, which is not followed"
_OUTPUT_FILES = {"manifest.json", "recipe.yaml"}
"""Names of files that output folders of xdata have."""
_SIDE_FILES = regex.compile(
    r"dataset_infos?\.json|dataset_dict\.json|state\.json|stats\.jsonl?|metadata\.jsonl?|croissant\.json|_SUCCESS"
    r"|_(?:common_)?metadata|Thumbs\.db|desktop\.ini|(?:README|LICEN[CS]E|CHANGELOG|NOTICE)(?:\.\w+)?"
    r"|.*\.(?:crc|md5|sha1|sha256|sha512|asc|sig)|(?:MD5|SHA\d+)SUMS?|CITATION\.(?:cff|bib)",
    regex.IGNORECASE,
)
"""Names of files that lie beside data and describe it."""
_LINE_BYTES = 1 << 16
"""Of the first line of a file, by which its format is found where its name says nothing."""


@dataclass(frozen=True)
class Found:
    """What the patterns of a source come to."""

    files: tuple[Path, ...]
    """Sorted, each once."""
    ignored: Mapping[Path, str]
    """Files and folders that are passed over -> why."""


def expand(source: Source) -> Found:
    """The files of a source. Hidden files are taken only where a pattern names them, and so are files that describe
    data sets.
    """
    root = Path(source.root)
    if source.xdata:
        return Found(tuple(sorted(root / name for name in folder_of(source).files)), {})
    found: set[Path] = set()
    ignored: dict[Path, str] = {}
    for pattern in source.patterns:
        exact = root / pattern
        is_named = os.path.lexists(exact) and not exact.is_dir()
        matches = [exact] if os.path.lexists(exact) else _glob(root, pattern, ignored)
        files = [path for match in matches for path in (_files_below(match, ignored) if match.is_dir() else [match])]
        if not files:
            raise InputError(_no_match(exact, source, ignored))
        sides = set() if is_named else {path for path in files if _SIDE_FILES.fullmatch(path.name)}
        ignored |= dict.fromkeys(sides, "describes data and is not read; name the file itself to read it")
        found.update(path for path in files if path not in sides)
    return Found(tuple(sorted(found)), dict(sorted(ignored.items())))


def _no_match(pattern: Path, source: Source, ignored: Mapping[Path, str]) -> str:
    for path, why in ignored.items():
        return f"{pattern}: no file is left to read: {path} {why}"
    if source.content is None:
        return f"{pattern}: no file matches"
    return (
        f"source {source.name!r}: its rows came from memory, and {pattern}, where the run wrote them, is missing: give "
        "the rows again (xdata.build(…, inputs=…)) or another --input"
    )


def _glob(root: Path, pattern: str, ignored: dict[Path, str]) -> list[Path]:
    """Paths that match a pattern; `**` does not follow links, which may be circular."""
    matches = [root / match for match in glob.glob(pattern, root_dir=root, recursive=True)]
    if "**" not in pattern.split("/"):
        return matches
    followed = []
    for match in matches:
        link = next((folder for folder in _between(root, match) if folder.is_symlink()), None)
        if link is not None:
            ignored[link] = _LINK
        elif not match.is_dir():
            followed.append(match)
        elif match.is_symlink():
            ignored[match] = _LINK
        elif not pattern.endswith("**"):
            followed.append(match)
    return followed


def _between(root: Path, path: Path) -> Iterator[Path]:
    """The folders below `root` that `path` is in, the outermost first."""
    folder = root
    for name in path.relative_to(root).parts[:-1]:
        folder /= name
        yield folder


def _files_below(folder: Path, ignored: dict[Path, str]) -> list[Path]:
    """All files below a folder but hidden ones and those of output folders.

    Raises InputError for a folder that cannot be read.
    """

    def refuse(error: OSError) -> None:
        raise InputError(f"{error.filename}: cannot be read: {error.strerror}") from None

    found = []
    for parent, folders, names in os.walk(folder, onerror=refuse):
        if Path(parent) != folder and {*names} >= _OUTPUT_FILES:
            ignored[Path(parent)] = "is an output folder of xdata: give it as an input of its own to read its records"
            folders.clear()
            continue
        folders[:] = [name for name in folders if not name.startswith(".")]
        ignored |= {path: _LINK for name in folders if (path := Path(parent, name)).is_symlink()}
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


def describe(path: Path, source: Source) -> InputFile | UnreadableFile | str:
    """The file with its format, or why it is passed over."""
    name = path.relative_to(source.root).as_posix()
    try:
        if path.is_symlink() and not path.exists():
            return _broken_link(path)
        status = path.stat()
        if not stat.S_ISREG(status.st_mode):
            return f"is {_kind(status.st_mode)}, expected a file"
        with path.open("rb") as stream:
            format_ = _format(path.name, stream, formats_of(source))
            compression = _compression(format_, stream)
            if format_ is None:
                return describe_unknown(_head(stream))
    except OSError as error:
        return UnreadableFile(source.name, name, f"cannot be opened: {error.strerror}")
    changed = status.st_mtime_ns if source.content is None else int(source.content[:15], 16)
    return InputFile(source.name, name, str(path), format_, compression, status.st_size, changed)


def _broken_link(path: Path) -> str:
    """Why a link that leads nowhere is passed over."""
    target = os.readlink(path)
    if ".git/annex/" in target:
        return "is a link of git-annex, whose content was not downloaded: run `git annex get`"
    return f"is a link to {one_line(target, limit=100)}, which does not exist"


def _kind(mode: int) -> str:
    """What a path is that is no file."""
    kinds = ((stat.S_ISFIFO, "a named pipe"), (stat.S_ISSOCK, "a socket"), (stat.S_ISDIR, "a folder"))
    return next((what for test, what in kinds if test(mode)), "a device")


def _head(stream: BinaryIO) -> bytes:
    """The first bytes of a file, decompressed where that is possible."""
    stream.seek(0)
    head = stream.read(_LINE_BYTES)
    stream.seek(0)
    try:
        return open_stream(stream, detect_compression(head[:HEAD_BYTES])).read(_LINE_BYTES)
    except StreamError:
        return head


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
