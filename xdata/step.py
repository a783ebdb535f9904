"""Steps: frozen configurations that declare the columns they read and add, and open into functions.

    Reader    files                      -> documents            first step of an read stage
    Edit      document                   -> document             changes text, or makes several of it
    Score     analyses of documents      -> columns              scores, labels and signatures, never a decision
    Filter    columns of the ledger      -> reasons to drop      decides
    Cluster   columns of all documents   -> survivor of each     decides between documents
    Sample    columns of all documents   -> reasons to drop      decides over documents together
    RemoveSpans       texts of all documents     -> ranges that go       decides between parts of documents
    Partition     kept documents             -> group of each        decides what is never parted
    Export    kept documents             -> shards               emits

Columns are named by path: a label by its name (`language`), a score as `scores.num_words`, a signature as
`signatures.ngrams`. A recipe is refused when a step reads what no step before it adds. `open()` is called once
in the process of a rank; models are loaded there and never travel between processes.
"""

from abc import abstractmethod
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any, ClassVar, Literal, Protocol

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import BaseModel, ConfigDict, Field

from xdata.context import Context
from xdata.errors import counted
from xdata.language_files import group_bytes
from xdata.records import Document, KeptTypes, Origin, Skipped, Unreadable
from xdata.references import identity_in, references_in
from xdata.resources import resource
from xdata.text.analysis import Analyses
from xdata.text.removed_spans import RemovedSpans
from xdata.text.spans import Ints

SCORE = pa.float32()
LABEL = pa.string()

Compression = Literal["none", "gzip", "zstd", "bz2", "xz", "lz4"]
"""How a whole file is compressed."""

PART_BYTES = 64 << 20
"""Largest input of one rank, in bytes; a compressed byte counts as four."""

Columns = Mapping[str, Sequence[Any] | npt.NDArray[Any] | pa.Array]
"""Path of a column -> one value for each row."""


def _noun(options: Mapping[str, Any]) -> str:
    """The noun of the kind among the options of a step."""
    return str(options["kind"]).split(".")[-1]


