"""Planted documents are what they say, and segmenters get what they have earned."""

from collections.abc import Sequence

import pytest

from tests.benchmarks.identification.mixed import PAIRS, Mixed, Segment, count_found, plant, segment_by
from tests.benchmarks.identification.peers import Guess, Peer
from tests.benchmarks.identification.texts import Sentence

_LABELS = sorted({label for pair in PAIRS for label in pair})
_SENTENCES = [Sentence(label, f"{label} sentence {number} 文") for label in _LABELS for number in range(9)]
_DOCUMENTS = list(plant(_SENTENCES, num_documents=3))

_DOCUMENT = Mixed(
    ("amh_Ethi", "eng_Latn"),
    "lines",
    "ሰላም ነው\nall well\nደህና",
    (Segment(0, 6, "amh_Ethi"), Segment(7, 15, "eng_Latn"), Segment(16, 19, "amh_Ethi")),
)


def test_every_pair_has_each_layout() -> None:
    kinds = {(document.pair, document.layout) for document in _DOCUMENTS}
    assert len(kinds) == len(PAIRS) * 3
    assert len(_DOCUMENTS) == 3 * len(kinds)


@pytest.mark.parametrize("document", _DOCUMENTS, ids=lambda document: "-".join((*document.pair, document.layout)))
def test_gold_segments_are_the_sentences_of_both_languages(document: Mixed) -> None:
    assert {segment.label for segment in document.gold} == set(document.pair)
    for segment in document.gold:
        assert Sentence(str(segment.label), document.text[segment.start : segment.end]) in _SENTENCES
    ends = [segment.end for segment in document.gold]
    starts = [segment.start for segment in document.gold[1:]]
    assert all(end < start for end, start in zip(ends, starts, strict=False))
    assert ("\n\n" in document.text, "\n" in document.text) == {
        "paragraphs": (True, True),
        "lines": (False, True),
        "line": (False, False),
    }[document.layout]


def test_the_same_seed_plants_the_same() -> None:
    assert list(plant(_SENTENCES, num_documents=3)) == _DOCUMENTS
    assert list(plant(_SENTENCES, num_documents=3, seed=1)) != _DOCUMENTS


def test_characters_are_counted_without_blanks() -> None:
    found = count_found([_DOCUMENT], lambda text: [(0, 9, "amh"), (9, 15, "eng_Latn")])
    assert found.gold == {"amh": 8, "eng": 7}
    assert found.predicted == {"amh": 7, "eng": 5}
    assert found.right == {"amh": 5, "eng": 5}
    assert found.precision("amh") == pytest.approx(5 / 7)
    assert found.recall("amh") == pytest.approx(5 / 8)
    assert found.precision() == pytest.approx(10 / 12)
    assert found.recall() == pytest.approx(10 / 15)


def test_gold_finds_everything_and_silence_nothing() -> None:
    found = count_found([_DOCUMENT], lambda text: _DOCUMENT.gold)
    assert (found.precision(), found.recall()) == (1.0, 1.0)
    found = count_found([_DOCUMENT], lambda text: [])
    assert (found.precision(), found.recall()) == (0.0, 0.0)


def test_an_identifier_is_asked_by_line_or_by_sentence() -> None:
    asked: list[str] = []

    def guess(texts: Sequence[str]) -> list[Guess]:
        asked.extend(texts)
        return [Guess("eng", 1.0) for _ in texts]

    peer = Peer("x", guess, is_probability=True)
    by_line, by_sentence = segment_by(peer, sentences=False), segment_by(peer, sentences=True)
    assert by_line("One. Two!\n\nThree") == [(0, 9, "eng"), (11, 16, "eng")]
    assert by_sentence("One. Two!\n\nThree") == [(0, 4, "eng"), (5, 9, "eng"), (11, 16, "eng")]
    assert asked == ["One. Two!", "Three", "One.", "Two!", "Three"]
    assert by_sentence(" \n") == []
