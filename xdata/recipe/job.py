"""Job files: a recipe by name, its parameters, sources and languages, in one short YAML file.

    recipe: monolingual_corpus:fineweb2
    parameters:
      dedup: {min_similarity: 0.8}
    sources:
      - crawl/*.warc.gz
      - {name: books, path: books.jsonl, language: swh_Latn, license: CC0-1.0}
    languages: [swh_Latn, mlt_Latn]

Relative paths are relative to the folder of the file. `resources/job.schema.json` describes the file for editors.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from xdata.errors import ConfigError
from xdata.languages import resolve_codes
from xdata.readers.source_specs import parse_sources, source_of_entry
from xdata.readers.sources import Source, SourceEntry, check_names
from xdata.recipe.functions import RUN_OPTIONS, RecipeFunction, find_recipe, with_run_options
from xdata.recipe.recipe import Recipe
from xdata.recipe.settings import overlay
from xdata.validation import quoted, validate
from xdata.yaml_files import read_yaml


@dataclass(frozen=True)
class Job:
    """A recipe with its parameters, sources and languages, as a job file states them."""

    function: RecipeFunction
    """The recipe, with its preset."""
    parameters: Mapping[str, Any]
    """Parameters and options of the run as data, with absolute paths."""
    sources: tuple[Source, ...]
    languages: tuple[str, ...]
    """Codes."""

    def make(
        self,
        *,
        sources: Sequence[Source] = (),
        languages: Sequence[str] = (),
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Recipe:
        """The recipe, with other sources and languages where some are given, and with other parameters and settings.

        Raises ConfigError.
        """
        fields = {**RUN_OPTIONS, **self.function.parameters}
        return self.function.make(
            sources=sources or self.sources,
            languages=languages or self.languages,
            parameters=overlay(dict(self.parameters), parameters or {}, fields, where="parameters"),
            settings=settings,
        )


class JobFile(BaseModel):
    """A job file as it is written."""

    model_config = ConfigDict(extra="forbid", strict=True)

    recipe: str = Field(min_length=1)
    """Name of a recipe, with a preset after a colon, or path of a Python file."""
    parameters: dict[str, Any] = Field(default={})
    """Parameters of the recipe, option groups as mappings, and options of the run."""
    sources: Any = Field(default=[])
    """Files, folders, globs, a `sources.yaml`, ids of the hub (`hf:…`), or sources as `sources.yaml` has them."""
    languages: list[str] = Field(default=[])
    """Languages to keep, as swh_Latn or sw; all that are found unless given."""

    @field_validator("languages", mode="before")
    @classmethod
    def _several(cls, languages: object) -> object:
        found = [languages] if isinstance(languages, str) else languages
        return [quoted(each) for each in found] if isinstance(found, list) else quoted(found)


def read_job(path: Path) -> Job:
    """The job of a YAML file.

    Raises ConfigError with the path to what is wrong, InputError for a source that does not exist.
    """
    return _job(read_yaml(path), path)


def read_recipe(
    path: Path,
    *,
    sources: Sequence[Source] = (),
    languages: Sequence[str] = (),
    parameters: Mapping[str, Any] | None = None,
    settings: Mapping[str, str] | None = None,
) -> Recipe:
    """The recipe of a YAML file: of a job, or a complete one, as every output has it as `recipe.yaml`.

    What else is given overrides a job. A complete recipe takes other sources and options of the run alone. Raises
    ConfigError, and InputError for a source that does not exist.
    """
    data, parameters, settings = read_yaml(path), parameters or {}, settings or {}
    if not isinstance(data, dict) or "stages" not in data:
        job = _job(data, path)
        return job.make(sources=sources, languages=languages, parameters=parameters, settings=settings)
    others = sorted((parameters.keys() | settings.keys()) - RUN_OPTIONS.keys())
    if languages or others:
        found = ", ".join([*(["languages"] if languages else []), *others])
        raise ConfigError(f"{path}: is a complete recipe, which states everything itself: remove {found}")
    recipe = Recipe.from_data(data, where=str(path), folder=_folder(path))
    return with_run_options(recipe.reading(sources) if sources else recipe, settings, parameters)


def _job(data: Any, path: Path) -> Job:
    file, folder = validate(JobFile, data, where=str(path)), _folder(path)
    try:
        function = find_recipe(_label(file.recipe, folder))
    except ConfigError as error:
        raise ConfigError(f"{path}: recipe: {error}") from None
    try:
        codes = resolve_codes(file.languages)
    except ConfigError as error:
        raise ConfigError(f"{path}: languages: {error}") from None
    parameters = function.checked(file.parameters, where=f"{path}: parameters", folder=folder)
    return Job(function, parameters, _sources(file.sources, path), codes)


def _folder(path: Path) -> Path:
    return Path(os.path.abspath(path)).parent


def _label(recipe: str, folder: Path) -> str:
    """The name of a recipe as it is, the path of a Python file from the folder on."""
    name, ending, preset = recipe.partition(".py")
    return f"{folder / os.path.expanduser(name)}{ending}{preset}" if ending else recipe


def _sources(value: Any, path: Path) -> tuple[Source, ...]:
    """The sources of a job: paths, globs, `sources.yaml` files or hub ids, or entries as `sources.yaml` has them."""
    items = value if isinstance(value, list) else [value]
    found: list[Source] = []
    for number, item in enumerate(items):
        where = f"{path}: sources[{number}]" if isinstance(value, list) else f"{path}: sources"
        if isinstance(item, dict):
            found.append(source_of_entry(validate(SourceEntry, item, where=where), folder=_folder(path)))
        elif not isinstance(item, str):
            raise ConfigError(f"{where}: expected a path, or a source with name and path, found {item!r}")
    paths = [item for item in items if isinstance(item, str)]
    return check_names([*found, *parse_sources(paths, folder=_folder(path))])
