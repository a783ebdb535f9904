from collections.abc import Sequence
from fractions import Fraction
from itertools import pairwise
from random import Random

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.columns import MadeColumns
from xdata.context import Context
from xdata.filters.quota import Quota, byte_quotas, draw, share_out
from xdata.step import Drops

TOTALS = {"hau_Latn": 8_000, "mlt_Latn": 1_000, "sin_Sinh": 100, "swh_Latn": 10_000}

totals = st.dictionaries(
    st.sampled_from(["amh_Ethi", "hau_Latn", "kat_Geor", "sin_Sinh", "swh_Latn", "tha_Thai", "zho_Hans"]),
    st.integers(0, 10**15),
    max_size=7,
)
budgets = st.integers(0, 10**16)
exponents = st.floats(0, 1)


@given(totals, budgets, exponents)
def test_a_budget_is_given_out_whole_and_nobody_gets_more_than_they_have(
    found: dict[str, int], budget: int, balance: float
) -> None:
    quotas = byte_quotas(found, total_bytes=budget, balance=balance)
    assert quotas.keys() == found.keys()
    assert all(0 <= quotas[code] <= found[code] for code in found)
    wanted = min(budget, sum(found.values()))
    assert wanted - len(found) <= sum(quotas.values()) <= wanted


@given(totals, budgets, budgets, exponents)
def test_a_larger_budget_gives_nobody_less(found: dict[str, int], one: int, other: int, balance: float) -> None:
    smaller = byte_quotas(found, total_bytes=min(one, other), balance=balance)
    larger = byte_quotas(found, total_bytes=max(one, other), balance=balance)
    assert all(smaller[code] <= larger[code] for code in found)


@given(totals, budgets, exponents)
def test_who_has_more_gets_no_less_but_no_larger_share(found: dict[str, int], budget: int, balance: float) -> None:
    quotas = byte_quotas(found, total_bytes=budget, balance=balance)
    for less, more in pairwise(sorted((code for code in found if found[code]), key=found.__getitem__)):
        assert quotas[less] <= quotas[more]
        assert (quotas[less] + 1) * found[more] * (1 + 1e-9) >= quotas[more] * found[less]


@given(totals, budgets, st.integers(0, 10**15), st.floats(1, 100))
def test_all_limits_hold_together(found: dict[str, int], budget: int, most: int, ratio: float) -> None:
    quotas = byte_quotas(found, max_bytes=most, max_ratio=ratio, total_bytes=budget, balance=0.3)
    assert sum(quotas.values()) <= budget
    assert all(quota <= min(found[code], most) for code, quota in quotas.items())
    given_some = [quota for quota in quotas.values() if quota]
    assert not given_some or max(given_some) <= ratio * min(given_some)


@given(totals, budgets, exponents, st.randoms())
def test_the_order_of_languages_does_not_matter(
    found: dict[str, int], budget: int, balance: float, random: Random
) -> None:
    shuffled = list(found.items())
    random.shuffle(shuffled)
    first, second = (byte_quotas(dict(each), total_bytes=budget, balance=balance) for each in (found, shuffled))
    assert first == second


def test_balance_is_that_of_temperature_sampling() -> None:
    assert byte_quotas(TOTALS, total_bytes=1_910, balance=1) == {
        "hau_Latn": 800,
        "mlt_Latn": 100,
        "sin_Sinh": 10,
        "swh_Latn": 1_000,
    }
    assert set(byte_quotas(TOTALS, total_bytes=400, balance=0).values()) == {100}
    quotas = byte_quotas(TOTALS, total_bytes=1_000, balance=0.5)
    assert quotas["swh_Latn"] / quotas["mlt_Latn"] == pytest.approx(10**0.5, rel=0.01)


def test_the_unused_share_of_a_small_language_is_given_to_the_others() -> None:
    assert byte_quotas(TOTALS, total_bytes=3_000, balance=0) == {
        "hau_Latn": 966,
        "mlt_Latn": 966,
        "sin_Sinh": 100,
        "swh_Latn": 966,
    }
    assert byte_quotas(TOTALS, total_bytes=10**6, balance=0.3) == TOTALS


def test_a_ratio_is_to_the_smallest_that_has_any() -> None:
    quotas = byte_quotas({**TOTALS, "tha_Thai": 0}, max_ratio=12.5)
    assert quotas == {"hau_Latn": 1_250, "mlt_Latn": 1_000, "sin_Sinh": 100, "swh_Latn": 1_250, "tha_Thai": 0}
    assert byte_quotas({}, max_ratio=2.0, total_bytes=5) == {}


def test_shares_follow_weights() -> None:
    assert share_out(10, {"a": 10, "b": 10}, {"a": Fraction(4), "b": Fraction(1)}) == {"a": 8, "b": 2}
    assert share_out(10, {"a": 5, "b": 10}, {"a": Fraction(4), "b": Fraction(1)}) == {"a": 5, "b": 5}


def _columns(
    sizes: dict[str, int], *, earlier: Sequence[str] = (), totals: dict[str, int] | None = None
) -> MadeColumns:
    columns = {
        "id": pa.array(list(sizes), pa.string()),
        "text_bytes": pa.array(sizes.values(), pa.int64()),
        "earlier": pa.array([int(name in earlier) for name in sizes], pa.int32()),
    }
    return MadeColumns(columns, totals=totals or {"swh_Latn": sum(sizes.values())})


