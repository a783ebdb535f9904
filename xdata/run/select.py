"""Steps that decide over all documents of a language together: from what they drop to decisions of every document."""

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata import records
from xdata.run.columns import KeptColumns
from xdata.run.decide import check_drops, reason
from xdata.run.ledger import Group
from xdata.step import Drops, Select


def selected(
    step: Select, drops: Drops, columns: KeptColumns
) -> Iterator[tuple[Group, pa.Table, npt.NDArray[np.bool_]]]:
    """The new decision over each group, and which of its rows were dropped just now. Raises RunError."""
    reasons = _reasons(step, check_drops(step, drops, columns.num_rows), columns)
    gone = np.zeros(columns.num_rows, dtype=bool)
    gone[list(reasons)] = True
    for group, decision, kept_before, numbers in columns.decided():
        dropped = np.zeros(len(kept_before), dtype=bool)
        dropped[kept_before] = gone[numbers]
        if dropped.any():
            found = decision[records.REASONS].to_pylist()
            here = numbers[gone[numbers]]
            for row, number in zip(np.flatnonzero(dropped).tolist(), here.tolist(), strict=True):
                found[row] = [reasons[number]]
            decision = _replaced(decision, kept_before & ~dropped, found)
        yield group, decision, dropped


def _reasons(step: Select, drops: Drops, columns: KeptColumns) -> dict[int, dict[str, object]]:
    """Row -> its reason, of the rows that go; documents of an earlier output do not."""
    if not len(drops.rows):
        return {}
    earlier = np.asarray(columns.read(records.EARLIER).to_numpy()) > 0
    rows = zip(drops.rows, drops.reasons, drops.values, drops.thresholds, strict=True)
    return {
        int(row): reason(step.name, why, value, threshold) for row, why, value, threshold in rows if not earlier[row]
    }


def _replaced(decision: pa.Table, kept: npt.NDArray[np.bool_], reasons: list[list[dict[str, object]]]) -> pa.Table:
    """The decision with other columns `kept` and `reasons`."""
    new = {records.KEPT: pa.array(kept), records.REASONS: pa.array(reasons, pa.list_(records.REASON_TYPE))}
    arrays = [new.get(name, decision[name]) for name in decision.column_names]
    return pa.table(arrays, schema=records.DECISION_SCHEMA)
