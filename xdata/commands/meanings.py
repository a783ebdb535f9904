"""What a name of xdata means: recipes, steps, rules, reasons, columns and parameters in words."""

import inspect
from collections.abc import Iterable, Iterator, Mapping

import pyarrow as pa
from pydantic.fields import FieldInfo

from xdata.commands.columns import tables
from xdata.commands.options import default_words, field_docs, option_lines, type_words
from xdata.commands.remedies import find_remedy
from xdata.filters.rules import LANGUAGE_RULE, OFF, RULES, Rule, own_thresholds
from xdata.formats.features import features_of
from xdata.formats.features import type_words as column_type
from xdata.output.card import COLUMNS
from xdata.output.reasons import REASONS, find_reason
from xdata.recipe.functions import RUN_OPTIONS, RecipeFunction, RunOptions, find_recipe, recipe_functions
from xdata.recipe.presets import Preset
from xdata.recipe.settings import paths_of
from xdata.recipe.steps import registry
from xdata.records import SCORES
from xdata.step import Score, Step
from xdata.terminal import aligned

_RULES: Mapping[str, Rule] = {rule.name: rule for rule in (LANGUAGE_RULE, *RULES)}
_MOST_LANGUAGES = 8
"""Languages whose thresholds are shown."""


def meanings(name: str) -> list[list[str]]:
    """Lines on everything that has a name, but languages. Raises ConfigError for a recipe file that is wrong."""
    return [lines for lines in _meanings(name) if lines]


def known_names() -> list[str]:
    """Every name that has a meaning, but languages."""
    names = [*recipe_functions(), *registry(), *_RULES, *REASONS, *COLUMNS, *_added(), *RUN_OPTIONS]
    return [*names, *(path for each in recipe_functions().values() for path in paths_of(each.parameters))]


def _meanings(name: str) -> Iterator[list[str]]:
    if name.endswith(".py") or ":" in name or name in recipe_functions():
        yield _recipe(find_recipe(name))
    for kind in registry():
        if name in (kind, kind.split(".")[1]):
            yield _step(registry()[kind])
    yield _rule(name)
    yield _reason(name)
    yield _column(name)
    yield _parameter(name)


def _recipe(function: RecipeFunction) -> list[str]:
    preset = function.presets.get(function.preset or "")
    taken = [option for option, what in (("--input", "sources"), ("--language", "languages")) if function.takes(what)]
    run_options = {option: info for option, info in RUN_OPTIONS.items() if option not in function.parameters}
    return [
        f"recipe {function.label}",
        "",
        *(function.description.splitlines() if preset is None else _preset(preset)),
        "",
        f"Takes {' and '.join(taken)}." if taken else "Takes no input: it brings its own.",
        "Parameters, for --set KEY=VALUE:",
        "",
        *option_lines("parameter", paths_of(function.parameters)),
        *(_presets(function) if preset is None else ()),
        "",
        "Options of every run, for --set too. All but the seed decide when a run stops, and never change its result:",
        "",
        *option_lines("option", run_options, field_docs(RunOptions)),
    ]


def _preset(preset: Preset) -> list[str]:
    needed = f"Needs --set {', '.join(preset.requires)}." if preset.requires else ""
    found = (f"Makes {preset.emits}.", f"After {preset.paper}.", preset.missing, needed)
    return [line for line in found if line]


def _presets(function: RecipeFunction) -> list[str]:
    if not function.presets:
        return []
    rows = [(f"{function.name}:{name}", preset.emits, preset.paper) for name, preset in function.presets.items()]
    return ["", "Presets:", "", *aligned(rows)]


def _step(step: type[Step]) -> list[str]:
    options = {name: info for name, info in step.model_fields.items() if name not in ("kind", "name")}
    lines = [f"step {step.model_fields['kind'].default}", "", *(inspect.getdoc(step) or "").splitlines()]
    if options:
        lines += ["", *option_lines("option", options, field_docs(step))]
    if step.papers:
        lines += ["", *[f"after {paper}" for paper in step.papers]]
    return lines


