from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.texts import SCRIPTS
from xdata.export.shards import Shards
from xdata.export.splits import (
    config_of,
    cuts,
    domain_names,
    draw,
    exact,
    group_of,
    percent,
    quota,
    split_of,
)
from xdata.language_files import facts_of

_SHARES = st.floats(min_value=1e-6, max_value=0.2, allow_nan=False)
_SPLITS = st.dictionaries(
    st.from_regex(r"[a-s][a-z0-9_]{0,5}", fullmatch=True).filter(lambda n: n != "all"), _SHARES, max_size=4
)


@given(_SPLITS, st.integers(0, 2**64 - 1))
def test_every_number_is_in_one_split(splits: dict[str, float], number: int) -> None:
    assert split_of(number, cuts(splits)) in {*splits, "train"}


@given(_SPLITS)
def test_splits_are_as_wide_as_their_shares(splits: dict[str, float]) -> None:
    ends = cuts(splits)
    begins = [0, *(end for end, _ in ends)]
    for begin, (end, name) in zip(begins, ends[:-1], strict=False):
        assert abs(Fraction(end - begin, 2**64) - exact(splits[name])) < Fraction(1, 2**62)
    assert ends[-1] == (2**64, "train")


def test_the_order_in_which_splits_are_given_changes_nothing() -> None:
    assert cuts({"validation": 0.1, "test": 0.2}) == cuts({"test": 0.2, "validation": 0.1})


def test_shares_of_drawn_documents_are_near_those_asked_for() -> None:
    ends = cuts({"validation": 0.05, "test": 0.1})
    found = [split_of(draw(0, "splits", f"id:{number}"), ends) for number in range(20_000)]
    assert found.count("validation") == pytest.approx(1000, abs=150)
    assert found.count("test") == pytest.approx(2000, abs=200)


def test_what_is_drawn_depends_on_seed_purpose_and_key() -> None:
    keys = [(seed, what, key) for seed in (0, 1, -1, 2**80) for what in ("splits", "subsets") for key in ("a", "b", "")]
    assert len({draw(*key) for key in keys}) == len(keys)


@pytest.mark.parametrize(
    ("splits", "message"),
    [
        ({"a": 0.7, "b": 0.2, "c": 0.1}, "sum to 1: nothing is left for train"),
        ({"dev": 0.9, "test": 0.2}, "sum to 1.1"),
        ({"train": 0.1}, "other than train and all"),
        ({"Test": 0.1}, "expected a name of a-z, 0-9 and _"),
        ({"a/b": 0.1}, "expected a name of a-z, 0-9 and _"),
        ({"test": 0.0}, "greater than 0"),
        ({"test": 1.0}, "less than 1"),
    ],
)
def test_splits_that_cannot_be_are_refused(splits: dict[str, float], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        Shards(splits=splits)


def test_shares_whose_floats_do_not_sum_exactly_are_taken() -> None:
    """`1 - 0.3 - 0.1 + 0.3 + 0.1` is not 1 in floats, which made the paper's code fail."""
    assert Shards(splits={"dev": 0.3, "test": 0.1}).split_names == ["dev", "test", "train"]


@pytest.mark.parametrize("subsets", [(0.5, 0.1), (0.1, 0.1), (0.0,), (1.0,)])
def test_subsets_that_do_not_ascend_are_refused(subsets: tuple[float, ...]) -> None:
    with pytest.raises(ValidationError):
        Shards(subsets=subsets)


@pytest.mark.parametrize(
    ("share", "name"), [(0.1, "10"), (0.01, "1"), (0.5, "50"), (0.005, "0.5"), (0.125, "12.5"), (1e-05, "0.001")]
)
def test_shares_are_named_in_percent(share: float, name: str) -> None:
    assert percent(share) == name


@given(st.floats(min_value=1e-9, max_value=0.999), st.integers(1, 10**12))
def test_a_quota_is_the_share_rounded_up(share: float, num: int) -> None:
    found = quota(share, num)
    assert 1 <= found <= num
    assert found - 1 < exact(share) * num <= found


@given(st.tuples(_SHARES, _SHARES), st.integers(0, 1000))
def test_quotas_of_larger_shares_are_no_smaller(shares: tuple[float, float], num: int) -> None:
    low, high = sorted(shares)
    assert quota(low, num) <= quota(high, num)


@pytest.mark.parametrize(
    "url",
    [
        "http://example.mt/a",
        "https://www.example.mt/a/",
        "HTTPS://EXAMPLE.MT/a#top",
        "https://example.mt:443/a",
        "//example.mt/a",
    ],
)
def test_forms_of_one_url_are_one_page_and_one_site(url: str) -> None:
    assert group_of("1", url, by="document") == group_of("2", "https://example.mt/a", by="document")
    assert group_of("1", url, by="site") == group_of("2", "https://example.mt/b?c=1", by="site")


@pytest.mark.parametrize("url", [None, "", "not a url", "\ud800", "mailto:a@b.mt", "x" * 10_000])
def test_documents_without_a_host_are_groups_of_their_own_in_a_split_by_site(url: str | None) -> None:
    assert group_of("1", url, by="site") != group_of("2", url, by="site")


def test_queries_are_other_pages_and_other_hosts_other_sites() -> None:
    urls = ["https://a.mt/p?id=1", "https://a.mt/p?id=2", "https://a.mt/P", "https://b.a.mt/p"]
    assert len({group_of("1", url, by="document") for url in urls}) == 4
    assert len({group_of("1", url, by="site") for url in urls}) == 2


@given(st.lists(st.one_of(st.none(), st.text(max_size=200)), max_size=30))
def test_names_of_domains_are_plain_and_each_is_one(domains: list[str | None]) -> None:
    names = domain_names(domains)
    assert set(names) == {domain for domain in domains if domain is not None}
    assert len(set(names.values())) == len(names)
    assert all(
        name and name.isascii() and set(name) <= set("abcdefghijklmnopqrstuvwxyz0123456789_") for name in names.values()
    )
    assert {"unknown", "sentences"}.isdisjoint(names.values())
    assert names == domain_names(list(reversed(domains)))


def test_domains_that_would_be_the_same_are_numbered_the_plain_one_first() -> None:
    assert domain_names(["Court", "court", "COURT!", "court_2", "unknown", None, "Għawdex", "法院"]) == {
        "court": "court",
        "court_2": "court_2",
        "COURT!": "court_3",
        "Court": "court_4",
        "Għawdex": "g_awdex",
        "unknown": "unknown_2",
        "法院": "domain",
    }


@pytest.mark.parametrize("script", SCRIPTS)
def test_domains_in_every_script_have_names(script: str) -> None:
    facts = facts_of(SCRIPTS[script])
    assert facts is not None and facts.names is not None
    names = domain_names([facts.names.autonym, "law"])
    assert all(name.isascii() for name in names.values())


def test_a_domain_of_marks_alone_is_named_quickly() -> None:
    assert domain_names(["\u0301" * 100_000]) == {"\u0301" * 100_000: "domain"}


def test_configs_are_languages_or_languages_and_domains() -> None:
    names = domain_names(["Court"])
    assert config_of("mlt_Latn", "Court", None) == "mlt_Latn"
    assert config_of("mlt_Latn", "Court", names) == "mlt_Latn-court"
    assert config_of("mlt_Latn", None, names) == "mlt_Latn-unknown"
