"""Engines: run the ranks of a task that have no commit, and count the commits afterwards.

They are datatrove executors whose `run()` is ours, since datatrove's own lose failures (0.10.1): its local one
waits for ever for a worker that was killed, its Ray one returns as if nothing were after a task has raised. What a
rank does, its log and its statistics are datatrove's `_run_for_rank` over one `Adapter`.
"""

import resource
import time
from abc import abstractmethod
from collections.abc import Iterator
from typing import Any

from datatrove.executor.base import DistributedEnvVars, PipelineExecutor
from datatrove.pipeline.base import PipelineStep

from xdata.errors import RunError
from xdata.run.commit import RankOutput, commit_path
from xdata.run.observer import Observer
from xdata.run.phases import RUN
from xdata.run.task import Task

_KIB = 1 << 10
_MOST_SHOWN = 2


class Adapter(PipelineStep):  # type: ignore[misc]
    """The one datatrove step of xdata: works on the part of its rank and commits it."""

    type = "xdata"

    def __init__(self, task: Task) -> None:
        self.name = task.name
        self.task = task
        super().__init__()

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Yields nothing: what comes out of a part is in its commit."""
        begin, cpu = time.monotonic(), time.process_time()
        output = RankOutput(self.task.folder, rank)
        with self.track_time():
            RUN[self.task.phase](self.task, self.task.part(rank), output)
            output.cost.update(
                seconds=round(time.monotonic() - begin, 3),
                cpu_seconds=round(time.process_time() - cpu, 3),
                peak_bytes=resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * _KIB,
            )
            commit = output.commit()
        for name, num in vars(output.counts.total).items():
            self.stat_update(name, value=num)
        self.stat_update("outputs", value=len(commit.outputs))
        yield from ()


class Engine(PipelineExecutor):  # type: ignore[misc]
    """Base of all engines; a rank is complete when its commit file is there."""

    def __init__(self, task: Task, *, workers: int, observer: Observer | None = None) -> None:
        super().__init__(pipeline=[Adapter(task)], logging_dir=str(task.folder / "log"))
        self.task = task
        self.workers = workers
        self.observer = observer

    @abstractmethod
    def run(self) -> None:
        """Runs the ranks that have no commit. Raises RunError, naming a rank, when one fails."""

    @property
    def world_size(self) -> int:
        return self.task.num_parts

    def get_distributed_env(self, node_rank: int = -1) -> DistributedEnvVars:
        return DistributedEnvVars(
            datatrove_node_ips="",
            datatrove_cpus_per_task="1",
            datatrove_mem_per_cpu="",
            datatrove_gpus_on_node="0",
            datatrove_executor=type(self).__name__,
        )

    def is_rank_completed(self, rank: int) -> bool:
        return commit_path(self.task.folder, rank).is_file()

    def mark_rank_as_completed(self, rank: int) -> None:
        """Nothing to do: the commit that the adapter wrote is the mark."""
        if not self.is_rank_completed(rank):
            raise RunError(f"{describe_rank(self.task, rank)} ended without a commit")

    def run_rank(self, rank: int) -> None:
        """Works on one part in this process."""
        self._run_for_rank(rank, local_rank=1)

    def check_complete(self) -> None:
        """Raises RunError naming the ranks that have no commit."""
        missing = self.task.missing_ranks()
        if missing:
            shown = ", ".join(str(rank) for rank in missing[:8])
            raise RunError(
                f"stage {self.task.name!r}: {len(missing)} of {self.world_size} ranks are missing ({shown}): "
                "the same command goes on"
            )


class RankEngine(Engine):
    """The engine as a rank sees it: there is only this rank."""

    def run(self) -> None:
        raise NotImplementedError("a rank starts no others")


def describe_rank(task: Task, rank: int) -> str:
    """A rank and what it works on, for messages."""
    pieces = task.part(rank).get("pieces", ())
    what = ", ".join(f"{piece['source']}/{piece['path']}" for piece in pieces[:_MOST_SHOWN])
    if len(pieces) > _MOST_SHOWN:
        what += f" and {len(pieces) - _MOST_SHOWN} more files"
    what = f" ({what})" if what else ""
    return f"rank {rank} of stage {task.name!r}{what}"
