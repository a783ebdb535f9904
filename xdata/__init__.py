"""Training data for cross-lingual adaptation: clean, explained and reproducible, for languages that have little text.

The names below are what users build on; `xdata.run.build.build` runs a recipe, `xdata.steps` lists the steps.
"""

__version__ = "0.1.0"

from xdata.errors import CheckError, ConfigError, InputError, ResourceError, RunError, UsageError, XdataError
from xdata.languages import Language
from xdata.recipe import Guard, Recipe, Stage
from xdata.step import Cluster, Columns, Drops, Edit, Filter, Score, Select, Step

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
    "ResourceError",
    "RunError",
    "Score",
    "Select",
    "Stage",
    "Step",
    "UsageError",
    "XdataError",
    "__version__",
]
