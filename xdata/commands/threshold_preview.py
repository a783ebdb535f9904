"""Preview of thresholds: which documents each quality rule drops by the old and by the new thresholds of a language."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson

from xdata import records
from xdata.disk import write_atomically
from xdata.filters.calibration import Scores, beyond
from xdata.filters.rules import Rule, limit_of
from xdata.formats.table import output_of
from xdata.language_facts import Thresholds
from xdata.output.manifest import Manifest

_SHOWN = (records.ID, records.ORIGINAL_ID, records.SOURCE, records.URL, records.TEXT)
_SIGNS = {"min": ">=", "max": "<="}


@dataclass(frozen=True)
class RuleEffect:
    """The effect of one rule on the documents of a language."""

    rule: Rule
    old_threshold: float | None
    """Threshold before the calibration; None where the rule is disabled."""
    new_threshold: float | None
    num_old: int
    """Documents that the rule drops by its old threshold."""
    num_new: int
    newly_dropped: int
    newly_kept: int
    alone: int
    """Documents that no other rule drops by the new thresholds."""


@dataclass(frozen=True)
class Effect:
    """The effect of old and new thresholds on the documents of a language."""

    rules: tuple[Rule, ...]
    old_thresholds: tuple[float | None, ...]
    new_thresholds: tuple[float | None, ...]
    ids: tuple[str, ...]
    values: npt.NDArray[np.float64]
    """Scores of shape (documents, rules), NaN where a score was not computed."""

    @classmethod
    def of(
        cls,
        ids: Sequence[str],
        scores: Scores,
        rules: Iterable[Rule],
        *,
        old: Thresholds | None,
        new: Thresholds,
        disabled: Collection[str] = (),
    ) -> "Effect":
        """Compares thresholds. `disabled` names scores that could not be computed before the calibration."""
        found = tuple(rule for rule in rules if rule.score in scores)
        before = old if old is not None else Thresholds(source="", num_documents=1)
        return cls(
            found,
            tuple(None if rule.score in disabled else limit_of(rule, before) for rule in found),
            tuple(limit_of(rule, new) for rule in found),
            tuple(ids),
            np.stack([scores[rule.score] for rule in found], axis=1),
        )

    @cached_property
    def by_old(self) -> npt.NDArray[np.bool_]:
        """Whether each rule drops each document by the old thresholds, of shape (documents, rules)."""
        return self._dropped(self.old_thresholds)

    @cached_property
    def by_new(self) -> npt.NDArray[np.bool_]:
        """The same by the new thresholds."""
        return self._dropped(self.new_thresholds)

    def _dropped(self, thresholds: Sequence[float | None]) -> npt.NDArray[np.bool_]:
        columns = [beyond(rule, self.values[:, n], thresholds[n]) for n, rule in enumerate(self.rules)]
        return np.stack(columns, axis=1)

    @property
    def reasons(self) -> dict[str, tuple[str, ...]]:
        """Id -> the rules that drop the document by the new thresholds, of all documents that are dropped."""
        names = np.array([rule.name for rule in self.rules])
        rows = np.flatnonzero(self.by_new.any(axis=1)).tolist()
        return {self.ids[row]: tuple(names[self.by_new[row]].tolist()) for row in rows}

    def by_rule(self) -> Iterator[RuleEffect]:
        """The effect of each rule."""
        old, new = self.by_old, self.by_new
        alone = new & (new.sum(axis=1, keepdims=True) == 1)
        for n, rule in enumerate(self.rules):
            yield RuleEffect(
                rule,
                self.old_thresholds[n],
                self.new_thresholds[n],
                num_old=int(old[:, n].sum()),
                num_new=int(new[:, n].sum()),
                newly_dropped=int((new & ~old)[:, n].sum()),
                newly_kept=int((old & ~new)[:, n].sum()),
                alone=int(alone[:, n].sum()),
            )

    def changes(self) -> dict[str, dict[str, Any]]:
        """Id -> what old and new thresholds decide on the document, of all that either drop.

        `change` is `newly_dropped`, `newly_kept` or `dropped` (by both). `rules` has score, value and both thresholds
        of each rule that drops the document.
        """
        found = {}
        by_any = self.by_old | self.by_new
        for row in np.flatnonzero(by_any.any(axis=1)).tolist():
            old, new = bool(self.by_old[row].any()), bool(self.by_new[row].any())
            change = "dropped" if old and new else "newly_dropped" if new else "newly_kept"
            rules = np.flatnonzero(by_any[row]).tolist()
            found[self.ids[row]] = {"change": change, "rules": [self._verdict(row, n) for n in rules]}
        return found

    def _verdict(self, row: int, n: int) -> dict[str, Any]:
        return {
            "rule": self.rules[n].name,
            "score": self.rules[n].score,
            "value": float(f"{self.values[row, n]:.6g}"),
            "old_threshold": self.old_thresholds[n],
            "new_threshold": self.new_thresholds[n],
            "dropped_by_old": bool(self.by_old[row, n]),
            "dropped_by_new": bool(self.by_new[row, n]),
        }


def table(effect: Effect) -> Iterator[str]:
    """The effect of each rule as lines of a table."""
    yield (
        f"{'rule':<23} {'score':<24} {'old':>8} {'new':>8} {'drops old':>9} {'drops new':>9} "
        f"{'newly dropped':>13} {'newly kept':>10} {'alone':>5}"
    )
    for row in effect.by_rule():
        old, new = (_threshold(row.rule, value) for value in (row.old_threshold, row.new_threshold))
        yield (
            f"{row.rule.name:<23} {row.rule.score:<24} {old:>8} {new:>8} {row.num_old:>9,} {row.num_new:>9,} "
            f"{row.newly_dropped:>13,} {row.newly_kept:>10,} {row.alone:>5,}"
        )


def _threshold(rule: Rule, value: float | None) -> str:
    return "off" if value is None else f"{_SIGNS[rule.side]} {value:g}"


def write_preview(effects: Mapping[str, Effect], folder: Path, manifest: Manifest, path: Path) -> None:
    """Writes a line of JSON for each document that old or new thresholds drop, with its text.

    `effects` are those of languages, `folder` is the output folder of the sample. Raises ResourceError on a full disk.
    """
    changes = {key: (code, change) for code, effect in effects.items() for key, change in effect.changes().items()}
    lines = []
    for row in _rows(folder, manifest):
        if row[records.ID] in changes:
            code, change = changes[row[records.ID]]
            shown = {name: row[name] for name in _SHOWN if row.get(name) is not None}
            text = shown.pop(records.TEXT, None)
            facts = {**shown, records.LANGUAGE: code, **change, records.TEXT: text}
            lines.append((code, row[records.ID], orjson.dumps(facts, option=orjson.OPT_APPEND_NEWLINE)))
    write_atomically(path, b"".join(line for _, _, line in sorted(lines)))


def _rows(folder: Path, manifest: Manifest) -> Iterator[dict[str, Any]]:
    """The documents of an output folder, kept ones and rejects."""
    for file in manifest.files:
        if file.path.startswith(("data/", "rejects/")) and file.num_rows:
            for rows in output_of(file.path).rows(folder / file.path, _SHOWN):
                yield from rows
