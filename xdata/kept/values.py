"""Values of tables as JSON has them, and columns of the output that are made of them again."""

import json
import math
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from decimal import Decimal
from itertools import pairwise
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat

from xdata.kept.arrow_types import is_bytes, is_list, is_words

Convert = Callable[[Any], Any]
FileTypes = Mapping[tuple[str, str], Mapping[str, pa.DataType]]
"""(source, path) of a table -> column of the output -> type of its values; files of JSON and CSV are not in it."""


def _plain(kind: pa.DataType) -> pa.DataType:
    """The type through which values of one that `writable` gives go to Python and back: times as numbers."""
    if pat.is_dictionary(kind):
        return _plain(kind.value_type)
    if pat.is_temporal(kind):
        return pa.int32() if kind.bit_width == 32 else pa.int64()
    if pat.is_fixed_size_list(kind):
        return pa.list_(_plain(kind.value_type), kind.list_size)
    if pat.is_large_list(kind):
        return pa.large_list(_plain(kind.value_type))
    if pat.is_list(kind):
        return pa.list_(_plain(kind.value_type))
    if pat.is_struct(kind):
        return pa.struct([(each.name, _plain(each.type)) for each in kind])
    return kind


def wire_values(array: pa.Array, kind: pa.DataType) -> list[Any]:
    """The values of an array as JSON has them; `kind` is the `writable` type of its own."""
    while isinstance(array, pa.ExtensionArray):
        array = array.storage
    if pat.is_null(kind):
        return [None] * len(array)
    if pat.is_dictionary(array.type):
        array = array.dictionary_decode()
    elif pat.is_run_end_encoded(array.type):
        array = pc.run_end_decode(array)
    if _has_dictionary(array.type):
        return _wire_values_inside(array, kind)
    plain = _plain(kind)
    values: list[Any] = (array if array.type == plain else array.cast(plain)).to_pylist()
    to_json = _to_json(plain)
    return values if to_json is None else [None if value is None else to_json(value) for value in values]


def _has_dictionary(kind: pa.DataType) -> bool:
    """Whether values are in a dictionary, somewhere inside of a type."""
    if pat.is_dictionary(kind):
        return True
    if pat.is_map(kind):
        return _has_dictionary(kind.key_type) or _has_dictionary(kind.item_type)
    if is_list(kind):
        return _has_dictionary(kind.value_type)
    return pat.is_struct(kind) and any(_has_dictionary(each.type) for each in kind)


def _wire_values_inside(array: pa.Array, kind: pa.DataType) -> list[Any]:
    """The values of lists, objects and maps with dictionaries inside, which Arrow fails to decode below a null."""
    some = array.drop_null()
    if pat.is_struct(kind):
        columns = [wire_values(some.field(number), each.type) for number, each in enumerate(kind)]
        names = [each.name for each in kind]
        rows: Iterator[Any] = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
    else:
        some = _as_list(some) if pat.is_map(some.type) else some
        items = wire_values(some.flatten(), kind.value_type)
        ends = np.cumsum([0, *pc.list_value_length(some).to_pylist()]).tolist()
        rows = (items[begin:end] for begin, end in pairwise(ends))
    return [next(rows) if valid else None for valid in array.is_valid().to_pylist()]


def _as_list(array: pa.MapArray) -> pa.ListArray:
    """A map that has no nulls as lists of objects with `key` and `value`."""
    pairs = pa.StructArray.from_arrays([array.keys, array.items], names=["key", "value"])
    return pa.ListArray.from_arrays(array.offsets, pairs)


def _to_json(kind: pa.DataType) -> Convert | None:
    """What makes JSON of a Python value of a plain type; None where it is JSON already."""
    if pat.is_decimal(kind):
        return str
    if is_bytes(kind):
        return lambda value: b64encode(value).decode()
    return _inside(kind, _to_json)


def _from_json(kind: pa.DataType) -> Convert | None:
    """What makes Python values, which Arrow takes for that type, of values of JSON."""
    if pat.is_dictionary(kind):
        return _from_json(kind.value_type)
    if pat.is_decimal(kind):
        return Decimal
    if is_bytes(kind):
        return b64decode
    return _inside(kind, _from_json)


