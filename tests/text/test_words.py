import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests import reference
from tests.mixtures import HOSTILE, WORDS, mixed
from tests.texts import SCRIPTS, texts
from xdata.text.analysis import Analyses, count_words

_SPACED = ["swh_Latn", "pes_Arab", "hin_Deva", "amh_Ethi", "kat_Geor", "kor_Kore"]
_UNSPACED = ["tha_Thai", "lao_Laoo", "khm_Khmr", "mya_Mymr", "zho_Hans", "jpn_Jpan"]


def _words(text: str) -> list[str]:
    return Analyses([text])[0].words


def _tokens(text: str) -> list[str]:
    tokens = Analyses([text]).tokens
    return [text[start:end] for start, end in zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("Ƙaunar ’ya’yansu, ƴa'ya!", ["Ƙaunar", "ya’yansu", "ƴa'ya"]),
        ("ñuqanchikʼpa qʼuchu", ["ñuqanchikʼpa", "qʼuchu"]),
        ("ʻokina Hawaiʻi, makaʼ", ["ʻokina", "Hawaiʻi", "makaʼ"]),
        ("L-Artiklu 7.", ["L", "Artiklu", "7"]),
        ("tal-għalqa ta' dawl", ["tal", "għalqa", "ta", "dawl"]),
        ("col·lecció · paral·lel", ["col·lecció", "paral·lel"]),
        ("צה״ל ג׳ירפה", ["צה״ל", "ג׳ירפה"]),
        ("3.14, 1,000 ١٫٥ 3. .5", ["3.14", "1,000", "١٫٥", "3", "5"]),
        ("می‌خواهم بروم", ["می‌خواهم", "بروم"]),
        ("ශ්‍රී ලංකා", ["ශ්‍රී", "ලංකා"]),
        ("അവൻ‍ വന്നു", ["അവൻ‍", "വന്നു"]),
        ("मुझे किताब।", ["मुझे", "किताब"]),
        ("ሰላም፡ለዓለም።", ["ሰላም", "ለዓለም"]),
        ("བཀྲ་ཤིས།", ["བཀྲ", "ཤིས"]),
        ("Schiff\u00adfahrt", ["Schiff\u00adfahrt"]),
        ("ᠮᠣᠩᠭᠣᠯ᠎ᠠ", ["ᠮᠣᠩᠭᠣᠯ᠎ᠠ"]),
        ("e\u0301te\u0301 e\u0300", ["e\u0301te\u0301", "e\u0300"]),
        ("ข้าวผัด", ["ข้าว", "ผัด"]),
        ("ประเทศ\u200bไทย", ["ประเทศ", "ไทย"]),
        ("ខ្ញុំរៀនភាសា", ["ខ្ញុំ", "រៀន", "ភាសា"]),
        ("日本語 abc テキスト", ["日本語", "abc", "テキスト"]),
        ("漢字abc漢字", ["漢字", "abc", "漢字"]),
        ("한국어 문장", ["한국어", "문장"]),
        ("ⵜⴰⵎⴰⵣⵉⵖⵜ ߒߞߏ", ["ⵜⴰⵎⴰⵣⵉⵖⵜ", "ߒߞߏ"]),
        ("1️⃣ ❤️ 👨‍👩‍👧 🇹🇿", ["1️⃣"]),
        ("... — !", []),
        ("\u200d \u0301", []),
        ("", []),
    ],
)
def test_words_keep_marks_joiners_and_inner_apostrophes(text: str, words: list[str]) -> None:
    assert _words(text) == words
    assert count_words(text) == len(words)


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Ndiyo... (la)!!", ["Ndiyo", "...", "(", "la", ")", "!!"]),
        ("?!?", ["?", "!", "?"]),
        ("❤️❤️", ["❤️", "❤️"]),
        ("a\u0301!\u0301!", ["a\u0301", "!\u0301", "!"]),
        ("#moja $5", ["#", "moja", "$", "5"]),
        ("'a'", ["'", "a", "'"]),
        ("你好。。", ["你好", "。。"]),
    ],
)
def test_signs_are_tokens_and_a_run_of_one_sign_is_one(text: str, tokens: list[str]) -> None:
    assert _tokens(text) == tokens


@pytest.mark.parametrize("language", _SPACED)
def test_where_spaces_part_words_no_word_has_one_inside_and_each_is_found(language: str) -> None:
    for text in texts(language):
        words = _words(text)
        assert not any(character.isspace() for word in words for character in word)
        bare = [part for part in text.replace("፡", " ").split() if any(map(str.isalnum, part))]
        assert len(bare) <= len(words) < 1.25 * len(bare)


@pytest.mark.parametrize("language", _UNSPACED)
def test_where_they_do_not_there_are_about_as_many_as_in_a_spaced_language(language: str) -> None:
    """The same articles in English; the words of both within a factor of 2."""
    for text, english in zip(texts(language), texts("eng_Latn"), strict=True):
        assert 1 / 1.5 < len(_words(text)) / len(_words(english)) < 2


@pytest.mark.parametrize("script", WORDS)
def test_words_of_every_script_are_whole_between_spaces_and_signs(script: str) -> None:
    word = WORDS[script]
    parts = _words(word)
    assert _words(f"({word}) “{word}”, {word}!") == parts * 3
    assert "".join(parts).replace("་", "") == word.replace("་", "")


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_tokens_are_those_of_the_reference_in_real_text(language: str) -> None:
    for text in texts(language):
        assert _tokens(text) == [token.text for token in reference.tokens(text)]
        assert _words(text) == [word.text for word in reference.words(text)]


@given(mixed)
@example("a''b ʼʼa aʼʼʼb 1'2 '1")
@example("\ud83d\ude00ไทย\ud800นี้ไทย")
def test_tokens_are_those_of_the_reference(text: str) -> None:
    tokens = Analyses([text]).tokens
    found = list(zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True))
    assert found == [(token.start, token.end) for token in reference.tokens(text)]
    assert _words(text) == [word.text for word in reference.words(text)]


@given(mixed)
def test_tokens_cover_all_that_is_not_white_space_once_and_in_order(text: str) -> None:
    tokens, position, covered = Analyses([text]).tokens, 0, [False] * len(text)
    for start, end in zip(tokens.starts.tolist(), tokens.ends.tolist(), strict=True):
        assert position <= start < end
        covered[start:end] = [True] * (end - start)
        position = end
    inked = [reference.kind(character) not in ("space", "break") for character in text]
    assert covered == inked


@given(st.text())
def test_counting_never_fails_and_is_never_negative(text: str) -> None:
    assert count_words(text) >= 0


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_has_tokens_and_they_are_parts_of_it(text: str) -> None:
    assert sum(map(len, _tokens(text))) <= len(text)
    assert len(_words(text)) == count_words(text)


def test_words_are_the_same_beyond_what_the_dictionary_sees_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A word may be cut at a border between two pieces, so they end in a space here."""
    text = "ประเทศไทย ภาษาไทย " * 40
    whole = _words(text)
    monkeypatch.setattr("xdata.text.words._PIECE", 18 * 3)
    assert _words(text) == whole
