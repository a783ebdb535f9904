"""Typed input and results of ranks, phase by phase: the parts of plans and the facts of commits.

Both are on disk as JSON. A part is all that a rank gets besides the recipe; facts are what the driver and later stages
know of a finished rank besides its files.
"""

from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from typing import Any, Literal

import orjson
import pyarrow as pa
from pydantic import TypeAdapter

from xdata.export.upsample import SizeCount
from xdata.run.carried import Carried, Noted
from xdata.step import FilePart, InputFile


def to_json(value: "Part | Facts") -> bytes:
    """A part or facts on one line."""
    return orjson.dumps(value, option=orjson.OPT_NON_STR_KEYS)


def from_json(kind: Any, line: bytes) -> Any:
    """The value of a type, or of one of a union, that `to_json` wrote. Raises ValueError for anything else."""
    return _adapter(kind).validate_json(line)


def from_data(kind: Any, data: Any) -> Any:
    """The same from JSON that is parsed."""
    return _adapter(kind).validate_python(data)


@cache
def _adapter(kind: Any) -> TypeAdapter[Any]:
    return TypeAdapter(kind)


@dataclass(frozen=True, kw_only=True)
class Part:
    """What one rank works on."""

    num_bytes: int = 0
    """Bytes of input or of text, by which progress is measured; 0 where it is not."""

    @property
    def identity(self) -> "Part":
        """The part as it is compared with that of an earlier plan."""
        return self


@dataclass(frozen=True, kw_only=True)
class Facts:
    """The result of a finished rank."""


# index: where large files can be cut


@dataclass(frozen=True, kw_only=True)
class IndexPart(Part):
    file: InputFile
    part_bytes: int
    """Size of the parts that the file is to be cut into."""


@dataclass(frozen=True, kw_only=True)
class IndexFacts(Facts):
    offsets: Sequence[int]
    """Where parts of the file begin, the first one 0."""


# read


@dataclass(frozen=True, kw_only=True)
class ReadPart(Part):
    pieces: tuple[FilePart, ...]
    """A part of one large file, or several small files."""

    @property
    def identity(self) -> "ReadPart":
        """Without where the files lie now."""
        return replace(self, pieces=tuple(replace(each, file=replace(each.file, location="")) for each in self.pieces))


@dataclass(frozen=True, kw_only=True)
class RowGroup:
    """A row group of a file of documents."""

    num_rows: int
    num_bytes: int


@dataclass(frozen=True, kw_only=True)
class PieceFacts:
    """What was read of a piece of a file."""

    num_records: int
    num_unreadable: int
    error: str | None
    """The first error, of a piece of which nothing was read."""
    damage: str | None = None
    """The first error that cost an unknown number of records."""
    num_before: int = 0
    """Records that were read before that."""
    num_invalid_ids: int = 0
    """Records whose id of the user is neither a string nor an integer."""
    invalid_id: str | None = None
    """The first of them."""


@dataclass(frozen=True, kw_only=True)
class ReadFacts(Facts):
    row_groups: Sequence[RowGroup]
    pieces: Sequence[PieceFacts]
    """In the order of those of the part."""
    carried: Noted


# annotate


@dataclass(frozen=True, kw_only=True)
class RowGroups:
    """Some row groups of what one rank of the read stage wrote."""

    rank: int
    start: int
    end: int


@dataclass(frozen=True, kw_only=True)
class AnnotatePart(Part):
    row_groups: tuple[RowGroups, ...]
    num_records: int
    """Of the whole stage, by which a rank knows when a step has failed on too many."""


@dataclass(frozen=True, kw_only=True)
class LanguageGroup:
    """The documents of one language in an annotate part, which are a row group of its files."""

    language: str
    num_rows: int
    num_bytes: int


@dataclass(frozen=True, kw_only=True)
class AnnotateFacts(Facts):
    groups: Sequence[LanguageGroup]
    carried: Noted


# decide, cluster, cut


@dataclass(frozen=True, kw_only=True)
class DecidePart(Part):
    parts: tuple[int, ...]
    """Numbers of annotate parts."""


@dataclass(frozen=True, kw_only=True)
class LanguagesPart(Part):
    languages: tuple[str, ...]
    """Whole languages."""


@dataclass(frozen=True, kw_only=True)
class DecidedGroup:
    """A language of an annotate part, after a decision over its documents."""

    part: int
    language: str
    kept_rows: int
    kept_bytes: int
    """What is left of the texts of kept documents."""
    dropped_rows: int
    dropped_bytes: int
    """Of whole texts."""


@dataclass(frozen=True, kw_only=True)
class DecidedFacts(Facts):
    """What all phases tell that decide."""

    groups: Sequence[DecidedGroup]
    """In the order of the row groups of the file of decisions."""


@dataclass(frozen=True, kw_only=True)
class DecideFacts(DecidedFacts):
    sizes: Mapping[str, Sequence[SizeCount]] = field(default_factory=dict)
    """Language -> its sizes of clusters, where filters decide over what clusters left."""


@dataclass(frozen=True, kw_only=True)
class ClusterFacts(DecidedFacts):
    large_clusters: Sequence[Mapping[str, Any]] = ()
    """The largest clusters, as `xdata.output.manifest.LargeCluster` has them."""


# group


@dataclass(frozen=True, kw_only=True)
class GroupPart(Part):
    """All documents: groups go over all languages."""


@dataclass(frozen=True, kw_only=True)
class GroupFacts(Facts):
    groups: Sequence[tuple[int, str]]
    """(annotate part, language) of each row group of the file of groups."""
    num_groups: int
    largest: int
    """Documents of the largest group."""
    sites: Mapping[str, int]
    """Site -> documents of the largest group, of its most frequent sites."""
    shared: Mapping[str, int]
    """Name of what sources state that documents share -> kept documents that have it."""


