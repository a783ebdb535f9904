"""Quality rules: scores that separate prose from other text, with their side and the bounds of thresholds.

A rule is a score and a side. Its threshold for a language stands in the language's file, put there by `xdata
calibrate`; for a language without one, a rule that means the same in every script has a value of its own, and the
others are off. Filters that refer to rules are made by `filters.rule_filters`.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Literal

from xdata.errors import ConfigError, nearest
from xdata.language_facts import Thresholds
from xdata.language_files import thresholds_of_languages
from xdata.records import LANGUAGE_SCORE, SCORES

Side = Literal["min", "max"]


@dataclass(frozen=True)
class Rule:
    """A quality rule: a score, the side on which documents are dropped, and bounds of its thresholds."""

    name: str
    """Of the rule in language files, and the reason of its drops."""
    score: str
    """Name of the score, without `scores.`."""
    side: Side
    english: float | None
    """What was published for English (Gopher, FineWeb, C4), or what we take for every script; None without."""
    laxest: float
    """A rule whose derived threshold would be laxer is off: it could hardly fire."""
    strictest: float | None = None
    """A derived threshold is never stricter; the English value unless given."""
    margin: float = 0.0
    """Least distance of a derived threshold from the median of the sample, as a share of the median."""
    min_documents: int = 10
    """Least documents of a sample that a threshold is derived from."""
    every_script: bool = True
    """Whether the English value stands in for a language without one of its own."""

    @property
    def path(self) -> str:
        """Path of the column with the score."""
        return self.score if self.score == LANGUAGE_SCORE else f"{SCORES}.{self.score}"

    def hold(self, value: float, *, median: float) -> float | None:
        """A derived threshold within the bounds; None where the rule is to be off."""
        sign = 1 if self.side == "max" else -1
        strictest = self.english if self.strictest is None else self.strictest
        bounds = [value, median * (1 + sign * self.margin), *([] if strictest is None else [strictest])]
        held = max(bounds) if self.side == "max" else min(bounds)
        return None if sign * held > sign * self.laxest else held


def _repetition() -> Iterable[Rule]:
    for what, english in (("line", 0.3), ("paragraph", 0.3)):
        yield Rule(f"repeated_{what}s", f"dup_{what}_share", "max", english, 0.6)
    for what, english in (("line", 0.1), ("paragraph", 0.2)):
        yield Rule(f"repeated_{what}_text", f"dup_{what}_char_share", "max", english, 0.5)
    for size, english in ((2, 0.2), (3, 0.18), (4, 0.16)):
        yield Rule(f"frequent_{size}_gram", f"top_{size}_gram_share", "max", english, 0.5)
    for size in range(5, 11):
        yield Rule(f"repeated_{size}_grams", f"dup_{size}_gram_share", "max", round(0.2 - 0.01 * size, 2), 0.5)


RULES: tuple[Rule, ...] = (
    Rule("short_words", "mean_word_length", "min", 3, 1, strictest=10, margin=0.35, every_script=False),
    Rule("long_words", "mean_word_length", "max", 10, 40, strictest=1, margin=0.5, every_script=False),
    Rule("many_hashes", "hash_ratio", "max", 0.1, 0.5),
    Rule("many_ellipses", "ellipsis_ratio", "max", 0.1, 0.5),
    Rule("bullet_lines", "bullet_line_share", "max", 0.9, 0.95),
    Rule("ellipsis_lines", "ellipsis_line_share", "max", 0.3, 0.9),
    Rule("few_letters", "alpha_word_share", "min", 0.8, 0.3, strictest=0.7, every_script=False),
    Rule("many_digits", "digit_share", "max", 0.2, 0.5),
    Rule("many_symbols", "symbol_share", "max", 0.25, 0.5),
    Rule("few_stop_words", "num_stop_words", "min", 2, 1, every_script=False),
    Rule("rare_stop_words", "stop_word_share", "min", None, 0.01, strictest=0.1, margin=0.6, every_script=False),
    Rule("few_line_ends", "line_punct_share", "min", 0.12, 0.02, min_documents=100, every_script=False),
    Rule("short_lines", "short_line_share", "max", 0.67, 0.95, min_documents=100, every_script=False),
    Rule("many_lines", "new_line_ratio", "max", 0.3, 0.6),
    Rule("curly_brackets", "num_curly_brackets", "max", 0, 5),
    Rule("placeholder_text", "num_placeholders", "max", 0, 0),
    Rule("encoding_debris", "debris_share", "max", 0.02, 0.3),
    Rule("much_personal_data", "personal_share", "max", 0.1, 0.5),
    *_repetition(),
    Rule(
        "few_distinctive_words",
        "distinctive_words",
        "min",
        None,
        0.001,
        strictest=0.05,
        margin=0.6,
        min_documents=30,
        every_script=False,
    ),
    Rule("high_perplexity", "perplexity_z", "max", None, 1000, margin=0.0, min_documents=30, every_script=False),
    Rule("low_quality", "quality", "min", None, 0.0, every_script=False),
)
"""All rules, in the order in which they decide."""

LANGUAGE_RULE = Rule("language_uncertain", LANGUAGE_SCORE, "min", 0.5, 0.3, strictest=0.9)
"""Of the probability of the language, which has a way of its own to be derived."""

Preset = Literal["language", "english", "none"]
"""`language`: each language's own thresholds; `english`: what was published for English, in all of them; `none`."""

