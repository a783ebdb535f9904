"""This machine: one process a rank, a few at a time, each watched; or all ranks in this process."""

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import threading
import traceback
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import IO, Any, NoReturn

import orjson

from xdata import errors
from xdata.errors import RunError, XdataError
from xdata.run.executors import guard
from xdata.run.executors.stage_run import StageRun
from xdata.run.executors.worker import log_path, run_rank
from xdata.run.ledger import open_parquet
from xdata.run.lock import let_go
from xdata.run.observer import Observer
from xdata.run.task import Task, describe_rank
from xdata.threads import ONE_THREAD

_LOOK_S = 0.5
"""Seconds between looks at what ranks use."""

_NO_HUB = {"HF_HUB_OFFLINE": "1"}
"""Environment of ranks that read nothing from a hub: no library connects to one."""


@dataclass(frozen=True)
class Ended:
    """A rank that ended."""

    rank: int
    pid: int
    status: int
    """As waitpid gives it."""
    error: XdataError | None


def _start_spawner(lifeline: int, environment: Mapping[str, str]) -> "subprocess.Popen[bytes]":
    """A process of its own, which imports everything anew."""
    # behind all else: for a clone that is not installed. -P keeps what lies in the working folder out
    path = [*filter(None, [os.environ.get("PYTHONPATH")]), str(Path(__file__).resolve().parents[3])]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "xdata.run.executors.spawner", str(lifeline)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        pass_fds=(lifeline,),
        start_new_session=True,
        env=os.environ | environment | {"PYTHONPATH": os.pathsep.join(path)},
    )


class _ForkedSpawner:
    """A fork of this process, which has most modules already; as `Popen` has it, so far as a spawner is asked."""

    def __init__(self, lifeline: int, our_end: int, environment: Mapping[str, str]) -> None:
        orders, our_orders = os.pipe()
        our_answers, answers = os.pipe()
        sys.stdout.flush()
        sys.stderr.flush()
        self._pid = os.fork()
        if self._pid == 0:
            for descriptor in (our_end, our_orders, our_answers):
                os.close(descriptor)
            _be_spawner(lifeline, orders, answers, environment)
        for descriptor in (orders, answers):
            os.close(descriptor)
        self.stdin: IO[bytes] = os.fdopen(our_orders, "wb")
        self.stdout: IO[bytes] = os.fdopen(our_answers, "rb")

    def wait(self) -> int:
        """Waits for its end; its status."""
        return os.waitpid(self._pid, 0)[1]


def _be_spawner(lifeline: int, orders: int, answers: int, environment: Mapping[str, str]) -> NoReturn:
    """What the fork does until it ends."""
    status = 1
    try:
        os.setsid()
        let_go()
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.environ.update(environment)
        for descriptor, standard in ((orders, 0), (answers, 1)):
            os.dup2(descriptor, standard)
            os.close(descriptor)
        from xdata.run.executors.spawner import main

        main(lifeline)
        status = 0
    except BaseException:
        traceback.print_exc()
    finally:
        os._exit(status)


class Spawner:
    """The process that ranks are forked from, as the driver sees it. Leaving the context ends all ranks.

    `hub`: whether they read from the Hugging Face hub; `fork`: whether that process may be a fork of this one,
    which saves the time of importing everything twice and is allowed only if `limit_threads` returned True.
    """

    def __init__(self, *, hub: bool = False, fork: bool = False) -> None:
        lifeline, self._lifeline = os.pipe()
        environment = ONE_THREAD | ({} if hub else _NO_HUB)
        self._process: subprocess.Popen[bytes] | _ForkedSpawner
        if fork and threading.active_count() == 1:
            self._process = _ForkedSpawner(lifeline, self._lifeline, environment)
        else:
            self._process = _start_spawner(lifeline, environment)
        os.close(lifeline)
        self._waiting = b""
        self._selector = selectors.DefaultSelector()
        assert self._process.stdin is not None and self._process.stdout is not None
        self._stdin, self._stdout = self._process.stdin, self._process.stdout
        self._selector.register(self._stdout, selectors.EVENT_READ)
        self.running: dict[int, int] = {}
        """Rank -> its process."""

    def __enter__(self) -> "Spawner":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with contextlib.suppress(OSError):
            self._stdin.close()
        os.close(self._lifeline)
        self._process.wait()
        self._stdout.close()
        self._selector.close()

    def start(self, task: Task, rank: int, *, threads: int = 1) -> None:
        folder = task.folder.name
        order = {"work": str(task.work), "stage": task.name, "folder": folder, "rank": rank, "threads": threads}
        try:
            self._stdin.write(orjson.dumps(order) + b"\n")
            self._stdin.flush()
        except OSError:
            raise self._gone() from None

    def wait(self, seconds: float) -> list[Ended]:
        """The ranks that ended within some time, none if none did."""
        if not self._selector.select(seconds):
            return []
        chunk = os.read(self._stdout.fileno(), 1 << 16)
        if not chunk:
            raise self._gone()
        self._waiting += chunk
        *lines, self._waiting = self._waiting.split(b"\n")
        return [ended for line in lines if (ended := self._hear(orjson.loads(line))) is not None]

    def _hear(self, facts: dict[str, Any]) -> Ended | None:
        if "status" not in facts:
            self.running[facts["rank"]] = facts["pid"]
            return None
        del self.running[facts["rank"]]
        error = facts["error"] and getattr(errors, facts["error"]["kind"], RunError)(facts["error"]["message"])
        return Ended(facts["rank"], facts["pid"], facts["status"], error)

    def _gone(self) -> RunError:
        return RunError("the process that starts the ranks was killed: run the same command again to resume")


