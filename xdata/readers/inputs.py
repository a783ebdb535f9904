"""What Python code gives as input, as sources: paths, hub ids, sources, tables, data sets, dicts, and several of them.

    "crawl/*.warc.gz"   Path("corpus")   "hf:org/name"   "sources.yaml"        as the command line's --input
    Source(…)                                                                  as it is
    DataFrame   Arrow table   datasets.Dataset   [{"text": …}, …]              rows in memory (`readers.memory`)
    [one, another]                                                             several of them
    {"news": one, "wiki": {"path": "wiki/", "license": "CC-BY-SA-4.0"}}        several by name; keys of sources.yaml

Rows in memory without a name are the source `rows`, the second ones `rows-2`.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

from xdata.errors import ConfigError, InputError
from xdata.readers.memory import FILE, is_table, write_rows
from xdata.readers.source_specs import parse_sources, source_of_entry
from xdata.readers.sources import Source, SourceDescription, SourceEntry, check_names
from xdata.validation import validate

NAME = "rows"
"""Name of the source that rows in memory are, unless they are given one."""
DATA = "data"
"""Key of a described source that has rows in memory, in place of `path` or `hub`."""

_EXPECTED = (
    "expected a path, glob, hub id (hf:organisation/name), sources.yaml, Source, datasets.Dataset, DataFrame, Arrow "
    "table or dicts (column -> value), or several of them in a list or as {name: input}"
)


@dataclass(frozen=True)
class _Rows:
    """A table, or dicts that are rows."""

    value: Any


def sources_of(inputs: Any, *, folder: Path) -> tuple[Source, ...]:
    """The sources that some input is. Rows in memory are written below `folder`.

    Raises InputError for what is no input or does not exist, ConfigError for two sources of one name.
    """
    if isinstance(inputs, Mapping):
        return check_names([_named(name, value, folder) for name, value in inputs.items()])
    found = [] if inputs is None else list(_each(inputs, where="inputs"))
    names = (NAME if number == 1 else f"{NAME}-{number}" for number in range(1, len(found) + 1))
    rows = [_of_rows(SourceDescription(name=next(names)), each, folder) for each in found if isinstance(each, _Rows)]
    sources = [each for each in found if isinstance(each, Source)]
    return check_names([*rows, *sources, *parse_sources([each for each in found if isinstance(each, str)])])


def is_default_name(name: str) -> bool:
    """Whether a name is one that rows in memory have unless they are given one."""
    return name == NAME or name.startswith(f"{NAME}-")


def _each(value: Any, *, where: str) -> Iterator[str | Source | _Rows]:
    """The inputs that a value denotes. Raises InputError for any other value."""
    if isinstance(value, str | os.PathLike):
        yield os.fspath(value)
    elif isinstance(value, Source):
        yield value
    elif is_table(value):
        yield _Rows(value)
    elif isinstance(value, Iterable) and not isinstance(value, Mapping | bytes):
        items = iter(value)
        first = next(items, None)
        if isinstance(first, Mapping):
            yield _Rows(chain([first], items))
        elif first is not None:
            for each in chain([first], items):
                yield from _each(each, where=where)
    else:
        raise InputError(f"{where}: {_EXPECTED}, found {type(value).__name__}")


def _named(name: object, value: Any, folder: Path) -> Source:
    """The source of a name. Raises InputError or ConfigError where the value is not one source."""
    where = f"inputs[{name!r}]"
    if isinstance(value, Mapping):
        return _described(name, value, folder, where=where)
    description = validate(SourceDescription, {"name": name}, where=where)
    found = list(_each(value, where=where))
    if len(found) == 1 and isinstance(found[0], _Rows):
        return _of_rows(description, found[0], folder)
    specs = [each for each in found if isinstance(each, str)]
    sources = [*parse_sources(specs), *(each for each in found if isinstance(each, Source))]
    if len(sources) != 1 or any(isinstance(each, _Rows) for each in found):
        raise ConfigError(f"{where}: expected one source, found {len(found)}: give each of them a name of its own")
    return sources[0].model_copy(update={"name": description.name})


def _described(name: object, facts: Mapping[str, Any], folder: Path, *, where: str) -> Source:
    """The source of the keys that `sources.yaml` has, or `data` with rows in memory in place of `path` and `hub`."""
    given = {key: os.fspath(value) if isinstance(value, os.PathLike) else value for key, value in facts.items()}
    if DATA not in given:
        return source_of_entry(validate(SourceEntry, given | {"name": name}, where=where))
    value = given.pop(DATA)
    description = validate(SourceDescription, given | {"name": name}, where=where)
    found = list(_each(value, where=f"{where}[{DATA!r}]"))
    if len(found) != 1 or not isinstance(found[0], _Rows):
        raise InputError(f"{where}[{DATA!r}]: expected one table or the dicts of its rows: give files as path")
    return _of_rows(description, found[0], folder)


def _of_rows(description: SourceDescription, rows: _Rows, folder: Path) -> Source:
    written = write_rows(rows.value, name=description.name, folder=folder)
    return Source(**dict(description), root=str(written.folder), patterns=(FILE,), content=written.content)
