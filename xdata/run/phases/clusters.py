"""Which documents of a language are one, as arrays of a value for each row that lie in files where they are large."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata import records
from xdata.array_files import zeros
from xdata.dedup.order import Order
from xdata.run.phases.columns import KeptColumns
from xdata.step import Survivors
from xdata.text.hashes import Hashes, mix
from xdata.text.hosts import site_of

LARGE_CLUSTER = 100
"""Documents of a cluster that is named in the manifest, with its sites."""
_MOST_CLUSTERS, _MOST_SITES = 50, 5
_MOST_URLS = 100_000
"""Documents of a cluster whose sites are counted."""
_MOST_BYTES = 1 << 23
"""Of an array that is kept in memory."""
_ROWS_AT_A_TIME = 1 << 20

Rows = npt.NDArray[np.uint32]
Bools = npt.NDArray[np.bool_]


class Clusters:
    """What a step made of the kept documents of one language; rows are those of `KeptColumns`."""

    def __init__(self, columns: KeptColumns, survivors: Survivors) -> None:
        self._columns = columns
        self._given = survivors
        num_rows = columns.num_rows
        self.sizes: npt.NDArray[np.int32] = self._zeros(num_rows, np.int32)
        """Cluster size of each row, with the documents of earlier stages."""
        sums = self._zeros(num_rows, np.int32)
        for _, before, kept, rows in columns.decided():
            np.add.at(sums, self.survivors(rows), before[records.CLUSTER_SIZE].to_numpy()[kept])
        num_others = 0
        for rows in self._parts():
            self.sizes[rows] = sums[self.survivors(rows)]
            num_others += int((self.sizes[rows] > 1).sum())
        self._others: Rows = self._zeros(num_others, np.uint32)
        self._ids: npt.NDArray[np.bytes_] = self._zeros(num_others, "S32")
        start = 0
        for rows in self._parts():
            rows = rows[self.sizes[rows] > 1]
            places = slice(start, start + len(rows))
            self._others[places] = rows
            self._ids[places] = columns.read(records.ID, rows=rows).to_numpy(zero_copy_only=False).astype("S32")
            start += len(rows)
        keys = (_hashes(self._ids[part]) for part in _slices(num_others))
        self._order = Order(keys, num_others, folder=columns.scratch / "ids").rows

    def survivors(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Row of the survivor of each of some rows, itself for a copy of a document of a reference corpus."""
        return self._given.rows[rows].astype(np.int64)

    def kept(self, rows: npt.NDArray[np.int64]) -> Bools:
        """Which of some rows stay."""
        stay: Bools = self._given.rows[rows] == rows
        if self._given.references is not None:
            stay &= self._places_of_matches(rows) < 0
        return stay

    def references_of(self, rows: npt.NDArray[np.int64]) -> list[tuple[str, int]]:
        """(id, place of its corpus) of the document of a reference corpus that each of some rows is a copy of."""
        matches = self._given.references
        if matches is None or not len(rows):
            return []
        places = self._places_of_matches(rows)
        ids = matches.ids.take(pa.array(places)).to_pylist()
        return list(zip(ids, matches.corpora[places].tolist(), strict=True))

    def _places_of_matches(self, rows: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
        """Place of each of some rows among those that are copies of documents of reference corpora, -1 of others."""
        matches = self._given.references
        if matches is None or not len(matches.rows):
            return np.full(len(rows), -1)
        places = np.minimum(np.searchsorted(matches.rows, rows), len(matches.rows) - 1)
        return np.where(matches.rows[places] == rows, places, -1)

    def names_of_survivors(self, rows: npt.NDArray[np.int64]) -> list[str]:
        """Id of the survivor of some rows, all in clusters with others."""
        found = self._ids[np.searchsorted(self._others, self.survivors(rows))]
        return [identity.decode("ascii") for identity in found.tolist()]

    def now(self, ids: Sequence[str]) -> list[tuple[str, int] | None]:
        """(survivor, size of its cluster) of documents that earlier stages named as survivors; None of others."""
        found: list[tuple[str, int] | None] = [None] * len(ids)
        if not len(ids):
            return found
        places = self._find(np.asarray(ids, dtype="S32"))
        there = np.flatnonzero(places >= 0)
        rows = self._others[places[there]].astype(np.int64)
        for place, survivor, size in zip(there, self.names_of_survivors(rows), self.sizes[rows].tolist(), strict=True):
            found[place] = (survivor, size)
        return found

    def large(self) -> Iterator[dict[str, object]]:
        """The largest clusters that the step made or made larger, with the sites of the documents that go."""
        heads = [rows[(self.sizes[rows] >= LARGE_CLUSTER) & (self.survivors(rows) == rows)] for rows in self._parts()]
        candidates = np.concatenate([np.empty(0, dtype=np.int64), *heads])
        grown = [np.intersect1d(self.survivors(copies), candidates) for copies in self._copies()]
        chosen = np.unique(np.concatenate([np.empty(0, dtype=np.int64), *grown]))
        chosen = chosen[np.lexsort((chosen, -self.sizes[chosen]))][:_MOST_CLUSTERS]
        taken = [copies[np.isin(self.survivors(copies), chosen)] for copies in self._copies()] if len(chosen) else []
        for head in chosen.tolist():
            own = np.concatenate([rows[self.survivors(rows) == head] for rows in taken])[:_MOST_URLS]
            sites = Counter(map(site_of, self._columns.read(records.URL, rows=own).to_pylist()))
            most = sorted(sites.items(), key=lambda item: (-item[1], item[0]))[:_MOST_SITES]
            (identity,) = self.names_of_survivors(np.array([head]))
            size = int(self.sizes[head])
            yield {"language": self._columns.language, "survivor": identity, "size": size, "sites": dict(most)}

    def _copies(self) -> Iterator[npt.NDArray[np.int64]]:
        """Rows that go for another one."""
        for rows in self._parts():
            yield rows[self.survivors(rows) != rows]

    def _find(self, wanted: npt.NDArray[np.bytes_]) -> npt.NDArray[np.int64]:
        """Where in the ids of rows in clusters some are, -1 for those that are not there."""
        found = np.full(len(wanted), -1, dtype=np.int64)
        hashes = _hashes(wanted)
        places = self._first_places(hashes)
        looking = np.arange(len(wanted))
        while len(looking):  # again only for different ids of one hash
            looking = looking[places[looking] < len(self._order)]
            there = self._order[places[looking]].astype(np.int64)
            same = self._ids[there] == wanted[looking]
            found[looking[same]] = there[same]
            looking = looking[~same & (_hashes(self._ids[there]) == hashes[looking])]
            places[looking] += 1
        return found

    def _first_places(self, hashes: Hashes) -> npt.NDArray[np.int64]:
        """First place in the order of the ids whose hash is not smaller than each of some."""
        low, high = np.zeros(len(hashes), dtype=np.int64), np.full(len(hashes), len(self._order), dtype=np.int64)
        while (searching := np.flatnonzero(low < high)).size:
            middle = (low[searching] + high[searching]) // 2
            smaller = _hashes(self._ids[self._order[middle]]) < hashes[searching]
            low[searching[smaller]] = middle[smaller] + 1
            high[searching[~smaller]] = middle[~smaller]
        return low

    def _parts(self) -> Iterator[npt.NDArray[np.int64]]:
        """All rows, some at a time."""
        for part in _slices(self._columns.num_rows):
            yield np.arange(part.start, part.stop)

    def _zeros(self, num: int, kind: npt.DTypeLike) -> npt.NDArray[Any]:
        return zeros(num, kind, self._columns.scratch, most_bytes=_MOST_BYTES)


def _slices(num: int) -> Iterator[slice]:
    return (slice(start, min(start + _ROWS_AT_A_TIME, num)) for start in range(0, num, _ROWS_AT_A_TIME))


def _hashes(ids: npt.NDArray[np.bytes_]) -> Hashes:
    """A number for each id of 32 characters."""
    words = np.ascontiguousarray(ids).view("<u8").reshape(len(ids), 4)
    found = words[:, 0]
    for number in (1, 2, 3):
        found = mix(found) ^ words[:, number]
    return mix(found)
