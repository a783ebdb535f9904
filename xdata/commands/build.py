"""`xdata build`: from the words of the command line to a run, and what is printed of it."""

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from xdata.commands.arguments import print_lines, settings, use_language_files
from xdata.errors import UsageError

if TYPE_CHECKING:
    from xdata.readers.sources import Source
    from xdata.recipe.recipe import Recipe


def run(options: argparse.Namespace) -> int:
    from xdata.threads import limit_threads

    may_fork = limit_threads()
    from xdata.commands.progress import Progress, Quiet
    from xdata.commands.summary import describe, summary
    from xdata.run.build import build, dry_run, extending
    from xdata.run.executors.named import make_executor
    from xdata.run.options import check_options, parse_options

    use_language_files(options.language_files)
    recipe = _recipe(options)
    if options.extend is not None:
        recipe = extending(recipe, options.extend)
    stage_options = parse_options(settings(options.stage, option="--stage"))
    check_options(stage_options, recipe)
    if options.dry_run:
        print_lines([*dry_run(recipe), *_left_scripts(options, recipe)])
        return 0
    if options.out is None:
        raise UsageError("no output folder: add --out DIR")
    slurm = settings(options.slurm, option="--slurm")
    executor = make_executor(options.executor, recipe, workers=options.workers, slurm=slurm, fork=may_fork)
    with Quiet() if options.quiet else Progress(sys.stderr) as progress:
        manifest = build(
            recipe,
            options.out,
            work=options.work,
            executor=executor,
            options=stage_options,
            strict=options.strict,
            no_replace=options.no_replace,
            observer=progress,
        )
    if options.json:
        sys.stdout.write(json.dumps(summary(manifest, options.out), ensure_ascii=False, indent=1) + "\n")
        return 0
    if not options.quiet:
        print_lines(describe(manifest, options.out, verbose=options.verbose))
    return 0


def _recipe(options: argparse.Namespace) -> "Recipe":
    from xdata.readers.sources import keeping, parse_sources, with_fields

    for option, given in (("--field", options.field), ("--keep", options.keep)):
        if given and not options.input:
            raise UsageError(f"{option} requires --input: it applies to the sources given there")
    sources = with_fields(parse_sources(options.input), settings(options.field, option="--field"))
    sources = keeping(sources, options.keep) if options.keep else sources
    recipe = _unlimited(options, sources, settings(options.set))
    return recipe if options.limit is None else recipe.limited(options.limit)


def _unlimited(options: argparse.Namespace, sources: "tuple[Source, ...]", parameters: dict[str, str]) -> "Recipe":
    from xdata.recipe.functions import find_recipe
    from xdata.recipe.job import read_recipe

    given = {"sources": sources, "languages": options.language, "settings": parameters}
    if options.recipe.endswith((".yaml", ".yml")):
        return read_recipe(Path(options.recipe), **given)
    return find_recipe(options.recipe).make(**given)


def _left_scripts(options: argparse.Namespace, recipe: "Recipe") -> list[str]:
    """The paths of the Slurm scripts, the only files that a dry run writes."""
    if options.executor != "slurm":
        return []
    from xdata.run.build import stages_of
    from xdata.run.executors.slurm import SlurmExecutor
    from xdata.run.ownership import WORK

    if options.out is None and options.work is None:
        raise UsageError("no folder for the Slurm scripts: add --out DIR")
    asked, stages = settings(options.slurm, option="--slurm"), [stage.name for stage in recipe.stages]
    executor = SlurmExecutor(options=asked, workers=options.workers, stages=stages)
    tasks = stages_of(recipe, options.work or options.out / WORK)
    return [f"script {executor.leave_script(task)}" for task in tasks]