def _rule(name: str) -> list[str]:
    rule = _RULES.get(name)
    if rule is None:
        return []
    side = "at least" if rule.side == "min" else "at most"
    common = "none" if rule.english is None else f"{side} {rule.english:g}"
    scope = "" if rule.every_script or rule.english is None else ", published for English: not used for other languages"
    own = own_thresholds(name)
    values = [f"{code} {'disabled' if own[code] == OFF[rule.side] else f'{own[code]:g}'}" for code in sorted(own)]
    more = f", {len(values) - _MOST_LANGUAGES} more" if len(values) > _MOST_LANGUAGES else ""
    return aligned(
        [
            (f"rule {name}",),
            ("  score", f"{rule.path}; a kept record has {side} the threshold"),
            ("  common threshold", common + scope),
            ("  language files", (", ".join(values[:_MOST_LANGUAGES]) + more) or "none has a threshold"),
            ("  bounds", f"a calibrated threshold beyond {rule.laxest:g} disables the rule"),
        ]
    )


def _reason(name: str) -> list[str]:
    reason, remedy = find_reason(name), find_remedy(name)
    if reason is None:
        return []
    rows = [(f"reason {name}",), ("  title", reason.title), ("  family", reason.family), ("  meaning", reason.meaning)]
    rows += [] if remedy is None else [("  step", remedy.step), ("  to change", remedy.change)]
    return aligned(rows)


def _column(name: str) -> list[str]:
    """A column of xdata's records, or a score, which may be named without `scores.`."""
    if name in COLUMNS:
        found = {folder: schema.field(name) for folder, schema in tables().items() if name in schema.names}
        types = {column_type(features_of(pa.schema([field]))[0]).split(" (")[0]: None for field in found.values()}
        rows = [("  type", " or ".join(types)), ("  meaning", COLUMNS[name]), ("  tables", _folders(found))]
        return aligned([(f"column {name}",), *rows, *_computed_by(name)])
    path = f"{SCORES}.{name.removeprefix(f'{SCORES}.')}"
    if path not in _added():
        return []
    rules = [rule.name for rule in _RULES.values() if rule.path == path]
    rows = [("  type", "float32"), ("  tables", _folders(each for each in tables() if SCORES in tables()[each].names))]
    return aligned([(f"column {path}",), *rows, *_computed_by(path), ("  rules", ", ".join(rules) or "none")])


def _computed_by(path: str) -> list[tuple[str, ...]]:
    kinds = _added().get(path, [])
    return [("  computed by", ", ".join(f"step {kind}" for kind in kinds))] if kinds else []


def _folders(names: Iterable[str]) -> str:
    return ", ".join(f"{name}/" for name in names)


def _added() -> dict[str, list[str]]:
    """Path of a column -> kinds of the steps that add it."""
    found: dict[str, list[str]] = {}
    for kind in registry():
        step = registry()[kind]
        for path in step.model_construct(kind=kind).adds() if issubclass(step, Score) else ():
            found.setdefault(path, []).append(kind)
    return found


def _parameter(name: str) -> list[str]:
    """Parameters of that path, or of that name in an option group, with the default of each recipe that has them."""
    found: dict[str, dict[str, FieldInfo]] = {}
    for recipe, function in recipe_functions().items():
        for path, info in {**RUN_OPTIONS, **paths_of(function.parameters)}.items():
            if name in (path, path.rsplit(".", 1)[-1]):
                found.setdefault(path, {})[recipe] = info
    return [line for path, infos in found.items() for line in _parameter_lines(path, infos)]


def _parameter_lines(path: str, infos: Mapping[str, FieldInfo]) -> list[str]:
    info = next(iter(infos.values()))
    recipes: dict[str, list[str]] = {}
    for recipe, each in infos.items():
        recipes.setdefault(default_words(each), []).append(recipe)
    rows = [
        (f"parameter {path}",),
        ("  type", type_words(info.annotation)),
        ("  meaning", info.description or field_docs(RunOptions).get(path, "")),
        *(("  default", f"{default} in {', '.join(names)}") for default, names in recipes.items()),
    ]
    return aligned(rows)
