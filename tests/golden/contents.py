"""What the golden files hold: the registry of steps, and every recipe filled in."""

import json
from collections.abc import Callable, Sequence
from pathlib import Path

from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe, recipe_functions
from xdata.recipe.recipe import Recipe
from xdata.recipe.steps import STEPS
from xdata.resources import resources_folder

FOLDER = Path(__file__).parent

_CONFIGS = FOLDER.parent / "pipelines" / "fineweb2"
_SETTINGS: dict[str, dict[str, str]] = {
    "monolingual_corpus:fineweb2": {"quality.fineweb2_configs": str(_CONFIGS)},
    "monolingual_corpus:yi": {"perplexity.models": "/models", "classifier.model": "/models/quality.bin"},
    "decontaminate": {"decontamination.evaluation_sets": "[{name: sib200, path: /sets/sib200, id: index_id}]"},
    "domain_corpus": {"domains": "[law]", "classifier.model": "/models/law.bin"},
    "domain_corpus:medical_mt5": {"classifier.model": "/models/medicine.bin"},
}
"""Recipe, with its preset -> the parameters that it cannot do without."""
LABELS = [
    label
    for name, function in recipe_functions().items()
    for label in (name, *(f"{name}:{preset}" for preset in function.presets))
]
"""Every recipe, by itself and with each of its presets."""


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


def recipe(label: str) -> Callable[[], str]:
    """The recipe as YAML, made over one source; our resources are written as RESOURCES."""

    def content() -> str:
        return made(label, ["swh_Latn", "mlt_Latn"]).to_yaml().replace(str(resources_folder()), "RESOURCES")

    return content


def made(label: str, languages: Sequence[str]) -> Recipe:
    """A recipe over one source, with no more settings than it needs, for the languages where it takes any."""
    function = find_recipe(label)
    sources = [Source(name="crawl", root="/data/crawl", patterns=("**",))] if function.takes("sources") else []
    taken = languages if function.takes("languages") else []
    return function.make(sources=sources, languages=taken, settings=_SETTINGS.get(label))


CONTENTS: dict[str, Callable[[], str]] = {
    "registry.json": registry,
    **{f"{label.replace(':', '-')}.yaml": recipe(label) for label in LABELS},
}
"""Name of a golden file -> what should be in it."""
