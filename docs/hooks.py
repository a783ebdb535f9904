"""Fills pages of the documentation from the code when MkDocs builds it, so that they are always current.

A comment `<!-- generated: NAME -->` of a page is replaced by what `GENERATED[NAME]` gives. `mkdocs.yml` names the file.
"""

import argparse
import html
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import regex
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

import xdata
from xdata import cli, errors, records, step
from xdata.commands import listing
from xdata.commands.listing import field_docs
from xdata.dedup.evaluation_sets import EvaluationSet
from xdata.export.formats.features import features_of, type_words
from xdata.filters.rules import LANGUAGE_RULE, RULES, Rule
from xdata.languages import Language, described_languages
from xdata.models.language import XLID, load_identifier
from xdata.output.card import COLUMNS
from xdata.output.reasons import FAMILIES, REASONS
from xdata.readers.hub import HubDataset
from xdata.readers.sources import SourceEntry
from xdata.recipe.functions import RUN_OPTIONS, RecipeFunction, recipe_functions
from xdata.recipe.presets import Preset
from xdata.recipe.recipe import Guard
from xdata.recipe.settings import paths_of
from xdata.recipe.steps import STEPS
from xdata.references import ModelRef
from xdata.scores.urls import UrlList
from xdata.yaml_files import dump_yaml, read_yaml

ROOT = Path(__file__).resolve().parents[1]
_WIDTH = 100
"""Characters of a signature on one line."""
_SECTION = regex.compile(r"^(Args|Returns|Raises|Attributes|Example):\n", regex.MULTILINE)
_PLACE = regex.compile(r"<!-- generated: (\w+) -->")

_FAMILIES: Sequence[tuple[type[step.Step], str]] = (
    (step.Reader, "Readers"),
    (step.Edit, "Edits"),
    (step.Score, "Scores"),
    (step.Filter, "Filters"),
    (step.Cluster, "Clusters"),
    (step.Sample, "Samples"),
    (step.RemoveSpans, "Removal of spans"),
    (step.Partition, "Partitions"),
    (step.Export, "Exports"),
)


def on_page_markdown(markdown: str, **_: Any) -> str:
    """A page with its generated parts; MkDocs calls this for every page."""
    return _PLACE.sub(lambda match: GENERATED[match[1]](), markdown)


def recipes() -> str:
    """Every recipe with its parameters."""
    overview = []
    for name, each in recipe_functions().items():
        overview.append((f"[`{name}`](#{name})", text(each.summary)))
        overview += [(f"[`{name}:{key}`](#{name}-{key})", text(preset.emits)) for key, preset in each.presets.items()]
    return "\n\n".join([_table(("recipe", "result"), overview), *map(_recipe, recipe_functions().values())])


def run_options() -> str:
    """Options of runs, whatever the recipe."""
    return _options(RUN_OPTIONS, field_docs(Guard))


def _recipe(recipe: RecipeFunction) -> str:
    taken = [option for option, name in (("--input", "sources"), ("--language", "languages")) if recipe.takes(name)]
    summary, _, rest = recipe.description.partition("\n")
    needs = f"Takes {' and '.join(f'`{option}`' for option in taken)}." if taken else "Brings its own input."
    parts = [f"## `{recipe.name}` {{ #{recipe.name} }}", text(summary), text(rest.strip()), needs, "**Parameters**"]
    presets = [_preset(recipe.name, name, each) for name, each in recipe.presets.items()]
    return "\n\n".join(part for part in (*parts, _options(paths_of(recipe.parameters)), *presets) if part)


def _preset(recipe: str, name: str, preset: Preset) -> str:
    overrides = dump_yaml(to_jsonable_python(preset.overrides, exclude_none=True), compact=True)
    needs = f"Needs {', '.join(f'`{each}`' for each in preset.requires)}. " if preset.requires else ""
    parts = [
        f"### `{recipe}:{name}` {{ #{recipe}-{name} }}",
        f"After {text(preset.paper)}. Emits {text(preset.emits)}. {needs}",
        f"```yaml\n{overrides}```",
        text(preset.missing),
    ]
    return "\n\n".join(parts)


def steps() -> str:
    """Every step with its options, by family."""
    parts: list[str] = []
    for family, title in _FAMILIES:
        of_family = [each for each in STEPS if issubclass(each, family)]
        if of_family:
            parts += [f"## {title}", text((inspect.getdoc(family) or "").split("\n\n")[0]), *map(_step, of_family)]
    return "\n\n".join(parts)


