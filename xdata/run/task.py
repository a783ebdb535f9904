"""One stage of one run, as the driver and its ranks know it. All of it is on disk: a rank needs a folder and a number.

    work/recipe.yaml                       the recipe that is run now
    work/recipe.json                       the same for ranks, which read it faster
    work/run.json                          stage -> its folder
    work/<stage>-<fingerprint12>/plan.json     parts, one a rank
    work/<stage>-<fingerprint12>/stage.json    what the fingerprint is made of
    work/<stage>-<fingerprint12>/commits/      one file a finished rank
    work/<stage>-<fingerprint12>/log/          output of ranks

Before the first stage, files that must be read through to be cut are indexed; that is a task too, called `index`.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, TypeVar

import orjson

from xdata.context import Context
from xdata.disk import write_atomically
from xdata.errors import counted
from xdata.output.counts import Counts
from xdata.recipe.phases import INDEX, READ, Phase
from xdata.recipe.recipe import Recipe, Stage
from xdata.run.commit import Commit, commit_path, read_commit, read_commits, temporary_folder
from xdata.run.ownership import LAST_RUN, RANKS_RECIPE
from xdata.run.parts import Facts, Part, ReadPart, from_data, from_json, to_json
from xdata.step import Step

_PLAN = "plan.json"
_MOST_SHOWN = 2


P = TypeVar("P", bound=Part)
F = TypeVar("F", bound=Facts)


@dataclass(frozen=True)
class Task:
    """A stage with its folder and those of the stages before it."""

    recipe: Recipe
    name: str
    """Of the stage, or that of `INDEX`."""
    work: Path
    folders: Mapping[str, str]
    """Task -> name of its folder under `work`, of this one and all before it."""

    @property
    def stage(self) -> Stage:
        return self.recipe.stages[0] if self.name == INDEX.name else self.recipe.stage(self.name)

    @property
    def phase(self) -> Phase:
        return INDEX if self.name == INDEX.name else self.stage.phase

    @property
    def folder(self) -> Path:
        return self.work / self.folders[self.name]

    def parts(self, kind: type[P]) -> list[P]:
        """The plan of the stage, with parts of the kind that its phase has. Raises ValueError where it is damaged."""
        lines = (self.folder / _PLAN).read_bytes().splitlines()[1:-1]
        return [from_json(kind, line.removesuffix(b",")) for line in lines]

    @property
    def num_parts(self) -> int:
        """Number of parts of the plan, which has each of them on a line of its own."""
        with (self.folder / _PLAN).open("rb") as file:
            return sum(1 for _ in file) - 2

    @cached_property
    def sizes(self) -> list[int]:
        """Bytes of each part; empty where parts have no sizes."""
        sizes = [part["num_bytes"] for part in orjson.loads((self.folder / _PLAN).read_bytes())["parts"]]
        return sizes if any(sizes) else []

    def bytes_committed(self) -> int:
        """Bytes of the parts that are done; 0 where parts have no sizes."""
        missing = set(self.missing_ranks()) if self.sizes else set()
        return sum(size for rank, size in enumerate(self.sizes) if rank not in missing)

    def part(self, rank: int, kind: type[P]) -> P:
        """What one rank works on; of the plan, which may be very long, nothing else is parsed."""
        with (self.folder / _PLAN).open("rb") as file:
            line = next(itertools.islice(file, rank + 1, None))
        part: P = from_json(kind, line.rstrip(b",\n"))
        return part

    @cached_property
    def commits(self) -> list[Commit]:
        """What the ranks of the stage did, in order; not to be asked for before all of them are done."""
        return read_commits(self.folder, self.num_parts)

    def facts(self, kind: type[F]) -> list[F]:
        """What the ranks of the stage tell, in order; `kind` is that of its phase. As `commits`."""
        return [from_data(kind, commit.facts) for commit in self.commits]

    def facts_of(self, rank: int, kind: type[F]) -> F:
        """The facts of a finished rank."""
        facts: F = from_data(kind, read_commit(self.folder, rank).facts)
        return facts

    @cached_property
    def counts(self) -> Counts:
        """The sum of what they counted; not to be changed."""
        return Counts.sum(commit.counts for commit in self.commits)

    @property
    def upstream(self) -> Iterator["Task"]:
        """The stages before this one, the nearest first."""
        for stage in self.recipe.before(self.stage.name):
            yield Task(self.recipe, stage.name, self.work, self.folders)

    def before(self, phase: Phase) -> "Task":
        """The nearest stage before this one that is of a phase."""
        return next(task for task in self.upstream if task.phase == phase)

    def open(self, step: Step) -> Any:
        """What a step of this stage opens into; opened once, however many ranks this process runs or is forked into."""
        if step.name not in self._opened:
            self._opened[step.name] = step.open(self.context(step))  # type: ignore[attr-defined]
        return self._opened[step.name]

    def context(self, step: Step) -> Context:
        """What a step of this stage is opened with."""
        scratch = temporary_folder(self.folder) / "steps" / step.name
        return Context(seed=self.recipe.seed, step=step.name, scratch=scratch)

    @cached_property
    def _opened(self) -> dict[str, Any]:
        return {}

    def missing_ranks(self) -> list[int]:
        return [rank for rank in range(self.num_parts) if not commit_path(self.folder, rank).is_file()]

    @property
    def planned(self) -> bool:
        return (self.folder / _PLAN).is_file()

    @property
    def begun(self) -> bool:
        """Whether a rank of the plan is done."""
        return self.planned and len(self.missing_ranks()) < self.num_parts

    def write_plan(self, parts: Sequence[Part]) -> None:
        """Fixes what the ranks of the stage do."""
        lines = b",\n".join(map(to_json, parts))
        last = b"\n" if parts else b""
        write_atomically(self.folder / _PLAN, b'{"parts": [\n' + lines + last + b"]}\n")

    @classmethod
    def load(cls, work: Path, name: str) -> "Task":
        """A task as the driver left it on disk."""
        path = work / RANKS_RECIPE
        recipe = _read_recipe(path.read_bytes(), str(path))
        folders = orjson.loads((work / LAST_RUN).read_bytes())["folders"]
        return cls(recipe, name, work, folders)


@lru_cache(maxsize=1)
def _read_recipe(content: bytes, where: str) -> Recipe:
    """The recipe of a run, which is the same for all of its stages."""
    return Recipe.from_json(content, where=where)


def describe_rank(task: Task, rank: int) -> str:
    """A rank and what it works on, for messages."""
    pieces = task.part(rank, ReadPart).pieces if task.phase == READ else ()
    what = ", ".join(f"{piece.file.source}/{piece.file.path}" for piece in pieces[:_MOST_SHOWN])
    if len(pieces) > _MOST_SHOWN:
        what += f" and {counted(len(pieces) - _MOST_SHOWN, 'more file')}"
    what = f" ({what})" if what else ""
    return f"rank {rank} of stage {task.name!r}{what}"
