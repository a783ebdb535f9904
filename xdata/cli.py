"""The command line: reads arguments, runs a command, reports errors in one line.

Exit status: 0 done; 1 input, resource, run or check is wrong; 2 command line or configuration is wrong; 130 Ctrl-C.
"""

import io
import os
import sys
from collections.abc import Sequence

from xdata.commands.dispatch import COMMANDS
from xdata.commands.parsers import make_parser
from xdata.errors import UsageError, XdataError
from xdata.terminal import printable

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit status."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or sys.stdout
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        words = sys.argv[1:] if arguments is None else list(arguments)
        for word in words:
            if any("\ud800" <= c <= "\udfff" for c in word):
                raise UsageError(f"{word}: is not UTF-8")
        options = make_parser().parse_args(words)
        return COMMANDS[options.command](options)
    except XdataError as error:
        _say(f"xdata: {error}")
        return error.exit_status
    except KeyboardInterrupt:
        _say("xdata: interrupted: run the same command again to resume")
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:
        _say(f"xdata: {error.filename or 'output'}: {error.strerror or error}")
        return 1


def _say(line: str) -> None:
    sys.stderr.write(printable(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
