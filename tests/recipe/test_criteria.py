from pathlib import Path

import pyarrow as pa
import pytest
from pydantic import ValidationError
from pytest import MonkeyPatch

from xdata.errors import ConfigError, ResourceError
from xdata.filters.thresholds import Threshold
from xdata.languages import OVERLAY
from xdata.models.language import LID_176, XLID
from xdata.models.reference import ModelRef
from xdata.readers.sources import Source
from xdata.recipe import criteria
from xdata.recipe.criteria import NONE, Mixed, filters_of, scores_of

_SOURCES = (Source(name="s", root="/data", patterns=("**",)),)


def test_a_criterion_whose_model_or_list_is_not_given_is_empty() -> None:
    assert criteria.not_listed(()) == NONE
    assert criteria.without_flagged_words({}, max_share=0.1) == NONE
    assert criteria.of_its_distinctive_words(()) == NONE
    assert criteria.unsurprising(None, max_perplexity_z=3) == NONE
    assert criteria.like_good_examples(None, min_quality=0.5) == NONE
    assert criteria.without_debris(None) == NONE


def test_scores_and_filters_come_in_the_order_of_criteria() -> None:
    found = (criteria.whole(), criteria.long_enough(5, max_words=9), NONE, criteria.in_one_script(0.8))
    assert [score.kind for score in scores_of(found)] == ["scores.num_words", "scores.script_share"]
    assert [step.name for step in filters_of(found)] == ["errors", "enough_words", "not_too_many_words", "one_script"]


def test_every_filter_of_a_criterion_reads_what_its_scores_add_or_what_is_there_already() -> None:
    found = (
        criteria.in_traditional_chinese(0.9),
        criteria.without_debris(0.1),
        criteria.unsurprising("/models", max_perplexity_z=3, by_language={"sw": 2}),
        criteria.like_good_examples("/model.bin", min_quality=0.5),
        criteria.of_domains(("law",), classifier="/model.bin", min_quality=0.5),
        criteria.without_flagged_words({"sw": "/list"}, max_share=0.1),
        criteria.prose(("swh_Latn",), min_sentences=3),
        criteria.of_its_distinctive_words(("mlt_Latn",)),
        criteria.in_languages(("swh_Latn",), sources=_SOURCES, identifier=LID_176, second=XLID),
    )
    for criterion in found:
        added = {path for score in criterion.scores for path in score.adds()}
        for step in criterion.filters:
            assert step.reads() <= added | {"language", "domain"}, step.name


def test_sentences_are_not_asked_for_where_no_mark_ends_them() -> None:
    step = criteria.prose(("swh_Latn", "tha_Thai", "lao_Laoo"), min_sentences=3).filters[-1]
    assert isinstance(step, Threshold)
    assert (step.min_value, step.min_by_language) == (3, {"tha_Thai": 0, "lao_Laoo": 0})
    names = [step.name for step in criteria.prose(("swh_Latn",)).filters]
    assert "enough_sentences" not in names


def test_a_language_that_nothing_can_name_is_refused() -> None:
    with pytest.raises(ConfigError, match="gez_Ethi cannot be identified"):
        criteria.in_languages(("gez_Ethi",), sources=_SOURCES)
    rows = (_SOURCES[0].model_copy(update={"fields": {"language": "lang"}}),)
    criteria.check_sources(("gez_Ethi",), sources=rows, identifier=XLID)


@pytest.mark.parametrize(
    ("weights", "model", "message"),
    [
        ({"lk": {"tlh": 2.0}}, XLID, "xlid.npz does not know tlh at all"),
        ({"": {"mlt_Arab": 2.0, "*": 0.5}}, XLID, "xlid.npz does not know mlt_Arab in this script"),
        ({"": {"hau": 2.0}}, LID_176, "lid.176.ftz does not know hau at all"),
        ({"": {"mlt_Cher": 2.0}}, LID_176, "lid.176.ftz does not know mlt_Cher in this script"),
    ],
)
def test_weights_of_what_the_model_cannot_name_are_refused(
    weights: dict[str, dict[str, float]], model: ModelRef, message: str
) -> None:
    with pytest.raises(ConfigError, match=message):
        criteria.in_languages((), sources=(), identifier=model, weights=weights)
    known = {"": {"swh": 2.0, "srp_Latn": 3.0, "zho_Hans": 0.5, "jpn_Jpan": 1.0, "*": 0.1}}
    assert criteria.in_languages((), sources=(), identifier=model, weights=known).scores


