"""The summary of a finished build: a table for people, facts for programs."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from xdata.errors import counted
from xdata.output.card import CARD
from xdata.output.manifest import Manifest, StageFacts
from xdata.output.report import REPORT
from xdata.recipe.phases import READ
from xdata.terminal import aligned

_MOST_LANGUAGES = 12
"""Languages with a line of their own; all with `-v`."""
_MOST_REASONS = 3
"""Reasons that are named on a line; all with `-v`."""


def summary(manifest: Manifest, out: Path) -> dict[str, Any]:
    """Counts of documents by language and reason, warnings and notes, for `--json`.

    A document may have several reasons, so reasons add up to more than the dropped documents.
    """
    languages = {code: _language(manifest, code) for code in manifest.all_languages()}
    read = sum(numbers["read"] for numbers in manifest.stages[0].documents.values())
    kept = sum(facts.num_rows for facts in manifest.languages.values())
    return {
        "out": str(out),
        "recipe": manifest.recipe,
        "fingerprint": manifest.fingerprint,
        "documents": {"read": read, "kept": kept, "dropped": sum(each["dropped"] for each in languages.values())},
        "languages": languages,
        "reasons": dict(_reasons(languages.values()).most_common()),
        "warnings": manifest.warnings,
        "notes": manifest.notes,
        "seconds": round(sum(cost.seconds for cost in manifest.timing.values()), 3),
        "report": str(out / REPORT),
        "card": str(out / CARD),
    }


def describe(manifest: Manifest, out: Path, *, verbose: bool = False) -> list[str]:
    """The summary in lines: totals, a table of languages, where report and card are, and the next commands.

    `verbose` lists all languages and reasons, and what each stage took.
    """
    facts = summary(manifest, out)
    documents, languages = facts["documents"], facts["languages"]
    num_kept = sum(each["kept"] > 0 for each in languages.values())
    lines = [
        f"{out}: {counted(documents['kept'], 'document')} in {counted(num_kept, 'language')}, of "
        f"{documents['read']:,} read"
    ]
    lines += [f"  {line}" for line in _table(manifest, languages, verbose=verbose)]
    if verbose:
        lines += [
            f"{name}: {cost.seconds:.1f} s, {cost.cpu_seconds:.1f} CPU s" for name, cost in manifest.timing.items()
        ]
    if manifest.warnings:
        lines.append(f"{counted(len(manifest.warnings), 'warning')}: see above, or the report")
    return [*lines, f"report: {out / REPORT}", f"data card: {out / CARD}", f"next: xdata explain {out} ID"]


def _table(manifest: Manifest, languages: Mapping[str, Mapping[str, Any]], *, verbose: bool) -> list[str]:
    """A line for each language, those without data or beyond the first ones in one line."""
    if not languages:
        return []
    with_data = [code for code, facts in languages.items() if facts["kept"]]
    shown = list(languages) if verbose else (with_data or list(languages))[:_MOST_LANGUAGES]
    others = [facts for code, facts in languages.items() if code not in shown]
    rows = [_row(_label(manifest, code), [languages[code]], verbose=verbose) for code in shown]
    rows += [_row(counted(len(others), "other language"), others, verbose=verbose)] if others else []
    return aligned([("language", "read", "kept", "dropped", "most frequent reasons"), *rows], right=(1, 2, 3))


def _label(manifest: Manifest, code: str) -> str:
    facts = manifest.languages.get(code)
    return f"{code} {facts.name}" if facts is not None and facts.name != code else code


def _row(label: str, languages: Sequence[Mapping[str, Any]], *, verbose: bool) -> tuple[str, ...]:
    reasons = _reasons(languages)
    most = reasons.most_common(None if verbose else _MOST_REASONS)
    more = [f"{len(reasons) - len(most)} more"] if len(reasons) > len(most) else []
    numbers = [f"{sum(facts[name] for facts in languages):,}" for name in ("read", "kept", "dropped")]
    return (label, *numbers, ", ".join([*(f"{reason} {num:,}" for reason, num in most), *more]))


def _reasons(languages: Iterable[Mapping[str, Any]]) -> Counter[str]:
    found: Counter[str] = Counter()
    for facts in languages:
        found.update(facts["reasons"])
    return found


def _language(manifest: Manifest, code: str) -> dict[str, Any]:
    """Documents of a language that were read or made, kept and dropped, and the reasons, the most frequent first."""
    facts = manifest.languages.get(code)
    stages = _stages_with_languages(manifest)
    numbers = [stage.documents[code] for stage in stages if code in stage.documents]
    dropped = sum(each["dropped"] + each["merged"] for each in numbers)
    kept = facts.num_rows if facts else 0
    reasons: Counter[str] = Counter()
    for stage in stages:
        reasons.update(stage.reasons.get(code, {}))
    return {
        "read": kept + dropped,
        "kept": kept,
        "dropped": dropped,
        "words": facts.num_words if facts else 0,
        "bytes": facts.num_bytes if facts else 0,
        "reasons": dict(reasons.most_common()),
    }


def _stages_with_languages(manifest: Manifest) -> list[StageFacts]:
    """The stages that count documents by language: not the one that reads, nor the one that writes sentences."""
    sentences = manifest.stage_writing("sentences")
    return [stage for stage in manifest.stages if stage.phase != READ.name and stage is not sentences]
