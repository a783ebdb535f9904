"""Columns of the user that are kept: which ones, how their values travel, and which type a column has in the output.

Values travel as one object of JSON for each document, name in the output -> value. A table's values of types that JSON
has not are written as numbers (times), Base64 (bytes) or words (decimals); the schema of each file is remembered
beside them (`FileTypes`), and `column` restores the values exactly, at any depth. Of JSON and CSV, `Kinds` collects
what values there are; the type of a column follows from all of them together, in whatever order and parts they came.
"""

import json
import math
import shlex
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from itertools import pairwise
from typing import Any, Literal

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.types as pat
import regex

from xdata import records
from xdata.errors import ConfigError, one_line

ALL = "*"
"""Stands in `keep` for every column that no field of the document uses."""
MOST_COLUMNS = 1000
"""Columns that are kept; more are refused, since each of them is a column of every file of the output."""
MOST_KEYS = 1000
"""Keys of one object of JSON that become fields; values of a column with more are kept as words of JSON."""
CARRIED = records.SCORES
"""Key of the values of a document under which scores of an earlier output travel; no kept column may be called so."""
LABELS = (records.LANGUAGE_SCORE, records.SCRIPT, records.VARIETY)
"""Keys under which labels travel that an earlier output gives."""
OWN_NAMES = frozenset(
    {
        *records.rejects_schema(records.document_schema(("any",), upsample=True, grouped=True)).names,
        *(records.ALTERNATIVES, records.SEGMENTS),
    }
)
"""Columns of xdata's own records in `data/` and `rejects/`."""

_DEEPEST = 16
"""Levels of objects and lists of JSON that become fields; what lies deeper is kept as words of JSON."""
_EXACT = 1 << 53
"""Whole numbers up to this are exact as float64."""
_LONG_NUMBER = regex.compile(rb"[0-9]{18}")

Written = Literal["sources.yaml", "command line"]
"""Where users write which columns they keep."""
Kind = dict[str, Any]
"""What values of JSON there are: `is` has their kinds, `items` the kind of those of lists, `keys` that of each key."""
Convert = Callable[[Any], Any]


@dataclass(frozen=True)
class Keep:
    """Which columns of one source are kept, under which names."""

    source: str
    """Name of the source, for messages."""
    names: Mapping[str, str]
    """Its column -> name in the output; `*` -> `*` for all that are not named and not used."""
    used: frozenset[str] = frozenset()
    """Columns that are fields of the document, and not kept again by `*`."""
    _targets: dict[str, str | None] = field(default_factory=dict, compare=False, repr=False)
    _owners: dict[str, str] = field(default_factory=dict, compare=False, repr=False)

    @property
    def everything(self) -> bool:
        return ALL in self.names

    def targets(self, columns: Iterable[str]) -> dict[str, str]:
        """Column -> name in the output, of those that are kept.

        Raises ConfigError for a name that xdata's own record has, that two columns would have, or one too many.
        """
        columns = list(columns)
        new = [name for name in columns if name not in self._targets]
        if new:
            self._add(new)
        return {name: target for name in columns if (target := self._targets[name]) is not None}

    def _add(self, names: Sequence[str]) -> None:
        found = {name: self._target(name) for name in names}
        clashing = [name for name, target in found.items() if target in OWN_NAMES]
        if clashing:
            raise ConfigError(
                f"source {self.source!r}: {clash(clashing, self.names, written=('sources.yaml', 'command line'))}"
            )
        for name, target in found.items():
            if target is not None and (owner := self._owners.setdefault(target, name)) != name:
                raise ConfigError(
                    f"source {self.source!r}: the columns {_shown(owner)} and {_shown(name)} would both be written as "
                    f"{_shown(target)}: rename one, as keep: {{{_yaml(name)}: {_yaml('their_' + name)}}}"
                )
        if len(self._owners) > MOST_COLUMNS:
            raise ConfigError(too_many(f"source {self.source!r}"))
        self._targets.update(found)

    def _target(self, name: str) -> str | None:
        if name in self.names and name != ALL:
            return self.names[name]
        return _mended(name) if self.everything and name not in self.used else None

    def values(self, row: Mapping[str, Any], at: Callable[[Mapping[str, Any], str], Any]) -> dict[str, Any]:
        """Name in the output -> value, of what a row has of the kept columns; `at` finds a value by its path."""
        found = {target: row[name] for name, target in self.targets(row).items()}
        for path, target in self.names.items():
            if path != ALL and path not in row and "." in path:
                self.targets([path])
                value = at(row, path)
                if value is not None:
                    found[target] = value
        return found


