"""Clean, deduplicated text of each language, out of crawl files or documents."""

from xdata.models.language import XLID
from xdata.recipe import criteria as it_is
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import Splitting, corpus, edited, unmixed, without_repeats


def monolingual_corpus(
    *,
    sources: p.Sources,
    languages: p.Languages = (),
    extractor: p.ExtractorName = "ladder",
    personal: p.Personal = "replace",
    identifier: p.Identifier = XLID,
    second_identifier: p.SecondIdentifier = None,
    language_prior: p.LanguagePrior = "equal",
    language_weights: p.LanguageWeights = {},  # noqa: B006
    min_language_score: p.MinLanguageScore = None,
    confusable_languages: p.ConfusableLanguages = (),
    distinctive_word_lists: p.DistinctiveWordLists = {},  # noqa: B006
    min_distinctive_words: p.MinDistinctiveWords = None,
    min_script_share: p.MinScriptShare = 0.8,
    mixed: p.Mixed = "keep",
    min_main_language: p.MinMainLanguage = None,
    min_words: p.MinWords = 50,
    min_sentences: p.MinSentences = 0,
    thresholds: p.Thresholds = "language",
    rule_limits: p.RuleLimits = {},  # noqa: B006
    evaluation_sets: p.EvaluationSets = (),
    embedder: p.SharedEmbedder = None,
    url_lists: p.UrlLists = (),
    flagged_words: p.FlaggedWords = {},  # noqa: B006
    max_flagged_share: p.MaxFlaggedShare = 0.01,
    perplexity_models: p.PerplexityModels = None,
    max_perplexity_z: p.MaxPerplexityZ = None,
    classifier: p.ClassifierPath = None,
    min_quality: p.MinQuality = None,
    min_similarity: p.MinSimilarity = 0.75,
    prefer: p.Prefer = "longest",
    prefer_sources: p.PreferSources = (),
    max_cluster_size: p.MaxClusterSize = None,
    reference_corpora: p.ReferenceCorpora = (),
    index: p.Index = False,
    upsample: p.Upsample = {},  # noqa: B006
    max_upsample: p.MaxUpsample = 10,
    semdedup_cosine: p.SemdedupCosine = None,
    line_dedup_min_documents: p.LineDedupMinDocuments = None,
    exact_substring_words: p.ExactSubstringWords = None,
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
    """Clean, deduplicated, sharded and documented text of each language, out of crawl files or documents.

    Web pages become their main text; mojibake is mended, personal data has stand-ins that are nobody's, and letters are
    left alone. A document stays when its language is known and asked for, it is written in one script and long enough,
    the rules of quality find it to be prose, little of it is encoding debris, and no other document of the language has
    the same text or nearly so. URL lists, flagged words, a language model, a classifier and a second identifier decide
    too where they are given, and distinctive words of languages that others are taken for. Parts of a document in other
    languages are left alone, unless `mixed` says otherwise. What has a test item of `evaluation_sets` in it goes, as it
    is or in other letters, and translated where `embedder` is given. With `semdedup_cosine`, of documents that say the
    same in other words one stays, by the same embedder. What documents have in common with others is cut out of them
    where `line_dedup_min_documents` or `exact_substring_words` asks for it, and one of which too little stays goes.
    With `upsample: fineweb2` each document says how often it is worth reading in training, by how often the crawl has
    it; the rules of quality then come after duplicates, so a document that is dropped by them takes those that it
    stands for with it.
    """
    documents = edited(
        sources,
        extractor=extractor,
        personal=personal,
        edits=unmixed(mixed, identifier=identifier),
    )
    criteria = (
        it_is.whole(),
        it_is.in_languages(
            languages,
            sources=sources,
            identifier=identifier,
            second=second_identifier,
            prior=language_prior,
            weights=language_weights,
        ),
        it_is.surely(languages, min_score=min_language_score, thresholds=thresholds),
        it_is.of_its_distinctive_words(
            confusable_languages, lists=distinctive_word_lists, min_share=min_distinctive_words, thresholds=thresholds
        ),
        it_is.in_one_language(mixed, min_share=min_main_language, identifier=identifier),
        it_is.in_one_script(min_script_share),
        it_is.long_enough(min_words),
        it_is.prose(languages, thresholds=thresholds, rule_limits=rule_limits, min_sentences=min_sentences),
        it_is.no_test_item(evaluation_sets, languages=languages, embedder=embedder),
        it_is.not_listed(url_lists),
        it_is.without_flagged_words(flagged_words, max_share=max_flagged_share),
        it_is.unsurprising(perplexity_models, max_perplexity_z=max_perplexity_z, thresholds=thresholds),
        it_is.like_good_examples(classifier, min_quality=min_quality, thresholds=thresholds),
    )
    stages = corpus(
        documents,
        criteria,
        min_similarity=min_similarity,
        prefer=prefer,
        prefer_sources=prefer_sources,
        max_cluster_size=max_cluster_size,
        references=reference_corpora,
        index=index,
        upsample=upsample,
        max_upsample=max_upsample,
        semdedup_cosine=semdedup_cosine,
        embedder=embedder,
        languages=languages,
        cuts=without_repeats(line_dedup_min_documents, exact_substring_words, min_words=min_words),
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
    return Recipe("monolingual_corpus", stages)
