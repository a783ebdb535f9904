"""Rows in memory are one file, whatever object they came in; their types and their numbers are kept."""

import datetime
import decimal
import itertools
import math
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.errors import ConfigError, InputError
from xdata.readers.memory import FILE, is_table, remove_others, write_rows

ROWS: list[dict[str, Any]] = [
    {"text": texts(code)[0][:200], "url": f"https://{code}.example/", "year": 2000 + number, "share": number / 4}
    for number, code in enumerate(SCRIPTS.values())
]


def _dataset(rows: list[dict[str, Any]]) -> Any:
    import datasets

    return datasets.Dataset.from_list(rows)


def _shuffled(rows: list[dict[str, Any]]) -> Any:
    """A data set whose rows are in another order than its table."""
    return _dataset(rows[::-1]).select(range(len(rows) - 1, -1, -1))


def _streamed(rows: list[dict[str, Any]]) -> Any:
    return _dataset(rows).to_iterable_dataset()


def _untyped(rows: list[dict[str, Any]]) -> Any:
    import datasets

    return datasets.IterableDataset.from_generator(lambda: iter(rows))


FORMS: dict[str, Callable[[list[dict[str, Any]]], Any]] = {
    "dicts": list,
    "generator": iter,
    "table": pa.Table.from_pylist,
    "batch": pa.RecordBatch.from_pylist,
    "batch reader": lambda rows: pa.Table.from_pylist(rows).to_reader(max_chunksize=3),
    "pandas": pd.DataFrame,
    "polars": pl.DataFrame,
    "lazy polars": pl.LazyFrame,
    "dataset": _dataset,
    "selected dataset": _shuffled,
    "streamed dataset": _streamed,
    "dataset without types": _untyped,
}


def _read(folder: Path, value: Any, name: str = "rows") -> pa.Table:
    return pq.read_table(write_rows(value, name=name, folder=folder).folder / FILE)


@pytest.mark.parametrize("form", FORMS)
def test_rows_are_the_same_in_order_whatever_they_came_in(tmp_path: Path, form: str) -> None:
    found = _read(tmp_path, FORMS[form](ROWS))
    assert found.to_pylist() == ROWS
    assert found.column_names == list(ROWS[0])


@pytest.mark.parametrize("form", FORMS)
def test_tables_and_data_sets_are_distinguished_from_dicts(form: str) -> None:
    assert is_table(FORMS[form](ROWS)) == (form not in ("dicts", "generator"))


def test_whatever_has_an_arrow_stream_is_a_table(tmp_path: Path) -> None:
    class Stream:
        def __arrow_c_stream__(self, requested_schema: Any = None) -> Any:
            return pa.Table.from_pylist(ROWS).__arrow_c_stream__(requested_schema)

    assert is_table(Stream())
    assert _read(tmp_path, Stream()).to_pylist() == ROWS


TYPED = pa.table(
    {
        "text": pa.array(["ka", "la"], pa.large_string()),
        "when": pa.array([datetime.datetime(2024, 5, 1), None], pa.timestamp("us", "UTC")),
        "day": pa.array([datetime.date(2024, 5, 1), None]),
        "price": pa.array([decimal.Decimal("1.50"), None]),
        "kind": pa.array(["a", "b"]).dictionary_encode(),
        "small": pa.array([1, None], pa.int8()),
        "vector": pa.array([[1.0, 2.0], None], pa.list_(pa.float32(), 2)),
        "meta": pa.array([{"a": 1, "b": ["x"]}, None]),
        "raw": pa.array([b"\x00\xff", None]),
    }
)


def test_a_table_keeps_its_types(tmp_path: Path) -> None:
    found = _read(tmp_path, TYPED)
    assert found.schema.types == [
        pa.dictionary(pa.int32(), pa.string()) if field.name == "kind" else field.type for field in TYPED.schema
    ]
    assert found.to_pylist() == TYPED.to_pylist()


def test_a_frame_keeps_its_types_and_an_index_with_a_name(tmp_path: Path) -> None:
    frame = pd.DataFrame(
        {
            "text": ["ka", "la"],
            "when": pd.to_datetime(["2024-05-01", None], utc=True),
            "kind": pd.Categorical(["a", "b"]),
            "count": pd.array([1, None], dtype="Int16"),
            "share": [0.5, float("nan")],
        },
        index=pd.Index(["x", "y"], name="docid"),
    )
    found = _read(tmp_path, frame)
    assert found.to_pylist() == [
        {
            "docid": "x",
            "text": "ka",
            "when": pd.Timestamp("2024-05-01", tz="UTC"),
            "kind": "a",
            "count": 1,
            "share": 0.5,
        },
        {"docid": "y", "text": "la", "when": None, "kind": "b", "count": None, "share": None},
    ]
    assert found.schema.field("count").type == pa.int16()
    assert pa.types.is_dictionary(found.schema.field("kind").type)
    assert _read(tmp_path, frame.reset_index(drop=True)).column_names == list(frame.columns)


