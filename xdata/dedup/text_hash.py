"""What documents with the same text have in common."""

from collections.abc import Callable, Mapping
from typing import Literal

import pyarrow as pa
import xxhash

from xdata.records import TEXT_HASH
from xdata.step import Columns, Score
from xdata.text.analysis import Analyses


class TextHash(Score):
    """Adds `signatures.text_hash`: XXH3-128 of the text, white space folded to one space."""

    kind: Literal["dedup.text_hash"] = "dedup.text_hash"
    libraries = ("xxhash",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return {TEXT_HASH: pa.binary(16)}

    def open(self) -> Callable[[Analyses], Columns]:
        return lambda analyses: {TEXT_HASH: [text_hash(analysis.text) for analysis in analyses]}


def text_hash(text: str) -> bytes:
    """Hash of a text, 16 bytes, the same for texts that differ in white space only."""
    return xxhash.xxh3_128_digest(" ".join(text.split()).encode("utf-8", "surrogatepass"))
