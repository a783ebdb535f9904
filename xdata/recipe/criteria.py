"""Criteria by which documents stay: scores, and the filters that decide by them.

A recipe is mostly a list of criteria. All scores of a document are computed and all filters asked, so a document
that is dropped has every reason that there is, and a threshold is moved without scoring again. A criterion whose
model or list is not given is empty.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from xdata.dedup.contamination import LEAK, Contamination
from xdata.dedup.contamination import REASON as LEAKS_TEST_ITEM
from xdata.dedup.evaluation_sets import EvaluationSet
from xdata.errors import ConfigError
from xdata.filters.domains import KeepDomains
from xdata.filters.errors import DropErrors
from xdata.filters.fineweb2 import Fineweb2Config, fineweb2_filters, read_fineweb2_configs
from xdata.filters.languages import KeepLanguages
from xdata.filters.rule_filters import language_filter, threshold_filters
from xdata.filters.rules import LANGUAGE_RULE, Preset, own_thresholds
from xdata.filters.thresholds import Threshold
from xdata.filters.urls import DropUrls
from xdata.languages import described_languages, resolve_code
from xdata.models.language import XLID, Weights, load_identifier, telling_parts
from xdata.models.priors import Prior
from xdata.models.reference import ModelRef
from xdata.readers.sources import Source
from xdata.scores.c4 import C4Quality
from xdata.scores.classifier import ClassifyQuality
from xdata.scores.debris import DebrisShare
from xdata.scores.distinctive_words import SHARE as DISTINCTIVE_WORDS
from xdata.scores.distinctive_words import DistinctiveWords, listed_words
from xdata.scores.flagged import FlaggedShare
from xdata.scores.language import AGREEMENT, IdentifyLanguage, check_identifiable, check_weights
from xdata.scores.language_segments import LanguageSegments
from xdata.scores.length import NumWords
from xdata.scores.perplexity import Perplexity
from xdata.scores.personal import PersonalData
from xdata.scores.quality import Characters, FineWebQuality, GopherQuality, StopWords
from xdata.scores.repetition import GopherRepetition
from xdata.scores.script import HantShare, ScriptShare
from xdata.scores.urls import UrlCategory, UrlList
from xdata.step import Filter, Score


@dataclass(frozen=True)
class Criterion:
    """Scores, and the filters that decide by them."""

    scores: tuple[Score, ...] = ()
    filters: tuple[Filter, ...] = ()
    judges: bool = False
    """Whether it judges how good a text is, so that what it drops of clusters of each size tells how often they are
    worth reading; others ask what a text is: its language, where it is from, that no test item is in it."""


NONE = Criterion()
"""What asks for nothing."""

Mixed = Literal["keep", "score", "clip", "route", "drop"]
"""What is done with documents that have parts in other languages."""

MIN_MAIN_LANGUAGE = 0.8
"""Least share of letters in the document's own language where nobody says another."""
MAX_PERPLEXITY_Z = 4.0
"""Greatest surprise where nobody says another: standard deviations from what is usual in a model's own text."""
MIN_QUALITY = 0.5
"""Least probability of being good where nobody says another."""
MIN_DISTINCTIVE_WORDS = 0.01
"""Least share of distinctive words where nobody says another: of documents of a kind that the lists were not made from,
in 413 languages, it keeps 95 % of a language's own and 0.2 % of others'.
"""

_UNMARKED = ("_Thai", "_Laoo")
"""Ends of the codes of languages that have no mark for the end of a sentence."""


def scores_of(criteria: Iterable[Criterion]) -> tuple[Score, ...]:
    """The scores of all criteria, in their order."""
    return tuple(score for criterion in criteria for score in criterion.scores)


def filters_of(criteria: Iterable[Criterion]) -> tuple[Filter, ...]:
    """The filters of all criteria, in their order."""
    return tuple(decide for criterion in criteria for decide in criterion.filters)


def whole() -> Criterion:
    """No edit found an error, as that a page has no main text."""
    return Criterion(filters=(DropErrors(),))


