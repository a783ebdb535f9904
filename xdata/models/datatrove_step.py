"""A step of datatrove by its class and arguments, so that a recipe can be written, hashed and read back by every rank.

Only classes of importable modules are loaded, and only those that are filters or formatters of datatrove.
"""

import importlib
import inspect
import math
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex
from pydantic import BaseModel, ConfigDict, Field, field_validator

from xdata.errors import ConfigError, one_line
from xdata.references import Reference

if TYPE_CHECKING:
    from datatrove.pipeline.base import PipelineStep

_WORD = regex.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
_WRITER = "exclusion_writer"
_NOT_COMPARED = frozenset({"stats", _WRITER})
_RANDOM = frozenset({"SamplerFilter"})
"""Classes whose verdicts depend on the order of documents."""
_GIVE_CLASS = "give the class and its arguments, as in xdata.datatrove.filter(GopherQualityFilter, min_doc_words=20)"


class DatatroveStep(BaseModel, Reference):
    """A filter or formatter of datatrove."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    path: str = Field(pattern=r"^[A-Za-z_]\w*(\.[A-Za-z_]\w*)+$")
    """Module and name of the class: `datatrove.pipeline.filters.gopher_quality_filter.GopherQualityFilter`."""
    arguments: Mapping[str, Any] = Field(default_factory=dict)
    """Arguments of the class that are not its defaults: numbers, strings, and lists and mappings of them."""

    @field_validator("arguments")
    @classmethod
    def _plain_data(cls, arguments: Mapping[str, Any]) -> Mapping[str, Any]:
        return {name: _plain(value, name) for name, value in sorted(arguments.items())}

    @classmethod
    def of(cls, step: "PipelineStep | type[PipelineStep]", arguments: Mapping[str, Any]) -> "DatatroveStep":
        """That of a class with arguments, or of an object whose attributes tell its arguments.

        Raises ConfigError for what is no filter or formatter, what ranks could not make again, and arguments that are
        not plain data.
        """
        kind = step if isinstance(step, type) else type(step)
        _check_kind(kind, f"{kind.__module__}.{kind.__qualname__}")
        if kind.__module__ == "__main__" or "<locals>" in kind.__qualname__:
            raise ConfigError(
                f"{kind.__qualname__} is defined in {kind.__module__}, which workers cannot import: put the class into "
                "a Python module that is installed or on PYTHONPATH"
            )
        if not isinstance(step, type) and arguments:
            raise ConfigError(f"{kind.__name__}: arguments apply to a class: {_GIVE_CLASS}")
        given = arguments if isinstance(step, type) else vars(step)
        if given.get(_WRITER) is not None:
            raise ConfigError(f"{kind.__name__}: {_WRITER}: xdata writes what it drops to rejects/: remove it")
        found = dict(arguments) if isinstance(step, type) else _arguments_of(step)
        try:
            return cls(path=f"{kind.__module__}.{kind.__qualname__}", arguments=found)
        except ValueError as error:
            raise ConfigError(f"{kind.__name__}: {one_line(str(error))}") from None

    @property
    def name(self) -> str:
        """The name of the class in lower case, `gopher_quality_filter`."""
        return _WORD.sub("_", self.path.rsplit(".", 1)[-1]).lower().strip("_")

    def files(self) -> tuple[Path, ...]:
        """The file that defines the class. Raises ConfigError where its module does not exist."""
        module = self.path.rsplit(".", 1)[0]
        try:
            spec = find_spec(module)
        except (ImportError, ValueError) as error:
            raise _missing(self.path, error) from None
        if spec is None or spec.origin is None:
            raise _missing(self.path, None)
        return (Path(spec.origin),)

    def identity(self) -> dict[str, Any]:
        """Class and arguments."""
        return self.model_dump(mode="json")

    def open(self) -> "PipelineStep":
        """The step. Raises ConfigError where it cannot be imported or made."""
        module, name = self.path.rsplit(".", 1)
        try:
            kind = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise _missing(self.path, error) from None
        _check_kind(kind, self.path)
        try:
            return kind(**self.arguments)
        except Exception as error:
            raise ConfigError(f"{self.path}: {type(error).__name__}: {one_line(str(error), limit=200)}") from error


def is_filter(step: "PipelineStep") -> bool:
    """Whether a step is a filter of datatrove."""
    from datatrove.pipeline.filters.base_filter import BaseFilter

    return isinstance(step, BaseFilter)


def _check_kind(kind: Any, path: str) -> None:
    from datatrove.pipeline.filters.base_filter import BaseFilter
    from datatrove.pipeline.formatters.base import BaseFormatter

    if not isinstance(kind, type) or not issubclass(kind, BaseFilter | BaseFormatter):
        raise ConfigError(f"{path}: expected a filter (BaseFilter) or formatter (BaseFormatter) of datatrove")
    if kind.__name__ in _RANDOM:
        raise ConfigError(
            f"{path}: its verdicts depend on the order of documents, so a run would not be reproducible: use "
            "max_documents or a quota of xdata"
        )


def _arguments_of(step: "PipelineStep") -> dict[str, Any]:
    """The arguments that an object was made with, where its attributes tell them. Raises ConfigError elsewhere."""
    kind = type(step)
    parameters = inspect.signature(kind).parameters
    known = vars(step)
    found = {
        name: known[name]
        for name, parameter in parameters.items()
        if name in known and name != _WRITER and not _same(known[name], parameter.default)
    }
    if not _can_be_made_of(kind, found, known):
        raise ConfigError(f"{kind.__name__}: its attributes do not contain all of its arguments: {_GIVE_CLASS}")
    for name in list(found):  # a default that the object has in another form, as a set
        others = {key: value for key, value in found.items() if key != name}
        found = others if _can_be_made_of(kind, others, known) else found
    return found


def _can_be_made_of(kind: type["PipelineStep"], arguments: Mapping[str, Any], attributes: Mapping[str, Any]) -> bool:
    """Whether the plain form of arguments makes an object with these attributes."""
    try:
        plain = {name: _plain(value, name) for name, value in arguments.items()}
        again = vars(kind(**plain))
    except Exception:
        return False
    names = (again.keys() | attributes.keys()) - _NOT_COMPARED
    return all(name in again and name in attributes and _same(again[name], attributes[name]) for name in names)


def _same(first: Any, second: Any) -> bool:
    """Whether two values are equal as plain data, a list counting as a tuple."""
    if isinstance(first, list | tuple) and isinstance(second, list | tuple):
        return len(first) == len(second) and all(map(_same, first, second))
    return type(first) is type(second) and bool(first == second)


def _plain(value: Any, name: str) -> Any:
    """A value of JSON. Raises ValueError for any other value."""
    if value is None or isinstance(value, bool | int | str) or (isinstance(value, float) and math.isfinite(value)):
        return value
    if isinstance(value, list | tuple):
        return [_plain(each, name) for each in value]
    if isinstance(value, set | frozenset):
        return sorted(_plain(each, name) for each in value)
    if isinstance(value, Mapping) and all(isinstance(key, str) for key in value):
        return {key: _plain(each, name) for key, each in value.items()}
    raise ValueError(f"{name}: expected numbers, strings, or lists and mappings of them, found {type(value).__name__}")


def _missing(path: str, error: Exception | None) -> ConfigError:
    why = "" if error is None else f" ({type(error).__name__}: {one_line(str(error), limit=120)})"
    return ConfigError(f"{path}: cannot be imported{why}: install its package, or put its module on PYTHONPATH")
