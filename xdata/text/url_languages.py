"""Whether a URL says that its page is in a language: by a code, a name or a country, in whole labels and segments.

    mt.example.org, example.org/mt-MT/…     a code, as the first label of a host or among the first segments of a path
    malti.example.org, example.org/Maltese  a name, English or the language's own, in their place or any other
    example.com.mt                          a country nearly all of whose people speak it

Nothing is found inside of labels and segments: `/malt/` says nothing of Maltese. A code is short and means other things
too (`co.uk`, `/id/12`), so it counts in those places alone; no domain of a country is read as a code (`.cy` is Cyprus
and not Welsh), and those that are sold to anybody (`.tv`) say nothing.
"""

import unicodedata
from functools import cache
from typing import NamedTuple

import regex
from babel.core import get_global

from xdata.languages import facts_of
from xdata.text.hosts import MOST_PATH_PREFIXES, split_url, unescape

_LEAST_SHARE = 50.0
"""Per cent of the people of a country that speak a language which its domain says (CLDR)."""
_GENERIC = frozenset({
    "ad", "ai", "as", "bz", "cc", "cd", "cf", "co", "dj", "fm", "ga", "gq", "io", "la", "me", "ml", "ms", "nu", "sc",
    "sr", "su", "tk", "to", "tv", "ws",
})  # fmt: skip
"""Domains of countries that search engines take for general ones, and those that were given away or sold to anybody."""
_DOMAINS = {"GB": "uk"}
"""Domain of a country that is not called as it is."""
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
_CODE = regex.compile(r"([a-z]{2,3})(?:[-_][a-z0-9]{2,8}){0,2}")
_PARTS = regex.compile(r"[\s\-_'\u2019]+")


class _Marks(NamedTuple):
    """What says a language."""

    codes: frozenset[str]
    names: frozenset[str]
    domains: frozenset[str]


def says_language(url: str, language: str) -> bool:
    """Whether the host or the path of a URL says that the page is in a language (`iso639-3_Script`)."""
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
    return any(_says_code(part, marks.codes) for part in (*first, *segments[:_CODE_SEGMENTS]))


def _says_code(part: str, codes: frozenset[str]) -> bool:
    """Whether a label or segment is a language tag of one of these languages: `mt`, `mt-MT`, `mlt_Latn`."""
    found = _CODE.fullmatch(part)
    return found is not None and found[1] in codes


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
    iso639_3 = language.split("_")[0]
    facts = facts_of(language)
    codes = {iso639_3, *(facts.aliases.codes if facts and facts.aliases else ())}
    names = [] if facts is None or facts.names is None else [facts.names.english, facts.names.autonym or ""]
    squeezed = {_squeezed(_fold(name)) for name in names} - {""}
    domains = {domain for code in codes for domain in _domains().get(code, ())}
    return _Marks(frozenset(codes), frozenset(squeezed), frozenset(domains | {_COMMUNITIES.get(iso639_3, "")} - {""}))


@cache
def _domains() -> dict[str, frozenset[str]]:
    """Code of a language, as CLDR has it -> domains of the countries nearly all of whose people speak it."""
    found: dict[str, set[str]] = {}
    for territory, spoken in get_global("territory_languages").items():
        domain = _DOMAINS.get(territory, territory.lower())
        for tag, facts in spoken.items():
            share = facts["population_percent"]
            if len(domain) == 2 and domain not in _GENERIC and share is not None and share >= _LEAST_SHARE:
                found.setdefault(str(tag).split("_")[0], set()).add(domain)
    return {code: frozenset(domains) for code, domains in found.items()}
