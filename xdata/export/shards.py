"""The document record of `data/`, and what becomes of the documents that were dropped."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field, field_validator, model_validator

from xdata.export.splits import SplitExport
from xdata.export.upsample import LearnUpsample, checked_table
from xdata.records import CLUSTER_SIZE, INDEXED, KEPT, LANGUAGE, SCRIPT


class Shards(SplitExport):
    """Writes kept documents as `data/<config>/<split>-…`, dropped ones as `rejects/…`, and the ledger of all.

    A config is a language, all of it in the split `train`, unless splits, domains or subsets are asked for. A subset
    is no copy: it is the first tiers of the shards of train (`train-to_10-…`), those of the smallest hashes. Where
    nothing falls into a split of a config, it has no file, and a note says so.
    """

    papers = ("Penedo et al. 2025, FineWeb2 (arXiv 2506.20920), rehydration",)

    kind: Literal["export.shards"] = "export.shards"
    folder: ClassVar[str] = "data"

    shard_bytes: int = Field(default=256 << 20, ge=1 << 10)
    """Text in a shard, in bytes of UTF-8; a shard ends with the document that fills it."""
    rejects: Literal["all", "sample", "none"] = "all"
    """Which dropped documents are kept with their text: all, a share of `rejects_share`, or none."""
    rejects_share: float = Field(default=0.01, gt=0, le=1)
    """Share of the dropped documents that `rejects: sample` keeps: those with the smallest ids."""

    copy_rows: bool = False
    """Whether rows of the input are written as they are, without a column of xdata's, as one config in their order."""
    index: bool = False
    """Whether the signatures of kept documents are written too (`index/…`), so that other corpora can know them."""

    upsample: Mapping[int, int] = Field(default_factory=dict)
    """Size of a cluster from which on -> how often a trainer is to read the document that stands for it (`upsample`),
    since what the web says often may be worth it (rehydration, FineWeb-2): once below the first size. There is no such
    column unless this or one of the next two says something."""
    upsample_by_language: Mapping[str, Mapping[int, int]] = Field(default_factory=dict)
    """Language -> its own sizes and upsample, in place of those above and of what is learned."""
    learn_upsample: LearnUpsample | None = None
    """How upsample are learned, in each language for itself, from what a stage of filters behind one that clusters
    dropped of clusters of each size; null learns none."""

    @field_validator("upsample")
    @classmethod
    def _whole(cls, upsample: Mapping[int, int]) -> Mapping[int, int]:
        return checked_table(upsample)

    @field_validator("upsample_by_language")
    @classmethod
    def _whole_tables(cls, upsample: Mapping[str, Mapping[int, int]]) -> Mapping[str, Mapping[int, int]]:
        return {language: checked_table(table) for language, table in sorted(upsample.items())}

    @model_validator(mode="after")
    def _no_column_in_copies(self) -> "Shards":
        if self.copy_rows and (self.says_upsample or self.config_by != "none"):
            raise ValueError("copied rows have no upsample and one config (config_by: none)")
        if self.format is None and not self.copy_rows:
            raise ValueError("format: null requires copy_rows: give a format")
        return self

    @property
    def says_upsample(self) -> bool:
        """Whether documents say how often they are to be read."""
        return bool(self.upsample or self.upsample_by_language or self.learn_upsample)

    def reads(self) -> frozenset[str]:
        return frozenset({KEPT, CLUSTER_SIZE, LANGUAGE, SCRIPT, *(INDEXED if self.index else ())})
