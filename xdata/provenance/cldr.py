"""What the packages of the Unicode CLDR say of a language: letters and punctuation. They are JSON, published on npm."""

import json
from collections.abc import Iterable
from pathlib import Path

import langcodes
import regex
from babel import Locale
from babel.core import UnknownLocaleError, get_global

_ESCAPE = regex.compile(r"\\(?:u([0-9A-Fa-f]{4})|(.))")


class Cldr:
    """The unpacked package `cldr-misc-full`."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
        self.source = f"CLDR {package['version']}, npm cldr-misc-full"

    def exemplars(self, code: str, kind: str, tags: Iterable[str] = ()) -> list[str]:
        """A set of exemplar characters of a language (`exemplarCharacters`, `auxiliary`, `punctuation`), in order."""
        for name in locale_names(code, tags):
            path = self._folder / "main" / name / "characters.json"
            if path.is_file():
                characters = json.loads(path.read_text(encoding="utf-8"))["main"][name]["characters"]
                return parse_set(characters.get(kind, "[]"))
        return []


def locale_names(code: str, tags: Iterable[str] = ()) -> list[str]:
    """Names that CLDR may have a language in a script under, the most exact first; `tags` are its other names."""
    iso639_3, script = code.split("_")
    found = list(dict.fromkeys([langcodes.standardize_tag(iso639_3), *tags, iso639_3]))
    likely = [get_global("likely_subtags").get(tag, "").split("_") for tag in found]
    plain = [tag for tag, subtags in zip(found, likely, strict=True) if len(subtags) > 1 and subtags[1] == script]
    return [*(f"{tag}-{script}" for tag in found), *plain]


def native_digits(code: str, tags: Iterable[str] = ()) -> str | None:
    """The digits that CLDR has for a language by default, None where it has none of the language."""
    for name in locale_names(code, tags):
        try:
            system = Locale.parse(name.replace("-", "_")).default_numbering_system
        except (UnknownLocaleError, ValueError):
            continue
        return _digits_of(system, code.split("_")[1])
    return None


def parse_set(text: str) -> list[str]:
    """The strings of a UnicodeSet as CLDR's JSON writes it: characters, ranges, and sequences in braces."""
    text = _ESCAPE.sub(lambda match: _kept(chr(int(match[1], 16)) if match[1] else match[2]), text)
    found: list[str] = []
    position = 1
    while position < len(text) - 1:
        if text[position] == "{":
            end = text.index("}", position)
            found.append(text[position + 1 : end])
            position = end + 1
        elif text[position] == "-" and found and position + 1 < len(text) - 1:
            found += [chr(number) for number in range(ord(found[-1]) + 1, ord(text[position + 1]) + 1)]
            position += 2
        else:
            if not text[position].isspace():
                found.append(text[position])
            position += 1
    return [_given_back(item) for item in found]


_SYNTAX = "{}-[] "
_PRIVATE = 0xE000


def _kept(character: str) -> str:
    """A stand-in for an escaped character that would else be syntax."""
    return chr(_PRIVATE + _SYNTAX.index(character)) if character in _SYNTAX else character


def _given_back(item: str) -> str:
    return "".join(_SYNTAX[ord(c) - _PRIVATE] if 0 <= ord(c) - _PRIVATE < len(_SYNTAX) else c for c in item)


_SYSTEMS = {
    "latn": ("", 0x30), "arab": ("Arab", 0x660), "arabext": ("Arab", 0x6F0), "nkoo": ("Nkoo", 0x7C0),
    "deva": ("Deva", 0x966), "beng": ("Beng", 0x9E6), "tibt": ("Tibt", 0xF20), "mymr": ("Mymr", 0x1040),
    "olck": ("Olck", 0x1C50), "cakm": ("Cakm", 0x11136), "hmnp": ("Hmnp", 0x1E140), "adlm": ("Adlm", 0x1E950),
}  # fmt: skip
"""Numbering system of CLDR -> the script that it goes with (all, where there is none), and its nought."""


def _digits_of(system: str, script: str) -> str | None:
    """The digits of a numbering system, None where they do not go with the script."""
    own, nought = _SYSTEMS.get(system, ("?", 0))
    return "".join(chr(nought + number) for number in range(10)) if own in ("", script) else None
