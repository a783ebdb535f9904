"""What the tables of an output folder look like: distributions of scores, fates by source, and samples to read.

The ledger is gone through once, a row group at a time; samples come out of the first documents of data and the first
row groups of rejects. So a statistics takes little memory, and the same tables give the same statistics.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xdata import records
from xdata.formats.table import output_of
from xdata.output.leaked_texts import LeakedText, evaluation_items, leaked_texts
from xdata.output.manifest import FileFacts, StageFacts
from xdata.step import ScoreLimit
from xdata.text.masking import mask_personal

NUM_BINS = 20
MOST_CHARACTERS = 6000
"""Of a sample."""
_ALL_CHARACTERS = 2_000_000
"""Of all samples together: where languages are very many, samples are shorter."""
_LEAST_CHARACTERS = 400
_MARGIN = 400
"""Characters behind those, which are looked at when personal data is masked."""
_NUM_SAMPLES = 3
_NUM_BORDERLINE = 2
_NEAR = 0.25
"""Share of a threshold that a score may be away from it to be near it."""
_BATCH_ROWS = 50_000
_SAMPLED_BYTES = 16 << 20
"""Text of a language in which samples of kept documents are looked for."""
_REJECT_GROUPS = 16
"""Row groups of rejects in which samples are looked for."""
KEPT = "kept"
_COUNTED = (
    records.ID,
    records.LANGUAGE,
    records.LANGUAGE_SCORE,
    records.SOURCE,
    records.DECISION,
    records.REASONS,
    records.SCORES,
    records.LEAKS,
    records.CHECKED,
)
_MOST_LEAKS = 1000
"""Documents with test items that are named."""
_MOST_WITH_TEXTS = 50
"""Documents with test items that are shown with both texts."""
_LENGTH = "length"
"""Key of the length of the whole text of a row."""


@dataclass
class Histogram:
    """How a score is spread, of kept documents and of dropped ones."""

    edges: tuple[float, ...]
    """One more than there are bins; the last bin has its upper edge in it."""
    kept: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(NUM_BINS, dtype=np.int64))
    dropped: npt.NDArray[np.int64] = field(default_factory=lambda: np.zeros(NUM_BINS, dtype=np.int64))
    num_missing: int = 0
    """Documents without the score."""

    lowest: float = float("inf")
    highest: float = float("-inf")

    @property
    def num_values(self) -> int:
        """0 without values, 1 where all documents have the same one, else 2."""
        return 0 if self.lowest > self.highest else 1 if self.lowest == self.highest else 2

    def add(self, values: npt.NDArray[np.float32], kept: npt.NDArray[np.bool_]) -> None:
        """Counts documents; NaN is a score that was not computed."""
        known = ~np.isnan(values)
        if known.any():
            self.lowest = min(self.lowest, float(values[known].min()))
            self.highest = max(self.highest, float(values[known].max()))
        self.num_missing += int((~known).sum())
        bins = np.clip(np.searchsorted(self.edges, values[known], side="right") - 1, 0, NUM_BINS - 1)
        self.kept += np.bincount(bins[kept[known]], minlength=NUM_BINS)
        self.dropped += np.bincount(bins[~kept[known]], minlength=NUM_BINS)


@dataclass(frozen=True)
class Sample:
    """One document, to be read."""

    id: str
    text: str
    """Personal data masked; its beginning where it is very long."""
    why: str
    """Empty for a kept document that is not near a threshold."""
    num_masked: int = 0
    """Spans of personal data that are masked."""
    num_more: int = 0
    """Characters that are not shown."""


@dataclass
class Samples:
    """Documents of one language."""

    kept: list[Sample] = field(default_factory=list)
    nearly_dropped: list[Sample] = field(default_factory=list)
    nearly_kept: list[Sample] = field(default_factory=list)
    dropped: list[Sample] = field(default_factory=list)


@dataclass(frozen=True)
class Leaking:
    """A document that contains test items."""

    id: str
    language: str
    source: str
    decision: str
    leaks: tuple[str, ...]
    """As the column `leaks` names them, the surest first."""
    pairs: tuple[LeakedText, ...] = ()
    """The first of these with both texts."""


@dataclass
class Statistics:
    """What a report shows beside the manifest."""

    limits: list[ScoreLimit] = field(default_factory=list)
    scores: dict[str, Histogram] = field(default_factory=dict)
    """Score -> how it is spread over all documents."""
    by_language: dict[str, dict[str, Histogram]] = field(default_factory=dict)
    """Language -> score -> how it is spread."""
    sources: dict[str, Counter[str]] = field(default_factory=dict)
    """Source -> `kept` or the first reason why not -> documents."""
    languages: dict[str, Counter[str]] = field(default_factory=dict)
    """Language -> the same."""
    samples: dict[str, Samples] = field(default_factory=dict)
    leaking: list[Leaking] = field(default_factory=list)
    """The first documents with test items, in order of the ledger."""
    num_leaking: int = 0
    checked: dict[str, Counter[str]] = field(default_factory=dict)
    """Language -> value of `contamination_checked` -> number of documents."""


def statistics(
    folder: Path, files: Sequence[FileFacts], stages: Sequence[StageFacts], *, copied: bool = False
) -> Statistics:
    """Looks through the tables that are named in `files`, those of the stages given.

    Where data is `copied` from the input, it has no columns by which samples of kept documents could be chosen.
    """
    found = Statistics(limits=[limit for stage in stages for limit in stage.limits])
    for path in _tables(folder, files, "ledger/"):
        for table in _batches(path, _COUNTED):
            _count(found, table)
    read = [file for file in files if not (copied and file.path.startswith("data/"))]
    found.samples = _samples(folder, read, found.limits, num_languages=len(found.languages))
    found.leaking = _with_texts(folder, read, stages, found.leaking)
    return found


def _tables(folder: Path, files: Sequence[FileFacts], prefix: str) -> list[Path]:
    return [folder / file.path for file in files if file.path.startswith(prefix) and file.num_rows]


def _row_groups(path: Path, columns: Sequence[str], *, most: int | None = None) -> Iterator[pa.Table]:
    file = pq.ParquetFile(path)
    known = [name for name in columns if name in file.schema_arrow.names]
    for number in range(min(file.num_row_groups, most or file.num_row_groups)):
        yield file.read_row_group(number, columns=known, use_threads=False)


def _batches(path: Path, columns: Sequence[str]) -> Iterator[pa.Table]:
    """All rows, small row groups together."""
    file = pq.ParquetFile(path)
    known = [name for name in columns if name in file.schema_arrow.names]
    groups: list[int] = []
    rows = 0
    for number in range(file.num_row_groups):
        groups.append(number)
        rows += file.metadata.row_group(number).num_rows
        if rows >= _BATCH_ROWS or number == file.num_row_groups - 1:
            yield file.read_row_groups(groups, columns=known, use_threads=False)
            groups, rows = [], 0


def _count(found: Statistics, table: pa.Table) -> None:
    """Adds rows of the ledger to all counts."""
    fates = first_reasons(table[records.REASONS].combine_chunks())
    for groups, column in ((found.languages, records.LANGUAGE), (found.sources, records.SOURCE)):
        pairs = (
            pa.table({"name": table[column], "fate": fates}).group_by(["name", "fate"]).aggregate([([], "count_all")])
        )
        for row in pairs.to_pylist():
            groups.setdefault(row["name"], Counter())[row["fate"]] += row["count_all"]
    if records.LEAKS in table.column_names:
        _count_leaks(found, table)
    languages = np.asarray(table[records.LANGUAGE].to_pylist(), dtype=object)
    kept = np.asarray(pc.equal(table[records.DECISION], KEPT))
    for name, column in _scores(table):
        values = np.asarray(column.to_numpy(zero_copy_only=False), dtype=np.float32)
        edges = _edges(name)
        found.scores.setdefault(name, Histogram(edges)).add(values, kept)
        for language in dict.fromkeys(languages):
            rows = languages == language
            own = found.by_language.setdefault(language, {}).setdefault(name, Histogram(edges))
            own.add(values[rows], kept[rows])


def _scores(table: pa.Table) -> Iterator[tuple[str, pa.Array]]:
    """Name and values of each score of a table, the probability of the language first."""
    if records.LANGUAGE_SCORE in table.column_names:
        yield records.LANGUAGE_SCORE, table[records.LANGUAGE_SCORE].combine_chunks()
    if records.SCORES in table.column_names:
        scores = table[records.SCORES].combine_chunks()
        for field_ in scores.type:
            yield field_.name, pc.struct_field(scores, field_.name)


def _count_leaks(found: Statistics, table: pa.Table) -> None:
    """Adds which documents have test items, and how many were compared with translations of them."""
    pairs = table.group_by([records.LANGUAGE, records.CHECKED]).aggregate([([], "count_all")])
    for row in pairs.to_pylist():
        counts = found.checked.setdefault(row[records.LANGUAGE], Counter())
        counts[row[records.CHECKED] or "text"] += row["count_all"]
    rows = pc.indices_nonzero(pc.is_valid(table[records.LEAKS]))
    found.num_leaking += len(rows)
    wanted = [records.ID, records.LANGUAGE, records.SOURCE, records.DECISION, records.LEAKS]
    for row in table.select(wanted).take(rows[: max(_MOST_LEAKS - len(found.leaking), 0)]).to_pylist():
        leaks = tuple(row.pop(records.LEAKS).split("; "))
        found.leaking.append(Leaking(**row, leaks=leaks))


def first_reasons(reasons: pa.ListArray) -> pa.Array:
    """The first reason of each row, `kept` for kept rows."""
    if isinstance(reasons, pa.ChunkedArray):
        reasons = pa.concat_arrays(reasons.chunks)
    offsets = reasons.offsets.to_numpy()
    found = np.flatnonzero(np.diff(offsets))
    first = reasons.values.field("reason").take(offsets[found])
    fates = np.full(len(reasons), KEPT, dtype=object)
    fates[found] = first.to_pylist()
    return pa.array(fates, pa.string())


def _edges(score: str) -> tuple[float, ...]:
    """Bins of a score: numbers of things double from bin to bin, all else is a share."""
    if score.startswith("num_"):
        return (0.0, *(float(2**power) for power in range(NUM_BINS)))
    return tuple(number / NUM_BINS for number in range(NUM_BINS + 1))


def _samples(
    folder: Path, files: Sequence[FileFacts], limits: Sequence[ScoreLimit], *, num_languages: int
) -> dict[str, Samples]:
    found: dict[str, Samples] = defaultdict(Samples)
    columns = [records.ID, records.LANGUAGE, records.LANGUAGE_SCORE, records.TEXT, records.SCORES]
    seen: set[str] = set()
    most = _most_characters(num_languages)
    for path in sorted(_tables(folder, files, "data/"), key=lambda path: not path.name.startswith("train-")):
        config = path.parent.name.split("-")[0]
        if config not in seen:
            seen.add(config)
            for language, rows in _by_language(_first_rows(path, columns, most)).items():
                own = found[language]
                near = _nearest(rows, limits, most)
                own.nearly_dropped = near
                ids = {sample.id for sample in near}
                smallest = heapq.nsmallest(_NUM_SAMPLES, (row for row in rows if row["id"] not in ids), key=_id)
                own.kept = [_sample(row, "", most) for row in smallest]
    left = _REJECT_GROUPS
    dropped: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for path in _tables(folder, files, "rejects/"):
        for table in _row_groups(path, [*columns, records.REASONS], most=left):
            left -= 1
            for row in _rows(table, most):
                dropped[row["language"]].append(row)
            dropped.update({language: [*chain(*_choose(rows))] for language, rows in dropped.items()})
        if left <= 0:
            break
    for language, candidates in dropped.items():
        close, others = _choose(candidates)
        found[language].nearly_kept = [_sample(row, _why(row), most) for row in close]
        found[language].dropped = [_sample(row, _why(row), most) for row in others]
    return dict(found)


def _by_language(rows: Sequence[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row[records.LANGUAGE], []).append(row)
    return found


def _first_rows(path: Path, columns: Sequence[str], most: int) -> list[dict[str, Any]]:
    """The first rows of a shard, with no more of their text than is shown."""
    found: list[dict[str, Any]] = []
    size = 0
    for rows in output_of(path).rows(path, columns):
        for row in rows:
            size += len(row[records.TEXT].encode())
            found.append(row | _shortened(row[records.TEXT], most))
            if size >= _SAMPLED_BYTES:
                return found
    return found


def _choose(rows: Sequence[dict[str, Any]]) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Of dropped documents, those that are nearest to being kept, and some others."""
    near = heapq.nsmallest(_NUM_BORDERLINE, (row for row in rows if _margin(row) is not None), key=_nearness)
    ids = {row["id"] for row in near}
    return near, heapq.nsmallest(_NUM_SAMPLES, (row for row in rows if row["id"] not in ids), key=_id)


