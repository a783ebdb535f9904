import errno
from pathlib import Path

import numpy as np
import pytest

from xdata.disk import disk_error, write_atomically, zeros
from xdata.errors import ResourceError


@pytest.mark.parametrize(
    ("number", "message"),
    [
        (errno.ENOSPC, "the disk is full: free space, then run the same command again to resume"),
        (errno.EDQUOT, "the disk is full"),
        (errno.EACCES, "cannot be written (Permission denied): give an --out that can"),
        (errno.EROFS, "cannot be written (Read-only file system)"),
        (errno.EIO, "cannot be written: Input/output error"),
    ],
)
def test_what_a_failed_write_means(number: int, message: str) -> None:
    error = disk_error(OSError(number, __import__("os").strerror(number)), Path("/out/x"))
    assert str(error).startswith(f"/out/x: {message}")


def test_a_file_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    write_atomically(tmp_path / "a" / "b.json", b"one")
    write_atomically(tmp_path / "a" / "b.json", b"two")
    assert (tmp_path / "a" / "b.json").read_bytes() == b"two"
    assert [path.name for path in (tmp_path / "a").iterdir()] == ["b.json"]


def test_a_failed_write_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("os.fsync", full)
    with pytest.raises(ResourceError, match=r"b\.json: the disk is full"):
        write_atomically(tmp_path / "b.json", b"one")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(("most_bytes", "allocates"), [(0, True), (0, False), (1 << 20, True)])
def test_an_array_of_zeros_is_the_same_in_memory_and_in_a_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, most_bytes: int, allocates: bool
) -> None:
    """Python has no posix_fallocate on macOS."""
    if not allocates:
        monkeypatch.delattr("os.posix_fallocate")
    found = zeros(1000, np.uint32, tmp_path / "new", most_bytes=most_bytes)
    assert found.shape == (1000,) and found.dtype == np.uint32 and not found.any()
    found[::3] = 7
    assert found.sum() == 334 * 7 and found[[0, 1, 999]].tolist() == [7, 0, 7]
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_disk_without_room_for_an_array_says_so(tmp_path: Path) -> None:
    with pytest.raises(OSError, match=r"space|large") as error:
        zeros(1 << 50, np.uint64, tmp_path, most_bytes=0)
    assert isinstance(disk_error(error.value, tmp_path), ResourceError)
