"""Filters for the quality rules: one for each rule, which refers to the thresholds in the language files."""

from collections.abc import Collection, Iterable, Mapping

from xdata.errors import ConfigError, nearest
from xdata.filters.rules import LANGUAGE_RULE, LEARNED, OFF, RULES, Preset, Rule, own_thresholds
from xdata.filters.thresholds import Threshold


def threshold_filters(
    languages: Iterable[str],
    *,
    preset: Preset = "language",
    rule_limits: Mapping[str, float] | None = None,
    without: Collection[str] = LEARNED,
) -> tuple[Threshold, ...]:
    """One filter for each rule that applies to these languages; for all rules if no language is given.

    `without` are the scores, without `scores.`, that the recipe does not make; `rule_limits` (rule -> value) stands in
    for everything else. Raises ConfigError for a rule that there is not, or whose score is not made.
    """
    rule_limits = rule_limits or {}
    known = {rule.name: rule for rule in RULES}
    for name in rule_limits:
        if name not in known:
            raise ConfigError(f"there is no rule {name!r}: {nearest(name, known)}")
        if known[name].score in without:
            raise ConfigError(
                f"the rule {name!r} needs the score {known[name].score!r}, which the recipe does not make"
            )
    codes = tuple(sorted(set(languages)))
    made = (_filter(rule, codes, preset, rule_limits.get(rule.name)) for rule in RULES if rule.score not in without)
    return tuple(step for step in made if step is not None)


def language_filter(languages: Iterable[str], *, limit: float | None = None, preset: Preset = "language") -> Threshold:
    """The filter of documents with a low language score: by `limit`, or by each language's own threshold."""
    codes = tuple(sorted(set(languages)))
    found = _filter(LANGUAGE_RULE, codes, "english" if preset == "none" else preset, limit)
    assert found is not None
    return found


def _filter(rule: Rule, codes: tuple[str, ...], preset: Preset, limit: float | None) -> Threshold | None:
    if limit is not None:
        common: float | None = limit
    elif preset == "none":
        common = None
    else:
        common = rule.english if rule.every_script or preset == "english" else None
    refers = preset == "language" and limit is None and _says_something(rule, codes, common)
    if common is None and not refers:
        return None
    value = None if common is None else float(common)
    return Threshold(
        name=rule.name,
        score=rule.path,
        reason=rule.name,
        min_value=value if rule.side == "min" else None,
        max_value=value if rule.side == "max" else None,
        rule=rule.name if refers else None,
        languages=codes if refers else (),
    )


def _says_something(rule: Rule, codes: tuple[str, ...], common: float | None) -> bool:
    """Whether language files may change the threshold of the rule."""
    if common is not None or not codes:
        return True
    return any(value != OFF[rule.side] for value in own_thresholds(rule.name, codes).values())
