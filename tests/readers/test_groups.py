"""What rows say that documents share, in every format that has rows."""

import csv
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xdata.context import Context
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.records import READ_SCHEMA, Document, Origin, read_table

_GROUPS: dict[str, tuple[str, ...]] = {"qid": ("item.id",), "of": ("id", "translation_of"), "made": ("source_ids",)}
_ROWS: list[dict[str, Any]] = [
    {"text": "a", "item": {"id": "Q1"}, "id": "1", "translation_of": None, "source_ids": ["s1", "s2", "s1"]},
    {"text": "b", "item": None, "id": "2", "translation_of": "1", "source_ids": []},
    {"text": "c", "item": {"id": "  ነገር "}, "id": "3", "translation_of": "", "source_ids": None},
]
_EXPECTED = [
    ("qid=Q1", "of=1", "made=s1", "made=s2"),
    ("of=2", "of=1"),
    ("qid=ነገር", "of=3"),
]


def _read(folder: Path, pattern: str, groups: dict[str, tuple[str, ...]]) -> list[Document]:
    reader = Files(sources=(Source(name="s", root=str(folder), patterns=(pattern,), groups=groups),))
    read = reader.open(Context())
    found = [item for part in reader.plan(reader.list_files().files, {}) for piece in part for item in read(piece)]
    assert all(isinstance(item, Document) for item in found)
    return [item for item in found if isinstance(item, Document)]


def test_jsonl_and_parquet_give_equal_groups(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(row) + "\n" for row in _ROWS), encoding="utf-8")
    pq.write_table(pa.Table.from_pylist(_ROWS), tmp_path / "a.parquet")
    for pattern in ("*.jsonl", "*.parquet"):
        assert [document.groups for document in _read(tmp_path, pattern, _GROUPS)] == _EXPECTED


def test_tables_of_words_have_them_too(tmp_path: Path) -> None:
    with (tmp_path / "a.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerows([["text", "qid"], ["a", "Q1"], ["b", ""]])
    assert [each.groups for each in _read(tmp_path, "*.csv", {"qid": ("qid",)})] == [("qid=Q1",), ()]


@pytest.mark.parametrize(
    ("value", "groups"),
    [
        (7, ("n=7",)),
        (7.0, ("n=7",)),
        (True, ()),
        (1.5, ()),
        ({"a": 1}, ()),
        ([1, None], ("n=1",)),
        ("e\u0301\u00ad  a", ("n=é a",)),
    ],
)
def test_only_words_and_whole_numbers_are_shared(tmp_path: Path, value: Any, groups: tuple[str, ...]) -> None:
    (tmp_path / "a.jsonl").write_text(json.dumps({"text": "a", "n": value}) + "\n", encoding="utf-8")
    assert [each.groups for each in _read(tmp_path, "*.jsonl", {"n": ("n",)})] == [groups]


def test_no_row_needs_a_field_that_is_shared(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n', encoding="utf-8")
    assert [each.groups for each in _read(tmp_path, "*.jsonl", {"qid": ("qid",)})] == [()]


def test_they_are_a_column_and_null_for_none() -> None:
    documents = [Document(Origin("s", "p", 0), "a", groups=("qid=\ud800", "b=c")), Document(Origin("s", "p", 1), "b")]
    table = read_table(documents)
    assert table.schema == READ_SCHEMA
    assert table["groups"].to_pylist() == [["qid=\ufffd", "b=c"], None]
