import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import texts
from xdata.context import Context
from xdata.edits.repair import Repair, repair
from xdata.provenance.declarations import DECLARATIONS
from xdata.records import Document, Origin


@pytest.mark.parametrize(
    "text",
    [
        "ƙaunar ’yan uwa, ʼyan mata, ƴa'ya",
        "ñuqanchikʼpa qʼuchu ñuqanchik’pa",
        "ශ්‍රී ලංකා ප්‍රජා",
        "می‌خواهم آن‌ها",
        "അവൻ‍ അവള്‍",
        "“quotes” ‘single’ «guillemets» „low“",
        "ﬁne ﬂow ＡＢＣ１２３ ｶﾅ ㎏",
        "ꞌaho ʻokina ‘eleele",
        "x² ½ ™ … – —",
        "ကျွန်ုပ်\u200b​ខ្ញុំ",
        "L-Għarbi ħobż żejt",
    ],
)
def test_letters_quotes_widths_and_ligatures_stay(text: str) -> None:
    assert repair(text) == unicodedata.normalize("NFC", text)


@pytest.mark.parametrize("language", DECLARATIONS)
def test_real_text_of_every_sample_language_is_left_alone(language: str) -> None:
    for text in texts(language):
        assert repair(text) == unicodedata.normalize("NFC", text).replace("\ufeff", "")


@pytest.mark.parametrize(
    ("broken", "mended"),
    [
        ("Â¿QuÃ© pasa?", "¿Qué pasa?"),
        ("L’Ã©cole Ã©tait fermÃ©e", "L’école était fermée"),
        ("ÐŸÑ€Ð¸Ð²ÐµÑ‚, Ð¼Ð¸Ñ€", "Привет, мир"),
        ("a\x00b\x07c", "abc"),
        ("one\r\ntwo\rthree", "one\ntwo\nthree"),
        ("a\ud83d\ude00b", "a😀b"),
        ("a\ud800b", "a\ufffdb"),
        ("e\u0301", "é"),
        ("\ufeffstart", "start"),
    ],
)
def test_what_broke_is_mended(broken: str, mended: str) -> None:
    assert repair(broken) == mended


def test_mojibake_can_be_left() -> None:
    assert repair("QuÃ©", mojibake=False) == "QuÃ©"


@given(st.text())
def test_text_is_nfc_and_can_be_encoded_afterwards(text: str) -> None:
    mended = repair(text)
    mended.encode("utf-8")
    assert unicodedata.is_normalized("NFC", mended)


def test_the_step_gives_the_same_document_where_nothing_is_wrong() -> None:
    edit = Repair().open(Context())
    whole = Document(Origin("s", "f", 0), "ශ්‍රී")
    assert edit(whole) is whole
    mended = edit(Document(Origin("s", "f", 0), "QuÃ©"))
    assert (mended.text, mended.changes) == ("Qué", (("documents", 1),))
