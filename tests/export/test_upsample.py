"""How often documents are to be read: FineWeb-2's own numbers, and what must hold of any corpus."""

import random

import numpy as np
import pytest
from pydantic import ValidationError

from xdata.export.shards import Shards
from xdata.export.upsample import LearnUpsample, SizeCount, learn, repeats_of, repeats_of_rates, sum_sizes

AS_FINEWEB2 = LearnUpsample(min_documents=1, standard_errors=0)

ITALIAN_RATES = """
    66.43 52.50 49.08 47.51 45.14 44.90 42.42 41.82 40.63 40.63 39.59 40.24 38.52 39.44 39.28 38.52 37.43 37.97
    37.07 37.81 37.51 37.53 37.08 38.51 37.69 37.96 38.40 39.24 39.12 40.55 40.02 41.04 41.03 41.34 41.47 42.38
    41.46 41.64 41.71 42.18 41.41 42.21 41.61 42.10 42.35 42.21 42.47 44.05 43.40 44.08 43.99 44.40 44.35 46.63
    45.01 45.74 44.85 45.49 45.42 46.40 45.58 46.26 46.87 46.76 47.19 47.29 47.31 47.00 47.22 47.27 47.42 48.30
    48.01 48.11 48.86 48.67 48.73 48.81 48.18 49.44 47.97 48.46 48.42 49.79 48.69 49.30 49.42 49.48 49.23 50.00
    49.82 50.05 49.59 50.25 50.53 50.43 50.88 51.39 50.74 52.38 50.81 50.93 50.94 50.61 52.09 50.59 51.61 52.82
    52.31 51.72 51.38 50.90 51.99 52.98 51.52 52.19 52.15 52.40 53.04 53.94 51.97 52.86 52.13 52.28 51.90 53.55
    53.49 52.39 53.41 53.54 52.07 53.71 53.31 53.95 53.70 53.03 54.52 54.52 54.78 53.54 54.21 54.15 54.18 55.77
    54.27 54.93 55.63 55.59 55.51 55.60 55.08 55.37 55.90 54.74 56.78 55.76 56.02 53.40 55.61 56.11 56.10 54.79
    54.95 56.19 55.33 56.02 55.09 55.88 54.59 55.83 55.03 55.92 59.73
"""
"""Percent that filters removed of clusters of 1, 2, … 172, and of 173 and more, of ita_Latn: huggingface/fineweb-2
(Apache-2.0), misc/rehydration/distributions/ita_Latn.json, rounded."""
ITALIAN_RATE = 55.76
ITALIAN_TABLE = {1: 1, 2: 3, 3: 4, 4: 5, 5: 6, 7: 7, 8: 8, 11: 9, 17: 10, 26: 9, 31: 8, 46: 7, 52: 6, 63: 5, 75: 4} | {
    96: 3,
    118: 2,
    123: 3,
    125: 2,
    145: 1,
}
"""What its README has as the weights of Italian."""


def test_the_rates_of_italian_give_its_published_repeats() -> None:
    rates = np.array(ITALIAN_RATES.split(), dtype=float)
    sizes = np.arange(1, len(rates) + 1)
    found = repeats_of_rates(rates, ITALIAN_RATE, max_upsample=10, window=5)
    published = repeats_of(ITALIAN_TABLE, sizes)
    # its own code, over the rates that were published with it, gives what is found here: at 75 and 122 the mean of five
    # is 4.506 and 2.504
    assert sizes[found != published].tolist() == [75, 122]
    assert np.abs(found - published).max() == 1


def test_repeats_are_worked_out_as_by_hand() -> None:
    # of 1,000 documents 400 go: rates of .5, .4, .1, .3, .2 and .6 of clusters of 1 to 6
    sizes = {1: (400, 200), 2: (200, 120), 3: (100, 90), 4: (100, 70), 5: (100, 80), 6: (100, 40)}
    found = learn(sizes, AS_FINEWEB2.model_copy(update={"window": 1}))
    # the rate of all is .4; the least one is .1, so a rate of .3 has 1 + 9 * .1 / .3
    assert found.removal_rate == pytest.approx(0.4)
    assert [pool.upsample for pool in found.pools] == [1, 1, 10, 4, 7, 1]
    assert found.table == {1: 1, 3: 10, 4: 4, 5: 7, 6: 1}
    # over five, the first and last two as they are: (1 + 1 + 10 + 4 + 7) / 5 = 4.6, (1 + 10 + 4 + 7 + 1) / 5 = 4.6
    smooth = learn(sizes, AS_FINEWEB2)
    assert [pool.upsample for pool in smooth.pools] == [1, 1, 5, 5, 7, 1]
    assert smooth.table == {1: 1, 3: 5, 5: 7, 6: 1}
    assert repeats_of(smooth.table, np.array([1, 2, 3, 4, 5, 6, 1000])).tolist() == [1, 1, 5, 5, 7, 1, 1]


def test_sizes_are_pooled_until_there_are_enough_documents() -> None:
    sizes = {1: (500, 100), 2: (60, 30), 3: (39, 30), 5: (1, 1), 9: (100, 80), 10: (3, 3)}
    found = learn(sizes, LearnUpsample(min_documents=100))
    assert [(pool.size, pool.num_documents, pool.num_kept) for pool in found.pools] == [
        (1, 500, 100),
        (2, 100, 61),
        (9, 103, 83),
    ]
    assert found.pool_of(4) == found.pools[1]
    assert found.pool_of(800) == found.pools[2]


