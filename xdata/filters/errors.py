"""Drops documents with an error."""

from collections.abc import Callable
from typing import ClassVar, Literal

import pyarrow as pa

from xdata.context import Context
from xdata.records import ERROR
from xdata.step import Drops, Filter


class DropErrors(Filter):
    """Drops documents for which an edit set an error, with the error as the reason: `no_main_text`, `too_large`, …"""

    kind: Literal["filters.errors"] = "filters.errors"
    drops_errors: ClassVar[bool] = True

    def reads(self) -> frozenset[str]:
        return frozenset({ERROR})

    def open(self, context: Context) -> Callable[[pa.Table], Drops]:
        return with_errors


def with_errors(table: pa.Table) -> Drops:
    """The rows that have an error, each with that as its reason."""
    errors = table[ERROR].to_pylist()
    rows = [row for row, error in enumerate(errors) if error is not None]
    nothing = [None] * len(rows)
    return Drops(rows, [errors[row] for row in rows], nothing, nothing)
