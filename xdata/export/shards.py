"""Export of kept documents to `data/`, dropped ones to `rejects/`, and the ledger of all."""

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
    a split of a config has no documents, it has no file, and the run adds a note.
    """

    papers = ("Penedo et al. 2025, FineWeb2 (arXiv 2506.20920), rehydration",)

    kind: Literal["export.shards"] = "export.shards"
    folder: ClassVar[str] = "data"

    shard_bytes: int = Field(default=256 << 20, ge=1 << 10)
    """Text in a shard, in bytes of UTF-8; a shard ends with the document that fills it."""
    rejects: Literal["all", "sample", "none"] = "all"
    """Which dropped documents are written with their text: all, a share of `rejects_share`, or none."""
    rejects_share: float = Field(default=0.01, gt=0, le=1)
    """Share of the dropped documents that `rejects: sample` keeps: those with the smallest ids."""

    copy_rows: bool = False
    """Whether rows of the input are written as they are, without a column of xdata's, as one config in their order."""
    index: bool = False
    """Whether to write the signatures of kept documents (`index/…`), so that the output can be a reference corpus."""

    upsample: Mapping[int, int] = Field(default_factory=dict)
    """Smallest cluster size -> number of repetitions of its document in training (column `upsample`; rehydration,
    FineWeb-2); documents of smaller clusters are read once. The column exists only if one of `upsample`,
    `upsample_by_language` and `learn_upsample` is set."""
    upsample_by_language: Mapping[str, Mapping[int, int]] = Field(default_factory=dict)
    """Language -> its own table, which replaces `upsample` and the learned one."""
    learn_upsample: LearnUpsample | None = None
    """Settings for learning the table of each language from the share of documents of each cluster size that the
    filters after deduplication dropped; null: not learned."""

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
