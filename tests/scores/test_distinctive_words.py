import gzip
import unicodedata
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.mixtures import HOSTILE, mixed
from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.errors import ResourceError
from xdata.languages import is_code
from xdata.references import FileRef
from xdata.scores.distinctive_words import DistinctiveWords, listed_words, own_word_shares, read_words
from xdata.text.analysis import Analyses
from xdata.text.code_points import is_lettering, to_array

_LISTED = [language for language in SCRIPTS.values() if language in listed_words()]
_OWN = {"swh_Latn": ("kwenye", "katika"), "tha_Thai": ("การ",), "uzn_Latn": ("oʻzbek",)}


def _shares(rows: list[tuple[str, str | None]], *, lists: dict[str, tuple[str, ...]] = _OWN) -> list[float]:
    analyses = Analyses([text for text, _ in rows], declared_languages=[language for _, language in rows])
    found: list[float] = own_word_shares(analyses, lists=lists).tolist()
    return found


def _list(path: Path, content: str) -> str:
    path.write_text(content, encoding="utf-8")
    return str(path)


def test_every_language_of_the_lists_is_a_code_with_words_enough_and_each_word_once() -> None:
    assert len(listed_words()) > 400
    for code, words in listed_words().items():
        assert is_code(code)
        assert 20 <= len(words) == len(set(words)) <= 300, code


@pytest.mark.parametrize("code", _LISTED)
def test_listed_words_are_words_of_two_letters_and_more(code: str) -> None:
    for word in listed_words()[code]:
        assert is_lettering()[to_array(word)].sum() >= 2, word
    whole = [word for word in listed_words()[code] if Analyses([word])[0].words == [word]]
    assert len(whole) > 0.9 * len(listed_words()[code])


@pytest.mark.parametrize("code", _LISTED)
def test_text_in_a_language_has_its_distinctive_words_and_other_text_has_hardly_any(code: str) -> None:
    own = np.array(_shares([(text, code) for text in texts(code)], lists={}))
    others = [text for other in SCRIPTS.values() if other != code for text in texts(other)]
    assert own.min() >= 0.01
    assert np.median(_shares([(text, code) for text in others], lists={})) < own.min() / 2


@pytest.mark.parametrize("code", ["swh_Latn", "xyz_Latn", None])
def test_a_text_without_words_and_a_language_without_a_list_are_null(code: str | None) -> None:
    text = "..." if code == "swh_Latn" else "katika"
    assert np.isnan(_shares([(text, code)])).all()


def test_the_share_is_of_all_words_case_aside() -> None:
    assert _shares([("KATIKA nyumba, kwenye mti.", "swh_Latn"), ("katikati", "swh_Latn")]) == [0.5, 0.0]


@pytest.mark.parametrize("written", ["oʻzbek", "o'zbek", "O’ZBEK", "o‘zbek"])
def test_distinctive_words_match_in_every_form_of_the_language(written: str) -> None:
    assert _shares([(f"{written} tili", "uzn_Latn")]) == [0.5]


def test_words_are_found_where_no_space_parts_them() -> None:
    (share,) = _shares([("การศึกษา", "tha_Thai")])
    assert 0 < share <= 1


@given(st.lists(st.tuples(mixed, st.sampled_from([None, "swh_Latn", "tha_Thai", "mlt_Latn"])), max_size=5))
def test_shares_lie_between_nought_and_one_and_do_not_depend_on_the_batch(rows: list[tuple[str, str | None]]) -> None:
    found = _shares(rows)
    assert all(np.isnan(share) or 0 <= share <= 1 for share in found)
    np.testing.assert_array_equal(found, [_shares([row])[0] for row in rows])


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_has_a_share_or_none(text: str) -> None:
    assert len(_shares([(text, "mlt_Latn"), ("", None)], lists={})) == 2


@pytest.mark.parametrize("zipped", [False, True])
def test_lists_of_the_user_stand_in_for_ours(tmp_path: Path, zipped: bool) -> None:
    path = tmp_path / ("words.txt.gz" if zipped else "words.txt")
    content = "\ufeffħobż\nSewwa\n\n".encode()
    path.write_bytes(gzip.compress(content) if zipped else content)
    step = DistinctiveWords(lists={"mt": FileRef(str(path))})
    analyses = Analyses(["sewwa jew", "jew jew"], declared_languages=["mlt_Latn"] * 2)
    columns = step.open(Context())(analyses)
    assert columns.keys() == step.adds().keys()
    assert list(columns["scores.distinctive_words"]) == [0.5, 0.0]
    assert "jew" in listed_words()["mlt_Latn"]


