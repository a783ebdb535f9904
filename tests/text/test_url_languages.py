import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.language_files import described_languages
from xdata.text.url_languages import says_language


@pytest.mark.parametrize(
    ("url", "language"),
    [
        ("https://mt.wikipedia.org/wiki/Malta", "mlt_Latn"),
        ("https://www.mt.example.org/", "mlt_Latn"),
        ("https://mlt.example.org:8080/x", "mlt_Latn"),
        ("https://example.org/mt/ahbarijiet", "mlt_Latn"),
        ("https://example.org/mt-MT/ahbarijiet", "mlt_Latn"),
        ("https://example.org/news/mlt_Latn/1", "mlt_Latn"),
        ("http://example.org/Malti/1", "mlt_Latn"),
        ("http://example.org/a/b/c/maltese", "mlt_Latn"),
        ("https://timesofmalta.com.mt/article", "mlt_Latn"),
        ("https://cy.example.co.uk/", "cym_Latn"),
        ("https://example.cymru/", "cym_Latn"),
        ("https://example.org/upper-sorbian/", "hsb_Latn"),
        ("https://example.org/Upper%20Sorbian/", "hsb_Latn"),
        ("https://example.org/ไทย/", "tha_Thai"),
        ("https://example.org/%E0%B9%84%E0%B8%97%E0%B8%A2/", "tha_Thai"),
        ("https://ไทย.example.org/", "tha_Thai"),
        ("https://example.org/हिन्दी", "hin_Deva"),
        ("https://example.is/frett", "isl_Latn"),
        ("https://example.org/hr-HR/", "hrv_Latn"),
        ("https://example.org/hrv/", "hrv_Latn"),
        ("https://example.org/my-MM/", "mya_Mymr"),
        ("https://example.hr/", "hrv_Latn"),
        ("https://example.org/zh/", "zho_Hant"),
        ("https://example.org/zh-TW/", "zho_Hant"),
        ("https://example.org/zh-hant-hk/", "zho_Hant"),
        ("https://example.org/zh_CN/", "zho_Hans"),
        ("https://zh-hans.example.org/", "zho_Hans"),
        ("https://x.com.cn/", "zho_Hans"),
        ("https://x.tw/", "zho_Hant"),
        ("https://x.hk/", "zho_Hant"),
        ("https://x.中国/", "zho_Hans"),
        ("https://example.org/sr-Latn/", "srp_Latn"),
        ("https://example.org/sr-RS/", "srp_Latn"),
        ("https://example.org/sr-Cyrl-RS/", "srp_Cyrl"),
        ("https://x.rs/", "srp_Cyrl"),
        ("https://x.rs/", "srp_Latn"),
        ("https://пример.рф/", "rus_Cyrl"),
        ("https://xn--e1afmkfd.xn--p1ai/", "rus_Cyrl"),
        ("https://x.срб/", "srp_Cyrl"),
        ("https://x.қаз/", "kaz_Cyrl"),
        ("https://x.ไทย/", "tha_Thai"),
        ("https://x.한국/", "kor_Kore"),
        ("https://x.இலங்கை/", "tam_Taml"),
        ("https://x.ලංකා/", "sin_Sinh"),
        ("https://x.ایران/", "pes_Arab"),
        ("https://x.հայ/", "hye_Armn"),
    ],
)
def test_codes_names_and_countries_identify_a_language(url: str, language: str) -> None:
    assert says_language(url, language)


@pytest.mark.parametrize(
    ("url", "language"),
    [
        ("https://mt.com/", "mlt_Latn"),
        ("https://example.org/malta/", "mlt_Latn"),
        ("https://example.org/maltese-dogs/", "mlt_Latn"),
        ("https://comte.org/smt/", "mlt_Latn"),
        ("https://example.org/a/b/mt/", "mlt_Latn"),
        ("https://example.org/?lang=sw", "mlt_Latn"),
        ("https://example.mt.org/", "mlt_Latn"),
        ("https://example.org/x.mt", "mlt_Latn"),
        ("https://example.com.cy/", "cym_Latn"),
        ("https://example.co.uk/", "cos_Latn"),
        ("https://example.sm/", "smo_Latn"),
        ("https://example.ws/", "smo_Latn"),
        ("https://example.de/", "hsb_Latn"),
        ("https://example.co.uk/", "gla_Latn"),
        ("mailto:mt@example.org", "mlt_Latn"),
        ("https://[::1]/mt/", "mlt_Latn"),
        ("", "mlt_Latn"),
        ("https://example.org/xyz/", "und"),
        ("https://example.org/zh-CN/", "zho_Hant"),
        ("https://example.org/zh-SG/", "zho_Hant"),
        ("https://example.org/zh-TW/", "zho_Hans"),
        ("https://x.cn/", "zho_Hant"),
        ("https://x.中国/", "zho_Hant"),
        ("https://x.tw/", "zho_Hans"),
        ("https://example.org/sr-Latn/", "srp_Cyrl"),
        ("https://example.org/sr-ME/", "srp_Cyrl"),
        ("https://x.срб/", "srp_Latn"),
        ("https://x.рф/", "kaz_Cyrl"),
        ("https://x.ir/", "rus_Cyrl"),
        ("https://example.org/new/", "new_Deva"),
        ("https://example.org/men/", "men_Latn"),
        ("https://example.org/war/", "war_Latn"),
        ("https://example.org/cat/", "cat_Latn"),
        ("https://example.org/sun/", "sun_Latn"),
        ("https://my.example.org/", "mya_Mymr"),
        ("https://example.org/my/", "mya_Mymr"),
        ("https://hr.example.org/", "hrv_Latn"),
        ("https://example.org/id/12", "ind_Latn"),
        ("https://example.org/even/", "eve_Cyrl"),
        ("https://example.org/mt-Arab/", "mlt_Latn"),
    ],
)
def test_parts_of_labels_and_segments_are_ignored(url: str, language: str) -> None:
    assert not says_language(url, language)


@pytest.mark.parametrize("language", described_languages())
def test_code_and_script_identify_a_language_in_that_script_only(language: str) -> None:
    iso639_3, script = language.split("_")
    assert says_language(f"https://example.org/{language}/", language)
    other = "Cyrl" if script != "Cyrl" else "Latn"
    assert not says_language(f"https://example.org/{iso639_3}-{other}/", language)


@given(st.text(max_size=60), st.sampled_from(["mlt_Latn", "tha_Thai", "xyz_Latn", "und"]))
def test_invalid_urls_give_no_language_and_no_error(text: str, language: str) -> None:
    assert isinstance(says_language(f"http://{text}", language), bool)
    assert says_language(f"https://example.org/x/y/{language}/{text}", language) is says_language(
        f"https://example.org/x/y/a/{text}", language
    )
