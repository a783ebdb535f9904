"""Columns as `datasets` describes them in the head of a data card, which states the types that JSON lacks."""

from collections.abc import Iterator, Mapping
from typing import Any

import pyarrow as pa

_NAMES = {"float": "float32", "double": "float64", "halffloat": "float16", "large_string": "string"}


def features_of(schema: pa.Schema) -> list[dict[str, Any]]:
    """The columns of a table, each with its name and type."""
    return [_feature(field) for field in schema]


def _feature(field: pa.Field) -> dict[str, Any]:
    return {"name": field.name, **_kind(field.type)}


def _kind(kind: pa.DataType) -> dict[str, Any]:
    if pa.types.is_dictionary(kind):
        return _kind(kind.value_type)
    if pa.types.is_struct(kind):
        return {"struct": [_feature(field) for field in kind]}
    if pa.types.is_list(kind) or pa.types.is_large_list(kind) or pa.types.is_fixed_size_list(kind):
        inner = _kind(kind.value_type)
        return {"list": inner.get("dtype") or inner.get("struct") or inner}
    return {"dtype": _NAMES.get(str(kind), str(kind))}


def type_words(feature: Mapping[str, Any]) -> str:
    """The type of a column, for people."""
    if "struct" in feature:
        return f"object ({', '.join(_members(feature['struct']))})"
    if "list" in feature:
        inner = feature["list"]
        if isinstance(inner, str):
            return f"list of {inner}"
        return f"list of {type_words({'struct': inner} if isinstance(inner, list) else inner)}"
    return str(feature["dtype"])


def _members(features: list[dict[str, Any]]) -> Iterator[str]:
    shown = features[:8]
    yield from (str(feature["name"]) for feature in shown)
    if len(features) > len(shown):
        yield f"and {len(features) - len(shown)} more"
