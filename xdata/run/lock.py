"""One run at a time in a folder."""

import contextlib
import fcntl
import os
from collections.abc import Iterator
from pathlib import Path

from xdata.disk import disk_error
from xdata.errors import ConfigError, RunError

_NAME = ".xdata.lock"
_CONTENT = "process "
_held: set[int] = set()
"""Descriptors of the locks that this process holds."""


@contextlib.contextmanager
def locked(folder: Path) -> Iterator[None]:
    """Holds `folder`, which is made where it is missing. Raises RunError where another run holds it.

    The lock dies with its process, so a killed run leaves none behind.
    """
    path = folder / _NAME
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = _acquire(path)
    except OSError as error:
        raise disk_error(error, folder) from None
    _held.add(descriptor)
    try:
        yield
    finally:
        _held.remove(descriptor)
        path.unlink(missing_ok=True)
        os.close(descriptor)


def let_go() -> None:
    """Closes what a forked process has of the locks of its parent, so that they die with the parent alone."""
    for descriptor in _held:
        os.close(descriptor)
    _held.clear()


def _acquire(path: Path) -> int:
    while True:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW, 0o644)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 100).decode("ascii", "replace").strip() or "another process"
            os.close(descriptor)
            raise RunError(f"{path.parent}: is in use by {holder}: wait for it, or give another --out") from None
        said = os.read(descriptor, 100).decode("ascii", "replace")
        if said and not said.startswith(_CONTENT):
            os.close(descriptor)
            raise ConfigError(f"{path.parent}: has a {_NAME} that no run of xdata wrote: give another --out")
        if _is_still_there(path, descriptor):
            os.truncate(descriptor, 0)
            os.lseek(descriptor, 0, os.SEEK_SET)
            os.write(descriptor, f"{_CONTENT}{os.getpid()} on {os.uname().nodename}\n".encode("ascii", "replace"))
            return descriptor
        os.close(descriptor)


def _is_still_there(path: Path, descriptor: int) -> bool:
    """Whether the locked file is still the one of that name, and not one that its holder has just removed."""
    try:
        return os.stat(path).st_ino == os.fstat(descriptor).st_ino
    except FileNotFoundError:
        return False
