"""Every record that xdata passes on or emits, and every column name, spelt once.

A document passes through these forms, always in the order of its source:

    Document            in memory, while it is read and edited
    `READ_SCHEMA`       parts of the read stage: where each document comes from, and its text
    `ledger_schema()`   parts of the annotate stage: the same without the text, with language, labels and scores
    `document_schema()` `data/` and `rejects/` of the output folder: the record that users load
    `SENTENCE_SCHEMA`   `sentences/` of the output folder, where a recipe makes them

Parquet files are zstd, without timestamps, with fixed row groups, so that equal rows make equal bytes. Those of an
output folder have a page index, and pages that are cut by content, so that equal rows are equal bytes in files that
differ elsewhere.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

SCHEMA_VERSION = 1
"""Of the schemas below; columns are only ever added."""

ID = "id"
ORIGINAL_ID = "original_id"
KEPT_VALUES = "kept"
"""Column of parts of the edit and annotate stages: values of the user's columns, an object of JSON."""
ROW = "row"
TEXT = "text"
SOURCE = "source"
PATH = "path"
OFFSET = "offset"
INNER = "inner_offset"
URL = "url"
URL_CATEGORY = "url_category"
URL_LANGUAGE = "url_language"
DATE = "date"
LICENSE = "license"
DOMAIN = "domain"
ERROR = "error"
EARLIER = "earlier"
MADE_FROM = "made_from"
GROUPS = "groups"
SPLIT_GROUP = "split_group"
LANGUAGE = "language"
LANGUAGE_SCORE = "language_score"
"""Probability of the language, 0 to 1; null where a source declares it."""
ALTERNATIVES = "alternatives"
SEGMENTS = "segments"
LEAKS = "leaks"
CHECKED = "contamination_checked"
SCRIPT = "script"
VARIETY = "variety"
TEXT_BYTES = "text_bytes"
SCORES = "scores"
SIGNATURES = "signatures"
TEXT_HASH = "signatures.text_hash"
NGRAMS = "signatures.ngrams"
NUM_NGRAMS = "signatures.num_ngrams"
BANDS = "signatures.minhash_bands"
EMBEDDING = "signatures.embedding"
KEPT = "kept"
DECISION = "decision"
REASONS = "reasons"
CLUSTER = "cluster"
CUTS = "cuts"
CLUSTER_SIZE = "cluster_size"
"""Cluster size: number of documents of this run's input that one represents, with itself; one of an output folder that
is input counts as one, whatever it stood for there, and one of an output that the run adds to as many as it stood for.
"""
UPSAMPLE = "upsample"
SURVIVOR = "survivor"
REFERENCE = "reference_id"
REFERENCE_CORPUS = "reference_corpus"
SOURCE_IDS = "source_ids"
NUMBER = "number"
DATA_FILE = "data_file"
DATA_ROW = "data_row"
POSITION = "position"

INDEXED = (TEXT_HASH, NUM_NGRAMS, NGRAMS, BANDS)
"""Paths of the signatures by which other corpora know a document."""

PUBLISHED = "published_already"
"""Reason for documents that are not read because the extended output has them."""

IN_FOLDER = "duplicate_of_input_folder"
"""Reason for documents that are not read because an output folder in the input has them."""

UNKNOWN = "unknown"
"""Value for a source that does not state its license; never guessed."""

REASON_TYPE = pa.struct(
    [
        pa.field("step", pa.string(), nullable=False),
        pa.field("reason", pa.string(), nullable=False),
        pa.field("value", pa.float32()),
        pa.field("threshold", pa.float32()),
    ]
)
"""Why a document was dropped: the step, its reason, and the value that did not meet the threshold, if numbers."""

CUTS_TYPE = pa.list_(
    pa.struct([pa.field("start", pa.int64(), nullable=False), pa.field("end", pa.int64(), nullable=False)])
)
"""Half-open ranges of code points, ascending and apart, that were cut out of a text; they refer to the whole text."""

_ORIGIN_FIELDS = (
    pa.field(ID, pa.string(), nullable=False),
    pa.field(ORIGINAL_ID, pa.string()),
    pa.field(SOURCE, pa.string(), nullable=False),
    pa.field(PATH, pa.string(), nullable=False),
    pa.field(OFFSET, pa.int64(), nullable=False),
    pa.field(INNER, pa.int64(), nullable=False),
    pa.field(URL, pa.string()),
    pa.field(DATE, pa.string()),
    pa.field(LICENSE, pa.string(), nullable=False),
    pa.field(DOMAIN, pa.string()),
    pa.field(ERROR, pa.string()),
    pa.field(EARLIER, pa.int32(), nullable=False),
    pa.field(MADE_FROM, pa.string()),
    pa.field(GROUPS, pa.list_(pa.string())),
)

TEXT_SCHEMA = pa.schema(
    [pa.field(TEXT, pa.string(), nullable=False), pa.field(KEPT_VALUES, pa.string()), pa.field(ROW, pa.binary())]
)
"""Texts of an annotate part, row by row with its ledger, with what else is carried from the input to the output."""

