from pathlib import Path

import pyarrow as pa
import pytest

from tests.formats.parts import Found, read, reading
from tests.texts import SCRIPTS, texts
from xdata.errors import InputError
from xdata.formats.table import input_of
from xdata.records import Document, Unreadable
from xdata.step import FilePart, InputFile


def _read(location: str, fields: dict[str, str] | None = None, *, max_record_bytes: int = 1 << 20) -> Found:
    part = FilePart(InputFile("s", "f.arrow", location, "arrow", "none", 0, 0), 0, 0)
    return read(input_of("arrow").read, part, reading(fields, max_record_bytes=max_record_bytes))


def _write(path: Path, table: pa.Table, *, stream: bool) -> str:
    make = pa.ipc.new_stream if stream else pa.ipc.new_file
    with path.open("wb") as file, make(file, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return str(path)


@pytest.mark.parametrize("stream", [True, False])
@pytest.mark.parametrize("language", SCRIPTS.values())
def test_rows_of_both_formats(tmp_path: Path, language: str, stream: bool) -> None:
    table = pa.table({"n": [1, 2, 3, 4, 5], "text": texts(language), "url": list("abcde")})
    location = _write(tmp_path / "f.arrow", table, stream=stream)
    items = _read(location)
    documents = [item for item in items if isinstance(item, Document)]
    assert tuple(item.text for item in documents) == texts(language)
    assert [(item.origin.offset, item.url) for item in documents] == list(enumerate("abcde"))


def test_what_is_wrong_is_named(tmp_path: Path) -> None:
    table = pa.table({"text": ["x" * 50, "y"]})
    location = _write(tmp_path / "f.arrow", table, stream=True)
    first, second = _read(location, max_record_bytes=20)
    assert (type(first), type(second)) == (Unreadable, Document)
    with pytest.raises(InputError, match=r"no field 'body'.*there are: text"):
        _read(location, {"text": "body"})
    (tmp_path / "g.arrow").write_bytes(b"ARROW1 and no more")
    with pytest.raises(InputError, match="cannot be read as Arrow"):
        _read(str(tmp_path / "g.arrow"))
