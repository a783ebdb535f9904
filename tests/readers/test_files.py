import gzip
import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xdata.errors import InputError
from xdata.readers.files import Files
from xdata.readers.sources import Source, parse_sources
from xdata.records import Document


def _files(path: Path | str, **options: Any) -> Files:
    return Files(sources=parse_sources([str(path)]), **options)


def _read(reader: Files) -> list[Document]:
    read, found = reader.open(), []
    for file in reader.list_files().files:
        offsets = reader.index(file) if reader.needs_index(file) else None
        for part in reader.cut(file, offsets):
            found += [item for item in read(part) if isinstance(item, Document)]
    return found


def _jsonl(path: Path, num: int, **fields: str) -> None:
    path.write_text("".join(json.dumps({"text": f"{n} text", **fields}) + "\n" for n in range(num)))


def test_formats_are_told_by_name_or_by_content(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 1)
    _jsonl(tmp_path / "b.data", 1)
    (tmp_path / "c.gz").write_bytes(gzip.compress(b'{"text": "x"}\n'))
    (tmp_path / "d.WARC.GZ").write_bytes(gzip.compress(b"WARC/1.0\r\n"))
    (tmp_path / "e").write_bytes(b"WARC/1.1\r\n")
    pq.write_table(pa.table({"text": ["x"]}), tmp_path / "f.bin")
    (tmp_path / "notes.txt").write_text("nothing")
    (tmp_path / ".hidden.jsonl").write_text("{}")
    listing = _files(tmp_path).list_files()
    assert {file.path: file.format for file in listing.files} == {
        "a.jsonl": "jsonl",
        "b.data": "jsonl",
        "c.gz": "jsonl",
        "d.WARC.GZ": "warc",
        "e": "warc",
        "f.bin": "parquet",
    }
    assert [path for path, _ in listing.ignored] == [f"{tmp_path.name}/notes.txt"]


def test_an_explicit_reader_is_believed(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.txt", 2)
    source = Source(name="s", root=str(tmp_path), patterns=("a.txt",), reader="jsonl")
    assert len(_read(Files(sources=(source,)))) == 2


@pytest.mark.parametrize("pattern", ["*.warc", "nothing/*.jsonl"])
def test_a_glob_that_matches_nothing_is_refused(tmp_path: Path, pattern: str) -> None:
    (tmp_path / "nothing").mkdir()
    with pytest.raises(InputError, match="no file matches"):
        _files(f"{tmp_path}/{pattern}").list_files()


def test_files_of_no_known_kind_alone_are_refused(tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("nothing")
    with pytest.raises(InputError, match="is warc or jsonl or parquet"):
        _files(tmp_path / "notes.txt").list_files()


def test_a_dangling_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match="cannot be read: No such file"):
        _files(f"{tmp_path}/*.jsonl").list_files()


def test_the_same_file_twice_is_read_once_and_said(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 1)
    (tmp_path / "b.jsonl").symlink_to(tmp_path / "a.jsonl")
    listing = _files(tmp_path).list_files()
    assert len(listing.files) == 1
    assert listing.ignored[0][1] == f"is the same file as {tmp_path.name}/a.jsonl"


def test_a_file_in_two_sources_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sub").mkdir()
    _jsonl(tmp_path / "sub" / "a.jsonl", 1)
    sources = parse_sources([f"{tmp_path}/*/a.jsonl", str(tmp_path / "sub")])
    with pytest.raises(InputError, match="is in two sources"):
        Files(sources=sources).list_files()


def test_large_files_are_cut_and_no_document_is_lost_or_doubled(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 500)
    pq.write_table(pa.table({"text": [f"{n} text" for n in range(500)]}), tmp_path / "b.parquet", row_group_size=50)
    records = [
        b"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: 9\r\n\r\n%04d text\r\n\r\n" % n for n in range(500)
    ]
    (tmp_path / "c.warc").write_bytes(b"".join(records))
    (tmp_path / "d.warc.gz").write_bytes(b"".join(gzip.compress(record) for record in records))
    whole, cut = _files(tmp_path), _files(tmp_path, part_bytes=2048)
    files = cut.list_files().files
    assert [cut.needs_index(file) for file in files] == [False, False, True, True]
    assert all(len(cut.cut(file, cut.index(file) if cut.needs_index(file) else None)) > 3 for file in files)
    assert _read(cut) == _read(whole)
    assert len({document.id for document in _read(whole)}) == 2000


def test_a_limit_is_of_each_file_and_cuts_none(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 500)
    _jsonl(tmp_path / "b.jsonl", 3)
    reader = _files(tmp_path, part_bytes=1024, limit=7)
    assert len(_read(reader)) == 10


def test_a_large_compressed_stream_is_said_not_to_split(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(os.urandom(4000)))
    reader = _files(tmp_path, part_bytes=2048)
    assert reader.notes(reader.list_files().files) == [
        f"{tmp_path.name}/a.jsonl.gz: is one compressed stream, which one worker reads alone"
    ]


def test_facts_of_the_source_are_on_every_document(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 2)
    source = Source(name="s", root=str(tmp_path), patterns=("**",), language="swh_Latn", licence="CC0", domain="news")
    for document in _read(Files(sources=(source,))):
        assert (document.language, document.licence, document.domain) == ("swh_Latn", "CC0", "news")


def test_ids_do_not_depend_on_where_the_folder_lies_or_what_else_is_read(tmp_path: Path) -> None:
    for parent in ("x", "y"):
        (tmp_path / parent / "crawl").mkdir(parents=True)
        _jsonl(tmp_path / parent / "crawl" / "a.jsonl", 3)
    _jsonl(tmp_path / "y" / "crawl" / "0.jsonl", 3)
    first = {document.id for document in _read(_files(tmp_path / "x" / "crawl"))}
    second = {document.id for document in _read(_files(tmp_path / "y" / "crawl"))}
    assert first < second
