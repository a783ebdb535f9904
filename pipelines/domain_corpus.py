"""A corpus of one domain in several languages: sources of the domain, and documents that a classifier finds."""

from typing import Annotated

from pydantic import Field

from xdata.errors import ConfigError
from xdata.models.language import XLID
from xdata.recipe import parameters as p
from xdata.recipe.criteria import (
    document_length,
    drop_errors,
    identify_languages,
    keep_domains,
    language_rules,
    quality_classifier,
    quality_rules,
)
from xdata.recipe.presets import Preset
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import (
    annotate,
    decide,
    deduplicate,
    emit,
    partition,
    read,
    remove_repeats,
    separate_languages,
    signatures,
)


def domain_corpus(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    domains: Annotated[
        tuple[str, ...], Field(min_length=1, description="domains to keep, as sources name them: [medicine]")
    ],
    classifier: p.Classifier = p.Classifier(min_quality=0.5),
    extractor: p.Extractor = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    language: p.Language = p.Language(),
    min_words: p.MinWords = 20,
    thresholds: p.Thresholds = "language",
    rule_limits: p.RuleLimits = {},  # noqa: B006
    quality: p.Quality = p.Quality(),
    embedder: p.Embedder = None,
    dedup: p.Dedup = p.Dedup(),
    splitting: p.Splitting = p.Splitting(),
    rejects: p.Rejects = "all",
    output: p.Output = p.Output(),
) -> Recipe:
    """Text of some domains in each language, by the domain that sources state, and by a classifier elsewhere.

    After García-Ferrero et al. 2024, Medical MT5 (arXiv 2404.07613), whose medical corpus in English, Spanish, French
    and Italian is made of chosen sources. Keeps a document whose source or row states one of `domains`, and drops one
    that states another (`domain_not_requested`). `classifier.model` decides about documents without a domain: `xdata
    train classifier` makes it of text of the domain (good) and of other text (bad). Documents less probable than
    `classifier.min_quality` are dropped (`domain_unlikely`). Quality rules and deduplication are those of
    `monolingual_corpus`.

    The data card counts documents by domain; those that the classifier found are `unknown`, since no domain is written
    into a document that its source did not state. Every document has the probability as `scores.quality`.
    """
    if classifier.model is None:
        raise ConfigError("domain_corpus needs a classifier of the domain: --set classifier.model=FILE")
    criteria = [
        drop_errors(),
        identify_languages(
            languages, language, sources=sources, identifier=identifier, thresholds=thresholds, quality=quality
        ),
        keep_domains(domains),
        quality_classifier(classifier, reason="domain_unlikely", without="domain"),
        *language_rules(language, identifier=identifier, thresholds=thresholds),
        document_length(min_words, quality.max_words),
        quality_rules(languages, thresholds=thresholds, rule_limits=rule_limits, quality=quality),
    ]
    edits = separate_languages(language.mixed, identifier=identifier)
    return Recipe(
        "domain_corpus",
        [
            read(sources, extractor=extractor, personal=personal, edits=edits, splitting=splitting),
            annotate(criteria, signatures(dedup, languages=languages, embedder=embedder)),
            decide(criteria),
            *deduplicate(dedup, sources=sources),
            *remove_repeats(dedup, min_words=min_words),
            *partition(splitting),
            *emit(output, splitting=splitting, rejects=rejects, index=dedup.index),
        ],
    )


PRESETS = {
    "medical_mt5": Preset(
        overrides={"domains": ["medicine"]},
        requires=("classifier.model",),
        paper="García-Ferrero et al. 2024, Medical MT5 (arXiv 2404.07613)",
        emits="medical text of each language: sources of the domain, and documents that a classifier finds",
        missing="The paper chooses sources in English, Spanish, French and Italian, and has no classifier: bring both.",
    ),
}
