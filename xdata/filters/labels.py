"""Drops documents by a label that a score gave them."""

from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from xdata.context import Context
from xdata.step import Drops, Filter


class DropLabeled(Filter):
    """Drops documents that have a label, with the label as the reason: `gopher_short_doc`, …"""

    kind: Literal["filters.labels"] = "filters.labels"

    label: str = Field(min_length=1)
    """Column of the label, which a score adds."""
    values: tuple[str, ...] = ()
    """Labels for which documents are dropped; empty: every label."""

    def reads(self) -> frozenset[str]:
        return frozenset({self.label})

    def open(self, context: Context) -> Callable[[pa.Table], Drops]:
        wanted = pa.array(self.values, pa.string())

        def decide(table: pa.Table) -> Drops:
            column = table[self.label]
            rows = pc.indices_nonzero(pc.is_in(column, wanted) if len(wanted) else pc.is_valid(column))
            nothing = [None] * len(rows)
            return Drops(rows.to_pylist(), column.take(rows).to_pylist(), nothing, nothing)

        return decide
