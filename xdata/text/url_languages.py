"""Language identification by URL: a code, a name or a country in whole labels and segments.

    mt.example.org, example.org/mt-MT/…     a code, as the first label of a host or among the first segments of a path
    malti.example.org, example.org/Maltese  a name, English or the language's own, in any label or segment
    example.com.mt, пример.рф               a country nearly all of whose people speak it

Nothing is found inside of labels and segments: `/malt/` does not indicate Maltese. A code is short and means other
things too (`co.uk`, `/x/12`), so it counts in those places alone, and one that is an everyday word or mark (`/new/`,
`/hr/`) counts with a script or region alone (`/hr-HR/`); no domain of a country is read as a code (`.cy` is Cyprus and
not Welsh), and those that are sold to anybody (`.tv`) say nothing. What says another script than the language is in,
says not this language: `/zh-CN/` and `.cn` are no traditional Chinese, and `/sr-Latn/` is no Serbian in Cyrillic."""

import unicodedata
from functools import cache
from typing import NamedTuple

import regex
from babel.core import get_global

from xdata.language_files import facts_of
from xdata.text.hosts import MOST_PATH_PREFIXES, split_url, unescape
from xdata.text.scripts import count_scripts, script_members

_LEAST_SHARE = 50.0
"""Per cent of the people of a country that speak a language which its domain indicates (CLDR)."""
_GENERIC = frozenset({
    "ad", "ai", "as", "bz", "cc", "cd", "cf", "co", "dj", "fm", "ga", "gq", "io", "la", "me", "ml", "ms", "nu", "sc",
    "sr", "su", "tk", "to", "tv", "ws",
})  # fmt: skip
"""Domains of countries that search engines take for general ones, and those that were given away or sold to anybody."""
_DOMAINS = {"GB": "uk"}
"""Domain of a country that is not called as it is."""
_DOMAINS_IN_SCRIPTS = {
    "рф": "RU", "бел": "BY", "укр": "UA", "срб": "RS", "мкд": "MK", "қаз": "KZ", "мон": "MN", "бг": "BG", "ελ": "GR",
    "հայ": "AM", "გე": "GE", "ישראל": "IL", "ایران": "IR", "پاکستان": "PK", "السعودية": "SA", "امارات": "AE",
    "مصر": "EG", "سورية": "SY", "تونس": "TN", "فلسطين": "PS", "قطر": "QA", "المغرب": "MA", "الجزائر": "DZ",
    "عمان": "OM", "البحرين": "BH", "عراق": "IQ", "موريتانيا": "MR", "سودان": "SD", "الاردن": "JO", "বাংলা": "BD",
    "ලංකා": "LK", "ไทย": "TH", "ລາວ": "LA", "中国": "CN", "台灣": "TW", "台湾": "TW", "香港": "HK", "澳門": "MO",
    "한국": "KR",
}  # fmt: skip
"""Domain of a country in a script of its own -> the country, whose languages in that script it indicates (IANA)."""
_DOMAINS_OF_LANGUAGES = {
    "भारत": "hin", "भारतम्": "san", "ভারত": "ben", "ভাৰত": "asm", "ਭਾਰਤ": "pan", "ભારત": "guj", "இந்தியா": "tam",
    "இலங்கை": "tam", "சிங்கப்பூர்": "tam", "భారత్": "tel", "ಭಾರತ": "kan", "ഭാരതം": "mal", "ଭାରତ": "ory", "بھارت": "urd",
    "ڀارت": "snd", "بارت": "kas",
}  # fmt: skip
"""Domain that one of the languages of a country has for itself -> the language."""
_COMMUNITIES = {
    "bre": "bzh", "cat": "cat", "cos": "corsica", "cym": "cymru", "eus": "eus", "fry": "frl", "glg": "gal",
    "tat": "tatar",
}  # fmt: skip
"""Language -> the domain of its speakers."""
_CODE_SEGMENTS = 2
"""First segments of a path that may be a code."""
_LEAST_LABELS = 3
"""Of a host whose first label may be a code: `mt.example.org`, and not `mt.com`."""
_TRIFLES = frozenset({"www", "m"})
"""First labels that say nothing."""
_EVERYDAY = frozenset({
    "ace", "ban", "bar", "bin", "bug", "bum", "cab", "cat", "cpu", "dan", "dip", "eve", "even", "fat", "fit",
    "fon", "fur", "gag", "gen", "hat", "hr", "id", "ind", "io", "jam", "kin", "lad", "lin", "lot", "mad", "mag",
    "mai", "mam", "mar", "mas", "men", "mic", "min", "ml", "mon", "my", "nan", "nap", "nav", "new", "nod", "nor",
    "not", "os", "pam", "pan", "ppl", "ps", "que", "rap", "rar", "run", "sag", "san", "sat", "shy", "sid", "sin",
    "sms", "spa", "src", "st", "sun", "sus", "tat", "tel", "tem", "to", "ton", "top", "ts", "umb", "vec", "war",
})  # fmt: skip
"""Codes and names of languages that stand in URLs for other things: English words, days, months, files, marks."""
_TAG = regex.compile(r"([a-z]{2,3})(?:[-_]([a-z]{4}))?(?:[-_]([a-z]{2}|[0-9]{3}))?(?:[-_][a-z0-9]{5,8})?")
"""A language tag: code, script, region, variant."""
_CHINESE = ("Hans", "Hant")
_PARTS = regex.compile(r"[\s\-_'\u2019]+")


