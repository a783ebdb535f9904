import pyarrow as pa
import pytest

from xdata.dedup.preference import columns_of, preference

ROWS = {
    "id": [f"{number:032x}" for number in (7 << 96, 3 << 96, 1 << 96, 2 << 96, 9 << 96)],
    "earlier": [0, 0, 0, 1, 0],
    "text_bytes": [10, 10, 99, 1, 10],
    "source": ["b", "a", "c", "c", "b"],
    "date": ["2020-05-01", None, "2019-12", "2024", "2020-04-30T10:00:00Z"],
    "scores.quality": [0.5, None, -0.5, 0.25, 0.75],
}
TABLE = pa.table({**ROWS, "scores.quality": pa.array(ROWS["scores.quality"], pa.float32())})


@pytest.mark.parametrize(
    ("prefer", "sources", "order"),
    [
        ("longest", (), [3, 2, 1, 0, 4]),
        ("oldest", (), [3, 2, 4, 0, 1]),
        ("scores.quality", (), [3, 4, 0, 2, 1]),
        ("longest", ("b", "a"), [3, 0, 4, 1, 2]),
        ("oldest", ("a",), [3, 1, 2, 4, 0]),
    ],
)
def test_documents_are_in_the_order_in_which_they_are_preferred(
    prefer: str, sources: tuple[str, ...], order: list[int]
) -> None:
    keys = preference(TABLE, prefer=prefer, sources=sources)
    assert sorted(range(5), key=lambda row: keys[row]) == order
    assert len(set(keys.tolist())) == 5
    assert columns_of(prefer, sources) <= set(TABLE.column_names)


def test_all_hexadecimal_digits_are_read() -> None:
    ids = ["0123456789abcdef" * 2, "fedcba9876543210" * 2]
    table = pa.table({"id": ids, "earlier": [1, 1], "text_bytes": [2**40, 2**40]})
    assert [hex(key) for key in preference(table).tolist()] == ["0x1234567", "0xfedcba98"]


def test_no_rows_have_no_keys() -> None:
    assert preference(TABLE.slice(0, 0)).tolist() == []
