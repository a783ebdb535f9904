import random
from pathlib import Path

import pytest

from xdata.provenance.distinctive_words import LEAST_WORDS, MOST_WORDS, count_words, distinctive_words, write_words
from xdata.provenance.passages.passage import Passage

_LETTERS = {
    "Latn": "abdegiklmnoprstu",
    "Cyrl": "абвгдежзиклмнопр",
    "Deva": "कखगघचजटडतदनपबमरल",
    "Ethi": "ሀለሐመሠረሰሸቀበተቸነአ",
}


def _vocabulary(script: str, seed: int, num: int = 400) -> list[str]:
    drawn = random.Random(seed)
    return ["".join(drawn.choices(_LETTERS[script], k=6)) for _ in range(num)]


def _passages(language: str, words: list[str], *, num: int, seed: int = 0) -> list[Passage]:
    drawn = random.Random(seed)
    weights = [1 / (rank + 1) for rank in range(len(words))]
    texts = (" ".join(drawn.choices(words, weights, k=12)) for _ in range(num))
    return [Passage(language, text, "prose", "a test") for text in texts]


@pytest.mark.parametrize("script", _LETTERS)
def test_own_are_the_frequent_words_that_no_other_language_has(script: str) -> None:
    own, other, shared = (_vocabulary(script, seed) for seed in range(3))
    mixed = [word for pair in zip(own, shared, strict=True) for word in pair]
    passages = [
        *_passages(f"aaa_{script}", mixed, num=800),
        *_passages(f"bbb_{script}", [word for pair in zip(shared, other, strict=True) for word in pair], num=2000),
    ]
    found = distinctive_words(passages)
    assert LEAST_WORDS <= len(found[f"aaa_{script}"]) <= MOST_WORDS
    assert set(found[f"aaa_{script}"]) <= set(own)
    assert found[f"aaa_{script}"][0] == own[0]
    assert set(found[f"bbb_{script}"]) <= set(other)


def test_a_large_language_does_not_own_what_it_shares_with_a_small_one() -> None:
    words = _vocabulary("Latn", 1)
    passages = [*_passages("aaa_Latn", words, num=700), *_passages("bbb_Latn", words, num=7000, seed=1)]
    assert distinctive_words(passages) == {}


def test_left_over_words_of_another_language_do_not_become_own_in_little_text() -> None:
    english, own = _vocabulary("Latn", 1), _vocabulary("Latn", 2)
    rare = english[150:155]
    left_over = [Passage("aaa_Latn", f"{' '.join(rare)} {number}", "prose", "a test") for number in range(4)]
    found = distinctive_words(
        [*_passages("aaa_Latn", own, num=20), *left_over, *_passages("eng_Latn", english, num=9000)]
    )
    assert not set(found.get("aaa_Latn", ())) & set(rare)


def test_noise_has_no_list_and_the_order_of_passages_makes_no_difference(tmp_path: Path) -> None:
    passages = [*_passages("zxx_Latn", _vocabulary("Latn", 1), num=800)]
    passages += _passages("aaa_Latn", _vocabulary("Latn", 2), num=800)
    found = distinctive_words(passages)
    assert list(found) == ["aaa_Latn"]
    write_words(found, tmp_path / "one")
    write_words(distinctive_words(reversed(passages)), tmp_path / "other")
    assert (tmp_path / "one").read_bytes() == (tmp_path / "other").read_bytes()


def test_words_are_counted_without_case_and_in_every_script() -> None:
    assert count_words(["Kila KILA kila mtu"]).frequent == ("kila",)
    assert set(count_words(["การศึกษา การ", "การ"] * 3).frequent) >= {"การ"}
    assert len(count_words([]).counts) == 0


@pytest.mark.parametrize("text", ["12 12 12 12", "a a a a"])
def test_numbers_and_single_letters_are_no_words_of_anybody(text: str) -> None:
    passages = [Passage("aaa_Latn", f"{text} {number}", "prose", "a test") for number in range(50)]
    assert distinctive_words(passages) == {}
