"""Steps that misbehave on purpose, loaded by path as a user's file is."""

import os
import signal
from collections.abc import Callable
from dataclasses import replace
from typing import Literal

from xdata import Edit, Recipe, Stage
from xdata.export.documents import Documents
from xdata.filters.flaws import DropFlawed
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.recipe import Guard
from xdata.records import Document
from xdata.scores.length import NumWords

_KEPT: list[bytes] = []


class Misbehave(Edit):
    """Does to a document what its text says."""

    kind: Literal["edits.misbehave"] = "edits.misbehave"

    def open(self) -> Callable[[Document], Document]:
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
        case "starve":
            raise MemoryError
        case "leave":
            os._exit(7)
    return replace(document, text=f"{document.text} done")


def steps_for_tests(*, sources: tuple[Source, ...], cpu_seconds: float = 1.0, memory_bytes: int = 400 << 20) -> Recipe:
    """Documents that went through `misbehave`."""
    edit = Stage("edit", (Files(sources=sources), Misbehave()))
    annotate = Stage("annotate", (NumWords(),), after=edit)
    decide = Stage("decide", (DropFlawed(),), after=annotate)
    corpus = Stage("corpus", (Documents(),), after=decide)
    guard = Guard(cpu_seconds=cpu_seconds, memory_bytes=memory_bytes)
    return Recipe("misbehaving", (edit, annotate, decide, corpus), guard=guard, code=(__file__,))
