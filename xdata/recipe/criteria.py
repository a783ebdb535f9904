"""Criteria of recipes: scores, and the filters that decide by them.

A recipe lists criteria. The annotate stage computes all their scores, and the decide stage applies all their filters,
so a dropped document has every reason, and a threshold moves without scoring again. A criterion whose model or list is
not given has neither scores nor filters.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from xdata.dedup.contamination import LEAK, Contamination
from xdata.dedup.contamination import REASON as LEAKS_TEST_ITEM
from xdata.errors import ConfigError
from xdata.filters.domains import KeepDomains
from xdata.filters.errors import DropErrors
from xdata.filters.fineweb2 import Fineweb2Config, fineweb2_filters, read_fineweb2_configs
from xdata.filters.languages import KeepLanguages
from xdata.filters.rule_filters import language_filter, threshold_filters
from xdata.filters.rules import LANGUAGE_RULE, own_thresholds
from xdata.filters.thresholds import Threshold
from xdata.filters.urls import DropUrls
from xdata.language_files import described_languages
from xdata.languages import resolve_code
from xdata.models.language import XLID, load_identifier, telling_parts
from xdata.readers.sources import Source
from xdata.recipe import parameters as p
from xdata.references import ModelRef
from xdata.scores.c4 import C4Quality
from xdata.scores.classifier import ClassifyQuality
from xdata.scores.debris import DebrisShare
from xdata.scores.distinctive_words import SHARE as DISTINCTIVE_WORDS
from xdata.scores.distinctive_words import DistinctiveWords, listed_words
from xdata.scores.flagged import FlaggedShare
from xdata.scores.language import AGREEMENT, IdentifyLanguage, check_identifiable, check_weights
from xdata.scores.language_segments import LanguageSegments
from xdata.scores.length import NumWords
from xdata.scores.perplexity import Perplexity, PerplexityModels
from xdata.scores.personal import PersonalData
from xdata.scores.quality import Characters, FineWebQuality, GopherQuality, StopWords
from xdata.scores.repetition import GopherRepetition
from xdata.scores.script import HantShare, ScriptShare
from xdata.scores.urls import UrlCategory
from xdata.step import Filter, Score

MIN_MAIN_SHARE = 0.8
"""Smallest share of letters in the document's main language, unless a recipe sets another."""
MAX_PERPLEXITY_Z = 4.0
"""Largest perplexity in standard deviations of a model's own text, unless a recipe or language file sets another."""
MIN_QUALITY = 0.5
"""Smallest probability of being good, unless a recipe or language file sets another."""
MIN_DISTINCTIVE_WORDS = 0.01
"""Smallest share of distinctive words, unless a recipe or language file sets another: of documents of a kind that the
lists were not made from, in 413 languages, it keeps 95 % of a language's own and 0.2 % of others'.
"""

_OWN: tuple[p.Thresholds, ...] = ("language", "fineweb2")
"""Sources of thresholds with which the language files decide by scores that FineWeb-2 does not have."""
_NUM_SENTENCES = "scores.num_c4_sentences"
_WITHOUT_SENTENCE_MARKS = ("_Thai", "_Laoo")
"""Ends of the codes of languages that have no mark for the end of a sentence."""


@dataclass(frozen=True)
class Criterion:
    """Scores, and the filters that decide by them."""

    scores: tuple[Score, ...] = ()
    filters: tuple[Filter, ...] = ()


def scores_of(criteria: Iterable[Criterion]) -> tuple[Score, ...]:
    """The scores of all criteria, in their order."""
    return tuple(score for criterion in criteria for score in criterion.scores)


def filters_of(criteria: Iterable[Criterion]) -> tuple[Filter, ...]:
    """The filters of all criteria, in their order."""
    return tuple(decide for criterion in criteria for decide in criterion.filters)


def drop_errors() -> Criterion:
    """Drops documents in which an edit found an error, as a page without main text."""
    return Criterion(filters=(DropErrors(),))


def label_languages(identifier: ModelRef = XLID) -> Criterion:
    """Identifies the language of each document, and drops none."""
    return Criterion((IdentifyLanguage(model=identifier),))


