"""Length of a document in words."""

from collections.abc import Callable, Mapping
from typing import Literal

import pyarrow as pa

from xdata.context import Context
from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses


class NumWords(Score):
    """Adds `scores.num_words`: words with a letter, mark or digit; segmented by ICU in scripts without spaces."""

    kind: Literal["scores.num_words"] = "scores.num_words"
    libraries = ("icu4py",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.num_words": SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return lambda analyses: {"scores.num_words": analyses.words.counts}
