"""What the result of a stage depends on, and whether that is still the same.

The fingerprint of a stage is a hash over its steps, in their order: configuration, version, the versions of the
packages that they name, the content of the models and files that they use; over what all steps stand on: xdata's own
way of running, Unicode's tables; the identity of the inputs (for the first stage), the seed, and the fingerprint of
the stage before. Workers, executors, and where anything lies never enter.
"""

import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import orjson

from xdata import records
from xdata.disk import hash_file
from xdata.errors import ConfigError, ResourceError, counted
from xdata.language_files import group_bytes
from xdata.recipe.recipe import Recipe, Stage
from xdata.recipe.user_code import source_of
from xdata.resources import resource
from xdata.step import InputFile, Step

RUN_VERSION = 10
"""Raised when the phases or the text analysis come to give other results from the same steps."""

LIBRARIES = ("icu4py", "numpy", "orjson", "pyarrow", "regex")
"""Packages that phases and text analysis stand on."""

_DIGITS = 12
_SHARED_FILES = (("scripts", "ranges.tsv"), ("lines", "abbreviations.yaml"))
"""Resources that the text analysis stands on."""


def fingerprints(recipe: Recipe, files: Sequence[InputFile]) -> dict[str, dict[str, Any]]:
    """Stage -> what its result depends on, with `fingerprint` the hash of it."""
    found: dict[str, dict[str, Any]] = {}
    base = _base() | {"code": _hashes(map(Path, recipe.code))}
    for before, stage in zip((None, *recipe.stages), recipe.stages, strict=False):
        facts: dict[str, Any] = {
            "schema_version": records.SCHEMA_VERSION,
            "base": base,
            "seed": recipe.seed,
            "order": [step.name for step in stage.steps],
            "steps": {step.name: _step_facts(step) for step in stage.steps},
            "after": found[before.name]["fingerprint"] if before else None,
        }
        if before is None:
            facts["inputs"] = [list(file.identity) for file in files]
        facts = orjson.loads(orjson.dumps(facts))
        found[stage.name] = facts | {"fingerprint": _digest(facts)}
    return found


def _digest(facts: Mapping[str, Any]) -> str:
    """Hash of the facts of a stage, which does not depend on the order of options, but on that of files."""
    files = {name: list(step["resources"].items()) for name, step in facts["steps"].items()}
    content = orjson.dumps({**facts, "files": files}, option=orjson.OPT_SORT_KEYS)
    return blake2b(content, digest_size=16).hexdigest()


def folder_name(stage: Stage, facts: Mapping[str, Any]) -> str:
    return f"{stage.name}-{facts['fingerprint'][:_DIGITS]}"


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[str]:
    """What differs between the facts of two fingerprints, one line each, as `enough_words.min_value: 50.0 -> 60.0`."""
    lines = []
    for path, before, after in _differences(old["steps"], new["steps"], ()):
        where = ".".join(part for part in path if part != "options")
        lines.append(f"{where}: {_shown(before)} -> {_shown(after)}")
    for path, before, after in _differences(old["base"], new["base"], ()):
        lines.append(f"{'.'.join(path)}: {_shown(before)} -> {_shown(after)}")
    for name, files in ((name, list(step["resources"])) for name, step in new["steps"].items()):
        before = list(old["steps"].get(name, {}).get("resources", ()))
        if before != files and sorted(before) == sorted(files):
            lines.append(f"{name}: order of files: {_shown(', '.join(files))}")
    if sorted(old["order"]) == sorted(new["order"]) and old["order"] != new["order"]:
        lines.append(f"order of steps: {_shown(', '.join(new['order']))}")
    if old["seed"] != new["seed"]:
        lines.append(f"seed: {old['seed']} -> {new['seed']}")
    if old.get("inputs") != new.get("inputs"):
        lines.append(_input_changes(old.get("inputs") or [], new.get("inputs") or []))
    return lines


def _base() -> dict[str, Any]:
    """What all steps stand on."""
    files = [resource(*parts) for parts in _SHARED_FILES]
    return {
        "run": RUN_VERSION,
        "unicode": unicodedata.unidata_version,
        "libraries": {library: _version(library) for library in LIBRARIES},
        "resources": _hashes(files) | {group: _hash_of_group(group) for group in ("aliases", "variants")},
    }


def _hash_of_group(group: str) -> str:
    """Hash of a group of facts of all languages, and of which languages there are."""
    return blake2b(group_bytes(group), digest_size=16).hexdigest()


def _step_facts(step: Step) -> dict[str, Any]:
    files = [*step.resources(), *filter(None, [source_of(type(step))])]
    return {
        "options": step.identity(),
        "version": step.version,
        "libraries": {library: _version(library) for library in step.libraries},
        "resources": _hashes(files),
    }


def _version(library: str) -> str:
    """Raises ConfigError for a package that is not there."""
    try:
        return version(library)
    except PackageNotFoundError:
        raise ConfigError(
            f"a step names the package {library!r} among its libraries, and it is not installed: write its name as pip "
            "knows it"
        ) from None


def _hashes(paths: Iterable[Path]) -> dict[str, str]:
    """Name -> sha256 of each file; files of one name get a number. Raises ResourceError."""
    found: dict[str, str] = {}
    for path in paths:
        number = sum(name.rpartition("#")[0] == path.name or name == path.name for name in found)
        try:
            found[f"{path.name}#{number}" if number else path.name] = hash_once(path, path.stat().st_mtime_ns)
        except OSError as error:
            raise ResourceError(f"{path}: cannot be read: {error.strerror}") from None
    return found


@cache
def hash_once(path: Path, mtime_ns: int) -> str:
    """sha256 of a file, computed once as long as it does not change."""
    return hash_file(path)


def _differences(old: Any, new: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if isinstance(old, dict) and isinstance(new, dict):
        for key in dict.fromkeys([*old, *new]):
            yield from _differences(old.get(key), new.get(key), (*path, key))
    elif old != new:
        yield path, old, new


def _input_changes(old: Sequence[Any], new: Sequence[Any]) -> str:
    before, after = {tuple(row) for row in old}, {tuple(row) for row in new}
    return f"inputs: {counted(len(after - before), 'new or changed file')}, {len(before - after)} gone"


def _shown(value: Any) -> str:
    text = "none" if value is None else str(value)
    return text if len(text) <= 60 else f"{text[:59]}…"
