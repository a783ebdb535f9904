import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from xdata.run.phases.sentences import choose

_ROWS = st.lists(st.tuples(st.integers(0, 2), st.integers(0, 2), st.integers(0, 2), st.integers(0, 5)), max_size=40)


@given(_ROWS)
def test_of_each_sentence_the_one_of_the_least_split_and_order_stays(rows: list[tuple[int, int, int, int]]) -> None:
    columns = np.array(rows, dtype=np.uint64).reshape(-1, 4).T
    high, low, split, order = columns[0], columns[1], columns[2].astype(np.int32), columns[3]
    for row, survivor in enumerate(choose(high, low, split, order).tolist()):
        same = [number for number, other in enumerate(rows) if other[:2] == rows[row][:2]]
        assert survivor in same
        assert rows[survivor][2:] == min(rows[number][2:] for number in same)


def test_no_row_has_no_survivor() -> None:
    nothing = np.empty(0, dtype=np.uint64)
    assert len(choose(nothing, nothing, nothing.astype(np.int32), nothing)) == 0
