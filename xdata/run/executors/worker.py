"""What one rank does: a task and a number are all that it needs.

    python -m xdata.run.executors.worker WORK STAGE RANK

does the same by hand, which is how a failing rank is looked into.
"""

import os
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path

from xdata.disk import disk_error
from xdata.errors import InputError, ResourceError, RunError, XdataError, one_line
from xdata.output.counts import Counts
from xdata.run.commit import RankOutput
from xdata.run.task import Task, describe_rank
from xdata.run.work import work_of

_KIB = 1 << 10


def work_on(task: Task, rank: int) -> tuple[Counts, int]:
    """Works on one part and commits it: what was counted, and how many files were written."""
    begin, cpu = time.monotonic(), time.process_time()
    output, work = RankOutput(task.folder, rank), work_of(task.phase)
    facts = work.run(task, task.part(rank, work.part), output)
    output.cost.update(
        seconds=round(time.monotonic() - begin, 3),
        cpu_seconds=round(time.process_time() - cpu, 3),
        peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB,
    )
    return output.counts, len(output.commit(facts).outputs)


def run_rank(task: Task, rank: int) -> None:
    """Processes one part and commits it. Raises XdataError for any failure."""
    run_guarded(task, rank, lambda: work_on(task, rank))


def run_rank_in_pipeline(task: Task, rank: int) -> None:
    """The same inside a datatrove pipeline, for a process that runs nothing else."""
    from xdata.run.executors.pipeline import RankExecutor

    run_guarded(task, rank, lambda: RankExecutor(task).run_rank(rank))


def run_guarded(task: Task, rank: int, run: Callable[[], object]) -> None:
    """Calls what works on one part, with each error as one of xdata's; the log has the whole traceback of a bug."""
    try:
        run()
    except XdataError:
        raise
    except MemoryError:
        raise ResourceError(
            f"{describe_rank(task, rank)} ran out of memory: give it more, or fewer --workers"
        ) from None
    except OSError as error:
        path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else task.folder
        if error.errno is None or path.is_relative_to(task.work):
            raise disk_error(error, path) from error
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except Exception as error:
        log = log_path(task, rank)
        log.parent.mkdir(parents=True, exist_ok=True)
        with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
            traceback.print_exc(file=file)
        raise RunError(
            f"{describe_rank(task, rank)} failed: {type(error).__name__}: {one_line(str(error))} (more in {log})"
        ) from error


def log_path(task: Task, rank: int) -> Path:
    """What a rank, and the libraries that it calls, print."""
    return task.folder / "log" / f"{rank:05}.out"


if __name__ == "__main__":
    run_rank_in_pipeline(Task.load(Path(sys.argv[1]), sys.argv[2]), int(sys.argv[3]))
