from pathlib import Path

import numpy as np
import pytest

from xdata.dedup.buckets import Buckets, without_singles
from xdata.dedup.pieces import Pieces


def _groups(buckets: Buckets) -> set[tuple[int, ...]]:
    found = set()
    for _, entries in buckets.pieces():
        for bucket in np.unique(entries["bucket"]):
            found.add(tuple(entries["row"][entries["bucket"] == bucket].tolist()))
    return found


@pytest.mark.parametrize(("piece_entries", "memory"), [(1 << 20, 1 << 20), (16, 1 << 20), (16, 64), (3, 0)])
def test_rows_of_a_hash_lie_together_in_order_of_preference(tmp_path: Path, piece_entries: int, memory: int) -> None:
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 1 << 63, 50, dtype=np.uint64)[rng.integers(0, 50, 200)] * np.uint64(2)
    keys = rng.integers(0, 20, 200, dtype=np.uint64)
    expected = set()
    for value in set(hashes.tolist()):
        rows = np.flatnonzero(hashes == value)
        if len(rows) > 1:
            expected.add(tuple(rows[np.lexsort((rows, keys[rows]))].tolist()))
    buckets = Buckets(tmp_path, 200, piece_entries=piece_entries, memory=memory)
    for part in np.array_split(np.arange(200), 7):
        buckets.add(hashes[part], keys[part], part)
    assert _groups(buckets) == expected == _groups(buckets)
    number, entries = next(buckets.pieces())
    buckets.put(number, entries[:0])
    assert len(_groups(buckets)) < len(expected)
    buckets.close()
    assert not list(tmp_path.rglob("*.bin"))


def test_hashes_at_the_ends_of_their_range_are_dealt(tmp_path: Path) -> None:
    buckets = Buckets(tmp_path, 100, piece_entries=7)
    ends = np.array([0, 2**64 - 1, 0, 2**64 - 1], dtype=np.uint64)
    buckets.add(ends, np.zeros(4, np.uint64), np.arange(4))
    assert _groups(buckets) == {(0, 2), (1, 3)}


def test_singles_go() -> None:
    kind = [("bucket", "<u4"), ("row", "<u4"), ("key", "<u8")]
    entries = np.array([(1, 5, 0), (2, 6, 0), (2, 7, 1), (4, 8, 0), (9, 1, 0), (9, 2, 1), (9, 3, 1)], dtype=kind)
    kept = without_singles(entries)
    assert kept["row"].tolist() == [6, 7, 1, 2, 3]
    assert len(without_singles(entries[:0])) == 0


@pytest.mark.parametrize("memory", [0, 100, 1 << 20])
def test_pieces_come_out_in_the_order_in_which_they_were_added(tmp_path: Path, memory: int) -> None:
    pieces = Pieces(tmp_path, np.uint32, memory=memory)
    for start in range(0, 90, 9):
        values = np.arange(start, start + 9, dtype=np.uint32)
        pieces.add(values, values % 3)
    assert pieces.numbers == [0, 1, 2]
    for number in range(3):
        assert pieces.read(number).tolist() == list(range(number, 90, 3))
    assert pieces.take(1).tolist() == list(range(1, 90, 3))
    assert pieces.numbers == [0, 2]
    assert pieces.read(1).tolist() == []
    pieces.close()
    assert not list(tmp_path.rglob("*.bin"))
