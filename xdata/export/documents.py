"""The document record of `data/`, and what becomes of the documents that were dropped."""

from collections.abc import Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
from pydantic import Field, field_validator

from xdata.export.splits import SplitExport
from xdata.records import CLUSTER_SIZE, INDEXED, KEPT, LANGUAGE, SCRIPT


class Documents(SplitExport):
    """Writes kept documents as `data/<config>/<split>-…`, dropped ones as `rejects/…`, and the ledger of all.

    A config is a language, all of it in the split `train`, unless splits, domains or subsets are asked for. A subset
    is no copy: it is the first tiers of the shards of train (`train-to_10-…`), those of the smallest hashes. Where
    nothing falls into a split of a config, it has no file, and a note says so.
    """

    kind: Literal["export.documents"] = "export.documents"

    shard_bytes: int = Field(default=256 << 20, ge=1 << 10)
    """Text in a shard, in bytes of UTF-8; a shard ends with the part that fills it."""
    rejects: Literal["all", "sample", "none"] = "all"
    """Which dropped documents are kept with their text: all, a share of `rejects_share`, or none."""
    rejects_share: float = Field(default=0.01, gt=0, le=1)
    """Share of the dropped documents that `rejects: sample` keeps: those with the smallest ids."""

    index: bool = False
    """Whether the signatures of kept documents are written too (`index/…`), so that other corpora can know them."""

    repeats: Mapping[int, int] = Field(default_factory=dict)
    """Size of a cluster from which on -> how often a trainer is to read the document that stands for it (`repeats`),
    since what the web says often may be worth it (rehydration, FineWeb-2); no such column without any."""

    @field_validator("repeats")
    @classmethod
    def _whole(cls, repeats: Mapping[int, int]) -> Mapping[int, int]:
        if any(size < 1 or number < 0 for size, number in repeats.items()):
            raise ValueError("sizes are 1 and more, and nothing is repeated less than never")
        return dict(sorted(repeats.items()))

    def repeats_of(self, sizes: npt.NDArray[np.int64]) -> npt.NDArray[np.int32]:
        """How often documents of clusters of some sizes are to be read: once below the first size that is named."""
        froms = np.array(list(self.repeats), dtype=np.int64)
        numbers = np.array([1, *self.repeats.values()], dtype=np.int32)
        found: npt.NDArray[np.int32] = numbers[np.searchsorted(froms, sizes, side="right")]
        return found

    def reads(self) -> frozenset[str]:
        return frozenset({KEPT, CLUSTER_SIZE, LANGUAGE, SCRIPT, *(INDEXED if self.index else ())})
