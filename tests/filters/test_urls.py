import pyarrow as pa

from xdata.context import Context
from xdata.filters.urls import DropUrls


def _rows(step: DropUrls) -> list[tuple[int, str]]:
    table = pa.table({"url_category": pa.array([None, "adult", "mine", "adult"], pa.string())})
    drops = step.open(Context())(table)
    assert list(drops.values) == list(drops.thresholds) == [None] * len(drops.rows)
    return list(zip(drops.rows, drops.reasons, strict=True))


def test_listed_urls_are_dropped_with_their_category_as_the_reason() -> None:
    assert _rows(DropUrls()) == [(1, "url_adult"), (2, "url_mine"), (3, "url_adult")]


def test_other_categories_stay() -> None:
    assert _rows(DropUrls(categories=("mine", "dating"))) == [(2, "url_mine")]
    assert _rows(DropUrls(categories=("dating",))) == []
    assert DropUrls().reads() == {"url_category"}
