"""The read phase: input files to documents with their final text, in the order of the source.

A document passes the edits one by one, under the eye of the guard. An edit that fails on a document gives it a
error and is named in the manifest; the run continues, as it does if a file cannot be read: what a rank read of each
piece of a file is in its facts, since only all pieces together tell whether nothing of the file could be read (see
`xdata.run.input_files`).
"""

from collections import Counter
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import replace
from typing import Any

from xdata import records
from xdata.errors import InputError, XdataError, counted, one_line
from xdata.formats.diagnosis import describe_file, describe_records
from xdata.formats.position import position
from xdata.languages import UNDETERMINED, is_code
from xdata.output.counts import GUARD
from xdata.recipe.phases import READ
from xdata.recipe.steps import STEPS
from xdata.records import PUBLISHED, Document, KeptTypes, Origin, Skipped, Unreadable
from xdata.run import carried
from xdata.run.commit import RankOutput, TableOutput
from xdata.run.executors.guard import Heartbeat, read_verdicts
from xdata.run.input_files import InputFiles, Piece
from xdata.run.parts import PieceFacts, ReadFacts, ReadPart, RowGroup
from xdata.run.task import Task
from xdata.run.work import Planning, Work
from xdata.step import DamagedFile, Edit, FilePart, InputFile, UnreadableFile

GROUP_BYTES = 8 << 20
"""Text in a row group of an read part."""
GROUP_ROWS = 10_000
ANY_TEXT = "Call 0 800 1111 or write to a@b.example: Årö, Ελλάς, ابجد, ไทย, ខ្មែរ. 中文。"
"""Text for which the tables of edits and scores are needed."""


Read = Callable[[FilePart], Iterator[Document | Skipped | Unreadable | KeptTypes]]
"""What a reader opens into."""
Function = Callable[[Document], Document | tuple[Document, ...]]
"""What an edit opens into."""


def plan(planning: Planning) -> list[ReadPart]:
    """One rank for each part of a large file, or for several small files.

    A resumed stage keeps its parts.
    """
    task, files = planning.task, planning.files
    if task.begun:
        return relocated(task.parts(ReadPart), files)
    parts = task.recipe.reader.plan(files, planning.offsets, part_bytes=planning.part_bytes)
    num_pieces = Counter(piece.file for pieces in parts for piece in pieces)
    return [
        ReadPart(pieces=tuple(pieces), num_bytes=sum(_share(each, num_pieces[each.file]) for each in pieces))
        for pieces in parts
    ]


def relocated(parts: Sequence[ReadPart], files: Sequence[InputFile]) -> list[ReadPart]:
    """The same parts of the same files, where these lie now."""
    there = {(file.source, file.path): file.location for file in files}
    return [
        replace(
            part,
            pieces=tuple(
                replace(each, file=replace(each.file, location=there[each.file.source, each.file.path]))
                for each in part.pieces
            ),
        )
        for part in parts
    ]


def _share(piece: FilePart, num_pieces: int) -> int:
    """Bytes of one of the pieces of a file: pieces have nearly the same size, whether they are ranges or row groups."""
    return piece.file.size // num_pieces


def run(task: Task, part: ReadPart, output: RankOutput) -> ReadFacts:
    """Reads and edits the documents of one part."""
    edits = [(step.name, task.open(step)) for step in task.stage.steps if isinstance(step, Edit)]
    verdicts = read_verdicts(task.folder, output.rank)
    heartbeat = Heartbeat.open(task.folder, output.rank)
    documents = output.parquet(output.own_name("documents"), records.READ_SCHEMA)
    published = task.recipe.reader.published()
    row_groups: list[RowGroup] = []
    pieces: list[PieceFacts] = []
    group: list[Document] = []
    group_bytes = 0
    noting, done = carried.Noting(), _Done()
    for number, document in enumerate(_documents(task, part, output, noting, done, pieces)):
        verdict = verdicts.get(number)
        if verdict is None:
            heartbeat.begin(number, bytes_done=done.num_bytes)
            found = _unpublished(_edit(document, edits, output), published, output)
            heartbeat.end(bytes_done=done.num_bytes)
        else:
            found = [_stopped(document, verdict, output)]
        _count(found, output)
        group += found
        group_bytes += sum(_size(edited) for edited in found)
        if group_bytes >= GROUP_BYTES or len(group) >= GROUP_ROWS:
            row_groups += _write(documents, group)
            group, group_bytes = [], 0
    row_groups += _write(documents, group)
    return ReadFacts(row_groups=row_groups, pieces=pieces, carried=noting.noted)


