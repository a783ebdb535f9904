"""Figures of identifiers against values worked out by hand, and what holds of all of them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.identification.metrics import (
    accuracy,
    confusions,
    macro_f1,
    macro_recall,
    score_languages,
    wilson_bounds,
)

_GOLD = ["swh", "swh", "swh", "swh", "amh", "amh", "lao"]
_PREDICTED = ["swh", "swh", "amh", None, "amh", "eng", "swh"]

_LABELS = st.sampled_from(["swh_Latn", "amh_Ethi", "lao_Laoo", "khm_Khmr"])
_PAIRS = st.lists(st.tuples(_LABELS, st.none() | _LABELS | st.just("eng_Latn")), min_size=1)


def test_scores_of_languages_by_hand() -> None:
    scores = score_languages(_GOLD, _PREDICTED)
    assert list(scores) == ["amh", "lao", "swh"]
    assert scores["swh"].precision == pytest.approx(2 / 3)
    assert scores["swh"].recall == 0.5
    assert scores["swh"].f1 == pytest.approx(4 / 7)
    assert scores["swh"].false_positive_rate == pytest.approx(1 / 3)
    assert (scores["amh"].precision, scores["amh"].recall, scores["amh"].f1) == (0.5, 0.5, 0.5)
    assert scores["amh"].false_positive_rate == pytest.approx(1 / 5)
    assert (scores["lao"].precision, scores["lao"].recall, scores["lao"].f1) == (0.0, 0.0, 0.0)
    assert macro_f1(scores) == pytest.approx((4 / 7 + 0.5 + 0.0) / 3)
    assert macro_recall(scores) == pytest.approx(1 / 3)
    assert accuracy(_GOLD, _PREDICTED) == pytest.approx(3 / 7)


def test_abstentions_and_other_languages_cost_recall_alone() -> None:
    certain = score_languages(["swh"] * 3 + ["amh"], ["swh", None, "eng", "amh"])
    assert certain["swh"].precision == 1.0
    assert certain["swh"].recall == pytest.approx(1 / 3)
    assert certain["amh"].f1 == 1.0


def test_confusions_are_in_order_of_frequency() -> None:
    assert confusions(["a", "a", "b", "b", "b"], ["b", "a", "c", "c", None]) == [
        ("b", "c", 2),
        ("a", "b", 1),
        ("b", None, 1),
    ]


@given(_PAIRS)
def test_scores_are_shares_and_add_up(pairs: list[tuple[str, str | None]]) -> None:
    gold, predicted = zip(*pairs, strict=True)
    scores = score_languages(gold, predicted)
    assert scores.keys() == set(gold)
    assert sum(score.num_right for score in scores.values()) / len(gold) == pytest.approx(accuracy(gold, predicted))
    wrong = sum(count for _, _, count in confusions(gold, predicted))
    assert sum(score.num_right for score in scores.values()) + wrong == len(gold)
    for score in scores.values():
        assert all(0 <= value <= 1 for value in (score.precision, score.recall, score.f1, score.false_positive_rate))
        assert min(score.precision, score.recall) <= score.f1 <= max(score.precision, score.recall) + 1e-12


@given(_PAIRS)
def test_what_is_all_right_scores_one(pairs: list[tuple[str, str | None]]) -> None:
    gold = [label for label, _ in pairs]
    assert macro_f1(score_languages(gold, gold)) == 1.0
    assert confusions(gold, gold) == []


@pytest.mark.parametrize(
    ("hits", "total", "bounds"),
    [
        (5, 10, (0.2366, 0.7634)),
        (0, 10, (0.0, 0.2775)),
        (10, 10, (0.7225, 1.0)),
        (1, 1000, (0.000177, 0.005643)),
        (0, 0, (0.0, 1.0)),
    ],
)
def test_wilson_bounds_of_known_shares(hits: int, total: int, bounds: tuple[float, float]) -> None:
    assert wilson_bounds(hits, total) == pytest.approx(bounds, abs=5e-5)


@given(st.integers(1, 10_000).flatmap(lambda total: st.tuples(st.integers(0, total), st.just(total))))
def test_wilson_bounds_hold_the_share(counts: tuple[int, int]) -> None:
    low, high = wilson_bounds(*counts)
    assert 0 <= low <= counts[0] / counts[1] <= high <= 1
