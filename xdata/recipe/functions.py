"""Recipes by name or path: the functions that make them, their parameters, and how a command line fills them in.

A recipe function is called like its file. Its keyword arguments are the recipe's parameters: types, ranges and
descriptions stand in their annotations. Two names are special: `sources` and `languages` are what `--input` and
`--language` give; a recipe that brings its own leaves them out. What a run bears before it stops (`Guard`) is set for
every recipe alike.
"""

import inspect
import os
import traceback
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, TypeGuard

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.fields import FieldInfo

from xdata.errors import ConfigError, XdataError, nearest, one_line
from xdata.languages import resolve_codes
from xdata.readers.sources import Source
from xdata.recipe.recipe import Guard, Recipe
from xdata.recipe.user_code import load_code
from xdata.resources import pipelines_folder
from xdata.validation import describe, validate
from xdata.yaml_files import load_yaml, read_text

_GIVEN = ("sources", "languages")
RUN_OPTIONS: Mapping[str, FieldInfo] = Guard.model_fields
"""Name of what can be set for every recipe -> type, default and description."""


@dataclass(frozen=True)
class RecipeFunction:
    """A function that makes a recipe, with its parameters as a model."""

    name: str
    function: Callable[..., Recipe]
    path: Path

    @property
    def summary(self) -> str:
        """The first line of the docstring."""
        return (inspect.getdoc(self.function) or "").split("\n")[0]

    @property
    def description(self) -> str:
        return inspect.getdoc(self.function) or ""

    @cached_property
    def parameters(self) -> dict[str, FieldInfo]:
        """Name -> type, default and description, without sources and languages."""
        return {name: info for name, info in self._model.model_fields.items() if name not in _GIVEN}

    def takes(self, name: str) -> bool:
        """Whether the recipe takes `sources` or `languages`."""
        return name in self._model.model_fields

    def make(
        self,
        *,
        sources: Sequence[Source] = (),
        languages: Sequence[str] = (),
        settings: Mapping[str, str] | None = None,
    ) -> Recipe:
        """The recipe with these sources, languages and settings (words, as a command line gives them).

        A setting that is no parameter of the recipe is one of the run's, as `max_failed_share`.

        Raises ConfigError for what the recipe does not take and for values that are not as they must be.
        """
        settings = settings or {}
        of_run = {key: word for key, word in settings.items() if key in RUN_OPTIONS and key not in self.parameters}
        values = self._parse({key: word for key, word in settings.items() if key not in of_run})
        for name, given in (("sources", tuple(sources)), ("languages", resolve_codes(languages))):
            if given and not self.takes(name):
                raise ConfigError(f"recipe {self.name!r} brings its own {name}")
            if self.takes(name) and (given or name == "languages"):
                values[name] = given
        if self.takes("sources") and not sources:
            raise ConfigError(f"recipe {self.name!r} needs an --input")
        needed = [name for name, info in self.parameters.items() if info.is_required() and name not in values]
        if needed:
            raise ConfigError(f"recipe {self.name!r} needs {', '.join(f'--set {name}=VALUE' for name in needed)}")
        try:
            made = self.function(**values)
        except XdataError:
            raise
        except ValidationError as error:
            raise ConfigError(f"recipe {self.name!r}: {describe(error, BaseModel)}") from None
        except Exception as error:
            raise ConfigError(f"recipe {self.name!r} fails{_where(error, self.path)}: {_what(error)}") from error
        if not isinstance(made, Recipe):
            raise ConfigError(f"recipe {self.name!r} returns {one_line(repr(made), limit=60)}, which is no Recipe")
        return with_run_options(made, of_run)

    @cached_property
    def _model(self) -> type[BaseModel]:
        try:
            hints = typing.get_type_hints(self.function, include_extras=True)
            fields: dict[str, Any] = {}
            for name, parameter in inspect.signature(self.function).parameters.items():
                if parameter.kind is not parameter.KEYWORD_ONLY:
                    raise TypeError(f"the parameter {name!r} stands before the *: make all of them keyword arguments")
                default = ... if parameter.default is parameter.empty else parameter.default
                fields[name] = (hints.get(name, Any), default)
            return create_model(self.name, __config__=ConfigDict(extra="forbid", strict=True), **fields)
        except Exception as error:
            raise ConfigError(f"{self.path}: {self.name}(…) is no recipe function: {_what(error)}") from error

    def _parse(self, settings: Mapping[str, str]) -> dict[str, Any]:
        """Parameter -> its value. An option of a group (`output.format`) changes that option alone."""
        values: dict[str, Any] = {}
        for key, word in sorted(settings.items(), key=lambda item: "." in item[0]):
            name, dot, option = key.partition(".")
            if name not in self.parameters:
                known = [*self.parameters, *RUN_OPTIONS]
                raise ConfigError(f"recipe {self.name!r} has no parameter {name!r}: {nearest(name, known)}")
            info = self.parameters[name]
            if not dot:
                values[name] = _parsed(name, info, word, where=f"--set {key}")
                continue
            options = options_of(info)
            if option not in options:
                known = [f"{name}.{each}" for each in options]
                said = nearest(key, known) if known else f"{name!r} has no options: write {name}=VALUE"
                raise ConfigError(f"recipe {self.name!r} has no parameter {key!r}: {said}")
            value = _parsed(option, options[option], word, where=f"--set {key}")
            group = values.get(name, info.get_default(call_default_factory=True))
            values[name] = group.model_copy(update={option: value})
        return values


