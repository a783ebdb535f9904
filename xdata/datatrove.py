"""xdata and datatrove together: steps of either in a pipeline of the other, and documents from one to the other.

    step(Repair(), RemovePersonal())               edits of xdata, as a step of a datatrove pipeline
    step(NumWords(), Threshold(…))                 scores and filters of xdata, as a filter of one
    score, drop = filter(GopherQualityFilter())    a filter of datatrove, as two steps of a recipe
    edit(FTFYFormatter())                          a formatter of datatrove, as a step of one
    reader(output)                                 an output, read by a datatrove pipeline
    write(output, folder)                          an output, as JSONL of datatrove

JSONL and Parquet that datatrove wrote are input of every recipe: `reader: datatrove` of a source.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow as pa
from datatrove.data import Document as DatatroveDocument
from datatrove.data import DocumentsPipeline
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.writers.disk_base import DiskWriter
from datatrove.utils.typeshelper import StatHints
from pydantic import ValidationError

from xdata import records
from xdata.api import AnyPath, load
from xdata.context import Context
from xdata.disk import disk_error, temporary_name
from xdata.edits.datatrove import DatatroveEdit
from xdata.edits.extract import Extract
from xdata.errors import ConfigError, InputError, brief_errors, nearest
from xdata.filters.labels import DropLabeled
from xdata.formats.byte_files import ByteWriter
from xdata.kept.json_values import encode
from xdata.languages import find_code
from xdata.models.datatrove_step import DatatroveStep
from xdata.output.folder import Output, records_of
from xdata.records import Document, Origin, Payload
from xdata.run.phases.annotate import to_column
from xdata.scores.datatrove import DatatroveVerdict
from xdata.step import Columns, Drops, Edit, Filter, Score, Step
from xdata.text.analysis import Analyses
from xdata.validation import describe

EditFunction = Callable[[Document], Document | tuple[Document, ...]]
"""What an edit opens into."""
BATCH_SIZE = 256
"""Documents that are scored together, unless another number is given."""
FILTER_REASON, FILTER_REASONS = "filter_reason", "filter_reasons"
"""Metadata of dropped documents: the reason, as datatrove's own filters write it; and all reasons."""
_WORDS = (records.URL, records.DATE, records.LANGUAGE, records.LICENSE, records.DOMAIN)
"""Metadata that are fields of a document."""
_OF_DOCUMENT: Mapping[str, pa.DataType] = {
    records.ID: pa.string(),
    **dict.fromkeys(_WORDS, pa.string()),
    records.SCRIPT: pa.string(),
    records.ERROR: pa.string(),
    records.TEXT_BYTES: pa.int64(),
}
"""Columns that filters can read whatever the scores."""


class RecipeFilter(NamedTuple):
    """A filter of datatrove as two steps of a recipe.

    Attributes:
        score: For a stage of scores: records the verdict on each document.
        drop: For a stage of filters: drops documents by that verdict, with the reason that datatrove gives.
    """

    score: DatatroveVerdict
    drop: DropLabeled


@brief_errors
def step(
    *steps: Step, exclusion_writer: DiskWriter | None = None, batch_size: int = BATCH_SIZE
) -> "EditStep | FilterStep":
    """Makes a step of a datatrove pipeline from edits, or from scores and filters, of xdata.

    Edits change `text`; a document that an edit finds an error in (`no_main_text`) is dropped for that. Before
    `Extract`, `text` is the HTML of a page. Scores are added to `metadata["scores"]`, labels such as `language` to
    `metadata`. Filters drop documents: their reasons are counted in the statistics (`dropped_too_few_words`). What is
    read of a document: `text`, `id`, and `url`, `date`, `language`, `license` and `domain` of `metadata`.

    Args:
        *steps: One or more edits; or scores and then filters, which read what the scores before them add.
        exclusion_writer: A datatrove writer for documents that are dropped, with `filter_reason` in their metadata, and
            all reasons with value and threshold as `filter_reasons`.
        batch_size: Documents that are scored together; it changes no result.

    Returns:
        A `PipelineStep`; of filters a `BaseFilter`. Executors of datatrove can send it to other processes.

    Raises:
        ConfigError: There is no step, edits are mixed with other steps, or a step reads what none before it adds.

    Example:
        >>> from datatrove.data import Document
        >>> from xdata.filters.thresholds import Threshold
        >>> from xdata.scores.length import NumWords
        >>> enough = xdata.datatrove.step(
        ...     NumWords(), Threshold(score="scores.num_words", min_value=3, reason="too_few_words")
        ... )
        >>> [document.id for document in enough([Document("Hello", "a"), Document("Hello to all of you", "b")])]
        ['b']
    """
    if not steps:
        raise ConfigError("xdata.datatrove.step: expected edits, or scores and filters, found none")
    if all(isinstance(each, Edit) for each in steps):
        return EditStep([each for each in steps if isinstance(each, Edit)], exclusion_writer)
    scores = [each for each in steps if isinstance(each, Score)]
    filters = [each for each in steps if isinstance(each, Filter)]
    if [*scores, *filters] != list(steps):
        kinds = ", ".join(each.kind for each in steps)
        raise ConfigError(f"xdata.datatrove.step: expected edits alone, or scores and then filters, found {kinds}")
    _check_columns(scores, filters)
    return FilterStep(scores, filters, exclusion_writer, batch_size)