def in_languages(
    languages: tuple[str, ...],
    *,
    sources: Sequence[Source],
    identifier: ModelRef = XLID,
    second: ModelRef | None = None,
    prior: Prior = "equal",
    weights: Mapping[str, Weights] | None = None,
    reasons: Mapping[str, str] | None = None,
) -> Criterion:
    """The language is known and asked for; `reasons` says why documents of some others go.

    `prior` is how frequent languages are taken to be; `weights` are what is known of the crawl: host or end of hosts
    -> language -> factor of its probability.

    A second identifier, where there is one, does not name another language.

    Raises ConfigError for a language that the identifier cannot name and no source is declared to be in, and for
    weights of one that it cannot name; ResourceError for a second identifier that is none.
    """
    check_sources(languages, sources=sources, identifier=identifier)
    asked_for = KeepLanguages(languages=languages, reasons=reasons or {})
    identify = IdentifyLanguage(model=identifier, second=second, prior=prior, weights=weights or {})
    if identify.weights:
        check_weights(identify.weights, model=identifier)
    if second is None:
        return Criterion((identify,), (asked_for,))
    load_identifier(second)
    agree = Threshold(name="agreed", score=AGREEMENT, reason="identifiers_disagree", min_value=1.0)
    return Criterion((identify,), (asked_for, agree))


def in_any_language(*, identifier: ModelRef = XLID) -> Criterion:
    """The language is found out, whichever it is."""
    return Criterion((IdentifyLanguage(model=identifier),))


def surely(languages: tuple[str, ...], *, min_score: float | None = None, thresholds: Preset = "language") -> Criterion:
    """The identifier is sure enough of the language; one that a source declares is sure."""
    return Criterion(filters=(language_filter(languages, limit=min_score, preset=thresholds),))


def check_sources(languages: tuple[str, ...], *, sources: Sequence[Source], identifier: ModelRef) -> None:
    """Raises ConfigError for a language that the identifier cannot name, unless sources declare it or rows may."""
    if not any("language" in source.fields for source in sources):
        declared = [source.language for source in sources if source.language]
        check_identifiable(languages, model=identifier, declared=declared)


def in_traditional_chinese(min_share: float) -> Criterion:
    """Of the characters that tell, enough are traditional; text without any such has nothing to decide by."""
    keep = Threshold(
        name="one_standard", score="scores.hant_share", reason="simplified_characters", min_value=min_share
    )
    return Criterion((HantShare(),), (keep,))


def in_one_language(mixed: Mixed, *, min_share: float | None = None, identifier: ModelRef = XLID) -> Criterion:
    """Enough of the letters are in the document's own language, where documents that are mixed are to go: 0.8 unless
    `min_share` says another share.

    Its parts are scored where the scores are asked for, or decide. Raises ConfigError for a share that decides nothing.
    """
    if min_share is not None and mixed != "drop":
        raise ConfigError(
            f"min_main_language decides nothing with mixed: {mixed}: leave it out, or say --set mixed=drop"
        )
    if mixed not in ("score", "drop"):
        return NONE
    score = LanguageSegments(model=telling_parts(identifier))
    keep = Threshold(
        name="one_language",
        score="scores.main_language_share",
        reason="mixed_languages",
        min_value=MIN_MAIN_LANGUAGE if min_share is None else min_share,
    )
    return Criterion((score,), (keep,) if mixed == "drop" else (), judges=True)


def in_one_script(min_share: float) -> Criterion:
    """Enough of the letters are of one script."""
    keep = Threshold(name="one_script", score="scores.script_share", reason="mixed_script", min_value=min_share)
    return Criterion((ScriptShare(),), (keep,), judges=True)


def long_enough(min_words: int, *, max_words: int | None = None) -> Criterion:
    """There are enough words, and not too many where a most is given."""
    few = Threshold(name="enough_words", score="scores.num_words", reason="too_few_words", min_value=float(min_words))
    if max_words is None:
        return Criterion((NumWords(),), (few,), judges=True)
    many = Threshold(
        name="not_too_many_words", score="scores.num_words", reason="too_many_words", max_value=float(max_words)
    )
    return Criterion((NumWords(),), (few, many), judges=True)


