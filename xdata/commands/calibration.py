"""`xdata calibrate`: from the arguments of the command line to thresholds in language files."""

import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from xdata.commands.answer import Answer
from xdata.commands.arguments import settings
from xdata.commands.calibrate import Calibration, Reference, calibrate, describe
from xdata.commands.progress import Progress
from xdata.errors import UsageError
from xdata.filters.calibration import Method
from xdata.language_files import language_overlay, write_language
from xdata.languages import resolve_code, resolve_codes
from xdata.output.manifest import Manifest
from xdata.readers.source_options import declared
from xdata.readers.source_specs import parse_sources
from xdata.recipe.recipe import Recipe
from xdata.run.build import build
from xdata.run.executors.local import LocalExecutor
from xdata.run.executors.named import num_cores


@dataclass(frozen=True, kw_only=True)
class CalibrateOptions:
    """The arguments of `xdata calibrate`, as its parser gives them."""

    input: Sequence[str]
    declared: bool
    limit: int | None
    reference: Sequence[str]
    reference_language: str
    language: Sequence[str]
    method: Method
    max_loss: float
    set: Sequence[str]
    language_files: Path | None
    preview: Path | None
    dry_run: bool
    workers: int | None
    work: Path | None


def run(options: CalibrateOptions) -> Answer:
    """Calibrates, writes language files and a preview, and answers with what was found. Raises XdataError."""
    _check_folders(options)
    overlay = options.language_files
    with language_overlay(overlay if overlay is not None and overlay.is_dir() else None):
        found = _found(options)
    lines = [line for each in found for line in describe(each)]
    if overlay is not None and not options.dry_run:
        lines += [f"written: {write_language(each.facts, overlay)}" for each in found]
    return Answer(lines)


def _check_folders(options: CalibrateOptions) -> None:
    """Raises UsageError where there is no folder to write to."""
    if options.language_files is None and not options.dry_run:
        raise UsageError("no folder for the language files: add --language-files DIR, or --dry-run")
    for option, folder in (
        ("--language-files", options.language_files),
        ("--preview", options.preview and options.preview.parent),
    ):
        if folder is not None and folder.exists() and not folder.is_dir():
            raise UsageError(f"{option} {folder}: expected a folder, found a file: give another path")


def _found(options: CalibrateOptions) -> list[Calibration]:
    languages = resolve_codes(options.language)
    if options.declared and len(languages) != 1:
        raise UsageError(f"--declared requires exactly one --language, found {len(languages)}")
    sources = parse_sources(options.input)
    sources = declared(sources, languages[0]) if options.declared else sources
    reference = parse_sources(options.reference) if options.reference else ()
    executor = LocalExecutor(workers=options.workers or num_cores())
    with Progress(sys.stderr) as progress, _work_folder(options.work) as work:

        def build_sample(recipe: Recipe, out: Path) -> Manifest:
            limited = recipe if options.limit is None else recipe.limited(options.limit)
            return build(limited, out, executor=executor, observer=progress)

        return calibrate(
            sources,
            languages,
            work=work,
            build=build_sample,
            settings=settings(options.set),
            method=options.method,
            max_loss=options.max_loss,
            reference=Reference(reference, resolve_code(options.reference_language)) if reference else None,
            preview=options.preview,
        )


@contextmanager
def _work_folder(path: Path | None) -> Iterator[Path]:
    """The given folder, or a temporary one that is removed afterwards."""
    if path is not None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="xdata-") as folder:
        yield Path(folder)
