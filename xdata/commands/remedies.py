"""What to change so that records are not dropped for a reason: the step that decides, and the option that moves it."""

from dataclasses import dataclass

import regex

from xdata.filters.rules import RULES
from xdata.output.reasons import REASONS


@dataclass(frozen=True)
class Remedy:
    """Where a reason is from, and how to keep such records."""

    step: str
    """Kind of the step that drops records with the reason, as `filters.threshold`."""
    change: str
    """One sentence."""


_THRESHOLD = "filters.threshold"
_ERRORS = "filters.errors"
_DECLARE = "If sources are in one language, declare it (`language` in sources.yaml), so that it is not identified."

_REMEDIES = {
    "no_main_text": Remedy(_ERRORS, "Use another extractor: `--set extractor=NAME`."),
    "too_large": Remedy(_ERRORS, "Raise `max_bytes` of the step edits.extract in a recipe.yaml."),
    "too_deep": Remedy(_ERRORS, "Raise `max_depth` of the step edits.extract in a recipe.yaml."),
    "no_lines_left": Remedy(_ERRORS, "Remove rules from the step edits.lines of your recipe."),
    "guard_cpu_seconds": Remedy(_ERRORS, "Allow more time: `--set cpu_seconds=SECONDS`."),
    "guard_memory_bytes": Remedy(_ERRORS, "Allow more memory: `--set memory_bytes=BYTES`."),
    "language_unidentified": Remedy("filters.languages", _DECLARE),
    "language_not_requested": Remedy("filters.languages", f"Request the language: `--language L`. {_DECLARE}"),
    "language_uncertain": Remedy(
        _THRESHOLD, f"Lower the smallest probability: `--set language.min_score=P`. {_DECLARE}"
    ),
    "language_unknown": Remedy(_ERRORS, "Correct the labels of the source, or declare its `language` in sources.yaml."),
    "identifiers_disagree": Remedy(_THRESHOLD, "Use one identifier only: `--set language.second_identifier=null`."),
    "few_distinctive_words": Remedy(
        _THRESHOLD,
        "Lower the smallest share: `--set language.min_distinctive_words=SHARE`, or give another list: "
        "`--set language.distinctive_word_lists={L: FILE}`.",
    ),
    "mixed_script": Remedy(_THRESHOLD, "Lower the smallest share: `--set language.min_script_share=SHARE`; null: off."),
    "mixed_languages": Remedy(
        _THRESHOLD,
        "Lower the smallest share, `--set language.min_main_share=SHARE`, or drop none: `--set language.mixed=score`.",
    ),
    "other_languages": Remedy(_ERRORS, "Leave texts whole: `--set language.mixed=score`."),
    "chinese_undecidable": Remedy("filters.languages", "Keep such records: `--set undecidable=keep`."),
    "simplified_chinese": Remedy("filters.languages", "Build Simplified Chinese with `--language zho_Hans`."),
    "simplified_characters": Remedy(_THRESHOLD, "Lower the smallest share: `--set min_hant_share=SHARE`."),
    "too_few_words": Remedy(_THRESHOLD, "Lower the smallest number of words: `--set min_words=N`."),
    "too_many_words": Remedy(_THRESHOLD, "Raise the largest number of words: `--set quality.max_words=N`; null: any."),
    "too_few_sentences": Remedy(_THRESHOLD, "Lower the smallest number: `--set quality.min_sentences=N`; 0: off."),
    "high_perplexity": Remedy(_THRESHOLD, "Raise the largest perplexity: `--set perplexity.max_z=Z`."),
    "low_quality": Remedy(_THRESHOLD, "Lower the smallest probability: `--set classifier.min_quality=P`."),
    "domain_unlikely": Remedy(_THRESHOLD, "Lower the smallest probability: `--set classifier.min_quality=P`."),
    "domain_not_requested": Remedy("filters.domains", "Request the domain: `--set domains=[NAME]`."),
    "flagged_words": Remedy(
        _THRESHOLD,
        "Raise the largest share, `--set blocklist.max_flagged_share=SHARE`, or edit the list (`blocklist.words`).",
    ),
    "leaks_test_item": Remedy(
        _THRESHOLD,
        "Raise the largest probability of a leak, `--set decontamination.max_leak=P`, or remove an evaluation set "
        "(`decontamination.evaluation_sets`).",
    ),
    "exact_duplicate": Remedy("dedup.exact", "Every recipe with deduplication drops exact duplicates."),
    "near_duplicate": Remedy(
        "dedup.near",
        "Raise the smallest similarity of duplicates: `--set dedup.min_similarity=S`; `--set dedup.prefer=longest` "
        "decides which one is kept.",
    ),
    "semantic_duplicate": Remedy(
        "dedup.semantic", "Raise the smallest cosine of duplicates: `--set dedup.semdedup_cosine=C`; null: off."
    ),
    "boilerplate": Remedy("dedup.boilerplate", "Raise `max_share` of the step dedup.boilerplate in a recipe.yaml."),
    "too_few_words_left": Remedy(
        "dedup.repeated_lines",
        "Remove less: `--set dedup.line_dedup_min_documents=null` or `--set dedup.exact_substring_words=null`.",
    ),
    "over_quota": Remedy(
        "filters.quota", "Raise the quota: `--set quota.max_bytes=N` or `--set quota.max_documents=N`."
    ),
}
_OF_RULES = {
    rule.name: Remedy(
        _THRESHOLD,
        f"Set another threshold for all languages, `--set rule_limits.{rule.name}=VALUE`, or derive one for each "
        "language: `xdata calibrate`.",
    )
    for rule in RULES
}
_PATTERNS = (
    (regex.compile(r"url_.+"), Remedy("filters.urls", "Remove the category from `blocklist.urls`.")),
    (regex.compile(r"tagged_.+"), Remedy(_ERRORS, "Remove the tag from `blocklist.tags`, or from `exclude_tags`.")),
    (regex.compile(r"language_unknown_.+"), _REMEDIES["language_unknown"]),
    (
        regex.compile(r".+_failed"),
        Remedy(_ERRORS, "`failed` in manifest.json has the error of the step: correct the step or its input."),
    ),
)

REMEDIES = {name: _REMEDIES.get(name) or _OF_RULES[name] for name in REASONS}
"""Reason -> remedy, of every reason that has a name of its own."""


def find_remedy(reason: str) -> Remedy | None:
    """The remedy of a reason; None for a reason of a step that is not part of xdata."""
    if reason in REMEDIES:
        return REMEDIES[reason]
    return next((remedy for pattern, remedy in _PATTERNS if pattern.fullmatch(reason)), None)
