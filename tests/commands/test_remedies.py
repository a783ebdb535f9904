"""Every reason has a step and a change; the options that they name exist."""

import pytest
import regex

from xdata.commands.remedies import REMEDIES, find_remedy
from xdata.output.reasons import REASONS, find_reason
from xdata.recipe.functions import RUN_OPTIONS, recipe_functions
from xdata.recipe.settings import paths_of
from xdata.recipe.steps import registry


def _paths() -> set[str]:
    functions = recipe_functions().values()
    return {*RUN_OPTIONS, *(path for function in functions for path in paths_of(function.parameters))}


def test_reasons_have_a_step_that_exists_and_a_sentence() -> None:
    assert REMEDIES.keys() == REASONS.keys()
    for remedy in REMEDIES.values():
        assert remedy.step in set(registry())
        assert remedy.change.endswith(".")


def test_options_that_are_named_exist() -> None:
    known = _paths()
    for name, remedy in REMEDIES.items():
        for path in regex.findall(r"--set ([\w.]+)=", remedy.change):
            assert path in known or path.rsplit(".", 1)[0] in known, name
        for option, step in regex.findall(r"`(\w+)` of the step ([\w.]+)", remedy.change):
            assert option in registry()[step].model_fields, name


@pytest.mark.parametrize(
    "name", ["url_adult", "tagged_noisy", "extract_failed", "language_unknown_klingon", "few_letters"]
)
def test_reasons_with_a_name_in_them_have_a_remedy(name: str) -> None:
    assert find_reason(name) is not None
    assert find_remedy(name) is not None


def test_reasons_of_other_steps_have_none() -> None:
    assert find_remedy("gopher_short_doc") is None
