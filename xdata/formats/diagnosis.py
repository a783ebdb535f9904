"""What a file is that could not be read as what it was taken for: found by its first bytes, for messages."""

from xdata.formats.streams import StreamError, open_stream
from xdata.formats.table import FORMATS
from xdata.step import InputFile

_HEAD_BYTES = 1 << 12
_UNPACK = "decompress or extract it first"
_CONVERT = "convert it to JSONL or Parquet first"
_TAR_OFFSET = 257
_WRONG_NAME = "rename the file to match its format, or set `reader` for its source"
_GIT_ANNEX = "a git-annex pointer (its content was not downloaded)", "run `git annex get`"
_BEGINNINGS = (
    (b"/annex/objects/", *_GIT_ANNEX),
    (b"version https://git-lfs", "a Git LFS pointer (its content was not downloaded)", "run `git lfs pull`"),
    (b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"\x1f\x8b\x08", "compressed by gzip", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", _UNPACK),
    (b"%PDF-", "a PDF", "extract its text first"),
    (b"SQLite format 3\x00", "a database of SQLite", "export the table first"),
    (b"Rar!", "a RAR archive", _UNPACK),
    (b"\xd0\xcf\x11\xe0", "a Microsoft Office document", "export its text first"),
    (b"{\\rtf", "an RTF document", "export its text first"),
    (b"\x80\x04\x95", "a Python pickle, which may run code when it is read", _CONVERT),
    (b"\x93NUMPY", "a NumPy array", _CONVERT),
    (b"\x89HDF", "an HDF5 file", _CONVERT),
    (b"Obj\x01", "an Avro file", _CONVERT),
    (b"ORC", "an ORC file", _CONVERT),
    (b"\x89PNG", "a picture", "remove it"),
    (b"\xff\xd8\xff", "a picture", "remove it"),
    (b"GIF8", "a picture", "remove it"),
    (b"\x7fELF", "a program", "remove it"),
)
"""(what a file begins with that no format of ours does, what it is then, what to do)."""


def describe_file(file: InputFile, error: str) -> str:
    """What a file is, what was expected and what to do, one line; `error` is the message of its reader."""
    error = error.removeprefix(f"{file.location}: ").removeprefix(f"{file.source}: {file.path}: ")
    if file.format not in FORMATS:  # of a data set of the hub, which has no files of ours
        return error
    expected = FORMATS[file.format].expected
    if file.size == 0:
        return f"is empty (0 bytes), expected {expected}: remove it, or write it again"
    found = _kind(file, _head(file))
    return f"is {found[0]}, expected {expected}: {found[1]}" if found else error


def describe_unknown(head: bytes) -> str:
    """Why a file that begins so has no format that is read, what is read, and what to do; `head` is decompressed."""
    titles = [each.title for each in FORMATS.values() if each.input]
    expected = f"expected {', '.join(titles[:-1])} or {titles[-1]}"
    for beginning, what, remedy in _BEGINNINGS:
        if head.startswith(beginning):
            what, remedy = _in_zip(head) or (what, remedy)
            return f"is {what}, {expected}: {remedy}"
    if head[_TAR_OFFSET:].startswith(b"ustar"):
        return f"is a tar archive, {expected}: {_UNPACK}"
    return f"has an unknown format, {expected}: set `reader` for its source if it has one of these"


def _in_zip(head: bytes) -> tuple[str, str] | None:
    """(what a ZIP archive is, what to do), where its first member tells more than that."""
    if not head.startswith(b"PK\x03\x04"):
        return None
    if any(name in head for name in (b"[Content_Types].xml", b"word/", b"xl/")):
        return "a Microsoft Office document", "export its text first"
    if b"mimetypeapplication/epub" in head:
        return "an EPUB book", "extract its pages first"
    if b"mimetypeapplication/vnd.oasis" in head:
        return "an OpenDocument file", "export its text first"
    return None


def describe_records(file: InputFile, error: str) -> str:
    """The same of a file of which no record can be read; `error` is what is wrong with the first of them."""
    expected = FORMATS[file.format].expected if file.format in FORMATS else "a record"
    return describe_file(
        file,
        f"contains no readable records, expected {expected}; first error: {error}: download the file again, or remove "
        "it",
    )


def _kind(file: InputFile, head: bytes) -> tuple[str, str] | None:
    """(what a file is, what to do), None if the content cannot be distinguished from the expected format."""
    for beginning, what, remedy in _BEGINNINGS:
        if head.startswith(beginning):
            return what, remedy
    for other in FORMATS.values():
        if head.startswith(other.magic) and other.name != file.format:
            return other.title, _WRONG_NAME
    mistakes = FORMATS[file.format].mistakes
    return next(((each.found, each.remedy) for each in mistakes if each.begins.match(head)), None)


def _head(file: InputFile) -> bytes:
    """The first bytes of a file, decompressed; none of a file that cannot be opened or decompressed."""
    try:
        with open(file.location, "rb") as stream:
            return open_stream(stream, file.compression).read(_HEAD_BYTES)
    except (OSError, StreamError):
        return b""
