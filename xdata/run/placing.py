"""Which config, split and tier of the output each kept document goes to, from columns of the ledger.

The driver looks through the ledger once for each thing that the whole corpus decides: the names of domains, and the
numbers below which a document of train is in a subset. Ranks are told both and place their documents by themselves.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata.export import splits
from xdata.export.splits import TRAIN, WHOLE, SplitExport
from xdata.records import DOMAIN, ID, KEPT, SPLIT_GROUP, TEXT_BYTES
from xdata.run.ledger import Group, Ledger
from xdata.run.shards import Sizes

COLUMNS = (ID, DOMAIN, SPLIT_GROUP)
"""Columns that decide where a document goes."""


@dataclass(frozen=True, order=True)
class Place:
    """Where a document goes."""

    config: str
    split: str
    tier: int = 0
    """Number of the smallest subset of train that it is in."""


@dataclass(frozen=True)
class Placing:
    """The places of the documents of a corpus."""

    export: SplitExport
    seed: int
    domains: Mapping[str, str] | None = None
    """Domain -> its part of a config's name; None where domains make no configs."""
    limits: Mapping[str, Sequence[int]] | None = None
    """Config -> the largest number drawn in each of its subsets; None where there are none."""

    @classmethod
    def plan(cls, export: SplitExport, seed: int, ledger: Ledger) -> "Placing":
        """Finds out what the whole corpus decides. Takes some 24 bytes for each document of train where
        there are subsets."""
        domains = name_domains(export, ledger)
        placing = cls(export, seed, domains)
        return cls(export, seed, domains, placing._find_limits(ledger) if export.subsets else None)

    def to_data(self) -> dict[str, Any]:
        """What ranks must be told, as JSON has it."""
        return {"domains": self.domains, "limits": self.limits}

    def places(self, language: str, table: pa.Table) -> list[Place]:
        """The place of each row of a table with `COLUMNS`, of one language."""
        if self.export.is_plain:
            return [Place(language, TRAIN)] * table.num_rows
        ends = splits.cuts(self.export.splits)
        found = []
        for identity, domain, number in zip(*(table[name].to_pylist() for name in COLUMNS), strict=True):
            config = splits.config_of(language, domain, self.domains)
            split = splits.split_of(number, ends) if self.export.splits else TRAIN
            found.append(Place(config, split, self._tier(config, identity) if split == TRAIN else 0))
        return found

    def rows(self, language: str, table: pa.Table) -> dict[Place, npt.NDArray[np.int64]]:
        """Place -> the rows of a table with `COLUMNS`, of one language, that go there."""
        if self.export.is_plain:
            return {Place(language, TRAIN): np.arange(table.num_rows)}
        found: dict[Place, list[int]] = defaultdict(list)
        for row, place in enumerate(self.places(language, table)):
            found[place].append(row)
        return {place: np.array(rows, dtype=np.int64) for place, rows in found.items()}

    def sizes(self, group: Group, ledger: Ledger) -> dict[Place, int]:
        """Bytes of kept text that a group has for each place."""
        decided = ledger.decided[group.part, group.language]
        if self.export.is_plain or not decided.kept_rows:
            return {Place(group.language, TRAIN): decided.kept_bytes} if decided.kept_rows else {}
        return {place: int(sizes.sum()) for place, sizes in self.row_sizes(group, ledger).items()}

    def row_sizes(self, group: Group, ledger: Ledger) -> dict[Place, Sizes]:
        """Bytes of each kept text that a group has for each place, in order."""
        sizes = ledger.read_column(group, TEXT_BYTES).filter(ledger.read_decision(group)[KEPT]).to_numpy()
        rows_of = self.rows(group.language, _kept(ledger, group, COLUMNS))
        return {place: sizes[rows] for place, rows in rows_of.items()}

    def _tier(self, config: str, identity: str) -> int:
        if self.limits is None:
            return 0
        return bisect_left(self.limits[config], splits.draw(self.seed, "subsets", identity))

    def _find_limits(self, ledger: Ledger) -> dict[str, list[int]]:
        """The documents of the smallest numbers are a subset, exactly as many as its share comes to."""
        drawn: dict[str, list[Any]] = defaultdict(list)
        for group, table in _kept_tables(ledger, COLUMNS):
            numbers: dict[str, list[int]] = defaultdict(list)
            for place, identity in zip(self.places(group.language, table), table[ID].to_pylist(), strict=True):
                if place.split == TRAIN:
                    numbers[place.config].append(splits.draw(self.seed, "subsets", identity))
            for config, some in numbers.items():
                drawn[config].append(np.array(some, dtype=np.uint64))
        limits = {}
        for config, arrays in drawn.items():
            ordered = np.sort(np.concatenate(arrays))
            limits[config] = [int(ordered[splits.quota(share, len(ordered)) - 1]) for share in self.export.subsets]
        return limits


def name_domains(export: SplitExport, ledger: Ledger) -> dict[str, str] | None:
    """The names of the domains of all kept documents; None where domains make no configs."""
    if export.config_by == "language":
        return None
    found = {domain for _, table in _kept_tables(ledger, [DOMAIN]) for domain in table[DOMAIN].unique().to_pylist()}
    return splits.domain_names(found)


def shard_names(folder: str, place: Place, num: int, export: SplitExport) -> list[str]:
    """The names of the shards of a place: `data/swh_Latn/train-00000-of-00004.parquet`."""
    tier = f"-to_{export.tiers[place.tier]}" if export.tiers != [WHOLE] and place.split == TRAIN else ""
    begin = f"{folder}/{place.config}/{place.split}{tier}"
    return [f"{begin}-{number:05}-of-{num:05}.{export.format}" for number in range(num)]


def _kept_tables(ledger: Ledger, columns: Sequence[str]) -> Iterator[tuple[Group, pa.Table]]:
    for group in ledger.groups:
        if ledger.decided[group.part, group.language].kept_rows:
            yield group, _kept(ledger, group, columns)


def _kept(ledger: Ledger, group: Group, columns: Sequence[str]) -> pa.Table:
    """Ledger columns of the kept documents of a group."""
    return with_split_groups(ledger, group, columns).filter(ledger.read_decision(group)[KEPT])


def with_split_groups(ledger: Ledger, group: Group, columns: Sequence[str]) -> pa.Table:
    """Ledger columns of a group, the group that is never parted among them."""
    table = ledger.read(group, [name for name in columns if name != SPLIT_GROUP])
    return table.append_column(SPLIT_GROUP, ledger.read_split_groups(group)) if SPLIT_GROUP in columns else table
