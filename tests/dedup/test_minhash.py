import numpy as np
import pytest

from tests.dedup.columns import TextColumns
from tests.texts import SCRIPTS, texts
from xdata.dedup.minhash import MinHash, distinct, ngrams
from xdata.records import BANDS, NGRAMS, NUM_NGRAMS
from xdata.text.analysis import Analyses

GOLDEN_BAND = 18078266858582416111
WORDLESS = {
    "Yiii": "ꆈꌠꁱꂷꀉꑳꌠꅇ",
    "Java": "ꦧꦱꦗꦮꦏꦔꦺꦴꦏꦺꦴ",
    "Lana": "ᨣᩴᩤᨾᩮᩬᩥᨦ",
    "Latn": "themancamehomeandateallofit",
}


def _words(text: str) -> list[str]:
    return [word.lower() for word in Analyses([text])[0].words]


def _sets(*found: str, size: int = 5) -> list[set[int]]:
    values, bounds = distinct(*ngrams(Analyses(found), size))
    return [set(values[bounds[n] : bounds[n + 1]].tolist()) for n in range(len(found))]


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_ngrams_are_those_of_the_words_of_every_script(language: str) -> None:
    for text, found in zip(texts(language), _sets(*texts(language)), strict=True):
        words = _words(text)
        assert len(found) == len(set(zip(*(words[start:] for start in range(5)), strict=False)))


def test_stored_sets_ascend_and_are_counted() -> None:
    columns = TextColumns([*texts("sin_Sinh"), "", "..."], MinHash())
    sets = columns.read(NGRAMS).to_pylist()
    assert all(found == sorted(set(found)) for found in sets)
    assert columns.read(NUM_NGRAMS).to_pylist() == [len(found) for found in sets]
    assert sets[-2:] == [[], []]
    assert columns.read(BANDS).is_null().to_pylist() == [False] * 5 + [True] * 2


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_bands_agree_as_often_as_the_sets_are_similar(language: str) -> None:
    step = MinHash(num_bands=64, num_rows=1)
    text = texts(language)[0]
    for share in (0.6, 0.9):
        pair = [text, text[: int(len(text) * share)]]
        one, two = step.bands(*ngrams(Analyses(pair), 5))
        ones, twos = _sets(*pair)
        assert abs(float((one == two).mean()) - len(ones & twos) / len(ones | twos)) < 0.2


def test_a_band_differs_from_the_other_bands() -> None:
    bands = MinHash(num_bands=8, num_rows=1).bands(*ngrams(Analyses(["moja"]), 5))
    assert len(set(bands[0].tolist())) == 8


def test_vowel_signs_and_digits_keep_words_apart() -> None:
    one, two = _sets("कि कु के को का क", "की कू कै कौ कां कः")
    assert not one & two
    one, two = _sets("w1 w2 w3 w4 w5 w6", "w7 w8 w9 w0 w5 w1")
    assert not one & two


@pytest.mark.parametrize("text", ["moja", "moja mbili", "ක්‍ෂ", "日本", "ፊደል ፊደል"])
def test_texts_shorter_than_an_ngram_are_one(text: str) -> None:
    one, other, third = _sets(text, text.upper(), f"{text} kitu")
    assert len(one) == 1
    assert one == other != third


@pytest.mark.parametrize("script", WORDLESS)
def test_text_without_blanks_or_dictionaries_has_ngrams_of_letters(script: str) -> None:
    text = WORDLESS[script] * 40
    changed = text[:200] + "ꆈ" + text[200:]
    one, other = _sets(text, changed)
    assert len(one) == len(WORDLESS[script])
    assert len(one - other) == 0 and 1 <= len(other - one) <= 20


def test_long_words_of_languages_with_blanks_stay_words() -> None:
    text = "Donaudampfschifffahrtsgesellschaft und Kraftfahrzeughaftpflichtversicherung sind Wörter ja doch"
    assert len(_sets(text)[0]) == 3


def test_bands_are_those_of_every_other_run() -> None:
    """A golden value: another one means that rensa, our words or hashes changed, and that old indexes are void."""
    bands = MinHash(num_bands=2, num_rows=2).bands(*ngrams(Analyses(["Kila MTU ana haki ya kuishi"]), 5))
    assert int(bands[0, 0]) == GOLDEN_BAND


def test_sets_of_an_empty_batch() -> None:
    values, bounds = distinct(np.empty(0, np.uint64), np.zeros(1, np.int64))
    assert (len(values), bounds.tolist()) == (0, [0])
