"""The shape of FineWeb-2: its rules and published thresholds, over crawl files of any language that it has."""

from typing import Annotated, Literal

from pydantic import Field

from xdata.filters.fineweb2 import MAX_WORDS, MIN_WORDS
from xdata.models.language import XLID
from xdata.recipe import criteria as it_is
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import Splitting, corpus, edited
from xdata.scores.urls import UT1


def fineweb2_corpus(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    configs: Annotated[
        str, Field(description="folder or tar archive of the configurations of huggingface/fineweb-2 (configs/*.yml)")
    ],
    missing: Annotated[
        Literal["refuse", "own"],
        Field(description="a language without a configuration: refuse it, or judge it by the thresholds of xdata"),
    ] = "refuse",
    extractor: p.ExtractorName = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    second_identifier: p.SecondIdentifier = None,
    confusable_languages: p.ConfusableLanguages = (),
    distinctive_word_lists: p.DistinctiveWordLists = {},  # noqa: B006
    min_distinctive_words: p.MinDistinctiveWords = None,
    url_lists: p.UrlLists = (UT1,),
    min_similarity: p.MinSimilarity = 0.75,
    upsample: p.Upsample = {},  # noqa: B006
    max_upsample: p.MaxUpsample = 10,
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
    """Text of each language by the rules of FineWeb-2, with the thresholds and stop words that it published.

    Penedo et al. 2025, FineWeb2 (arXiv 2506.20920). Pages of listed URLs go, the main text is found, the language is
    identified and must be as sure as the language's configuration says; then FineWeb-2's rules of repetition (Gopher),
    lines (FineWeb) and quality (Gopher), 50 to 100,000 words, and near-duplicates by MinHash over 5-grams of words.

    What is different: near-duplicates are found by MinHash with 18 bands of 6 and verified by their n-grams, and
    clusters keep one survivor. Rules come before duplicates and not after, so the survivor is a document that meets
    them. Words, line ends and bullets are those of the script; stop words are compared without case. Personal data is
    more than mail and IP addresses, and mojibake is mended alone, letters and quotation marks staying as they are. The
    thresholds of languages are meant for the probabilities of GlotLID: give that model as `identifier` where you have
    it, as its languages are many more. Its second, precise filter is of the languages that are given as
    `confusable_languages`: give its word lists as `distinctive_word_lists` (misc/precision_filtering), or take ours;
    its threshold is one word, ours one in a hundred (`min_distinctive_words=1e-7` is its own). Hosts and paths that say
    the language exempt a page by whole labels and segments. With `upsample: fineweb2` each document says how often it
    is to be read (rehydration), as the corpus itself teaches for each language, and the rules come after duplicates, in
    FineWeb-2's own order. Not done: taking out lines of bars alone.
    """
    documents = edited(sources, extractor=extractor, personal=personal)
    criteria = (
        it_is.whole(),
        it_is.not_listed(url_lists),
        it_is.in_languages(languages, sources=sources, identifier=identifier, second=second_identifier),
        it_is.surely_by_fineweb2(languages, configs=configs, missing=missing),
        it_is.long_enough(MIN_WORDS, max_words=MAX_WORDS),
        it_is.prose_by_fineweb2(languages, configs=configs, missing=missing),
        it_is.of_its_distinctive_words(
            confusable_languages, lists=distinctive_word_lists, min_share=min_distinctive_words
        ),
    )
    stages = corpus(
        documents,
        criteria,
        min_similarity=min_similarity,
        upsample=upsample,
        max_upsample=max_upsample,
        languages=languages,
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
    return Recipe("fineweb2_corpus", stages)
