import math
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.errors import ConfigError
from xdata.kept.arrow_types import unify, writable
from xdata.kept.columns import Keep
from xdata.kept.json_values import decode, encode, exact_object
from xdata.kept.kinds import Kinds, column_types
from xdata.kept.values import typed_column, wire_values

FILE = ("s", "f")
_WORDS = st.text(st.characters(codec="utf-8"), max_size=6)
_SCRIPTS = ["mwaka", "سنة", "वर्ष", "වසර", "ዓመት", "ปี", "年", "წელი"]


def _sized(bits: int) -> st.SearchStrategy[int]:
    return st.integers(-(1 << (bits - 1)), (1 << (bits - 1)) - 1)


_LEAVES: list[tuple[pa.DataType, st.SearchStrategy[Any]]] = [
    (pa.bool_(), st.booleans()),
    (pa.int8(), _sized(8)),
    (pa.int64(), _sized(64)),
    (pa.uint64(), st.integers(0, (1 << 64) - 1)),
    (pa.float32(), st.floats(width=32, allow_nan=False)),
    (pa.float64(), st.floats(allow_nan=False)),
    (pa.string(), _WORDS | st.sampled_from(_SCRIPTS)),
    (pa.large_string(), _WORDS),
    (pa.binary(), st.binary(max_size=5)),
    (pa.binary(3), st.binary(min_size=3, max_size=3)),
    (pa.decimal128(38, 4), st.decimals(-(10**9), 10**9, places=4)),
    (pa.timestamp("ns", "Africa/Addis_Ababa"), _sized(64)),
    (pa.timestamp("us"), _sized(64)),
    (pa.date32(), _sized(32)),
    (pa.time64("us"), st.integers(0, 86_399_999_999)),
    (pa.duration("ms"), _sized(64)),
    (pa.dictionary(pa.int32(), pa.string()), st.sampled_from(_SCRIPTS)),
]


@st.composite
def _typed(draw: st.DrawFn, depth: int = 3) -> tuple[pa.DataType, st.SearchStrategy[Any]]:
    """A type of Arrow and what makes values of it."""
    kind = draw(st.sampled_from(["leaf", "list", "struct", "map"] if depth else ["leaf"]))
    if kind == "leaf":
        leaf: tuple[pa.DataType, st.SearchStrategy[Any]] = draw(st.sampled_from(_LEAVES))
        return leaf
    inner, values = draw(_typed(depth=depth - 1))
    if kind == "list":
        return pa.list_(inner), st.lists(values | st.none(), max_size=3)
    if kind == "map":
        return pa.map_(pa.string(), inner), st.lists(st.tuples(_WORDS, values | st.none()), max_size=2)
    other, others = draw(_typed(depth=depth - 1))
    names = draw(st.lists(st.sampled_from(["", "a.b", "kichwa", "ปี", "x"]), min_size=2, max_size=2, unique=True))
    made = st.fixed_dictionaries({names[0]: values | st.none(), names[1]: others | st.none()})
    return pa.struct(list(zip(names, (inner, other), strict=True))), made


def _carried(array: pa.Array) -> pa.Array:
    """The array as it comes out of the values that travel."""
    kind = writable(array.type)
    rows = [decode(encode({"x": value})) for value in wire_values(array, kind)]
    return typed_column(rows, [FILE] * len(rows), "x", kind, {FILE: {"x": kind}})


@given(st.data())
def test_values_of_tables_round_trip_at_any_depth(data: st.DataObject) -> None:
    kind, values = data.draw(_typed())
    array = pa.array(data.draw(st.lists(values | st.none(), max_size=5)), kind)
    found = _carried(array)
    assert found.type == writable(kind)
    assert wire_values(found, found.type) == wire_values(array, found.type)
    assert "map<" not in str(found.type)
    if found.type == kind:
        assert found.equals(array)


