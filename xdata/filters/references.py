"""Hashes of the thresholds in the language files that a recipe was made with.

A recipe refers to the thresholds in language files (`filters.thresholds`). So that somebody who runs it with other
language files learns of it, a written recipe has hashes of what it refers to: one of all thresholds, and a short one
of each rule and of each language, which tell where a difference is.
"""

from collections.abc import Iterable, Mapping
from hashlib import blake2b
from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, Field

from xdata.filters.thresholds import Threshold
from xdata.language_files import thresholds_of_languages
from xdata.step import Step

_MOST_NAMES = 10
"""Languages and rules that a note names."""


class LanguageFiles(BaseModel):
    """Hashes of the thresholds in language files that the steps of a recipe refer to."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    thresholds: str = Field(pattern=r"^[0-9a-f]{32}$")
    """Of all of them."""
    rules: Mapping[str, str]
    """Rule -> hash of its thresholds in all languages."""
    languages: Mapping[str, str]
    """Language -> hash of its thresholds of all rules."""

    @classmethod
    def of(cls, steps: Iterable[Step]) -> "LanguageFiles | None":
        """Of the language files as they are now; None where no step refers to them.

        Raises ConfigError for a language file that has a threshold of a rule that does not exist.
        """
        referring = [step for step in steps if isinstance(step, Threshold) and step.rule]
        asked = [] if any(not step.languages for step in referring) else [step.languages for step in referring]
        files = thresholds_of_languages({code for codes in asked for code in codes}) if referring else {}
        rules: dict[str, dict[str, float]] = {}
        for step in referring:
            rules.setdefault(str(step.rule), {}).update(step.from_language_files(files=files))
        languages: dict[str, dict[str, float]] = {}
        for rule, values in rules.items():
            for code, value in values.items():
                languages.setdefault(code, {})[rule] = value
        if not rules:
            return None
        return cls(
            thresholds=_hash(rules, digest_size=16),
            rules={rule: _hash(values, digest_size=2) for rule, values in sorted(rules.items())},
            languages={code: _hash(values, digest_size=2) for code, values in sorted(languages.items())},
        )

    def note(self, now: "LanguageFiles | None") -> str | None:
        """What differs between these language files and those that are here now, one line; None where nothing does."""
        if now is None or now.thresholds == self.thresholds:
            return None
        rules, languages = _differing(self.rules, now.rules), _differing(self.languages, now.languages)
        return (
            f"the thresholds in the language files changed since the recipe was written "
            f"({_named('languages', languages)}; {_named('rules', rules)}); this run uses the current ones. To "
            "reproduce the earlier decisions, give the earlier language files with --language-files DIR"
        )


def _differing(before: Mapping[str, str], now: Mapping[str, str]) -> list[str]:
    return [name for name in sorted({*before, *now}) if before.get(name) != now.get(name)]


def _named(what: str, names: list[str]) -> str:
    more = f" and {len(names) - _MOST_NAMES} more" if len(names) > _MOST_NAMES else ""
    return f"{what}: {', '.join(names[:_MOST_NAMES]) or 'unknown'}{more}"


def _hash(values: Mapping[str, Any], *, digest_size: int) -> str:
    return blake2b(orjson.dumps(values, option=orjson.OPT_SORT_KEYS), digest_size=digest_size).hexdigest()
