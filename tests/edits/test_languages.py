import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.edits.languages import ClipLanguages, RouteLanguages
from xdata.records import Document, Origin, part_id

SWAHILI = "Kila mtu ana haki ya kuishi kwa uhuru na usalama wake mwenyewe katika nchi yake."
ENGLISH = "Everyone has the right to work and to free choice of employment in their own country."
RUSSIAN = "Каждый человек имеет право на труд и на свободный выбор работы в своей стране."
CLIP = ClipLanguages()
INSIDE = ClipLanguages(inside_lines=True)


def edited(text: str, step: ClipLanguages = CLIP, *, language: str | None = None) -> Document:
    return step.open(Context())(Document(Origin("s", "f", 0), text, language=language))


@pytest.mark.parametrize("language", SCRIPTS.values(), ids=SCRIPTS)
def test_lines_in_another_language_are_removed_and_paragraphs_kept(language: str) -> None:
    own = texts(language)[0].replace("\n", " ")[:300].rstrip(" \u0f0b")
    document = edited(f"{own}\n\n{ENGLISH}\n{own}")
    assert (document.text, document.changes, document.error) == (f"{own}\n\n{own}", (("lines", 1),), None)


def test_text_of_one_language_is_left_alone() -> None:
    document = Document(Origin("s", "f", 0), f"  {SWAHILI}\n\n\n{SWAHILI} \n")
    assert CLIP.open(Context())(document) is document


def test_spans_inside_lines_are_removed_only_on_request() -> None:
    text = f"{SWAHILI} {SWAHILI} ({ENGLISH}) {SWAHILI}\n{RUSSIAN}"
    assert edited(text).text == text.split("\n")[0]
    assert edited(text).changes == (("lines", 1),)
    document = edited(text, INSIDE)
    assert document.text == f"{SWAHILI} {SWAHILI} {SWAHILI}"
    assert document.changes == (("lines", 1), ("parts", 1))


def test_a_part_over_two_lines_is_taken_out_of_both() -> None:
    text = f"{SWAHILI} {SWAHILI} {ENGLISH}\n{ENGLISH} {SWAHILI} {SWAHILI}"
    document = edited(text, INSIDE)
    assert document.text.split() == f"{SWAHILI} {SWAHILI} {SWAHILI} {SWAHILI}".split()
    assert document.text.count("\n") == 1
    assert document.changes == (("parts", 2),)


def test_a_line_of_numbers_among_another_language_is_left_alone() -> None:
    text = f"{RUSSIAN}\n12\n{RUSSIAN} {SWAHILI} {SWAHILI}"
    assert edited(text, INSIDE, language="swh_Latn").text == f"12\n{SWAHILI} {SWAHILI}"


def test_named_languages_stay_and_no_other() -> None:
    text = f"{SWAHILI} {SWAHILI}\n{ENGLISH}\n{RUSSIAN}"
    assert edited(text, ClipLanguages(languages=("eng_Latn", "ru"))).text == f"{ENGLISH}\n{RUSSIAN}"
    assert edited(text, ClipLanguages(languages=("eng_Latn", "ru"))).changes == (("lines", 1),)


def test_nothing_left_is_a_error() -> None:
    document = edited(ENGLISH, language="swh_Latn")
    assert (document.text, document.error, document.changes) == ("", "other_languages", (("lines", 1),))


def test_the_declared_language_stays_though_there_is_less_of_it() -> None:
    assert edited(f"{ENGLISH} {ENGLISH}\n{SWAHILI}", language="swh_Latn").text == SWAHILI


def test_languages_are_codes_that_are_known() -> None:
    assert ClipLanguages(languages=("sw", "swh_Latn")).languages == ("swh_Latn",)
    with pytest.raises(ValidationError):
        ClipLanguages(languages=("no such language",))


