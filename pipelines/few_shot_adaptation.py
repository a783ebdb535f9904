"""Text of one language for adapting a model to it before it is shown a few examples of a task."""

from typing import Annotated

from pydantic import Field

from xdata.errors import ConfigError
from xdata.filters.quota import Quota
from xdata.models.language import XLID
from xdata.recipe import criteria as it_is
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import Splitting, corpus, edited


def few_shot_adaptation(
    *,
    sources: p.Sources,
    languages: p.Languages,
    extractor: p.ExtractorName = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    min_language_score: p.MinLanguageScore = None,
    min_script_share: p.MinScriptShare = 0.8,
    min_words: p.MinWords = 20,
    thresholds: p.Thresholds = "language",
    rule_limits: p.RuleLimits = {},  # noqa: B006
    max_bytes: Annotated[int | None, Field(ge=1, description="bytes of text at most; null for no limit")] = None,
    min_similarity: p.MinSimilarity = 0.75,
    splits: p.Splits = {},  # noqa: B006
    split_by: p.SplitBy = "document",
    split_groups: p.SplitGroups = (),
    split_similarity: p.SplitSimilarity = 0.5,
    split_translations: p.SplitTranslations = True,
    subsets: p.Subsets = (),
    rejects: p.Rejects = "all",
    shard_bytes: p.ShardBytes = 16 * p.MIB,
    output: p.Output = p.OUTPUT,
) -> Recipe:
    """Clean text of one language, for adapting a model to it (LAFT) before it is prompted with a few examples.

    After Toukmaji 2024, Few-Shot Cross-Lingual Transfer for Prompting Large Language Models in Low-Resource Languages
    (arXiv 2403.06018), for Kinyarwanda, Hausa and Luganda. Such languages have little text, so short documents stay
    (20 words), and there is one language, which a source should declare where the identifier does not know it.

    `max_bytes` takes documents by a hash of their ids, so that a smaller budget's are among a larger one's.

    Not done: nothing is compared with the examples and tests of tasks, so keep those out of the sources.
    """
    if len(languages) != 1:
        raise ConfigError(
            f"few_shot_adaptation is for one language, not for {len(languages)}: say it, as --language sw"
        )
    documents = edited(sources, extractor=extractor, personal=personal)
    criteria = (
        it_is.whole(),
        it_is.in_languages(languages, sources=sources, identifier=identifier),
        it_is.surely(languages, min_score=min_language_score, thresholds=thresholds),
        it_is.in_one_script(min_script_share),
        it_is.long_enough(min_words),
        it_is.prose(languages, thresholds=thresholds, rule_limits=rule_limits),
    )
    stages = corpus(
        documents,
        criteria,
        min_similarity=min_similarity,
        select=() if max_bytes is None else (Quota(max_bytes=max_bytes),),
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
    return Recipe("few_shot_adaptation", stages)
