"""The decide phase: which documents are dropped, with reasons, from columns of the ledger alone.

It comes right after the annotate stage, where it drops every document with an error, for any recipe: a document that
never became text, or that a step failed on, is no data. And it may come once more after stages that cluster: then it
decides over the documents that those left, and counts how many there were of each size of cluster, and how many stayed.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata import records
from xdata.errors import RunError, XdataError, one_line
from xdata.export.upsample import SizeCount
from xdata.filters.errors import with_errors
from xdata.recipe.phases import ANNOTATE
from xdata.run.commit import RankOutput
from xdata.run.input_files import InputFiles
from xdata.run.ledger import Group, Ledger, base_column, decided_group
from xdata.run.parts import DecidedGroup, DecideFacts, DecidePart
from xdata.run.phases.shards import whole_runs
from xdata.run.task import Task
from xdata.run.work import Planning, Work
from xdata.step import Drops, Filter, Sample

ERRORS = "errors"
"""Stands for the step where no filter of the recipe drops documents with an error."""
RANK_ROWS = 500_000
"""Documents that one rank decides over after clusters, where it must look at the commits of all ranks before it."""

Reasons = list[dict[str, object]]


def plan(planning: Planning) -> list[DecidePart]:
    """One rank for each annotate part, or for several of them after clusters."""
    task = planning.task
    ledger = Ledger(task)
    if not ledger.is_decided:
        return [DecidePart(parts=(part,)) for part in range(task.before(ANNOTATE).num_parts)]
    rows = [(part, sum(group.num_rows for group in groups)) for part, groups in ledger.groups_by_part.items()]
    return [DecidePart(parts=tuple(parts)) for parts in whole_runs(rows, RANK_ROWS)]


def run(task: Task, part: DecidePart, output: RankOutput) -> DecideFacts:
    """Decides over the documents of some parts, language by language."""
    ledger = Ledger(task)
    filters = [(step, task.open(step)) for step in task.stage.steps if isinstance(step, Filter)]
    drops_errors = not ledger.is_decided and not any(step.drops_errors for step, _ in filters)
    columns = sorted(
        {base_column(path) for step, _ in filters for path in step.reads()}
        | {records.TEXT_BYTES, records.EARLIER, records.ERROR}
    )
    decisions = output.parquet(output.own_name("decision"), records.DECISION_SCHEMA)
    groups: list[DecidedGroup] = []
    sizes = _Sizes()
    for group in (group for number in part.parts for group in ledger.groups_of(number)):
        table = ledger.read(group, columns)
        drops = [
            (step.name, check_drops(step, _decided(step, decide, table), table.num_rows)) for step, decide in filters
        ]
        if drops_errors:
            drops.append((ERRORS, with_errors(table)))
        earlier = table[records.EARLIER].to_numpy()
        before = ledger.read_decision(group) if ledger.is_decided else _undecided(earlier)
        kept_before = np.asarray(before[records.KEPT].to_numpy(zero_copy_only=False))
        reasons = _reasons(drops, earlier, kept_before)
        kept = kept_before & np.array([not found for found in reasons], dtype=bool)
        decisions.write(_with_reasons(before, reasons, kept))
        count(output, group, reasons, kept_before, kept)
        if ledger.is_decided:
            sizes.count(group.language, before, judged=kept_before & (earlier == 0), kept=kept)
        text_bytes = table[records.TEXT_BYTES].to_numpy()
        groups.append(decided_group(group, kept, text_bytes, text_bytes))
    return DecideFacts(groups=groups, sizes=sizes.counts)


def _decided(step: Filter, decide: Callable[[pa.Table], Drops], table: pa.Table) -> Drops:
    """What a filter decides over a table. Raises RunError naming it where it fails, since it sees all rows together."""
    try:
        return decide(table)
    except (XdataError, MemoryError):
        raise
    except Exception as error:
        raise RunError(
            f"filter {step.name!r} failed on a batch of {table.num_rows} documents: {type(error).__name__}: "
            f"{one_line(str(error))}"
        ) from error


def check_drops(step: Filter | Sample, drops: Drops, num_rows: int) -> Drops:
    """What a step gave, if its rows are some of the table and each has its reason. Raises RunError."""
    rows = list(drops.rows)
    lengths = {len(rows), len(drops.reasons), len(drops.values), len(drops.thresholds)}
    if len(lengths) > 1 or any(not 0 <= row < num_rows for row in rows) or rows != sorted(set(rows)):
        raise RunError(f"step {step.name!r} gave drops that are not ascending rows of {num_rows}, each with its reason")
    if not all(isinstance(reason, str) and reason for reason in drops.reasons):
        raise RunError(f"step {step.name!r} gave a reason that is not a word")
    return drops


def reason(step: str, why: str, value: float | None = None, threshold: float | None = None) -> dict[str, object]:
    """One row of `REASON_TYPE`."""
    return {"step": step, "reason": why, "value": value, "threshold": threshold}


def count(
    output: RankOutput,
    group: Group,
    reasons: Sequence[Reasons],
    kept_before: npt.NDArray[np.bool_],
    kept: npt.NDArray[np.bool_],
) -> None:
    """Counts a decided group in the rank's tallies and reasons."""
    tally = output.counts.tallies[group.language]
    tally.read += int(kept_before.sum())
    tally.kept += int(kept.sum())
    tally.dropped += int((kept_before & ~kept).sum())
    for found in reasons:
        output.counts.reasons[group.language].update(str(row["reason"]) for row in found)


