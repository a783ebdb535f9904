"""Training data for cross-lingual adaptation: clean, explained and reproducible, for languages that have little text.

The names below are what users build on; `xdata.run.build.build` runs a recipe. Each is
imported when it is first asked for, so that a command starts with what it needs alone.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from xdata.errors import CheckError, ConfigError, InputError, ResourceError, RunError, UsageError, XdataError
    from xdata.languages import Language
    from xdata.recipe.recipe import Guard, Recipe, Stage
    from xdata.step import Cluster, Columns, Drops, Edit, Filter, RemoveSpans, Sample, Score, Step

_MODULES = {
    "xdata.errors": (
        "CheckError", "ConfigError", "InputError", "ResourceError", "RunError", "UsageError", "XdataError"
    ),
    "xdata.languages": ("Language",),
    "xdata.recipe.recipe": ("Guard", "Recipe", "Stage"),
    "xdata.step": ("Cluster", "Columns", "RemoveSpans", "Drops", "Edit", "Filter", "Score", "Sample", "Step"),
}  # fmt: skip
_PLACES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "CheckError",
    "Cluster",
    "Columns",
    "ConfigError",
    "Drops",
    "Edit",
    "Filter",
    "Guard",
    "InputError",
    "Language",
    "Recipe",
    "RemoveSpans",
    "ResourceError",
    "RunError",
    "Sample",
    "Score",
    "Stage",
    "Step",
    "UsageError",
    "XdataError",
    "__version__",
]


def __getattr__(name: str) -> Any:
    if name not in _PLACES:
        raise AttributeError(f"module 'xdata' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)
