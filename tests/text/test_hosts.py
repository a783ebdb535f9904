import random
import string

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.text.hosts import (
    MOST_PATH_PREFIXES,
    UrlSet,
    hash_lines,
    hash_plain_hosts,
    host_suffixes,
    path_prefixes,
    read_host,
    split_url,
    url_words,
)


def _urls(*lines: str) -> UrlSet:
    return UrlSet(*([part] for part in hash_lines(lines)))


@pytest.mark.parametrize("name", ["lk", ".LK.", "bbc.com", "пример.рф", "ไทย", "[::1]", "1.2.3.4", "a_b.example.org"])
def test_a_host_is_read_as_it_stands_in_urls(name: str) -> None:
    assert read_host(name) == split_url(f"https://{name.strip('.')}/x")[0] != ""


@pytest.mark.parametrize("name", ["", ".", "*.lk", "https://lk", "lk/", "a b", "a..b", "u@lk", "lk:80", "?", "[x]"])
def test_what_is_no_host_is_not_read(name: str) -> None:
    assert read_host(name) == ""


@pytest.mark.parametrize(
    ("url", "host", "rest"),
    [
        ("https://example.org", "example.org", ""),
        ("https://example.org/a/b?c#d", "example.org", "/a/b?c#d"),
        ("HTTP://WWW.Example.ORG:8080/A", "www.example.org", "/A"),
        ("https://user:pass@example.org/", "example.org", "/"),
        ("https://a@b@example.org/", "example.org", "/"),
        ("https://example.org./x", "example.org", "/x"),
        ("//example.org/x", "example.org", "/x"),
        ("example.org/x", "example.org", "/x"),
        ("example.org:8080/x", "example.org", "/x"),
        ("example.org:/x", "example.org", "/x"),
        ("http:/example.org/x", "example.org", "/x"),
        ("http:\\\\example.org\\x\\y", "example.org", "/x/y"),
        (" \x01https://exa\tmple.org/\n", "example.org", "/"),
        ("https://ex%61mple.org/", "example.org", "/"),
        ("https://[2001:DB8:0:0::1]:80/x", "[2001:db8::1]", "/x"),
        ("https://192.168.0.1:80/x", "192.168.0.1", "/x"),
        ("https://example.org?q=http://other.net/", "example.org", "?q=http://other.net/"),
        ("https://a_b.example.org/", "a_b.example.org", "/"),
    ],
)
def test_urls_are_split_as_browsers_do(url: str, host: str, rest: str) -> None:
    assert split_url(url) == (host, rest)


@pytest.mark.parametrize(
    ("written", "punycode"),
    [
        ("ħobż.example", "xn--ob-loa65a.example"),
        ("МОСКВА.рф", "xn--80adxhks.xn--p1ai"),
        ("موقع.وزارة-الاتصالات.مصر", "xn--4gbrim.xn----ymcbaaajlc6dj7bxne2c.xn--wgbh1c"),
        ("देश.भारत", "xn--j2b6ayc.xn--h2brj9c"),
        ("ලංකා.example", "xn--fzc2c9e2c.example"),
        ("ශ්‍රී.example", "xn--10cl1a0b660p.example"),
        ("می‌خواهم.example", "xn--mgbn2ecje63gr19l.example"),
        ("ቋንቋ.example", "xn--fzda5t.example"),
        ("ไทย.ไทย", "xn--o3cw4h.xn--o3cw4h"),
        ("ខ្មែរ.example", "xn--j2e0cg3n2c.example"),
        ("საქართველო.გე", "xn--lodamdjuvtg5b.xn--node"),
        ("中国。中国", "xn--fiqs8s.xn--fiqs8s"),
        ("한국．example", "xn--3e0b707e.example"),
        ("ｅｘａｍｐｌｅ.org", "example.org"),
        ("straße.example", "xn--strae-oqa.example"),
    ],
)
def test_names_of_every_script_and_their_punycode_are_one(written: str, punycode: str) -> None:
    assert split_url(f"https://{written}/x") == (punycode, "/x")
    assert split_url(f"https://{punycode.upper()}/x") == (punycode, "/x")
    assert _urls(written).categories([f"http://a.{punycode}/"]) == [0]
    assert _urls(punycode).categories([f"http://a.{written}/"]) == [0]


@pytest.mark.parametrize(
    "url",
    [
        "",
        " ",
        "https://",
        "mailto:a@example.org",
        "urn:uuid:f81d4fae",
        "data:text/html,example.org",
        "https://[not-an-address]/",
        "https://a b.org/",
        "https://a\x00b.org/",
        "https://%00/",
        "https://\ud800.org/",
        "https://" + "a" * 10_000 + ".org/",
        "https://" + "ක" * 300 + ".lk/",
    ],
)
def test_what_is_no_url_has_no_host(url: str) -> None:
    assert split_url(url) == ("", "")


@given(st.text())
def test_no_text_is_too_odd_for_a_url(text: str) -> None:
    known = _urls("example.org", "example.net/a")
    for url in (text, f"https://{text}", f"https://example.net/{text}", f"{text}@example.org/"):
        host, _ = split_url(url)
        assert host.isascii()
        assert host == host.lower()
        known.categories([url])
        url_words(url)


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=20))
def test_a_host_stays_as_it_is_when_split_again(text: str) -> None:
    host, _ = split_url(f"https://{text}.example.org/")
    if host:
        assert split_url(f"http://{host}/")[0] == host


