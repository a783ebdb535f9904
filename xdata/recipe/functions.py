"""Recipes by name or path: the functions that make them, their parameters, and how a command line fills them in.

A recipe function is called like its file. Its keyword arguments are the recipe's parameters: types, ranges and
descriptions stand in their annotations. Two names are special: `sources` and `languages` are what `--input` and
`--language` give; a recipe that brings its own leaves them out. `PRESETS` of the file are named overrides of its
defaults. When a run stops, and its seed, are set for every recipe alike (`RunOptions`).
"""

import inspect
import traceback
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from xdata.errors import ConfigError, XdataError, nearest, one_line
from xdata.languages import resolve_codes
from xdata.readers.sources import Source
from xdata.recipe.presets import Preset
from xdata.recipe.recipe import Guard, Recipe
from xdata.recipe.settings import defaults_of, model_of, overlay, set_words, value_at, with_defaults
from xdata.recipe.user_code import load_code
from xdata.resources import pipelines_folder
from xdata.validation import describe, validate

_GIVEN = ("sources", "languages")
_NOT_TAKEN = {
    "sources": "has an input of its own: remove --input",
    "languages": "takes no languages: remove --language, or select them first by another recipe",
}


class RunOptions(Guard):
    """What can be set for every recipe: limits on failures, and the seed."""

    seed: int = Field(default=0, ge=0)
    """Seed of all random choices: splits, samples, quotas. Another seed is another corpus."""


RUN_OPTIONS: Mapping[str, FieldInfo] = RunOptions.model_fields
"""Name of what can be set for every recipe -> type, default and description."""


