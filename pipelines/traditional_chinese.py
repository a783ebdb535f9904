"""Traditional Chinese told from Simplified, and beside it a language that a model is not to forget."""

from typing import Annotated, Literal

from pydantic import Field

from xdata.models.language import XLID
from xdata.recipe import criteria as it_is
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import Splitting, corpus, edited


def traditional_chinese(
    *,
    sources: p.Sources,
    undecidable: Annotated[
        Literal["keep", "drop"],
        Field(description="Chinese whose characters are in both standards, or as many of each: keep as zho_Hani"),
    ] = "drop",
    min_hant_share: Annotated[
        float, Field(ge=0, le=1, description="least share of traditional characters among those that tell")
    ] = 0.9,
    replay: Annotated[
        tuple[str, ...], Field(description="languages beside Chinese that a model is trained on again; may be none")
    ] = ("eng_Latn",),
    extractor: p.ExtractorName = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    min_language_score: p.MinLanguageScore = None,
    min_script_share: p.MinScriptShare = 0.8,
    min_words: p.MinWords = 50,
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
    """Traditional Chinese as it was written, and English for replay, each a corpus of its own.

    After Chen and Li 2024, Bailong (arXiv 2404.00862), whose filters are not published. Identifiers call both
    standards Chinese; characters that only one of them has (GB 2312, Big5) tell them apart. Simplified text is
    dropped as `simplified_chinese`; traditional text with too many simplified characters, also in a source that is
    declared to be traditional, as `simplified_characters`; and what cannot be told as `chinese_undecidable`, unless
    it is kept, in a corpus of its own (`zho_Hani`). Nothing is converted: words differ too, and converted text has
    those of the wrong place.

    How much English a model sees is left to mixing: the corpora are apart, their sizes are in the manifest, and a
    source may have a `weight`.
    """
    both = (*replay, "zho_Hant")
    languages = (*both, "zho_Hani") if undecidable == "keep" else both
    reasons = {"zho_Hans": "simplified_chinese", "zho_Hani": "chinese_undecidable"}
    documents = edited(sources, extractor=extractor, personal=personal)
    criteria = (
        it_is.whole(),
        it_is.in_languages(languages, sources=sources, identifier=identifier, reasons=reasons),
        it_is.surely(languages, min_score=min_language_score, thresholds=thresholds),
        it_is.in_traditional_chinese(min_hant_share),
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
    return Recipe("traditional_chinese", stages)
