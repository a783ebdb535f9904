import pyarrow as pa
import pytest

from xdata.context import Context
from xdata.filters.domains import KeepDomains
from xdata.filters.thresholds import Threshold


def test_other_domains_are_dropped_and_unstated_ones_kept() -> None:
    step = KeepDomains(domains=("medicine", "ලේඛන"))
    table = pa.table({"domain": pa.array([None, "medicine", "news", "ලේඛන", ""], pa.string())})
    drops = step.open(Context())(table)
    assert list(drops.rows) == [2, 4]
    assert set(drops.reasons) == {"domain_not_requested"}
    assert list(drops.values) == list(drops.thresholds) == [None, None]
    assert step.reads() == {"domain"}


def test_an_empty_table_drops_nothing() -> None:
    assert list(KeepDomains(domains=("a",)).open(Context())(pa.table({"domain": pa.array([], pa.string())})).rows) == []


def test_some_domain_must_be_named() -> None:
    with pytest.raises(ValueError, match="at least 1 item"):
        KeepDomains(domains=())


@pytest.mark.parametrize(("without", "rows"), [(None, [0, 1, 2]), ("domain", [1]), ("license", [2])])
def test_a_threshold_may_apply_only_to_documents_without_a_field(without: str | None, rows: list[int]) -> None:
    step = Threshold.model_validate(
        {"score": "scores.quality", "reason": "unlikely", "min_value": 0.5, "without": without}
    )
    scores = pa.array([{"quality": value} for value in (0.1, 0.1, 0.1, 0.9)], pa.struct([("quality", pa.float32())]))
    table = pa.table(
        {
            "scores": scores,
            "domain": pa.array(["law", None, "law", None], pa.string()),
            "license": ["CC0-1.0", "CC0-1.0", "unknown", "unknown"],
        }
    )
    assert list(step.open(Context())(table).rows) == rows
    assert step.reads() == {"scores.quality", *([without] if without else [])}
