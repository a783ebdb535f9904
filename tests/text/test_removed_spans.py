import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.text.removed_spans import Range, RemovedSpans, compose, cut_out, faults, seams

LENGTH = 12


def _ranges(mask: list[bool]) -> list[Range]:
    """Runs of true."""
    edges = [
        place for place in range(len(mask) + 1) if [False, *mask, False][place] != [False, *mask, False][place + 1]
    ]
    return list(zip(edges[::2], edges[1::2], strict=True))


_MASKS = st.lists(st.booleans(), min_size=LENGTH, max_size=LENGTH)


@given(_MASKS)
def test_what_is_left_is_what_is_in_no_range(mask: list[bool]) -> None:
    text = "".join(chr(0x1F600 + place) for place in range(LENGTH))
    ranges = _ranges(mask)
    assert cut_out(text, ranges) == "".join(c for c, gone in zip(text, mask, strict=True) if not gone)
    assert faults(ranges, LENGTH) is None
    left = cut_out(text, ranges)
    for place, (start, end) in zip(seams(ranges), ranges, strict=True):
        assert left[:place] == cut_out(text[:start], [one for one in ranges if one[1] <= start])
        assert left[place:] == cut_out(text, ranges)[place:]
        assert text[start:end] not in left


@given(_MASKS, _MASKS)
def test_cuts_one_after_the_other_are_ranges_of_the_whole_text(first: list[bool], then: list[bool]) -> None:
    text = "".join(chr(0x1200 + place) for place in range(LENGTH))
    before = _ranges(first)
    left = cut_out(text, before)
    later = _ranges(then[: len(left)])
    both = compose(before, later)
    assert faults(both, LENGTH) is None
    assert cut_out(text, both) == cut_out(left, later)


@given(st.lists(st.tuples(_MASKS, _MASKS), max_size=5))
def test_so_are_those_of_many_texts(found: list[tuple[list[bool], list[bool]]]) -> None:
    text = "".join(chr(0x4E00 + place) for place in range(LENGTH))
    before = [_ranges(first) for first, _ in found]
    left = [cut_out(text, ranges) for ranges in before]
    later = [_ranges(then[: len(some)]) for (_, then), some in zip(found, left, strict=True)]
    both = RemovedSpans.of(enumerate(before)).then(RemovedSpans.of(enumerate(later))).by_row()
    for row, (some, ranges) in enumerate(zip(left, later, strict=True)):
        assert cut_out(text, both.get(row, ())) == cut_out(some, ranges)


def test_rows_are_found_and_joined() -> None:
    cuts = RemovedSpans.of([(0, [(1, 2), (4, 5)]), (7, [(0, 3)]), (9, [])])
    assert len(cuts) == 3
    assert cuts.where(1, 8).by_row() == {7: [(0, 3)]}
    assert RemovedSpans.joined([cuts.where(0, 1), cuts.where(1, 10)]).by_row() == cuts.by_row()
    assert RemovedSpans.joined([]).by_row() == RemovedSpans.of(()).by_row() == {}


@pytest.mark.parametrize(
    ("ranges", "fault"),
    [
        ([(2, 2)], "a range is empty"),
        ([(0, 3), (2, 4)], "ranges overlap, touch or do not ascend"),
        ([(0, 3), (3, 4)], "ranges overlap, touch or do not ascend"),
        ([(5, 13)], "a range leads out of the 12 code points of the text"),
        ([(-1, 3)], "a range leads out of the 12 code points of the text"),
    ],
)
def test_ranges_that_cannot_be_are_named(ranges: list[Range], fault: str) -> None:
    assert faults(ranges, LENGTH) == fault