def prose(
    languages: tuple[str, ...],
    *,
    thresholds: Preset = "language",
    rule_limits: Mapping[str, float] | None = None,
    min_sentences: int = 0,
) -> Criterion:
    """The rules of quality (Gopher, FineWeb, C4, encoding debris, personal data) find it to be prose.

    Sentences are counted where a language has marks for their ends; Thai and Lao have none.
    """
    scores = (
        Characters(),
        GopherQuality(),
        StopWords(),
        GopherRepetition(),
        FineWebQuality(),
        C4Quality(),
        DebrisShare(),
        PersonalData(),
    )
    filters = threshold_filters(languages, preset=thresholds, rule_limits=rule_limits)
    if min_sentences == 0:
        return Criterion(scores, filters, judges=True)
    enough = Threshold(
        name="enough_sentences",
        score="scores.num_c4_sentences",
        reason="too_few_sentences",
        min_value=float(min_sentences),
        min_by_language={code: 0.0 for code in languages or described_languages() if code.endswith(_UNMARKED)},
    )
    return Criterion(scores, (*filters, enough), judges=True)


def surely_by_fineweb2(languages: tuple[str, ...], *, configs: str, missing: Literal["refuse", "own"]) -> Criterion:
    """The identifier is as sure of the language as FineWeb-2 asks.

    Raises ConfigError as `prose_by_fineweb2` does.
    """
    found, others = _fineweb2_configs(languages, configs=configs, missing=missing)
    filters = fineweb2_filters(found, others=others)
    return Criterion(filters=tuple(step for step in filters if step.name == LANGUAGE_RULE.name))


def prose_by_fineweb2(languages: tuple[str, ...], *, configs: str, missing: Literal["refuse", "own"]) -> Criterion:
    """FineWeb-2's own rules of quality find it to be prose, with the thresholds and stop words that it published.

    Raises ConfigError where no language is given, and for one without a configuration, unless it is to be judged by
    the thresholds of xdata.
    """
    found, others = _fineweb2_configs(languages, configs=configs, missing=missing)
    words = {code: config.stopwords for code, config in sorted(found.items())}
    # with thresholds of ours come rules that FineWeb-2 has not
    ours = (Characters(), C4Quality(), DebrisShare(), PersonalData()) if others else ()
    scores = (GopherQuality(), StopWords(words=words), GopherRepetition(), FineWebQuality(), *ours)
    filters = fineweb2_filters(found, others=others)
    return Criterion(scores, tuple(step for step in filters if step.name != LANGUAGE_RULE.name), judges=True)


def _fineweb2_configs(
    languages: tuple[str, ...], *, configs: str, missing: Literal["refuse", "own"]
) -> tuple[dict[str, Fineweb2Config], list[str]]:
    """The configurations of languages, and the languages without one."""
    if not languages:
        raise ConfigError("FineWeb-2 has a configuration for each language: say which languages, as --language sw")
    found = read_fineweb2_configs(Path(configs).expanduser(), languages)
    others = [code for code in languages if code not in found]
    if others and missing == "refuse":
        raise ConfigError(
            f"{configs}: has no configuration of {', '.join(others)}: leave it out, or take the thresholds of xdata "
            "for it with --set missing=own"
        )
    return found, others


def of_domains(
    domains: tuple[str, ...],
    *,
    classifier: str | None,
    min_quality: float,
    by_language: Mapping[str, float] | None = None,
) -> Criterion:
    """It says that it is of one of the domains; or it says nothing, and the classifier takes it for one of them."""
    said = KeepDomains(domains=domains)
    found = like_good_examples(
        classifier, min_quality=min_quality, by_language=by_language, without="domain", reason="domain_unlikely"
    )
    return Criterion(found.scores, (said, *found.filters))


def without_debris(max_share: float | None) -> Criterion:
    """Little of it is what broken decoding left."""
    if max_share is None:
        return NONE
    keep = Threshold(name="decoded", score="scores.debris_share", reason="encoding_debris", max_value=max_share)
    return Criterion((DebrisShare(),), (keep,), judges=True)


def no_test_item(
    sets: tuple[EvaluationSet, ...],
    *,
    languages: tuple[str, ...] = (),
    embedder: ModelRef | None,
    num_words: int = 13,
    max_leak: float = 0.5,
) -> Criterion:
    """No test item of an evaluation set is in it, nor a translation of one, in languages that are asked for.

    A document in a language that the embedder does not know stays, labelled as not checked for translations.
    """
    if not sets:
        return NONE
    find = Contamination(sets=sets, embedder=embedder, languages=languages, num_words=num_words)
    keep = Threshold(name="no_test_item", score=LEAK, reason=LEAKS_TEST_ITEM, max_value=max_leak)
    return Criterion((find,), (keep,))