@dataclass(frozen=True)
class RecipeFunction:
    """A function that makes a recipe, with its parameters, and with the defaults of a preset where one is chosen."""

    name: str
    function: Callable[..., Recipe]
    path: Path
    presets: Mapping[str, Preset] = field(default_factory=dict)
    preset: str | None = None
    """Name of the chosen preset."""

    @property
    def label(self) -> str:
        """The name, with the preset's: `monolingual_corpus:fineweb2`."""
        return self.name if self.preset is None else f"{self.name}:{self.preset}"

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return self.description.split("\n")[0]

    @property
    def description(self) -> str:
        return inspect.getdoc(self.function) or ""

    def takes(self, name: str) -> bool:
        """Whether the recipe takes `sources` or `languages`."""
        return name in inspect.signature(self.function).parameters

    @cached_property
    def parameters(self) -> dict[str, FieldInfo]:
        """Name -> type, default and description, without sources and languages."""
        if self.preset is None:
            return self._fields
        where = f"{self.path}: PRESETS[{self.preset!r}]"
        return with_defaults(self._fields, self.presets[self.preset].overrides, where=where)

    def make(
        self,
        *,
        sources: Sequence[Source] = (),
        languages: Sequence[str] = (),
        parameters: Mapping[str, Any] | None = None,
        settings: Mapping[str, str] | None = None,
    ) -> Recipe:
        """The recipe with these sources, languages, parameters and settings.

        `parameters` are values by name, of an option group a mapping or the group itself. `settings` are words of a
        command line by path, which override parameters. Either may have options of the run, such as `max_failed_share`.

        Raises ConfigError for what the recipe does not take, for values that it does not allow, and for missing ones.
        """
        own, of_run = self._parted(parameters or {})
        words, words_of_run = self._parted(settings or {})
        values = self._values(own, words)
        for name, given in (("sources", tuple(sources)), ("languages", resolve_codes(languages))):
            if given and not self.takes(name):
                raise ConfigError(f"recipe {self.name!r} {_NOT_TAKEN[name]}")
            if self.takes(name) and (given or name == "languages"):
                values[name] = given
        if self.takes("sources") and not sources:
            raise ConfigError(f"recipe {self.name!r} needs an --input")
        return with_run_options(replace(self._call(values), preset=self.preset), words_of_run, of_run)

    def checked(self, parameters: Mapping[str, Any], *, where: str, folder: Path) -> dict[str, Any]:
        """Parameters as data, with options of the run, and with paths that are relative to `folder` made absolute.

        Raises ConfigError for what the recipe does not take or allow; messages begin with `where`.
        """
        own, of_run = self._parted(parameters)
        fields = with_defaults(self.parameters, own, where=where, folder=folder, others=RUN_OPTIONS)
        run_options = validate(RunOptions, of_run, where=where).model_dump(mode="json", exclude_unset=True)
        return {name: to_jsonable_python(fields[name].default) for name in own} | run_options

    def _parted(self, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
        """The values of the recipe's own parameters, and those of options of the run."""
        of_run = {key: value for key, value in values.items() if key in RUN_OPTIONS and key not in self.parameters}
        return {key: value for key, value in values.items() if key not in of_run}, of_run

    def _values(self, parameters: Mapping[str, Any], words: Mapping[str, str]) -> dict[str, Any]:
        """Parameter -> its value. Raises ConfigError for one that is missing or not allowed."""
        fields = with_defaults(self.parameters, parameters, where="parameters", others=RUN_OPTIONS)
        data = set_words(defaults_of(fields), words, fields, others=RUN_OPTIONS)
        required = [name for name, info in fields.items() if info.is_required() and name not in data]
        preset = () if self.preset is None else self.presets[self.preset].requires
        needed = [*required, *(path for path in preset if value_at(data, path) is None)]
        if needed:
            raise ConfigError(f"recipe {self.label!r} needs {', '.join(f'--set {path}=VALUE' for path in needed)}")
        return dict(validate(model_of(self.name, fields), data, where="--set" if words else "parameters"))

    def _call(self, values: Mapping[str, Any]) -> Recipe:
        try:
            made = self.function(**values)
        except XdataError:
            raise
        except ValidationError as error:
            raise ConfigError(f"recipe {self.name!r}: {describe(error, BaseModel)}") from None
        except Exception as error:
            raise ConfigError(f"recipe {self.name!r} fails{_where(error, self.path)}: {_what(error)}") from error
        if not isinstance(made, Recipe):
            raise ConfigError(f"recipe {self.name!r} returns {one_line(repr(made), limit=60)}, expected a Recipe")
        return made

    @cached_property
    def _fields(self) -> dict[str, FieldInfo]:
        """Name -> type, default and description, as the function has them."""
        try:
            hints = typing.get_type_hints(self.function, include_extras=True)
            fields: dict[str, Any] = {}
            for name, parameter in inspect.signature(self.function).parameters.items():
                if parameter.kind is not parameter.KEYWORD_ONLY:
                    raise TypeError(f"the parameter {name!r} stands before the *: make all of them keyword arguments")
                default = ... if parameter.default is parameter.empty else parameter.default
                fields[name] = (hints.get(name, Any), default)
            found = create_model(self.name, __config__=ConfigDict(strict=True), **fields).model_fields
        except Exception as error:
            raise ConfigError(f"{self.path}: {self.name}(…) is not a recipe function: {_what(error)}") from error
        return {name: info for name, info in found.items() if name not in _GIVEN}


def with_run_options(
    recipe: Recipe,
    settings: Mapping[str, str],
    parameters: Mapping[str, Any] | None = None,
) -> Recipe:
    """The recipe with other options of the run: words of `--set`, or values. Raises ConfigError."""
    data = {**recipe.guard.model_dump(mode="json"), "seed": recipe.seed}
    data = overlay(data, parameters or {}, RUN_OPTIONS, where="parameters")
    if parameters:
        data = validate(RunOptions, data, where="parameters").model_dump(mode="json")
    found = validate(RunOptions, set_words(data, settings, RUN_OPTIONS), where="--set")
    return replace(recipe, seed=found.seed, guard=Guard(**found.model_dump(exclude={"seed"})))


def _what(error: Exception) -> str:
    return f"{type(error).__name__}: {one_line(str(error), limit=200)}"


def _where(error: Exception, path: Path) -> str:
    """The innermost line of a file in the traceback of an error."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f" in line {lines[-1]} of {path.name}" if lines else ""


def recipe_functions() -> dict[str, RecipeFunction]:
    """The recipes that come with xdata, by name."""
    paths = sorted(pipelines_folder().glob("*.py"))
    return {path.stem: _load(path) for path in paths if not path.stem.startswith("_")}


def find_recipe(label: str) -> RecipeFunction:
    """The recipe function of a name or path to a Python file, with a preset after a colon: `monolingual_corpus:oscar`.

    Raises ConfigError for a recipe or preset that does not exist.
    """
    name, colon, preset = label.rpartition(":")
    if not colon or preset.endswith(".py"):
        name, colon, preset = label, "", ""
    found = _load(Path(name)) if name.endswith(".py") else _named(name)
    if not colon:
        return found
    if preset not in found.presets:
        raise ConfigError(f"recipe {name!r} has no preset {preset!r}: {nearest(preset, found.presets)}")
    return replace(found, preset=preset)


def _named(name: str) -> RecipeFunction:
    functions = recipe_functions()
    if name not in functions:
        labels = [*functions, *(f"{each}:{preset}" for each in functions for preset in functions[each].presets)]
        same = [label for label in labels if label.endswith(f":{name}")]
        raise ConfigError(f"unknown recipe {name!r}: {nearest(name, same or labels)}")
    return functions[name]


def _load(path: Path) -> RecipeFunction:
    module = load_code(path)
    function = getattr(module, path.stem, None)
    if not inspect.isfunction(function):
        raise ConfigError(f"{path}: defines no function {path.stem}(…) that returns a Recipe")
    presets = getattr(module, "PRESETS", {})
    if not isinstance(presets, dict) or not all(isinstance(preset, Preset) for preset in presets.values()):
        raise ConfigError(f"{path}: PRESETS: expected name -> Preset(overrides, paper, emits, missing)")
    return RecipeFunction(path.stem, function, path.expanduser().resolve(), presets)
