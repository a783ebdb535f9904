"""The leakage that splits do not leak: the shards are read back, whatever planned them, and both sides are compared.

    documents, pages, texts, … of every shard -> hashes with the split they are in -> those that are in two splits

Hashes are of 64 bits; of a hundred million things of a kind, two are taken for one by chance about once in four
thousand comparisons. In memory are 9 bytes for each thing that is compared, and some 50
for each of the kind that is being looked at.
"""

import tempfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq

from xdata import records
from xdata.context import Context
from xdata.dedup.minhash import MinHash
from xdata.dedup.near_groups import count_apart, signature
from xdata.dedup.text_hash import text_hash
from xdata.export.sentences import sentence_hash
from xdata.export.splits import (
    TRAIN,
    SplitBy,
    SplitGroups,
    exact,
    group_of,
    key_hash,
    part_key,
    percent,
    quota,
    shared_key,
)
from xdata.formats.table import output_of
from xdata.output.manifest import Leakage, Manifest, NearProof, ShardName, SplitShare
from xdata.records import parquet_writer
from xdata.step import ClusterColumns
from xdata.text.analysis import Analyses
from xdata.text.spans import Ints
from xdata.text.url_families import family_of

Hashes = npt.NDArray[np.uint64]
Sides = npt.NDArray[np.uint8]

_BATCH_CHARACTERS = 1 << 18
_DOCUMENTS, _OF_SENTENCES, _GROUPS = "documents", "documents of sentences", "groups"
_SENTENCES = "sentences"


@dataclass(frozen=True)
class Options:
    """What was asked for, as the manifest of an output has it."""

    splits: Mapping[str, float]
    subsets: Mapping[str, Sequence[float]]
    """`data` and `sentences` -> shares of train."""
    by: SplitBy = "document"
    similarity: float | None = None
    translations: bool = False
    minhash: MinHash | None = None
    copied: bool = False
    """Whether shards of documents are rows of the input, for which the ledger has the compared values, but no text."""

    @classmethod
    def of(cls, manifest: Manifest) -> "Options":
        groups, data = manifest.options_of(SplitGroups), manifest.export_options("data")
        minhash = manifest.options_of(MinHash)
        known = {name: minhash[name] for name in MinHash.model_fields if name in minhash}
        return cls(
            splits=data.get("splits", {}),
            subsets={folder: manifest.export_options(folder).get("subsets", ()) for folder in ("data", _SENTENCES)},
            by=groups.get("by", "document"),
            similarity=groups.get("similarity"),
            translations=groups.get("translations", False),
            minhash=MinHash.model_validate(known) if known else None,
            copied=manifest.copies_rows,
        )

    @property
    def split_names(self) -> list[str]:
        return [*sorted(self.splits), TRAIN]


@dataclass(frozen=True)
class Shard:
    """One file of documents or sentences, and the number of its split."""

    name: ShardName
    path: Path
    side: int
    ledger: tuple[Path, ...] = ()
    """Where what is compared of its rows is, if it is not in the file itself."""


@dataclass
class Compared:
    """Hashes of one kind of thing, each with the number of the split that it was found in."""

    hashes: list[Hashes] = field(default_factory=list)
    sides: list[Sides] = field(default_factory=list)

    def add(self, hashes: Iterable[int], side: int) -> None:
        """Adds what one shard has of it."""
        found = np.fromiter(hashes, dtype=np.uint64)
        self.hashes.append(found)
        self.sides.append(np.full(len(found), side, dtype=np.uint8))

    def on_two_sides(self) -> tuple[int, Hashes]:
        """(number of different values, values in more than one split)."""
        if not any(map(len, self.hashes)):
            return 0, np.empty(0, dtype=np.uint64)
        hashes, sides = np.concatenate(self.hashes), np.concatenate(self.sides)
        order = np.lexsort((sides, hashes))
        hashes, sides = hashes[order], sides[order]
        begins = np.flatnonzero(np.r_[True, hashes[1:] != hashes[:-1]])
        ends = np.append(begins[1:], len(hashes)) - 1
        return len(begins), hashes[begins][sides[begins] != sides[ends]]


