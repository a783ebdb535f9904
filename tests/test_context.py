"""Random numbers of steps: they follow from seed, step and record alone."""

import ast
import textwrap
from typing import Any

import numpy as np
import pytest

from xdata import context
from xdata.context import Context


def test_random_numbers_of_a_record_are_the_same_each_time() -> None:
    one, two = (Context(seed=3, step="sample").rng("a1").random(8) for _ in range(2))
    assert one.tolist() == two.tolist()


@pytest.mark.parametrize(
    ("other", "record"),
    [(Context(seed=4, step="sample"), "a1"), (Context(seed=3, step="samples"), "a1"), (Context(3, "sample"), "a2")],
)
def test_another_seed_step_or_record_has_other_numbers(other: Context, record: str) -> None:
    own = Context(seed=3, step="sample").rng("a1").random(8)
    assert not np.isin(own, other.rng(record).random(8)).any()


@pytest.mark.parametrize("identity", ["", "0" * 32, "5d41#swh_Latn.3", "ሰላም", "\N{GRINNING FACE}"])
def test_any_id_has_random_numbers(identity: str) -> None:
    assert 0 <= Context(seed=-1).rng(identity).random() < 1


def test_seeds_of_hashes_differ_between_steps_and_seeds() -> None:
    found = {Context(seed=seed, step=step).hash_seed() for seed in range(-5, 5) for step in ("quota", "near", "")}
    assert len(found) == 30
    assert all(0 <= seed < 2**64 for seed in found)


def test_numbers_do_not_change_between_releases() -> None:
    assert Context(seed=0, step="quota").hash_seed() == 2043933613556523128
    assert Context(seed=0, step="quota").rng("a").integers(1 << 32) == 3985342362


def test_threads_are_those_of_the_process_now(monkeypatch: pytest.MonkeyPatch) -> None:
    opened_with = Context()
    monkeypatch.setenv("XDATA_THREADS", "3")
    assert opened_with.threads == 3


def test_the_example_of_a_step_works() -> None:
    names: dict[str, Any] = {}
    example = (context.__doc__ or "").partition("as an example:\n")[2]
    tree = ast.parse(textwrap.dedent(example))
    last = tree.body.pop()
    assert isinstance(last, ast.Expr)
    exec(compile(tree, "example", "exec"), names)
    found = eval(compile(ast.Expression(last.value), "example", "eval"), names)
    assert list(found) == ["scores.sampled_words"] and 0 <= found["scores.sampled_words"][0] <= 4