def identify_languages(
    languages: tuple[str, ...],
    options: p.Language,
    *,
    sources: Sequence[Source],
    identifier: ModelRef = XLID,
    thresholds: p.Thresholds = "language",
    quality: p.Quality = p.Quality(),
    reasons: Mapping[str, str] | None = None,
) -> Criterion:
    """Identifies the language, and drops documents in other languages, in none, or with too small a probability.

    A language that a source declares has probability 1. `reasons` maps other languages to the reason of their drops.
    With a second identifier, documents that it assigns to another language are dropped.

    Raises ConfigError for a language that the identifier does not know and no source declares, and for weights of
    one that it does not know; ResourceError for a second identifier that cannot be loaded.
    """
    _check_identifiable(languages, sources=sources, identifier=identifier)
    score = IdentifyLanguage(
        model=identifier, second=options.second_identifier, prior=options.prior, weights=options.weights
    )
    if score.weights:
        check_weights(score.weights, model=identifier)
    filters: list[Filter] = [KeepLanguages(languages=languages, reasons=reasons or {})]
    if options.second_identifier is not None:
        load_identifier(options.second_identifier)
        filters.append(_threshold("identifiers_disagree", AGREEMENT, min_value=1.0))
    certain = _certain(languages, options.min_score, thresholds=thresholds, quality=quality)
    return Criterion((score,), (*filters, *certain))


def _check_identifiable(languages: tuple[str, ...], *, sources: Sequence[Source], identifier: ModelRef) -> None:
    """Raises ConfigError for a language that the identifier cannot name, unless sources declare it or rows may."""
    if not any("language" in source.fields for source in sources):
        declared = [source.language for source in sources if source.language]
        check_identifiable(languages, model=identifier, declared=declared)


def _certain(
    languages: tuple[str, ...], min_score: float | None, *, thresholds: p.Thresholds, quality: p.Quality
) -> tuple[Filter, ...]:
    """Drops documents whose language has too small a probability."""
    if thresholds != "fineweb2":
        return (language_filter(languages, limit=min_score, preset=thresholds),)
    if min_score is not None:
        return (language_filter(languages, limit=min_score),)
    filters = _fineweb2_filters(languages, quality)
    return tuple(step for step in filters if step.name == LANGUAGE_RULE.name)


def language_rules(
    options: p.Language, *, identifier: ModelRef = XLID, thresholds: p.Thresholds = "language"
) -> tuple[Criterion, ...]:
    """Rules of a document's own language: distinctive words, share of its main language, share of its script."""
    return (
        distinctive_words(options, thresholds=thresholds),
        language_segments(options, identifier=identifier),
        script_share(options.min_script_share),
    )


def distinctive_words(options: p.Language, *, thresholds: p.Thresholds = "language") -> Criterion:
    """Drops documents in confusable languages with few distinctive words, unless their URL states the language.

    Confusable are the languages that are named and those with a list. The threshold of a language is
    `min_distinctive_words`, else that of its file, else 0.01. Raises ConfigError for a language without a list.
    """
    score = DistinctiveWords(lists=options.distinctive_word_lists)
    codes = sorted({*map(resolve_code, options.confusable_languages), *score.lists})
    if not codes:
        return Criterion()
    for code in codes:
        if code not in score.lists and code not in listed_words():
            raise ConfigError(
                f"{code} has no list of distinctive words: give one (--set "
                f"language.distinctive_word_lists='{{{code}: FILE}}'), or remove {code} from "
                "language.confusable_languages"
            )
    given = options.min_distinctive_words
    own = own_thresholds("few_distinctive_words", codes) if given is None and thresholds in _OWN else {}
    common = MIN_DISTINCTIVE_WORDS if given is None else given
    limits = {code: own.get(code, common) for code in codes}
    return Criterion(
        (score,),
        (_threshold("few_distinctive_words", DISTINCTIVE_WORDS, min_by_language=limits, without="url_language"),),
    )


def language_segments(options: p.Language, *, identifier: ModelRef = XLID) -> Criterion:
    """Scores the parts of documents in other languages, for `mixed: score` and `mixed: drop`, which drops by them."""
    if options.mixed not in ("score", "drop"):
        return Criterion()
    score = LanguageSegments(model=telling_parts(identifier))
    least = MIN_MAIN_SHARE if options.min_main_share is None else options.min_main_share
    drop = _threshold("mixed_languages", "scores.main_language_share", min_value=least)
    return Criterion((score,), (drop,) if options.mixed == "drop" else ())


