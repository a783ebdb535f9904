"""Arrays that lie in files where they are too large for memory."""

import os
from pathlib import Path
from tempfile import TemporaryFile
from typing import Any

import numpy as np
import numpy.typing as npt


def zeros(num: int, kind: npt.DTypeLike, folder: Path, *, most_bytes: int) -> npt.NDArray[Any]:
    """An array of zeros: in memory if it takes `most_bytes` at most, else in a file of the folder, paged by the system.

    The file has no name, and is gone with the array. Raises OSError where the disk has no room for it.
    """
    kind = np.dtype(kind)
    if num * kind.itemsize <= most_bytes:
        return np.zeros(num, dtype=kind)
    folder.mkdir(parents=True, exist_ok=True)
    with TemporaryFile(dir=folder) as file:
        file.truncate(num * kind.itemsize)
        if hasattr(os, "posix_fallocate"):  # a full disk is an error now, and no signal later
            os.posix_fallocate(file.fileno(), 0, num * kind.itemsize)
        return np.asarray(np.memmap(file, dtype=kind, mode="r+", shape=(num,)))
