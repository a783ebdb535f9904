"""The emit phase: texts once more, to data shards and rejects, and the ledger of every document.

Shards are planned from sums of text bytes: a shard of a language is a run of groups in order of the corpus, and
ends with the group that fills it. A rank writes one large shard or several small ones, reading each part once.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any
from urllib.parse import urlsplit

import pyarrow as pa
import pyarrow.compute as pc

from xdata import records
from xdata.export.documents import Documents
from xdata.records import CLUSTER, CLUSTER_SIZE, DECISION, ID, KEPT, REASONS, SCORES, SURVIVOR, TEXT
from xdata.run.commit import ParquetOutput, RankOutput
from xdata.run.ledger import Decided, Group, Ledger
from xdata.run.task import Part, Task

SPLIT = "train"
ROW_GROUP_BYTES = 16 << 20
"""Text in a row group of data and rejects."""
LEDGER_RANK_ROWS = 500_000
"""Documents whose ledger one rank writes."""
MOST_HOSTS = 200
"""Hosts that a rank names for each language."""

_SHARE_STEPS = 1 << 32


def plan(task: Task) -> list[Part]:
    """Ranks of data shards, of rejects and of ledger parts."""
    ledger, export = Ledger(task), _export(task)
    groups = [(group, ledger.decided[group.part, group.language]) for group in ledger.groups]
    return [
        *_plan_data(groups, export.shard_bytes),
        *(_plan_rejects(groups, export.shard_bytes) if export.rejects != "none" else []),
        *_plan_ledger(ledger),
    ]


def run(task: Task, part: Part, output: RankOutput) -> None:
    """Writes the shards of one rank."""
    ledger = Ledger(task)
    groups = {(group.part, group.language): group for group in ledger.groups}
    match part["what"]:
        case "data":
            _write_data(ledger, groups, part["shards"], output)
        case "rejects":
            _write_rejects(ledger, groups, part, _export(task), output)
        case "ledger":
            _write_ledger(ledger, part["parts"], output)


def _export(task: Task) -> Documents:
    step = task.stage.steps[0]
    assert isinstance(step, Documents)
    return step


def _plan_data(groups: Sequence[tuple[Group, Decided]], shard_bytes: int) -> list[Part]:
    by_language: dict[str, list[tuple[int, int]]] = {}
    for group, decided in groups:
        if decided.kept_rows:
            by_language.setdefault(group.language, []).append((group.part, decided.kept_bytes))
    parts: list[Part] = []
    shards: list[dict[str, Any]] = []
    size = 0
    for language, found in sorted(by_language.items()):
        runs = list(_runs(found, shard_bytes))
        for number, (members, num_bytes) in enumerate(runs):
            if shards and size + num_bytes > shard_bytes:
                parts.append({"what": "data", "shards": shards})
                shards, size = [], 0
            name = f"data/{language}/{SPLIT}-{number:05}-of-{len(runs):05}.parquet"
            shards.append({"name": name, "language": language, "parts": members})
            size += num_bytes
    return [*parts, {"what": "data", "shards": shards}] if shards else parts


def _plan_rejects(groups: Sequence[tuple[Group, Decided]], shard_bytes: int) -> list[Part]:
    sizes: dict[int, int] = {}
    for group, decided in groups:
        if decided.dropped_rows:
            sizes[group.part] = sizes.get(group.part, 0) + decided.dropped_bytes
    runs = list(_runs(sorted(sizes.items()), shard_bytes))
    return [
        {
            "what": "rejects",
            "name": f"rejects/rejects-{number:05}-of-{len(runs):05}.parquet",
            "parts": members,
        }
        for number, (members, _) in enumerate(runs)
    ]


def _plan_ledger(ledger: Ledger) -> list[Part]:
    rows: dict[int, int] = {}
    for group in ledger.groups:
        rows[group.part] = rows.get(group.part, 0) + group.num_rows
    parts = sorted(rows)
    runs = _runs([(number, rows[part]) for number, part in enumerate(parts)], LEDGER_RANK_ROWS)
    named = [
        {"name": f"ledger/ledger-{number:05}-of-{len(parts):05}.parquet", "part": part}
        for number, part in enumerate(parts)
    ]
    return [{"what": "ledger", "parts": [named[number] for number in members]} for members, _ in runs]


def _runs(sizes: Sequence[tuple[int, int]], full: int) -> Iterator[tuple[list[int], int]]:
    """Runs of (number, size) in order, each ended by the one that fills it: numbers and size of each run."""
    members: list[int] = []
    size = 0
    for number, num in sizes:
        members.append(number)
        size += num
        if size >= full:
            yield members, size
            members, size = [], 0
    if members:
        yield members, size


class _Shard:
    """One data or reject file that is written in row groups of a set size."""

    def __init__(self, file: ParquetOutput) -> None:
        self._file = file
        self._tables: list[pa.Table] = []
        self._size = 0

    def add(self, table: pa.Table) -> None:
        self._tables.append(table)
        self._size += pc.sum(pc.binary_length(table[TEXT])).as_py() or 0
        if self._size >= ROW_GROUP_BYTES:
            self.flush()

    def flush(self) -> None:
        if self._tables:
            self._file.write(pa.concat_tables(self._tables))
        self._tables, self._size = [], 0


def _write_data(
    ledger: Ledger, groups: dict[tuple[int, str], Group], shards: list[dict[str, Any]], output: RankOutput
) -> None:
    schema = records.document_schema(ledger.score_type())
    open_shards = {shard["name"]: _Shard(output.parquet(shard["name"], schema)) for shard in shards}
    output.facts["contents"] = {}
    for part in sorted({part for shard in shards for part in shard["parts"]}):
        for shard in shards:
            if part in shard["parts"]:
                group = groups[part, shard["language"]]
                decision = ledger.read_decision(group)
                table = _join(ledger, group, decision, schema).filter(decision[KEPT])
                open_shards[shard["name"]].add(table)
                output.counts.tallies[group.language].read += table.num_rows
                output.counts.tallies[group.language].kept += table.num_rows
                _describe(table, group.language, output)
    for open_shard in open_shards.values():
        open_shard.flush()


def _write_rejects(
    ledger: Ledger, groups: dict[tuple[int, str], Group], part: Part, export: Documents, output: RankOutput
) -> None:
    schema = records.document_schema(ledger.score_type())
    for name, kind in (
        (REASONS, pa.list_(records.REASON_TYPE)),
        (SURVIVOR, pa.string()),
        (records.FLAW, pa.string()),
    ):
        schema = schema.append(pa.field(name, kind))
    shard = _Shard(output.parquet(part["name"], schema))
    share = int(export.rejects_share * _SHARE_STEPS) if export.rejects == "sample" else _SHARE_STEPS
    for number in part["parts"]:
        for (where, _), group in groups.items():
            if where == number and ledger.decided[where, group.language].dropped_rows:
                decision = ledger.read_decision(group)
                table = _join(ledger, group, decision, schema).filter(pc.invert(decision[KEPT]))
                chosen = [int(identity[:8], 16) < share for identity in table[ID].to_pylist()]
                shard.add(table.filter(pa.array(chosen, pa.bool_())))
    shard.flush()


def _write_ledger(ledger: Ledger, parts: list[dict[str, Any]], output: RankOutput) -> None:
    for part in parts:
        tables = [_ledger_table(ledger, group) for group in ledger.groups if group.part == part["part"]]
        file = output.parquet(part["name"], tables[0].schema)
        for table in tables:
            file.write(table)


def _ledger_table(ledger: Ledger, group: Group) -> pa.Table:
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
    }
    for name, column in added.items():
        table = table.append_column(name, column)
    return table


def _join(ledger: Ledger, group: Group, decision: pa.Table, schema: pa.Schema) -> pa.Table:
    """The columns of `schema` for all documents of a group, from ledger, texts and decision; null where none has it."""
    table = ledger.read(group, [name for name in schema.names if name in ledger.columns])
    found = {name: table[name] for name in table.column_names}
    found |= {name: decision[name] for name in (CLUSTER_SIZE, REASONS, SURVIVOR)}
    found[TEXT] = ledger.read_texts(group)[TEXT]
    arrays = [found[field.name] if field.name in found else pa.nulls(group.num_rows, field.type) for field in schema]
    return pa.table(arrays, schema=schema)


def _describe(table: pa.Table, language: str, output: RankOutput) -> None:
    """Adds to the facts what the data card tells of a language."""
    facts = output.facts["contents"].setdefault(
        language, {"rows": 0, "bytes": 0, "characters": 0, "words": 0.0, "shares": {}}
    )
    facts["rows"] += table.num_rows
    facts["bytes"] += pc.sum(pc.binary_length(table[TEXT])).as_py() or 0
    facts["characters"] += pc.sum(pc.utf8_length(table[TEXT])).as_py() or 0
    if "num_words" in {field.name for field in table.schema.field(SCORES).type}:
        facts["words"] += pc.sum(pc.struct_field(table[SCORES], "num_words")).as_py() or 0.0
    for what in (records.SOURCE, records.LICENCE, records.DOMAIN):
        values = [records.UNKNOWN if value is None else value for value in table[what].to_pylist()]
        _add(facts["shares"], what, Counter(values))
    hosts = Counter(host for host in map(_host, table[records.URL].to_pylist()) if host)
    _add(facts["shares"], "host", hosts)


def _add(shares: dict[str, dict[str, int]], what: str, counts: Counter[str]) -> None:
    total = Counter(shares.get(what, {})) + counts
    shares[what] = dict(sorted(total.items(), key=lambda item: (-item[1], item[0]))[:MOST_HOSTS])


def _host(url: str | None) -> str | None:
    try:
        return urlsplit(url).hostname if url else None
    except ValueError:
        return None