class Step(BaseModel):
    """Base of all steps: a frozen, strictly validated configuration. Subclass one of the kinds below, not this."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, defer_build=True)

    version: ClassVar[int] = 1
    """Version of the step; incremented when the same configuration gives other results."""
    libraries: ClassVar[tuple[str, ...]] = ()
    """Packages whose version affects the result; part of the fingerprint."""
    papers: ClassVar[tuple[str, ...]] = ()
    """What the step implements: papers and standards."""
    data_files: ClassVar[tuple[str, ...]] = ()
    """Files under `resources/` whose content affects the result, as `lines/policy.yaml`."""
    language_facts: ClassVar[tuple[str, ...]] = ()
    """Keys of language files, of all languages, that affect the result, as `stop_words`."""

    kind: str
    """`room.noun`; a `Literal` with a default in each class."""
    name: str = Field(default_factory=_noun, pattern=r"^[a-z][a-z0-9_]*$")
    """Unique in a recipe; the noun of the kind unless given."""

    def reads(self) -> frozenset[str]:
        """Paths of the columns that it needs from steps before it."""
        return frozenset()

    def adds(self) -> Mapping[str, pa.DataType]:
        """Path and type of each column that it adds."""
        return {}

    def reads_of_few(self) -> frozenset[str]:
        """Of the columns that it reads, those that it reads of some documents only, since they are large."""
        return frozenset()

    def resources(self) -> tuple[Path, ...]:
        """Files whose content decides what the step gives: `data_files`, and those of references among its options."""
        own = (resource(*name.split("/")) for name in self.data_files)
        options = (getattr(self, name) for name in type(self).model_fields)
        return (*own, *(file for option in options for each in references_in(option) for file in each.files()))

    def remarks(self, languages: Sequence[str]) -> Sequence[str]:
        """Notes for users of an output in these languages, one line each."""
        return ()

    def written(self) -> dict[str, Any]:
        """All options, as a written recipe has them."""
        return self.model_dump(mode="json")

    def identity(self) -> dict[str, Any]:
        """The options that decide what the step gives, and the facts of languages; part of the fingerprint.

        Where files lie is no part of it: references are there as what decides besides the content of their files.
        """
        found = self.model_dump(mode="json", exclude={"name"})
        for name in found:
            option = getattr(self, name)
            if any(True for _ in references_in(option)):
                found[name] = identity_in(option)
        if self.language_facts:
            facts = b"".join(map(group_bytes, self.language_facts))
            found["language_facts"] = blake2b(facts, digest_size=16).hexdigest()
        return found


@dataclass(frozen=True)
class InputFile:
    """One file that is to be read, as the driver found it."""

    source: str
    path: str
    """Under the root of its source, with forward slashes."""
    location: str
    """Where it lies now; no part of any identity."""
    format: str
    compression: Compression
    """`none` for formats that compress inside."""
    size: int
    mtime_ns: int

    @property
    def identity(self) -> tuple[str, str, str, int, int]:
        return (self.source, self.path, self.format, self.size, self.mtime_ns)

    @property
    def shown(self) -> str:
        """Its place in messages on what is in it."""
        return f"{self.source}: {self.path}"


@dataclass(frozen=True)
class FilePart:
    """A range of one file: bytes from `start` to before `end`, or row groups of Parquet."""

    file: InputFile
    start: int
    end: int

    @property
    def origin(self) -> Origin:
        """The beginning of the file, as the place of records in it."""
        return Origin(self.file.source, self.file.path, 0)

    @property
    def stop(self) -> int | None:
        """The byte before which its last record begins; None where it goes on to the end of the file."""
        return None if self.end >= self.file.size else self.end


@dataclass(frozen=True)
class UnreadableFile:
    """An input file that cannot be opened, or has no readable record."""

    source: str
    path: str
    """Under the root of its source, with forward slashes."""
    error: str
    """Error message, one line: what was found, what was expected, what to do."""

    def __str__(self) -> str:
        return f"{self.source}/{self.path}: {self.error}"


@dataclass(frozen=True)
class DamagedFile:
    """An input file that is damaged, so that an unknown number of its records is lost."""

    source: str
    path: str
    """Under the root of its source, with forward slashes."""
    error: str
    """The first of what is wrong, one line."""
    num_records_before: int
    """Records that were read before that place."""

    def __str__(self) -> str:
        were = "was" if self.num_records_before == 1 else "were"
        before = f"{counted(self.num_records_before, 'record')} {were} read before it"
        return f"{self.source}/{self.path}: is damaged: {self.error}; {before}"


@dataclass(frozen=True)
class Listing:
    """What the sources of a reader come to."""

    files: tuple[InputFile, ...]
    ignored: tuple[tuple[str, str], ...] = ()
    """(path, reason) of skipped files and folders."""
    unreadable: tuple[UnreadableFile, ...] = ()
    """Files that cannot be opened."""


class Reader(Step):
    """Lists files, plans who reads what, and reads documents out of a part of a file."""

    @abstractmethod
    def list_files(self, *, without: Path | None = None) -> Listing:
        """The files of all sources, in order of source name and path; what lies below `without` is left out.

        Raises InputError.
        """

    @abstractmethod
    def weight(self, file: InputFile) -> int:
        """Bytes of a file when it is decompressed, as a guess."""

    @abstractmethod
    def needs_index(self, file: InputFile, *, part_bytes: int = PART_BYTES) -> bool:
        """Whether the whole file must be read before it can be divided."""

    @abstractmethod
    def index(self, file: InputFile, *, part_bytes: int = PART_BYTES) -> list[int]:
        """Offsets at which the file can be divided, the first one 0."""

    @abstractmethod
    def plan(
        self, files: Sequence[InputFile], offsets: Mapping[int, Sequence[int]], *, part_bytes: int = PART_BYTES
    ) -> list[tuple[FilePart, ...]]:
        """What each rank reads, in order: a part of a large file, or several small files.

        Parts are of about `part_bytes`; `offsets` has the index of each file, by its number, that needed one.
        """

    @abstractmethod
    def open(self, context: Context) -> Callable[[FilePart], Iterator[Document | Skipped | Unreadable | KeptTypes]]:
        """Function from a part to what is in it, in order."""

    def published(self) -> frozenset[bytes]:
        """Ids of the documents of an earlier output that this one adds to; they are not to come in again."""
        return frozenset()

    def notes(self, files: Sequence[InputFile], *, part_bytes: int = PART_BYTES) -> list[str]:
        """Notes for the user on these files, as that one of them cannot be divided."""
        return []


class Edit(Step):
    """Changes the text of a document, sets its `error`, or makes several documents of one."""

    @abstractmethod
    def open(self, context: Context) -> Callable[[Document], Document | tuple[Document, ...]]:
        """Function from document to document, or to what becomes of it first, and documents that are made of it.

        Those have an `identity` by `records.part_id` that no other edit gives, and begin with the same `changes`.
        """


class Score(Step):
    """Adds columns to documents: scores (float32, nullable), labels (words) and signatures. Decides nothing.

    It sees some hundreds of documents at a time, as a sequence of analyses or as arrays over all of them. A step that
    reads `language` finds it in the analyses.
    """

    measured_again: ClassVar[bool] = True
    """Whether signatures of texts that are cut are made anew; else they stay those of the whole text."""

    @abstractmethod
    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        """Function from analyses to the columns of `adds()`, one value an analysis; NaN is null in an array."""


@dataclass(frozen=True)
class Drops:
    """Rows that a step drops, each with its reason; rows ascend, values and thresholds are None without numbers."""

    rows: Sequence[int]
    reasons: Sequence[str]
    values: Sequence[float | None]
    thresholds: Sequence[float | None]


class ScoreLimit(BaseModel):
    """A smallest and a largest value that a filter sets to a score."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    step: str
    """Name of the filter."""
    score: str
    """Path of the score."""
    reason: str
    """Why a document beyond the limit is dropped."""
    min_value: float | None = None
    max_value: float | None = None
    by_language: dict[str, tuple[float | None, float | None]] = {}
    """Code of a language -> its own smallest and largest value; None where it has no such limit."""

    @property
    def name(self) -> str:
        """Name of the score."""
        return self.score.split(".")[-1]

    def of(self, language: str) -> tuple[float | None, float | None]:
        """The smallest and the largest value that documents in a language may have."""
        return self.by_language.get(language, (self.min_value, self.max_value))


