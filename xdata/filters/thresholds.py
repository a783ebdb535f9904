"""Drops documents whose score is on the wrong side of a threshold."""

from collections.abc import Callable, Mapping
from typing import Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field, field_validator, model_validator

from xdata.errors import ConfigError
from xdata.languages import resolve_code
from xdata.records import LANGUAGE, SCORES, UNKNOWN
from xdata.step import Drops, Filter


class Threshold(Filter):
    """Drops documents whose score is below `min_value` or above `max_value`.

    A score that was not computed (null) drops nothing. Scores are float32, so thresholds are compared as float32:
    a score of 0.1 is not below a threshold of 0.1. Reads `language` where a language has its own threshold.
    """

    kind: Literal["filters.threshold"] = "filters.threshold"

    score: str = Field(pattern=r"^scores\.[a-z0-9_]+$")
    """Path of the score, as `scores.num_words`."""
    reason: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """What is wrong with a document that is dropped, as `too_few_words`."""
    min_value: float | None = Field(default=None, allow_inf_nan=False)
    max_value: float | None = Field(default=None, allow_inf_nan=False)
    min_by_language: Mapping[str, float] = Field(default_factory=dict)
    """Code of a language -> its own `min_value`."""
    max_by_language: Mapping[str, float] = Field(default_factory=dict)
    """Code of a language -> its own `max_value`."""
    without: Literal["domain", "licence", "url", "date", "url_language"] | None = None
    """Only documents of which nobody said this are decided, all where it is None."""

    @field_validator("min_by_language", "max_by_language")
    @classmethod
    def _resolved(cls, thresholds: Mapping[str, float]) -> Mapping[str, float]:
        try:
            return {resolve_code(name): value for name, value in thresholds.items()}
        except ConfigError as error:
            raise ValueError(str(error)) from None

    @model_validator(mode="after")
    def _some_threshold(self) -> "Threshold":
        if self.min_value is self.max_value is None and not self.min_by_language and not self.max_by_language:
            raise ValueError("give min_value or max_value")
        return self

    def reads(self) -> frozenset[str]:
        own = {LANGUAGE} if self.min_by_language or self.max_by_language else set()
        return frozenset({self.score, *own, *([self.without] if self.without else [])})

    def open(self) -> Callable[[pa.Table], Drops]:
        def decide(table: pa.Table) -> Drops:
            values = _scores(table, self.score)
            least = self._limits(table, self.min_value, self.min_by_language)
            most = self._limits(table, self.max_value, self.max_by_language)
            below, above = values < least, values > most
            rows = np.flatnonzero((below | above) & self._decided(table))
            thresholds = np.where(below, least, most)[rows]
            return Drops(rows.tolist(), [self.reason] * len(rows), values[rows].tolist(), thresholds.tolist())

        return decide

    def _decided(self, table: pa.Table) -> npt.NDArray[np.bool_]:
        """Which rows are decided at all."""
        if self.without is None:
            return np.ones(table.num_rows, dtype=bool)
        unsaid = {None, UNKNOWN}
        return np.array([value in unsaid for value in table[self.without].to_pylist()], dtype=bool)

    def _limits(
        self, table: pa.Table, value: float | None, by_language: Mapping[str, float]
    ) -> npt.NDArray[np.float32]:
        """The limit of each row; NaN, which nothing is beyond, where there is none."""
        common = np.nan if value is None else value
        if not by_language:
            return np.full(table.num_rows, common, dtype=np.float32)
        return np.array([by_language.get(code, common) for code in table[LANGUAGE].to_pylist()], dtype=np.float32)


def _scores(table: pa.Table, path: str) -> npt.NDArray[np.float32]:
    """One score of each row, NaN where it is null."""
    column = table[SCORES].combine_chunks()
    field = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    return np.asarray(field.field(path.removeprefix(f"{SCORES}.")).to_numpy(zero_copy_only=False), dtype=np.float32)
