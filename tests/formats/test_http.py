import gzip
import time
import zlib
from collections.abc import Callable

import brotli
import pytest
import zstandard
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.texts import SCRIPTS, texts
from xdata.formats.http import Response, TooLarge, parse_fields, parse_response, split_content_type

_PAGE = "<!DOCTYPE html><html><body>{}</body></html>"


def _raw_deflate(data: bytes) -> bytes:
    coder = zlib.compressobj(9, zlib.DEFLATED, -15)
    return coder.compress(data) + coder.flush()


def _chunked(data: bytes, size: int = 700, end: bytes = b"\r\n") -> bytes:
    pieces = [data[start : start + size] for start in range(0, len(data), size)]
    return b"".join(b"%x%s%s%s" % (len(piece), end, piece, end) for piece in pieces) + b"0" + end + end


_CODERS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": lambda data: gzip.compress(data, mtime=0),
    "two gzip members": lambda data: gzip.compress(data[:50], mtime=0) + gzip.compress(data[50:], mtime=0),
    "zlib": zlib.compress,
    "deflate": _raw_deflate,
    "br": brotli.compress,
    "zstd": zstandard.ZstdCompressor().compress,
}
_CERTAIN = {"plain", "gzip", "two gzip members", "zstd"}
"""What first bytes tell, whatever a header says."""
_LABELS = {"zlib": "deflate", "deflate": "deflate", "br": "br"}


def _response(body: bytes, *headers: str, status: str = "HTTP/1.1 200 OK", end: str = "\r\n") -> Response:
    found = parse_response(end.join([status, *headers]).encode() + 2 * end.encode() + body)
    assert found is not None
    return found


def _body(body: bytes, *headers: str, max_bytes: int = 1 << 22) -> tuple[bytes, bool]:
    return _response(body, *headers).decoded(max_bytes=max_bytes)


@pytest.mark.parametrize("script", SCRIPTS)
@pytest.mark.parametrize("coding", _CODERS)
def test_bodies_are_decoded_as_they_say(coding: str, script: str) -> None:
    page = _PAGE.format("".join(texts(SCRIPTS[script])[:2])).encode()
    header = f"Content-Encoding: {_LABELS.get(coding, 'gzip')}"
    assert _body(_CODERS[coding](page), header) == (page, False)


@pytest.mark.parametrize(
    "declared", ["gzip", "x-gzip", "deflate", "br", "zstd", "none", "utf-8", "identity", "", "a, b"]
)
@pytest.mark.parametrize("coding", sorted(_CERTAIN))
def test_the_bytes_decide_where_they_tell(coding: str, declared: str) -> None:
    page = _PAGE.format("Habari za asubuhi. " * 30).encode()
    assert _body(_CODERS[coding](page), f"Content-Encoding: {declared}") == (page, False)
    assert _body(_CODERS[coding](page)) == (page, False)


@pytest.mark.parametrize("page", [b"<p>x", b"Kort.", b"a", b"", "ሰላም".encode(), b"\xef\xbb\xbf<p>" + b"x" * 100])
@pytest.mark.parametrize("declared", ["gzip", "deflate", "br", "zstd"])
def test_a_decoded_body_whose_header_was_kept_is_read(page: bytes, declared: str) -> None:
    chunked = "Transfer-Encoding: chunked"
    assert _body(page, f"Content-Encoding: {declared}", chunked) == (page, False)


@pytest.mark.parametrize("coding", ["gzip", "zlib", "deflate", "br", "zstd"])
def test_of_a_body_that_breaks_off_what_can_be_read_is_kept(coding: str) -> None:
    page = _PAGE.format("".join(f"{n} {text}" for n in range(30) for text in texts("swh_Latn"))).encode()
    header = f"Content-Encoding: {_LABELS.get(coding, 'gzip')}"
    data, is_truncated = _body(_CODERS[coding](page)[:-30], header)
    assert is_truncated
    assert page.startswith(data)
    assert len(data) > len(page) / 10


def test_a_wrong_checksum_is_no_reason_to_lose_a_body() -> None:
    packed = gzip.compress(b"<p>text</p>", mtime=0)
    assert _body(packed[:-8] + b"\0" * 8, "Content-Encoding: gzip") == (b"<p>text</p>", False)
    assert _body(packed[:-8], "Content-Encoding: gzip") == (b"<p>text</p>", True)


def test_a_compressed_body_that_cannot_be_decoded_is_an_error() -> None:
    with pytest.raises(ValueError, match="compressed and cannot be decompressed"):
        _body(b"\x1f\x8b\x08\x00" + b"\xff" * 60, "Content-Encoding: gzip")
    with pytest.raises(ValueError, match="coded by compress"):
        _body(b"\x1f\x9d\x90text", "Content-Encoding: compress")


def test_codings_are_undone_in_reverse_order() -> None:
    page = b"<p>" + b"text " * 100
    twice = _CODERS["gzip"](_CODERS["br"](page))
    assert _body(twice, "Content-Encoding: br, gzip") == (page, False)
    assert _body(twice, "Content-Encoding: br", "Content-Encoding: gzip") == (page, False)
    assert _body(_chunked(twice), "Content-Encoding: br, gzip", "Transfer-Encoding: chunked") == (page, False)
    assert _body(_chunked(twice), "Content-Encoding: br", "Transfer-Encoding: gzip, chunked") == (page, False)


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("declared", [True, False])
def test_chunks_are_joined_with_and_without_the_header(declared: bool, end: bytes) -> None:
    page = b"<p>" + b"text " * 1000
    headers = ["Transfer-Encoding: Chunked"] if declared else []
    assert _body(_chunked(page, end=end), *headers) == (page, False)
    with_extension = _chunked(page).replace(b"2bc\r\n", b"2bc ; name=value\r\n", 1)
    assert _body(with_extension, *headers) == (page, False)


