"""Calibration, priors and abstention against values worked out by hand, and what holds of all of them."""

from random import Random

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.identification.calibration import (
    abstention_curve,
    bin_answers,
    coverage_at,
    crawl_prior,
    expected_calibration_error,
    uniform_prior,
    weigh,
)

_ANSWERS = st.lists(
    st.tuples(st.sampled_from([0.0, 0.2, 0.5, 0.9, 1.0]), st.booleans(), st.floats(0.1, 10)), min_size=1, max_size=40
)


def _arrays(
    answers: list[tuple[float, bool, float]],
) -> tuple[npt.NDArray[np.float64], npt.NDArray[np.bool_], npt.NDArray[np.float64]]:
    scores, right, weights = zip(*answers, strict=True)
    return np.array(scores), np.array(right), np.array(weights)


def test_bins_by_hand() -> None:
    bins = bin_answers(*_arrays([(0.9, True, 1), (0.2, False, 1), (0.8, True, 1), (0.4, True, 1)]), num_bins=2)
    assert [row.weight for row in bins] == [0.5, 0.5]
    assert [row.score for row in bins] == pytest.approx([0.3, 0.85])
    assert [row.accuracy for row in bins] == pytest.approx([0.5, 1.0])
    assert expected_calibration_error(bins) == pytest.approx(0.5 * 0.2 + 0.5 * 0.15)


def test_weights_move_the_bins() -> None:
    bins = bin_answers(*_arrays([(0.5, True, 3), (1.0, False, 1)]), num_bins=2)
    assert [row.accuracy for row in bins] == pytest.approx([1.0, 0.5])
    assert [row.score for row in bins] == pytest.approx([0.5, 0.75])


def test_answers_of_one_score_are_shared_out() -> None:
    bins = bin_answers(*_arrays([(1.0, True, 1), (1.0, False, 1)]), num_bins=4)
    assert [row.accuracy for row in bins] == pytest.approx([0.5] * 4)
    assert expected_calibration_error(bins) == pytest.approx(0.5)


def test_no_answers_have_no_bins() -> None:
    empty = np.zeros(0)
    assert bin_answers(empty, empty.astype(bool), empty) == []
    assert expected_calibration_error([]) == 0.0


@given(_ANSWERS, st.randoms(use_true_random=False))
def test_calibration_does_not_depend_on_the_order(answers: list[tuple[float, bool, float]], random: Random) -> None:
    error = expected_calibration_error(bin_answers(*_arrays(answers)))
    random.shuffle(answers)
    assert expected_calibration_error(bin_answers(*_arrays(answers))) == pytest.approx(error, abs=1e-9)


@given(_ANSWERS)
def test_bins_keep_the_means(answers: list[tuple[float, bool, float]]) -> None:
    scores, right, weights = _arrays(answers)
    bins = bin_answers(scores, right, weights)
    assert sum(row.weight for row in bins) == pytest.approx(1)
    assert sum(row.weight * row.score for row in bins) == pytest.approx(np.average(scores, weights=weights))
    assert sum(row.weight * row.accuracy for row in bins) == pytest.approx(np.average(right, weights=weights))


def test_priors_by_hand() -> None:
    assert uniform_prior({"swh", "eng"}) == {"eng": 0.5, "swh": 0.5}
    prior = crawl_prior({"eng", "rus", "mlt"})
    assert prior["eng"] == 0.45
    assert prior["rus"] / prior["mlt"] == pytest.approx((12 / 11) ** 3)
    assert crawl_prior({"eng"}) == {"eng": 1.0}
    assert crawl_prior({"mlt"}) == {"mlt": 1.0}


@given(st.frozensets(st.sampled_from(["eng", "rus", "mlt", "swh", "cjk", "xxa", "xxb"]), min_size=1))
def test_priors_add_up_and_the_unranked_come_last(codes: frozenset[str]) -> None:
    prior = crawl_prior(codes)
    assert prior.keys() == codes
    assert sum(prior.values()) == pytest.approx(1)
    unranked = {code for code in codes if code.startswith("xx")}
    ranked = codes - unranked - {"eng"}
    assert all(prior[code] > prior[other] for code in ranked for other in unranked)


def test_weights_of_a_language_add_up_to_its_prior() -> None:
    weights = weigh(["swh", "swh", "amh"], {"swh": 0.8, "amh": 0.2})
    assert weights.tolist() == pytest.approx([0.4, 0.4, 0.2])


def test_abstention_by_hand() -> None:
    scores, right, weights = _arrays(
        [(0.9, True, 1), (0.9, False, 1), (0.95, True, 1), (0.1, False, 1), (0.0, False, 1)]
    )
    answered = np.array([True, True, True, True, False])
    curve = abstention_curve(scores, right, answered, weights)
    assert [point.threshold for point in curve] == [0.95, 0.9, 0.1]
    assert [point.coverage for point in curve] == pytest.approx([0.2, 0.6, 0.8])
    assert [point.accuracy for point in curve] == pytest.approx([1.0, 2 / 3, 0.5])
    assert (coverage_at(curve, 0.6), coverage_at(curve, 0.9), coverage_at(curve, 1.1)) == pytest.approx((0.6, 0.2, 0.0))


@given(_ANSWERS)
def test_holding_back_more_covers_less(answers: list[tuple[float, bool, float]]) -> None:
    scores, right, weights = _arrays(answers)
    curve = abstention_curve(scores, right, np.ones(len(scores), dtype=bool), weights)
    coverages = [point.coverage for point in curve]
    assert coverages == sorted(coverages)
    assert coverages[-1] == pytest.approx(1)
    assert curve[-1].accuracy == pytest.approx(np.average(right, weights=weights))


def test_who_never_answers_has_no_curve() -> None:
    scores, right, weights = _arrays([(0.5, True, 1)])
    assert abstention_curve(scores, right, np.array([False]), weights) == []
