from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pytest
from pydantic import ValidationError
from pytest import MonkeyPatch

from tests.pipelines.builds import CONFIGS
from xdata.context import Context
from xdata.errors import ConfigError, ResourceError
from xdata.filters.thresholds import Threshold
from xdata.language_files import OVERLAY
from xdata.models.language import LID_176, XLID
from xdata.readers.sources import Source
from xdata.recipe import criteria
from xdata.recipe import parameters as p
from xdata.recipe.criteria import filters_of, scores_of
from xdata.references import FileRef, ModelRef
from xdata.scores.classifier import ClassifierRef

_SOURCES = (Source(name="s", root="/data", patterns=("**",)),)


def test_a_criterion_whose_model_or_list_is_not_given_is_empty() -> None:
    empty = criteria.Criterion()
    assert criteria.block_urls(p.Blocklist()) == criteria.block_words(p.Blocklist()) == empty
    assert criteria.distinctive_words(p.Language()) == criteria.language_segments(p.Language()) == empty
    assert criteria.perplexity_rule(p.Perplexity(max_z=3)) == empty
    assert criteria.quality_classifier(p.Classifier(min_quality=0.5)) == empty
    assert criteria.decontaminate(p.Decontamination()) == empty
    assert criteria.encoding_debris(None) == criteria.script_share(None) == empty


def test_scores_and_filters_come_in_the_order_of_criteria() -> None:
    found = (
        criteria.drop_errors(),
        criteria.document_length(5, max_words=9),
        criteria.Criterion(),
        criteria.script_share(0.8),
    )
    assert [score.kind for score in scores_of(found)] == ["scores.num_words", "scores.script_share"]
    assert [step.name for step in filters_of(found)] == ["errors", "too_few_words", "too_many_words", "mixed_script"]


def test_every_filter_of_a_criterion_reads_what_its_scores_add_or_the_reader_provides() -> None:
    classifier = p.Classifier(model=ClassifierRef("/model.bin"), min_quality=0.5)
    found = (
        criteria.traditional_characters(0.9),
        criteria.encoding_debris(0.1),
        criteria.perplexity_rule(p.Perplexity(models="/models", max_z=3, max_z_by_language={"sw": 2})),
        criteria.quality_classifier(classifier),
        criteria.quality_classifier(classifier, reason="domain_unlikely", without="domain"),
        criteria.keep_domains(("law",)),
        criteria.block_words(p.Blocklist(words={"sw": FileRef("/list")}, max_flagged_share=0.1)),
        criteria.quality_rules(("swh_Latn",), quality=p.Quality(min_sentences=3)),
        criteria.distinctive_words(p.Language(confusable_languages=("mlt_Latn",))),
        criteria.identify_languages(
            ("swh_Latn",), p.Language(second_identifier=XLID), sources=_SOURCES, identifier=LID_176
        ),
    )
    for criterion in found:
        added = {path for score in criterion.scores for path in score.adds()}
        for step in criterion.filters:
            assert step.reads() <= added | {"language", "domain"}, step.name


def test_filters_are_called_like_their_reasons() -> None:
    found = (criteria.script_share(0.8), criteria.encoding_debris(0.1), criteria.quality_rules(("swh_Latn",)))
    for step in filters_of(found):
        assert isinstance(step, Threshold) and step.name == step.reason


def test_sentences_are_not_counted_where_no_mark_ends_them() -> None:
    quality = p.Quality(min_sentences=3)
    step = criteria.quality_rules(("swh_Latn", "tha_Thai", "lao_Laoo"), quality=quality).filters[-1]
    assert isinstance(step, Threshold)
    assert (step.min_value, step.min_by_language) == (3, {"tha_Thai": 0, "lao_Laoo": 0})
    names = [step.name for step in criteria.quality_rules(("swh_Latn",)).filters]
    assert "too_few_sentences" not in names


