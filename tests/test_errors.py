import pickle

import pytest

from xdata import errors
from xdata.errors import XdataError, nearest, one_line


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (errors.UsageError, 2),
        (errors.ConfigError, 2),
        (errors.InputError, 1),
        (errors.ResourceError, 1),
        (errors.RunError, 1),
        (errors.CheckError, 1),
    ],
)
def test_each_error_has_the_exit_status_of_the_contract_and_survives_pickling(
    error: type[XdataError], status: int
) -> None:
    again = pickle.loads(pickle.dumps(error("what, where, what to do")))
    assert type(again) is error
    assert str(again) == "what, where, what to do"
    assert again.exit_status == status


def test_the_tree_in_the_docstring_is_the_tree() -> None:
    assert errors.__doc__ is not None
    drawn = {word for word in errors.__doc__.replace("─", " ").split() if word.endswith("Error")}
    assert drawn == {error.__name__ for error in XdataError.__subclasses__()} | {"XdataError"}


def test_nearest_names_close_names_first_and_all_names_when_they_are_few() -> None:
    assert nearest("min_wrds", ["min_words", "limit"]) == "did you mean 'min_words'?"
    assert nearest("zzz", ["b", "a"]) == "known: a, b"
    assert nearest("zzz", []) == "none exists"
    assert nearest("zzz", [f"name{n}" for n in range(99)]) == "99 are known"


def test_one_line_keeps_letters_of_all_scripts_and_shows_what_a_terminal_would_obey() -> None:
    assert one_line("ක්ෂ\n\tمی خواهم") == "ක්ෂ می خواهم"
    assert one_line("\x1b[31mred") == "\\u001b[31mred"
    assert len(one_line("x" * 1000, limit=50)) == 50
