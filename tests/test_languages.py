import json
from pathlib import Path
from typing import Any

import pytest

from xdata.errors import ConfigError
from xdata.language_facts import Thresholds
from xdata.language_files import OVERLAY, check_overlay, described_languages, facts_of, thresholds_of, write_language
from xdata.languages import Language, other_scripts, resolve_codes


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("swh_Latn", "swh_Latn"),
        ("sw", "swh_Latn"),
        ("swa", "swh_Latn"),
        ("mt", "mlt_Latn"),
        ("mlt", "mlt_Latn"),
        ("zh-TW", "zho_Hant"),
        ("zh-Hant", "zho_Hant"),
        ("zh", "zho_Hans"),
        ("cmn", "zho_Hans"),
        ("fa", "pes_Arab"),
        ("qu", "quy_Latn"),
        ("sr", "srp_Cyrl"),
        ("sr-Latn", "srp_Latn"),
        ("uz-Cyrl", "uzn_Cyrl"),
        ("no", "nob_Latn"),
        ("ms", "zsm_Latn"),
        ("en-US", "eng_Latn"),
        ("xho", "xho_Latn"),
        ("aii", "aii_Syrc"),
        ("deu_Cyrl", "deu_Cyrl"),
        ("kor_Hang", "kor_Kore"),
        ("ko", "kor_Kore"),
        ("ko-Hang", "kor_Kore"),
        ("jpn_Hira", "jpn_Jpan"),
        ("ja-Hrkt", "jpn_Jpan"),
        ("cmn_Hans", "zho_Hans"),
        ("zh-yue", "yue_Hans"),
        ("zho_Hani", "zho_Hani"),
        ("est_Latn", "ekk_Latn"),
        ("swa_Latn", "swh_Latn"),
        ("ara_Arab", "arb_Arab"),
        ("que_Latn", "quy_Latn"),
        ("nep_Deva", "npi_Deva"),
        ("ori_Orya", "ory_Orya"),
        ("kur_Latn", "kmr_Latn"),
    ],
)
def test_usual_codes_resolve(name: str, code: str) -> None:
    assert Language(name).code == code


@pytest.mark.parametrize(
    "name", ["klingon", "xyz_Latn", "swh_Xxxx", "und", "", "../../etc/passwd", "swh_Zzzz", "x" * 99]
)
def test_what_is_no_language_is_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="unknown language"):
        Language(name)


def test_an_english_name_leads_to_the_code() -> None:
    with pytest.raises(ConfigError, match="did you mean 'swh_Latn'"):
        Language("Swahili")


def test_a_near_code_is_named() -> None:
    with pytest.raises(ConfigError, match="'swh_Latn'"):
        Language("swz_Latn")


def test_a_described_language_has_its_facts() -> None:
    sinhala = Language("sin_Sinh")
    assert (sinhala.iso639_3, sinhala.script, sinhala.described) == ("sin", "Sinh", True)
    assert sinhala.facts.names is not None
    assert (sinhala.name, sinhala.facts.names.autonym) == ("Sinhala", "සිංහල")


def test_a_language_that_nobody_described_can_be_used() -> None:
    language = Language("tlh_Latn")
    assert not language.described
    assert language.name == "tlh_Latn"
    assert language.facts.names is None


def test_an_overlay_stands_in_and_adds(tmp_path: Path) -> None:
    (tmp_path / "tlh_Latn.yaml").write_text(
        'code: "tlh_Latn"\nnames: {source: "me", english: "Klingon"}\naliases: {source: "me", codes: ["xx"]}\n'
    )
    assert Language("tlh_Latn", overlay=tmp_path).name == "Klingon"
    assert "swh_Latn" in described_languages(overlay=tmp_path)
    assert not Language("tlh_Latn").described


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('code: "tlh_Arab"', "its code 'tlh_Arab' differs from its file name"),
        ("code: 5", "expected a valid string, found 5"),
        ('code: "tlh_Latn"\nname: "x"', "unknown key 'name': did you mean 'names'"),
    ],
)
def test_a_wrong_language_file_is_refused(tmp_path: Path, content: str, message: str) -> None:
    (tmp_path / "tlh_Latn.yaml").write_text(content)
    with pytest.raises(ConfigError, match=message):
        _ = Language("tlh_Latn", overlay=tmp_path).facts


def test_codes_are_sorted_and_unique() -> None:
    assert resolve_codes(["sw", "mt", "swh_Latn"]) == ("mlt_Latn", "swh_Latn")


def test_facts_of_any_code_even_one_that_does_not_resolve() -> None:
    assert facts_of("eml_Latn") is None
    assert facts_of("und") is None
    maltese = facts_of("mlt_Latn")
    assert maltese is not None
    assert maltese.names is not None
    assert maltese.names.english == "Maltese"


