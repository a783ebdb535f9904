"""Keeps the requested languages."""

from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from xdata.context import Context
from xdata.language_options import ByLanguage, LanguageCodes
from xdata.languages import UNDETERMINED
from xdata.records import LANGUAGE
from xdata.step import Drops, Filter

NOT_REQUESTED = "language_not_requested"
UNIDENTIFIED = "language_unidentified"


class KeepLanguages(Filter):
    """Drops documents in other languages (`language_not_requested`) and in none (`language_unidentified`).

    A language may have a reason of its own.
    """

    kind: Literal["filters.languages"] = "filters.languages"

    languages: LanguageCodes = ()
    """Codes of the languages to keep; empty: all identified languages."""
    reasons: ByLanguage[str] = Field(default_factory=dict)
    """Code of a language -> reason for its dropped documents, in place of `language_not_requested`."""

    def requested_languages(self) -> tuple[str, ...]:
        return self.languages

    def reads(self) -> frozenset[str]:
        return frozenset({LANGUAGE})

    def open(self, context: Context) -> Callable[[pa.Table], Drops]:
        wanted = pa.array(self.languages, pa.string())
        known = {UNDETERMINED: UNIDENTIFIED, **self.reasons}

        def decide(table: pa.Table) -> Drops:
            column = table[LANGUAGE]
            undetermined = pc.equal(column, UNDETERMINED)
            dropped = pc.or_(undetermined, pc.invert(pc.is_in(column, wanted))) if len(wanted) else undetermined
            rows = pc.indices_nonzero(dropped).to_pylist()
            codes = column.to_pylist()
            reasons = [known.get(codes[row], NOT_REQUESTED) for row in rows]
            nothing = [None] * len(rows)
            return Drops(rows, reasons, nothing, nothing)

        return decide
