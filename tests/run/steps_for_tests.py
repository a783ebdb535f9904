"""Steps that misbehave on purpose, loaded by path as a user's file is."""

import ctypes
import os
import signal
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Literal

import pyarrow as pa

from xdata import Columns, Edit, Recipe, Score, Stage
from xdata.context import Context
from xdata.export.shards import Shards
from xdata.filters.errors import DropErrors
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.recipe.recipe import Guard
from xdata.records import Document
from xdata.step import LABEL
from xdata.text.analysis import Analysis

_KEPT: list[bytes] = []


class Rate(Score):
    """Fails on a document that says so, or gives a language that is none."""

    kind: Literal["scores.rate"] = "scores.rate"

    def adds(self) -> Mapping[str, pa.DataType]:
        return {"language": LABEL}

    def open(self, context: Context) -> Callable[[Sequence[Analysis]], Columns]:
        def rate(analyses: Sequence[Analysis]) -> Columns:
            if any(analysis.text.startswith("unrateable") for analysis in analyses):
                raise ZeroDivisionError("no words")
            escaped = any(analysis.text.startswith("escape") for analysis in analyses)
            return {"language": ["../../evil" if escaped else "swh_Latn" for _ in analyses]}

        return rate


class Misbehave(Edit):
    """Does to a document what its text says."""

    kind: Literal["edits.misbehave"] = "edits.misbehave"

    def open(self, context: Context) -> Callable[[Document], Document]:
        return misbehave


def misbehave(document: Document) -> Document:
    match document.text:
        case "raise":
            raise ValueError("this page is odd\nand has two lines")
        case "spin":
            while True:
                pass
        case "grow":
            while True:
                _KEPT.append(b"x" * (8 << 20))
        case "die":
            os.kill(os.getpid(), signal.SIGKILL)
        case "crash":
            os.abort()
        case "segfault":
            ctypes.string_at(0)
        case "starve":
            raise MemoryError
        case "nothing":
            return None  # type: ignore[return-value]
        case "elsewhere":
            return replace(document, language="../../../evil")
        case "leave":
            os._exit(7)
    return replace(document, text=f"{document.text} done")


def steps_for_tests(
    *,
    sources: tuple[Source, ...],
    cpu_seconds: float = 1.0,
    memory_bytes: int = 400 << 20,
) -> Recipe:
    """Documents that went through `misbehave`."""
    edit = Stage("read", (Files(sources=sources), Misbehave()))
    annotate = Stage("annotate", (Rate(),))
    decide = Stage("decide", (DropErrors(),))
    corpus = Stage("corpus", (Shards(),))
    guard = Guard(cpu_seconds=cpu_seconds, memory_bytes=memory_bytes)
    return Recipe("misbehaving", (edit, annotate, decide, corpus), guard=guard, code=(__file__,))
