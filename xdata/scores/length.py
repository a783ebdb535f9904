"""How long a document is."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

import pyarrow as pa

from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analysis


class NumWords(Score):
    """Adds `scores.num_words`: words, estimated from letters in scripts that put no space between them."""

    kind: Literal["scores.num_words"] = "scores.num_words"

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.num_words": SCORE}

    def open(self) -> Callable[[Sequence[Analysis]], Columns]:
        return lambda analyses: {"scores.num_words": [float(analysis.num_words) for analysis in analyses]}
