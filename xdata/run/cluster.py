"""The cluster phase: which documents of a language are one, and which of those stays.

One rank has whole languages: a large one, or several small ones. It reads the columns that its step needs of the
documents that are still kept, and writes a decision for every document, kept or not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata import records
from xdata.errors import RunError
from xdata.run.commit import RankOutput
from xdata.run.decide import reason
from xdata.run.ledger import Group, Ledger, base_column, facts_of_group
from xdata.run.task import Part, Task
from xdata.step import Cluster

RANK_ROWS = 100_000
"""Documents that make languages worth a rank of their own."""


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
    """Clusters the documents of some languages, one after the other."""
    step = task.stage.steps[0]
    assert isinstance(step, Cluster)
    ledger, cluster = Ledger(task), step.open()
    decisions = output.parquet(output.own_name("decision"), records.DECISION_SCHEMA)
    output.facts["groups"] = []
    by_language = {
        language: [group for group in ledger.groups if group.language == language] for language in part["languages"]
    }
    # a language of its own rank may be too large to hold its signatures; each column is then one pass over the parts
    wanted = {*(step.reads() if len(by_language) > 1 else ()), records.ID, records.TEXT_BYTES}
    ledger.hold([group for groups in by_language.values() for group in groups], sorted(wanted))
    for language, groups in by_language.items():
        columns = KeptColumns(ledger, groups)
        survivors = _checked(step, cluster(columns), columns.num_rows)
        clusters = Clusters.of(columns, survivors, _earlier_sizes(ledger, groups, columns))
        for group, decision, dropped in _decide(step, ledger, groups, columns, clusters):
            decisions.write(decision)
            kept = np.asarray(decision[records.KEPT].to_numpy(zero_copy_only=False))
            text_bytes = ledger.read(group, [records.TEXT_BYTES])[records.TEXT_BYTES].to_numpy()
            output.facts["groups"].append(facts_of_group(group.part, group.language, kept, text_bytes))
            tally = output.counts.tallies[language]
            tally.read += int(kept.sum() + dropped.sum())
            tally.kept += int(kept.sum())
            tally.dropped += int(dropped.sum())
            output.counts.reasons[language][step.reason] += int(dropped.sum())


def _checked(step: Cluster, survivors: npt.NDArray[np.int64], num_rows: int) -> npt.NDArray[np.int64]:
    """What a step gave, if it is a row for each row and each survivor is its own. Raises RunError."""
    found = np.asarray(survivors)
    if found.shape != (num_rows,) or (num_rows and not np.issubdtype(found.dtype, np.integer)):
        raise RunError(f"step {step.name!r} gave {found.dtype} {found.shape} as the survivors of {num_rows} rows")
    found = found.astype(np.int64)
    if num_rows and (found.min() < 0 or found.max() >= num_rows or (found[found] != found).any()):
        raise RunError(f"step {step.name!r} gave survivors that are no rows, or that do not survive themselves")
    return found


class KeptColumns:
    """Columns of the documents of one language that are still kept, in order of part and row."""

    def __init__(self, ledger: Ledger, groups: list[Group]) -> None:
        self._ledger = ledger
        self._groups = groups
        self.kept = [
            np.asarray(ledger.read_decision(group)[records.KEPT].to_numpy(zero_copy_only=False)) for group in groups
        ]
        """Of each group, which of its rows are kept."""

    @cached_property
    def num_rows(self) -> int:
        return int(sum(kept.sum() for kept in self.kept))

    def read(self, path: str, *, rows: npt.NDArray[np.int64] | None = None) -> pa.ChunkedArray:
        """One column of all kept rows, or of some of them (ascending)."""
        base = base_column(path)
        chunks, begin = [], 0
        for group, kept in zip(self._groups, self.kept, strict=True):
            places = np.flatnonzero(kept)
            end = begin + len(places)
            if rows is not None:
                first, last = np.searchsorted(rows, [begin, end])
                places = places[rows[first:last] - begin]
            begin = end
            if not len(places):
                continue
            if base == records.SIGNATURES:
                column = self._ledger.read_signature(group, path.removeprefix(f"{base}."))
            else:
                column = self._ledger.read(group, [base])[base]
            chunks.extend(column.take(places).chunks)
        return pa.chunked_array(chunks)


@dataclass(frozen=True)
class Clusters:
    """What a step made of the kept documents of one language; rows are those of `KeptColumns`."""

    survivors: npt.NDArray[np.int64]
    """Row of the survivor of each row."""
    ids: npt.NDArray[np.bytes_]
    sizes: npt.NDArray[np.int64]
    """Documents that the cluster of each row stands for, those of earlier stages counted."""

    @classmethod
    def of(cls, columns: KeptColumns, survivors: npt.NDArray[np.int64], earlier: npt.NDArray[np.int64]) -> "Clusters":
        """From the survivors and the sizes that earlier stages gave."""
        ids = np.asarray(columns.read(records.ID).to_pylist(), dtype="S32")
        sizes = np.bincount(survivors, weights=earlier, minlength=len(survivors)).astype(np.int64)
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


def _decide(
    step: Cluster, ledger: Ledger, groups: list[Group], columns: KeptColumns, clusters: Clusters
) -> Iterator[tuple[Group, pa.Table, npt.NDArray[np.bool_]]]:
    """The new decision over each group, and which of its rows were dropped just now."""
    begin = 0
    for group, kept_before in zip(groups, columns.kept, strict=True):
        decision = ledger.read_decision(group).to_pydict()
        rows = np.flatnonzero(kept_before)
        here = np.arange(begin, begin + len(rows))
        begin += len(rows)
        kept = kept_before.copy()
        kept[rows] = clusters.kept[here]
        for row, number in zip(rows.tolist(), here.tolist(), strict=True):
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


def _earlier_sizes(ledger: Ledger, groups: list[Group], columns: KeptColumns) -> npt.NDArray[np.int64]:
    sizes = [
        ledger.read_decision(group)[records.CLUSTER_SIZE].to_numpy()[kept]
        for group, kept in zip(groups, columns.kept, strict=True)
    ]
    return np.concatenate(sizes).astype(np.int64)
