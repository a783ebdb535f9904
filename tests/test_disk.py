import errno
from pathlib import Path

import pytest

from xdata.disk import disk_error, write_atomically
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
