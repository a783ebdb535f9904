"""Clean, deduplicated text of each language, out of crawl files or documents."""

from xdata.filters.fineweb2 import MAX_WORDS, MIN_WORDS
from xdata.models.language import XLID
from xdata.recipe import parameters as p
from xdata.recipe.criteria import (
    block_urls,
    block_words,
    decontaminate,
    document_length,
    drop_errors,
    identify_languages,
    language_rules,
    perplexity_rule,
    quality_classifier,
    quality_rules,
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
    sample,
    separate_languages,
    signatures,
)
from xdata.scores.urls import UT1


def monolingual_corpus(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    extractor: p.Extractor = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    language: p.Language = p.Language(),
    min_words: p.MinWords = 50,
    thresholds: p.Thresholds = "language",
    rule_limits: p.RuleLimits = {},  # noqa: B006
    quality: p.Quality = p.Quality(),
    blocklist: p.Blocklist = p.Blocklist(),
    perplexity: p.Perplexity = p.Perplexity(),
    classifier: p.Classifier = p.Classifier(),
    decontamination: p.Decontamination = p.Decontamination(),
    embedder: p.Embedder = None,
    dedup: p.Dedup = p.Dedup(),
    upsample: p.Upsample = p.Upsample(),
    quota: p.Quota = p.Quota(),
    splitting: p.Splitting = p.Splitting(),
    rejects: p.Rejects = "all",
    output: p.Output = p.Output(),
) -> Recipe:
    """Clean, deduplicated, sharded and documented text of each language, out of crawl files or documents.

    Extracts the main text of web pages, repairs mojibake, and replaces personal data; letters are not changed. Keeps
    documents in a requested language and one script that are long enough and pass the quality rules, and one document
    of each cluster of duplicates. Other criteria decide where they are given: blocklists of URLs and words, a language
    model, a quality classifier, a second language identifier, distinctive words, evaluation sets.

    With `upsample.learn`, the quality rules follow deduplication, so a document that they drop takes its duplicates
    with it.
    """
    required = [
        drop_errors(),
        block_urls(blocklist),
        identify_languages(
            languages, language, sources=sources, identifier=identifier, thresholds=thresholds, quality=quality
        ),
        decontaminate(decontamination, languages=languages, embedder=embedder),
    ]
    rules = [
        *language_rules(language, identifier=identifier, thresholds=thresholds),
        document_length(min_words, quality.max_words),
        quality_rules(languages, thresholds=thresholds, rule_limits=rule_limits, quality=quality),
        block_words(blocklist),
        perplexity_rule(perplexity, thresholds=thresholds),
        quality_classifier(classifier, thresholds=thresholds),
    ]
    edits = separate_languages(language.mixed, identifier=identifier)
    return Recipe(
        "monolingual_corpus",
        [
            read(
                sources,
                extractor=extractor,
                personal=personal,
                tags=blocklist.tags,
                edits=edits,
                splitting=splitting,
            ),
            annotate([*required, *rules], signatures(dedup, languages=languages, embedder=embedder)),
            decide(required if upsample.learn else [*required, *rules]),
            *deduplicate(dedup, sources=sources),
            *([decide(rules, name="rules")] if upsample.learn else []),
            *remove_repeats(dedup, min_words=min_words),
            *sample(quota),
            *partition(splitting),
            *emit(
                output,
                splitting=splitting,
                rejects=rejects,
                index=dedup.index,
                upsample=upsample,
                languages=languages,
            ),
        ],
    )


PRESETS = {
    "fineweb2": Preset(
        overrides={
            "thresholds": "fineweb2",
            "min_words": MIN_WORDS,
            "quality": {"max_words": MAX_WORDS},
            "language": {"min_script_share": None},
            "blocklist": {"urls": [UT1]},
        },
        requires=("quality.fineweb2_configs",),
        paper="Penedo et al. 2025, FineWeb2 (arXiv 2506.20920)",
        emits="documents of each language that pass the rules of FineWeb-2, with its published thresholds and stop "
        "words",
        missing="The thresholds are meant for the probabilities of GlotLID: give that as `identifier`. Near "
        "duplicates are found by MinHash with 18 bands of 6 and verified; one document of each cluster is kept. "
        "Rules come before deduplication unless `upsample.learn` is set, which is FineWeb-2's order with "
        "rehydration. Words, line ends and bullets are those of the script; stop words ignore case. More personal "
        "data is replaced; only mojibake is repaired. The precision filter is for `language.confusable_languages`, "
        "with our word lists unless `language.distinctive_word_lists` has those of misc/precision_filtering, and "
        "with a threshold of 0.01 in place of one word (`language.min_distinctive_words=1e-7`). Lines of bars alone "
        "are not removed.",
    ),
    "korpus_malti": Preset(
        overrides={
            "splitting": {"splits": {"validation": 0.05, "test": 0.05}, "subsets": [0.01, 0.1, 0.5]},
            "output": {"config_by": "language_domain", "sentences": True},
        },
        paper="Micallef et al. 2022, Pre-training Data Quality and Quantity for a Low-Resource Language (BERTu)",
        emits="documents by domain (mlt_Latn-court), shuffled sentences of all domains (mlt_Latn-sentences), and "
        "nested subsets (…-subset-10), split without leakage",
        missing="The published code shuffles without a seed, puts sentences of one document into several splits, and "
        "keeps repeated sentences on both sides. Here documents are split by seeded hashes and exact shares, each "
        "sentence is written once, on one side, and equal input gives equal bytes.",
    ),
    "laft": Preset(
        overrides={"min_words": 20, "output": {"shard_bytes": 16 * p.MIB}},
        paper="Toukmaji 2024, Few-Shot Cross-Lingual Transfer for Prompting Large Language Models in Low-Resource "
        "Languages (arXiv 2403.06018)",
        emits="text for adapting a model to a language (LAFT) before few-shot prompting; `quota.max_bytes` gives "
        "nested budgets",
        missing="The examples and tests of tasks are not compared unless `decontamination.evaluation_sets` has them.",
    ),
    "oscar": Preset(
        overrides={
            "blocklist": {"tags": ["header", "footer", "noisy", "adult"]},
            "min_words": 0,
            "thresholds": "none",
        },
        paper="Ostendorff and Rehm 2023, CLP-Transfer (arXiv 2301.09626)",
        emits="OSCAR (sources with `reader: oscar2201` or `oscar2301`) without the documents that it tags, and other "
        "corpora beside it",
        missing="The paper's corpus is German: OSCAR 22.01, GC4 (head and middle), and Open Legal Data. It removes "
        "equal passages (`dedup.exact_substring_words`). Here duplicate documents are dropped, and those of several "
        "scripts.",
    ),
    "yi": Preset(
        overrides={
            "blocklist": {"urls": [UT1]},
            "perplexity": {"max_z": 3.0},
            "classifier": {"min_quality": 0.5},
        },
        requires=("perplexity.models", "classifier.model"),
        paper="Young et al. 2024, Yi (arXiv 2403.04652), section 2.1",
        emits="documents of each language that pass blocklists, quality rules, a language model and a quality "
        "classifier",
        missing="Yi published no thresholds: each language has those of its file, and perplexity is in deviations of "
        "unseen text. Every filter decides about every document, so a dropped one has all reasons. A language "
        "without a model loses nothing by it. There are no filters of coherence, safety and topics, and no "
        "deduplication below documents unless `dedup.exact_substring_words` is set.",
    ),
}