class _Marks(NamedTuple):
    """The marks of a language in URLs."""

    script: str
    codes: frozenset[str]
    names: frozenset[str]
    domains: frozenset[str]


def says_language(url: str, language: str) -> bool:
    """Whether the host or the path of a URL states the language (`iso639-3_Script`)."""
    host, rest = split_url(url)
    if not host or host.startswith("["):
        return False
    marks = _marks(language)
    labels = [_read_label(label) for label in host.split(".")]
    segments = _segments(rest)
    if labels[-1] in marks.domains or not marks.names.isdisjoint(map(_squeezed, (*labels[:-1], *segments))):
        return True
    while len(labels) > 1 and labels[0] in _TRIFLES:
        labels = labels[1:]
    first = labels[:1] if len(labels) >= _LEAST_LABELS else []
    return any(_says_code(part, marks) for part in (*first, *segments[:_CODE_SEGMENTS]))


def _says_code(part: str, marks: _Marks) -> bool:
    """Whether a label or segment is a tag of the language, and of no other script: `mt`, `mt-MT`, `mlt_Latn`."""
    tag = _TAG.fullmatch(part)
    if tag is None or tag[1] not in marks.codes or part in _EVERYDAY:
        return False
    script = tag[2] or (_script_in(marks, tag[3]) if tag[3] else None)
    return script is None or script.title() == marks.script


def _script_in(marks: _Marks, region: str) -> str | None:
    """The script that a region implies (CLDR): for Chinese any region, else regions with another script."""
    subtags = get_global("likely_subtags")
    keys = [f"{code}_{region.upper()}" for code in sorted(marks.codes)]
    if marks.script in _CHINESE:
        keys += sorted(marks.codes)
    found = next((subtags[key] for key in keys if key in subtags), None)
    return None if found is None else str(found).split("_")[1]


def _segments(rest: str) -> list[str]:
    """The first segments of a path, folded."""
    path = rest.split("?", 1)[0].split("#", 1)[0]
    some = [segment for segment in path.split("/", MOST_PATH_PREFIXES + 1)[:MOST_PATH_PREFIXES] if segment]
    return [_fold(unescape(segment)) for segment in some]


def _read_label(label: str) -> str:
    """A label of a host as people write it."""
    if not label.startswith("xn--"):
        return label
    try:
        return _fold(label[4:].encode("ascii").decode("punycode"))
    except UnicodeError:
        return label


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold()


def _squeezed(name: str) -> str:
    """A name without what parts its words: `upper-sorbian` and `Upper Sorbian` are one."""
    return _PARTS.sub("", name)


@cache
def _marks(language: str) -> _Marks:
    iso639_3, _, script = language.partition("_")
    facts = facts_of(language)
    codes = {iso639_3, *(facts.aliases.codes if facts and facts.aliases else ())}
    names = [] if facts is None or facts.names is None else [facts.names.english, facts.names.autonym or ""]
    squeezed = {_squeezed(_fold(name)) for name in names} - {""} - _EVERYDAY
    domains = {domain for code in codes for domain in _domains().get((code, script), ())}
    domains |= {
        _fold(domain) for domain, own in _DOMAINS_OF_LANGUAGES.items() if own == iso639_3 and _is_in(domain, script)
    }
    domains |= {_COMMUNITIES.get(iso639_3, "")} - {""}
    return _Marks(script, frozenset(codes), frozenset(squeezed), frozenset(domains))


@cache
def _domains() -> dict[tuple[str, str], frozenset[str]]:
    """(code of a language, as CLDR has it, and script) -> domains of countries nearly all of whose people speak it."""
    found: dict[tuple[str, str], set[str]] = {}
    for territory, spoken in get_global("territory_languages").items():
        own = [domain for domain, country in _DOMAINS_IN_SCRIPTS.items() if country == territory]
        latin = _DOMAINS.get(territory, territory.lower())
        for tag, facts in spoken.items():
            share = facts["population_percent"]
            if share is None or share < _LEAST_SHARE:
                continue
            language, script = _language_and_script(str(tag), territory)
            domains = {_fold(domain) for domain in own if _is_in(domain, script)}
            if len(latin) == 2 and latin not in _GENERIC:
                domains.add(latin)
            found.setdefault((language, script), set()).update(domains)
    return {key: frozenset(domains) for key, domains in found.items()}


def _language_and_script(tag: str, territory: str) -> tuple[str, str]:
    """`zh` and `HK`: zh, Hant; `sr_Latn`: sr, Latn; no script where CLDR has none."""
    language, _, script = tag.partition("_")
    subtags = get_global("likely_subtags")
    likely = subtags.get(f"{language}_{territory}") or subtags.get(language) or "_"
    return language, script or str(likely).split("_")[1]


def _is_in(domain: str, script: str) -> bool:
    """Whether a domain is written in the script, letter for letter."""
    return set(count_scripts(domain)) <= script_members(script)
