"""The emit phase: texts once more, to data shards and rejects, and the ledger of every document.

Shards are planned from sums of text bytes: a shard of a place (config, split, tier) is a run of rows in order of the
corpus, and ends with the row that fills it, wherever parts of earlier stages end. A rank writes one large shard or
several small ones, reading each group that they are in once. Rejects and ledger are in order of the corpus too; files
of the ledger have a fixed number of rows.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from urllib.parse import urlsplit

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import regex

from xdata import records
from xdata.dedup.minhash import MinHash
from xdata.dedup.references import FOLDER as INDEX
from xdata.dedup.references import column_of, index_schema, split_references
from xdata.dedup.text_hash import TextHash
from xdata.export.formats import format_named
from xdata.export.formats.features import features_of
from xdata.export.sentences import Sentences
from xdata.export.shards import Shards
from xdata.export.upsample import repeats_of
from xdata.recipe.phases import READ
from xdata.recipe.recipe import Recipe
from xdata.records import (
    ALTERNATIVES,
    CLUSTER,
    CLUSTER_SIZE,
    CUTS,
    DATA_FILE,
    DATA_ROW,
    DECISION,
    ID,
    KEPT,
    LANGUAGE,
    OFFSET,
    PATH,
    REASONS,
    REFERENCE,
    REFERENCE_CORPUS,
    ROW,
    SCORES,
    SEGMENTS,
    SOURCE,
    SURVIVOR,
    TEXT,
    TEXT_BYTES,
    UPSAMPLE,
)
from xdata.run import carried, sentences
from xdata.run.carried import Carried, with_kept
from xdata.run.commit import RankOutput, TableOutput
from xdata.run.input_files import InputFiles
from xdata.run.ledger import Group, Ledger, Unit
from xdata.run.parts import (
    CopiedPiece,
    DataPart,
    EmitFacts,
    EmitPart,
    LanguageContents,
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
from xdata.run.placing import Placing, shard_names
from xdata.run.read import input_files
from xdata.run.rows import Copying, Rows, settle
from xdata.run.shards import Shard, Sizes, runs, whole_runs
from xdata.run.task import Task
from xdata.run.upsample import upsample_by_language
from xdata.run.work import Planning, Work

LEDGER_ROWS = 500_000
"""Shards in a file of the ledger, which one rank writes."""
LEDGER_GROUP_ROWS = 50_000
"""Shards in a row group of the ledger."""
INDEX_RANK_ROWS = 500_000
"""Shards whose signatures one rank writes."""
MOST_HOSTS = 200
"""Hosts that a rank names for each language."""
RANK_SHARDS = 64
"""Data shards that one rank writes, all of them open at a time."""

_SHARE_STEPS = 1 << 32
_OTHER_LANGUAGES = {"may_be": ALTERNATIVES, "has_parts_in": SEGMENTS}
"""What the data card tells of other languages -> column of the ledger that names them."""
_CODE = regex.compile(r"\b[a-z]{3}_[A-Z][a-z]{3}\b")


def plan(planning: Planning) -> list[EmitPart]:
    """Ranks of data shards, of rejects and of ledger parts."""
    task = planning.task
    if isinstance(task.stage.steps[0], Sentences):
        return [*sentences.plan(task)]
    ledger, export = Ledger(task), _export(task)
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


def _export(task: Task) -> Shards:
    step = task.stage.steps[0]
    assert isinstance(step, Shards)
    return step


def _placing(task: Task, placement: Placement) -> Placing:
    """Where documents are written, as a rank is told it."""
    folders = task.recipe.reader.folders
    return Placing(_export(task), task.recipe.seed, placement.domains, placement.limits, folders)


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
    """The parts, told how often documents of their languages are to be read, where the recipe upsamples."""
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
    """Ranks of a fixed number of documents, told where the rows of theirs are that are copied."""
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
    export = _export(task)
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
        table = _kept_documents(ledger, unit, _with_labels(schema, ledger))
        if part.upsample is not None:
            repeats = repeats_of(part.upsample[unit.groups[0].language], table[CLUSTER_SIZE].to_numpy())
            found = pa.array(repeats)
            table = table.set_column(schema.names.index(UPSAMPLE), schema.field(UPSAMPLE), found)
        written = table.select(schema.names) if rows is None else rows.read(_places_of_rows(ledger, unit))
        rows_of = placing.rows(unit, ledger)
        for place, piece, file in pieces:
            some = rows_of[place][piece]
            documents = table.take(some)
            file.add(written.take(some), pc.binary_length(documents[TEXT]).to_numpy())
            _count_contents(documents, contents, output)
    for file in files:
        file.flush()
    written_schema = format_named(copying.format if copying else str(export.format)).written(schema)
    return EmitFacts(
        columns={"data": features_of(written_schema) if rows is None else rows.columns()},
        copied=rows is not None,
        contents={language: found.facts for language, found in sorted(contents.items())},
    )


def _begin(output: RankOutput, name: str, schema: pa.Schema, copying: Copying | None) -> TableOutput:
    """Begins a shard of documents or of copied rows."""
    if copying is None or copying.how == "records":
        return output.published(name, schema)
    return output.published(name, copying.schema) if copying.schema else output.copied(name, head=copying.head)


def _kept_documents(ledger: Ledger, unit: Unit, schema: pa.Schema) -> pa.Table:
    """The kept documents of a unit in order of the corpus."""
    tables = []
    for group in unit.groups:
        decision = ledger.read_decision(group)
        tables.append(_join(ledger, group, decision, schema).append_column(KEPT, decision[KEPT]))
    table = ledger.in_order(unit, tables)
    return table.filter(table[KEPT]).select(schema.names)


def _places_of_rows(ledger: Ledger, unit: Unit) -> pa.Table:
    """Where the rows of the kept documents of a unit are, and those that travelled, in order of the corpus."""
    tables = []
    for group in unit.groups:
        table = ledger.read(group, [SOURCE, PATH, OFFSET]).append_column(ROW, ledger.read_rows(group))
        tables.append(table.append_column(KEPT, ledger.read_decision(group)[KEPT]))
    table = ledger.in_order(unit, tables)
    return table.filter(table[KEPT])


def _count_contents(documents: pa.Table, contents: dict[str, "Contents"], output: RankOutput) -> None:
    """Counts documents that were written, by their language."""
    for language in documents[LANGUAGE].unique().to_pylist():
        own = documents.filter(pc.equal(documents[LANGUAGE], language))
        output.counts.tallies[language].read += own.num_rows
        output.counts.tallies[language].kept += own.num_rows
        contents.setdefault(language, Contents()).add(own)


def _with_labels(schema: pa.Schema, ledger: Ledger) -> pa.Schema:
    """The schema and what else of the ledger the data card tells."""
    for name in _OTHER_LANGUAGES.values():
        if name in ledger.columns:
            schema = schema.append(pa.field(name, pa.string()))
    return schema


def _scores_of(task: Task, settled: Carried) -> list[str]:
    """The scores that the recipe computes, and those that documents carry."""
    return sorted({*task.recipe.scores(), *settled.scores})


def _write_rejects(ledger: Ledger, part: RejectsPart, task: Task, output: RankOutput) -> EmitFacts:
    export = _export(task)
    schema = records.rejects_schema(records.document_schema(_scores_of(task, part.carried)))
    schema = with_kept(schema, part.carried)
    if export.copy_rows:
        schema = schema.append(pa.field(ROW, pa.binary()))
    shard = Shard(output.published(part.name, schema))
    share = int(export.rejects_share * _SHARE_STEPS) if export.rejects == "sample" else _SHARE_STEPS
    units = {unit.part: unit for unit in ledger.parts}
    for number, begin, end in part.pieces:
        table = _dropped(ledger, units[number], schema)[begin:end]
        chosen = [int(identity[:8], 16) < share for identity in table[ID].to_pylist()]
        shard.add(table.filter(pa.array(chosen, pa.bool_())))
    shard.flush()
    return EmitFacts()


def _dropped(ledger: Ledger, unit: Unit, schema: pa.Schema) -> pa.Table:
    """The documents of a unit that were dropped, whole, in order of the corpus; groups without any are not read."""
    groups = tuple(group for group in unit.groups if ledger.decided[group.part, group.language].dropped_rows)
    tables = []
    for group in groups:
        decision = ledger.read_decision(group)
        table = _join(ledger, group, decision, schema, whole=True)
        if ROW in schema.names:
            table = table.set_column(schema.names.index(ROW), schema.field(ROW), ledger.read_rows(group))
        tables.append(table.append_column(KEPT, decision[KEPT]))
    table = ledger.in_order(replace(unit, groups=groups), tables)
    return table.filter(pc.invert(table[KEPT])).select(schema.names)


def _write_ledger(ledger: Ledger, part: LedgerPart, placing: Placing, output: RankOutput) -> EmitFacts:
    units = {unit.part: unit for unit in ledger.parts}
    references: Counter[tuple[str, int]] = Counter()
    file: Shard | None = None
    for number, begin, end in part.pieces:
        unit = units[number]
        table = ledger.in_order(unit, [_ledger_table(ledger, group) for group in unit.groups])
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
    steps = [step for stage in recipe.stages for step in stage.steps]
    schema = index_schema(
        next(step for step in steps if isinstance(step, MinHash)),
        next(step for step in steps if isinstance(step, TextHash)).adds()[records.TEXT_HASH],
    )
    for each in part.files:
        file = output.parquet(each.name, schema)
        for group in ledger.groups_by_part[each.part]:
            kept = np.asarray(ledger.read_decision(group)[KEPT].to_numpy(zero_copy_only=False))
            cut = np.zeros(len(kept), dtype=bool)
            cut[list(ledger.read_cuts(group))] = True
            for rows, is_whole in ((np.flatnonzero(kept), True), (np.flatnonzero(kept & cut), False)):
                file.write(_signatures(ledger, group, is_whole=is_whole).take(rows).cast(schema))
    return EmitFacts()


def _signatures(ledger: Ledger, group: Group, *, is_whole: bool) -> pa.Table:
    """The signatures of the whole texts of a group, or of what cuts left of them: a copy may be of either."""
    table = ledger.read(group, [ID, records.LANGUAGE])
    for path in records.INDEXED:
        name = column_of(path)
        column = ledger.read_signature(group, name) if is_whole else ledger.read_column(group, path)
        table = table.append_column(name, column)
    return table


def _ledger_table(ledger: Ledger, group: Group) -> pa.Table:
    """Everything but the text that is known of the documents of a group."""
    decision = ledger.read_decision(group)
    table = ledger.read_all(group)
    kept = decision[KEPT].combine_chunks()
    survivors = decision[SURVIVOR].combine_chunks()
    clustered = pc.greater(decision[CLUSTER_SIZE], 1)
    own = pc.if_else(clustered, table[ID], pa.scalar(None, pa.string()))
    known, corpora = split_references(decision[REFERENCE])
    added = {
        DECISION: pc.if_else(kept, "kept", "dropped"),
        REASONS: decision[REASONS],
        CLUSTER: pc.coalesce(survivors, own),
        CLUSTER_SIZE: decision[CLUSTER_SIZE],
        SURVIVOR: survivors,
        REFERENCE: known,
        REFERENCE_CORPUS: corpora,
    }
    if ledger.has_split_groups:
        added[records.SPLIT_GROUP] = ledger.read_split_groups(group)
    if ledger.cuts_texts:
        added[CUTS] = _cuts(ledger, group)
    for name, column in added.items():
        table = table.append_column(name, column)
    return table


def _cuts(ledger: Ledger, group: Group) -> pa.Array:
    """What was cut out of each document of a group; null where nothing was."""
    cuts = ledger.read_cuts(group)
    found = [
        [dict(zip(("start", "end"), one, strict=True)) for one in cuts.get(row, ())] for row in range(group.num_rows)
    ]
    return pa.array([ranges or None for ranges in found], records.CUTS_TYPE)


def _join(ledger: Ledger, group: Group, decision: pa.Table, schema: pa.Schema, *, whole: bool = False) -> pa.Table:
    """The columns of `schema` for all documents of a group, from ledger, texts and decision; null where none has it.

    Texts and their numbers of words are those that cuts left, or those of the `whole` texts.
    """
    table = ledger.read(group, [name for name in schema.names if name in ledger.columns])
    found = {name: table[name] for name in table.column_names}
    found |= {name: decision[name] for name in (CLUSTER_SIZE, REASONS, SURVIVOR)}
    found[REFERENCE], found[REFERENCE_CORPUS] = split_references(decision[REFERENCE])
    found[TEXT] = ledger.read_texts(group, whole=whole)
    if records.GROUPS in schema.names:
        found[records.SPLIT_GROUP] = ledger.read_split_groups(group)
        found[records.GROUPS] = _shared(ledger, group)
    if not whole and SCORES in found:
        found[SCORES] = _scores(ledger, group, found[SCORES].combine_chunks())
    texts = ledger.read_carried(group)
    found |= carried.join(ledger.read(group, [records.SOURCE, records.PATH]), texts, schema, ledger.file_types(group))
    if SCORES in schema.names:
        computed = found.get(SCORES)
        computed = computed.combine_chunks() if isinstance(computed, pa.ChunkedArray) else computed
        found[SCORES] = carried.join_scores(computed, texts, schema.field(SCORES).type)
    arrays = [found[field.name] if field.name in found else pa.nulls(group.num_rows, field.type) for field in schema]
    return pa.table(arrays, schema=schema)


def _shared(ledger: Ledger, group: Group) -> pa.Array:
    """What each document shares with others, the document that it was made of too; null for nothing."""
    table = ledger.read(group, [records.GROUPS, records.MADE_FROM])
    documents = zip(table[records.GROUPS].to_pylist(), table[records.MADE_FROM].to_pylist(), strict=True)
    found = [[*(said or ()), *([f"{records.MADE_FROM}={of}"] if of else [])] for said, of in documents]
    return pa.array([each or None for each in found], pa.list_(pa.string()))


def _scores(ledger: Ledger, group: Group, scores: pa.StructArray) -> pa.StructArray:
    """Scores of a group, those that were measured again of what cuts left among them."""
    if not ledger.cuts_texts:
        return scores
    columns = [ledger.read_column(group, f"{SCORES}.{field.name}").combine_chunks() for field in scores.type]
    return pa.StructArray.from_arrays(columns, fields=list(scores.type))


@dataclass
class Contents:
    """What the data card tells of a language, as one rank counts it."""

    num_rows: int = 0
    num_bytes: int = 0
    num_characters: int = 0
    num_words: float | None = None
    """None where words are not counted."""
    num_reads: int | None = None
    """Shards as a trainer reads them, each as often as it says; None where they do not say it."""
    shares: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    """`source`, `license`, `domain`, `host` -> value -> documents; and where languages were identified, `may_be` and
    `has_parts_in` -> other language -> documents."""

    def add(self, table: pa.Table) -> None:
        """Counts some documents."""
        self.num_rows += table.num_rows
        self.num_bytes += pc.sum(pc.binary_length(table[TEXT])).as_py() or 0
        self.num_characters += pc.sum(pc.utf8_length(table[TEXT])).as_py() or 0
        if SCORES in table.column_names and table.schema.field(SCORES).type.get_field_index("num_words") >= 0:
            words = pc.sum(pc.struct_field(table[SCORES], "num_words")).as_py() or 0.0
            self.num_words = (self.num_words or 0.0) + words
        if UPSAMPLE in table.column_names:
            self.num_reads = (self.num_reads or 0) + (pc.sum(table[UPSAMPLE]).as_py() or 0)
        for what in (records.SOURCE, records.LICENSE, records.DOMAIN):
            values = table[what].to_pylist()
            self.shares[what].update(records.UNKNOWN if value is None else value for value in values)
        self.shares["host"].update(host for host in map(_host, table[records.URL].to_pylist()) if host)
        for what, name in _OTHER_LANGUAGES.items():
            if name in table.column_names:
                labels = zip(table[name].to_pylist(), table[records.LANGUAGE].to_pylist(), strict=True)
                self.shares[what].update(code for label, own in labels for code in _codes(label, own))

    @property
    def facts(self) -> LanguageContents:
        """What was counted, of each share the most frequent values."""
        shares = {what: most_frequent(counts, MOST_HOSTS) for what, counts in sorted(self.shares.items())}
        return LanguageContents(**vars(self) | {"shares": shares})


def most_frequent(counts: Mapping[str, int], most: int) -> dict[str, int]:
    """The largest counts, equal ones in order of name."""
    return dict(sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:most])


def _codes(label: str | None, own: str) -> set[str]:
    """The languages that a label of a document names, its own left out."""
    return set(_CODE.findall(label or "")) - {own}


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None


def _summary(task: Task, inputs: InputFiles) -> str:
    return "written"


WORK = Work(part=EmitPart, plan=plan, run=run, summary=_summary)
