"""Upsampling by cluster size (rehydration): the number of repetitions of a document in training.

Text that occurs often on the web may deserve several repetitions: FineWeb-2 (Penedo et al. 2025, arXiv 2506.20920)
found documents of clusters of middle sizes to break its rules of quality least, those that stand alone and those of
very large clusters most. So the number is learned from each language's own corpus: documents are deduplicated first,
the rules judge what is left, and the share that they drop of clusters of a size is its removal rate. A size whose rate
is that of the whole language or more is read once, the one with the least rate `max_upsample` times, and those between
by linear interpolation; then the numbers are smoothed and rounded (huggingface/fineweb-2, misc/rehydration).

A few documents say little of a rate, and the least of many rates of chance would be read ten times. So sizes are pooled
from the smallest on until a pool has `min_documents`, and a rate is taken at the upper end of its interval (Wilson,
`standard_errors`), at most that of the language: with many documents this is the rate itself. A language with too few
documents has one pool, and all of it is read once.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import BaseModel, ConfigDict, Field, field_validator

Table = Mapping[int, int]
"""Size of a cluster from which on -> how often its document is read, ascending; once below the first size."""

_DIGITS = 9
_MOST_SIZE, _MOST_UPSAMPLE = 2**31 - 1, 1000
"""Places after the point to which numbers are rounded before they become whole ones, so that a last bit decides
nothing."""


class LearnUpsample(BaseModel):
    """How upsample are learned from what rules drop of clusters of each size. FineWeb-2 itself pools no sizes but the
    largest, and takes rates as they are: `min_documents: 1`, `standard_errors: 0`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    max_upsample: int = Field(default=10, ge=2, le=_MOST_UPSAMPLE)
    """How often documents of the size with the least removal rate are read (FineWeb-2: 10)."""
    min_documents: int = Field(default=100, ge=1)
    """Documents that a rate is worked out from, before the rules: sizes are pooled until there are as many."""
    standard_errors: float = Field(default=3.0, ge=0, le=10)
    """By how many standard errors a rate is taken to be higher than it was found."""
    window: int = Field(default=5, ge=1)
    """Pools over which upsample are averaged, an odd number; the first and last ones, which have too few neighbours,
    are left as they are.
    """

    @field_validator("window")
    @classmethod
    def _odd(cls, window: int) -> int:
        if window % 2 == 0:
            raise ValueError("expected an odd number: a window is centered on a pool")
        return window


@dataclass(frozen=True, kw_only=True)
class SizeCount:
    """Documents that stand for clusters of one size."""

    size: int
    num_documents: int
    """Those that the rules decided over, read for the first time."""
    num_kept: int


class Pool(BaseModel):
    """Clusters of some sizes of one language, and how often their documents are read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    size: int
    """The least of its sizes; they end where the next pool begins."""
    num_documents: int
    """Documents that the rules judged, one a cluster."""
    num_kept: int
    upsample: int

    @property
    def removal_rate(self) -> float:
        """Share that the rules dropped, 0 to 1."""
        return 1 - self.num_kept / self.num_documents


class Upsample(BaseModel):
    """How often documents of one language are read."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    table: dict[int, int]
    """As `Table` has it."""
    pools: tuple[Pool, ...] = ()
    """What it was learned from; nothing where it was given."""

    @property
    def removal_rate(self) -> float | None:
        """Share that the rules dropped of all documents of the language; None where nothing was learned."""
        num = sum(pool.num_documents for pool in self.pools)
        return 1 - sum(pool.num_kept for pool in self.pools) / num if num else None

    def pool_of(self, size: int) -> Pool | None:
        """The pool that clusters of a size are in: the first one for sizes below it, None without pools."""
        below = [pool for pool in self.pools if pool.size <= size]
        return below[-1] if below else next(iter(self.pools), None)


def checked_table(table: Table) -> dict[int, int]:
    """The table in order of size. Raises ValueError for a size or a number that cannot be."""
    if any(not 1 <= size <= _MOST_SIZE or not 0 <= number <= _MOST_UPSAMPLE for size, number in table.items()):
        raise ValueError(f"expected sizes from 1 to {_MOST_SIZE:,} and 0 to {_MOST_UPSAMPLE:,} repetitions")
    return dict(sorted(table.items()))


