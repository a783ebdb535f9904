"""What is known of a language, and the one place where its codes are read.

A language is `iso639-3_Script`, as `mlt_Latn`. Facts are data: one YAML file a language under
`resources/languages/`, and an overlay folder of the user's whose files stand in for ours. A language without a
file can be used all the same: its code is checked against the IANA registry, and `described` is false.

Other forms of a code (`mt`, `sw`, `zh-TW`) are accepted at the border and resolved through the aliases of the
described languages and CLDR's likely scripts, or refused with the nearest names.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import langcodes
import regex
from babel.core import get_global
from langcodes.tag_parser import LanguageTagError
from pydantic import BaseModel, ConfigDict, Field

from xdata.errors import ConfigError, nearest
from xdata.resources import resource
from xdata.validation import validate
from xdata.yaml_files import read_yaml

UNDETERMINED = "und"
"""The code that stands where a language is not known (ISO 639-2)."""

_NO_SCRIPT = frozenset({"Zyyy", "Zinh", "Zxxx", "Zzzz"})
"""ISO 15924 codes that name no writing system."""

_CODE = regex.compile(r"([a-z]{3})_([A-Z][a-z]{3})")
_ISO639_3 = regex.compile(r"[a-z]{3}")


class Names(BaseModel):
    """What a language is called."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    source: str
    english: str
    autonym: str | None = None
    """In the language itself; None where the source has none."""


class Aliases(BaseModel):
    """Other codes that mean this language where nothing more is said: two letters, or its macrolanguage."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    source: str
    codes: tuple[str, ...]


class LanguageFile(BaseModel):
    """One file of `resources/languages/`: each group of facts with its source, None where nothing is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: str = Field(pattern=f"^{_CODE.pattern}$")
    names: Names | None = None
    aliases: Aliases | None = None


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
        return LanguageFile(code=self.code) if path is None else _read_file(path)

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
    return code == UNDETERMINED or _CODE.fullmatch(code) is not None


def is_iso639_3(code: str) -> bool:
    """Whether a word has the form of an ISO 639-3 code."""
    return _ISO639_3.fullmatch(code) is not None


def described_languages(*, overlay: Path | None = None) -> dict[str, Path]:
    """Code -> file of every language that has one, in order of code; the overlay's files before ours."""
    files = _files_in(resource("languages"))
    if overlay is not None:
        if not overlay.is_dir():
            raise ConfigError(f"{overlay}: the folder of language files is not there")
        files = files | _files_in(overlay)
    return dict(sorted(files.items()))


def describe_code(code: str, *, overlay: Path | None = None) -> tuple[str, bool]:
    """(English name or the code itself, whether the language has a file) of any code, without resolving it."""
    path = described_languages(overlay=overlay).get(code)
    names = _read_file(path).names if path else None
    return (names.english if names else code), path is not None


def resolve_code(name: str, *, overlay: Path | None = None) -> str:
    """`iso639-3_Script` of a language named in any usual form. Raises ConfigError as `Language` does."""
    code = find_code(name, overlay=overlay)
    if code is None:
        raise ConfigError(f"unknown language {name!r}: {_nearest_language(name, described_languages(overlay=overlay))}")
    return code


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
        return f"{iso639_3}_{tag.script}"
    scripts = [code.split("_")[1] for code in described if code.startswith(f"{iso639_3}_")]
    likely = _likely_script(tag)
    if likely and (likely in scripts or not scripts):
        return f"{iso639_3}_{likely}"
    if len(scripts) == 1:
        return f"{iso639_3}_{scripts[0]}"
    examples = ", ".join(f"{iso639_3}_{script}" for script in scripts or ("Latn", "Arab"))
    raise ConfigError(f"language {name!r}: say in which script, as {examples}")


def resolve_codes(names: Iterable[str], *, overlay: Path | None = None) -> tuple[str, ...]:
    """The codes of several languages, sorted, each once."""
    return tuple(sorted({resolve_code(name, overlay=overlay) for name in names}))


def _parse(name: str) -> langcodes.Language | None:
    try:
        tag = langcodes.Language.get(name.replace("_", "-"))
        valid = tag.is_valid() and tag.language is not None and tag.language != UNDETERMINED
        valid = valid and is_iso639_3(tag.to_alpha3())
    except (LanguageTagError, LookupError):
        valid = False
    return tag if valid and tag.script not in _NO_SCRIPT else None


def _nearest_language(name: str, known: Iterable[str]) -> str:
    """Names the described languages whose code or English name is nearest."""
    names = {Language(code).name.casefold(): code for code in known if code in described_languages()}
    if name.casefold() in names:
        return f"did you mean {names[name.casefold()]!r}?"
    found = nearest(name, known)
    return found if found.startswith("did") else "write iso639-3_Script, as swh_Latn"


def _likely_script(tag: langcodes.Language) -> str | None:
    """CLDR's likely script of a language without one, the territory heeded; None where CLDR has none."""
    subtags = get_global("likely_subtags")
    macrolanguage = langcodes.standardize_tag(tag.language or "", macro=True)
    for key in (f"{tag.language}_{tag.territory}", tag.language, tag.to_alpha3(), macrolanguage):
        if key and key in subtags:
            return str(subtags[key]).split("_")[1]
    return None


@cache
def _aliases(overlay: Path | None) -> dict[str, str]:
    """Alias -> ISO 639-3 code, of all described languages."""
    aliases: dict[str, str] = {}
    for code, path in described_languages(overlay=overlay).items():
        file = _read_file(path)
        for alias in file.aliases.codes if file.aliases else ():
            aliases[alias] = code.split("_")[0]
    return aliases


@cache
def _files_in(folder: Path) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.yaml")) if _CODE.fullmatch(path.stem)}


@cache
def _read_file(path: Path) -> LanguageFile:
    file = validate(LanguageFile, read_yaml(path), where=str(path))
    if file.code != path.stem:
        raise ConfigError(f"{path}: its code is {file.code!r}, which its name must be")
    return file
