import json
from pathlib import Path

from xdata.provenance.passages.words import cldr_names, dictionary, emoji_names, frequency_lists, handfuls


def _cldr(folder: Path, tag: str, names: dict[str, str]) -> None:
    (folder / "package/main" / tag).mkdir(parents=True)
    content = {"main": {tag: {"identity": {"language": tag}, "names": names, "dateFormats": {"full": "EEEE d"}}}}
    (folder / "package/main" / tag / "names.json").write_text(json.dumps(content), encoding="utf-8")


def test_names_that_are_not_the_english_ones(tmp_path: Path) -> None:
    _cldr(tmp_path, "en", {"1": "January", "AO": "Angola"})
    _cldr(tmp_path, "kam", {"1": "Mwai wa mbee", "AO": "Angola"})
    assert [(tag, list(names)) for tag, names in cldr_names(tmp_path)] == [("kam", ["Mwai wa mbee"])]


def test_names_that_a_locale_inherits_are_not_its_own(tmp_path: Path) -> None:
    _cldr(tmp_path, "en", {"1": "January"})
    _cldr(tmp_path, "fa", {"1": "ژانویه", "2": "فوریه"})
    _cldr(tmp_path, "fa-AF", {"1": "جنوری", "2": "فوریه"})
    assert [(tag, list(names)) for tag, names in cldr_names(tmp_path)] == [
        ("fa", ["ژانویه", "فوریه"]),
        ("fa-AF", ["جنوری"]),
    ]


def test_names_of_emoji(tmp_path: Path) -> None:
    (tmp_path / "package/annotations/mai").mkdir(parents=True)
    content = {"annotations": {"annotations": {"x": {"default": ["आँखि"], "tts": ["हँसैत चेहरा"]}}}}
    (tmp_path / "package/annotations/mai/annotations.json").write_text(json.dumps(content), encoding="utf-8")
    assert [(tag, list(names)) for tag, names in emoji_names(tmp_path)] == [("mai", ["हँसैत चेहरा"])]


def test_frequent_words_first_and_rare_ones_not(tmp_path: Path) -> None:
    (tmp_path / "gielladetect/lm").mkdir(parents=True)
    (tmp_path / "gielladetect/lm/sma.wm").write_text("7\tlea\n9\tïh\n2\tsaemien\n²\tx\n", encoding="utf-8")
    assert [(tag, list(words)) for tag, words in frequency_lists(tmp_path)] == [("sma", ["ïh", "lea"])]


def test_words_of_a_dictionary_without_their_endings(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    (tmp_path / "package/package.json").write_text('{"name": "dictionary-fur"}')
    (tmp_path / "package/index.dic").write_text("2\napetît/ab\ndaudz\tpo:x\n", encoding="utf-8")
    assert [(tag, sorted(words)) for tag, words in dictionary(tmp_path)] == [("fur", ["apetît", "daudz"])]


def test_handfuls_of_words() -> None:
    assert list(handfuls(["a", "b", "c", "d", "e", "f", "g", "h", "i"])) == ["a b c d e f g h", "i"]
