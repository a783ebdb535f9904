"""The cut phase: which parts of documents go, decided over all documents of a language together.

One rank has whole languages, as in the cluster phase. For every document, kept or not, it writes a decision, and beside
it in a file of its own the ranges that this stage and those before it took out of the whole text. Texts themselves are
not written: each reader applies the removal (see `xdata.run.ledger`). What was measured of texts that are cut and that
later stages decide by is measured again: size, signatures, and the number of words."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xdata import records
from xdata.errors import RunError
from xdata.recipe.recipe import Recipe
from xdata.run.commit import RankOutput
from xdata.run.ledger import Group, Ledger
from xdata.run.parts import DecidedFacts, DecidedGroup, LanguagesPart
from xdata.run.phases.annotate import pieces, to_column
from xdata.run.phases.cluster import count_decided, plan
from xdata.run.phases.columns import KeptTexts
from xdata.run.phases.decide import reason, summary
from xdata.run.phases.sample import with_drops
from xdata.run.task import Task
from xdata.run.work import Work
from xdata.step import SCORE, Columns, RemoveSpans, Score
from xdata.text.analysis import Analyses
from xdata.text.removed_spans import Range, RemovedSpans, compose, cut_out, faults

NUM_WORDS = f"{records.SCORES}.num_words"
_MEASURED_OF = (records.ID, records.TEXT, records.URL)
"""Columns of a table of texts that are measured again."""


def run(task: Task, part: LanguagesPart, output: RankOutput) -> DecidedFacts:
    """Removes spans from the documents of some languages, one language after the other."""
    step, ledger = task.stage.steps[0], Ledger(task)
    assert isinstance(step, RemoveSpans)
    decide, again = task.open(step), Measures.of(task)
    schema = pa.schema([pa.field(records.CUTS, records.CUTS_TYPE, nullable=False), *again.fields])
    decisions = output.parquet(output.own_name("decision"), records.DECISION_SCHEMA)
    files = decisions, output.parquet(output.own_name("cuts"), schema)
    decided: list[DecidedGroup] = []
    for language in part.languages:
        groups = [group for group in ledger.groups if group.language == language]
        ledger.hold(groups, (records.TEXT_BYTES, records.EARLIER))
        scratch = output.scratch(language)
        columns = KeptTexts(ledger, groups, language=language, totals=ledger.kept_bytes, scratch=scratch)
        cuts = _without_earlier(checked(step, decide(columns), columns.num_rows), columns)
        for group, decision, kept, numbers in columns.decided():
            new = _of_group(cuts, np.flatnonzero(kept), numbers)
            found = CutGroup(group, ledger, new, again)
            drops = {
                row: reason(step.name, step.reason, num, step.min_words_left) for row, num in found.short(step).items()
            }
            dropped = np.zeros(group.num_rows, dtype=bool)
            dropped[list(drops)] = True
            for file, table in zip(files, (with_drops(decision, drops), found.table(schema)), strict=True):
                file.write(table)
            left = found.left_bytes
            decided.append(count_decided(output, ledger, group, with_drops(decision, drops), dropped, left_bytes=left))
            _count_cuts(step, new, output)
    return DecidedFacts(groups=decided)


def signed_again(recipe: Recipe) -> list[Score]:
    """The scores whose signatures are made again of texts that are cut."""
    scores = (step for stage in recipe.stages for step in stage.steps if isinstance(step, Score))
    return [step for step in scores if step.measured_again and any(map(_is_signature, step.adds()))]


def measured_again(recipe: Recipe) -> tuple[pa.Field, ...]:
    """Columns, by path, that are measured again of texts that are cut."""
    fields = [pa.field(records.TEXT_BYTES, pa.int64())]
    if NUM_WORDS.removeprefix(f"{records.SCORES}.") in recipe.scores():
        fields.append(pa.field(NUM_WORDS, SCORE))
    added = {path: kind for step in signed_again(recipe) for path, kind in step.adds().items() if _is_signature(path)}
    return (*fields, *(pa.field(path, kind) for path, kind in sorted(added.items())))


def _is_signature(path: str) -> bool:
    return path.startswith(f"{records.SIGNATURES}.")


@dataclass(frozen=True)
class Measures:
    """What is measured again of texts that are cut."""

    signatures: Sequence[tuple[Score, Callable[[Analyses], Columns]]]
    fields: tuple[pa.Field, ...]
    """Columns of it, by path."""

    @classmethod
    def of(cls, task: Task) -> "Measures":
        """Size, signatures and number of words, as far as the recipe has them."""
        return cls([(step, task.open(step)) for step in signed_again(task.recipe)], measured_again(task.recipe))

    def measure(self, texts: pa.Table, language: str) -> tuple[pa.Table, list[int]]:
        """(the columns of some texts, a row each; the number of words of each). The table has `id`, `text`, `url`."""
        tables, num_words = [], []
        for some in pieces(texts):
            found = some[records.TEXT].to_pylist()
            analyses = Analyses(
                found,
                ids=some[records.ID].to_pylist(),
                declared_languages=[language] * len(found),
                urls=some[records.URL].to_pylist(),
            )
            counts = analyses.words.counts
            columns: dict[str, Any] = {
                records.TEXT_BYTES: pc.binary_length(some[records.TEXT]).combine_chunks().cast(pa.int64()),
                NUM_WORDS: counts.astype(np.float32),
            }
            for _, score in self.signatures:
                columns |= score(analyses)
            num_words += counts.tolist()
            tables.append(
                pa.table([to_column(columns[field.name], field.type) for field in self.fields], pa.schema(self.fields))
            )
        return pa.concat_tables(tables) if tables else pa.schema(self.fields).empty_table(), num_words


@dataclass
class CutGroup:
    """The texts of a group, with what was cut out of them until now."""

    group: Group
    ledger: Ledger
    new: Mapping[int, Sequence[Range]]
    """Row -> ranges that this stage cuts out of what the stages before left."""
    again: Measures

    @cached_property
    def cuts(self) -> dict[int, list[Range]]:
        """Row -> ranges of its whole text, those of stages before among them. Raises RunError."""
        before = self.ledger.read_cuts(self.group)
        return {row: compose(before.get(row, ()), self.new.get(row, ())) for row in sorted({*before, *self.new})}

    @cached_property
    def _measured(self) -> tuple[pa.Table, list[int]]:
        """What is measured again, of the rows of `cuts`."""
        if not self.cuts:
            return self.again.measure(pa.table({name: pa.array([], pa.string()) for name in _MEASURED_OF}), "")
        rows = pa.array(list(self.cuts))
        texts = self.ledger.read_texts(self.group, whole=True).take(rows).to_pylist()
        left = []
        for text, ranges in zip(texts, self.cuts.values(), strict=True):
            fault = faults(ranges, len(text))
            if fault is not None:
                raise RunError(f"a step cut a document wrongly: {fault}")
            left.append(cut_out(text, ranges))
        known = self.ledger.read(self.group, [records.ID, records.URL]).take(rows)
        columns = [known[records.ID], pa.array(left, pa.string()), known[records.URL]]
        return self.again.measure(pa.table(columns, names=_MEASURED_OF), self.group.language)

    def short(self, step: RemoveSpans) -> dict[int, int]:
        """Row -> number of words, of those that this stage leaves too little of."""
        counts = zip(self.cuts, self._measured[1], strict=True)
        return {row: num for row, num in counts if row in self.new and num < step.min_words_left}

    def table(self, schema: pa.Schema) -> pa.Table:
        """Removed spans and what is measured again of each row of the group, null where nothing is cut."""
        rows = list(self.cuts)
        places = np.full(self.group.num_rows, -1)
        places[rows] = np.arange(len(rows))
        taken = pa.array(places, pa.int64(), mask=places < 0)
        ranges = [
            [{"start": start, "end": end} for start, end in self.cuts.get(row, ())]
            for row in range(self.group.num_rows)
        ]
        measured = self._measured[0].take(taken)
        return pa.table([pa.array(ranges, records.CUTS_TYPE), *measured.columns], schema=schema)

    @property
    def left_bytes(self) -> npt.NDArray[np.int64]:
        """Bytes of what is left of each text."""
        sizes = np.array(self.ledger.read_column(self.group, records.TEXT_BYTES).to_numpy())
        sizes[list(self.cuts)] = self._measured[0][records.TEXT_BYTES].to_numpy()
        return sizes


def checked(step: RemoveSpans, cuts: RemovedSpans, num_rows: int) -> RemovedSpans:
    """What a step gave, if its ranges are of rows that there are, and in order. Raises RunError."""
    lengths = {len(array) for array in (cuts.rows, cuts.starts, cuts.ends)}
    if len(lengths) > 1 or (len(cuts) and not 0 <= cuts.rows.min() <= cuts.rows.max() < num_rows):
        raise RunError(f"step {step.name!r} gave cuts that are not of the {num_rows} rows there are")
    same = cuts.rows[1:] == cuts.rows[:-1]
    if (np.diff(cuts.rows) < 0).any() or (same & (cuts.starts[1:] <= cuts.ends[:-1])).any():
        raise RunError(f"step {step.name!r} gave cuts that overlap, touch or do not ascend")
    if (cuts.starts >= cuts.ends).any() or (cuts.starts < 0).any():
        raise RunError(f"step {step.name!r} gave a cut that is empty or begins before its text")
    return cuts


def _without_earlier(cuts: RemovedSpans, columns: KeptTexts) -> RemovedSpans:
    """Those of documents that are no part of an earlier output, which stay as they were published."""
    if not len(cuts):
        return cuts
    new = np.asarray(columns.read(records.EARLIER).to_numpy())[cuts.rows] == 0
    return RemovedSpans(cuts.rows[new], cuts.starts[new], cuts.ends[new])


def _of_group(
    cuts: RemovedSpans, places: npt.NDArray[np.int64], numbers: npt.NDArray[np.int64]
) -> dict[int, list[Range]]:
    """Row of the group -> its cuts; `places` and `numbers` are the rows of its kept documents, here and in `cuts`."""
    if not len(numbers):
        return {}
    first = int(numbers[0])
    found = cuts.where(first, int(numbers[-1]) + 1).by_row()
    return {int(places[number - first]): ranges for number, ranges in found.items()}


def _count_cuts(step: RemoveSpans, new: Mapping[int, Sequence[Range]], output: RankOutput) -> None:
    """Counts documents, ranges and characters that go, beside what edits changed."""
    if new:
        ranges = [one for found in new.values() for one in found]
        output.counts.count_change(f"{step.name}.documents", len(new))
        output.counts.count_change(f"{step.name}.parts", len(ranges))
        output.counts.count_change(f"{step.name}.characters", sum(end - start for start, end in ranges))


WORK = Work(part=LanguagesPart, plan=plan, run=run, summary=summary)
