"""What runs the ranks of a task that have no commit, and counts the commits afterwards.

A rank works on its part inside a datatrove pipeline (`Adapter`), whose executor gives it a log and statistics. The
loops that start and watch ranks are ours, since datatrove's own lose failures (0.10.1): its local executor waits for
ever for a worker that was killed, its Ray executor returns as if nothing were after a task has raised. Only the
process of a rank imports datatrove.
"""

from abc import ABC, abstractmethod

from xdata.errors import RunError
from xdata.run.observer import Observer
from xdata.run.task import Task


class StageRun(ABC):
    """Base of all executors; a rank is complete when its commit file is there."""

    def __init__(self, task: Task, *, workers: int, observer: Observer | None = None) -> None:
        self.task = task
        self.workers = workers
        self.observer = observer

    @abstractmethod
    def run(self) -> None:
        """Runs the ranks that have no commit. Raises RunError, naming a rank, when one fails."""

    def check_complete(self) -> None:
        """Raises RunError naming the ranks that have no commit."""
        missing = self.task.missing_ranks()
        if missing:
            shown = ", ".join(str(rank) for rank in missing[:8])
            raise RunError(
                f"stage {self.task.name!r}: {len(missing)} of {self.task.num_parts} ranks did not finish ({shown}): "
                "run the same command again to continue"
            )