# emit


How = Literal["records", "lines", "tables"]


@dataclass(frozen=True)
class Copying:
    """How the rows of the input become those of the output."""

    format: str
    """Of the files of `data/`."""
    how: How
    """`records`: they are xdata's own; `lines`: a line of text each; `tables`: rows of one schema."""
    names: tuple[str, ...] = ()
    """The columns of CSV and TSV."""
    head_base64: str = ""
    style: tuple[str, ...] = ()
    """How rows are written, where their format has several styles (`Head.style`)."""
    schema_base64: str | None = field(default=None, repr=False)

    @classmethod
    def of_lines(
        cls, format_: str, *, head: bytes = b"", names: Sequence[str] = (), style: tuple[str, ...] = ()
    ) -> "Copying":
        """Lines of text, behind a head where files have one."""
        return cls(format_, "lines", names=tuple(names), head_base64=b64encode(head).decode(), style=style)

    @classmethod
    def of_tables(cls, format_: str, schema: pa.Schema | None) -> "Copying":
        """Rows of tables with one schema."""
        written = None if schema is None else b64encode(schema.serialize().to_pybytes()).decode()
        return cls(format_, "tables", schema_base64=written)

    @property
    def head(self) -> bytes:
        """What each file begins with: the names of the columns of CSV and TSV."""
        return b64decode(self.head_base64)

    @cached_property
    def schema(self) -> pa.Schema | None:
        """Columns of tables."""
        written = self.schema_base64
        return None if written is None else pa.ipc.read_schema(pa.py_buffer(b64decode(written)))


@dataclass(frozen=True, order=True)
class Place:
    """Where a document is written."""

    config: str
    split: str
    tier: int = 0
    """Number of the smallest subset of train that it is in."""


@dataclass(frozen=True, kw_only=True)
class Placement:
    """What the whole corpus decides on places."""

    domains: Mapping[str, str] | None = None
    """Domain -> its part of a config's name; None where domains make no configs."""
    limits: Mapping[str, Sequence[int]] | None = None
    """Config -> the largest number drawn in each of its subsets; None where there are none."""


Piece = tuple[int, int, int]
"""(number of a unit, first of its rows, row behind the last)."""
OpenPiece = tuple[int, int, int | None]
"""The same; None to the end of the unit."""


@dataclass(frozen=True, kw_only=True)
class ShardPlan:
    """One file of `data/`."""

    name: str
    language: str
    """Of its documents; empty where rows of all languages are copied in their order."""
    place: Place
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, kw_only=True)
class DataPart(Part):
    what: Literal["data"] = "data"
    shards: tuple[ShardPlan, ...]
    placement: Placement
    carried: Carried
    copying: Copying | None = None
    upsample: Mapping[str, Mapping[int, int]] | None = None
    """Language -> size of cluster from which on -> how often its documents are to be read."""


@dataclass(frozen=True, kw_only=True)
class RejectsPart(Part):
    what: Literal["rejects"] = "rejects"
    name: str
    pieces: tuple[OpenPiece, ...]
    carried: Carried


@dataclass(frozen=True, kw_only=True)
class CopiedPiece:
    """Where copied rows of a unit were written."""

    place: Place
    start: int
    end: int
    """Of the kept rows of the unit that go to that place."""
    file: str
    row: int
    """Of the file, at which they begin."""


@dataclass(frozen=True, kw_only=True)
class LedgerPart(Part):
    what: Literal["ledger"] = "ledger"
    name: str
    pieces: tuple[OpenPiece, ...]
    copied: Mapping[int, tuple[CopiedPiece, ...]] | None = None
    """Number of a unit -> where its rows were copied to; None where rows are not copied."""
    placement: Placement = Placement()


@dataclass(frozen=True, kw_only=True)
class SignatureFile:
    """One file of `index/`, with the signatures of an annotate part."""

    name: str
    part: int


@dataclass(frozen=True, kw_only=True)
class SignaturesPart(Part):
    what: Literal["signatures"] = "signatures"
    files: tuple[SignatureFile, ...]


@dataclass(frozen=True, kw_only=True)
class SentencesPart(Part):
    what: Literal["sentences"] = "sentences"
    languages: tuple[str, ...]
    placement: Placement


EmitPart = DataPart | RejectsPart | LedgerPart | SignaturesPart | SentencesPart


@dataclass(frozen=True, kw_only=True)
class LanguageContents:
    """What was written of one language."""

    num_rows: int
    num_bytes: int
    num_characters: int
    num_words: float | None
    """None where words are not counted."""
    num_reads: int | None
    """Documents as a trainer reads them, each as often as it is upsampled; None without upsampling."""
    shares: Mapping[str, Mapping[str, int]]
    """`source`, `license`, `domain`, `host`, `may_be`, `has_parts_in` -> value -> documents."""


@dataclass(frozen=True, kw_only=True)
class ReferenceCount:
    """Documents that were dropped as copies of a document of a reference corpus."""

    step: str
    place: int
    """Of the corpus among those that the step names."""
    num_documents: int


@dataclass(frozen=True, kw_only=True)
class EmitFacts(Facts):
    columns: Mapping[str, Sequence[Mapping[str, Any]]] = field(default_factory=dict)
    """`data` or `sentences` -> their columns, as `datasets` describes features."""
    copied: bool = False
    """Whether rows of the input were copied."""
    style: tuple[str, ...] = ()
    """How rows are written, where their format has several styles (`Head.style`)."""
    contents: Mapping[str, LanguageContents] = field(default_factory=dict)
    references: Sequence[ReferenceCount] = ()
