"""A corpus of one domain in several languages: sources that are known to be of it, and what a classifier finds."""

from typing import Annotated

from pydantic import Field

from xdata.models.language import XLID
from xdata.recipe import criteria as it_is
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import Splitting, corpus, edited


def domain_corpus(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    domains: Annotated[
        tuple[str, ...], Field(min_length=1, description="domains that are wanted, as sources name them: [medicine]")
    ],
    classifier: Annotated[
        str,
        Field(
            description="classifier that `xdata train classifier` made of text of the domain (good) and of other text "
            "(bad); asked about documents that do not say their domain"
        ),
    ],
    min_quality: Annotated[
        float, Field(ge=0, le=1, description="least probability of being of the domain, by the classifier")
    ] = 0.5,
    min_quality_by_language: p.ByLanguage = {},  # noqa: B006
    extractor: p.ExtractorName = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    min_language_score: p.MinLanguageScore = None,
    min_script_share: p.MinScriptShare = 0.8,
    min_words: p.MinWords = 20,
    thresholds: p.Thresholds = "language",
    rule_limits: p.RuleLimits = {},  # noqa: B006
    min_similarity: p.MinSimilarity = 0.75,
    splits: p.Splits = {},  # noqa: B006
    split_by: p.SplitBy = "document",
    split_groups: p.SplitGroups = (),
    split_similarity: p.SplitSimilarity = 0.5,
    split_translations: p.SplitTranslations = True,
    subsets: p.Subsets = (),
    rejects: p.Rejects = "all",
    shard_bytes: p.ShardBytes = 256 * p.MIB,
    output: p.Output = p.OUTPUT,
) -> Recipe:
    """Text of some domains in each language, by what its sources say and by a classifier where they say nothing.

    After García-Ferrero et al. 2024, Medical MT5 (arXiv 2404.07613), whose corpus of medicine in English, Spanish,
    French and Italian is made of chosen sources. A document whose source (or own row) says a domain stays when it is
    one of the wanted, and goes as `domain_not_requested` when it is not; one of which nobody says it goes as
    `domain_unlikely` when the classifier finds it less probable than `min_quality`. Rules of quality and duplicates
    are those of `monolingual_corpus`.

    The data card counts what is kept by domain, `unknown` being what the classifier found: no domain is written into
    a document that its source did not say. The probability is in `scores.quality` of every document.
    """
    documents = edited(sources, extractor=extractor, personal=personal)
    criteria = (
        it_is.whole(),
        it_is.in_languages(languages, sources=sources, identifier=identifier),
        it_is.surely(languages, min_score=min_language_score, thresholds=thresholds),
        it_is.of_domains(domains, classifier=classifier, min_quality=min_quality, by_language=min_quality_by_language),
        it_is.in_one_script(min_script_share),
        it_is.long_enough(min_words),
        it_is.prose(languages, thresholds=thresholds, rule_limits=rule_limits),
    )
    stages = corpus(
        documents,
        criteria,
        min_similarity=min_similarity,
        splitting=Splitting(
            splits=splits,
            by=split_by,
            groups=split_groups,
            similarity=split_similarity,
            translations=split_translations,
            subsets=subsets,
        ),
        rejects=rejects,
        shard_bytes=shard_bytes,
        format=output.format,
    )
    return Recipe("domain_corpus", stages)
