import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.texts import sample_pages, side_file, texts
from xdata.text.encoding import codec_of, decode_html, meta_charset

_PAGES = {
    "cp1252": "deu_Latn",
    "cp1251": "rus_Cyrl",
    "koi8_u": "ukr_Cyrl",
    "iso8859_7": "ell_Grek",
    "cp1255": "heb_Hebr",
    "cp1256": "arb_Arab",
    "cp874": "tha_Thai",
    "cp932": "jpn_Jpan",
    "euc_jp": "jpn_Jpan",
    "iso2022_jp": "jpn_Jpan",
    "cp949": "kor_Kore",
    "gb18030": "zho_Hans",
    "big5hkscs": "zho_Hant",
    "cp1254": "tur_Latn",
    "cp1257": "lit_Latn",
    "cp1250": "pol_Latn",
    "utf_8": "sin_Sinh",
    "utf_16": "amh_Ethi",
}
"""Python codec -> a language that was written in it."""


def _page(codec: str, head: str = "") -> tuple[str, bytes]:
    text = "".join(texts(_PAGES[codec])[1:3]).encode(codec, "ignore").decode(codec)
    html = f"<html><head>{head}<title>x</title></head><body><p>{text}</p></body></html>"
    return html, html.encode(codec)


@pytest.mark.parametrize("codec", _PAGES)
def test_the_http_header_decides(codec: str) -> None:
    html, data = _page(codec)
    decoded = decode_html(data, charset=codec.replace("_", "-"))
    assert decoded.text == html


@pytest.mark.parametrize("codec", [codec for codec in _PAGES if codec not in ("utf_16", "iso2022_jp")])
def test_the_meta_element_decides(codec: str) -> None:
    html, data = _page(codec, head=f'<meta http-equiv="Content-Type" content="text/html; charset={codec}">')
    assert decode_html(data, charset=None).text == html


@pytest.mark.parametrize("codec", _PAGES)
def test_statistics_decide_without_a_declaration(codec: str) -> None:
    html, data = _page(codec)
    assert decode_html(data, charset=None).text == html


@pytest.mark.parametrize("url", [url for url, page in side_file().items() if page["encoding"] != "utf-8"])
def test_sample_pages_in_legacy_encodings_are_decoded(url: str) -> None:
    payload = sample_pages()[url].payload
    assert payload is not None
    decoded = decode_html(payload.data, charset=payload.charset)
    assert "\ufffd" not in decoded.text
    assert decoded.text.encode(side_file()[url]["encoding"], "xmlcharrefreplace") == payload.data


def test_a_byte_order_mark_is_stronger_than_the_header() -> None:
    decoded = decode_html("\ufeffžluť".encode(), charset="iso-8859-1")
    assert (decoded.text, decoded.found_by) == ("žluť", "bom")


def test_a_declaration_that_does_not_fit_is_not_believed() -> None:
    html, data = _page("cp1251")
    assert decode_html(data, charset="utf-8").text == html


def test_plain_utf8_is_not_read_as_anything_else() -> None:
    html, data = _page("utf_8", head='<meta charset="iso-8859-15">')
    assert decode_html(data, charset="windows-1252").text == html


def test_a_character_cut_off_at_the_end_spoils_nothing() -> None:
    html, data = _page("utf_8")
    cut = data[: data.rindex("ක".encode()) + 2]
    assert decode_html(cut, charset=None).encoding == "utf-8"
    assert html.startswith(decode_html(cut, charset=None).text[:-1])


@pytest.mark.parametrize(
    ("data", "label"),
    [
        (b'<meta charset="windows-1251">', "windows-1251"),
        (b"<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset=KOI8-R'>", "koi8-r"),
        (b'<?xml version="1.0" encoding="EUC-JP"?>', "euc-jp"),
        (b'<!-- <meta charset="big5"> --><meta charset=gbk>', "gbk"),
        (b'<meta charset="utf-16">', "utf-8"),
        (b"x" * 2000 + b'<meta charset="gbk">', None),
        (b"<p>charset=gbk</p>", None),
    ],
)
def test_meta_declarations(data: bytes, label: str | None) -> None:
    assert meta_charset(data) == label


@pytest.mark.parametrize(
    ("label", "codec"),
    [
        ("latin1", "cp1252"),
        ("ISO-8859-1", "cp1252"),
        ("gb2312", "gb18030"),
        ("Shift_JIS", "cp932"),
        ("euc-kr", "cp949"),
        ("tis-620", "cp874"),
        ("UTF8", "utf-8"),
        ("x-mac-cyrillic", "mac_cyrillic"),
        ("bogus", None),
        ("", None),
    ],
)
def test_labels_have_the_meaning_of_the_standard(label: str, codec: str | None) -> None:
    assert codec_of(label) == codec


@given(st.binary(max_size=200), st.none() | st.text(max_size=12))
def test_decoding_never_fails(data: bytes, charset: str | None) -> None:
    decode_html(data, charset=charset).text.encode("utf-8")
