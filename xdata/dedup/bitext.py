"""Decontamination of a training bitext: sentence pairs that are in an evaluation set, by the rule of ML50.

Tang et al. 2020, Multilingual Translation with Extensible Multilingual Pretraining and Finetuning (arXiv 2008.00401),
drop a training pair when either side is in any validation or test set of any pair of languages, on either side: with
50 languages the English of one pair's test set is in the training data of another. Here both sides are compared in
one normal form (NFC, white space at the ends left out and inside made one space), so that a trailing space or a last
line without its end hides nothing; each pair is looked at once, whatever its direction; and what was dropped, and for
which row, is reported. Sentences such as `Yes.` are in every test set, and dropping all pairs that have them costs more
than it saves: `min_characters` leaves pairs with short sentences alone, unless both sides are those of one row.
"""

import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple

from xdata.dedup.evaluation_sets import Item

Reason = Literal["pair_in_test", "both_in_test", "source_in_test", "target_in_test"]
"""
pair_in_test    both sides are those of one row, in either direction
both_in_test    each side is in some row
source_in_test  the source alone is
target_in_test  the target alone is
"""

ML50_MIN_CHARACTERS = 0
"""What the rule of ML50 leaves alone: nothing but empty sides."""


class Pair(NamedTuple):
    """A sentence and its translation."""

    source: str
    target: str


class PairLeak(NamedTuple):
    """Reason for a dropped pair, and the test rows that have it."""

    reason: Reason
    source_rows: tuple[str, ...]
    """Names of the rows that the source is in, as `flores/12`, in order."""
    target_rows: tuple[str, ...]


@dataclass
class PairCounts:
    """What became of pairs; `num_read` is `num_kept` and all reasons together."""

    num_read: int = 0
    num_kept: int = 0
    reasons: Counter[Reason] = field(default_factory=Counter)
    rows: Counter[str] = field(default_factory=Counter)
    """Row -> pairs that it dropped."""


class TestSentences:
    """All sentences of evaluation sets, in all languages, to compare pairs with."""

    __test__ = False  # no test class of pytest

    def __init__(self, items: Iterable[Item], *, min_characters: int) -> None:
        rows: dict[str, dict[str, None]] = defaultdict(dict)
        for item in items:
            text = normal_form(item.text)
            if text:
                rows[text][item.name] = None
        self._rows: Mapping[str, Sequence[str]] = {text: tuple(sorted(names)) for text, names in rows.items()}
        self._min_characters = min_characters

    def leak(self, pair: Pair) -> PairLeak | None:
        """Reason for dropping the pair, None for a kept pair."""
        source, target = normal_form(pair.source), normal_form(pair.target)
        source_rows, target_rows = self._rows.get(source, ()), self._rows.get(target, ())
        if source and target and set(source_rows) & set(target_rows) and source != target:
            return PairLeak("pair_in_test", tuple(source_rows), tuple(target_rows))
        source_rows = source_rows if len(source) >= self._min_characters else ()
        target_rows = target_rows if len(target) >= self._min_characters else ()
        if not source_rows and not target_rows:
            return None
        reason: Reason = "both_in_test" if source_rows and target_rows else "target_in_test"
        if not target_rows:
            reason = "source_in_test"
        return PairLeak(reason, tuple(source_rows), tuple(target_rows))


def without_test_pairs(
    pairs: Iterable[Pair], tests: TestSentences, counts: PairCounts
) -> Iterator[tuple[Pair, PairLeak | None]]:
    """Each pair once, in order, with the reason for dropping it, None for a kept pair; updates `counts`."""
    for pair in pairs:
        leak = tests.leak(pair)
        counts.num_read += 1
        if leak is None:
            counts.num_kept += 1
        else:
            counts.reasons[leak.reason] += 1
            counts.rows.update({*leak.source_rows, *leak.target_rows})
        yield pair, leak


def normal_form(text: str) -> str:
    """As sentences are compared: NFC, white space around it left out, and inside of it one space."""
    return " ".join(unicodedata.normalize("NFC", text).split())
