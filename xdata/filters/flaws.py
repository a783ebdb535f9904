"""Drops what never became text."""

from collections.abc import Callable
from typing import Literal

import pyarrow as pa

from xdata.records import FLAW
from xdata.step import Drops, Filter


class DropFlawed(Filter):
    """Drops documents that an edit found a flaw in, with the flaw as the reason: `no_main_text`, `too_large`, …"""

    kind: Literal["filters.flaws"] = "filters.flaws"

    def reads(self) -> frozenset[str]:
        return frozenset({FLAW})

    def open(self) -> Callable[[pa.Table], Drops]:
        return flawed


def flawed(table: pa.Table) -> Drops:
    """The rows that have a flaw, each with that as its reason."""
    flaws = table[FLAW].to_pylist()
    rows = [row for row, flaw in enumerate(flaws) if flaw is not None]
    nothing = [None] * len(rows)
    return Drops(rows, [flaws[row] for row in rows], nothing, nothing)
