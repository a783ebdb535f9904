import bz2
import gzip
import io
import lzma
import random
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path

import brotli
import lz4.frame
import pytest
import zstandard

from tests.formats.parts import part_of
from xdata.formats.warc import index_warc, read_warc
from xdata.records import Document, Origin, Skipped, Unreadable
from xdata.step import Compression


def _record(kind: str, block: bytes, *headers: str, url: str = "https://a.example/") -> bytes:
    lines = ["WARC/1.0", f"WARC-Type: {kind}", f"WARC-Target-URI: {url}", "WARC-Date: 2024-01-02T03:04:05Z", *headers]
    return "\r\n".join([*lines, f"Content-Length: {len(block)}"]).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def _response(body: bytes, *headers: str, status: str = "200 OK", url: str = "https://a.example/") -> bytes:
    head = "\r\n".join([f"HTTP/1.1 {status}", *(headers or ("Content-Type: text/html",))])
    return _record("response", head.encode() + b"\r\n\r\n" + body, "Content-Type: application/http", url=url)


def _compress(records: list[bytes], compression: Compression) -> bytes:
    if compression == "gzip":
        return b"".join(gzip.compress(record, mtime=0) for record in records)
    if compression == "none":
        return b"".join(records)
    compress = {
        "zstd": zstandard.ZstdCompressor().compress,
        "bz2": bz2.compress,
        "xz": lzma.compress,
        "lz4": lz4.frame.compress,
    }[compression]
    return b"".join(map(compress, records))


def _read(
    data: bytes, *, start: int = 0, end: int | None = None, max_record_bytes: int = 1 << 20
) -> list[Document | Skipped | Unreadable]:
    return list(
        read_warc(io.BytesIO(data), part_of(data, "file.warc", start=start, end=end), max_record_bytes=max_record_bytes)
    )


def _documents(data: bytes) -> list[Document]:
    return [item for item in _read(data) if isinstance(item, Document)]


