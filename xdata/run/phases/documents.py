"""Documents as they are written: joined from the ledger, texts, decisions and what is carried, in corpus order."""

from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from xdata import records
from xdata.dedup.references import column_of
from xdata.records import (
    ALTERNATIVES,
    CLUSTER,
    CLUSTER_SIZE,
    CUTS,
    DECISION,
    ID,
    KEPT,
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
)
from xdata.run import carried
from xdata.run.ledger import Group, Ledger, Unit

OTHER_LANGUAGES = {"may_be": ALTERNATIVES, "has_parts_in": SEGMENTS}
"""Share in the data card -> column of the ledger that names other languages of a document."""


def kept_documents(ledger: Ledger, unit: Unit, schema: pa.Schema) -> pa.Table:
    """The kept documents of a unit in order of the corpus."""
    tables = []
    for group in unit.groups:
        decision = ledger.read_decision(group)
        tables.append(_join(ledger, group, decision, schema).append_column(KEPT, decision[KEPT]))
    table = ledger.in_order(unit, tables)
    return table.filter(table[KEPT]).select(schema.names)


def places_of_rows(ledger: Ledger, unit: Unit) -> pa.Table:
    """Where the rows of the kept documents of a unit are, and those that travelled, in order of the corpus."""
    tables = []
    for group in unit.groups:
        table = ledger.read(group, [SOURCE, PATH, OFFSET]).append_column(ROW, ledger.read_rows(group))
        tables.append(table.append_column(KEPT, ledger.read_decision(group)[KEPT]))
    table = ledger.in_order(unit, tables)
    return table.filter(table[KEPT])


def dropped_documents(ledger: Ledger, unit: Unit, schema: pa.Schema) -> pa.Table:
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


def signatures(ledger: Ledger, group: Group, *, is_whole: bool) -> pa.Table:
    """The signatures of the whole texts of a group, or of what cuts left of them: a copy may be of either."""
    table = ledger.read(group, [ID, records.LANGUAGE])
    for path in records.INDEXED:
        name = column_of(path)
        column = ledger.read_signature(group, name) if is_whole else ledger.read_column(group, path)
        table = table.append_column(name, column)
    return table


def ledger_table(ledger: Ledger, group: Group) -> pa.Table:
    """Everything but the text that is known of the documents of a group."""
    decision = ledger.read_decision(group)
    table = ledger.read_all(group)
    kept = decision[KEPT].combine_chunks()
    survivors = decision[SURVIVOR].combine_chunks()
    clustered = pc.greater(decision[CLUSTER_SIZE], 1)
    own = pc.if_else(clustered, table[ID], pa.scalar(None, pa.string()))
    added = {
        DECISION: pc.if_else(kept, "kept", "dropped"),
        REASONS: decision[REASONS],
        CLUSTER: pc.coalesce(survivors, own),
        CLUSTER_SIZE: decision[CLUSTER_SIZE],
        SURVIVOR: survivors,
        REFERENCE: decision[REFERENCE],
        REFERENCE_CORPUS: decision[REFERENCE_CORPUS],
    }
    if ledger.has_split_groups:
        added[records.SPLIT_GROUP] = ledger.read_split_groups(group)
    if ledger.cuts_texts:
        added[CUTS] = _cuts(ledger, group)
    for name, column in added.items():
        table = table.append_column(name, column)
    return table


def with_labels(schema: pa.Schema, ledger: Ledger) -> pa.Schema:
    """The schema, and the other facts of the ledger on the data card."""
    for name in OTHER_LANGUAGES.values():
        if name in ledger.columns:
            schema = schema.append(pa.field(name, pa.string()))
    return schema


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
    found |= {name: decision[name] for name in (CLUSTER_SIZE, REASONS, SURVIVOR, REFERENCE, REFERENCE_CORPUS)}
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
