"""Parsers of the command line: commands, their options and help. Imports nothing heavy, so that help is fast."""

import argparse
from typing import TYPE_CHECKING, NoReturn

from xdata import __version__
from xdata.commands.arguments import count, folder, share
from xdata.errors import UsageError

if TYPE_CHECKING:
    _Commands = argparse._SubParsersAction["Parser"]

_EXECUTORS = ("local", "inline", "ray", "slurm")
_PRIORS = ("equal", "people")
_METHODS = ("tail", "quantile", "mean_std", "median_ratio")
_BUILD_EXAMPLES = """\
examples:
  xdata build quickstart --out corpus
  xdata build monolingual_corpus --input 'crawl/*.warc.gz' --language swh_Latn sin_Sinh --out corpus
  xdata build monolingual_corpus --input docs.jsonl --field text=body id=docid --set min_words=20 --out corpus
  xdata build job.yaml --out corpus
  xdata build corpus/recipe.yaml --out again
"""
_LISTS = ("recipes", "steps", "languages", "models", "papers")


class Parser(argparse.ArgumentParser):
    """A parser that raises UsageError, so that its errors are one line."""

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message}: see {self.prog} --help")


def make_parser() -> argparse.ArgumentParser:
    """The parser of all commands. `command` of what it parses is a key of `xdata.commands.dispatch.COMMANDS`."""
    parser = Parser(prog="xdata", description="Training data for languages that have little text.")
    parser.add_argument("--version", action="version", version=f"xdata {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=Parser)

    for add in (_add_build, _add_calibrate, _add_train, _add_readers_of_outputs, _add_listings):
        add(commands)
    return parser


def _add_build(commands: "_Commands") -> None:
    build = commands.add_parser(
        "build",
        help="run a recipe, or resume an interrupted run",
        description="Runs a recipe and writes an output folder. The same command resumes an interrupted run.",
        epilog=_BUILD_EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    inputs = build.add_argument_group("input")
    parameters = build.add_argument_group("parameters of the recipe")
    output = build.add_argument_group("output")
    execution = build.add_argument_group("execution (changes no result)")
    messages = build.add_argument_group("messages")
    build.add_argument(
        "recipe",
        metavar="RECIPE",
        help="a name (see xdata list), NAME:PRESET, a .py file, a job.yaml, or a recipe.yaml",
    )
    inputs.add_argument(
        "--input",
        metavar="SOURCE",
        nargs="+",
        action="extend",
        default=[],
        help="files, folders, globs in quotes, a sources.yaml, or hf:organisation/name",
    )
    inputs.add_argument(
        "--language",
        metavar="L",
        nargs="+",
        action="extend",
        default=[],
        help="languages to keep, as swh_Latn or sw; default: all that are identified",
    )
    parameters.add_argument(
        "--set",
        metavar="KEY=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="parameters of the recipe (see xdata show RECIPE)",
    )
    inputs.add_argument(
        "--field",
        metavar="FIELD=COLUMN",
        nargs="+",
        action="extend",
        default=[],
        help="map a field of xdata (text, url, date, …, id) to a column of the input, as text=body id=docid",
    )
    inputs.add_argument(
        "--keep",
        metavar="COLUMN",
        nargs="+",
        action="extend",
        default=[],
        help="additional columns of the input to keep: all, NAME, or INPUT_NAME=OUTPUT_NAME",
    )
    output.add_argument("--out", metavar="DIR", type=folder, help="output folder")
    execution.add_argument(
        "--work", metavar="DIR", type=folder, help="folder of intermediate results; default: DIR/work"
    )
    execution.add_argument("--workers", metavar="N", type=count, help="number of parallel ranks; default: all cores")
    execution.add_argument(
        "--executor",
        choices=_EXECUTORS,
        default="local",
        help="where ranks run: local processes (default), this process, Ray, or Slurm",
    )
    execution.add_argument(
        "--slurm",
        metavar="KEY=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="options of sbatch for all stages, as mem=8G, or for one, as read.mem=8G",
    )
    execution.add_argument(
        "--stage",
        metavar="NAME.OPTION=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="execution option of a stage, as read.part_bytes=16000000; does not change the result",
    )
    inputs.add_argument(
        "--language-files", metavar="DIR", type=folder, help="folder of language files that replace those of xdata"
    )
    inputs.add_argument(
        "--limit", metavar="N", type=count, help="largest number of documents read from each file, for a trial run"
    )
    inputs.add_argument(
        "--extend",
        metavar="DIR",
        type=folder,
        help="earlier output folder to add the input to; its documents are kept",
    )
    output.add_argument("--strict", action="store_true", help="treat warnings as errors: stop at the first one")
    output.add_argument("--no-replace", action="store_true", help="refuse to replace output of another configuration")
    loudness = messages.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="print only warnings and errors")
    loudness.add_argument("-v", "--verbose", action="store_true", help="print all languages and reasons in the summary")
    messages.add_argument("--json", action="store_true", help="print a summary as JSON; progress is on standard error")
    execution.add_argument("--dry-run", action="store_true", help="print what would be read and run, and write nothing")
    build.set_defaults(command="build")


def _add_calibrate(commands: "_Commands") -> None:
    calibrate = commands.add_parser("calibrate", help="derive the thresholds of a language from a sample of its text")
    calibrate.add_argument("--input", metavar="SOURCE", nargs="+", action="extend", default=[], help="as in build")
    calibrate.add_argument(
        "--language",
        metavar="L",
        nargs="+",
        action="extend",
        default=[],
        help="languages, as swh_Latn; default: all that are identified",
    )
    calibrate.add_argument(
        "--declared", action="store_true", help="all input is in the language: skip language identification"
    )
    calibrate.add_argument(
        "--language-files", metavar="DIR", type=folder, help="folder of language files that receive the thresholds"
    )
    calibrate.add_argument(
        "--method", choices=_METHODS, default="tail", help="method that derives the thresholds; default: tail"
    )
    calibrate.add_argument(
        "--max-loss",
        metavar="SHARE",
        type=share,
        default=0.01,
        help="largest share of the sample that all rules drop together (tail); default: 0.01",
    )
    calibrate.add_argument(
        "--reference", metavar="SOURCE", nargs="+", action="extend", default=[], help="sample of the reference language"
    )
    calibrate.add_argument(
        "--reference-language", metavar="L", default="eng_Latn", help="reference language; default: eng_Latn"
    )
    calibrate.add_argument("--set", metavar="KEY=VALUE", nargs="+", action="extend", default=[], help="as in build")
    calibrate.add_argument(
        "--work", metavar="DIR", type=folder, help="folder of intermediate results; default: a temporary folder"
    )
    calibrate.add_argument("--workers", metavar="N", type=count, help="number of parallel ranks; default: all cores")
    calibrate.add_argument("--limit", metavar="N", type=count, help="largest number of documents read from each file")
    calibrate.add_argument(
        "--preview",
        metavar="FILE",
        type=folder,
        help="write each document that the old or new thresholds drop, with its text, as a line of JSON",
    )
    calibrate.add_argument("--dry-run", action="store_true", help="print what would be dropped; write no language file")
    calibrate.set_defaults(command="calibrate")


def _add_train(commands: "_Commands") -> None:
    train = commands.add_parser("train", help="train a small model that a score uses")
    kinds = train.add_subparsers(title="models", required=True, metavar="MODEL", parser_class=Parser)

    classifier = kinds.add_parser(
        "classifier", help="quality classifier from good and bad documents, for scores.classifier"
    )
    for name in ("good", "bad"):
        classifier.add_argument(
            f"--{name}",
            metavar="SOURCE",
            nargs="+",
            action="extend",
            required=True,
            help=f"{name} documents, as --input of build takes them",
        )
    classifier.add_argument("--out", metavar="FILE", type=folder, required=True, help="file of the model")
    classifier.set_defaults(command="train_classifier")

    perplexity = kinds.add_parser("perplexity", help="perplexity model of one language, for scores.perplexity")
    perplexity.add_argument(
        "--input",
        metavar="SOURCE",
        nargs="+",
        action="extend",
        required=True,
        help="text of the language, as --input of build takes it",
    )
    perplexity.add_argument("--language", metavar="L", required=True, help="language of the text, as swh_Latn or sw")
    perplexity.add_argument(
        "--max-characters",
        metavar="N",
        type=count,
        help="largest number of characters to train on; a sample of longer text",
    )
    perplexity.add_argument("--max-ngrams", metavar="N", type=count, help="largest number of n-grams in the model")
    perplexity.add_argument(
        "--out", metavar="DIR", type=folder, required=True, help="folder of the model, or a file CODE.ngrams"
    )
    perplexity.set_defaults(command="train_perplexity")


def _add_readers_of_outputs(commands: "_Commands") -> None:
    check = commands.add_parser("check", help="verify the files of an output folder against its manifest")
    check.add_argument("dir", metavar="DIR", type=folder)
    check.set_defaults(command="check")

    diff = commands.add_parser("diff", help="compare two output folders")
    diff.add_argument("first", metavar="A", type=folder)
    diff.add_argument("second", metavar="B", type=folder)
    diff.set_defaults(command="diff")

    explain = commands.add_parser("explain", help="trace one document from its source to its decision")
    explain.add_argument("dir", metavar="DIR", type=folder)
    explain.add_argument("id", metavar="ID", help="id, its first 6 characters or more, or original_id")
    explain.add_argument("--json", action="store_true", help="print the facts as JSON")
    explain.set_defaults(command="explain")

    report = commands.add_parser("report", help="rewrite the report of an output folder")
    report.add_argument("dir", metavar="DIR", type=folder)
    report.set_defaults(command="report")


def _add_listings(commands: "_Commands") -> None:
    identify = commands.add_parser("identify", help="identify the language of each line")
    identify.add_argument(
        "files", metavar="FILE", nargs="*", help="text files, one text a line; default: standard input (-)"
    )
    identify.add_argument(
        "--min-score",
        metavar="P",
        type=share,
        default=0.0,
        help="smallest probability; lines below it are und; default: 0",
    )
    identify.add_argument(
        "--candidates",
        metavar="L",
        action="append",
        default=[],
        help="expected languages, as mlt_Latn,eng_Latn; repeatable",
    )
    identify.add_argument(
        "--other-weight",
        metavar="W",
        type=share,
        default=0.1,
        help="factor of the probability of all other languages; default: 0.1",
    )
    identify.add_argument(
        "--prior",
        choices=_PRIORS,
        default="equal",
        help="prior probability of languages: equal, or people: by number of writers",
    )
    identify.add_argument("--model", metavar="FILE", type=folder, help="fastText model; default: the model of xdata")
    identify.add_argument(
        "--labels", metavar="FILE", type=folder, help="YAML file that maps the labels of the model to language codes"
    )
    identify.add_argument(
        "--summary", action="store_true", help="print the number of lines of each language instead of the lines"
    )
    identify.set_defaults(command="identify")

    doctor = commands.add_parser("doctor", help="check the installation: packages, models, executors")
    doctor.set_defaults(command="doctor")

    listing = commands.add_parser("list", help="list recipes, steps, languages and other names")
    listing.add_argument("what", nargs="?", choices=_LISTS, default="recipes")
    listing.set_defaults(command="list")

    show = commands.add_parser("show", help="describe a recipe with its parameters, a step, or a language")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(command="show")
