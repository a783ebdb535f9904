"""Identification as a step: priors by host, agreement, alternatives."""

from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from pydantic import ValidationError

from tests.texts import SCRIPTS, texts
from xdata.context import Context
from xdata.models.language import LID_176, weight_of
from xdata.scores.language import AGREEMENT, IdentifyLanguage
from xdata.step import Columns
from xdata.text.analysis import Analyses

MALTESE, SWAHILI = texts("mlt_Latn")[0], texts("swh_Latn")[0]


def _columns(step: IdentifyLanguage, rows: list[tuple[str, str | None]]) -> Columns:
    return step.open(Context())(Analyses([text for text, _ in rows], urls=[url for _, url in rows]))


def test_weights_are_those_of_the_longest_end_of_the_host() -> None:
    step = IdentifyLanguage(
        weights={"": {"*": 0.5}, "lk": {"sin": 0.0, "mlt": 0.0}, "News.LK.": {"mlt": 1.0}, "mt": {"mlt": 9.0, "*": 0.0}}
    )
    urls = [None, "https://lk/", "https://a.lk/b", "https://a.news.lk:80/", "https://xlk/", "https://a.mt/", "no url"]
    found = list(_columns(step, [(MALTESE, url) for url in urls])["language"])
    assert [code == "mlt_Latn" for code in found] == [True, False, False, True, True, True, True]
    (swahili,) = _columns(step, [(SWAHILI, "https://a.mt/")])["language"]
    assert swahili == "mlt_Latn"


_NAMES = st.sampled_from(["mlt", "mlt_Latn", "swh", "swh_Latn", "*"])
_WEIGHTS = st.dictionaries(_NAMES, st.floats(0, 9), max_size=4)


@given(_WEIGHTS, _WEIGHTS)
@example({"mlt": 2.0, "*": 0.1}, {"mlt_Latn": 3.0})
def test_weights_of_a_host_and_of_all_are_multiplied(everywhere: dict[str, float], own: dict[str, float]) -> None:
    step = IdentifyLanguage(weights={"": everywhere, "mt": own})
    together = step._weights_of("https://a.mt/")
    for code in ("mlt_Latn", "mlt_Arab", "swh_Latn", "eng_Latn"):
        assert weight_of(code, together) == weight_of(code, everywhere) * weight_of(code, own)
    assert step._weights_of("https://a.org/") == step._weights_of(None) == everywhere


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"": {"klingon": 1.0}}, "unknown language"),
        ({"lk": {"sin": -1.0}}, "the weight of sin is -1: it must be from 0 to 1e.09"),
        ({"lk": {"sin": float("inf")}}, "the weight of sin is inf"),
        ({"lk": {"sin": float("nan")}}, "the weight of sin is nan"),
        ({"lk": {"mt": 1.0, "mlt_Latn": 2.0}}, "the weight of mlt_Latn is given twice"),
        ({"lk": {"sin": 1.0}, ".LK": {"sin": 2.0}}, "the host lk is given twice"),
        ({"пример.рф": {"ru": 1.0}, "xn--e1afmkfd.xn--p1ai": {}}, "the host xn--e1afmkfd.xn--p1ai is given twice"),
        ({"https://bbc.com": {"sin": 1.0}}, "is neither a host nor an end of hosts"),
        ({"*.lk": {"sin": 1.0}}, "is neither a host nor an end of hosts"),
        ({"bbc.com/sinhala": {"sin": 1.0}}, "is neither a host nor an end of hosts"),
        ({"bbc.com:80": {"sin": 1.0}}, "is neither a host nor an end of hosts"),
        ({".": {"sin": 1.0}}, "is neither a host nor an end of hosts"),
    ],
)
def test_weights_that_mean_nothing_are_refused(weights: dict[str, dict[str, float]], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        IdentifyLanguage(weights=weights)


def test_hosts_in_any_script_are_found() -> None:
    step = IdentifyLanguage(weights={"Пример.РФ": {"rus": 2.0}, "[::1]": {"mlt": 3.0}})
    assert step._weights_of("https://a.пример.рф/") == {"rus": 2.0}
    assert step._weights_of("https://xn--e1afmkfd.xn--p1ai/") == {"rus": 2.0}
    assert step._weights_of("http://[::1]:80/") == {"mlt": 3.0}


def test_names_of_languages_are_resolved() -> None:
    step = IdentifyLanguage(weights={"": {"sw": 2.0, "mt": 3.0, "*": 1.0}})
    assert step.weights == {"": {"*": 1.0, "mlt_Latn": 3.0, "swh_Latn": 2.0}}


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_agreement_is_one_nought_or_not_known(language: str) -> None:
    rows: list[tuple[str, str | None]] = [(text, None) for text in texts(language)]
    columns = _columns(IdentifyLanguage(second=LID_176), rows)
    assert set(columns[AGREEMENT]) <= {0.0, 1.0, None}
    alone = _columns(IdentifyLanguage(), rows)
    assert AGREEMENT not in alone
    assert list(alone["language"]) == list(columns["language"])


def test_a_language_that_the_second_does_not_know_is_no_disagreement() -> None:
    found = _columns(IdentifyLanguage(second=LID_176), [(texts("hau_Latn")[0], None), (SWAHILI, None)])
    assert list(found["language"]) == ["hau_Latn", "swh_Latn"]
    assert list(found[AGREEMENT]) == [None, 1.0]


def test_where_the_models_lie_is_no_part_of_the_identity(tmp_path: Path) -> None:
    assert IdentifyLanguage().identity() != IdentifyLanguage(model=LID_176).identity()
    assert IdentifyLanguage().identity() != IdentifyLanguage(weights={"": {"swh": 2.0}}).identity()
    files = [path.name for path in IdentifyLanguage(second=LID_176).resources()]
    assert files == ["writers.tsv", "xlid.npz", "xlid.yaml", "lid.176.ftz", "lid.176.yaml"]


@pytest.mark.parametrize("text", ["", "12", "\u0301", "😀", "\ud800"])
def test_what_has_no_letters_is_undetermined(text: str) -> None:
    columns = _columns(IdentifyLanguage(), [(text, None)])
    found = [next(iter(columns[name])) for name in ("language", "language_score", "alternatives")]
    assert found == ["und", None, None]
