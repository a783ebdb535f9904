"""Other ways to write the same words, language by language, and where it is said that they are the same.

Written by hand; `xdata.provenance.languages` puts them into `resources/languages/`, and so does this alone:

    python -m xdata.provenance.variants

Left out on purpose, since they may be other words: yeh and alef maqsura in Arabic and Pashto; ه in Urdu, which stands
for ہ in هیں and for ھ in آدهی; ه for ە without a joiner in Kurdish; ZWNJ in Persian (تنها is alone, تن‌ها bodies); the
homophones of Amharic (ሰረቀ stole, ሠረቀ rose); `'b` and `'d` in Hausa (Ka'bah, Sha'ban, ta'dda in today's news, of which
none is ɓ or ɗ); every missing accent or hook.
"""

from collections.abc import Mapping
from typing import Any

from xdata.language_files import write_language
from xdata.resources import resources_folder
from xdata.yaml_files import read_yaml

_APOSTROPHES = "'\u2019\u2018\u02bc`\u00b4"
"""Written where a keyboard has no letter for it: ASCII, quotation marks, modifier letter, grave and acute."""
_OKINA, _APOSTROPHE = "\u02bb", "\u02bc"

_ARABIC = "Unicode Standard 17, chapter 9.2"
_KASHIDA = {"ـ": ""}
"""Stretches a word and is no part of it."""
_FARSI = {"ي": "ی", "ى": "ی", "ك": "ک"}
_URDU = {**_FARSI, "ۀ": "ۂ", "ة": "ۃ"}
_VARGAS = {"ङ": "कखगघ", "ञ": "चछजझ", "ण": "टठडढ", "न": "तथदध", "म": "पफबभ"}
_CHILLUS = {"ണ": "ൺ", "ന": "ൻ", "ര": "ർ", "ല": "ൽ", "ള": "ൾ", "ക": "ൿ"}
_VIETNAMESE = {
    **dict(zip(("òa", "óa", "ỏa", "õa", "ọa"), ("oà", "oá", "oả", "oã", "oạ"), strict=True)),
    **dict(zip(("òe", "óe", "ỏe", "õe", "ọe"), ("oè", "oé", "oẻ", "oẽ", "oẹ"), strict=True)),
    **dict(zip(("ùy", "úy", "ủy", "ũy", "ụy"), ("uỳ", "uý", "uỷ", "uỹ", "uỵ"), strict=True)),
}
_GREEK = "Unicode Standard 17, chapter 7.1: letters of African orthographies, and CLDR 48; Greek look-alikes"
_ADYGHE = "Unicode Standard 17, chapter 7.4: palochka, and what is typed in its place"


def _marks(standard: str) -> dict[str, str]:
    return {mark: standard for mark in _APOSTROPHES if mark != standard}


def _behind(letters: str, standard: str) -> dict[str, str]:
    """Apostrophes behind a letter."""
    return {f"{letter}{mark}": f"{letter}{standard}" for letter in letters for mark in _APOSTROPHES}


def _palochka(consonants: str) -> dict[str, str]:
    typed = {f"{letter}{mark}": f"{letter}ӏ" for letter in consonants for mark in "Il|"}
    return {"і": "ӏ", **typed}


def _group(source: str, folds: Mapping[str, str], **more: Any) -> dict[str, Any]:
    return {"source": source, "folds": dict(folds), **more}


