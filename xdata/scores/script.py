"""How much of a document is written in its own script."""

from collections.abc import Callable, Mapping
from typing import Literal

import pyarrow as pa

from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses, Analysis
from xdata.text.scripts import script_members


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
