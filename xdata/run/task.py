"""One stage of one run, as the driver and its ranks know it. All of it is on disk: a rank needs a folder and a number.

    work/recipe.yaml                       the recipe that is run now
    work/run.json                          stage -> its folder
    work/<stage>-<fingerprint12>/plan.json     parts, one a rank
    work/<stage>-<fingerprint12>/stage.json    what the fingerprint is made of
    work/<stage>-<fingerprint12>/commits/      one file a finished rank
    work/<stage>-<fingerprint12>/log/          what ranks said

Before the first stage, files that must be read through to be cut are indexed; that is a task too, called `index`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import orjson

from xdata.disk import write_atomically
from xdata.recipe import Recipe, Stage
from xdata.run.commit import Commit, commit_path, read_commits

Part = Mapping[str, Any]
"""What one rank works on, as JSON has it."""


INDEX = "index"
"""The task before the first stage."""


@lru_cache(maxsize=8)
def _read_parts(path: Path, which: tuple[int, int]) -> list[Part]:
    parts: list[Part] = orjson.loads(path.read_bytes())["parts"]
    return parts


@dataclass(frozen=True)
class Task:
    """A stage with its folder and those of the stages before it."""

    recipe: Recipe
    name: str
    """Of the stage, or `index`."""
    work: Path
    folders: Mapping[str, str]
    """Task -> name of its folder under `work`, of this one and all before it."""

    @property
    def stage(self) -> Stage:
        return self.recipe.stages[0] if self.name == INDEX else self.recipe.stage(self.name)

    @property
    def phase(self) -> str:
        return INDEX if self.name == INDEX else self.stage.phase

    @property
    def folder(self) -> Path:
        return self.work / self.folders[self.name]

    @property
    def parts(self) -> list[Part]:
        """The plan of the stage, read once as long as it does not change."""
        path = self.folder / "plan.json"
        status = path.stat()
        return _read_parts(path, (status.st_ino, status.st_mtime_ns))

    @cached_property
    def commits(self) -> list[Commit]:
        """What the ranks of the stage did, in order; not to be asked for before all of them are done."""
        return read_commits(self.folder, len(self.parts))

    @property
    def upstream(self) -> Iterator["Task"]:
        """The stages before this one, the nearest first."""
        stage = self.stage.after
        while stage is not None:
            yield Task(self.recipe, stage.name, self.work, self.folders)
            stage = stage.after

    def before(self, phase: str) -> "Task":
        """The nearest stage before this one that is of a phase."""
        return next(task for task in self.upstream if task.stage.phase == phase)

    def missing_ranks(self) -> list[int]:
        return [rank for rank in range(len(self.parts)) if not commit_path(self.folder, rank).is_file()]

    @property
    def planned(self) -> bool:
        return (self.folder / "plan.json").is_file()

    def write_plan(self, parts: list[Part]) -> None:
        """Fixes what the ranks of the stage do."""
        write_atomically(self.folder / "plan.json", orjson.dumps({"parts": parts}, option=orjson.OPT_INDENT_2))

    @classmethod
    def load(cls, work: Path, name: str) -> "Task":
        """A task as the driver left it on disk."""
        path = work / "recipe.yaml"
        recipe = Recipe.from_yaml(path.read_text(encoding="utf-8"), where=str(path))
        folders = orjson.loads((work / "run.json").read_bytes())["folders"]
        return cls(recipe, name, work, folders)
