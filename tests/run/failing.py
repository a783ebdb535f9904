"""Steps that fail on some documents on purpose, loaded by path as a user's file is; no filter drops them."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import pyarrow as pa

from xdata import Columns, Edit, Filter, Recipe, Score, Stage
from xdata.context import Context
from xdata.export.shards import Shards
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.records import Document
from xdata.scores.language import IdentifyLanguage
from xdata.step import LABEL, SCORE, Drops
from xdata.text.analysis import Analyses


class Edits(Edit):
    """Fails on a document that says so."""

    kind: Literal["edits.failing"] = "edits.failing"
    name: str = "edits"

    def open(self, context: Context) -> Callable[[Document], Document]:
        def edit(document: Document) -> Document:
            if document.text.startswith("edit"):
                raise ValueError("it is broken")
            return document

        return edit


class Together(Score):
    """Fails on a document that says so, and on many together."""

    kind: Literal["scores.failing"] = "scores.failing"
    name: str = "together"

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"scores.together": SCORE, "dialect": LABEL}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        def score(analyses: Analyses) -> Columns:
            if len(analyses) > 1 or any(analysis.text.startswith("score") for analysis in analyses):
                raise ValueError("cannot be measured")
            return {"scores.together": np.ones(1, dtype=np.float32), "dialect": ["d"]}

        return score


class Decide(Filter):
    """Drops nothing, or fails."""

    kind: Literal["filters.failing"] = "filters.failing"
    name: str = "decide"
    fails: bool = False

    def reads(self) -> frozenset[str]:
        return frozenset({"scores.together"})

    def open(self, context: Context) -> Callable[[pa.Table], Drops]:
        def decide(table: pa.Table) -> Drops:
            if self.fails:
                raise ZeroDivisionError("no rows")
            return Drops([], [], [], [])

        return decide


def failing(*, sources: tuple[Source, ...], fails: bool = False) -> Recipe:
    """Documents that went through steps that may fail."""
    edit = Stage("read", (Files(sources=sources), Edits()))
    annotate = Stage("annotate", (IdentifyLanguage(), Together()))
    decide = Stage("decide", (Decide(fails=fails),))
    corpus = Stage("corpus", (Shards(),))
    return Recipe("failing", (edit, annotate, decide, corpus), code=(__file__,))
