"""The annotate phase: every score, label and signature of every document, from one analysis of it.

A part is at most some 32 MB of text of the read stage, of one of its parts or of several.
It comes out sorted by language, each language one row group, in three row-aligned files: `text`, `ledger` and
`signatures`. So a reader of one language reads no other, and by the `number` of each document the order of the
corpus is restored. A document that a score fails on has nulls and an error, is reported, and the run continues.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xdata import records
from xdata.errors import RunError, XdataError, counted, one_line
from xdata.languages import UNDETERMINED, is_code
from xdata.recipe.phases import READ
from xdata.recipe.recipe import Recipe
from xdata.recipe.steps import STEPS
from xdata.run import carried
from xdata.run.commit import RankOutput, own_name
from xdata.run.executors.guard import Heartbeat
from xdata.run.failures import refuse_failures
from xdata.run.input_files import InputFiles
from xdata.run.options import TEXT_PART_BYTES, part_bytes
from xdata.run.parts import AnnotateFacts, AnnotatePart, LanguageGroup, ReadFacts, RowGroups
from xdata.run.phases.read import ANY_TEXT
from xdata.run.task import Task
from xdata.run.work import Planning, Work
from xdata.step import Columns, Score
from xdata.text.analysis import Analyses

MOST_ROWS = 50_000
"""Documents of a part, about: short ones take more memory for their columns than for their text."""
BATCH_ROWS = 1024
"""Documents that steps see at a time, at most."""
BATCH_BYTES = 512 << 10
"""Text that steps see at a time, about: its arrays stay near the processor, and few documents are few calls."""


def plan(planning: Planning) -> list[AnnotatePart]:
    """Runs of whole row groups of the read stage; a resumed stage keeps its parts."""
    task = planning.task
    if task.begun:
        return task.parts(AnnotatePart)
    read = [facts.row_groups for facts in task.before(READ).facts(ReadFacts)]
    total = sum(group.num_bytes for groups in read for group in groups)
    full = part_bytes(total, most=TEXT_PART_BYTES, asked=planning.options.part_bytes)
    num_records = sum(group.num_rows for groups in read for group in groups)
    parts: list[AnnotatePart] = []
    pieces: list[RowGroups] = []
    size = rows = 0

    def end_part() -> None:
        nonlocal pieces, size, rows
        if pieces:
            parts.append(AnnotatePart(row_groups=tuple(pieces), num_bytes=size, num_records=num_records))
        pieces, size, rows = [], 0, 0

    for rank, groups in enumerate(read):
        for number, group in enumerate(groups):
            if pieces and pieces[-1].rank == rank:
                pieces[-1] = replace(pieces[-1], end=number + 1)
            else:
                pieces.append(RowGroups(rank=rank, start=number, end=number + 1))
            size, rows = size + group.num_bytes, rows + group.num_rows
            if size >= full or rows >= MOST_ROWS:
                end_part()
    end_part()
    return parts


def run(task: Task, part: AnnotatePart, output: RankOutput) -> AnnotateFacts:
    """Annotates the documents of one part."""
    before = task.before(READ)
    ranks = sorted({piece.rank for piece in part.row_groups})
    noted = carried.pass_on(before.facts_of(rank, ReadFacts).carried for rank in ranks)
    steps = [(step, task.open(step)) for step in task.stage.steps if isinstance(step, Score)]
    heartbeat = Heartbeat.open(task.folder, output.rank)
    size = 0
    rows: list[pa.Table] = []
    columns: dict[str, list[pa.Array]] = defaultdict(list)
    for batch in _batches(before.folder, part):
        analyses = Analyses(
            batch[records.TEXT].to_pylist(),
            ids=batch[records.ID].to_pylist(),
            declared_languages=batch[records.LANGUAGE].to_pylist(),
            urls=batch[records.URL].to_pylist(),
        )
        size += batch[records.TEXT].nbytes
        errors: dict[int, tuple[str, str]] = {}
        for step, score in steps:
            added, failed = _scored(step, score, analyses)
            for path, array in added.items():
                columns[path].append(array)
            if records.LANGUAGE in added:
                analyses = analyses.with_languages(added[records.LANGUAGE].to_pylist())
            errors |= {row: (step.name, error) for row, error in failed.items() if row not in errors}
        rows.append(_with_error(batch, errors, output))
        refuse_failures(output.counts, task.recipe.guard, total=part.num_records)
        heartbeat.end(bytes_done=size)
    table = pa.concat_tables(rows)
    gathered = {path: pa.concat_arrays(arrays) for path, arrays in columns.items()}
    gathered = carried.with_labels(gathered, table[records.KEPT_VALUES])
    languages = _languages(table, gathered)
    order = np.argsort(languages, kind="stable")
    ordered = languages[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    groups = _write(task.recipe, table, gathered, languages, [*np.split(order, starts[1:])], output)
    return AnnotateFacts(groups=groups, carried=noted)


def warm_up(task: Task) -> None:
    """Has the scores of xdata make the tables that they make at their first text, so that ranks share them."""
    steps = [step for step in task.stage.steps if isinstance(step, Score) and type(step) in STEPS]
    analyses = Analyses([ANY_TEXT])
    for step in steps:
        added = task.open(step)(analyses)
        if records.LANGUAGE in added:
            analyses = analyses.with_languages(list(added[records.LANGUAGE]))


def _batches(folder: Path, part: AnnotatePart) -> Iterator[pa.Table]:
    for piece in part.row_groups:
        file = pq.ParquetFile(folder / own_name(piece.rank, "documents"))
        groups = list(range(piece.start, piece.end))
        for batch in file.iter_batches(batch_size=BATCH_ROWS, row_groups=groups, use_threads=False):
            yield from pieces(pa.Table.from_batches([batch]))


def pieces(table: pa.Table) -> Iterator[pa.Table]:
    """Some rows at a time, of about `BATCH_BYTES` of text."""
    ends = np.cumsum(pc.binary_length(table[records.TEXT]).to_numpy())
    start = 0
    while start < table.num_rows:
        before = int(ends[start - 1]) if start else 0
        stop = max(int(np.searchsorted(ends, before + BATCH_BYTES, side="right")), start + 1)
        yield table.slice(start, stop - start)
        start = stop


def _scored(
    step: Score, score: Callable[[Analyses], Columns], analyses: Analyses
) -> tuple[dict[str, pa.Array], dict[int, str]]:
    """(the columns of a step, the error of each row that it fails on, which has nulls)."""
    try:
        return _checked(score(analyses), step, len(analyses)), {}
    except (XdataError, MemoryError):
        raise
    except Exception:  # one document that a step fails on must not stop a crawl: each is scored alone, and it is named
        return _scored_alone(step, score, analyses)


def _scored_alone(
    step: Score, score: Callable[[Analyses], Columns], analyses: Analyses
) -> tuple[dict[str, pa.Array], dict[int, str]]:
    """As `_scored`, one document after the other."""
    columns: dict[str, list[pa.Array]] = defaultdict(list)
    errors: dict[int, str] = {}
    for row, analysis in enumerate(analyses):
        try:
            added = _checked(score(analysis.alone()), step, 1)
        except (XdataError, MemoryError):
            raise
        except Exception as error:
            errors[row] = f"{type(error).__name__}: {one_line(str(error))}"
            added = {path: pa.nulls(1, kind) for path, kind in step.adds().items()}
        for path, array in added.items():
            columns[path].append(array)
    return {path: pa.concat_arrays(arrays) for path, arrays in columns.items()}, errors


def _with_error(batch: pa.Table, errors: Mapping[int, tuple[str, str]], output: RankOutput) -> pa.Table:
    """The batch with an error in each row that a step failed on first (row -> step, error), which is counted and named.

    A document that has an error already is left as it is.
    """
    found = batch[records.ERROR].to_pylist()
    identities = batch[records.ID].to_pylist() if errors else []
    for row, (step, error) in sorted(errors.items()):
        if found[row] is None:
            found[row] = f"{step}_failed"
            output.counts.name_failed(id=identities[row], step=step, error=error)
    index = batch.schema.get_field_index(records.ERROR)
    return batch.set_column(index, batch.schema.field(index), pa.array(found, pa.string()))


def _checked(added: Columns, step: Score, num_rows: int) -> dict[str, pa.Array]:
    """What a step gave, as columns of the types that it declares. Raises RunError where it is something else."""
    if added.keys() != step.adds().keys():
        raise RunError(f"step {step.name!r} gave {sorted(added)}, but adds {sorted(step.adds())}")
    columns = {}
    for path, values in added.items():
        if len(values) != num_rows:
            raise RunError(f"step {step.name!r} gave {len(values)} values of {path!r} for {num_rows} documents")
        if path == records.LANGUAGE:
            for code in values:
                if not isinstance(code, str) or not is_code(code):
                    raise RunError(
                        f"step {step.name!r} gave the language {one_line(repr(code))}, expected an iso639-3_Script"
                    )
        try:
            columns[path] = to_column(values, step.adds()[path])
        except (pa.ArrowException, TypeError, ValueError, OverflowError) as error:
            raise RunError(
                f"step {step.name!r} gave {path!r} as no {step.adds()[path]}: {one_line(str(error))}"
            ) from None
    return columns


def to_column(values: Any, kind: pa.DataType) -> pa.Array:
    """The values as a column; NaN of an array of numbers is null."""
    if isinstance(values, pa.Array):
        return values.cast(kind)
    if isinstance(values, np.ndarray):
        return pa.array(values.astype(kind.to_pandas_dtype()), kind, from_pandas=True)
    return pa.array(list(values), kind)


def _languages(table: pa.Table, columns: Mapping[str, pa.Array]) -> "np.ndarray[Any, np.dtype[np.object_]]":
    known = columns[records.LANGUAGE] if records.LANGUAGE in columns else table[records.LANGUAGE]
    found = [code or UNDETERMINED for code in known.to_pylist()]
    return np.array(found, dtype=object).astype(str).astype(object)


def _write(
    recipe: Recipe,
    table: pa.Table,
    columns: Mapping[str, pa.Array],
    languages: Any,
    groups: Sequence[Any],
    output: RankOutput,
) -> list[LanguageGroup]:
    """One row group a language in each of the three files."""
    text_bytes = pc.binary_length(table[records.TEXT]).cast(pa.int64())
    ledger = _ledger(recipe, table.append_column(records.TEXT_BYTES, text_bytes), columns, languages)
    signatures = _signatures(recipe, columns)
    numbers = pa.array(np.arange(table.num_rows, dtype=np.int32))
    texts = table.append_column(records.NUMBER, numbers).select(records.NUMBERED_SCHEMA.names)
    files = {
        "text": (texts.cast(records.NUMBERED_SCHEMA), records.NUMBERED_SCHEMA),
        "ledger": (ledger, ledger.schema),
        "signatures": (signatures, signatures.schema),
    }
    writers = {what: output.parquet(output.own_name(what), schema) for what, (_, schema) in files.items()}
    written: list[LanguageGroup] = []
    for rows in groups:
        for what, (content, _) in files.items():
            writers[what].write(content.take(rows))
        language = str(languages[rows[0]])
        num_bytes = int(pc.sum(text_bytes.take(rows)).as_py())
        written.append(LanguageGroup(language=language, num_rows=len(rows), num_bytes=num_bytes))
        output.counts.tallies[language].read += len(rows)
        output.counts.tallies[language].kept += len(rows)
    return written


def _ledger(recipe: Recipe, table: pa.Table, columns: Mapping[str, pa.Array], languages: Any) -> pa.Table:
    schema = records.ledger_schema(recipe.labels(), recipe.scores())
    arrays = []
    for field in schema:
        if field.name == records.LANGUAGE:
            arrays.append(pa.array(languages, field.type))
        elif field.name == records.SCORES:
            arrays.append(_struct(field.type, columns, records.SCORES))
        elif field.name in columns:
            arrays.append(columns[field.name])
        elif field.name in table.column_names:
            arrays.append(table[field.name])
        else:
            arrays.append(pa.nulls(table.num_rows, field.type))
    return pa.table(arrays, schema=schema)


def _signatures(recipe: Recipe, columns: Mapping[str, pa.Array]) -> pa.Table:
    types = recipe.signatures()
    arrays = [columns[f"{records.SIGNATURES}.{name}"] for name in types]
    return pa.table(arrays, schema=pa.schema([pa.field(name, kind) for name, kind in types.items()]))


def _struct(kind: pa.DataType, columns: Mapping[str, pa.Array], parent: str) -> pa.Array:
    arrays = [columns[f"{parent}.{field.name}"] for field in kind]
    return pa.StructArray.from_arrays(arrays, fields=list(kind))


def _summary(task: Task, inputs: InputFiles) -> str:
    counts = task.counts
    failed = f", {counts.num_failed} failed" if counts.num_failed else ""
    return f"{counted(counts.total.read, 'document')} in {counted(len(counts.tallies), 'language')}{failed}"


WORK = Work(part=AnnotatePart, plan=plan, run=run, summary=_summary, warm_up=warm_up)
