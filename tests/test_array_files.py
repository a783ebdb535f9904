from pathlib import Path

import numpy as np
import pytest

from xdata.array_files import zeros
from xdata.disk import disk_error
from xdata.errors import ResourceError


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