def warm_up(task: Task) -> None:
    """Has the edits of xdata make the tables that they make at their first text, so that ranks share them."""
    for step in task.stage.steps:
        if isinstance(step, Edit) and type(step) in STEPS:
            task.open(step)(Document(Origin("", "", 0), ANY_TEXT))


def input_files(task: Task) -> list[InputFile]:
    """The files that the stage before a task read, in their order."""
    return list(dict.fromkeys(piece.file for part in task.before(READ).parts(ReadPart) for piece in part.pieces))


class _Done:
    """How far a rank is in its part."""

    def __init__(self) -> None:
        self._before = 0
        """Bytes of the pieces before the one that is read."""
        self._start = self._size = 0

    def begin(self, piece: FilePart, *, size: int) -> None:
        """The rank is done with the last piece and reads this one, of so many bytes."""
        self._before += self._size
        self._start, self._size = piece.start, size

    @property
    def num_bytes(self) -> int:
        return self._before + min(max(position() - self._start, 0), self._size)


def _documents(
    task: Task,
    part: ReadPart,
    output: RankOutput,
    noting: carried.Noting,
    done: _Done,
    pieces: list[PieceFacts],
) -> Iterator[Document]:
    """The documents of a part; what was read of each of its pieces is added to `pieces`.

    Raises InputError for a file that cannot be read, where that is to stop the run.
    """
    read = task.open(task.recipe.reader)
    is_alone = len(part.pieces) == 1
    for piece in part.pieces:
        done.begin(piece, size=part.num_bytes if is_alone else piece.file.size)
        found = yield from _piece_documents(read, piece, output, noting)
        if found.is_bad_file and task.recipe.guard.on_bad_file == "error":
            raise InputError(str(UnreadableFile(piece.file.source, piece.file.path, str(found.error))))
        if found.damage is not None and task.recipe.guard.on_bad_file == "error":
            raise InputError(str(DamagedFile(piece.file.source, piece.file.path, found.damage, found.num_before)))
        pieces.append(found.facts)


def _piece_documents(
    read: Read, piece: FilePart, output: RankOutput, noting: carried.Noting
) -> Generator[Document, None, Piece]:
    """The documents of a piece of a file; returns what was read of it."""
    file = piece.file
    found = Piece(is_whole=piece.start == 0 and piece.end in (0, file.size))
    for item in _items(read, piece):
        match item:
            case Document():
                noting.note(item)
                found.num_records += 1
                if item.invalid_id is not None:
                    found.add_invalid_ids(item.invalid_id)
                yield item
            case KeptTypes():
                noting.note_types(item)
            case Skipped():
                found.num_records += 1
                output.counts.count_skipped(item.reason)
            case Unreadable():
                found.add_error(describe_records(file, item.error) if found.is_empty else item.error)
                if item.is_damage:
                    found.add_damage(item.error, num_before=found.num_records)
                _name_unreadable(item.origin, item.error, output)
            case InputError():
                error = describe_file(file, str(item))
                found.is_whole |= found.is_empty
                found.add_error(error)
                found.add_damage(error, num_before=found.num_records)
                _name_unreadable(Origin(file.source, file.path, piece.start), error, output)
    return found


def _items(read: Read, piece: FilePart) -> Iterator[Document | Skipped | Unreadable | KeptTypes | InputError]:
    """What is in a piece of a file, and at the end the error that ended it, where one did that is of the file."""
    try:
        yield from read(piece)
    except InputError as error:
        yield error
    except (XdataError, MemoryError, OSError):
        raise
    except Exception as error:  # one file that a library fails on must not stop a crawl; it is named
        yield InputError(f"its reader failed: {type(error).__name__}: {one_line(str(error), limit=200)}")


def _name_unreadable(place: Origin, error: str, output: RankOutput) -> None:
    output.counts.name_unreadable(
        source=place.source, path=place.path, offset=place.offset, inner_offset=place.inner, error=error
    )


def _size(document: Document) -> int:
    """Bytes of a document in memory, about."""
    return sum(map(len, (document.url or "", document.kept or b"", document.row or b""))) + _num_bytes(document.text)