def repeats_of(table: Table, sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
    """Repetitions in training of documents of clusters of these sizes."""
    froms = np.array(list(table), dtype=np.int64)
    numbers = np.array([1, *table.values()], dtype=np.int32)
    found: npt.NDArray[np.int32] = numbers[np.searchsorted(froms, sizes, side="right")]
    return found


def learn(sizes: Mapping[int, tuple[int, int]], how: LearnUpsample) -> Upsample:
    """The upsample of a language, from size of cluster -> (documents, those of them that the rules kept)."""
    pools = list(_pooled(sizes, how.min_documents))
    if not pools:
        return Upsample(table={})
    rates = np.array([_upper_rate(pool, how.standard_errors) for pool in pools])
    global_rate = 1 - sum(pool.num_kept for pool in pools) / sum(pool.num_documents for pool in pools)
    numbers = repeats_of_rates(rates, global_rate, max_upsample=how.max_upsample, window=how.window).tolist()
    table: dict[int, int] = {}
    for pool, number in zip(pools, numbers, strict=True):
        if number != next(reversed(table.values()), None):
            table[pool.size] = number
    named = (
        Pool(size=pool.size, num_documents=pool.num_documents, num_kept=pool.num_kept, upsample=number)
        for pool, number in zip(pools, numbers, strict=True)
    )
    return Upsample(table=table, pools=tuple(named))


def repeats_of_rates(
    rates: npt.NDArray[np.float64], global_rate: float, *, max_upsample: int, window: int
) -> npt.NDArray[np.int64]:
    """FineWeb-2's interpolation: how often documents are read of each of some sizes, in order of size.

    Rates are shares or percents, those of the sizes as the one of all. Each number is 1 to `max_upsample`.
    """
    less = np.maximum(np.round(global_rate - rates, _DIGITS), 0)
    most = less.max()
    found = 1 + (max_upsample - 1) * less / most if most > 0 else np.ones(len(rates))
    half = window // 2
    smooth = found.copy()
    if len(found) > 2 * half:
        smooth[half : len(found) - half] = np.convolve(found, np.ones(window) / window, mode="valid")
    upsample: npt.NDArray[np.int64] = np.rint(np.round(smooth, _DIGITS)).astype(np.int64)
    return upsample


@dataclass
class _Counted:
    """Documents of clusters from a size on."""

    size: int
    num_documents: int = 0
    num_kept: int = 0


def _pooled(sizes: Mapping[int, tuple[int, int]], min_documents: int) -> Iterator[_Counted]:
    """Pools of enough documents each, in order of size; what is left at the end is of the last pool that has enough."""
    pools: list[_Counted] = []
    for size, (num_documents, num_kept) in sorted(sizes.items()):
        if not pools or pools[-1].num_documents >= min_documents:
            pools.append(_Counted(size))
        pools[-1].num_documents += num_documents
        pools[-1].num_kept += num_kept
    if len(pools) > 1 and pools[-1].num_documents < min_documents:
        last = pools.pop()
        pools[-1].num_documents += last.num_documents
        pools[-1].num_kept += last.num_kept
    return iter(pools)


def _upper_rate(pool: _Counted, standard_errors: float) -> float:
    """The upper end of the interval of Wilson (1927) for the share that the rules drop."""
    num, rate, z = pool.num_documents, 1 - pool.num_kept / pool.num_documents, standard_errors
    middle = rate + z**2 / (2 * num)
    reach = z * float(np.sqrt(rate * (1 - rate) / num + z**2 / (4 * num**2)))
    return (middle + reach) / (1 + z**2 / num)


def sum_sizes(found: Iterable[Mapping[str, Sequence[SizeCount]]]) -> dict[str, dict[int, tuple[int, int]]]:
    """Language -> size -> (documents, kept), summed over several mappings of language to counts."""
    sums: dict[str, dict[int, tuple[int, int]]] = {}
    for each in found:
        for language, counts in each.items():
            of_language = sums.setdefault(language, {})
            for count in counts:
                num_documents, num_kept = of_language.get(count.size, (0, 0))
                of_language[count.size] = (num_documents + count.num_documents, num_kept + count.num_kept)
    return sums
