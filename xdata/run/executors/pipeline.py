"""The datatrove pipeline that a rank runs in, in a process of its own: one step over one part, with its log."""

from collections.abc import Iterator
from typing import Any

from datatrove.executor.base import DistributedEnvVars, PipelineExecutor
from datatrove.pipeline.base import PipelineStep

from xdata.errors import RunError
from xdata.run.commit import commit_path
from xdata.run.executors.worker import work_on
from xdata.run.task import Task, describe_rank


class Adapter(PipelineStep):  # type: ignore[misc]
    """The one datatrove step of xdata: works on the part of its rank and commits it."""

    type = "xdata"

    def __init__(self, task: Task) -> None:
        self.name = task.name
        self.task = task
        super().__init__()

    def run(self, data: Any = None, rank: int = 0, world_size: int = 1) -> Iterator[Any]:
        """Yields nothing: what comes out of a part is in its commit."""
        with self.track_time():
            counts, num_outputs = work_on(self.task, rank)
        for name, num in vars(counts.total).items():
            self.stat_update(name, value=num)
        self.stat_update("outputs", value=num_outputs)
        yield from ()


class RankExecutor(PipelineExecutor):  # type: ignore[misc]
    """Runs one rank of a task in this process."""

    def __init__(self, task: Task) -> None:
        super().__init__(pipeline=[Adapter(task)], logging_dir=str(task.folder / "log"))
        self.task = task

    def run(self) -> None:
        raise NotImplementedError("a rank cannot start other ranks")

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
        """Works on one part."""
        self._run_for_rank(rank, local_rank=1)
