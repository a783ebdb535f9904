from pathlib import Path

import pytest

from xdata.formats.diagnosis import describe_file, describe_records
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.step import InputFile

_TEXTS = ("maji", "آب", "पानी", "ජලය", "ውሃ", "น้ำ", "水", "წყალი")


def _file(path: Path, content: bytes) -> InputFile:
    path.write_bytes(content)
    (file,) = Files(sources=(Source(name="s", root=str(path.parent), patterns=(path.name,)),)).list_files().files
    return file


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.jsonl", b'[{"text": "x"}]', "is a JSON list, expected JSON lines"),
        ("a.jsonl", b'{\n "text": "x"\n}\n', "is JSON over several lines, expected JSON lines"),
        ("a.jsonl", b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer"),
        ("a.parquet", b"version https://git-lfs.github.com/spec/v1\n", "expected Parquet: run `git lfs pull`"),
        ("a.warc.gz", b"version https://git-lfs.github.com/spec/v1\n", "is a Git LFS pointer"),
        ("a.parquet", b"", "is empty (0 bytes), expected Parquet"),
        ("a.csv", b"", "is empty (0 bytes), expected CSV"),
        ("a.arrow", b"PAR1", "is Parquet, expected Arrow"),
        ("a.jsonl", b"PAR1", "is Parquet, expected JSON lines"),
        ("a.jsonl", b"PK\x03\x04", "is a ZIP archive"),
        ("a.jsonl", b"<!DOCTYPE html><title>404</title>", "is a web page"),
        ("a.parquet", b"PAR1 and no more", "says the reader"),
    ],
)
def test_a_file_format_is_detected_by_its_first_bytes(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    assert found in describe_file(_file(tmp_path / name, content), "says the reader")


@pytest.mark.parametrize("text", _TEXTS)
@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_lines_in_utf_16_are_detected_in_every_script(tmp_path: Path, text: str, encoding: str) -> None:
    file = _file(tmp_path / "a.jsonl", f'{{"text": "{text}"}}\n'.encode(encoding))
    assert describe_file(file, "").startswith("is UTF-16, expected JSON lines")


@pytest.mark.parametrize("text", _TEXTS)
def test_what_is_as_expected_is_left_to_its_reader(tmp_path: Path, text: str) -> None:
    file = _file(tmp_path / "a.jsonl", f'{{"text": "{text}"}}\n'.encode())
    assert describe_file(file, f"{file.location}: is odd") == "is odd"
    assert describe_file(file, "s: a.jsonl: is odd") == "is odd"
    said = describe_records(file, "is odd")
    assert said.startswith("contains no readable records, expected JSON lines") and "is odd" in said
