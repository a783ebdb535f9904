"""Formatters of datatrove, and those of its filters that change texts, as edits."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Literal

from xdata.context import Context
from xdata.models.datatrove_step import DatatroveStep, is_filter
from xdata.records import Document
from xdata.step import Edit


class DatatroveEdit(Edit):
    """Changes texts as a datatrove formatter or filter does, document by document.

    A document that the filter drops gets the filter's reason as its error (`line-filter-too_few_words`), or the name of
    this step where it gives none; the decide stage drops it for that. Counts `documents` that were changed. What comes
    out must depend on the document alone.
    """

    kind: Literal["edits.datatrove"] = "edits.datatrove"
    libraries = ("datatrove",)

    step: DatatroveStep
    """The formatter or filter: class and arguments."""

    def open(self, context: Context) -> Callable[[Document], Document]:
        found = self.step.open()
        change = _filtered if is_filter(found) else _formatted

        def edit(document: Document) -> Document:
            text, error = change(found, document, self.name)
            if error is not None:
                return replace(document, error=error)
            if text == document.text:
                return document
            return replace(document, text=text, changes=(*document.changes, ("documents", 1)))

        return edit


def _formatted(step: Any, document: Document, name: str) -> tuple[str, str | None]:
    return step.format(document.text), None


def _filtered(step: Any, document: Document, name: str) -> tuple[str, str | None]:
    """(text, why the document is dropped) after a filter."""
    from datatrove.data import Document as Given
    from datatrove.pipeline.filters.base_filter import get_filter_result

    facts = {"url": document.url, "date": document.date, "language": document.language}
    given = Given(text=document.text, id=document.id, metadata={key: each for key, each in facts.items() if each})
    keeps, reason = get_filter_result(step.filter(given))
    return given.text, None if keeps else str(reason or name)
