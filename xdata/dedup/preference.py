"""Which document of a cluster stays.

One of an earlier output (`--extend`) if there is any, so that what was published stays; then one of another corpus that
is known; then one of the sources that are named first; then the longest, the oldest by its day, or that of the best
score (to four digits or so); and of those that are alike in all of this, the one with the smallest id. All of it is
one number, so that documents are sorted by it and by nothing else: where two agree in the first 32 bits of their ids
too, the order of the corpus decides.
"""

from collections.abc import Sequence
from typing import Annotated, Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import regex
from pydantic import AfterValidator, Field

from xdata.dedup.order import Order
from xdata.dedup.pieces import MEMORY
from xdata.records import DATE, EARLIER, ID, SOURCE, TEXT_BYTES
from xdata.step import Cluster, ClusterColumns
from xdata.text.hashes import Hashes
from xdata.text.spans import Ints

_PREFER = r"^(longest|oldest|scores\.\w+)$"


def _preferred(word: str) -> str:
    """Raises ValueError for what is no preference."""
    if regex.match(_PREFER, word) is None:
        raise ValueError(f"expected longest, oldest or scores.NAME, found {word!r}")
    return word


Prefer = Annotated[str, AfterValidator(_preferred), Field(json_schema_extra={"pattern": _PREFER})]
"""`longest`, `oldest`, or the path of a score."""
LONGEST, OLDEST = "longest", "oldest"
MOST_SOURCES = 62
"""Sources that may be named in an order."""

KNOWN = -1
"""In the column `earlier`: a document of another corpus."""

_VALUE_BITS, _ID_BITS, _SOURCE_SHIFT, _NEW_SHIFT = 24, 32, 56, 62
_MOST = (1 << _VALUE_BITS) - 1
_DATE = regex.compile(r"(\d{4})-?(\d\d)?-?(\d\d)?")


class PreferenceCluster(Cluster):
    """Base of steps that keep the preferred document of each cluster."""

    prefer: Prefer = LONGEST
    """Which document stays: `longest`, `oldest`, or the path of a score that is the greater the better."""
    sources: tuple[str, ...] = Field(default=(), max_length=MOST_SOURCES)
    """Sources whose documents stay before all others, in this order."""

    def reads(self) -> frozenset[str]:
        return columns_of(self.prefer, self.sources)


def preferred_order(
    columns: ClusterColumns, *, prefer: str = LONGEST, sources: Sequence[str] = (), memory: int = MEMORY
) -> Order:
    """The rows in the order in which they are preferred."""
    pieces = columns.pieces(columns_of(prefer, sources))
    keys = (preference(piece, prefer=prefer, sources=sources) for piece in pieces)
    return Order(keys, columns.num_rows, folder=columns.scratch, memory=memory)


def columns_of(prefer: str, sources: Sequence[str]) -> frozenset[str]:
    """Paths of the columns that preference is made of."""
    value = {LONGEST: TEXT_BYTES, OLDEST: DATE}.get(prefer, prefer)
    return frozenset({ID, EARLIER, value} | ({SOURCE} if sources else set()))


def preference(table: pa.Table, *, prefer: str = LONGEST, sources: Sequence[str] = ()) -> Hashes:
    """A number for each row of a table with the columns of `columns_of`: the smaller, the more it is preferred.

    `prefer` is `longest`, `oldest` (documents without a date come last) or the path of a score, the greater the better
    (null comes last).
    """
    earlier = np.asarray(table[EARLIER].to_numpy())
    age = np.select([earlier > 0, earlier == KNOWN], [0, 1], 2)
    keys: Hashes = age.astype(np.uint64) << np.uint64(_NEW_SHIFT)
    if sources:
        ranks = pc.fill_null(pc.index_in(table[SOURCE], pa.array(list(sources))), len(sources))
        keys |= ranks.to_numpy().astype(np.uint64) << np.uint64(_SOURCE_SHIFT)
    keys |= _values(table, prefer).astype(np.uint64) << np.uint64(_ID_BITS)
    keys |= _id_starts(table[ID])
    return keys


def with_values(keys: Hashes, shares: npt.NDArray[np.float64]) -> Hashes:
    """Preferences that go by a share in [0, 1] of each row, the smaller the better, in place of length, date or score.

    What was published and the order of sources come first still, ids last.
    """
    values = np.rint(np.clip(shares, 0, 1) * _MOST).astype(np.uint64) << np.uint64(_ID_BITS)
    return keys & ~np.uint64(_MOST << _ID_BITS) | values


def id_hashes(keys: Hashes) -> Hashes:
    """The part of preferences that only distinguishes ids: their first 32 bits."""
    return keys & np.uint64((1 << _ID_BITS) - 1)


def _values(table: pa.Table, prefer: str) -> Ints:
    """Least first what is preferred."""
    if prefer == LONGEST:
        lengths: Ints = np.asarray(table[TEXT_BYTES].to_numpy(), dtype=np.int64)
        return np.asarray(_MOST - np.minimum(lengths, _MOST))
    if prefer == OLDEST:
        return np.array([_day(date) for date in table[DATE].to_pylist()], dtype=np.int64)
    scores = np.asarray(table[prefer].to_numpy(zero_copy_only=False), dtype=np.float32)
    return np.asarray(_MOST - (_ordered(scores) >> np.uint32(32 - _VALUE_BITS)).astype(np.int64))


def _ordered(scores: npt.NDArray[np.float32]) -> npt.NDArray[np.uint32]:
    """Whole numbers in the order of some scores; null comes first."""
    bits = (scores + np.float32(0)).view(np.uint32)
    ordered = np.where(bits >> np.uint32(31), ~bits, bits | np.uint32(1 << 31))
    return np.where(np.isnan(scores), np.uint32(0), ordered).astype(np.uint32)


def _day(date: str | None) -> int:
    """A number that grows with the date, which may lack day and month."""
    match = _DATE.match(date or "")
    if match is None:
        return _MOST
    year, month, day = (int(part or 0) for part in match.groups())
    return (year * 16 + month) * 32 + day


def _id_starts(ids: pa.ChunkedArray) -> Hashes:
    """The first 32 bits of ids of 32 hexadecimal digits."""
    starts: Any = pc.utf8_slice_codeunits(ids, 0, 8).to_numpy(zero_copy_only=False)
    digits = np.asarray(starts, dtype="S8").view(np.uint8).reshape(len(starts), 8).astype(np.uint64)
    values = np.where(digits >= ord("a"), digits - np.uint64(ord("a") - 10), digits - np.uint64(ord("0")))
    return np.asarray((values << np.arange(28, -4, -4, dtype=np.uint64)).sum(axis=1, dtype=np.uint64))
