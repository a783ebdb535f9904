"""What a terminal obeys is made visible, JSON stays equal JSON, and columns align in every script."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.terminal import aligned, printable, size, width, wrapped

_WORDS = ("Kiswahili", "فارسی", "हिन्दी", "සිංහල", "አማርኛ", "ไทย", "中文", "ქართული", "e\u0301", "日本語", "")


@given(st.text())
def test_nothing_that_a_terminal_obeys_is_left(text: str) -> None:
    shown = printable(text)
    assert "\n" not in shown
    assert not any(unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp") for character in shown)
    assert printable(shown) == shown


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.lists(st.text())))
def test_json_stays_equal_json(facts: dict[str, object]) -> None:
    text = json.dumps(facts, ensure_ascii=False)
    if not any("\ud800" <= character <= "\udfff" for character in text):
        assert json.loads(printable(text)) == facts


@pytest.mark.parametrize(
    ("text", "columns"), [("abc", 3), ("中文", 4), ("e\u0301", 1), ("ක්\u200dෂ", 2), ("ไทย", 3), ("", 0)]
)
def test_width_counts_the_columns_of_a_terminal(text: str, columns: int) -> None:
    assert width(text) == columns


@given(st.lists(st.tuples(*[st.sampled_from(_WORDS)] * 3), min_size=1), st.sets(st.sampled_from([0, 1])))
def test_cells_of_a_column_begin_or_end_at_one_place(rows: list[tuple[str, ...]], right: set[int]) -> None:
    lines = aligned([(*row, "|") for row in rows], right=sorted(right))
    assert len(lines) == len(rows)
    assert len({width(line) for line in lines}) == 1
    for line, row in zip(lines, rows, strict=True):
        assert line.split() == [*" ".join(row).split(), "|"]


def test_rows_may_have_fewer_cells() -> None:
    assert aligned([("a",), ("bb", "c"), ()]) == ["a", "bb  c", ""]
    assert aligned([]) == []


@pytest.mark.parametrize(
    ("num", "words"), [(0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (12_345_678, "12.3 MB"), (5e15, "5000.0 TB")]
)
def test_sizes_have_a_unit(num: float, words: str) -> None:
    assert size(num) == words


def test_long_lists_are_wrapped_and_indented() -> None:
    lines = wrapped(", ".join(f"step_{number}" for number in range(40)), indent=4)
    assert len(lines) > 1
    assert all(line.startswith("    step_") and len(line) <= 100 for line in lines)
