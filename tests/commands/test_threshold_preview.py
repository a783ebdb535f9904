import numpy as np
import pytest

from xdata.commands.threshold_preview import Effect, table
from xdata.filters.rules import RULES, find_rule
from xdata.language_facts import Thresholds

_RULES = (find_rule("many_digits"), find_rule("few_letters"), find_rule("few_stop_words"))
_SCORES = {
    "digit_share": np.array([0.05, 0.15, 0.25, 0.35]),
    "alpha_word_share": np.array([0.9, 0.9, 0.9, 0.4]),
    "num_stop_words": np.array([5.0, 5.0, np.nan, 0.0]),
}


def _thresholds(digits: float, letters: float, stop_words: float = 2) -> Thresholds:
    values = {"few_letters": letters, "few_stop_words": stop_words}
    return Thresholds(source="s", num_documents=9, min_values=values, max_values={"many_digits": digits})


def _effect(old: Thresholds | None, new: Thresholds, disabled: tuple[str, ...] = ()) -> Effect:
    return Effect.of(["a", "b", "c", "d"], _SCORES, _RULES, old=old, new=new, disabled=disabled)


def test_a_document_changes_where_old_and_new_thresholds_decide_differently() -> None:
    found = _effect(_thresholds(0.1, 0.3), _thresholds(0.3, 0.5)).changes()
    assert {key: row["change"] for key, row in found.items()} == {
        "b": "newly_kept",
        "c": "newly_kept",
        "d": "dropped",
    }
    assert found["b"]["rules"] == [
        {
            "rule": "many_digits",
            "score": "digit_share",
            "value": 0.15,
            "old_threshold": 0.1,
            "new_threshold": 0.3,
            "dropped_by_old": True,
            "dropped_by_new": False,
        }
    ]
    assert [rule["rule"] for rule in found["d"]["rules"]] == ["many_digits", "few_letters", "few_stop_words"]
    assert _effect(_thresholds(0.3, 0.3), _thresholds(0.2, 0.3)).changes()["c"]["change"] == "newly_dropped"


def test_the_effect_of_each_rule_adds_up() -> None:
    effect = _effect(_thresholds(0.1, 0.3), _thresholds(0.3, 0.5))
    rows = {row.rule.name: row for row in effect.by_rule()}
    assert (rows["many_digits"].num_old, rows["many_digits"].num_new, rows["many_digits"].newly_kept) == (3, 1, 2)
    assert (rows["few_letters"].num_old, rows["few_letters"].newly_dropped) == (0, 1)
    assert all(row.num_old + row.newly_dropped - row.newly_kept == row.num_new for row in rows.values())
    assert effect.reasons == {"d": ("many_digits", "few_letters", "few_stop_words")}


def test_without_old_thresholds_the_common_ones_count() -> None:
    effect = _effect(None, _thresholds(0.3, 0.5))
    assert effect.old_thresholds == (0.2, None, None)
    assert [line.split()[2:5] for line in table(effect)][2] == ["off", ">=", "0.5"]


def test_a_score_that_could_not_be_computed_before_had_no_threshold() -> None:
    effect = _effect(_thresholds(0.3, 0.5), _thresholds(0.3, 0.5), disabled=("num_stop_words",))
    assert effect.old_thresholds == (0.3, 0.5, None)
    assert effect.new_thresholds == (0.3, 0.5, 2)


@pytest.mark.parametrize("num", [1, 3])
def test_rules_without_a_score_are_left_out(num: int) -> None:
    scores = {"digit_share": np.zeros(num)}
    effect = Effect.of(["a", "b", "c"][:num], scores, RULES, old=None, new=_thresholds(0.2, 0.3))
    assert [rule.name for rule in effect.rules] == ["many_digits"]
    assert effect.changes() == {}
