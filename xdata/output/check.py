"""Verifies an output folder against its manifest (files, hashes, rows, schemas, counts), and its splits for leakage."""

from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from xdata import records
from xdata.disk import hash_file
from xdata.errors import one_line
from xdata.formats.table import format_of
from xdata.output.counts import Tally
from xdata.output.leakage import needs_leakage, prove
from xdata.output.manifest import TABLE_FOLDERS, FileFacts, Manifest, ShardName


def check(folder: Path) -> list[str]:
    """All that is off, one line each; nothing where the folder is whole. Raises CheckError without a manifest."""
    manifest = Manifest.read(folder)
    return [
        *_check_files(folder, manifest),
        *_check_others(folder, manifest),
        *_check_counts(manifest),
        *_check_rows(manifest),
        *_check_survivors(folder, manifest),
        *_check_splits(folder, manifest),
    ]


LEAKS = ("splits: ", "subsets: ")
"""Begin problems that are no damage: to delete something mends none of them."""


def _check_files(folder: Path, manifest: Manifest) -> Iterator[str]:
    layouts: dict[str, tuple[str, Any]] = {}
    for file in manifest.files:
        problem = _check_file(folder, manifest, file)
        if problem:
            yield f"{file.path}: {problem}"
        elif file.num_rows is not None:
            kind = file.path.split("/")[0]
            layout = manifest.output_of(file.path).layout(folder / file.path)
            first, expected = layouts.setdefault(kind, (file.path, layout))
            if layout != expected:
                yield f"{file.path}: has other columns than {first}"


def _check_file(folder: Path, manifest: Manifest, file: FileFacts) -> str | None:
    """What is wrong with one file, None where nothing is."""
    path = folder / file.path
    if not path.is_file():
        return "is missing"
    size = path.stat().st_size
    if size != file.num_bytes:
        return f"has {size} bytes, expected {file.num_bytes} (manifest)"
    if hash_file(path) != file.sha256:
        return "was changed: its sha256 is another"
    if file.num_rows is not None:
        try:
            num_rows = manifest.output_of(file.path).num_rows(path)
        except (pa.ArrowException, OSError) as error:
            return f"is not {format_of(path).title}: {one_line(str(error), limit=100)}"
        if num_rows != file.num_rows:
            return f"has {num_rows} rows, expected {file.num_rows} (manifest)"
    return None


def _check_others(folder: Path, manifest: Manifest) -> Iterator[str]:
    known = {file.path for file in manifest.files}
    for name in TABLE_FOLDERS:
        for path in sorted((folder / name).rglob("*")):
            relative = path.relative_to(folder).as_posix()
            if path.is_file() and relative not in known:
                yield f"{relative}: is not in the manifest"


def _check_counts(manifest: Manifest) -> Iterator[str]:
    """read + made = kept + dropped + merged in every stage, and what one stage keeps the next one reads."""
    before: tuple[str, int] | None = None
    for stage in manifest.stages:
        total = Tally()
        for code, numbers in stage.documents.items():
            tally = Tally(**numbers)
            total.add(tally)
            if not tally.adds_up():
                yield f"stage {stage.name}, {code}: read + made is not kept + dropped + merged: {numbers}"
        if before and total.read != before[1]:
            yield f"stage {stage.name}: read {total.read} documents, but stage {before[0]} kept {before[1]}"
        before = (stage.name, total.kept)


def _check_rows(manifest: Manifest) -> Iterator[str]:
    """Rows of data and ledger against the counts of stages and languages."""
    rows = {file.path: file.num_rows or 0 for file in manifest.files}
    if manifest.has_one_config:
        found = sum(num for path, num in rows.items() if path.startswith("data/"))
        expected = sum(facts.num_rows for facts in manifest.languages.values())
        if found != expected:
            yield f"data: has {found} rows, expected {expected} (manifest)"
    for code, facts in manifest.languages.items() if not manifest.has_one_config else ():
        found = sum(file.num_rows or 0 for file in manifest.data_files(code))
        if found != facts.num_rows:
            yield f"data/{code}: has {found} rows, expected {facts.num_rows} (manifest)"
    yield from _check_sentences(manifest, rows)
    ledger = sum(num for path, num in rows.items() if path.startswith("ledger/"))
    read = sum(numbers["read"] + numbers["made"] for numbers in manifest.stages[0].documents.values())
    if ledger != read:
        yield f"ledger: has {ledger} rows, but {read} documents were read or made"
    if manifest.schema_version > records.SCHEMA_VERSION:
        yield f"manifest.json: schema version {manifest.schema_version} is newer than this xdata knows"


def _check_sentences(manifest: Manifest, rows: Mapping[str, int]) -> Iterator[str]:
    """Rows of sentences against what their stage kept, by language."""
    stage = manifest.stage_writing("sentences")
    kept = {code: numbers["kept"] for code, numbers in stage.documents.items()} if stage else {}
    found: Counter[str] = Counter()
    for path, num in rows.items():
        shard = ShardName.parse(path)
        if shard and shard.folder == "sentences":
            found[shard.language] += num
    for code in sorted({*kept, *found}):
        if found[code] != kept.get(code, 0):
            yield f"sentences/{code}: has {found[code]} rows, expected {kept.get(code, 0)} (manifest)"


def _check_survivors(folder: Path, manifest: Manifest) -> Iterator[str]:
    """Whether the documents that others were dropped in favour of are there, and gave way to none themselves.

    One of them may have gone later for a reason of its own, as that its language has text enough.
    """
    paths = [folder / file.path for file in manifest.files if file.path.startswith("ledger/") and file.num_rows]
    wanted: set[str] = set()
    try:
        for path in paths:
            survivors = pq.read_table(path, columns=[records.SURVIVOR])[records.SURVIVOR]
            wanted.update(survivors.drop_null().to_pylist())
        for path in paths if wanted else ():
            table = pq.read_table(path, columns=[records.ID, records.SURVIVOR])
            wanted.difference_update(table.filter(pc.is_null(table[records.SURVIVOR]))[records.ID].to_pylist())
    except (pa.ArrowException, OSError, KeyError):
        return  # a damaged file has been named already
    if wanted:
        yield f"ledger: {len(wanted)} documents that others were dropped for did not survive, as {min(wanted)}"


def _check_splits(folder: Path, manifest: Manifest) -> list[str]:
    """What splits leak, by the shards alone: signatures are made of their texts anew."""
    if not needs_leakage(manifest):
        return []
    try:
        return prove(folder, manifest)[1]
    except (pa.ArrowException, OSError, KeyError) as error:
        return [f"splits: cannot be proved: {one_line(str(error), limit=120)}"]
