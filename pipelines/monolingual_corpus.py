"""Clean, deduplicated text of each language, out of crawl files or documents."""

from typing import Annotated, Literal

from pydantic import Field

from xdata.dedup.exact import ExactDuplicates, TextHash
from xdata.dedup.minhash import MinHash, NearDuplicates
from xdata.edits.extract import Extract, Extractor
from xdata.edits.repair import Repair
from xdata.export.documents import Documents
from xdata.filters.flaws import DropFlawed
from xdata.filters.languages import KeepLanguages
from xdata.filters.rules import Preset, language_filter, threshold_filters
from xdata.filters.thresholds import Threshold
from xdata.models.language import LID_176
from xdata.models.reference import ModelRef
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.recipe import Recipe, Stage
from xdata.scores.c4 import C4Quality
from xdata.scores.debris import DebrisShare
from xdata.scores.language import IdentifyLanguage, check_identifiable
from xdata.scores.length import NumWords
from xdata.scores.personal import PersonalData
from xdata.scores.quality import Characters, FineWebQuality, GopherQuality, StopWords
from xdata.scores.repetition import GopherRepetition
from xdata.scores.script import ScriptShare


def monolingual_corpus(
    *,
    sources: tuple[Source, ...],
    languages: tuple[str, ...] = (),
    extractor: Annotated[Extractor, Field(description="what finds the main text of web pages")] = "ladder",
    identifier: Annotated[ModelRef, Field(description="model that identifies languages")] = LID_176,
    min_language_score: Annotated[
        float | None, Field(ge=0, le=1, description="least probability of the language; each language's own, else 0.5")
    ] = None,
    min_script_share: Annotated[float, Field(ge=0, le=1, description="least share of letters in its script")] = 0.8,
    min_words: Annotated[int, Field(ge=0, description="least number of words")] = 50,
    thresholds: Annotated[
        Preset,
        Field(description="of the rules of quality: those of each language's file, those for English, or none"),
    ] = "language",
    limits: Annotated[
        dict[str, float], Field(description="rule of quality -> threshold that stands in for all others")
    ] = {},  # noqa: B006
    min_similarity: Annotated[
        float,
        Field(ge=0, le=1, description="estimated Jaccard similarity from which documents are duplicates"),
    ] = 0.75,
    rejects: Annotated[Literal["all", "sample", "none"], Field(description="dropped documents that are kept")] = "all",
    shard_bytes: Annotated[int, Field(ge=1 << 10, description="bytes of text in a shard")] = 256 << 20,
    part_bytes: Annotated[int, Field(ge=1 << 10, description="bytes of input that a worker takes at a time")] = 64
    << 20,
) -> Recipe:
    """Clean, deduplicated, sharded and documented text of each language, out of crawl files or documents.

    Web pages become their main text; mojibake is mended and letters are left alone. A document stays when its
    language is known and asked for, it is written in one script and long enough, the rules of quality find it to be
    prose, and no other document of the language has the same text or nearly so.
    """
    if not any("language" in source.fields for source in sources):
        declared = [source.language for source in sources if source.language]
        check_identifiable(languages, model=identifier, declared=declared)
    edit = Stage(
        "edit",
        (Files(sources=sources, part_bytes=part_bytes), Extract(engine=extractor), Repair()),
    )
    annotate = Stage(
        "annotate",
        (
            IdentifyLanguage(model=identifier),
            ScriptShare(),
            NumWords(),
            Characters(),
            GopherQuality(),
            StopWords(),
            GopherRepetition(),
            FineWebQuality(),
            C4Quality(),
            DebrisShare(),
            PersonalData(),
            TextHash(),
            MinHash(),
        ),
        after=edit,
    )
    decide = Stage(
        "decide",
        (
            DropFlawed(),
            KeepLanguages(languages=languages),
            language_filter(languages, limit=min_language_score, preset=thresholds),
            Threshold(
                name="one_script",
                score="scores.script_share",
                reason="mixed_script",
                min_value=min_script_share,
            ),
            Threshold(
                name="enough_words",
                score="scores.num_words",
                reason="too_few_words",
                min_value=float(min_words),
            ),
            *threshold_filters(languages, preset=thresholds, limits=limits),
        ),
        after=annotate,
    )
    exact = Stage("exact", (ExactDuplicates(),), after=decide)
    near = Stage("near", (NearDuplicates(min_similarity=min_similarity),), after=exact)
    corpus = Stage("corpus", (Documents(shard_bytes=shard_bytes, rejects=rejects),), after=near)
    return Recipe("monolingual_corpus", (edit, annotate, decide, exact, near, corpus))
