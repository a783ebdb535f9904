import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.text.flagged import flagged_share, flagged_words


def _share(text: str, *lines: str) -> float | None:
    return flagged_share(text, flagged_words(lines))


@pytest.mark.parametrize(
    ("word", "other"),
    [
        ("sex", "essex"),
        ("мат", "математика"),
        ("κακό", "κακόμοιρος"),
        ("شر", "شرح"),
        ("רע", "רעב"),
        ("बुरा", "बुराई"),
        ("නරක", "නරකද"),
        ("መጥፎ", "መጥፎነት"),
        ("ცუდი", "ცუდია"),
        ("나쁜", "나쁜데"),
    ],
)
def test_a_word_is_found_whole_where_spaces_part_words(word: str, other: str) -> None:
    assert _share(f"{other}, {word}! {other} {other}", word) == pytest.approx(1 / 4)
    assert _share(f"{other} {other}", word) == 0


@pytest.mark.parametrize("word", ["坏话", "わるい", "คำหยาบ", "ຄຳ", "ពាក្យ", "စကား"])
def test_a_word_is_found_anywhere_where_no_spaces_do(word: str) -> None:
    around = {"坏话": "这是他说的话很长", "わるい": "これはほんですよね"}.get(word, word[0] * 12)
    share = _share(around + word + around, word)
    assert share is not None
    assert 0 < share < 0.6
    assert _share(around, word) == 0


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("BAD word", "bad"),
        ("Straße ok", "STRASSE"),
        ("cafe\u0301 ok", "café"),
        ("ΛΌΓΟΣ ok", "λόγος"),
        ("МАТ ok", "мат"),
    ],
)
def test_case_and_composition_make_no_difference(text: str, line: str) -> None:
    assert _share(text, line) == 0.5


def test_the_words_of_a_phrase_count_once_and_the_longest_wins() -> None:
    assert _share("a very bad thing b", "very bad", "very bad thing", "bad") == 3 / 5
    assert _share("bad bad bad b", "bad bad") == 2 / 4
    assert _share("very  -- bad, b", "very bad") == 2 / 3
    assert _share("very", "very bad") == 0


def test_comments_and_empty_lines_are_no_words() -> None:
    words = flagged_words(["# bad", "", "  ", "...", "good # not a comment"])
    assert words.phrases == {("good", "not", "a", "comment")}
    assert words.anywhere is None


def test_no_words_have_no_share() -> None:
    assert _share("", "bad") is None
    assert _share("… 😀", "bad") is None
    assert _share("anything") == 0


@given(st.text(max_size=100), st.lists(st.text(max_size=5), max_size=5))
def test_a_share_is_a_share(text: str, lines: list[str]) -> None:
    share = _share(text, *lines)
    assert share is None or 0 <= share <= 1


@pytest.mark.parametrize("piece", ["a", "bad ", "a\u0301\u0323", "\u0301\u0323", "\x00", "\ud800", "坏话", "坏", "😀"])
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    started = time.process_time()
    _share(piece * 100_000, "bad", "bad bad bad", "坏话", "坏坏坏")
    assert time.process_time() - started < 5
