"""The command line: parses arguments, calls the command, prints its answer. No logic lives here.

Exit status: 0 done; 1 input, resource, run or check is wrong; 2 command line or configuration is wrong; 130 Ctrl-C.
"""

import io
import os
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from xdata.commands.parsers import COMMAND, make_parser, parsers
from xdata.errors import UsageError, XdataError
from xdata.terminal import printable

if TYPE_CHECKING:
    from xdata.commands.answer import Answer

__all__ = ["main", "parsers"]

_INTERRUPTED = 130


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; the exit status."""
    _prepare_streams()
    try:
        words = sys.argv[1:] if arguments is None else list(arguments)
        _refuse_undecodable(words)
        options = make_parser().parse_command(words)
        answer = _COMMANDS[options.pop(COMMAND)](options)
        for line in answer.printed():
            sys.stdout.write(f"{line}\n")
        sys.stdout.flush()
        return answer.status
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


def _prepare_streams() -> None:
    """Makes sure that there are streams, and that letters which they cannot encode are escaped."""
    sys.stdout = sys.stdout or open(os.devnull, "w", encoding="utf-8")  # noqa: SIM115
    sys.stderr = sys.stderr or sys.stdout
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _refuse_undecodable(words: Sequence[str]) -> None:
    """Raises UsageError for a word of the command line that is not UTF-8."""
    for word in words:
        if any("\ud800" <= character <= "\udfff" for character in word):
            raise UsageError(f"argument {word}: expected UTF-8, found other bytes")


def _say(line: str) -> None:
    sys.stderr.write(printable(line) + "\n")


def _build(options: dict[str, Any]) -> "Answer":
    from xdata.threads import limit_threads

    may_fork = limit_threads()  # before numpy and pyarrow are imported
    from xdata.commands.build import BuildOptions, run

    return run(BuildOptions(**options), may_fork=may_fork)


def _list(options: dict[str, Any]) -> "Answer":
    from xdata.commands.answer import Answer
    from xdata.commands.listing import listing

    return Answer(listing(options["what"]))


def _show(options: dict[str, Any]) -> "Answer":
    from xdata.commands.answer import Answer
    from xdata.commands.show import show

    return Answer(show(options["name"]))


def _check(options: dict[str, Any]) -> "Answer":
    from xdata.commands.outputs import check_folder

    return check_folder(options["dir"], as_json=options["json"])


def _explain(options: dict[str, Any]) -> "Answer":
    from xdata.commands.outputs import explain_record

    return explain_record(options["dir"], options["id"], as_json=options["json"])


def _diff(options: dict[str, Any]) -> "Answer":
    from xdata.commands.outputs import compare_folders

    return compare_folders(options["first"], options["second"], as_json=options["json"])


def _report(options: dict[str, Any]) -> "Answer":
    from xdata.commands.outputs import write_report

    return write_report(options["dir"])


def _calibrate(options: dict[str, Any]) -> "Answer":
    from xdata.commands.calibration import CalibrateOptions, run

    return run(CalibrateOptions(**options))


def _identify(options: dict[str, Any]) -> "Answer":
    from xdata.commands.identify import IdentifyOptions, run

    return run(IdentifyOptions(**options))


def _train_classifier(options: dict[str, Any]) -> "Answer":
    from xdata.commands.answer import Answer
    from xdata.commands.train import describe_classifier, train_quality_classifier

    trained, good, bad = train_quality_classifier(options["good"], options["bad"], out=options["out"])
    return Answer(describe_classifier(options["out"], trained, good, bad))


def _train_perplexity(options: dict[str, Any]) -> "Answer":
    from xdata.commands.answer import Answer
    from xdata.commands.train import describe_perplexity, train_perplexity_model

    specs = options.pop("input")
    return Answer(describe_perplexity(*train_perplexity_model(specs, **options)))


def _doctor(options: dict[str, Any]) -> "Answer":
    from xdata.commands.doctor import run

    return run(as_json=options["json"])


_COMMANDS: Mapping[str, Callable[[dict[str, Any]], "Answer"]] = {
    "build": _build,
    "list": _list,
    "show": _show,
    "check": _check,
    "explain": _explain,
    "diff": _diff,
    "report": _report,
    "calibrate": _calibrate,
    "identify": _identify,
    "train classifier": _train_classifier,
    "train perplexity": _train_perplexity,
    "doctor": _doctor,
}
"""Words of a command -> what runs it. Each imports what it needs when it is called, so that help is fast."""


if __name__ == "__main__":
    sys.exit(main())
