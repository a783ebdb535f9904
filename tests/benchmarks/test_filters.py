"""The figures of the comparison with datatrove: kappa, counts, thresholds."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.benchmarks import filters
from tests.benchmarks.documents import Document
from tests.benchmarks.filters import Agreement, Speed, cohen_kappa, measure_agreement, pool
from tests.benchmarks.peer import FILTERS, Limits, Reasons, all_limits, default_limits, fineweb2_limits

_COUNTS = st.integers(min_value=0, max_value=10_000)

_CONFIG = {
    "dup_line_frac": 0.25,
    "top_n_grams": [[2, 0.19]],
    "dup_n_grams": [[5, 0.17]],
    "line_punct_thr": -1,
    "new_line_ratio": 0.2,
    "min_avg_word_length": 2,
    "max_avg_word_length": 12,
    "max_non_alpha_words_ratio": 0.75,
    "stopwords": ["na", "ya", "wa"],
    "language_score": 0.3,
}


@pytest.mark.parametrize(
    ("counts", "kappa"),
    [((20, 5, 10, 15), 0.4), ((50, 0, 0, 50), 1.0), ((25, 25, 25, 25), 0.0), ((0, 50, 50, 0), -1.0)],
)
def test_kappa_of_known_tables(counts: tuple[int, int, int, int], kappa: float) -> None:
    assert cohen_kappa(*counts) == pytest.approx(kappa)


@pytest.mark.parametrize("counts", [(0, 0, 0, 0), (9, 0, 0, 0), (0, 0, 0, 9)])
def test_kappa_is_none_where_chance_explains_everything(counts: tuple[int, int, int, int]) -> None:
    assert cohen_kappa(*counts) is None


@given(_COUNTS, _COUNTS, _COUNTS, _COUNTS)
def test_kappa_is_at_most_one_and_does_not_care_whose_side_is_first(keep: int, one: int, two: int, drop: int) -> None:
    kappa = cohen_kappa(keep, one, two, drop)
    assert kappa == cohen_kappa(keep, two, one, drop)
    assert kappa is None or -1 <= kappa <= 1
    assert (kappa == 1) == (kappa is not None and one == two == 0)


def _agreement(language: str, decisions: list[tuple[str | None, str | None]]) -> Agreement:
    agreement = Agreement(language, "fineweb2", "gopher_quality")
    for theirs, ours in decisions:
        agreement.count(theirs, ours)
    return agreement


def test_every_document_is_in_one_cell_with_its_reasons() -> None:
    agreement = _agreement("swh_Latn", [(None, None), ("short", None), (None, "few_words"), ("short", "few_words")])
    assert (agreement.both_keep, agreement.only_peer_drops) == (1, 1)
    assert (agreement.only_xdata_drops, agreement.both_drop) == (1, 1)
    assert agreement.num_documents == 4
    assert agreement.peer_share == 0.5
    assert agreement.row()["peer_reasons"] == {"short": 2}
    assert agreement.row()["xdata_reasons"] == {"few_words": 2}


def test_a_document_that_datatrove_fails_on_is_in_no_cell() -> None:
    agreement = _agreement("kan_Knda", [("raised ValueError", "few_words"), (None, None)])
    assert (agreement.num_documents, agreement.both_keep, agreement.peer_raises) == (1, 1, 1)
    assert agreement.peer_share == 0


def test_the_pool_holds_the_languages_with_spaces() -> None:
    one, two = _agreement("swh_Latn", [("a", "b")]), _agreement("amh_Ethi", [("a", None)])
    (pooled,) = pool([one, two, _agreement("tha_Thai", [("a", "b")]), _agreement("jpn_Jpan", [("a", "b")])])
    assert (pooled.num_documents, pooled.both_drop, pooled.only_peer_drops) == (2, 1, 1)
    assert (one.num_documents, two.num_documents) == (1, 1)


def test_documents_decided_differently_are_listed_with_both_reasons(monkeypatch: pytest.MonkeyPatch) -> None:
    name, limits = "gopher_quality", {"fineweb2": {"gopher_quality": {"min_doc_words": 50}}}
    theirs: dict[str, Reasons] = {"fineweb2": {name: ["short", None, None, "raised ValueError"]}}
    documents = [Document(f"udhr/{number}", "lao_Laoo", "paragraphs", "ລາວ" * 99) for number in range(4)]

    def ours(texts: list[str], language: str, limits: Limits) -> Reasons:
        return {name: [None, None, "few_words", None]}

    monkeypatch.setattr(filters, "_peer_reasons", lambda *arguments: theirs)
    monkeypatch.setattr(filters, "xdata_decisions", ours)
    (agreement,), differences = measure_agreement(documents, limits, peer_only=False)
    assert (agreement.only_peer_drops, agreement.only_xdata_drops, agreement.peer_raises) == (1, 1, 1)
    assert [(row["id"], row["datatrove"], row["xdata"]) for row in differences] == [
        ("udhr/0", "short", None),
        ("udhr/2", None, "few_words"),
    ]
    assert differences[0]["begin"] == documents[0].text[:200]


def test_ratio_is_of_the_middle_runs() -> None:
    speed = Speed("swh_Latn", 1, 1, {"all": [0.1, 0.2, 9.0], "first": [0.4], "xdata": [1.0, 6.0, 8.0]})
    assert speed.ratio("all") == pytest.approx(30)
    assert speed.ratio("first") == pytest.approx(15)
    assert Speed("swh_Latn", 1, 1, {"all": [0.1]}).ratio("all") is None


def test_fineweb2_sets_what_its_pipeline_sets_and_nothing_else() -> None:
    limits, defaults = fineweb2_limits(_CONFIG), default_limits()
    changed = {name: {key for key in limits[name] if limits[name][key] != defaults[name][key]} for name in FILTERS}
    assert changed["c4_quality"] == set()
    assert changed["gopher_repetition"] == {
        *("dup_line_frac", "dup_para_frac", "dup_line_char_frac", "dup_para_char_frac", "top_n_grams", "dup_n_grams"),
    }
    assert changed["fineweb_quality"] == {"line_punct_thr", "new_line_ratio", "short_line_thr", "char_duplicates_ratio"}
    assert changed["gopher_quality"] == {
        *("min_avg_word_length", "max_avg_word_length", "max_non_alpha_words_ratio", "stop_words"),
    }


def test_a_language_without_a_file_has_the_defaults_alone() -> None:
    assert all_limits(None) == {"datatrove": default_limits()}
    assert list(all_limits(_CONFIG)["datatrove"]) == list(FILTERS)
    assert "c4_quality" not in all_limits(_CONFIG)["fineweb2"]
