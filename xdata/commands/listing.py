"""`xdata list`: recipes, steps, languages, models and papers, one on each line."""

from collections.abc import Callable, Mapping

from xdata.commands.languages import language_rows, model_rows
from xdata.terminal import aligned


def listing(what: str) -> list[str]:
    """The lines of `xdata list WHAT`."""
    return aligned(_LISTINGS[what]())


def _recipes() -> list[tuple[str, ...]]:
    from xdata.recipe.functions import recipe_functions

    rows: list[tuple[str, ...]] = []
    for name, function in recipe_functions().items():
        rows.append((name, function.summary))
        rows += [(f"{name}:{preset}", facts.emits) for preset, facts in function.presets.items()]
    return rows


def _steps() -> list[tuple[str, ...]]:
    from xdata.commands.options import first_line
    from xdata.recipe.steps import registry

    return [(kind, first_line(registry()[kind])) for kind in registry()]


def _papers() -> list[tuple[str, ...]]:
    """Presets with their papers and what differs from them, then steps with theirs."""
    from xdata.recipe.functions import recipe_functions
    from xdata.recipe.steps import registry

    presets = [
        (f"{name}:{preset}", facts.paper, facts.missing)
        for name, function in recipe_functions().items()
        for preset, facts in function.presets.items()
    ]
    steps = [(kind, paper, "") for kind in registry() for paper in registry()[kind].papers]
    return [("preset or step", "paper", "what differs, or is missing"), *presets, *steps]


_LISTINGS: Mapping[str, Callable[[], list[tuple[str, ...]]]] = {
    "recipes": _recipes,
    "steps": _steps,
    "languages": language_rows,
    "models": model_rows,
    "papers": _papers,
}
"""What is listed -> its rows. Recipes and steps are imported on request: they load arrays and models."""
