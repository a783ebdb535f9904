"""Lines of text of many languages in one corpus, for adapting a multilingual model to all of them at once."""

from typing import Annotated

from pydantic import Field

from xdata.edits.lines import MAFT
from xdata.filters.quota import Quota
from xdata.models.language import XLID
from xdata.recipe import criteria as it_is
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import Splitting, corpus, edited


def adaptation_lines(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    min_words: p.MinWords = 6,
    max_ratio: Annotated[
        float | None,
        Field(ge=1, description="how many times the text of the smallest language one may have; null for no limit"),
    ] = None,
    total_bytes: Annotated[int | None, Field(ge=1, description="bytes of text of all languages together")] = None,
    balance: Annotated[
        float | None, Field(ge=0, le=1, description="exponent by which languages share total_bytes (XLM-R: 0.3)")
    ] = None,
    extractor: p.ExtractorName = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    min_language_score: p.MinLanguageScore = None,
    min_script_share: p.MinScriptShare = 0.0,
    max_debris_share: p.MaxDebrisShare = 0.05,
    min_similarity: p.MinSimilarity = 0.75,
    splits: p.Splits = {},  # noqa: B006
    split_by: p.SplitBy = "document",
    split_groups: p.SplitGroups = (),
    split_similarity: p.SplitSimilarity = 0.5,
    split_translations: p.SplitTranslations = True,
    subsets: p.Subsets = (),
    rejects: p.Rejects = "all",
    shard_bytes: p.ShardBytes = 64 * p.MIB,
    output: p.Output = p.OUTPUT,
) -> Recipe:
    """Lines of text of twenty languages and more, cleaned by the rules of MAFT and balanced between languages.

    After Alabi et al. 2022, Adapting Pre-trained Language Models to African Languages via Multilingual Adaptive
    Fine-Tuning (COLING, arXiv 2204.06487), which adapted one model to 17 African languages and three large ones:
    lines of fewer than six tokens go, and lines of numbers and punctuation alone. Tokens are words here, in every
    script, and what each rule dropped is counted.

    What is different: documents that are there twice go, a language's share can be bounded (`max_ratio`, or
    `total_bytes` with `balance`) where MAFT's one file has each language as large as it came, and each language stays
    a config of its own, so that no training block straddles two.
    """
    documents = edited(sources, extractor=extractor, personal=personal, edits=(MAFT,))
    criteria = (
        it_is.whole(),
        it_is.in_languages(languages, sources=sources, identifier=identifier),
        it_is.surely(languages, min_score=min_language_score),
        it_is.in_one_script(min_script_share),
        it_is.long_enough(min_words),
        it_is.without_debris(max_debris_share),
    )
    limited = max_ratio is not None or total_bytes is not None
    stages = corpus(
        documents,
        criteria,
        min_similarity=min_similarity,
        select=(Quota(max_ratio=max_ratio, total_bytes=total_bytes, balance=balance),) if limited else (),
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
    return Recipe("adaptation_lines", stages)
