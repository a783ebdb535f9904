from pathlib import Path

import numpy as np
import pytest

from xdata.dedup.buckets import Buckets, distinct, firsts, pairs_of, seconds, without_singles
from xdata.dedup.pieces import Pieces


def _groups(buckets: Buckets) -> set[tuple[int, ...]]:
    found = set()
    for _, pairs in buckets.pieces():
        for bucket in np.unique(firsts(pairs)):
            found.add(tuple(seconds(pairs)[firsts(pairs) == bucket].tolist()))
    return found


@pytest.mark.parametrize(("piece_entries", "memory"), [(1 << 20, 1 << 20), (16, 1 << 20), (16, 64), (3, 0)])
def test_places_of_a_hash_lie_together_in_order(tmp_path: Path, piece_entries: int, memory: int) -> None:
    rng = np.random.default_rng(1)
    hashes = rng.integers(0, 1 << 63, 50, dtype=np.uint64)[rng.integers(0, 50, 200)] * np.uint64(2)
    places = rng.permutation(200).astype(np.uint32)
    expected = set()
    for value in set(hashes.tolist()):
        found = np.sort(places[hashes == value])
        if len(found) > 1:
            expected.add(tuple(found.tolist()))
    buckets = Buckets(tmp_path, 200, piece_entries=piece_entries, memory=memory)
    for part in np.array_split(np.arange(200), 7):
        buckets.add(hashes[part], places[part])
    assert _groups(buckets) == expected == _groups(buckets)
    number, pairs = next(buckets.pieces())
    buckets.put(number, pairs[:0])
    assert len(_groups(buckets)) < len(expected)
    buckets.close()
    assert not list(tmp_path.rglob("*.bin"))


def test_hashes_at_the_ends_of_their_range_are_dealt(tmp_path: Path) -> None:
    buckets = Buckets(tmp_path, 100, piece_entries=7)
    ends = np.array([0, 2**64 - 1, 0, 2**64 - 1], dtype=np.uint64)
    buckets.add(ends, np.arange(4, dtype=np.uint32))
    assert _groups(buckets) == {(0, 2), (1, 3)}


@pytest.mark.parametrize("piece_entries", [1 << 20, 100])
def test_hashes_that_agree_in_all_but_their_last_bits_are_distinguished(tmp_path: Path, piece_entries: int) -> None:
    """What makes room for the number of an entry must not count as equal, nor part what is equal."""
    rng = np.random.default_rng(2)
    values = np.uint64(0xABCDEF << 40) + rng.integers(0, 300, 1000, dtype=np.uint64)
    buckets = Buckets(tmp_path, 1000, piece_entries=piece_entries)
    buckets.add(values, np.arange(1000, dtype=np.uint32))
    expected = {tuple(np.flatnonzero(values == value).tolist()) for value in set(values.tolist())}
    assert _groups(buckets) == {group for group in expected if len(group) > 1}


def test_pairs_are_two_numbers_of_32_bits() -> None:
    ones, others = np.array([0, 2**32 - 1, 5, 5]), np.array([2**32 - 1, 0, 7, 7], dtype=np.uint32)
    pairs = pairs_of(ones, others)
    assert (firsts(pairs).tolist(), seconds(pairs).tolist()) == (ones.tolist(), others.tolist())
    assert firsts(distinct(pairs)).tolist() == [0, 5, 2**32 - 1]


def test_singles_are_removed() -> None:
    pairs = pairs_of(np.array([1, 2, 2, 4, 9, 9, 9]), np.array([5, 6, 7, 8, 1, 2, 3], dtype=np.uint32))
    assert seconds(without_singles(pairs)).tolist() == [6, 7, 1, 2, 3]
    assert len(without_singles(pairs[:0])) == 0


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