LEARNED = frozenset({"distinctive_words", "perplexity_z", "quality"})
"""Scores that are made where they are asked for: two need a model of the user's, one is for contaminated languages."""

OFF: Mapping[Side, float] = {"min": -1e9, "max": 1e9}
"""Thresholds that nothing is beyond."""

_BY_NAME: Mapping[str, Rule] = {rule.name: rule for rule in (*RULES, LANGUAGE_RULE)}


def find_rule(name: str) -> Rule:
    """The rule of that name. Raises ConfigError if it does not exist."""
    if name not in _BY_NAME:
        raise ConfigError(f"there is no rule {name!r}: {nearest(name, _BY_NAME)}")
    return _BY_NAME[name]


def own_thresholds(
    name: str, languages: Collection[str] = (), *, files: Mapping[str, Thresholds] | None = None
) -> dict[str, float]:
    """Language -> threshold of one rule in its language file, beyond all values where the file switches the rule off.

    Of some languages, or of all; those whose files say nothing of the rule are left out. `files` are the thresholds
    in the files of these languages at least, where the caller has looked at them for several rules.

    Raises ConfigError for a language file that has a threshold of a rule that does not exist.
    """
    find_rule(name)
    if files is None:
        files = thresholds_of_languages(languages)
    codes = sorted(files.keys() & set(languages)) if languages else files
    return {code: values[name] for code in codes if name in (values := _values(code, files[code]))}


def limit_of(rule: Rule, facts: Thresholds) -> float | None:
    """The threshold that a build has for a language with these facts; None where the rule is off."""
    values = facts.min_values if rule.side == "min" else facts.max_values
    if rule.name in values:
        return values[rule.name]
    return rule.english if rule.every_script and rule.name not in facts.switched_off else None


_NAMES: Mapping[Side, frozenset[str]] = {
    side: frozenset(rule.name for rule in _BY_NAME.values() if rule.side == side) for side in ("min", "max")
}


_READ: dict[str, tuple[Thresholds, dict[str, float]]] = {}
"""Language -> its facts as they were when they were looked at, and what they say of each rule."""


def _values(code: str, facts: Thresholds) -> dict[str, float]:
    """Rule -> its threshold. Raises ConfigError for a rule that does not exist, or on its other side."""
    known = _READ.get(code)
    if known is None or known[0] is not facts:
        _check_names(code, facts)
        off = {name: OFF[_BY_NAME[name].side] for name in facts.switched_off}
        known = _READ[code] = (facts, {**off, **facts.min_values, **facts.max_values})
    return known[1]


def _check_names(code: str, facts: Thresholds) -> None:
    """Raises ConfigError for a threshold of a rule that there is not, or on its other side."""
    sides: tuple[tuple[Side, Mapping[str, float]], ...] = (("min", facts.min_values), ("max", facts.max_values))
    for side, names in sides:
        for name in names.keys() - _NAMES[side]:
            raise ConfigError(
                f"{code}: thresholds: no rule with a {side}_value is called {name!r}: {nearest(name, _NAMES[side])}"
            )
    for name in set(facts.switched_off) - _BY_NAME.keys():
        raise ConfigError(f"{code}: no rule is called {name!r}: {nearest(name, _BY_NAME)}")
