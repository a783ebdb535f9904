"""The executor of a name: processes of this machine, this process, Ray or Slurm."""

import os
from collections.abc import Mapping
from typing import Literal, get_args

from xdata.errors import ConfigError, UsageError, nearest
from xdata.recipe.recipe import Recipe
from xdata.run.executors.executor import Executor

ExecutorName = Literal["local", "inline", "ray", "slurm"]
EXECUTORS: tuple[ExecutorName, ...] = get_args(ExecutorName)
"""Names of executors."""


def make_executor(
    name: str,
    recipe: Recipe,
    *,
    workers: int | None = None,
    slurm: Mapping[str, str] | None = None,
    fork: bool = False,
) -> Executor:
    """The executor that runs the ranks of a recipe, `workers` at a time: one for each core unless given.

    `slurm` are options of sbatch, for that executor alone; `fork` is as of `Spawner`. Raises ConfigError for an unknown
    name, UsageError for options of another executor.
    """
    if name not in EXECUTORS:
        raise ConfigError(f"executor {name!r} is unknown: {nearest(name, EXECUTORS)}")
    if slurm and name != "slurm":
        raise UsageError("--slurm requires --executor slurm")
    if name == "slurm":
        from xdata.run.executors.slurm import SlurmExecutor

        return SlurmExecutor(options=slurm or {}, workers=workers, stages=[stage.name for stage in recipe.stages])
    workers = workers or num_cores()
    if name == "ray":
        from xdata.run.executors.ray import RayExecutor

        return RayExecutor(workers=workers)
    from xdata.run.executors.local import InlineExecutor, LocalExecutor

    return InlineExecutor() if name == "inline" else LocalExecutor(workers=workers, hub=recipe.reads_hub, fork=fork)


def num_cores() -> int:
    """Cores that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
