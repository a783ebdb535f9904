"""Every step of xdata, in the order in which data flows through them. One line here adds one."""

from functools import cache

from xdata.dedup.contamination import Contamination
from xdata.dedup.embedding import Embedding
from xdata.dedup.exact import ExactDuplicates
from xdata.dedup.lines import Boilerplate, LineHashes
from xdata.dedup.minhash import MinHash
from xdata.dedup.near import NearDuplicates
from xdata.dedup.repeated_lines import RepeatedLines
from xdata.dedup.repeated_substrings import RepeatedSubstrings
from xdata.dedup.semantic import SemanticDuplicates
from xdata.dedup.text_hash import TextHash
from xdata.edits.datatrove import DatatroveEdit
from xdata.edits.extract import Extract
from xdata.edits.languages import ClipLanguages, RouteLanguages
from xdata.edits.lines import DropLines
from xdata.edits.orthography import StandardOrthography
from xdata.edits.personal import RemovePersonal
from xdata.edits.repair import Repair
from xdata.export.sentences import Sentences
from xdata.export.shards import Shards
from xdata.export.splits import SplitGroups
from xdata.filters.domains import KeepDomains
from xdata.filters.errors import DropErrors
from xdata.filters.labels import DropLabeled
from xdata.filters.languages import KeepLanguages
from xdata.filters.quota import Quota
from xdata.filters.thresholds import Threshold
from xdata.filters.urls import DropUrls
from xdata.readers.files import Files
from xdata.registry import Registry
from xdata.scores.c4 import C4Quality
from xdata.scores.classifier import ClassifyQuality
from xdata.scores.datatrove import DatatroveVerdict
from xdata.scores.debris import DebrisShare
from xdata.scores.distinctive_words import DistinctiveWords
from xdata.scores.flagged import FlaggedShare
from xdata.scores.language import IdentifyLanguage
from xdata.scores.language_segments import LanguageSegments
from xdata.scores.length import NumWords
from xdata.scores.perplexity import Perplexity
from xdata.scores.personal import PersonalData
from xdata.scores.quality import Characters, FineWebQuality, GopherQuality, StopWords
from xdata.scores.repetition import GopherRepetition
from xdata.scores.script import HantShare, ScriptShare
from xdata.scores.urls import UrlCategory
from xdata.step import Step

STEPS: tuple[type[Step], ...] = (
    Files,
    Extract,
    Repair,
    StandardOrthography,
    RemovePersonal,
    DropLines,
    ClipLanguages,
    RouteLanguages,
    DatatroveEdit,
    IdentifyLanguage,
    LanguageSegments,
    ScriptShare,
    HantShare,
    NumWords,
    Characters,
    GopherQuality,
    StopWords,
    GopherRepetition,
    FineWebQuality,
    C4Quality,
    Perplexity,
    ClassifyQuality,
    UrlCategory,
    DebrisShare,
    FlaggedShare,
    DistinctiveWords,
    PersonalData,
    DatatroveVerdict,
    Contamination,
    TextHash,
    MinHash,
    LineHashes,
    Embedding,
    DropErrors,
    KeepLanguages,
    KeepDomains,
    DropUrls,
    DropLabeled,
    Threshold,
    ExactDuplicates,
    NearDuplicates,
    SemanticDuplicates,
    Boilerplate,
    RepeatedLines,
    RepeatedSubstrings,
    Quota,
    SplitGroups,
    Shards,
    Sentences,
)


@cache
def registry() -> Registry:
    """The steps of xdata, and those of the user's files that were loaded."""
    return Registry(STEPS)
