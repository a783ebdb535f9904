"""What two output folders share, and what one has gained or lost against the other, by language and reason.

Documents are the same when their ids are, which are stable over runs and added inputs. Ledgers are compared in slices
of ids, so that memory depends on the size of a slice and not on that of the corpora.
"""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xdata.errors import CheckError
from xdata.output.manifest import Manifest
from xdata.output.statistics import KEPT, first_reasons
from xdata.records import ID, LANGUAGE, REASONS

ABSENT = "not read"
"""Fate of a document that a corpus has not in its ledger."""
_SLICE_ROWS = 4_000_000
_MOST_SLICES = 256


@dataclass
class Fates:
    """Documents of one language: how many have which fate here and there."""

    both: int = 0
    """Kept in both."""
    gained: Counter[str] = field(default_factory=Counter)
    """Fate in the first folder -> documents that only the second one keeps."""
    lost: Counter[str] = field(default_factory=Counter)
    """Fate in the second folder -> documents that only the first one keeps."""
    moved: int = 0
    """Kept in both, but in another language in the first."""


def diff(first: Path, second: Path) -> dict[str, Fates]:
    """Language (that of the folder which keeps the document, the second's before the first's) -> fates.

    Raises CheckError where a folder is not complete or a table cannot be read.
    """
    ledgers = [_ledger(folder) for folder in (first, second)]
    rows = sum(num for paths in ledgers for _, num in paths)
    num_slices = min(_MOST_SLICES, max(1, -(-rows // _SLICE_ROWS)))
    found: dict[str, Fates] = {}
    for number in range(num_slices):
        low, high = (f"{256 * n // num_slices:02x}" for n in (number, number + 1))
        last = "g" if number + 1 == num_slices else high
        one, two = (_slice([path for path, _ in paths], low, last) for paths in ledgers)
        joined = one.join(two, keys=ID, join_type="full outer", left_suffix="_1", right_suffix="_2", use_threads=False)
        names = ["language_1", "fate_1", "language_2", "fate_2"]
        for row in joined.group_by(names).aggregate([([], "count_all")]).to_pylist():
            fate_1, fate_2 = row["fate_1"] or ABSENT, row["fate_2"] or ABSENT
            _add(found, row["language_1"], fate_1, row["language_2"], fate_2, row["count_all"])
    return dict(sorted(found.items()))


def describe(found: dict[str, Fates]) -> Iterator[str]:
    """The difference in lines: one a language where something differs, then why."""
    both = sum(fates.both for fates in found.values())
    gained: Counter[str] = sum((fates.gained for fates in found.values()), Counter())
    lost: Counter[str] = sum((fates.lost for fates in found.values()), Counter())
    yield f"{both:,} documents are kept in both, {gained.total():,} gained, {lost.total():,} lost"
    for code, fates in found.items():
        if fates.gained or fates.lost or fates.moved:
            moved = f", {fates.moved:,} moved here from other languages" if fates.moved else ""
            yield f"{code}: {fates.both:,} in both, {fates.gained.total():,} gained, {fates.lost.total():,} lost{moved}"
            for what, counts in (("gained", fates.gained), ("lost", fates.lost)):
                if counts:
                    place = "before" if what == "gained" else "now"
                    words = ", ".join(f"{fate} {num:,}" for fate, num in _ordered(counts))
                    yield f"  {what}, which were {place}: {words}"


def _add(found: dict[str, Fates], code_1: str | None, fate_1: str, code_2: str | None, fate_2: str, num: int) -> None:
    if fate_2 == KEPT and code_2 is not None:
        fates = found.setdefault(code_2, Fates())
        if fate_1 == KEPT:
            fates.both += num
            fates.moved += num if code_1 != code_2 else 0
        else:
            fates.gained[fate_1] += num
    elif fate_1 == KEPT and code_1 is not None:
        found.setdefault(code_1, Fates()).lost[fate_2] += num


def _ordered(counts: Counter[str]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda item: (-item[1], item[0]))


def _ledger(folder: Path) -> list[tuple[Path, int]]:
    """The parts of a ledger with their rows."""
    files = Manifest.read(folder).files
    return [(folder / file.path, file.num_rows) for file in files if file.path.startswith("ledger/") and file.num_rows]


def _slice(paths: list[Path], low: str, high: str) -> pa.Table:
    """Id, language and fate of the documents whose id is in a range."""
    parts = []
    for path in paths:
        try:
            table = pq.read_table(path, columns=[ID, LANGUAGE, REASONS], use_threads=False)
        except (pa.ArrowException, OSError):
            raise CheckError(f"{path}: is missing or damaged: run xdata check for all damaged files") from None
        table = table.filter(pc.and_(pc.greater_equal(table[ID], low), pc.less(table[ID], high)))
        reasons = table[REASONS].combine_chunks()
        parts.append(pa.table({ID: table[ID], "language": table[LANGUAGE], "fate": first_reasons(reasons)}))
    empty = pa.table({name: pa.array([], pa.string()) for name in (ID, "language", "fate")})
    return pa.concat_tables([empty, *parts])
