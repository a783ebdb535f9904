from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.dedup.buckets import Buckets
from xdata.dedup.order import Order
from xdata.dedup.stars import find_stars
from xdata.text.spans import Ints


def _stars(
    hashes: Ints,
    similar: set[frozenset[int]],
    folder: Path,
    *,
    keys: Ints,
    max_size: int | None = None,
    memory: int = 1 << 20,
) -> list[int]:
    """`hashes` has a row for each document and a column for each band."""
    order = Order([keys.astype(np.uint64)], len(hashes), folder=folder, memory=memory)
    buckets = Buckets(folder, hashes.size, piece_entries=8, memory=memory)
    for band in range(hashes.shape[1]):
        values = hashes[:, band].astype(np.uint64) + np.uint64(1 + 100 * band)
        buckets.add(values * np.uint64(0x9E3779B97F4A7C15), order.places)
    found = find_stars(
        buckets,
        order,
        lambda pairs: np.array([frozenset(pair) in similar for pair in pairs.tolist()], dtype=bool),
        folder=folder,
        max_size=max_size,
        memory=memory,
    )
    return [int(row) for row in found]


def _one_by_one(hashes: Ints, similar: set[frozenset[int]], keys: Ints) -> list[int]:
    """The same, document by document in order of preference."""
    survivors = list(range(len(hashes)))
    gone: set[int] = set()
    order = sorted(range(len(hashes)), key=lambda row: (keys[row], row))
    heads: list[int] = []
    for row in order:
        for head in heads:
            if (hashes[row] == hashes[head]).any() and frozenset((row, head)) in similar:
                survivors[row] = head
                gone.add(row)
                break
        else:
            heads.append(row)
    return survivors


@given(st.integers(0, 2**32), st.floats(0, 1), st.integers(1, 25), st.integers(1, 4))
def test_what_stays_is_what_stays_document_by_document(
    tmp_path_factory: pytest.TempPathFactory, seed: int, share: float, num_rows: int, num_hashes: int
) -> None:
    rng = np.random.default_rng(seed)
    hashes = rng.integers(0, num_hashes, (num_rows, 3))
    keys = rng.permutation(num_rows)
    similar = {frozenset((a, b)) for a in range(num_rows) for b in range(a) if rng.random() < share}
    folder = tmp_path_factory.mktemp("stars")
    expected = _one_by_one(hashes, similar, keys)
    found = _stars(hashes, similar, folder, keys=keys)
    assert found == _stars(hashes, similar, folder, keys=keys, memory=0)
    for row, survivor in enumerate(found):
        assert (row == survivor) == (row == expected[row])
        if row != survivor:
            assert found[survivor] == survivor and keys[survivor] < keys[row]
            assert frozenset((row, survivor)) in similar and (hashes[row] == hashes[survivor]).any()


def test_a_chain_is_no_cluster(tmp_path: Path) -> None:
    similar = {frozenset((row, row + 1)) for row in range(6)}
    found = _stars(np.zeros((7, 1), dtype=np.int64), similar, tmp_path, keys=np.arange(7))
    assert found == [0, 0, 2, 2, 4, 4, 6]


def test_what_comes_later_changes_nothing(tmp_path: Path) -> None:
    rng = np.random.default_rng(3)
    hashes, keys = rng.integers(0, 6, (40, 3)), np.arange(40)
    similar = {frozenset((a, b)) for a in range(40) for b in range(a) if rng.random() < 0.5}
    whole = _stars(hashes, similar, tmp_path, keys=keys)
    for num_rows in (1, 7, 20, 39):
        assert _stars(hashes[:num_rows], similar, tmp_path, keys=keys[:num_rows]) == whole[:num_rows]


def test_a_survivor_stands_for_so_many_at_most(tmp_path: Path) -> None:
    everything = {frozenset((a, b)) for a in range(10) for b in range(a)}
    found = _stars(np.zeros((10, 2), dtype=np.int64), everything, tmp_path, keys=np.arange(10)[::-1], max_size=4)
    assert found == [1, 1, 5, 5, 5, 5, 9, 9, 9, 9]


def test_the_most_preferred_fit_into_a_cluster_wherever_they_stand(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Comparisons are looked at some rows at a time; who fits goes by preference alone."""
    monkeypatch.setattr("xdata.dedup.stars._ROWS_AT_A_TIME", 1)
    rng = np.random.default_rng(4)
    hashes, keys = rng.integers(0, 3, (60, 2)), rng.permutation(60)
    everything = {frozenset((a, b)) for a in range(60) for b in range(a)}
    found = _stars(hashes, everything, tmp_path, keys=keys, max_size=3)
    again = rng.permutation(60)
    other = _stars(hashes[again], everything, tmp_path, keys=keys[again], max_size=3, memory=0)
    assert {(int(again[row]), int(again[survivor])) for row, survivor in enumerate(other)} == set(enumerate(found))
    assert max(found.count(row) for row in found) == 3


def test_clusters_that_are_full_are_no_reason_to_end(tmp_path: Path) -> None:
    everything = {frozenset((a, b)) for a in range(300) for b in range(a)}
    found = _stars(np.zeros((300, 1), dtype=np.int64), everything, tmp_path, keys=np.arange(300), max_size=2)
    assert found == [row // 2 * 2 for row in range(300)]


def test_many_that_share_a_bucket_and_nothing_else_end(tmp_path: Path) -> None:
    found = _stars(np.zeros((300, 1), dtype=np.int64), {frozenset((0, 299))}, tmp_path, keys=np.arange(300))
    assert found == [*range(299), 0]


def test_documents_of_other_corpora_stay_and_take_what_is_like_any_of_them(tmp_path: Path) -> None:
    """Rows 3 to 5 are of another corpus, alike among themselves; each of the first three is like one of them alone."""
    similar = {frozenset(pair) for pair in ((3, 4), (4, 5), (3, 5), (0, 3), (1, 4), (2, 5))}
    order = Order([np.array([9, 8, 7, 0, 1, 2], dtype=np.uint64)], 6, folder=tmp_path)
    buckets = Buckets(tmp_path, 6)
    buckets.add(np.full(6, 7, dtype=np.uint64), order.places)
    found = find_stars(
        buckets,
        order,
        lambda pairs: np.array([frozenset(pair) in similar for pair in pairs.tolist()], dtype=bool),
        folder=tmp_path,
        num_own=3,
    )
    assert found.tolist() == [3, 4, 5, 3, 4, 5]


def test_buckets_of_other_corpora_alone_are_not_looked_at(tmp_path: Path) -> None:
    order = Order([np.arange(8, dtype=np.uint64)], 8, folder=tmp_path)
    buckets = Buckets(tmp_path, 8)
    buckets.add(np.array([7, 7, 9, 9, 9, 5, 5, 5], dtype=np.uint64), order.places)
    compared: list[tuple[int, int]] = []

    def similar(pairs: Ints) -> npt.NDArray[np.bool_]:
        compared.extend((int(one), int(other)) for one, other in pairs)
        return np.zeros(len(pairs), dtype=bool)

    find_stars(buckets, order, similar, folder=tmp_path, num_own=3)
    assert set(compared) == {(1, 0)}
    assert [len(pairs) for _, pairs in buckets.pieces()] in ([], [0])