@pytest.mark.parametrize(
    ("kind", "values"),
    [
        (pa.struct([("a", pa.dictionary(pa.int8(), pa.string()))]), [None, {"a": "ก"}, {"a": None}, None]),
        (pa.list_(pa.struct([("a", pa.dictionary(pa.int8(), pa.string()))])), [[None], None, [], [{"a": "ხ"}, None]]),
        (pa.list_(pa.dictionary(pa.int8(), pa.string()), 2), [["ሀ", None], None, ["字", "字"]]),
        (
            pa.map_(pa.string(), pa.dictionary(pa.int8(), pa.string())),
            [[{"key": "x", "value": "ක"}], None, [], [{"key": "y", "value": None}, {"key": "z", "value": "ය"}]],
        ),
    ],
)
@pytest.mark.parametrize("begin", [0, 1, 2])
def test_dictionaries_inside_of_values_are_decoded(kind: pa.DataType, values: list[Any], begin: int) -> None:
    assert _carried(pa.array(values, kind)[begin:]).to_pylist() == values[begin:]
    assert _carried(pa.array([None], kind)).to_pylist() == [None]


@pytest.mark.parametrize("kind", [pa.float16(), pa.float32(), pa.float64()])
def test_nan_and_infinities_survive(kind: pa.DataType) -> None:
    array = pa.array([math.nan, math.inf, -math.inf, -0.0, None, 1.5], kind)
    found = _carried(array).to_pylist()
    assert math.isnan(found[0])
    assert found[1:] == [math.inf, -math.inf, 0.0, None, 1.5]
    assert math.copysign(1, found[3]) == -1


@pytest.mark.parametrize(
    ("kind", "other", "values"),
    [
        (pa.string_view(), pa.string(), ["ปี", None]),
        (pa.binary_view(), pa.binary(), [b"\xff", None]),
        (pa.large_list(pa.int8()), pa.large_list(pa.int8()), [[1, None], None]),
        (pa.dictionary(pa.int8(), pa.int64()), pa.dictionary(pa.int32(), pa.int64()), [7, None, 7]),
        (pa.list_(pa.uint8(), 2), pa.list_(pa.uint8(), 2), [[1, 2], None]),
        (pa.uuid(), pa.binary(16), [b"0123456789abcdef"]),
        (pa.struct([]), pa.null(), [{}, None]),
        (pa.decimal256(60, 2), pa.decimal256(60, 2), [Decimal("12345678901234567890123456789.12")]),
    ],
)
def test_types_that_parquet_has_not_become_one_of_the_same_values(
    kind: pa.DataType, other: pa.DataType, values: list[Any]
) -> None:
    found = _carried(pa.array(values, kind))
    assert found.type == other
    if other != pa.null():
        assert found.to_pylist() == values


def test_runs_are_written_out() -> None:
    array = pc.run_end_encode(pa.array(["ක", "ක", None, "x"]))
    assert writable(array.type) == pa.string()
    assert _carried(array).to_pylist() == ["ක", "ක", None, "x"]


def test_types_that_cannot_be_kept_are_refused() -> None:
    with pytest.raises(ConfigError, match="interval"):
        writable(pa.month_day_nano_interval())
    with pytest.raises(ConfigError, match="duplicate field names"):
        writable(pa.list_(pa.struct([pa.field("a", pa.int8()), pa.field("a", pa.int8())])))


_AB = pa.struct([("a", pa.string()), ("b", pa.int64())])
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(1 << 70), 1 << 70) | st.floats() | _WORDS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_WORDS, inner, max_size=3),
    max_leaves=8,
)


def _kinds(values: list[Any]) -> dict[str, Any]:
    found = Kinds()
    for value in values:
        found.add({"x": value})
    return found.to_data()


@given(st.lists(_JSON, max_size=8), st.randoms(), st.integers(0, 8))
def test_the_type_of_json_depends_neither_on_the_order_nor_on_the_parts(
    values: list[Any], random: Any, cut: int
) -> None:
    whole = column_types([_kinds(values)], [])
    parts = [_kinds(values[:cut]), _kinds(values[cut:])]
    assert column_types(parts, []) == whole
    assert column_types(parts[::-1], []) == whole
    random.shuffle(values)
    assert column_types([_kinds(values)], []) == whole


