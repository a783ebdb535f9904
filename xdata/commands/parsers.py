"""The command line as parsers: commands, arguments in groups, examples. Imports nothing heavy, so that help is fast.

`parsers` gives every parser by the words of its command, so the reference of the documentation is made from them.
"""

import argparse
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from typing import Any, NoReturn, TypeAlias

from xdata import __version__
from xdata.commands.arguments import count, path, share
from xdata.errors import UsageError, nearest

EXECUTORS = ("local", "inline", "ray", "slurm")
METHODS = ("tail", "quantile", "mean_std", "median_ratio")
PRIORS = ("equal", "people")
LISTS = ("recipes", "steps", "languages", "models", "papers")

COMMAND = "command"
"""Attribute of parsed arguments: the words of the command, as `train classifier`."""

_SOURCES = "files, folders, globs in quotes, a sources.yaml, an xdata output folder, or a hub data set hf:OWNER/NAME"

_NO_RECIPE = "the following arguments are required: RECIPE"
"""An option of several values before RECIPE takes it for one of them."""
_WIDTH = 100
"""Most characters of a line of help."""

_Group = argparse._ArgumentGroup
_Commands: TypeAlias = "argparse._SubParsersAction[Parser]"


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Help with `SOURCE...` for an option of several values, in lines of at most `width` characters."""

    def __init__(self, prog: str, *, width: int | None = None) -> None:
        super().__init__(prog, max_help_position=30, width=width or min(shutil.get_terminal_size().columns - 2, _WIDTH))

    def _format_args(self, action: argparse.Action, default_metavar: str) -> str:
        several = action.nargs == argparse.ONE_OR_MORE and isinstance(action.metavar, str)
        return f"{action.metavar}..." if several else super()._format_args(action, default_metavar)


class Parser(argparse.ArgumentParser):
    """A parser whose errors are a UsageError of one line; options are never abbreviated."""

    def __init__(self, **options: Any) -> None:
        super().__init__(formatter_class=HelpFormatter, allow_abbrev=False, **options)

    def error(self, message: str) -> NoReturn:
        """Raises UsageError."""
        hint = "" if message != _NO_RECIPE else " (it comes first: xdata build RECIPE --input SOURCE...)"
        raise UsageError(f"{message}{hint}: see {self.prog} --help")

    def _check_value(self, action: argparse.Action, value: object) -> None:
        """Raises ArgumentError with the nearest choice for a value that is none of the choices."""
        if action.choices is not None and value not in action.choices:
            names = [str(choice) for choice in action.choices]
            raise argparse.ArgumentError(action, f"invalid choice {value!r}, {nearest(str(value), names)}")

    def parse_command(self, words: Sequence[str]) -> dict[str, Any]:
        """The arguments of a command, with its words as `command`.

        Raises UsageError with the nearest option of the command for one that it does not have.
        """
        found, others = self.parse_known_args(words)
        if others:
            raise UsageError(_unknown(parsers(self)[f"{self.prog} {getattr(found, COMMAND)}"], others[0]))
        return vars(found)


def parsers(top: Parser | None = None) -> dict[str, argparse.ArgumentParser]:
    """Words of a command (`xdata`, `xdata build`, `xdata train classifier`) -> its parser, in the order of the help."""
    top = top or make_parser()
    return {top.prog: top, **dict(_below(top))}


def make_parser() -> Parser:
    """The parser of the whole command line. Parsed arguments have the words of the command as `command`."""
    parser = Parser(
        prog="xdata",
        description=_text(
            """
            Builds training data for languages with little text: corpora in which every kept record is known by its
            source and every dropped record by its reasons.
            """
        ),
        epilog=_examples(
            ("a small corpus from samples that come with xdata", "xdata build quickstart --out quickstart"),
            (
                "a corpus from a crawl",
                "xdata build monolingual_corpus --input 'crawl/*.warc.gz' --language swh_Latn --out corpus",
            ),
            ("why a record was kept or dropped", "xdata explain corpus 1f0c3a"),
        )
        + "\n\n"
        + _text(
            """
            Exit status: 0 done; 1 input, a resource, the run or a check is wrong; 2 the command line or configuration
            is wrong; 130 interrupted, and the same command continues.
            """
        ),
    )
    parser.add_argument("--version", action="version", version=f"xdata {__version__}")
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND", parser_class=Parser)
    for add in (
        _add_build,
        _add_list,
        _add_show,
        _add_check,
        _add_explain,
        _add_diff,
        _add_report,
        _add_calibrate,
        _add_identify,
        _add_train,
        _add_doctor,
    ):
        add(commands)
    return parser


def _add_build(commands: _Commands) -> None:
    build = _command(
        commands,
        "build",
        summary="run a recipe into an output folder, or continue a run",
        usage="xdata build RECIPE [--input SOURCE...] [--language L...] [--set KEY=VALUE...] --out DIR [...]",
        description="""
            Runs a recipe over the input and writes an output folder: data, a ledger with one row for each record that
            was read, rejects with their reasons, a report and a data card. A run that was interrupted continues when
            the same command is given again. Equal input and parameters make equal bytes, whatever the execution
            options are.
            """,
        examples=(
            (
                "JSONL files whose text is in the field body",
                "xdata build monolingual_corpus --input 'articles/*.jsonl' --field text=body id=docid \\",
                "    --language swh_Latn --out corpus",
            ),
            (
                "a preset of a recipe, with two parameters changed",
                "xdata build monolingual_corpus:oscar --input 'crawl/*.warc.gz' --language mt sw \\",
                "    --set min_words=30 splitting.splits.test=0.02 --out corpus",
            ),
            ("what a job file would read and do", "xdata build job.yaml --out corpus --dry-run"),
            ("the same corpus again", "xdata build corpus/recipe.yaml --out again"),
            ("a corpus with more input", "xdata build monolingual_corpus --input new/ --extend corpus --out larger"),
        ),
    )
    build.add_argument(
        "recipe",
        metavar="RECIPE",
        help="name of a recipe (xdata list), with a preset as NAME:PRESET; a .py file; a job.yaml; or the recipe.yaml "
        "of an output folder",
    )
    given = build.add_argument_group("input")
    _several(given, "--input", "SOURCE", _SOURCES)
    _several(
        given,
        "--field",
        "FIELD=COLUMN",
        "column of the input that has a field of xdata (text, url, date, language, license, domain, id), as text=body",
    )
    _several(given, "--keep", "COLUMN", "other columns of the input to keep: all, NAME, or INPUT_NAME=OUTPUT_NAME")
    given.add_argument("--extend", metavar="DIR", type=path, help="output folder to add the input to; its records stay")
    given.add_argument("--limit", metavar="N", type=count, help="records to read of each file, for a trial")
    chosen = build.add_argument_group("selection")
    _several(chosen, "--language", "L", "languages to keep, as swh_Latn or sw; default: all that are found")
    _several(
        chosen, "--set", "KEY=VALUE", "parameters of the recipe (xdata show RECIPE), as min_words=30 dedup.index=true"
    )
    _language_files(chosen, "folder of language files that replace or supplement those of xdata")
    output = build.add_argument_group("output")
    output.add_argument("--out", metavar="DIR", type=path, help="output folder; needed unless --dry-run is given")
    output.add_argument("--no-replace", action="store_true", help="refuse to replace output of another configuration")
    output.add_argument("--strict", action="store_true", help="stop at the first warning, as at an error")
    output.add_argument(
        "--dry-run",
        action="store_true",
        help="print what would be read and done, and check that files and models exist",
    )
    told = output.add_mutually_exclusive_group()
    told.add_argument("-q", "--quiet", action="store_true", help="print warnings and errors only")
    told.add_argument(
        "-v", "--verbose", action="store_true", help="print the plan first, progress each second, and all languages"
    )
    output.add_argument("--json", action="store_true", help="print the summary (or plan) as JSON on standard output")
    how = build.add_argument_group("execution", "These options never change the result.")
    _workers(how)
    how.add_argument(
        "--executor",
        choices=EXECUTORS,
        default="local",
        help="where workers run: local processes (default), inline in this process, ray, or slurm",
    )
    _several(how, "--slurm", "KEY=VALUE", "options of sbatch, as mem=8G, or of one stage, as annotate.mem=8G")
    _several(how, "--stage", "NAME.OPTION=VALUE", "execution options of a stage, as read.part_bytes=16000000")
    how.add_argument("--work", metavar="DIR", type=path, help="folder for intermediate files; default: DIR/work")


def _add_list(commands: _Commands) -> None:
    command = _command(
        commands,
        "list",
        summary="list recipes, steps, languages, models or papers",
        description="Lists what xdata has, one item on each line: its name, then what it is.",
        examples=(
            ("recipes and their presets", "xdata list"),
            ("languages with a language file", "xdata list languages"),
            ("presets and steps with the papers that they follow", "xdata list papers"),
        ),
    )
    command.add_argument("what", nargs="?", choices=LISTS, default="recipes", help="default: recipes")


def _add_show(commands: _Commands) -> None:
    command = _command(
        commands,
        "show",
        summary="describe a recipe, step, language, rule, column, reason or parameter",
        description="""
            Describes everything that has the name: a recipe with its parameters and presets, a step with its options,
            a language with its facts, a quality rule with its thresholds, a column with its type and tables, a reason
            for dropping records with what to change, or a parameter with the recipes that have it.
            """,
        examples=(
            ("a recipe with the defaults of a preset", "xdata show monolingual_corpus:fineweb2"),
            ("a language", "xdata show swh_Latn"),
            ("a rule, which is the reason of its drops", "xdata show few_stop_words"),
            ("a column", "xdata show cluster_size"),
        ),
    )
    command.add_argument("name", metavar="NAME", help="any name that a recipe, report, ledger or language file has")


def _add_check(commands: _Commands) -> None:
    command = _command(
        commands,
        "check",
        summary="check that an output folder is complete and not damaged",
        description="""
            Reads every file of an output folder and compares it with the manifest: sizes, hashes, rows, columns, counts
            of all stages, and that no record of one split leaks into another. Exit status 1 where something is wrong.
            """,
        examples=(("", "xdata check corpus"),),
    )
    _folder(command)
    _json(command, "print the problems as JSON")


def _add_explain(commands: _Commands) -> None:
    command = _command(
        commands,
        "explain",
        summary="show what happened to a record, and why",
        description="""
            Shows a record from its source to the output: scores, decision, every reason with value and threshold, and
            the records that it duplicates. Works for kept and dropped records.
            """,
        examples=(
            ("the first 6 characters of an id are enough", "xdata explain corpus 1f0c3a"),
            ("an id of your own", "xdata explain corpus sw-7"),
        ),
    )
    _folder(command)
    command.add_argument(
        "id", metavar="ID", help="id of the record, its first 6 characters or more, or its original_id"
    )
    _json(command, "print the facts as JSON")


def _add_diff(commands: _Commands) -> None:
    command = _command(
        commands,
        "diff",
        summary="compare the records of two output folders",
        description="""
            Compares two output folders by the ids of their records: how many both keep, how many the second one gained
            and lost, by language, and what happened to those in the other folder.
            """,
        examples=(("", "xdata diff before after"),),
    )
    command.add_argument("first", metavar="A", type=path, help="output folder")
    command.add_argument("second", metavar="B", type=path, help="output folder to compare with A")
    _json(command, "print the numbers as JSON")


def _add_report(commands: _Commands) -> None:
    command = _command(
        commands,
        "report",
        summary="write the report of an output folder again",
        description="Writes report.html again from the files of an output folder, as after an update of xdata.",
        examples=(("", "xdata report corpus"),),
    )
    _folder(command)


def _add_calibrate(commands: _Commands) -> None:
    calibrate = _command(
        commands,
        "calibrate",
        summary="derive quality thresholds of a language from a sample of it",
        usage="xdata calibrate --input SOURCE... --language L --language-files DIR [OPTION...]",
        description="""
            Builds a sample with all rules off, derives a threshold of each quality rule from the distribution of its
            score, shows what each rule would remove, and writes the thresholds to language files.
            """,
        examples=(
            ("show thresholds and effect", "xdata calibrate --input sample.jsonl --language swh_Latn --dry-run"),
            ("write them", "xdata calibrate --input sample.jsonl --language swh_Latn --language-files languages"),
            ("use them", "xdata build monolingual_corpus … --language-files languages"),
        ),
    )
    given = calibrate.add_argument_group("input")
    _several(given, "--input", "SOURCE", _SOURCES)
    given.add_argument(
        "--declared", action="store_true", help="the input is in the language that --language names: do not identify it"
    )
    given.add_argument("--limit", metavar="N", type=count, help="records to read of each file")
    _several(given, "--reference", "SOURCE", "sample of a language with published thresholds, for methods except tail")
    given.add_argument(
        "--reference-language", metavar="L", default="eng_Latn", help="language of that sample; default: eng_Latn"
    )
    chosen = calibrate.add_argument_group("selection")
    _several(chosen, "--language", "L", "languages, as swh_Latn or sw; default: all that the sample has enough of")
    chosen.add_argument("--method", choices=METHODS, default="tail", help="how thresholds are derived; default: tail")
    chosen.add_argument(
        "--max-loss",
        metavar="SHARE",
        type=share,
        default=0.01,
        help="largest share of the sample that all rules together remove (method tail); default: 0.01",
    )
    _several(chosen, "--set", "KEY=VALUE", "parameters of monolingual_corpus")
    output = calibrate.add_argument_group("output")
    _language_files(output, "folder of language files, to which the thresholds are written")
    output.add_argument(
        "--preview", metavar="FILE", type=path, help="file to write the records to that rules would remove"
    )
    output.add_argument(
        "--dry-run", action="store_true", help="print the thresholds and their effect, write no language file"
    )
    how = calibrate.add_argument_group("execution", "These options never change the result.")
    _workers(how)
    how.add_argument("--work", metavar="DIR", type=path, help="folder for intermediate files; default: a temporary one")


def _add_identify(commands: _Commands) -> None:
    identify = _command(
        commands,
        "identify",
        summary="identify the language of each line",
        description="""
            Prints a line for each line of the input: language (und where it is not certain), probability, and other
            languages of probability 0.05 or more, separated by tabs.
            """,
        examples=(
            ("", "xdata identify articles.txt"),
            ("languages by number of lines", "zcat crawl.txt.gz | xdata identify --summary"),
            ("", "xdata identify --candidates mlt_Latn,eng_Latn --min-score 0.8 articles.txt"),
        ),
    )
    identify.add_argument("files", metavar="FILE", nargs="*", help="text files in UTF-8; default, or -: standard input")
    chosen = identify.add_argument_group("selection")
    chosen.add_argument(
        "--min-score", metavar="P", type=share, default=0.0, help="smallest probability; below it a line is und"
    )
    chosen.add_argument(
        "--candidates",
        metavar="L",
        action="append",
        default=[],
        help="languages that are expected, as mlt_Latn,eng_Latn: others become less probable",
    )
    chosen.add_argument(
        "--other-weight",
        metavar="W",
        type=share,
        default=0.1,
        help="factor of the probability of languages that are no candidates, 0 to 1; default: 0.1",
    )
    chosen.add_argument(
        "--prior",
        choices=PRIORS,
        default="equal",
        help="how frequent languages are: equal (default), or people, by how many people write them",
    )
    model = identify.add_argument_group("model")
    model.add_argument("--model", metavar="FILE", type=path, help="fastText model; default: the model of xdata")
    model.add_argument(
        "--labels", metavar="FILE", type=path, help="YAML file that maps the labels of that model to language codes"
    )
    output = identify.add_argument_group("output")
    output.add_argument("--summary", action="store_true", help="print languages with lines, share and mean probability")
    _json(output, "print a JSON object on each line")


def _add_train(commands: _Commands) -> None:
    train = _command(
        commands,
        "train",
        summary="train a small model for a score",
        description="Trains a model that a score of a recipe uses.",
    )
    kinds = train.add_subparsers(title="models", required=True, metavar="MODEL", parser_class=Parser)

    classifier = _command(
        kinds,
        "classifier",
        prefix="train ",
        summary="a classifier of good and bad documents (scores.classifier)",
        description="Trains a fastText classifier of good and bad documents, and measures it on documents held out.",
        examples=(
            ("", "xdata train classifier --good wiki.jsonl --bad crawl.jsonl --out quality.bin"),
            ("use it", "xdata build monolingual_corpus … --set classifier.model=quality.bin"),
        ),
    )
    for name in ("good", "bad"):
        _several(classifier, f"--{name}", "SOURCE", f"{name} documents: files, folders or globs", required=True)
    classifier.add_argument("--out", metavar="FILE", type=path, required=True, help="file of the model")

    perplexity = _command(
        kinds,
        "perplexity",
        prefix="train ",
        summary="a language model of one language (scores.perplexity)",
        description="Trains a character n-gram model of one language, for the perplexity of documents.",
        examples=(
            ("", "xdata train perplexity --input wiki.jsonl --language swh_Latn --out models"),
            ("use it", "xdata build monolingual_corpus … --set perplexity.models=models"),
        ),
    )
    _several(perplexity, "--input", "SOURCE", _SOURCES, required=True)
    perplexity.add_argument("--language", metavar="L", required=True, help="language of the model, as swh_Latn or sw")
    perplexity.add_argument("--max-characters", metavar="N", type=count, help="largest sample to train on")
    perplexity.add_argument("--max-ngrams", metavar="N", type=count, help="largest number of n-grams of the model")
    perplexity.add_argument(
        "--out", metavar="DIR", type=path, required=True, help="folder of models, or a file that ends in .ngrams"
    )


def _add_doctor(commands: _Commands) -> None:
    command = _command(
        commands,
        "doctor",
        summary="check the installation: packages, models and executors",
        description="""
            Tries every part of the installation: packages, resources, the language identifier, recipes and executors.
            Exit status 1 where a part that is needed is broken.
            """,
        examples=(("", "xdata doctor"),),
    )
    _json(command, "print the findings as JSON")


def _command(
    commands: _Commands,
    name: str,
    *,
    summary: str,
    description: str,
    examples: Sequence[Sequence[str]] = (),
    usage: str | None = None,
    prefix: str = "",
) -> Parser:
    """A command, with a summary for the list of commands, and description and examples for its own help."""
    command: Parser = commands.add_parser(
        name,
        help=summary,
        usage=usage,
        description=_text(description),
        epilog=_examples(*examples) if examples else None,
    )
    command.set_defaults(**{COMMAND: prefix + name})
    return command


def _several(group: _Group | Parser, option: str, metavar: str, help_: str, *, required: bool = False) -> None:
    """An option of one value or more, which may be given several times."""
    group.add_argument(option, metavar=metavar, nargs="+", action="extend", default=[], help=help_, required=required)


def _folder(command: Parser) -> None:
    command.add_argument("dir", metavar="DIR", type=path, help="output folder")


def _json(group: _Group | Parser, help_: str) -> None:
    group.add_argument("--json", action="store_true", help=help_)


def _language_files(group: _Group, help_: str) -> None:
    group.add_argument("--language-files", metavar="DIR", type=path, help=help_)


def _workers(group: _Group) -> None:
    group.add_argument("--workers", metavar="N", type=count, help="worker processes; default: one for each core")


def _text(text: str) -> str:
    """A description in lines of the width of help pages."""
    return textwrap.fill(" ".join(text.split()), _WIDTH)


def _examples(*examples: Sequence[str]) -> str:
    """Commands, each below a comment on what it does; a long one on several lines."""
    lines = []
    for what, *command in examples:
        lines += [f"  # {what}"] if what else []
        lines += [f"  {line}" for line in command]
    return "\n".join(["examples:", *lines])


def _below(parser: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for command in action.choices.values():
                yield command.prog, command
                yield from _below(command)


def _unknown(command: argparse.ArgumentParser, word: str) -> str:
    """What to do about a word that is no option or argument of a command."""
    if not word.startswith("-"):
        return f"unexpected argument {word!r}: see {command.prog} --help"
    option = word.split("=")[0]
    known = [name for action in command._actions for name in action.option_strings]
    return f"{command.prog} has no option {option}: {nearest(option, known)}"
