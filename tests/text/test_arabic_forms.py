import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import texts
from xdata.text.arabic_forms import has_forms, to_letters

_JOINS_BEFORE_ALONE = "اأإآدذرزوؤىةءٱڈڑژۇۆۈۋ"
"""Letters that do not join with what follows."""


def shaped(text: str) -> str:
    """A text with each letter in the form of its place, as old software writes it; letters without forms stay."""
    forms = {
        (unicodedata.normalize("NFKC", chr(point)), unicodedata.decomposition(chr(point)).split()[0][1:-1]): chr(point)
        for point in (*range(0xFB50, 0xFBB2), *range(0xFBD3, 0xFC00), *range(0xFE80, 0xFEF5))
        if unicodedata.decomposition(chr(point))
    }
    found = []
    for place, letter in enumerate(text):
        before = place > 0 and text[place - 1].isalpha() and text[place - 1] not in _JOINS_BEFORE_ALONE
        after = place + 1 < len(text) and text[place + 1].isalpha() and letter not in _JOINS_BEFORE_ALONE
        shape = {(False, False): "isolated", (False, True): "initial", (True, True): "medial", (True, False): "final"}
        found.append(forms.get((letter, shape[before, after]), letter))
    return "".join(found)


_LANGUAGES = ["arb_Arab", "pes_Arab", "urd_Arab", "uig_Arab"]


@pytest.mark.parametrize("language", _LANGUAGES)
def test_forms_become_the_letters_that_they_are_forms_of(language: str) -> None:
    text = unicodedata.normalize("NFC", texts(language)[1]).replace("\u0640", "")
    assert has_forms(shaped(text))
    assert to_letters(shaped(text)) == text


@pytest.mark.parametrize("language", _LANGUAGES)
def test_lines_of_visual_order_are_turned_round(language: str) -> None:
    words = [word for word in texts(language)[1].split() if word.isalpha()][:30]
    line = " ".join([*words[:10], "2024", *words[10:20], "UNESCO", *words[20:]])
    visual = shaped(line)[::-1].replace("4202", "2024").replace("OCSENU", "UNESCO")
    assert to_letters(visual) == line


@pytest.mark.parametrize(
    ("forms", "letters"),
    [
        ("\ufefb", "لا"),
        ("\ufdf2", "الله"),
        ("\ufe70", "\u064b"),
        ("\ufe77", "\u064e"),
        ("\ufc60", "\u064e\u0651"),
        ("\ufdfa", "\ufdfa"),
        ("\ufdfc", "\ufdfc"),
        ("\ufd3e12\ufd3f", "\ufd3e12\ufd3f"),
        ("plain", "plain"),
    ],
)
def test_ligatures_and_marks(forms: str, letters: str) -> None:
    assert to_letters(forms) == letters


@given(
    st.text(
        alphabet=st.characters(min_codepoint=0xFB50, max_codepoint=0xFEFC) | st.sampled_from(" ابجaZ9\n"), max_size=40
    )
)
def test_a_second_time_changes_nothing(text: str) -> None:
    assert to_letters(to_letters(text)) == to_letters(text)
