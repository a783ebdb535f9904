import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests import reference
from tests.mixtures import HOSTILE, mixed
from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.scores.c4 import C4Quality, score_c4
from xdata.text.analysis import Analyses
from xdata.text.line_rules import site_policy


def _scores(text: str, *, min_words: int = 3) -> dict[str, float]:
    columns = score_c4(Analyses([text]), min_words=min_words)
    return {name.removeprefix("scores."): float(values[0]) for name, values in columns.items()}


def _expected(text: str, *, min_words: int) -> dict[str, float]:
    """By the reference; what is about the site comes from the rule, which has tests of its own."""
    lines, words, about_site = reference.lines(text), reference.words(text), site_policy(Analyses([text])).tolist()
    kept = []
    for line, about in zip(lines, about_site, strict=True):
        inside = [len(word) for word in words if line.start <= word.start < line.end]
        faulty = about or len(inside) < min_words or max(inside, default=0) > 1000
        if not faulty and not reference.no_sentence_end(line.text):
            kept.append(line)
    starts = [sentence.start for sentence in reference.sentences(text)]
    folded = [[reference.fold(token.text) for token in reference.tokens(line.text)] for line in lines]
    return {
        "num_c4_sentences": sum(line.start <= start < line.end for start in starts for line in kept),
        "c4_line_share": len(kept) / max(len(lines), 1),
        "num_long_lines": sum(len(line) >= 200 for line in lines),
        "num_curly_brackets": text.count("{"),
        "num_placeholders": sum(
            tokens[place : place + 2] == ["lorem", "ipsum"] for tokens in folded for place in range(len(tokens))
        ),
    }


@given(st.lists(mixed, max_size=4), st.integers(0, 4))
def test_scores_are_those_of_the_reference(batch: list[str], min_words: int) -> None:
    columns = score_c4(Analyses(batch), min_words=min_words)
    assert columns.keys() == C4Quality().adds().keys()
    for number, text in enumerate(batch):
        for name, value in _expected(text, min_words=min_words).items():
            assert columns[f"scores.{name}"][number] == value, name


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_scores_of_real_text_are_those_of_the_reference(language: str) -> None:
    for text in texts(language):
        assert _scores(text) == _expected(text, min_words=3)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_scores_of_hostile_text_are_those_of_the_reference(text: str) -> None:
    assert _scores(text[:2000]) == _expected(text[:2000], min_words=3)
    assert _scores(text)["num_c4_sentences"] >= 0


def test_scores_by_hand() -> None:
    text = f"Habari ya leo. Sawa sana!\nNjoo hapa.\nThis site uses cookies.\n{'maneno ' * 30}\nLorem ipsum {{dolor}}."
    assert _scores(text) == {
        "num_c4_sentences": 3,
        "c4_line_share": 2 / 5,
        "num_long_lines": 1,
        "num_curly_brackets": 1,
        "num_placeholders": 1,
    }


@pytest.mark.parametrize(
    ("text", "num"),
    [
        ("Habari ya leo. Sawa sana.[1]", 2),
        ("می‌خواهم به خانه بروم. شما؟", 2),
        ("मैं घर जाता हूँ। आप कहाँ हैं?", 2),
        ("මම ගෙදර යනවා. ඔබ කොහෙද?", 2),
        ("ሰላም ለዓለም ሁሉ። ደህና ነህ?", 2),
        ("今天天气很好。你去哪里？", 2),
        ("今日は天気がいい。どこへ行く？", 2),
        ("오늘 날씨가 좋다. 어디 가니?", 2),
        ("ខ្ញុំរៀនភាសាខ្មែរ។ អ្នកទៅណា?", 2),
        ("დღეს კარგი ამინდია. სად მიდიხარ?", 2),
        ("Այսօր եղանակը լավ է։ Ո՞ւր ես գնում։", 2),
        ("བཀྲ་ཤིས་བདེ་ལེགས།", 1),
        ("Сёння добрае надвор’е. Куды ідзеш?", 2),
    ],
)
def test_sentences_of_kept_lines_are_counted_in_every_script(text: str, num: int) -> None:
    assert _scores(text)["num_c4_sentences"] == num
    assert _scores(text)["c4_line_share"] == 1
    assert _scores(f"{text},")["num_c4_sentences"] == 0


def test_least_number_of_words_is_a_setting() -> None:
    assert _scores("Njoo hapa.", min_words=2)["c4_line_share"] == 1
    assert C4Quality(min_words=2).open(Context())(Analyses(["Njoo hapa."]))["scores.c4_line_share"][0] == 1
    assert C4Quality().open(Context())(Analyses(["Njoo hapa."]))["scores.c4_line_share"][0] == 0