def options_of(info: FieldInfo) -> dict[str, FieldInfo]:
    """The options of a parameter that is a group of them; none of one that is a value."""
    kind = info.annotation
    return kind.model_fields if _is_group(kind, info.default) else {}


def _is_group(kind: Any, default: Any) -> TypeGuard[type[BaseModel]]:
    """Whether a parameter is a model that is there whether or not anything of it is said."""
    return isinstance(kind, type) and issubclass(kind, BaseModel) and isinstance(default, kind)


def _parsed(name: str, info: FieldInfo, word: str, *, where: str) -> Any:
    """The value of a parameter or an option, as YAML reads it, or the word itself where it is one."""
    single = create_model(name, __config__=ConfigDict(strict=True), **{name: (info.annotation, info)})  # type: ignore[call-overload]
    try:
        single.model_validate({name: word})
    except ValidationError:
        value = load_yaml(word, where=where)
        return getattr(validate(single, {name: value}, where=f"{where}={word}"), name)
    return word


def with_run_options(recipe: Recipe, settings: Mapping[str, str]) -> Recipe:
    """The recipe with other options of the run, which are no part of its identity. Raises ConfigError."""
    for name in sorted(settings.keys() - RUN_OPTIONS.keys()):
        raise ConfigError(f"--set {name}: is no option of a run: {nearest(name, RUN_OPTIONS)}")
    values = {name: _parsed(name, RUN_OPTIONS[name], word, where=f"--set {name}") for name, word in settings.items()}
    return replace(recipe, guard=recipe.guard.model_copy(update=values))


def _what(error: Exception) -> str:
    return f"{type(error).__name__}: {one_line(str(error), limit=200)}"


def _where(error: Exception, path: Path) -> str:
    """The line of a file that an error went through last."""
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    return f" in line {lines[-1]} of {path.name}" if lines else ""


def recipe_functions() -> dict[str, RecipeFunction]:
    """The recipes that come with xdata, by name."""
    paths = sorted(pipelines_folder().glob("*.py"))
    return {path.stem: _load(path) for path in paths if not path.stem.startswith("_")}


def find_recipe(name: str) -> RecipeFunction:
    """The recipe function of a name, or of a path to a Python file. Raises ConfigError where there is none."""
    if name.endswith(".py"):
        return _load(Path(name))
    functions = recipe_functions()
    if name not in functions:
        raise ConfigError(f"unknown recipe {name!r}: {nearest(name, functions)}")
    return functions[name]


def _load(path: Path) -> RecipeFunction:
    module = load_code(path)
    function = getattr(module, path.stem, None)
    if not inspect.isfunction(function):
        raise ConfigError(f"{path}: defines no function {path.stem}(…) that returns a Recipe")
    return RecipeFunction(path.stem, function, path.expanduser().resolve())


def read_recipe(path: Path, *, sources: Sequence[Source] = (), settings: Mapping[str, str] | None = None) -> Recipe:
    """The recipe in a YAML file, reading other sources where some are given, with other options of the run.

    Raises ConfigError.
    """
    recipe = Recipe.from_yaml(read_text(path), where=str(path), folder=Path(os.path.abspath(path)).parent)
    return with_run_options(recipe.reading(sources) if sources else recipe, settings or {})