def test_a_language_that_no_identifier_or_source_names_is_refused() -> None:
    with pytest.raises(ConfigError, match="gez_Ethi cannot be identified"):
        criteria.identify_languages(("gez_Ethi",), p.Language(), sources=_SOURCES)
    rows = (_SOURCES[0].model_copy(update={"fields": {"language": "lang"}}),)
    assert criteria.identify_languages(("gez_Ethi",), p.Language(), sources=rows).filters


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"thresholds": "fineweb2"}, "thresholds=fineweb2 needs the configurations of FineWeb-2"),
        ({"quality": p.Quality(fineweb2_configs="/c")}, "quality.fineweb2_configs has no effect with thresholds"),
        (
            {"thresholds": "fineweb2", "quality": p.Quality(fineweb2_configs="/c"), "rule_limits": {"many_digits": 1}},
            "rule_limits has no effect with thresholds=fineweb2",
        ),
        (
            {"thresholds": "fineweb2", "quality": p.Quality(fineweb2_configs=str(CONFIGS), min_sentences=1)},
            "quality.min_sentences has no effect with thresholds=fineweb2",
        ),
    ],
)
def test_options_without_effect_beside_those_of_fineweb2_are_refused(settings: Any, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        criteria.quality_rules(("swh_Latn",), **settings)


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
        criteria.identify_languages((), p.Language(weights=weights), sources=(), identifier=model)
    known = {"": {"swh": 2.0, "srp_Latn": 3.0, "zho_Hans": 0.5, "jpn_Jpan": 1.0, "*": 0.1}}
    assert criteria.identify_languages((), p.Language(weights=known), sources=(), identifier=model).scores


def test_few_distinctive_words_are_asked_of_confusable_languages_alone(
    tmp_path: Path, monkeypatch: MonkeyPatch
) -> None:
    values = "  num_documents: 30\n  min_values:\n    few_distinctive_words: 0.04\n"
    (tmp_path / "gla_Latn.yaml").write_text(f'code: "gla_Latn"\nthresholds:\n  source: "a test"\n{values}')
    monkeypatch.setenv(OVERLAY, str(tmp_path))
    made = criteria.distinctive_words(
        p.Language(confusable_languages=("mt", "gd"), distinctive_word_lists={"swh_Latn": FileRef("/list")})
    )
    (step,) = made.filters
    assert isinstance(step, Threshold)
    assert step.min_value is None
    assert step.min_by_language == {"gla_Latn": 0.04, "mlt_Latn": criteria.MIN_DISTINCTIVE_WORDS, "swh_Latn": 0.01}
    (moved,) = criteria.distinctive_words(p.Language(confusable_languages=("gd",), min_distinctive_words=0.2)).filters
    assert isinstance(moved, Threshold)
    assert moved.min_by_language == {"gla_Latn": 0.2}
    for code in ("qaa_Latn", "zho_Hans"):
        with pytest.raises(ConfigError, match=f"{code} has no list of distinctive words.*distinctive_word_lists"):
            criteria.distinctive_words(p.Language(confusable_languages=(code,)))


def test_two_lists_for_one_language_are_refused() -> None:
    with pytest.raises(ValidationError, match="swh_Latn is given twice"):
        criteria.distinctive_words(
            p.Language(distinctive_word_lists={"sw": FileRef("a.txt"), "swh_Latn": FileRef("b.txt")})
        )


def test_documents_that_a_second_identifier_labels_differently_are_dropped() -> None:
    found = criteria.identify_languages(
        ("swh_Latn",), p.Language(second_identifier=XLID), sources=_SOURCES, identifier=LID_176
    )
    agreed = next(step for step in found.filters if step.name == "identifiers_disagree")
    assert isinstance(agreed, Threshold)
    scores = pa.array([0.0, 1.0, None], pa.float32())
    table = pa.table({"scores": pa.StructArray.from_arrays([scores], names=["language_agreement"])})
    drops = agreed.open(Context())(table)
    assert (list(drops.rows), list(drops.reasons)) == ([0], ["identifiers_disagree"])


def test_an_invalid_second_identifier_is_refused_when_the_recipe_is_made(tmp_path: Path) -> None:
    (tmp_path / "model.bin").write_bytes(b"nothing")
    for backend in ("fasttext", "letters"):
        with pytest.raises(ResourceError, match=r"model\.bin: is not "):
            second = ModelRef(backend=backend, model=str(tmp_path / "model.bin"))
            criteria.identify_languages((), p.Language(second_identifier=second), sources=())


def test_a_url_that_states_the_language_keeps_a_document_without_distinctive_words() -> None:
    (step,) = criteria.distinctive_words(p.Language(confusable_languages=("mlt_Latn",))).filters
    assert isinstance(step, Threshold)
    scores = pa.array([0.0, 0.0, 0.3, None, 0.0], pa.float32())
    table = pa.table(
        {
            "scores": pa.StructArray.from_arrays([scores], names=["distinctive_words"]),
            "language": ["mlt_Latn"] * 4 + ["eng_Latn"],
            "url_language": [None, "mlt_Latn", None, None, None],
        }
    )
    drops = step.open(Context())(table)
    assert (list(drops.rows), list(drops.reasons)) == ([0], ["few_distinctive_words"])


def test_segments_are_scored_for_mixed_score_and_decide_for_mixed_drop() -> None:
    found = {mixed: criteria.language_segments(p.Language(mixed=mixed)) for mixed in get_args(p.MixedLanguages)}
    assert {mixed for mixed, each in found.items() if each.scores} == {"score", "drop"}
    assert {mixed for mixed, each in found.items() if each.filters} == {"drop"}
    (step,) = found["drop"].filters
    assert isinstance(step, Threshold) and (step.reason, step.min_value) == ("mixed_languages", 0.8)
    (step,) = criteria.language_segments(p.Language(mixed="drop", min_main_share=0.5)).filters
    assert isinstance(step, Threshold) and step.min_value == 0.5
    (score,) = criteria.language_segments(p.Language(mixed="drop"), identifier=LID_176).scores
    assert score.model_dump()["model"] == XLID.model_dump()