@brief_errors
def filter(step: BaseFilter | type[BaseFilter], /, *, name: str | None = None, **arguments: Any) -> RecipeFilter:
    """Makes two steps of a recipe from a filter of datatrove: one records its verdicts, one drops by them.

    The recipe holds the class and its arguments, so it can be written, run by several workers and run again.

    Args:
        step: A filter, such as `GopherQualityFilter(min_doc_words=20)`, whose attributes tell its arguments; or its
            class.
        name: Name of the steps and of the label that they share; after the class unless given.
        **arguments: Arguments of a class: numbers, strings, lists and dicts.

    Returns:
        A `RecipeFilter`: `score` for the stage of scores, after the step that identifies the language, and `drop` for
        the stage of filters.

    Raises:
        ConfigError: It is no filter of datatrove, changes with the order of documents, or has arguments that are not
            plain data.

    Example:
        >>> from datatrove.pipeline.filters import GopherQualityFilter
        >>> score, drop = xdata.datatrove.filter(GopherQualityFilter(min_doc_words=20))
        >>> score.name, dict(score.step.arguments)
        ('gopher_quality_filter', {'min_doc_words': 20})
    """
    found = DatatroveStep.of(step, arguments)
    label = name or found.name
    try:
        return RecipeFilter(DatatroveVerdict(step=found, name=label), DropLabeled(label=label, name=f"drop_{label}"))
    except ValidationError as error:
        raise ConfigError(f"name {label!r}: {describe(error, DatatroveVerdict)}") from None


@brief_errors
def edit(step: PipelineStep | type[PipelineStep], /, *, name: str | None = None, **arguments: Any) -> DatatroveEdit:
    """Makes a step of a recipe from a formatter of datatrove, or from a filter that changes texts.

    Documents that such a filter drops get its reason as error, for which `DropErrors` drops them.

    Args:
        step: A formatter, such as `FTFYFormatter()`, a filter, such as `C4QualityFilter()`; or the class of one.
        name: Name of the step; after the class unless given.
        **arguments: Arguments of a class: numbers, strings, lists and dicts.

    Returns:
        An edit, for the stage that reads.

    Raises:
        ConfigError: It is no formatter or filter of datatrove, or has arguments that are not plain data.

    Example:
        >>> from datatrove.pipeline.formatters import FTFYFormatter
        >>> xdata.datatrove.edit(FTFYFormatter()).name
        'ftfy_formatter'
    """
    found = DatatroveStep.of(step, arguments)
    try:
        return DatatroveEdit(step=found, name=name or found.name)
    except ValidationError as error:
        raise ConfigError(f"name {name!r}: {describe(error, DatatroveEdit)}") from None


@brief_errors
def reader(output: Output | AnyPath, config: str | None = None, *, split: str | None = None) -> "OutputReader":
    """Makes a reader of a datatrove pipeline from an output of xdata.

    Args:
        output: The output, or its folder.
        config: A config of the output; all where it is None.
        split: A split of that config; all where it is None.

    Returns:
        A `PipelineStep` that gives the records as documents: `text`, `id`, all other columns that are not null as
        `metadata`. Each task reads some of the shards.

    Raises:
        InputError: The output has no such config or split.
        CheckError: The folder is no complete output.

    Example:
        >>> documents = list(xdata.datatrove.reader("corpus", "swh_Latn")())
        >>> documents[0].metadata["language"]
        'swh_Latn'
    """
    found = _output(output)
    found.files(config, split)
    return OutputReader(found, config, split)


