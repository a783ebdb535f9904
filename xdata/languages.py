"""What is known of a language, and the one place where its codes are read.

A language is `iso639-3_Script`, as `mlt_Latn`. Facts are data: one YAML file a language under
`resources/languages/`, and an overlay folder of the user's whose files stand in for ours. A language without a
file can be used all the same: its code is checked against the IANA registry, and `described` is false.

Other forms of a code (`mt`, `sw`, `zh-TW`) are accepted at the border and resolved through the aliases of the
described languages and CLDR's likely scripts, or refused with the nearest names.
"""

import os
from collections.abc import Collection, Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import regex
from pydantic import BaseModel, ConfigDict, Field, field_validator

from xdata.disk import write_atomically
from xdata.errors import ConfigError, nearest
from xdata.resources import resource
from xdata.validation import validate
from xdata.yaml_files import dump_yaml, load_yaml, read_yaml

if TYPE_CHECKING:
    import langcodes

UNDETERMINED = "und"
"""The code that stands where a language is not known (ISO 639-2)."""

_NO_LANGUAGE = frozenset({UNDETERMINED, "mis", "mul", "zxx"})
"""ISO 639 codes of what is no language, or several."""

_NO_SCRIPT = frozenset({"Zyyy", "Zinh", "Zxxx", "Zzzz"})
"""ISO 15924 codes that name no writing system."""

_CODE = regex.compile(r"([a-z]{3})_([A-Z][a-z]{3})")
_ISO639_3 = regex.compile(r"[a-z]{3}")


class _Group(BaseModel):
    """Facts of one kind, and where they are from."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    source: str


class Names(_Group):
    """What a language is called."""

    english: str
    autonym: str | None = None
    """In the language itself; None where the source has none."""


class Aliases(_Group):
    """Other codes that mean this language by default: two letters, or its macrolanguage."""

    codes: tuple[str, ...]


class Writing(_Group):
    """How the language is put on a page."""

    direction: Literal["ltr", "rtl", "ttb"]
    segmenter: Literal["spaces", "dictionary", "syllables", "none"]
    """What parts words: spaces; a dictionary of ICU; a mark behind each syllable; or nothing that is known."""


class Letters(_Group):
    """What words are made of. Letters of several code points, as digraphs, are one letter."""

    main: str = Field(min_length=1)
    """Letters of the alphabet, lower case, parted by spaces."""
    auxiliary: str | None = None
    """Letters of foreign words and names, parted by spaces."""
    joiners: tuple[Literal["ZWNJ", "ZWJ"], ...] = ()
    """Joiners that words are written with."""
    apostrophes: str = ""
    """Apostrophes, and letters that look like them, that stand inside of words; parted by spaces."""


class Punctuation(_Group):
    """What stands between words; each mark parted by spaces."""

    marks: str
    sentence_end: str
    """Marks that can end a sentence."""


class Digits(_Group):
    """The digits that numbers are usually written in."""

    digits: str = Field(min_length=10, max_length=10)
    """From nought to nine."""


class StopWords(_Group):
    """The words that say least of what a text is about."""

    license: str
    words: tuple[str, ...]


class Neighbours(_Group):
    """Languages that this one is easily taken for."""

    codes: tuple[str, ...]
    """The most similar one first."""


class Variants(_Group):
    """Spelling variants and their standard form. A form that may be another word is not a variant."""

    folds: Mapping[str, str]
    """Form of one to three code points, in lower case -> standard form that is not longer and holds no form."""
    before: str = ""
    """Letters of which one must follow each form with an apostrophe, parted by spaces; empty where any may."""
    ignored: tuple[Literal["ZWNJ", "ZWJ"], ...] = ()
    """Joiners that make no difference between words: left out where words are compared, never rewritten."""

    @field_validator("folds")
    @classmethod
    def _settles(cls, folds: Mapping[str, str]) -> Mapping[str, str]:
        for form, standard in folds.items():
            if not 1 <= len(form) <= 3 or len(standard) > len(form) or (not standard and len(form) > 1):
                raise ValueError(
                    f"{form!r}: expected a form of one to three code points, and a standard form that is not longer"
                )
            if any(other in standard for other in folds):
                raise ValueError(f"{standard!r}, the standard form of {form!r}, contains another form")
        return folds


class Thresholds(_Group):
    """What the rules of quality allow in the language (`filters.rules`), as `xdata calibrate` derives it."""

    num_documents: int = Field(ge=1)
    """Documents that the values were derived from."""
    min_values: Mapping[str, float] = Field(default_factory=dict)
    """Rule -> least value of a document that stays."""
    max_values: Mapping[str, float] = Field(default_factory=dict)
    """Rule -> greatest value of a document that stays."""
    switched_off: tuple[str, ...] = ()
    """Rules that tell nothing in this language."""


class Sample(_Group):
    """A text in the language."""

    text: str


class LanguageFile(BaseModel):
    """One file of `resources/languages/`: each group of facts with its source, None where nothing is known."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    code: str = Field(pattern=f"^{_CODE.pattern}$")
    names: Names | None = None
    aliases: Aliases | None = None
    writing: Writing | None = None
    letters: Letters | None = None
    punctuation: Punctuation | None = None
    digits: Digits | None = None
    stop_words: StopWords | None = None
    neighbours: Neighbours | None = None
    variants: Variants | None = None
    thresholds: Thresholds | None = None
    sample: Sample | None = None

    @property
    def lacks(self) -> tuple[str, ...]:
        """The groups of facts that nobody has written down; what needs them is switched off for the language."""
        return tuple(name for name in _GROUPS if getattr(self, name) is None)


