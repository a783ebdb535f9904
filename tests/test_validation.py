from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field

from xdata.errors import ConfigError
from xdata.validation import validate


class Inner(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    patterns: tuple[str, ...] = ()


class Outer(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    min_words: int = Field(ge=0)
    share: float = 0.5
    inner: tuple[Inner, ...] = ()


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"min_words": "60"}, "here: min_words: expected a valid integer, found '60'"),
        ({"min_words": 6.5}, "here: min_words: expected a valid integer, found 6.5"),
        ({"min_words": True}, "here: min_words: expected a valid integer, found True"),
        ({"min_words": -1}, "here: min_words: expected greater than or equal to 0, found -1"),
        ({}, "here: the key 'min_words' is missing"),
        ({"min_words": 1, "shar": 1}, "here: unknown key 'shar': did you mean 'share'?"),
        (
            {"min_words": 1, "inner": [{"pattern": []}]},
            "here: unknown key 'inner[0].pattern': did you mean 'patterns'?",
        ),
        (["min_words"], "here: expected keys and values, found ['min_words']"),
    ],
)
def test_every_refusal_has_the_path_what_was_found_and_what_is_allowed(data: Any, message: str) -> None:
    with pytest.raises(ConfigError) as error:
        validate(Outer, data, where="here")
    assert str(error.value) == message


def test_lists_become_tuples_and_integers_floats() -> None:
    assert validate(Outer, {"min_words": 1, "share": 1, "inner": [{"patterns": ["a"]}]}, where="x") == Outer(
        min_words=1, share=1.0, inner=(Inner(patterns=("a",)),)
    )