@pytest.mark.parametrize("sizes", [{}, {1: (5, 2)}, {1: (40, 10), 7: (30, 30)}, {2: (99, 0)}], ids=str)
def test_of_few_documents_nothing_is_learned(sizes: dict[int, tuple[int, int]]) -> None:
    found = learn(sizes, LearnUpsample())
    assert repeats_of(found.table, np.arange(1, 50)).tolist() == [1] * 49
    assert len(found.pools) == (1 if sizes else 0)


def test_what_no_rule_drops_and_what_all_do_is_read_once() -> None:
    for kept in (0, 300):
        found = learn({size: (300, kept) for size in range(1, 20)}, LearnUpsample())
        assert set(found.table.values()) == {1}


def _corpus(draw: random.Random, *, num: int, rate: float | None = None) -> dict[int, tuple[int, int]]:
    """Size -> documents and those kept, where each size has a rate of its own, or all the same one."""
    sizes = {}
    for size in draw.sample(range(1, 200), num):
        documents = draw.randint(1, 5000 // size + 1)
        own = draw.random() if rate is None else rate
        sizes[size] = (documents, sum(draw.random() >= own for _ in range(documents)))
    return sizes


@pytest.mark.parametrize("seed", range(20))
def test_whatever_the_corpus(seed: int) -> None:
    draw = random.Random(seed)
    sizes = _corpus(draw, num=draw.randint(1, 60))
    how = LearnUpsample(max_upsample=draw.randint(2, 12), standard_errors=draw.choice([0.0, 1.0, 3.0]), window=1)
    found = learn(sizes, how)
    # nothing is lost, nothing is counted twice
    assert sum(pool.num_documents for pool in found.pools) == sum(num for num, _ in sizes.values())
    assert sum(pool.num_kept for pool in found.pools) == sum(kept for _, kept in sizes.values())
    assert [pool.size for pool in found.pools] == sorted(pool.size for pool in found.pools)
    assert all(pool.num_documents >= how.min_documents for pool in found.pools) or len(found.pools) == 1
    # a table says what the pools say
    for size in sizes:
        pool = found.pool_of(size)
        assert pool is not None and repeats_of(found.table, np.array([size])).tolist() == [pool.upsample]
    numbers = [pool.upsample for pool in found.pools]
    assert all(1 <= number <= how.max_upsample for number in numbers)
    assert max(numbers) in (1, how.max_upsample)
    if how.standard_errors == 0:
        by_rate = sorted(found.pools, key=lambda pool: pool.removal_rate)
        assert [pool.upsample for pool in by_rate] == sorted(numbers, reverse=True)
        rate = found.removal_rate
        assert rate is not None
        assert all(pool.upsample == 1 for pool in found.pools if pool.removal_rate >= rate)
    # the order in which sizes are found does not matter, nor smoothing to the bounds
    assert learn(dict(sorted(sizes.items(), reverse=True)), how) == found
    smooth = learn(sizes, how.model_copy(update={"window": 5}))
    assert all(1 <= pool.upsample <= how.max_upsample for pool in smooth.pools)


def test_rates_of_chance_teach_nothing_but_by_rates_as_they_are() -> None:
    flat = [_corpus(random.Random(seed), num=60, rate=0.4) for seed in range(50)]
    cautious = [set(learn(sizes, LearnUpsample()).table.values()) for sizes in flat]
    as_they_are = [set(learn(sizes, AS_FINEWEB2).table.values()) for sizes in flat]
    assert sum(numbers != {1} for numbers in cautious) <= 2
    assert sum(numbers != {1} for numbers in as_they_are) == 50


def test_with_many_documents_caution_changes_nothing() -> None:
    rates = {size: 0.6 - 0.4 * size / 20 for size in range(1, 21)}
    sizes = {size: (10_000_000, round(10_000_000 * (1 - rate))) for size, rate in rates.items()}
    assert learn(sizes, LearnUpsample()).table == learn(sizes, AS_FINEWEB2).table


def _count(size: int, num_documents: int, num_kept: int) -> SizeCount:
    return SizeCount(size=size, num_documents=num_documents, num_kept=num_kept)


def test_sums_do_not_depend_on_how_ranks_share_documents() -> None:
    amharic = {"amh_Ethi": [_count(1, 2, 0)]}
    one = sum_sizes([{"swh_Latn": [_count(1, 5, 3), _count(2, 1, 1)], **amharic}])
    several = sum_sizes(
        [{"swh_Latn": [_count(1, 2, 2)]}, {}, {"swh_Latn": [_count(1, 3, 1), _count(2, 1, 1)], **amharic}]
    )
    assert one == several == {"swh_Latn": {1: (5, 3), 2: (1, 1)}, "amh_Ethi": {1: (2, 0)}}


@pytest.mark.parametrize("wrong", [{"window": 4}, {"max_upsample": 1}, {"min_documents": 0}, {"standard_errors": -1.0}])
def test_what_cannot_be_is_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(ValidationError):
        LearnUpsample(**wrong)  # type: ignore[arg-type]


def test_tables_that_cannot_be_are_refused() -> None:
    with pytest.raises(ValidationError, match="expected sizes from 1 to"):
        Shards(upsample={0: 1})
    with pytest.raises(ValidationError, match="and 0 to"):
        Shards(upsample_by_language={"swh_Latn": {1: -1}})
    for table in ({10**20: 2}, {2: 3_000_000_000}):
        with pytest.raises(ValidationError, match="expected sizes from 1 to"):
            Shards(upsample=table)
    assert list(Shards(upsample={5: 2, 2: 3}).upsample) == [2, 5]
