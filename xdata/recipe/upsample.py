"""Upsampling as recipes ask for it, as options of the export of documents."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from pydantic import RootModel

from xdata.errors import ConfigError
from xdata.export.upsample import LearnUpsample
from xdata.filters.fineweb2 import named_by_fineweb2
from xdata.languages import resolve_code
from xdata.recipe.parameters import Upsample
from xdata.validation import validate
from xdata.yaml_files import read_yaml


class _File(RootModel[dict[str, dict[int, int]]]):
    """A file of tables, by names of languages as FineWeb-2 has them."""


def upsample_options(upsample: Upsample, *, languages: Sequence[str]) -> dict[str, Any]:
    """Options of `Shards`.

    A file has the tables of FineWeb-2 (misc/rehydration/weights); those of `languages` are read, or all where none are
    named. Raises ConfigError for a file without any, or that does not exist.
    """
    tables = {resolve_code(code): table for code, table in upsample.times_by_language.items()}
    if upsample.file is not None:
        tables = _read(Path(upsample.file), languages)
    learn = LearnUpsample(max_upsample=upsample.max_times) if upsample.learn else None
    return {"upsample": upsample.times, "upsample_by_language": tables, "learn_upsample": learn}


def _read(path: Path, languages: Sequence[str]) -> dict[str, dict[int, int]]:
    tables = validate(_File, read_yaml(path), where=str(path)).root
    names = named_by_fineweb2(tables, languages)
    if not names:
        raise ConfigError(f"{path}: has no table of {', '.join(languages) or 'any language'}")
    return {code: tables[name] for code, name in names.items()}