@given(st.lists(_JSON, max_size=6))
def test_values_of_json_always_become_a_column(values: list[Any]) -> None:
    kind = column_types([_kinds(values)], []).get("x", pa.null())
    rows = [decode(encode({"x": value})) for value in values]
    found = typed_column(rows, [FILE] * len(rows), "x", kind, {})
    assert found.type == kind
    assert [value is None for value in values] == [value is None for value in found.to_pylist()]
    if pa.types.is_string(kind):
        words = [value for value in values if isinstance(value, str)]
        assert [each for each, value in zip(found.to_pylist(), values, strict=True) if isinstance(value, str)] == words


@pytest.mark.parametrize(
    ("values", "kind", "expected"),
    [
        ([1, None, -(2**63)], pa.int64(), [1, None, -(2**63)]),
        ([1, 2.5], pa.float64(), [1.0, 2.5]),
        ([2**53 + 1, 2.5], pa.string(), ["9007199254740993", "2.5"]),
        ([2**63, 1], pa.string(), ["9223372036854775808", "1"]),
        ([True, 1], pa.string(), ["true", "1"]),
        (["007", 7, None], pa.string(), ["007", "7", None]),
        ([["ሀ"], []], pa.list_(pa.string()), [["ሀ"], []]),
        ([["ก", 1]], pa.list_(pa.string()), [["ก", "1"]]),
        ([{"b": 1}, {"a": "ა"}], _AB, [{"a": None, "b": 1}, {"a": "ა", "b": None}]),
        ([{}, None], pa.string(), ["{}", None]),
        ([{"a": 1}, "සිංහල"], pa.string(), ['{"a":1}', "සිංහල"]),
        ([{"": 1, "a.b": 2}], pa.struct([("", pa.int64()), ("a.b", pa.int64())]), [{"": 1, "a.b": 2}]),
        ([[[1], ["字"]]], pa.list_(pa.list_(pa.string())), [[["1"], ["字"]]]),
        ([None, None], pa.null(), [None, None]),
    ],
)  # fmt: skip
def test_the_type_of_json_is_the_one_of_all_its_values(
    values: list[Any], kind: pa.DataType, expected: list[Any]
) -> None:
    settled = column_types([_kinds(values)], [])["x"]
    assert settled == kind
    rows = [{"x": value} for value in values]
    assert typed_column(rows, [FILE] * len(rows), "x", settled, {}).to_pylist() == expected


@pytest.mark.parametrize(
    ("kinds", "expected"),
    [
        ([pa.int8(), pa.int32()], pa.int32()),
        ([pa.uint32(), pa.int8()], pa.int64()),
        ([pa.uint64(), pa.int8()], pa.string()),
        ([pa.int16(), pa.float32()], pa.float32()),
        ([pa.int32(), pa.float32()], pa.float64()),
        ([pa.int64(), pa.float64()], pa.string()),
        ([pa.null(), pa.date32()], pa.date32()),
        ([pa.uint8(), pa.uint32()], pa.uint32()),
        ([pa.uint8(), pa.uint64()], pa.uint64()),
        ([pa.binary(), pa.large_binary()], pa.large_binary()),
        ([pa.binary(2), pa.binary(3)], pa.binary()),
        ([pa.string(), pa.large_string()], pa.large_string()),
        ([pa.timestamp("us"), pa.timestamp("ns")], pa.string()),
        ([pa.list_(pa.int8()), pa.large_list(pa.int16())], pa.large_list(pa.int16())),
        ([pa.dictionary(pa.int32(), pa.string()), pa.string()], pa.string()),
        (
            [pa.struct([("a", pa.int8())]), pa.struct([("b", pa.bool_()), ("a", pa.int64())])],
            pa.struct([("a", pa.int64()), ("b", pa.bool_())]),
        ),
    ],
)
def test_types_of_several_tables_become_one_that_holds_all_values(
    kinds: list[pa.DataType], expected: pa.DataType
) -> None:
    assert unify(kinds) == unify(kinds[::-1]) == expected


