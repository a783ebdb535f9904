"""OSCAR without the documents that it tags as header, footer, noisy or adult, and what else there is of a language."""

from typing import Annotated

from pydantic import Field

from xdata.models.language import XLID
from xdata.readers.corpora import has_tags
from xdata.recipe import criteria as it_is
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import Splitting, corpus, edited


def oscar_corpus(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    exclude_tags: Annotated[
        tuple[str, ...], Field(description="tags of OSCAR whose documents go; a source's own `exclude_tags` go before")
    ] = ("header", "footer", "noisy", "adult"),
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    min_language_score: p.MinLanguageScore = None,
    min_script_share: p.MinScriptShare = 0.8,
    min_words: p.MinWords = 0,
    thresholds: p.Thresholds = "none",
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
    """OSCAR without the documents that it tags as header, footer, noisy or adult, with other corpora beside it.

    The German corpus of Ostendorff and Rehm 2023, CLP-Transfer (arXiv 2301.09626), for any language: OSCAR 22.01
    without those tags, GC4 (head and middle), and court decisions of Open Legal Data. In a sources.yaml OSCAR is a
    source with `reader: oscar2201` (or `oscar2301`), GC4 one whose path names its head and middle files alone, and
    every source says its license and domain. A document goes as `tagged_noisy`, `tagged_adult`, … by the first of
    the tags that it has, so reasons count them; one without a tag stays.

    What is different: documents with the same text or nearly so go; the authors took out equal passages inside of
    documents, which is not done here. Text of too many scripts and encoding debris go too, and the rules of quality
    decide where `thresholds` asks for them.
    """
    tagged = tuple(
        source.model_copy(update={"exclude_tags": source.exclude_tags or exclude_tags})
        if has_tags(source.reader)
        else source
        for source in sources
    )
    documents = edited(tagged, personal=personal)
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
    return Recipe("oscar_corpus", stages)
