"""What is known of the rows in an output folder of a recipe that copies rows: what its recipe states of its sources.

Copied rows have no column of xdata's, so the license or language that a source states is in `recipe.yaml` alone. What
all sources of the recipe state alike holds for every row. Which rows are of which source is in the ledger, so what
sources state differently is not taken over.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from xdata.errors import ConfigError, InputError
from xdata.readers.corpora import CORPORA
from xdata.yaml_files import read_yaml

FACTS = (
    "reader",
    "fields",
    "id",
    "groups",
    "delimiter",
    "quote",
    "language",
    "license",
    "domain",
)
"""Keys of a source that hold for its rows wherever they are copied to."""
RECIPE = "recipe.yaml"
"""In an output folder: the recipe that made it."""


@dataclass(frozen=True)
class Stated:
    """What the sources of a recipe state."""

    facts: Mapping[str, Any]
    """Key of a source -> the value that all of them have."""
    differing: tuple[str, ...]
    """Keys of which they have several values."""


def stated(folder: Path) -> Stated:
    """What the sources of the rows in an output folder state. Raises InputError where its recipe cannot be read."""
    path = folder / RECIPE
    try:
        sources = read_yaml(path)["stages"][0]["steps"][0]["sources"]
        values = {key: [_value(source, key) for source in sources] for key in FACTS}
    except (ConfigError, KeyError, IndexError, TypeError):
        raise InputError(f"{path}: is missing or damaged: run xdata check {folder} to list all damaged files") from None
    facts = {key: found[0] for key, found in values.items() if len(set(map(orjson.dumps, found))) == 1}
    return Stated(facts, tuple(key for key in FACTS if key not in facts))


def _value(source: Mapping[str, Any], key: str) -> Any:
    """What a source states; a format of files is none, since rows may have been converted to another one."""
    value = source[key]
    return None if key == "reader" and value not in CORPORA else value
