"""What recipes are told of how often documents are to be read in training, as options of their export."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import RootModel

from xdata.errors import ConfigError
from xdata.export.upsample import LearnUpsample
from xdata.filters.fineweb2 import named_by_fineweb2
from xdata.languages import resolve_code
from xdata.validation import validate
from xdata.yaml_files import read_yaml

LEARNED = "fineweb2"
"""Asks for upsample that are learned from the corpus, as FineWeb-2 learns them."""

Upsample = str | Mapping[int, int] | Mapping[str, Mapping[int, int]]
"""`LEARNED`, a JSON file of language -> table, a table for all languages, or a table of each of some."""


class _File(RootModel[dict[str, dict[int, int]]]):
    """A file of tables, by names of languages as FineWeb-2 has them."""


def upsample_options(upsample: Upsample, *, max_upsample: int, languages: Sequence[str]) -> dict[str, Any]:
    """Options of `Shards`. A file has the tables of FineWeb-2 (misc/rehydration/weights), of which those of
    `languages` are taken, or all where none are named.

    Raises ConfigError for a file that has none, or is not there.
    """
    if upsample == LEARNED:
        return {"learn_upsample": LearnUpsample(max_upsample=max_upsample)}
    if isinstance(upsample, str):
        return {"upsample_by_language": _read(Path(upsample).expanduser(), languages)}
    if all(isinstance(size, int) for size in upsample):
        return {"upsample": upsample}
    return {"upsample_by_language": {resolve_code(str(code)): table for code, table in upsample.items()}}


def _read(path: Path, languages: Sequence[str]) -> dict[str, dict[int, int]]:
    tables = validate(_File, read_yaml(path), where=str(path)).root
    names = named_by_fineweb2(tables, languages)
    if not names:
        raise ConfigError(f"{path}: has no table of {', '.join(languages) or 'any language'}")
    return {code: tables[name] for code, name in names.items()}