def prove(folder: Path, manifest: Manifest, *, columns: ClusterColumns | None = None) -> tuple[Leakage, list[str]]:
    """(what was compared, all that is wrong, one line each), from the shards of an output folder.

    `columns` has the signatures of all documents where they are at hand; else they are made of the texts of the shards,
    in a folder for temporary files.
    """
    options = Options.of(manifest)
    shards = _shards(folder, manifest, options)
    documents = [shard for shard in shards if shard.name.folder == "data"]
    sentences = [shard for shard in shards if shard.name.folder == _SENTENCES]
    found, num_rows = _compare(documents, sentences, options)
    counts = {what: compared.on_two_sides() for what, compared in found.items()}
    same = counts.pop("in any language", (0, np.empty(0)))[1]
    problems = [
        f"splits: {len(crossing):,} {what} are in more than one split, as those of "
        f"{_example(shards, options, what, crossing)}"
        for what, (_, crossing) in counts.items()
        if len(crossing)
    ]
    num_documents = sum(num_rows.values())
    if counts[_DOCUMENTS][0] != num_documents:
        problems.append(f"splits: {num_documents - counts[_DOCUMENTS][0]:,} documents are written twice")
    near = _near(found[_DOCUMENTS], documents, options, columns) if options.splits else None
    if near is not None and near.on_two_sides:
        share = f"{near.min_similarity:g} of their n-grams"
        problems.append(f"splits: {near.on_two_sides:,} pairs of documents in different splits have {share} in common")
    subsets: Counter[str] = Counter()
    for problem in _check_subsets(shards, options, subsets):
        problems.append(f"subsets: {problem}")
    leakage = Leakage(
        splits=_shares(num_rows, options),
        compared={what: num for what, (num, _) in counts.items()},
        on_two_sides={what: len(crossing) for what, (_, crossing) in counts.items()},
        near=near,
        subsets=dict(sorted(subsets.items())),
        same_in_other_languages=len(same) - len(counts.get(_SENTENCES, (0, ()))[1]),
    )
    return leakage, problems


def needs_leakage(manifest: Manifest) -> bool:
    """Whether there are held-out splits, or subsets of train."""
    options = Options.of(manifest)
    return bool(options.splits) or any(options.subsets.values())


def _shards(folder: Path, manifest: Manifest, options: Options) -> list[Shard]:
    numbers = {name: number for number, name in enumerate(options.split_names)}
    ledger = tuple(folder / file.path for file in manifest.files if file.path.startswith("ledger/") and file.num_rows)
    return [
        Shard(
            name,
            folder / file.path,
            numbers.get(name.split, len(numbers)),
            ledger if options.copied and name.folder == "data" else (),
        )
        for file in manifest.files
        if (name := ShardName.parse(file.path))
    ]


def _compare(
    documents: Sequence[Shard], sentences: Sequence[Shard], options: Options
) -> tuple[dict[str, Compared], Counter[int]]:
    """(what -> its hashes, number of a split -> its documents)."""
    keys = _keys_of_documents(options)
    found = {what: Compared() for what in keys}
    num_rows: Counter[int] = Counter()
    for shard in documents:
        for rows in _rows(shard, _columns(options)):
            num_rows[shard.side] += len(rows)
            for what, of in keys.items():
                found[what].add(of(rows), shard.side)
    if not sentences:
        return found, num_rows
    keys = _keys_of_sentences()
    found |= {what: Compared() for what in keys}
    for shard in sentences:
        for rows in _rows(shard, (records.ID, records.TEXT, records.LANGUAGE, records.SOURCE_IDS)):
            for what, of in keys.items():
                found[what].add(of(rows), shard.side)
    own = found[_DOCUMENTS]
    found[_OF_SENTENCES].hashes += own.hashes
    found[_OF_SENTENCES].sides += own.sides
    return found, num_rows


Row = Mapping[str, Any]
Keys = Callable[[Sequence[Row]], Iterable[int]]


def _columns(options: Options) -> tuple[str, ...]:
    if not options.splits:
        return (records.ID,)
    return (records.ID, records.URL, records.TEXT, records.GROUPS, records.SPLIT_GROUP)


def _keys_of_documents(options: Options) -> dict[str, Keys]:
    """What is compared of documents -> function from rows to the hashes of it."""
    found: dict[str, Keys] = {_DOCUMENTS: lambda rows: (key_hash(row[records.ID]) for row in rows)}
    if not options.splits:
        return found
    found["pages"] = partial(_pages, by="document")
    if options.by == "site":
        found["sites"] = partial(_pages, by="site")
    if options.translations:
        found["families of URLs"] = _families
    if not options.copied:
        found["texts"] = lambda rows: (_half(text_hash(row[records.TEXT])) for row in rows)
    found["shared values"] = lambda rows: (
        key_hash(shared_key(group)) for row in rows for group in row[records.GROUPS] or ()
    )
    found["parts of documents"] = _parts
    found[_GROUPS] = lambda rows: (int(row[records.SPLIT_GROUP]) for row in rows)
    return found


