import gzip
import io
import json
import random
from itertools import pairwise
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.parts import Found, part_of, read, reading
from tests.texts import SCRIPTS, texts
from xdata.errors import InputError
from xdata.formats.jsonl import read_jsonl
from xdata.records import Document, Skipped, Unreadable


def _lines(*rows: Any) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _read(
    data: bytes,
    *,
    start: int = 0,
    end: int | None = None,
    fields: dict[str, str] | None = None,
    max_record_bytes: int = 1 << 20,
) -> Found:
    how = reading(fields, max_record_bytes=max_record_bytes)
    part = part_of(data, "f.jsonl", start=start, end=end)
    return read(lambda part, how: read_jsonl(io.BytesIO(data), part, how), part, how)


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_text_comes_as_it_is_written(language: str) -> None:
    data = _lines(*({"text": text, "url": f"u{n}"} for n, text in enumerate(texts(language))))
    documents = [item for item in _read(data) if isinstance(item, Document)]
    assert tuple(document.text for document in documents) == texts(language)
    assert [document.url for document in documents] == [f"u{n}" for n in range(5)]


@given(st.lists(st.text(max_size=30), min_size=1, max_size=20), st.integers(1, 90))
def test_any_cut_gives_every_line_once(found: list[str], size: int) -> None:
    data = _lines(*({"text": text} for text in found))
    cuts = [*range(0, len(data), size), len(data)]
    parts = [_read(data, start=a, end=b) for a, b in pairwise(cuts)]
    assert [item for part in parts for item in part] == _read(data)


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_compressed_files_are_read_whole_with_places_inside(compress: Any) -> None:
    data = _lines({"text": "one"}, {"text": "two"})
    found = [item for item in _read(compress(data)) if isinstance(item, Document)]
    assert [(item.text, item.origin.offset, item.origin.inner) for item in found] == [("one", 0, 0), ("two", 0, 16)]


def test_places_are_bytes_of_the_file() -> None:
    data = _lines({"text": "ක"}, {"text": "two"})
    second = _read(data)[1]
    assert isinstance(second, Document)
    assert data[second.origin.offset :].startswith(b'{"text": "two"')


@pytest.mark.parametrize(
    ("line", "error"),
    [
        (b"{broken", "is not JSON"),
        (b"[1, 2]", "is JSON but not an object"),
        (b'"text"', "is JSON but not an object"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"text": "' + b"x" * 3000 + b'"}', "is longer than max_record_bytes"),
        (b'{"text": "\xff"}', "is not JSON"),
    ],
)
def test_a_broken_line_is_named_and_the_others_are_read(line: bytes, error: str) -> None:
    first, last = _lines({"text": "one"}), _lines({"text": "two"})
    items = _read(first + line + b"\n" + last, max_record_bytes=2000)
    if b"[[" in line:
        items = _read(first + line + b"\n" + last)
    assert [type(item) for item in items] == [Document, Unreadable, Document]
    assert isinstance(items[1], Unreadable)
    assert error in items[1].error
    assert items[1].origin.offset == len(first)


def test_a_file_cut_off_in_its_compression_is_named() -> None:
    data = gzip.compress(_lines(*({"text": f"{n} " * 50} for n in range(2000))))[:-500]
    *documents, last = _read(data)
    assert isinstance(last, Unreadable)
    assert len(documents) > 100


def test_rows_without_text_are_skipped() -> None:
    items = _read(_lines({"text": "one"}, {"text": None}, {"other": 1}, {"text": 5}))
    assert [item.reason for item in items if isinstance(item, Skipped)] == ["text_missing"] * 3


def test_a_file_without_the_field_is_refused_with_the_fields_it_has() -> None:
    with pytest.raises(InputError, match=r"no field 'text'.*there are: body, texts.*did you mean 'texts'"):
        _read(_lines({"body": "x", "texts": "y"}))


def test_fields_are_mapped() -> None:
    data = _lines({"body": "x", "link": "u", "when": 2024, "lang": "sw"})
    (document,) = _read(data, fields={"text": "body", "url": "link", "date": "when", "language": "lang"})
    assert isinstance(document, Document)
    assert (document.text, document.url, document.date, document.language) == ("x", "u", "2024", "swh_Latn")


def test_a_label_that_is_no_language_is_a_flaw_that_names_it() -> None:
    labels = ["klingon", "<b>no\x1b", "x" * 50, None, "", "sw"]
    items = _read(_lines(*({"text": "x", "lang": label} for label in labels)), fields={"language": "lang"})
    assert [(item.language, item.error) for item in items if isinstance(item, Document)] == [
        (None, "language_unknown_klingon"),
        (None, "language_unknown"),
        (None, "language_unknown"),
        (None, None),
        (None, None),
        ("swh_Latn", None),
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"\x28\xb5\x2f\xfd",
        b"\x28\xb5\x2f\xfd" + b"\xff" * 40,
        b"\x5d\x2a\x4d\x18\x08\x00\x00\x00garbage!" + b"\x28\xb5\x2f\xfd\x00",
        b"\x5d\x2a\x4d\x18\xff\xff\xff\xffgarbage!",
        b"\x1f\x8b\x08",
    ],
)
def test_broken_heads_are_named(data: bytes) -> None:
    (item,) = _read(data)
    assert isinstance(item, Unreadable)


def test_odd_but_valid_files_are_read() -> None:
    assert len(_read(b'\xef\xbb\xbf{"text": "bom"}\r\n\r\n   \n{"text": "no end"}')) == 2
    (surrogate,) = _read(b'{"text": "a\\ud800b"}')
    assert isinstance(surrogate, Document)
    assert surrogate.text == "a\ud800b"
    assert _read(b"") == []


@pytest.mark.parametrize("compress", [gzip.compress, zstandard.ZstdCompressor().compress])
def test_one_damaged_member_costs_its_lines(compress: Any) -> None:
    rng = random.Random(2)
    members = [compress(_lines({"text": rng.randbytes(3000).hex()})) for _ in range(15)]
    damaged = bytearray(members[3])
    for place in range(100, 140):
        damaged[place] ^= 0xFF
    items = _read(b"".join([*members[:3], bytes(damaged), *members[4:]]))
    documents = [item for item in items if isinstance(item, Document)]
    assert len(documents) == 14
    assert len({document.id for document in documents}) == 14
    assert any(isinstance(item, Unreadable) for item in items)


def test_a_field_may_be_missing_from_some_rows_but_not_from_all() -> None:
    rows = [{"text": "a"}, *({"text": "b", "link": "u"} for _ in range(3)), {"link": "u"}]
    items = _read(_lines(*rows), fields={"url": "link"})
    assert [item.url for item in items if isinstance(item, Document)] == [None, "u", "u", "u"]
    with pytest.raises(InputError, match=r"no field 'link'.*; known: text; name the column with --field url=NAME"):
        _read(_lines(*[{"text": "a"}] * 3), fields={"url": "link"})
