"""Parsers agree with what they call: every command, every option, every choice."""

import dataclasses
import inspect
from collections.abc import Callable
from typing import Any, get_args

import pytest

from xdata import cli
from xdata.commands import parsers
from xdata.commands.build import BuildOptions
from xdata.commands.calibration import CalibrateOptions
from xdata.commands.identify import IdentifyOptions
from xdata.commands.train import train_perplexity_model
from xdata.errors import UsageError
from xdata.filters.calibration import Method
from xdata.models.priors import Prior
from xdata.run.executors.named import EXECUTORS

_PARSERS = parsers.parsers()


def _parsed(*words: str) -> dict[str, Any]:
    return parsers.make_parser().parse_command(words)


def test_every_command_is_run_by_a_function() -> None:
    with_commands = {name.removeprefix("xdata ") for name in _PARSERS} - {"xdata", "train"}
    assert with_commands == cli._COMMANDS.keys()


@pytest.mark.parametrize("name", _PARSERS)
def test_every_argument_and_command_is_described(name: str) -> None:
    parser = _PARSERS[name]
    assert parser.description
    for action in parser._actions:
        assert action.help or action.choices, action.dest
        for option in action.option_strings:
            assert not option.startswith("--") or option == f"--{action.dest.replace('_', '-')}"


@pytest.mark.parametrize("name", _PARSERS)
def test_help_has_lines_of_at_most_100_characters(name: str) -> None:
    assert all(len(line) <= 100 for line in _PARSERS[name].format_help().splitlines())


@pytest.mark.parametrize(
    ("words", "options"),
    [
        (("build", "quickstart"), BuildOptions),
        (("calibrate",), CalibrateOptions),
        (("identify",), IdentifyOptions),
    ],
)
def test_options_of_a_command_are_those_of_its_parser(words: tuple[str, ...], options: Callable[..., Any]) -> None:
    given = _parsed(*words)
    assert given.pop(parsers.COMMAND) == words[0]
    assert given.keys() == {field.name for field in dataclasses.fields(options(**given))}


def test_options_of_training_are_those_of_the_function() -> None:
    given = _parsed("train", "perplexity", "--input", "a", "--language", "sw", "--out", "b")
    assert given.keys() - {"command", "input"} == inspect.signature(train_perplexity_model).parameters.keys() - {
        "specs"
    }


def test_choices_are_those_of_the_library() -> None:
    assert parsers.EXECUTORS == EXECUTORS
    assert get_args(Method) == parsers.METHODS
    assert get_args(Prior) == parsers.PRIORS


def test_options_of_several_values_may_be_repeated_and_defaults_are_not_shared() -> None:
    words = ("build", "r", "--set", "a=1", "b=2", "--set", "c=3", "--input", "x")
    given = _parsed(*words)
    assert (given["set"], given["input"]) == (["a=1", "b=2", "c=3"], ["x"])
    assert _parsed("build", "r")["set"] == []


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("build", "r", "--lang", "sw"), "xdata build has no option --lang: did you mean '--language'"),
        (("build", "r", "-q", "-v"), "argument -v/--verbose: not allowed with argument -q/--quiet"),
        (("build", "r", "--executor", "slrum"), "argument --executor: invalid choice 'slrum', did you mean 'slurm'?"),
        (("train", "perplexty"), "invalid choice 'perplexty', did you mean 'perplexity'?"),
        (("explain", "DIR"), "the following arguments are required: ID: see xdata explain --help"),
        (("check", "A", "B"), "unexpected argument 'B': see xdata check --help"),
    ],
)
def test_mistakes_name_the_nearest_word(words: tuple[str, ...], message: str) -> None:
    with pytest.raises(UsageError) as error:
        _parsed(*words)
    assert message in str(error.value)
