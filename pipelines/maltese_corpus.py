"""A corpus in the shape of the Maltese one: documents by domain, and a shuffled list of sentences without leaks."""

from typing import Annotated

from pydantic import Field

from xdata.export.sentences import Sentences
from xdata.export.shards import Shards
from xdata.models.language import XLID
from xdata.recipe import parameters as p
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe, Stage


def maltese_corpus(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    splits: p.Splits = {"validation": 0.05, "test": 0.05},  # noqa: B006
    split_by: p.SplitBy = "document",
    split_groups: p.SplitGroups = (),
    split_similarity: p.SplitSimilarity = 0.5,
    split_translations: p.SplitTranslations = True,
    subsets: p.Subsets = (0.01, 0.1, 0.5),
    min_sentence_words: Annotated[int, Field(ge=0, description="least number of words of a sentence of the list")] = 1,
    max_sentence_words: Annotated[
        int | None, Field(ge=1, description="largest number of words of a sentence of the list; none for any")
    ] = None,
    extractor: p.ExtractorName = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    min_language_score: p.MinLanguageScore = None,
    min_script_share: p.MinScriptShare = 0.8,
    min_words: p.MinWords = 50,
    thresholds: p.Thresholds = "language",
    rule_limits: p.RuleLimits = {},  # noqa: B006
    min_similarity: p.MinSimilarity = 0.75,
    rejects: p.Rejects = "all",
    shard_bytes: p.ShardBytes = 256 * p.MIB,
    output: p.Output = p.OUTPUT,
) -> Recipe:
    """Documents by domain and a shuffled list of sentences of any language, split without leaks, in nested subsets.

    The shape of the Maltese corpus (Korpus Malti 4, BERTu), cleaned as by `monolingual_corpus`. Where the paper's code
    shuffles without a seed, cuts sentences of one document into different splits, keeps repeated sentences on both
    sides, compares sums of floats and appends to what an earlier run left, here documents are split by seeded hashes
    and exact shares, each sentence is written once, on one side, and the same input gives the same bytes.

    Configs are `mlt_Latn-court` (documents of a domain), `mlt_Latn-sentences` (sentences of all domains), and
    `…-subset-10` (a tenth of train). The domain of a document is that of its source, or what its record says.
    """
    base = find_recipe("monolingual_corpus").function(
        sources=sources,
        languages=languages,
        extractor=extractor,
        personal=personal,
        identifier=identifier,
        min_language_score=min_language_score,
        min_script_share=min_script_share,
        min_words=min_words,
        thresholds=thresholds,
        rule_limits=rule_limits,
        min_similarity=min_similarity,
        splits=splits,
        split_by=split_by,
        split_groups=split_groups,
        split_similarity=split_similarity,
        split_translations=split_translations,
    )
    clean = base.stages[:-1]
    documents = Shards(
        splits=splits,
        config_by="language_domain",
        subsets=subsets,
        rejects=rejects,
        shard_bytes=shard_bytes,
        format=output.format,
    )
    corpus = Stage("corpus", (documents,))
    sentences = Sentences(
        splits=splits,
        subsets=subsets,
        min_words=min_sentence_words,
        max_words=max_sentence_words,
        shard_bytes=shard_bytes,
        format=output.format,
    )
    listed = Stage("sentences", (sentences,))
    return Recipe("maltese_corpus", (*clean, corpus, listed))
