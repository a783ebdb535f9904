"""Sources out of what users write: globs, files, folders, hub ids and `sources.yaml`."""

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import regex

from xdata.errors import ConfigError, InputError, nearest, one_line
from xdata.readers.copied import RECIPE, stated
from xdata.readers.folders import Folder, Use, find_folder
from xdata.readers.hub import parse_hub_id
from xdata.readers.sources import Source, SourceDescription, SourceEntry, SourcesFile, check_names
from xdata.validation import validate
from xdata.yaml_files import read_yaml

HUB_PREFIX = "hf:"
"""Begins the id of a data set of the hub where a file or folder may stand too."""
_WILDCARDS = frozenset("*?[")
_ADDRESS = regex.compile(r"[a-z][a-z0-9+.\-]+://", regex.IGNORECASE)


def parse_sources(specs: Sequence[str], *, folder: Path = Path()) -> tuple[Source, ...]:
    """Sources out of globs, files, folders, `sources.yaml` files and hub ids (`hf:…`), as a command line gives them.

    A glob's root is its folder before the first wildcard, a file's root the folder it is in, and a source is
    called after its root. Globs and files of one root are one source, so their order does not matter. Relative paths
    are relative to `folder`.
    Raises InputError for what is not there, ConfigError for two roots of one name.
    """
    roots: dict[Path, set[str]] = {}
    named: list[Source] = []
    for spec in specs:
        if not spec.isprintable() and any("\ud800" <= c <= "\udfff" for c in spec):
            raise InputError(f"{one_line(spec)}: the name is not UTF-8: rename it")
        if spec.startswith(HUB_PREFIX) and not _ADDRESS.match(spec):
            dataset = parse_hub_id(spec.removeprefix(HUB_PREFIX))
            named.append(Source(name=one_line(dataset.repo.strip("/").replace("/", "--")), hub=dataset))
        elif spec.endswith((".yaml", ".yml")):
            named.extend(_read_sources_file(folder / spec))
        elif (output := find_folder(_whole(spec, folder))) is not None:
            named.append(_of_folder(output, name=one_line(output.path.name) or "root"))
        else:
            root, pattern = _split(spec, folder=folder)
            roots.setdefault(root, set()).add(pattern)
    found = [
        Source(name=one_line(root.name) or "root", root=str(root), patterns=tuple(sorted(patterns)))
        for root, patterns in roots.items()
    ]
    return check_names([*named, *found])


def _of_folder(folder: Folder, *, name: str, splits: Sequence[str] = (), **facts: Any) -> Source:
    """The source that an output folder of xdata is; of rows that a recipe copied, with what their sources all state.

    Raises InputError for a folder without documents, ConfigError for a split that it does not have.
    """
    if not folder.files:
        raise InputError(f"{folder.path}: is an output folder of xdata without documents: remove it from the input")
    for split in splits:
        if split not in folder.splits:
            raise ConfigError(
                f"source {name!r}: splits: {folder.path} has no split {split!r}; {nearest(split, folder.splits)}"
            )
    use: Use = "input" if folder.has_records else "rows"
    facts = facts if folder.has_records else {**_stated_facts(folder), **facts}
    return Source(name=name, root=str(folder.path), patterns=("data",), xdata=use, splits=tuple(splits), **facts)


def _stated_facts(folder: Folder) -> dict[str, Any]:
    """What all sources of the copied rows in a folder state."""
    found = stated(folder.path)
    data = {"name": "copied", **found.facts}
    description = validate(SourceDescription, data, where=str(folder.path / RECIPE))
    return {key: getattr(description, key) for key in found.facts}


def _read_sources_file(path: Path) -> list[Source]:
    if not path.exists():
        raise InputError(f"{path}: there is no such file")
    entries = validate(SourcesFile, read_yaml(path), where=str(path)).sources
    return [source_of_entry(entry, folder=path.parent) for entry in entries]


def source_of_entry(entry: SourceEntry, *, folder: Path = Path()) -> Source:
    """The source that an entry of `sources.yaml` describes, whose path is relative to a folder.

    Raises InputError for a path that does not exist.
    """
    facts = dict(entry)
    given = facts.pop("path")
    output = None if given is None else find_folder(_whole(given, folder))
    if output is not None:
        return _entry_of_folder(output, entry)
    if entry.splits:
        raise ConfigError(
            f"source {entry.name!r}: splits applies to output folders of xdata: remove splits, and name "
            "the files of one split as path"
        )
    if given is None:
        return Source(**facts)
    root, pattern = _split(given, folder=folder)
    return Source(**facts, root=str(root), patterns=(pattern,))


def _entry_of_folder(folder: Folder, entry: SourceEntry) -> Source:
    """The source of an entry whose path is an output folder of xdata.

    Raises ConfigError if the entry states what the folder states itself.
    """
    if folder.has_records:
        said = sorted(entry.model_fields_set - {"name", "path", "weight", "splits"})
        if said:
            raise ConfigError(
                f"source {entry.name!r}: {folder.path} is an output folder of xdata, whose manifest already "
                f"states this of its documents: remove {', '.join(said)} from the source"
            )
        return _of_folder(folder, name=entry.name, splits=entry.splits, weight=entry.weight)
    facts = {name: getattr(entry, name) for name in entry.model_fields_set - {"path", "hub"}}
    return _of_folder(folder, **facts)


def _split(spec: str, *, folder: Path = Path()) -> tuple[Path, str]:
    """(root, pattern) of a glob, file or folder; what is relative is relative to `folder`.

    Links are not resolved: a folder is called what the user calls it, wherever it is mounted.
    """
    if _ADDRESS.match(spec):
        raise InputError(
            f"{spec}: is an address, expected a file, folder, glob, sources.yaml or hub id (hf:OWNER/NAME): download "
            "the files first, and give them"
        )
    parts = _expanded(spec).parts
    whole = _whole(spec, folder)
    if os.path.exists(whole):
        return (whole, ".") if whole.is_dir() else (whole.parent, whole.name)
    wild = _first_wildcard(parts, folder)
    if wild is None:
        raise InputError(f"{spec}: there is no such file or folder")
    root = Path(os.path.abspath(folder.joinpath(*parts[:wild])))
    if not root.is_dir():
        raise InputError(f"{spec}: there is no folder {root}")
    return root, "/".join(parts[wild:])


def _first_wildcard(parts: Sequence[str], folder: Path) -> int | None:
    """The place of the first part of a path that is a pattern, and not the name of a folder, as `dump [1]` may be."""
    for place, part in enumerate(parts):
        if _WILDCARDS & set(part) and not os.path.isdir(folder.joinpath(*parts[: place + 1])):
            return place
    return None


def _whole(spec: str, folder: Path) -> Path:
    """The absolute path of one that a user gives, which is relative to a folder."""
    return Path(os.path.abspath(folder / _expanded(spec)))


def _expanded(spec: str) -> Path:
    """Raises InputError for the home of somebody that there is not."""
    try:
        return Path(spec).expanduser()
    except RuntimeError:
        raise InputError(f"{spec}: user not found") from None