def _step(kind: type[step.Step]) -> str:
    name = str(kind.model_fields["kind"].default)
    options = {option: info for option, info in kind.model_fields.items() if option not in ("kind", "name")}
    parts = [f"### `{name}` {{ #{name.replace('.', '-')} }}", text(inspect.getdoc(kind) or "")]
    if options:
        parts.append(_options(options, field_docs(kind)))
    if kind.papers:
        parts.append("After: " + "; ".join(map(text, kind.papers)))
    return "\n\n".join(parts)


def rules() -> str:
    """Every quality rule with its score, side and bounds."""
    head = ("rule and reason", "score", "side", "common value", "for every language", "laxest", "smallest sample")
    return _table(head, map(_rule, (LANGUAGE_RULE, *RULES)))


def _rule(rule: Rule) -> tuple[str, ...]:
    score = f"`scores.{rule.score}`"
    own = "yes" if rule.every_script and rule.english is not None else "no"
    value = "–" if rule.english is None else f"{rule.english:g}"
    return (f"`{rule.name}`", score, rule.side, value, own, f"{rule.laxest:g}", str(rule.min_documents))


def columns() -> str:
    """Columns of all tables of an output folder."""
    parts: list[str] = []
    for folder, schema in _schemas().items():
        rows = [
            (f"`{column['name']}`", type_words(column).split(" (")[0], text(COLUMNS[column["name"]]))
            for column in features_of(schema)
        ]
        parts += [f"## `{folder}/` {{ #{folder} }}", _table(("column", "type", "meaning"), rows)]
    return "\n\n".join(parts)


def _schemas() -> dict[str, pa.Schema]:
    """Folder -> the columns that its tables may have, with one score for all of them."""
    document = records.document_schema(["num_words"], upsample=True, grouped=True)
    languages = (records.ALTERNATIVES, records.SEGMENTS, records.URL_LANGUAGE)
    labels = (*languages, records.URL_CATEGORY, records.LEAKS, records.CHECKED)
    ledger = records.ledger_schema(dict.fromkeys(labels, pa.string()), ["num_words"])
    decision = [
        pa.field(records.DECISION, pa.string()),
        records.DECISION_SCHEMA.field(records.REASONS),
        pa.field(records.CLUSTER, pa.string()),
        pa.field(records.CLUSTER_SIZE, pa.int32()),
        pa.field(records.SURVIVOR, pa.string()),
        pa.field(records.REFERENCE, pa.string()),
        pa.field(records.REFERENCE_CORPUS, pa.int32()),
        pa.field(records.CUTS, records.CUTS_TYPE),
        pa.field(records.SPLIT_GROUP, pa.uint64()),
        pa.field(records.DATA_FILE, pa.string()),
        pa.field(records.DATA_ROW, pa.int64()),
    ]
    return {
        "data": document,
        "ledger": pa.schema([*ledger, *decision]),
        "rejects": records.rejects_schema(records.document_schema(["num_words"])),
        "sentences": records.SENTENCE_SCHEMA,
    }


def reasons() -> str:
    """Every reason, by family."""
    parts: list[str] = []
    for family in FAMILIES:
        rows = [
            (f"`{name}`", each.title, text(each.meaning)) for name, each in REASONS.items() if each.family == family
        ]
        parts += [f"## {family}", _table(("reason", "title", "meaning"), rows)]
    return "\n\n".join(parts)


def languages() -> str:
    """Every language with a file of facts, and how well it is identified."""
    known = load_identifier(XLID).languages
    measured = read_yaml(XLID.files()[1])["precision_and_recall"]
    rows = []
    for code in described_languages():
        facts = Language(code).facts
        names = (facts.names.english, facts.names.autonym or "") if facts.names else ("", "")
        quality = "not measured" if code.split("_")[0] in known else "no"
        if code in measured:
            quality = f"{measured[code][0]:.2f} / {measured[code][1]:.2f}"
        rows.append((f"`{code}`", *map(text, names), quality, text(", ".join(facts.lacks).replace("_", " "))))
    return _table(("code", "name", "own name", "identified", "missing"), rows)


