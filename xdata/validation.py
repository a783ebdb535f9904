"""Validates data from files and the command line into models; errors are one line.

Validation is strict: no word becomes a number, no number a word, and no key is unknown. The message names the
path to the key, what was found, what is allowed, and the nearest name.
"""

import math
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar, get_args

import orjson
from pydantic import BaseModel, GetCoreSchemaHandler, ValidationError, ValidationInfo
from pydantic_core import CoreSchema, ErrorDetails, core_schema

from xdata.errors import ConfigError, nearest, one_line

Model = TypeVar("Model", bound=BaseModel)


def absolute_path(path: str, info: ValidationInfo) -> str:
    """A path of the user's, made absolute: from the folder that `validate` was given, else from the working folder."""
    folder = info.context["folder"] if info.context else ""
    return os.path.abspath(os.path.join(folder, os.path.expanduser(path)))


@dataclass(frozen=True)
class _Absolute:
    """Marks a path of the user's in types, and makes it absolute."""

    def __get_pydantic_core_schema__(self, kind: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.with_info_after_validator_function(absolute_path, handler(kind))


UserPath = Annotated[str, _Absolute()]
"""A file or folder of the user's, absolute once it is validated."""


def quoted(value: object) -> object:
    """A language code as YAML reads it. Raises ValueError for one that YAML takes for true or false."""
    if isinstance(value, bool):
        word = "yes" if value else "no"
        raise ValueError(f'YAML reads {word} as {str(value).lower()}: write the code in quotes, "{word}"')
    return value


def validate(model: type[Model], data: Any, *, where: str, folder: Path | None = None) -> Model:
    """`data` (of words, numbers, lists and mappings) as a `model`; `where` names it in the message.

    Relative paths are relative to `folder`, else to the working folder. Raises ConfigError with all that is wrong, one
    line.
    """
    if not isinstance(data, dict):
        raise ConfigError(f"{where}: expected keys and values, found {_shown(data)}")
    try:
        _refuse_no_numbers(data, where)
        return model.model_validate_json(orjson.dumps(data), context=folder and {"folder": folder})
    except (orjson.JSONEncodeError, TypeError) as error:
        raise ConfigError(f"{where}: {one_line(str(error))}") from None
    except ValidationError as error:
        raise ConfigError(f"{where}: {describe(error, model)}") from None


def _refuse_no_numbers(data: Any, where: str, path: str = "") -> None:
    """Raises ConfigError for infinity and NaN, which JSON has not."""
    if isinstance(data, float) and not math.isfinite(data):
        raise ConfigError(f"{where}: {path.lstrip('.')}: {data} is not a number")
    pairs = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    for key, value in pairs:
        _refuse_no_numbers(value, where, f"{path}[{key}]" if isinstance(key, int) else f"{path}.{key}")


def describe(error: ValidationError, model: type[BaseModel]) -> str:
    """All that is wrong, in one line: `stage.min_words: expected an integer, found 'sixty'`."""
    details = error.errors(include_url=False)
    return "; ".join(_describe_one(each, model) for each in details if each["type"] != "default_factory_not_called")


def _describe_one(detail: ErrorDetails, model: type[BaseModel]) -> str:
    location = detail["loc"]
    path = "".join(f"[{part}]" if isinstance(part, int) else f".{part}" for part in location).lstrip(".")
    if detail["type"] == "extra_forbidden":
        fields = _fields(model, location[:-1])
        return f"unknown key {path!r}: {nearest(str(location[-1]), fields)}"
    if detail["type"] == "missing":
        return f"the key {path!r} is missing"
    message = detail["msg"].removeprefix("Value error, ").removeprefix("Input should be ")
    if detail["type"].startswith("value_error"):
        return f"{path}: {one_line(message)}" if path else one_line(message)
    return f"{path}: expected {one_line(message)}, found {_shown(detail['input'])}"


def _fields(model: type[BaseModel], location: Sequence[int | str]) -> list[str]:
    """The names of the fields where `location` leads to, as far as it can be followed through models."""
    here: type[BaseModel] = model
    for part in location:
        field = here.model_fields.get(str(part))
        inner = next(_models_in(field.annotation), None) if field else None
        here = inner or here
    return list(here.model_fields)


def _models_in(annotation: Any) -> Iterator[type[BaseModel]]:
    """The models that a type is made of: itself, or what its brackets hold."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models_in(argument)


def _shown(value: Any) -> str:
    return one_line(repr(value), limit=60)
