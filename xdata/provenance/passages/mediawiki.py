"""Messages of MediaWiki and its extensions, which volunteers have translated into some five hundred languages."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path

import langcodes
import regex

from xdata.provenance.languages import DEFAULTS
from xdata.provenance.passages.fitness import fit
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage, tidy
from xdata.text.scripts import count_scripts, dominant_script

_CODES: Mapping[str, str] = {
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

_OTHER = frozenset({"qqq", "qqx", "en-gb", "en-ca", "sh", "sh-latn", "sh-cyrl", "zh", "kk", "en-x-piglatin", "hif"})
"""Files that document messages, and those of languages that share a code."""
_LEAST_OTHER_WORDS = 0.5
"""Share of a message's words that must not stand in the English one: what is half translated is left out."""


def passages(cache: Path) -> Iterator[Passage]:
    """Every translated message, by language."""
    for package in packages_of("mediawiki"):
        english, others = _messages(unpacked(package, cache))
        for text in dict.fromkeys(map(tidy, english.values())):
            if fit(text):
                yield Passage("eng_Latn", text, "phrases", package.title)
        for code in sorted(others):
            found = {tidy(text): None for name, text in others[code].items() if text != english.get(name)}
            words = {tidy(text): set(tidy(english.get(name, "")).split()) for name, text in others[code].items()}
            kept = [text for text in found if fit(text) and _is_translated(text, words.get(text, set()))]
            label = label_of(code, " ".join(kept))
            for text in kept:
                if label is not None and label == label_of(code, text):
                    yield Passage(label, text, "phrases", package.title)


def _is_translated(text: str, english: set[str]) -> bool:
    words = [word for word in text.split() if word[:1].isalpha()]
    return sum(word not in english for word in words) >= _LEAST_OTHER_WORDS * len(words)


def _messages(folder: Path) -> tuple[Mapping[str, str], Mapping[str, Mapping[str, str]]]:
    """(name -> English message, code -> name -> message), a name being that of the folder and the message's own."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for path in sorted(folder.rglob("i18n/**/*.json")):
        content = json.loads(path.read_text(encoding="utf-8"))
        if isinstance(content, dict):
            place = str(path.parent.relative_to(folder))
            named = {f"{place}:{name}": text for name, text in content.items() if isinstance(text, str)}
            found[path.stem].update(named)
    english = found.pop("en", {})
    return english, {code: named for code, named in found.items() if code not in _OTHER}


def label_of(code: str, text: str) -> str | None:
    """The label of a text under a code such as `sr-ec` or `pt_BR`, None where the code means no single language."""
    script = dominant_script(count_scripts(text), text)
    language = _language(code.lower().replace("_", "-"))
    return None if script is None or language is None else f"{language}_{script}"


@cache
def _language(code: str) -> str | None:
    """ISO 639-3 of an individual language."""
    if code in _CODES:
        return _CODES[code]
    if not _SIMPLE.fullmatch(code) or _FORMS & set(code.split("-")):
        return None
    first = code.split("-")[0]
    first = _CODES.get(first, first)
    try:
        iso639_3 = langcodes.Language.get(first, normalize=False).to_alpha3()
    except (LookupError, ValueError):
        return None
    return DEFAULTS.get(iso639_3, iso639_3)
