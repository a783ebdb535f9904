"""Lines of text of many languages in one corpus, for adapting a multilingual model to all of them at once."""

from typing import Annotated

from pydantic import Field

from xdata.models.language import LID_176
from xdata.parts import criteria as it_is
from xdata.parts import parameters as p
from xdata.parts.stages import corpus, edited
from xdata.recipe import Recipe


def adaptation_lines(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    min_words: p.MinWords = 6,
    min_letter_share: Annotated[
        float, Field(ge=0, le=1, description="least share of tokens with a letter in them")
    ] = 0.01,
    extractor: p.ExtractorName = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = LID_176,
    min_language_score: p.MinLanguageScore = None,
    min_script_share: p.MinScriptShare = 0.0,
    max_debris_share: p.MaxDebrisShare = 0.05,
    min_similarity: p.MinSimilarity = 0.75,
    rejects: p.Rejects = "all",
    shard_bytes: p.ShardBytes = 64 * p.MIB,
    part_bytes: p.PartBytes = 64 * p.MIB,
) -> Recipe:
    """Text of twenty languages and more by the rules of MAFT: six tokens at least, and not numbers and signs alone.

    After Alabi et al. 2022, Adapting Pre-trained Language Models to African Languages via Multilingual Adaptive
    Fine-Tuning (COLING, arXiv 2204.06487), which adapted one model to 17 African languages and three large ones on
    lines of news. The two rules are MAFT's own; they hold for documents, so give `unit: line` to sources of plain
    text to have them hold for lines. Tokens are words and signs in MAFT; here the six are words, in every script.

    What is different: lines that are there twice in a language go, and each language is a corpus of its own, so that
    what a model sees of each can be chosen: MAFT put all in one file as they were.
    """
    documents = edited(sources, extractor=extractor, personal=personal, part_bytes=part_bytes)
    criteria = (
        it_is.whole(),
        it_is.in_languages(languages, sources=sources, identifier=identifier),
        it_is.surely(languages, min_score=min_language_score),
        it_is.in_one_script(min_script_share),
        it_is.long_enough(min_words),
        it_is.with_letters(min_letter_share),
        it_is.without_debris(max_debris_share),
    )
    stages = corpus(documents, criteria, min_similarity=min_similarity, rejects=rejects, shard_bytes=shard_bytes)
    return Recipe("adaptation_lines", stages)