def too_many(where: str) -> str:
    """Message for too many columns."""
    return f"{where}: more than {MOST_COLUMNS} columns would be kept: list the columns to keep, as keep: [title, year]"


def clash(columns: Sequence[str], names: Mapping[str, str], *, written: Sequence[Written] = ("sources.yaml",)) -> str:
    """Message for kept columns whose names in the output are those of xdata's record, with the correction."""
    shown = " and ".join(_as_kept(name, names) for name in columns)
    everything = {ALL: ALL} if ALL in names else {}
    renamed = everything | {name: new for name, new in names.items() if name != ALL and new not in OWN_NAMES}
    renamed |= {name: name if _is_free(name) else f"their_{name.rpartition('.')[2]}" for name in columns}
    forms = {
        "sources.yaml": f"keep: {{{', '.join(f'{_yaml(name)}: {_yaml(new)}' for name, new in renamed.items())}}}",
        "command line": f"--keep {' '.join(_word(name, new) for name, new in renamed.items())}",
    }
    column, own, it = ("column", "a column", "it") if len(columns) == 1 else ("columns", "columns", "them")
    return (
        f"the kept {column} {shown} would collide with {own} of xdata of the same name: rename {it}, as "
        f"{' or '.join(forms[form] for form in written)}"
    )


def _as_kept(name: str, names: Mapping[str, str]) -> str:
    target = names.get(name, name)
    return repr(name) if target == name else f"{target!r} (of the input: {name!r})"


def _is_free(name: str) -> bool:
    """Whether a column may keep its name."""
    return name not in OWN_NAMES and "." not in name


def _word(name: str, new: str) -> str:
    """A column as `--keep` takes it."""
    return "all" if name == ALL else shlex.quote(name if name == new else f"{name}={new}")


def _yaml(name: str) -> str:
    plain = regex.fullmatch(r"[A-Za-z_][A-Za-z0-9_.\-]*", name)
    return name if plain else json.dumps(one_line(name), ensure_ascii=False)


def _shown(name: str) -> str:
    return repr(one_line(name, limit=60))


def _mended(text: str) -> str:
    """Lone surrogates, which UTF-8 has not, as U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


# How values travel


def encode(values: Mapping[str, Any]) -> bytes:
    """Values as an object of JSON in UTF-8: whole numbers of any size, NaN and infinities as Python's `json` has them.

    Lone surrogates become U+FFFD. What JSON has not, as a time of a hub's data set, is written as words.
    """
    try:
        found = orjson.dumps(values, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS)
        if b"null" not in found:  # also the value of NaN
            return found
    except (TypeError, RecursionError):  # large numbers, lone surrogates, or objects in very many others
        pass
    return _mended(json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_foreign)).encode()


def _foreign(value: Any) -> Any:
    """A value of a type that JSON has not."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, bytes | bytearray | memoryview):
        return b64encode(bytes(value)).decode()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def decode(text: bytes | str) -> dict[str, Any]:
    """The values that `encode` wrote."""
    data = text if isinstance(text, bytes) else text.encode()
    return exact_object(data, None)


def exact_object(line: bytes, known: dict[str, Any] | None) -> dict[str, Any]:
    """The object of JSON on a line, with whole numbers as they are written, however large they are.

    `known` is the object as `orjson` reads it, which makes the largest numbers floats; None where it is not read yet.
    """
    if known is not None and not _LONG_NUMBER.search(line):
        return known
    try:
        if known is None and not _LONG_NUMBER.search(line):
            found: dict[str, Any] = orjson.loads(line)
            return found
    except orjson.JSONDecodeError:
        pass
    try:
        exact: dict[str, Any] = json.loads(line, parse_int=_whole)
    except (ValueError, RecursionError):
        return {} if known is None else known
    return exact


def _whole(digits: str) -> int | str:
    """A whole number; one that is too long for Python to read stays words."""
    return int(digits) if len(digits) <= 4000 else digits


# Which values of JSON there are


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


# Types of tables


def writable(kind: pa.DataType) -> pa.DataType:
    """The type of the output for one of the input: the same, or one of the same values that Parquet has.

    Dictionaries stay where a whole column is one. Raises ConfigError for a type whose values cannot be kept.
    """
    if pat.is_dictionary(kind):
        return pa.dictionary(pa.int32(), _writable(kind.value_type), ordered=kind.ordered)
    return _writable(kind)