def _inside(kind: pa.DataType, convert_of: Callable[[pa.DataType], Convert | None]) -> Convert | None:
    """What converts the values inside a list or an object; None where nothing is to be converted."""
    if is_list(kind):
        convert = convert_of(kind.value_type)
        return None if convert is None else lambda value: [_apply(convert, each) for each in value]
    if pat.is_struct(kind):
        converts = {each.name: convert for each in kind if (convert := convert_of(each.type)) is not None}
        if not converts:
            return None
        return lambda value: {name: _apply(converts.get(name), each) for name, each in value.items()}
    return None


def _apply(convert: Convert | None, value: Any) -> Any:
    return value if value is None or convert is None else convert(value)


def _converter(have: pa.DataType | None, want: pa.DataType) -> Convert | None:
    """What makes wire values of a type of those of another, which `unify` gave for it; None for the same.

    `have` is None for values of JSON, whose types are those of the values.
    """
    if pat.is_dictionary(want):
        want = want.value_type
    if have is not None and pat.is_dictionary(have):
        have = have.value_type
    if have == want or (have is not None and pat.is_null(have)) or pat.is_null(want):
        return None
    if is_words(want):
        if have is not None and is_words(have):
            return None
        return lambda value: as_words(value, have)
    if pat.is_floating(want):
        return float
    if is_list(want):
        item = _converter(None if have is None else have.value_type, want.value_type)
        return None if item is None else lambda value: [_apply(item, each) for each in value]
    if pat.is_struct(want):
        kinds = {} if have is None else {each.name: each.type for each in have}
        named = {
            each.name: _converter(kinds.get(each.name), each.type)
            for each in want
            if have is None or each.name in kinds
        }
        return lambda value: {name: _apply(named.get(name), each) for name, each in value.items()}
    return None


def as_words(value: Any, kind: pa.DataType | None = None) -> str:
    """A wire value of a type, or a value of JSON, as words: words themselves, all else as JSON."""
    found = value if kind is None else _readable(value, kind)
    return found if isinstance(found, str) else _json(found)


def _json(value: Any) -> str:
    if isinstance(value, float) and math.isfinite(value):
        return orjson.dumps(value).decode()
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _readable(value: Any, kind: pa.DataType) -> Any:
    """A wire value as people write it: times as ISO 8601 has them."""
    if value is None:
        return None
    if pat.is_temporal(kind) and not pat.is_duration(kind):
        zone = "Z" if pat.is_timestamp(kind) and kind.tz else ""
        naive = pa.timestamp(kind.unit) if zone else kind
        words: str = pa.array([value], _plain(kind)).cast(naive).cast(pa.string())[0].as_py()
        return value if words.startswith("<") else f"{words}{zone}"  # what no calendar has stays a number
    if pat.is_dictionary(kind):
        return _readable(value, kind.value_type)
    if is_list(kind):
        return [_readable(each, kind.value_type) for each in value]
    if pat.is_struct(kind):
        return {each.name: _readable(value.get(each.name), each.type) for each in kind}
    return value


def typed_column(
    rows: Sequence[Mapping[str, Any]],
    files: Sequence[tuple[str, str]],
    name: str,
    want: pa.DataType,
    types: FileTypes,
) -> pa.Array:
    """A column of the output out of the values of some documents, and the (source, path) of each.

    `want` is the type that all values of the column together have.
    """
    values = [row.get(name) for row in rows]
    converters = {file: _converter(types[file].get(name) if file in types else None, want) for file in set(files)}
    from_json = _from_json(want)
    found = [
        _apply(from_json, _apply(converters[file], value)) if value is not None else None
        for value, file in zip(values, files, strict=True)
    ]
    return _array(found, want)


def _array(values: list[Any], want: pa.DataType) -> pa.Array:
    if pat.is_null(want):
        return pa.nulls(len(values))
    return pa.array(values, want)
