import time
from pathlib import Path

import pytest

from tests.texts import SCRIPTS, sample_pages, texts
from xdata.context import Context
from xdata.edits.extract import (
    Extract,
    Extractor,
    extract_by_ladder,
    extract_with_trafilatura,
    language_judge,
    nests_deeper,
)
from xdata.models.language import XLID
from xdata.records import Document, Origin, Payload
from xdata.text.encoding import decode_html

_JOINED = {
    "sin": "ශ්‍රී ලංකා ප්‍රජාතාන්ත්‍රික සමාජවාදී ජනරජය ඉන්දියානු සාගරයේ පිහිටි දූපත් රාජ්‍යයකි. ",
    "pes": "می‌خواهم به خانه بروم و این را بگویم که هر روز بهتر می‌شود، زیرا آن‌ها را می‌شناسم. ",
    "mal": "അവൻ‍ വന്നു, അവള്‍ പോയി, ഞങ്ങള്‍ കണ്ടു; കേരളത്തില്‍ മഴ പെയ്തു കൊണ്ടിരുന്നു. ",
    "hau": "Ƙaunar ’yan uwa da ƴa’yan ƙasa, da ɗiya’ya, ba ta ƙarewa a gare mu har abada. ",
    "quy": "Llapa runakunam kay pachapi qallasqankumanta pacha qʼuchuwan, ñuqanchikʼpa llaqtanchikpi. ",
    "khm": "ខ្ញុំ​ស្រលាញ់​ភាសា​ខ្មែរ​ហើយ​រៀន​ជា​រៀង​រាល់​ថ្ងៃ​នៅ​សាលា។ ",
}
"""Sentences with joiners (ZWNJ, ZWJ), zero width spaces and apostrophe letters."""

_LETTERS = "\u200b\u200c\u200d’ʼƴƙɗñ"


def _document(data: bytes, *, media_type: str = "text/html", charset: str | None = "utf-8") -> Document:
    return Document(Origin("s", "f", 0), "", payload=Payload(data, media_type, charset))


def _article(text: str) -> str:
    paragraphs = "".join(f"<p>{number} {text * 3}</p>" for number in range(4))
    menu = "<nav><a href='/'>Home</a></nav>"
    return f"<html><head><title>x</title></head><body>{menu}<article>{paragraphs}</article></body></html>"


@pytest.mark.parametrize("engine", ["ladder", "trafilatura", "resiliparse"])
@pytest.mark.parametrize("sentence", _JOINED.values(), ids=_JOINED)
def test_joiners_and_apostrophe_letters_survive(sentence: str, engine: Extractor) -> None:
    document = Extract(extractor=engine).open(Context())(_document(_article(sentence).encode()))
    assert {c: document.text.count(c) for c in _LETTERS} == {c: 12 * sentence.count(c) for c in _LETTERS}
    assert sentence.strip() in document.text


@pytest.mark.parametrize("reference", ["&zwnj;", "&#8204;", "&#x200c;"])
def test_joiners_written_as_references_survive(reference: str) -> None:
    page = _article(_JOINED["pes"]).replace("\u200c", reference)
    for extract in (extract_by_ladder, extract_with_trafilatura):
        assert extract(page).count("\u200c") == 12 * _JOINED["pes"].count("\u200c")


def test_letters_newer_than_this_python_survive() -> None:
    page = _article("Rawa \U0001e4d0\U0001e4d1 \U00010d4e and the private use \ue000\ue001 letters of old fonts here. ")
    for letter in "\U0001e4d0\U0001e4d1\U00010d4e\ue000\ue001":
        assert extract_by_ladder(page).count(letter) == 12


def test_a_page_in_yi_keeps_its_own_letters() -> None:
    text = "ꊿꂷꃅꄿꐨꐥ\u200d，ꌅꅍꂘꀐꌦꍄ ꐯꒈꃅꐥꌐ。"
    assert extract_by_ladder(_article(text * 3)).count("ꊿ") == 36
    assert extract_by_ladder(_article(text * 3)).count("\u200d") == 36


