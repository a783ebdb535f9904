"""The sentence record of `sentences/`: each sentence once, shuffled, and none of train in a held-out document."""

from typing import ClassVar, Literal

import xxhash
from pydantic import Field, model_validator

from xdata.export.splits import SENTENCES, SplitExport
from xdata.records import DOMAIN, ID, KEPT, LANGUAGE, LICENSE, SCRIPT, SOURCE, URL
from xdata.text.canonical import canonical

DUPLICATE = "duplicate_sentence"
"""Reason: another sentence of the same split is the same."""
HELD_OUT = "in_held_out"
"""Reason: the same sentence is in a held-out split."""
TOO_SHORT = "too_few_words"
TOO_LONG = "too_many_words"


class Sentences(SplitExport):
    """Writes the sentences of kept documents as `sentences/<config>/<split>-…`, after the documents themselves.

    Documents are split, and sentences go with them. A sentence that a language has several times, white space and
    case aside, is written once: in a held-out split before train (in the first by name of several), within a split
    by the smallest hash; the others are dropped as `in_held_out` or `duplicate_sentence`. Rows are in order of their
    hash, so neighbours in a file are no neighbours in a document. A subset is the first rows of train.

    Every document read is counted as merged, every sentence as made and then kept or dropped.
    """

    kind: Literal["export.sentences"] = "export.sentences"
    folder: ClassVar[str] = SENTENCES
    version = 2
    papers = ("Micallef et al. 2022, Pre-training Data Quality and Quantity for a Low-Resource Language (BERTu)",)

    min_words: int = Field(default=1, ge=0)
    """A sentence of fewer words is dropped as `too_few_words`."""
    max_words: int | None = Field(default=None, ge=1)
    """A sentence of more words is dropped as `too_many_words`; None keeps any."""
    shard_bytes: int = Field(default=256 << 20, ge=1 << 10)
    """Text in a shard, in bytes of UTF-8, about: the sentences of a split are dealt evenly to its shards."""

    @model_validator(mode="after")
    def _some_length(self) -> "Sentences":
        if self.max_words is not None and self.max_words < self.min_words:
            raise ValueError(f"max_words {self.max_words} is below min_words {self.min_words}: no sentence is left")
        return self

    def reads(self) -> frozenset[str]:
        return frozenset({ID, KEPT, LANGUAGE, SCRIPT, SOURCE, LICENSE, DOMAIN, URL})


def sentence_hash(sentence: str) -> bytes:
    """Hash of a sentence, 16 bytes: the same for those that differ in white space, case and signs nobody sees only."""
    words = canonical(" ".join(canonical(sentence).split()).casefold())
    return xxhash.xxh3_128_digest(words.encode("utf-8", "surrogatepass"))
