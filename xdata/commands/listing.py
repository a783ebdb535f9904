"""What there is, in lines: recipes, steps, languages, models, papers; and one of them in full."""

import ast
import inspect
import textwrap
from collections.abc import Callable, Mapping, Sequence
from itertools import pairwise
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from xdata.errors import ConfigError, nearest, one_line
from xdata.filters.rules import LANGUAGE_RULE, OFF, RULES, own_thresholds
from xdata.languages import Language, described_languages
from xdata.models.language import CHINESE, CHINESE_OF_EITHER, LID_176, XLID, load_identifier, load_segmenter
from xdata.output.card import COLUMNS
from xdata.output.reasons import REASONS, find_reason
from xdata.recipe.functions import RUN_OPTIONS, RecipeFunction, find_recipe, recipe_functions
from xdata.recipe.presets import Preset
from xdata.recipe.settings import paths_of
from xdata.recipe.steps import registry
from xdata.step import Step
from xdata.yaml_files import read_yaml


def listing(what: str) -> list[str]:
    """The lines of `xdata list WHAT`."""
    return _LISTINGS[what]()


def show(name: str) -> list[str]:
    """The lines of `xdata show NAME`: of a recipe, step, rule, reason, column or language.

    Raises ConfigError for none of these.
    """
    if name.endswith(".py") or ":" in name or name in recipe_functions():
        return _show_recipe(name)
    if name in registry():
        return _show_step(registry()[name])
    found = [*_show_rule(name), *_show_reason(name), *_show_column(name)]
    if found:
        return found
    try:
        return _show_language(Language(name))
    except ConfigError as error:
        known = [*recipe_functions(), *registry(), *REASONS, *COLUMNS, *described_languages()]
        raise ConfigError(
            f"unknown name {name!r}, expected a recipe, step, rule, reason, column or language: {nearest(name, known)}"
        ) from error


def _show_rule(name: str) -> list[str]:
    """A rule with its score and thresholds; nothing for another name."""
    rule = next((each for each in (LANGUAGE_RULE, *RULES) if each.name == name), None)
    if rule is None:
        return []
    side = "at least" if rule.side == "min" else "at most"
    english = "none" if rule.english is None else f"{side} {rule.english:g}"
    own = own_thresholds(name)
    values = [f"{code} {'disabled' if value == OFF[rule.side] else f'{value:g}'}" for code, value in own.items()]
    rows = [
        (f"rule {name}", f"drops records by {rule.path}"),
        (
            "common threshold",
            english + ("" if rule.every_script else ", in languages with a calibrated threshold alone"),
        ),
        ("thresholds of languages", f"{', '.join(values[:8])}{' …' if len(values) > 8 else ''}" if values else "none"),
        ("change it", f"--set rule_limits.{name}=VALUE, or xdata calibrate"),
    ]
    return _columns(rows)


def _show_reason(name: str) -> list[str]:
    """A reason in words; nothing for another name."""
    reason = find_reason(name)
    if reason is None:
        return []
    return _columns([(f"reason {name}", f"{reason.family}: {reason.title}"), ("meaning", reason.meaning)])


def _show_column(name: str) -> list[str]:
    """A column of data, rejects or ledger; nothing for another name."""
    return _columns([(f"column {name}", COLUMNS[name])]) if name in COLUMNS else []


def _recipes() -> list[str]:
    rows = []
    for name, function in recipe_functions().items():
        rows.append((name, function.summary))
        rows += [(f"{name}:{preset}", facts.emits) for preset, facts in function.presets.items()]
    return _columns(rows)


def _steps() -> list[str]:
    return _columns([(kind, _summary(registry()[kind])) for kind in registry()])


def _languages() -> list[str]:
    known = load_identifier(XLID).languages
    rows = []
    for code in described_languages():
        language = Language(code)
        autonym = language.facts.names.autonym if language.facts.names else None
        identified = "" if language.iso639_3 in known else "not identified"
        rows.append((code, language.name, autonym or "", identified))
    return _columns(rows)


def _models() -> list[str]:
    rows = []
    for model in (XLID, LID_176):
        facts = read_yaml(model.files()[1])
        languages = len(load_identifier(model).languages)
        rows.append((str(model), f"identifies {languages} languages", str(facts["license"]), str(facts["source"])))
    return _columns(rows)


def _papers() -> list[str]:
    """Presets with their papers and what differs from them, then steps with theirs."""
    presets = [
        (f"{name}:{preset}", facts.paper, facts.missing)
        for name, function in recipe_functions().items()
        for preset, facts in function.presets.items()
    ]
    steps = [(kind, paper, "") for kind in registry() for paper in registry()[kind].papers]
    return _columns([("preset or step", "paper", "what differs, or is missing"), *presets, *steps])


_LISTINGS: dict[str, Callable[[], list[str]]] = {
    "recipes": _recipes,
    "steps": _steps,
    "languages": _languages,
    "models": _models,
    "papers": _papers,
}


def _show_recipe(name: str) -> list[str]:
    function = find_recipe(name)
    preset = function.presets.get(function.preset or "")
    taken = [option for option, what in (("--input", "sources"), ("--language", "languages")) if function.takes(what)]
    parameters = paths_of(function.parameters)
    run_options = {option: info for option, info in RUN_OPTIONS.items() if option not in function.parameters}
    return [
        function.label,
        "",
        *(function.description.splitlines() if preset is None else _preset(preset)),
        "",
        f"Takes {' and '.join(taken) or 'no input: it brings its own'}. Parameters, for --set KEY=VALUE:",
        "",
        *_options("parameter", parameters),
        *(_presets(function) if preset is None else ()),
        "",
        "Run options of every recipe. They decide when a run stops and never change its result:",
        "",
        *_options("option", run_options),
    ]


