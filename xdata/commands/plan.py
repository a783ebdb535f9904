"""The plan of a build: the input, the stages, and what an earlier run has left to do. `--dry-run` prints it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from xdata.commands.options import first_line
from xdata.errors import CheckError, counted
from xdata.output.manifest import Manifest
from xdata.recipe.recipe import Recipe, Stage
from xdata.run.failures import folder_warnings
from xdata.run.fingerprint import fingerprints, folder_name
from xdata.run.ownership import WORK, refuse_own_inputs
from xdata.run.task import Task
from xdata.step import InputFile
from xdata.terminal import aligned, size, wrapped

_MOST_FILES = 20
"""Ignored and unreadable files that are named."""


@dataclass(frozen=True)
class PlannedSource:
    """One source, and what it comes to."""

    name: str
    files: int
    bytes: int
    license: str
    language: str | None
    """The language that is declared; None where it is identified."""


@dataclass(frozen=True)
class PlannedStage:
    """One stage."""

    name: str
    phase: str
    purpose: str
    """What the stage does: its only step, in the words of its docstring, else the phase."""
    steps: tuple[str, ...]
    """Names of the steps."""
    state: str
    """`new`, `done`, or `12 of 32 parts done`."""


@dataclass(frozen=True)
class Plan:
    """What a build reads and does."""

    recipe: str
    out: str | None
    complete: bool
    """Whether the output folder has this output already."""
    files: int
    bytes: int
    """Size of the input files, as they are stored."""
    sources: tuple[PlannedSource, ...]
    ignored: tuple[str, ...]
    unreadable: tuple[str, ...]
    stages: tuple[PlannedStage, ...]
    notes: tuple[str, ...]


def make_plan(recipe: Recipe, *, out: Path | None = None, work: Path | None = None) -> Plan:
    """The plan of a build into the folder `out`, with intermediate files in `work`; nothing is written.

    Raises InputError for input that does not exist, ResourceError for a file of a step that does not exist, ConfigError
    for input in the output folder.
    """
    listing = recipe.reader.list_files() if out is None else recipe.reader.list_files(without=out.resolve())
    if out is not None:
        resources = (path for step in recipe.steps for path in step.resources())
        refuse_own_inputs(out.resolve(), work or out / WORK, (file.location for file in listing.files), resources)
    facts = fingerprints(recipe, listing.files)
    folders = {stage.name: folder_name(stage, facts[stage.name]) for stage in recipe.stages}
    fingerprint = facts[recipe.stages[-1].name]["fingerprint"]
    return Plan(
        recipe=recipe.name,
        out=None if out is None else str(out),
        complete=out is not None and _has(out, fingerprint),
        files=len(listing.files),
        bytes=sum(file.size for file in listing.files),
        sources=tuple(_sources(recipe, listing.files)),
        ignored=tuple(f"{path}: {why}" for path, why in listing.ignored),
        unreadable=tuple(map(str, listing.unreadable)),
        stages=tuple(
            _stage(stage, None if work is None else Task(recipe, stage.name, work, folders)) for stage in recipe.stages
        ),
        notes=(*recipe.notes(), *folder_warnings(recipe)),
    )


def describe(plan: Plan) -> list[str]:
    """The plan in lines."""
    lines = [f"recipe {plan.recipe}, {counted(plan.files, 'file')}, {size(plan.bytes)}", "", "Sources"]
    lines += [f"  {line}" for line in aligned(list(map(_row, plan.sources)), right=(1, 2))]
    lines += _some("unreadable", plan.unreadable) + _some("ignored", plan.ignored)
    lines += [f"note: {note}" for note in plan.notes]
    lines += ["", "Stages"]
    indent = max(len(stage.name) for stage in plan.stages) + 4
    for stage in plan.stages:
        state = "" if stage.state == "new" else f" ({stage.state})"
        lines.append(f"  {stage.name.ljust(indent - 4)}  {stage.purpose}{state}")
        lines += wrapped(", ".join(stage.steps), indent=indent)
    if plan.complete:
        lines += ["", f"{plan.out}: is complete already: nothing is to be done"]
    return lines


def _sources(recipe: Recipe, files: Sequence[InputFile]) -> Iterator[PlannedSource]:
    for source in recipe.reader.sources:
        own = [file for file in files if file.source == source.name]
        yield PlannedSource(source.name, len(own), sum(file.size for file in own), source.license, source.language)


def _stage(stage: Stage, task: Task | None) -> PlannedStage:
    steps = tuple(step.name for step in stage.steps)
    purpose = first_line(type(stage.steps[0])) if len(steps) == 1 else stage.phase.purpose
    return PlannedStage(
        stage.name, stage.phase.name, purpose.rstrip("."), steps, "new" if task is None else _state(task)
    )


def _state(task: Task) -> str:
    if not task.planned:
        return "new"
    missing, num = len(task.missing_ranks()), task.num_parts
    return "done" if not missing else f"{num - missing} of {counted(num, 'part')} done" if missing < num else "new"


def _has(out: Path, fingerprint: str) -> bool:
    try:
        return Manifest.read(out).fingerprint == fingerprint
    except CheckError:
        return False


def _row(source: PlannedSource) -> tuple[str, ...]:
    language = source.language or "to be identified"
    return (
        source.name,
        counted(source.files, "file"),
        size(source.bytes),
        f"language {language}, license {source.license}",
    )


def _some(what: str, lines: Sequence[str]) -> list[str]:
    more = len(lines) - _MOST_FILES
    return [f"{what}: {line}" for line in lines[:_MOST_FILES]] + ([f"{what}: {more} more"] if more > 0 else [])
