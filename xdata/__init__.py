"""Training data for cross-lingual adaptation: clean, explained and reproducible, for languages that have little text.

    import xdata

    output = xdata.build("monolingual_corpus", inputs="crawl/*.warc.gz", languages=["swh_Latn"], out="corpus")
    output = xdata.load("corpus")
    output.ledger().to_pandas()
    print(output.explain("0123456789abcdef0123456789abcdef"))

The other names below are what recipes and steps are written with. Each name is imported when it is first asked for, so
that `import xdata` is fast and loads no heavy package.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from xdata import datatrove
    from xdata.api import TextLanguage, build, identify, load
    from xdata.context import Context
    from xdata.edits.extract import Extract
    from xdata.errors import CheckError, ConfigError, InputError, ResourceError, RunError, UsageError, XdataError
    from xdata.export.shards import Shards
    from xdata.filters.errors import DropErrors
    from xdata.languages import Language
    from xdata.output.folder import Explanation, Output
    from xdata.readers.files import Files
    from xdata.readers.sources import Source
    from xdata.recipe.recipe import Guard, Recipe, Stage
    from xdata.records import Document
    from xdata.scores.language import IdentifyLanguage
    from xdata.step import Cluster, Columns, Drops, Edit, Export, Filter, Reader, RemoveSpans, Sample, Score, Step

_MODULES = {
    "xdata.api": ("TextLanguage", "build", "identify", "load"),
    "xdata.context": ("Context",),
    "xdata.edits.extract": ("Extract",),
    "xdata.errors": (
        "CheckError", "ConfigError", "InputError", "ResourceError", "RunError", "UsageError", "XdataError"
    ),
    "xdata.export.shards": ("Shards",),
    "xdata.filters.errors": ("DropErrors",),
    "xdata.languages": ("Language",),
    "xdata.output.folder": ("Explanation", "Output"),
    "xdata.readers.files": ("Files",),
    "xdata.readers.sources": ("Source",),
    "xdata.recipe.recipe": ("Guard", "Recipe", "Stage"),
    "xdata.records": ("Document",),
    "xdata.scores.language": ("IdentifyLanguage",),
    "xdata.step": (
        "Cluster", "Columns", "Drops", "Edit", "Export", "Filter", "Reader", "RemoveSpans", "Sample", "Score", "Step"
    ),
}  # fmt: skip
_PLACES = {name: module for module, names in _MODULES.items() for name in names}

__all__ = [
    "CheckError",
    "Cluster",
    "Columns",
    "ConfigError",
    "Context",
    "Document",
    "DropErrors",
    "Drops",
    "Edit",
    "Explanation",
    "Export",
    "Extract",
    "Files",
    "Filter",
    "Guard",
    "IdentifyLanguage",
    "InputError",
    "Language",
    "Output",
    "Reader",
    "Recipe",
    "RemoveSpans",
    "ResourceError",
    "RunError",
    "Sample",
    "Score",
    "Shards",
    "Source",
    "Stage",
    "Step",
    "TextLanguage",
    "UsageError",
    "XdataError",
    "__version__",
    "build",
    "datatrove",
    "identify",
    "load",
]


def __getattr__(name: str) -> Any:
    if name == "datatrove":
        return import_module("xdata.datatrove")
    if name not in _PLACES:
        raise AttributeError(f"module 'xdata' has no attribute {name!r}")
    return getattr(import_module(_PLACES[name]), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