VARIANTS: Mapping[str, Mapping[str, Any]] = {
    "pes_Arab": _group(f"{_ARABIC}; ISIRI 6219", {**_FARSI, **_KASHIDA}),
    "urd_Arab": _group(
        f"{_ARABIC}: Farsi yeh, keheh, heh goal with hamza, teh marbuta goal; CLDR 48", {**_URDU, **_KASHIDA}
    ),
    "pnb_Arab": _group(f"{_ARABIC}: as Urdu", {**_URDU, **_KASHIDA}),
    "skr_Arab": _group(f"{_ARABIC}: as Urdu; CLDR 48", {**_FARSI, "ة": "ۃ", **_KASHIDA}),
    "ckb_Arab": _group(
        f"{_ARABIC}; CLDR 48; ه with ZWNJ for ە as Apache Lucene's SoraniNormalizer documents it",
        {**_FARSI, "ه\u200c": "ە", **_KASHIDA},
    ),
    "arb_Arab": _group(f"{_ARABIC}; CLDR 48", {"ک": "ك", **_KASHIDA}),
    "uig_Arab": _group(f"{_ARABIC}; CLDR 48", {"ک": "ك", **_KASHIDA}),
    "pbt_Arab": _group(f"{_ARABIC}; CLDR 48", {"ك": "ک", **_KASHIDA}),
    "pbu_Arab": _group(f"{_ARABIC}; CLDR 48", {"ك": "ک", **_KASHIDA}),
    "zlm_Arab": _group(_ARABIC, _KASHIDA),
    "hau_Latn": _group(
        "Newman 2000, The Hausa Language (Yale): 'y of Nigeria is ƴ of Niger, k' is ƙ without its letter",
        {f"{mark}y": "ƴ" for mark in _APOSTROPHES} | {f"k{mark}": "ƙ" for mark in _APOSTROPHES},
        before="a e i o u w y",
    ),
    **{
        code: _group(
            "Unicode Standard 17, chapter 7.8, U+02BB: ʻokina; Elbert and Pukui; CLDR 48", _marks(_OKINA), before=vowels
        )
        for code, vowels in {
            "haw_Latn": "a e i o u ā ē ī ō ū",
            "smo_Latn": "a e i o u ā ē ī ō ū",
            "ton_Latn": "a e i o u ā ē ī ō ū á é í ó ú",
        }.items()
    },
    "uzn_Latn": _group(
        "Law of Uzbekistan 931-XII (1993, 1995) on the Latin alphabet; CLDR 48",
        {**_behind("og", _OKINA), **_marks(_APOSTROPHE)},
    ),
    "ukr_Cyrl": _group("Ukrainian orthography 2019, paragraph 7; CLDR 48", _marks(_APOSTROPHE)),
    "bel_Cyrl": _group("Rules of Belarusian orthography 2008; CLDR 48", _marks(_APOSTROPHE)),
    "gug_Latn": _group("Guarani achegety, Academia de la Lengua Guaraní 2018; CLDR 48", _marks(_APOSTROPHE)),
    "quz_Latn": _group("Peru, R.M. 1218-85-ED: apostrophe of ejectives; CLDR 48", _marks(_APOSTROPHE)),
    "quh_Latn": _group("Bolivia, D.S. 20227 (1984): apostrophe of ejectives; CLDR 48", _marks(_APOSTROPHE)),
    "ayr_Latn": _group("Bolivia, D.S. 20227 (1984): apostrophe of ejectives", _marks(_APOSTROPHE)),
    "bre_Latn": _group("CLDR 48: letter cʼh", {f"c{mark}h": "cʼh" for mark in _APOSTROPHES if mark != _APOSTROPHE}),
    "ron_Latn": _group("SR 13411:1999; CLDR 48: comma below, not cedilla", {"ş": "ș", "ţ": "ț"}),
    "vie_Latn": _group("Decision 1989/QĐ-BGDĐT of 2018, article 8: the tone is on the main vowel", _VIETNAMESE),
    "heb_Hebr": _group(
        "Unicode Standard 17, chapter 9.1: geresh and gershayim; Annex 29, WB7a to WB7c",
        {**{mark: "׳" for mark in _APOSTROPHES}, '"': "״", "\u201d": "״"},
    ),
    "hin_Deva": _group(
        "Central Hindi Directorate, Devanagari Lipi tatha Hindi Vartani ka Manakikaran: anusvara before its stops",
        {f"{nasal}्{stop}": f"ं{stop}" for nasal, stops in _VARGAS.items() for stop in stops},
    ),
    "ben_Beng": _group("Unicode Standard 17, chapter 12.2: khanda ta before version 4.1", {"ত্\u200d": "ৎ"}),
    "mal_Mlym": _group(
        "Unicode Standard 17, chapter 12.9: chillus before version 5.1",
        {f"{letter}്\u200d": chillu for letter, chillu in _CHILLUS.items()},
    ),
    "sin_Sinh": _group(
        "SLS 1134; Unicode Standard 17, chapter 13.2: joiners choose the form of a conjunct",
        {},
        ignored=["ZWJ", "ZWNJ"],
    ),
    "oss_Cyrl": _group("CLDR 48: Cyrillic ӕ, for which Latin æ is typed", {"æ": "ӕ"}),
    "kbd_Cyrl": _group(_ADYGHE, _palochka("клптфцщ")),
    "ady_Cyrl": _group(_ADYGHE, _palochka("клптцчш")),
    **{code: _group(_GREEK, {"ε": "ɛ", "γ": "ɣ"}) for code in ("kab_Latn", "tzm_Latn", "ewe_Latn")},
    **{code: _group(_GREEK, {"ε": "ɛ"}) for code in ("bam_Latn", "dyu_Latn", "twi_Latn")},
}
"""Code -> group `variants` of its file."""


def main() -> None:
    folder = resources_folder() / "languages"
    for code, group in VARIANTS.items():
        write_language(read_yaml(folder / f"{code}.yaml") | {"variants": dict(group)}, folder)


if __name__ == "__main__":
    main()
