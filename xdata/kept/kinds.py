"""Which values a column of JSON or CSV has, and the type that follows from all of them."""

from collections.abc import Iterable, Mapping
from typing import Any

import pyarrow as pa

from xdata.errors import ConfigError
from xdata.kept.arrow_types import MOST_KEYS, unify
from xdata.kept.columns import MOST_COLUMNS, too_many

_DEEPEST = 16
"""Levels of objects and lists of JSON that become fields; what lies deeper is kept as words of JSON."""
_EXACT = 1 << 53
"""Whole numbers up to this are exact as float64."""
Kind = dict[str, Any]
"""What values of JSON there are: `is` has their kinds, `items` the kind of those of lists, `keys` that of each key."""


def kind_of(value: Any, depth: int = 0) -> Kind:
    """The kind of one value."""
    match value:
        case None:
            return {"is": []}
        case bool():
            return {"is": ["bool"]}
        case int():
            if -_EXACT <= value <= _EXACT:
                return {"is": ["int"]}
            return {"is": ["int64" if -(1 << 63) <= value < 1 << 63 else "large"]}
        case float():
            return {"is": ["float"]}
        case str():
            return {"is": ["string"]}
    if depth >= _DEEPEST:
        return {"is": ["json"]}
    if isinstance(value, list | tuple):
        items = merge_all(kind_of(item, depth + 1) for item in value)
        return {"is": ["list"], "items": items}
    if len(value) > MOST_KEYS:
        return {"is": ["json", "struct"]}
    return {"is": ["struct"], "keys": {str(key): kind_of(item, depth + 1) for key, item in value.items()}}


def merge_all(kinds: Iterable[Kind]) -> Kind:
    """The kind of all values together."""
    found: Kind = {"is": []}
    for kind in kinds:
        found = merge(found, kind)
    return found


def merge(first: Kind, second: Kind) -> Kind:
    """The kind of the values of two. Associative, commutative and idempotent, but for the order of keys."""
    if first == second:
        return first
    kinds = set(first["is"]) | set(second["is"])
    found: Kind = {"is": sorted(kinds)}
    if "json" in kinds:  # all of it will be words
        return {"is": sorted(kinds)}
    if "list" in kinds:
        found["items"] = merge(first.get("items", {"is": []}), second.get("items", {"is": []}))
    if "struct" in kinds:
        keys = dict(first.get("keys", {}))
        for key, kind in second.get("keys", {}).items():
            keys[key] = merge(keys[key], kind) if key in keys else kind
        if len(keys) > MOST_KEYS:
            return {"is": sorted({*kinds, "json"})}
        found["keys"] = keys
    return found


class Kinds:
    """Collects which values documents have, by column."""

    def __init__(self) -> None:
        self._found: dict[str, Kind] = {}

    def add(self, values: Mapping[str, Any]) -> None:
        """Notes the values of one document. Raises ConfigError where there are too many columns."""
        for name, value in values.items():
            before = self._found.get(name)
            if before is None:
                if len(self._found) == MOST_COLUMNS:
                    raise ConfigError(too_many("the input"))
                self._found[name] = kind_of(value)
            elif not (type(value) is str and "string" in before["is"]):
                self._found[name] = merge(before, kind_of(value))

    def to_data(self) -> dict[str, Kind]:
        """Column -> kind, as JSON has it."""
        return dict(sorted(self._found.items()))


def merge_columns(parts: Iterable[Mapping[str, Kind]]) -> dict[str, Kind]:
    """Column -> kind over several parts. Raises ConfigError where there are too many columns together."""
    found: dict[str, Kind] = {}
    for part in parts:
        for name, kind in part.items():
            found[name] = merge(found[name], kind) if name in found else kind
        if len(found) > MOST_COLUMNS:
            raise ConfigError(too_many("the input"))
    return found


def type_of(kind: Kind) -> pa.DataType:
    """The type of a column of values of a kind: that of all of them, or words where they are of several."""
    kinds = set(kind["is"])
    if not kinds:
        return pa.null()
    if kinds == {"bool"}:
        return pa.bool_()
    if kinds <= {"int", "int64"}:
        return pa.int64()
    if kinds <= {"int", "float"}:
        return pa.float64()
    if kinds == {"list"}:
        return pa.list_(type_of(kind["items"]))
    if kinds == {"struct"} and kind["keys"]:
        return pa.struct([(key, type_of(found)) for key, found in sorted(kind["keys"].items())])
    return pa.string()


def column_types(
    kinds: Iterable[Mapping[str, Kind]], types: Iterable[Mapping[str, pa.DataType]]
) -> dict[str, pa.DataType]:
    """Column of the output -> its type over all parts, in order of name. Raises ConfigError for too many columns."""
    found = {name: {type_of(kind)} for name, kind in merge_columns(kinds).items()}
    for schema in types:
        for name, kind in schema.items():
            found.setdefault(name, set()).add(kind)
    if len(found) > MOST_COLUMNS:
        raise ConfigError(too_many("the input"))
    return {name: unify(found[name]) for name in sorted(found)}
