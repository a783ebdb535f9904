"""The annotate phase: every score, label and signature of every document, from one analysis of it.

A part of the edit stage, about 32 MB of text, comes out sorted by language, each language one row group, in three
row-aligned files: `text`, `ledger` and `signatures`. So whoever wants one language reads no other.
"""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xdata import records
from xdata.languages import UNDETERMINED
from xdata.recipe import Recipe
from xdata.run.commit import RankOutput, own_name
from xdata.run.task import Part, Task
from xdata.step import Columns, Score
from xdata.text.analysis import Analysis

PART_BYTES = 32 << 20
"""Text in an annotate part; a row group of the edit stage is never divided."""
BATCH_ROWS = 256
"""Documents that steps see at a time."""


def plan(task: Task) -> list[Part]:
    """Ranges of row groups of the edit parts, of about `PART_BYTES` of text."""
    parts: list[Part] = []
    for commit in task.before("edit").commits:
        begin, size = 0, 0
        groups = commit.facts["row_groups"]
        for number, (_, text_bytes) in enumerate(groups):
            size += text_bytes
            if size >= PART_BYTES or number == len(groups) - 1:
                parts.append({"rank": commit.rank, "start": begin, "end": number + 1})
                begin, size = number + 1, 0
    return parts


def run(task: Task, part: Part, output: RankOutput) -> None:
    """Annotates the documents of one part."""
    steps = [(step, step.open()) for step in task.stage.steps if isinstance(step, Score)]
    path = task.before("edit").folder / own_name(part["rank"], "documents")
    rows: list[pa.Table] = []
    columns: dict[str, list[Any]] = defaultdict(list)
    for batch in _batches(pq.ParquetFile(path), part):
        analyses = [
            Analysis(text, declared_language=language)
            for text, language in zip(batch[records.TEXT].to_pylist(), batch[records.LANGUAGE].to_pylist(), strict=True)
        ]
        rows.append(batch)
        for step, score in steps:
            _collect(columns, score(analyses), step, len(analyses))
    table = pa.concat_tables(rows)
    languages = _languages(table, columns)
    order = np.argsort(languages, kind="stable")
    ordered = languages[order]
    starts = np.flatnonzero(np.r_[True, ordered[1:] != ordered[:-1]])
    _write(task.recipe, table, columns, languages, [*np.split(order, starts[1:])], output)


def _batches(file: pq.ParquetFile, part: Part) -> Iterator[pa.Table]:
    groups = list(range(part["start"], part["end"]))
    for batch in file.iter_batches(batch_size=BATCH_ROWS, row_groups=groups, use_threads=False):
        yield pa.Table.from_batches([batch])


def _collect(columns: dict[str, list[Any]], added: Columns, step: Score, num_rows: int) -> None:
    if added.keys() != step.adds().keys():
        raise ValueError(f"step {step.name!r} gave {sorted(added)}, but adds {sorted(step.adds())}")
    for path, values in added.items():
        if len(values) != num_rows:
            raise ValueError(f"step {step.name!r} gave {len(values)} values of {path!r} for {num_rows} documents")
        columns[path].extend(values)


def _languages(table: pa.Table, columns: dict[str, list[Any]]) -> "np.ndarray[Any, np.dtype[np.object_]]":
    found: Sequence[str] = columns.get(records.LANGUAGE) or [
        code or UNDETERMINED for code in table[records.LANGUAGE].to_pylist()
    ]
    return np.array(found, dtype=object).astype(str).astype(object)


def _write(
    recipe: Recipe,
    table: pa.Table,
    columns: dict[str, list[Any]],
    languages: Any,
    groups: Sequence[Any],
    output: RankOutput,
) -> None:
    """One row group a language in each of the three files."""
    text_bytes = pc.binary_length(table[records.TEXT]).cast(pa.int64())
    ledger = _ledger(recipe, table.append_column(records.TEXT_BYTES, text_bytes), columns, languages)
    signatures = _signatures(recipe, columns)
    files = {
        "text": (table.select([records.TEXT]).cast(records.TEXT_SCHEMA), records.TEXT_SCHEMA),
        "ledger": (ledger, ledger.schema),
        "signatures": (signatures, signatures.schema),
    }
    writers = {what: output.parquet(output.own_name(what), schema) for what, (_, schema) in files.items()}
    output.facts["groups"] = []
    for rows in groups:
        for what, (content, _) in files.items():
            writers[what].write(content.take(rows))
        language = str(languages[rows[0]])
        num_bytes = int(pc.sum(text_bytes.take(rows)).as_py())
        output.facts["groups"].append([language, len(rows), num_bytes])
        output.counts.tallies[language].read += len(rows)
        output.counts.tallies[language].kept += len(rows)


def _ledger(recipe: Recipe, table: pa.Table, columns: dict[str, list[Any]], languages: Any) -> pa.Table:
    schema = records.ledger_schema(recipe.labels(), recipe.scores())
    arrays = []
    for field in schema:
        if field.name == records.LANGUAGE:
            arrays.append(pa.array(languages, field.type))
        elif field.name == records.SCORES:
            arrays.append(_struct(field.type, columns, records.SCORES, table.num_rows))
        elif field.name in columns:
            arrays.append(pa.array(columns[field.name], field.type))
        elif field.name in table.column_names:
            arrays.append(table[field.name])
        else:
            arrays.append(pa.nulls(table.num_rows, field.type))
    return pa.table(arrays, schema=schema)


def _signatures(recipe: Recipe, columns: dict[str, list[Any]]) -> pa.Table:
    types = recipe.signatures()
    arrays = [pa.array(columns[f"{records.SIGNATURES}.{name}"], kind) for name, kind in types.items()]
    return pa.table(arrays, schema=pa.schema([pa.field(name, kind) for name, kind in types.items()]))


def _struct(kind: pa.DataType, columns: dict[str, list[Any]], parent: str, num_rows: int) -> pa.Array:
    if not kind.num_fields:
        return pa.array([{}] * num_rows, kind)
    arrays = [pa.array(columns[f"{parent}.{field.name}"], field.type) for field in kind]
    return pa.StructArray.from_arrays(arrays, fields=list(kind))