def test_where_a_list_lies_is_no_part_of_the_step(tmp_path: Path) -> None:
    one, other = (DistinctiveWords(lists={"swh_Latn": FileRef(_list(tmp_path / name, "baya"))}) for name in "ab")
    assert one.identity() == other.identity()
    assert [file.name for file in one.resources()] == ["distinctive_words.tsv.gz", "a"]


@pytest.mark.parametrize("lists", [{"klingon": "x"}, {"sw": "x", "swh_Latn": "y"}])
def test_lists_that_make_no_sense_are_refused(lists: dict[str, str]) -> None:
    with pytest.raises(ValueError, match="lists"):
        DistinctiveWords.model_validate({"lists": lists})


@pytest.mark.parametrize(
    ("name", "content"), [("a", b""), ("a", b"\xff\xfe"), ("a.gz", b"plain"), ("a.gz", b"\x1f\x8b")]
)
def test_a_list_that_cannot_be_read_is_refused(tmp_path: Path, name: str, content: bytes) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ResourceError, match=name):
        read_words(tmp_path / name, language="mlt_Latn")
    with pytest.raises(ResourceError, match="none"):
        read_words(tmp_path / "none", language="mlt_Latn")


def test_words_of_a_list_are_composed(tmp_path: Path) -> None:
    path = Path(_list(tmp_path / "a", "ẹ\u0300kọ́\nḥobz\n"))
    assert all(unicodedata.is_normalized("NFC", word) for word in read_words(path, language="yor_Latn"))
    lists = {"yor_Latn": read_words(path, language="yor_Latn")}
    assert _shares([(unicodedata.normalize("NFC", "ẹ\u0300kọ́"), "yor_Latn")], lists=lists) == [1.0]


@pytest.mark.parametrize(
    ("code", "lines", "message"),
    [
        ("gla_Latn", ["a\u2011mach"], "is not one word"),
        ("mlt_Latn", ["∆"], "a:1: '∆' is not one word of mlt_Latn, nor are most lines"),
        ("tha_Thai", ["การศึกษาของประเทศ"], "is not one word of tha_Thai"),
    ],
)
def test_a_list_of_no_words_is_refused(tmp_path: Path, code: str, lines: list[str], message: str) -> None:
    with pytest.raises(ResourceError, match=message):
        read_words(Path(_list(tmp_path / "a", "\n".join(lines))), language=code)


def test_the_odd_line_that_is_not_one_word_is_left_out(tmp_path: Path) -> None:
    path = Path(_list(tmp_path / "a", "dar\nil-lum u għada\nħobż\nxemx\n∆"))
    assert read_words(path, language="mlt_Latn") == ("dar", "ħobż", "xemx")


@pytest.mark.parametrize("word", ["t'áá'", "t’áá’", "tʼááʼ"])
def test_an_apostrophe_at_the_end_may_be_a_letter(tmp_path: Path, word: str) -> None:
    lists = {"nav_Latn": read_words(Path(_list(tmp_path / "a", word)), language="nav_Latn")}
    assert _shares([("tʼááʼ", "nav_Latn")], lists=lists) == [1.0]


def test_every_listed_word_is_one_in_the_letters_of_its_language() -> None:
    for code, words in listed_words().items():
        lettered = [word.replace("'", "\u02bc") for word in words]
        assert _shares([(word, code) for word in lettered], lists={}) == [1.0] * len(words), code


def test_the_url_states_the_language_of_the_document_or_is_ignored() -> None:
    urls = ["https://mt.example.org/a", "https://example.org/sw/", "https://example.org/", None, "https://mt.a.org"]
    languages = ["mlt_Latn", "mlt_Latn", "mlt_Latn", "mlt_Latn", None]
    columns = DistinctiveWords().open(Context())(Analyses(["jew"] * 5, declared_languages=languages, urls=urls))
    assert list(columns["url_language"]) == ["mlt_Latn", None, None, None, None]
