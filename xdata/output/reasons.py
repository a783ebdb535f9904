"""Reasons for dropping records, in words: title, meaning and family of each, for the report, `xdata show` and the docs.

Most reasons are fixed. Some name what was found: `url_adult` the category of a URL list, `tagged_noisy` a tag of the
source, `extract_failed` the step that failed; `reason` describes those by their pattern.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import regex


@dataclass(frozen=True)
class Reason:
    """One reason, in words."""

    family: str
    """Heading under which related reasons are shown, one of `FAMILIES`."""
    title: str
    """A few words, for tables and charts."""
    meaning: str
    """One sentence."""


INPUT = "Input and extraction"
LANGUAGE = "Language identification"
LENGTH = "Length"
GOPHER = "Gopher quality rules"
REPETITION = "Gopher repetition rules"
FINEWEB = "FineWeb quality rules"
C4 = "C4 quality rules"
ENCODING = "Encoding debris and personal data"
MODELS = "Language models and classifiers"
BLOCKLISTS = "Blocklists"
DECONTAMINATION = "Benchmark decontamination"
DEDUPLICATION = "Deduplication"
BOILERPLATE = "Boilerplate and repeated-substring removal"
SAMPLING = "Sampling"

FAMILIES = (
    INPUT,
    LANGUAGE,
    LENGTH,
    GOPHER,
    REPETITION,
    FINEWEB,
    C4,
    ENCODING,
    MODELS,
    BLOCKLISTS,
    DECONTAMINATION,
    DEDUPLICATION,
    BOILERPLATE,
    SAMPLING,
)
"""Families in the order in which a recipe decides."""


def _repetition() -> Mapping[str, Reason]:
    found = {}
    for what in ("line", "paragraph"):
        title = f"Repeated {what}s"
        found[f"repeated_{what}s"] = Reason(REPETITION, title, f"Too large a share of the {what}s occurred before.")
        found[f"repeated_{what}_text"] = Reason(
            REPETITION, f"{title}, by characters", f"Too large a share of the characters is in repeated {what}s."
        )
    for size in (2, 3, 4):
        found[f"frequent_{size}_gram"] = Reason(
            REPETITION, f"Frequent {size}-gram", f"The most frequent {size}-gram has too many of the characters."
        )
    for size in range(5, 11):
        found[f"repeated_{size}_grams"] = Reason(
            REPETITION, f"Repeated {size}-grams", f"Too many of the characters are in repeated {size}-grams."
        )
    return found


REASONS: Mapping[str, Reason] = {
    "no_main_text": Reason(INPUT, "No main text", "The extractor found no main text in the web page."),
    "too_large": Reason(INPUT, "Page too large", "The web page has more bytes than the extractor accepts."),
    "too_deep": Reason(INPUT, "Page too deeply nested", "The web page is nested deeper than the extractor accepts."),
    "no_lines_left": Reason(INPUT, "No lines left", "Every line was removed as boilerplate."),
    "guard_cpu_seconds": Reason(INPUT, "Too much time", "Reading the record took more time than `cpu_seconds`."),
    "guard_memory_bytes": Reason(INPUT, "Too much memory", "Reading the record took more memory than `memory_bytes`."),
    "language_unidentified": Reason(
        LANGUAGE, "Language not identified", "The language could not be identified (`und`)."
    ),
    "language_not_requested": Reason(LANGUAGE, "Other language", "The language is not among the requested ones."),
    "language_uncertain": Reason(
        LANGUAGE, "Uncertain language", "The probability of the language is below its threshold."
    ),
    "language_unknown": Reason(
        LANGUAGE, "Unknown language label", "The source labels the language with a name that means no language."
    ),
    "identifiers_disagree": Reason(LANGUAGE, "Identifiers disagree", "The second identifier named another language."),
    "few_distinctive_words": Reason(
        LANGUAGE, "Few distinctive words", "Too few words occur in this language alone, and the URL does not state it."
    ),
    "mixed_script": Reason(LANGUAGE, "Mixed scripts", "Too few letters are in the main script."),
    "mixed_languages": Reason(LANGUAGE, "Mixed languages", "Too few letters are in the main language."),
    "other_languages": Reason(
        LANGUAGE, "Only other languages", "Nothing was left after lines in other languages were removed or moved."
    ),
    "chinese_undecidable": Reason(
        LANGUAGE, "Traditional or Simplified unknown", "No character distinguishes Traditional from Simplified Chinese."
    ),
    "simplified_chinese": Reason(LANGUAGE, "Simplified Chinese", "The text is in Simplified Chinese."),
    "simplified_characters": Reason(
        LANGUAGE, "Simplified characters", "Too few characters are Traditional Chinese alone."
    ),
    "too_few_words": Reason(LENGTH, "Too few words", "The text has fewer words than `min_words`."),
    "too_many_words": Reason(LENGTH, "Too many words", "The text has more words than the recipe accepts."),
    "too_few_sentences": Reason(
        LENGTH, "Too few sentences", "The lines that C4 keeps have fewer sentences than the recipe asks for."
    ),
    "short_words": Reason(GOPHER, "Short words", "The mean length of words is too small."),
    "long_words": Reason(GOPHER, "Long words", "The mean length of words is too large."),
    "many_hashes": Reason(GOPHER, "Many hash signs", "Too many hash signs for the number of words."),
    "many_ellipses": Reason(GOPHER, "Many ellipses", "Too many ellipses for the number of words."),
    "bullet_lines": Reason(GOPHER, "Bullet lines", "Too many lines begin with a bullet."),
    "ellipsis_lines": Reason(GOPHER, "Lines with an ellipsis", "Too many lines end with an ellipsis."),
    "few_letters": Reason(GOPHER, "Few words with a letter", "Too few words contain a letter."),
    "few_stop_words": Reason(GOPHER, "Few stop words", "Too few different stop words of the language."),
    "rare_stop_words": Reason(GOPHER, "Rare stop words", "Too small a share of the words are stop words."),
    "many_digits": Reason(GOPHER, "Many digits", "Too large a share of the characters are digits."),
    "many_symbols": Reason(GOPHER, "Many symbols", "Too large a share of the characters are symbols or punctuation."),
    **_repetition(),
    "few_line_ends": Reason(FINEWEB, "Few sentence ends", "Too few lines end with the end of a sentence."),
    "short_lines": Reason(FINEWEB, "Short lines", "Too many lines are short."),
    "many_lines": Reason(FINEWEB, "Many lines", "Too many line breaks for the number of words."),
    "curly_brackets": Reason(C4, "Curly brackets", "The text has curly brackets, as source code has."),
    "placeholder_text": Reason(C4, "Placeholder text", "The text has filler such as lorem ipsum."),
    "encoding_debris": Reason(
        ENCODING, "Encoding debris", "Too many characters are left over from broken decoding or escaping."
    ),
    "much_personal_data": Reason(
        ENCODING, "Much personal data", "Too large a share of the text was mail addresses, phone numbers and the like."
    ),
    "high_perplexity": Reason(
        MODELS, "High perplexity", "The language model of the language finds the text improbable."
    ),
    "low_quality": Reason(MODELS, "Low quality", "The classifier finds the text unlike its good examples."),
    "domain_unlikely": Reason(MODELS, "Domain unlikely", "The classifier finds the text unlike the requested domains."),
    "domain_not_requested": Reason(BLOCKLISTS, "Other domain", "The source states a domain that is not requested."),
    "flagged_words": Reason(BLOCKLISTS, "Flagged words", "Too large a share of the words are on the list."),
    "leaks_test_item": Reason(
        DECONTAMINATION, "Contains a test item", "The text contains an item of an evaluation set, or its translation."
    ),
    "exact_duplicate": Reason(DEDUPLICATION, "Exact duplicate", "Another record has the same text and is kept."),
    "near_duplicate": Reason(
        DEDUPLICATION, "Near duplicate", "Another record shares most n-grams of the text and is kept."
    ),
    "semantic_duplicate": Reason(
        DEDUPLICATION, "Semantic duplicate", "Another record has nearly the same meaning and is kept."
    ),
    "boilerplate": Reason(BOILERPLATE, "Boilerplate", "Too many of the lines are on many pages of the site."),
    "too_few_words_left": Reason(
        BOILERPLATE, "Too few words left", "Too few words were left after shared lines and substrings were removed."
    ),
    "over_quota": Reason(SAMPLING, "Over quota", "The language has more text than its quota."),
}
"""Reason -> what it means, in the order of families."""

_PATTERNS: tuple[tuple[regex.Pattern[str], Reason], ...] = (
    (
        regex.compile(r"url_(.+)"),
        Reason(BLOCKLISTS, "Listed URL: {}", "The URL is on a blocklist, in the category {}."),
    ),
    (
        regex.compile(r"tagged_(.+)"),
        Reason(BLOCKLISTS, "Tagged: {}", "The source tags the record as {}, which is excluded."),
    ),
    (
        regex.compile(r"language_unknown_(.+)"),
        Reason(
            LANGUAGE, "Unknown language label: {}", "The source labels the language as {}, which means no language."
        ),
    ),
    (
        regex.compile(r"(.+)_failed"),
        Reason(INPUT, "Step failed: {}", "The step {} failed on the record; the manifest has the error."),
    ),
)


def find_reason(name: str) -> Reason | None:
    """A reason in words; None for one of a step that is not part of xdata."""
    if name in REASONS:
        return REASONS[name]
    for pattern, found in _PATTERNS:
        if match := pattern.fullmatch(name):
            words = match[1].replace("_", " ")
            return Reason(found.family, found.title.format(words), found.meaning.format(words))
    return None
