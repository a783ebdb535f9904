"""Quotas: the amount of text of each language, balance between languages, and sampling of the documents.

Documents are taken in an order that depends on their ids, the seed of the recipe and the name of the step alone, up to
the first one that does not fit.
So the documents of a smaller quota are among those of a larger one, and neither the order of the corpus nor what is
added to it moves a document to another place.
"""

from collections.abc import Callable, Mapping
from fractions import Fraction
from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt
import xxhash
from pydantic import Field, model_validator

from xdata.context import Context
from xdata.records import EARLIER, ID, TEXT_BYTES
from xdata.step import ClusterColumns, Drops, Sample

_NO_LIMIT = np.iinfo(np.int64).max


class Quota(Sample):
    """Drops documents of a language beyond its quota (`over_quota`).

    `max_bytes` and `max_documents` hold for each language by itself. `total_bytes` is shared out between all
    languages by `balance`, as in the sampling of multilingual models; what a language does not have, the others get.
    `max_ratio` then keeps every language within a multiple of the smallest. A language is given the least of these.

    Sizes are those of the documents that were kept before this stage, in bytes of UTF-8. Documents of an earlier
    output are taken first. A quota ends with the first document that does not fit, so it is filled up to the size of
    one document. The value is the text or the number of documents up to and with the one dropped; the threshold is
    what the language is given.
    """

    kind: Literal["filters.quota"] = "filters.quota"
    reason: ClassVar[str] = "over_quota"
    libraries = ("xxhash",)
    papers = (
        "Conneau et al. 2020, Unsupervised Cross-lingual Representation Learning at Scale (XLM-R)",
        "Xue et al. 2021, mT5: A Massively Multilingual Pre-trained Text-to-Text Transformer",
    )

    max_bytes: int | None = Field(default=None, ge=0)
    """Largest amount of text of a language, in bytes."""
    max_documents: int | None = Field(default=None, ge=0)
    """Largest number of documents of a language."""
    max_ratio: float | None = Field(default=None, ge=1, allow_inf_nan=False)
    """Largest amount of text of a language, as a multiple of that of the smallest non-empty one."""
    total_bytes: int | None = Field(default=None, ge=0)
    """Largest amount of text of all languages together, in bytes."""
    balance: float | None = Field(default=None, ge=0, le=1)
    """Exponent of the share of a language in `total_bytes`: 1 (the default) leaves shares as they are, 0 makes them
    equal; XLM-R and mT5 have 0.3."""

    @model_validator(mode="after")
    def _some_quota(self) -> "Quota":
        given = (self.max_bytes, self.max_documents, self.max_ratio, self.total_bytes)
        if all(limit is None for limit in given):
            raise ValueError("give max_bytes, max_documents, max_ratio or total_bytes")
        if self.balance is not None and self.total_bytes is None:
            raise ValueError("balance has no effect without total_bytes: give it, or remove balance")
        return self

    def reads(self) -> frozenset[str]:
        return frozenset({ID, TEXT_BYTES, EARLIER})

    def open(self, context: Context) -> Callable[[ClusterColumns], Drops]:
        quotas = lru_cache(maxsize=1)(self._quotas)  # all languages of a rank share one table

        def select(columns: ClusterColumns) -> Drops:
            most = quotas(tuple(sorted(columns.totals.items())))
            return over_quota(
                columns,
                seed=context.hash_seed(),
                max_bytes=most.get(columns.language, _NO_LIMIT),
                max_documents=_NO_LIMIT if self.max_documents is None else self.max_documents,
            )

        return select

    def _quotas(self, totals: tuple[tuple[str, int], ...]) -> dict[str, int]:
        return byte_quotas(
            dict(totals),
            max_bytes=self.max_bytes,
            max_ratio=self.max_ratio,
            total_bytes=self.total_bytes,
            balance=1.0 if self.balance is None else self.balance,
        )


def byte_quotas(
    totals: Mapping[str, int],
    *,
    max_bytes: int | None = None,
    max_ratio: float | None = None,
    total_bytes: int | None = None,
    balance: float = 1.0,
) -> dict[str, int]:
    """Language -> the bytes of text that it is given, never more than it has."""
    quotas = dict(totals)
    if max_bytes is not None:
        quotas = {language: min(quota, max_bytes) for language, quota in quotas.items()}
    if total_bytes is not None:
        weights = {language: Fraction(float(num) ** balance) for language, num in totals.items() if num}
        quotas = {**quotas, **share_out(total_bytes, {code: quotas[code] for code in weights}, weights)}
    if max_ratio is not None:
        smallest = min((quota for quota in quotas.values() if quota), default=0)
        quotas = {language: min(quota, int(Fraction(max_ratio) * smallest)) for language, quota in quotas.items()}
    return quotas


def share_out(total: int, capacities: Mapping[str, int], weights: Mapping[str, Fraction]) -> dict[str, int]:
    """Gives each its part of a total by weight, and what is over its capacity to the others by theirs.

    Everybody is filled to one level (parts for a weight of 1) or to the brim, whichever is lower. Fractions keep the
    sums exact: a larger total gives nobody less.
    """
    left, weight = Fraction(total), sum(weights.values(), Fraction(0))
    given = {}
    for name in sorted(capacities, key=lambda name: (capacities[name] / weights[name], name)):
        given[name] = min(capacities[name], int(left * weights[name] / weight))
        if given[name] == capacities[name]:
            left -= capacities[name]
            weight -= weights[name]
    return given


def over_quota(columns: ClusterColumns, *, seed: int, max_bytes: int, max_documents: int) -> Drops:
    """The rows that are over a quota, taken in order of `draw`."""
    order = draw(columns, seed=seed)
    sizes = np.cumsum(columns.read(TEXT_BYTES).to_numpy()[order])
    numbers = np.arange(1, len(order) + 1)
    too_large, too_many = sizes > max_bytes, numbers > max_documents
    over = np.flatnonzero(too_large | too_many)
    over = over[np.argsort(order[over])]
    values = np.where(too_large, sizes, numbers)[over]
    thresholds = np.where(too_large, max_bytes, max_documents)[over]
    return Drops(
        order[over].tolist(),
        [Quota.reason] * len(over),
        values.astype(float).tolist(),
        thresholds.astype(float).tolist(),
    )


def draw(columns: ClusterColumns, *, seed: int) -> npt.NDArray[np.int64]:
    """The rows in the order in which they are taken: those of an earlier output, then all by a hash of seed and id."""
    ids = (identity for chunk in columns.read(ID).chunks for identity in chunk.to_pylist())
    hashes = np.fromiter((xxhash.xxh3_64_intdigest(identity, seed) for identity in ids), np.uint64, columns.num_rows)
    fresh = np.asarray(columns.read(EARLIER).to_numpy()) == 0
    return np.lexsort((hashes, fresh))
