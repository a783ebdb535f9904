"""`xdata build`: from the arguments of the command line to a run, its plan or its summary."""

import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from xdata.commands.answer import Answer, in_json
from xdata.commands.arguments import settings
from xdata.commands.plan import describe as describe_plan
from xdata.commands.plan import make_plan
from xdata.commands.progress import Progress, Quiet
from xdata.commands.summary import describe, summary
from xdata.errors import UsageError
from xdata.language_files import language_overlay
from xdata.languages import other_scripts, resolve_code
from xdata.readers.source_options import keeping, with_fields
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.job import read_recipe
from xdata.recipe.recipe import Recipe
from xdata.run.build import build, extending, stages_of
from xdata.run.executors.executor import Executor
from xdata.run.executors.named import make_executor
from xdata.run.executors.slurm import SlurmExecutor
from xdata.run.options import StageOptions, check_options, parse_options
from xdata.run.ownership import WORK

_VERBOSE_EVERY_S = 1.0
"""Seconds between lines of progress with `--verbose`."""


@dataclass(frozen=True, kw_only=True)
class BuildOptions:
    """The arguments of `xdata build`, as its parser gives them."""

    recipe: str
    input: Sequence[str]
    field: Sequence[str]
    keep: Sequence[str]
    extend: Path | None
    limit: int | None
    language: Sequence[str]
    set: Sequence[str]
    language_files: Path | None
    out: Path | None
    no_replace: bool
    strict: bool
    dry_run: bool
    quiet: bool
    verbose: bool
    json: bool
    workers: int | None
    executor: str
    slurm: Sequence[str]
    stage: Sequence[str]
    work: Path | None


def run(options: BuildOptions, *, may_fork: bool = False) -> Answer:
    """Builds, and answers with a summary; or answers with the plan of the build. `may_fork` is as of `Spawner`.

    Raises XdataError.
    """
    _refuse_files(options)
    with language_overlay(options.language_files):
        recipe = _recipe(options)
        stages = parse_options(settings(options.stage, option="--stage"))
        check_options(stages, recipe)
        if options.dry_run:
            return _plan(options, recipe)
        for name in options.language:
            others = other_scripts(name)
            if others and not options.quiet:
                code = resolve_code(name)
                print(f"note: language {name!r} is {code}; write {' or '.join(others)} for the other", file=sys.stderr)
        if options.out is None:
            raise UsageError("no output folder is given: add --out DIR, or --dry-run to see what would be done")
        executor = make_executor(
            options.executor,
            recipe,
            workers=options.workers,
            slurm=settings(options.slurm, option="--slurm"),
            fork=may_fork,
        )
        return _build(options, options.out, recipe, executor, stages)


def _refuse_files(options: BuildOptions) -> None:
    """Raises UsageError where a file is given in place of a folder or a recipe."""
    for option, path in (("--out", options.out), ("--work", options.work), ("--extend", options.extend)):
        if path is not None and path.is_file():
            raise UsageError(f"{option} {path}: expected a folder, found a file: give another path")
    if not options.recipe.endswith((".py", ".yaml", ".yml")) and Path(options.recipe).is_file():
        raise UsageError(
            f"{options.recipe}: expected a recipe, found a file: give files as --input, as in xdata build "
            f"monolingual_corpus --input {options.recipe}"
        )


def _build(
    options: BuildOptions, out: Path, recipe: Recipe, executor: Executor, stages: dict[str, StageOptions]
) -> Answer:
    with _progress(options) as progress:
        if options.verbose:
            progress.lines([*describe_plan(make_plan(recipe, out=out, work=options.work or out / WORK)), ""])
        manifest = build(
            recipe,
            out,
            work=options.work,
            executor=executor,
            options=stages,
            strict=options.strict,
            no_replace=options.no_replace,
            observer=progress,
        )
    if options.json:
        return in_json(summary(manifest, out))
    return Answer() if options.quiet else Answer(describe(manifest, out, verbose=options.verbose))


def _progress(options: BuildOptions) -> Progress:
    if options.quiet:
        return Quiet(sys.stderr)
    return Progress(sys.stderr, every_s=_VERBOSE_EVERY_S) if options.verbose else Progress(sys.stderr)


def _recipe(options: BuildOptions) -> Recipe:
    """The recipe over the sources, with everything that the command line sets."""
    sources = _sources(options)
    if options.recipe.endswith((".yaml", ".yml")):
        recipe = read_recipe(
            Path(options.recipe), sources=sources, languages=options.language, settings=settings(options.set)
        )
    else:
        function = find_recipe(options.recipe)
        recipe = function.make(sources=sources, languages=options.language, settings=settings(options.set))
    recipe = recipe if options.limit is None else recipe.limited(options.limit)
    return recipe if options.extend is None else extending(recipe, options.extend)


def _sources(options: BuildOptions) -> tuple[Source, ...]:
    for option, given in (("--field", options.field), ("--keep", options.keep)):
        if given and not options.input:
            raise UsageError(f"{option} requires --input: it applies to the sources given there")
    sources = with_fields(parse_sources(options.input), settings(options.field, option="--field"))
    return keeping(sources, options.keep) if options.keep else sources


def _plan(options: BuildOptions, recipe: Recipe) -> Answer:
    work = options.work or (None if options.out is None else options.out / WORK)
    plan = make_plan(recipe, out=options.out, work=work)
    scripts = _slurm_scripts(options, recipe, work) if options.executor == "slurm" else []
    if options.json:
        return in_json({**asdict(plan), "scripts": scripts})
    return Answer([*describe_plan(plan), *(f"script {script}" for script in scripts)])


def _slurm_scripts(options: BuildOptions, recipe: Recipe, work: Path | None) -> list[str]:
    """Writes the scripts of Slurm, the only files that a dry run writes; their paths."""
    if work is None:
        raise UsageError("--executor slurm --dry-run writes the scripts of all stages: add --out DIR")
    given, names = settings(options.slurm, option="--slurm"), [stage.name for stage in recipe.stages]
    executor = SlurmExecutor(options=given, workers=options.workers, stages=names)
    return [str(executor.leave_script(task)) for task in stages_of(recipe, work)]
