"""Trace of one document: its source, its scores, the decision with reasons, and its place in the output."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.dataset as ds
import pyarrow.parquet as pq
import regex

from xdata import records
from xdata.context import Context
from xdata.dedup.minhash import MinHash
from xdata.errors import CheckError, InputError, counted, one_line
from xdata.export.upsample import repeats_of
from xdata.formats.table import output_of
from xdata.output.differences import Difference, differences
from xdata.output.leaked_texts import LeakedText, evaluation_items, leaked_texts
from xdata.output.manifest import MANIFEST, FileFacts, Manifest
from xdata.records import (
    CLUSTER,
    CLUSTER_SIZE,
    DATA_FILE,
    DATA_ROW,
    DATE,
    DECISION,
    ERROR,
    ID,
    INNER,
    LANGUAGE,
    MADE_FROM,
    OFFSET,
    ORIGINAL_ID,
    PATH,
    REASONS,
    REFERENCE,
    REFERENCE_CORPUS,
    SCORES,
    SOURCE,
    SURVIVOR,
    TEXT,
    URL,
)
from xdata.text.analysis import Analyses

_SHOWN_CHARACTERS = 300
_SHOWN_CUTS = 10
_MOST_SHOWN = 10
_MOST_DIFFERENCES = 5
_PREFIX = regex.compile(r"[0-9a-f]{6,31}")
"""The beginning of an id."""


@dataclass(frozen=True)
class Life:
    """What an output folder knows of one document."""

    ledger: dict[str, Any]
    """Its row of the ledger."""
    text: str | None
    """None where it was dropped and rejects are not kept."""
    file: str | None
    """The file that its text is in."""
    made: tuple[str, ...]
    """Ids of the documents that were made of it."""
    members: tuple[str, ...]
    """Ids of the other documents of its cluster."""
    survivor: dict[str, Any] | None
    """Row of the ledger of the document that was chosen in its place."""
    upsample: str | None = None
    """Repetitions in training, and why; None without upsampling."""
    known: tuple[str, ...] = ()
    """The document of a reference corpus for which it was dropped, one fact a line."""
    copied: dict[str, Any] | None = None
    """Its row of an output whose rows are those of the input."""
    survivor_text: str | None = None
    """Text of the document that was kept in its place; None if there is no such document, or no text of it."""
    similarity: float | None = None
    """Jaccard similarity of the n-grams of both texts, 0 to 1, where near duplicates were looked for."""
    leaks: tuple[LeakedText, ...] = ()
    """Test items that it contains."""
    differences: tuple[Difference, ...] = ()
    """Where its text (`removed`) and that of its survivor (`added`) differ."""


def find(folder: Path, identity: str) -> Life:
    """What is known of a document. Raises CheckError for a folder that is not whole, InputError for an unknown id."""
    manifest = Manifest.read(folder)
    row = _find_row(folder, _files(manifest, "ledger/"), identity)
    if row is None:
        raise InputError(f"{folder}: no document has the id {identity!r}")
    survivor = _find_row(folder, _files(manifest, "ledger/"), row[1][SURVIVOR]) if row[1][SURVIVOR] else None
    kept = row[1][DECISION] == "kept"
    own = manifest.data_files(row[1][LANGUAGE]) or _files(manifest, "data/")
    copied = _copied_row(folder, manifest, row[1]) if kept and manifest.copies_rows else None
    found = None if copied else _find_row(folder, own if kept else _files(manifest, "rejects/"), row[1][ID])
    text = found[1][TEXT] if found else None
    other = _text_of(folder, manifest, survivor[1]) if survivor else None
    return Life(
        row[1],
        text,
        found[0] if found else row[1].get(DATA_FILE),
        _made(folder, manifest, row[1][ID]),
        _members(folder, manifest, row[1]),
        survivor[1] if survivor else None,
        _repeats(manifest, row[1]),
        _known(manifest, row[1]),
        copied,
        other,
        _similarity(manifest, text, other, row[1][LANGUAGE]) if text is not None and other is not None else None,
        _leaks(manifest, row[1], text),
        differences(text, other) if text is not None and other is not None else (),
    )


def _text_of(folder: Path, manifest: Manifest, row: Mapping[str, Any]) -> str | None:
    """The text of a document by its row of the ledger; None where the output does not have it."""
    if manifest.copies_rows:
        return None
    kept = row[DECISION] == "kept"
    files = manifest.data_files(row[LANGUAGE]) or _files(manifest, "data/")
    found = _find_row(folder, files if kept else _files(manifest, "rejects/"), row[ID])
    return found[1][TEXT] if found else None


def _similarity(manifest: Manifest, one: str, other: str, language: str) -> float | None:
    """Jaccard similarity of two texts by the n-grams that a run compared."""
    options = manifest.options_of(MinHash)
    if not options:
        return None
    step = MinHash.model_validate_json(orjson.dumps(options))
    found = step.open(Context())(Analyses([one, other], declared_languages=[language] * 2))[records.NGRAMS]
    first, second = (set(values) for values in pa.array(found).to_pylist())
    return len(first & second) / len(first | second) if first | second else None


def _leaks(manifest: Manifest, row: Mapping[str, Any], text: str | None) -> tuple[LeakedText, ...]:
    """The test items that a document contains, with both texts."""
    leaks = row.get(records.LEAKS)
    return leaked_texts(leaks.split("; "), text, evaluation_items(manifest.stages)) if leaks else ()


def explain(folder: Path, identity: str) -> list[str]:
    """The lives of the documents of an id, in lines for a terminal; control characters are shown, not sent.

    The id is that of one document, or the one that documents have in their sources, which several may share. Raises
    CheckError for a folder that is not whole, InputError for an unknown id.
    """
    identities = identities_of(folder, identity)
    lines = []
    if len(identities) > 1:
        more = f"; these are the first {_MOST_SHOWN}" if len(identities) > _MOST_SHOWN else ""
        lines.append(f"{len(identities)} documents have the original_id {one_line(identity)}{more}:")
    for each in identities[:_MOST_SHOWN]:
        told = [*_told(find(folder, each)), *_before(folder, each)]
        lines += ["", *told] if lines else told
    return lines


def _before(folder: Path, identity: str) -> list[str]:
    """The life of a document in the output folder that it was read of, if it was and that is still there."""
    manifest = Manifest.read(folder)
    row = _find_row(folder, _files(manifest, "ledger/"), identity)
    path = row[1][PATH] if row else ""
    origin = next((each for each in manifest.input_folders if path.startswith(f"{each.name}/data/")), None)
    if origin is None:
        return []
    try:
        lives = explain(Path(origin.folder), row[1][MADE_FROM] or identity if row else identity)
        changed = Manifest.read(Path(origin.folder)).fingerprint != origin.fingerprint
    except (CheckError, InputError):
        return [f"before     it came from {origin.folder}, where it can no longer be found"]
    anew = ", which has been rebuilt since" if changed else ""
    return [f"before     in {origin.folder}{anew}:", *(f"  {line}" for line in lives)]


def _told(life: Life) -> list[str]:
    return [line for part in (_origin(life), _decision(life), _content(life), _scores(life)) for line in part]


def identities_of(folder: Path, identity: str) -> list[str]:
    """The id itself where a document has it, else the ids of all documents that have it in their sources, else the id
    that begins with it.

    Raises InputError where none is found, or several ids begin with it.
    """
    files = _files(Manifest.read(folder), "ledger/")
    if _find_row(folder, files, identity) is not None:
        return [identity]
    paths = [folder / file.path for file in files if file.num_rows]
    named = [path for path in paths if ORIGINAL_ID in _schema(path).names]
    found = [row[ID] for path in named for row in _read(path, columns=[ID], filter=pc.field(ORIGINAL_ID) == identity)]
    if found:
        return sorted(found)
    if _PREFIX.fullmatch(identity):
        begins = pc.starts_with(pc.field(ID), identity)
        found = sorted(row[ID] for path in paths for row in _read(path, columns=[ID], filter=begins))
        if len(found) > 1:
            more = f" and {len(found) - _MOST_SHOWN} more" if len(found) > _MOST_SHOWN else ""
            raise InputError(
                f"{folder}: {len(found)} documents have ids that begin with {identity}: "
                f"{', '.join(found[:_MOST_SHOWN])}{more}: give more of the id"
            )
        if found:
            return found
    raise InputError(
        f"{folder}: no document has {identity!r} as its id, as the beginning of its id (6 characters or more), or as "
        "its original_id"
    )


def _origin(life: Life) -> Iterator[str]:
    row = life.ledger
    inner = f" + {row[INNER]} in its compressed member" if row[INNER] else ""
    yield f"id         {row[ID]}"
    if row.get(records.ORIGINAL_ID) is not None:
        yield f"original   {one_line(row[records.ORIGINAL_ID])} (original_id: the id in the source)"
    yield f"source     {row[SOURCE]}, file {row[PATH]}, at {row[OFFSET]}{inner}"
    for name, value in (("url", row[URL]), ("date", row[DATE])):
        if value is not None:
            yield f"{name:10} {value}"
    yield f"license    {row[records.LICENSE]}"
    if row.get(MADE_FROM) is not None:
        yield f"made from  {row[MADE_FROM]}, of which it is a part"
    for identity in life.made:
        yield f"made       {identity}, a part of it"
    for group in row.get(records.GROUPS) or ():
        yield f"shares     {one_line(group)}"


def _decision(life: Life) -> Iterator[str]:
    row = life.ledger
    probability = row.get(records.LANGUAGE_SCORE)
    yield f"language   {row[LANGUAGE]}{'' if probability is None else f', probability {probability:g}'}"
    if row[ERROR] is not None:
        yield f"error      {row[ERROR]}"
    yield f"bytes      {row[records.TEXT_BYTES]}"
    yield f"decision   {row[DECISION]}"
    for reason in row[REASONS]:
        numbers = "".join(f"; {name} {reason[name]:g}" for name in ("value", "threshold") if reason[name] is not None)
        yield f"reason     {reason['reason']} (step {reason['step']}{numbers})"
    if row.get(records.SPLIT_GROUP) is not None:
        yield f"group      {row[records.SPLIT_GROUP]}, all of which is on one side of a split"
    if row[SURVIVOR] is not None:
        later = [reason["reason"] for reason in (life.survivor or {}).get(REASONS) or []]
        yield f"survivor   {row[SURVIVOR]}, {f'dropped later as {later[0]}' if later else 'kept in its place'}"
    if life.similarity is not None:
        yield f"similarity {life.similarity:.3f} to it (Jaccard, n-grams)"
    if life.survivor_text is not None:
        yield from _survivor_text(life.survivor_text, life.differences)
    for leak in life.leaks:
        yield f"test item  {leak.leak}"
        missing = "not available: the evaluation set is no longer there"
        yield f"  item     {missing if leak.item is None else _short(leak.item)}"
        if leak.passage is not None:
            yield f"  document {_short(leak.passage)}{'' if leak.is_match else ' (its beginning)'}"
    for number, line in enumerate(life.known):
        yield f"{'reference' if number == 0 else '':10} {line}"
    if row[CLUSTER] is not None:
        yield f"cluster    {row[CLUSTER_SIZE]} documents, with {', '.join(life.members) or 'none other'}"
    if life.upsample is not None:
        yield f"upsample   {life.upsample}"


def _survivor_text(text: str, found: Sequence[Difference]) -> Iterator[str]:
    """The text of the survivor, and where it differs, in the form of wdiff."""
    if not found:
        yield "its text   is the same, but for white space"
        return
    yield f"its text   {_short(text)}"
    more = f", of which these are the first {_MOST_DIFFERENCES}" if len(found) > _MOST_DIFFERENCES else ""
    yield f"differs    in {counted(len(found), 'place')}{more}: [-only in this document-] {{+only in the survivor+}}"
    for each in found[:_MOST_DIFFERENCES]:
        removed, added = _short(each.removed), _short(each.added)
        changed = [*([f"[-{removed}-]"] if removed else []), *([f"{{+{added}+}}"] if added else [])]
        yield f"           {' '.join(part for part in (each.before.strip(), *changed, each.after.strip()) if part)}"


def _scores(life: Life) -> Iterator[str]:
    for name, value in (life.ledger.get(SCORES) or {}).items():
        yield f"score      {name} = {'not computed' if value is None else f'{value:g}'}"


def _content(life: Life) -> Iterator[str]:
    cuts = life.ledger.get(records.CUTS)
    if cuts:
        size = sum(one["end"] - one["start"] for one in cuts)
        shown = ", ".join(f"{one['start']}-{one['end']}" for one in cuts[:_SHOWN_CUTS])
        yield f"cuts       {len(cuts)}, {size} characters: {shown}{' …' if len(cuts) > _SHOWN_CUTS else ''}"
    if life.copied is not None:
        yield f"file       {life.file}, row {life.ledger[DATA_ROW]} (from 0)"
        yield f"row        {one_line(str(life.copied), limit=_SHOWN_CHARACTERS)}"
        return
    if life.text is None:
        yield "text       not kept: the output has no rejects"
        return
    yield f"file       {life.file}"
    yield f"text       {_short(life.text)}"


def _short(text: str) -> str:
    """The beginning of a text, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _SHOWN_CHARACTERS else f"{line[:_SHOWN_CHARACTERS]}…"


