"""`report.html`: what became of the documents, in one file that needs no network and runs no script.

It is made from the manifest and a statistics of the tables. Everything in it is escaped, personal data in samples is
masked, and its content security policy forbids all but its own style.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any

import numpy as np

from xdata.disk import write_atomically
from xdata.language_files import facts_of
from xdata.output.manifest import Manifest
from xdata.output.reasons import FAMILIES, REASONS, find_reason
from xdata.output.statistics import NUM_BINS, Histogram, Statistics, statistics
from xdata.recipe.phases import phase_named
from xdata.resources import resource
from xdata.step import ScoreLimit

REPORT = "report.html"
_MOST_SHOWN = 200
"""Unreadable places and failed documents that the report lists."""
_MOST_FATES = 7
"""Reasons that have a colour of their own."""
_MOST_HOSTS = 5
_OTHERS = "other reasons"
_OWN_STEPS = "Steps of your own"
_DISABLED = 1e9
"""A threshold that no value is beyond."""
_KEPT = "kept"
_LARGE_SHARE = 0.5
"""Smallest share of a language for which one kind of text is reported as most of it."""
_KINDS = {"Wikipedia": ("wikipedia.org", "wikipedia"), "the Bible": ("bible", "jw.org", "scripture", "gospel")}
"""Kind of text -> what hosts and domains of it have in their names."""


def write_report(manifest: Manifest, out: Path) -> None:
    """Writes the report of a folder whose tables are there. Raises ArrowException or OSError where one is damaged."""
    write_atomically(
        out / REPORT,
        report(manifest, statistics(out, manifest.files, manifest.stages, copied=manifest.copies_rows)).encode(),
    )


def report(manifest: Manifest, seen: Statistics) -> str:
    """The report's HTML."""
    from jinja2 import StrictUndefined
    from jinja2.sandbox import SandboxedEnvironment

    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    template = environment.from_string(resource("report", "report.html.jinja").read_text(encoding="utf-8"))
    fates = _fates(seen)
    requested = frozenset(manifest.requested_languages)
    found = [_language(manifest, seen, code, fates) for code in manifest.all_languages()]
    scores = [(name, histogram) for name, histogram in seen.scores.items() if histogram.num_values > 1]
    return template.render(
        manifest=manifest,
        title_of=_title,
        num_read=sum(numbers["read"] for numbers in manifest.stages[0].documents.values()),
        num_kept=sum(facts.num_rows for facts in manifest.languages.values()),
        num_bytes=sum(facts.num_bytes for facts in manifest.languages.values()),
        fates=fates,
        languages=[language for language in found if not requested or language["code"] in requested],
        others=[language for language in found if requested and language["code"] not in requested],
        num_found=len(found),
        sources=[_bar(name, counts, fates) for name, counts in _by_size(seen.sources)],
        stage_names=[name for name, _ in manifest.funnel("und")],
        scores=[_score(name, histogram, seen) for name, histogram in scores],
        constant=[name for name, histogram in seen.scores.items() if histogram.num_values == 1],
        rules=_rules(manifest, [each["code"] for each in found], requested),
        changes=_changes(manifest),
        leaking=seen.leaking,
        num_leaking=seen.num_leaking,
        checked=_checked(seen),
        thresholds=_thresholds(manifest),
        known=[corpus for corpus in manifest.known if corpus.num_documents],
        clusters=[cluster for stage in manifest.stages for cluster in stage.large_clusters],
        num_files=sum(source.num_files for source in manifest.sources),
        unreadable_files=manifest.unreadable_files[:_MOST_SHOWN],
        damaged_files=manifest.damaged_files[:_MOST_SHOWN],
        unreadable=manifest.unreadable[:_MOST_SHOWN],
        failed=manifest.failed[:_MOST_SHOWN],
        num=lambda number: f"{number:,}",
        size=_size,
        share=lambda part, whole: f"{100 * part / whole:.1f}" if whole else "0",
    )


def _language(manifest: Manifest, seen: Statistics, code: str, fates: list[str]) -> dict[str, Any]:
    """All that the report shows of one language."""
    facts, own = facts_of(code), manifest.languages.get(code)
    names = facts.names if facts else None
    counts = seen.languages.get(code, Counter())
    return {
        "code": code,
        "tag": code.replace("_", "-"),
        "name": names.english if names else code,
        "autonym": names.autonym if names else None,
        "direction": facts.writing.direction if facts and facts.writing else "auto",
        "kept": manifest.rows(code),
        "words": own.num_words if own else None,
        "funnel": [num for _, num in manifest.funnel(code)],
        "bar": _bar(code, counts, fates),
        "shares": _shares(own.shares if own else {}, own.num_rows if own else 0),
        "most": _most(own.shares if own else {}, own.num_rows if own else 0),
        "sparks": [
            {"score": name, "kept": _spark(histogram, histogram.kept), "dropped": _spark(histogram, histogram.dropped)}
            for name, histogram in seen.by_language.get(code, {}).items()
            if histogram.num_values > 1
        ],
        "samples": seen.samples.get(code),
    }