def _keys_of_sentences() -> dict[str, Keys]:
    return {
        _OF_SENTENCES: lambda rows: (key_hash(one) for row in rows for one in row[records.SOURCE_IDS]),
        _SENTENCES: lambda rows: (key_hash(f"{row[records.LANGUAGE]}\0{_said(row)}") for row in rows),
        "in any language": lambda rows: (key_hash(_said(row)) for row in rows),
    }


def _pages(rows: Sequence[Row], *, by: SplitBy) -> Iterator[int]:
    return (key_hash(group_of(row[records.ID], row[records.URL], by=by)) for row in rows)


def _families(rows: Sequence[Row]) -> Iterator[int]:
    families = (family_of(row[records.URL]) for row in rows if row[records.URL])
    return (key_hash(family) for family in families if family)


def _parts(rows: Sequence[Row]) -> Iterator[int]:
    """Each document, and the one that it was made of."""
    made = f"{records.MADE_FROM}="
    for row in rows:
        yield key_hash(part_key(row[records.ID]))
        yield from (key_hash(shared_key(group)) for group in row[records.GROUPS] or () if group.startswith(made))


def _said(row: Row) -> str:
    return sentence_hash(row[records.TEXT]).hex()


def _half(digest: bytes) -> int:
    return int.from_bytes(digest[:8], "little")


def _rows(shard: Shard, columns: Sequence[str]) -> Iterator[list[dict[str, Any]]]:
    if not shard.ledger:
        yield from output_of(shard.path).rows(shard.path, columns)
        return
    own = f"{shard.name.folder}/{shard.name.config}/{shard.path.name}"
    table = ds.dataset([str(path) for path in shard.ledger], format="parquet")
    wanted = [name for name in columns if name in table.schema.names]
    for batch in table.to_batches(columns=wanted, filter=pc.field(records.DATA_FILE) == own, use_threads=False):
        yield batch.to_pylist()


def _example(shards: Sequence[Shard], options: Options, what: str, crossing: Hashes) -> str:
    """Two documents, or sentences, in different splits that share one of some hashes."""
    wanted = int(crossing[0])
    keys: dict[str, Keys] = _keys_of_documents(options) | _keys_of_sentences()
    own = {_OF_SENTENCES: {"data": _DOCUMENTS, _SENTENCES: _OF_SENTENCES}, _SENTENCES: {_SENTENCES: _SENTENCES}}
    named: dict[str, str] = {}
    for shard in shards:
        of = own.get(what, {"data": what}).get(shard.name.folder)
        columns = _columns(options) if shard.name.folder == "data" else tuple(records.SENTENCE_SCHEMA.names)
        for rows in _rows(shard, columns) if of is not None and shard.name.split not in named else ():
            for row in rows:
                if wanted in keys[str(of)]([row]):
                    named.setdefault(shard.name.split, f"{row[records.ID]} ({shard.name.split})")
    return " and ".join(list(named.values())[:2])


def _near(
    ids: Compared, documents: Sequence[Shard], options: Options, columns: ClusterColumns | None
) -> NearProof | None:
    """Near duplicates in different splits; None if the recipe compares none, or has no signatures."""
    if options.similarity is None or options.minhash is None:
        return None
    if columns is None and options.copied:
        return None
    if columns is not None:
        compared, similar = count_apart(_sides_of(columns, ids), columns, min_similarity=options.similarity)
    else:
        with _signed(documents, options.minhash) as (made, sides):
            compared, similar = count_apart(sides, made, min_similarity=options.similarity)
    return NearProof(
        min_similarity=options.similarity,
        num_compared=compared,
        on_two_sides=similar,
        pairs_seen=round(signature(options.similarity).chance(options.similarity), 4),
    )


def _sides_of(columns: ClusterColumns, ids: Compared) -> Ints:
    """The number of the split of each row, by its id; one of no shard is on no side."""
    hashes = np.concatenate([np.empty(0, np.uint64), *ids.hashes])
    sides = np.concatenate([np.empty(0, np.uint8), *ids.sides])
    order = np.argsort(hashes)
    found = [np.empty(0, dtype=np.int64)]
    for piece in columns.pieces({records.ID}):
        wanted = np.fromiter(map(key_hash, piece[records.ID].to_pylist()), dtype=np.uint64)
        places = order[np.minimum(np.searchsorted(hashes, wanted, sorter=order), max(len(hashes) - 1, 0))]
        found.append(np.where(hashes[places] == wanted, sides[places].astype(np.int64), -1))
    return np.concatenate(found)