def test_columns_of_several_types_become_words(tmp_path: Path) -> None:
    values: list[Any] = [1, "two", [3], None]
    words = ["1", "two", "[3]", None]
    dicts = [{"text": "ka", "any": value} for value in values]
    assert _read(tmp_path, dicts)["any"].to_pylist() == words
    assert _read(tmp_path, pd.DataFrame(dicts))["any"].to_pylist() == words


def test_dicts_have_the_types_of_json(tmp_path: Path) -> None:
    row = {
        "text": "ka",
        "when": datetime.datetime(2024, 5, 1, 12),
        "count": np.int64(3),
        "vector": np.array([0.5, 1.5]),
        "large": 1 << 70,
        "meta": {"a": {"b": [1, 2]}},
        "nothing": None,
        "nan": math.nan,
        "missing": pd.NA,
    }
    found = _read(tmp_path, [row, {"text": "la", "late": True}]).to_pylist()
    assert found[0] == {
        "text": "ka",
        "when": "2024-05-01T12:00:00",
        "count": 3,
        "vector": [0.5, 1.5],
        "large": str(1 << 70),
        "meta": {"a": {"b": [1, 2]}},
        "nothing": None,
        "nan": None,
        "missing": None,
        "late": None,
    }
    assert found[1] == dict.fromkeys(found[0]) | {"text": "la", "late": True}


@pytest.mark.parametrize("form", ["dicts", "table", "pandas"])
def test_equal_rows_are_written_once(tmp_path: Path, form: str) -> None:
    first = write_rows(FORMS[form](ROWS), name="rows", folder=tmp_path)
    changed = (first.folder / FILE).stat().st_mtime_ns
    again = write_rows(FORMS[form](ROWS), name="rows", folder=tmp_path)
    assert again == first
    assert (first.folder / FILE).stat().st_mtime_ns == changed
    others = write_rows(FORMS[form](ROWS[1:]), name="rows", folder=tmp_path)
    assert others.content != first.content and others.folder != first.folder
    assert write_rows(FORMS[form](ROWS), name="other", folder=tmp_path).folder != first.folder
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


@given(cuts=st.lists(st.integers(1, 2999), max_size=5, unique=True))
def test_row_groups_do_not_depend_on_batches(cuts: list[int], tmp_path_factory: pytest.TempPathFactory) -> None:
    table = pa.table({"text": [f"{number}" * (number % 900) for number in range(3000)]})
    edges = [0, *sorted(cuts), 3000]
    batches = [table.slice(start, end - start) for start, end in itertools.pairwise(edges)]
    whole, pieces = tmp_path_factory.mktemp("whole"), tmp_path_factory.mktemp("pieces")
    first = write_rows(table, name="rows", folder=whole)
    assert write_rows(pa.concat_tables(batches), name="rows", folder=pieces).content == first.content
    assert pq.ParquetFile(first.folder / FILE).num_row_groups > 1


@pytest.mark.parametrize(
    ("value", "message"),
    [
        (iter([{"text": "ka"}, "la"]), r"rows: row 1: expected a dict \(column -> value\), found str"),
        ([{1: "ka"}], r"rows: row 0: expected names of columns that are strings, found 1"),
        (pd.DataFrame({0: ["ka"]}), r"the column 0 of a DataFrame has a name that is not a string"),
        (pa.table({"text": pa.array([], pa.string())}), r"rows: the table has no rows"),
        (pd.DataFrame({"text": []}), r"rows: the table has no rows"),
    ],
)
def test_what_has_no_rows_is_refused(tmp_path: Path, value: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        write_rows(value, name="rows", folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_a_column_that_no_file_holds_is_named(tmp_path: Path) -> None:
    table = pa.table({"text": ["ka"], "span": pa.array([pa.MonthDayNano([1, 2, 3])])})
    with pytest.raises(ConfigError, match=r"rows: the column 'span' .* remove it from the table"):
        write_rows(table, name="rows", folder=tmp_path)


def test_nothing_half_written_stays_behind(tmp_path: Path) -> None:
    def broken() -> Iterator[dict[str, Any]]:
        yield {"text": "ka"}
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write_rows(broken(), name="rows", folder=tmp_path)
    assert not list(tmp_path.iterdir())


def test_rows_of_other_runs_are_removed_and_nothing_else(tmp_path: Path) -> None:
    used = write_rows(ROWS, name="rows", folder=tmp_path)
    old = write_rows(ROWS[1:], name="rows", folder=tmp_path)
    foreign = tmp_path / "0123456789abcdef"
    foreign.mkdir()
    (foreign / "thesis.txt").write_text("mine")
    (tmp_path / "notes").mkdir()
    (tmp_path / f".{FILE}.1.unfinished").write_text("killed")
    remove_others(tmp_path, [used.folder])
    assert not old.folder.exists()
    assert {path.name for path in tmp_path.iterdir()} == {used.folder.name, foreign.name, "notes"}
    assert (foreign / "thesis.txt").read_text() == "mine"
