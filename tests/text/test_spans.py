import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xdata.text.spans import Spans, cumulated

_TEXTS = st.lists(st.lists(st.tuples(st.integers(1, 4), st.integers(0, 3)), max_size=5), max_size=5)
"""Texts, each of ranges: (length, gap behind it)."""


def _spans(texts: list[list[tuple[int, int]]]) -> tuple[Spans, list[list[tuple[int, int]]]]:
    """The ranges of some texts, and what they are made of."""
    place, text_starts = 0, list[int]()
    parts: list[list[tuple[int, int]]] = []
    for ranges in texts:
        text_starts.append(place)
        parts.append([])
        for length, gap in ranges:
            parts[-1].append((place, place + length))
            place += length + gap
        place += 2
    flat = np.array([part for ranges in parts for part in ranges], dtype=np.int64).reshape(-1, 2)
    return Spans.within(flat[:, 0], flat[:, 1], np.array(text_starts, dtype=np.int64)), parts


@given(_TEXTS)
def test_every_range_belongs_to_its_text(texts: list[list[tuple[int, int]]]) -> None:
    spans, parts = _spans(texts)
    assert len(spans) == sum(map(len, parts))
    assert spans.counts.tolist() == [len(ranges) for ranges in parts]
    assert spans.texts.tolist() == [number for number, ranges in enumerate(parts) for _ in ranges]
    assert spans.lengths.tolist() == [end - start for ranges in parts for start, end in ranges]


@given(_TEXTS)
def test_sums_and_shares_are_of_each_text(texts: list[list[tuple[int, int]]]) -> None:
    spans, parts = _spans(texts)
    assert spans.sums(spans.lengths).tolist() == [sum(end - start for start, end in ranges) for ranges in parts]
    longer = [[end - start > 2 for start, end in ranges] for ranges in parts]
    assert spans.shares(spans.lengths > 2).tolist() == [sum(found) / max(len(found), 1) for found in longer]


@given(_TEXTS)
def test_a_selection_keeps_the_texts(texts: list[list[tuple[int, int]]]) -> None:
    spans, parts = _spans(texts)
    odd = spans.select(spans.lengths % 2 == 1)
    assert odd.counts.tolist() == [sum((end - start) % 2 for start, end in ranges) for ranges in parts]
    flat = [part for ranges in parts for part in ranges if (part[1] - part[0]) % 2]
    assert list(zip(odd.starts.tolist(), odd.ends.tolist(), strict=True)) == flat


def test_cumulated_sums_are_one_more_than_values() -> None:
    assert cumulated(np.array([3, 4, 5])).tolist() == [0, 3, 7, 12]
    assert cumulated(np.array([], dtype=bool)).tolist() == [0]
    assert cumulated(np.ones(300, dtype=np.uint8))[-1] == 300
