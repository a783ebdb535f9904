"""Steps that decide over all documents of a language together: from what they drop to decisions of every document."""

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata import records
from xdata.run.ledger import Group
from xdata.run.phases.columns import KeptColumns
from xdata.run.phases.decide import check_drops, reason
from xdata.step import Drops, Sample


def selected(
    step: Sample, drops: Drops, columns: KeptColumns
) -> Iterator[tuple[Group, pa.Table, npt.NDArray[np.bool_]]]:
    """The new decision over each group, and which of its rows were dropped just now. Raises RunError."""
    reasons = _reasons(step, check_drops(step, drops, columns.num_rows), columns)
    gone = np.zeros(columns.num_rows, dtype=bool)
    gone[list(reasons)] = True
    for group, decision, kept_before, numbers in columns.decided():
        dropped = np.zeros(len(kept_before), dtype=bool)
        dropped[kept_before] = gone[numbers]
        if dropped.any():
            here = zip(np.flatnonzero(dropped).tolist(), numbers[gone[numbers]].tolist(), strict=True)
            decision = with_drops(decision, {row: reasons[number] for row, number in here})
        yield group, decision, dropped


def _reasons(step: Sample, drops: Drops, columns: KeptColumns) -> dict[int, dict[str, object]]:
    """Row -> its reason, of the rows that go; documents of an earlier output do not."""
    if not len(drops.rows):
        return {}
    earlier = np.asarray(columns.read(records.EARLIER).to_numpy()) > 0
    rows = zip(drops.rows, drops.reasons, drops.values, drops.thresholds, strict=True)
    return {
        int(row): reason(step.name, why, value, threshold) for row, why, value, threshold in rows if not earlier[row]
    }


def with_drops(decision: pa.Table, drops: Mapping[int, dict[str, object]]) -> pa.Table:
    """The decision over a group when some of its rows go, each for a reason."""
    kept = np.array(decision[records.KEPT].to_numpy(zero_copy_only=False))
    reasons = decision[records.REASONS].to_pylist()
    for row, why in drops.items():
        kept[row], reasons[row] = False, [why]
    new = {records.KEPT: pa.array(kept), records.REASONS: pa.array(reasons, pa.list_(records.REASON_TYPE))}
    arrays = [new.get(name, decision[name]) for name in decision.column_names]
    return pa.table(arrays, schema=records.DECISION_SCHEMA)
