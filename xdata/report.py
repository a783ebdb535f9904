"""`report.html`: what became of the documents, in one file that needs no network and runs no script.

It is made from the manifest alone. Everything in it is escaped, and its content security policy forbids all but
its own style.
"""

from collections import Counter
from pathlib import Path
from typing import Any

from xdata.disk import write_atomically
from xdata.languages import facts_of
from xdata.manifest import Manifest
from xdata.resources import resource

REPORT = "report.html"
_MOST_SHOWN = 200
"""Unreadable places and failed documents that the report lists."""


def write_report(manifest: Manifest, out: Path) -> None:
    """Writes the report of a folder."""
    write_atomically(out / REPORT, report(manifest).encode())


def report(manifest: Manifest) -> str:
    """The report's HTML."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(resource("report", "report.html.jinja").read_text(encoding="utf-8"))
    return template.render(
        manifest=manifest,
        num_read=sum(numbers["read"] for numbers in manifest.stages[0].documents.values()),
        num_kept=sum(facts.num_rows for facts in manifest.languages.values()),
        num_bytes=sum(facts.num_bytes for facts in manifest.languages.values()),
        languages=_languages(manifest),
        stage_names=[name for name, _ in manifest.funnel("und")],
        reasons=_reasons(manifest),
        thresholds=_thresholds(manifest),
        unreadable=manifest.unreadable[:_MOST_SHOWN],
        failed=manifest.failed[:_MOST_SHOWN],
        num=lambda number: f"{number:,}",
        size=_size,
        share=lambda part, whole: f"{100 * part / whole:.1f}" if whole else "0",
    )


def _languages(manifest: Manifest) -> list[dict[str, Any]]:
    return [
        {
            "code": code,
            "name": _name(code),
            "kept": manifest.rows(code),
            "funnel": [num for _, num in manifest.funnel(code)],
        }
        for code in manifest.all_languages()
    ]


def _name(code: str) -> str:
    facts = facts_of(code)
    return facts.names.english if facts and facts.names else code


def _reasons(manifest: Manifest) -> list[dict[str, Any]]:
    """Every reason of every stage, the most frequent first within its stage."""
    rows = []
    for stage in manifest.stages:
        by_reason: dict[str, Counter[str]] = {}
        for code, reasons in stage.reasons.items():
            for reason, count in reasons.items():
                by_reason.setdefault(reason, Counter())[code] += count
        for reason, counts in sorted(by_reason.items(), key=lambda item: (-item[1].total(), item[0])):
            most = sorted(counts.items(), key=lambda item: (-item[1], item[0]))[:5]
            rows.append(
                {
                    "stage": stage.name,
                    "reason": reason,
                    "count": counts.total(),
                    "languages": ", ".join(f"{code} {count:,}" for code, count in most),
                }
            )
    return rows


def _thresholds(manifest: Manifest) -> list[dict[str, str]]:
    """What deciding and clustering steps were told; those that were told nothing are left out."""
    rows = []
    for stage in manifest.stages:
        for name, options in stage.steps.items() if stage.phase in ("decide", "cluster") else ():
            told = {key: value for key, value in options.items() if key not in ("kind", "name") and value}
            shown = [f"{key} {_told(value)}" for key, value in told.items()]
            if told:
                rows.append({"stage": stage.name, "step": name, "options": "; ".join(shown)})
    return rows


def _told(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    if isinstance(value, dict):
        return ", ".join(f"{key} {number}" for key, number in value.items())
    return str(value)


def _size(num_bytes: int) -> str:
    """Bytes in the unit that reads best."""
    value, unit = float(num_bytes), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 1000:
            break
        value, unit = value / 1000, larger
    return f"{value:.0f} {unit}" if value >= 100 or unit == "B" else f"{value:.1f} {unit}"
