"""README: two commands set everything up, and its numbers, lists and length are those of the project.

`tests/docs` runs its commands and programs, with those of all other pages.
"""

import os
from pathlib import Path

import regex

from tests.docs.pages import blocks

_ROOT = Path(__file__).resolve().parents[1]
_README = (_ROOT / "README.md").read_text(encoding="utf-8")


def _setup_commands() -> list[str]:
    shell = [block.content for block in blocks(_README) if block.kind == "sh"]
    return [line for content in shell for line in content.splitlines() if line.startswith("python3 -m venv")]


def test_two_commands_do_all_the_setup_each_on_one_line() -> None:
    install, test = _setup_commands()
    assert install.endswith("xdata build quickstart --out corpus")
    assert test.endswith("pytest")


def test_continuous_integration_runs_the_command_of_the_readme() -> None:
    script = (_ROOT / ".ci" / "run").read_text(encoding="utf-8")
    assert os.access(_ROOT / ".ci" / "run", os.X_OK)
    pattern = regex.search(r'grep -E "(.*)" README\.md', script)
    assert pattern is not None
    assert [line for line in _README.splitlines() if regex.search(pattern[1], line)] == [_setup_commands()[1]]


def test_it_is_short() -> None:
    assert len(_README.splitlines()) <= 150


def test_the_numbers_of_languages_and_scripts_are_true() -> None:
    from xdata.language_files import described_languages
    from xdata.models.language import XLID, load_identifier

    codes = described_languages()
    (stated,) = regex.findall(r"(\d+) languages in (\d+) scripts", _README)
    assert stated == (str(len(codes)), str(len({code.split("_")[1] for code in codes})))
    (identified,) = regex.findall(r"identifier of (\d+) languages", _README)
    assert int(identified) == len(load_identifier(XLID).languages)


def test_every_recipe_is_in_its_table() -> None:
    from xdata.recipe.functions import recipe_functions

    named = set(regex.findall(r"^\| `([\w:]+)` \|", _README, regex.MULTILINE))
    functions = recipe_functions()
    presets = {f"{name}:{preset}" for name, function in functions.items() for preset in function.presets}
    assert {name.partition(":")[0] for name in named} == functions.keys()
    assert named - functions.keys() == presets
