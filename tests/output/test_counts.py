from hypothesis import given
from hypothesis import strategies as st

from xdata.output.counts import MOST_KINDS, MOST_NAMED, MOST_NAMED_IN_ALL, Counts, Tally

_tallies = st.builds(Tally, *(st.integers(0, 1000) for _ in range(5)))


@given(st.lists(st.dictionaries(st.sampled_from(["swh_Latn", "und"]), _tallies), max_size=4))
def test_sums_of_parts_are_the_sums_of_their_tallies(parts: list[dict[str, Tally]]) -> None:
    counts = []
    for tallies in parts:
        one = Counts()
        for code, tally in tallies.items():
            one.tallies[code].add(tally)
        counts.append(one.to_data())
    total = Counts.sum(counts)
    for name in ("read", "made", "kept", "dropped", "merged"):
        expected = sum(getattr(tally, name) for tallies in parts for tally in tallies.values())
        assert getattr(total.total, name) == expected
    assert Counts.sum([total.to_data()]).to_data() == total.to_data()


def test_reasons_skips_and_names_add_up() -> None:
    one = Counts()
    one.reasons["swh_Latn"]["too_few_words"] += 2
    one.reasons["mlt_Latn"]["unused"] += 0
    one.skipped["request"] += 3
    one.name_unreadable(path="a", offset=1)
    one.name_failed(id="x", step="s", error="gone")
    total = Counts.sum([one.to_data(), one.to_data()])
    data = total.to_data()
    assert data["reasons"] == {"swh_Latn": {"too_few_words": 4}}
    assert data["skipped"] == {"request": 6}
    assert (data["num_unreadable"], len(data["unreadable"])) == (2, 2)
    assert (total.num_failed, len(data["failed"])) == (2, 2)
    assert (total.failures["s"].num, total.failures["s"].first_error) == (2, "gone")


def test_names_are_bounded_and_numbers_are_not() -> None:
    counts = Counts()
    for offset in range(MOST_NAMED + 5):
        counts.name_unreadable(offset=offset)
    assert (counts.num_unreadable, len(counts.unreadable)) == (MOST_NAMED + 5, MOST_NAMED)
    assert Tally(read=2, made=1, kept=1, dropped=1, merged=1).adds_up()
    assert not Tally(read=2, kept=1).adds_up()


def test_kinds_of_what_is_skipped_are_bounded_and_their_number_is_kept() -> None:
    counts = Counts()
    for number in range(MOST_KINDS + 5):
        counts.count_skipped(f"media_type_{number}")
    counts.count_skipped("media_type_0")
    assert len(counts.skipped) == MOST_KINDS + 1
    assert (counts.skipped["other"], counts.skipped["media_type_0"]) == (5, 2)
    total = Counts.sum([counts.to_data(), counts.to_data()])
    assert total.skipped.total() == 2 * (MOST_KINDS + 6)


def test_a_whole_run_names_so_many_and_no_more() -> None:
    one = Counts()
    for offset in range(MOST_NAMED):
        one.name_unreadable(offset=offset)
    total = Counts.sum([one.to_data()] * 13)
    assert (total.num_unreadable, len(total.unreadable)) == (13 * MOST_NAMED, MOST_NAMED_IN_ALL)


def test_changes_add_up_and_their_kinds_are_bounded() -> None:
    counts = Counts()
    counts.count_change("lines.few_words", 3)
    for number in range(MOST_KINDS + 5):
        counts.count_change(f"own.form_{number}", 2)
    total = Counts.sum([counts.to_data(), counts.to_data()])
    assert total.changes["lines.few_words"] == 6
    assert len(total.changes) <= MOST_KINDS + 1
    assert total.changes.total() == 2 * (3 + 2 * (MOST_KINDS + 5))
