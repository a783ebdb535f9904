"""The cluster phase: decisions over all documents of a language together.

A cluster step finds which documents are duplicates of each other, and which of them is kept; a sample step, which
documents are dropped (see `sample`). A rank has whole languages: a large one, or several small ones. It reads the
columns that its step needs of the documents that are still kept, and writes a decision for every document.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xdata import records
from xdata.errors import RunError
from xdata.run.commit import RankOutput
from xdata.run.ledger import Group, Ledger, decided_group
from xdata.run.parts import ClusterFacts, DecidedGroup, LanguagesPart
from xdata.run.phases.clusters import Clusters
from xdata.run.phases.columns import KeptColumns
from xdata.run.phases.decide import reason, summary
from xdata.run.phases.sample import selected
from xdata.run.task import Task
from xdata.run.work import Planning, Work
from xdata.step import Cluster, ReferenceMatches, Sample, Step, Survivors

RANK_ROWS = 100_000
"""Documents that make languages worth a rank of their own."""
_ROWS_AT_A_TIME = 1 << 20

Decision = tuple[Group, pa.Table, npt.NDArray[np.bool_]]
"""A group, the new decision over it, and which of its rows were dropped just now."""


def plan(planning: Planning) -> list[LanguagesPart]:
    """Ranks of one large language or several small ones; languages of which nothing is kept need none."""
    ledger = Ledger(planning.task)
    rows: dict[str, int] = {}
    for (_, language), decided in ledger.decided.items():
        rows[language] = rows.get(language, 0) + decided.kept_rows
    parts: list[LanguagesPart] = []
    languages: list[str] = []
    size = 0
    for language, num_rows in sorted(rows.items()):
        if num_rows == 0:
            continue
        if languages and size + num_rows > RANK_ROWS:
            parts.append(LanguagesPart(languages=tuple(languages)))
            languages, size = [], 0
        languages, size = [*languages, language], size + num_rows
    return [*parts, LanguagesPart(languages=tuple(languages))] if languages else parts


def run(task: Task, part: LanguagesPart, output: RankOutput) -> ClusterFacts:
    """Decides over the documents of some languages, one after the other."""
    step, ledger = task.stage.steps[0], Ledger(task)
    large: list[dict[str, object]] = []
    decide = _open(task, step, large)
    decisions = output.parquet(output.own_name("decision"), records.DECISION_SCHEMA)
    decided: list[DecidedGroup] = []
    by_language = {
        language: [group for group in ledger.groups if group.language == language] for language in part.languages
    }
    if len(by_language) > 1:  # one alone may be too large to be held: each column is then one pass over the parts
        wanted = {*(step.reads() - step.reads_of_few()), records.ID, records.TEXT_BYTES, records.EARLIER}
        ledger.hold([group for groups in by_language.values() for group in groups], sorted(wanted))
    for language, groups in by_language.items():
        scratch = output.scratch(language)
        columns = KeptColumns(ledger, groups, language=language, totals=ledger.kept_bytes, scratch=scratch)
        for group, decision, dropped in decide(columns):
            decisions.write(decision)
            decided.append(count_decided(output, ledger, group, decision, dropped))
    return ClusterFacts(groups=decided, large_clusters=large)


def _open(task: Task, step: Step, large: list[dict[str, object]]) -> Callable[[KeptColumns], Iterator[Decision]]:
    """Function from the columns of a language to the new decisions over it; large clusters are added to `large`."""
    if isinstance(step, Sample):
        select = task.open(step)
        return lambda columns: selected(step, select(columns), columns)
    assert isinstance(step, Cluster)
    cluster = task.open(step)

    def decide(columns: KeptColumns) -> Iterator[Decision]:
        clusters = Clusters(columns, _checked(step, cluster(columns), columns.num_rows))
        large.extend(clusters.large())
        return _decide(step, clusters, columns)

    return decide


def count_decided(
    output: RankOutput,
    ledger: Ledger,
    group: Group,
    decision: pa.Table,
    dropped: npt.NDArray[np.bool_],
    *,
    left_bytes: npt.NDArray[np.int64] | None = None,
) -> DecidedGroup:
    """Counts a decided group in the rank's tallies and reasons; its facts.

    `left_bytes` are what is left of its texts, as the stages before left them unless given.
    """
    kept = np.asarray(decision[records.KEPT].to_numpy(zero_copy_only=False))
    text_bytes = ledger.read(group, [records.TEXT_BYTES])[records.TEXT_BYTES].to_numpy()
    if left_bytes is None:
        left_bytes = ledger.read_column(group, records.TEXT_BYTES).to_numpy()
    tally = output.counts.tallies[group.language]
    tally.read += int(kept.sum() + dropped.sum())
    tally.kept += int(kept.sum())
    tally.dropped += int(dropped.sum())
    found = pc.list_flatten(decision[records.REASONS].filter(pa.array(dropped)))
    output.counts.reasons[group.language].update(pc.struct_field(found, "reason").to_pylist())
    return decided_group(group, kept, text_bytes, left_bytes)


def _checked(step: Cluster, found: npt.NDArray[np.integer[Any]] | Survivors, num_rows: int) -> Survivors:
    """What a step gave, if it is a row for each row and each survivor is its own. Raises RunError."""
    given = found if isinstance(found, Survivors) else Survivors(found)
    rows = np.asarray(given.rows)
    if rows.shape != (num_rows,) or (num_rows and not np.issubdtype(rows.dtype, np.integer)):
        raise RunError(f"step {step.name!r} gave {rows.dtype} {rows.shape} as the survivors of {num_rows} rows")
    for start in range(0, num_rows, _ROWS_AT_A_TIME):
        some = rows[start : start + _ROWS_AT_A_TIME]
        if some.min() < 0 or some.max() >= num_rows or (rows[some] != some).any():
            raise RunError(f"step {step.name!r} gave survivors that are no rows, or that do not survive themselves")
    if given.references is not None:
        _check_references(step, given.references, rows)
    return replace(given, rows=rows)


def _check_references(step: Cluster, matches: ReferenceMatches, survivors: npt.NDArray[np.integer[Any]]) -> None:
    """Raises RunError for rows that are none, do not ascend, or survive in another row or for one."""
    rows = np.asarray(matches.rows)
    if len({len(rows), len(matches.ids), len(matches.corpora)}) > 1 or (np.diff(rows) <= 0).any():
        raise RunError(f"step {step.name!r} gave copies of references that are not ascending rows, each with one")
    if len(rows) and (rows[0] < 0 or rows[-1] >= len(survivors) or (survivors[rows] != rows).any()):
        raise RunError(f"step {step.name!r} gave copies of references that are no rows, or have another survivor")


def _decide(step: Cluster, clusters: Clusters, columns: KeptColumns) -> Iterator[Decision]:
    """The new decision over each group, from the survivor of each row."""
    why = {
        step.reason: reason(step.name, step.reason),
        records.REFERENCE: reason(step.name, f"reference_{step.reason}"),
    }
    for group, before, kept_before, numbers in columns.decided():
        rows = np.flatnonzero(kept_before)
        sizes = before[records.CLUSTER_SIZE].to_numpy().copy()
        sizes[rows] = clusters.sizes[numbers]
        names = before[records.SURVIVOR].to_pylist()
        known, corpora = before[records.REFERENCE].to_pylist(), before[records.REFERENCE_CORPUS].to_pylist()
        gone = np.flatnonzero(~clusters.kept(numbers))
        copied = clusters.survivors(numbers[gone]) != numbers[gone]
        for row, survivor in zip(rows[gone[copied]], clusters.names_of_survivors(numbers[gone[copied]]), strict=True):
            names[row] = survivor
        for row, found in zip(rows[gone[~copied]], clusters.references_of(numbers[gone[~copied]]), strict=True):
            known[row], corpora[row] = found
        merged = [row for row in np.flatnonzero(~kept_before).tolist() if names[row] is not None]
        for row, now in zip(merged, clusters.now([names[row] for row in merged]), strict=True):
            if now is not None:
                names[row], sizes[row] = now
        reasons = before[records.REASONS]
        for some, what in ((rows[gone[copied]], step.reason), (rows[gone[~copied]], records.REFERENCE)):
            reasons = _with_reason(reasons, some, why[what])
        kept, dropped = kept_before.copy(), np.zeros(len(kept_before), dtype=bool)
        kept[rows[gone]], dropped[rows[gone]] = False, True
        new = {
            records.KEPT: pa.array(kept),
            records.REASONS: reasons,
            records.SURVIVOR: pa.array(names, pa.string()),
            records.CLUSTER_SIZE: pa.array(sizes, pa.int32()),
            records.REFERENCE: pa.array(known, pa.string()),
            records.REFERENCE_CORPUS: pa.array(corpora, pa.int32()),
        }
        yield group, pa.table([new[name] for name in records.DECISION_SCHEMA.names], records.DECISION_SCHEMA), dropped


def _with_reason(before: pa.ChunkedArray, rows: npt.NDArray[np.int64], why: dict[str, object]) -> pa.ChunkedArray:
    """The reasons of each row; some rows have this one."""
    if not len(rows):
        return before
    both = pa.chunked_array([*before.chunks, pa.array([[why]], before.type)], type=before.type).combine_chunks()
    places = np.arange(len(before))
    places[rows] = len(before)
    return pa.chunked_array([both.take(pa.array(places))])


WORK = Work(part=LanguagesPart, plan=plan, run=run, summary=summary)
