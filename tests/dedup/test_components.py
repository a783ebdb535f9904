"""Components over arrays are those of a naive union-find, whatever the order."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from pathlib import Path
from random import Random

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.dedup.buckets import Buckets
from xdata.dedup.components import alone, join, join_buckets, numbers_of
from xdata.text.hashes import mix

_GRAPHS = st.integers(1, 40).flatmap(
    lambda num: st.tuples(
        st.just(num), st.lists(st.tuples(st.integers(0, num - 1), st.integers(0, num - 1)), max_size=80)
    )
)


def naive(num_rows: int, edges: Iterable[tuple[int, int]]) -> list[int]:
    """The smallest row of the component of each row, by union-find over a list."""
    parents = list(range(num_rows))

    def root(row: int) -> int:
        while parents[row] != row:
            row = parents[row]
        return row

    for one, other in edges:
        low, high = sorted((root(one), root(other)))
        parents[high] = low
    return [root(row) for row in range(num_rows)]


def _joined(num_rows: int, edges: Sequence[tuple[int, int]], *, at_a_time: int = 1000) -> list[int]:
    labels = alone(num_rows)
    for start in range(0, len(edges), at_a_time):
        join(labels, np.array(edges[start : start + at_a_time], dtype=np.int64).reshape(-1, 2))
    return [int(label) for label in labels]


@given(_GRAPHS, st.randoms(), st.integers(1, 9))
def test_components_are_those_of_a_naive_union_find_in_any_order(
    graph: tuple[int, list[tuple[int, int]]], random: Random, at_a_time: int
) -> None:
    num_rows, edges = graph
    expected = naive(num_rows, edges)
    assert _joined(num_rows, edges) == expected
    shuffled = [pair if random.random() < 0.5 else pair[::-1] for pair in random.sample(edges, len(edges))]
    assert _joined(num_rows, shuffled, at_a_time=at_a_time) == expected


@pytest.mark.parametrize("shape", ["path", "path backwards", "star", "star of the last", "shuffled path", "comb"])
def test_long_and_wide_components_are_one(shape: str) -> None:
    num = 30_000
    order = np.random.default_rng(0).permutation(num)
    edges = {
        "path": np.stack([np.arange(num - 1), np.arange(1, num)], axis=1),
        "path backwards": np.stack([np.arange(1, num), np.arange(num - 1)], axis=1)[::-1],
        "star": np.stack([np.zeros(num, dtype=np.int64), np.arange(num)], axis=1),
        "star of the last": np.stack([np.full(num, num - 1), np.arange(num)], axis=1),
        "shuffled path": np.stack([order[:-1], order[1:]], axis=1),
        "comb": np.stack([np.arange(num - 1) // 2, np.arange(1, num)], axis=1),
    }[shape]
    labels = alone(num)
    join(labels, edges)
    assert not labels.any()


_KEYED = st.lists(st.lists(st.integers(0, 30), max_size=4), min_size=1, max_size=40)


def _by_keys(keys: Sequence[Sequence[int]], folder: Path, *, piece_entries: int = 4, memory: int = 64) -> list[int]:
    """Components of rows that share keys, in pieces so small that they are in files."""
    buckets = Buckets(folder, 200, piece_entries=piece_entries, memory=memory)
    for row, some in enumerate(keys):
        hashes = mix(np.array(some, dtype=np.uint64))
        buckets.add(hashes, np.full(len(some), row, dtype=np.uint32))
    labels = alone(len(keys))
    join_buckets(labels, buckets)
    buckets.close()
    return [int(label) for label in labels]


@given(_KEYED)
def test_rows_that_share_keys_are_joined_over_other_rows(
    tmp_path_factory: pytest.TempPathFactory, keys: list[list[int]]
) -> None:
    rows = defaultdict(list)
    for row, some in enumerate(keys):
        for key in some:
            rows[key].append(row)
    expected = naive(len(keys), [(found[0], other) for found in rows.values() for other in found])
    folder = tmp_path_factory.mktemp("keys")
    assert _by_keys(keys, folder) == expected == _by_keys(keys, folder, piece_entries=1 << 20, memory=1 << 20)


@given(_KEYED, st.randoms())
def test_the_number_of_a_component_does_not_depend_on_the_order_of_rows(
    tmp_path_factory: pytest.TempPathFactory, keys: list[list[int]], random: Random
) -> None:
    numbers = mix(np.arange(len(keys), dtype=np.uint64))
    order = random.sample(range(len(keys)), len(keys))
    folder = tmp_path_factory.mktemp("keys")
    one = numbers_of(np.array(_by_keys(keys, folder)), numbers, mix(numbers))
    two = numbers_of(np.array(_by_keys([keys[row] for row in order], folder)), numbers[order], mix(numbers[order]))
    assert one[order].tolist() == two.tolist()


@given(_KEYED, st.lists(st.integers(0, 30), min_size=1, max_size=4))
def test_a_row_that_is_added_moves_only_components_that_it_joins(
    tmp_path_factory: pytest.TempPathFactory, keys: list[list[int]], new: list[int]
) -> None:
    """What is joined has the number of one of those that were joined, or of what is new; all others stay."""
    numbers = mix(np.arange(len(keys) + 1, dtype=np.uint64))
    folder = tmp_path_factory.mktemp("keys")
    labels = np.array(_by_keys(keys, folder))
    before = numbers_of(labels, numbers[:-1], mix(numbers[:-1]))
    after = numbers_of(np.array(_by_keys([*keys, new], folder)), numbers, mix(numbers))
    touched = {labels[row] for row, some in enumerate(keys) if set(some) & set(new)}
    allowed = {before[row] for row in range(len(keys)) if labels[row] in touched} | {numbers[-1]}
    for row in range(len(keys)):
        if labels[row] in touched:
            assert after[row] == after[-1] and after[row] in allowed
        else:
            assert after[row] == before[row]


def test_large_components_are_on_no_side_more_often_than_small_ones() -> None:
    """The number of a component is one of its rows' at random: the smallest would always be in the first split."""
    sizes = {1: 4000, 50: 4000}
    for size, num in sizes.items():
        numbers = mix(np.arange(size * num, dtype=np.uint64) + np.uint64(size << 40))
        found = numbers_of(np.repeat(np.arange(num) * size, size), numbers, mix(numbers))[::size]
        assert (found < np.uint64(int(0.1 * 2**64))).mean() == pytest.approx(0.1, abs=0.02)
