import gzip
import time
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.text.debris import PIECE, count_debris, debris_share

_WORDS = {
    "Latn": "haki",
    "Cyrl": "мир",
    "Grek": "λόγος",
    "Arab": "سلام",
    "Hebr": "שלום",
    "Armn": "խաղաղ",
    "Geor": "მშვიდობა",
    "Deva": "नमस्ते",
    "Beng": "শান্তি",
    "Sinh": "ශාන්තිය",
    "Taml": "அமைதி",
    "Ethi": "ሰላም",
    "Thai": "สันติ",
    "Khmr": "សន្តិភាព",
    "Mymr": "ငြိမ်းချမ်း",
    "Tibt": "ཞི་བདེ",
    "Hani": "和平",
    "Hang": "평화",
}


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_sound_text_of_every_script_has_none(language: str) -> None:
    """The Tibetan declaration has two vowel signs after a space."""
    assert sum(map(count_debris, texts(language))) == (2 if language == "bod_Tibt" else 0)


@pytest.mark.parametrize("word", _WORDS.values(), ids=_WORDS)
@pytest.mark.parametrize(
    ("debris", "count"),
    [
        ("\ufffd", 1),
        ("\x00", 1),
        ("\x07\x1b", 2),
        ("\x85", 1),
        ("\ue000\U000f0000", 2),
        ("\u0378", 1),
        ("\ufdd0\U0001ffff", 2),
        ("\ud800", 1),
        ("\ufffc\u2063", 2),
        ("&nbsp;", 6),
        ("&#1234;", 7),
        ("&#x4D2;", 7),
        ("<br/>", 5),
        ("<a href='/x'>", 13),
        ("\\u00e9", 6),
        ("\\xc3\\xa9", 8),
        ("\\303\\251", 8),
        ("%D8%A7%D9%84", 12),
        ("=C3=A9", 6),
        ("Ã\x83Â©Ã©", 6),
        ("锟斤拷", 3),
        (" \u0301", 1),
        (" \u200d ", 1),
        (" \u00ad ", 1),
        (" \u200b ", 1),
        ("\ufeff", 1),
        ("\U000e0041", 1),
    ],
)
def test_debris_is_counted_between_words_of_every_script(word: str, debris: str, count: int) -> None:
    assert count_debris(f"{word} {debris} {word}") == count
    assert debris_share(f"{word} {debris} {word}") == count / len(f"{word} {debris} {word}")


@pytest.mark.parametrize("word", _WORDS.values(), ids=_WORDS)
def test_direction_marks_belong_between_words(word: str) -> None:
    assert count_debris(f"{word}\u200f ({word}) \u200e{word}") == 0
    assert count_debris(f"{word[0]}\u200f{word[0]}") == 1


@pytest.mark.parametrize(
    "text",
    [
        "می‌خواهم آن‌ها",
        "ශ්‍රී ලංකා",
        "അവൻ‍ അവള്‍",
        "कर्‍या ಕೇಟ್\u200d\u200cಗಳು",
        "ខ្ញុំ\u200bទៅ",
        "ဖြိုး လျှော့",
        "བསྒྲུབས་སྐྱོ",
        "ńdị́ ọ̀nà ẹ̀kọ́",
        "👨‍👩‍👧 ❤️ 1️⃣ #️⃣ 🏴󠁧󠁢󠁥󠁮󠁧󠁿",
        "Sil\u00adben\u00adtren\u00adnung",
        "a < b & c > d; x<y; AT&T; R&D;",
        "100 % = 50 %; 20%25; f(x)=A9",
        "C:\\users\\new \\x41",
        "\ufeffstart",
        "one\r\n\ttwo\u2028three\u00a0four\u202ffive",
        "＜ｂｒ＞ “quotes” «guillemets» … – —",
        "<3 <- <name@example.org> <https://example.org>",
        "&c; &nonsense;",
    ],
)
def test_unusual_text_that_is_no_debris_is_unchanged(text: str) -> None:
    assert count_debris(text) == 0


@pytest.mark.parametrize(
    ("base", "mark", "limit"), [("a", "\u0301", 4), ("ก", "\u0e48", 4), ("က", "\u103d", 6), ("ཀ", "\u0fb1", 7)]
)
def test_marks_beyond_what_a_script_stacks_are_debris(base: str, mark: str, limit: int) -> None:
    assert count_debris(base + mark * limit) == 0
    assert count_debris(base + mark * (limit + 10)) == 10


@given(st.text(max_size=200))
def test_a_share_is_a_share(text: str) -> None:
    share = debris_share(text)
    assert (share is None) == (text == "")
    assert share is None or 0 <= share <= 1


@given(st.text(st.sampled_from("aã©Ã\u0301 \u200d\ufffd<b>&;%D8ක්‍"), max_size=60))
def test_text_after_a_line_end_adds_its_own(text: str) -> None:
    assume(text.rfind("<") <= text.rfind(">"))  # a tag may go over the end of a line
    assert count_debris(f"{text}\n{text}") == 2 * count_debris(text)


@pytest.mark.parametrize("word", _WORDS.values(), ids=_WORDS)
def test_a_cut_between_pieces_makes_no_debris(word: str) -> None:
    assert count_debris(word * (2 * PIECE // len(word) + 7)) == 0
    assert count_debris(f"{word} " * (2 * PIECE // len(word))) == 0


def test_no_text_has_no_share() -> None:
    assert debris_share("") is None


@pytest.mark.parametrize(
    "piece",
    [
        "a",
        "\u0301",
        "\u0301\u0323",
        "\x00",
        "\ud800",
        "\u200f",
        "😀",
        "Ã",
        "Ã©",
        "<a ",
        "&",
        "%41",
        "\\x41",
        "=C3",
        "ක්‍",
        "和",
    ],
)
def test_time_grows_with_the_text_and_no_faster(piece: str) -> None:
    started = time.process_time()
    debris_share(piece * 300_000)
    assert time.process_time() - started < 5


@pytest.mark.shared_data("langid/sib200")
def test_sound_text_of_111_languages_has_next_to_none(shared_data: Path) -> None:
    """The worst, Indonesian, has 7 in 10,000: mojibake and tags that are in the data."""
    shares = []
    for path in sorted((shared_data / "langid" / "sib200").glob("*.tsv.gz")):
        with gzip.open(path, "rt", encoding="utf-8") as file:
            shares.append((debris_share(file.read()) or 0.0, path.name[:8]))
    assert len(shares) == 111
    assert max(shares) < (0.001, "")
    assert sorted(shares)[len(shares) // 2][0] < 1e-5
