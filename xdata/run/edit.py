"""The edit phase: input files to documents with their final text, in the order of the source.

A document passes the edits one by one, under the eye of the guard. An edit that fails on a document gives it a
flaw and is named in the manifest; the run goes on.
"""

from collections.abc import Callable, Iterator

import pyarrow as pa

from xdata import records
from xdata.errors import XdataError, one_line
from xdata.languages import UNDETERMINED
from xdata.records import Document, Skipped, Unreadable
from xdata.run.commit import RankOutput
from xdata.run.guard import Heartbeat, read_verdicts
from xdata.run.task import Part, Task
from xdata.step import Edit, FilePart, InputFile

GROUP_BYTES = 8 << 20
"""Text in a row group of an edit part."""
GROUP_ROWS = 10_000


def plan(task: Task, files: list[InputFile], offsets: dict[int, list[int]]) -> list[Part]:
    """One rank for each part of each file; `offsets` has the index of files (by number) that needed one."""
    reader = task.recipe.reader
    return [
        {"file": number, "start": part.start, "end": part.end, **_file_facts(file)}
        for number, file in enumerate(files)
        for part in reader.cut(file, offsets.get(number))
    ]


def run(task: Task, part: Part, output: RankOutput) -> None:
    """Reads and edits the documents of one part of a file."""
    file_part = FilePart(input_file(part), part["start"], part["end"])
    edits = [(step.name, step.open()) for step in task.stage.steps if isinstance(step, Edit)]
    verdicts = read_verdicts(task.folder, output.rank)
    heartbeat = Heartbeat.open(task.folder, output.rank)
    documents = output.parquet(output.own_name("documents"), records.READ_SCHEMA)
    output.facts["row_groups"] = []
    group: list[Document] = []
    group_bytes = 0
    for number, document in enumerate(_documents(task, file_part, output)):
        heartbeat.begin(number)
        verdict = verdicts.get(number)
        edited = _stopped(document, verdict, output) if verdict else _edit(document, edits, output)
        language = edited.language or UNDETERMINED
        output.counts.tallies[language].read += 1
        output.counts.tallies[language].kept += 1
        group.append(edited)
        group_bytes += len(edited.text)
        if group_bytes >= GROUP_BYTES or len(group) >= GROUP_ROWS:
            _write(documents.write, group, output)
            group, group_bytes = [], 0
    heartbeat.end()
    _write(documents.write, group, output)


def input_file(facts: Part) -> InputFile:
    """The input file of a part as the plan has it."""
    return InputFile(
        facts["source"], facts["path"], facts["location"], facts["format"], facts["size"], facts["mtime_ns"]
    )


def _file_facts(file: InputFile) -> dict[str, object]:
    return {
        "source": file.source,
        "path": file.path,
        "location": file.location,
        "format": file.format,
        "size": file.size,
        "mtime_ns": file.mtime_ns,
    }


def _documents(task: Task, part: FilePart, output: RankOutput) -> Iterator[Document]:
    for item in task.recipe.reader.open()(part):
        match item:
            case Document():
                yield item
            case Skipped():
                output.counts.skipped[item.reason] += 1
            case Unreadable():
                output.counts.name_unreadable(
                    source=item.origin.source,
                    path=item.origin.path,
                    offset=item.origin.offset,
                    inner_offset=item.origin.inner,
                    error=item.error,
                )


def _edit(document: Document, edits: list[tuple[str, Callable[[Document], Document]]], output: RankOutput) -> Document:
    for name, edit in edits:
        if document.flaw is not None:
            break
        try:
            document = edit(document)
        except (XdataError, MemoryError):
            raise
        except Exception as error:  # one page that a library fails on must not stop a crawl; it is named
            output.counts.name_failed(
                id=document.id, step=name, error=f"{type(error).__name__}: {one_line(str(error))}"
            )
            document = _flawed(document, f"{name}_failed")
    return document if document.payload is None else _flawed(document, "no_text")


def _stopped(document: Document, verdict: str, output: RankOutput) -> Document:
    output.counts.name_failed(id=document.id, step="guard", error=verdict)
    return _flawed(document, verdict)


def _flawed(document: Document, flaw: str) -> Document:
    return Document(
        document.origin,
        "",
        url=document.url,
        date=document.date,
        language=document.language,
        licence=document.licence,
        domain=document.domain,
        flaw=flaw,
    )


def _write(write: Callable[[pa.Table], None], group: list[Document], output: RankOutput) -> None:
    if group:
        table = records.read_table(group)
        write(table)
        output.facts["row_groups"].append([table.num_rows, table[records.TEXT].nbytes])
