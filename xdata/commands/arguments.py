"""Types of arguments of the command line, and what commands share in reading them."""

import argparse
from collections.abc import Sequence
from pathlib import Path

from xdata.errors import UsageError


def path(word: str) -> Path:
    """A path, with `~` expanded. Raises ArgumentTypeError for an empty word and an unknown user."""
    if not word.strip():
        raise argparse.ArgumentTypeError("expected a path, found an empty word")
    try:
        return Path(word).expanduser()
    except RuntimeError:
        raise argparse.ArgumentTypeError(f"{word}: user not found") from None


def count(word: str) -> int:
    """A whole number from 1."""
    if not word.isascii() or not word.isdigit() or int(word[:18]) < 1:
        raise argparse.ArgumentTypeError(f"expected a whole number from 1, found {word!r}")
    return int(word[:18])


def share(word: str) -> float:
    """A number from 0 to 1."""
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"expected a number from 0 to 1, found {word!r}")
    return value


def settings(words: Sequence[str], *, option: str = "--set") -> dict[str, str]:
    """KEY=VALUE words as a mapping. Raises UsageError for another word and for a key that is given twice."""
    found: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UsageError(
                f"{option} {word}: expected KEY=VALUE: quote a value that has spaces, as {option} 'key={{a: 1, b: 2}}'"
            )
        if key in found:
            raise UsageError(f"{option} {key}: is set twice, to {found[key]!r} and {value!r}: remove one")
        found[key] = value
    return found
