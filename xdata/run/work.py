"""How the stages of a phase are planned, run and summarised: the value `WORK` of the module that a phase names."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from xdata.recipe.phases import Phase
from xdata.run.commit import RankOutput
from xdata.run.input_files import InputFiles
from xdata.run.options import StageOptions
from xdata.run.parts import Facts, Part
from xdata.run.task import Task
from xdata.step import InputFile


@dataclass(frozen=True, kw_only=True)
class Planning:
    """What the plan of a stage is made from, besides the stages before it."""

    task: Task
    files: Sequence[InputFile]
    part_bytes: int
    """Bytes of input that one rank reads."""
    offsets: Mapping[int, Sequence[int]] = field(default_factory=dict)
    """Number of each large file -> where it can be cut."""
    options: StageOptions = field(default_factory=StageOptions)


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a phase does."""

    part: Any
    """Type of its parts: a subclass of `Part`, or a union of some."""
    plan: Callable[[Planning], Sequence[Part]]
    """What each rank of a stage works on."""
    run: Callable[[Task, Any, RankOutput], Facts]
    """Works on one part, and leaves its outputs uncommitted."""
    summary: Callable[[Task, InputFiles], str]
    """One line on a finished stage."""
    warm_up: Callable[[Task], None] | None = None
    """Does once what all ranks of a stage would do, before they are forked: opens steps, makes tables."""


def work_of(phase: Phase) -> Work:
    """What a phase does."""
    work = import_module(phase.module).WORK
    assert isinstance(work, Work)
    return work
