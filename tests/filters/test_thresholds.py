"""Thresholds that refer to the language files decide as those that are spelled out."""

from collections.abc import Iterable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from xdata.context import Context
from xdata.filters.references import LanguageFiles
from xdata.filters.rule_filters import language_filter, threshold_filters
from xdata.filters.rules import LANGUAGE_RULE, RULES, Rule, own_thresholds
from xdata.filters.thresholds import Threshold
from xdata.language_files import OVERLAY, described_languages, write_language
from xdata.step import Drops
from xdata.yaml_files import read_yaml

_LANGUAGES = ("swh_Latn", "pes_Arab", "hin_Deva", "sin_Sinh", "amh_Ethi", "tha_Thai", "zho_Hans", "kat_Geor")


@pytest.fixture
def overlay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv(OVERLAY, str(tmp_path))
    return tmp_path


def _move(overlay: Path, language: str, rule: str, value: float | None) -> None:
    """Gives a language another threshold in the overlay; None switches the rule off."""
    facts = read_yaml(described_languages()[language])
    values = facts["thresholds"]["max_values"]
    values.pop(rule, None)
    if value is None:
        facts["thresholds"]["switched_off"] = [rule]
    else:
        values[rule] = value
    write_language(facts, overlay)


def _table(score: str, languages: Iterable[str | None]) -> pa.Table:
    """Scores of all sizes, in each of the languages."""
    values = np.concatenate([[0.0, 0.5, 1.0], np.random.default_rng(7).exponential(0.3, 40), [3.0, 9.0, 50.0]])
    codes = [code for code in languages for _ in values]
    scores = np.tile(values, len(codes) // len(values)).astype(np.float32)
    return pa.table({"scores": pa.StructArray.from_arrays([pa.array(scores)], [score]), "language": codes})


def _rows(drops: Drops) -> list[tuple[int, str, float | None, float | None]]:
    return list(zip(drops.rows, drops.reasons, drops.values, drops.thresholds, strict=True))


@pytest.mark.parametrize("rule", [*RULES, LANGUAGE_RULE], ids=lambda rule: rule.name)
@pytest.mark.parametrize("languages", [(), _LANGUAGES, _LANGUAGES[:2]], ids=["all", "some", "two"])
def test_a_reference_decides_as_what_it_refers_to(rule: Rule, languages: tuple[str, ...]) -> None:
    english = rule.english if rule.every_script else None
    value = {f"{rule.side}_value": None if english is None else float(english)}
    common = {"score": f"scores.{rule.score}", "reason": rule.name, **value}
    step = Threshold.model_validate({**common, "rule": rule.name, "languages": languages})
    table = _table(rule.score, [*_LANGUAGES, "und", "xzh_Tibt", None])
    assert step.reads() == {f"scores.{rule.score}", "language"}
    if english is None and not step.from_language_files():
        assert _rows(step.open(Context())(table)) == []
        return
    explicit = Threshold.model_validate({**common, f"{rule.side}_by_language": step.from_language_files()})
    assert explicit.rule is None
    assert _rows(step.open(Context())(table)) == _rows(explicit.open(Context())(table))
    assert step.identity() == explicit.identity()


def test_what_is_given_for_a_language_wins() -> None:
    given = {"swh_Latn": 0.5}
    step = Threshold(score="scores.digit_share", reason="x", max_value=0.9, rule="many_digits", max_by_language=given)
    drops = step.open(Context())(_table("digit_share", ["swh_Latn", "tha_Thai", "und"]))
    limits = dict.fromkeys(
        zip(np.repeat(["swh_Latn", "tha_Thai", "und"], 46)[drops.rows], drops.thresholds, strict=True)
    )
    thai = own_thresholds("many_digits", ["tha_Thai"])["tha_Thai"]
    assert list(limits) == [
        (code, float(np.float32(value))) for code, value in (("swh_Latn", 0.5), ("tha_Thai", thai), ("und", 0.9))
    ]


@pytest.mark.parametrize("language", _LANGUAGES)
@pytest.mark.parametrize("value", [0.0009, None], ids=["stricter", "off"])
def test_a_file_of_the_overlay_changes_its_language_and_no_other(
    overlay: Path, language: str, value: float | None
) -> None:
    steps = {step.name: step for step in threshold_filters([])}
    tables = {name: _table(step.score.removeprefix("scores."), _LANGUAGES) for name, step in steps.items()}
    before = {name: _rows(step.open(Context())(tables[name])) for name, step in steps.items()}
    _move(overlay, language, "many_digits", value)
    after = {name: _rows(step.open(Context())(tables[name])) for name, step in steps.items()}
    assert [name for name in steps if before[name] != after[name]] == ["many_digits"]
    codes = tables["many_digits"]["language"].to_pylist()
    different = set(before["many_digits"]) ^ set(after["many_digits"])
    assert {codes[row] for row, *_ in different} == {language}
    limit = {-1.0 if value is None else float(np.float32(value))}
    assert {row[3] for row in after["many_digits"] if codes[row[0]] == language} == limit - {-1.0}


def test_files_of_languages_that_were_not_asked_for_change_nothing(overlay: Path) -> None:
    step = next(step for step in threshold_filters(["swh_Latn"]) if step.name == "many_digits")
    table = _table("digit_share", ["swh_Latn", "tha_Thai"])
    before = step.identity(), _rows(step.open(Context())(table))
    _move(overlay, "tha_Thai", "many_digits", 0.0001)
    assert (step.identity(), _rows(step.open(Context())(table))) == before


def test_a_reference_in_another_folder_of_language_files_is_another_step(overlay: Path) -> None:
    step = language_filter([])
    before = step.identity()
    _move(overlay, "hin_Deva", "many_digits", 0.1)
    assert step.identity() == before
    facts = read_yaml(described_languages()["hin_Deva"])
    facts["thresholds"]["min_values"]["language_uncertain"] = 0.77
    write_language(facts, overlay)
    assert step.identity() == before | {"min_by_language": {**before["min_by_language"], "hin_Deva": 0.77}}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rule": "many_digit"}, "there is no rule 'many_digit': did you mean 'many_digits'"),
        ({"max_value": 1.0, "languages": ("sw",)}, "give rule, or remove languages"),
        ({"rule": "many_digits", "languages": ("klingon",)}, "unknown language 'klingon'"),
    ],
)
def test_a_reference_that_leads_nowhere_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValueError, match=message):
        Threshold.model_validate({"score": "scores.digit_share", "reason": "x", **options})


