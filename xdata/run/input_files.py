"""What was read of each input file, over all its pieces: which could not be read, and how many there were.

A file is cut into pieces, which different ranks read. It cannot be read when there was an error and no piece of it gave
a record; then it is counted as one file, and the places in it that could not be read are not counted besides.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from xdata.errors import counted
from xdata.output.counts import Counts
from xdata.run.parts import PieceFacts, ReadFacts, ReadPart
from xdata.run.task import Task
from xdata.step import DamagedFile, Listing, UnreadableFile


@dataclass
class Piece:
    """What was read of a piece of a file."""

    num_records: int = 0
    """Documents, and records that are none."""
    num_unreadable: int = 0
    """Places that cannot be read."""
    error: str | None = None
    """The first of what is wrong."""
    damage: str | None = None
    """The first of what cost an unknown number of records."""
    num_before: int = 0
    """Records that were read before that."""
    num_invalid_ids: int = 0
    """Records whose id of the user is neither a string nor an integer."""
    invalid_id: str | None = None
    """The first of them."""
    is_whole: bool = False
    """Whether what holds for the piece holds for its file, whatever is in others."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing was found yet."""
        return not self.num_records and not self.num_unreadable

    @property
    def is_bad_file(self) -> bool:
        """Whether its file surely cannot be read."""
        return self.is_whole and not self.num_records and self.error is not None

    def add_error(self, error: str) -> None:
        self.num_unreadable += 1
        self.error = self.error or error

    def add_damage(self, error: str, *, num_before: int) -> None:
        if self.damage is None:
            self.damage, self.num_before = error, num_before

    def add_invalid_ids(self, example: str | None, *, num: int = 1) -> None:
        self.num_invalid_ids += num
        self.invalid_id = self.invalid_id or example

    @property
    def facts(self) -> PieceFacts:
        """The facts of the rank, without the error if something was read."""
        error = None if self.num_records else self.error
        return PieceFacts(
            num_records=self.num_records,
            num_unreadable=self.num_unreadable,
            error=error,
            damage=self.damage,
            num_before=self.num_before,
            num_invalid_ids=self.num_invalid_ids,
            invalid_id=self.invalid_id,
        )


@dataclass(frozen=True)
class InputFiles:
    """The input files of a run."""

    unreadable: tuple[UnreadableFile, ...] = ()
    damaged: tuple[DamagedFile, ...] = ()
    """Those of the others that are damaged."""
    num_places: int = 0
    """Places in these files that were named as unreadable."""
    num_by_source: Mapping[str, int] = field(default_factory=dict)
    """Source -> its files."""
    notes: tuple[str, ...] = ()
    """What users should know of the ids of their records."""

    @classmethod
    def of(cls, listing: Listing, reading: Task | None = None) -> "InputFiles":
        """Those of a listing, with what the stage that reads found, once that is done."""
        num_by_source = Counter(file.source for file in listing.files)
        num_by_source.update(file.source for file in listing.unreadable)
        read = _pieces(reading) if reading is not None else {}
        bad = {key: piece for key, piece in read.items() if piece.error is not None and not piece.num_records}
        files = [UnreadableFile(*key, str(piece.error)) for key, piece in bad.items()]
        damaged = [
            DamagedFile(*key, piece.damage, piece.num_before)
            for key, piece in read.items()
            if piece.damage is not None and key not in bad
        ]
        return cls(
            tuple(sorted([*listing.unreadable, *files], key=lambda file: (file.source, file.path))),
            tuple(sorted(damaged, key=lambda file: (file.source, file.path))),
            sum(piece.num_unreadable for piece in bad.values()),
            num_by_source,
            tuple(_id_notes(read)),
        )

    @property
    def num_files(self) -> int:
        return sum(self.num_by_source.values())

    def readable(self, counts: Counts) -> Counts:
        """The counts of the stage that reads, or of all, without the places in files that are counted as such."""
        left = Counts.sum([counts.to_data()])
        left.forget_unreadable({(file.source, file.path) for file in self.unreadable}, num=self.num_places)
        return left


def _pieces(reading: Task) -> dict[tuple[str, str], Piece]:
    """(source, path) of each file -> what all its pieces together gave."""
    found: dict[tuple[str, str], Piece] = {}
    for part, facts in zip(reading.parts(ReadPart), reading.facts(ReadFacts), strict=True):
        for piece, read in zip(part.pieces, facts.pieces, strict=True):
            total = found.setdefault((piece.file.source, piece.file.path), Piece())
            if read.damage is not None:
                total.add_damage(read.damage, num_before=total.num_records + read.num_before)
            total.num_records += read.num_records
            total.num_unreadable += read.num_unreadable
            total.error = total.error or read.error
            total.add_invalid_ids(read.invalid_id, num=read.num_invalid_ids)
    return found


def _id_notes(pieces: Mapping[tuple[str, str], Piece]) -> Iterator[str]:
    """A note for each source with ids that cannot be kept."""
    found: dict[str, Piece] = {}
    for (source, _), piece in pieces.items():
        found.setdefault(source, Piece()).add_invalid_ids(piece.invalid_id, num=piece.num_invalid_ids)
    for source, total in sorted(found.items()):
        if total.num_invalid_ids:
            yield (
                f"source {source!r}: {counted(total.num_invalid_ids, 'record')} with an id that is neither a string "
                f"nor an integer, as {total.invalid_id}: without original_id"
            )
