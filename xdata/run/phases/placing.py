"""Placement: config, split and tier of the output for each kept document, from columns of the ledger.

The driver looks through the ledger once for each thing that the whole corpus decides: the names of domains, and the
numbers below which a document of train is in a subset. Ranks receive both and place their documents independently.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pyarrow as pa

from xdata.export import splits
from xdata.export.splits import DEFAULT, TRAIN, WHOLE, SplitExport
from xdata.output.manifest import ShardName
from xdata.records import DOMAIN, ID, KEPT, PATH, SOURCE, SPLIT_GROUP, TEXT_BYTES
from xdata.run.ledger import Group, Ledger, Unit
from xdata.run.parts import Place, Placement
from xdata.run.phases.shards import Sizes

COLUMNS = (ID, DOMAIN, SPLIT_GROUP, SOURCE, PATH)
"""Columns that decide the placement of a document."""


@dataclass(frozen=True)
class Placing:
    """The places of the documents of a corpus."""

    export: SplitExport
    seed: int
    domains: Mapping[str, str] | None = None
    """Domain -> its part of a config's name; None where domains make no configs."""
    limits: Mapping[str, Sequence[int]] | None = None
    """Config -> the largest number drawn in each of its subsets; None where there are none."""

    folders: frozenset[str] = frozenset()
    """Sources that are output folders of xdata, whose configs and splits stay where rows are copied."""

    @classmethod
    def plan(
        cls, export: SplitExport, seed: int, ledger: Ledger, *, folders: frozenset[str] = frozenset()
    ) -> "Placing":
        """Finds out what the whole corpus decides. Takes some 24 bytes for each document of train where
        there are subsets."""
        domains = name_domains(export, ledger)
        placing = cls(export, seed, domains, folders=folders)
        return replace(placing, limits=placing._find_limits(ledger)) if export.subsets else placing

    @property
    def is_plain(self) -> bool:
        """Whether all documents of a language go one way."""
        return self.export.is_plain and not (self.folders and self.export.config_by == "none")

    @property
    def placement(self) -> Placement:
        """The parameters that ranks need."""
        return Placement(domains=self.domains, limits=self.limits)

    def places(self, language: str, table: pa.Table) -> list[Place]:
        """The place of each row of a table with `COLUMNS`, of one language."""
        if self.is_plain:
            return [self._plain(language)] * table.num_rows
        ends = splits.cuts(self.export.splits)
        found = []
        columns = (table[name].to_pylist() for name in COLUMNS)
        for identity, domain, number, source, path in zip(*columns, strict=True):
            own = self._own(language, domain, source, path)
            split = splits.split_of(number, ends) if self.export.splits else own.split
            found.append(Place(own.config, split, self._tier(own.config, identity) if split == TRAIN else 0))
        return found

    def _own(self, language: str, domain: str | None, source: str, path: str) -> Place:
        """Config of a document: by its language and domain, or that of an input folder of xdata.

        The path of a record begins with the source that its folder is; that of a copied row is below its source.
        """
        if self.export.config_by != "none":
            return Place(splits.config_of(language, domain, self.domains), TRAIN)
        folder, _, name = path.partition("/")
        shard = ShardName.parse(path) if source in self.folders else None
        if shard is None and folder in self.folders:
            shard = ShardName.parse(name)
        return Place(shard.config, shard.split) if shard else Place(DEFAULT, TRAIN)

    def rows(self, unit: Unit, ledger: Ledger) -> dict[Place, Sizes]:
        """Place -> the rows that go there, of the kept documents of a unit in order of the corpus."""
        language = unit.groups[0].language
        if self.is_plain:
            num = sum(ledger.decided[group.part, group.language].kept_rows for group in unit.groups)
            return {self._plain(language): np.arange(num)} if num else {}
        found: dict[Place, list[int]] = defaultdict(list)
        for row, place in enumerate(self.places(language, kept_in_order(ledger, unit, COLUMNS))):
            found[place].append(row)
        return {place: np.array(rows, dtype=np.int64) for place, rows in found.items()}

    def sizes(self, unit: Unit, ledger: Ledger) -> dict[Place, tuple[int, int]]:
        """(documents, bytes of text) that a unit has for each place."""
        if not self.is_plain:
            return {place: (len(sizes), int(sizes.sum())) for place, sizes in self.row_sizes(unit, ledger).items()}
        decided = [ledger.decided[group.part, group.language] for group in unit.groups]
        num_rows = sum(one.kept_rows for one in decided)
        place = self._plain(unit.groups[0].language)
        return {place: (num_rows, sum(one.kept_bytes for one in decided))} if num_rows else {}

    def row_sizes(self, unit: Unit, ledger: Ledger) -> dict[Place, Sizes]:
        """Bytes of each kept text that a unit has for each place, in order."""
        groups = [group for group in unit.groups if ledger.decided[group.part, group.language].kept_rows]
        if not groups:
            return {}
        sizes = kept_in_order(ledger, unit, [TEXT_BYTES])[TEXT_BYTES].to_numpy()
        return {place: sizes[rows] for place, rows in self.rows(unit, ledger).items()}

    def _plain(self, language: str) -> Place:
        """Where all documents of a language go."""
        return Place(DEFAULT if self.export.config_by == "none" else language, TRAIN)

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
    if export.config_by != "language_domain":
        return None
    found = {domain for _, table in _kept_tables(ledger, [DOMAIN]) for domain in table[DOMAIN].unique().to_pylist()}
    return splits.domain_names(found)


def shard_names(folder: str, place: Place, num: int, export: SplitExport, *, format_: str | None = None) -> list[str]:
    """The names of the shards of a place: `data/swh_Latn/train-00000-of-00004.parquet`."""
    tier = f"-to_{export.tiers[place.tier]}" if export.tiers != [WHOLE] and place.split == TRAIN else ""
    begin = f"{folder}/{place.config}/{place.split}{tier}"
    return [f"{begin}-{number:05}-of-{num:05}.{format_ or export.format}" for number in range(num)]


def kept_in_order(ledger: Ledger, unit: Unit, columns: Sequence[str]) -> pa.Table:
    """Columns of the ledger, sizes as cuts left them, of the kept documents of a unit in order of the corpus."""
    tables = []
    for group in unit.groups:
        table = with_split_groups(ledger, group, columns)
        if TEXT_BYTES in columns:
            place = table.schema.get_field_index(TEXT_BYTES)
            table = table.set_column(place, TEXT_BYTES, ledger.read_column(group, TEXT_BYTES))
        tables.append(table.append_column(KEPT, ledger.read_decision(group)[KEPT]))
    table = ledger.in_order(unit, tables)
    return table.filter(table[KEPT])


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
