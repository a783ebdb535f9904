import unicodedata

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.models.letters import NO_BUCKET, SIZES, LetterWords, buckets_of, letter_words


def _spelt(words: LetterWords) -> list[str]:
    """Every word of the texts, as it is folded, without boundary marks."""
    spans = zip(words.offsets[:-1], words.offsets[1:], strict=True)
    different = [
        words.points[start + 1 : end - 1].tobytes().decode("utf-32-le", "surrogatepass") for start, end in spans
    ]
    return [different[number] for number in words.words]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Kila mtu ana haki.", ["kila", "mtu", "ana", "haki"]),
        ("Ng\u02bcombe ya Ng’ombe", ["ng'ombe", "ya", "ng'ombe"]),
        ("3rd 12 34-a", ["rd", "a"]),
        ("ỌMỌ́ ọmọ́", ["ọmọ́", "ọmọ́"]),
        ("e\u0301t\u00e9 ve\u00adlo", ["été", "velo"]),
        ("ශ්\u200dරී ලංකා", ["ශ්\u200dරී", "ලංකා"]),
        ("می\u200cخواهم", ["می\u200cخواهم"]),
        ("ทุกคนมีสิทธิ", ["ทุกคนมีสิทธิ"]),
        ("你好，世界", ["你好", "世界"]),
        ("ሰላም፡ልዑል", ["ሰላም", "ልዑል"]),
        ("საქართველო!", ["საქართველო"]),
        ("", []),
        ("😀 … 12 ★", []),
    ],
)
def test_words_are_runs_of_letters_folded_and_composed(text: str, expected: list[str]) -> None:
    assert _spelt(letter_words([text])) == expected


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_offsets_give_back_the_surface(language: str) -> None:
    batch = texts(language)
    words = letter_words(batch)
    joined = "\n".join(batch)
    for spelt, start, end in zip(_spelt(words), words.starts, words.ends, strict=True):
        surface = joined[start:end]
        assert unicodedata.normalize("NFC", surface).lower()[:1] == spelt[:1] or surface.casefold()[:1] == spelt[:1]
    assert words.text_offsets[-1] == len(words.words)


@given(st.lists(st.text(alphabet="abΑßé \n'’1😀\u0301\u200dกခ你ሀ\ud800", max_size=30), max_size=6))
def test_a_text_has_the_same_words_alone_and_among_others(batch: list[str]) -> None:
    words = letter_words(batch)
    spelt = _spelt(words)
    for number, text in enumerate(batch):
        first, last = words.text_offsets[number : number + 2]
        assert spelt[first:last] == _spelt(letter_words([text]))


def test_a_long_run_is_cut() -> None:
    words = letter_words(["a" * 1000])
    assert len(words.words) == 32
    assert np.diff(words.offsets).max() <= 34


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_each_place_has_an_ngram_of_every_size_that_fits(language: str) -> None:
    words = letter_words(texts(language))
    ngrams, whole = buckets_of(words.points, words.offsets, 1 << 12)
    lengths = np.diff(words.offsets)
    for row, size in enumerate(SIZES):
        least = 2 if size == 1 else 0  # boundary marks alone are no n-grams
        expected = np.maximum(lengths - size + 1, 0) - least
        assert (ngrams[row] != NO_BUCKET).sum() == expected.sum()
    assert ((whole != NO_BUCKET) == (lengths > SIZES[-1])).all()


def test_the_same_word_has_the_same_ngrams_wherever_it_stands() -> None:
    first = letter_words(["habari za leo"])
    second = letter_words(["leo"])
    one = buckets_of(first.points, first.offsets, 1 << 12)[0]
    other = buckets_of(second.points, second.offsets, 1 << 12)[0]
    number = first.words[-1]
    start, end = first.offsets[number : number + 2]
    assert (one[:, start:end] == other).all()
