import pytest
from hypothesis import example, given

from tests import reference
from tests.mixtures import HOSTILE, SENTENCE_ENDS, WORDS, mixed
from tests.texts import SCRIPTS, texts
from xdata.text.analysis import Analyses
from xdata.text.line_rules import (
    LineRule,
    few_words,
    find_phrases,
    line_faults,
    long_word,
    no_letters,
    no_sentence_end,
    phrases,
    site_policy,
)

_RULES: tuple[LineRule, ...] = ("no_sentence_end", "few_words", "no_letters", "long_word", "site_policy")


def _faults(text: str, *, min_words: int = 3) -> list[list[str]]:
    """The rules that each line of a text breaks."""
    analyses = Analyses([text])
    found = line_faults(analyses, _RULES, min_words=min_words)
    return [[rule for rule in _RULES if found[rule][number]] for number in range(len(analyses.lines))]


@pytest.mark.parametrize("script", SENTENCE_ENDS)
@pytest.mark.parametrize("behind", ["", "”", "»", '")', "」", "[1]", "[12][३]", " [4]", "”[५]"])
def test_a_line_that_ends_as_sentences_of_its_script_do_has_an_end(script: str, behind: str) -> None:
    word = WORDS.get(script, WORDS["Arab"])
    assert no_sentence_end(Analyses([f"{word} {word}{SENTENCE_ENDS[script]}{behind}"])).tolist() == [False]


@pytest.mark.parametrize("script", WORDS)
@pytest.mark.parametrize(
    "behind", ["", ",", ":", "-", ")", "...", ".…", "…", "[1]", ", [1]", ".[note]", ".[1234]", ".[1"]
)
def test_a_line_that_ends_otherwise_has_none(script: str, behind: str) -> None:
    assert no_sentence_end(Analyses([f"{WORDS[script]} {WORDS[script]}{behind}"])).tolist() == [True]


@pytest.mark.parametrize("line", ["“Kweli”", "„Ja“", "«Да»", "「はい」", "'ndiyo'", '״כן״ "'])
def test_a_line_that_ends_in_a_closing_quotation_mark_has_an_end(line: str) -> None:
    assert no_sentence_end(Analyses([line])).tolist() == [False]


@pytest.mark.parametrize("text", ["Sawa.\n[1]", "Sawa. [1]\n[2][3]", "Sawa.\n\n [1]"])
def test_a_citation_alone_on_its_line_takes_nothing_from_the_line_before(text: str) -> None:
    assert no_sentence_end(Analyses([text])).tolist() == [False, True]
    assert no_sentence_end(Analyses(text.split("\n", maxsplit=1))).tolist() == [False, True]


@pytest.mark.parametrize(
    ("line", "num"),
    [
        ("Habari ya leo", 3),
        ("Ya'yansu 3.14 !", 2),
        ("- • ...", 0),
        ("می‌خواهم بروم", 2),
        ("ශ්‍රී ලංකා", 2),
        ("ሰላም፡ለዓለም።", 2),
        ("བཀྲ་ཤིས་བདེ་ལེགས།", 4),
        ("ภาษาไทยง่าย", 3),
        ("日本語のテキスト", 3),
        ("한국어 문장", 2),
        ("ქართული ენა", 2),
        ("ខ្ញុំរៀនភាសា", 3),
    ],
)
def test_words_of_a_line_are_counted_in_every_script(line: str, num: int) -> None:
    analyses = Analyses([line, f"a\n{line}\n"])
    assert few_words(analyses, num).tolist() == [False, num > 1, False]
    assert few_words(analyses, num + 1).tolist() == [True, num > 0, True]


@pytest.mark.parametrize("line", ["12.5 %", "---", "١٢ ۳ १", "12️⃣", "★", "2024/12/31", "\u0301", "[1]"])
def test_lines_of_digits_and_signs_have_no_letters(line: str) -> None:
    assert no_letters(Analyses([f"{line}\na {line}"])).tolist() == [True, False]


@pytest.mark.parametrize("script", WORDS)
def test_lines_of_every_script_have_letters(script: str) -> None:
    assert no_letters(Analyses([f"12 {WORDS[script]}"])).tolist() == [False]