def _writable(kind: pa.DataType) -> pa.DataType:
    if pat.is_dictionary(kind):
        return _writable(kind.value_type)
    if isinstance(kind, pa.BaseExtensionType):
        return writable(kind.storage_type)
    if pat.is_run_end_encoded(kind):
        return writable(kind.value_type)
    if kind == pa.string_view():
        return pa.string()
    if kind == pa.binary_view():
        return pa.binary()
    if pat.is_fixed_size_list(kind):
        return pa.list_(writable(kind.value_type), kind.list_size)
    if pat.is_large_list(kind) or pat.is_large_list_view(kind):
        return pa.large_list(writable(kind.value_type))
    if _is_list(kind):
        return pa.list_(writable(kind.value_type))
    if pat.is_map(kind):
        return pa.map_(writable(kind.key_type), writable(kind.item_type))
    if pat.is_struct(kind):
        names = [each.name for each in kind]
        if len(set(names)) < len(names):
            raise ConfigError("contains a struct with duplicate field names")
        return pa.struct([(each.name, writable(each.type)) for each in kind]) if names else pa.null()
    if pat.is_union(kind) or pat.is_interval(kind):
        raise ConfigError(f"is {kind}, which cannot be kept")
    return kind


def _is_list(kind: pa.DataType) -> bool:
    return bool(
        pat.is_list(kind)
        or pat.is_large_list(kind)
        or pat.is_fixed_size_list(kind)
        or pat.is_list_view(kind)
        or pat.is_large_list_view(kind)
    )


def _is_words(kind: pa.DataType) -> bool:
    return bool(pat.is_string(kind) or pat.is_large_string(kind))


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pat.is_binary(kind) or pat.is_large_binary(kind) or pat.is_fixed_size_binary(kind)
    ) and not pat.is_decimal(kind)


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
    if pat.is_map(kind):
        return pa.map_(_plain(kind.key_type), _plain(kind.item_type))
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
    if _is_list(kind):
        return _has_dictionary(kind.value_type)
    return pat.is_struct(kind) and any(_has_dictionary(each.type) for each in kind)


def _wire_values_inside(array: pa.Array, kind: pa.DataType) -> list[Any]:
    """The values of lists, objects and maps with dictionaries inside, which Arrow fails to decode below a null."""
    some = array.drop_null()
    if pat.is_struct(kind):
        columns = [wire_values(some.field(number), each.type) for number, each in enumerate(kind)]
        names = [each.name for each in kind]
        rows: Iterator[Any] = (dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True))
    elif pat.is_map(kind):
        ends = some.offsets.to_pylist()
        keys = wire_values(some.keys, kind.key_type)
        items = wire_values(some.items, kind.item_type)
        pairs = [list(pair) for pair in zip(keys, items, strict=True)]
        rows = (pairs[begin:end] for begin, end in pairwise(ends))
    else:
        items = wire_values(some.flatten(), kind.value_type)
        ends = np.cumsum([0, *pc.list_value_length(some).to_pylist()]).tolist()
        rows = (items[begin:end] for begin, end in pairwise(ends))
    return [next(rows) if valid else None for valid in array.is_valid().to_pylist()]


def _to_json(kind: pa.DataType) -> Convert | None:
    """What makes JSON of a Python value of a plain type; None where it is JSON already."""
    if pat.is_decimal(kind):
        return str
    if _is_bytes(kind):
        return lambda value: b64encode(value).decode()
    if pat.is_map(kind):
        key, item = _to_json(kind.key_type), _to_json(kind.item_type)
        return lambda value: [[_apply(key, name), _apply(item, each)] for name, each in value]
    return _inside(kind, _to_json)


def _from_json(kind: pa.DataType) -> Convert | None:
    """What makes Python values, which Arrow takes for that type, of values of JSON."""
    if pat.is_dictionary(kind):
        return _from_json(kind.value_type)
    if pat.is_decimal(kind):
        return Decimal
    if _is_bytes(kind):
        return b64decode
    if pat.is_map(kind):
        key, item = _from_json(kind.key_type), _from_json(kind.item_type)
        return lambda value: [(_apply(key, name), _apply(item, each)) for name, each in value]
    return _inside(kind, _from_json)


def _inside(kind: pa.DataType, convert_of: Callable[[pa.DataType], Convert | None]) -> Convert | None:
    """What converts the values inside a list or an object; None where nothing is to be converted."""
    if _is_list(kind):
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