def not_listed(lists: tuple[UrlList, ...]) -> Criterion:
    """Its URL is in no list."""
    return Criterion((UrlCategory(lists=lists),), (DropUrls(),)) if lists else NONE


def without_flagged_words(lists: Mapping[str, str], *, max_share: float) -> Criterion:
    """Few of its words are in the list of its language."""
    if not lists:
        return NONE
    keep = Threshold(name="unflagged", score="scores.flagged_share", reason="flagged_words", max_value=max_share)
    return Criterion((FlaggedShare(lists=lists),), (keep,), judges=True)


def of_its_distinctive_words(
    confusable_languages: Iterable[str],
    *,
    lists: Mapping[str, str] | None = None,
    min_share: float | None = None,
    thresholds: Preset = "language",
) -> Criterion:
    """Enough of its words are its language's own, or its URL says the language; asked of confusable_languages languages
    alone.

    Contaminated are those that are named and those that a list is given for. The threshold of a language is
    `min_share`, else the one of its file, else 0.01. Raises ConfigError for a language without a list, and for a
    `min_share` where no language is confusable_languages.
    """
    words = DistinctiveWords(lists=lists or {})
    codes = sorted({*map(resolve_code, confusable_languages), *words.lists})
    if not codes:
        if min_share is not None:
            raise ConfigError(
                "min_distinctive_words decides nothing without confusable languages: leave it out, or name them with "
                "--set confusable_languages='[L]' or distinctive_word_lists"
            )
        return NONE
    for code in codes:
        if code not in words.lists and code not in listed_words():
            raise ConfigError(
                f"{code} has no list of distinctive words: give one: --set distinctive_word_lists='{{{code}: FILE}}' "
                "or remove it from `confusable_languages`"
            )
    own = own_thresholds("few_distinctive_words", codes) if min_share is None and thresholds == "language" else {}
    common = MIN_DISTINCTIVE_WORDS if min_share is None else min_share
    keep = Threshold(
        name="few_distinctive_words",
        score=DISTINCTIVE_WORDS,
        reason="few_distinctive_words",
        min_by_language={code: own.get(code, common) for code in codes},
        without="url_language",
    )
    return Criterion((words,), (keep,), judges=True)


def unsurprising(
    models: str | None,
    *,
    max_perplexity_z: float | None = None,
    by_language: Mapping[str, float] | None = None,
    thresholds: Preset = "language",
) -> Criterion:
    """A language model is not too surprised by it; a language without a model loses nothing.

    The threshold of a language is the one given for it, else `max_perplexity_z`, else the one of its file, else 4.
    """
    if models is None:
        return NONE
    scores = (Perplexity(folder=models),)
    if thresholds == "none" and max_perplexity_z is None:
        return Criterion(scores)
    keep = Threshold(
        name="unsurprising",
        score="scores.perplexity_z",
        reason="high_perplexity",
        max_value=MAX_PERPLEXITY_Z if max_perplexity_z is None else max_perplexity_z,
        max_by_language=dict(by_language or {}),
        rule="high_perplexity" if max_perplexity_z is None and thresholds == "language" else None,
    )
    return Criterion(scores, (keep,), judges=True)


def like_good_examples(
    classifier: str | None,
    *,
    min_quality: float | None = None,
    by_language: Mapping[str, float] | None = None,
    without: Literal["domain"] | None = None,
    reason: str = "low_quality",
    thresholds: Preset = "language",
) -> Criterion:
    """A classifier takes it for one of the good examples that it learned from; or it says what it is `without`.

    The threshold of a language is the one given for it, else `min_quality`, else the one of its file, else 0.5.
    """
    if classifier is None:
        return NONE
    scores = (ClassifyQuality(model=classifier),)
    if thresholds == "none" and min_quality is None:
        return Criterion(scores)
    keep = Threshold(
        name="good",
        score="scores.quality",
        reason=reason,
        min_value=MIN_QUALITY if min_quality is None else min_quality,
        min_by_language=dict(by_language or {}),
        rule="low_quality" if min_quality is None and thresholds == "language" else None,
        without=without,
    )
    return Criterion(scores, (keep,), judges=True)