def _preset(preset: Preset) -> list[str]:
    needed = f"Needs --set {', '.join(preset.requires)}." if preset.requires else ""
    found = (f"Makes {preset.emits}.", f"After {preset.paper}.", preset.missing, needed)
    return [line for line in found if line]


def _presets(function: RecipeFunction) -> list[str]:
    if not function.presets:
        return []
    rows = [(f"{function.name}:{name}", preset.emits, preset.paper) for name, preset in function.presets.items()]
    return ["", "Presets:", "", *_columns(rows)]


def _options(
    head: str, options: Mapping[str, FieldInfo], descriptions: Mapping[str, str] = MappingProxyType({})
) -> list[str]:
    """Names of options with type, default and description, a line each."""
    rows = [
        (name, _type(info.annotation), _default(info), info.description or descriptions.get(name, ""))
        for name, info in options.items()
    ]
    return _columns([(head, "type", "default", ""), *rows])


def _show_step(step: type[Step]) -> list[str]:
    options = {name: info for name, info in step.model_fields.items() if name not in ("kind", "name")}
    lines = [str(step.model_fields["kind"].default), "", *(inspect.getdoc(step) or "").splitlines()]
    if options:
        lines += ["", *_options("option", options, field_docs(step))]
    if step.papers:
        lines += ["", *[f"after {paper}" for paper in step.papers]]
    return lines


def field_docs(kind: type) -> dict[str, str]:
    """Field -> the docstring below it, in the class and its bases; empty where the source is missing.

    Read on request: pydantic would read the sources of all classes whenever they are imported, which takes long.
    """
    found: dict[str, str] = {}
    for each in (each for each in reversed(kind.__mro__) if each not in (BaseModel, object)):
        try:
            source = textwrap.dedent(inspect.getsource(each))
        except (OSError, TypeError):
            continue
        statements = next(node.body for node in ast.parse(source).body if isinstance(node, ast.ClassDef))
        for option, below in pairwise(statements):
            match option, below:
                case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                    found[name] = inspect.cleandoc(text)
    return found


def _show_language(language: Language) -> list[str]:
    names, aliases = language.facts.names, language.facts.aliases
    rows = [
        ("code", language.code),
        ("script", language.script),
        ("described", "yes" if language.described else "no"),
    ]
    if names:
        rows += [
            ("name", names.english),
            ("in itself", names.autonym or "not known"),
            ("source", names.source),
        ]
    if aliases:
        rows.append(("also", ", ".join(aliases.codes)))
    facts = language.facts
    if facts.writing:
        rows += [("direction", facts.writing.direction), ("words parted", f"by {facts.writing.segmenter}")]
    if facts.letters:
        rows.append(("letters", one_line(facts.letters.main, limit=200)))
    if facts.neighbours:
        rows.append(("taken for", ", ".join(facts.neighbours.codes)))
    rows.append(("not known", ", ".join(facts.lacks).replace("_", " ") or "nothing"))
    rows.append(("identified", _how_well(language)))
    return _columns(rows)


def _how_well(language: Language) -> str:
    """What is known of how well our identifier knows a language."""
    identifier = load_segmenter(XLID)
    if language.code == CHINESE_OF_EITHER:
        return f"yes, as {' or '.join(CHINESE)}; this code is for text whose script is ambiguous"
    if not identifier.can_name(language.code):
        others = sorted(code for code in identifier.names() if code and code.startswith(f"{language.iso639_3}_"))
        only = f", only as {' or '.join(others)}" if others else ""
        return f"no{only}: declare the language of its sources"
    facts = read_yaml(XLID.files()[1])
    measured = facts.get("precision_and_recall", {}).get(language.code)
    learned = sum(facts.get("characters", {}).get(language.code, {}).values())
    shown = f"yes, from {learned:,} characters" if learned else "yes"
    if measured is None:
        return f"{shown}; not measured on other text"
    return f"{shown}; precision {measured[0]:.2f}, recall {measured[1]:.2f} on text of a kind not seen"


def _summary(step: type[Step]) -> str:
    return (inspect.getdoc(step) or "").split("\n")[0]


def _type(annotation: Any) -> str:
    """A type as users read it: without its modules and bounds, words to choose from as `['all', 'none']`."""
    origin, arguments = get_origin(annotation), get_args(annotation)
    if origin is Annotated:
        return _type(arguments[0])
    if origin is Literal:
        return str(list(arguments))
    if origin in (Union, UnionType):
        return " | ".join(map(_type, arguments))
    if annotation is NoneType or annotation is Ellipsis:
        return "None" if annotation is NoneType else "..."
    name = annotation.__name__ if isinstance(annotation, type) else str(annotation)
    return f"{origin.__name__}[{', '.join(map(_type, arguments))}]" if origin else name


def _default(info: FieldInfo) -> str:
    if info.default_factory is not None:
        return "empty"
    if info.default is PydanticUndefined:
        return "needed"
    if isinstance(info.default, tuple):
        return ", ".join(map(str, info.default)) or "none"
    return "null" if info.default is None else str(info.default)


def _columns(rows: Sequence[Sequence[str]]) -> list[str]:
    """Rows with their cells under each other; the last cell of a row is not padded."""
    widths = [
        max((len(row[i]) for row in rows if i < len(row) - 1), default=0) for i in range(max(map(len, rows), default=0))
    ]
    return ["  ".join([*(cell.ljust(widths[i]) for i, cell in enumerate(row[:-1])), row[-1]]).rstrip() for row in rows]