def _rows(table: pa.Table, most: int) -> list[dict[str, Any]]:
    """Rows with no more of their text than is shown."""
    lengths = pc.utf8_length(table[records.TEXT])
    short = pc.utf8_slice_codeunits(table[records.TEXT], 0, most + _MARGIN)
    table = table.set_column(table.schema.get_field_index(records.TEXT), records.TEXT, short)
    rows: list[dict[str, Any]] = table.append_column(_LENGTH, lengths).to_pylist()
    return rows


def _shortened(text: str, most: int) -> dict[str, Any]:
    """Columns of a row with no more of its text than is shown, and the length of the whole."""
    return {records.TEXT: text[: most + _MARGIN], _LENGTH: len(text)}


def _most_characters(num_languages: int) -> int:
    """Characters that a sample has at most, so that a report of very many languages stays small."""
    num_samples = max(num_languages, 1) * 2 * (_NUM_SAMPLES + _NUM_BORDERLINE)
    return min(max(_ALL_CHARACTERS // num_samples, _LEAST_CHARACTERS), MOST_CHARACTERS)


def _id(row: Mapping[str, Any]) -> str:
    return str(row["id"])


def _margin(row: Mapping[str, Any]) -> float | None:
    """How far a dropped document is from being kept, relative to its threshold.

    None where it is far, or wrong in several ways.
    """
    reasons = row[records.REASONS]
    if len(reasons) != 1 or reasons[0]["value"] is None or reasons[0]["threshold"] is None:
        return None
    value, threshold = float(reasons[0]["value"]), float(reasons[0]["threshold"])
    margin = abs(value - threshold) / max(abs(threshold), 1e-9)
    return margin if margin <= _NEAR else None


def _nearness(row: Mapping[str, Any]) -> tuple[float, str]:
    return (_margin(row) or 0.0, _id(row))


def _nearest(rows: Iterable[Mapping[str, Any]], limits: Sequence[ScoreLimit], most: int) -> list[Sample]:
    """The kept documents that are nearest to being dropped, of those that are near it."""
    best: list[tuple[float, str, str, Mapping[str, Any]]] = []
    for row in rows:
        found = []
        for limit in limits:
            language_score = {records.LANGUAGE_SCORE: row.get(records.LANGUAGE_SCORE)}
            value = ((row.get(records.SCORES) or {}) | language_score).get(limit.name)
            if value is None:
                continue
            bounds = [bound for bound in limit.of(row[records.LANGUAGE]) if bound]
            found += [(abs(float(value) - bound) / abs(bound), limit.name, value, bound) for bound in bounds]
        if found and min(found)[0] <= _NEAR:
            margin, score, value, bound = min(found)
            best.append((margin, _id(row), f"{score} {value:g}, threshold {bound:g}", row))
    nearest = heapq.nsmallest(_NUM_BORDERLINE, best, key=lambda one: one[:2])
    return [_sample(row, why, most) for _, _, why, row in nearest]


def _why(row: Mapping[str, Any]) -> str:
    """The reasons of a dropped document, with numbers where there are some."""
    shown = []
    for reason in row[records.REASONS]:
        numbers = "" if reason["value"] is None else f" {reason['value']:g}"
        numbers += "" if reason["threshold"] is None else f", threshold {reason['threshold']:g}"
        shown.append(f"{reason['reason']}{numbers}")
    return "; ".join(shown)


def _sample(row: Mapping[str, Any], why: str, most: int) -> Sample:
    text, num_masked = mask_personal(row[records.TEXT])
    num_more = 0
    if row[_LENGTH] > most:  # no word is cut, nor what a mask would have hidden
        text = text[:most].rsplit(maxsplit=1)[0]
        num_more = row[_LENGTH] - len(text)
    return Sample(_id(row), text, why, num_masked, num_more)


def _with_texts(
    folder: Path, files: Sequence[FileFacts], stages: Sequence[StageFacts], leaking: Sequence[Leaking]
) -> list[Leaking]:
    """The documents, the first of them with test items and passages."""
    items = evaluation_items(stages) if leaking else {}
    if not items:
        return list(leaking)
    shown = leaking[:_MOST_WITH_TEXTS]
    texts = _texts(folder, files, {each.id for each in shown})
    paired = [replace(each, pairs=leaked_texts(each.leaks, texts.get(each.id), items)) for each in shown]
    return [*paired, *leaking[_MOST_WITH_TEXTS:]]


def _texts(folder: Path, files: Sequence[FileFacts], ids: set[str]) -> dict[str, str]:
    """Id -> text of documents of data and rejects."""
    found: dict[str, str] = {}
    for path in [*_tables(folder, files, "rejects/"), *_tables(folder, files, "data/")]:
        for rows in output_of(path).rows(path, [records.ID, records.TEXT]):
            found.update((row[records.ID], row[records.TEXT]) for row in rows if row[records.ID] in ids)
            if len(found) == len(ids):
                return found
    return found
