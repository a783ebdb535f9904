import pytest
from hypothesis import given
from hypothesis import strategies as st

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
    ],
)
def test_codes_names_and_countries_say_a_language(url: str, language: str) -> None:
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
    ],
)
def test_parts_of_labels_and_segments_say_nothing(url: str, language: str) -> None:
    assert not says_language(url, language)


@given(st.text(max_size=60), st.sampled_from(["mlt_Latn", "tha_Thai", "xyz_Latn", "und"]))
def test_what_is_no_url_says_nothing_and_raises_nothing(text: str, language: str) -> None:
    assert isinstance(says_language(f"http://{text}", language), bool)
    assert says_language(f"https://example.org/x/y/{language}/{text}", language) is says_language(
        f"https://example.org/x/y/a/{text}", language
    )
