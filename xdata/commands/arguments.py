"""Types of arguments of the command line, and what commands share in reading and printing."""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from xdata.errors import UsageError
from xdata.terminal import printable


def folder(word: str) -> Path:
    """A path. Raises ArgumentTypeError for an empty one."""
    try:
        path = Path(word).expanduser()
    except RuntimeError:
        raise argparse.ArgumentTypeError(f"{word}: user not found") from None
    if not word.strip():
        raise argparse.ArgumentTypeError("expected a path, found an empty word")
    return path


def count(word: str) -> int:
    """A whole number of at least 1."""
    if not word.isascii() or not word.isdigit() or int(word[:18]) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a whole number of at least 1")
    return int(word[:18])


def share(word: str) -> float:
    """A number from 0 to 1."""
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 0 to 1")
    return value


def settings(words: Sequence[str], *, option: str = "--set") -> dict[str, str]:
    """KEY=VALUE words as a mapping. Raises UsageError for another word and for a key that is given twice."""
    found: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UsageError(f"{option} {word}: expected KEY=VALUE")
        if key in found:
            raise UsageError(f"{option} {key}: is set twice")
        found[key] = value
    return found


def print_lines(lines: Sequence[str]) -> None:
    """Prints lines to standard output; control characters are shown, not sent."""
    for line in lines:
        sys.stdout.write(printable(line) + "\n")
    sys.stdout.flush()


def use_language_files(folder: Path | None) -> None:
    """Has language files of a folder replace those of xdata, in this process and in its ranks."""
    from xdata.languages import OVERLAY, check_overlay

    if folder is not None:
        os.environ[OVERLAY] = str(folder.resolve())
        check_overlay()