_GROUPS = ("names", "writing", "letters", "punctuation", "digits", "stop_words", "neighbours", "thresholds", "sample")
"""Groups that every language could have; one without aliases or variants lacks nothing."""


OVERLAY = "XDATA_LANGUAGES"
"""Variable of the environment: a folder whose language files stand in for those of xdata (`--language-files`)."""


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
    """Code -> file of every language that has one, in order of code; the overlay's files before ours.

    The overlay is the folder given, or the one that `XDATA_LANGUAGES` names.
    """
    files = _files_in(resource("languages"))
    if overlay is None and os.environ.get(OVERLAY):
        overlay = Path(os.environ[OVERLAY])
    if overlay is not None:
        if not overlay.is_dir():
            raise ConfigError(f"{overlay}: the folder of language files does not exist")
        files = dict(sorted((files | _files_in(overlay)).items()))
    return dict(files)


def write_language(facts: Mapping[str, Any], folder: Path) -> Path:
    """Writes a language file, group by group in their order, into a folder of them; its path."""
    ordered = {name: facts[name] for name in LanguageFile.model_fields if name in facts}
    path = folder / f"{facts['code']}.yaml"
    write_atomically(path, dump_yaml(ordered).encode())
    return path


@contextmanager
def language_overlay(folder: Path | None) -> Iterator[None]:
    """The language files of a folder in place of those of xdata, in this process and those that it starts.

    Without a folder, the one that the environment names stays. Raises ConfigError for a folder or file that is wrong.
    """
    before = os.environ.get(OVERLAY)
    if folder is not None:
        os.environ[OVERLAY] = str(folder.expanduser().resolve())
    try:
        check_overlay()
        yield
    finally:
        if before is None:
            os.environ.pop(OVERLAY, None)
        else:
            os.environ[OVERLAY] = before