@brief_errors
def write(
    output: Output | AnyPath,
    folder: AnyPath,
    config: str | None = None,
    *,
    split: str | None = None,
    compression: str | None = "gz",
) -> list[Path]:
    """Writes an output of xdata as JSONL of datatrove: `{"text": …, "id": …, "metadata": {…}}`.

    Args:
        output: The output, or its folder.
        folder: Where the files go, `<config>/<split>-00000.jsonl.gz`, a file for each shard; existing ones are
            replaced.
        config: A config of the output; all where it is None.
        split: A split of that config; all where it is None.
        compression: `"gz"`, `"zst"` or None.

    Returns:
        The files, in order. Equal records are equal bytes.

    Raises:
        ConfigError: The compression is unknown.
        InputError: The output has no such config or split.
        CheckError: The folder is no complete output, or a file of it is damaged.
        ResourceError: The disk is full, or the folder cannot be written.

    Example:
        >>> [path.name for path in xdata.datatrove.write("corpus", "jsonl", "swh_Latn", split="train")]
        ['train-00000.jsonl.gz']
    """
    if compression not in (None, "gz", "zst"):
        raise ConfigError(f"compression: expected 'gz', 'zst' or None, found {compression!r}")
    found, ending = _output(output), "jsonl" if compression is None else f"jsonl.{compression}"
    written = []
    for each in found.configs if config is None else (config,):
        for name in found.splits.get(each, ()) if split is None else (split,):
            for number, shard in enumerate(found.files(each, name)):
                path = Path(folder) / each / f"{name}-{number:05}.{ending}"
                _write_shard(shard, path)
                written.append(path)
    if not written:
        found.files(config, split)  # raises an error that lists the configs and splits
    return written


class EditStep(PipelineStep):  # type: ignore[misc]
    """Edits of xdata as a step of a datatrove pipeline (`step`)."""

    type = "✂️ - FORMAT"

    def __init__(self, edits: Sequence[Edit], exclusion_writer: DiskWriter | None = None) -> None:
        self.name = f"xdata {', '.join(edit.name for edit in edits)}"
        super().__init__()
        self.edits = tuple(edits)
        self.exclusion_writer = exclusion_writer

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        functions = [(edit, edit.open(Context(step=edit.name))) for edit in self.edits]
        reads_pages = any(isinstance(edit, Extract) for edit in self.edits)
        with self.exclusion_writer or contextlib.nullcontext() as writer:
            for given in data:
                self.stat_update(StatHints.total)
                with self.track_time():
                    edited = self._edited(_document(given, is_page=reads_pages), functions)
                for number, document in enumerate(edited):
                    found = _given_back(document, given, is_first=number == 0)
                    if document.error is None:
                        self.stat_update(StatHints.forwarded)
                        self.update_doc_stats(found)
                        yield found
                        continue
                    self.stat_update(StatHints.dropped, f"dropped_{document.error}")
                    if writer is not None:
                        found.metadata[FILTER_REASON] = document.error
                        writer.write(found, rank)

    def _edited(self, document: Document, functions: Sequence[tuple[Edit, EditFunction]]) -> list[Document]:
        """What edits make of a document: itself first, then those that are made of it."""
        documents = [document]
        for edit, function in functions:
            after: list[Document] = []
            for each in documents:
                made = each if each.error is not None else function(each)
                changed, *others = made if isinstance(made, tuple) else (made,)
                for what, number in changed.changes:
                    self.stat_update(f"{edit.name}.{what}", value=number)
                after += [replace(one, changes=()) for one in (changed, *others)]
            documents = after
        return documents