def test_chunks_that_break_off_or_are_wrong_give_what_is_before() -> None:
    page, header = b"<p>" + b"text " * 1000, "Transfer-Encoding: chunked"
    assert _body(_chunked(page)[:1000], header) == (page[:988], True)
    assert _body(b"ffff\r\n" + page, header) == (page, True)
    assert _body(_chunked(page)[:-5], header) == (page, True)
    assert _body(_chunked(page).replace(b"\r\n2bc\r\n", b"\r\n2bX\r\n", 1), header) == (page[:700], True)


@pytest.mark.parametrize("page", [b"<p>12\r\nab\r\n</p>", b"12\r\nab\r\n", b"add\r\nbee\r\n0\r\n", b"5\n"])
def test_plain_bodies_that_begin_like_chunks_are_plain_without_the_header(page: bytes) -> None:
    assert _body(page) == (page, False)


@pytest.mark.parametrize("coding", ["gzip", "zlib", "deflate", "br", "zstd"])
def test_a_bomb_is_stopped_at_the_limit(coding: str) -> None:
    bomb = _CODERS[coding](b"<p>" + b"0" * 30_000_000)
    with pytest.raises(TooLarge, match="max_record_bytes"):
        _body(bomb, f"Content-Encoding: {_LABELS.get(coding, 'gzip')}", max_bytes=100_000)


@pytest.mark.parametrize("end", ["\r\n", "\n"])
@pytest.mark.parametrize("spell", [str.lower, str.upper, str.title, str.swapcase])
def test_names_of_fields_ignore_case(spell: Callable[[str], str], end: str) -> None:
    name = spell("Content-Type")
    found = _response(b"x", f"{name} : text/html;{end}  charset=koi8-r", f"{spell('X-Two')}:", "no colon", end=end)
    assert split_content_type(found.content_type) == ("text/html", "koi8-r")
    assert found.headers.all("x-two") == [""]


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        (["text/html; charset=utf-8"], ("text/html", "utf-8")),
        (['TEXT/HTML ;CHARSET = "UTF-8" '], ("text/html", "UTF-8")),
        (["text/html charset=utf-8"], ("text/html", "utf-8")),
        (["text/html, text/html; charset=big5"], ("text/html", "big5")),
        (["text/html; charset=utf-8; charset=iso-8859-1"], ("text/html", "utf-8")),
        (["text/html", "text/html; charset=big5"], ("text/html", "big5")),
        (["", "text/html"], ("text/html", None)),
        (["charset=utf-8", "text/html"], ("text/html", "utf-8")),
        (["html"], ("", None)),
        (["text/html; charset="], ("text/html", None)),
        (["text/html;charset='utf-8'"], ("text/html", "utf-8")),
        ([], ("", None)),
    ],
)
def test_odd_and_doubled_content_types(values: list[str], expected: tuple[str, str | None]) -> None:
    found = _response(b"x", *(f"Content-Type: {value}" for value in values))
    assert split_content_type(found.content_type) == expected


@pytest.mark.parametrize("line", ["HTTP/1.0 404 Not Found", "http/1.1 200", "HTTP/2 204 ", "\r\nHTTP/1.1 301 Moved"])
def test_status_lines(line: str) -> None:
    found = parse_response(line.encode() + b"\r\n\r\nbody")
    assert found is not None
    assert found.status == int(line.split()[1])
    assert found.body == b"body"


@pytest.mark.parametrize("block", [b"", b"<html>", b"HTTP", b"HTTP/1.1 20", b"HTTP/1.1 OK"])
def test_other_blocks_are_no_responses(block: bytes) -> None:
    assert parse_response(block) is None


def test_a_response_without_a_body_has_an_empty_one() -> None:
    found = parse_response(b"HTTP/1.1 200 OK\r\nContent-Type: text/html")
    assert found is not None
    assert (found.content_type, found.body) == ("text/html", b"")


@settings(max_examples=200)
@given(st.binary(max_size=300), st.sampled_from([*_LABELS.values(), "gzip", "zstd", "chunked", "x"]))
def test_any_body_is_decoded_or_named(body: bytes, coding: str) -> None:
    for data in (body, b"\x1f\x8b\x08" + body, b"\x28\xb5\x2f\xfd" + body, b"a\r\n" + body):
        try:
            found, _ = _body(data, f"Content-Encoding: {coding}", f"Transfer-Encoding: {coding}", max_bytes=10_000)
        except ValueError as error:
            assert "\n" not in str(error)
        else:
            assert len(found) <= 10_000


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_any_header_is_parsed(data: bytes) -> None:
    parse_fields(data)
    parse_response(b"HTTP/1.1 200 OK\r\n" + data)


@pytest.mark.parametrize("piece", [b"\n ", b"a:\r", b"1\r\nx\r\n", b"HTTP/1.1 200 OK\r\n", b"\r\n\t", b" "])
def test_no_response_takes_quadratic_time(piece: bytes) -> None:
    begun = time.process_time()
    found = parse_response(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + piece * 200_000)
    assert found is not None
    found.decoded(max_bytes=1 << 30)
    parse_response(b"HTTP/1.1 200 OK\r\n" + piece * 200_000)
    parse_response(piece * 200_000)
    assert time.process_time() - begun < 3
