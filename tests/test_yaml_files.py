from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from xdata.errors import ConfigError
from xdata.yaml_files import dump_yaml, load_yaml, read_yaml

_words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs", "Zl", "Zp"], exclude_characters="\ufeff\ufffe\uffff"),
    max_size=12,
)
_values = st.recursive(
    _words | st.integers(-(10**6), 10**6) | st.booleans() | st.none() | st.floats(-1e6, 1e6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_words, inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(_words, _values, max_size=4))
def test_what_is_written_is_read_back(value: dict[str, Any]) -> None:
    assert load_yaml(dump_yaml(value), where="x") == value
    assert load_yaml(dump_yaml(value, compact=True), where="x") == value


def test_compact_lists_and_long_mappings_take_few_lines() -> None:
    codes = [f"{letters}_Latn" for letters in ("swh", "mlt", "hau", "quy") * 20]
    value = {"codes": codes, "short": {"a": 1.5}, "long": {f"key_{n}": n / 8 for n in range(60)}, "nested": [["a"], []]}
    text = dump_yaml(value, compact=True)
    assert load_yaml(text, where="x") == value
    assert len(text.splitlines()) < 30 < len(dump_yaml(value).splitlines())
    assert "short:\n  a: 1.5\n" in text


@pytest.mark.parametrize("word", ["no", "yes", "on", "2025-01-01", "1e3", "null", "0x10", "~", "ක්", "می‌خواهم"])
def test_words_that_look_like_something_else_stay_words(word: str) -> None:
    assert load_yaml(dump_yaml({"key": word, word: 1}), where="x") == {"key": word, word: 1}


def test_dates_are_words_without_quotes() -> None:
    assert load_yaml("date: 2025-01-01", where="x") == {"date": "2025-01-01"}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: 1\na: 2", "x:2: the key 'a' is given twice"),
        ("no: 1", "x:1: the key no is read as False: put it in quotes"),
        ("a: [1", "x:2: did not find expected"),
        ("!!python/object:os.system {}", "x:1: could not determine a constructor"),
    ],
)
def test_refusals_name_the_line(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match="x:") as error:
        load_yaml(text, where="x")
    assert str(error.value).startswith(message)


def test_files_that_cannot_be_read_are_one_line(tmp_path: Path) -> None:
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("name: é".encode("latin-1"))
    with pytest.raises(ConfigError, match=r"latin\.yaml: is not UTF-8"):
        read_yaml(latin)
    with pytest.raises(ConfigError, match=r"gone\.yaml: cannot be read: No such file"):
        read_yaml(tmp_path / "gone.yaml")


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a: &x [1]\nb: *x", "x:2: anchors and aliases are not supported"),
        ("a: " + "[" * 20_000, "x:1: is nested deeper than 50 times"),
        ("a: " + "[" * 60 + "]" * 60, "x:1: is nested deeper than 50 times"),
        ("".join(" " * depth + "a:\n" for depth in range(60)), "x:51: is nested deeper than 50 times"),
        ("".join(" " * depth + "a:\n" for depth in range(2_000)), r"x:\d+: is nested deeper than 50 times"),
    ],
)
def test_what_makes_a_small_file_large_is_refused(text: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        load_yaml(text, where="x")
