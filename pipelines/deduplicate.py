"""A corpus without its duplicates: its rows are copied as they are."""

from xdata.edits.extract import Extract
from xdata.models.language import XLID
from xdata.recipe import parameters as p
from xdata.recipe import stages
from xdata.recipe.criteria import drop_errors, label_languages
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import annotate, decide, emit_rows, partition, read_rows, signatures


def deduplicate(
    *,
    sources: p.Sources,
    identifier: p.Identifier = XLID,
    embedder: p.Embedder = None,
    dedup: p.RowDedup = p.RowDedup(),
    splitting: p.Splitting = p.Splitting(),
    rejects: p.Rejects = "all",
    output: p.RowOutput = p.RowOutput(),
) -> Recipe:
    """An existing corpus, as JSONL, CSV, TSV, Parquet or Arrow, without the rows of duplicate documents.

    The output is the input without those rows, in its order (sources by name, files by path), as one config `default`
    in the format of the input: lines of JSON and rows of CSV and TSV are copied byte for byte, Parquet keeps its
    columns, and none is added. The id of each row, and the `id` that the source names, are in the ledger, with file and
    row of what is kept (`data_file`, `data_row`). Files of several formats need `output.format`, in which rows are then
    written with all their columns; web pages and texts have no rows, and need it for one record of xdata's each. Rows
    that cannot be read or have no text are counted and named, and are not in the output.

    Of documents of one language with the same text, or with n-grams of which they share enough, one is kept: the
    preferred one. Documents are compared within their language, declared by the source or identified. Nothing else
    decides: documents of no known language are kept too. With `dedup.semdedup_cosine`, semantic duplicates are dropped
    in languages that `embedder` knows; all documents in these are embedded, their first eight sentences, at ten to
    twenty sentences a second and CPU core.
    """
    criteria = [drop_errors(), label_languages(identifier)]
    return Recipe(
        "deduplicate",
        [
            read_rows(sources, edits=(Extract(),), splitting=splitting),
            annotate(criteria, signatures(dedup, embedder=embedder)),
            decide(criteria),
            *stages.deduplicate(dedup, sources=sources),
            *partition(splitting),
            emit_rows(output, splitting=splitting, rejects=rejects, index=dedup.index),
        ],
    )