READ_SCHEMA = pa.schema([*_ORIGIN_FIELDS, pa.field(LANGUAGE, pa.string()), *TEXT_SCHEMA])
"""Parts of the read stage; `language` is what the source declares, null where it does not."""

NUMBERED_SCHEMA = TEXT_SCHEMA.append(pa.field(NUMBER, pa.int32(), nullable=False))
"""Texts of an annotate part as they are written, with the number of each among the documents of the part, in order of
the corpus."""

DECISION_SCHEMA = pa.schema(
    [
        pa.field(KEPT, pa.bool_(), nullable=False),
        pa.field(REASONS, pa.list_(REASON_TYPE), nullable=False),
        pa.field(SURVIVOR, pa.string()),
        pa.field(CLUSTER_SIZE, pa.int32(), nullable=False),
        pa.field(REFERENCE, pa.string()),
        pa.field(REFERENCE_CORPUS, pa.int32()),
    ]
)
"""Columns that each deciding or clustering stage writes for every row, the last one's being valid."""


SENTENCE_SCHEMA = pa.schema(
    [
        pa.field(ID, pa.string(), nullable=False),
        pa.field(TEXT, pa.string(), nullable=False),
        pa.field(LANGUAGE, pa.string(), nullable=False),
        pa.field(SCRIPT, pa.string()),
        pa.field(SOURCE, pa.string(), nullable=False),
        pa.field(LICENSE, pa.string(), nullable=False),
        pa.field(DOMAIN, pa.string()),
        pa.field(URL, pa.string()),
        pa.field(SOURCE_IDS, pa.list_(pa.string()), nullable=False),
        pa.field(POSITION, pa.int32(), nullable=False),
    ]
)
"""The sentence record of `sentences/`: `id` is that of its document, `#`, and its position there, from 0."""


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document was read."""

    source: str
    """Name of the source."""
    path: str
    """Path under the source's root, with forward slashes."""
    offset: int
    """Byte of the record in the file, of its compressed member where it is compressed, or row of a table."""
    inner: int = 0
    """Byte in the decompressed member at which the record begins."""

    @property
    def id(self) -> str:
        """Identity of the document: blake2b-128, hex. Stable over runs, executors and added inputs."""
        place = str(self.offset) if self.inner == 0 else f"{self.offset}+{self.inner}"
        return blake2b("\0".join((self.source, self.path, place)).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Payload:
    """The bytes of a web page as they came over HTTP, transfer and content encodings undone."""

    data: bytes
    media_type: str
    """Lower case, without parameters, as `text/html`; empty if unknown."""
    charset: str | None
    """Charset of the HTTP header, None if it has none."""
    is_truncated: bool = False
    """Whether the page breaks off: the crawler cut it, or its body cannot be decoded to the end."""


@dataclass(frozen=True, slots=True)
class Document:
    """One document on its way through the read stage."""

    origin: Origin
    text: str
    url: str | None = None
    date: str | None = None
    """ISO 8601, as the source has it."""
    language: str | None = None
    """Declared by the source, `iso639-3_Script`; None where it is to be found out."""
    license: str = UNKNOWN
    domain: str | None = None
    payload: Payload | None = None
    """Bytes that are still to be turned into text, None where `text` is the text."""
    error: str | None = None
    """Why an edit could not make text of it; the decide stage drops it with this reason."""
    identity: str | None = None
    """Id from an earlier output, or of a part of another document; None if it follows from the origin."""
    earlier_size: int = 0
    """Documents that it stood for in the earlier output; 0 for a document that is read for the first time."""
    made_from: str | None = None
    """Id of the document that an edit made it of; None for one that was read."""
    groups: tuple[str, ...] = ()
    """Values shared with other documents, by its source: `name=value` (`qid=Q233`, `translation=f-17`)."""
    changes: tuple[tuple[str, int], ...] = ()
    """Change by an edit -> count, in order of the edits; the manifest has the sums."""
    original_id: str | None = None
    """The id that its source gives it, in the field that the user names as `id`."""
    kept: bytes | None = None
    """Values of the columns that the user keeps: an object of JSON in UTF-8, name in the output -> value."""
    invalid_id: str | None = None
    """The value of that field, shortened, where it is neither a string nor an integer."""
    row: bytes | None = None
    """The line or row that it was read from, with its line end, where that is to be copied to the output."""

    @property
    def id(self) -> str:
        return self.identity or self.origin.id


def part_id(document: str, part: str) -> str:
    """Id of a part of a document, by the id of that and what the part is; the same whenever it is made again."""
    return blake2b("\0".join((document, part)).encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Skipped:
    """A skipped record of an input file: not a document (a request, an image), or excluded."""

    reason: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A place in an input file that cannot be read."""

    origin: Origin
    error: str
    """What is wrong there, one line."""
    is_damage: bool = False
    """Whether the file is damaged there, so that an unknown number of records is lost."""


@dataclass(frozen=True, slots=True)
class KeptTypes:
    """The types of the additional columns of a table; precedes its documents."""

    source: str
    path: str
    types: Mapping[str, pa.DataType]
    """Column of the output -> type."""
    scores: tuple[str, ...] = ()
    """Scores that its documents carry, of an earlier output."""


def read_table(documents: Iterable[Document]) -> pa.Table:
    """Documents as rows of `READ_SCHEMA`."""
    rows = [
        (
            document.id,
            document.original_id,
            document.origin.source,
            document.origin.path,
            document.origin.offset,
            document.origin.inner,
            document.url,
            document.date,
            document.license,
            document.domain,
            document.error,
            document.earlier_size,
            document.made_from,
            list(document.groups) or None,
            document.language,
            document.text,
            document.kept,
            document.row,
        )
        for document in documents
    ]
    columns = list(zip(*rows, strict=True)) or [()] * len(READ_SCHEMA)
    return pa.table(
        [_array(column, field.type) for column, field in zip(columns, READ_SCHEMA, strict=True)],
        schema=READ_SCHEMA,
    )


def _array(values: Sequence[Any], kind: pa.DataType) -> pa.Array:
    """The values as a column; lone surrogates, which JSON can hold and UTF-8 cannot, become U+FFFD."""
    try:
        return pa.array(values, kind)
    except UnicodeEncodeError:
        return pa.array(
            [_mended(value) for value in values],
            kind,
        )


def _mended(value: Any) -> Any:
    if isinstance(value, list):
        return [_mended(each) for each in value]
    if isinstance(value, str):
        return value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return value


def ledger_schema(labels: Mapping[str, pa.DataType], scores: Iterable[str]) -> pa.Schema:
    """Schema of the ledger parts of an annotate stage whose steps add these labels and scores."""
    own = (LANGUAGE, LANGUAGE_SCORE, SCRIPT)
    return pa.schema(
        [
            *_ORIGIN_FIELDS,
            pa.field(TEXT_BYTES, pa.int64(), nullable=False),
            pa.field(LANGUAGE, pa.string(), nullable=False),
            pa.field(LANGUAGE_SCORE, pa.float32()),
            pa.field(SCRIPT, pa.string()),
            *(pa.field(name, kind) for name, kind in sorted(labels.items()) if name not in own),
            *_score_fields(scores),
        ]
    )


def _score_fields(scores: Iterable[str]) -> list[pa.Field]:
    """A struct of nullable float32, in order of name, null where a score was not computed; none without scores."""
    fields = [pa.field(name, pa.float32()) for name in sorted(scores)]
    return [pa.field(SCORES, pa.struct(fields))] if fields else []


def rejects_schema(schema: pa.Schema) -> pa.Schema:
    """The record of `rejects/`: that of `data/`, and why a document was dropped, and for which other one."""
    for name, kind in (
        (REASONS, pa.list_(REASON_TYPE)),
        (SURVIVOR, pa.string()),
        (REFERENCE, pa.string()),
        (REFERENCE_CORPUS, pa.int32()),
        (ERROR, pa.string()),
    ):
        schema = schema.append(pa.field(name, kind))
    return schema


def document_schema(scores: Iterable[str], *, upsample: bool = False, grouped: bool = False) -> pa.Schema:
    """The document record of `data/`, with these scores, and the repetitions of a document in training.

    With splits, it has the values that a document shares with others, and its group, which lies in one split.
    """
    return pa.schema(
        [
            pa.field(ID, pa.string(), nullable=False),
            pa.field(ORIGINAL_ID, pa.string()),
            pa.field(TEXT, pa.string(), nullable=False),
            pa.field(LANGUAGE, pa.string(), nullable=False),
            pa.field(LANGUAGE_SCORE, pa.float32()),
            pa.field(SCRIPT, pa.string()),
            pa.field(VARIETY, pa.string()),
            pa.field(SOURCE, pa.string(), nullable=False),
            pa.field(LICENSE, pa.string(), nullable=False),
            pa.field(DOMAIN, pa.string()),
            pa.field(URL, pa.string()),
            pa.field(DATE, pa.string()),
            *_score_fields(scores),
            pa.field(CLUSTER_SIZE, pa.int32(), nullable=False),
            *([pa.field(UPSAMPLE, pa.int32(), nullable=False)] if upsample else []),
            *([pa.field(GROUPS, pa.list_(pa.string())), pa.field(SPLIT_GROUP, pa.uint64())] if grouped else []),
        ]
    )


def parquet_writer(path: Path, schema: pa.Schema, *, published: bool = False) -> pq.ParquetWriter:
    """A writer of Parquet as every file of xdata is written; `path` is created.

    A `published` file has a page index and pages that are cut by content.
    """
    return pq.ParquetWriter(
        path,
        schema,
        compression="zstd",
        compression_level=3,
        write_statistics=True,
        write_page_index=published,
        use_content_defined_chunking=published,
    )
