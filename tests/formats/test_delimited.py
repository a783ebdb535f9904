import csv
import gzip
import io
import json
import re
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.formats.parts import Found, part_of, read, reading
from tests.texts import SCRIPTS, texts
from xdata.errors import InputError
from xdata.formats.delimited import Dialect, read_delimited
from xdata.records import Document, Unreadable


def _read(data: bytes, *, delimiter: str = ",", quote: str = '"', **options: Any) -> Found:
    dialect = Dialect(delimiter, quote)
    part = part_of(data, "f.csv")
    return read(lambda part, how: read_delimited(io.BytesIO(data), part, how, dialect), part, reading(**options))


def _texts(items: Found) -> list[str]:
    return [item.text for item in items if isinstance(item, Document)]


def _csv(*rows: tuple[str, ...], line_end: str = "\r\n") -> bytes:
    out = io.StringIO()
    csv.writer(out, lineterminator=line_end).writerows(rows)
    return out.getvalue().encode()


@pytest.mark.parametrize("language", SCRIPTS.values())
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_text_with_commas_quotes_and_line_ends_comes_as_it_is(language: str, line_end: str) -> None:
    found = [f'"{text}", he said,\n\n"so"' for text in texts(language)]
    data = _csv(("id", "text"), *((str(n), text) for n, text in enumerate(found)), line_end=line_end)
    assert _texts(_read(data)) == found
    assert _texts(_read(gzip.compress(data))) == found


@given(
    st.lists(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00\r"), min_size=1), min_size=1),
    st.sampled_from(",;|\t"),
)
def test_whatever_is_written_is_read(found: list[str], delimiter: str) -> None:
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(
        [("text", "n"), *((text, "1") for text in found)]
    )
    assert _texts(_read(out.getvalue().encode(), delimiter=delimiter)) == found


@pytest.mark.parametrize("word", ["None", "NA", "NaN", "null", "007", "1e5", "TRUE", "-", " x ", "2024-01-02"])
def test_words_stay_words(word: str) -> None:
    (document,) = _read(_csv(("text", "date"), (word, word)))
    assert isinstance(document, Document)
    assert (document.text, document.date) == (word, word)


def test_in_tsv_a_quote_is_a_letter() -> None:
    data = b'text\turl\n"kila mtu" alisema\tu1\n"a\tu2\n'
    items = _read(data, delimiter="\t", quote="")
    assert [(item.text, item.url) for item in items if isinstance(item, Document)] == [
        ('"kila mtu" alisema', "u1"),
        ('"a', "u2"),
    ]


def test_a_rows_place_is_the_byte_at_which_it_begins() -> None:
    data = b'text,n\n"a\nb",1\n\n\xe0\xb6\x9a,2\n'
    items = _read(data)
    assert [item.origin.offset for item in items if isinstance(item, Document)] == [7, 16]
    assert [item.origin.inner for item in _read(gzip.compress(data)) if isinstance(item, Document)] == [7, 16]


def test_broken_rows_are_named_and_the_next_is_read() -> None:
    data = b'text,n\none,1\nno,second,third\n"x"y,2\n\xff,3\nlast,4\n'
    items = _read(data)
    assert _texts(items) == ["one", "last"]
    errors = [item.error for item in items if isinstance(item, Unreadable)]
    assert errors[0] == "has 3 fields, the first row has 2"
    assert errors[1].startswith("is no row: ")
    assert errors[2] == "is not UTF-8"


def test_a_quote_that_is_never_closed_does_not_swallow_the_file() -> None:
    data = b'text,n\n"open,1\n' + b"line,2\n" * 1000
    items = _read(data, max_record_bytes=100)
    assert "perhaps a quote is not closed" in next(item.error for item in items if isinstance(item, Unreadable))
    assert len(_texts(items)) > 900


def test_a_file_without_the_column_is_refused_with_those_it_has() -> None:
    with pytest.raises(InputError, match=r"no field 'text'.*there are: id, body"):
        _read(b"id,body\n1,x\n")
    with pytest.raises(InputError, match="has no rows, expected a header row that names the columns"):
        _read(b"")


def test_a_bad_byte_in_quotes_costs_its_row_and_makes_none_up() -> None:
    items = _read(b'text,url\n"ok\nb\xff\nMstari wa mwisho",u\nnext,v\n')
    assert _texts(items) == ["next"]
    assert [item.error for item in items if isinstance(item, Unreadable)] == ["is not UTF-8"]


def test_two_columns_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match="two columns are called 'text'"):
        _read(b"text,url,text\na,b,c\n")


@pytest.mark.parametrize(("read_with", "written"), [(",", ";"), (",", "\t"), (",", "|"), ("\t", ",")])
def test_another_delimiter_is_named_with_what_to_write(read_with: str, written: str) -> None:
    data = f"id{written}text\n1{written}a\n".encode()
    shown = json.dumps(written)
    with pytest.raises(InputError, match=re.escape(f"separated by {shown}: write delimiter: {shown} for its source")):
        _read(data, delimiter=read_with)
    with pytest.raises(InputError, match="did you mean 'texts'"):
        _read(b"id,texts\n1,a\n")
