"""How much of a document is encoding debris."""

from collections.abc import Callable, Mapping
from typing import Literal

import pyarrow as pa

from xdata.context import Context
from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.debris import debris_share


class DebrisShare(Score):
    """Adds `scores.debris_share`: the share in [0, 1] of code points that broken decoding and escaping left.

    Counted are U+FFFD, control, private use, unassigned and surrogate code points; mojibake; HTML entities and tags;
    backslash, percent and quoted-printable escapes; marks without a letter or too many on one; joiners, direction
    marks, soft hyphens and byte order marks in impossible places. Null for a document without text.
    """

    kind: Literal["scores.debris"] = "scores.debris"
    libraries = ("regex",)
    papers = ("Speer 2019, ftfy", "Unicode Standard 17, chapter 23 (special areas and format characters)")

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.debris_share": SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return lambda analyses: {"scores.debris_share": [debris_share(analysis.text) for analysis in analyses]}
