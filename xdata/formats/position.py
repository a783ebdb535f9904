"""Where this process is in the file that it reads, for the progress display. A process reads one file at a time."""

from typing import BinaryIO


class _Reading:
    file: BinaryIO | None = None


def watch(file: BinaryIO) -> BinaryIO:
    """The file, which is from now on the one that is read."""
    _Reading.file = file
    return file


def position() -> int:
    """Byte of the file, compressed where it is compressed, up to which it was read; 0 where none is open.

    Tables, whose parts are small, are not watched.
    """
    file = _Reading.file
    return 0 if file is None or file.closed else file.tell()
