from pathlib import Path
from random import Random

import pytest

from tests.texts import texts
from xdata.context import Context
from xdata.errors import ResourceError
from xdata.models.classifier import save_classifier, train_classifier
from xdata.scores.classifier import ClassifyQuality
from xdata.text.analysis import Analyses


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    words = " ".join(texts("swh_Latn")).split()
    good = [" ".join(words[start : start + 30]) for start in range(0, 700, 10)]
    bad = [" ".join(Random(seed).sample(words, 3) * 10) for seed in range(70)]
    path = tmp_path_factory.mktemp("model") / "quality.bin"
    save_classifier(train_classifier(good, bad), path)
    return path


def test_quality_is_a_column_of_probabilities(model: Path) -> None:
    step = ClassifyQuality(model=str(model))
    columns = step.open(Context())(Analyses([*texts("swh_Latn"), "", "★"]))
    assert columns.keys() == step.adds().keys()
    *known, empty, symbol = columns["scores.quality"]
    assert all(0 <= score <= 1 for score in known)
    assert (empty, symbol) == (None, None)


def test_scores_do_not_depend_on_what_else_is_in_the_batch(model: Path) -> None:
    score = ClassifyQuality(model=str(model)).open(Context())
    found = Analyses(texts("swh_Latn"))
    together = score(found)["scores.quality"]
    assert list(together) == [score(analysis.alone())["scores.quality"][0] for analysis in found]


def test_where_the_model_lies_is_no_part_of_what_the_step_is(model: Path) -> None:
    step = ClassifyQuality(model=str(model))
    assert [path.name for path in step.resources()] == ["quality.bin", "quality.bin.json"]
    assert str(model.parent) not in str(step.identity())


def test_a_model_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match=r"gone.bin: there is no such file"):
        ClassifyQuality(model=str(tmp_path / "gone.bin")).open(Context())
