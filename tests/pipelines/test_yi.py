"""Yi's cascade, end to end: heuristics, a language model and a classifier, each with its own reason."""

from pathlib import Path
from random import Random

import pytest

from tests.pipelines.builds import made, prose_and_salad, salad, source
from tests.texts import texts
from xdata.models.classifier import save_classifier, train_classifier
from xdata.models.ngrams.files import save_ngrams
from xdata.models.ngrams.training import train_ngrams
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe

_LANGUAGES = ("swh_Latn", "hin_Deva", "kat_Geor", "tha_Thai")
_SOURCES = (Source(name="s", root="/data", patterns=("**",)),)


def _shuffled(text: str) -> str:
    """The same letters in no order, line by line."""
    return "\n".join("".join(Random(1).sample(line, len(line))) for line in text.split("\n"))


@pytest.fixture(scope="module")
def models(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models")
    good, bad = prose_and_salad(_LANGUAGES)
    (folder / "ngrams").mkdir()
    save_classifier(train_classifier(good, bad), folder / "quality.bin")
    for code in _LANGUAGES[:3]:
        save_ngrams(train_ngrams(texts(code), language=code), folder / "ngrams" / f"{code}.ngrams")
    return folder


@pytest.fixture(scope="module")
def reasons(models: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[str]]:
    folder = tmp_path_factory.mktemp("yi")
    pages = {f"https://a.example/{code}/{n}": text for code in _LANGUAGES for n, text in enumerate(texts(code))}
    for code in _LANGUAGES:
        pages[f"https://a.example/{code}/letters"] = _shuffled(texts(code)[0])
        pages[f"https://a.example/{code}/salad"] = salad(code, 9, order=1)
    declared = [
        source(folder, {url: text for url, text in pages.items() if code in url}, name=code, language=code)
        for code in _LANGUAGES
    ]
    return made(
        "monolingual_corpus:yi",
        folder / "out",
        sources=declared,
        languages=_LANGUAGES,
        perplexity={"models": str(models / "ngrams")},
        classifier={"model": str(models / "quality.bin")},
        blocklist={"urls": []},
    )


@pytest.mark.parametrize("language", _LANGUAGES)
def test_prose_passes_all_of_it(reasons: dict[str, list[str]], language: str) -> None:
    prose = [reasons[f"https://a.example/{language}/{n}"] for n in range(5)]
    assert sum(not found for found in prose) >= 4


@pytest.mark.parametrize("language", _LANGUAGES)
def test_shuffled_letters_and_repeated_words_are_dropped(reasons: dict[str, list[str]], language: str) -> None:
    found = reasons[f"https://a.example/{language}/letters"]
    assert ("high_perplexity" in found) == (language != "tha_Thai")  # which has no model
    assert found
    assert "low_quality" in reasons[f"https://a.example/{language}/salad"]


def test_a_document_has_every_reason_and_not_the_first_alone(reasons: dict[str, list[str]]) -> None:
    heuristic_and_learned = [found for found in reasons.values() if "low_quality" in found and len(found) > 1]
    assert len(heuristic_and_learned) >= 2


def test_a_language_may_have_its_own_thresholds(models: Path) -> None:
    recipe = find_recipe("monolingual_corpus:yi").make(
        sources=_SOURCES,
        languages=["sw", "th"],
        settings={
            "perplexity.models": str(models / "ngrams"),
            "classifier.model": str(models / "quality.bin"),
            "perplexity.max_z_by_language": '{"sw": 5.0}',
            "classifier.min_quality_by_language": '{"th": 0.2}',
        },
    )
    steps = {step.name: step.model_dump() for step in recipe.stage("decide").steps}
    assert steps["high_perplexity"]["max_by_language"] == {"swh_Latn": 5.0}
    assert steps["low_quality"]["min_by_language"] == {"tha_Thai": 0.2}
