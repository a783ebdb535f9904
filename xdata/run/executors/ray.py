"""The Ray executor: one plain task a rank, in a worker process that ends with it.

It needs a folder that all nodes see, and the extra `ray`. If RAY_ADDRESS names an existing cluster, it is used, else
one is started on this machine. A rank that is killed is named; Ray never runs one again by itself.
"""

import os
from pathlib import Path
from types import TracebackType
from typing import Any

from xdata.errors import ResourceError, RunError, XdataError, install_command, one_line
from xdata.language_files import OVERLAY
from xdata.readers.hub import OFFLINE
from xdata.run.executors.node import run_rank_guarded
from xdata.run.executors.stage_run import StageRun
from xdata.run.observer import Observer
from xdata.run.task import Task, describe_rank


class RayExecutor:
    """Tasks of a Ray cluster, `workers` at a time where it is one of our own."""

    def __init__(self, *, workers: int) -> None:
        self._workers = workers
        self._ray: Any = None

    def __enter__(self) -> "RayExecutor":
        try:
            import ray
        except ImportError:
            raise ResourceError(f"the executor ray needs the package ray: {install_command('ray')}") from None
        self._ray = ray
        options: dict[str, Any] = {"include_dashboard": False, "log_to_driver": False, "logging_level": "error"}
        if "RAY_ADDRESS" in os.environ:
            options = {"log_to_driver": False, "logging_level": "error"}
        else:
            options["num_cpus"] = self._workers
        variables = {name: os.environ[name] for name in (OVERLAY, OFFLINE) if name in os.environ}
        if variables:  # workers of another machine know nothing of ours
            options["runtime_env"] = {"env_vars": variables}
        try:
            ray.init(**options)
        except Exception as error:
            raise ResourceError(f"Ray cannot be started: {type(error).__name__}: {one_line(str(error))}") from None
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ray.shutdown()

    def settle(self, work: Path, observer: Observer) -> None:
        """Ends at once: tasks end with their driver."""

    def run(self, task: Task, observer: Observer) -> None:
        """Runs the ranks that have no commit. Raises the error of the first that fails; the others are cancelled."""
        RayStageRun(task, ray=self._ray, observer=observer).run()


class RayStageRun(StageRun):
    """Runs the ranks of a stage as tasks."""

    def __init__(self, task: Task, *, ray: Any, observer: Observer) -> None:
        super().__init__(task, workers=-1, observer=observer)
        self._ray = ray

    def run(self) -> None:
        remote = self._ray.remote(num_cpus=1, max_retries=0, max_calls=1)(run_rank_guarded)
        waiting = {remote.remote(self.task.work, self.task.name, rank): rank for rank in self.task.missing_ranks()}
        try:
            while waiting:
                done, _ = self._ray.wait(list(waiting), num_returns=1)
                for reference in done:
                    self._check(reference, waiting.pop(reference))
                    if self.observer:
                        self.observer.part_done(self.task.name)
        finally:
            for reference in waiting:
                self._ray.cancel(reference, force=True)
        self.check_complete()

    def _check(self, reference: Any, rank: int) -> None:
        try:
            self._ray.get(reference)
        except self._ray.exceptions.RayTaskError as error:
            if isinstance(error.cause, XdataError):
                raise error.cause from None
            what = f"{type(error.cause).__name__}: {one_line(str(error.cause))}"
            raise RunError(f"{describe_rank(self.task, rank)} failed: {what}") from error
        except self._ray.exceptions.RayError as error:
            raise RunError(
                f"{describe_rank(self.task, rank)} was lost by Ray ({type(error).__name__}), perhaps killed or out of "
                "memory: run the same command again to resume"
            ) from error