class InlineExecutor:
    """This process: one rank after the other. Nothing watches them, so no guard stops a document.

    For tests, notebooks and debuggers.
    """

    def __enter__(self) -> "InlineExecutor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def settle(self, work: Path, observer: Observer) -> None:
        """Ends at once: nothing was left running."""

    def run(self, task: Task, observer: Observer) -> None:
        """Runs the ranks that have no commit. Raises the error of the first that fails."""
        open_parquet.cache_clear()  # what an earlier run had open may have been replaced since
        for rank in task.missing_ranks():
            run_rank(task, rank)
            observer.part_done(task.name)
            observer.advanced(task.name, task.bytes_committed())
        open_parquet.cache_clear()


class LocalExecutor:
    """Processes of this machine, `workers` at a time."""

    def __init__(self, *, workers: int, hub: bool = False, fork: bool = False) -> None:
        """`hub` and `fork` as of `Spawner`."""
        self._workers = workers
        self._hub = hub
        self._fork = fork
        self._spawner: Spawner | None = None

    def __enter__(self) -> "LocalExecutor":
        if self._fork:  # now, before threads are started
            self._spawner = Spawner(hub=self._hub, fork=True)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._spawner is not None:
            self._spawner.__exit__(kind, error, trace)

    def settle(self, work: Path, observer: Observer) -> None:
        """Ends at once: ranks end with their driver."""

    def run(self, task: Task, observer: Observer) -> None:
        """Runs the ranks that have no commit; the first such stage starts the process that they are forked from."""
        if not task.missing_ranks():
            return
        if self._spawner is None:
            self._spawner = Spawner(hub=self._hub)
        LocalStageRun(task, workers=self._workers, spawner=self._spawner, observer=observer).run()


class LocalStageRun(StageRun):
    """Runs ranks on this machine, `workers` at a time."""

    def __init__(
        self,
        task: Task,
        *,
        workers: int,
        spawner: Spawner,
        observer: Observer,
        ranks: Sequence[int] | None = None,
    ) -> None:
        super().__init__(task, workers=workers, observer=observer)
        self._spawner = spawner
        self._ranks = ranks
        """Those to run, None for all."""
        self._committed = task.bytes_committed()
        """Bytes of the parts that are done."""
        self._stopped: set[int] = set()
        """Processes that the guard killed."""

    def run(self) -> None:
        """Raises the error of the first rank that fails, after which no other rank runs on."""
        missing = self.task.missing_ranks()
        waiting = deque(rank for rank in missing if self._ranks is None or rank in self._ranks)
        threads = self.workers // max(len(waiting), 1)
        busy: set[int] = set()
        while waiting or busy:
            while waiting and len(busy) < self.workers:
                rank = waiting.popleft()
                self._spawner.start(self.task, rank, threads=threads)
                busy.add(rank)
            for ended in self._spawner.wait(_LOOK_S):
                busy.discard(ended.rank)
                if self._check(ended):
                    waiting.appendleft(ended.rank)
                elif self.observer:
                    self._committed += self.task.sizes[ended.rank] if self.task.sizes else 0
                    self.observer.part_done(self.task.name)
            self._look()
            self._tell()
        if self._ranks is None:
            self.check_complete()

    def _tell(self) -> None:
        """Reports how many bytes of the stage are done, inside of parts too."""
        if self.observer and self.task.sizes:
            inside = sum(
                min(guard.bytes_done(self.task.folder, rank, pid), self.task.sizes[rank])
                for rank, pid in self._spawner.running.items()
            )
            self.observer.advanced(self.task.name, self._committed + inside)

    def _look(self) -> None:
        """Kills ranks whose document is beyond the guard's bounds, with a verdict that they find when they restart."""
        for rank, pid in self._spawner.running.items():
            if pid in self._stopped:  # killed, but not yet known to have ended
                continue
            verdict = guard.judge(self.task.folder, rank, pid, self.task.recipe.guard)
            if verdict is not None:
                guard.write_verdict(self.task.folder, rank, verdict)
                self._stopped.add(pid)
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, signal.SIGKILL)

    def _check(self, ended: Ended) -> bool:
        """Whether a rank must start again without the document that stopped it. Raises its error where it failed."""
        if ended.status == 0:
            return False
        if os.WIFSIGNALED(ended.status):
            if ended.pid in self._stopped:
                return True
            verdict = guard.judge_crash(self.task.folder, ended.rank, ended.pid, os.WTERMSIG(ended.status))
            if verdict is not None:
                guard.write_verdict(self.task.folder, ended.rank, verdict)
                return True
        if ended.error is not None:
            raise ended.error
        what = describe_rank(self.task, ended.rank)
        log = log_path(self.task, ended.rank)
        if os.WIFSIGNALED(ended.status):
            name = signal.Signals(os.WTERMSIG(ended.status)).name
            hint = ", perhaps out of memory" if name == "SIGKILL" else f" (see {log})"
            raise RunError(f"{what} was killed by {name}{hint}: run the same command again to resume")
        raise RunError(
            f"{what} ended with status {os.WEXITSTATUS(ended.status)} (see {log}): run the same command again to resume"
        )
