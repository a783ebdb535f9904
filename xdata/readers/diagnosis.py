"""What a file is that could not be read as what it was taken for: found by its first bytes, for messages."""

from collections.abc import Callable
from typing import cast

import regex

from xdata.readers.streams import Compression, StreamError, open_stream
from xdata.step import InputFile

_HEAD_BYTES = 1 << 12
_EXPECTED = {
    "warc": "records of WARC, WET or ARC",
    "jsonl": "JSON lines (one object a line, in UTF-8)",
    "parquet": "Parquet",
    "arrow": "Arrow",
    "csv": "CSV in UTF-8 with a header row",
    "tsv": "TSV in UTF-8 with a header row",
    "html": "a web page",
    "text": "plain text",
}
"""Format -> what a file of it is."""
_UTF_16 = regex.compile(rb"\xff\xfe|\xfe\xff|[\t\n\r -~]\0[\t\n\r -~]\0|\0[\t\n\r -~]\0[\t\n\r -~]")
_WEB_PAGE = regex.compile(rb"\s*<(?:!doctype\s+html|html|head|body)\b", regex.IGNORECASE)
_LIST = regex.compile(rb"(?:\xef\xbb\xbf)?\s*\[")
_OBJECT = regex.compile(rb"(?:\xef\xbb\xbf)?\s*\{\s*\n")

_UNPACK = "decompress or extract it first"
_WRONG_NAME = "rename the file to match its format, or set `reader` for its source"
_BEGINNINGS = (
    (b"version https://git-lfs", "a Git LFS pointer (its content was not downloaded)", "run `git lfs pull`"),
    (b"PK\x03\x04", "a ZIP archive", _UNPACK),
    (b"\xfd7zXZ\x00", "xz-compressed, which is not supported", _UNPACK),
    (b"BZh", "bzip2-compressed, which is not supported", _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive", _UNPACK),
    (b"\x04\x22\x4d\x18", "lz4-compressed, which is not supported", _UNPACK),
    (b"\x1f\x8b\x08", "compressed by gzip", _UNPACK),
    (b"\x28\xb5\x2f\xfd", "compressed by zstd", _UNPACK),
    (b"PAR1", "Parquet", _WRONG_NAME),
    (b"ARROW1", "Arrow", _WRONG_NAME),
    (b"WARC/", "WARC", _WRONG_NAME),
    (b"%PDF-", "a PDF", "extract its text first"),
    (b"SQLite format 3\x00", "a database of SQLite", "export the table first"),
)
"""(what a file begins with, what it is then, what to do)."""
_FORMAT_OF = {"Parquet": "parquet", "Arrow": "arrow", "WARC": "warc"}


def describe_file(file: InputFile, error: str) -> str:
    """What a file is, what was expected and what to do, one line; `error` is the message of its reader."""
    error = error.removeprefix(f"{file.location}: ").removeprefix(f"{file.source}: {file.path}: ")
    expected = _EXPECTED.get(file.format)
    if expected is None:  # of a data set of the hub, which has no files of ours
        return error
    if file.size == 0:
        return f"is empty (0 bytes), expected {expected}: remove it, or write it again"
    found = _kind(file, _head(file))
    return f"is {found[0]}, expected {expected}: {found[1]}" if found else error


def describe_records(file: InputFile, error: str) -> str:
    """The same of a file of which no record can be read; `error` is what is wrong with the first of them."""
    expected = _EXPECTED.get(file.format, "a record")
    return describe_file(
        file,
        f"contains no readable records, expected {expected}; first error: {error}: download the file again, or remove "
        "it",
    )


def _kind(file: InputFile, head: bytes) -> tuple[str, str] | None:
    """(what a file is, what to do), None if the content cannot be distinguished from the expected format."""
    for beginning, what, remedy in _BEGINNINGS:
        if head.startswith(beginning) and _FORMAT_OF.get(what) != file.format:
            return what, remedy
    tests: tuple[tuple[tuple[str, ...], Callable[[bytes], object], str, str], ...] = (
        (("jsonl", "csv", "tsv", "text"), _UTF_16.match, "UTF-16", "convert it, as by `iconv -f UTF-16 -t UTF-8`"),
        (("jsonl",), _LIST.match, "a JSON list", "write a line for each object of it, as by `jq -c '.[]'`"),
        (("jsonl",), _OBJECT.match, "JSON over several lines", "write each object on one line, as by `jq -c`"),
        (("jsonl", "csv", "tsv", "warc", "parquet", "arrow"), _WEB_PAGE.match, "a web page", "fetch the file again"),
    )
    return next(
        ((what, remedy) for formats, matches, what, remedy in tests if file.format in formats and matches(head)), None
    )


def _head(file: InputFile) -> bytes:
    """The first bytes of a file, decompressed; none of a file that cannot be opened or decompressed."""
    try:
        with open(file.location, "rb") as stream:
            return open_stream(stream, cast(Compression, file.compression)).read(_HEAD_BYTES)
    except (OSError, StreamError):
        return b""