def test_soft_hyphens_are_no_letters() -> None:
    page = _article("Das Donau&shy;dampf\u00adschiff fährt heute nach Wien. ")
    assert Extract().open(Context())(_document(page.encode())).text.count("Donaudampfschiff") == 12


def test_boilerplate_is_removed_and_text_kept() -> None:
    text = extract_by_ladder(_article("Kila mtu ana haki ya kuishi kwa uhuru na usalama wake. "))
    assert "Home" not in text
    assert text.count("Kila mtu") == 12


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_most_of_each_sample_page_is_found_in_every_script(language: str) -> None:
    extract = Extract().open(Context())
    for number, whole in enumerate(texts(language), 1):
        found = extract(sample_pages()[f"https://udhr.example/{language}/{number}"])
        assert found.error is None
        assert found.payload is None
        assert len(found.text) > 0.6 * len(whole)


@pytest.mark.parametrize(
    ("precise", "balanced", "whole", "chosen"),
    [
        (60, 90, 100, "precise"),
        (50, 90, 100, "precise"),
        (49, 90, 100, "balanced"),
        (10, 49, 100, "whole"),
        (0, 0, 100, "whole"),
        (5, 5, 0, "precise"),
        (0, 5, 0, "balanced"),
    ],
)
def test_the_first_text_with_half_the_words_of_the_whole_is_taken(
    monkeypatch: pytest.MonkeyPatch, precise: int, balanced: int, whole: int, chosen: str
) -> None:
    from xdata.edits import extract

    found = {"precise": "neno " * precise, "balanced": "kitu " * balanced, "whole": "yote " * whole}
    monkeypatch.setattr(extract, "_trafilatura", lambda _, *, precise: found["precise" if precise else "balanced"])
    monkeypatch.setattr(extract, "extract_with_resiliparse", lambda _, *, precise: found["whole"])
    assert extract.extract_by_ladder("<html><body><p>x</p></body></html>") == found[chosen]


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "no_main_text"),
        (b"   \n ", "no_main_text"),
        (b"<html><body><script>var x = 1</script></body></html>", "no_main_text"),
        (b"<html>" + b"<div>" * 100_000 + b"x", "too_deep"),
        (b"<p>" + b"x" * (9 << 20), "too_large"),
    ],
)
def test_documents_without_text_have_an_error(data: bytes, error: str) -> None:
    document = Extract().open(Context())(_document(data))
    assert (document.error, document.text, document.payload) == (error, "", None)


def test_plain_text_is_decoded_and_left_alone() -> None:
    document = Extract().open(Context())(_document("a  b\n<p>ක</p>".encode(), media_type="text/plain"))
    assert document.text == "a  b\n<p>ක</p>"


def test_what_is_text_already_passes() -> None:
    document = Document(Origin("s", "f", 0), "text <p>")
    assert Extract().open(Context())(document) is document


@pytest.mark.parametrize(
    ("page", "depth"),
    [
        ("", 0),
        ("<html><body><div><div>x</div></div><div>y</div></body></html>", 2),
        ("<ul><li>a<li>b<ul><li>c</ul></ul>", 2),
        ("<p>a<p>b<br><p>c", 0),
        ("<!-- <div><div><div> --><div>", 1),
        ("<script>for(i<n;i<b)a<b</script><div>", 1),
        ("<SCRIPT>if(a<b)", 0),
        ("</div></div><div>", 1),
        ("<SCRIPT>if(a<b)</script><div>", 1),
        ("<script></scripted><div></SCRIPT\n><div>", 1),
        ("<!--><div>", 1),
        ("<!---><div>", 1),
        ("<!-- <div> --!><div><div>", 2),
        ("<div></b>" * 9, 9),
        ("<b><div></b>" * 4, 8),
        ("<b><i></b></i>" * 4, 2),
        ("<div><span></div>" * 9, 2),
        ("<svg>" + "<path d='M0 0'/><g><path/></g>" * 9 + "</svg><div>", 2),
        ("<svg></svg><div/><div/>", 2),
        ("<svg" + "<a" * 3, 4),
    ],
)
def test_depth_is_of_elements_not_of_scripts_and_comments(page: str, depth: int) -> None:
    assert not nests_deeper(page, depth)
    assert depth == 0 or nests_deeper(page, depth - 1)