def unify(kinds: Iterable[pa.DataType]) -> pa.DataType:
    """One type that holds the values of all types exactly, else words.

    It does not depend on the order of the types, which are those that `writable` and `type_of` give.
    """
    found = sorted({kind for kind in kinds if not pat.is_null(kind)}, key=str)
    if not found:
        return pa.null()
    if len(found) == 1:
        return found[0]
    if any(map(pat.is_dictionary, found)):
        return unify(kind.value_type if pat.is_dictionary(kind) else kind for kind in found)
    if all(map(_is_list, found)):
        items = unify(kind.value_type for kind in found)
        return pa.large_list(items) if any(map(pat.is_large_list, found)) else pa.list_(items)
    if all(map(pat.is_struct, found)):
        names = sorted({each.name for kind in found for each in kind})
        if len(names) > MOST_KEYS:
            return pa.string()
        return pa.struct(
            [(name, unify(each.type for kind in found for each in kind if each.name == name)) for name in names]
        )
    if all(map(pat.is_map, found)):
        return pa.map_(unify(kind.key_type for kind in found), unify(kind.item_type for kind in found))
    if all(map(_is_words, found)):
        return pa.large_string()
    if all(map(_is_bytes, found)):
        return pa.large_binary() if any(map(pat.is_large_binary, found)) else pa.binary()
    return _unify_numbers(found) or pa.string()


def _unify_numbers(kinds: Sequence[pa.DataType]) -> pa.DataType | None:
    """The type that holds whole numbers and floats of all types exactly; None if no type does."""
    whole = [kind for kind in kinds if pat.is_integer(kind)]
    floats = [kind for kind in kinds if pat.is_floating(kind)]
    if len(whole) + len(floats) < len(kinds):
        return None
    signed = max((kind.bit_width for kind in whole if pat.is_signed_integer(kind)), default=0)
    unsigned = max((kind.bit_width for kind in whole if pat.is_unsigned_integer(kind)), default=0)
    if floats:
        bits = max([kind.bit_width for kind in floats] + [64 if max(signed, unsigned) > 16 else 32] * bool(whole))
        return None if max(signed, unsigned) > 32 else {16: pa.float16(), 32: pa.float32()}.get(bits, pa.float64())
    if not signed:
        return {8: pa.uint8(), 16: pa.uint16(), 32: pa.uint32()}.get(unsigned, pa.uint64())
    bits = max(signed, 2 * unsigned)
    return {8: pa.int8(), 16: pa.int16(), 32: pa.int32(), 64: pa.int64()}.get(bits)


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
    if _is_words(want):
        if have is not None and _is_words(have):
            return None
        return lambda value: as_words(value, have)
    if pat.is_floating(want):
        return float
    if _is_list(want):
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
    if pat.is_map(want) and have is not None:
        key, item = _converter(have.key_type, want.key_type), _converter(have.item_type, want.item_type)
        return lambda value: [[_apply(key, name), _apply(item, each)] for name, each in value]
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
    if pat.is_map(kind):
        return [[_readable(name, kind.key_type), _readable(each, kind.item_type)] for name, each in value]
    if _is_list(kind):
        return [_readable(each, kind.value_type) for each in value]
    if pat.is_struct(kind):
        return {each.name: _readable(value.get(each.name), each.type) for each in kind}
    return value


# Types in facts, and columns of the output


def types_to_data(types: Mapping[str, pa.DataType]) -> str:
    """Column -> type, as a word of JSON."""
    return b64encode(pa.schema(list(types.items())).serialize()).decode()


def types_from_data(word: str) -> dict[str, pa.DataType]:
    """What `types_to_data` wrote."""
    schema = pa.ipc.read_schema(pa.py_buffer(b64decode(word)))
    return {each.name: each.type for each in schema}


FileTypes = Mapping[tuple[str, str], Mapping[str, pa.DataType]]
"""(source, path) of a table -> column of the output -> type of its values; files of JSON and CSV are not in it."""


def column(
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


def settle(kinds: Iterable[Mapping[str, Kind]], types: Iterable[Mapping[str, pa.DataType]]) -> dict[str, pa.DataType]:
    """Column of the output -> its type over all parts, in order of name. Raises ConfigError for too many columns."""
    found = {name: {type_of(kind)} for name, kind in merge_columns(kinds).items()}
    for schema in types:
        for name, kind in schema.items():
            found.setdefault(name, set()).add(kind)
    if len(found) > MOST_COLUMNS:
        raise ConfigError(too_many("the input"))
    return {name: unify(found[name]) for name in sorted(found)}


def rows_of(texts: Iterable[str | None]) -> Iterator[dict[str, Any]]:
    """The values of documents out of a column in which they travel."""
    for text in texts:
        yield decode(text) if text else {}
