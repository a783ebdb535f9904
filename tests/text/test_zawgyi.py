import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.text.zawgyi import is_zawgyi, to_unicode

_PAIRS = {
    "ျမန္မာ": "မြန်မာ",
    "ေက်ာင္းသား": "ကျောင်းသား",
    "ကမၻာ": "ကမ္ဘာ",
    "အဂၤလိပ္": "အင်္ဂလိပ်",
    "လူတိုင္း": "လူတိုင်း",
    "ကြ်န္ေတာ္": "ကျွန်တော်",
    "ႏိုင္ငံ": "နိုင်ငံ",
    "၄င္းသည္": "၎င်းသည်",
}
"""Zawgyi -> Unicode."""


@pytest.mark.parametrize(("zawgyi", "unicode"), _PAIRS.items())
def test_words_become_unicode(zawgyi: str, unicode: str) -> None:
    assert to_unicode(zawgyi) == unicode


def test_sentences_are_detected_and_no_longer_afterwards() -> None:
    text = "ေ၀လအမ်ိဳးသားညီလာခံ ကိုယ္စားလွယ္မ်ားသည္ စိုးရိမ္ခဲ့ၾကပါသည္။"
    assert is_zawgyi(text)
    assert not is_zawgyi(to_unicode(text))


@pytest.mark.parametrize("script", SCRIPTS)
def test_text_in_unicode_is_none(script: str) -> None:
    assert not any(map(is_zawgyi, texts(SCRIPTS[script])))


@pytest.mark.parametrize("text", ["", "abc", "မြန်မာ", "ၵႃႈ", "ၐၑ", "ကၠ ကေတ်", "မၢႆ"])
def test_short_text_in_other_languages_of_the_script_is_none(text: str) -> None:
    assert not is_zawgyi(text)


@given(st.text(alphabet=st.characters(min_codepoint=0x1000, max_codepoint=0x109F), max_size=40), st.text(max_size=5))
def test_any_text_is_converted(burmese: str, other: str) -> None:
    to_unicode(other + burmese + "\n" + other)


def test_what_is_not_burmese_stays() -> None:
    assert to_unicode("one  two\n\n ქართული\u200b") == "one  two\n\n ქართული\u200b"
