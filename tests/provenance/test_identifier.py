"""The trainer of the identifier on a few passages."""

from pathlib import Path

import numpy as np
import pytest

from tests.texts import SCRIPTS, texts
from xdata.models.identifier import LetterIdentifier, save_identifier
from xdata.provenance import identifier
from xdata.provenance.identifier import (
    Windows,
    card,
    evaluate,
    excerpts,
    learn_sharpness,
    prepare,
    select,
    train,
)
from xdata.provenance.passages import Passage


def _passages() -> list[Passage]:
    return [
        Passage(code, line, "prose" if number % 2 else "phrases", "npm one" if number % 3 else "npm two")
        for code in SCRIPTS.values()
        for text in texts(code)
        for number, line in enumerate(text.split("\n"))
        if line
    ]


def test_selection_is_by_label_prose_first_each_text_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(identifier, "LEAST_HAN_CHARACTERS", 10)
    found = select([*_passages(), *_passages()])
    assert list(found) == sorted(found)
    assert set(found) <= set(SCRIPTS.values())
    for label, passages in found.items():
        lines = [passage.text for passage in passages]
        assert len(lines) == len(set(lines))
        kinds = [passage.kind for passage in passages]
        assert kinds == sorted(kinds, reverse=True)  # prose before phrases
        assert {passage.language for passage in passages} == {label}
    assert not select([Passage("swh_Latn", "Kila mtu ana haki", "prose", "npm one")])
    without = select(_passages(), without={"npm two"})
    assert all(passage.package != "npm two" for passages in without.values() for passage in passages)


def test_languages_that_are_written_alike_are_one() -> None:
    passages = [
        Passage("kng_Latn", f"muntu nyonso {number} kele na luve" * 20, "prose", "npm one") for number in range(9)
    ]
    assert list(select(passages)) == ["kon_Latn"]


def test_windows_are_of_their_class_alone_and_the_same_for_a_seed() -> None:
    corpus = prepare(select(_passages()))
    one, other = Windows(corpus, seed=3), Windows(corpus, seed=3)
    classes, starts, sizes = one.draw(500)
    for first, second in zip((classes, starts, sizes), other.draw(500), strict=True):
        assert (first == second).all()
    offsets = corpus.words.text_offsets
    passages = np.searchsorted(offsets, starts, side="right") - 1
    last = np.searchsorted(offsets, starts + sizes - 1, side="right") - 1
    assert (corpus.classes[passages] == classes).all()
    assert (corpus.classes[last] == classes).all()
    assert sizes.min() >= 1
    assert set(classes.tolist()) == set(range(len(corpus.labels)))


def test_a_small_model_learns_its_languages_and_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pytest.importorskip("torch", reason="training needs torch: pip install '.[provenance]'")
    monkeypatch.setattr(identifier, "BATCH", 128)
    monkeypatch.setattr(identifier, "NUM_BUCKETS", 1 << 12)
    selected = select(_passages())
    corpus = prepare(selected)
    heard: list[str] = []
    arrays = train(corpus, steps=100, seed=1, log=heard.append)
    again = train(corpus, steps=100, seed=1, log=heard.append)
    assert all((arrays[name] == again[name]).all() for name in arrays)
    assert len(heard) == 2
    save_identifier(tmp_path / "model.npz", **arrays, sharpness=np.array([0, 1, 1], dtype=np.float32))
    model = LetterIdentifier(tmp_path / "model.npz")
    gold = excerpts(selected, model.labels)
    measured = evaluate(model, gold)
    assert np.mean([recall for _, recall in measured.values()]) > 0.9
    slope, shift, greatest = learn_sharpness(model, gold)
    assert greatest >= 1
    facts = card(selected, measured, {"trained_by": "a test"})
    assert facts["num_labels"] == len(selected) == len(facts["characters"])
    assert slope >= 0 or shift >= 0
