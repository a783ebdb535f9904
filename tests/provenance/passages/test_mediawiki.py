import json
from pathlib import Path

import pytest

from xdata.provenance.passages.mediawiki import label_of, passages
from xdata.provenance.passages.noise import passages as noise
from xdata.provenance.passages.packages import packages_of

_TEXTS = {
    "en": "The page that you asked for does not exist.",
    "sw": "Ukurasa uliouomba haupo katika wiki hii.",
    "sr-ec": "Страница коју сте тражили не постоји на викију.",
    "sr-el": "Stranica koju ste tražili ne postoji na vikiju.",
    "zh-hant": "您請求的頁面並不存在於本站，請檢查名稱。",
    "nqo": "ߞߐߜߍ ߡߍ߲ ߢߌߣߌ߲߫ ߣߍ߲߫ ߏ߬ ߕߍ߫ ߦߋ߲߬",
    "am": "የጠየቁት ገጽ በዚህ ውክፔዲያ ውስጥ የለም።",
}


def _cache(folder: Path, messages: dict[str, dict[str, str]]) -> Path:
    (package,) = packages_of("mediawiki")
    i18n = folder / f"debian-mediawiki-{package.version.replace(':', '-')}" / "languages" / "i18n"
    i18n.mkdir(parents=True)
    for code, named in messages.items():
        (i18n / f"{code}.json").write_text(json.dumps({"@metadata": {"authors": []}, **named}), encoding="utf-8")
    return folder


@pytest.mark.parametrize(
    ("code", "text", "expected"),
    [
        ("sw", _TEXTS["sw"], "swh_Latn"),
        ("sr-ec", _TEXTS["sr-ec"], "srp_Cyrl"),
        ("sr-el", _TEXTS["sr-el"], "srp_Latn"),
        ("zh-hant", _TEXTS["zh-hant"], "zho_Hant"),
        ("be-tarask", "Старонка", "bel_Cyrl"),
        ("roa-tara", "Sta pàgene", "nap_Latn"),
        ("ku-latn", "Rûpel", "kmr_Latn"),
        ("tw", "Krataafa", "twi_Latn"),
        ("als", "Syte", "gsw_Latn"),
        ("de-formal", "Seite", None),
        ("sw", "12 34", None),
    ],
)
def test_codes_of_mediawiki_mean_a_language_in_the_script_of_the_text(
    code: str, text: str, expected: str | None
) -> None:
    assert label_of(code, text) == expected


def test_messages_have_their_language_and_no_markup(tmp_path: Path) -> None:
    messages = {
        code: {"one": f"'''{text}''' {{{{PLURAL:$1|a|b}}}} [[Special:Foo|$2]]"} for code, text in _TEXTS.items()
    }
    found = {passage.language: passage.text for passage in passages(_cache(tmp_path, messages))}
    assert set(found) == {"eng_Latn", "swh_Latn", "srp_Cyrl", "srp_Latn", "zho_Hant", "nqo_Nkoo", "amh_Ethi"}
    assert found["swh_Latn"] == _TEXTS["sw"]


def test_what_is_not_translated_or_in_other_letters_is_left_out(tmp_path: Path) -> None:
    messages = {
        "en": {"one": _TEXTS["en"], "two": "Another message of the same file"},
        "sw": {
            "one": _TEXTS["en"],
            "two": "Another message ya the same file",
            "three": _TEXTS["am"],
            "four": _TEXTS["sw"],
        },
        "qqq": {"one": "What this message is for, for translators"},
    }
    found = [(passage.language, passage.text) for passage in passages(_cache(tmp_path, messages))]
    assert [text for language, text in found if language != "eng_Latn"] == [_TEXTS["sw"]]


def test_noise_is_code_and_keys_and_always_the_same(tmp_path: Path) -> None:
    cache = _cache(tmp_path, {})
    (package,) = packages_of("mediawiki")
    source = cache / f"debian-mediawiki-{package.version.replace(':', '-')}" / "a.php"
    source.write_text(
        "<?php\n// A comment about what follows, in English\n$a = foo( $b, $c );\nif ( $a ) {\n\treturn 1;\n}\n"
    )
    found = [passage.text for passage in noise(cache)]
    assert found == [passage.text for passage in noise(cache)]
    assert "$a = foo( $b, $c );" in found
    assert not any("comment" in text for text in found)
    assert len(found) > 1000
