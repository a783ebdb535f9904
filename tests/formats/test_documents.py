import pytest

from tests.formats.parts import reading
from tests.texts import texts
from xdata.formats.documents import document
from xdata.formats.format import Row
from xdata.records import Document, Origin


def _language(label: str, text: str) -> str | None:
    found = document(Row(Origin("s", "f", 0), {"text": text, "lang": label}), reading({"language": "lang"}).layout)
    assert isinstance(found, Document)
    return found.language


@pytest.mark.parametrize("label", ["cmn_Hani", "zho_Hani", "zh-Hani", "zho-hani"])
@pytest.mark.parametrize("language", ["zho_Hans", "zho_Hant"])
def test_han_characters_tell_the_script_that_a_label_leaves_open(label: str, language: str) -> None:
    assert _language(label, texts(language)[1]) == language


def test_han_characters_that_tell_nothing_are_of_either_script() -> None:
    assert _language("cmn_Hani", "人大中") == "zho_Hani"
    assert _language("yue_Hani", "人大中") == "yue_Hans"
    assert _language("yue_Hani", texts("zho_Hant")[1]) == "yue_Hant"


@pytest.mark.parametrize(
    ("label", "language"),
    [("kor_Hang", "kor_Kore"), ("jpn_Jpan", "jpn_Jpan"), ("jpn_Hani", "jpn_Jpan"), ("sw", "swh_Latn")],
)
def test_other_labels_are_resolved(label: str, language: str) -> None:
    assert _language(label, "text") == language
