"""The decide phase: who goes and why, from columns of the ledger alone."""

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata import records
from xdata.errors import RunError
from xdata.run.commit import RankOutput
from xdata.run.ledger import Group, Ledger, base_column, facts_of_group
from xdata.run.task import Part, Task
from xdata.step import Drops, Filter, Select


def plan(task: Task) -> list[Part]:
    """One rank for each annotate part."""
    return [{"part": commit.rank} for commit in task.before("annotate").commits]


def run(task: Task, part: Part, output: RankOutput) -> None:
    """Decides over the documents of one part, language by language."""
    ledger = Ledger(task)
    filters = [(step, step.open()) for step in task.stage.steps if isinstance(step, Filter)]
    columns = sorted(
        {base_column(path) for step, _ in filters for path in step.reads()} | {records.TEXT_BYTES, records.EARLIER}
    )
    decisions = output.parquet(output.own_name("decision"), records.DECISION_SCHEMA)
    output.facts["groups"] = []
    for group in ledger.groups_of(part["part"]):
        table = ledger.read(group, columns)
        drops = [(step.name, check_drops(step, decide(table), table.num_rows)) for step, decide in filters]
        earlier = table[records.EARLIER].to_numpy()
        reasons = _reasons(drops, earlier)
        kept = np.array([not found for found in reasons], dtype=bool)
        decisions.write(_decision(reasons, kept, np.maximum(earlier, 1)))
        count(output, group, reasons, kept)
        text_bytes = table[records.TEXT_BYTES].to_numpy()
        output.facts["groups"].append(facts_of_group(group.part, group.language, kept, text_bytes, text_bytes))


def check_drops(step: Filter | Select, drops: Drops, num_rows: int) -> Drops:
    """What a step gave, if its rows are some of the table and each has its reason. Raises RunError."""
    rows = list(drops.rows)
    lengths = {len(rows), len(drops.reasons), len(drops.values), len(drops.thresholds)}
    if len(lengths) > 1 or any(not 0 <= row < num_rows for row in rows) or rows != sorted(set(rows)):
        raise RunError(f"step {step.name!r} gave drops that are not ascending rows of {num_rows}, each with its reason")
    if not all(isinstance(reason, str) and reason for reason in drops.reasons):
        raise RunError(f"step {step.name!r} gave a reason that is no word")
    return drops


def reason(step: str, why: str, value: float | None = None, threshold: float | None = None) -> dict[str, object]:
    """One row of `REASON_TYPE`."""
    return {"step": step, "reason": why, "value": value, "threshold": threshold}


def count(
    output: RankOutput, group: Group, reasons: list[list[dict[str, object]]], kept: npt.NDArray[np.bool_]
) -> None:
    """Counts a decided group in the rank's tallies and reasons."""
    tally = output.counts.tallies[group.language]
    tally.read += len(reasons)
    tally.kept += int(kept.sum())
    tally.dropped += int((~kept).sum())
    for found in reasons:
        output.counts.reasons[group.language].update(str(row["reason"]) for row in found)


def _reasons(drops: list[tuple[str, Drops]], earlier: npt.NDArray[np.int32]) -> list[list[dict[str, object]]]:
    """All reasons of each row, in order of the steps; none for a row that stays, as one of an earlier output does."""
    found: list[list[dict[str, object]]] = [[] for _ in earlier]
    for step, dropped in drops:
        rows = zip(dropped.rows, dropped.reasons, dropped.values, dropped.thresholds, strict=True)
        for row, why, value, threshold in rows:
            if not earlier[row]:
                found[row].append(reason(step, why, value, threshold))
    return found


def _decision(
    reasons: list[list[dict[str, object]]], kept: npt.NDArray[np.bool_], sizes: npt.NDArray[np.int32]
) -> pa.Table:
    num_rows = len(reasons)
    arrays = [
        pa.array(kept),
        pa.array(reasons, pa.list_(records.REASON_TYPE)),
        pa.nulls(num_rows, pa.string()),
        pa.array(sizes, pa.int32()),
        pa.nulls(num_rows, pa.string()),
    ]
    return pa.table(arrays, schema=records.DECISION_SCHEMA)
