"""The last resort against documents that no limit of size or depth stopped.

A rank writes into a small shared file which document it processes, and what CPU time and memory it had used
when it began. The process that watches the rank compares that with its use now; a rank over its limits is killed, the
verdict on its document is written down, and the rank starts again, where the document is dropped unseen. So it is
with a rank that a library brought down while it had a document in hand. Verdicts are kept with the stage and
replayed on resume; a run with verdicts has a note, since another machine may give others.
"""

import mmap
import os
import signal
import struct
from dataclasses import dataclass
from pathlib import Path

import orjson
import psutil

from xdata.disk import write_atomically
from xdata.errors import RunError
from xdata.recipe.recipe import Guard

_BEAT = struct.Struct("<qdqq")
"""Number of the document (-1 for none), CPU seconds and resident bytes of the process when it was taken up, and bytes
of the part that are done."""

_CRASHES = frozenset({signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL})
"""Signals of a crash in native code."""


class Heartbeat:
    """The rank's side."""

    def __init__(self, memory: mmap.mmap) -> None:
        self._memory = memory
        self._process = psutil.Process()

    @classmethod
    def open(cls, folder: Path, rank: int) -> "Heartbeat":
        path = heartbeat_path(folder, rank, os.getpid())
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w+b") as file:
            file.write(_BEAT.pack(-1, 0.0, 0, 0))
            file.flush()
            return cls(mmap.mmap(file.fileno(), _BEAT.size))

    def begin(self, document: int, *, bytes_done: int) -> None:
        """The rank takes up a document, so many bytes of its part being done."""
        times = os.times()
        self._memory[:] = _BEAT.pack(document, times.user + times.system, self._process.memory_info().rss, bytes_done)

    def end(self, *, bytes_done: int) -> None:
        """The rank has no document in hand."""
        self._memory[:] = _BEAT.pack(-1, 0.0, 0, bytes_done)


@dataclass(frozen=True)
class Verdict:
    """A document that a rank was killed or crashed over."""

    document: int
    """Its number in the part."""
    error: str


def judge(folder: Path, rank: int, pid: int, guard: Guard) -> Verdict | None:
    """The verdict on the document that a rank has in hand, None as long as it is within bounds."""
    beat = _read_beat(folder, rank, pid)
    if beat is None:
        return None
    document, cpu_seconds, memory_bytes, _ = beat
    try:
        process = psutil.Process(pid)
        times, now = process.cpu_times(), process.memory_info().rss
    except psutil.Error:
        return None
    if times.user + times.system - cpu_seconds > guard.cpu_seconds:
        return Verdict(document, "guard_cpu_seconds")
    if now - memory_bytes > guard.memory_bytes:
        return Verdict(document, "guard_memory_bytes")
    return None


def judge_crash(folder: Path, rank: int, pid: int, signal_number: int) -> Verdict | None:
    """The verdict on the document that a rank had in hand when a library crashed it, None where it was no crash."""
    beat = _read_beat(folder, rank, pid)
    if beat is None or signal_number not in _CRASHES:
        return None
    return Verdict(beat[0], f"crashed_{signal.Signals(signal_number).name.lower()}")


def write_verdict(folder: Path, rank: int, verdict: Verdict) -> None:
    """Adds a verdict to those of a rank. Raises RunError for a second one on a document, which none has in hand."""
    known = read_verdicts(folder, rank)
    if verdict.document in known:
        raise RunError(f"rank {rank}: {verdict.error} at document {verdict.document}, which was dropped before")
    known[verdict.document] = verdict.error
    data = {str(number): error for number, error in known.items()}
    write_atomically(_verdicts_path(folder, rank), orjson.dumps(data, option=orjson.OPT_SORT_KEYS))


def read_verdicts(folder: Path, rank: int) -> dict[int, str]:
    """Number of a document in the part -> the error that the guard found in it."""
    path = _verdicts_path(folder, rank)
    if not path.is_file():
        return {}
    return {int(number): error for number, error in orjson.loads(path.read_bytes()).items()}


def bytes_done(folder: Path, rank: int, pid: int) -> int:
    """Bytes of its part that a rank has done by now; 0 where it does not say."""
    beat = _read(folder, rank, pid)
    return beat[3] if beat else 0


def _read_beat(folder: Path, rank: int, pid: int) -> tuple[int, float, int, int] | None:
    """Current document, and CPU seconds and memory at its start; None between documents."""
    beat = _read(folder, rank, pid)
    return beat if beat and beat[0] >= 0 else None


def _read(folder: Path, rank: int, pid: int) -> tuple[int, float, int, int] | None:
    try:
        beat: tuple[int, float, int, int] = _BEAT.unpack(heartbeat_path(folder, rank, pid).read_bytes())
    except (OSError, struct.error):
        return None
    return beat


def heartbeat_path(folder: Path, rank: int, pid: int) -> Path:
    return folder / "tmp" / f"{rank:05}-{pid}.heartbeat"


def _verdicts_path(folder: Path, rank: int) -> Path:
    return folder / "verdicts" / f"{rank:05}.json"