def test_a_host_lies_in_its_domains_label_by_label() -> None:
    assert host_suffixes("a.b.org") == ["a.b.org", "b.org", "org"]
    assert host_suffixes("10.0.0.1") == ["10.0.0.1"]
    assert host_suffixes("[::1]") == ["[::1]"]


@pytest.mark.parametrize(
    ("listed", "url", "found"),
    [
        ("sex", "https://www.essex.ac.uk/", False),
        ("sex", "https://anything.sex/", True),
        ("sex.com", "https://essex.com/", False),
        ("sex.com", "https://sex.com.example.org/", False),
        ("example.org", "https://a.b.example.org:1/x", True),
        ("a.example.org", "https://example.org/", False),
        (".example.org", "https://a.example.org/", True),
        ("www.example.org", "https://example.org/", True),
        ("www.example.org", "https://www.example.org/", True),
        ("www.example.org", "https://a.example.org/", False),
        ("3.4", "https://1.2.3.4/", False),
        ("1.2.3.4", "https://1.2.3.4:80/", True),
        ("https://[2001:db8::1]", "https://[2001:0db8::0001]/x", True),
        ("example.org/a", "https://www.example.org/a", True),
        ("example.org/a", "https://example.org/a/b?c", True),
        ("example.org/a", "https://example.org/a?c", True),
        ("example.org/a/", "https://example.org/a", True),
        ("example.org/a", "https://example.org/ab", False),
        ("example.org/a", "https://example.org/A", False),
        ("example.org/a", "https://example.org/", False),
        ("example.org/a?id=1", "https://example.org/a?id=1", True),
        ("example.org/a?id=1", "https://example.org/a?id=2", False),
        ("example.org/ሰላም", "https://example.org/%E1%88%B0%E1%88%8B%E1%88%9D/x", True),
        ("example.org/%FF", "https://example.org/%FE", False),
        ("example.org # why", "https://example.org/", True),
        ("# example.org", "https://example.org/", False),
    ],
)
def test_what_a_line_lists(listed: str, url: str, found: bool) -> None:
    assert _urls(listed).categories([url]) == [0 if found else None]


def test_the_first_category_wins_and_no_url_has_none() -> None:
    parts = [hash_lines(lines) for lines in (["b.org", "c.org/x"], ["a.org", "b.org"], ["c.org", "a.org"])]
    known = UrlSet(*([part[kind] for part in parts] for kind in range(3)))
    urls = ["http://a.org", "http://b.org", "http://c.org/x/y", "http://c.org/y", "", None, "http://d.org"]
    assert known.categories(urls) == [1, 0, 0, 2, None, None, None]


@given(st.lists(st.sampled_from(["http://a.org", "http://b.org/x", "http://c.net", "", None]), max_size=20))
def test_a_category_depends_on_no_other_url(urls: list[str | None]) -> None:
    known = _urls("a.org", "b.org/x")
    assert known.categories(urls) == [known.categories([url])[0] for url in urls]


def test_an_empty_set_has_nothing() -> None:
    assert _urls().categories(["http://a.org", None]) == [None, None]
    assert _urls().categories([]) == []


def test_lines_are_hashed_alike_quickly_and_slowly() -> None:
    letters = random.Random(0)
    lines = ["".join(letters.choices(string.ascii_lowercase + "-_", k=9)) + ".example.org" for _ in range(200)]
    quick = hash_plain_hosts("\n".join([*lines, ""]).encode())
    assert quick is not None
    assert np.array_equal(quick, hash_lines(lines)[0])


@pytest.mark.parametrize("line", ["A.org", "a.org/x", "# a.org", "a.org # x", ".a.org", "a.org.", "ħ.org", "a.org:80"])
def test_lines_that_are_no_plain_hosts_are_left_to_the_slow_path(line: str) -> None:
    assert hash_plain_hosts(f"b.org\n{line}\n".encode()) is None


def test_prefixes_are_whole_segments_longest_first_and_not_too_many() -> None:
    assert list(path_prefixes("/a/b/?c#d")) == ["/a/b/?c", "/a/b", "/a"]
    assert list(path_prefixes("/")) == list(path_prefixes("")) == []
    assert len(list(path_prefixes("/a" * 100_000 + "?b"))) <= MOST_PATH_PREFIXES + 1


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("https://a-b.org/c_d/e.html", {"https", "a", "b", "org", "c", "d", "e", "html"}),
        ("https://essex.ac.uk/", {"https", "essex", "ac", "uk"}),
        ("/%E1%88%B0%E1%88%8B%E1%88%9D-හෙලෝ/МИР", {"ሰላም", "හෙලෝ", "мир"}),
        ("/नमस्ते/สวัสดี", {"नमस्ते", "สวัสดี"}),
    ],
)
def test_words_of_a_url_are_whole(url: str, words: set[str]) -> None:
    assert url_words(url) == words