def test_values_of_several_types_become_one_column() -> None:
    when = pa.timestamp("us", "UTC")
    types = {("s", "a"): {"x": when}, ("s", "b"): {"x": pa.string()}}
    want = column_types([_kinds([5, "năm"])], types.values())["x"]
    rows: list[dict[str, Any]] = [{"x": 1_000_000}, {"x": "leo"}, {"x": 5}, {"x": 2**63 - 1}]
    found = typed_column(rows, [("s", "a"), ("s", "b"), ("s", "c"), ("s", "a")], "x", want, types)
    assert found.to_pylist() == ["1970-01-01 00:00:01.000000Z", "leo", "5", str(2**63 - 1)]


def test_values_of_tables_that_become_words_are_readable_at_any_depth() -> None:
    map_ = pa.map_(pa.string(), pa.date32())
    tables = {
        "a": pa.array([[("siku", 1)], None], map_),
        "b": pa.array([{"x": [b"\x00"]}], pa.struct([("x", pa.list_(pa.binary()))])),
    }
    types = {("s", name): {"x": writable(array.type)} for name, array in tables.items()}
    want = column_types([], types.values())["x"]
    assert want == pa.string()
    rows = [{"x": value} for name in tables for value in wire_values(tables[name], types["s", name]["x"])]
    found = typed_column(rows, [("s", "a"), ("s", "a"), ("s", "b")], "x", want, types)
    assert found.to_pylist() == ['[{"key":"siku","value":"1970-01-02"}]', None, '{"x":["AA=="]}']


def test_numbers_of_json_are_read_as_they_are_written() -> None:
    line = b'{"a": 123456789012345678901234567890, "b": -9223372036854775809, "c": ' + b"9" * 5000 + b"}"
    assert exact_object(line, {"a": 1.0}) == {
        "a": 123456789012345678901234567890,
        "b": -9223372036854775809,
        "c": "9" * 5000,
    }


def test_lone_surrogates_become_replacement_characters() -> None:
    assert decode(encode({"\ud800": "a\udfffb", "x": {"\ud83d\ude00": None}})) == {
        "\ufffd": "a\ufffdb",
        "x": {"😀": None},
    }


def test_an_object_of_very_many_keys_is_kept_as_words() -> None:
    values = [{str(number): number for number in range(600)}, {str(-number): number for number in range(1, 600)}]
    assert column_types([_kinds(values)], [])["x"] == pa.string()
    assert column_types([_kinds(values[:1])], [])["x"] != pa.string()


def test_too_many_columns_are_refused_in_whatever_parts_they_come() -> None:
    keep = Keep("news", {"*": "*"})
    with pytest.raises(ConfigError, match=r"source 'news': more than 1000 columns would be kept"):
        keep.targets(map(str, range(10_000)))
    halves = [{f"{half}{number}": {"is": ["int"]} for number in range(600)} for half in "ab"]
    with pytest.raises(ConfigError, match="more than 1000"):
        column_types(halves, [])


def test_columns_that_fields_use_are_not_kept_again() -> None:
    keep = Keep("news", {"*": "*", "Id": "their_id"}, frozenset({"body", "Id"}))
    assert keep.targets(["body", "Id", "ዓመት", "", "a.b"]) == {"Id": "their_id", "ዓመት": "ዓመት", "": "", "a.b": "a.b"}


@pytest.mark.parametrize(
    ("names", "columns", "written"),
    [
        ({"*": "*"}, ["url"], '{"*": "*", url: their_url}'),
        ({"*": "*"}, ["url", "scores", "title"], '{"*": "*", url: their_url, scores: their_scores}'),
        ({"meta.url": "url", "year": "mwaka"}, ["meta.url"], "{year: mwaka, meta.url: their_url}"),
    ],
)
def test_names_of_our_own_record_are_refused_with_what_to_write(
    names: dict[str, str], columns: list[str], written: str
) -> None:
    with pytest.raises(ConfigError) as refused:
        Keep("news", names).targets(columns)
    assert f", as keep: {written} or --keep " in str(refused.value)
    assert "source 'news': the kept column" in str(refused.value)


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(ConfigError, match="would both be written as 'title'"):
        Keep("news", {"*": "*", "headline": "title"}).targets(["headline", "title"])