def _known(manifest: Manifest, row: dict[str, Any]) -> tuple[str, ...]:
    """Which document of which corpus is the same or nearly so, and where that has it from, if its folder is there."""
    identity, place = row.get(REFERENCE), row.get(REFERENCE_CORPUS)
    if identity is None:
        return ()
    why = f"{identity}, a document of another corpus, is the same or nearly so"
    step = row[REASONS][-1]["step"]
    corpus = next((each for each in manifest.known if (each.step, each.place) == (step, place)), None)
    if corpus is None:
        return (why,)
    return (why, f"{corpus.name}, {corpus.folder}", *_in_corpus(Path(corpus.folder), identity))


def _in_corpus(folder: Path, identity: str) -> Iterator[str]:
    """Source of a document of a reference corpus, as far as its output folder states it."""
    if (folder.parent / MANIFEST).is_file() and not (folder / MANIFEST).is_file():
        folder = folder.parent  # the index of an output was named, not the output
    try:
        manifest = Manifest.read(folder)
        found = _find_row(folder, _files(manifest, "ledger/"), identity)
    except CheckError:
        yield "which is no whole output folder now, so where it has the document from is not known"
        return
    if found is None:
        yield f"made by {manifest.recipe}, whose ledger has no such document now"
        return
    row = found[1]
    url = "" if row[URL] is None else f", {row[URL]}"
    yield f"made by {manifest.recipe}: {row[LANGUAGE]}, source {row[SOURCE]}, file {row[PATH]}, at {row[OFFSET]}{url}"


