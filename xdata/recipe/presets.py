"""Presets: named overrides of a recipe's defaults, as a paper or corpus has them."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Preset:
    """Overrides of a recipe's defaults; `xdata build RECIPE:PRESET` uses them, and `--set` overrides them in turn.

    A recipe's file has its presets as `PRESETS`, name -> preset.
    """

    overrides: Mapping[str, Any]
    """Parameter -> value, or option group -> option -> value, as a `job.yaml` has them under `parameters`."""
    paper: str
    """The method: authors, year, title, and where it is published."""
    emits: str
    """What an output has."""
    missing: str
    """What of the paper the preset does differently, or not at all."""
    requires: tuple[str, ...] = ()
    """Parameters without which the method is not that of the paper, as `classifier.model`."""
