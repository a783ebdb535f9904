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
    """A parser whose errors are one line, as all others."""

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
        help="run a recipe into a folder, or continue it",
        description="Runs a recipe into a folder. The same command continues a run that was stopped.",
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
        help="a language to keep, as swh_Latn or sw; all that are found unless given",
    )
    parameters.add_argument(
        "--set",
        metavar="KEY=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="a parameter (see xdata show RECIPE)",
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
    output.add_argument("--out", metavar="DIR", type=folder, help="where the result goes")
    execution.add_argument("--work", metavar="DIR", type=folder, help="what is between stages; DIR/work unless given")
    execution.add_argument("--workers", metavar="N", type=count, help="ranks at a time; all cores unless given")
    execution.add_argument(
        "--executor",
        choices=_EXECUTORS,
        default="local",
        help="where ranks run: in processes of this machine, in this process, on Ray, or on Slurm",
    )
    execution.add_argument(
        "--slurm",
        metavar="KEY=VALUE",
        nargs="+",
        action="extend",
        default=[],
        help="an option of sbatch, as mem=8G, or of one stage, as read.mem=8G",
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
        "--language-files", metavar="DIR", type=folder, help="language files that stand in for those of xdata"
    )
    inputs.add_argument("--limit", metavar="N", type=count, help="documents read of each file, for a trial")
    inputs.add_argument(
        "--extend",
        metavar="DIR",
        type=folder,
        help="earlier output folder to add the input to; its documents are kept",
    )
    output.add_argument("--strict", action="store_true", help="treat warnings as errors: stop at the first one")
    output.add_argument("--no-replace", action="store_true", help="refuse to replace output of another configuration")
    loudness = messages.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="print warnings and errors alone")
    loudness.add_argument("-v", "--verbose", action="store_true", help="print all languages and reasons at the end")
    messages.add_argument("--json", action="store_true", help="print a summary as JSON; progress is on standard error")
    execution.add_argument("--dry-run", action="store_true", help="say what would be read and done")
    build.set_defaults(command="build")


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
        "--language-files", metavar="DIR", type=folder, help="language files: where the thresholds are written"
    )
    calibrate.add_argument("--method", choices=_METHODS, default="tail", help="how thresholds are found")
    calibrate.add_argument(
        "--max-loss", metavar="SHARE", type=share, default=0.01, help="most of the sample that may go (tail); 0.01"
    )
    calibrate.add_argument(
        "--reference", metavar="SOURCE", nargs="+", action="extend", default=[], help="a sample in English, or in"
    )
    calibrate.add_argument("--reference-language", metavar="L", default="eng_Latn", help="the language it is in")
    calibrate.add_argument("--set", metavar="KEY=VALUE", nargs="+", action="extend", default=[], help="as of build")
    calibrate.add_argument("--work", metavar="DIR", type=folder, help="what is in between; removed unless given")
    calibrate.add_argument("--workers", metavar="N", type=count, help="ranks at a time; all cores unless given")
    calibrate.add_argument("--limit", metavar="N", type=count, help="documents read of each file")
    calibrate.add_argument("--preview", metavar="FILE", type=folder, help="write which document each rule would remove")
    calibrate.add_argument("--dry-run", action="store_true", help="show what would be removed and write nothing else")
    calibrate.set_defaults(command="calibrate")


def _add_train(commands: "_Commands") -> None:
    train = commands.add_parser("train", help="train a small model that a score uses")
    kinds = train.add_subparsers(title="models", required=True, metavar="MODEL", parser_class=Parser)

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
    classifier.add_argument("--out", metavar="FILE", type=folder, required=True, help="where the model goes")
    classifier.set_defaults(command="train_classifier")

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
    perplexity.add_argument("--max-characters", metavar="N", type=count, help="most that is trained on, a sample")
    perplexity.add_argument("--max-ngrams", metavar="N", type=count, help="most that the model has")
    perplexity.add_argument(
        "--out", metavar="DIR", type=folder, required=True, help="folder of models, or a file CODE.ngrams"
    )
    perplexity.set_defaults(command="train_perplexity")


def _add_readers_of_outputs(commands: "_Commands") -> None:
    check = commands.add_parser("check", help="whether a folder is what its manifest says")
    check.add_argument("dir", metavar="DIR", type=folder)
    check.set_defaults(command="check")

    diff = commands.add_parser("diff", help="what a folder gained and lost against another")
    diff.add_argument("first", metavar="A", type=folder)
    diff.add_argument("second", metavar="B", type=folder)
    diff.set_defaults(command="diff")

    explain = commands.add_parser("explain", help="the life of one document")
    explain.add_argument("dir", metavar="DIR", type=folder)
    explain.add_argument("id", metavar="ID", help="id, its first 6 characters or more, or original_id")
    explain.add_argument("--json", action="store_true", help="print the facts as JSON")
    explain.set_defaults(command="explain")

    report = commands.add_parser("report", help="write the report of a folder again")
    report.add_argument("dir", metavar="DIR", type=folder)
    report.set_defaults(command="report")


def _add_listings(commands: "_Commands") -> None:
    identify = commands.add_parser("identify", help="the language of each line")
    identify.add_argument("files", metavar="FILE", nargs="*", help="text, a line a time; standard input without, or -")
    identify.add_argument(
        "--min-score", metavar="P", type=share, default=0.0, help="und where the probability is below"
    )
    identify.add_argument(
        "--candidates",
        metavar="L",
        action="append",
        default=[],
        help="a language that others are less likely than, or several: mlt_Latn,eng_Latn; may be given again",
    )
    identify.add_argument(
        "--other-weight", metavar="W", type=share, default=0.1, help="what others count for beside those expected; 0.1"
    )
    identify.add_argument(
        "--prior",
        choices=_PRIORS,
        default="equal",
        help="how frequent languages are: equal, or people: by how many write them, as on the web",
    )
    identify.add_argument("--model", metavar="FILE", type=folder, help="a fastText model in place of our own")
    identify.add_argument("--labels", metavar="FILE", type=folder, help="what the labels of the model mean")
    identify.add_argument("--summary", action="store_true", help="languages by number of lines, in place of lines")
    identify.set_defaults(command="identify")

    doctor = commands.add_parser("doctor", help="what is installed, and whether models and executors work")
    doctor.set_defaults(command="doctor")

    listing = commands.add_parser("list", help="what there is")
    listing.add_argument("what", nargs="?", choices=_LISTS, default="recipes")
    listing.set_defaults(command="list")

    show = commands.add_parser("show", help="a recipe with its parameters, a step, or a language")
    show.add_argument("name", metavar="NAME")
    show.set_defaults(command="show")
