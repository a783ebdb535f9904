"""Personal data in a document: counts and share."""

from collections import Counter
from collections.abc import Callable, Mapping
from typing import Literal

import pyarrow as pa

from xdata.context import Context
from xdata.step import SCORE, Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.personal import KINDS, find_personal

_COLUMNS = (*(f"scores.num_{kind}s" for kind in KINDS), "scores.personal_share")


class PersonalData(Score):
    """Counts personal data in every script, so that directories of phone numbers or addresses can be dropped.

    Adds `scores.num_mails`, `scores.num_ips` (public ones), `scores.num_banks` (IBAN), `scores.num_cards` and
    `scores.num_phones`, counts from 0; and `scores.personal_share`, the share in [0, 1] of the code points that are
    in one of them, 0 for a text without any. What `edits.personal` took out before is not counted.
    """

    kind: Literal["scores.personal_data"] = "scores.personal_data"
    data_files = ("personal/telephone.tsv",)
    papers = ("ISO 13616 (IBAN), ISO/IEC 7812 (cards), ITU-T E.164 (phones)",)

    def adds(self) -> Mapping[str, pa.DataType]:
        return dict.fromkeys(_COLUMNS, SCORE)

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        def score(analyses: Analyses) -> Columns:
            rows = [personal_scores(analysis.text) for analysis in analyses]
            return {column: [row[number] for row in rows] for number, column in enumerate(_COLUMNS)}

        return score


def personal_scores(text: str) -> tuple[float, ...]:
    """Number of spans of each kind, in order of `KINDS`, and the share of the code points that are in them."""
    found = find_personal(text)
    counts = Counter(one.kind for one in found)
    covered = sum(one.end - one.start for one in found)
    return (*(float(counts[kind]) for kind in KINDS), covered / max(1, len(text)))
