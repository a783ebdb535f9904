"""Fills pages of the documentation from the code when MkDocs builds it, so that they are always current.

A comment `<!-- generated: NAME -->` of a page is replaced by what `GENERATED[NAME]` gives. `mkdocs.yml` names the file.
"""

import html
import inspect
import textwrap
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import is_dataclass
from functools import partial
from operator import attrgetter
from pathlib import Path
from types import ModuleType
from typing import Any

import regex
from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import to_jsonable_python

import xdata
from xdata import errors, step
from xdata.commands.columns import tables
from xdata.commands.options import default_words, field_docs
from xdata.commands.options import type_words as type_words_of
from xdata.commands.parsers import HelpFormatter, parsers
from xdata.commands.remedies import REMEDIES
from xdata.dedup.evaluation_sets import EvaluationSet
from xdata.filters.rules import LANGUAGE_RULE, RULES, Rule
from xdata.formats.features import features_of, type_words
from xdata.language_files import described_languages
from xdata.languages import Language
from xdata.models.language import XLID, load_identifier
from xdata.output.card import COLUMNS
from xdata.output.reasons import FAMILIES, REASONS
from xdata.readers.hub import HubDataset
from xdata.readers.sources import SourceEntry
from xdata.recipe.functions import RUN_OPTIONS, RecipeFunction, RunOptions, recipe_functions
from xdata.recipe.phases import PHASES
from xdata.recipe.presets import Preset
from xdata.recipe.settings import paths_of
from xdata.recipe.steps import STEPS
from xdata.references import ModelRef
from xdata.scores.urls import UrlList
from xdata.yaml_files import dump_yaml, read_yaml

ROOT = Path(__file__).resolve().parents[1]
_SECTION = regex.compile(r"^(Args|Attributes|Returns|Raises|Examples?):\n", regex.MULTILINE)
_ITEM = regex.compile(r"\n(?=\S)")
_TITLES = {"Args": "Arguments"}
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
    return _options(RUN_OPTIONS, field_docs(RunOptions))


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
    options = _options_of(kind)
    parts = [f"### `{name}` {{ #{name.replace('.', '-')} }}", text(inspect.getdoc(kind) or "")]
    if options:
        parts.append(_options(options, field_docs(kind)))
    if kind.papers:
        parts.append("After: " + "; ".join(map(text, kind.papers)))
    return "\n\n".join(parts)


def phases() -> str:
    """Every phase with its steps, and the phases that may come right before it."""
    rows = [
        (f"`{each.name}`", each.described, each.purpose, ", ".join(f"`{name}`" for name in each.follows) or "nothing")
        for each in PHASES
    ]
    return _table(("phase", "steps", "purpose", "comes right after"), rows)


def rules() -> str:
    """Every quality rule with its score, side and bounds."""
    head = ("rule and reason", "score", "side", "common value", "for every language", "laxest", "smallest sample")
    return _table(head, map(_rule, (LANGUAGE_RULE, *RULES)))


def _rule(rule: Rule) -> tuple[str, ...]:
    score = f"`{rule.path}`"
    own = "yes" if rule.every_script and rule.english is not None else "no"
    value = "–" if rule.english is None else f"{rule.english:g}"
    return (f"`{rule.name}`", score, rule.side, value, own, f"{rule.laxest:g}", str(rule.min_documents))


def columns() -> str:
    """Columns of all tables of an output folder."""
    parts: list[str] = []
    for folder, schema in tables().items():
        rows = [
            (f"`{column['name']}`", type_words(column).split(" (")[0], text(COLUMNS[column["name"]]))
            for column in features_of(schema)
        ]
        parts += [f"## `{folder}/` {{ #{folder} }}", _table(("column", "type", "meaning"), rows)]
    return "\n\n".join(parts)


def reasons() -> str:
    """Every reason, by family."""
    parts: list[str] = []
    for family in FAMILIES:
        rows = [
            (f"`{name}`", each.title, text(each.meaning), f"`{REMEDIES[name].step}`", text(REMEDIES[name].change))
            for name, each in REASONS.items()
            if each.family == family
        ]
        parts += [f"## {family}", _table(("reason", "title", "meaning", "step", "to change"), rows)]
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


def training_licenses() -> str:
    """Packages that the identifier was trained on, by the license of their text."""
    counts = read_yaml(XLID.files()[1])["license_of_training_text"]
    total = sum(counts.values())
    rows = [(f"`{license}`", str(number), f"{100 * number / total:.1f} %") for license, number in counts.items()]
    return _table(("license of the text", "packages", "share of the packages"), rows)


def commands() -> str:
    """The help of every command."""
    parts = []
    for name, parser in parsers().items():
        heading = f"## `{name}` {{ #{'-'.join(name.split()[1:])} }}" if " " in name else ""
        parser.formatter_class = partial(HelpFormatter, width=100)
        parts += [heading, f"```text\n{parser.format_help()}```"]
    return "\n\n".join(filter(None, parts))


