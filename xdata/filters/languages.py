"""Keeps the languages that were asked for."""

from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import field_validator

from xdata.errors import ConfigError
from xdata.languages import UNDETERMINED, resolve_codes
from xdata.records import LANGUAGE
from xdata.step import Drops, Filter

NOT_REQUESTED = "language_not_requested"
UNIDENTIFIED = "language_unidentified"


class KeepLanguages(Filter):
    """Drops documents in other languages (`language_not_requested`) and in none (`language_unidentified`)."""

    kind: Literal["filters.languages"] = "filters.languages"

    languages: tuple[str, ...] = ()
    """Codes of the languages to keep; all that are identified where it is empty."""

    @field_validator("languages")
    @classmethod
    def _resolved(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return resolve_codes(languages)
        except ConfigError as error:
            raise ValueError(str(error)) from None

    def reads(self) -> frozenset[str]:
        return frozenset({LANGUAGE})

    def open(self) -> Callable[[pa.Table], Drops]:
        wanted = pa.array(self.languages, pa.string())

        def decide(table: pa.Table) -> Drops:
            column = table[LANGUAGE]
            undetermined = pc.equal(column, UNDETERMINED)
            dropped = pc.or_(undetermined, pc.invert(pc.is_in(column, wanted))) if len(wanted) else undetermined
            rows = pc.indices_nonzero(dropped).to_pylist()
            codes = column.to_pylist()
            reasons = [UNIDENTIFIED if codes[row] == UNDETERMINED else NOT_REQUESTED for row in rows]
            nothing = [None] * len(rows)
            return Drops(rows, reasons, nothing, nothing)

        return decide