def test_the_overlay_of_the_environment_is_everybodys(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "tlh_Latn.yaml").write_text(
        'code: "tlh_Latn"\nnames: {source: "me", english: "Klingon"}\naliases: {source: "me", codes: ["klingon"]}\n'
    )
    monkeypatch.setenv(OVERLAY, str(tmp_path))
    assert Language("tlh_Latn").name == "Klingon"
    assert Language("tlh_Latn").facts.lacks == (
        "writing", "letters", "punctuation", "digits", "stop_words", "neighbours", "thresholds", "sample",
    )  # fmt: skip
    monkeypatch.setenv(OVERLAY, str(tmp_path / "gone"))
    with pytest.raises(ConfigError, match="the folder of language files does not exist"):
        Language("swh_Latn")


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("notes.yaml", "", "is not a language file: expected a name iso639-3_Script.yaml"),
        ("swh_Latn.yml", "", "is not a language file"),
        ("swh_Latn.yaml", 'code: "mlt_Latn"', "its code 'mlt_Latn' differs"),
        ("swh_Latn.yaml", "", "expected keys and values"),
        ("swh_Latn.yaml", 'code: "swh_Latn"\ndigits: {source: "x", digits: "12"}', "digits"),
        (
            "swh_Latn.yaml",
            'code: "swh_Latn"\naliases: {source: "x", codes: ["eng"]}',
            "is the code of another language",
        ),
    ],
)
def test_an_overlay_is_checked_before_anything_is_done(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, content: str, message: str
) -> None:
    monkeypatch.setenv(OVERLAY, str(tmp_path))
    check_overlay()
    (tmp_path / name).write_text(content)
    with pytest.raises(ConfigError, match=message):
        check_overlay()


@pytest.mark.parametrize("name", ["zxx", "mul", "mis", "und_Latn"])
def test_codes_of_no_language_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="unknown language"):
        Language(name)


_FACTS = {"num_documents": 12, "min_values": {"short_words": 3.5}, "max_values": {}, "switched_off": ["many_digits"]}


@pytest.mark.parametrize(
    "source",
    [
        "a test",
        "በአማርኛ",
        "ภาษาไทย",
        "ක් “x”",
        'a "quoted" one',
        "back\\slash",
        "two\nlines",
        "long " * 60,
        "tab\tor nbsp\u00a0",
    ],
)
@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"min_values": {}},
        {"max_values": {"many_lines": 1e-7}},
        {"max_values": {"many_lines": 2}},
        {"switched_off": []},
    ],
)
def test_thresholds_are_read_as_yaml_has_them(source: str, changed: dict[str, Any], tmp_path: Path) -> None:
    facts = {"source": source, **_FACTS, **changed}
    write_language({"code": "hau_Latn", "thresholds": facts}, tmp_path)
    assert thresholds_of("hau_Latn", overlay=tmp_path) == Thresholds.model_validate_json(json.dumps(facts))


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("  switched_off", "  max_values:\n    many_lines: 0.5\n  switched_off", "is given twice"),
        ("    short_words: 3.5\n", "    short_words: 3.5\n    short_words: 3.0\n", "is given twice"),
        ("num_documents: 12", "num_documents: 0", "num_documents: expected greater than or equal to 1"),
        ("short_words: 3.5", "short_words: much", "expected a valid number, found 'much'"),
        ("source:", "sauce:", "unknown key 'sauce'"),
    ],
)
def test_invalid_thresholds_are_refused(old: str, new: str, message: str, tmp_path: Path) -> None:
    path = write_language({"code": "hau_Latn", "thresholds": {"source": "a test", **_FACTS}}, tmp_path)
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(ConfigError, match=message):
        thresholds_of("hau_Latn", overlay=tmp_path)


@pytest.mark.parametrize("code", [code for code in described_languages() if code[0] in "aks"])
def test_our_thresholds_are_read_as_yaml_has_them(code: str) -> None:
    assert thresholds_of(code) == Language(code).facts.thresholds


def test_a_list_with_commas_is_several_languages() -> None:
    assert resolve_codes(["sw, ha", "mt"]) == ("hau_Latn", "mlt_Latn", "swh_Latn")
    with pytest.raises(ConfigError, match="unknown language 'qqqx'"):
        resolve_codes(["sw,qqqx"])


@pytest.mark.parametrize("name", ["cmn_Hani", "zh-Hani", "yue_Hani", "wuu_Hani"])
def test_han_characters_alone_leave_the_script_open(name: str) -> None:
    with pytest.raises(ConfigError, match=r"Hani is simplified or traditional: write \w+_Hans or \w+_Hant, or both"):
        Language(name)


@pytest.mark.parametrize(
    ("name", "others"), [("zh", ("zho_Hant",)), ("zho_Hans", ()), ("zh-TW", ()), ("sw", ()), ("sr", ("srp_Latn",))]
)
def test_other_scripts_of_a_language_are_known(name: str, others: tuple[str, ...]) -> None:
    assert other_scripts(name) == others


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("swahilli", r"did you mean 'swh_Latn' \(Swahili\)\?"),
        ("Swahili", "did you mean 'swh_Latn'"),
        ("Amharik", r"did you mean 'amh_Ethi' \(Amharic\)"),
        ("qqqq", "write iso639-3_Script, as swh_Latn"),
    ],
)
def test_the_nearest_language_is_named_by_its_english_name(name: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        Language(name)
