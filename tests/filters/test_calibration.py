import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.filters.calibration import (
    Derived,
    Scores,
    beyond,
    derive_by_reference,
    derive_by_tail,
    language_threshold,
    loss,
    rounded,
)
from xdata.filters.rules import RULES

_RULES = {rule.name: rule for rule in RULES}


def _sample(num: int, seed: int = 0) -> Scores:
    """Scores of documents, about as prose has them."""
    rng = np.random.default_rng(seed)
    means = {"mean_word_length": 5.0, "num_stop_words": 20.0, "num_curly_brackets": 0.0, "num_placeholders": 0.0}
    return {rule.score: np.abs(rng.normal(means.get(rule.score, 0.1), 0.03, num)) for rule in RULES}


@pytest.mark.parametrize("max_loss", [0.0, 0.01, 0.1])
def test_the_loss_of_the_sample_stays_within_the_limit(max_loss: float) -> None:
    sample = _sample(500)
    derived = derive_by_tail(sample, max_loss=max_loss)
    unavoidable = {"num_curly_brackets": np.zeros(500), "num_placeholders": np.zeros(500)}
    assert loss(dict(sample) | unavoidable, derived) <= max_loss


def test_a_dirty_sample_may_lose_more() -> None:
    sample = dict(_sample(500))
    sample["dup_line_share"] = np.linspace(0, 1, 500)
    strict, lax = (derive_by_tail(sample, max_loss=share) for share in (0.5, 0.05))
    assert loss(sample, strict) >= loss(sample, lax)


def test_a_rule_without_enough_documents_is_unknown() -> None:
    sample = dict(_sample(20))
    sample["num_stop_words"] = np.full(20, np.nan)
    derived = derive_by_tail(sample, max_loss=0.01)
    assert {"few_stop_words", "few_line_ends", "short_lines", "high_perplexity"} <= set(derived.unknown)
    assert set(derived.min_values) | set(derived.max_values) | {*derived.switched_off, *derived.unknown} == set(_RULES)


def test_more_documents_allow_tighter_thresholds() -> None:
    few, many = (derive_by_tail(_sample(num), max_loss=0.0) for num in (40, 4000))
    assert few.max_values["high_perplexity"] > many.max_values["high_perplexity"] > 0.1


@pytest.mark.parametrize("method", ["quantile", "mean_std", "median_ratio"])
def test_the_reference_itself_gets_the_english_thresholds(method: str) -> None:
    sample = _sample(400)
    derived = derive_by_reference(sample, sample, method=method)  # type: ignore[arg-type]
    for name in ("repeated_5_grams", "frequent_2_gram"):
        assert derived.max_values[name] == pytest.approx(_RULES[name].english, rel=0.1)


def test_twice_the_median_is_twice_the_threshold() -> None:
    reference = _sample(400)
    sample = {name: values * 2 for name, values in reference.items()}
    derived = derive_by_reference(sample, reference, method="median_ratio")
    assert derived.max_values["frequent_3_gram"] == pytest.approx(0.36)


def test_the_threshold_of_the_language_is_that_of_fineweb2() -> None:
    scores = np.array([0.9] * 50 + [0.5] * 50)
    assert language_threshold(scores) == pytest.approx(np.median(scores) - scores.std(), abs=0.01)
    assert language_threshold(np.full(20, 1.0)) == 0.9
    assert language_threshold(np.linspace(0, 0.4, 50)) == 0.3
    assert language_threshold(np.full(50, np.nan)) is None


@given(st.floats(1e-6, 1e6), st.booleans())
def test_rounding_is_away_from_what_is_dropped(value: float, up: bool) -> None:
    found = rounded(value, up=up)
    assert found >= value * (1 - 1e-9) if up else found <= value * (1 + 1e-9)
    assert found == pytest.approx(value, rel=0.02)


def test_scores_are_compared_as_filters_compare_them() -> None:
    rule = _RULES["frequent_2_gram"]
    values = np.array([0.1, 0.2, np.float32(0.2), 0.21, np.nan])
    assert beyond(rule, values, 0.2).tolist() == [False, False, False, True, False]
    assert not beyond(rule, values, None).any()
    assert Derived({}, {}, (), ()).limit_of(rule) is None
