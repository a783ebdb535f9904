"""Every format gives rows back as they were, in bytes that depend on the rows alone."""

import gzip
import json
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, get_args

import pyarrow as pa
import pytest
import zstandard

from tests.texts import SCRIPTS, texts
from xdata.formats.copied_lines import CopiedLines
from xdata.formats.features import features_of, type_words
from xdata.formats.jsonl import json_lines
from xdata.formats.table import OUTPUT_NAMES, FormatName, output_named, output_of

_ASKED = get_args(FormatName)
_SCHEMA = pa.schema(
    [
        pa.field("id", pa.string()),
        pa.field("text", pa.string()),
        pa.field("scores", pa.struct([pa.field("num_words", pa.float32()), pa.field("share", pa.float32())])),
        pa.field("groups", pa.list_(pa.string())),
        pa.field("split_group", pa.uint64()),
    ]
)


def _table(language: str) -> pa.Table:
    rows = [
        {
            "id": str(number),
            "text": f'{text}\n"\\\u2028\U0001f600',
            "scores": {"num_words": float(number), "share": None if number % 2 else 0.1},
            "groups": None if number % 2 else ["a=b", text[:3]],
            "split_group": 2**64 - 1 - number,
        }
        for number, text in enumerate(texts(language))
    ]
    return pa.Table.from_pylist(rows, schema=_SCHEMA)


def _write(path: Path, table: pa.Table, *, pieces: int = 1) -> Path:
    writer = output_of(path).write(path, table.schema)
    size = -(-table.num_rows // pieces)
    for begin in range(0, table.num_rows, size):
        writer.write(table.slice(begin, size).combine_chunks())
    writer.close()
    writer.close()
    return path


@pytest.mark.parametrize("name", _ASKED)
@pytest.mark.parametrize("language", SCRIPTS.values())
def test_rows_come_back_as_they_were(name: str, language: str, tmp_path: Path) -> None:
    table = _table(language)
    path = _write(tmp_path / f"a.{name}", table, pieces=2)
    format_ = output_of(path)
    assert format_ is output_named(name)
    rows = [row for batch in format_.rows(path, _SCHEMA.names) for row in batch]
    rows = [row | {"split_group": int(row["split_group"])} for row in rows]
    assert pa.Table.from_pylist(rows, schema=_SCHEMA).equals(table.combine_chunks())
    assert format_.num_rows(path) == table.num_rows
    some = [row for batch in format_.rows(path, ("id", "absent")) for row in batch]
    assert some == [{"id": str(number), "absent": None} for number in range(table.num_rows)]


@pytest.mark.parametrize("name", _ASKED)
def test_equal_rows_are_equal_bytes(name: str, tmp_path: Path) -> None:
    table = _table("tha_Thai")
    (tmp_path / "other").mkdir()
    one, two = _write(tmp_path / f"a.{name}", table), _write(tmp_path / "other" / f"b.{name}", table)
    assert one.read_bytes() == two.read_bytes()


@pytest.mark.parametrize(("name", "opened"), [("jsonl", open), ("jsonl.gz", gzip.open), ("jsonl.zst", zstandard.open)])
def test_json_lines_are_what_other_tools_read(name: str, opened: Any, tmp_path: Path) -> None:
    table = _table("amh_Ethi")
    path = _write(tmp_path / f"a.{name}", table)
    with opened(path, "rt", encoding="utf-8", newline="\n") as file:
        lines = list(file)
    assert [json.loads(line)["text"] for line in lines] == table["text"].to_pylist()
    assert all(line.endswith("}\n") for line in lines)
    assert table["text"][0].as_py()[:5] in lines[0], "letters are not escaped"
    assert json.loads(lines[0])["scores"] == {"num_words": 0.0, "share": pytest.approx(0.1)}


def test_what_json_has_not_becomes_words() -> None:
    moment = datetime(2024, 2, 29, 23, 59, 1, 5000, tzinfo=UTC)
    values = {
        "at": pa.array([moment], pa.timestamp("ms", tz="UTC")),
        "local": pa.array([moment.replace(tzinfo=None)], pa.timestamp("s")),
        "day": pa.array([date(2024, 2, 29)]),
        "bytes": pa.array([b"\x00\xff"]),
        "price": pa.array([Decimal("1.50")]),
        "kind": pa.array(["ሰላም"]).dictionary_encode(),
        "nested": pa.array([{"at": [moment, None]}], pa.struct([("at", pa.list_(pa.timestamp("ns", tz="UTC")))])),
        "nan": pa.array([float("nan")]),
        "number": pa.array([2**64 - 1], pa.uint64()),
        "nothing": pa.nulls(1),
    }
    [line] = json_lines(pa.table(values))
    assert json.loads(line) == {
        "at": "2024-02-29T23:59:01.005Z",
        "local": "2024-02-29T23:59:01",
        "day": "2024-02-29",
        "bytes": "AP8=",
        "price": "1.50",
        "kind": "ሰላም",
        "nested": {"at": ["2024-02-29T23:59:01.005000000Z", None]},
        "nan": None,
        "number": "18446744073709551615",
        "nothing": None,
    }
    assert "ሰላም".encode() in line


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
@pytest.mark.parametrize("name", ["csv", "tsv", "jsonl"])
def test_copied_rows_are_read_back(name: str, ending: str, tmp_path: Path) -> None:
    parts = {"csv": ",", "tsv": "\t"}
    if name == "jsonl":
        head, rows = b"", [b'{"id": "1", "body": "a\\nb"}\n', '{"body": "አለም", "id": "2"}\n'.encode()]
    else:
        head = f"\ufeffid{parts[name]}body\r\n".encode()
        quoted = b'"a\r\nb"' if name == "csv" else b'"a'
        rows = [b"1" + parts[name].encode() + quoted + b"\r\n", f"2{parts[name]}አለም\r\n".encode()]
    path = tmp_path / f"a.{name}{ending}"
    writer = CopiedLines(path, path.name, head=head)
    writer.write(pa.table({"row": pa.array(rows)}))
    writer.close()
    expected = {"csv": "a\r\nb", "tsv": '"a', "jsonl": "a\nb"}[name]
    found = [row for batch in output_of(path).rows(path, ("id", "body")) for row in batch]
    assert found == [{"id": "1", "body": expected}, {"id": "2", "body": "አለም"}]
    assert output_of(path).num_rows(path) == 2


@pytest.mark.parametrize("name", [name for name in OUTPUT_NAMES if name.endswith((".gz", ".zst")) or name == "parquet"])
def test_a_damaged_file_is_an_error(name: str, tmp_path: Path) -> None:
    path = tmp_path / f"a.{name}"
    writer = CopiedLines(path, f"a.{name}") if name != "parquet" else output_named(name).write(path, _SCHEMA)
    if name != "parquet":
        writer.write(pa.table({"row": pa.array([b'{"id": "1"}\n'] * 3000)}))
    writer.close()
    path.write_bytes(path.read_bytes()[:-9])
    with pytest.raises((OSError, pa.ArrowException)):
        output_of(path).num_rows(path)


def test_columns_are_described_as_datasets_does() -> None:
    found = features_of(_SCHEMA)
    assert found[2] == {
        "name": "scores",
        "struct": [{"name": "num_words", "dtype": "float32"}, {"name": "share", "dtype": "float32"}],
    }
    assert found[3:] == [{"name": "groups", "list": "string"}, {"name": "split_group", "dtype": "uint64"}]
    assert [type_words(each) for each in found] == [
        "string",
        "string",
        "object (num_words, share)",
        "list of string",
        "uint64",
    ]
