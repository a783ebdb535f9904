"""Languages and their codes, which are resolved here and nowhere else.

A language is `iso639-3_Script`, as `mlt_Latn`, with the facts of its file (`language_files`). A language without a file
can be used all the same: its code is checked against the IANA registry, and `described` is false.

Other forms of a code (`mt`, `sw`, `zh-TW`) are accepted as input and resolved through the aliases of the described
languages and CLDR's likely scripts, or refused with the nearest names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import regex

from xdata.errors import ConfigError, nearest
from xdata.language_facts import CODE, LanguageFile
from xdata.language_files import aliases_in, described_languages, read_language

if TYPE_CHECKING:
    import langcodes

UNDETERMINED = "und"
"""The code that stands where a language is not known (ISO 639-2)."""
_NO_LANGUAGE = frozenset({UNDETERMINED, "mis", "mul", "zxx"})
"""ISO 639 codes of what is no language, or several."""
_NO_SCRIPT = frozenset({"Zyyy", "Zinh", "Zxxx", "Zzzz"})
"""ISO 15924 codes that name no writing system."""
_ISO639_3 = regex.compile(r"[a-z]{3}")
_WHOLE_SCRIPTS = {
    ("kor", "Hang"): "Kore",
    ("kor", "Hani"): "Kore",
    **{("jpn", script): "Jpan" for script in ("Hira", "Kana", "Hrkt", "Hani")},
}
"""(language, script that is one of those that it is written in together) -> ISO 15924 code of them all. FLORES-200,
FineWeb-2, HPLT and GlotLID label Korean `kor_Hang`."""
HAN = "Hani"
"""Han characters, of which a text in Chinese has the simplified (`Hans`) or the traditional ones (`Hant`)."""
CHINESE = ("zho_Hans", "zho_Hant")
"""Chinese in either script."""
CHINESE_OF_EITHER = "zho_Hani"
"""Code of Chinese text whose characters are in both standards, or equally many in each."""


@dataclass(frozen=True)
class Language:
    """A language in a script, by its code, with the facts of its file.

    `Language("sw")` resolves to `swh_Latn`. Raises ConfigError for a code that names no language, or one that
    does not tell which script is meant.
    """

    code: str
    """`iso639-3_Script`, as `swh_Latn`; other forms are resolved."""
    overlay: Path | None = None
    """Folder whose language files stand in for those of xdata."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "code", resolve_code(self.code, overlay=self.overlay))

    @property
    def iso639_3(self) -> str:
        return self.code.split("_")[0]

    @property
    def script(self) -> str:
        """ISO 15924."""
        return self.code.split("_")[1]

    @property
    def facts(self) -> LanguageFile:
        """The language's file; one with its code alone where nobody has described it."""
        path = self.path
        return LanguageFile(code=self.code) if path is None else read_language(path)

    @property
    def described(self) -> bool:
        """Whether the language has a file."""
        return self.path is not None

    @property
    def path(self) -> Path | None:
        """The file of the language, None without one."""
        return described_languages(overlay=self.overlay).get(self.code)

    @property
    def name(self) -> str:
        """The English name, or the code where none is known."""
        return self.facts.names.english if self.facts.names else self.code


def is_code(code: str) -> bool:
    """Whether a word has the form `iso639-3_Script`, or is `und`; so it may name a folder."""
    return code == UNDETERMINED or CODE.fullmatch(code) is not None


def is_iso639_3(code: str) -> bool:
    """Whether a word has the form of an ISO 639-3 code."""
    return _ISO639_3.fullmatch(code) is not None


def resolve_code(name: str, *, overlay: Path | None = None) -> str:
    """`iso639-3_Script` of a language named in any usual form. Raises ConfigError as `Language` does."""
    code = find_code(name, overlay=overlay)
    if code is None:
        raise ConfigError(f"unknown language {name!r}: {_nearest_language(name, described_languages(overlay=overlay))}")
    language, script = code.split("_")
    if script == HAN and name != CHINESE_OF_EITHER:
        raise ConfigError(
            f"language {name!r}: {HAN} is simplified or traditional: write {language}_Hans or {language}_Hant, or both"
        )
    return code


def written_in(iso639_3: str) -> frozenset[str]:
    """Scripts that a language is known to be written in, by the described languages and CLDR; none where none is."""
    import langcodes  # takes long to load, and codes of described languages need it not

    described = described_languages()
    files = [path for code, path in described.items() if code.startswith(f"{iso639_3}_")]
    tags = {iso639_3, *(alias for path in files for alias in aliases_in(path))}
    tags |= {langcodes.standardize_tag(tag, macro=macro) for tag in sorted(tags) for macro in (False, True)}
    likely = (_likely_scripts().get(tag, frozenset()) for tag in tags)
    return frozenset(path.stem.split("_")[1] for path in files).union(*likely)


