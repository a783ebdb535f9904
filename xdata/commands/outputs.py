"""Commands over output folders: check, explain, diff, report."""

from dataclasses import asdict
from pathlib import Path

from xdata.commands.answer import Answer, in_json
from xdata.output.check import LEAKS, check
from xdata.output.diff import describe, diff
from xdata.output.folder import Output
from xdata.output.manifest import Manifest
from xdata.output.report import REPORT
from xdata.run.publish import rewrite_report


def check_folder(folder: Path, *, as_json: bool = False) -> Answer:
    """What is wrong with an output folder, a line each, with status 1; one line where nothing is.

    Raises CheckError where the folder has no manifest.
    """
    problems = check(folder)
    status = 1 if problems else 0
    if as_json:
        return in_json({"path": str(folder), "complete": not problems, "problems": problems}, status=status)
    if not problems:
        return Answer([f"{folder}: complete, {len(Manifest.read(folder).files):,} files are as the manifest states"])
    damaged = any(not problem.startswith(LEAKS) for problem in problems)
    repair = f"{folder}: is damaged: delete the files named above, then run the command that built the folder again"
    return Answer([*problems, *([repair] if damaged else [])], status)


def explain_record(folder: Path, identity: str, *, as_json: bool = False) -> Answer:
    """The life of the records of an id. Raises CheckError for a damaged folder, InputError for an unknown id."""
    explanation = Output.open(folder).explain(identity)
    return in_json(explanation.to_dict()) if as_json else Answer(explanation.lines)


def compare_folders(first: Path, second: Path, *, as_json: bool = False) -> Answer:
    """What the second folder gained and lost. Raises CheckError where a folder is incomplete or damaged."""
    found = diff(first, second)
    if not as_json:
        return Answer(describe(found))
    return in_json({"first": str(first), "second": str(second), "languages": {c: asdict(f) for c, f in found.items()}})


def write_report(folder: Path) -> Answer:
    """Writes the report of a folder again. Raises CheckError where the folder is incomplete or damaged."""
    rewrite_report(folder)
    return Answer([str(folder / REPORT)])
