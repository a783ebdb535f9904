"""Lines of text of many languages in one corpus, for adapting a multilingual model to all of them at once."""

from typing import Annotated

from pydantic import Field

from xdata.edits.lines import MAFT
from xdata.models.language import XLID
from xdata.recipe import parameters as p
from xdata.recipe.criteria import document_length, drop_errors, encoding_debris, identify_languages, language_rules
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
    sample,
    separate_languages,
    signatures,
)


def adaptation_lines(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    extractor: p.Extractor = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    language: p.Language = p.Language(min_script_share=0.0),
    min_words: p.MinWords = 6,
    max_debris_share: Annotated[
        float | None, Field(ge=0, le=1, description="largest share of encoding debris; null: off")
    ] = 0.05,
    embedder: p.Embedder = None,
    dedup: p.Dedup = p.Dedup(),
    quota: p.Quota = p.Quota(),
    splitting: p.Splitting = p.Splitting(),
    rejects: p.Rejects = "all",
    output: p.Output = p.Output(shard_bytes=64 * p.MIB),
) -> Recipe:
    """Lines of text of twenty languages and more, cleaned by the rules of MAFT and balanced between languages.

    After Alabi et al. 2022, Adapting Pre-trained Language Models to African Languages via Multilingual Adaptive
    Fine-Tuning (COLING, arXiv 2204.06487), which adapted one model to 17 African languages and three large ones.
    Removes lines of fewer than six words, and lines of numbers and punctuation alone. Words are those of each script,
    and each rule counts what it removed.

    Differences: duplicates are dropped, the share of a language can be bounded (`quota.max_ratio`, or
    `quota.total_bytes` with `quota.balance`), and each language is a config of its own, so that no training block
    spans two.
    """
    criteria = [
        drop_errors(),
        identify_languages(languages, language, sources=sources, identifier=identifier),
        *language_rules(language, identifier=identifier),
        document_length(min_words),
        encoding_debris(max_debris_share),
    ]
    edits = (MAFT, *separate_languages(language.mixed, identifier=identifier))
    return Recipe(
        "adaptation_lines",
        [
            read(sources, extractor=extractor, personal=personal, edits=edits, splitting=splitting),
            annotate(criteria, signatures(dedup, languages=languages, embedder=embedder)),
            decide(criteria),
            *deduplicate(dedup, sources=sources),
            *remove_repeats(dedup, min_words=min_words),
            *sample(quota),
            *partition(splitting),
            *emit(output, splitting=splitting, rejects=rejects, index=dedup.index),
        ],
    )


PRESETS = {
    "maft": Preset(
        overrides={"min_words": 6},
        paper="Alabi et al. 2022, Adapting Pre-trained Language Models to African Languages via Multilingual "
        "Adaptive Fine-Tuning (COLING, arXiv 2204.06487)",
        emits="lines of text of each language, for adapting one model to all of them",
        missing="The paper has one file in which each language is as large as it came, and counts tokens. Here "
        "languages are configs, duplicates are dropped, `quota` bounds languages, and words are counted.",
    ),
}