def _repeats(manifest: Manifest, row: dict[str, Any]) -> str | None:
    """Repetitions of a document in training, and the counts from which they were learned."""
    found, size = manifest.upsample.get(row[LANGUAGE]), row[CLUSTER_SIZE]
    if found is None or row[DECISION] != "kept":
        return None
    (number,) = repeats_of(found.table, np.array([size])).tolist()
    said = f"read {'once' if number == 1 else f'{number} times'}, cluster of {size}"
    pool, rate = found.pool_of(size), found.removal_rate
    if pool is None or rate is None:
        return f"{said}, set by the recipe"
    ends = [each.size for each in found.pools if each.size > pool.size]
    sizes = f"{pool.size} and more" if not ends else f"{pool.size} to {ends[0] - 1}"
    return (
        f"{said}: filters dropped {pool.removal_rate:.1%} of {pool.num_documents} in clusters of {sizes}, and "
        f"{rate:.1%} of all"
    )


def _files(manifest: Manifest, prefix: str) -> list[FileFacts]:
    return [file for file in manifest.files if file.path.startswith(prefix)]


def _find_row(folder: Path, files: Sequence[FileFacts], identity: str) -> tuple[str, dict[str, Any]] | None:
    """(file, row) of a document among some tables."""
    for file in files:
        if file.num_rows:
            path = folder / file.path
            if file.path.endswith(".parquet"):
                rows = _read(path, filter=pc.field(ID) == identity)
            else:
                rows = _rows_with(path, identity)
            if rows:
                return file.path, rows[0]
    return None


