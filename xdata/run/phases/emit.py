"""The emit phase: texts once more, to data shards and rejects, and the ledger of every document.

Shards are planned from sums of text bytes: a shard of a place (config, split, tier) is a run of rows in order of the
corpus, and ends with the row that fills it, wherever parts of earlier stages end. A rank writes one large shard or
several small ones, reading each group that they are in once. Rejects and ledger are in order of the corpus too; files
of the ledger have a fixed number of rows.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from xdata import records
from xdata.dedup.references import FOLDER as INDEX
from xdata.dedup.references import index_schema
from xdata.export.sentences import Sentences
from xdata.export.shards import Shards
from xdata.export.upsample import repeats_of
from xdata.formats.features import features_of
from xdata.formats.table import output_named
from xdata.recipe.phases import READ
from xdata.recipe.recipe import Recipe
from xdata.records import (
    CLUSTER_SIZE,
    DATA_FILE,
    DATA_ROW,
    DECISION,
    ID,
    KEPT,
    REASONS,
    REFERENCE_CORPUS,
    ROW,
    TEXT,
    TEXT_BYTES,
    UPSAMPLE,
)
from xdata.run import carried
from xdata.run.carried import Carried, with_kept
from xdata.run.commit import RankOutput, TableOutput
from xdata.run.input_files import InputFiles
from xdata.run.ledger import Ledger, Unit
from xdata.run.parts import (
    CopiedPiece,
    Copying,
    DataPart,
    EmitFacts,
    EmitPart,
    LedgerPart,
    Place,
    Placement,
    ReadFacts,
    ReferenceCount,
    RejectsPart,
    SentencesPart,
    ShardPlan,
    SignatureFile,
    SignaturesPart,
)
from xdata.run.phases import sentences
from xdata.run.phases.contents import Contents, count_contents
from xdata.run.phases.documents import (
    dropped_documents,
    kept_documents,
    ledger_table,
    places_of_rows,
    signatures,
    with_labels,
)
from xdata.run.phases.placing import Placing, shard_names
from xdata.run.phases.read import input_files
from xdata.run.phases.rows import Rows, settle
from xdata.run.phases.shards import Shard, Sizes, runs, whole_runs
from xdata.run.phases.upsample import upsample_by_language
from xdata.run.task import Task
from xdata.run.work import Planning, Work

LEDGER_ROWS = 500_000
"""Shards in a file of the ledger, which one rank writes."""
LEDGER_GROUP_ROWS = 50_000
"""Shards in a row group of the ledger."""
INDEX_RANK_ROWS = 500_000
"""Shards whose signatures one rank writes."""
RANK_SHARDS = 64
"""Data shards that one rank writes, all of them open at a time."""

_SHARE_STEPS = 1 << 32


def plan(planning: Planning) -> list[EmitPart]:
    """Ranks of data shards, of rejects and of ledger parts."""
    task = planning.task
    if isinstance(task.stage.steps[0], Sentences):
        return [*sentences.plan(task)]
    ledger, export = Ledger(task), task.recipe.shards
    placing = Placing.plan(export, task.recipe.seed, ledger, folders=task.recipe.reader.folders)
    copying = settle(task.recipe.reader, export, input_files(task)) if export.copy_rows else None
    settled = carried.settle([facts.carried for facts in task.before(READ).facts(ReadFacts)])
    data = _with_upsample(_plan_data(ledger, placing, export, copying, settled), task)
    rejects = _plan_rejects(ledger, export.shard_bytes, settled) if export.rejects != "none" else []
    return [
        *data,
        *rejects,
        *_plan_ledger(ledger, data if copying else ()),
        *(_plan_signatures(ledger) if export.index else []),
    ]


def run(task: Task, part: EmitPart, output: RankOutput) -> EmitFacts:
    """Writes the shards of one rank."""
    match part:
        case SentencesPart():
            return sentences.run(task, part, output)
        case DataPart():
            return _write_data(Ledger(task), _placing(task, part.placement), part, task, output)
        case RejectsPart():
            return _write_rejects(Ledger(task), part, task, output)
        case LedgerPart():
            return _write_ledger(Ledger(task), part, _placing(task, part.placement), output)
        case SignaturesPart():
            return _write_signatures(Ledger(task), part, task.recipe, output)


def _placing(task: Task, placement: Placement) -> Placing:
    """Placement of documents, as the input of a rank."""
    folders = task.recipe.reader.folders
    return Placing(task.recipe.shards, task.recipe.seed, placement.domains, placement.limits, folders)


def _units(ledger: Ledger, export: Shards) -> list[Unit]:
    """What is read together: documents of one language, or of all where rows are copied in their order."""
    return ledger.parts if export.copy_rows else ledger.by_language


def _plan_data(
    ledger: Ledger, placing: Placing, export: Shards, copying: Copying | None, settled: Carried
) -> list[DataPart]:
    units = _units(ledger, export)
    by_place: dict[tuple[str, Place], dict[int, tuple[int, int]]] = {}
    for number, unit in enumerate(units):
        language = "" if export.copy_rows else unit.groups[0].language
        for place, sizes in placing.sizes(unit, ledger).items():
            by_place.setdefault((language, place), {})[number] = sizes
    parts: list[DataPart] = []
    shards: list[ShardPlan] = []
    size = 0

    def end_part() -> None:
        nonlocal shards, size
        if shards:
            part = DataPart(shards=tuple(shards), placement=placing.placement, carried=settled, copying=copying)
            parts.append(part)
        shards, size = [], 0

    for (language, place), found in sorted(by_place.items()):
        sizes_of = partial(_sizes_of_rows, ledger, placing, units, place)
        planned = list(
            runs([(number, num_bytes) for number, (_, num_bytes) in found.items()], export.shard_bytes, sizes_of)
        )
        names = shard_names("data", place, len(planned), export, format_=copying.format if copying else None)
        for name, (pieces, num_bytes) in zip(names, planned, strict=True):
            if shards and (size + num_bytes > export.shard_bytes or len(shards) == RANK_SHARDS):
                end_part()
            whole = tuple((number, begin, found[number][0] if end is None else end) for number, begin, end in pieces)
            shards.append(ShardPlan(name=name, language=language, place=place, pieces=whole))
            size += num_bytes
    end_part()
    return parts


def _sizes_of_rows(ledger: Ledger, placing: Placing, units: Sequence[Unit], place: Place, number: int) -> Sizes:
    """Bytes of each kept text that a unit has for a place."""
    return placing.row_sizes(units[number], ledger)[place]


def _with_upsample(parts: list[DataPart], task: Task) -> list[DataPart]:
    """The parts, with the upsampling tables of their languages if the recipe upsamples."""
    languages = [sorted({shard.language for shard in part.shards}) for part in parts]
    tables = upsample_by_language(task, (language for some in languages for language in some))
    if not tables:
        return parts
    return [
        replace(part, upsample={language: tables[language].table for language in some})
        for part, some in zip(parts, languages, strict=True)
    ]


def _plan_rejects(ledger: Ledger, shard_bytes: int, settled: Carried) -> list[RejectsPart]:
    units = {unit.part: unit for unit in ledger.parts}
    sizes: dict[int, int] = {}
    for group in ledger.groups:
        decided = ledger.decided[group.part, group.language]
        if decided.dropped_rows:
            sizes[group.part] = sizes.get(group.part, 0) + decided.dropped_bytes
    planned = list(runs(sorted(sizes.items()), shard_bytes, lambda part: _sizes_of_dropped(ledger, units[part])))
    return [
        RejectsPart(
            name=f"rejects/rejects-{number:05}-of-{len(planned):05}.parquet", pieces=tuple(pieces), carried=settled
        )
        for number, (pieces, _) in enumerate(planned)
    ]


def _sizes_of_dropped(ledger: Ledger, unit: Unit) -> Sizes:
    """Bytes of each whole text that was dropped of a unit."""
    tables = [
        ledger.read(group, [TEXT_BYTES]).append_column(KEPT, ledger.read_decision(group)[KEPT]) for group in unit.groups
    ]
    table = ledger.in_order(unit, tables)
    sizes: Sizes = table.filter(pc.invert(table[KEPT]))[TEXT_BYTES].to_numpy()
    return sizes


def _plan_ledger(ledger: Ledger, copies: Sequence[DataPart]) -> list[LedgerPart]:
    """Ranks of a fixed number of documents, with the positions of the rows to copy."""
    rows = [(unit.part, unit.num_rows) for unit in ledger.parts]
    num_rows = dict(rows)
    planned = list(runs(rows, LEDGER_ROWS, lambda part: np.ones(num_rows[part], dtype=np.int64)))
    copied, numbers = _copied(copies), {unit.part: number for number, unit in enumerate(ledger.parts)}
    parts: list[LedgerPart] = []
    for number, (pieces, _) in enumerate(planned):
        part = LedgerPart(name=f"ledger/ledger-{number:05}-of-{len(planned):05}.parquet", pieces=tuple(pieces))
        if copies:
            found = {unit: tuple(copied.get(numbers[unit], ())) for unit, _, _ in pieces}
            part = replace(part, copied=found, placement=Placement(limits=copies[0].placement.limits))
        parts.append(part)
    return parts


def _copied(parts: Sequence[DataPart]) -> dict[int, list[CopiedPiece]]:
    """Number of a unit -> where its rows are copied to."""
    found: dict[int, list[CopiedPiece]] = {}
    for shard in (shard for part in parts for shard in part.shards):
        row = 0
        for number, start, end in shard.pieces:
            piece = CopiedPiece(place=shard.place, start=start, end=end, file=shard.name, row=row)
            found.setdefault(number, []).append(piece)
            row += end - start
    return found


def _plan_signatures(ledger: Ledger) -> list[SignaturesPart]:
    """Ranks of whole parts, each of which has a file of signatures."""
    units = ledger.parts
    names = [f"{INDEX}/{INDEX}-{number:05}-of-{len(units):05}.parquet" for number in range(len(units))]
    planned = whole_runs([(number, unit.num_rows) for number, unit in enumerate(units)], INDEX_RANK_ROWS)
    return [
        SignaturesPart(files=tuple(SignatureFile(name=names[number], part=units[number].part) for number in members))
        for members in planned
    ]


def _write_data(ledger: Ledger, placing: Placing, part: DataPart, task: Task, output: RankOutput) -> EmitFacts:
    export = task.recipe.shards
    scores = _scores_of(task, part.carried)
    schema = records.document_schema(scores, upsample=export.says_upsample, grouped=bool(export.splits))
    schema = with_kept(schema, part.carried)
    units, copying = _units(ledger, export), part.copying
    copies = copying is not None and copying.how != "records"
    rows = Rows(copying, task.recipe.reader, input_files(task)) if copying and copies else None
    files: list[Shard] = []
    wanted: dict[int, list[tuple[Place, slice, Shard]]] = {}
    for shard in part.shards:
        files.append(Shard(_begin(output, shard.name, schema, copying)))
        for number, begin, end in shard.pieces:
            wanted.setdefault(number, []).append((shard.place, slice(begin, end), files[-1]))
    contents: dict[str, Contents] = {}
    for number, pieces in sorted(wanted.items()):
        unit = units[number]
        table = kept_documents(ledger, unit, with_labels(schema, ledger))
        if part.upsample is not None:
            repeats = repeats_of(part.upsample[unit.groups[0].language], table[CLUSTER_SIZE].to_numpy())
            found = pa.array(repeats)
            table = table.set_column(schema.names.index(UPSAMPLE), schema.field(UPSAMPLE), found)
        written = table.select(schema.names) if rows is None else rows.read(places_of_rows(ledger, unit))
        rows_of = placing.rows(unit, ledger)
        for place, piece, file in pieces:
            some = rows_of[place][piece]
            documents = table.take(some)
            file.add(written.take(some), pc.binary_length(documents[TEXT]).to_numpy())
            count_contents(documents, contents, output)
    for file in files:
        file.flush()
    written_schema = output_named(copying.format if copying else str(export.format)).written(schema)
    return EmitFacts(
        columns={"data": features_of(written_schema) if rows is None else rows.columns()},
        copied=rows is not None,
        style=copying.style if copying else (),
        contents={language: found.facts for language, found in sorted(contents.items())},
    )


def _begin(output: RankOutput, name: str, schema: pa.Schema, copying: Copying | None) -> TableOutput:
    """Begins a shard of documents or of copied rows."""
    if copying is None or copying.how == "records":
        return output.published(name, schema)
    return output.published(name, copying.schema) if copying.schema else output.copied(name, head=copying.head)


def _scores_of(task: Task, settled: Carried) -> list[str]:
    """The scores that the recipe computes, and those that documents carry."""
    return sorted({*task.recipe.scores(), *settled.scores})


def _write_rejects(ledger: Ledger, part: RejectsPart, task: Task, output: RankOutput) -> EmitFacts:
    export = task.recipe.shards
    schema = records.rejects_schema(records.document_schema(_scores_of(task, part.carried)))
    schema = with_kept(schema, part.carried)
    if export.copy_rows:
        schema = schema.append(pa.field(ROW, pa.binary()))
    shard = Shard(output.published(part.name, schema))
    share = int(export.rejects_share * _SHARE_STEPS) if export.rejects == "sample" else _SHARE_STEPS
    units = {unit.part: unit for unit in ledger.parts}
    for number, begin, end in part.pieces:
        table = dropped_documents(ledger, units[number], schema)[begin:end]
        chosen = [int(identity[:8], 16) < share for identity in table[ID].to_pylist()]
        shard.add(table.filter(pa.array(chosen, pa.bool_())))
    shard.flush()
    return EmitFacts()


def _write_ledger(ledger: Ledger, part: LedgerPart, placing: Placing, output: RankOutput) -> EmitFacts:
    units = {unit.part: unit for unit in ledger.parts}
    references: Counter[tuple[str, int]] = Counter()
    file: Shard | None = None
    for number, begin, end in part.pieces:
        unit = units[number]
        table = ledger.in_order(unit, [ledger_table(ledger, group) for group in unit.groups])
        if part.copied is not None:
            table = _with_places(table, placing.rows(unit, ledger), part.copied[number])
        table = table[begin:end]
        references.update(_references(table))
        file = file or Shard(output.published(part.name, table.schema), full=LEDGER_GROUP_ROWS)
        file.add(table, np.ones(table.num_rows, dtype=np.int64))
    if file is not None:
        file.flush()
    return EmitFacts(
        references=[
            ReferenceCount(step=step, place=place, num_documents=num)
            for (step, place), num in sorted(references.items())
        ]
    )


def _with_places(table: pa.Table, rows_of: Mapping[Place, Sizes], pieces: Sequence[CopiedPiece]) -> pa.Table:
    """The ledger of a unit with file and row of each kept document, since a copied row has no id."""
    kept = np.flatnonzero(pc.equal(table[DECISION], "kept").to_numpy())
    names = np.full(table.num_rows, None, dtype=object)
    numbers = np.full(table.num_rows, -1, dtype=np.int64)
    for piece in pieces:
        some = kept[rows_of[piece.place][piece.start : piece.end]]
        names[some] = piece.file
        numbers[some] = np.arange(piece.row, piece.row + len(some))
    table = table.append_column(DATA_FILE, pa.array(names, pa.string()))
    return table.append_column(DATA_ROW, pa.array(numbers, pa.int64(), mask=numbers < 0))


def _references(table: pa.Table) -> Iterator[tuple[str, int]]:
    """(step, place of the corpus) of each document that was dropped for one of a reference corpus."""
    rows = table.filter(pc.is_valid(table[REFERENCE_CORPUS])).select([REASONS, REFERENCE_CORPUS]).to_pylist()
    return ((row[REASONS][-1]["step"], row[REFERENCE_CORPUS]) for row in rows)


def _write_signatures(ledger: Ledger, part: SignaturesPart, recipe: Recipe, output: RankOutput) -> EmitFacts:
    """The signatures of kept documents, by which other corpora know them."""
    schema = index_schema(recipe.steps)
    for each in part.files:
        file = output.parquet(each.name, schema)
        for group in ledger.groups_by_part[each.part]:
            kept = np.asarray(ledger.read_decision(group)[KEPT].to_numpy(zero_copy_only=False))
            cut = np.zeros(len(kept), dtype=bool)
            cut[list(ledger.read_cuts(group))] = True
            for rows, is_whole in ((np.flatnonzero(kept), True), (np.flatnonzero(kept & cut), False)):
                file.write(signatures(ledger, group, is_whole=is_whole).take(rows).cast(schema))
    return EmitFacts()


def _summary(task: Task, inputs: InputFiles) -> str:
    return "written"


WORK = Work(part=EmitPart, plan=plan, run=run, summary=_summary)
