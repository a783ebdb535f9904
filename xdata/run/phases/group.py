"""The group phase: groups of kept documents of all languages that must lie in one split.

One rank reads the columns of all documents once for the keys that they share, and their signatures for
those that are nearly the same, and writes the number of its group for every kept document. Keys are hashes of 64 bits:
of a hundred million documents with four keys each, two groups are joined by chance with a probability of about one in
two hundred, which parts none.

In memory are some 70 bytes a document; keys and bands are in files.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata import records
from xdata.dedup.buckets import Buckets
from xdata.dedup.components import alone, join_buckets, numbers_of
from xdata.dedup.near_groups import join_near
from xdata.dedup.pieces import Pieces
from xdata.export import splits
from xdata.export.splits import SplitGroups
from xdata.run.commit import RankOutput
from xdata.run.input_files import InputFiles
from xdata.run.ledger import Group, Ledger
from xdata.run.parts import GroupFacts, GroupPart
from xdata.run.phases.columns import KeptColumns
from xdata.run.task import Task
from xdata.run.work import Planning, Work
from xdata.text.hashes import mix
from xdata.text.hosts import site_of

_SCHEMA = pa.schema([pa.field(records.SPLIT_GROUP, pa.uint64())])
_KEY = np.dtype([("key", "<u8"), ("row", "<u4")])
_COLUMNS = (records.ID, records.URL, records.MADE_FROM, records.GROUPS)
_MOST_SITES, _MOST_URLS = 5, 100_000
"""Sites of the largest group that are named, and its documents that are looked at for that."""


def plan(planning: Planning) -> list[GroupPart]:
    """One rank: groups go over all languages."""
    return [GroupPart()]


def run(task: Task, part: GroupPart, output: RankOutput) -> GroupFacts:
    """Writes the number of the group of each kept document, row by row with the ledger."""
    step, ledger = task.stage.steps[0], Ledger(task)
    assert isinstance(step, SplitGroups)
    scratch = output.scratch("groups")
    columns = KeptColumns(ledger, ledger.groups, language="", totals={}, scratch=scratch)
    num_kept = columns.num_rows if ledger.groups else 0
    numbers, is_new = np.zeros(num_kept, dtype=np.uint64), np.zeros(num_kept, dtype=bool)
    keys = _Keys(step, task.recipe.seed, Pieces(scratch / "keys", _KEY), numbers, is_new)
    for group, decision, kept, rows in columns.decided():
        keys.add(ledger, group, decision, kept, rows)
        tally = output.counts.tallies[group.language]
        tally.read += len(rows)
        tally.kept += len(rows)
    labels = keys.joined(scratch)
    if step.similarity is not None and num_kept:
        join_near(labels, columns, min_similarity=step.similarity)
    labels = labels[:num_kept]
    order = mix(keys.numbers) >> np.uint64(1) | keys.is_new.astype(np.uint64) << np.uint64(63)
    found = numbers_of(labels, keys.numbers, order)  # that of a published document first
    num_groups, largest, sites = _largest(labels, columns)
    return GroupFacts(
        groups=_write(found, columns, output),
        num_groups=num_groups,
        largest=largest,
        sites=sites,
        shared=dict(sorted(keys.shared.items())),
    )


@dataclass
class _Keys:
    """Keys of documents. Rows are those of kept documents, and behind them those of documents that one stays for."""

    step: SplitGroups
    seed: int
    pieces: Pieces
    numbers: npt.NDArray[np.uint64]
    """What each kept document's page, or site, draws."""
    is_new: npt.NDArray[np.bool_]
    """Which kept documents no earlier output has (`--extend`)."""
    num_behind: int = 0
    num_keys: int = 0
    shared: Counter[str] = field(default_factory=Counter)
    """What sources say that documents share -> kept documents of which they say it."""

    def add(
        self,
        ledger: Ledger,
        group: Group,
        decision: pa.Table,
        kept: npt.NDArray[np.bool_],
        rows: npt.NDArray[np.int64],
    ) -> None:
        """Adds the keys of one group, of which some are kept and have these rows."""
        self._add(_text_keys(ledger, group, kept), rows)
        self.is_new[rows] = ledger.read(group, [records.EARLIER])[records.EARLIER].to_numpy()[kept] == 0
        survivors = decision[records.SURVIVOR].to_pylist()
        table = ledger.read(group, _COLUMNS)
        row_of = np.full(len(kept), -1)
        row_of[kept] = rows
        keys: list[int] = []
        owners: list[int] = []
        documents = zip(*(table[name].to_pylist() for name in _COLUMNS), row_of.tolist(), survivors, strict=True)
        for identity, url, made_from, shared, row, survivor in documents:
            if row < 0 and survivor is None:
                continue
            found = splits.keys_of(identity, url, by=self.step.by, translations=self.step.translations)
            if row >= 0:
                self.numbers[row] = splits.draw(self.seed, "splits", found[0])
                self.shared.update({name.partition("=")[0] for name in shared or ()})
            else:
                row = len(self.numbers) + self.num_behind
                self.num_behind += 1
                found = [splits.part_key(survivor), *(found[1:] if self.step.by == "site" else found)]
            found += [splits.part_key(made_from or identity), *map(splits.shared_key, shared or ())]
            if made_from is not None:
                found.append(splits.part_key(identity))
            keys += map(splits.key_hash, found)
            owners += [row] * len(found)
        self._add(np.array(keys, dtype=np.uint64), np.array(owners, dtype=np.int64))

    def joined(self, folder: Path) -> npt.NDArray[np.int64]:
        """The components of rows that share keys."""
        buckets = Buckets(folder / "buckets", self.num_keys)
        for number in self.pieces.numbers:
            found = self.pieces.take(number)
            buckets.add(found["key"], found["row"])
        labels = alone(len(self.numbers) + self.num_behind)
        join_buckets(labels, buckets)
        buckets.close()
        return labels

    def _add(self, keys: npt.NDArray[np.uint64], rows: npt.NDArray[np.int64]) -> None:
        found = np.empty(len(keys), dtype=_KEY)
        found["key"], found["row"] = keys, rows
        self.pieces.append(self.num_keys >> 22, found)
        self.num_keys += len(keys)


