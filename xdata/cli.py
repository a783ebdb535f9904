"""The command line: reads arguments, calls the library, prints. No logic lives here.

Exit status: 0 done; 1 input, resource, run or check is wrong; 2 command line or configuration is wrong; 130 Ctrl-C.
"""

import argparse
import contextlib
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from xdata import __version__
from xdata.errors import UsageError, XdataError, counted
from xdata.terminal import printable

if TYPE_CHECKING:
    from xdata.output.manifest import Manifest
    from xdata.readers.sources import Source
    from xdata.recipe.recipe import Recipe

    _Commands = argparse._SubParsersAction["_Parser"]

_INTERRUPTED = 130
_ENGINES = ("local", "inline", "ray", "slurm")
_PRIORS = ("equal", "people")
_METHODS = ("tail", "quantile", "mean_std", "median_ratio")
_LISTS = ("recipes", "steps", "languages", "models", "papers")


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
        options = _parser().parse_args(words)
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except XdataError as error:
        _say(f"xdata: {error}")
        return error.exit_status
    except KeyboardInterrupt:
        _say("xdata: interrupted: the same command goes on from here")
        return _INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 0
    except OSError as error:
        _say(f"xdata: {error.filename or 'output'}: {error.strerror or error}")
        return 1


class _Parser(argparse.ArgumentParser):
    """A parser whose errors are one line, as all others."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}: see {self.prog} --help")


def _parser() -> argparse.ArgumentParser:
    parser = _Parser(prog="xdata", description="Training data for languages that have little text.")
    parser.add_argument("--version", action="version", version=f"xdata {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=_Parser)

    for add in (_add_build, _add_calibrate, _add_train, _add_readers_of_outputs, _add_listings):
        add(commands)
    return parser


def _add_build(commands: "_Commands") -> None:
    build = commands.add_parser("build", help="run a recipe into a folder, or go on with it")
    build.add_argument(
        "recipe",
        metavar="RECIPE",
        help="a name (see xdata list), NAME:PRESET, a .py file, a job.yaml, or a recipe.yaml",
    )
    build.add_argument(
        "--input",
        metavar="SOURCE",
        nargs="+",
        action="extend",
        default=[],
        help="files, folders, globs in quotes, a sources.yaml, or hf:organisation/name",
    )
    build.add_argument(
        "--language",
        metavar="L",
        nargs="+",
        action="extend",
        default=[],
        help="a language to keep, as swh_Latn or sw; all that are found unless given",
    )
    build.add_argument(
        "--set",
        metavar="KEY=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="a parameter (see xdata show RECIPE)",
    )
    build.add_argument(
        "--field",
        metavar="FIELD=COLUMN",
        nargs="+",
        action="extend",
        default=[],
        help="map a field of xdata (text, url, date, …, id) to a column of the input, as text=body id=docid",
    )
    build.add_argument(
        "--keep",
        metavar="COLUMN",
        nargs="+",
        action="extend",
        default=[],
        help="additional columns of the input to keep: all, NAME, or INPUT_NAME=OUTPUT_NAME",
    )
    build.add_argument("--out", metavar="DIR", type=_folder, help="where the result goes")
    build.add_argument("--work", metavar="DIR", type=_folder, help="what is between stages; DIR/work unless given")
    build.add_argument("--workers", metavar="N", type=_count, help="ranks at a time; all cores unless given")
    build.add_argument(
        "--executor",
        choices=_ENGINES,
        default="local",
        help="where ranks run: in processes of this machine, in this process, on Ray, or on Slurm",
    )
    build.add_argument(
        "--slurm",
        metavar="KEY=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="an option of sbatch, as mem=8G, or of one stage, as read.mem=8G",
    )
    build.add_argument(
        "--stage",
        metavar="NAME.OPTION=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="execution option of a stage, as read.part_bytes=16000000; does not change the result",
    )
    build.add_argument(
        "--language-files", metavar="DIR", type=_folder, help="language files that stand in for those of xdata"
    )
    build.add_argument("--limit", metavar="N", type=_count, help="documents read of each file, for a trial")
    build.add_argument(
        "--extend",
        metavar="DIR",
        type=_folder,
        help="earlier output folder to add the input to; its documents are kept",
    )
    build.add_argument("--strict", action="store_true", help="treat warnings as errors: stop at the first one")
    build.add_argument("--no-replace", action="store_true", help="refuse to replace output of another configuration")
    build.add_argument("--dry-run", action="store_true", help="say what would be read and done")
    build.set_defaults(command=_build)


def _add_calibrate(commands: "_Commands") -> None:
    calibrate = commands.add_parser("calibrate", help="thresholds of a language from a sample of it")
    calibrate.add_argument("--input", metavar="SOURCE", nargs="+", action="extend", default=[], help="as of build")
    calibrate.add_argument(
        "--language",
        metavar="L",
        nargs="+",
        action="extend",
        default=[],
        help="a language, as swh_Latn; all unless given",
    )
    calibrate.add_argument(
        "--declared", action="store_true", help="all input is in the language: it is not to be identified"
    )
    calibrate.add_argument(
        "--language-files", metavar="DIR", type=_folder, help="language files: where the thresholds are written"
    )
    calibrate.add_argument("--method", choices=_METHODS, default="tail", help="how thresholds are found")
    calibrate.add_argument(
        "--max-loss", metavar="SHARE", type=_share, default=0.01, help="most of the sample that may go (tail); 0.01"
    )
    calibrate.add_argument(
        "--reference", metavar="SOURCE", nargs="+", action="extend", default=[], help="a sample in English, or in"
    )
    calibrate.add_argument("--reference-language", metavar="L", default="eng_Latn", help="the language it is in")
    calibrate.add_argument("--set", metavar="KEY=VALUE", nargs="+", action="extend", default=[], help="as of build")
    calibrate.add_argument("--work", metavar="DIR", type=_folder, help="what is in between; removed unless given")
    calibrate.add_argument("--workers", metavar="N", type=_count, help="ranks at a time; all cores unless given")
    calibrate.add_argument("--limit", metavar="N", type=_count, help="documents read of each file")
    calibrate.add_argument(
        "--preview", metavar="FILE", type=_folder, help="write which document each rule would remove"
    )
    calibrate.add_argument("--dry-run", action="store_true", help="show what would be removed and write nothing else")
    calibrate.set_defaults(command=_calibrate)


def _add_train(commands: "_Commands") -> None:
    train = commands.add_parser("train", help="train a small model that a score uses")
    kinds = train.add_subparsers(title="models", required=True, metavar="MODEL", parser_class=_Parser)

    classifier = kinds.add_parser("classifier", help="of good and bad documents, for scores.classifier")
    for name in ("good", "bad"):
        classifier.add_argument(
            f"--{name}",
            metavar="SOURCE",
            nargs="+",
            action="extend",
            required=True,
            help=f"{name} documents, as --input of build takes them",
        )
    classifier.add_argument("--out", metavar="FILE", type=_folder, required=True, help="where the model goes")
    classifier.set_defaults(command=_train_classifier)

    perplexity = kinds.add_parser("perplexity", help="of one language, for scores.perplexity")
    perplexity.add_argument(
        "--input",
        metavar="SOURCE",
        nargs="+",
        action="extend",
        required=True,
        help="text of the language, as --input of build takes it",
    )
    perplexity.add_argument("--language", metavar="L", required=True, help="as swh_Latn or sw")
    perplexity.add_argument("--max-characters", metavar="N", type=_count, help="most that is trained on, a sample")
    perplexity.add_argument("--max-ngrams", metavar="N", type=_count, help="most that the model has")
    perplexity.add_argument(
        "--out", metavar="DIR", type=_folder, required=True, help="folder of models, or a file CODE.ngrams"
    )
    perplexity.set_defaults(command=_train_perplexity)


def _add_readers_of_outputs(commands: "_Commands") -> None:
    check = commands.add_parser("check", help="whether a folder is what its manifest says")
    check.add_argument("dir", metavar="DIR", type=_folder)
    check.set_defaults(command=_check)

    diff = commands.add_parser("diff", help="what a folder gained and lost against another")
    diff.add_argument("first", metavar="A", type=_folder)
    diff.add_argument("second", metavar="B", type=_folder)
    diff.set_defaults(command=_diff)

    explain = commands.add_parser("explain", help="the life of one document")
    explain.add_argument("dir", metavar="DIR", type=_folder)
    explain.add_argument("id", metavar="ID", help="id, its first 6 characters or more, or original_id")
    explain.add_argument("--json", action="store_true", help="print the facts as JSON")
    explain.set_defaults(command=_explain)

    report = commands.add_parser("report", help="write the report of a folder again")
    report.add_argument("dir", metavar="DIR", type=_folder)
    report.set_defaults(command=_report)


def _add_listings(commands: "_Commands") -> None:
    identify = commands.add_parser("identify", help="the language of each line")
    identify.add_argument("files", metavar="FILE", nargs="*", help="text, a line a time; standard input without, or -")
    identify.add_argument(
        "--min-score", metavar="P", type=_share, default=0.0, help="und where the probability is below"
    )
    identify.add_argument(
        "--candidates",
        metavar="L",
        action="append",
        default=[],
        help="a language that others are less likely than, or several: mlt_Latn,eng_Latn; may be given again",
    )
    identify.add_argument(
        "--other-weight", metavar="W", type=_share, default=0.1, help="what others count for beside those expected; 0.1"
    )
    identify.add_argument(
        "--prior",
        choices=_PRIORS,
        default="equal",
        help="how frequent languages are: equal, or people: by how many write them, as on the web",
    )
    identify.add_argument("--model", metavar="FILE", type=_folder, help="a fastText model in place of our own")
    identify.add_argument("--labels", metavar="FILE", type=_folder, help="what the labels of the model mean")
    identify.add_argument("--summary", action="store_true", help="languages by number of lines, in place of lines")
    identify.set_defaults(command=_identify)

    doctor = commands.add_parser("doctor", help="what is installed, and whether models and executors work")
    doctor.set_defaults(command=_doctor)

    listing = commands.add_parser("list", help="what there is")
    listing.add_argument("what", nargs="?", choices=_LISTS, default="recipes")
    listing.set_defaults(command=_list)

    show = commands.add_parser("show", help="a recipe with its parameters, a step, or a language")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(command=_show)


def _build(options: argparse.Namespace) -> int:
    from xdata.threads import limit_threads

    may_fork = limit_threads()
    from xdata.commands.progress import Progress
    from xdata.languages import OVERLAY, check_overlay
    from xdata.run.build import build, dry_run, extending
    from xdata.run.executors.named import make_executor
    from xdata.run.options import check_options, parse_options

    if options.language_files is not None:
        os.environ[OVERLAY] = str(options.language_files.resolve())
        check_overlay()
    recipe = _recipe(options)
    if options.extend is not None:
        recipe = extending(recipe, options.extend)
    stage_options = parse_options(_settings(options.stage, option="--stage"))
    check_options(stage_options, recipe)
    if options.dry_run:
        _print([*dry_run(recipe), *_left_scripts(options, recipe)])
        return 0
    if options.out is None:
        raise UsageError("say where the result goes: --out DIR")
    slurm = _settings(options.slurm, option="--slurm")
    executor = make_executor(options.executor, recipe, workers=options.workers, slurm=slurm, fork=may_fork)
    with Progress(sys.stderr) as progress:
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
    rows = sum(facts.num_rows for facts in manifest.languages.values())
    _print([f"{options.out}: {counted(rows, 'document')} in {counted(len(manifest.languages), 'language')}"])
    return 0


def _recipe(options: argparse.Namespace) -> "Recipe":
    from xdata.readers.sources import keeping, parse_sources, with_fields

    for option, given in (("--field", options.field), ("--keep", options.keep)):
        if given and not options.input:
            raise UsageError(f"{option} requires --input: it applies to the sources given there")
    sources = with_fields(parse_sources(options.input), _settings(options.field, option="--field"))
    sources = keeping(sources, options.keep) if options.keep else sources
    settings = _settings(options.set)
    recipe = _unlimited(options, sources, settings)
    return recipe if options.limit is None else recipe.limited(options.limit)


def _unlimited(options: argparse.Namespace, sources: "tuple[Source, ...]", settings: dict[str, str]) -> "Recipe":
    from xdata.recipe.functions import find_recipe
    from xdata.recipe.job import read_recipe

    given = {"sources": sources, "languages": options.language, "settings": settings}
    if options.recipe.endswith((".yaml", ".yml")):
        return read_recipe(Path(options.recipe), **given)
    return find_recipe(options.recipe).make(**given)


def _settings(words: Sequence[str], *, option: str = "--set") -> dict[str, str]:
    settings: dict[str, str] = {}
    for word in words:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise UsageError(f"{option} {word}: write KEY=VALUE")
        if key in settings:
            raise UsageError(f"{option} {key}: is given twice")
        settings[key] = value
    return settings


def _left_scripts(options: argparse.Namespace, recipe: "Recipe") -> list[str]:
    """Where the scripts of Slurm were left, for which alone a dry run writes anything."""
    if options.executor != "slurm":
        return []
    from xdata.run.build import stages_of
    from xdata.run.executors.slurm import SlurmExecutor
    from xdata.run.ownership import WORK

    if options.out is None and options.work is None:
        raise UsageError("say where the scripts of Slurm go: --out DIR")
    asked, stages = _settings(options.slurm, option="--slurm"), [stage.name for stage in recipe.stages]
    executor = SlurmExecutor(options=asked, workers=options.workers, stages=stages)
    tasks = stages_of(recipe, options.work or options.out / WORK)
    return [f"script {executor.leave_script(task)}" for task in tasks]


def _folder(word: str) -> Path:
    """A path that says something."""
    try:
        path = Path(word).expanduser()
    except RuntimeError:
        raise argparse.ArgumentTypeError(f"{word}: there is no such user") from None
    if not word.strip():
        raise argparse.ArgumentTypeError("is empty")
    return path


def _count(word: str) -> int:
    """A whole number from 1 on."""
    if not word.isascii() or not word.isdigit() or int(word[:18]) < 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a whole number from 1 on")
    return int(word[:18])


def _calibrate(options: argparse.Namespace) -> int:
    from xdata.commands.calibrate import Reference, calibrate, describe, write_preview
    from xdata.commands.progress import Progress
    from xdata.languages import OVERLAY, check_overlay, resolve_code, resolve_codes, write_language
    from xdata.readers.sources import declared, parse_sources
    from xdata.run.build import build
    from xdata.run.executors.local import LocalExecutor
    from xdata.run.executors.named import num_cores

    if options.language_files is None and not options.dry_run:
        raise UsageError("say where the language file goes: --language-files DIR, or --dry-run")
    for option, folder in (
        ("--language-files", options.language_files),
        ("--preview", options.preview and options.preview.parent),
    ):
        if folder is not None and folder.exists() and not folder.is_dir():
            raise UsageError(f"{option} {folder}: is no folder")
    if options.language_files is not None and options.language_files.is_dir():
        os.environ[OVERLAY] = str(options.language_files.resolve())
        check_overlay()
    languages = resolve_codes(options.language)
    if options.declared and len(languages) != 1:
        raise UsageError("--declared goes with one --language")
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
            settings=_settings(options.set),
            method=options.method,
            max_loss=options.max_loss,
            reference=Reference(reference, resolve_code(options.reference_language)) if reference else None,
        )
    _print([line for each in found for line in describe(each)])
    if options.preview is not None:
        write_preview(found, options.preview)
    if not options.dry_run:
        _print([f"written: {write_language(each.facts, options.language_files)}" for each in found])
    return 0


@contextlib.contextmanager
def _work_folder(path: Path | None) -> Iterator[Path]:
    """The folder that was named, or one that is gone afterwards."""
    if path is not None:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="xdata-") as folder:
        yield Path(folder)


def _share(word: str) -> float:
    """A number from 0 to 1."""
    try:
        value = float(word)
    except ValueError:
        value = -1.0
    if not 0 <= value <= 1:
        raise argparse.ArgumentTypeError(f"{word!r} is not a number from 0 to 1")
    return value


def _train_classifier(options: argparse.Namespace) -> int:
    from xdata.commands.train import describe_classifier, train_quality_classifier

    trained, good, bad = train_quality_classifier(options.good, options.bad, out=options.out)
    _print(describe_classifier(options.out, trained, good, bad))
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
    _print(describe_perplexity(path, model, texts))
    return 0


def _check(options: argparse.Namespace) -> int:
    from xdata.output.check import LEAKS, check

    problems = check(options.dir)
    hint = [f"{options.dir}: delete what is damaged, and the command that made the folder makes it again"]
    damaged = [problem for problem in problems if not problem.startswith(LEAKS)]
    _print([*problems, *(hint if damaged else [])] if problems else [f"{options.dir}: is whole"])
    return 1 if problems else 0


def _diff(options: argparse.Namespace) -> int:
    from xdata.output.diff import describe, diff

    _print(list(describe(diff(options.first, options.second))))
    return 0


def _explain(options: argparse.Namespace) -> int:
    import orjson

    from xdata.output.folder import Output

    explained = Output.open(options.dir).explain(options.id)
    if options.json:
        print(orjson.dumps(explained.to_dict(), option=orjson.OPT_INDENT_2).decode())
    else:
        _print(explained.lines)
    return 0


def _report(options: argparse.Namespace) -> int:
    from xdata.output.report import REPORT
    from xdata.run.publish import rewrite_report

    rewrite_report(options.dir)
    _print([str(options.dir / REPORT)])
    return 0


def _identify(options: argparse.Namespace) -> int:
    from xdata.commands.identify import candidate_weights, identify_lines, read_lines, summary
    from xdata.languages import resolve_codes
    from xdata.models.language import XLID, check_nameable, load_identifier
    from xdata.references import ModelRef

    if options.labels is not None and options.model is None:
        raise UsageError("--labels goes with --model")
    if options.model is not None and options.prior != "equal":
        raise UsageError("--prior goes with our own model: those of fastText have that of their training")
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
    _print(describe(findings))
    return 1 if any(finding.state == "broken" for finding in findings) else 0


def _list(options: argparse.Namespace) -> int:
    from xdata.commands.listing import listing

    _print(listing(options.what))
    return 0


def _show(options: argparse.Namespace) -> int:
    from xdata.commands.listing import show

    _print(show(options.name))
    return 0


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        sys.stdout.write(printable(line) + "\n")
    sys.stdout.flush()


def _say(line: str) -> None:
    sys.stderr.write(printable(line) + "\n")


if __name__ == "__main__":
    sys.exit(main())