def api() -> str:
    """Every public name of `import xdata`."""
    parts: list[str] = []
    groups: dict[str, list[str]] = {"Functions": [], "Classes and types": [], "Steps": [], "Errors": []}
    for name in xdata.__all__:
        value = getattr(xdata, name)
        if inspect.ismodule(value):
            groups[f"`xdata.{name}` {{ #{name} }}"] = [f"{name}.{each}" for each in _functions(value)]
        elif not name.startswith("__"):
            groups[_group(value)].append(name)
    for title, names in groups.items():
        if names:
            parts += [f"## {title}", *map(_public, names)]
    return "\n\n".join(parts)


def _functions(module: ModuleType) -> list[str]:
    """Names of the public functions that a module defines, in its order."""
    found = [name for name, value in vars(module).items() if inspect.isfunction(value)]
    return [name for name in found if not name.startswith("_") and vars(module)[name].__module__ == module.__name__]


def _group(value: Any) -> str:
    if inspect.isfunction(value):
        return "Functions"
    if not isinstance(value, type):
        return "Classes and types"
    if issubclass(value, Exception):
        return "Errors"
    return "Steps" if issubclass(value, step.Step) else "Classes and types"


def _public(name: str) -> str:
    """A function, class or type, by its name below `xdata`."""
    value = attrgetter(name)(xdata)
    parts = [f"### `{name}` {{ #{name} }}"]
    if inspect.isfunction(value):
        parts += [_signature(f"xdata.{name}", value), _described(inspect.getdoc(value) or "")]
    elif not isinstance(value, type):
        parts.append(f"A type: `{_plain(str(value))}`.")
    else:
        parts.append(_described(inspect.getdoc(value) or ""))
        if issubclass(value, BaseModel) and (fields := _options_of(value)):
            parts.append(_options(fields, field_docs(value)))
        elif is_dataclass(value) and (meanings := field_docs(value)):
            parts.append(_table(("attribute", "meaning"), [(f"`{key}`", text(meanings[key])) for key in meanings]))
        parts += [_member(name, key, member) for key, member in _members(value)]
    return "\n\n".join(part for part in parts if part)


def _options_of(kind: type[BaseModel]) -> dict[str, FieldInfo]:
    return {name: info for name, info in kind.model_fields.items() if name not in ("kind", "name")}


def _members(value: type) -> list[tuple[str, Any]]:
    """Public methods and properties that the class itself defines and describes."""
    if issubclass(value, Exception):
        return []
    return [
        (name, each)
        for name, each in vars(value).items()
        if not name.startswith("_") and inspect.getdoc(each)
        if isinstance(each, property | classmethod | staticmethod) or inspect.isfunction(each)
    ]


def _member(owner: str, name: str, member: Any) -> str:
    """A property, or a method with its arguments."""
    parts = [f"#### `{owner}.{name}` {{ #{owner}.{name} }}"]
    if not isinstance(member, property):
        is_bound = not isinstance(member, staticmethod)
        function = member.__func__ if isinstance(member, classmethod | staticmethod) else member
        parts.append(_signature(f"{owner}.{name}", function, is_bound=is_bound))
    return "\n\n".join([*parts, _described(inspect.getdoc(member) or "")])


def _described(docstring: str) -> str:
    """A docstring with sections (`Args:`, `Returns:`, …) as Markdown."""
    head, *sections = _SECTION.split(docstring)
    parts = [text(head.strip())]
    for title, body in zip(sections[::2], sections[1::2], strict=True):
        body = textwrap.dedent(body.strip("\n"))
        if title.startswith("Example"):
            parts.append(f"```pycon\n{body}\n```")
        elif title == "Returns":
            parts.append(f"**Returns** {text(' '.join(body.split()))}")
        else:
            parts += [f"**{_TITLES.get(title, title)}**", "\n".join(map(_item, _ITEM.split(body)))]
    return "\n\n".join(part for part in parts if part)


def _item(item: str) -> str:
    name, _, meaning = item.partition(":")
    return f"- `{name}`: {text(' '.join(meaning.split()))}"


def _signature(name: str, function: Callable[..., Any], *, is_bound: bool = False) -> str:
    """A function with its arguments, one a line where they are many."""
    signature = inspect.signature(function)
    shown = [_plain(str(each)) for each in list(signature.parameters.values())[is_bound:]]
    keywords = [each.kind is each.KEYWORD_ONLY for each in list(signature.parameters.values())[is_bound:]]
    if True in keywords and not any(each.startswith("*") for each in shown[: keywords.index(True)]):
        shown.insert(keywords.index(True), "*")
    result = ""
    if signature.return_annotation is not signature.empty:
        result = f" -> {_plain(inspect.formatannotation(signature.return_annotation))}"
    line = f"{name}({', '.join(shown)}){result}"
    if len(line) > 88 and shown:
        line = f"{name}(\n    " + ",\n    ".join(shown) + f",\n){result}"
    return f"```python\n{line}\n```"


def _plain(annotation: str) -> str:
    """A type as one reads it: without modules and quotes."""
    shown = regex.sub(r"(?<=: |-> )'([^']+)'", r"\1", annotation)
    return regex.sub(r"(?:\b[a-zA-Z_]\w*\.)+(?=[a-zA-Z_])", "", shown)


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
    "phases": phases,
    "rules": rules,
    "columns": columns,
    "reasons": reasons,
    "languages": languages,
    "descriptions": descriptions,
    "training_licenses": training_licenses,
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
            f"`{type_words_of(info.annotation)}`",
            f"`{default_words(info)}`",
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
