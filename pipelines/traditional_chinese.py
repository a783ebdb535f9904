"""Traditional Chinese, separated from Simplified, with other languages that a model should not forget."""

from typing import Annotated, Literal

from pydantic import Field

from xdata.models.language import XLID
from xdata.recipe import parameters as p
from xdata.recipe.criteria import (
    document_length,
    drop_errors,
    identify_languages,
    language_rules,
    quality_rules,
    traditional_characters,
)
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
    separate_languages,
    signatures,
)


def traditional_chinese(
    *,
    sources: p.Sources,
    undecidable: Annotated[
        Literal["keep", "drop"],
        Field(description="text whose characters are in both standards, or equally in each: keep it as zho_Hani"),
    ] = "drop",
    min_hant_share: Annotated[
        float,
        Field(ge=0, le=1, description="smallest share of traditional characters among those of one standard alone"),
    ] = 0.9,
    replay: Annotated[
        tuple[str, ...], Field(description="languages beside Chinese that a model is trained on again; may be none")
    ] = (),
    extractor: p.Extractor = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    language: p.Language = p.Language(),
    min_words: p.MinWords = 50,
    thresholds: p.Thresholds = "language",
    rule_limits: p.RuleLimits = {},  # noqa: B006
    quality: p.Quality = p.Quality(),
    embedder: p.Embedder = None,
    dedup: p.Dedup = p.Dedup(),
    splitting: p.Splitting = p.Splitting(),
    rejects: p.Rejects = "all",
    output: p.Output = p.Output(),
) -> Recipe:
    """Traditional Chinese as it was written, and languages for replay, each a corpus of its own.

    After Chen and Li 2024, Bailong (arXiv 2404.00862), whose filters are not published. Language identifiers call both
    standards Chinese; characters of one standard alone (GB 2312, Big5) tell them apart. Drops simplified text
    (`simplified_chinese`), traditional text with too many simplified characters, also in a source that is declared
    traditional (`simplified_characters`), and text of neither or both (`chinese_undecidable`), unless that is kept in a
    corpus of its own (`zho_Hani`). Nothing is converted: words differ between regions too, so converted text has those
    of the wrong one.

    The proportion of replay is left to mixing: the corpora are separate, the manifest has their sizes, and a source may
    have a `weight`.
    """
    languages = (*replay, "zho_Hant", *(["zho_Hani"] if undecidable == "keep" else []))
    reasons = {"zho_Hans": "simplified_chinese", "zho_Hani": "chinese_undecidable"}
    criteria = [
        drop_errors(),
        identify_languages(
            languages,
            language,
            sources=sources,
            identifier=identifier,
            thresholds=thresholds,
            quality=quality,
            reasons=reasons,
        ),
        traditional_characters(min_hant_share),
        *language_rules(language, identifier=identifier, thresholds=thresholds),
        document_length(min_words, quality.max_words),
        quality_rules(languages, thresholds=thresholds, rule_limits=rule_limits, quality=quality),
    ]
    edits = separate_languages(language.mixed, identifier=identifier)
    return Recipe(
        "traditional_chinese",
        [
            read(sources, extractor=extractor, personal=personal, edits=edits, splitting=splitting),
            annotate(criteria, signatures(dedup, languages=languages, embedder=embedder)),
            decide(criteria),
            *deduplicate(dedup, sources=sources),
            *remove_repeats(dedup, min_words=min_words),
            *partition(splitting),
            *emit(output, splitting=splitting, rejects=rejects, index=dedup.index),
        ],
    )


PRESETS = {
    "bailong": Preset(
        overrides={"replay": ["eng_Latn"]},
        paper="Chen and Li 2024, Bailong (arXiv 2404.00862)",
        emits="Traditional Chinese and English, each a corpus of its own",
        missing="The paper's filters are not published. The proportion of English is left to mixing.",
    ),
}
