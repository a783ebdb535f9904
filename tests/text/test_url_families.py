import pytest

from xdata.text.url_families import family_of, is_tag


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/habari/1",
        "http://www.example.org/habari/1/",
        "https://example.org/sw/habari/1",
        "https://example.org/am/habari/1#juu",
        "https://example.org/sw-TZ/habari/1",
        "https://example.org/zh-Hant/habari/1",
        "https://example.org/sr_Latn_RS/habari/1",
        "https://example.org/amh_Ethi/habari/1",
        "https://example.org/habari/si/1",
        "https://mt.example.org/habari/1",
        "https://swa.example.org/habari/1",
        "https://m.example.org/mt/habari/1",
        "https://example.org/habari/1?lang=ka",
        "https://example.org/habari/1?hl=zh-TW&uselang=th",
        "EXAMPLE.org/EN/habari/1",
    ],
)
def test_forms_of_a_page_in_several_languages_are_one_family(url: str) -> None:
    assert family_of(url) == "example.org/habari/1"


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/habari/2",
        "https://example.com/sw/habari/1",
        "https://example.org/us/habari/1",
        "https://example.org/web/habari/1",
        "https://example.org/habari/kuu/sw/1",
        "https://other.example.org/habari/1",
        "https://example.org/habari/1?page=sw",
        "https://example.org/sw/am/habari/1",
        "https://sw.org/habari/1",
        "https://example.org/habari/1?lang=kitu",
    ],
)
def test_what_differs_in_more_than_a_language_is_another_family(url: str) -> None:
    assert family_of(url) != "example.org/habari/1"


def test_the_first_label_of_a_registered_name_is_no_language() -> None:
    assert family_of("https://is.co.uk/a") != family_of("https://no.co.uk/a")
    assert family_of("https://mt.bbc.co.uk/a") == family_of("https://bbc.co.uk/a")


def test_paths_in_every_script_are_kept() -> None:
    for word in ("ገጽ", "පිටුව", "หน้า", "გვერდი", "पृष्ठ", "صفحه", "頁"):
        assert family_of(f"https://example.org/sw/{word}") == family_of(f"https://example.org/{word}")
        assert family_of(f"https://example.org/{word}/sw/x") != family_of(f"https://example.org/sw/{word}")
    assert family_of("https://example.org/ru/а") != family_of("https://example.org/ru/б")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("https://debian.example.org/intro.sw.html", "https://debian.example.org/intro.html"),
        ("https://example.org/index_sw.htm", "https://example.org/index.am.htm"),
        ("https://example.org/sw", "https://example.org/"),
        ("https://example.org/?lang=sw&p=2", "https://example.org/?p=2&lang=am"),
    ],
)
def test_codes_before_endings_and_alone_are_left_out(one: str, other: str) -> None:
    assert family_of(one) == family_of(other)


@pytest.mark.parametrize(
    "url", ["", "not a url", "mailto:a@b.mt", "\ud800", "/sw/habari", "https://[::1]/sw/x", "http://1.2.3.4/sw/x"]
)
def test_odd_urls_raise_nothing(url: str) -> None:
    assert isinstance(family_of(url), str)


def test_tags_are_of_languages_that_there_are() -> None:
    assert all(map(is_tag, ("sw", "swa", "SW", "pt-BR", "zh_Hans", "es-419", "quy")))
    assert not any(map(is_tag, ("", "us", "xx", "web", "swahili", "12", "s", "sw-", "x" * 5000, "ru-")))
