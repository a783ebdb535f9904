"""Language files: one YAML file a language under `resources/languages/`, or in an overlay folder of the user's.

The files of the overlay replace those of xdata for the same languages. Some groups of facts are read without the rest
of a file, since a run for all languages reads all of them.
"""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import regex

from xdata.disk import write_atomically
from xdata.errors import ConfigError
from xdata.language_facts import CODE, LanguageFile, Names, Thresholds, Variants
from xdata.resources import resource
from xdata.validation import validate
from xdata.yaml_files import dump_yaml, load_yaml, read_yaml

OVERLAY = "XDATA_LANGUAGES"
"""Variable of the environment: a folder whose language files stand in for those of xdata (`--language-files`)."""


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
        if path.suffix != ".yaml" or not CODE.fullmatch(path.stem):
            raise ConfigError(f"{path}: is not a language file: expected a name iso639-3_Script.yaml, as swh_Latn.yaml")
        file = read_language(path)
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
    return read_language(path) if path else None


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


@cache
def aliases_in(path: Path) -> tuple[str, ...]:
    """The aliases of one language; most have none, and their files need not be parsed to know it."""
    try:
        if b"\naliases:" not in path.read_bytes():
            return ()
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
    aliases = read_language(path).aliases
    return aliases.codes if aliases else ()


def _files_in(folder: Path) -> dict[str, Path]:
    return _files_as_of(folder, folder.stat().st_mtime_ns)


@cache
def _files_as_of(folder: Path, mtime_ns: int) -> dict[str, Path]:
    return {path.stem: path for path in sorted(folder.glob("*.yaml")) if CODE.fullmatch(path.stem)}


def read_language(path: Path) -> LanguageFile:
    return _read_file_as_of(path, path.stat().st_mtime_ns)


@cache
def _read_file_as_of(path: Path, mtime_ns: int) -> LanguageFile:
    file = validate(LanguageFile, read_yaml(path), where=str(path))
    if file.code != path.stem:
        raise ConfigError(f"{path}: its code {file.code!r} differs from its file name")
    return file