def commands() -> str:
    """The help of every command."""
    parser = cli._parser()
    parts = [_help(parser)]
    for name, command in _subcommands(parser):
        parts += [f"## `xdata {name}` {{ #{name.replace(' ', '-')} }}", _help(command)]
    return "\n\n".join(parts)


def _subcommands(parser: argparse.ArgumentParser, prefix: str = "") -> Iterable[tuple[str, argparse.ArgumentParser]]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield f"{prefix}{name}", command
                yield from _subcommands(command, f"{prefix}{name} ")


def _help(parser: argparse.ArgumentParser) -> str:
    formatter = argparse.HelpFormatter(parser.prog, max_help_position=34, width=100)
    formatter.add_usage(parser.usage, parser._actions, parser._mutually_exclusive_groups)
    formatter.add_text(parser.description)
    for group in parser._action_groups:
        formatter.start_section(group.title)
        formatter.add_text(group.description)
        formatter.add_arguments(group._group_actions)
        formatter.end_section()
    return f"```text\n{formatter.format_help()}```"


def api() -> str:
    """Every public name of `import xdata`."""
    parts: list[str] = []
    groups: dict[str, list[str]] = {"Functions": [], "Classes and types": [], "Steps": [], "Errors": []}
    for name in xdata.__all__:
        if not name.startswith("__"):
            groups[_group(getattr(xdata, name))].append(name)
    for title, names in groups.items():
        if names:
            parts += [f"## {title}", *(_public(name, getattr(xdata, name)) for name in names)]
    return "\n\n".join(parts)


def _group(value: Any) -> str:
    if inspect.isfunction(value):
        return "Functions"
    if not isinstance(value, type):
        return "Classes and types"
    if issubclass(value, Exception):
        return "Errors"
    return "Steps" if issubclass(value, step.Step) else "Classes and types"


def _public(name: str, value: Any) -> str:
    parts = [f"### `{name}` {{ #{name} }}"]
    if inspect.isfunction(value):
        parts.append(_call(f"xdata.{name}", value))
    if not (isinstance(value, type) or inspect.isfunction(value) or inspect.ismodule(value)):
        return "\n\n".join([*parts, f"A type: `{_plain(str(value))}`."])
    parts.append(docstring(value))
    if inspect.ismodule(value):
        parts += [_function(key, each) for key, each in vars(value).items() if _is_own_function(each, value)]
    if isinstance(value, type) and not issubclass(value, Exception):
        if issubclass(value, BaseModel):
            options = {key: info for key, info in value.model_fields.items() if key not in ("kind", "name")}
            if options:
                parts.append(_options(options, field_docs(value)))
        parts += [_method(key, method) for key, method in _methods(value)]
    return "\n\n".join(part for part in parts if part)


def _methods(value: type) -> list[tuple[str, Any]]:
    """Public methods and properties that the class itself defines and describes."""
    found = [(key, each) for key, each in vars(value).items() if not key.startswith("_")]
    return [
        (key, each)
        for key, each in found
        if isinstance(each, property | classmethod | staticmethod) or inspect.isfunction(each)
        if inspect.getdoc(each)
    ]


def _method(name: str, member: Any) -> str:
    if isinstance(member, property):
        return f"**`{name}`**\n\n{docstring(member)}"
    function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
    call = _call(name, function, method=not isinstance(member, staticmethod))
    return f"**`{name}`**\n\n{call}\n\n{docstring(member)}"


def _is_own_function(value: Any, module: Any) -> bool:
    return inspect.isfunction(value) and value.__module__ == module.__name__ and not value.__name__.startswith("_")


def _function(name: str, function: Callable[..., Any]) -> str:
    return f"**`{name}`**\n\n{_call(f'xdata.datatrove.{name}', function)}\n\n{docstring(function)}"


def _call(name: str, function: Callable[..., Any], *, method: bool = False) -> str:
    """A signature, one parameter on a line where there are several."""
    signature = inspect.signature(function)
    parameters = list(signature.parameters.values())[1 if method else 0 :]
    whole = name + _plain(str(signature.replace(parameters=parameters)))
    if len(whole) <= _WIDTH:
        return f"```text\n{whole}\n```"
    marks = {parameter.kind for parameter in parameters}
    lines = [f"    {_plain(str(parameter))}," for parameter in parameters]
    first = next((n for n, each in enumerate(parameters) if each.kind is each.KEYWORD_ONLY), None)
    if first is not None and inspect.Parameter.VAR_POSITIONAL not in marks:
        lines.insert(first, "    *,")
    arrow = whole.rpartition(" -> ")[2]
    return "\n".join(["```text", f"{name}(", *lines, f") -> {arrow}", "```"])


