"""Drops documents from listed URLs."""

from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc

from xdata.context import Context
from xdata.records import URL_CATEGORY
from xdata.step import Drops, Filter


class DropUrls(Filter):
    """Drops documents whose URL is in a list, with its category in the reason: `url_adult`, `url_phishing`, …"""

    kind: Literal["filters.urls"] = "filters.urls"

    categories: tuple[str, ...] = ()
    """Categories to drop; empty: every category."""

    def reads(self) -> frozenset[str]:
        return frozenset({URL_CATEGORY})

    def open(self, context: Context) -> Callable[[pa.Table], Drops]:
        wanted = pa.array(self.categories, pa.string())

        def decide(table: pa.Table) -> Drops:
            column = table[URL_CATEGORY]
            dropped = pc.is_in(column, wanted) if len(wanted) else pc.is_valid(column)
            rows = pc.indices_nonzero(dropped)
            reasons = [f"url_{category}" for category in column.take(rows).to_pylist()]
            nothing = [None] * len(rows)
            return Drops(rows.to_pylist(), reasons, nothing, nothing)

        return decide