def _num_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))


def _count(found: Sequence[Document], output: RankOutput) -> None:
    """Counts a document that was read, and those that edits made of it."""
    for number, document in enumerate(found):
        tally = output.counts.tallies[document.language or UNDETERMINED]
        tally.kept += 1
        if number:
            tally.made += 1
        else:
            tally.read += 1


def _edit(document: Document, edits: Sequence[tuple[str, Function]], output: RankOutput) -> list[Document]:
    """What becomes of a document, and documents that are made of it."""
    found = [document]
    for name, edit in edits:
        found = [edited for each in found for edited in _edit_once(each, name, edit, output)]
    return [each if each.payload is None else _with_error(each, "no_text") for each in found]


def _unpublished(found: list[Document], published: frozenset[bytes], output: RankOutput) -> list[Document]:
    """Without what was made of the document before, and is in an earlier output that this one adds to."""
    document, *made = found
    new = [each for each in made if bytes.fromhex(each.id) not in published]
    for _ in range(len(made) - len(new)):
        output.counts.count_skipped(PUBLISHED)
    return [document, *new]


def _edit_once(
    document: Document,
    name: str,
    edit: Function,
    output: RankOutput,
) -> tuple[Document, ...]:
    if document.error is not None:
        return (document,)
    try:
        found = _checked(edit(document))
        changes = [change for edited in found for change in _new_changes(document, edited)]
    except (XdataError, MemoryError):
        raise
    except Exception as error:  # one page that a library fails on must not stop a crawl; it is named
        output.counts.name_failed(id=document.id, step=name, error=f"{type(error).__name__}: {one_line(str(error))}")
        return (_with_error(document, f"{name}_failed"),)
    for what, num in changes:
        output.counts.count_change(f"{name}.{what}", num)
    return found


def _checked(found: object) -> tuple[Document, ...]:
    """What an edit gave, if it is documents in languages that there may be, each with an id of its own."""
    documents: tuple[Any, ...] = found if isinstance(found, tuple) and found else (found,)
    for document in documents:
        if not isinstance(document, Document):
            raise TypeError(f"gave {one_line(repr(document), limit=80)} and no Document")
        if document.language is not None and not is_code(document.language):
            raise ValueError(
                f"gave the language {one_line(repr(document.language), limit=80)}, expected an iso639-3_Script"
            )
    if len({document.id for document in documents}) < len(documents):
        raise ValueError("gave two documents with one id")
    return documents


def _new_changes(before: Document, edited: Document) -> tuple[tuple[str, int], ...]:
    """The changes that an edit counted between two states of a document."""
    known = len(before.changes) if edited.changes[: len(before.changes)] == before.changes else 0
    new = edited.changes[known:]
    for what, num in new:
        if not isinstance(what, str) or type(num) is not int:
            raise TypeError(f"gave the change {one_line(repr((what, num)), limit=80)}: no words and number")
    return new


def _stopped(document: Document, verdict: str, output: RankOutput) -> Document:
    output.counts.name_failed(id=document.id, step=GUARD, error=verdict)
    output.counts.stopped[verdict] += 1
    return _with_error(document, verdict)


def _with_error(document: Document, error: str) -> Document:
    """The document without text, as itself all the same: an earlier output knows it by its identity."""
    return replace(document, text="", payload=None, error=error, changes=())


def _write(file: TableOutput, group: list[Document]) -> Iterator[RowGroup]:
    """Writes some documents as one row group; none are no row group."""
    if group:
        table = records.read_table(group)
        file.write(table)
        yield RowGroup(num_rows=table.num_rows, num_bytes=table.select(records.TEXT_SCHEMA.names).nbytes)


def _summary(task: Task, inputs: InputFiles) -> str:
    counts = task.counts
    found = {
        "files unreadable": len(inputs.unreadable),
        "records unreadable": inputs.readable(counts).num_unreadable,
        "rows without text": counts.skipped["text_missing"],
        "failed": counts.num_failed,
    }
    read = f"{counted(counts.total.read, 'document')} read"
    return ", ".join([read, *(f"{num} {what}" for what, num in found.items() if num)])


WORK = Work(part=ReadPart, plan=plan, run=run, summary=_summary, warm_up=warm_up)
