"""Types of kept columns of tables: those that an output has, and one for the values of several."""

from base64 import b64decode, b64encode
from collections.abc import Iterable, Mapping, Sequence

import pyarrow as pa
import pyarrow.types as pat

from xdata.errors import ConfigError

MOST_KEYS = 1000
"""Keys of one object of JSON that become fields; values of a column with more are kept as words of JSON."""


def writable(kind: pa.DataType) -> pa.DataType:
    """The type of the output for one of the input: the same, or one of the same values that Parquet has.

    A map becomes a list of objects with `key` and `value`, since `datasets` reads no maps. Dictionaries stay where a
    whole column is one. Raises ConfigError for a type whose values cannot be kept.
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
    if is_list(kind):
        return pa.list_(writable(kind.value_type))
    if pat.is_map(kind):
        return pa.list_(pa.struct([("key", writable(kind.key_type)), ("value", writable(kind.item_type))]))
    if pat.is_struct(kind):
        names = [each.name for each in kind]
        if len(set(names)) < len(names):
            raise ConfigError("contains a struct with duplicate field names")
        return pa.struct([(each.name, writable(each.type)) for each in kind]) if names else pa.null()
    if pat.is_union(kind) or pat.is_interval(kind):
        raise ConfigError(f"is {kind}, which cannot be kept")
    return kind


def is_list(kind: pa.DataType) -> bool:
    return bool(
        pat.is_list(kind)
        or pat.is_large_list(kind)
        or pat.is_fixed_size_list(kind)
        or pat.is_list_view(kind)
        or pat.is_large_list_view(kind)
    )


def is_words(kind: pa.DataType) -> bool:
    return bool(pat.is_string(kind) or pat.is_large_string(kind))


def is_bytes(kind: pa.DataType) -> bool:
    return bool(
        pat.is_binary(kind) or pat.is_large_binary(kind) or pat.is_fixed_size_binary(kind)
    ) and not pat.is_decimal(kind)


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
    if all(map(is_list, found)):
        items = unify(kind.value_type for kind in found)
        return pa.large_list(items) if any(map(pat.is_large_list, found)) else pa.list_(items)
    if all(map(pat.is_struct, found)):
        names = sorted({each.name for kind in found for each in kind})
        if len(names) > MOST_KEYS:
            return pa.string()
        return pa.struct(
            [(name, unify(each.type for kind in found for each in kind if each.name == name)) for name in names]
        )
    if all(map(is_words, found)):
        return pa.large_string()
    if all(map(is_bytes, found)):
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


def types_to_data(types: Mapping[str, pa.DataType]) -> str:
    """Column -> type, as a word of JSON."""
    return b64encode(pa.schema(list(types.items())).serialize()).decode()


def types_from_data(word: str) -> dict[str, pa.DataType]:
    """What `types_to_data` wrote."""
    schema = pa.ipc.read_schema(pa.py_buffer(b64decode(word)))
    return {each.name: each.type for each in schema}
