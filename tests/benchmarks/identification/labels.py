"""Labels: what the codes of identifiers and data sets mean, as `iso639-3_Script`.

Identifiers name languages in many ways: `sw`, `swa`, `swh_Latn`, `cmn_Hani`, `zh-Latn`. Where one says a macrolanguage
(`ara`, `swa`), it is read as the individual language that the set at hand has, in the script of the text: nobody loses
points for the way they name a language. A code that is another individual language stays what it is, and is wrong.
"""

from collections.abc import Collection
from functools import cache

import langcodes
import regex
from langcodes.tag_parser import LanguageTagError

from xdata.text.scripts import count_scripts, dominant_script

_SAME = {
    "cmn": "zho",
    "fat": "aka",
    "fil": "tgl",
    "kng": "kon",
    "ktr": "dtp",
    "ktu": "kon",
    "kwy": "kon",
    "kzj": "dtp",
    "ldi": "kon",
    "mol": "ron",
    "tdu": "dtp",
    "twi": "aka",
    "zgh": "tzm",
    "zlm": "zsm",
}
"""Codes that are one language for us. FLORES has called its Tamazight `tzm` and `zgh`, its Kongo `kon` and `ktu`, its
Tagalog `tgl` and `fil`; ISO 639-3 has put `kzj`, `ktr` and `tdu` together as `dtp`."""

_MEMBERS: dict[str, tuple[str, ...]] = {
    "ara": ("arb", "ary", "arq", "arz", "apc", "acm", "ars"),
    "aym": ("ayr",),
    "aze": ("azj", "azb"),
    "bih": ("bho", "mai", "mag"),
    "bik": ("bcl",),
    "bua": ("bxr",),
    "chm": ("mhr",),
    "din": ("dik",),
    "est": ("ekk",),
    "fas": ("pes", "prs"),
    "ful": ("fuv",),
    "grn": ("gug",),
    "hbs": ("srp", "hrv", "bos", "cnr"),
    "kok": ("gom", "knn"),
    "kom": ("kpv",),
    "kur": ("kmr", "ckb"),
    "lah": ("pnb",),
    "lav": ("lvs",),
    "mlg": ("plt",),
    "mon": ("khk",),
    "msa": ("zsm", "ind"),
    "nah": ("nhe", "nhw", "nch", "ncj", "nhi"),
    "nep": ("npi",),
    "nor": ("nob", "nno"),
    "ori": ("ory",),
    "orm": ("gaz",),
    "pus": ("pbt",),
    "que": ("quy", "quz"),
    "sqi": ("als",),
    "srd": ("sro", "src"),
    "swa": ("swh",),
    "uzb": ("uzn",),
    "yid": ("ydd",),
}
"""Macrolanguage -> its languages, the one first that is meant where nothing more is said."""

_ARABIC_MEMBERS = {"aze": ("azb",), "kur": ("ckb",)}
"""The same for texts in Arabic script."""

_COLLECTIVE = {
    "nah": frozenset({"azz", "naz", "nch", "nci", "ncj", "ngu", "nhe", "nhi", "nhn", "nhw", "nhx", "nlv"}),
    "srd": frozenset({"sdc", "sdn", "src", "sro"}),
}
"""Languages of data sets that are several by ISO 639-3: each of them is right."""

_OF_IDENTIFIERS = {"als": "gsw", "bh": "bih", "in": "ind", "iw": "heb", "ji": "yid", "jw": "jav", "no": "nor"}
"""Codes of fastText's and Google's identifiers that are not in the registry, or mean another language there."""

_SCRIPTS = {"Hang": "Kore", "Hani": "Hani", "Hira": "Jpan", "Kana": "Jpan"}
_CODE = regex.compile(r"(?:__label__)?([A-Za-z]{2,3})(?:[-_]([A-Za-z]{4}))?(?:[-_].*)?")


def read_code(code: str | None, *, own_codes: bool = False) -> tuple[str | None, str | None]:
    """(ISO 639-3 code, script) of a code in any form, None for what it does not say.

    `und` and codes of no language are no answer. With `own_codes`, Wikipedia's and Google's own codes are understood,
    as `als` for Alemannic.
    """
    match = _CODE.fullmatch(code) if code else None
    if match is None:
        return None, None
    language, script = match[1].lower(), match[2].title() if match[2] else None
    if own_codes:
        language = _OF_IDENTIFIERS.get(language, language)
    if language in ("und", "mis", "mul", "zxx"):
        return None, None
    return _three_letters(language), _SCRIPTS.get(script or "", script)


@cache
def _three_letters(language: str) -> str:
    if len(language) == 3:
        return language
    try:
        return langcodes.Language.get(language).to_alpha3()
    except (LanguageTagError, LookupError):
        return language


def one_name(language: str) -> str:
    """The code that stands for a language in this benchmark, of those that it goes by."""
    return _SAME.get(language, language)


def name_within(language: str, script: str | None, known: Collection[str]) -> str:
    """The code among those `known` that a code means; the code itself where it means none of them."""
    language = one_name(language)
    if language in known:
        return language
    members = (*(_ARABIC_MEMBERS.get(language, ()) if script == "Arab" else ()), *_MEMBERS.get(language, ()))
    collective = (name for name, codes in _COLLECTIVE.items() if language in codes)
    return next((code for code in (*members, *collective) if code in known), language)


def script_of(text: str) -> str | None:
    """The script of a text: `Hani` where nothing tells Hans from Hant, None where it has no letter."""
    return dominant_script(count_scripts(text), text)


def code_of(label: str) -> str:
    """`swh` of `swh_Latn`."""
    return label.partition("_")[0]


def script_of_label(label: str) -> str | None:
    """`Latn` of `swh_Latn`; None without one."""
    return label.partition("_")[2] or None


def make_label(language: str, script: str | None) -> str:
    """`swh_Latn`; the code alone without a script."""
    return f"{language}_{script}" if script else language


def place(label: str | None, text_script: str | None, known: Collection[str]) -> str | None:
    """A predicted label among the language codes of a set, in the script of the text where the label has none."""
    if label is None:
        return None
    script = script_of_label(label) or text_script
    return make_label(name_within(code_of(label), script, known), script)


def settle_han(gold: str, predicted: str | None) -> tuple[str, str | None]:
    """Both labels, where one is in Han characters that nothing tells the script of: then it is that of the other.

    It is Hans where neither says it.
    """
    scripts = {script_of_label(label) for label in (gold, predicted) if label}
    script = "Hant" if scripts == {"Hani", "Hant"} else "Hans"
    return _in_script(gold, script), predicted and _in_script(predicted, script)


def _in_script(label: str, script: str) -> str:
    return make_label(code_of(label), script) if script_of_label(label) == "Hani" else label
