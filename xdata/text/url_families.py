"""URL families: a URL and those of its translations, equal without their language codes.

    mt.example.org/x, example.org/mt-MT/x, example.org/x?lang=mt     all of example.org/x
    example.org/x.mt.html                                            of example.org/x.html

A site that has its pages in several languages mostly has them under the same path but for a code (RFC 5646: language,
script, region), which is what its hreflang links say too. A code may be the first label of a host of three and more,
one of the first two segments of a path, a parameter that is called after a language, or what stands before the ending
of a file. Codes mean other things too (`/new/`, `/id/`): the family is then larger than it should be, by pages whose
rest of the path is the same.
"""

from functools import lru_cache
from urllib.parse import unquote

import regex

from xdata.text.hosts import split_url

_LEAST_LABELS = 3
_CODE_SEGMENTS = 2
_TRIFLES = ("www.", "m.")
_PARAMETERS = frozenset({"lang", "language", "locale", "hl", "lng", "l", "uselang", "setlang"})
_TAG = regex.compile(r"([a-z]{2,3})(?:[-_][a-z]{4})?(?:[-_](?:[a-z]{2}|[0-9]{3}))?")
_ENDING = regex.compile(r"(.+)[._]([a-z]{2,3}(?:[-_][a-z0-9]{2,4})?)(\.[a-z0-9]{1,5})", regex.IGNORECASE)
_SUFFIX = regex.compile(r"(?:co|com|org|net|ac|edu|gov|go|or|ne)\.[a-z]{2}")
"""Below which names are registered: `is.co.uk` is a site, and no Icelandic one."""
_MOST_CHARACTERS = 35
"""Of a language tag, as RFC 5646 advises."""


def family_of(url: str) -> str:
    """A URL without scheme, `www.`, fragment, final slash and codes of languages; empty where it has no host."""
    host, rest = split_url(url)
    if not host:
        return ""
    for trifle in _TRIFLES:
        host = host.removeprefix(trifle)
    first, _, others = host.partition(".")
    if others.count(".") >= _LEAST_LABELS - 2 and is_tag(first) and not _SUFFIX.fullmatch(others):
        host = others
    path, _, query = rest.split("#", 1)[0].partition("?")
    kept = [pair for pair in query.split("&") if pair and not _says_language(pair)]
    return f"{host}{_path(path)}{'?' if kept else ''}{'&'.join(kept)}"


def _path(path: str) -> str:
    segments = path.rstrip("/").split("/")
    for number in range(1, min(len(segments), _CODE_SEGMENTS + 1)):
        if is_tag(unquote(segments[number])):
            del segments[number]
            break
    match = _ENDING.fullmatch(segments[-1])
    if match and is_tag(match[2]):
        segments[-1] = match[1] + match[3]
    return "/".join(segments)


def _says_language(pair: str) -> bool:
    name, _, value = pair.partition("=")
    return name.lower() in _PARAMETERS and is_tag(unquote(value))


def is_tag(word: str) -> bool:
    """Whether a word is a tag of a language that there is: `mt`, `mt-MT`, `zh_Hant`, `swa`."""
    return len(word) <= _MOST_CHARACTERS and _is_tag(word.lower())


@lru_cache(maxsize=50_000)
def _is_tag(word: str) -> bool:
    match = _TAG.fullmatch(word)
    return match is not None and _is_language(match[1])


@lru_cache(maxsize=20_000)
def _is_language(code: str) -> bool:
    """Whether a code is registered for a language (IANA)."""
    from langcodes import tag_is_valid  # takes long to load, and few runs look at families

    return bool(tag_is_valid(code))
