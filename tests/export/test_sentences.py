import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.texts import SCRIPTS, texts
from xdata.export.sentences import Sentences, sentence_hash


@pytest.mark.parametrize("script", SCRIPTS)
def test_white_space_and_case_make_no_other_sentence(script: str) -> None:
    text = texts(SCRIPTS[script])[0][:200].strip()
    same = "\u3000" + text.replace(" ", " \u00a0\t") + "\n"
    assert sentence_hash(same) == sentence_hash(text)
    assert sentence_hash(unicodedata.normalize("NFD", f"{text[:50]}\u200b{text[50:]}")) == sentence_hash(text)
    if script != "Geor":  # Python folds no case of Georgian, whose capitals are titles alone
        assert sentence_hash(text.upper()) == sentence_hash(text.upper().lower())


@pytest.mark.parametrize("script", SCRIPTS)
def test_other_letters_make_another_sentence(script: str) -> None:
    text = texts(SCRIPTS[script])[0][:200].strip()
    assert len({sentence_hash(text), sentence_hash(text[:-1]), sentence_hash(text[1:]), sentence_hash("")}) == 4


@given(st.text(st.characters(), max_size=50))
def test_any_text_has_a_hash(text: str) -> None:
    assert len(sentence_hash(text)) == 16


@pytest.mark.parametrize("text", ["", "\0", "\ud800", "a" * 1_000_000, "\u0301" * 10_000, "😀", "\u202e"])
def test_hostile_text_has_a_hash(text: str) -> None:
    assert len(sentence_hash(text)) == 16


def test_limits_that_leave_nothing_are_refused() -> None:
    with pytest.raises(ValidationError, match="max_words 3 is below min_words 4"):
        Sentences(min_words=4, max_words=3)
