"""Verdicts of datatrove's filters, as a label that a filter of xdata can drop documents by."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Literal

import pyarrow as pa

from xdata.context import Context
from xdata.errors import ConfigError
from xdata.models.datatrove_step import DatatroveStep
from xdata.step import LABEL, Columns, Score
from xdata.text.analysis import Analyses, Analysis


class DatatroveVerdict(Score):
    """Adds the verdict of a datatrove filter: the reason for which it drops a document, null where it keeps it.

    The label has the name of the step. Its values are the reasons that the filter gives (`gopher_short_doc`), or the
    label's own name where it gives none. The filter sees text and id, and `url` and `language` as metadata; a verdict
    must depend on them alone. A filter that changes the text fails: `edits.datatrove` is for those.
    """

    kind: Literal["scores.datatrove"] = "scores.datatrove"
    libraries = ("datatrove",)

    step: DatatroveStep
    """The filter: class and arguments."""

    def adds(self) -> Mapping[str, pa.DataType]:
        return {self.name: LABEL}

    def identity(self) -> dict[str, Any]:
        """With the name, which is that of the label."""
        return super().identity() | {"name": self.name}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        found = self.step.open()

        def score(analyses: Sequence[Analysis]) -> Columns:
            return {self.name: verdicts(found, analyses, default=self.name)}

        return score


def verdicts(step: Any, analyses: Sequence[Analysis], *, default: str) -> list[str | None]:
    """Why a filter drops each document; None where it keeps it. Raises ConfigError where it changes a text."""
    from datatrove.data import Document
    from datatrove.pipeline.filters.base_filter import get_filter_result

    documents = [Document(text=each.text, id=each.id, metadata=_metadata(each)) for each in analyses]
    found: list[str | None] = []
    for document, analysis, result in zip(documents, analyses, step.filter_batch(documents), strict=True):
        if document.text != analysis.text:
            raise ConfigError(f"{type(step).__name__} changes texts: make it a step with xdata.datatrove.edit")
        keeps, reason = get_filter_result(result)
        found.append(None if keeps else str(reason or default))
    return found


def _metadata(analysis: Analysis) -> dict[str, str]:
    facts = {"url": analysis.url, "language": analysis.language}
    return {name: value for name, value in facts.items() if value is not None}