@given(
    st.lists(
        st.sampled_from([SWAHILI, ENGLISH, RUSSIAN, "\n", "\n\n", " ", "\r\n", "12", "• ", "\u2028", "\ud800", "ООН"]),
        max_size=10,
    ),
    st.booleans(),
)
def test_what_is_left_was_there_and_in_that_order(pieces: list[str], inside_lines: bool) -> None:
    text = "".join(pieces)
    document = edited(text, ClipLanguages(inside_lines=inside_lines))
    left = iter(text.replace("\ud800", " ").split())  # lines end before controls
    assert all(word in left for word in document.text.replace("\ud800", " ").split()) or inside_lines
    assert (document.text == text) == (not document.changes)
    assert (document.error is not None) == (not document.text and bool(document.changes))


def routed(document: Document) -> tuple[Document, ...]:
    found = RouteLanguages().open(Context())(document)
    return found if isinstance(found, tuple) else (found,)


def test_each_other_language_becomes_a_document() -> None:
    text = f"{SWAHILI} {SWAHILI}\n\n{ENGLISH}\n{RUSSIAN}\n{SWAHILI}\n\n{ENGLISH}"
    document = Document(Origin("s", "f", 7), text, url="https://a.example", license="CC0-1.0", changes=(("a", 1),))
    own, english, russian = routed(document)
    assert own.text == f"{SWAHILI} {SWAHILI}\n\n{SWAHILI}"
    assert english.text == f"{ENGLISH}\n\n{ENGLISH}"
    assert russian.text == RUSSIAN
    assert (own.id, english.id, russian.id) == (
        document.id,
        part_id(document.id, "eng_Latn"),
        part_id(document.id, "rus_Cyrl"),
    )
    assert own.changes == (("a", 1), ("lines", 3), ("documents", 2))
    for made in (english, russian):
        assert (made.origin, made.url, made.license) == (document.origin, document.url, document.license)
        assert (made.language, made.error, made.changes) == (None, None, document.changes)


def test_what_is_of_one_language_or_was_published_is_not_routed() -> None:
    alone = Document(Origin("s", "f", 0), SWAHILI)
    published = Document(Origin("s", "f", 0), f"{SWAHILI}\n{ENGLISH}", identity="ab", earlier_size=1)
    assert routed(alone) == (alone,)
    assert routed(published) == (published,)


def test_a_document_all_of_which_is_routed_has_a_error() -> None:
    own, made = routed(Document(Origin("s", "f", 0), ENGLISH, language="swh_Latn"))
    assert (own.text, own.error, made.text) == ("", "other_languages", ENGLISH)


def test_a_line_of_several_other_languages_is_assigned_to_the_largest() -> None:
    line = f"{ENGLISH} {RUSSIAN} {RUSSIAN} {SWAHILI}"
    own, made = routed(Document(Origin("s", "f", 0), f"{SWAHILI}\n{SWAHILI}\n{line}\n{SWAHILI}", language="swh_Latn"))
    assert own.text == f"{SWAHILI}\n{SWAHILI}\n{SWAHILI}"
    assert (made.text, made.id) == (line, part_id(own.id, "rus_Cyrl"))


@given(
    st.lists(
        st.sampled_from([SWAHILI, ENGLISH, RUSSIAN, "\n", "\n", "\n\n", " ", "12", "• ", "ООН"]),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from([None, "swh_Latn", "eng_Latn"]),
)
def test_routing_takes_the_lines_that_clipping_takes(pieces: list[str], language: str | None) -> None:
    text = " ".join(pieces)
    own, *made = routed(Document(Origin("s", "f", 0), text, language=language))
    clipped = edited(text, language=language)
    assert (own.text, own.error) == (clipped.text, clipped.error)
    assert dict(own.changes).get("lines") == dict(clipped.changes).get("lines")
    if made:
        lines = [line.strip() for document in (own, *made) for line in document.text.split("\n")]
        assert sorted(filter(None, lines)) == sorted(filter(None, map(str.strip, text.split("\n"))))
