"""The documents that filters are measured on: markup comes off, tables and lists stay, sizes are kept."""

from pathlib import Path

import pytest

from tests.benchmarks.documents import Document, Names, collect, num_bytes, strip_markup, take

_SETS = (
    *("dict/tico19_terms", "langid/sib200", "langid/tatoeba", "langid/udhr", "parallel/lafand", "parallel/tico19"),
    *("parallel/wmt_newstest", "retrieval/xquad_r", "web/fundus_news", "web/newspaper_multilingual"),
    *("web/scrapinghub_articles", "web/trafilatura_eval", "wiki/xml"),
)
_NAMES = Names({"cmn_Hani", "arb_Arab", "swh_Latn", "kor_Hang", "ltg_Latn", "uzn_Cyrl", "uzn_Latn", "fas_Arab"})


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("'''Rēzne''' ir [[piļsāta|piļsātu]] [[Latgola|Latgolā]].", "Rēzne ir piļsātu Latgolā."),
        ("{{Infobox|a={{lc|B}}|c=d}}ქალაქი", "ქალაქი"),
        ("== វប្បធម៌ ==\nអត្ថបទ", "វប្បធម៌\nអត្ថបទ"),
        ("* एक\n** दो\n# तीन\n: चार", "• एक\n• दो\nतीन\nचार"),
        ("ከተማ<ref name=a>ምንጭ</ref> ናት<ref name=a/>።", "ከተማ ናት።"),
        ("[[Fails:Karte.png|thumb|Karte [[Latgola|Latgolys]]]]Teksts", "Teksts"),
        ("См. [https://example.org сайт] и [//example.org].", "См. сайт и ."),
        (
            "{| class=wikitable\n! 年 !! 人口\n|-\n| 1990 || 5\n|-\n| style=x | 2000\n| 7\n|}\n城市",
            "年 | 人口\n1990 | 5\n2000 | 7\n城市",
        ),
        ("مدينة<!-- تعليق --><br/>كبيرة &amp; قديمة", "مدينةكبيرة & قديمة"),
        ("", ""),
    ],
)
def test_markup_comes_off_and_content_stays(markup: str, text: str) -> None:
    assert strip_markup(markup, namespaces={"fails"}) == text


@pytest.mark.parametrize(
    ("language", "script", "name"),
    [
        ("zho", "Hans", "cmn_Hani"),
        ("cmn", "Hant", "cmn_Hani"),
        ("ara", "Arab", "arb_Arab"),
        ("swa", "Latn", "swh_Latn"),
        ("kor", "Kore", "kor_Hang"),
        ("uzb", "Cyrl", "uzn_Cyrl"),
        ("pes", "Arab", "fas_Arab"),
        ("ltg", "Cyrl", None),
        ("deu", "Latn", None),
        ("ltg", None, None),
    ],
)
def test_languages_are_named_as_fineweb2_names_them(language: str, script: str | None, name: str | None) -> None:
    assert _NAMES.find(language, script) == name


@pytest.mark.parametrize(("tag", "name"), [("sw", "swh_Latn"), ("zh", "cmn_Hani"), ("ko", "kor_Hang"), ("es-LX", None)])
def test_tags_are_named_in_their_likely_script(tag: str, name: str | None) -> None:
    assert _NAMES.find_tag(tag) == name


def test_what_is_taken_has_at_most_the_size_and_keeps_the_order() -> None:
    documents = [Document(str(number), "amh_Ethi", "lines", "ሰላም") for number in range(5)]
    assert take(documents, max_bytes=30) == documents[:3]
    assert take(documents, max_bytes=1) == documents[:1]
    assert take([], max_bytes=1) == []


@pytest.mark.parametrize(("text", "size"), [("", 0), ("a", 1), ("ខ", 3), ("\ud800", 3), ("😀", 4)])
def test_size_is_that_of_utf8(text: str, size: int) -> None:
    assert num_bytes(text) == size


@pytest.mark.shared_data(*_SETS)
@pytest.mark.slow
def test_documents_are_the_same_each_time_and_have_one_id_each(shared_data: Path) -> None:
    names = Names({"ltg_Latn", "bul_Cyrl", "hau_Latn", "hin_Deva", "khm_Khmr", "cmn_Hani"})
    found = collect(shared_data, names)
    ids = [document.id for documents in found.values() for document in documents]
    assert sorted(found) == ["bul_Cyrl", "cmn_Hani", "hau_Latn", "hin_Deva", "khm_Khmr", "ltg_Latn"]
    assert len(ids) == len(set(ids))
    assert found == collect(shared_data, names)