def script_share(min_share: float | None) -> Criterion:
    """Drops documents with a small share of letters in their main script."""
    if min_share is None:
        return Criterion()
    return Criterion((ScriptShare(),), (_threshold("mixed_script", "scores.script_share", min_value=min_share),))


def traditional_characters(min_share: float) -> Criterion:
    """Drops documents in which few of the characters that only one Chinese standard has are traditional."""
    drop = _threshold("simplified_characters", "scores.hant_share", min_value=min_share)
    return Criterion((HantShare(),), (drop,))


def document_length(min_words: int, max_words: int | None = None) -> Criterion:
    """Drops documents with fewer words than `min_words`, or more than `max_words`."""
    filters = [_threshold("too_few_words", "scores.num_words", min_value=float(min_words))]
    if max_words is not None:
        filters.append(_threshold("too_many_words", "scores.num_words", max_value=float(max_words)))
    return Criterion((NumWords(),), tuple(filters))


def quality_rules(
    languages: tuple[str, ...],
    *,
    thresholds: p.Thresholds = "language",
    rule_limits: Mapping[str, float] | None = None,
    quality: p.Quality = p.Quality(),
) -> Criterion:
    """The quality rules of Gopher, FineWeb and C4, and those of encoding debris and personal data.

    With `thresholds: fineweb2` the rules are those of FineWeb-2, with its published thresholds and stop words.

    Raises ConfigError for a rule that does not exist, and for configurations of FineWeb-2 that are missing, lack a
    language, or are given without `thresholds: fineweb2`.
    """
    if thresholds == "fineweb2":
        found = _fineweb2_rules(languages, quality, rule_limits or {})
    elif quality.fineweb2_configs is not None:
        raise ConfigError(
            f"quality.fineweb2_configs has no effect with thresholds={thresholds}: set thresholds=fineweb2"
        )
    else:
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
        found = Criterion(scores, threshold_filters(languages, preset=thresholds, rule_limits=rule_limits))
    return Criterion(found.scores, (*found.filters, *_min_sentences(languages, quality.min_sentences, found.scores)))


def _min_sentences(languages: tuple[str, ...], min_sentences: int, scores: Sequence[Score]) -> tuple[Filter, ...]:
    """Drops documents with few sentences, in languages that have marks for their ends; Thai and Lao have none."""
    if min_sentences == 0:
        return ()
    if not any(_NUM_SENTENCES in score.adds() for score in scores):
        raise ConfigError(
            "quality.min_sentences has no effect with thresholds=fineweb2, which has no such rule: remove it"
        )
    unmarked = [code for code in languages or described_languages() if code.endswith(_WITHOUT_SENTENCE_MARKS)]
    return (
        _threshold(
            "too_few_sentences",
            _NUM_SENTENCES,
            min_value=float(min_sentences),
            min_by_language=dict.fromkeys(unmarked, 0.0),
        ),
    )


def _fineweb2_rules(languages: tuple[str, ...], quality: p.Quality, rule_limits: Mapping[str, float]) -> Criterion:
    """FineWeb-2's quality rules, and those of xdata for languages without a configuration."""
    if rule_limits:
        raise ConfigError("rule_limits has no effect with thresholds=fineweb2: remove it, or edit the configurations")
    found, others = _fineweb2_configs(languages, quality)
    words = {code: config.stopwords for code, config in sorted(found.items())}
    # the thresholds of xdata are for some rules that FineWeb-2 does not have
    ours = (Characters(), C4Quality(), DebrisShare(), PersonalData()) if others else ()
    scores = (GopherQuality(), StopWords(words=words), GopherRepetition(), FineWebQuality(), *ours)
    filters = _fineweb2_filters(languages, quality)
    return Criterion(scores, tuple(step for step in filters if step.name != LANGUAGE_RULE.name))


def _fineweb2_filters(languages: tuple[str, ...], quality: p.Quality) -> tuple[Threshold, ...]:
    found, others = _fineweb2_configs(languages, quality)
    return fineweb2_filters(found, others=others)


