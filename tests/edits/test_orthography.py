import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from xdata.context import Context
from xdata.edits.orthography import StandardOrthography
from xdata.records import Document, Origin


def _document(text: str, language: str | None) -> Document:
    return Document(Origin("s", "f", 0), text, language=language)


def test_documents_are_rewritten_in_their_own_language_and_counted() -> None:
    edit = StandardOrthography().open(Context())
    edited = edit(_document("كتابي كه", "pes_Arab"))
    assert edited.text == "کتابی که"
    assert edited.changes == (("ك>ک", 2), ("ي>ی", 1))
    assert edit(_document("şi", "ron_Latn")).text == "și"


@pytest.mark.parametrize("language", [None, "swh_Latn", "tur_Latn", "tlh_Latn", "und"])
def test_documents_of_other_languages_are_the_same(language: str | None) -> None:
    document = _document("كتابي şi o'z", language)
    assert StandardOrthography().open(Context())(document) is document


def test_chosen_languages_alone_are_rewritten() -> None:
    edit = StandardOrthography(languages=("fa",)).open(Context())
    assert edit(_document("كه", "pes_Arab")).text == "که"
    assert edit(_document("كه", "urd_Arab")).text == "كه"


def test_one_language_can_be_set_for_all_documents() -> None:
    edit = StandardOrthography(language="uz").open(Context())
    assert edit(_document("o'z", None)).text == edit(_document("o'z", "swh_Latn")).text == "oʻz"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"language": "sw"}, "swh_Latn: its file has no `variants` to rewrite"),
        ({"languages": ("si",)}, "sin_Sinh: its file has no `variants` to rewrite"),
        ({"language": "klingon"}, "unknown language"),
        ({"language": "fa", "languages": ("fa",)}, "not both"),
    ],
)
def test_what_cannot_be_rewritten_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        StandardOrthography.model_validate(options)


def test_earlier_changes_stay_and_invisible_signs_are_counted_by_number() -> None:
    document = Document(Origin("s", "f", 0), "ئه\u200c", language="ckb_Arab", changes=(("documents", 1),))
    assert StandardOrthography().open(Context())(document).changes == (("documents", 1), ("هU+200C>ە", 1))


@given(st.text(), st.sampled_from(["pes_Arab", "hau_Latn", "uzn_Latn", "vie_Latn", "hin_Deva", "ckb_Arab"]))
def test_a_second_time_the_document_is_the_same(text: str, language: str) -> None:
    edit = StandardOrthography().open(Context())
    once = edit(_document(text, language))
    assert edit(once) is once
