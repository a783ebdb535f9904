"""How much of a document is written in its own script, and which of the two Chinese ones that is."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from xdata.context import Context
from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses, Analysis
from xdata.text.scripts import han_sides, script_members, script_numbers, scripts_of


class ScriptShare(Score):
    """Adds `scores.script_share`: the share in [0, 1] of words that begin with a letter of the document's script.

    The script is that of the declared language, else the one that most letters are of. Words that begin with a digit
    are of every script and not counted. It counts words since a name in Latin letters weighs no more than a word of
    Chinese. Null for a text without such words.
    """

    kind: Literal["scores.script_share"] = "scores.script_share"
    papers = ("Unicode Standard Annex #24 (Script)",)
    libraries = ("icu4py",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.script_share": SCORE}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return lambda analyses: {"scores.script_share": script_shares(analyses)}


def script_shares(analyses: Analyses) -> npt.NDArray[np.float64]:
    """Share of the words of each text that are of its script; NaN without words of a script."""
    words = analyses.words
    scripts = scripts_of(analyses.points[words.starts])
    shares = np.full(len(analyses), np.nan)
    for number, analysis in enumerate(analyses):
        found = scripts[words.bounds[number] : words.bounds[number + 1]]
        found = found[found >= 0]
        script = _script_of(analysis)
        if len(found) and script is not None:
            shares[number] = np.isin(found, script_numbers(script_members(script))).mean()
    return shares


def _script_of(analysis: Analysis) -> str | None:
    declared = analysis.declared_language
    return declared.split("_")[1] if declared else analysis.script


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

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        return lambda analyses: {"scores.hant_share": hant_shares(analyses)}


def hant_shares(analyses: Analyses) -> npt.NDArray[np.float64]:
    """The column of `HantShare`, NaN where there is nothing to tell by."""
    sides = han_sides(analyses.points)
    simplified, traditional = (analyses.count_in_texts(np.flatnonzero(sides == side)) for side in (1, 2))
    total = simplified + traditional
    return np.where(total == 0, np.nan, traditional / np.maximum(total, 1))