COMPRESSIONS: list[Compression] = ["none", "gzip", "zstd", "bz2", "xz", "lz4"]


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_documents_know_where_they_are(compression: Compression) -> None:
    records = [_record("warcinfo", b"software: x"), *(_response(f"<p>{n}</p>".encode()) for n in range(5))]
    data = _compress(records, compression)
    places = [sum(len(_compress([record], compression)) for record in records[:n]) for n in range(1, 6)]
    found = _documents(data)
    assert [document.origin for document in found] == [Origin("s", "file.warc", place) for place in places]
    assert len({document.id for document in found}) == 5
    assert found[0].url == "https://a.example/"
    assert found[0].date == "2024-01-02T03:04:05Z"
    assert found[3].payload is not None
    assert found[3].payload.data == b"<p>3</p>"


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_parts_of_a_file_have_each_document_once(compression: Compression) -> None:
    records = [_response(b"<p>text</p>" * n) for n in range(1, 60)]
    data = _compress(records, compression)
    cuts = index_warc(io.BytesIO(data), compression=compression, part_bytes=len(data) // 7)
    assert cuts[0] == 0
    assert len(cuts) >= 5
    parts = [_read(data, start=a, end=b) for a, b in zip(cuts, [*cuts[1:], None], strict=True)]
    assert [item for part in parts for item in part] == _read(data)
    assert all(parts)


def test_what_is_no_document_is_skipped_with_its_name() -> None:
    records = [
        _record("request", b"GET / HTTP/1.1\r\n\r\n", "Content-Type: application/http"),
        _record("metadata", b"a: b"),
        _response(b"gone", status="404 Not Found"),
        _response(b"png", "Content-Type: image/png"),
        _record("resource", b"log", "Content-Type: text/plain", url="metadata://wget/log"),
        _record("revisit", b""),
    ]
    assert [item.reason for item in _read(b"".join(records)) if isinstance(item, Skipped)] == [
        "request",
        "metadata",
        "http_status_404",
        "media_type_image/png",
        "url_scheme_metadata",
        "revisit",
    ]


@pytest.mark.parametrize(
    ("headers", "media_type", "charset"),
    [
        (("Content-Type: text/html; charset=UTF-8",), "text/html", "UTF-8"),
        (('Content-Type: TEXT/HTML;charset="koi8-r"',), "text/html", "koi8-r"),
        (("Content-Type: application/xhtml+xml",), "application/xhtml+xml", None),
        (("X-Nothing: 1",), "text/html", None),
    ],
)
def test_media_type_and_charset(headers: tuple[str, ...], media_type: str, charset: str | None) -> None:
    (document,) = _documents(_response(b"<!doctype html><p>x", *headers))
    assert document.payload is not None
    assert (document.payload.media_type, document.payload.charset) == (media_type, charset)


@pytest.mark.parametrize(
    ("encoding", "encoded"),
    [
        ("gzip", gzip.compress(b"<p>text</p>", mtime=0)),
        ("br", brotli.compress(b"<p>text</p>")),
        ("identity", b"<p>text</p>"),
    ],
)
def test_content_encodings_are_undone(encoding: str, encoded: bytes) -> None:
    (document,) = _documents(_response(encoded, "Content-Type: text/html", f"Content-Encoding: {encoding}"))
    assert document.payload is not None
    assert document.payload.data == b"<p>text</p>"


def test_chunked_transfer_is_undone() -> None:
    body = b"5\r\n<p>te\r\n6\r\nxt</p>\r\n0\r\n\r\n"
    (document,) = _documents(_response(body, "Content-Type: text/html", "Transfer-Encoding: chunked"))
    assert document.payload is not None
    assert document.payload.data == b"<p>text</p>"


def test_wet_is_text() -> None:
    (document,) = _documents(_record("conversion", "ස්‍රී ලංකා".encode(), "Content-Type: text/plain"))
    assert (document.text, document.payload) == ("ස්‍රී ලංකා", None)


def _broken(compression: Compression) -> Iterator[tuple[str, bytes]]:
    good = [_response(b"<p>one</p>"), _response(b"<p>two</p>")]
    first, second = (_compress([record], compression) for record in good)
    yield "garbage between", first + b"garbage\r\nmore garbage\r\n" + second
    yield "cut off at the end", first + second + first[:-20]
    cut = _response(b"<p>" + b"x" * 500)[:300]
    yield "a record that ends early", first + _compress([cut], compression) + second
    yield "no length", first + _compress([b"WARC/1.0\r\nWARC-Type: response\r\n\r\n"], compression) + second
    if compression != "none":
        middle = bytearray(_compress([_response(bytes(range(256)) * 9)], compression))
        middle[slice(60, 90) if compression == "gzip" else slice(4, 12)] = b"\xff" * (
            30 if compression == "gzip" else 8
        )
        yield "a damaged member", first + bytes(middle) + second


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_broken_record_is_named_and_the_others_are_read(compression: Compression) -> None:
    for what, data in _broken(compression):
        items = _read(data)
        broken = [item for item in items if isinstance(item, Unreadable)]
        bodies = [item.payload.data for item in items if isinstance(item, Document) and item.payload]
        assert broken, what
        assert all(item.error and "\n" not in item.error for item in broken)
        # a plain record that ends early has swallowed what is behind it: the length is all that there is to go by
        expected = (
            {b"<p>one</p>"}
            if (compression, what) == ("none", "a record that ends early")
            else {b"<p>one</p>", b"<p>two</p>"}
        )
        assert expected <= set(bodies), what


def test_a_record_larger_than_allowed_is_named_not_read() -> None:
    data = _response(b"x" * 5000) + _response(b"<p>small</p>")
    items = _read(data, max_record_bytes=1000)
    assert [type(item) for item in items] == [Unreadable, Document]
    bomb = gzip.compress(b"0" * 3_000_000)
    items = _read(_response(bomb, "Content-Type: text/html", "Content-Encoding: gzip"), max_record_bytes=100_000)
    assert [type(item) for item in items] == [Unreadable]


def test_a_gzip_file_in_one_piece_is_read_with_places_inside() -> None:
    records = [_response(b"<p>one</p>"), _response(b"<p>two</p>")]
    found = _documents(gzip.compress(b"".join(records)))
    assert [(document.origin.offset, document.origin.inner) for document in found] == [(0, 0), (0, len(records[0]))]
    assert len({document.id for document in found}) == 2


def test_arc_is_read() -> None:
    body = b"HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<p>old</p>"
    head = b"filedesc://x.arc 0.0.0.0 20140216050221 text/plain 13\n1 0 Capture\n\n\n"
    data = head + b"http://a.example/b c 1.2.3.4 20140216050221 text/html %d\n" % len(body) + body + b"\n"
    (document,) = _documents(data)
    assert document.url == "http://a.example/b c"
    assert document.date == "2014-02-16T05:02:21Z"
    assert document.payload is not None
    assert document.payload.data == b"<p>old</p>"


@pytest.mark.shared_data("warc/commoncrawl_whirlwind", "warc/dolma", "warc/warcio")
def test_real_files_are_read_and_their_broken_records_are_named(shared_data: Path) -> None:
    counts: dict[str, Counter[str]] = {}
    for path in sorted((shared_data / "warc").glob("*/*.*arc*")):
        items = _read(path.read_bytes())
        counts[path.name] = Counter(type(item).__name__ for item in items)
    assert counts["example.warc.gz"]["Document"] == 1
    assert counts["example.arc"]["Document"] == 1
    assert counts["example-trunc.warc"] == {"Skipped": 3, "Document": 1, "Unreadable": 1}
    assert counts["bad.arc"]["Unreadable"] == 3
    assert counts["sample-0000.warc.gz"]["Document"] == 22
    assert counts["whirlwind.warc.wet.gz"]["Document"] == 1


@pytest.mark.parametrize("length", ["9" * 5000, "9" * 19, "-1", "", "0x10"])
def test_a_length_that_is_no_number_is_named(length: str) -> None:
    broken = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Length: {length}\r\n\r\n".encode()
    items = _read(broken + _response(b"<p>after</p>"))
    assert [type(item) for item in items] == [Unreadable, Document]


def test_a_dictionary_that_is_broken_is_named_and_no_crash() -> None:
    (item,) = _read(b"\x5d\x2a\x4d\x18\x04\x00\x00\x00abcd" + _compress([_response(b"<p>x</p>")], "zstd")[:9])
    assert isinstance(item, Unreadable)


@pytest.mark.parametrize("compression", ["gzip", "zstd"])
def test_one_damaged_member_costs_one_record(compression: Compression) -> None:
    rng = random.Random(4)
    records = [_response(f"<p>{rng.randbytes(9000).hex()}</p>".encode()) for _ in range(9)]
    members = [_compress([record], compression) for record in records]
    damaged = bytearray(members[3])
    for place in range(12, 60):
        damaged[place] ^= 0xFF
    data = b"".join([*members[:3], bytes(damaged), *members[4:]])
    assert len(_documents(data)) == 8
    assert len([item for item in _read(data) if isinstance(item, Unreadable)]) >= 1


def test_a_record_with_a_length_beyond_the_file_costs_one_record() -> None:
    records = [_response(f"<p>{n}</p>".encode() * 50) for n in range(9)]
    records[2] = records[2].replace(b"Content-Length: ", b"Content-Length: 99")
    items = _read(b"".join(records))
    assert len([item for item in items if isinstance(item, Document)]) == 8
    (broken,) = [item for item in items if isinstance(item, Unreadable)]
    assert broken.origin.offset == len(records[0]) * 2


@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title, str.swapcase, str.capitalize])
def test_names_of_fields_ignore_case(spell: Callable[[str], str]) -> None:
    body = b"HTTP/1.1 200 OK\r\nCONTENT-type: text/html\r\n\r\n<p>x</p>"
    names = ("WARC-Type", "WARC-Target-URI", "WARC-Date", "Content-Type", "Content-Length")
    values = ("response", "https://a.example/", "2024-01-02T03:04:05Z", "application/http", str(len(body)))
    header = "".join(f"{spell(name)}: {value}\r\n" for name, value in zip(names, values, strict=True))
    (document,) = _documents(b"WARC/1.0\r\n" + header.encode() + b"\r\n" + body + b"\r\n\r\n")
    assert (document.url, document.date) == ("https://a.example/", "2024-01-02T03:04:05Z")
    assert document.payload is not None and document.payload.data == b"<p>x</p>"