def test_few_distinctive_words_are_asked_of_confusable_languages_alone(
    tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    values = "  num_documents: 30\n  min_values:\n    few_distinctive_words: 0.04\n"
    (tmp_path / "gla_Latn.yaml").write_text(f'code: "gla_Latn"\nthresholds:\n  source: "a test"\n{values}')
    monkeypatch.setenv(OVERLAY, str(tmp_path))
    made = criteria.of_its_distinctive_words(("mt", "gd"), lists={"swh_Latn": "/list"})
    (step,) = made.filters
    assert isinstance(step, Threshold)
    assert step.min_value is None
    assert step.min_by_language == {"gla_Latn": 0.04, "mlt_Latn": criteria.MIN_DISTINCTIVE_WORDS, "swh_Latn": 0.01}
    (moved,) = criteria.of_its_distinctive_words(("gd",), min_share=0.2).filters
    assert isinstance(moved, Threshold)
    assert moved.min_by_language == {"gla_Latn": 0.2}
    for code in ("qaa_Latn", "zho_Hans"):
        with pytest.raises(ConfigError, match=f"{code} has no list of distinctive words.*distinctive_word_lists"):
            criteria.of_its_distinctive_words((code,))


def test_two_lists_for_one_language_are_refused() -> None:
    with pytest.raises(ValidationError, match="a language has two lists"):
        criteria.of_its_distinctive_words((), lists={"sw": "a.txt", "swh_Latn": "b.txt"})


def test_documents_that_a_second_identifier_takes_for_others_go() -> None:
    found = criteria.in_languages(("swh_Latn",), sources=_SOURCES, identifier=LID_176, second=XLID)
    (agreed,) = [step for step in found.filters if isinstance(step, Threshold)]
    scores = pa.array([0.0, 1.0, None], pa.float32())
    table = pa.table({"scores": pa.StructArray.from_arrays([scores], names=["language_agreement"])})
    drops = agreed.open()(table)
    assert (list(drops.rows), list(drops.reasons)) == ([0], ["identifiers_disagree"])


def test_a_second_identifier_that_is_none_is_refused_when_the_recipe_is_made(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"nothing")
    for backend in ("fasttext", "letters"):
        with pytest.raises(ResourceError, match=r"model\.bin: is not "):
            second = ModelRef(backend=backend, path=str(tmp_path / "model.bin"))
            criteria.in_languages((), sources=(), second=second)


def test_a_url_that_says_the_language_keeps_a_document_without_distinctive_words() -> None:
    (step,) = criteria.of_its_distinctive_words(("mlt_Latn",)).filters
    assert isinstance(step, Threshold)
    scores = pa.array([0.0, 0.0, 0.3, None, 0.0], pa.float32())
    table = pa.table(
        {
            "scores": pa.StructArray.from_arrays([scores], names=["distinctive_words"]),
            "language": ["mlt_Latn"] * 4 + ["eng_Latn"],
            "url_language": [None, "mlt_Latn", None, None, None],
        }
    )
    drops = step.open()(table)
    assert (list(drops.rows), list(drops.reasons)) == ([0], ["few_distinctive_words"])


def test_parts_are_scored_where_that_is_asked_for_and_decide_where_mixed_documents_go() -> None:
    assert criteria.in_one_language("keep") == NONE
    assert criteria.in_one_language("clip") == NONE
    assert criteria.in_one_language("score").filters == ()
    found = criteria.in_one_language("drop", identifier=LID_176)
    (step,) = found.filters
    assert isinstance(step, Threshold)
    assert (step.reason, step.min_value) == ("mixed_languages", 0.8)
    assert [score.model_dump()["model"]["resource"] for score in found.scores] == ["xlid.npz"]


@pytest.mark.parametrize("mixed", ["keep", "score", "clip", "route"])
def test_a_share_that_decides_nothing_is_refused(mixed: Mixed) -> None:
    with pytest.raises(ConfigError, match=f"min_main_language decides nothing with mixed: {mixed}"):
        criteria.in_one_language(mixed, min_share=0.8)
    with pytest.raises(ConfigError, match="min_distinctive_words decides nothing without confusable languages"):
        criteria.of_its_distinctive_words((), min_share=0.01)
    (step,) = criteria.in_one_language("drop", min_share=0.5).filters
    assert isinstance(step, Threshold) and step.min_value == 0.5
