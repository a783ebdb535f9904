"""Documents that are nearly the same are in one group, in every script; nothing else is compared with all pairs."""

from itertools import combinations

import numpy as np
import pytest

from tests.dedup.columns import TextColumns
from tests.dedup.test_components import naive
from tests.texts import SCRIPTS, texts
from xdata.dedup.components import alone
from xdata.dedup.minhash import MinHash
from xdata.dedup.near_groups import MOST_COMPARED, SEEN, count_apart, join_near, signature
from xdata.records import NGRAMS


def _variants(language: str, num: int) -> list[str]:
    """A page, and pages that have less and less of it in common with the first and most of it with the one before."""
    words = texts(language)[0]
    others = texts(language)[1]
    step = len(words) // num
    return [words[number * step :] + " " + others[: number * step] for number in range(num)]


def _pairs(columns: TextColumns, least: float) -> list[tuple[int, int]]:
    """All pairs that are that similar, compared by sets of Python."""
    sets = [set(found) for found in columns.read(NGRAMS).to_pylist()]
    return [
        (one, other)
        for one, other in combinations(range(len(sets)), 2)
        if sets[one] & sets[other] and len(sets[one] & sets[other]) >= least * len(sets[one] | sets[other])
    ]


@pytest.mark.parametrize("least", [0.1, 0.3, 0.5, 0.6, 0.75, 0.9, 1.0])
def test_nearly_all_pairs_at_the_threshold_are_seen(least: float) -> None:
    made = signature(least)
    assert made.num_bands * made.num_rows <= 108
    assert made.chance(least) >= SEEN


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("least", [0.5, 0.8])
def test_groups_are_the_components_of_all_similar_pairs(script: str, least: float) -> None:
    found = [*_variants(SCRIPTS[script], 9), *texts(SCRIPTS[script])[2:4], ""]
    columns = TextColumns(found, MinHash())
    labels = alone(len(found))
    join_near(labels, columns, min_similarity=least)
    pairs = _pairs(columns, least)
    assert labels.tolist() == naive(len(found), pairs)
    assert len(set(labels.tolist())) < len(found)


def test_components_that_were_there_stay_and_rows_behind_are_left_alone() -> None:
    found = [*texts("swh_Latn")[:3], texts("swh_Latn")[2] + " na"]
    columns = TextColumns(found, MinHash())
    labels = np.array([0, 0, 2, 3, 4, 0])
    join_near(labels, columns, min_similarity=0.5)
    assert labels.tolist() == [0, 0, 2, 2, 4, 0]


@pytest.mark.parametrize("num", [MOST_COMPARED, MOST_COMPARED + 1, 3 * MOST_COMPARED])
def test_a_large_bucket_is_one_group(num: int) -> None:
    page = texts("amh_Ethi")[0]
    columns = TextColumns([f"{page} {number}" for number in range(num)], MinHash(), rows_of_a_piece=50)
    labels = alone(num)
    join_near(labels, columns, min_similarity=0.5)
    assert not labels.any()


def test_small_memory_changes_nothing() -> None:
    found = [variant for script in ("Thai", "Geor", "Hans") for variant in _variants(SCRIPTS[script], 7)]
    columns = TextColumns(found, MinHash())
    labels, again = alone(len(found)), alone(len(found))
    join_near(labels, columns, min_similarity=0.5)
    join_near(again, columns, min_similarity=0.5, memory=1 << 10)
    assert labels.tolist() == again.tolist()


def test_nothing_is_joined_of_nothing() -> None:
    labels = alone(0)
    join_near(labels, TextColumns([], MinHash()), min_similarity=0.5)
    assert count_apart(labels, TextColumns([], MinHash()), min_similarity=0.5) == (0, 0)


def test_pairs_on_two_sides_are_counted_until_they_are_joined() -> None:
    found = _variants("hin_Deva", 8)
    columns = TextColumns(found, MinHash())
    sides = np.arange(8) % 2
    compared, similar = count_apart(sides, columns, min_similarity=0.5)
    assert compared >= similar >= sum((one + other) % 2 for one, other in _pairs(columns, 0.5)) > 0
    labels = alone(8)
    join_near(labels, columns, min_similarity=0.5)
    assert count_apart(labels, columns, min_similarity=0.5)[1] == 0


def test_a_pair_on_two_sides_in_a_large_bucket_is_seen() -> None:
    page = texts("sin_Sinh")[0]
    columns = TextColumns([f"{page} {number}" for number in range(2 * MOST_COMPARED)], MinHash())
    sides = np.zeros(2 * MOST_COMPARED, dtype=np.int64)
    sides[77] = 1
    assert count_apart(sides, columns, min_similarity=0.5)[1] > 0
