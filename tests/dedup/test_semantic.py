from collections.abc import Sequence
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pytest

from tests.columns import MadeColumns
from xdata.dedup.cells import centroids, nearest, norms, products
from xdata.dedup.embedding import Bytes, quantised
from xdata.dedup.semantic import SemanticDuplicates, semantic_duplicates, stars


def _cosines(vectors: Bytes) -> npt.NDArray[np.float64]:
    exact = vectors.astype(np.float64)
    lengths = np.linalg.norm(exact, axis=1)
    return np.asarray(exact @ exact.T / np.outer(lengths, lengths))


def _clouds(num: int, *, clouds: int, spread: float, dimensions: int = 48, seed: int = 0) -> Bytes:
    """Vectors around some directions that have a common one, as those of e5."""
    rng = np.random.default_rng(seed)
    middles = rng.standard_normal((clouds, dimensions)) + 1.5
    rows = middles[rng.integers(clouds, size=num)] + spread * rng.standard_normal((num, dimensions))
    return quantised(rows)


def _columns(
    scratch: Path,
    vectors: Sequence[Sequence[int] | npt.NDArray[np.int8] | None],
    *,
    ids: Sequence[str] | None = None,
    sizes: Sequence[int] | None = None,
    earlier: Sequence[int] = (),
    sources: Sequence[str] | None = None,
) -> MadeColumns:
    num = len(vectors)
    kept = [None if vector is None else np.asarray(vector, dtype=np.int8).tobytes() for vector in vectors]
    columns = MadeColumns(
        {
            "signatures.embedding": pa.array(kept, pa.binary()),
            "id": pa.array(ids or [f"{number * 2654435761 % 2**32:08x}{number:024x}" for number in range(num)]),
            "text_bytes": pa.array(sizes or [100] * num, pa.int64()),
            "earlier": pa.array([int(number in earlier) for number in range(num)], pa.int32()),
            "source": pa.array(sources or ["a"] * num),
        },
        chunk_rows=7,
    )
    columns.scratch = scratch
    return columns


def _survivors(columns: MadeColumns, *, memory: int = 1 << 26, **options: Any) -> list[int]:
    rows = semantic_duplicates(columns, SemanticDuplicates(**options), memory=memory)
    return [int(row) for row in rows]


@pytest.mark.parametrize("keep", ["preferred", "farthest"])
@pytest.mark.parametrize("cell_size", [32768, 40])
@pytest.mark.parametrize("min_cosine", [0.9, 0.97, 1.0])
def test_each_dropped_document_is_similar_to_its_survivor(
    keep: str, cell_size: int, min_cosine: float, tmp_path: Path
) -> None:
    vectors = _clouds(400, clouds=25, spread=0.3)
    vectors[300:] = vectors[:100]
    survivors = np.array(
        _survivors(_columns(tmp_path, list(vectors)), min_cosine=min_cosine, keep=keep, cell_size=cell_size)
    )
    cosines = _cosines(vectors)
    gone = np.flatnonzero(survivors != np.arange(400))
    assert len(gone) >= 100
    assert (cosines[gone, survivors[gone]] >= min_cosine - 1e-9).all()
    assert (survivors[survivors] == survivors).all()
    if cell_size == 32768:
        staying = np.flatnonzero(survivors == np.arange(400))
        between = cosines[np.ix_(staying, staying)] - 2 * np.eye(len(staying))
        assert between.max() < min_cosine


def test_many_blocks_give_what_one_after_the_other_gives() -> None:
    vectors = _clouds(1500, clouds=60, spread=0.35)
    cosines = _cosines(vectors)
    for most in (None, 3):
        expected: list[int] = []
        sizes = [0] * len(vectors)
        for row in range(len(vectors)):
            heads = [head for head in range(row) if expected[head] == head and cosines[row, head] >= 0.93]
            free = [head for head in heads if most is None or sizes[head] < most]
            expected.append(free[0] if free else row)
            sizes[expected[row]] += 1
        assert stars(vectors, 0.93, max_size=most).tolist() == expected
        assert len(set(expected)) < 1200


def test_order_pieces_and_memory_make_no_difference(tmp_path: Path) -> None:
    vectors = _clouds(300, clouds=40, spread=0.25)
    ids = [f"{number * 2654435761 % 2**32:08x}{number:024x}" for number in range(300)]
    for keep in ("preferred", "farthest"):
        outcomes = set()
        for seed in range(4):
            order = Random(seed).sample(range(300), 300)
            columns = _columns(tmp_path, [vectors[row] for row in order], ids=[ids[row] for row in order])
            survivors = _survivors(columns, min_cosine=0.93, keep=keep, cell_size=30, memory=[1 << 26, 1][seed % 2])
            outcomes.add(frozenset((ids[order[row]], ids[order[head]]) for row, head in enumerate(survivors)))
            assert not list(tmp_path.rglob("*.bin"))
        assert len(outcomes) == 1