class Filter(Step):
    """Drops single documents by columns of the ledger alone."""

    drops_errors: ClassVar[bool] = False
    """Whether it drops the documents that have an error, each with the error as its reason."""

    def requested_languages(self) -> Sequence[str]:
        """Codes of the languages that a user wants documents in; empty where the filter names none."""
        return ()

    def limits(self, languages: Sequence[str]) -> Sequence[ScoreLimit]:
        """The limits that it sets to scores of documents in some languages, for reports."""
        return ()

    @abstractmethod
    def open(self, context: Context) -> Callable[[pa.Table], Drops]:
        """Function from a table with the columns of `reads()` to the rows to drop."""


class ClusterColumns(Protocol):
    """Columns of all documents of one language that are still kept, in order of the corpus."""

    @property
    def language(self) -> str:
        """Code of the language."""

    @property
    def totals(self) -> Mapping[str, int]:
        """Language -> bytes of text kept before this stage, of all languages of the corpus."""

    @property
    def num_rows(self) -> int: ...

    @property
    def scratch(self) -> Path:
        """A folder for what does not fit into memory; what is left in it is removed."""

    def read(self, path: str, *, rows: npt.NDArray[np.int64] | None = None) -> pa.ChunkedArray:
        """One column, of all rows or of `rows` (ascending)."""

    def pieces(self, paths: Collection[str]) -> Iterator[pa.Table]:
        """Some columns, some thousand rows at a time, in order; a column is named by its path."""


@dataclass(frozen=True)
class ReferenceMatches:
    """Rows that are dropped because a document of a reference corpus is the same; an entry for each of them."""

    rows: npt.NDArray[np.integer[Any]]
    """The rows, in ascending order."""
    ids: pa.Array
    """Id of the document of the reference corpus."""
    corpora: npt.NDArray[np.integer[Any]]
    """Place of that corpus among those of the step, from 0."""


@dataclass(frozen=True)
class Survivors:
    """The survivor of each row."""

    rows: npt.NDArray[np.integer[Any]]
    """Row of the survivor of each row, which is the row itself for a survivor, and for a row of `references`."""
    references: ReferenceMatches | None = None
    """Rows that are dropped for documents of reference corpora; None where there are none."""


class Cluster(Step):
    """Clusters duplicate documents of one language and selects the survivor of each cluster."""

    reason: ClassVar[str]
    """Reason for documents that are not the survivor of their cluster."""

    def reference_corpora(self) -> Sequence[str]:
        """Folders of the corpora that `ReferenceMatches.corpora` counts."""
        return ()

    @abstractmethod
    def open(self, context: Context) -> Callable[[ClusterColumns], npt.NDArray[np.integer[Any]] | Survivors]:
        """Function from columns to the survivors, or to their rows alone where there is no other corpus."""


class Sample(Step):
    """Drops documents, with reasons, by columns of all documents of one language.

    A document of an earlier output (`--extend`) is always kept.
    """

    @abstractmethod
    def open(self, context: Context) -> Callable[[ClusterColumns], Drops]:
        """Function from columns to the rows to drop."""


class TextColumns(ClusterColumns, Protocol):
    """Columns of the documents of one language that are still kept, their texts among them, as `text`."""

    def batches(self, paths: Sequence[str], *, rows: Ints | None = None) -> Iterator[tuple[Ints, pa.Table]]:
        """(rows, those columns of them), some hundred documents at a time, in order; of all rows or `rows` (ascending).

        A text is what earlier cuts left of it.
        """


class RemoveSpans(Step):
    """Removes ranges of text, by the texts of all documents of one language.

    A document of which fewer than `min_words_left` words stay is dropped (`too_few_words_left`; the value is their
    number). One that nothing is cut out of stays, however short, and so does one of an earlier output (`--extend`),
    whole. What later stages read of a changed text, its size and its signatures, is measured again; its scores are
    those of the whole text, but for the number of words.
    """

    reason: ClassVar[str] = "too_few_words_left"

    min_words_left: int = Field(default=1, ge=1)
    """Smallest number of words of a document after a removal."""

    @abstractmethod
    def open(self, context: Context) -> Callable[[TextColumns], RemovedSpans]:
        """Function from columns to the ranges to remove, in code points of the current texts."""


class Partition(Step):
    """Partitions the kept documents of all languages into groups, each of which lies in one split."""


class Export(Step):
    """Writes kept documents as sharded data of one record."""
