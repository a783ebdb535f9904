"""The emit phase of sentences: kept texts cut into sentences, each once and in no order, to shards.

One rank has whole languages, and reads a language three times, in pieces that fit into memory:

    texts -> sentences, dealt by the hash of what they say
    each of those buckets -> one of each sentence, dealt by config and by the hash that orders them
    each of those buckets, sorted -> shards

So memory does not grow with the language; the work folder needs twice the room of its text for a while.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from xdata import records
from xdata.export import splits
from xdata.export.sentences import DUPLICATE, HELD_OUT, TOO_LONG, TOO_SHORT, Sentences, sentence_hash
from xdata.export.splits import TRAIN
from xdata.formats.features import features_of
from xdata.formats.table import output_named
from xdata.run.commit import RankOutput
from xdata.run.ledger import Group, Ledger
from xdata.run.parts import EmitFacts, Place, Placement, SentencesPart
from xdata.run.phases.annotate import pieces
from xdata.run.phases.placing import Placing, name_domains, shard_names, with_split_groups
from xdata.run.phases.shards import Shard
from xdata.run.phases.spill import Spill
from xdata.run.task import Task
from xdata.text.analysis import Analyses

RANK_BYTES = 32 << 20
"""Text that makes languages worth a rank of their own."""
BUCKET_BYTES = 16 << 20
"""Text of a bucket, about."""

_ORDER, _HIGH, _LOW, _SPLIT, _CONFIG = "order", "high", "low", "split", "config"
_WORKING = pa.schema(
    [
        *records.SENTENCE_SCHEMA,
        pa.field(_ORDER, pa.uint64()),
        pa.field(_HIGH, pa.uint64()),
        pa.field(_LOW, pa.uint64()),
        pa.field(_SPLIT, pa.int32()),
        pa.field(_CONFIG, pa.int32()),
    ]
)
"""Sentences with the two halves of the hash of what they say, and the numbers of their split and config."""
_OF_DOCUMENT = (records.LANGUAGE, records.SCRIPT, records.SOURCE, records.LICENSE, records.DOMAIN, records.URL)
"""Columns that a sentence has from its document."""

_Numbers = npt.NDArray[np.int64]
_Hashes = npt.NDArray[np.uint64]


def plan(task: Task) -> list[SentencesPart]:
    """Ranks of one large language or several small ones; languages of which nothing is kept need none."""
    ledger, export = Ledger(task), _export(task)
    sizes: Counter[str] = Counter()
    for (_, language), decided in ledger.decided.items():
        if decided.kept_rows:
            sizes[language] += decided.kept_bytes
    placement = Placement(domains=name_domains(export, ledger))
    parts: list[SentencesPart] = []
    languages: list[str] = []
    size = 0
    for language, num_bytes in sorted(sizes.items()):
        if languages and size + num_bytes > RANK_BYTES:
            parts.append(SentencesPart(languages=tuple(languages), placement=placement))
            languages, size = [], 0
        languages, size = [*languages, language], size + num_bytes
    return [*parts, SentencesPart(languages=tuple(languages), placement=placement)] if languages else parts


def run(task: Task, part: SentencesPart, output: RankOutput) -> EmitFacts:
    """Writes the sentences of some languages, one after the other."""
    ledger, export = Ledger(task), _export(task)
    for language in part.languages:
        placing = Placing(export.model_copy(update={"subsets": ()}), task.recipe.seed, part.placement.domains)
        language_of = _Language(language, export, placing, output)
        groups = [group for group in ledger.groups if group.language == language]
        unique = _cut(ledger, groups, language_of)
        shuffled = _keep_one_of_each(unique, language_of)
        _write(shuffled, language_of)
    columns = features_of(output_named(str(export.format)).written(records.SENTENCE_SCHEMA))
    return EmitFacts(columns={"sentences": columns})


def _export(task: Task) -> Sentences:
    step = task.stage.steps[0]
    assert isinstance(step, Sentences)
    return step


@dataclass
class _Language:
    """A language on its way to shards."""

    code: str
    export: Sentences
    placing: Placing
    output: RankOutput
    num_buckets: int = 1
    """By what sentences say."""
    num_rows: Counter[tuple[int, int]] = field(default_factory=Counter)
    """(config, split) -> sentences that are kept."""
    num_bytes: Counter[tuple[int, int]] = field(default_factory=Counter)
    """The same in bytes of text."""
    made_bytes: Counter[int] = field(default_factory=Counter)
    """Config -> bytes of sentences that were made, repeated ones too."""

    def __post_init__(self) -> None:
        names = self.placing.domains
        found = [] if names is None else [splits.config_of(self.code, name, names) for name in (None, *names)]
        self.configs = sorted(found) or [self.code]
        self.config_numbers = {config: number for number, config in enumerate(self.configs)}
        self.splits = self.export.split_names
        self.split_numbers = {split: number for number, split in enumerate(self.splits)}

    def drop(self, reason: str, num: int) -> None:
        """Counts sentences that were made and go."""
        self.output.counts.tallies[self.code].dropped += num
        self.output.counts.reasons[self.code][reason] += num

    def spill(self, what: str) -> Spill:
        return Spill(self.output.scratch(f"{self.code}-{what}"), _WORKING)

    def buckets_of(self, config: int) -> int:
        """Buckets by order that the sentences of a config are dealt to."""
        return _num_buckets(self.made_bytes[config])


def _cut(ledger: Ledger, groups: Sequence[Group], language: _Language) -> Spill:
    """All sentences of a language, those that say the same in one bucket."""
    kept = [ledger.decided[group.part, group.language] for group in groups]
    language.num_buckets = _num_buckets(sum(decided.kept_bytes for decided in kept))
    tally = language.output.counts.tallies[language.code]
    spill = language.spill("by_hash")
    for group, decided in zip(groups, kept, strict=True):
        for documents in pieces(_documents(ledger, group)) if decided.kept_rows else ():
            tally.read += documents.num_rows
            tally.merged += documents.num_rows
            sentences = _sentences(documents, language)
            spill.add(sentences, _bucket(sentences[_HIGH].to_numpy(), language.num_buckets))
    return spill


def _documents(ledger: Ledger, group: Group) -> pa.Table:
    """The kept documents of a group, with what their sentences get from them."""
    table = with_split_groups(ledger, group, [records.ID, records.PATH, *_OF_DOCUMENT, records.SPLIT_GROUP])
    table = table.append_column(records.TEXT, ledger.read_texts(group))
    return table.filter(ledger.read_decision(group)[records.KEPT])


def _sentences(documents: pa.Table, language: _Language) -> pa.Table:
    """The sentences of some documents that are neither too short nor too long, as `_WORKING`."""
    texts = documents[records.TEXT].to_pylist()
    analyses = Analyses(texts)
    spans = analyses.sentences
    language.output.counts.tallies[language.code].made += len(spans)
    num_words = np.diff(np.searchsorted(analyses.words.starts, np.stack([spans.starts, spans.ends])), axis=0)[0]
    positions = np.arange(len(spans)) - spans.bounds[spans.texts]
    rows = _long_enough(num_words, language)
    of = spans.texts[rows]
    begins = (spans.starts[rows] - analyses.text_starts[of]).tolist()
    ends = (spans.ends[rows] - analyses.text_starts[of]).tolist()
    found = [texts[text][begin:end] for text, begin, end in zip(of.tolist(), begins, ends, strict=True)]
    return _table(documents, of, positions[rows], found, language)


def _long_enough(num_words: _Numbers, language: _Language) -> _Numbers:
    """Rows of sentences of enough words and not too many; the others are counted."""
    short = num_words < language.export.min_words
    long = np.zeros(len(num_words), dtype=bool)
    if language.export.max_words is not None:
        long = num_words > language.export.max_words
    for reason, mask in ((TOO_SHORT, short), (TOO_LONG, long)):
        if mask.any():
            language.drop(reason, int(mask.sum()))
    return np.flatnonzero(~(short | long))


def _table(documents: pa.Table, of: _Numbers, positions: _Numbers, found: list[str], language: _Language) -> pa.Table:
    """Sentences as `_WORKING`, from the row of the document of each and its number in it."""
    own = documents[records.ID].to_pylist()
    sources = [own[row] for row in of.tolist()]
    ids = [f"{source}#{position}" for source, position in zip(sources, positions.tolist(), strict=True)]
    places = language.placing.places(language.code, documents)
    hashes = np.frombuffer(b"".join(map(sentence_hash, found)), dtype=">u8").reshape(-1, 2).astype(np.uint64)
    seed = language.placing.seed
    for number, size in zip(of.tolist(), map(len, map(str.encode, found)), strict=True):
        language.made_bytes[language.config_numbers[places[number].config]] += size
    columns: dict[str, Any] = {name: documents[name].take(of) for name in _OF_DOCUMENT}
    columns |= {
        records.ID: ids,
        records.TEXT: found,
        records.SOURCE_IDS: [[source] for source in sources],
        records.POSITION: positions,
        _ORDER: np.array([splits.draw(seed, "sentences", identity) for identity in ids], dtype=np.uint64),
        _HIGH: hashes[:, 0],
        _LOW: hashes[:, 1],
        _SPLIT: _numbers(language.split_numbers, [place.split for place in places])[of],
        _CONFIG: _numbers(language.config_numbers, [place.config for place in places])[of],
    }
    return pa.Table.from_pydict(columns, schema=_WORKING)


def _numbers(known: Mapping[str, int], names: Sequence[str]) -> npt.NDArray[np.int32]:
    return np.array([known[name] for name in names], dtype=np.int32)


def _keep_one_of_each(unique: Spill, language: _Language) -> Spill:
    """The sentences that stay, dealt by config and order; those that go are counted."""
    firsts = np.cumsum([0, *map(language.buckets_of, range(len(language.configs)))])
    spill = language.spill("by_order")
    for bucket in range(language.num_buckets):
        table = unique.read(bucket)
        hashes, split = (table[_HIGH].to_numpy(), table[_LOW].to_numpy()), table[_SPLIT].to_numpy()
        survivors = choose(*hashes, split, table[_ORDER].to_numpy())
        gone = survivors != np.arange(len(survivors))
        held_out = gone & (split != split[survivors])
        for reason, mask in ((HELD_OUT, held_out), (DUPLICATE, gone & ~held_out)):
            if mask.any():
                language.drop(reason, int(mask.sum()))
        table = table.filter(pa.array(~gone))
        _count_kept(table, language)
        configs = table[_CONFIG].to_numpy()
        for number in np.unique(configs).tolist():
            rows = table.filter(pa.array(configs == number))
            buckets = _bucket(rows[_ORDER].to_numpy(), language.buckets_of(number))
            spill.add(rows, buckets + firsts[number])
    unique.close()
    return spill


def choose(high: _Hashes, low: _Hashes, split: npt.NDArray[np.int32], order: _Hashes) -> _Numbers:
    """Row of the sentence that stays for each: of those with its hash, that of the least split, then order."""
    by = np.lexsort((order, split, low, high))
    fresh = np.ones(len(by), dtype=bool)
    fresh[1:] = (high[by][1:] != high[by][:-1]) | (low[by][1:] != low[by][:-1])
    survivors = np.empty(len(by), dtype=np.int64)
    survivors[by] = by[np.flatnonzero(fresh)][np.cumsum(fresh) - 1]
    return survivors


def _count_kept(table: pa.Table, language: _Language) -> None:
    language.output.counts.tallies[language.code].kept += table.num_rows
    sizes = pc.binary_length(table[records.TEXT])
    grouped = pa.table({"c": table[_CONFIG], "s": table[_SPLIT], "size": sizes}).group_by(["c", "s"])
    for row in grouped.aggregate([("size", "sum"), ("size", "count")]).to_pylist():
        language.num_rows[row["c"], row["s"]] += row["size_count"]
        language.num_bytes[row["c"], row["s"]] += row["size_sum"]


def _write(shuffled: Spill, language: _Language) -> None:
    """The shards of all configs, one config after the other, so that few files are open."""
    first = 0
    for number, config in enumerate(language.configs):
        dealers = {
            split: _Dealer(list(_shards(config, number, split, language)), language) for split in language.splits
        }
        for bucket in range(first, first + language.buckets_of(number)):
            table = shuffled.read(bucket).sort_by([(_ORDER, "ascending"), (records.ID, "ascending")])
            for split, dealer in dealers.items():
                rows = table.filter(pc.equal(table[_SPLIT], language.split_numbers[split]))
                dealer.deal(rows.select(records.SENTENCE_SCHEMA.names))
        first += language.buckets_of(number)
    shuffled.close()


def _shards(config: str, number: int, split: str, language: _Language) -> Iterator[tuple[str, int]]:
    """Name of each shard of a split, and the row of the split at which it ends."""
    counted = number, language.split_numbers[split]
    total, num_bytes = language.num_rows[counted], language.num_bytes[counted]
    shares = language.export.subsets if split == TRAIN else ()
    before = 0
    for tier, end in enumerate([*(splits.quota(share, total) for share in shares), total]):
        rows = end - before
        num = min(rows, -(-num_bytes * rows // max(1, total * language.export.shard_bytes)))
        names = shard_names("sentences", Place(config, split, tier), num, language.export)
        for place, name in enumerate(names, start=1):
            yield name, before + rows * place // num
        before = end


class _Dealer:
    """Deals the rows of a split to its shards, in order."""

    def __init__(self, shards: list[tuple[str, int]], language: _Language) -> None:
        self._shards = shards
        self._output = language.output
        self._file: Shard | None = None
        self._dealt = 0

    def deal(self, table: pa.Table) -> None:
        while table.num_rows:
            name, end = self._shards[0]
            if self._file is None:
                self._file = Shard(self._output.published(name, records.SENTENCE_SCHEMA))
            rows = table.slice(0, end - self._dealt)
            self._file.add(rows)
            self._dealt += rows.num_rows
            table = table.slice(rows.num_rows)
            if self._dealt == end:
                self._file.close()
                self._file = None
                self._shards.pop(0)


def _num_buckets(num_bytes: int) -> int:
    return max(1, -(-num_bytes // BUCKET_BYTES))


def _bucket(numbers: _Hashes, num: int) -> _Numbers:
    """Which of `num` equal ranges of 64-bit numbers each is in."""
    return ((numbers >> np.uint64(32)) * np.uint64(num) >> np.uint64(32)).astype(np.int64)
