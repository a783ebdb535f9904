"""Execution options of stages: they decide how a stage runs and never what it makes, so no fingerprint has them.

A stage without options of its own cuts its input into some thirty parts, so that small inputs keep all workers busy
too, of 1 MiB at least and of a size at most that a worker holds in memory.
"""

from collections.abc import Mapping

import regex
from pydantic import BaseModel, ConfigDict, Field

from xdata.errors import ConfigError, UsageError, nearest
from xdata.recipe.recipe import Recipe
from xdata.validation import validate
from xdata.yaml_files import load_yaml

TEXT_PART_BYTES = 32 << 20
"""Most text that one rank annotates."""

_LEAST_PART_BYTES = 1 << 20
_PARTS = 32
"""Parts that an input is cut into, as long as they are neither too small nor too large."""
_OPTION = regex.compile(r"([a-z][a-z0-9_]*)\.([a-z][a-z0-9_]*)")


class StageOptions(BaseModel):
    """How one stage runs."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    part_bytes: int | None = Field(default=None, ge=1 << 10)
    """Bytes of input, or of text, that one rank works on; None lets it follow from the size of the input."""


def parse_options(words: Mapping[str, str]) -> dict[str, StageOptions]:
    """Stage -> its options, out of `NAME.option` -> value as a command line gives them.

    Raises UsageError for a word of another form, ConfigError for an option or value that there is not.
    """
    found: dict[str, dict[str, object]] = {}
    for word, value in words.items():
        match = _OPTION.fullmatch(word)
        if match is None:
            raise UsageError(f"--stage {word}={value}: expected NAME.OPTION=VALUE, as read.part_bytes=16000000")
        stage, option = match.groups()
        found.setdefault(stage, {})[option] = load_yaml(value, where=f"--stage {word}")
    return {stage: validate(StageOptions, given, where=f"--stage {stage}") for stage, given in found.items()}


def check_options(options: Mapping[str, StageOptions], recipe: Recipe) -> None:
    """Raises ConfigError for a stage that the recipe has not, and for a size of parts where a stage has none."""
    phases = {stage.name: stage.phase for stage in recipe.stages}
    for name, given in options.items():
        if name not in phases:
            raise ConfigError(f"--stage {name}: unknown stage; {nearest(name, phases)}")
        if given.part_bytes is not None and not phases[name].has_part_bytes:
            having = ", ".join(stage for stage, phase in phases.items() if phase.has_part_bytes)
            raise ConfigError(
                f"--stage {name}.part_bytes: this stage does not support part_bytes; stages that do: {having}"
            )


def part_bytes(total: int, *, most: int, asked: int | None) -> int:
    """Size of the parts that `total` bytes are cut into: as asked, else a share of the total between two bounds."""
    return asked or min(max(total // _PARTS, _LEAST_PART_BYTES), most)