class FilterStep(BaseFilter):  # type: ignore[misc]
    """Scores and filters of xdata as a filter of a datatrove pipeline (`step`)."""

    def __init__(
        self,
        scores: Sequence[Score],
        filters: Sequence[Filter],
        exclusion_writer: DiskWriter | None = None,
        batch_size: int = BATCH_SIZE,
    ) -> None:
        self.name = f"xdata {', '.join(each.name for each in (*scores, *filters))}"
        super().__init__(exclusion_writer, batch_size)
        self.scores = tuple(scores)
        self.filters = tuple(filters)
        self._opened: _Opened | None = None

    def run(self, data: DocumentsPipeline, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        yield from super().run(data, rank, world_size)
        self._opened = None

    def filter(self, doc: DatatroveDocument) -> bool | tuple[bool, str]:
        """As `filter_batch`, of one document."""
        return self.filter_batch([doc])[0]

    def filter_batch(self, batch: list[DatatroveDocument]) -> list[bool | tuple[bool, str]]:
        """Scores documents, adds the scores to their metadata, and decides over them.

        Returns:
            True for a document that is kept, (False, first reason) for one that is dropped.
        """
        if self._opened is None:
            self._opened = _Opened(
                [(step, step.open(Context(step=step.name))) for step in self.scores],
                [(step, step.open(Context(step=step.name))) for step in self.filters],
            )
        documents = [_document(given) for given in batch]
        columns = _scored(documents, self._opened.scores)
        for given, values in zip(batch, _rows(columns), strict=True):
            _add_metadata(given, values)
        reasons = _reasons(_table(documents, columns), self._opened.filters)
        for given, found in zip(batch, reasons, strict=True):
            if found:
                given.metadata[FILTER_REASONS] = found
        return [(False, found[0]["reason"]) if found else True for found in reasons]

    def __getstate__(self) -> dict[str, Any]:
        return {**self.__dict__, "_opened": None}  # models do not travel between processes


class OutputReader(PipelineStep):  # type: ignore[misc]
    """Reads an output of xdata in a datatrove pipeline (`reader`)."""

    type = "📖 - READER"

    def __init__(self, output: Output, config: str | None, split: str | None) -> None:
        self.name = f"xdata {output.path}"
        super().__init__()
        self.output, self.config, self.split = output, config, split

    def run(self, data: DocumentsPipeline = None, rank: int = 0, world_size: int = 1) -> DocumentsPipeline:
        yield from data or ()
        for path in self.output.files(self.config, self.split)[rank::world_size]:
            for number, row in enumerate(records_of([path])):
                document = _of_record(row, path, number)
                self.stat_update(StatHints.total)
                self.update_doc_stats(document)
                yield document


@dataclass(frozen=True)
class _Opened:
    scores: Sequence[tuple[Score, Callable[[Analyses], Columns]]]
    filters: Sequence[tuple[Filter, Callable[[pa.Table], Drops]]]


def _check_columns(scores: Sequence[Score], filters: Sequence[Filter]) -> None:
    """Raises ConfigError for a step that reads a column which no step before it adds."""
    known = {*_OF_DOCUMENT, records.TEXT}
    for each in (*scores, *filters):
        for path in sorted(each.reads() - known):
            raise ConfigError(
                f"step {each.name!r} reads {path!r}, which no step before it adds: {nearest(path, known)}"
            )
        known.update(each.adds())


def _document(given: DatatroveDocument, *, is_page: bool = False) -> Document:
    """A document of datatrove as one of xdata; the text of a page is HTML."""
    facts = {name: value for name in _WORDS if isinstance(value := given.metadata.get(name), str)}
    page = Payload(given.text.encode("utf-8", "replace"), "text/html", "utf-8") if is_page else None
    return Document(
        Origin("datatrove", "", 0),
        given.text,
        url=facts.get(records.URL),
        date=facts.get(records.DATE),
        language=_code(facts.get(records.LANGUAGE)),
        license=facts.get(records.LICENSE, records.UNKNOWN),
        domain=facts.get(records.DOMAIN),
        payload=page,
        identity=str(given.id),
    )


def _code(label: str | None) -> str | None:
    """The language of a label; None for one that names none."""
    try:
        return None if label is None else find_code(label)
    except ConfigError:  # a language whose script is not clear
        return None


def _given_back(document: Document, given: DatatroveDocument, *, is_first: bool) -> DatatroveDocument:
    """A document of xdata as one of datatrove: the given one with its new text, or another one that was made of it."""
    found = given if is_first else DatatroveDocument(document.text, document.id, metadata=dict(given.metadata))
    found.text = document.text
    if document.language != _code(given.metadata.get(records.LANGUAGE)):
        found.metadata.pop(records.LANGUAGE, None)
        found.metadata |= {} if document.language is None else {records.LANGUAGE: document.language}
    if not is_first:
        found.metadata[records.MADE_FROM] = document.made_from or str(given.id)
    return found


def _scored(
    documents: Sequence[Document], scores: Sequence[tuple[Score, Callable[[Analyses], Columns]]]
) -> dict[str, pa.Array]:
    """Path of each column that the scores add -> its values."""
    analyses = Analyses(
        [document.text for document in documents],
        ids=[document.id for document in documents],
        declared_languages=[document.language for document in documents],
        urls=[document.url for document in documents],
    )
    columns: dict[str, pa.Array] = {}
    for step, score in scores:
        added = score(analyses)
        columns |= {path: to_column(added[path], kind) for path, kind in step.adds().items()}
        if records.LANGUAGE in added:
            analyses = analyses.with_languages(columns[records.LANGUAGE].to_pylist())
    return columns


def _rows(columns: Mapping[str, pa.Array]) -> Iterator[dict[str, Any]]:
    """The scores and labels of each document, those that are null left out."""
    shown = {path: array for path, array in columns.items() if not path.startswith(f"{records.SIGNATURES}.")}
    values = [array.to_pylist() for array in shown.values()]
    for row in zip(*values, strict=True):
        yield {path: value for path, value in zip(shown, row, strict=True) if value is not None}


def _add_metadata(given: DatatroveDocument, values: Mapping[str, Any]) -> None:
    scores: dict[str, Any] = {}
    for path, value in values.items():
        name = path.removeprefix(f"{records.SCORES}.")
        (given.metadata if name == path else scores)[name] = value
    if scores:
        given.metadata[records.SCORES] = {**given.metadata.get(records.SCORES, {}), **scores}


def _table(documents: Sequence[Document], columns: Mapping[str, pa.Array]) -> pa.Table:
    """What filters read."""
    sizes = [len(document.text.encode("utf-8", "replace")) for document in documents]
    own = {
        name: pa.array(sizes if name == records.TEXT_BYTES else [getattr(each, name, None) for each in documents], kind)
        for name, kind in _OF_DOCUMENT.items()
    }
    scores = {
        path.removeprefix(f"{records.SCORES}."): array
        for path, array in columns.items()
        if path.startswith(f"{records.SCORES}.")
    }
    labels = {path: array for path, array in columns.items() if "." not in path}
    together = pa.StructArray.from_arrays(list(scores.values()), names=list(scores)) if scores else None
    return pa.table({**own, **labels, **({} if together is None else {records.SCORES: together})})


def _reasons(
    table: pa.Table, filters: Sequence[tuple[Filter, Callable[[pa.Table], Drops]]]
) -> list[list[dict[str, Any]]]:
    """Why each document is dropped, in the order of the filters."""
    found: list[list[dict[str, Any]]] = [[] for _ in range(table.num_rows)]
    for step, decide in filters:
        drops = decide(table)
        for row, *facts in zip(drops.rows, drops.reasons, drops.values, drops.thresholds, strict=True):
            found[row].append(dict(zip(("reason", "value", "threshold"), facts, strict=True)) | {"step": step.name})
    return found


def _output(output: Output | AnyPath) -> Output:
    return output if isinstance(output, Output) else load(output)


def _of_record(row: Mapping[str, Any], path: Path, number: int) -> DatatroveDocument:
    """A record of a shard as a document of datatrove. Raises InputError where it has no text."""
    text = row.get(records.TEXT)
    if not isinstance(text, str):
        raise InputError(f"{path}: row {number} has no text in the column {records.TEXT!r}")
    metadata = {
        name: {key: each for key, each in value.items() if each is not None} if name == records.SCORES else value
        for name, value in row.items()
        if value is not None and name not in (records.ID, records.TEXT)
    }
    return DatatroveDocument(text, str(row.get(records.ID, f"{path.name}/{number}")), metadata=metadata)


def _write_shard(shard: Path, path: Path) -> None:
    temporary = temporary_name(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        writer = ByteWriter(temporary, path.name)
        for number, row in enumerate(records_of([shard])):
            document = _of_record(row, shard, number)
            writer.write(encode({"text": document.text, "id": document.id, "metadata": document.metadata}) + b"\n")
        writer.close()
        temporary.replace(path)
    except OSError as error:
        raise disk_error(error, path) from None
    finally:
        temporary.unlink(missing_ok=True)
