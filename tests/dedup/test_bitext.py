import unicodedata
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.dedup.bitext import (
    ML50_MIN_CHARACTERS,
    Pair,
    PairCounts,
    TestSentences,
    normal_form,
    without_test_pairs,
)
from xdata.dedup.evaluation_sets import Item

ITEMS = [
    Item("flores/1", "eng_Latn", "The school is closed."),
    Item("flores/1", "swh_Latn", "Shule imefungwa."),
    Item("flores/1", "hin_Deva", "स्कूल बंद है।"),
    Item("flores/2", "eng_Latn", "Yes."),
    Item("flores/2", "swh_Latn", "Ndiyo."),
    Item("flores/3", "eng_Latn", "Café au lait"),
]


def _reason(source: str, target: str, *, min_characters: int = ML50_MIN_CHARACTERS) -> str | None:
    leak = TestSentences(ITEMS, min_characters=min_characters).leak(Pair(source, target))
    return leak.reason if leak else None


@pytest.mark.parametrize(
    ("source", "target", "reason"),
    [
        ("The school is closed.", "Shule imefungwa.", "pair_in_test"),
        ("Shule imefungwa.", "The school is closed.", "pair_in_test"),
        ("स्कूल बंद है।", "Shule imefungwa.", "pair_in_test"),
        ("The school is closed.", "Ndiyo.", "both_in_test"),
        ("The school is closed.", "L'école est fermée.", "source_in_test"),
        ("L'école est fermée.", "The school is closed.", "target_in_test"),
        ("  The  school is closed. ", "x", "source_in_test"),
        (unicodedata.normalize("NFD", "Café au lait"), "x", "source_in_test"),
        ("The school is open.", "Shule imefunguliwa.", None),
        ("", "", None),
        (" ", "The school", None),
    ],
)
def test_the_rule_of_ml50(source: str, target: str, reason: str | None) -> None:
    assert _reason(source, target) == reason


def test_short_sentences_can_be_left_alone_but_not_a_pair_of_one_row() -> None:
    assert _reason("Yes.", "Oui.") == "source_in_test"
    assert _reason("Yes.", "Oui.", min_characters=10) is None
    assert _reason("Yes.", "Ndiyo.", min_characters=10) == "pair_in_test"


def test_a_leak_names_the_rows_of_both_sides() -> None:
    leak = TestSentences(ITEMS, min_characters=0).leak(Pair("Yes.", "Shule imefungwa."))
    assert leak is not None
    assert (leak.source_rows, leak.target_rows) == (("flores/2",), ("flores/1",))


_SENTENCES = st.sampled_from([*(item.text for item in ITEMS), "Nothing", " Yes. ", "", "गाँव"])


@given(st.lists(st.builds(Pair, _SENTENCES, _SENTENCES), max_size=8))
def test_each_pair_comes_out_once_and_counts_add_up(pairs: list[Pair]) -> None:
    counts = PairCounts()
    found = list(without_test_pairs(pairs, TestSentences(ITEMS, min_characters=0), counts))
    assert [pair for pair, _ in found] == pairs
    assert counts.num_read == len(pairs) == counts.num_kept + counts.reasons.total()
    tests = {normal_form(item.text) for item in ITEMS}
    for pair, leak in found:
        assert (leak is not None) == bool({normal_form(pair.source), normal_form(pair.target)} & tests)


def test_the_order_of_the_sets_does_not_matter() -> None:
    pair = Pair("Yes.", "Shule imefungwa.")
    assert len({TestSentences(items, min_characters=0).leak(pair) for items in permutations(ITEMS[:4])}) == 1
