import tracemalloc
from pathlib import Path

import numpy as np
import pytest

from xdata.dedup.order import Order


@pytest.mark.parametrize("piece_rows", [1 << 22, 64, 7])
@pytest.mark.parametrize("memory", [1 << 26, 0])
@pytest.mark.parametrize("num_keys", [1, 5, 1 << 60])
def test_rows_come_in_the_order_of_their_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, num_keys: int, memory: int, piece_rows: int
) -> None:
    monkeypatch.setattr("xdata.dedup.order._PIECE_ROWS", piece_rows)
    monkeypatch.setattr("xdata.dedup.order._SAMPLE", 16)
    keys = np.random.default_rng(1).integers(0, num_keys, 500, dtype=np.uint64)
    order = Order(np.array_split(keys, 9), 500, folder=tmp_path, memory=memory)
    assert order.rows.tolist() == np.argsort(keys, kind="stable").tolist()
    assert order.places[order.rows].tolist() == list(range(500))
    assert not list(tmp_path.rglob("*.bin"))


def test_keys_are_not_kept_in_memory(tmp_path: Path) -> None:
    def peak(num: int) -> int:
        rng = np.random.default_rng(1)
        tracemalloc.start()
        Order(
            (rng.integers(0, 1 << 60, 10_000, dtype=np.uint64) for _ in range(num)),
            num * 10_000,
            folder=tmp_path,
            memory=1 << 16,
        )
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("xdata.dedup.order._PIECE_ROWS", 20_000)
        patch.setattr("xdata.dedup.order._SAMPLE", 100)
        most = min(peak(60) for _ in range(3))  # what other threads of the process allocate meanwhile is left out
        assert most < 1.7 * peak(15)


def test_there_may_be_none(tmp_path: Path) -> None:
    assert Order([], 0, folder=tmp_path).rows.tolist() == []