def _reasons(
    drops: list[tuple[str, Drops]], earlier: npt.NDArray[np.int32], kept_before: npt.NDArray[np.bool_]
) -> list[Reasons]:
    """All reasons of each row that was there until now, in order of the steps; none for a row that stays, as one of an
    earlier output does."""
    found: list[Reasons] = [[] for _ in earlier]
    asked = kept_before & (earlier == 0)
    for step, dropped in drops:
        rows = zip(dropped.rows, dropped.reasons, dropped.values, dropped.thresholds, strict=True)
        for row, why, value, threshold in rows:
            if asked[row]:
                found[row].append(reason(step, why, value, threshold))
    return found


def _undecided(earlier: npt.NDArray[np.int32]) -> pa.Table:
    """The decision over documents of which none was taken yet: each is there, alone or with those it stood for."""
    num_rows = len(earlier)
    arrays = [
        pa.array(np.ones(num_rows, dtype=bool)),
        pa.array([[]] * num_rows, pa.list_(records.REASON_TYPE)),
        pa.nulls(num_rows, pa.string()),
        pa.array(np.maximum(earlier, 1), pa.int32()),
        pa.nulls(num_rows, pa.string()),
        pa.nulls(num_rows, pa.int32()),
    ]
    return pa.table(arrays, schema=records.DECISION_SCHEMA)


def _with_reasons(before: pa.Table, reasons: Sequence[Reasons], kept: npt.NDArray[np.bool_]) -> pa.Table:
    """The decisions after dropping rows for new reasons; rows dropped before keep theirs."""
    old = before[records.REASONS].to_pylist()
    both = [new or known for new, known in zip(reasons, old, strict=True)]
    new = {records.KEPT: pa.array(kept), records.REASONS: pa.array(both, pa.list_(records.REASON_TYPE))}
    arrays = [new.get(name, before[name]) for name in records.DECISION_SCHEMA.names]
    return pa.table(arrays, schema=records.DECISION_SCHEMA)


class _Sizes:
    """Counts documents of each language by the size of the cluster that they stand for."""

    def __init__(self) -> None:
        self._num: dict[str, Counter[int]] = defaultdict(Counter)
        self._num_kept: dict[str, Counter[int]] = defaultdict(Counter)

    def count(
        self, language: str, before: pa.Table, *, judged: npt.NDArray[np.bool_], kept: npt.NDArray[np.bool_]
    ) -> None:
        """Adds the documents of a group that were judged, and those of them that are kept."""
        sizes = before[records.CLUSTER_SIZE].to_numpy()
        self._num[language].update(sizes[judged].tolist())
        self._num_kept[language].update(sizes[judged & kept].tolist())

    @property
    def counts(self) -> dict[str, list[SizeCount]]:
        """Language -> its sizes in ascending order."""
        return {
            language: [
                SizeCount(size=size, num_documents=num, num_kept=self._num_kept[language][size])
                for size, num in sorted(found.items())
            ]
            for language, found in self._num.items()
            if found
        }


def summary(task: Task, inputs: InputFiles) -> str:
    """How many documents a stage that decides kept."""
    return f"{task.counts.total.kept} of {task.counts.total.read} documents kept"


WORK = Work(part=DecidePart, plan=plan, run=run, summary=summary)
