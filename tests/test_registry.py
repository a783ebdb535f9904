from collections.abc import Callable
from typing import Literal

import pytest

from xdata.context import Context
from xdata.errors import ConfigError
from xdata.recipe.steps import STEPS, registry
from xdata.records import Document
from xdata.registry import Registry
from xdata.step import Edit


class _Same(Edit):
    kind: Literal["edits.repair"] = "edits.repair"

    def open(self, context: Context) -> Callable[[Document], Document]:
        return lambda document: document


class _Nameless(Edit):
    kind: str

    def open(self, context: Context) -> Callable[[Document], Document]:
        return lambda document: document


def test_every_step_is_found_by_its_kind() -> None:
    assert [registry()[str(step.model_fields["kind"].default)] for step in STEPS] == list(STEPS)
    assert {kind for kind in registry()} >= {str(step.model_fields["kind"].default) for step in STEPS}


def test_a_kind_is_taken_once() -> None:
    with pytest.raises(ConfigError, match=r"the kind 'edits\.repair' is taken by Repair"):
        Registry([*STEPS, _Same])


def test_a_step_without_a_kind_is_refused() -> None:
    with pytest.raises(ConfigError, match=r"_Nameless: give it `kind: Literal\["):
        Registry([_Nameless])


def test_a_miss_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match=r"unknown kind of step 'edits\.extrct': did you mean 'edits\.extract'"):
        _ = Registry(STEPS)["edits.extrct"]


@pytest.mark.parametrize("step", STEPS, ids=lambda step: step.__name__)
def test_every_step_has_a_description_and_is_named_after_its_kind(step: type[Edit]) -> None:
    assert (step.__doc__ or "").strip().split("\n")[0].endswith((".", "…"))
    room = str(step.model_fields["kind"].default).split(".")[0]
    assert step.__module__.startswith(f"xdata.{room}.")