@cache
def _likely_scripts() -> dict[str, frozenset[str]]:
    """Language -> scripts that CLDR names it with."""
    from babel.core import get_global

    found: dict[str, set[str]] = {}
    for key, tag in get_global("likely_subtags").items():
        language, *others = str(key).split("_")
        scripts = found.setdefault(language, set())
        scripts |= {part for part in others if len(part) == 4}
        if str(tag).startswith(f"{language}_"):
            scripts.add(str(tag).split("_")[1])
    return {language: frozenset(scripts) for language, scripts in found.items()}


def find_code(name: str, *, overlay: Path | None = None) -> str | None:
    """As `resolve_code`, None for what names no language, found out in no time."""
    described = described_languages(overlay=overlay)
    if name in described:
        return name
    tag = _parse(name)
    if tag is None:
        return None
    iso639_3 = _aliases(overlay).get(tag.language or "", tag.to_alpha3())
    if tag.script:
        return f"{iso639_3}_{_WHOLE_SCRIPTS.get((iso639_3, tag.script), tag.script)}"
    scripts = [code.split("_")[1] for code in described if code.startswith(f"{iso639_3}_")]
    likely = _likely_script(tag)
    if likely and (likely in scripts or not scripts):
        return f"{iso639_3}_{likely}"
    if len(scripts) == 1:
        return f"{iso639_3}_{scripts[0]}"
    examples = ", ".join(f"{iso639_3}_{script}" for script in scripts or ("Latn", "Arab"))
    raise ConfigError(f"language {name!r}: the script is missing: write {examples}")


def resolve_codes(names: Iterable[str], *, overlay: Path | None = None) -> tuple[str, ...]:
    """The codes of several languages, sorted, each once; a name may be a list with commas, as `sw,ha`."""
    several = (part.strip() for name in names for part in name.split(","))
    return tuple(sorted({resolve_code(name, overlay=overlay) for name in several}))


def other_scripts(name: str, *, overlay: Path | None = None) -> tuple[str, ...]:
    """Codes of a language in its other described scripts, where the name of the language leaves the script open."""
    code = find_code(name, overlay=overlay)
    tag = _parse(name)
    if code is None or tag is None or tag.script or tag.territory:
        return ()
    return tuple(each for each in described_languages(overlay=overlay) if each[:4] == code[:4] and each != code)


def _parse(name: str) -> "langcodes.Language | None":
    import langcodes
    from langcodes.tag_parser import LanguageTagError

    try:
        tag = langcodes.Language.get(name.replace("_", "-"))
        valid = tag.is_valid() and tag.language is not None and tag.language not in _NO_LANGUAGE
        valid = valid and is_iso639_3(tag.to_alpha3())
    except (LanguageTagError, LookupError):
        valid = False
    return tag if valid and tag.script not in _NO_SCRIPT else None


def _nearest_language(name: str, known: Iterable[str]) -> str:
    """Names the described languages whose code or English name is nearest."""
    names = {Language(code).name.casefold(): code for code in known if code in described_languages()}
    if name.casefold() in names:
        return f"did you mean {names[name.casefold()]!r}?"
    close = get_close_matches(name.casefold(), names, n=1, cutoff=0.75)
    if close:
        return f"did you mean {names[close[0]]!r} ({close[0].title()})?"
    found = nearest(name, known)
    return found if found.startswith("did") else "write iso639-3_Script, as swh_Latn"


def _likely_script(tag: "langcodes.Language") -> str | None:
    """CLDR's likely script of a language without one, the territory heeded; None where CLDR has none."""
    import langcodes
    from babel.core import get_global

    subtags = get_global("likely_subtags")
    macrolanguage = langcodes.standardize_tag(tag.language or "", macro=True)
    for key in (f"{tag.language}_{tag.territory}", tag.language, tag.to_alpha3(), macrolanguage):
        if key and key in subtags:
            return str(subtags[key]).split("_")[1]
    return None


def _aliases(overlay: Path | None) -> dict[str, str]:
    """Alias -> ISO 639-3 code, of all described languages."""
    aliases: dict[str, str] = {}
    for code, path in described_languages(overlay=overlay).items():
        for alias in aliases_in(path):
            aliases[alias] = code.split("_")[0]
    return aliases