def test_a_written_step_has_no_thresholds_of_languages_and_leaves_out_what_it_has_not() -> None:
    steps = threshold_filters([])
    assert all(not {"min_by_language", "max_by_language", "without"} & step.written().keys() for step in steps)
    assert [Threshold.model_validate(step.model_dump()) for step in steps] == list(steps)


def test_language_files_that_differ_are_noted_with_languages_and_rules(overlay: Path) -> None:
    steps = threshold_filters(_LANGUAGES)
    then = LanguageFiles.of(steps)
    assert then is not None and set(then.languages) <= set(_LANGUAGES)
    assert then.note(LanguageFiles.of(steps)) is None
    _move(overlay, "hin_Deva", "many_digits", 0.123)
    _move(overlay, "tha_Thai", "many_lines", None)
    _move(overlay, "fra_Latn", "many_symbols", 0.2)
    note = then.note(LanguageFiles.of(steps))
    assert note is not None and "(languages: hin_Deva, tha_Thai; rules: many_digits, many_lines)" in note
    assert then.note(None) is None
    assert LanguageFiles.of([Threshold(score="scores.digit_share", reason="x", max_value=1.0)]) is None


def test_a_note_names_no_more_than_ten_languages(overlay: Path) -> None:
    steps = threshold_filters([])
    then = LanguageFiles.of(steps)
    moved = [code for code in own_thresholds("many_digits") if code.endswith("_Latn")][:14]
    for code in moved:
        _move(overlay, code, "many_digits", 0.0123)
    note = then.note(LanguageFiles.of(steps)) if then else None
    assert note is not None and f"{', '.join(moved[:10])} and 4 more; rules: many_digits)" in note


def test_limits_are_those_of_the_languages_of_an_output() -> None:
    step = Threshold(
        score="scores.digit_share", reason="x", max_value=0.9, rule="many_digits", max_by_language={"swh_Latn": 0.5}
    )
    (limit,) = step.limits(["hin_Deva", "und"])
    assert limit.by_language == {"hin_Deva": (None, own_thresholds("many_digits")["hin_Deva"]), "swh_Latn": (None, 0.5)}
    assert (limit.of("und"), limit.name, limit.reason) == ((None, 0.9), "digit_share", "x")
    (alone,) = step.limits([])
    assert alone.by_language == {"swh_Latn": (None, 0.5)}
