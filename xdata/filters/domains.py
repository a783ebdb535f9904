"""Keeps the requested domains."""

from collections.abc import Callable
from typing import Literal

import pyarrow as pa
import pyarrow.compute as pc
from pydantic import Field

from xdata.context import Context
from xdata.records import DOMAIN
from xdata.step import Drops, Filter

NOT_REQUESTED = "domain_not_requested"


class KeepDomains(Filter):
    """Drops documents that state another domain (`domain_not_requested`); those that state none are kept.

    A domain is the exact value that the source or the row states.
    """

    kind: Literal["filters.domains"] = "filters.domains"

    domains: tuple[str, ...] = Field(min_length=1)
    """Domains to keep."""

    def reads(self) -> frozenset[str]:
        return frozenset({DOMAIN})

    def open(self, context: Context) -> Callable[[pa.Table], Drops]:
        wanted = pa.array(self.domains, pa.string())

        def decide(table: pa.Table) -> Drops:
            column = table[DOMAIN]
            dropped = pc.and_(pc.is_valid(column), pc.invert(pc.is_in(column, wanted)))
            rows = pc.indices_nonzero(dropped).to_pylist()
            nothing = [None] * len(rows)
            return Drops(rows, [NOT_REQUESTED] * len(rows), nothing, nothing)

        return decide
