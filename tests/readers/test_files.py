import gzip
import json
import os
import socket
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from xdata.context import Context
from xdata.errors import InputError
from xdata.readers.files import Files
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.records import Document
from xdata.step import FilePart


def _files(path: Path | str, **options: Any) -> Files:
    return Files(sources=parse_sources([str(path)]), **options)


def _read(reader: Files, *, part_bytes: int = 1 << 20) -> list[Document]:
    read, found = reader.open(Context()), []
    for pieces in _plan(reader, part_bytes=part_bytes):
        for piece in pieces:
            found += [item for item in read(piece) if isinstance(item, Document)]
    return found


def _plan(reader: Files, *, part_bytes: int = 1 << 20) -> list[tuple[FilePart, ...]]:
    files = reader.list_files().files
    offsets = {
        number: reader.index(file, part_bytes=part_bytes)
        for number, file in enumerate(files)
        if reader.needs_index(file, part_bytes=part_bytes)
    }
    return reader.plan(files, offsets, part_bytes=part_bytes)


def _jsonl(path: Path, num: int, **fields: str) -> None:
    path.write_text("".join(json.dumps({"text": f"{n} text", **fields}) + "\n" for n in range(num)))


def test_formats_are_detected_by_name_or_by_content(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 1)
    _jsonl(tmp_path / "b.data", 1)
    (tmp_path / "c.gz").write_bytes(gzip.compress(b'{"text": "x"}\n'))
    (tmp_path / "d.WARC.GZ").write_bytes(gzip.compress(b"WARC/1.0\r\n"))
    (tmp_path / "e").write_bytes(b"WARC/1.1\r\n")
    pq.write_table(pa.table({"text": ["x"]}), tmp_path / "f.bin")
    (tmp_path / "g.txt").write_text("nothing")
    (tmp_path / "h.htm").write_text("nothing")
    (tmp_path / "i.csv.gz").write_bytes(gzip.compress(b"text"))
    (tmp_path / "j.tsv").write_text("text")
    table = pa.table({"text": ["x"]})
    with (tmp_path / "k").open("wb") as file, pa.ipc.new_stream(file, table.schema) as writer:
        writer.write_table(table)
    (tmp_path / "notes.pdf").write_text("nothing")
    (tmp_path / ".hidden.jsonl").write_text("{}")
    listing = _files(tmp_path).list_files()
    assert {file.path: file.format for file in listing.files} == {
        "a.jsonl": "jsonl",
        "b.data": "jsonl",
        "c.gz": "jsonl",
        "d.WARC.GZ": "warc",
        "e": "warc",
        "f.bin": "parquet",
        "g.txt": "text",
        "h.htm": "html",
        "i.csv.gz": "csv",
        "j.tsv": "tsv",
        "k": "arrow",
    }
    assert [path for path, _ in listing.ignored] == [f"{tmp_path.name}/notes.pdf"]
    (note,) = _files(tmp_path).notes(listing.files)
    assert "has files of several kinds, all of which are read: 3 jsonl, 2 warc, 1 parquet" in note


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
    (tmp_path / "notes.pdf").write_text("nothing")
    with pytest.raises(InputError, match="expected WARC, JSONL, Parquet, Arrow, CSV, TSV, HTML or plain text"):
        _files(tmp_path / "notes.pdf").list_files()


