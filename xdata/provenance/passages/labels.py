"""What the language codes of packages mean: `iso639-3_Script`, the script being that of the text."""

from collections.abc import Mapping
from functools import cache

import langcodes
import regex

from xdata.provenance.languages import DEFAULTS
from xdata.text.scripts import count_scripts, dominant_script

WIKIPEDIAS: Mapping[str, str] = {
    "als": "gsw", "bat-smg": "sgs", "be-tarask": "bel", "bh": "bho", "cbk-zam": "cbk", "crh-ro": "crh",
    "eml": "egl", "fiu-vro": "vro", "kv": "kpv", "map-bms": "jav", "mo": "ron", "nds-nl": "nds", "roa-rup": "rup",
    "roa-tara": "nap", "zh-classical": "lzh", "zh-min-nan": "nan", "zh-yue": "yue", "ike-latn": "ike", "kk": "kaz",
    "nan-latn-pehoeji": "nan", "nan-latn-tailo": "nan", "kr": "knc", "tw": "twi", "tly": "tly", "tzm": "tzm",
    "ko-kp": "kor", "ik": "esi", "iu": "ike", "ff": "fuv", "de-ch": "deu", "de-at": "deu", "prs": "prs",
    "din": "dik", "kg": "kon", "bgc-arab": "bgc", "cnr-latn": "cnr", "lmo": "lmo", "kge": "kge",
}  # fmt: skip
"""Code of a Wikipedia or of MediaWiki -> ISO 639-3, where it is another than the code says."""

_FORMS = frozenset({"formal", "informal", "x"})
"""Subtags of a way of speaking."""
_SIMPLE = regex.compile(r"[a-z]{2,3}(?:[-_][A-Za-z0-9]{2,8}){0,3}")


def label_of(code: str, text: str) -> str | None:
    """The label of a text under a code such as `sr-ec` or `pt_BR`, None where the code means no single language."""
    script = dominant_script(count_scripts(text), text)
    language = _language(code.lower().replace("_", "-"))
    return None if script is None or language is None else f"{language}_{script}"


@cache
def _language(code: str) -> str | None:
    """ISO 639-3 of an individual language."""
    if code in WIKIPEDIAS:
        return WIKIPEDIAS[code]
    if not _SIMPLE.fullmatch(code) or _FORMS & set(code.split("-")):
        return None
    first = code.split("-")[0]
    first = WIKIPEDIAS.get(first, first)
    try:
        iso639_3 = langcodes.Language.get(first, normalize=False).to_alpha3()
    except (LookupError, ValueError):
        return None
    return DEFAULTS.get(iso639_3, iso639_3)
