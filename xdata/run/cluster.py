"""The cluster phase: what is decided over all documents of a language together.

A cluster step says which documents are one, and which of those stays; a select step, which documents go (see
`xdata.run.select`). One rank has whole languages: a large one, or several small ones. It reads the columns that its
step needs of the documents that are still kept, and writes a decision for every document, kept or not.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xdata import records
from xdata.errors import RunError
from xdata.run.columns import KeptColumns
from xdata.run.commit import RankOutput
from xdata.run.decide import reason
from xdata.run.ledger import Group, Ledger, facts_of_group
from xdata.run.select import selected
from xdata.run.task import Part, Task
from xdata.step import Cluster, Select, Step

RANK_ROWS = 100_000
"""Documents that make languages worth a rank of their own."""

Decision = tuple[Group, pa.Table, npt.NDArray[np.bool_]]
"""A group, the new decision over it, and which of its rows were dropped just now."""


def plan(task: Task) -> list[Part]:
    """Ranks of one large language or several small ones; languages of which nothing is kept need none."""
    ledger = Ledger(task)
    rows: dict[str, int] = {}
    for (_, language), decided in ledger.decided.items():
        rows[language] = rows.get(language, 0) + decided.kept_rows
    parts: list[Part] = []
    languages: list[str] = []
    size = 0
    for language, num_rows in sorted(rows.items()):
        if num_rows == 0:
            continue
        if languages and size + num_rows > RANK_ROWS:
            parts.append({"languages": languages})
            languages, size = [], 0
        languages, size = [*languages, language], size + num_rows
    return [*parts, {"languages": languages}] if languages else parts


def run(task: Task, part: Part, output: RankOutput) -> None:
    """Decides over the documents of some languages, one after the other."""
    step, ledger = task.stage.steps[0], Ledger(task)
    decide = _open(step)
    decisions = output.parquet(output.own_name("decision"), records.DECISION_SCHEMA)
    output.facts["groups"] = []
    by_language = {
        language: [group for group in ledger.groups if group.language == language] for language in part["languages"]
    }
    # a language of its own rank may be too large to hold its signatures; each column is then one pass over the parts
    wanted = {*(step.reads() if len(by_language) > 1 else ()), records.ID, records.TEXT_BYTES, records.EARLIER}
    ledger.hold([group for groups in by_language.values() for group in groups], sorted(wanted))
    for language, groups in by_language.items():
        columns = KeptColumns(ledger, groups, language=language, totals=ledger.kept_bytes)
        for group, decision, dropped in decide(columns):
            decisions.write(decision)
            count_decided(output, ledger, group, decision, dropped)


def _open(step: Step) -> Callable[[KeptColumns], Iterator[Decision]]:
    """Function from the columns of a language to the new decisions over it."""
    if isinstance(step, Select):
        select = step.open()
        return lambda columns: selected(step, select(columns), columns)
    assert isinstance(step, Cluster)
    cluster = step.open()
    return lambda columns: _decide(step, cluster(columns), columns)


def count_decided(
    output: RankOutput,
    ledger: Ledger,
    group: Group,
    decision: pa.Table,
    dropped: npt.NDArray[np.bool_],
    *,
    left_bytes: npt.NDArray[np.int64] | None = None,
) -> None:
    """Counts a decided group in the rank's facts, tallies and reasons.

    `left_bytes` are what is left of its texts, as the stages before left them unless given.
    """
    kept = np.asarray(decision[records.KEPT].to_numpy(zero_copy_only=False))
    text_bytes = ledger.read(group, [records.TEXT_BYTES])[records.TEXT_BYTES].to_numpy()
    if left_bytes is None:
        left_bytes = ledger.read_column(group, records.TEXT_BYTES).to_numpy()
    output.facts["groups"].append(facts_of_group(group.part, group.language, kept, text_bytes, left_bytes))
    tally = output.counts.tallies[group.language]
    tally.read += int(kept.sum() + dropped.sum())
    tally.kept += int(kept.sum())
    tally.dropped += int(dropped.sum())
    found = pc.list_flatten(decision[records.REASONS].filter(pa.array(dropped)))
    output.counts.reasons[group.language].update(pc.struct_field(found, "reason").to_pylist())


def _checked(step: Cluster, survivors: npt.NDArray[np.int64], num_rows: int) -> npt.NDArray[np.int64]:
    """What a step gave, if it is a row for each row and each survivor is its own. Raises RunError."""
    found = np.asarray(survivors)
    if found.shape != (num_rows,) or (num_rows and not np.issubdtype(found.dtype, np.integer)):
        raise RunError(f"step {step.name!r} gave {found.dtype} {found.shape} as the survivors of {num_rows} rows")
    found = found.astype(np.int64)
    if num_rows and (found.min() < 0 or found.max() >= num_rows or (found[found] != found).any()):
        raise RunError(f"step {step.name!r} gave survivors that are no rows, or that do not survive themselves")
    return found


@dataclass(frozen=True)
class Clusters:
    """What a step made of the kept documents of one language; rows are those of `KeptColumns`."""

    survivors: npt.NDArray[np.int64]
    """Row of the survivor of each row."""
    ids: npt.NDArray[np.bytes_]
    sizes: npt.NDArray[np.int64]
    """Documents that the cluster of each row stands for, those of earlier stages counted."""

    @classmethod
    def of(cls, columns: KeptColumns, survivors: npt.NDArray[np.int64]) -> "Clusters":
        """From the survivors, with the sizes that earlier stages gave."""
        ids = np.asarray(columns.read(records.ID).to_pylist(), dtype="S32")
        sizes = np.bincount(survivors, weights=_earlier_sizes(columns), minlength=len(survivors)).astype(np.int64)
        return cls(survivors, ids, sizes[survivors])

    @property
    def kept(self) -> npt.NDArray[np.bool_]:
        """Which rows are survivors."""
        kept: npt.NDArray[np.bool_] = self.survivors == np.arange(len(self.survivors))
        return kept

    def id_of(self, row: int | np.integer[Any]) -> str:
        return str(self.ids[row].decode("ascii"))

    @cached_property
    def of_earlier(self) -> dict[str, tuple[str, int]]:
        """Id of a row that may be an earlier stage's survivor -> its survivor now, and the size of their cluster."""
        rows = np.flatnonzero(self.sizes > 1)
        return {self.id_of(row): (self.id_of(self.survivors[row]), int(self.sizes[row])) for row in rows}


