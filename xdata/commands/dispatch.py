"""What each command does with its options: calls the library, prints. Modules are imported by the command that runs."""

import argparse
import contextlib
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from xdata.commands.arguments import print_lines, settings, use_language_files
from xdata.errors import UsageError

if TYPE_CHECKING:
    from xdata.output.manifest import Manifest
    from xdata.recipe.recipe import Recipe


def _build(options: argparse.Namespace) -> int:
    from xdata.commands.build import run

    return run(options)


def _calibrate(options: argparse.Namespace) -> int:
    from xdata.commands.calibrate import Reference, calibrate, describe
    from xdata.commands.progress import Progress
    from xdata.languages import resolve_code, resolve_codes, write_language
    from xdata.readers.sources import declared, parse_sources
    from xdata.run.build import build
    from xdata.run.executors.local import LocalExecutor
    from xdata.run.executors.named import num_cores

    if options.language_files is None and not options.dry_run:
        raise UsageError("no folder for the language files: add --language-files DIR, or --dry-run")
    for option, folder in (
        ("--language-files", options.language_files),
        ("--preview", options.preview and options.preview.parent),
    ):
        if folder is not None and folder.exists() and not folder.is_dir():
            raise UsageError(f"{option} {folder}: is not a folder")
    if options.language_files is not None and options.language_files.is_dir():
        use_language_files(options.language_files)
    languages = resolve_codes(options.language)
    if options.declared and len(languages) != 1:
        raise UsageError("--declared requires exactly one --language")
    sources = parse_sources(options.input)
    sources = declared(sources, languages[0]) if options.declared else sources
    reference = parse_sources(options.reference) if options.reference else ()
    with Progress(sys.stderr) as progress, _work_folder(options.work) as work:

        def run(recipe: "Recipe", out: Path) -> "Manifest":
            limited = recipe if options.limit is None else recipe.limited(options.limit)
            return build(
                limited, out, executor=LocalExecutor(workers=options.workers or num_cores()), observer=progress
            )

        found = calibrate(
            sources,
            languages,
            work=work,
            build=run,
            settings=settings(options.set),
            method=options.method,
            max_loss=options.max_loss,
            reference=Reference(reference, resolve_code(options.reference_language)) if reference else None,
            preview=options.preview,
        )
    print_lines([line for each in found for line in describe(each)])
    if not options.dry_run:
        print_lines([f"written: {write_language(each.facts, options.language_files)}" for each in found])
    return 0


@contextlib.contextmanager
def _work_folder(path: Path | None) -> Iterator[Path]:
    """The given folder, or a temporary one that is removed afterwards."""
    if path is not None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="xdata-") as folder:
        yield Path(folder)


def _train_classifier(options: argparse.Namespace) -> int:
    from xdata.commands.train import describe_classifier, train_quality_classifier

    trained, good, bad = train_quality_classifier(options.good, options.bad, out=options.out)
    print_lines(describe_classifier(options.out, trained, good, bad))
    return 0


def _train_perplexity(options: argparse.Namespace) -> int:
    from xdata.commands.train import describe_perplexity, train_perplexity_model

    path, model, texts = train_perplexity_model(
        options.input,
        language=options.language,
        out=options.out,
        max_characters=options.max_characters,
        max_ngrams=options.max_ngrams,
    )
    print_lines(describe_perplexity(path, model, texts))
    return 0


def _check(options: argparse.Namespace) -> int:
    from xdata.output.check import LEAKS, check

    problems = check(options.dir)
    hint = [f"{options.dir}: delete the damaged files, then run the command that built the folder again"]
    damaged = [problem for problem in problems if not problem.startswith(LEAKS)]
    print_lines([*problems, *(hint if damaged else [])] if problems else [f"{options.dir}: is whole"])
    return 1 if problems else 0


def _diff(options: argparse.Namespace) -> int:
    from xdata.output.diff import describe, diff

    print_lines(list(describe(diff(options.first, options.second))))
    return 0


def _explain(options: argparse.Namespace) -> int:
    import orjson

    from xdata.output.folder import Output

    explained = Output.open(options.dir).explain(options.id)
    if options.json:
        print(orjson.dumps(explained.to_dict(), option=orjson.OPT_INDENT_2).decode())
    else:
        print_lines(explained.lines)
    return 0


def _report(options: argparse.Namespace) -> int:
    from xdata.output.report import REPORT
    from xdata.run.publish import rewrite_report

    rewrite_report(options.dir)
    print_lines([str(options.dir / REPORT)])
    return 0


def _identify(options: argparse.Namespace) -> int:
    from xdata.commands.identify import candidate_weights, identify_lines, read_lines, summary
    from xdata.languages import resolve_codes
    from xdata.models.language import XLID, check_nameable, load_identifier
    from xdata.references import ModelRef

    if options.labels is not None and options.model is None:
        raise UsageError("--labels requires --model")
    if options.model is not None and options.prior != "equal":
        raise UsageError(
            "--prior cannot be combined with --model: fastText models have the prior of their training data"
        )
    candidates = resolve_codes(code.strip() for word in options.candidates for code in word.split(","))
    weights = candidate_weights(candidates, other_weight=options.other_weight) if candidates else None
    model = XLID
    if options.model is not None:
        labels = None if options.labels is None else str(options.labels)
        model = ModelRef(backend="fasttext", model=str(options.model), labels=labels)
    check_nameable(candidates, model=model)
    found = identify_lines(
        read_lines(options.files),
        load_identifier(model, prior=options.prior),
        min_score=options.min_score,
        weights=weights,
    )
    for line in summary(found) if options.summary else map(str, found):
        sys.stdout.write(f"{line}\n")  # codes and numbers alone
    sys.stdout.flush()
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from xdata.commands.doctor import describe, examine

    findings = list(examine())
    print_lines(describe(findings))
    return 1 if any(finding.state == "broken" for finding in findings) else 0


def _list(options: argparse.Namespace) -> int:
    from xdata.commands.listing import listing

    print_lines(listing(options.what))
    return 0


def _show(options: argparse.Namespace) -> int:
    from xdata.commands.listing import show

    print_lines(show(options.name))
    return 0


COMMANDS: Mapping[str, Callable[[argparse.Namespace], int]] = {
    "build": _build,
    "calibrate": _calibrate,
    "train_classifier": _train_classifier,
    "train_perplexity": _train_perplexity,
    "check": _check,
    "diff": _diff,
    "explain": _explain,
    "report": _report,
    "identify": _identify,
    "doctor": _doctor,
    "list": _list,
    "show": _show,
}
"""Name of a command, as its parser sets it -> function from options to the exit status."""
