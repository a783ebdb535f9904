"""Settings of a recipe: data for its parameters, in layers of which each overrides those before it.

A recipe function has defaults; a preset overrides some of them, then a job file or Python does, then the command line.
A mapping for an option group changes the options that it names; any other value replaces the one before. On the
command line a key is a path into groups, mappings and models: `dedup.min_similarity`, `splitting.splits.test`,
`identifier.model`.
"""

from collections.abc import Iterable, Iterator, Mapping
from copy import deepcopy
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ConfigDict, TypeAdapter, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

from xdata.errors import ConfigError, nearest
from xdata.recipe.parameters import OptionGroup
from xdata.validation import validate
from xdata.yaml_files import load_yaml

Fields = Mapping[str, FieldInfo]
"""Parameter -> type, default and description."""
Data = dict[str, Any]
"""Parameter -> its value, of an option group option -> value; words, numbers, lists and mappings."""


def options_of(info: FieldInfo) -> dict[str, FieldInfo]:
    """The options of a parameter that is a group; none of one that is a value."""
    kind: Any = info.annotation
    return kind.model_fields if _is(kind, OptionGroup) else {}


def paths_of(fields: Fields) -> dict[str, FieldInfo]:
    """Path of each option (`min_words`, `dedup.index`) -> its type, description, and default in its group."""
    return dict(_paths(fields))


def _paths(fields: Fields) -> Iterator[tuple[str, FieldInfo]]:
    for name, info in fields.items():
        options = options_of(info)
        if not options:
            yield name, info
        for option, each in options.items():
            yield f"{name}.{option}", each if info.is_required() else with_default(each, getattr(info.default, option))


def with_default(info: FieldInfo, default: Any) -> FieldInfo:
    """The same parameter with another default."""
    return FieldInfo.merge_field_infos(info, default=default, default_factory=None)


def defaults_of(fields: Fields) -> Data:
    """The defaults that a path can change in part."""
    changed = {name: info.default for name, info in fields.items() if isinstance(info.default, BaseModel | dict)}
    return {name: to_jsonable_python(default) for name, default in changed.items()}


def overlay(data: Data, layer: Mapping[str, Any], fields: Fields, *, where: str, others: Iterable[str] = ()) -> Data:
    """The data, overridden by a layer, which may hold models of pydantic.

    Raises ConfigError for a parameter or option that does not exist, naming the nearest, also among `others`.
    """
    found = dict(data)
    for name, value in layer.items():
        known = _type_at(fields, name, where=where, others=others)
        changed = value.model_dump(mode="json", exclude_unset=True) if isinstance(value, OptionGroup) else value
        changed = to_jsonable_python(changed)
        if _is(known, OptionGroup):
            if not isinstance(changed, dict):
                options = ", ".join(known.model_fields)
                raise ConfigError(f"{where}: {name}: expected options ({options}), found {changed!r}")
            for option in changed:
                _type_at(fields, f"{name}.{option}", where=where)
            changed = {**found.get(name, {}), **changed}
        found[name] = changed
    return found


def set_words(data: Data, words: Mapping[str, str], fields: Fields, *, others: Iterable[str] = ()) -> Data:
    """The data, overridden by the words of a command line: path -> word.

    A whole group or mapping comes before a path into it. Raises ConfigError for a path that does not exist, and for a
    word that is not YAML where a word is not allowed.
    """
    found = deepcopy(data)
    for path, word in sorted(words.items(), key=lambda item: item[0].count(".")):
        where = f"--set {path}"
        value = _parsed(_type_at(fields, path, where=where, others=others), word, where=f"{where}={word}")
        *parents, key = path.split(".")
        if not parents:
            found = overlay(found, {key: value}, fields, where=where)
            continue
        inner = found
        for name in parents:
            if inner.get(name) is None:
                inner[name] = {}
            inner = inner[name]
            if not isinstance(inner, dict):
                raise ConfigError(f"{where}: {name} is {inner!r}, which has no options")
        inner[key] = value
    return found


def value_at(data: Mapping[str, Any], path: str) -> Any:
    """The value of a parameter, or of an option of a group; None where none is given."""
    name, _, option = path.partition(".")
    value = data.get(name)
    return value.get(option) if option and isinstance(value, dict) else value


def model_of(name: str, fields: Fields) -> type[BaseModel]:
    """A model of the parameters, strict and without unknown keys."""
    config = ConfigDict(extra="forbid", strict=True)
    return create_model(name, __config__=config, **{key: (info.annotation, info) for key, info in fields.items()})  # type: ignore[call-overload,no-any-return]


def with_defaults(
    fields: Fields,
    overrides: Mapping[str, Any],
    *,
    where: str,
    folder: Path | None = None,
    others: Iterable[str] = (),
) -> dict[str, FieldInfo]:
    """The parameters with other defaults, whose relative paths are relative to `folder`.

    Raises ConfigError for overrides that they do not allow.
    """
    data = overlay(defaults_of(fields), overrides, fields, where=where, others=others)
    changed = {name: fields[name] for name in overrides}
    data = {name: data[name] for name in overrides}
    values = validate(model_of("overrides", changed), data, where=where, folder=folder)
    return {**fields, **{name: with_default(info, getattr(values, name)) for name, info in changed.items()}}


def _type_at(fields: Fields, path: str, *, where: str, others: Iterable[str] = ()) -> Any:
    """The type of the value at a path. Raises ConfigError for a path that does not exist."""
    name, *rest = path.split(".")
    found = fields[name].annotation if name in fields else None
    for part in rest:
        found = _type_below(found, part)
    if found is None:
        known = [*fields, *paths_of(fields), *others]
        same = [each for each in known if each.rsplit(".", 1)[-1] == path.rsplit(".", 1)[-1]]
        raise ConfigError(f"{where}: there is no parameter {path!r}: {nearest(path, same or known)}")
    return found


def _type_below(kind: Any, key: str) -> Any:
    """The type of the value of a key, in a model or mapping; None if it does not exist."""
    origin, arguments = get_origin(kind), get_args(kind)
    if origin is Annotated:
        return _type_below(arguments[0], key)
    if origin in (Union, UnionType):
        return next((found for each in arguments if (found := _type_below(each, key)) is not None), None)
    if _is(kind, BaseModel):
        info = kind.model_fields.get(key)
        return None if info is None else info.annotation
    return arguments[1] if origin in (dict, Mapping) else None


def _is(kind: Any, base: type) -> bool:
    return isinstance(kind, type) and issubclass(kind, base)


def _parsed(kind: Any, word: str, *, where: str) -> Any:
    """The value of a word: itself if the type allows words (`null` is None if it allows that), else parsed as YAML."""
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    for value in (None, word) if word == "null" else (word,):
        try:
            adapter.validate_python(value, strict=True)
        except ValidationError:
            continue
        return value
    value = load_yaml(word, where=where)
    if isinstance(value, dict) and any(each is None and ":" in str(key) for key, each in value.items()):
        raise ConfigError(f"{where}: write a space behind each colon, and quotes around the value: '{{test: 0.1}}'")
    return _number(value) if isinstance(value, str) else value


def _number(word: str) -> float | str:
    """The number that a word is, as `1e-7`, which YAML takes for a word."""
    try:
        return float(word)
    except ValueError:
        return word
