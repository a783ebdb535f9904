"""Files that are complete or do not exist, hashes of files, and what it means when a disk refuses a file."""

import errno
import os
from hashlib import sha256
from pathlib import Path

from xdata.errors import ResourceError

_TEMPORARY = ".unfinished"


def write_atomically(path: Path, data: bytes) -> None:
    """Writes a file that is there whole or not at all. Raises ResourceError on a full disk."""
    temporary = temporary_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise disk_error(error, path) from None


def temporary_name(path: Path) -> Path:
    """Where this process writes what will be `path`: beside it, hidden, named after both."""
    return path.with_name(f".{path.name}.{os.getpid()}{_TEMPORARY}")


def is_temporary(path: Path) -> bool:
    """Whether a file was begun under a `temporary_name`."""
    return path.name.startswith(".") and path.name.endswith(_TEMPORARY)


def flush(path: Path) -> None:
    """Makes sure that what was written to a file is on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def hash_file(path: Path) -> str:
    """sha256 of a file's bytes, hex."""
    digest = sha256()
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def disk_error(error: OSError, path: Path) -> ResourceError:
    """The ResourceError for a failed write."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ResourceError(f"{path}: the disk is full: free space, then run the same command again to resume")
    if error.errno in (errno.EACCES, errno.EPERM, errno.EROFS):
        return ResourceError(f"{path}: cannot be written ({error.strerror}): give an --out that can")
    return ResourceError(f"{path}: cannot be written: {error.strerror or error}")
