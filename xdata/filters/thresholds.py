"""Drops documents whose score is on the wrong side of a threshold."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field, field_validator, model_validator

from xdata.context import Context
from xdata.errors import ConfigError
from xdata.filters.rules import OFF, find_rule, own_thresholds
from xdata.language_facts import Thresholds
from xdata.language_options import ByLanguage
from xdata.languages import resolve_codes
from xdata.records import LANGUAGE, UNKNOWN
from xdata.step import Drops, Filter, ScoreLimit


class Threshold(Filter):
    """Drops documents whose score is below `min_value` or above `max_value`.

    A language may have a threshold of its own: one that is given for it, else the one that its language file has for
    `rule`. The language files are looked at where documents are decided, so a recipe need not spell them out; what
    they say is part of the step's identity.

    A score that was not computed (null) drops nothing. Scores are float32, so thresholds are compared as float32:
    a score of 0.1 is not below a threshold of 0.1. Reads `language` where a language has its own threshold.
    """

    kind: Literal["filters.threshold"] = "filters.threshold"

    score: str = Field(pattern=r"^(scores\.[a-z0-9_]+|language_score)$")
    """Path of the score, as `scores.num_words`."""
    reason: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    """Reason for dropped documents, as `too_few_words`."""
    min_value: float | None = Field(default=None, allow_inf_nan=False)
    """Documents with a smaller score are dropped; None for no such threshold."""
    max_value: float | None = Field(default=None, allow_inf_nan=False)
    """Documents with a greater score are dropped; None for no such threshold."""
    """Documents with a larger score are dropped; None for no such threshold."""
    min_by_language: ByLanguage[float] = Field(default_factory=dict)
    """Code of a language -> its own `min_value`."""
    max_by_language: ByLanguage[float] = Field(default_factory=dict)
    """Code of a language -> its own `max_value`."""
    rule: str | None = None
    """Quality rule whose thresholds in the language files apply, as `many_digits`; None: no rule."""
    languages: tuple[str, ...] = ()
    """Languages whose files are read for the rule; empty: all."""
    without: Literal["domain", "license", "url", "date", "url_language"] | None = None
    """Field (`domain`): only documents that do not state it are filtered; None: all."""

    @field_validator("rule")
    @classmethod
    def _known(cls, rule: str | None) -> str | None:
        try:
            return None if rule is None else find_rule(rule).name
        except ConfigError as error:
            raise ValueError(str(error)) from None

    @field_validator("languages")
    @classmethod
    def _codes(cls, languages: tuple[str, ...]) -> tuple[str, ...]:
        try:
            return resolve_codes(languages)
        except ConfigError as error:
            raise ValueError(str(error)) from None

    @model_validator(mode="after")
    def _some_threshold(self) -> "Threshold":
        given = (self.min_by_language, self.max_by_language, self.rule)
        if self.min_value is self.max_value is None and not any(given):
            raise ValueError("give min_value or max_value")
        if self.languages and self.rule is None:
            raise ValueError("languages has no effect without rule: give rule, or remove languages")
        return self

    def reads(self) -> frozenset[str]:
        own = {LANGUAGE} if self.min_by_language or self.max_by_language or self.rule else set()
        return frozenset({self.score, *own, *([self.without] if self.without else [])})

    def from_language_files(
        self, languages: Iterable[str] | None = None, *, files: Mapping[str, Thresholds] | None = None
    ) -> dict[str, float]:
        """Language -> threshold that its language file has for `rule`: of all that count, or of some of those.

        `files` are the thresholds of these languages at least, where the caller has looked at them for several steps.
        Raises ConfigError for a language file that has a threshold of a rule that does not exist.
        """
        if self.rule is None:
            return {}
        codes = self.languages if languages is None else self._counting(languages)
        if languages is not None and not codes:
            return {}
        side = find_rule(self.rule).side
        own = own_thresholds(self.rule, codes, files=files)
        common = self.min_value if side == "min" else self.max_value
        return own if common is not None else {code: value for code, value in own.items() if value != OFF[side]}

    def _counting(self, languages: Iterable[str]) -> tuple[str, ...]:
        """Those languages whose files count."""
        return tuple(code for code in languages if not self.languages or code in self.languages)

    def identity(self) -> dict[str, Any]:
        """With the thresholds of the language files in place of the reference to them."""
        return self.model_dump(mode="json", exclude={"name", "rule", "languages"}) | self._by_language()

    def written(self) -> dict[str, Any]:
        """Without what it has not."""
        return {name: value for name, value in super().written().items() if value not in (None, {}, [])}

    def limits(self, languages: Sequence[str]) -> tuple[ScoreLimit, ...]:
        """The thresholds, with those that the language files have for these languages."""
        own = self._by_language(languages)
        least, most = own["min_by_language"], own["max_by_language"]
        by_language = {
            code: (least.get(code, self.min_value), most.get(code, self.max_value)) for code in sorted({*least, *most})
        }
        limit = ScoreLimit(
            step=self.name,
            score=self.score,
            reason=self.reason,
            min_value=self.min_value,
            max_value=self.max_value,
            by_language=by_language,
        )
        return (limit,)

    def open(self, context: Context) -> Callable[[pa.Table], Drops]:
        known: dict[str | None, tuple[float, float]] = {}

        def decide(table: pa.Table) -> Drops:
            values = _scores(table, self.score)
            least, most = self._limits(table, known)
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

    def _by_language(self, languages: Iterable[str] | None = None) -> dict[str, dict[str, float]]:
        """`min_by_language` and `max_by_language`, with what the language files add: of all languages, or of some."""
        found = self.from_language_files(languages)
        side = find_rule(self.rule).side if self.rule else None
        return {
            "min_by_language": (found if side == "min" else {}) | dict(self.min_by_language),
            "max_by_language": (found if side == "max" else {}) | dict(self.max_by_language),
        }

    def _limits(
        self, table: pa.Table, known: dict[str | None, tuple[float, float]]
    ) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """The least and the greatest value of each row; NaN, which no value exceeds, without a threshold.

        `known` are those of languages that were looked up before; new ones are added.
        """
        if LANGUAGE not in self.reads():
            least, most = _number(self.min_value), _number(self.max_value)
            return np.full(table.num_rows, least, np.float32), np.full(table.num_rows, most, np.float32)
        codes = table[LANGUAGE].to_pylist()
        new = set(codes) - known.keys()
        if new:
            own = self._by_language(code for code in new if code is not None)
            for code in new:
                known[code] = (
                    _number(own["min_by_language"].get(code, self.min_value)),
                    _number(own["max_by_language"].get(code, self.max_value)),
                )
        limits = np.array([known[code] for code in codes], dtype=np.float32).reshape(-1, 2)
        return limits[:, 0], limits[:, 1]


def _number(limit: float | None) -> float:
    return np.nan if limit is None else limit


def _scores(table: pa.Table, path: str) -> npt.NDArray[np.float32]:
    """One score of each row, NaN where it is null."""
    parent, _, name = path.rpartition(".")
    column = table[parent or name].combine_chunks()
    column = column.chunk(0) if isinstance(column, pa.ChunkedArray) else column
    values = column.field(name) if parent else column
    return np.asarray(values.to_numpy(zero_copy_only=False), dtype=np.float32)