def check_overlay() -> None:
    """Reads every file of the overlay that the environment names, if it names one.

    Raises ConfigError for a folder that is not there, a file that is no language file, and an alias that is the code
    of another language.
    """
    folder = os.environ.get(OVERLAY)
    if not folder:
        return
    described = described_languages()
    own = {code.split("_")[0] for code in described}
    for path in sorted(Path(folder).iterdir()):
        if path.name.startswith("."):
            continue
        if path.suffix != ".yaml" or not _CODE.fullmatch(path.stem):
            raise ConfigError(f"{path}: is not a language file: expected a name iso639-3_Script.yaml, as swh_Latn.yaml")
        file = _read_file(path)
        if (thresholds_of(file.code), variants_of(file.code)) != (file.thresholds, file.variants):
            raise ConfigError(
                f"{path}: write thresholds and variants at the beginning of a line, without quotes or gaps"
            )
        aliases = file.aliases
        for alias in aliases.codes if aliases else ():
            if alias in own and alias != path.stem.split("_")[0]:
                raise ConfigError(f"{path}: the alias {alias!r} is the code of another language")


def facts_of(code: str, *, overlay: Path | None = None) -> LanguageFile | None:
    """The file of any code, without resolving it; None where it has none."""
    path = described_languages(overlay=overlay).get(code)
    return _read_file(path) if path else None


def thresholds_of(code: str, *, overlay: Path | None = None) -> Thresholds | None:
    """The thresholds in the file of any code, None without any; the rest of the file is not looked at."""
    path = described_languages(overlay=overlay).get(code)
    return None if path is None else _thresholds_as_of(path, path.stat().st_mtime_ns)


def thresholds_of_languages(codes: Collection[str] = (), *, overlay: Path | None = None) -> dict[str, Thresholds]:
    """Code -> thresholds in its file, of those that have any: of some languages, or of all; in order of code."""
    files = described_languages(overlay=overlay)
    wanted = sorted(set(codes).intersection(files)) if codes else files
    found = ((code, _thresholds_as_of(files[code], os.stat(files[code]).st_mtime_ns)) for code in wanted)
    return {code: facts for code, facts in found if facts is not None}


def variants_of(code: str, *, overlay: Path | None = None) -> Variants | None:
    """The variants in the file of any code, None without any; the rest of the file is not looked at."""
    path = described_languages(overlay=overlay).get(code)
    return None if path is None else _variants_as_of(path, path.stat().st_mtime_ns)


def names_of(path: Path) -> Names | None:
    """The names in a language file, None without any; the rest of the file is not looked at."""
    group = _read_group(path, "names")
    return None if group is None else validate(Names, group, where=str(path))


def group_bytes(group: str, *, overlay: Path | None = None) -> bytes:
    """One group of facts as it is written in the files of all languages: what a fingerprint is made of."""
    files = described_languages(overlay=overlay).items()
    return b"".join(b"%s:%s" % (code.encode(), _block(path.read_bytes(), group)) for code, path in files)


@cache
def _thresholds_as_of(path: Path, mtime_ns: int) -> Thresholds | None:
    block = _block(path.read_bytes(), "thresholds").decode("utf-8", "replace")
    if not block:
        return None
    group = _usual_thresholds(block) or load_yaml(block, where=str(path))["thresholds"]
    return validate(Thresholds, group, where=str(path))


_USUAL = regex.compile(
    r'thresholds:\n  source: "(?P<source>(?:[^"\\\p{C}\p{Z}]| )*)"\n  num_documents: (?P<num>[1-9][0-9]*)\n'
    r"(?:  min_values:(?: \{\}\n|\n(?P<min_values>(?:    [a-z0-9_]+: -?[0-9]+\.[0-9]+\n)+)))?"
    r"(?:  max_values:(?: \{\}\n|\n(?P<max_values>(?:    [a-z0-9_]+: -?[0-9]+\.[0-9]+\n)+)))?"
    r'(?:  switched_off:(?: \[\]\n|\n(?P<off>(?:  - "[a-z0-9_]+"\n)+)))?'
)
"""Thresholds as `write_language` writes them."""
_VALUE = regex.compile(r"    ([a-z0-9_]+): (\S+)\n")
_OFF = regex.compile(r'"([a-z0-9_]+)"')


