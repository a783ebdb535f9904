"""Every error that xdata raises on purpose, in one tree.

    XdataError
    ├── UsageError      the command line is wrong                                   exit status 2
    ├── ConfigError     an invalid value in a recipe, step, language or YAML file   exit status 2
    ├── InputError      an input is missing, unreadable or not as described         exit status 1
    ├── ResourceError   a model, data file, package, disk or folder is missing      exit status 1
    ├── RunError        a rank died or failed; rerun the command to resume          exit status 1
    └── CheckError      an output folder does not match its manifest                exit status 1

A message is one line: what is wrong, where, what was allowed, and what to do. Errors are picklable, because
they travel from the process of a rank to the driver.
"""

import difflib
import functools
from collections.abc import Callable, Iterable
from typing import ParamSpec, TypeVar

Arguments = ParamSpec("Arguments")
Result = TypeVar("Result")

DISTRIBUTION = "xdata-corpora"
"""Name on PyPI and in package metadata; `import xdata` and the command `xdata` keep the short name."""


def install_command(extra: str = "") -> str:
    """The command that installs xdata, or xdata with one of its extras, as `pip install 'xdata-corpora[hub]'`."""
    return f"pip install '{DISTRIBUTION}[{extra}]'" if extra else f"pip install {DISTRIBUTION}"


class XdataError(Exception):
    """Base of all errors that a user can fix; any other exception is a bug of xdata."""

    exit_status = 1


class UsageError(XdataError):
    """The command line is wrong."""

    exit_status = 2


class ConfigError(XdataError):
    """An invalid value in a recipe, a step, a language file or another configuration."""

    exit_status = 2


class InputError(XdataError):
    """An input is missing, unreadable, or not in the described format."""


class ResourceError(XdataError):
    """A model, a data file, a package, disk space or a folder is missing or cannot be used."""


class RunError(XdataError):
    """A rank failed, was killed or is missing. Commits are kept; the same command resumes the run."""


class CheckError(XdataError):
    """An output folder does not match its manifest."""


def brief_errors(function: Callable[Arguments, Result]) -> Callable[Arguments, Result]:
    """The function with errors of xdata whose traceback ends at it: their message is complete.

    Errors that are bugs keep their whole traceback.
    """

    @functools.wraps(function)
    def call(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Result:
        try:
            return function(*args, **kwargs)
        except XdataError as error:
            raise error.with_traceback(None) from None

    return call


def nearest(name: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown name: the nearest known one, and all of them if they are few."""
    names = sorted(set(known))
    close = difflib.get_close_matches(name, names, n=3, cutoff=0.55)
    if close:
        return f"did you mean {' or '.join(repr(match) for match in close)}?"
    if not names:
        return "none exists"
    if len(names) <= 24:
        return f"known: {', '.join(names)}"
    return f"{len(names)} are known"


def counted(num: int, noun: str) -> str:
    """A number with its noun, as `1 file` and `1,200 files`."""
    return f"{num:,} {noun}{'' if num == 1 else 's'}"


def one_line(text: str, *, limit: int = 400) -> str:
    """`text` as one printable line of at most `limit` characters, for messages that quote foreign text."""
    line = " ".join(text.split())
    line = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in line)
    return line if len(line) <= limit else line[: limit - 1] + "…"
