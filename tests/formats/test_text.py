import gzip
import io
from typing import Any

import pytest

from tests.formats.parts import Found, part_of, read, reading
from tests.texts import SCRIPTS, texts
from xdata.formats.text import read_page, read_text
from xdata.records import Document, Unreadable


def _read(data: bytes, *, start: int = 0, end: int | None = None, unit: str = "line", **options: Any) -> Found:
    part = part_of(data, "f.txt", start=start, end=end)
    return read(lambda part, how: read_text(io.BytesIO(data), part, how), part, reading(unit=unit, **options))


def _texts(items: Found) -> list[str]:
    return [item.text for item in items if isinstance(item, Document)]


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_units_of_text(language: str) -> None:
    lines = [line for text in texts(language) for line in text.split("\n") if line.strip()]
    data = "\n".join(lines).encode()
    assert _texts(_read(data)) == lines
    assert _texts(_read(gzip.compress(data))) == lines
    paragraphs = ["\n".join(lines[n : n + 3]) for n in range(0, len(lines), 3)]
    assert _texts(_read("\n\n \n".join(paragraphs).encode() + b"\n", unit="paragraph")) == paragraphs
    (whole,) = _read(data, unit="file")
    assert isinstance(whole, Document)
    assert whole.payload is not None
    assert (whole.payload.data, whole.payload.media_type) == (data, "text/plain")


@pytest.mark.parametrize("cut", range(0, 24, 5))
def test_any_cut_gives_every_line_once(cut: int) -> None:
    data = "moja\n\nmbili\r\nක්\u200dෂ\nnne".encode()
    assert _read(data, end=cut) + _read(data, start=cut) == _read(data)


def test_places_are_bytes() -> None:
    data = "ක\n\nb\nc\n\nd".encode()
    assert [item.origin.offset for item in _read(data) if isinstance(item, Document)] == [0, 5, 7, 10]
    assert [item.origin.offset for item in _read(data, unit="paragraph") if isinstance(item, Document)] == [0, 5, 10]


def test_what_is_too_long_is_named_and_the_next_is_read() -> None:
    items = _read(b"a\n" + b"x" * 50 + b"\nb\n", max_record_bytes=20)
    assert _texts(items) == ["a", "b"]
    items = _read(b"a\n\n" + b"xxxx\n" * 9 + b"\nb\n", unit="paragraph", max_record_bytes=20)
    assert _texts(items) == ["a", "b"]
    assert [item.error for item in items if isinstance(item, Unreadable)] == [
        "a paragraph is longer than max_record_bytes"
    ]
    (item,) = _read(b"x" * 50, unit="file", max_record_bytes=20)
    assert isinstance(item, Unreadable)
    assert "say unit: paragraph or unit: line" in item.error


def test_a_page_is_one_document_whose_encoding_is_found_later() -> None:
    page = "<meta charset=windows-1251><p>Привет".encode("cp1251")
    (document,) = read_page(io.BytesIO(page), part_of(page), reading())
    assert isinstance(document, Document)
    assert document.payload is not None
    assert document.payload.data == page
    (item,) = read_page(io.BytesIO(page), part_of(page), reading(max_record_bytes=9))
    assert isinstance(item, Unreadable)


def test_lines_of_utf_16_are_named_and_not_read_as_rubbish() -> None:
    for encoding in ("utf-16", "utf-16-be"):
        data = b"" if encoding == "utf-16" else b"\xfe\xff"
        (item,) = _read(data + "moja\nmbili\n".encode(encoding))
        assert isinstance(item, Unreadable)
        assert "is UTF-16" in item.error