def test_a_dangling_link_is_ignored_and_named(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").symlink_to(tmp_path / "gone")
    with pytest.raises(InputError, match=r"a\.jsonl: is a link to .*gone, which does not exist"):
        _files(f"{tmp_path}/*.jsonl").list_files()
    _jsonl(tmp_path / "b.jsonl", 1)
    listing = _files(f"{tmp_path}/*.jsonl").list_files()
    assert [file.path for file in listing.files] == ["b.jsonl"]
    assert [path for path, _ in listing.ignored] == [f"{tmp_path.name}/a.jsonl"]


def test_a_file_given_twice_is_read_once_with_a_note(tmp_path: Path) -> None:
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
    reader = _files(tmp_path)
    files = reader.list_files().files
    assert [reader.needs_index(file, part_bytes=2048) for file in files] == [False, False, True, True]
    pieces = Counter(piece.file.path for part in _plan(reader, part_bytes=2048) for piece in part)
    assert min(pieces[file.path] for file in files) > 3
    assert len(_plan(reader)) == 1
    whole = _read(reader)
    assert _read(reader, part_bytes=2048) == whole
    assert len({document.id for document in whole}) == 2000


def test_a_limit_is_of_each_file_and_cuts_none(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 500)
    _jsonl(tmp_path / "b.jsonl", 3)
    assert len(_read(_files(tmp_path, limit=7), part_bytes=1024)) == 10


def test_a_large_compressed_stream_has_a_note_that_it_is_not_split(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(os.urandom(4000)))
    reader = _files(tmp_path)
    assert reader.notes(reader.list_files().files, part_bytes=2048) == [
        f"{tmp_path.name}/a.jsonl.gz: does not split, so one worker reads it alone"
    ]


def test_facts_of_the_source_are_on_every_document(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 2)
    source = Source(name="s", root=str(tmp_path), patterns=("**",), language="swh_Latn", license="CC0", domain="news")
    for document in _read(Files(sources=(source,))):
        assert (document.language, document.license, document.domain) == ("swh_Latn", "CC0", "news")


def test_ids_do_not_depend_on_where_the_folder_lies_or_what_else_is_read(tmp_path: Path) -> None:
    for parent in ("x", "y"):
        (tmp_path / parent / "crawl").mkdir(parents=True)
        _jsonl(tmp_path / parent / "crawl" / "a.jsonl", 3)
    _jsonl(tmp_path / "y" / "crawl" / "0.jsonl", 3)
    first = {document.id for document in _read(_files(tmp_path / "x" / "crawl"))}
    second = {document.id for document in _read(_files(tmp_path / "y" / "crawl"))}
    assert first < second


def test_small_files_are_joined_in_order_and_large_ones_stay_alone(tmp_path: Path) -> None:
    for number in range(40):
        _jsonl(tmp_path / f"{number:02}.jsonl", 200 if number == 20 else 4)
    plan = _plan(_files(tmp_path), part_bytes=1024)
    assert 4 < len(plan) < 20
    assert [piece.file.path for part in plan for piece in part] == sorted(
        piece.file.path for part in plan for piece in part
    )
    assert all(len(part) == 1 for part in plan if part[0].file.path == "20.jsonl")
    assert all(sum(piece.end - piece.start for piece in part) <= 1024 for part in plan)
    assert len(_read(_files(tmp_path), part_bytes=1024)) == 39 * 4 + 200


def test_folders_that_are_links_are_named_and_not_followed(tmp_path: Path) -> None:
    (tmp_path / "crawl" / "sub").mkdir(parents=True)
    _jsonl(tmp_path / "crawl" / "sub" / "a.jsonl", 1)
    (tmp_path / "crawl" / "sub" / "circle").symlink_to(tmp_path / "crawl")
    for spec in (str(tmp_path / "crawl"), f"{tmp_path}/crawl/**", f"{tmp_path}/crawl/**/*.jsonl"):
        listing = _files(spec).list_files()
        assert [file.path for file in listing.files] == ["sub/a.jsonl"], spec
        named = [] if spec.endswith("jsonl") else [("crawl/sub/circle", "is a link to a folder, which is not followed")]
        assert [*listing.ignored] in (named, [("crawl/sub/circle", "is a link to a folder, which is not followed")])


def test_a_folder_that_is_a_link_is_called_what_the_user_calls_it(tmp_path: Path) -> None:
    (tmp_path / "disk7").mkdir()
    _jsonl(tmp_path / "disk7" / "a.jsonl", 1)
    (tmp_path / "crawl").symlink_to(tmp_path / "disk7")
    (file,) = _files(tmp_path / "crawl").list_files().files
    assert (file.source, file.path) == ("crawl", "a.jsonl")


def test_a_name_that_is_not_utf8_is_ignored_and_named(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 1)
    with open(os.fsencode(tmp_path) + b"/b\xff.jsonl", "wb") as file:
        file.write(b'{"text": "x"}\n')
    listing = _files(tmp_path).list_files()
    assert [file.path for file in listing.files] == ["a.jsonl"]
    assert listing.ignored == ((f"{tmp_path.name}/b\\udcff.jsonl", "its name is not UTF-8: rename it"),)
    with pytest.raises(InputError, match="is not UTF-8"):
        parse_sources([f"{tmp_path}/b\udcff.jsonl"])


def test_what_is_no_regular_file_is_ignored_and_named(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 1)
    os.mkfifo(tmp_path / "b.jsonl")
    listing = _files(tmp_path).list_files()
    assert [file.path for file in listing.files] == ["a.jsonl"]
    assert [path for path, _ in listing.ignored] == [f"{tmp_path.name}/b.jsonl"]


@pytest.mark.parametrize("pattern", ["/etc/*", "../*", "a/../../b"])
def test_patterns_stay_below_their_root(tmp_path: Path, pattern: str) -> None:
    with pytest.raises(ValueError, match="leads out of the root"):
        Source(name="s", root=str(tmp_path), patterns=(pattern,))


@pytest.mark.parametrize(
    ("name", "content", "found"),
    [
        ("a.pdf", b"%PDF-1.7", "is a PDF"),
        ("a.docx", b"PK\x03\x04\x14\0\x06\0[Content_Types].xml", "is a Microsoft Office document"),
        ("a.epub", b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/epub+zip", "is an EPUB book"),
        (
            "a.odt",
            b"PK\x03\x04" + b"\0" * 26 + b"mimetypeapplication/vnd.oasis.opendocument.text",
            "is an OpenDocument",
        ),
        ("a.zip", b"PK\x03\x04data.jsonl", "is a ZIP archive"),
        ("a.wacz", b"PK\x03\x04archive/data.warc.gz", "is a ZIP archive"),
        ("a.7z", b"7z\xbc\xaf\x27\x1c", "is a 7z archive"),
        ("a.rar", b"Rar!\x1a\x07", "is a RAR archive"),
        ("a.tar", b"a.jsonl" + b"\0" * 250 + b"ustar\x0000", "is a tar archive"),
        ("a.tar.gz", gzip.compress(b"a.jsonl" + b"\0" * 250 + b"ustar\x0000", mtime=0), "is a tar archive"),
        ("a.db", b"SQLite format 3\0", "is a database of SQLite"),
        ("a.pkl", b"\x80\x04\x95\0", "is a Python pickle"),
        ("a.npy", b"\x93NUMPY\x01", "is a NumPy array"),
        ("a.h5", b"\x89HDF\r\n", "is an HDF5 file"),
        ("a.avro", b"Obj\x01", "is an Avro file"),
        ("a.orc", b"ORC\x08", "is an ORC file"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1", "is a Microsoft Office document"),
        ("a.rtf", b"{\\rtf1", "is an RTF document"),
        ("a.png", b"\x89PNG\r\n", "is a picture"),
        ("a.bin", bytes(range(256)), "has an unknown format"),
    ],
)
def test_other_formats_are_named_with_what_to_do(tmp_path: Path, name: str, content: bytes, found: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(InputError, match=f"/{name}: {found}.*, expected WARC, .* or plain text: ") as error:
        _files(tmp_path / name).list_files()
    assert "\n" not in str(error.value)


def test_files_that_describe_data_are_passed_over_with_a_note(tmp_path: Path) -> None:
    sides = ("dataset_infos.json", "dataset_info.json", "state.json", "stats.jsonl", "README.md", "LICENSE.txt")
    for name in (*sides, "_SUCCESS", "_metadata", "a.jsonl.crc", "SHA256SUMS"):
        (tmp_path / name).write_text('{"text": "none"}\n')
    _jsonl(tmp_path / "a.jsonl", 1)
    for path in (tmp_path, f"{tmp_path}/*"):
        listing = _files(path).list_files()
        assert [file.path for file in listing.files] == ["a.jsonl"]
        assert len(listing.ignored) == len(sides) + 4
        assert all(why.startswith("describes data and is not read") for _, why in listing.ignored)
    assert [file.path for file in _files(tmp_path / "stats.jsonl").list_files().files] == ["stats.jsonl"]


def test_an_output_folder_inside_of_a_folder_is_passed_over(tmp_path: Path) -> None:
    _jsonl(tmp_path / "a.jsonl", 1)
    inner = tmp_path / "runs" / "one"
    (inner / "data").mkdir(parents=True)
    for name in ("manifest.json", "recipe.yaml", "data/b.jsonl"):
        _jsonl(inner / name, 1)
    listing = _files(tmp_path).list_files()
    assert [file.path for file in listing.files] == ["a.jsonl"]
    assert [why[:36] for _, why in listing.ignored] == ["is an output folder of xdata: give i"]


@pytest.mark.parametrize("folder", ["dump [1]", "a*b", "what?", "[x]"])
def test_a_folder_whose_name_looks_like_a_pattern_is_taken_as_it_is(tmp_path: Path, folder: str) -> None:
    (tmp_path / folder / "in [2]").mkdir(parents=True)
    _jsonl(tmp_path / folder / "a.jsonl", 1)
    _jsonl(tmp_path / folder / "in [2]" / "b.jsonl", 1)
    assert [file.path for file in _files(tmp_path / folder / "*.jsonl").list_files().files] == ["a.jsonl"]
    assert [file.path for file in _files(tmp_path / folder / "in [2]" / "*.jsonl").list_files().files] == ["b.jsonl"]
    assert len(_files(tmp_path / folder).list_files().files) == 2
    (tmp_path / "s.yaml").write_text(f"sources: [{{name: s, path: '{folder}/*.jsonl'}}]")
    assert len(Files(sources=parse_sources([str(tmp_path / "s.yaml")])).list_files().files) == 1


@pytest.mark.parametrize(
    "address", ["https://a.example/a.jsonl", "s3://bucket/a.parquet", "gs://b/*", "hf://datasets/a/b"]
)
def test_addresses_are_refused_with_what_to_do(address: str) -> None:
    with pytest.raises(InputError, match=r"is an address, expected a file, .*: download the files first"):
        parse_sources([address])


def test_a_pipe_a_socket_and_links_of_git_annex_are_named(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.jsonl")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "s.jsonl"))
    (tmp_path / "annexed.jsonl").symlink_to(".git/annex/objects/ab/SHA256E-s1")
    (tmp_path / "loop.jsonl").symlink_to("loop.jsonl")
    _jsonl(tmp_path / "a.jsonl", 1)
    found = dict(_files(f"{tmp_path}/*.jsonl").list_files().ignored)
    assert {Path(path).name: why.split(":")[0] for path, why in found.items()} == {
        "pipe.jsonl": "is a named pipe, expected a file",
        "s.jsonl": "is a socket, expected a file",
        "annexed.jsonl": "is a link of git-annex, whose content was not downloaded",
        "loop.jsonl": "is a link to loop.jsonl, which does not exist",
    }