def _kept(columns: MadeColumns, *, seed: int = 0, **options: float) -> set[str]:
    rows = set(_drop(columns, seed=seed, **options).rows)
    return {name for row, name in enumerate(columns.read("id").to_pylist()) if row not in rows}


def _drop(columns: MadeColumns, *, seed: int = 0, **options: float) -> Drops:
    return Quota.model_validate(options).open(Context(seed=seed, step="quota"))(columns)


documents = st.dictionaries(st.text("0123456789abcdef", min_size=4, max_size=6), st.integers(0, 50), max_size=30)


@given(documents, st.integers(0, 800), st.integers(0, 800), st.integers(0, 99))
def test_quotas_are_nested(sizes: dict[str, int], one: int, other: int, seed: int) -> None:
    columns = _columns(sizes)
    smaller = _kept(columns, max_bytes=min(one, other), seed=seed)
    assert smaller <= _kept(columns, max_bytes=max(one, other), seed=seed)
    assert sum(sizes[name] for name in smaller) <= min(one, other)
    assert _kept(columns, max_documents=one % 7, seed=seed) <= _kept(columns, max_documents=one % 7 + 1, seed=seed)


@given(documents, st.integers(0, 800), st.randoms())
def test_the_order_of_documents_does_not_matter(sizes: dict[str, int], most: int, random: Random) -> None:
    shuffled = list(sizes.items())
    random.shuffle(shuffled)
    assert _kept(_columns(sizes), max_bytes=most) == _kept(_columns(dict(shuffled)), max_bytes=most)


@given(documents, st.integers(0, 800))
def test_a_quota_is_filled_up_to_one_document(sizes: dict[str, int], most: int) -> None:
    columns = _columns(sizes)
    kept = _kept(columns, max_bytes=most)
    if len(kept) < len(sizes):
        assert most - max(sizes.values()) < sum(sizes[name] for name in kept)


def test_values_are_what_was_taken_so_far() -> None:
    columns = _columns({f"{number:032x}": 10 for number in range(6)})
    drops = _drop(columns, max_bytes=45)
    assert list(drops.rows) == sorted(drops.rows)
    assert sorted(value or 0 for value in drops.values) == [50, 60]
    assert set(drops.thresholds) == {45}
    assert set(drops.reasons) == {"over_quota"}
    drops = _drop(columns, max_documents=2)
    assert sorted(value or 0 for value in drops.values) == [3, 4, 5, 6]
    assert set(drops.thresholds) == {2}


def test_every_language_has_its_own_part_of_a_total() -> None:
    sizes = {f"{number:032x}": 10 for number in range(100)}
    columns = _columns(sizes, totals={"swh_Latn": 1_000, "mlt_Latn": 200})
    assert len(_kept(columns, total_bytes=600, balance=0.0)) == 40
    assert len(_kept(columns, total_bytes=600)) == 50
    assert len(_kept(columns, max_ratio=2.0)) == 40


def test_documents_of_an_earlier_output_are_taken_first() -> None:
    sizes = {f"{number:032x}": 10 for number in range(40)}
    earlier = [f"{number:032x}" for number in range(30, 40)]
    assert _kept(_columns(sizes, earlier=earlier), max_bytes=100) == set(earlier)


def test_a_seed_takes_other_documents_evenly() -> None:
    sizes = {f"{number:032x}": 10 for number in range(2_000)}
    columns = _columns(sizes)
    half = [_kept(columns, max_documents=1_000, seed=seed) for seed in (0, 1)]
    assert 420 < len(half[0] & half[1]) < 580
    assert 420 < sum(int(name, 16) < 1_000 for name in half[0]) < 580
    assert sorted(draw(columns, seed=2**64 - 1).tolist()) == list(range(2_000))


def test_what_is_added_moves_nobody() -> None:
    sizes = {f"{number:032x}": 10 for number in range(100)}
    before = _kept(_columns(sizes), max_documents=20)
    after = _kept(_columns({**sizes, **{f"{number:032x}": 10 for number in range(100, 150)}}), max_documents=30)
    order = [name for name in sizes if name in after]
    assert set(order) <= before or before <= set(order)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({}, "give max_bytes, max_documents, max_ratio or total_bytes"),
        ({"balance": 0.3}, "give max_bytes"),
        ({"balance": 0.3, "max_bytes": 5}, "balance has no effect without total_bytes"),
        ({"max_ratio": 0.5}, "greater than or equal to 1"),
        ({"max_ratio": float("inf")}, "finite"),
        ({"balance": 1.5, "total_bytes": 5}, "less than or equal to 1"),
        ({"max_bytes": -1}, "greater than or equal to 0"),
    ],
)
def test_what_makes_no_quota_is_refused(options: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Quota.model_validate(options)


def test_nothing_is_a_quota_too() -> None:
    assert _kept(_columns({"a": 0, "b": 1}), max_documents=0) == set()
    assert _kept(_columns({"a": 0, "b": 1}), max_bytes=0) <= {"a"}
    assert list(_drop(_columns({}), max_bytes=5).rows) == []
