"""The last resort against documents that no limit of size or depth stopped.

A rank tells through a small shared file which document it has in hand, and what CPU time and memory it had used
when it took it up. Whoever watches the rank compares that with what it uses now; a rank that is over is killed, the
verdict on its document is written down, and the rank starts again, where the document is dropped unseen. Verdicts
are kept with the stage and replayed on resume; a run with verdicts says so, since another machine may give others.
"""

import mmap
import os
import struct
from dataclasses import dataclass
from pathlib import Path

import orjson
import psutil

from xdata.disk import write_atomically
from xdata.recipe import Guard

_BEAT = struct.Struct("<qdq")
"""Number of the document (-1 for none), CPU seconds and resident bytes of the process when it was taken up."""


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
            file.write(_BEAT.pack(-1, 0.0, 0))
            file.flush()
            return cls(mmap.mmap(file.fileno(), _BEAT.size))

    def begin(self, document: int) -> None:
        """The rank takes up a document."""
        times = os.times()
        self._memory[:] = _BEAT.pack(document, times.user + times.system, self._process.memory_info().rss)

    def end(self) -> None:
        """The rank has no document in hand."""
        self._memory[:] = _BEAT.pack(-1, 0.0, 0)


@dataclass(frozen=True)
class Verdict:
    """A document that a rank was killed over."""

    document: int
    """Its number in the part."""
    flaw: str


def judge(folder: Path, rank: int, pid: int, guard: Guard) -> Verdict | None:
    """The verdict on the document that a rank has in hand, None as long as it is within bounds."""
    try:
        data = heartbeat_path(folder, rank, pid).read_bytes()
        document, cpu_seconds, memory_bytes = _BEAT.unpack(data)
        if document < 0:
            return None
        process = psutil.Process(pid)
        times, now = process.cpu_times(), process.memory_info().rss
    except (OSError, struct.error, psutil.Error):
        return None
    if times.user + times.system - cpu_seconds > guard.cpu_seconds:
        return Verdict(document, "guard_cpu_seconds")
    if now - memory_bytes > guard.memory_bytes:
        return Verdict(document, "guard_memory_bytes")
    return None


def write_verdict(folder: Path, rank: int, verdict: Verdict) -> None:
    """Adds a verdict to those of a rank."""
    known = {str(number): flaw for number, flaw in read_verdicts(folder, rank).items()}
    known[str(verdict.document)] = verdict.flaw
    write_atomically(_verdicts_path(folder, rank), orjson.dumps(known, option=orjson.OPT_SORT_KEYS))


def read_verdicts(folder: Path, rank: int) -> dict[int, str]:
    """Number of a document in the part -> the flaw that the guard found in it."""
    path = _verdicts_path(folder, rank)
    if not path.is_file():
        return {}
    return {int(number): flaw for number, flaw in orjson.loads(path.read_bytes()).items()}


def heartbeat_path(folder: Path, rank: int, pid: int) -> Path:
    return folder / "tmp" / f"{rank:05}-{pid}.heartbeat"


def _verdicts_path(folder: Path, rank: int) -> Path:
    return folder / "verdicts" / f"{rank:05}.json"
