"""Yi's cascade of filters: heuristics, then what models have learned, then duplicates, with thresholds by language."""

from typing import Annotated

from pydantic import Field

from xdata.models.language import XLID
from xdata.recipe import criteria as it_is
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import Splitting, corpus, edited
from xdata.scores.urls import UT1


def yi_cascade(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    perplexity_models: Annotated[
        str, Field(description="folder of models that `xdata train perplexity` made, one a language")
    ],
    max_perplexity_z: p.MaxPerplexityZ = 3.0,
    max_perplexity_z_by_language: p.ByLanguage = {},  # noqa: B006
    classifier: Annotated[str, Field(description="classifier that `xdata train classifier` made of good and bad text")],
    min_quality: p.MinQuality = 0.5,
    min_quality_by_language: p.ByLanguage = {},  # noqa: B006
    extractor: p.ExtractorName = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    min_language_score: p.MinLanguageScore = None,
    min_script_share: p.MinScriptShare = 0.8,
    min_words: p.MinWords = 50,
    min_sentences: p.MinSentences = 0,
    thresholds: p.Thresholds = "language",
    rule_limits: p.RuleLimits = {},  # noqa: B006
    url_lists: p.UrlLists = (UT1,),
    flagged_words: p.FlaggedWords = {},  # noqa: B006
    max_flagged_share: p.MaxFlaggedShare = 0.01,
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
    """Text of each language that passes heuristics, a language model and a classifier, once each.

    Young et al. 2024, Yi (arXiv 2403.04652), section 2.1: language identification; blocklists of URLs and words,
    length, symbols, repetition and personal data; perplexity and a classifier of quality; and duplicates last. Yi
    published no thresholds: here each language has its own, of its file for the heuristics, in deviations of unseen
    text for the perplexity, so that one number means the same in all, and by language where that does not fit.

    What is different: all filters see each document, so one that is dropped has every reason and not the first alone;
    and what is good is for the examples of the classifier to say, which need not be Wikipedia. A language without a
    model loses nothing by it. Not done: coherence, safety, clusters of topics, and duplicates below the document.
    """
    documents = edited(sources, extractor=extractor, personal=personal)
    heuristics = (
        it_is.whole(),
        it_is.in_languages(languages, sources=sources, identifier=identifier),
        it_is.surely(languages, min_score=min_language_score, thresholds=thresholds),
        it_is.not_listed(url_lists),
        it_is.without_flagged_words(flagged_words, max_share=max_flagged_share),
        it_is.in_one_script(min_script_share),
        it_is.long_enough(min_words),
        it_is.prose(languages, thresholds=thresholds, rule_limits=rule_limits, min_sentences=min_sentences),
    )
    learned = (
        it_is.unsurprising(
            perplexity_models, max_perplexity_z=max_perplexity_z, by_language=max_perplexity_z_by_language
        ),
        it_is.like_good_examples(classifier, min_quality=min_quality, by_language=min_quality_by_language),
    )
    stages = corpus(
        documents,
        (*heuristics, *learned),
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
    return Recipe("yi_cascade", stages)