def _usual_thresholds(block: str) -> dict[str, Any] | None:
    """What YAML makes of a block of thresholds, much faster; None for one that is not written as usual.

    The thresholds of all languages are part of what a run for all of them is made with, so they are read often.
    """
    found = _USUAL.fullmatch(block)
    if found is None:
        return None
    values = {side: _VALUE.findall(found[side] or "") for side in ("min_values", "max_values")}
    if any(len(dict(pairs)) < len(pairs) for pairs in values.values()):
        return None
    return {
        "source": found["source"],
        "num_documents": int(found["num"]),
        **{side: {rule: float(value) for rule, value in pairs} for side, pairs in values.items()},
        "switched_off": _OFF.findall(found["off"] or ""),
    }


@cache
def _variants_as_of(path: Path, mtime_ns: int) -> Variants | None:
    group = _read_group(path, "variants")
    return None if group is None else validate(Variants, group, where=str(path))


def _read_group(path: Path, name: str) -> Any:
    """One group of a language file as YAML has it, None where it has none."""
    block = _block(path.read_bytes(), name)
    return load_yaml(block.decode("utf-8", "replace"), where=str(path))[name] if block else None


def _block(content: bytes, group: str) -> bytes:
    """The lines of a group, which ends where the next one begins; empty without it."""
    found = regex.search(rb"^%s:[^\n]*\n(?:[ \-#\n][^\n]*\n?)*" % group.encode(), content, regex.MULTILINE)
    return found[0] if found else b""


def resolve_code(name: str, *, overlay: Path | None = None) -> str:
    """`iso639-3_Script` of a language named in any usual form. Raises ConfigError as `Language` does."""
    code = find_code(name, overlay=overlay)
    if code is None:
        raise ConfigError(f"unknown language {name!r}: {_nearest_language(name, described_languages(overlay=overlay))}")
    return code


def written_in(iso639_3: str) -> frozenset[str]:
    """Scripts that a language is known to be written in, by the described languages and CLDR; none where none is."""
    import langcodes  # takes long to load, and codes of described languages need it not

    described = described_languages()
    files = [path for code, path in described.items() if code.startswith(f"{iso639_3}_")]
    tags = {iso639_3, *(alias for path in files for alias in _aliases_in(path))}
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
        return f"{iso639_3}_{tag.script}"
    scripts = [code.split("_")[1] for code in described if code.startswith(f"{iso639_3}_")]
    likely = _likely_script(tag)
    if likely and (likely in scripts or not scripts):
        return f"{iso639_3}_{likely}"
    if len(scripts) == 1:
        return f"{iso639_3}_{scripts[0]}"
    examples = ", ".join(f"{iso639_3}_{script}" for script in scripts or ("Latn", "Arab"))
    raise ConfigError(f"language {name!r}: the script is missing: write {examples}")


def resolve_codes(names: Iterable[str], *, overlay: Path | None = None) -> tuple[str, ...]:
    """The codes of several languages, sorted, each once."""
    return tuple(sorted({resolve_code(name, overlay=overlay) for name in names}))


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
        for alias in _aliases_in(path):
            aliases[alias] = code.split("_")[0]
    return aliases


@cache
def _aliases_in(path: Path) -> tuple[str, ...]:
    """The aliases of one language; most have none, and their files need not be parsed to know it."""
    try:
        if b"\naliases:" not in path.read_bytes():
            return ()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    aliases = _read_file(path).aliases
    return aliases.codes if aliases else ()


def _files_in(folder: Path) -> dict[str, Path]:
    return _files_as_of(folder, folder.stat().st_mtime_ns)


@cache
def _files_as_of(folder: Path, mtime_ns: int) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.yaml")) if _CODE.fullmatch(path.stem)}


def _read_file(path: Path) -> LanguageFile:
    return _read_file_as_of(path, path.stat().st_mtime_ns)


@cache
def _read_file_as_of(path: Path, mtime_ns: int) -> LanguageFile:
    file = validate(LanguageFile, read_yaml(path), where=str(path))
    if file.code != path.stem:
        raise ConfigError(f"{path}: its code {file.code!r} differs from its file name")
    return file
