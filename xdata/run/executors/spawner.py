"""The process that ranks are forked from: it has everything imported, and does nothing else.

A rank of its own process costs ten milliseconds this way and not two seconds, and it does not matter what the
driver's main module is. The driver talks to it in lines of JSON:

    driver -> spawner   {"work": …, "stage": …, "rank": …}                     its stage's steps are opened, once
    spawner -> driver   {"rank": …, "pid": …}                                  it runs
                        {"rank": …, "pid": …, "status": …, "error": …}         it ended; status as waitpid gives it

Nobody outlives the driver: every rank watches a pipe whose other end only the driver has, and ends when it closes.
"""

import contextlib
import faulthandler
import gc
import os
import selectors
import signal
import sys
import threading
from pathlib import Path
from typing import Any, NoReturn

import orjson

from xdata.errors import RunError, XdataError, one_line
from xdata.run.executors.worker import run_rank_in_pipeline
from xdata.run.task import Task
from xdata.run.work import work_of
from xdata.threads import NUM_THREADS

ORPHANED = 70
"""Exit status of a rank whose driver is gone."""


def main(lifeline: int) -> None:
    """Forks a rank for each line that comes in, until there are no more lines to come."""
    answers = os.dup(1)
    os.dup2(2, 1)  # what a library prints is no answer
    ranks: dict[int, tuple[int, int]] = {}
    with contextlib.suppress(BrokenPipeError):  # the driver is gone
        _serve(lifeline, answers, ranks)
    for _, pid in ranks.values():
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)


def _serve(lifeline: int, answers: int, ranks: dict[int, tuple[int, int]]) -> None:
    """Takes orders until there are no more; `ranks` has, by the pipe of their errors, number and process."""
    selector = selectors.DefaultSelector()
    selector.register(sys.stdin.fileno(), selectors.EVENT_READ, data=None)
    waiting = b""
    task: Task | None = None
    imported = False
    while True:
        for key, _ in selector.select():
            chunk = os.read(key.fd, 1 << 16)
            if key.data is None:
                if not chunk:
                    return
                waiting += chunk
                *lines, waiting = waiting.split(b"\n")
                if lines and not imported:
                    import_everything()
                    imported = True
                for order in map(orjson.loads, lines):
                    task = _opened(order, task)
                    pid, errors = _fork(order, task, lifeline)
                    ranks[errors] = (order["rank"], pid)
                    selector.register(errors, selectors.EVENT_READ, data=b"")
                    _tell(answers, rank=order["rank"], pid=pid)
            elif chunk:
                selector.modify(key.fd, selectors.EVENT_READ, data=key.data + chunk)
            else:
                selector.unregister(key.fd)
                os.close(key.fd)
                rank, pid = ranks.pop(key.fd)
                _, status = os.waitpid(pid, 0)
                _tell(answers, rank=rank, pid=pid, status=status, error=orjson.loads(key.data or b"null"))


def import_everything() -> None:
    """What ranks need, so that none of them imports it again."""
    import fasttext  # noqa: F401
    import ftfy  # noqa: F401
    import numpy as np
    import pyarrow as pa
    import rensa  # noqa: F401

    import xdata.run.executors.pipeline  # noqa: F401

    pa.array(np.array(["x"], dtype=object))  # where pandas is installed pyarrow loads it at its first array


def _tell(answers: int, **facts: Any) -> None:
    os.write(answers, orjson.dumps(facts) + b"\n")


def _opened(order: dict[str, Any], task: Task | None) -> Task | None:
    """The task of an order with its steps opened, which the last one may be already.

    None where it cannot be loaded or opened: the rank tries it again by itself, and reports the error.
    """
    work = Path(order["work"])
    if task is not None and (task.work, task.name, task.folder.name) == (work, order["stage"], order["folder"]):
        return task
    try:
        task = Task.load(work, order["stage"])
        warm_up = work_of(task.phase).warm_up
        if warm_up is not None:
            warm_up(task)
    except Exception:
        return None
    gc.freeze()  # so that ranks share its memory
    return task


def _fork(order: dict[str, Any], task: Task | None, lifeline: int) -> tuple[int, int]:
    """(process of the new rank, pipe that its error comes through and that closes when it ends)."""
    read_end, write_end = os.pipe()
    pid = os.fork()
    if pid:
        os.close(write_end)
        return pid, read_end
    os.close(read_end)
    _be_rank(order, task, lifeline, write_end)


def _be_rank(order: dict[str, Any], task: Task | None, lifeline: int, errors: int) -> NoReturn:
    threading.Thread(target=_watch, args=(lifeline,), daemon=True).start()
    faulthandler.enable()
    work, stage, rank = Path(order["work"]), order["stage"], order["rank"]
    os.environ[NUM_THREADS] = str(order["threads"])
    try:
        _redirect_output(work / order["folder"] / "log" / f"{rank:05}.out")
        run_rank_in_pipeline(task or Task.load(work, stage), rank)
        status = 0
    except XdataError as error:
        _send(errors, error)
        status = 1
    except BaseException as error:
        _send(
            errors,
            RunError(f"rank {rank} of stage {stage!r}: {type(error).__name__}: {one_line(str(error))}"),
        )
        status = 1
    with contextlib.suppress(OSError):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status)


def _send(pipe: int, error: XdataError) -> None:
    with contextlib.suppress(OSError):
        os.write(pipe, orjson.dumps({"kind": type(error).__name__, "message": str(error)}))


def _redirect_output(path: Path) -> None:
    """Redirects the output of libraries to the log of the rank; standard input is empty."""
    path.parent.mkdir(parents=True, exist_ok=True)
    log = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)


def _watch(lifeline: int) -> None:
    """Ends this process when the driver is gone, whatever it is doing."""
    os.read(lifeline, 1)
    os._exit(ORPHANED)


if __name__ == "__main__":
    main(int(sys.argv[1]))