def _fineweb2_configs(languages: tuple[str, ...], quality: p.Quality) -> tuple[dict[str, Fineweb2Config], list[str]]:
    """The configurations of languages, and the languages without one."""
    if quality.fineweb2_configs is None:
        raise ConfigError(
            "thresholds=fineweb2 needs the configurations of FineWeb-2: --set quality.fineweb2_configs=DIR (the folder "
            "configs of huggingface/fineweb-2)"
        )
    if not languages:
        raise ConfigError("FineWeb-2 has a configuration for each language: name the languages, as --language sw")
    found = read_fineweb2_configs(Path(quality.fineweb2_configs), languages)
    others = [code for code in languages if code not in found]
    if others and quality.fineweb2_missing == "refuse":
        raise ConfigError(
            f"{quality.fineweb2_configs}: has no configuration of {', '.join(others)}: remove the language, or use the "
            "thresholds of its language file with --set quality.fineweb2_missing=own"
        )
    return found, others


def encoding_debris(max_share: float | None) -> Criterion:
    """Drops documents with a large share of encoding debris."""
    if max_share is None:
        return Criterion()
    return Criterion((DebrisShare(),), (_threshold("encoding_debris", "scores.debris_share", max_value=max_share),))


def decontaminate(
    options: p.Decontamination, *, languages: tuple[str, ...] = (), embedder: ModelRef | None = None
) -> Criterion:
    """Drops documents with an item of an evaluation set, or with the translation of one where `embedder` is given.

    Documents in one of `languages`, or in any, are compared. A document in a language that the embedder does not know
    is kept, labelled as not compared with translations.
    """
    if not options.evaluation_sets:
        return Criterion()
    score = Contamination(
        sets=options.evaluation_sets, embedder=embedder, languages=languages, num_words=options.num_words
    )
    return Criterion((score,), (_threshold(LEAKS_TEST_ITEM, LEAK, max_value=options.max_leak),))


def block_urls(options: p.Blocklist) -> Criterion:
    """Drops documents whose URL is in a list."""
    return Criterion((UrlCategory(lists=options.urls),), (DropUrls(),)) if options.urls else Criterion()


def block_words(options: p.Blocklist) -> Criterion:
    """Drops documents with a large share of flagged words of their language."""
    if not options.words:
        return Criterion()
    # the score is called `flagged_words` too
    drop = _threshold(
        "flagged_words", "scores.flagged_share", name="flagged_share", max_value=options.max_flagged_share
    )
    return Criterion((FlaggedShare(lists=options.words),), (drop,))


def perplexity_rule(options: p.Perplexity, *, thresholds: p.Thresholds = "language") -> Criterion:
    """Drops documents with a high perplexity; a language without a model loses none.

    The threshold of a language is its own in `max_z_by_language`, else `max_z`, else that of its file, else 4.
    """
    if options.models is None:
        return Criterion()
    scores = (Perplexity(folder=PerplexityModels(options.models)),)
    if thresholds == "none" and options.max_z is None:
        return Criterion(scores)
    drop = _threshold(
        "high_perplexity",
        "scores.perplexity_z",
        max_value=MAX_PERPLEXITY_Z if options.max_z is None else options.max_z,
        max_by_language=options.max_z_by_language,
        rule="high_perplexity" if options.max_z is None and thresholds in _OWN else None,
    )
    return Criterion(scores, (drop,))


def quality_classifier(
    options: p.Classifier,
    *,
    thresholds: p.Thresholds = "language",
    reason: str = "low_quality",
    without: Literal["domain"] | None = None,
) -> Criterion:
    """Drops documents that a classifier finds unlikely to be good; of documents `without` a field only, where given.

    The threshold of a language is its own in `min_quality_by_language`, else `min_quality`, else that of its file,
    else 0.5.
    """
    if options.model is None:
        return Criterion()
    scores = (ClassifyQuality(model=options.model),)
    if thresholds == "none" and options.min_quality is None:
        return Criterion(scores)
    drop = _threshold(
        reason,
        "scores.quality",
        min_value=MIN_QUALITY if options.min_quality is None else options.min_quality,
        min_by_language=options.min_quality_by_language,
        rule="low_quality" if options.min_quality is None and thresholds in _OWN else None,
        without=without,
    )
    return Criterion(scores, (drop,))


def keep_domains(domains: tuple[str, ...]) -> Criterion:
    """Drops documents whose source or row states another domain."""
    return Criterion(filters=(KeepDomains(domains=domains),))


def _threshold(reason: str, score: str, *, name: str | None = None, **limits: Any) -> Threshold:
    """A filter that is called like its reason, unless a step has that name."""
    return Threshold(name=name or reason, score=score, reason=reason, **limits)
