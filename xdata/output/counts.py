"""Counts of documents: read + made = kept + dropped + merged, by the language on leaving a stage."""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

MOST_NAMED = 1000
"""Unreadable records and failed documents that one rank names; more are counted."""
MOST_NAMED_IN_ALL = 10_000
"""Of those, how many a whole run names."""
GUARD = "guard"
"""Stands for a step where the guard stopped a document."""
MOST_KINDS = 500
"""Kinds of skipped records, and of changes, that are counted separately, since crawls have any number of record
types."""
OTHER = "other"


@dataclass
class Tally:
    """What became of the documents of one language in one stage."""

    read: int = 0
    made: int = 0
    kept: int = 0
    dropped: int = 0
    merged: int = 0

    def adds_up(self) -> bool:
        return self.read + self.made == self.kept + self.dropped + self.merged

    def add(self, other: "Tally") -> None:
        for name in ("read", "made", "kept", "dropped", "merged"):
            setattr(self, name, getattr(self, name) + getattr(other, name))


@dataclass
class Failures:
    """Documents that one step failed on."""

    first_id: str
    first_error: str
    num: int = 0


@dataclass
class Counts:
    """What a rank, or a whole stage, counted."""

    tallies: defaultdict[str, Tally] = field(default_factory=lambda: defaultdict(Tally))
    """Language -> documents."""
    reasons: defaultdict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """Language -> reason -> documents dropped with it; one document may have several."""
    skipped: Counter[str] = field(default_factory=Counter)
    """What it was -> records of input files that are no documents."""
    num_unreadable: int = 0
    unreadable: list[dict[str, Any]] = field(default_factory=list)
    """Places of input files that cannot be read: source, path, offset, inner_offset, error."""
    failures: dict[str, "Failures"] = field(default_factory=dict)
    """Step, or `guard` -> the documents that it failed on."""
    failed: list[dict[str, Any]] = field(default_factory=list)
    """Documents that a step failed on or the guard stopped: id, step, error."""
    stopped: Counter[str] = field(default_factory=Counter)
    """Verdict of the guard -> documents."""
    changes: Counter[str] = field(default_factory=Counter)
    """`<name of an edit>.<what it did>` -> how often."""

    def count_skipped(self, what: str, num: int = 1) -> None:
        self.skipped[what if what in self.skipped or len(self.skipped) < MOST_KINDS else OTHER] += num

    def count_change(self, what: str, num: int) -> None:
        self.changes[what if what in self.changes or len(self.changes) < MOST_KINDS else OTHER] += num

    def name_unreadable(self, **facts: Any) -> None:
        self.num_unreadable += 1
        if len(self.unreadable) < MOST_NAMED:
            self.unreadable.append(facts)

    def name_failed(self, *, id: str, step: str, error: str) -> None:
        self.failures.setdefault(step, Failures(id, error)).num += 1
        if len(self.failed) < MOST_NAMED:
            self.failed.append({"id": id, "step": step, "error": error})

    def forget_unreadable(self, files: Collection[tuple[str, str]], *, num: int) -> None:
        """Takes `num` places back that are of `files` (source, path), which are counted as files."""
        self.num_unreadable -= num
        self.unreadable = [place for place in self.unreadable if (place["source"], place["path"]) not in files]

    @property
    def num_failed(self) -> int:
        return sum(failures.num for failures in self.failures.values())

    @property
    def total(self) -> Tally:
        total = Tally()
        for tally in self.tallies.values():
            total.add(tally)
        return total

    def to_data(self) -> dict[str, Any]:
        """As JSON has it, keys sorted; numbers that are 0 throughout are left out of tallies."""
        return {
            "documents": {code: vars(tally) for code, tally in sorted(self.tallies.items())},
            "reasons": {
                code: {why: n for why, n in sorted(counts.items()) if n}
                for code, counts in sorted(self.reasons.items())
                if counts.total()
            },
            "skipped": dict(sorted(self.skipped.items())),
            "num_unreadable": self.num_unreadable,
            "unreadable": self.unreadable,
            "failures": {step: vars(failures) for step, failures in sorted(self.failures.items())},
            "failed": self.failed,
            "stopped": dict(sorted(self.stopped.items())),
            "changes": dict(sorted(self.changes.items())),
        }

    @classmethod
    def sum(cls, parts: Iterable[Mapping[str, Any]]) -> "Counts":
        """The sum of what `to_data` of several gave."""
        total = cls()
        for part in parts:
            for code, numbers in part["documents"].items():
                total.tallies[code].add(Tally(**numbers))
            for code, reasons in part["reasons"].items():
                total.reasons[code].update(reasons)
            for what, num in part["skipped"].items():
                total.count_skipped(what, num)
            total.unreadable += part["unreadable"][: MOST_NAMED_IN_ALL - len(total.unreadable)]
            total.failed += part["failed"][: MOST_NAMED_IN_ALL - len(total.failed)]
            total.stopped.update(part["stopped"])
            for what, num in part["changes"].items():
                total.count_change(what, num)
            total.num_unreadable += part["num_unreadable"]
            for step, failures in part["failures"].items():
                first = Failures(failures["first_id"], failures["first_error"])
                total.failures.setdefault(step, first).num += failures["num"]
        return total
