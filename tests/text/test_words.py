import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.text.analysis import Analysis
from xdata.text.words import letters_per_word, tokens


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ƙaunar ’ya’yansu, ƴa'ya!", ["Ƙaunar", "ya’yansu", "ƴa'ya"]),
        ("ñuqanchikʼpa qʼuchu", ["ñuqanchikʼpa", "qʼuchu"]),
        ("L-Artiklu 7.", ["L", "Artiklu", "7"]),
        ("می‌خواهم بروم", ["می‌خواهم", "بروم"]),
        ("ශ්‍රී ලංකා", ["ශ්‍රී", "ලංකා"]),
        ("അവൻ‍ വന്നു", ["അവൻ‍", "വന്നു"]),
        ("मुझे किताब।", ["मुझे", "किताब"]),
        ("ሰላም፡ለዓለም።", ["ሰላም", "ለዓለም"]),
        ("བཀྲ་ཤིས།", ["བཀྲ", "ཤིས"]),
        ("ข้าว", ["ข้", "า", "ว"]),
        ("日本 abc 語", ["日", "本", "abc", "語"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("... — !", []),
        ("", []),
    ],
)
def test_words_keep_marks_joiners_and_inner_apostrophes(text: str, words: list[str]) -> None:
    assert tokens(text) == words


@pytest.mark.parametrize("language", ["swh_Latn", "pes_Arab", "hin_Deva", "amh_Ethi", "kat_Geor", "kor_Kore"])
def test_where_spaces_part_words_every_token_is_one(language: str) -> None:
    for text in texts(language):
        found = tokens(text)
        assert Analysis(text).num_words == len(found)


@pytest.mark.parametrize("language", ["tha_Thai", "lao_Laoo", "khm_Khmr", "mya_Mymr", "zho_Hans", "jpn_Jpan"])
def test_where_they_do_not_the_estimate_is_near_that_of_a_spaced_language(language: str) -> None:
    """The same articles in English; the estimate is of the same text, so within a factor of 2.2."""
    for text, english in zip(texts(language), texts("eng_Latn"), strict=True):
        estimated = Analysis(text).num_words
        assert 1 / 1.5 < estimated / len(tokens(english)) < 2.2


def test_the_unspaced_scripts_are_measured() -> None:
    assert set(letters_per_word()) == {"Hani", "Hira", "Kana", "Khmr", "Laoo", "Mymr", "Thai"}


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_tokens_are_parts_of_the_text_in_order(language: str) -> None:
    for text in texts(language):
        position = 0
        for token in tokens(text):
            position = text.index(token, position) + len(token)


@given(st.text())
def test_counting_never_fails_and_is_never_negative(text: str) -> None:
    assert Analysis(text).num_words >= 0