@pytest.mark.parametrize("letter", ["x", "අ", "ش", "한", "ሰ"])
def test_words_of_more_than_a_thousand_code_points_are_too_long(letter: str) -> None:
    analyses = Analyses([f"a {letter * 1000}\n{letter * 1001} b\n{letter * 600} {letter * 600}\n{'!' * 2000}"])
    assert long_word(analyses).tolist() == [False, True, False, False]


@pytest.mark.parametrize(
    "line",
    [
        "This site uses cookies.",
        "Please enable JavaScript to go on.",
        "See our TERMS OF USE and Privacy Policy",
        "Diese Seite verwendet Cookies",
        "Nous utilisons des cookies.",
        "Пользовательское соглашение и Политика конфиденциальности",
        "اقرأ سياسة الخصوصية هنا",
        "Soma sera ya faragha yetu.",
        "हमारी गोपनीयता नीति देखें",
        "Aqra l-politika ta’ privatezza tagħna",
        "我们的隐私政策。",
        "プライバシーポリシーをご覧ください",
        "개인정보처리방침 안내",
        "อ่านนโยบายความเป็นส่วนตัวของเรา",
        "Chính sách bảo mật của chúng tôi",
    ],
)
def test_lines_about_the_site_are_found(line: str) -> None:
    assert site_policy(Analyses([f"Habari ya leo.\n{line}\nKwaheri."])).tolist() == [False, True, False]


@pytest.mark.parametrize(
    "line", ["I bake cookies.", "terms of using it", "Privacy is policy", "the use of a cookie", "java script"]
)
def test_lines_about_other_things_are_not(line: str) -> None:
    assert site_policy(Analyses([line])).tolist() == [False]


def test_a_phrase_that_begins_in_one_text_does_not_end_in_the_next() -> None:
    analyses = Analyses(["lorem", "ipsum lorem ipsum lorem", "ipsum"])
    assert find_phrases(analyses, phrases("placeholder")).tolist() == [False, False, True, False, False, False]


def test_a_phrase_that_begins_in_one_line_does_not_end_in_the_next() -> None:
    assert site_policy(Analyses(["the privacy\npolicy of a state"])).tolist() == [False, False]


@given(mixed)
@example("a.[1]\nb. [2][3]\n[4]\nc [5].\n…[6]")
def test_ends_of_lines_are_those_of_the_reference(text: str) -> None:
    lines = [line.text for line in reference.lines(text)]
    assert no_sentence_end(Analyses([text])).tolist() == [reference.no_sentence_end(line) for line in lines]


@given(mixed)
def test_the_other_rules_are_those_of_the_reference(text: str) -> None:
    analyses = Analyses([text])
    lines = [line.text for line in reference.lines(text)]
    assert no_letters(analyses).tolist() == [not any(map(reference.is_letter, line)) for line in lines]
    found = [
        [word for word in reference.words(text) if line.start <= word.start < line.end]
        for line in reference.lines(text)
    ]
    assert few_words(analyses, 2).tolist() == [len(words) < 2 for words in found]


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_rules_of_real_lines_are_those_of_the_reference(language: str) -> None:
    analyses = Analyses(texts(language))
    lines = [line.text for text in texts(language) for line in reference.lines(text)]
    assert no_sentence_end(analyses).tolist() == list(map(reference.no_sentence_end, lines))
    assert not site_policy(analyses).any()


def test_only_the_rules_that_are_asked_for_are_looked_at() -> None:
    assert _faults("Habari\n12\nHabari ya leo.\nthis site uses cookies [1]") == [
        ["no_sentence_end", "few_words"],
        ["no_sentence_end", "few_words", "no_letters"],
        [],
        ["no_sentence_end", "site_policy"],
    ]
    assert line_faults(Analyses(["a"]), ["few_words"], min_words=1).keys() == {"few_words"}


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_lines_are_judged_by_every_rule(text: str) -> None:
    analyses = Analyses(["", text, "Habari."])
    found = line_faults(analyses, _RULES, min_words=3)
    assert found.keys() == set(_RULES)
    assert all(len(faulty) == len(analyses.lines) for faulty in found.values())