@pytest.mark.parametrize(
    "piece", ["<div></b>", "<script", "<!--", "</", "<svg ", "<b><div></b>", "<i><b></i>", "<![CDATA["]
)
def test_no_page_takes_long_to_measure(piece: str) -> None:
    page = piece * 200_000
    begin = time.process_time()
    nests_deeper(page, 10**9)
    decode_html(page.encode("utf-16-le") + b"\xff", charset=None)
    decode_html(page.encode() + b"\xe9\xff\x00", charset=None)
    assert time.process_time() - begin < 10


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 1900 + "text " * 100,
        "<b>" * 50_000 + "text",
        "<script>" * 100_000,
        "<!--" * 100_000,
        pytest.param("<p " + " ".join(f"a{n}=1" for n in range(25_000)) + ">text", marks=pytest.mark.slow),
        "<p " + " ".join(f"a{n}=1" for n in range(5_000)) + ">text",
        "<table><tr><td>" * 600 + "text",
        "&zwnj;" * 100_000,
        "\u200d" * 200_000,
        "<p>" + "a\u0301" * 100_000,
        "<ul><li>" * 1900 + "text",
        "\x00<html>\ud7ff\x00" * 10_000,
    ],
)
def test_hostile_pages_end_soon(page: str) -> None:
    begin = time.process_time()
    Extract().open(Context())(_document(page.encode()))
    assert time.process_time() - begin < 20


@pytest.mark.slow
@pytest.mark.shared_data(
    "web/fundus_news", "web/newspaper_multilingual", "web/scrapinghub_articles", "web/trafilatura_eval"
)
def test_the_ladder_is_better_than_its_engines_alone_on_real_pages(shared_data: Path) -> None:
    from tests.benchmarks.extraction import gold_pages, resiliparse_text, trafilatura_text, word_f1
    from xdata.text.encoding import decode_html

    pages = gold_pages(shared_data / "web")[::4]
    means = [
        sum(word_f1(extract(page), page.text) for page in pages) / len(pages)
        for extract in (
            lambda page: extract_by_ladder(decode_html(page.data, charset=None).text),
            trafilatura_text,
            resiliparse_text,
        )
    ]
    assert means[0] > max(means[1:])
    assert means[0] > 0.94


_SMALL = [("als_Latn", "cp1252"), ("als_Latn", "cp1250"), ("tuk_Latn", "cp1250"), ("fao_Latn", "cp1252")]
_SMALL += [("ltz_Latn", "cp1252"), ("hat_Latn", "cp1252"), ("plt_Latn", "cp1252"), ("mlt_Latn", "iso8859_3")]
_SMALL += [("kmr_Latn", "cp1254"), ("srp_Cyrl", "cp1251"), ("urd_Arab", "cp1256"), ("bel_Cyrl", "iso8859_5")]


@pytest.mark.parametrize(("language", "codec"), _SMALL)
def test_encodings_of_small_languages_are_found_by_the_language_of_the_text(language: str, codec: str) -> None:
    page = _article(texts(language)[1]).encode(codec, "xmlcharrefreplace")
    judge = language_judge(XLID)
    assert decode_html(page, charset=None, judge=judge).text == page.decode(codec)


@pytest.mark.parametrize(
    ("data", "charset", "evidence"),
    [
        (b"\xef\xbb\xbf<p>caf\xc3\xa9</p>", None, "encoding_bom"),
        (b"<p>caf\xe9</p>", "iso-8859-1", "encoding_header"),
        (b"<meta charset=windows-1252><p>caf\xe9</p>", None, "encoding_meta"),
        ("<p>ሰላም ለዓለም</p>".encode(), None, "encoding_utf-8"),
        (b"<p>caf\xe9</p>", None, "encoding_statistics"),
    ],
)
def test_pages_are_counted_by_the_evidence_of_their_encoding(data: bytes, charset: str | None, evidence: str) -> None:
    assert Extract().open(Context())(_document(data, charset=charset)).changes == ((evidence, 1),)
