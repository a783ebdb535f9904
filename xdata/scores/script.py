"""How much of a document is written in its own script, and which of the two Chinese ones that is."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses, Analysis
from xdata.text.scripts import han_sides, script_members


class ScriptShare(Score):
    """Adds `scores.script_share`: the share in [0, 1] of letters that are of the document's script.

    The script is that of the declared language, else the one that most letters are of. Digits, punctuation and
    joiners are of every script and not counted. Null for a text without letters.
    """

    kind: Literal["scores.script_share"] = "scores.script_share"
    papers = ("Unicode Standard Annex #24 (Script)",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.script_share": SCORE}

    def open(self) -> Callable[[Analyses], Columns]:
        return lambda analyses: {"scores.script_share": [script_share(analysis) for analysis in analyses]}


def script_share(analysis: Analysis) -> float | None:
    """Share of the letters of a document that are of its script, None for a text without letters."""
    declared = analysis.declared_language
    script = declared.split("_")[1] if declared else analysis.script
    total = sum(analysis.script_counts.values())
    if script is None or total == 0:
        return None
    return round(sum(analysis.script_counts.get(member, 0) for member in script_members(script)) / total, 4)


class HantShare(Score):
    """Adds `scores.hant_share`: of the characters that only one of the two Chinese standards has, those of Big5.

    A share in [0, 1]: 1 is traditional throughout, 0 simplified, and what is between mixed. A character counts as
    traditional where Big5 has it and GB 2312 has not, as simplified the other way round; most are in both. Null for
    a text without any of either.
    """

    kind: Literal["scores.hant_share"] = "scores.hant_share"
    papers = ("GB/T 2312-1980", "Big5 (1984)")

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.hant_share": SCORE}

    def open(self) -> Callable[[Analyses], Columns]:
        return lambda analyses: {"scores.hant_share": hant_shares(analyses)}


def hant_shares(analyses: Analyses) -> npt.NDArray[np.float64]:
    """The column of `HantShare`, NaN where there is nothing to tell by."""
    sides = han_sides(analyses.points)
    simplified, traditional = (analyses.count_in_texts(np.flatnonzero(sides == side)) for side in (1, 2))
    total = simplified + traditional
    return np.where(total == 0, np.nan, traditional / np.maximum(total, 1))