def test_types_of_records_ignore_case_and_lines_may_be_folded() -> None:
    data = _record("Conversion", "ሰላም".encode(), "Content-Type:", "  text/plain")
    assert [document.text for document in _documents(data)] == ["ሰላም"]


@pytest.mark.parametrize("broken", ["header", "body"])
def test_pages_that_break_off_are_marked(broken: str) -> None:
    packed = gzip.compress(b"<p>" + random.Random(1).randbytes(9000).hex().encode())
    cut = packed if broken == "header" else packed[:-900]
    data = _response(cut, "Content-Type: text/html", "Content-Encoding: gzip")
    if broken == "header":
        data = data.replace(b"WARC-Date", b"WARC-Truncated: length\r\nWARC-Date")
    (document,) = _documents(data)
    assert document.payload is not None and document.payload.is_truncated


def test_a_body_that_cannot_be_decoded_is_named() -> None:
    (item,) = _read(_response(b"\x1f\x8b\x08" + b"\xff" * 99, "Content-Type: text/html"))
    assert isinstance(item, Unreadable)
    assert item.error == "the body is compressed and cannot be decompressed"


def test_a_large_archive_is_skipped_by_its_type_before_it_is_decoded() -> None:
    data = _response(gzip.compress(b"0" * 3_000_000), "Content-Type: application/gzip")
    assert _read(data, max_record_bytes=100_000) == [Skipped("media_type_application/gzip")]


def test_a_response_without_a_status_line_is_read_where_it_is_a_page() -> None:
    (document,) = _documents(_record("response", b"<!doctype html><p>x", "Content-Type: application/http"))
    assert document.payload is not None and document.payload.media_type == "text/html"
    (item,) = _read(_record("response", b"\x00\x01", "Content-Type: application/http; msgtype=response"))
    assert item == Skipped("media_type_unknown")


@pytest.mark.parametrize("compression", COMPRESSIONS)
def test_a_file_that_is_cut_off_is_damaged_at_its_end(compression: Compression) -> None:
    records = [_response(f"<p>{n}</p>".encode() * 300) for n in range(4)]
    items = _read(_compress(records, compression)[:-40])
    assert [type(item) for item in items[-1:]] == [Unreadable]
    assert [item.is_damage for item in items if isinstance(item, Unreadable)] == [True]
    assert len([item for item in items if isinstance(item, Document)]) == 3
    whole = _read(_compress(records[:2], compression) + b"\n\n" * (compression == "none"))
    assert not any(isinstance(item, Unreadable) for item in whole)
