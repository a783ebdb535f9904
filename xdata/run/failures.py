"""When a run fails, and what it warns of: unreadable files, records that steps fail on, languages without data.

All of it follows from the counts of finished stages, so a resumed run judges as the first one did, by
the limits that it is given now.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NoReturn

from xdata.errors import InputError, RunError, counted
from xdata.output.counts import GUARD, Counts, Failures
from xdata.recipe.phases import ANNOTATE, EMIT
from xdata.recipe.recipe import Guard, Recipe
from xdata.run.input_files import InputFiles
from xdata.run.observer import Observer
from xdata.run.task import Task
from xdata.step import DamagedFile, UnreadableFile

MOST_FAILED = 10
"""Records that a step may fail on whatever the share that it is."""
_MOST_SHOWN = 5
_MOST_FILES = 20
"""Unreadable files, and damaged ones, that are warned of one by one."""


class Warnings:
    """Warnings of a run, reported at once, and errors in a strict run."""

    def __init__(self, observer: Observer, *, strict: bool) -> None:
        self._observer = observer
        self._strict = strict
        self.lines: list[str] = []

    def add(self, lines: Sequence[str]) -> None:
        """Warns of each line. Raises RunError with the first one where the run is strict."""
        if lines and self._strict:
            refuse_warnings(lines)
        for line in lines:
            self._observer.warn(line)
        self.lines += lines


def refuse_warnings(lines: Sequence[str]) -> NoReturn:
    """Raises RunError with the first of some warnings."""
    raise RunError(f"{lines[0]} (an error because of --strict: without it the run continues)")


def refuse_bad_files(files: Sequence[UnreadableFile | DamagedFile], guard: Guard) -> None:
    """Raises InputError with the first file that cannot be read, or is damaged, where that is to stop the run."""
    if files and guard.on_bad_file == "error":
        raise InputError(f"{files[0]} (--set on_bad_file=skip continues with what can be read)")


def refuse_empty_input(files: InputFiles, counts: Counts) -> None:
    """Raises InputError where the stage that reads has no document, with what was found in its place."""
    if counts.total.read:
        return
    num = len(files.unreadable)
    if files.num_files and num == files.num_files:
        shown = "; ".join(map(str, files.unreadable[:_MOST_SHOWN]))
        more = f"; and {num - _MOST_SHOWN} more" if num > _MOST_SHOWN else ""
        which = "the input file cannot" if num == 1 else f"none of the {num} input files can"
        raise InputError(f"{which} be read: {shown}{more}")
    found = _records_found(counts)
    unreadable = f", {num} of which cannot be read (for example, {files.unreadable[0]})" if num else ""
    of = f"{counted(files.num_files, 'file')}{unreadable}"
    if not found:
        raise InputError(f"the input is empty: found no records in {of}: check --input")
    hint = ": if the text is in another field, name it with --field text=NAME" if counts.skipped["text_missing"] else ""
    raise InputError(f"no record of the input is a usable document (found: {_listed(found)}) in {of}{hint}")


def refuse_failures(counts: Counts, guard: Guard, *, total: int) -> None:
    """Raises RunError where one step failed on more of the `total` records of a stage than it may.

    A rank may ask before the stage is done: what is too much then is too much in the end.
    """
    for step, failures in counts.failures.items():
        if failures.num > max(MOST_FAILED, guard.max_failed_share * total):
            raise RunError(
                f"{_failed(step, failures, total)}, more than max_failed_share={guard.max_failed_share:g} allows: fix "
                "the cause, or raise the limit with --set max_failed_share=SHARE, then run the same command again"
            )


def refuse_if_all_failed(tasks: Sequence[Task], files: InputFiles) -> None:
    """Raises RunError where steps failed on all documents of the input, in the stages until now, the first one last."""
    read = files.readable(tasks[-1].counts)
    documents = read.total.kept
    failures = [found for task in tasks for found in task.counts.failures.items()]
    if failures and sum(found.num for _, found in failures) >= documents:
        step, most = max(failures, key=lambda found: found[1].num)
        skipped = _records_found(read)
        beside = f"; other records that were not used: {_listed(skipped)}" if skipped else ""
        raise RunError(f"processing failed on every record of the input: {_failed(step, most, documents)}{beside}")


def file_warnings(files: InputFiles) -> list[str]:
    """One for each file that cannot be read or is damaged, or for the first ones of very many."""
    skipped = [f"{file}; the file is skipped" for file in files.unreadable[:_MOST_FILES]]
    more = len(files.unreadable) - _MOST_FILES
    skipped += [f"{counted(more, 'more file')} cannot be read; manifest.json names them"] if more > 0 else []
    damaged = [str(file) for file in files.damaged[:_MOST_FILES]]
    more = len(files.damaged) - _MOST_FILES
    damaged += [f"{counted(more, 'more damaged file')}; manifest.json names them"] if more > 0 else []
    return [*skipped, *damaged]


def failure_warnings(counts: Counts) -> list[str]:
    """One for each step that failed on documents of a stage, and for what the guard stopped."""
    total = counts.total.read + counts.total.made
    stopped = [
        f"the guard stopped {counted(num, 'document')} ({verdict}): on another machine it may stop others"
        for verdict, num in sorted(counts.stopped.items())
    ]
    failed = [
        f"{_failed(step, failures, total)}; they are dropped as {step}_failed"
        for step, failures in sorted(counts.failures.items())
        if step != GUARD
    ]
    return [*failed, *stopped]


def folder_warnings(recipe: Recipe) -> list[str]:
    """One for each output folder among the input whose held-out splits would come into train, or without its ledger."""
    export = recipe.shards
    return recipe.reader.folder_warnings(keeps_splits=export.copy_rows and not export.splits)


def language_warnings(recipe: Recipe, tasks: Sequence[Task]) -> list[str]:
    """One for each requested language of which no record is kept, or one where nothing is kept at all."""
    read = next(task.counts for task in tasks if task.phase == ANNOTATE)
    kept = next(task.counts for task in tasks if task.phase == EMIT)
    decided = [task.counts for task in tasks]
    missing = [code for code in recipe.requested_languages if not (code in kept.tallies and kept.tallies[code].kept)]
    if kept.total.kept:
        return [_no_data(f"of {code} ", [code], read, decided) for code in missing]
    asked = f"of {', '.join(missing[:_MOST_SHOWN])} " if missing else ""
    return [_no_data(asked, missing, read, decided)]


def _no_data(what: str, codes: Sequence[str], read: Counts, decided: Sequence[Counts]) -> str:
    """Why no record of some languages is kept: how many were read, as which languages, and the reasons most met."""
    languages = Counter({code: tally.read for code, tally in read.tallies.items() if tally.read})
    total = languages.total()
    own = sum(languages[code] for code in codes)
    as_them = f", {own:,} of them identified as {', '.join(codes[:_MOST_SHOWN])}" if codes else ""
    reasons: Counter[str] = Counter()
    for counts in decided:
        for code, reasons_of in counts.reasons.items():
            if not own or code in codes:
                reasons.update(reasons_of)
    why = f"; most frequent reasons for dropping: {_listed(reasons)}" if reasons else ""
    were = "was" if total == 1 else "were"
    found = f"{counted(total, 'document')} {were} read{as_them} (by language: {_listed(languages)})"
    return f"no document {what}was kept: {found}{why}"


def _failed(step: str, failures: Failures, total: int) -> str:
    who = "the guard stopped" if step == GUARD else f"step {step!r} failed on"
    share = f"{failures.num / total:.1%}"
    return (
        f"{who} {failures.num:,} of {total:,} records ({share}), the first of them document {failures.first_id}: "
        f"{failures.first_error}"
    )


def _records_found(counts: Counts) -> Counter[str]:
    """What records were that are no documents -> how many."""
    return counts.skipped + Counter({"unreadable": counts.num_unreadable})


def _listed(counts: Counter[str]) -> str:
    """The most frequent, each with its number."""
    return ", ".join(_shown(counts)) or "none"


def _shown(counts: Counter[str]) -> Iterator[str]:
    ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    yield from (f"{what} {num:,}" for what, num in ordered[:_MOST_SHOWN])
    if len(ordered) > _MOST_SHOWN:
        yield f"{len(ordered) - _MOST_SHOWN} others {sum(num for _, num in ordered[_MOST_SHOWN:]):,}"
