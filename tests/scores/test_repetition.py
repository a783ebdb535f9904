from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import reference
from tests.mixtures import HOSTILE, WORDS, mixed
from tests.texts import SCRIPTS, texts
from xdata.scores.repetition import GopherRepetition, score_repetition
from xdata.text.analysis import Analyses


def _scores(text: str) -> dict[str, float]:
    return {name.removeprefix("scores."): values[0] for name, values in score_repetition(Analyses([text])).items()}


def _check(batch: list[str]) -> None:
    """The scores of a batch are those of the reference, to the last bit."""
    columns = score_repetition(Analyses(batch))
    assert columns.keys() == GopherRepetition().adds().keys()
    for number, text in enumerate(batch):
        expected = reference.repetition(text)
        for name, values in columns.items():
            if expected:
                assert values[number] == expected[name.removeprefix("scores.")], name
            else:
                assert np.isnan(values[number])


@given(st.lists(mixed, max_size=4))
@example(["a b a b a b a b a b a b a b", "b a b a", "", "."])
@example(["A\na\n\nA a\n\na A\n\na\nA"])
def test_shares_are_those_of_the_reference(batch: list[str]) -> None:
    _check(batch)


@given(st.lists(st.lists(st.sampled_from("abc"), max_size=100).map(" ".join), max_size=3))
@example(["a " * 30])
@example(["a b c a b c c b a " * 6])
def test_shares_of_much_repetition_are_those_of_the_reference(batch: list[str]) -> None:
    _check(batch)


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_shares_of_real_text_are_those_of_the_reference(language: str) -> None:
    pages = texts(language)
    _check([*pages, "\n\n".join([*pages, pages[0]]), pages[1][:200] + pages[1][50:400]])


@pytest.mark.parametrize("script", WORDS)
def test_a_line_three_times_in_four_is_half_of_the_lines(script: str) -> None:
    word = WORDS[script]
    found = _scores(f"{word} 1\n{word} 2\n  {word}   1 \n{word.upper()} 1")
    assert found["dup_line_share"] == 0.5
    assert found["dup_paragraph_share"] == 0


def test_shares_by_hand() -> None:
    text = "moja mbili\ntatu\n\nmoja mbili\ntatu\n\nnne"
    found = _scores(text)
    assert found["dup_line_share"] == 2 / 5
    assert found["dup_line_char_share"] == 14 / len(text)
    assert found["dup_paragraph_share"] == 1 / 3
    assert found["dup_paragraph_char_share"] == 15 / len(text)
    assert found["top_2_gram_share"] == 2 * 10 / len(text)
    assert found["top_3_gram_share"] == 2 * 15 / len(text)
    assert found["top_4_gram_share"] == 20 / len(text)  # none is repeated: the first
    assert found["dup_5_gram_share"] == 0


def test_what_is_repeated_is_counted_without_overlap() -> None:
    found = _scores("ab " * 20)
    assert found["top_2_gram_share"] == 19 * 5 / 60
    assert [found[f"dup_{size}_gram_share"] for size in (5, 6, 10)] == [2 * 15 / 60, 2 * 18 / 60, 20 / 60]


def test_of_ngrams_that_are_equally_frequent_the_first_counts() -> None:
    assert _scores("a b ccc ddd a b ccc ddd")["top_2_gram_share"] == 2 * 3 / 23
    assert _scores("ccc ddd a b ccc ddd a b")["top_2_gram_share"] == 2 * 7 / 23


def test_repetition_is_counted_within_one_document_only() -> None:
    columns = score_repetition(Analyses(["moja mbili tatu nne tano"] * 3))
    assert columns["scores.dup_5_gram_share"].tolist() == [0, 0, 0]
    assert columns["scores.dup_line_share"].tolist() == [0, 0, 0]


@pytest.mark.parametrize("text", ["", " \n\t\u200b", "\x00"])
def test_text_without_tokens_has_no_shares(text: str) -> None:
    assert all(np.isnan(value) for value in _scores(text).values())


@pytest.mark.parametrize("text", ["a", ".", "ไทย", "a b c d"])
def test_text_of_fewer_tokens_than_an_ngram_has_none_of_it(text: str) -> None:
    assert _scores(text)["dup_5_gram_share"] == 0
    assert _scores("a")["top_2_gram_share"] == 0


@given(mixed)
def test_shares_are_shares(text: str) -> None:
    for name, value in _scores(text).items():
        assert np.isnan(value) or 0 <= value <= (1 if not name.startswith("top") else 4), name


@given(mixed, st.integers(2, 4))
def test_a_doubled_document_repeats_all_but_the_first_copy(text: str, times: int) -> None:
    found = _scores("\n\n".join([text] * times))
    if reference.tokens(text):
        assert Fraction(found["dup_line_share"]).limit_denominator(1000) >= 1 - Fraction(1, times)
        assert Fraction(found["dup_paragraph_share"]).limit_denominator(1000) >= 1 - Fraction(1, times)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_has_the_shares_of_the_reference(text: str) -> None:
    short = text[:3000]
    _check(["Habari ya leo.", short, short[:5]])
    assert all(len(values) == 2 for values in score_repetition(Analyses([text, "a"])).values())
