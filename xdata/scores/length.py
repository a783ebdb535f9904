"""How long a document is."""

from collections.abc import Callable, Mapping
from typing import Literal

import pyarrow as pa

from xdata.context import Context
from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses


class NumWords(Score):
    """Adds `scores.num_words`: words with a letter, mark or digit; ICU's where no space parts them."""

    kind: Literal["scores.num_words"] = "scores.num_words"
    libraries = ("icu4py",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.num_words": SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return lambda analyses: {"scores.num_words": analyses.words.counts}
