"""Reads the documents of an output folder of xdata, with the metadata that the folder has.

As input (`--input DIR`) they are documents like others, that pass all filters: their languages are not identified
again, and scores that the recipe does not compute are carried on. As what something is added to (`--extend DIR`) they
are published: they stay, their languages are identified again where they were identified, and what they stand for
counts.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

import orjson
import pyarrow as pa
import pyarrow.parquet as pq

from xdata import records
from xdata.errors import InputError, one_line
from xdata.formats.format import Format, Item, Reading
from xdata.formats.jsonl import JSONL, JsonLinesInput, parse_object
from xdata.formats.lines import BadLine, stream_lines
from xdata.formats.parquet import PARQUET, ParquetInput
from xdata.formats.streams import open_file
from xdata.formats.table import output_of
from xdata.kept.arrow_types import writable
from xdata.kept.columns import CARRIED, LABELS, OWN_NAMES
from xdata.kept.json_values import encode, exact_object
from xdata.kept.values import wire_values
from xdata.records import Document, KeptTypes, Origin, Unreadable
from xdata.step import FilePart

Use = Literal["input", "rows", "extend"]
"""How an output folder is read: its records as `input` like any other, the `rows` of the user that a recipe copied into
it, or its records as what the run is to `extend`.
"""

SHARD_FORMATS = (PARQUET.name, JSONL.name)
"""Formats of the shards of an output folder."""

_MANIFEST = "manifest.json"
_NEEDED = frozenset({records.ID, records.TEXT, records.LANGUAGE, records.SOURCE})
_COLUMNS = (
    records.ID,
    records.ORIGINAL_ID,
    records.TEXT,
    records.LANGUAGE,
    *LABELS,
    records.SOURCE,
    records.LICENSE,
    records.DOMAIN,
    records.URL,
    records.DATE,
    records.SCORES,
    records.CLUSTER_SIZE,
    records.GROUPS,
)
_BATCH_ROWS = 256


@dataclass(frozen=True)
class Folder:
    """An output folder of xdata, as its manifest describes it."""

    path: Path
    fingerprint: str
    files: Mapping[str, int]
    """Path of a file of data, under the folder -> its bytes."""
    ledger: Mapping[str, int]
    """The same of the ledger."""
    has_records: bool
    """Whether its data are records of xdata; else they are rows of the user that a recipe copied."""

    @property
    def splits(self) -> tuple[str, ...]:
        """The splits that its data has, in order of name."""
        return tuple(sorted(set(map(_split_of, self.files))))

    def only(self, splits: Collection[str]) -> "Folder":
        """The folder with the data of these splits alone; with all data where none are named."""
        files = {name: size for name, size in self.files.items() if not splits or _split_of(name) in splits}
        return replace(self, files=files)

    def check(self) -> None:
        """Raises InputError where a file of data is missing or of another size than in the manifest."""
        for name, num_bytes in self.files.items():
            problem = self._problem(name, num_bytes)
            if problem is not None:
                raise InputError(f"{problem}, then run the command that built the folder again")

    def ledger_problem(self) -> str | None:
        """What is wrong with the first file of its ledger that is missing or of another size; None where none is."""
        found = (self._problem(name, num_bytes) for name, num_bytes in self.ledger.items())
        return next((problem for problem in found if problem is not None), None)

    def _problem(self, name: str, num_bytes: int) -> str | None:
        try:
            found = (self.path / name).stat().st_size
        except OSError:
            found = -1
        if found == num_bytes:
            return None
        what = "missing" if found < 0 else "damaged"
        return f"{self.path / name}: is {what}: run xdata check {self.path} to list all damaged files"


def find_folder(path: Path) -> Folder | None:
    """The output folder of xdata that a path is; None where it is another folder, or none.

    Raises InputError for one that is not complete, or whose manifest cannot be read.
    """
    try:
        data = (path / _MANIFEST).read_bytes()
    except (FileNotFoundError, NotADirectoryError):
        if (path / "recipe.yaml").is_file() and (path / "work" / "run.json").is_file():
            raise InputError(
                f"{path}: is an output folder of xdata without {_MANIFEST}, so the build is incomplete: run the "
                "command that built it again to continue"
            ) from None
        return None
    except OSError as error:
        raise InputError(f"{path / _MANIFEST}: cannot be read: {error.strerror}") from None
    try:
        return _folder(path, orjson.loads(data))
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError):
        if not (path / "recipe.yaml").is_file():
            return None  # a manifest of something else
        raise InputError(
            f"{path / _MANIFEST}: is damaged: delete it, then run the command that built the folder again"
        ) from None


def _folder(path: Path, manifest: Any) -> Folder:
    """The folder of a manifest. Raises KeyError, TypeError or ValueError for a manifest that xdata did not write."""
    files = {file["path"]: int(file["num_bytes"]) for file in manifest["files"]}
    if any(".." in name.split("/") for name in files) or "schema_version" not in manifest:
        raise ValueError(path)
    data, ledger = (
        {name: files[name] for name in sorted(files) if name.startswith(f"{folder}/")} for folder in ("data", "ledger")
    )
    has_records = not manifest.get("copies_rows") or manifest.get("copies_records")
    return Folder(path, str(manifest["fingerprint"]), data, ledger, bool(has_records))


def _split_of(name: str) -> str:
    """The split of a file of data, which begins its name."""
    return name.rpartition("/")[2].partition("-")[0]


def known_ids(folder: Folder, names: Collection[str] | None) -> frozenset[bytes]:
    """Ids of the documents of a folder that come from sources of these names, or of all; these cannot come twice."""
    return frozenset(bytes.fromhex(identity) for identity, source in _ids(folder) if names is None or source in names)


def _ids(folder: Folder) -> Iterator[tuple[str, str]]:
    """(id, source) of all documents of a folder."""
    for name in folder.files:
        path = folder.path / name
        try:
            for rows in output_of(path).rows(path, [records.ID, records.SOURCE]):
                yield from ((row[records.ID], row[records.SOURCE]) for row in rows)
        except (pa.ArrowException, OSError) as error:
            raise InputError(f"{path}: cannot be read: {one_line(str(error), limit=120)}") from None


def refuse_shared_ids(folders: Iterable[Folder]) -> None:
    """Raises InputError where two folders have a document of one id."""
    owners: dict[bytes, int] = {}
    found = list(folders)
    for number, folder in enumerate(found):
        for identity in sorted(known_ids(folder, None)):
            owner = owners.setdefault(identity, number)
            if owner != number:
                raise InputError(
                    f"{found[owner].path} and {folder.path} both contain the document {identity.hex()}: use one of "
                    "them as --input, or give one of them with --extend"
                )


@dataclass(frozen=True)
class _Tables(ParquetInput):
    """Reads shards of Parquet."""

    use: Use

    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        yield from _read_table(part, self.use)


@dataclass(frozen=True)
class _Lines(JsonLinesInput):
    """Reads shards of JSON lines."""

    use: Use

    def read(self, part: FilePart, reading: Reading) -> Iterator[Item]:
        yield from _read_json(part, reading, self.use)


def shard_format(name: str, use: Use) -> Format:
    """A format of shards of output folders, whose rows are documents of xdata."""
    return replace(PARQUET, input=_Tables(use)) if name == PARQUET.name else replace(JSONL, input=_Lines(use))


def _read_table(part: FilePart, use: Use) -> Iterator[Document | KeptTypes]:
    """The documents of some row groups of a shard of Parquet. Raises InputError where the file is no shard of xdata."""
    try:
        file = pq.ParquetFile(part.file.location)
        schema = file.schema_arrow
        if not _NEEDED.issubset(schema.names):
            raise InputError(f"{part.file.location}: is not a shard of an xdata folder")
        columns = {name: writable(schema.field(name).type) for name in schema.names if name not in OWN_NAMES}
        scores = _names_of_scores(schema)
        wanted = [name for name in schema.names if name in {*_COLUMNS, *columns}]
        row = sum(file.metadata.row_group(number).num_rows for number in range(part.start))
        named: set[str] = set()
        for batch in file.iter_batches(
            _BATCH_ROWS, row_groups=list(range(part.start, part.end)), columns=wanted, use_threads=False
        ):
            own = batch.select([name for name in batch.schema.names if name in _COLUMNS])
            values = [wire_values(batch.column(name), kind) for name, kind in columns.items()]
            carried = zip(*values, strict=True) if values else iter([()] * batch.num_rows)
            for fields, each in zip(own.to_pylist(), carried, strict=True):
                document = _document(fields, dict(zip(columns, each, strict=True)), part.origin, row, use=use)
                if document.origin.source not in named:
                    named.add(document.origin.source)
                    yield KeptTypes(document.origin.source, document.origin.path, columns, scores)
                yield document
                row += 1
    except (pa.ArrowException, OSError) as error:
        raise InputError(f"{part.file.location}: cannot be read: {one_line(str(error), limit=120)}") from None


def _names_of_scores(schema: pa.Schema) -> tuple[str, ...]:
    if records.SCORES not in schema.names:
        return ()
    return tuple(each.name for each in schema.field(records.SCORES).type)


def _read_json(part: FilePart, reading: Reading, use: Use) -> Iterator[Document | Unreadable]:
    """The documents of the lines that begin in a part of a shard of JSON lines.

    Raises InputError where the file is no shard of xdata.
    """
    with open_file(part.file) as file:
        for position, line in stream_lines(file, part, reading):
            here = Origin(part.file.source, part.file.path, position)
            if isinstance(line, BadLine):
                yield line.at(here)
                continue
            row = parse_object(line)
            if isinstance(row, str):
                yield Unreadable(here, row)
                continue
            row = exact_object(line, row)
            if not _NEEDED.issubset(row):
                raise InputError(f"{part.file.shown}: is not a shard of an xdata folder")
            values = {name: value for name, value in row.items() if name not in OWN_NAMES}
            document = _document(row, values, part.origin, position, use=use)
            yield replace(document, row=line) if reading.copy_rows else document


def _document(
    fields: Mapping[str, Any], values: Mapping[str, Any], origin: Origin, offset: int, *, use: Use
) -> Document:
    """The document of a row of data; `values` are those of the columns that it keeps."""
    scores = {name: score for name, score in (fields.get(records.SCORES) or {}).items() if score is not None}
    identified = fields.get(records.LANGUAGE_SCORE) is not None
    labels = {name: fields[name] for name in LABELS if fields.get(name) is not None and use == "input"}
    carried = {**values, **labels, **({CARRIED: scores} if scores else {})}
    return Document(
        Origin(fields[records.SOURCE], f"{origin.source}/{origin.path}", offset),
        fields[records.TEXT],
        url=fields.get(records.URL),
        date=fields.get(records.DATE),
        language=None if identified and use == "extend" else fields[records.LANGUAGE],
        license=fields.get(records.LICENSE) or records.UNKNOWN,
        domain=fields.get(records.DOMAIN),
        identity=fields[records.ID],
        earlier_size=(fields.get(records.CLUSTER_SIZE) or 1) if use == "extend" else 0,
        groups=tuple(fields.get(records.GROUPS) or ()),
        original_id=fields.get(records.ORIGINAL_ID),
        kept=encode(carried) if carried else None,
    )
