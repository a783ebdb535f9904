from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.dedup.jaccard import Sets, similar_pairs, similarities
from xdata.text.spans import Ints, cumulated

_sets = st.lists(st.sets(st.integers(0, 60), max_size=40), min_size=1, max_size=12)


def _stored(found: list[set[int]]) -> Sets:
    values = [value for each in found for value in sorted(each)]
    return Sets(np.array(values, dtype=np.uint32), cumulated(np.array([len(each) for each in found])))


class InMemory:
    """Sets that are counted when they are read."""

    def __init__(self, found: list[set[int]]) -> None:
        self.stored = _stored(found)
        self.num_read = 0

    def sizes(self) -> npt.NDArray[np.uint32]:
        return self.stored.sizes.astype(np.uint32)

    def read(self, rows: Ints) -> Sets:
        assert (np.diff(rows) > 0).all()
        self.num_read += len(rows)
        return self.stored.take(rows)


def _jaccard(one: set[int], other: set[int]) -> float:
    return len(one & other) / max(len(one | other), 1)


@given(_sets, _sets)
def test_similarities_are_those_of_the_sets(ones: list[set[int]], others: list[set[int]]) -> None:
    num = min(len(ones), len(others))
    found = similarities(_stored(ones[:num]), _stored(others[:num]))
    assert found.tolist() == [_jaccard(one, other) for one, other in zip(ones[:num], others[:num], strict=True)]


@pytest.mark.parametrize("memory", [1 << 20, 200, 1])
@pytest.mark.parametrize("min_similarity", [0.3, 0.75, 1.0])
def test_pairs_are_the_same_in_memory_and_in_files(tmp_path: Path, memory: int, min_similarity: float) -> None:
    rng = np.random.default_rng(5)
    base = [set(rng.integers(0, 1 << 32, 40).tolist()) for _ in range(10)]
    found = [
        {*list(base[n % 10])[: int(rng.integers(10, 40))], *rng.integers(0, 1 << 32, 5).tolist()} for n in range(60)
    ]
    pairs = np.stack([rng.integers(0, 60, 400), rng.integers(0, 60, 400)], axis=1)
    stored = InMemory(found)
    similar = similar_pairs(stored, pairs, min_similarity=min_similarity, folder=tmp_path, memory=memory)
    assert similar.tolist() == [_jaccard(found[a], found[b]) >= min_similarity for a, b in pairs.tolist()]
    assert 5 < similar.sum() < 300
    assert not list(tmp_path.rglob("*.bin"))


def test_pairs_whose_sizes_differ_too_much_are_not_read(tmp_path: Path) -> None:
    stored = InMemory([set(range(10)), set(range(100))])
    assert not similar_pairs(stored, np.array([[0, 1]]), min_similarity=0.5, folder=tmp_path).any()
    assert stored.num_read == 0