def test_what_has_no_vector_stays_and_so_does_what_is_less_similar(tmp_path: Path) -> None:
    one, near, far = [100, 0, 127], [101, 2, 127], [127, 0, 0]
    survivors = _survivors(_columns(tmp_path, [None, one, None, near, far, None]), min_cosine=0.99)
    assert survivors in ([0, 1, 2, 1, 4, 5], [0, 3, 2, 3, 4, 5])
    assert _survivors(_columns(tmp_path, [None, None]), min_cosine=0.5) == [0, 1]
    assert _survivors(_columns(tmp_path, []), min_cosine=0.5) == []


def test_the_preferred_one_stays(tmp_path: Path) -> None:
    vectors = [[127, 1], [127, 0], [126, 127], [127, 2]]
    assert _survivors(_columns(tmp_path, vectors, sizes=[5, 9, 1, 7]), min_cosine=0.99) == [1, 1, 2, 1]
    columns = _columns(tmp_path, vectors, sizes=[5, 9, 1, 7], sources=["b", "a", "a", "c"])
    assert _survivors(columns, min_cosine=0.99, sources=("c", "b")) == [3, 3, 2, 3]
    columns = _columns(tmp_path, vectors, sizes=[5, 9, 1, 7], earlier=[0])
    for keep in ("preferred", "farthest"):
        assert _survivors(columns, min_cosine=0.99, keep=keep) == [0, 0, 2, 0]
    assert sorted(_survivors(columns, min_cosine=0.99, max_size=2)) == [0, 0, 2, 3]


def test_the_one_farthest_from_the_middle_may_stay(tmp_path: Path) -> None:
    vectors = [[127, 10], [127, 0], [127, 30], [127, 15]]
    columns = _columns(tmp_path, vectors, sizes=[9, 1, 1, 1])
    assert _survivors(columns, min_cosine=0.9, keep="farthest") == [2, 2, 2, 2]
    assert _survivors(columns, min_cosine=0.9) == [0, 0, 0, 0]


def test_no_survivor_is_dropped_itself(tmp_path: Path) -> None:
    """A chain: the middle one is similar to both ends, which are not similar to each other."""
    chain = [[127, 0], [127, 40], [110, 80]]
    cosines = _cosines(np.array(chain, dtype=np.int8))
    assert cosines[0, 1] > 0.93 and cosines[1, 2] > 0.93 and cosines[0, 2] < 0.9
    assert _survivors(_columns(tmp_path, chain, sizes=[9, 8, 7]), min_cosine=0.93) == [0, 0, 2]
    assert _survivors(_columns(tmp_path, chain, sizes=[8, 9, 7]), min_cosine=0.93) == [1, 1, 1]


def test_cells_part_few_pairs_that_are_close(tmp_path: Path) -> None:
    vectors = np.concatenate([_clouds(1000, clouds=80, spread=0.4, seed=1)] * 2)
    vectors[1000:] = quantised(vectors[1000:] + np.random.default_rng(5).normal(0, 3, vectors[1000:].shape))
    columns = _columns(tmp_path, list(vectors))
    whole = np.array(_survivors(columns, min_cosine=0.98))
    parted = np.array(_survivors(columns, min_cosine=0.98, cell_size=100))
    num_gone = [int((found != np.arange(2000)).sum()) for found in (whole, parted)]
    assert num_gone[0] >= 990
    assert num_gone[1] >= 0.95 * num_gone[0]


def test_vectors_are_dealt_to_their_clouds() -> None:
    vectors = _clouds(600, clouds=3, spread=0.05)
    cells, cosines = nearest(vectors, centroids(vectors, 3))
    same = _cosines(vectors) > 0.98
    assert (same == (cells[:, None] == cells[None])).all()
    assert cosines.min() > 0.98


def test_products_are_exact_whatever_the_dimensions() -> None:
    for dimensions in (3, 384, 1040, 4096):
        vectors = np.full((2, dimensions), 127, dtype=np.int8)
        vectors[1, 0] = -126
        assert products(vectors, vectors).tolist() == (vectors.astype(np.int64) @ vectors.astype(np.int64).T).tolist()
        assert norms(vectors)[0] == np.sqrt(dimensions * 127.0**2)


@pytest.mark.parametrize("options", [{}, {"min_cosine": 0}, {"min_cosine": 1.1}, {"min_cosine": 0.9, "keep": "all"}])
def test_invalid_options_are_refused(options: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"min_cosine|keep"):
        SemanticDuplicates(**options)
