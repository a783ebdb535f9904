"""What runs the ranks of all stages of a run: processes here, tasks of Ray, jobs of Slurm. All make the same bytes.

A executor is a context; within it, `run` works on the ranks of one stage that have no commit, and returns when all have
one. What a rank does is the same everywhere: a process of its own, watched by the guard, that ends with its commit.
"""

from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from xdata.run.observer import Observer
from xdata.run.task import Task


class Executor(Protocol):
    """What a run asks of the machines that it has."""

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def settle(self, work: Path, observer: Observer) -> None:
        """Waits for ranks that an earlier driver left running; called before anything in `work` is touched."""

    def run(self, task: Task, observer: Observer) -> None:
        """Runs the ranks that have no commit. Raises the error of a rank that fails, or RunError naming it."""
