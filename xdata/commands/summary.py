"""What a finished build comes to: a table for people, facts for programs."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from xdata.errors import counted
from xdata.output.manifest import Manifest
from xdata.output.reasons import find_reason

_MOST_LANGUAGES = 12
"""Languages that are printed, those with most kept documents; all of them with `-v`."""
_MOST_REASONS = 5


def summary(manifest: Manifest, out: Path) -> dict[str, Any]:
    """Counts of documents by language and reason, warnings and notes, as JSON has them."""
    return {
        "out": str(out),
        "recipe": manifest.recipe,
        "fingerprint": manifest.fingerprint,
        "documents": {"read": _num_read(manifest), "kept": _num_kept(manifest)},
        "languages": {
            code: {
                "read": read,
                "kept": manifest.rows(code),
                "words": manifest.languages[code].num_words if code in manifest.languages else 0,
                "bytes": manifest.languages[code].num_bytes if code in manifest.languages else 0,
            }
            for code, read in _read_by_language(manifest).items()
        },
        "reasons": dict(_reasons(manifest).most_common()),
        "warnings": manifest.warnings,
        "notes": manifest.notes,
        "seconds": round(sum(cost.seconds for cost in manifest.timing.values()), 3),
    }


def describe(manifest: Manifest, out: Path, *, verbose: bool = False) -> list[str]:
    """The same for people: totals, a table of languages, the most frequent reasons, and where to look."""
    kept = counted(_num_kept(manifest), "document")
    lines = [f"{out}: {kept} in {counted(len(manifest.languages), 'language')} of {_num_read(manifest):,} read"]
    lines += _table(manifest, verbose=verbose)
    reasons = _reasons(manifest)
    most = reasons.most_common(None if verbose else _MOST_REASONS)
    if most:
        more = f", and {len(reasons) - len(most)} more" if len(reasons) > len(most) else ""
        lines.append(f"dropped: {'; '.join(f'{_title(name)} {num:,}' for name, num in most)}{more}")
    if verbose:
        lines += [
            f"{name}: {cost.seconds:.1f} s, {cost.cpu_seconds:.1f} CPU s" for name, cost in manifest.timing.items()
        ]
    return [*lines, f"report: {out / 'report.html'}"]


def _table(manifest: Manifest, *, verbose: bool) -> list[str]:
    read = _read_by_language(manifest)
    codes = sorted(manifest.languages, key=lambda code: (-manifest.rows(code), code))
    shown = codes if verbose else codes[:_MOST_LANGUAGES]
    rows: list[Sequence[str]] = [("language", "read", "kept", "words")]
    for code in shown:
        words = manifest.languages[code].num_words
        rows.append((code, f"{read.get(code, 0):,}", f"{manifest.rows(code):,}", "" if words is None else f"{words:,}"))
    if len(rows) == 1:
        return []
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    more = [f"  and {len(codes) - len(shown)} more languages (-v)"] if len(codes) > len(shown) else []
    aligned = (
        "  ".join(
            [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        )
        for row in rows
    )
    return [*(f"  {line.rstrip()}" for line in aligned), *more]


def _read_by_language(manifest: Manifest) -> dict[str, int]:
    """Language -> documents that were found to be in it, those with most data first."""
    stage = next((stage for stage in manifest.stages if stage.phase == "annotate"), manifest.stages[0])
    return {code: stage.documents.get(code, {}).get("read", 0) for code in manifest.all_languages()}


def _reasons(manifest: Manifest) -> Counter[str]:
    counts: Counter[str] = Counter()
    for stage in manifest.stages:
        for reasons in stage.reasons.values():
            counts.update(reasons)
    return counts


def _title(reason: str) -> str:
    found = find_reason(reason)
    return f"{found.title} ({reason})" if found else reason


def _num_read(manifest: Manifest) -> int:
    return sum(numbers["read"] for numbers in manifest.stages[0].documents.values())


def _num_kept(manifest: Manifest) -> int:
    return sum(facts.num_rows for facts in manifest.languages.values())