def _text_keys(ledger: Ledger, group: Group, kept: npt.NDArray[np.bool_]) -> npt.NDArray[np.uint64]:
    """Half of the hash of the text of each kept document, as cuts left it."""
    hashes = ledger.read_column(group, records.TEXT_HASH).filter(pa.array(kept)).to_pylist()
    return np.frombuffer(b"".join(hashes), dtype="<u8")[::2]


def _largest(labels: npt.NDArray[np.int64], columns: KeptColumns) -> tuple[int, int, dict[str, int]]:
    """(number of groups, documents of the largest one, site -> documents of its most frequent sites)."""
    if not len(labels):
        return 0, 0, {}
    sizes = np.bincount(labels)
    head = int(np.argmax(sizes))
    rows = np.flatnonzero(labels == head)[:_MOST_URLS]
    sites = Counter(site for site in map(site_of, columns.read(records.URL, rows=rows).to_pylist()) if site)
    most = sorted(sites.items(), key=lambda item: (-item[1], item[0]))[:_MOST_SITES]
    return int((sizes > 0).sum()), int(sizes[head]), dict(most)


def _write(numbers: npt.NDArray[np.uint64], columns: KeptColumns, output: RankOutput) -> list[tuple[int, str]]:
    """Writes the number of each kept document: (annotate part, language) of each row group."""
    file = output.parquet(output.own_name("groups"), _SCHEMA)
    written: list[tuple[int, str]] = []
    for group, kept, rows in _kept_rows(columns):
        found = np.zeros(group.num_rows, dtype=np.uint64)
        found[kept] = numbers[rows]
        file.write(pa.table([pa.array(found, mask=~kept)], schema=_SCHEMA))
        written.append((group.part, group.language))
    return written


def _kept_rows(columns: KeptColumns) -> Iterator[tuple[Group, npt.NDArray[np.bool_], npt.NDArray[np.int64]]]:
    for group, _, kept, rows in columns.decided():
        yield group, kept, rows


def _summary(task: Task, inputs: InputFiles) -> str:
    [facts] = task.facts(GroupFacts)
    return f"{facts.num_groups} groups of {task.counts.total.read} documents"


WORK = Work(part=GroupPart, plan=plan, run=run, summary=_summary)