def _copied_row(folder: Path, manifest: Manifest, row: dict[str, Any]) -> dict[str, Any]:
    """The row of the output that the ledger names for a document. Raises CheckError if it is missing or damaged."""
    path, number = folder / row[DATA_FILE], row[DATA_ROW]
    try:
        for rows in manifest.output_of(row[DATA_FILE]).rows(path, None):
            if number < len(rows):
                found: dict[str, Any] = rows[number]
                return found
            number -= len(rows)
    except (OSError, pa.ArrowException):
        pass
    raise CheckError(f"{path}: is missing or damaged: run xdata check for all damaged files")


def _rows_with(path: Path, identity: str) -> list[dict[str, Any]]:
    """Id and text of a document in a file that is no Parquet. Raises CheckError where it is missing or damaged."""
    try:
        for rows in output_of(path).rows(path, (ID, TEXT)):
            found = [row for row in rows if row[ID] == identity]
            if found:
                return found
    except OSError:
        raise CheckError(f"{path}: is missing or damaged: run xdata check for all damaged files") from None
    return []


def _made(folder: Path, manifest: Manifest, identity: str) -> tuple[str, ...]:
    """Documents that an edit made of a document; none in outputs from before there were any."""
    paths = [folder / file.path for file in manifest.files if file.path.startswith("ledger/") and file.num_rows]
    with_column = [path for path in paths if MADE_FROM in _schema(path).names]
    made = [
        row[ID] for path in with_column for row in _read(path, columns=[ID], filter=pc.field(MADE_FROM) == identity)
    ]
    return tuple(sorted(made))


def _schema(path: Path) -> pa.Schema:
    try:
        return pq.read_schema(path)
    except (OSError, pa.ArrowException):
        raise CheckError(f"{path}: is missing or damaged: run xdata check for all damaged files") from None


def _members(folder: Path, manifest: Manifest, row: dict[str, Any]) -> tuple[str, ...]:
    """Other documents of the cluster, those with the smallest ids."""
    if row[CLUSTER] is None:
        return ()
    paths = [folder / file.path for file in manifest.files if file.path.startswith("ledger/") and file.num_rows]
    members = [
        member[ID] for path in paths for member in _read(path, columns=[ID], filter=pc.field(CLUSTER) == row[CLUSTER])
    ]
    return tuple(sorted(identity for identity in members if identity != row[ID]))[:10]


def _read(path: Path, **options: Any) -> list[dict[str, Any]]:
    """Rows of a table. Raises CheckError where it is missing or damaged."""
    try:
        rows: list[dict[str, Any]] = ds.dataset(path, format="parquet").to_table(**options).to_pylist()
    except (OSError, pa.ArrowException):
        raise CheckError(f"{path}: is missing or damaged: run xdata check for all damaged files") from None
    return rows
