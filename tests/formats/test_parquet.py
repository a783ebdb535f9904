from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.formats.parts import Found, read, reading
from tests.texts import SCRIPTS, texts
from xdata.errors import InputError
from xdata.formats.parquet import ParquetInput, row_group_bytes
from xdata.records import Document, Skipped, Unreadable
from xdata.step import FilePart, InputFile


def _read(location: str, *, start: int, end: int, given_fields: dict[str, str], **options: Any) -> Found:
    part = FilePart(InputFile("s", "f.parquet", location, "parquet", "none", 0, 0), start, end)
    return read(ParquetInput().read, part, reading(given_fields, **options))


def _write(path: Path, table: pa.Table, *, row_group_size: int = 2) -> str:
    pq.write_table(table, path, row_group_size=row_group_size)
    return str(path)


@pytest.mark.parametrize("kind", [pa.string(), pa.large_string()])
@pytest.mark.parametrize("language", SCRIPTS.values())
def test_text_comes_as_it_is_stored(tmp_path: Path, language: str, kind: pa.DataType) -> None:
    path = _write(tmp_path / "a.parquet", pa.table({"text": pa.array(texts(language), kind)}))
    items = list(_read(path, start=0, end=3, given_fields={}))
    assert tuple(item.text for item in items if isinstance(item, Document)) == texts(language)


def test_a_rows_place_is_its_number_whatever_the_part(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.parquet", pa.table({"text": [str(n) for n in range(7)], "url": ["u"] * 7}))
    assert len(row_group_bytes(path)) == 4
    parts = [_read(path, start=n, end=n + 1, given_fields={}) for n in range(4)]
    items = [item for part in parts for item in part]
    assert [item.origin.offset for item in items if isinstance(item, Document)] == list(range(7))


def test_nulls_are_skipped_and_fields_mapped(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.parquet", pa.table({"body": ["x", None], "n": [1, 2]}))
    items = list(_read(path, start=0, end=1, given_fields={"text": "body", "url": "n"}))
    assert isinstance(items[0], Document)
    assert (items[0].text, items[0].url) == ("x", "1")
    assert items[1] == Skipped("text_missing")


def test_a_file_without_the_field_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.parquet", pa.table({"content": ["x"]}))
    with pytest.raises(InputError, match=r"no field 'text'.*there are: content"):
        list(_read(path, start=0, end=1, given_fields={}))


def test_what_is_no_parquet_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 but no more")
    with pytest.raises(InputError, match=r"a\.parquet: is not a Parquet file"):
        row_group_bytes(str(path))


def test_a_row_group_is_read_as_far_as_it_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    _write(path, pa.table({"text": [f"{n} text" * 50 for n in range(100)]}), row_group_size=100)
    data = bytearray(path.read_bytes())
    data[20:120] = bytes(100)
    path.write_bytes(data)
    items = list(_read(str(path), start=0, end=1, given_fields={}))
    assert isinstance(items[-1], Unreadable)
    assert items[-1].error.startswith("row group 0 cannot be read on from here: ")


def test_a_text_that_is_too_large_is_passed_over_and_named(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.parquet", pa.table({"text": ["x" * 30, "ක" * 10, "ක" * 11, "y"]}))
    items = list(_read(path, start=0, end=2, given_fields={}, max_record_bytes=30))
    assert [type(item) for item in items] == [Document, Document, Unreadable, Document]
    unreadable = items[2]
    assert isinstance(unreadable, Unreadable)
    assert unreadable.origin.offset == 2
    assert unreadable.error == "a text of 11 characters is larger than max_record_bytes"


def test_a_file_that_is_gone_is_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"gone\.parquet: cannot be read"):
        row_group_bytes(str(tmp_path / "gone.parquet"))


def test_odd_values_cost_their_row(tmp_path: Path) -> None:
    bad = pa.StringArray.from_buffers(3, pa.py_buffer(b"\0\0\0\0\1\0\0\0\2\0\0\0\3\0\0\0"), pa.py_buffer(b"a\xffb"))
    path = _write(tmp_path / "a.parquet", pa.table({"text": bad}), row_group_size=3)
    items = list(_read(path, start=0, end=1, given_fields={}))
    assert [type(item) for item in items] == [Document, Unreadable, Document]


@pytest.mark.parametrize(
    ("kind", "value", "date"),
    [
        (pa.timestamp("ns"), 1, "1970-01-01 00:00:00.000000001"),
        (pa.timestamp("us", "UTC"), 0, "1970-01-01 00:00:00.000000Z"),
        (pa.timestamp("s", "Nowhere/City"), 0, "1970-01-01 00:00:00.000Z"),
        (pa.date32(), 1, "1970-01-02"),
    ],
)
def test_times_are_words(tmp_path: Path, kind: pa.DataType, value: int, date: str) -> None:
    table = pa.table(
        {"text": ["x"], "date": pa.array([value], pa.int32() if kind == pa.date32() else pa.int64()).cast(kind)}
    )
    (document,) = _read(_write(tmp_path / "a.parquet", table), start=0, end=1, given_fields={})
    assert isinstance(document, Document)
    assert document.date == date


def test_times_beyond_all_calendars_are_no_crash(tmp_path: Path) -> None:
    table = pa.table({"text": ["x"], "date": pa.array([2**60], pa.int64()).cast(pa.timestamp("ms"))})
    assert len(list(_read(_write(tmp_path / "a.parquet", table), start=0, end=1, given_fields={}))) == 1


def test_a_text_column_without_words_is_refused(tmp_path: Path) -> None:
    path = _write(tmp_path / "a.parquet", pa.table({"text": [1]}))
    with pytest.raises(InputError, match="text has the type int64, expected strings"):
        list(_read(path, start=0, end=1, given_fields={}))


@pytest.mark.parametrize("kind", [pa.binary(), pa.large_binary()])
def test_bytes_are_read_as_utf8(tmp_path: Path, kind: pa.DataType) -> None:
    table = pa.table({"text": pa.array(["ሰላም".encode(), b"\xff\xfe", None], kind)})
    items = list(_read(_write(tmp_path / "a.parquet", table), start=0, end=2, given_fields={}))
    assert [type(item) for item in items] == [Document, Unreadable, Skipped]
    assert isinstance(items[0], Document) and items[0].text == "ሰላም"
    assert isinstance(items[1], Unreadable) and items[1].error == "the text is bytes that are not UTF-8"


def test_paths_into_objects_are_checked(tmp_path: Path) -> None:
    table = pa.table({"m": [{"t": "a", "n": 1, "l": ["x"]}, {"t": None, "n": 2, "l": []}]})
    path = _write(tmp_path / "a.parquet", table)
    items = list(_read(path, start=0, end=1, given_fields={"text": "m.t", "url": "m.l.0"}))
    assert [(item.text, item.url) for item in items if isinstance(item, Document)] == [("a", "x")]
    for fields in ({"text": "m.txt"}, {"text": "m.n"}, {"text": "m.t", "url": "m.lnk"}):
        with pytest.raises(InputError, match=r"no field 'm\.|has the type int64, expected strings"):
            list(_read(path, start=0, end=1, given_fields=fields))
