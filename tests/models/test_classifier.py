import json
from pathlib import Path
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.errors import InputError, ResourceError
from xdata.models.classifier import (
    FEWEST_EXAMPLES,
    Classifier,
    TrainedClassifier,
    description_of,
    evaluate,
    features,
    save_classifier,
    train_classifier,
)
from xdata.text.analysis import words_of

_LANGUAGES = ("swh_Latn", "kaz_Cyrl", "pes_Arab", "hin_Deva", "sin_Sinh", "amh_Ethi", "tha_Thai", "zho_Hans")


def _good(language: str, num: int = 20) -> list[str]:
    """Pieces of real text."""
    words = words_of(" ".join(texts(language)))
    return [" ".join(words[start : start + 40]) for start in range(0, num * 12, 12)]


def _bad(language: str, num: int = 20) -> list[str]:
    """The same words, a few of them over and over."""
    words = sorted(set(words_of(" ".join(texts(language)))))
    return [" ".join(Random(seed).choices(words[seed : seed + 6], k=40)) for seed in range(num)]


@pytest.fixture(scope="module")
def trained() -> TrainedClassifier:
    good = [text for language in _LANGUAGES for text in _good(language)]
    bad = [text for language in _LANGUAGES for text in _bad(language)]
    return train_classifier(good, bad, facts={"good": [["a.txt", "0"]]})


@pytest.fixture(scope="module")
def classifier(trained: TrainedClassifier, tmp_path_factory: pytest.TempPathFactory) -> Classifier:
    path = tmp_path_factory.mktemp("classifier") / "quality.bin"
    save_classifier(trained, path)
    return Classifier(path)


def test_it_learns_what_good_text_is(trained: TrainedClassifier) -> None:
    assert trained.evaluation.auc > 0.95
    assert trained.evaluation.recall > 0.8
    assert trained.evaluation.num_good == trained.evaluation.num_bad > 15


@pytest.mark.parametrize("language", _LANGUAGES)
def test_text_of_every_script_is_separated_from_shuffled_words(classifier: Classifier, language: str) -> None:
    good = classifier.quality(" ".join(texts(language)))
    bad = classifier.quality(" ".join(_bad(language)[:3]))
    assert good is not None
    assert bad is not None
    assert good > bad


@pytest.mark.parametrize("text", ["", "\n", "\x00", "★ ☆ 😀", "!!!", "\u200f"])
def test_a_text_without_words_has_no_quality(classifier: Classifier, text: str) -> None:
    assert classifier.quality(text) is None


@pytest.mark.parametrize(
    "text",
    ["a", "a\ud800b", "a" + "\u0301" * 10_000, "x" * 1_000_000, "a " * 500_000, "__label__good", "</s>", "\u202eabc"],
)
def test_odd_text_has_a_quality_in_range(classifier: Classifier, text: str) -> None:
    quality = classifier.quality(text)
    assert quality is not None
    assert 0 <= quality <= 1
    assert round(quality, 4) == quality


@given(st.text())
def test_what_is_seen_of_a_text_is_one_line_that_can_be_written(text: str) -> None:
    line = features(text)
    line.encode()
    assert len(line.splitlines()) <= 1
    assert "__label__" not in line


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_lines_case_and_numbers_are_not_learned(language: str) -> None:
    text = texts(language)[0]
    assert features(text) == features(text.lower().replace(" ", "\n"))
    assert features(f"{text} 12") == features(f"{text}\n\n345")


def test_the_same_examples_give_the_same_model_in_any_order() -> None:
    good, bad = _good("swh_Latn", 80), _bad("swh_Latn", 80)
    first = train_classifier(good, bad)
    second = train_classifier(reversed([*good, *good[:3]]), reversed(bad))
    assert first.data == second.data
    assert first.evaluation == second.evaluation


def test_examples_of_both_classes_are_left_out_and_classes_balanced() -> None:
    good, bad = _good("swh_Latn", 100), _bad("swh_Latn", 100)
    facts = train_classifier([*good, *bad[-10:]], bad).facts
    assert facts["num_in_both"] == 10
    assert facts["num_of_each_taken"] == len({features(text) for text in bad[:-10]})


@pytest.mark.parametrize("num", [0, 1, FEWEST_EXAMPLES - 1])
def test_too_few_examples_are_refused(num: int) -> None:
    many = [f"neno {number} moja {'ab'[number % 2] * number}" for number in range(1, 200)]
    few = [f"jambo {'c' * number}" for number in range(1, num + 1)]
    with pytest.raises(InputError, match=f"^{num} different bad examples are too few .* give at least 50$"):
        train_classifier(many, few)
    with pytest.raises(InputError, match=f"^{num} different good examples"):
        train_classifier(few * 50, many)


def test_figures_of_an_evaluation() -> None:
    found = evaluate([0.9, 0.8, 0.4, 0.6], [0.1, 0.6, 0.2, 0.3])
    assert found.auc == pytest.approx(14.5 / 16, abs=1e-4)
    assert found.precision == 0.75
    assert found.recall == 0.75
    assert evaluate([0.1], [0.2]).precision is None


def test_what_was_trained_on_is_written_beside_the_model(trained: TrainedClassifier, tmp_path: Path) -> None:
    path = tmp_path / "quality.bin"
    save_classifier(trained, path)
    described = json.loads(description_of(path).read_text())
    assert described["facts"]["good"] == [["a.txt", "0"]]
    assert described["evaluation"]["auc"] == trained.evaluation.auc
    assert path.stat().st_size < 16_000_000


def test_what_is_no_classifier_is_refused(trained: TrainedClassifier, tmp_path: Path) -> None:
    path = tmp_path / "quality.bin"
    with pytest.raises(ResourceError, match=r"quality.bin: there is no such file"):
        Classifier(path)
    save_classifier(trained, path)
    described = description_of(path).read_text()
    for content, message in (
        ("{}", "does not describe a classifier"),
        ("[", "does not describe a classifier"),
        (described.replace('"version": 1', '"version": 7'), "is of version 7"),
        (described.replace('"sha256": "', '"sha256": "0'), "is not the model that quality.bin.json describes"),
    ):
        description_of(path).write_text(content)
        with pytest.raises(ResourceError, match=message):
            Classifier(path)
    description_of(path).unlink()
    with pytest.raises(ResourceError, match=r"quality.bin.json: there is no such file"):
        Classifier(path)
