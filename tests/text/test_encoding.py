import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.texts import sample_pages, side_file, texts
from xdata.text.encoding import decode_html
from xdata.text.encoding_labels import codec_of, meta_charset

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

_LABELS = {
    "koi8_u": "koi8-u",
    "iso8859_7": "iso-8859-7",
    "cp874": "windows-874",
    "cp932": "shift_jis",
    "euc_jp": "euc-jp",
    "cp949": "euc-kr",
    "big5hkscs": "big5",
}
"""Python codec -> its label in the WHATWG standard, where that is another one."""


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
        (b"x" * 2000 + b'<meta charset="gbk">', "gbk"),
        (b"<script>" + b"x" * 2000 + b"</script><meta charset=gbk>", "gbk"),
        (b"<script>'<meta charset=big5>'</script><meta charset=gbk>", "gbk"),
        (b"<style>/*<meta charset=big5>*/</style>", None),
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


@pytest.mark.parametrize("codec", [codec for codec in _PAGES if codec not in ("utf_16", "utf_8", "iso2022_jp")])
def test_a_servers_default_does_not_beat_the_declaration_of_the_page(codec: str) -> None:
    html, data = _page(codec, head=f'<meta charset="{_LABELS.get(codec, codec)}">')
    decoded = decode_html(data, charset="ISO-8859-1")
    assert decoded.text == html
    assert decoded.found_by == ("header" if codec == "cp1252" else "meta")


@pytest.mark.parametrize("codec", [codec for codec in _PAGES if codec not in ("utf_16", "utf_8", "iso2022_jp")])
@pytest.mark.parametrize("label", ["iso-8859-1", "utf-8", "windows-1251", "gb2312", "shift_jis", "nonsense"])
def test_a_wrong_header_and_a_wrong_declaration_are_not_believed(codec: str, label: str) -> None:
    html, data = _page(codec, head=f'<meta charset="{label}">')
    assert decode_html(data, charset=None).text == html
    html, data = _page(codec)
    assert decode_html(data, charset=label).text == html


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be", "utf-32-le", "utf-32-be"])
@pytest.mark.parametrize(
    "language", ["deu_Latn", "rus_Cyrl", "arb_Arab", "amh_Ethi", "sin_Sinh", "tha_Thai", "zho_Hans"]
)
def test_wide_encodings_without_a_mark_are_known(codec: str, language: str) -> None:
    html = f"<html><head><title>x</title></head><body><p>{texts(language)[1]}</p></body></html>"
    decoded = decode_html(html.encode(codec), charset=None)
    assert (decoded.text, decoded.encoding, decoded.found_by) == (html, codec, "statistics")


@pytest.mark.parametrize("codec", ["cp437", "cp850", "cp866", "mac_roman", "mac_cyrillic", "cp037"])
def test_code_pages_that_browsers_do_not_guess_are_never_guessed(codec: str) -> None:
    text = "".join(texts("rus_Cyrl" if codec in ("cp866", "mac_cyrillic") else "deu_Latn")[1:3])
    assert decode_html(text.encode(codec, "replace"), charset=None).encoding != codec


def test_a_code_page_of_dos_is_read_where_it_is_declared() -> None:
    text = "".join(texts("rus_Cyrl")[1:3])
    assert decode_html(text.encode("cp866", "ignore"), charset="ibm866").encoding == "cp866"


def test_private_use_is_damage() -> None:
    html, data = _page("big5hkscs", head='<meta charset="gb2312">')
    assert decode_html(data, charset=None).text == html


@pytest.mark.parametrize("damaged", [b"\xff\xff", b"\x81"])
@pytest.mark.parametrize("codec", ["cp932", "euc_jp", "gb18030", "cp949", "big5hkscs"])
def test_a_damaged_byte_does_not_change_the_encoding(codec: str, damaged: bytes) -> None:
    text = "".join(texts(_PAGES[codec])[1:4])
    data = text.encode(codec, "ignore")
    decoded = decode_html(data + b"<p>" + damaged + b"</p>" + data, charset=None)
    assert decoded.encoding == codec


@pytest.mark.parametrize("text", ["Un café.", "Spaß", "Čeština", "ሰላም", "နေကောင်းလား"])
def test_short_utf8_is_utf8_under_a_default_header(text: str) -> None:
    if text in ("Un café.", "Spaß"):  # one sequence alone may be chance
        assert decode_html((text * 2).encode(), charset="iso-8859-1").text == text * 2
    else:
        assert decode_html(text.encode(), charset="iso-8859-1").text == text


def test_a_stray_zero_byte_does_not_hide_utf8() -> None:
    html, data = _page("utf_8")
    assert decode_html(data + b"\0", charset=None).text == html + "\0"


@pytest.mark.parametrize(
    "piece", [b"<meta ", b"\xe9 ", b"<script>", b"<!--", b"\xe9<", b"<\xe9", b"<meta charset=", b"\0\xe9"]
)
def test_no_page_takes_quadratic_time(piece: bytes) -> None:
    begun = time.process_time()
    decode_html(piece * 300_000, charset="utf-8")
    assert time.process_time() - begun < 3


@settings(max_examples=50)
@given(st.binary(max_size=200), st.sampled_from([None, "iso-8859-1", "utf-8", "gb2312", "utf-16", "x-unknown", ""]))
def test_any_bytes_are_decoded(data: bytes, charset: str | None) -> None:
    decode_html(data, charset=charset, judge=lambda some: [0.5] * len(some)).text.encode("utf-8")


@pytest.mark.parametrize("begins", ["BMWK ", "GIF8", "%PDF", "PK", "MZ", "Rar!"])
def test_text_that_begins_like_another_kind_of_file_is_text(begins: str) -> None:
    text = begins + "".join(texts("deu_Latn")[1:2])
    assert decode_html(text.encode("cp1252"), charset=None).text == text


def test_a_euro_sign_tells_latin_9() -> None:
    text = "".join(texts("deu_Latn")[1:2]) + " Das kostet 5 €, und das 7 €. "
    assert decode_html(text.encode("iso8859_15"), charset=None).text == text