def _decide(step: Cluster, survivors: npt.NDArray[np.int64], columns: KeptColumns) -> Iterator[Decision]:
    """The new decision over each group, from the survivor of each row."""
    clusters = Clusters.of(columns, _checked(step, survivors, columns.num_rows))
    for group, before, kept_before, numbers in columns.decided():
        decision = before.to_pydict()
        rows = np.flatnonzero(kept_before)
        kept = kept_before.copy()
        kept[rows] = clusters.kept[numbers]
        for row, number in zip(rows.tolist(), numbers.tolist(), strict=True):
            decision[records.CLUSTER_SIZE][row] = int(clusters.sizes[number])
            if not kept[row]:
                decision[records.SURVIVOR][row] = clusters.id_of(clusters.survivors[number])
                decision[records.REASONS][row] = [reason(step.name, step.reason)]
        for row in np.flatnonzero(~kept_before).tolist():
            survivor = decision[records.SURVIVOR][row]
            if survivor in clusters.of_earlier:
                decision[records.SURVIVOR][row], decision[records.CLUSTER_SIZE][row] = clusters.of_earlier[survivor]
        decision[records.KEPT] = kept
        yield group, pa.table(decision, schema=records.DECISION_SCHEMA), kept_before & ~kept


def _earlier_sizes(columns: KeptColumns) -> npt.NDArray[np.int64]:
    """Documents that each row stands for, as earlier stages say."""
    sizes = [decision[records.CLUSTER_SIZE].to_numpy()[kept] for _, decision, kept, _ in columns.decided()]
    return np.concatenate(sizes).astype(np.int64)
