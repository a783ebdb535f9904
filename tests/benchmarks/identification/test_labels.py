"""Codes in any form are read as the label that is meant, generously where it is a macrolanguage, not otherwise."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks.identification.labels import (
    name_within,
    place,
    read_code,
    script_of,
    settle_han,
)


@pytest.mark.parametrize(
    ("code", "read"),
    [
        ("sw", ("swa", None)),
        ("swa", ("swa", None)),
        ("swh_Latn", ("swh", "Latn")),
        ("__label__zho_Hant", ("zho", "Hant")),
        ("cmn_Hani", ("cmn", "Hani")),
        ("kor_Hang", ("kor", "Kore")),
        ("zh-Latn", ("zho", "Latn")),
        ("pt-BR", ("por", None)),
        ("sr_latn", ("srp", "Latn")),
        ("und", (None, None)),
        ("und_Latn", (None, None)),
        ("zxx", (None, None)),
        ("", (None, None)),
        (None, (None, None)),
    ],
)
def test_codes_are_read_in_any_form(code: str | None, read: tuple[str | None, str | None]) -> None:
    assert read_code(code) == read


@pytest.mark.parametrize(("code", "own"), [("als", "gsw"), ("iw", "heb"), ("no", "nor"), ("sw", "swa")])
def test_own_codes_of_identifiers_are_read_where_asked_for(code: str, own: str) -> None:
    assert read_code(code, own_codes=True) == (own, None)
    assert read_code("als") == ("als", None)


@pytest.mark.parametrize(
    ("language", "script", "known", "name"),
    [
        ("ara", "Arab", {"arb", "arz"}, "arb"),
        ("ara", "Arab", {"arz", "eng"}, "arz"),
        ("kur", "Latn", {"kmr", "ckb"}, "kmr"),
        ("kur", "Arab", {"kmr", "ckb"}, "ckb"),
        ("aze", "Arab", {"azb", "azj"}, "azb"),
        ("bih", "Deva", {"mai", "hin"}, "mai"),
        ("hbs", "Cyrl", {"srp"}, "srp"),
        ("cmn", "Hans", {"zho"}, "zho"),
        ("fil", "Latn", {"tgl"}, "tgl"),
        ("nhe", "Latn", {"nah"}, "nah"),
        ("src", "Latn", {"srd"}, "srd"),
        ("arz", "Arab", {"arb"}, "arz"),
        ("yue", "Hant", {"zho"}, "yue"),
        ("ckb", "Arab", {"kmr"}, "ckb"),
        ("xho", "Latn", {"zul"}, "xho"),
    ],
)
def test_a_macrolanguage_is_the_language_that_the_set_has(
    language: str, script: str, known: set[str], name: str
) -> None:
    assert name_within(language, script, known) == name


@given(st.sampled_from(["arb", "swh", "zho", "kon", "srd", "nob"]), st.sampled_from(["Latn", "Arab", None]))
def test_a_language_of_the_set_is_itself(language: str, script: str | None) -> None:
    assert name_within(language, script, {"arb", "swh", "zho", "kon", "srd", "nob"}) == language


@pytest.mark.parametrize(
    ("label", "script", "placed"),
    [
        ("kur", "Arab", "ckb_Arab"),
        ("kur_Latn", "Arab", "kmr_Latn"),
        ("swa", "Latn", "swh_Latn"),
        ("swa", None, "swh"),
        (None, "Latn", None),
    ],
)
def test_labels_without_a_script_have_that_of_the_text(
    label: str | None, script: str | None, placed: str | None
) -> None:
    assert place(label, script, {"kmr", "ckb", "swh"}) == placed


@pytest.mark.parametrize(
    ("gold", "predicted", "settled"),
    [
        ("zho_Hani", "zho_Hant", ("zho_Hant", "zho_Hant")),
        ("zho_Hani", "zho_Hans", ("zho_Hans", "zho_Hans")),
        ("zho_Hani", "zho_Hani", ("zho_Hans", "zho_Hans")),
        ("zho_Hani", "jpn_Jpan", ("zho_Hans", "jpn_Jpan")),
        ("zho_Hani", None, ("zho_Hans", None)),
        ("zho_Hant", "zho_Hani", ("zho_Hant", "zho_Hant")),
        ("zho_Hant", "zho_Hans", ("zho_Hant", "zho_Hans")),
        ("swh_Latn", "eng_Latn", ("swh_Latn", "eng_Latn")),
    ],
)
def test_text_that_both_chinese_scripts_share_is_right_in_either(
    gold: str, predicted: str | None, settled: tuple[str, str | None]
) -> None:
    assert settle_han(gold, predicted) == settled


@pytest.mark.parametrize(("text", "script"), [("ሰላም ነው", "Ethi"), ("你好", "Hani"), ("123", None), ("Ħelow", "Latn")])
def test_script_of_a_text(text: str, script: str | None) -> None:
    assert script_of(text) == script
