import unicodedata

import numpy as np
import pytest
import regex

from tests import reference
from tests.mixtures import SENTENCE_ENDS
from xdata.text import code_points as cp

_KINDS = {
    "space": cp.SPACE,
    "break": cp.BREAK,
    "word": cp.WORD,
    "unspaced": cp.UNSPACED,
    "extend": cp.EXTEND,
    "apostrophe": cp.APOSTROPHE,
    "number mark": cp.NUMERIC,
    "sign": cp.SYMBOL,
}
_SCRIPT_STARTS = (
    0x0,
    0x370,
    0x590,
    0x900,
    0xD80,
    0xE00,
    0x1000,
    0x1200,
    0x1780,
    0x2000,
    0x3000,
    0xA800,
    0xFE00,
    0x1F300,
)


@pytest.mark.parametrize("start", _SCRIPT_STARTS, ids=hex)
def test_every_code_point_is_what_its_properties_say(start: int) -> None:
    for point in range(start, start + 0x200):
        assert cp.classes()[point] == _KINDS[reference.kind(chr(point))], hex(point)
        assert chr(cp.folds()[point]) == reference.fold(chr(point)), hex(point)


def test_tables_have_an_entry_for_every_code_point() -> None:
    for table in (cp.classes(), cp.traits(), cp.folds()):
        assert len(table) == 0x110000
    assert set(np.unique(cp.classes()).tolist()) == set(range(8))


@pytest.mark.parametrize(
    ("trait", "pattern"),
    [
        (cp.Trait.LETTER, r"\p{L}"),
        (cp.Trait.DIGIT, r"\p{Nd}"),
        (cp.Trait.LOWER, r"(?!\p{Georgian})\p{Ll}"),
    ],
)
def test_traits_are_unicode_properties(trait: cp.Trait, pattern: str) -> None:
    found = cp.has(cp.traits(), trait)
    for point in (*range(0x3000), *range(0xA000, 0x10000), *range(0x10000, 0x20000, 7)):
        assert bool(found[point]) == (regex.match(pattern, chr(point)) is not None), hex(point)


@pytest.mark.parametrize("mark", SENTENCE_ENDS.values(), ids=SENTENCE_ENDS)
def test_every_script_has_its_end_of_sentence(mark: str) -> None:
    assert cp.has(cp.traits()[[ord(mark)]], cp.Trait.TERMINAL).all()


@pytest.mark.parametrize("mark", [",", ";", ":", "،", "、", "፣", "་", "-", "a", "1", " ", "\n", "("])
def test_commas_and_their_like_end_no_sentence(mark: str) -> None:
    assert not cp.has(cp.traits()[[ord(mark)]], cp.Trait.TERMINAL).any()


def test_folding_twice_changes_nothing() -> None:
    folds = cp.folds()
    assert np.array_equal(folds[folds], folds)


def test_both_cases_of_every_letter_fold_together() -> None:
    """Where both are one code point, but for the dotless i: in Turkish, ı and i part words."""
    for point in range(0x20000):
        letter = chr(point)
        if unicodedata.category(letter) == "Ll" and len(letter.upper()) == 1 and letter != "ı":
            assert cp.folds()[point] == cp.folds()[ord(letter.upper())], hex(point)


@pytest.mark.parametrize("zero", ["٠", "۰", "०", "০", "෦", "๐", "໐", "០", "၀", "༠", "߀", "᠐", "０", "𞥐"])
def test_digits_of_every_script_fold_to_their_value(zero: str) -> None:
    for value in range(10):
        assert chr(cp.folds()[ord(zero) + value]) == str(value)


@pytest.mark.parametrize("mark", ["ा", "ි", "ั", "់", "့", "ི", "\u0301", "\u064e", "\u05b8", "\u200c", "\u200d"])
def test_marks_and_joiners_fold_to_themselves(mark: str) -> None:
    assert chr(cp.folds()[ord(mark)]) == mark


def test_lone_surrogates_and_nulls_are_code_points() -> None:
    text = "a\ud800\x00\U0010ffff"
    assert cp.to_array(text).tolist() == [ord(character) for character in text]
    assert cp.to_array("").tolist() == []