def _title(fate: str) -> str:
    """What is written for a reason, or for what was kept."""
    found = find_reason(fate)
    return found.title if found else {_KEPT: "Kept", _OTHERS: "Other reasons"}.get(fate, fate)


def _by_size(groups: Mapping[str, Counter[str]]) -> list[tuple[str, Counter[str]]]:
    return sorted(groups.items(), key=lambda item: (-item[1].total(), item[0]))


def _fates(seen: Statistics) -> list[str]:
    """`kept`, and the most frequent reasons for dropping, in the order of their colours."""
    total: Counter[str] = sum(seen.languages.values(), Counter())
    total.pop(_KEPT, None)
    named = [reason for reason, _ in sorted(total.items(), key=lambda item: (-item[1], item[0]))]
    return [_KEPT, *named[:_MOST_FATES], *([_OTHERS] if len(named) > _MOST_FATES else [])]


def _bar(name: str, counts: Mapping[str, int], fates: list[str]) -> dict[str, Any]:
    """One bar of what became of documents: pieces with their number in `fates`, and their share in percent."""
    total = sum(counts.values())
    pieces = []
    for number, fate in enumerate(fates):
        num = counts.get(fate, 0)
        if fate == _OTHERS:
            num = sum(count for reason, count in counts.items() if reason not in fates)
        if num:
            pieces.append({"fate": fate, "number": number, "num": num, "width": f"{100 * num / total:.2f}"})
    return {"name": name, "total": total, "pieces": pieces}


def _shares(shares: Mapping[str, Mapping[str, int]], num_rows: int) -> list[dict[str, str]]:
    """Each kind of share in words, the largest first."""
    shown = []
    for what, counts in shares.items():
        first = list(counts.items())[:_MOST_HOSTS]
        words = ", ".join(f"{value} ({_percent(num, num_rows)} %)" for value, num in first)
        more = f" and {len(counts) - len(first)} more" if len(counts) > len(first) else ""
        if first:
            shown.append({"what": what, "words": words + more})
    return shown


def _most(shares: Mapping[str, Mapping[str, int]], num_rows: int) -> list[str]:
    """Kinds of text that are most of a language, by hosts and domains."""
    found = []
    for kind, marks in _KINDS.items():
        for what in ("host", "domain"):
            num = sum(
                num for value, num in shares.get(what, {}).items() if any(mark in value.lower() for mark in marks)
            )
            if num_rows and num >= _LARGE_SHARE * num_rows:
                found.append(kind)
                break
    return found


def _score(name: str, histogram: Histogram, seen: Statistics) -> dict[str, Any]:
    """A score as a picture: heights in percent of the highest bin, and where its thresholds are."""
    total = histogram.kept + histogram.dropped
    limits = [limit for limit in seen.limits if limit.name == name]
    bounds = [bound for limit in limits for bound in (limit.min_value, limit.max_value) if bound]
    used = [*(np.flatnonzero(total) + 1), *np.searchsorted(histogram.edges, bounds), 1]
    num_bins = min(int(max(used)), NUM_BINS) if name.startswith("num_") else NUM_BINS
    highest = max(1, int(total.max()))
    bins = [
        {
            "kept": f"{100 * int(kept) / highest:.2f}",
            "dropped": f"{100 * int(dropped) / highest:.2f}",
            "title": f"{low:g} to {high:g}: {int(kept):,} kept, {int(dropped):,} dropped",
        }
        for (low, high), kept, dropped in zip(
            pairwise(histogram.edges[: num_bins + 1]),
            histogram.kept[:num_bins],
            histogram.dropped[:num_bins],
            strict=True,
        )
    ]
    return {
        "name": name,
        "bins": bins,
        "bounds": [{"value": f"{bound:g}", "place": f"{_place(histogram, bound, num_bins):.2f}"} for bound in bounds],
        "first": f"{histogram.edges[0]:g}",
        "last": f"{histogram.edges[num_bins]:,g}",
        "missing": histogram.num_missing,
    }


def _place(histogram: Histogram, value: float, num_bins: int) -> float:
    """Where a value stands on an axis of so many bins, in percent."""
    for number, (low, high) in enumerate(pairwise(histogram.edges[: num_bins + 1])):
        if value < high:
            return 100 * (number + max(0.0, value - low) / (high - low)) / num_bins
    return 100.0