def docstring(value: Any) -> str:
    """A docstring as Markdown: its text, then its sections (`Args:`, `Returns:`, `Raises:`, `Example:`)."""
    parts = _SECTION.split(inspect.getdoc(value) or "")
    found = [text(parts[0].strip())]
    for title, content in zip(parts[1::2], parts[2::2], strict=True):
        body = textwrap.dedent(content).strip()
        found.append(f"*{title}*")
        found.append(f"```python\n{body}\n```" if title == "Example" else _items(title, body))
    return "\n\n".join(found)


def _items(title: str, body: str) -> str:
    """The items of a section as a list; what a function returns has no name and is no list."""
    if title == "Returns":
        return text(body)
    items = [" ".join(item.split()) for item in regex.split(r"\n(?=\S)", body)]
    named = [item.partition(": ") for item in items]
    return "\n".join(f"- `{name}`: {text(words)}" for name, _, words in named)


def _plain(annotation: str) -> str:
    """A type as one reads it: without modules and quotes."""
    names = regex.sub(r"(?:\b[a-z]\w*\.)+(?=[A-Za-z])", "", annotation)
    return regex.sub(r"'([A-Z][^']*)'", r"\1", names)


def descriptions() -> str:
    """The keys of `sources.yaml`, evaluation sets, models and lists."""
    parts = [
        part
        for title, intro, model in _DESCRIPTIONS
        for part in (f"## {title}", intro, _options(model.model_fields, field_docs(model)))
    ]
    return "\n\n".join(parts)


def error_tree() -> str:
    """The errors of xdata, with their exit statuses."""
    found = [getattr(errors, name) for name in xdata.__all__ if name.endswith("Error")]
    rows = [(f"`{each.__name__}`", str(each.exit_status), text(inspect.getdoc(each) or "")) for each in found]
    return _table(("error", "exit status", "meaning"), rows)


def _content_of(name: str) -> Callable[[], str]:
    """What gives the content of a file of the repository."""
    return lambda: (ROOT / name).read_text(encoding="utf-8")


_DESCRIPTIONS: Sequence[tuple[str, str, type[BaseModel]]] = (
    ("Sources", "Each entry under `sources` of a `sources.yaml`.", SourceEntry),
    (
        "Datasets of the hub",
        "The key `hub` of a source, or `hf:organisation/name:config` on the command line.",
        HubDataset,
    ),
    ("Evaluation sets", "Each entry of `decontamination.evaluation_sets`.", EvaluationSet),
    ("Models", "Parameters that name a model, such as `identifier` and `embedder`.", ModelRef),
    ("URL lists", "Each entry of `blocklist.urls`.", UrlList),
)

GENERATED: Mapping[str, Callable[[], str]] = {
    "recipes": recipes,
    "run_options": run_options,
    "steps": steps,
    "rules": rules,
    "columns": columns,
    "reasons": reasons,
    "languages": languages,
    "descriptions": descriptions,
    "commands": commands,
    "api": api,
    "errors": error_tree,
    "licenses": _content_of("resources/README.md"),
    "changelog": _content_of("CHANGELOG.md"),
    "contributing": _content_of("CONTRIBUTING.md"),
}
"""Name of a generated part -> what makes its Markdown."""


def text(words: str) -> str:
    """Words of a docstring as Markdown: nothing in them becomes HTML or a link."""
    parts = regex.split(r"(`[^`\n]+`)", words)
    return "".join(part if part.startswith("`") else _escaped(part) for part in parts)


def _escaped(words: str) -> str:
    return regex.sub(r"([\[\]*_])", r"\\\1", html.escape(words, quote=False))


def _options(options: Mapping[str, FieldInfo], descriptions: Mapping[str, str] | None = None) -> str:
    rows = [
        (
            f"`{name}`",
            f"`{listing._type(info.annotation)}`",
            f"`{listing._default(info)}`",
            text(info.description or (descriptions or {}).get(name, "")),
        )
        for name, info in options.items()
    ]
    return _table(("option", "type", "default", "meaning"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(_cell(cell) for cell in line) + " |" for line in lines)


def _cell(words: str) -> str:
    return " ".join(words.split()).replace("|", "\\|")
