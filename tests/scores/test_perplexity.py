import math
import sys
from collections.abc import Sequence
from pathlib import Path
from random import Random
from types import SimpleNamespace

import pytest

from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.errors import ResourceError
from xdata.models.ngrams.files import save_ngrams
from xdata.models.ngrams.training import train_ngrams
from xdata.scores.perplexity import Perplexity, PerplexityModel, PerplexityModels
from xdata.step import Columns
from xdata.text.analysis import Analyses


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model of each script, trained on the first pages of its language."""
    made = tmp_path_factory.mktemp("models")
    for language in SCRIPTS.values():
        save_ngrams(train_ngrams(texts(language)[:4], language=language), made / f"{language}.ngrams")
    return made


def _score(step: Perplexity, found: Sequence[tuple[str, str | None]]) -> Columns:
    return step.open(Context())(
        Analyses([text for text, _ in found], declared_languages=[language for _, language in found])
    )


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_real_text_is_plainer_than_damaged_text(folder: Path, language: str) -> None:
    text = texts(language)[4]
    damaged = "".join(Random(1).sample(text, len(text)))
    columns = _score(Perplexity(folder=PerplexityModels(str(folder))), [(text, language), (damaged, language)])
    assert columns.keys() == {"scores.perplexity", "scores.perplexity_z", "scores.word_perplexity_z"}
    plain, broken = columns["scores.perplexity"]
    assert 1 <= plain < broken <= 65_536
    assert columns["scores.perplexity_z"][0] < columns["scores.perplexity_z"][1]


@pytest.mark.parametrize("language", [None, "mlt_Latn", "und"])
def test_a_language_without_a_model_has_no_score(folder: Path, language: str | None) -> None:
    columns = _score(
        Perplexity(folder=PerplexityModels(str(folder))), [("Kila mtu", language), ("Kila mtu", "swh_Latn")]
    )
    assert [values[0] for values in columns.values()] == [None, None, None]
    assert columns["scores.perplexity"][1] is not None


@pytest.mark.parametrize("text", ["", "\x00", "\u200f"])
def test_a_text_without_characters_has_no_score(folder: Path, text: str) -> None:
    columns = _score(Perplexity(folder=PerplexityModels(str(folder))), [(text, "swh_Latn")])
    assert [values[0] for values in columns.values()] == [None, None, None]


def test_scores_do_not_depend_on_what_else_is_in_the_batch(folder: Path) -> None:
    step = Perplexity(folder=PerplexityModels(str(folder)))
    found = [(text, language) for language in SCRIPTS.values() for text in texts(language)[:2]]
    together = _score(step, found)
    alone = [_score(step, [one]) for one in found]
    for name, values in together.items():
        assert list(values) == [columns[name][0] for columns in alone]


def test_models_are_named_one_by_one_or_by_a_folder(folder: Path, tmp_path: Path) -> None:
    (tmp_path / "other.ngrams").write_bytes((folder / "swh_Latn.ngrams").read_bytes())
    by_path = Perplexity(models={"sw": PerplexityModel(str(tmp_path / "other.ngrams"))})
    by_folder = Perplexity(folder=PerplexityModels(str(folder)))
    found = [(texts("swh_Latn")[4], "swh_Latn")]
    assert _score(by_path, found) == _score(by_folder, found)
    assert by_path.identity()["models"] == {"swh_Latn": ".ngrams"}
    assert str(folder) not in str(by_folder.identity())
    assert len(by_folder.resources()) == len(SCRIPTS)


def test_wrong_models_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="give a folder of models, or models"):
        Perplexity()
    with pytest.raises(ValueError, match="unknown language"):
        Perplexity(models={"klingon": PerplexityModel("x")})
    with pytest.raises(ResourceError, match="has no model: make some"):
        Perplexity(folder=PerplexityModels(str(tmp_path))).resources()
    with pytest.raises(ResourceError, match="there is no such folder"):
        Perplexity(folder=PerplexityModels(str(tmp_path / "gone"))).resources()
    with pytest.raises(ResourceError, match="there is no such file"):
        Perplexity(models={"sw": PerplexityModel(str(tmp_path / "gone.ngrams"))}).resources()
    (tmp_path / "sw.ngrams").write_bytes(b"")
    (tmp_path / "swh_Latn.ngrams").write_bytes(b"")
    with pytest.raises(ResourceError, match=r"two models of swh_Latn: sw.ngrams and swh_Latn.ngrams"):
        Perplexity(folder=PerplexityModels(str(tmp_path))).resources()
    (tmp_path / "klingon.ngrams").write_bytes(b"")
    with pytest.raises(ResourceError, match="a model is called after its language"):
        Perplexity(folder=PerplexityModels(str(tmp_path))).resources()


def test_kenlm_is_asked_for_words_and_named_where_it_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "swh_Latn.arpa"
    path.write_bytes(b"")
    step = Perplexity(folder=PerplexityModels(str(tmp_path)))
    monkeypatch.setitem(sys.modules, "kenlm", None)
    with pytest.raises(ResourceError, match="needs the package kenlm: pip install kenlm"):
        _score(step, [("Kila mtu", "swh_Latn")])
    asked: list[str] = []

    class Model:
        """Gives every word, and the end of a line, one chance in a hundred."""

        def __init__(self, path: str, config: object) -> None:
            assert path.endswith("swh_Latn.arpa")

        def score(self, sentence: str) -> float:
            asked.append(sentence)
            return -2.0 * (len(sentence.split()) + 1)

    monkeypatch.setitem(sys.modules, "kenlm", SimpleNamespace(Model=Model, Config=SimpleNamespace))
    columns = _score(step, [("Kila MTU,\n\nana haki!", "swh_Latn"), ("★", "swh_Latn")])
    assert asked == ["kila mtu", "ana haki"]
    assert math.isclose(columns["scores.perplexity"][0], 100.0)
    assert columns["scores.perplexity"][1] is None
    assert list(columns["scores.perplexity_z"]) == [None, None]
