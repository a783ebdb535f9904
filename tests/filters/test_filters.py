from collections.abc import Sequence

import pyarrow as pa
import pytest

from xdata.context import Context
from xdata.filters.errors import DropErrors
from xdata.filters.languages import KeepLanguages
from xdata.filters.thresholds import Threshold
from xdata.step import Drops


def _scores(values: Sequence[float | None], languages: Sequence[str] = ()) -> pa.Table:
    scores = pa.array([{"num_words": value} for value in values], pa.struct([pa.field("num_words", pa.float32())]))
    return pa.table({"scores": scores, "language": pa.array(languages or ["swh_Latn"] * len(values))})


def _rows(drops: Drops) -> list[tuple[int, str, float | None, float | None]]:
    return list(zip(drops.rows, drops.reasons, drops.values, drops.thresholds, strict=True))


def test_flaws_are_their_own_reasons() -> None:
    table = pa.table({"error": pa.array([None, "too_deep", None, "no_main_text"], pa.string())})
    assert _rows(DropErrors().open(Context())(table)) == [(1, "too_deep", None, None), (3, "no_main_text", None, None)]


def test_unrequested_and_unidentified_languages_are_dropped_for_different_reasons() -> None:
    table = pa.table({"language": ["swh_Latn", "und", "eng_Latn", "mlt_Latn"]})
    drops = KeepLanguages(languages=("sw", "mlt_Latn")).open(Context())(table)
    assert _rows(drops) == [(1, "language_unidentified", None, None), (2, "language_not_requested", None, None)]
    assert [row[0] for row in _rows(KeepLanguages().open(Context())(table))] == [1]


def test_a_dropped_language_may_have_its_own_reason() -> None:
    table = pa.table({"language": ["zho_Hans", "zho_Hant", "zho_Hani", "eng_Latn", "und"]})
    step = KeepLanguages(languages=("zho_Hant",), reasons={"zho_Hans": "simplified", "zho_Hani": "undecidable"})
    reasons = ["simplified", "undecidable", "language_not_requested", "language_unidentified"]
    assert list(step.open(Context())(table).reasons) == reasons
    with pytest.raises(ValueError, match="unknown language 'klingon'"):
        KeepLanguages(reasons={"klingon": "x"})


def test_an_unknown_language_is_refused_when_the_step_is_made() -> None:
    with pytest.raises(ValueError, match="unknown language 'klingon'"):
        KeepLanguages(languages=("klingon",))


def test_thresholds_drop_what_is_beyond_them_with_value_and_threshold() -> None:
    step = Threshold(score="scores.num_words", reason="odd_length", min_value=10, max_value=100)
    table = _scores([5, 10, 50, 100, 101, None])
    assert _rows(step.open(Context())(table)) == [(0, "odd_length", 5.0, 10.0), (4, "odd_length", 101.0, 100.0)]


def test_a_language_may_have_its_own_threshold() -> None:
    step = Threshold(
        score="scores.num_words", reason="too_few_words", min_value=10, min_by_language={"tha_Thai": 3, "mlt_Latn": 99}
    )
    assert step.reads() == {"scores.num_words", "language"}
    table = _scores([5, 5, 50], ["swh_Latn", "tha_Thai", "mlt_Latn"])
    assert _rows(step.open(Context())(table)) == [(0, "too_few_words", 5.0, 10.0), (2, "too_few_words", 50.0, 99.0)]


def test_a_threshold_for_one_language_alone_leaves_the_others() -> None:
    step = Threshold(score="scores.num_words", reason="too_few_words", min_by_language={"tha_Thai": 30})
    assert [row[0] for row in _rows(step.open(Context())(_scores([5, 5], ["swh_Latn", "tha_Thai"])))] == [1]


@pytest.mark.parametrize("value", [0.1, 0.7, 0.35, 1e-3])
def test_a_score_at_its_threshold_stays(value: float) -> None:
    """Scores are float32, and 0.1 as float32 is another number than 0.1."""
    for step in (
        Threshold(score="scores.num_words", reason="x", min_value=value, max_value=value),
        Threshold(score="scores.num_words", reason="x", min_by_language={"tha_Thai": value}),
    ):
        assert _rows(step.open(Context())(_scores([value], ["tha_Thai"]))) == []


def test_languages_of_thresholds_are_resolved() -> None:
    step = Threshold(score="scores.num_words", reason="x", min_by_language={"th": 3.0}, max_by_language={"sw": 9.0})
    assert (step.min_by_language, step.max_by_language) == ({"tha_Thai": 3.0}, {"swh_Latn": 9.0})
    with pytest.raises(ValueError, match="unknown language 'klingon'"):
        Threshold(score="scores.num_words", reason="x", min_by_language={"klingon": 3.0})


def test_a_threshold_without_a_number_is_refused() -> None:
    with pytest.raises(ValueError, match="give min_value or max_value"):
        Threshold(score="scores.num_words", reason="x")


@pytest.mark.parametrize("step", [DropErrors(), KeepLanguages(languages=("swh_Latn",))])
def test_an_empty_table_drops_nothing(step: DropErrors | KeepLanguages) -> None:
    table = pa.table({"error": pa.array([], pa.string()), "language": pa.array([], pa.string())})
    assert _rows(step.open(Context())(table)) == []