@contextmanager
def _signed(documents: Sequence[Shard], minhash: MinHash) -> Iterator[tuple["_Signed", Ints]]:
    """The signatures of all documents, made of their texts, and the number of the split of each."""
    with tempfile.TemporaryDirectory(prefix="xdata-leakage-") as folder:
        path = Path(folder) / "signatures.parquet"
        schema = pa.schema([pa.field(name, kind) for name, kind in minhash.adds().items()])
        score = minhash.open(Context(step=minhash.name))
        sides: list[Ints] = []
        with parquet_writer(path, schema) as writer:
            for shard in documents:
                for rows in _few(_rows(shard, (records.TEXT, records.LANGUAGE))):
                    languages = [row[records.LANGUAGE] for row in rows]
                    columns = score(Analyses([row[records.TEXT] for row in rows], languages=languages))
                    writer.write_table(pa.table([columns[name] for name in schema.names], schema=schema))
                    sides.append(np.full(len(rows), shard.side, dtype=np.int64))
        yield _Signed(path, Path(folder)), np.concatenate([np.empty(0, dtype=np.int64), *sides])


def _few(batches: Iterable[list[dict[str, Any]]]) -> Iterator[list[dict[str, Any]]]:
    """Rows of about so much text at a time as an analysis should have."""
    for rows in batches:
        waiting: list[dict[str, Any]] = []
        size = 0
        for row in rows:
            waiting.append(row)
            size += len(row[records.TEXT])
            if size >= _BATCH_CHARACTERS:
                yield waiting
                waiting, size = [], 0
        if waiting:
            yield waiting


class _Signed:
    """Signatures in one file, as steps that decide over a whole corpus see them."""

    language = ""
    totals: Mapping[str, int] = {}

    def __init__(self, path: Path, scratch: Path) -> None:
        self.scratch = scratch
        self._file = pq.ParquetFile(path)
        metadata = self._file.metadata
        sizes = [metadata.row_group(number).num_rows for number in range(metadata.num_row_groups)]
        self._begins = np.cumsum([0, *sizes])

    @property
    def num_rows(self) -> int:
        return int(self._begins[-1])

    def pieces(self, paths: Collection[str]) -> Iterator[pa.Table]:
        for number in range(len(self._begins) - 1):
            yield self._read(number, paths)

    def read(self, path: str, *, rows: Ints | None = None) -> pa.ChunkedArray:
        chunks: list[pa.Array] = []
        for number in range(len(self._begins) - 1):
            begin, end = self._begins[number : number + 2]
            first, last = (0, end - begin) if rows is None else np.searchsorted(rows, [begin, end])
            if last > first:
                column = self._read(number, [path])[path]
                chunks += (column if rows is None else column.take(rows[first:last] - begin)).chunks
        return pa.chunked_array(chunks, type=self._file.schema_arrow.field(path).type)

    def _read(self, number: int, paths: Collection[str]) -> pa.Table:
        return self._file.read_row_group(number, columns=sorted(paths), use_threads=False)


def _shares(num_rows: Mapping[int, int], options: Options) -> dict[str, SplitShare]:
    total = sum(num_rows.values())
    asked = {name: exact(share) for name, share in options.splits.items()}
    asked[TRAIN] = 1 - sum(asked.values(), start=exact(0.0))
    return {
        name: SplitShare(
            asked=float(asked[name]), num_documents=num_rows[side], share=num_rows[side] / total if total else 0.0
        )
        for side, name in enumerate(options.split_names)
    }


def _check_subsets(shards: Sequence[Shard], options: Options, num: Counter[str]) -> Iterator[str]:
    """Whether the rows of each subset are in all larger ones, and as many as asked for."""
    by_config: dict[tuple[str, str], list[Shard]] = {}
    for shard in shards:
        if shard.name.split == TRAIN and options.subsets[shard.name.folder]:
            by_config.setdefault((shard.name.folder, shard.name.config), []).append(shard)
    for (folder, config), found in sorted(by_config.items()):
        ids = {shard: _ids(shard) for shard in found}
        total = sum(map(len, ids.values()))
        smaller = np.empty(0, dtype=np.uint64)
        for share in (*options.subsets[folder], 1.0):
            lying_in = [ids[shard] for shard in found if shard.name.lies_in(percent(share))]
            rows = np.unique(np.concatenate([np.empty(0, dtype=np.uint64), *lying_in]))
            wanted = quota(share, total) if share < 1 else total
            if len(rows) != wanted:
                yield f"{folder}/{config}: {percent(share)} % of {total} rows are {len(rows)}, not {wanted}"
            elif not np.isin(smaller, rows, assume_unique=True).all():
                yield f"{folder}/{config}: the subset below {percent(share)} % is not all in it"
            smaller = rows
            num[folder] += share < 1


def _ids(shard: Shard) -> Hashes:
    """Hashes of the ids of a shard."""
    ids = (row[records.ID] for rows in _rows(shard, (records.ID,)) for row in rows)
    return np.fromiter(map(key_hash, ids), dtype=np.uint64)
