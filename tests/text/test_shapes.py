import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.text.shapes import fold


@pytest.mark.parametrize("zero", "0٠۰०০੦૦୦௦౦೦൦෦๐໐༠၀០᠐߀𑁦０𝟎")
def test_digits_of_every_script_are_ascii_digits(zero: str) -> None:
    assert fold("".join(chr(ord(zero) + value) for value in range(10))).data == b"0123456789"


@pytest.mark.parametrize(
    ("text", "shape"),
    [
        ("＠．：（）＋－Ａｚ", b"@.:()+-Az"),
        ("\t\u00a0\u202f\u3000", b"    "),
        ("\n\r\v\f\x85\u2028\u2029", b"\n" * 7),
        ("–—‑−", b"----"),
        ("éЖა", b"\xc0\xc0\xc0"),
        ("ක中ሀ", b"\xc1\xc1\xc1"),
        ("\u0301\u093e", b"\xc2\xc2"),
        ("\x00\ud800😀", b"\x02\x02\x02"),
        ("€₦", b"\xa4\xa4"),
        ("", b""),
    ],
)
def test_what_else_there_is(text: str, shape: bytes) -> None:
    assert fold(text).data == shape


def test_what_cannot_be_seen_is_left_out_and_inside_of_spans() -> None:
    shape = fold("a\u200b1\u200e2\u20663\u2069b")
    assert shape.data == b"a123b"
    assert shape.span(1, 4) == (2, 7)


def test_a_keycap_belongs_to_its_digit() -> None:
    text = "0️⃣7️⃣x"
    shape = fold(text)
    assert shape.data == b"07x"
    assert text[slice(*shape.span(0, 2))] == "0️⃣7️⃣"


@given(st.text())
def test_there_is_one_byte_for_each_code_point_that_can_be_seen(text: str) -> None:
    shape = fold(text)
    assert len(shape.data) <= len(text)
    for place, byte in enumerate(shape.data):
        start, end = shape.span(place, place + 1)
        assert 0 <= start < end <= len(text)
        if 0x30 <= byte <= 0x39:
            assert unicodedata.decimal(text[start]) == byte - 0x30
