"""What the golden files hold: the registry of steps, and every recipe filled in."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from xdata.readers.sources import Source
from xdata.recipe.functions import recipe_functions
from xdata.recipe.recipe import Recipe
from xdata.recipe.steps import STEPS
from xdata.resources import resources_folder

FOLDER = Path(__file__).parent

_CONFIGS = FOLDER.parent / "pipelines" / "fineweb2"
_SETTINGS: dict[str, dict[str, str]] = {
    "fineweb2_corpus": {"configs": str(_CONFIGS)},
    "yi_cascade": {"perplexity_models": "/models", "classifier": "/models/quality.bin"},
    "decontaminate": {"evaluation_sets": "[{name: sib200, path: /sets/sib200, id: index_id}]"},
    "domain_corpus": {"domains": "[medicine]", "classifier": "/models/medicine.bin"},
}
"""Recipe -> the parameters that it cannot do without."""
_ONE_LANGUAGE = frozenset({"few_shot_adaptation"})
"""Recipes that are for one language alone."""


def registry() -> str:
    """Kind -> class, version, options with their types, and what it reads and adds, where that needs no options."""
    facts = {}
    for step in STEPS:
        fields = {
            name: str(info.annotation) for name, info in step.model_fields.items() if name not in ("kind", "name")
        }
        facts[str(step.model_fields["kind"].default)] = {
            "class": f"{step.__module__}.{step.__qualname__}",
            "version": step.version,
            "options": fields,
            "libraries": list(step.libraries),
        }
    return json.dumps(facts, indent=1) + "\n"


def recipe(name: str) -> Callable[[], str]:
    """The recipe as YAML, made over one source; our resources are written as RESOURCES."""

    def content() -> str:
        return made(name, ["swh_Latn", "mlt_Latn"]).to_yaml().replace(str(resources_folder()), "RESOURCES")

    return content


def made(name: str, languages: Sequence[str]) -> Recipe:
    """A recipe over one source, with no more settings than it needs, for as many of the languages as it takes."""
    function = recipe_functions()[name]
    sources = [Source(name="crawl", root="/data/crawl", patterns=("**",))] if function.takes("sources") else []
    taken = languages[:1] if name in _ONE_LANGUAGE else languages if function.takes("languages") else []
    return function.make(sources=sources, languages=taken, settings=_SETTINGS.get(name))


CONTENTS: dict[str, Callable[[], str]] = {
    "registry.json": registry,
    **{f"{name}.yaml": recipe(name) for name in recipe_functions()},
}
"""Name of a golden file -> what should be in it."""