def _spark(histogram: Histogram, counts: Any) -> str:
    """A small picture of counts: the path of an area 100 wide and 20 high."""
    highest = max(1, int((histogram.kept + histogram.dropped).max()))
    width = 100 / NUM_BINS
    heights = [f"{20 - 20 * int(num) / highest:.3g}" for num in counts]
    steps = [f"V{height}h{width * len([*run]):g}" for height, run in groupby(heights)]
    return f"M0 20{''.join(steps)}V20z" if int(counts.sum()) else ""


def _rules(manifest: Manifest, found: Sequence[str], requested: frozenset[str]) -> list[dict[str, Any]]:
    """Families of rules; of each rule the documents that it dropped, in all and of each language.

    Shares are of the documents that came to the stage, in percent. A document counts for each of its reasons. The last
    column has all languages that were not requested, where some were.
    """
    columns = [[code] for code in found if not requested or code in requested]
    columns += [[code for code in found if code not in requested]] if requested else []
    numbers: dict[str, Counter[str]] = defaultdict(Counter)
    totals: dict[str, Counter[str]] = defaultdict(Counter)
    for stage in manifest.stages:
        for code, reasons in stage.reasons.items():
            for reason, num in reasons.items():
                numbers[reason][code] += num
        for reason in {reason for reasons in stage.reasons.values() for reason in reasons}:
            totals[reason].update({code: counts["read"] for code, counts in stage.documents.items()})
    order = {name: number for number, name in enumerate(REASONS)}
    rows: dict[str, list[dict[str, Any]]] = {}
    for name in sorted(numbers, key=lambda name: (-numbers[name].total(), order.get(name, len(order)), name)):
        described = find_reason(name)
        row = {
            "reason": name,
            "title": described.title if described else name,
            "meaning": described.meaning if described else "",
            "num": numbers[name].total(),
            "share": _percent(numbers[name].total(), totals[name].total()),
            "cells": [_cell(_sum(numbers[name], codes), _sum(totals[name], codes)) for codes in columns],
        }
        rows.setdefault(described.family if described else _OWN_STEPS, []).append(row)
    return [{"family": family, "rows": rows[family]} for family in (*FAMILIES, _OWN_STEPS) if family in rows]


def _sum(counts: Mapping[str, int], codes: Sequence[str]) -> int:
    return sum(counts.get(code, 0) for code in codes)


def _cell(num: int, total: int) -> dict[str, Any] | None:
    """A number of documents with its share, in percent and from 0 to 1; None where there are none."""
    return {"num": num, "share": _percent(num, total), "heat": f"{num / total:.2f}"} if num and total else None


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole if whole else 0.0
    return f"{share:.0f}" if share >= 10 else f"{share:.1f}"


def _changes(manifest: Manifest) -> list[dict[str, Any]]:
    """What edits and cuts did, step by step, the most frequent first."""
    rows = [
        dict(zip(("edit", "_", "what"), key.partition("."), strict=True)) | {"num": n}
        for key, n in manifest.changes.items()
    ]
    return sorted(rows, key=lambda row: (row["edit"], -row["num"], row["what"]))


def _checked(seen: Statistics) -> list[dict[str, Any]]:
    """Languages with how many documents were compared with translations of test items, the largest first."""
    rows = []
    for code, counts in _by_size(seen.checked):
        total, text = counts.total(), counts["text"]
        rows.append({"code": code, "compared": total - text, "text": text, "some": counts["some"]})
    return rows


def _thresholds(manifest: Manifest) -> list[dict[str, str]]:
    """The configuration of steps that decide, without what is empty; of thresholds, those of languages that differ."""
    rows = []
    for stage in manifest.stages:
        limits = {limit.step: limit for limit in stage.limits}
        for name, options in stage.steps.items() if phase_named(stage.phase).decides else ():
            if name in limits:
                shown = list(_threshold(limits[name], options.get("without")))
            else:
                told = {key: value for key, value in options.items() if key not in ("kind", "name") and value}
                shown = [f"{key} {_told(value)}" for key, value in told.items()]
            if shown:
                title = _title(options["reason"]) if "reason" in options else name
                rows.append({"stage": stage.name, "step": title, "options": "; ".join(shown)})
    return rows


def _threshold(limit: ScoreLimit, without: str | None) -> Iterator[str]:
    """The score of a threshold, its common value, and those of languages that differ."""
    yield limit.name
    for side, common, words in ((0, limit.min_value, "at least"), (1, limit.max_value, "at most")):
        values_of = ((code, each[side]) for code, each in limit.by_language.items())
        own = {code: value for code, value in values_of if value is not None and value != common}
        if common is not None:
            yield f"{words} {common:g}"
        if own:
            values = ", ".join(f"{code} {_number(value)}" for code, value in own.items())
            yield values if common is not None else f"{words} {values}"
    if without:
        yield f"documents without {without}"


def _number(value: float) -> str:
    """A threshold; those beyond all values disable a rule."""
    return "disabled" if abs(value) >= _DISABLED else f"{value:g}"


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
