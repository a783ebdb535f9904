import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.models.folding import DASH, DIGIT, DROPPED, OTHER, QUOTE, SPACE, SYMBOL, fold_table
from xdata.text.code_points import to_array


def _fold(text: str) -> str:
    return "".join(map(chr, (point for point in fold_table()[to_array(text)] if point != DROPPED)))


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("ĦOBŻ", "ħobż"),
        ("ПРИВЕТ", "привет"),
        ("ΛΌΓΟΣ ς", "λόγοσ σ"),
        ("ᲥᲐᲠᲗᲣᲚᲘ", "ქართული"),
        ("ＡＢＣ ｶﾅ", "abc カナ"),
        ("ﻣﺮﺣﺒﺎ", "مرحبا"),
        ("كـــتاب", "كتاب"),
        ("می\u200cخواهم", "میخواهم"),
        ("ශ්\u200dරී", "ශ්රී"),
        ("12 ১২ ๑๒ ፲", "00 00 00 ፲"),
        ("a\u00a0b\u3000c\td\ne", "a b c d e"),
        ("“a” «b» ’c", '"a" "b" "c'),
        ("a–b—c", "a-b-c"),
        ("😀🇰🇪", "★★★"),
        ("\ud800\ue000", "\ue000\ue000"),
        ("漢字 ខ្មែរ ไทย", "漢字 ខ្មែរ ไทย"),
    ],
)
def test_uninformative_characters_are_folded_and_letters_kept(text: str, folded: str) -> None:
    assert _fold(text) == folded


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert _fold(_fold(text)) == _fold(text)


def test_no_letter_or_mark_is_lost() -> None:
    lost = [
        chr(point)
        for point in range(0x110000)
        if unicodedata.category(chr(point)) in ("Lu", "Ll", "Lo", "Mc") and fold_table()[point] in (DROPPED, OTHER)
    ]
    assert set(lost) <= set("\u115f\u1160\u3164\uffa0\u180f")


def test_classes_stand_for_themselves() -> None:
    for code_point in (SPACE, DIGIT, DASH, QUOTE, SYMBOL, OTHER):
        assert fold_table()[code_point] == code_point
