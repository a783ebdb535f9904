"""`manifest.json`: what an output folder holds and how it came to be. Written last, so its presence means complete."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Literal

import regex
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator

from xdata.errors import CheckError
from xdata.export.splits import SENTENCES, percent
from xdata.export.upsample import Upsample
from xdata.formats.format import Output
from xdata.formats.table import OUTPUT_NAMES, output_of
from xdata.recipe.phases import ANNOTATE, READ, phase_named
from xdata.step import ScoreLimit, Step

MANIFEST = "manifest.json"
RECIPE = "recipe.yaml"
TABLE_FOLDERS = ("data", "sentences", "ledger", "rejects", "index")
"""Where the tables of an output folder are."""


_SHARD = regex.compile(
    r"(data|sentences)/([^/]+)/([a-z][a-z0-9_]*)(?:-to_([0-9]+(?:\.[0-9]+)?))?-[0-9]+-of-[0-9]+\.(\L<formats>)",
    formats=OUTPUT_NAMES,
)
_Number = Literal["read", "made", "kept", "dropped", "merged"]


class _Part(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class FileFacts(_Part):
    """One file of the output folder."""

    path: str
    """Under the folder, with forward slashes."""
    sha256: str
    num_bytes: int
    num_rows: int | None = None
    """None for files that are no tables."""

    @field_validator("path")
    @classmethod
    def _inside(cls, path: str) -> str:
        if path.startswith("/") or ".." in path.split("/"):
            raise ValueError(f"the path {path!r} leads out of the folder")
        return path


@dataclass(frozen=True)
class ShardName:
    """Config, split and tier in the path of a shard."""

    folder: str
    """`data` or `sentences`."""
    config: str
    """As its folder is called: the language, or the language and a domain."""
    split: str
    to_percent: str | None
    """The smallest subset of train, in percent, that it is in; None where there are no subsets."""
    format: str = "parquet"
    """Name of the format of its file."""

    @classmethod
    def parse(cls, path: str) -> "ShardName | None":
        """None for the path of another file."""
        match = _SHARD.fullmatch(path)
        return cls(*match.groups()) if match else None

    @property
    def language(self) -> str:
        return self.config.split("-")[0]

    @property
    def name(self) -> str:
        """Split of its config, by its name in `datasets`."""
        return f"{self.config}-sentences" if self.folder == "sentences" else self.config

    @property
    def pattern(self) -> str:
        """The paths of all shards of its split."""
        return f"{self.folder}/{self.config}/{self.split}-*.{self.format}"

    @property
    def tier_pattern(self) -> str:
        """The paths of all shards of its tier: those that are in the same smallest subset."""
        return f"{self.folder}/{self.config}/{self.split}-to_{self.to_percent}-*.{self.format}"

    def lies_in(self, to_percent: str) -> bool:
        """Whether it is of the subset of train of so many percent."""
        return self.to_percent is not None and Decimal(self.to_percent) <= Decimal(to_percent)


class SourceFacts(_Part):
    """One source, as the user gave it, and what it came to."""

    name: str
    license: str
    domain: str | None
    language: str | None
    weight: float | None = None
    """How often a trainer should draw from it, relative to others."""
    num_files: int
    """Those that cannot be read among them."""
    num_unreadable_files: int = 0
    num_bytes: int


class InputFolder(_Part):
    """An output folder of xdata that documents were read of."""

    name: str
    """Begins the paths of its documents in the ledger."""
    folder: str
    """Where it lay then."""
    fingerprint: str
    """Of its manifest."""
    role: Literal["input", "rows", "extend"]
    """Whether its records were input like any other, it had rows of the user that a recipe copied, or the run added to
    its records.
    """


class LargeCluster(_Part):
    """A document with a very large cluster of duplicates, perhaps a form that a site fills in."""

    language: str
    survivor: str
    """Its id."""
    size: int
    """Size of its cluster, with itself."""
    sites: dict[str, int]
    """Site of the dropped duplicates -> their number, the most frequent first; empty word for unknown sites."""


class KnownCorpus(_Part):
    """A reference corpus, and the documents dropped because it has them."""

    step: str
    """That names it."""
    place: int
    """Among the corpora that the step names, from 0; `known_corpus` of the ledger."""
    folder: str
    """Where it lay when it was compared."""
    num_documents: int
    """Number of documents dropped as duplicates of it."""

    @property
    def name(self) -> str:
        """Of its folder."""
        return Path(self.folder).name


class StageFacts(_Part):
    """What became of the documents in one stage."""

    name: str
    phase: str
    fingerprint: str
    num_parts: int
    documents: dict[str, dict[_Number, int]]
    """Language on leaving the stage -> read, made, kept, dropped, merged; read + made = kept + dropped + merged."""
    reasons: dict[str, dict[str, int]]
    """Language -> reason -> documents dropped with it; one document may have several reasons."""
    folder: str | None = None
    """Folder of the output that it wrote shards to; None where it wrote none."""
    steps: dict[str, Any]
    """Name of a step -> its configuration."""
    limits: list[ScoreLimit] = []
    """What its filters set to scores, of the languages of the documents that came to it."""
    large_clusters: list[LargeCluster] = []
    """The largest clusters of 100 documents and more."""


class LanguageFacts(_Part):
    """The data of one language."""

    name: str
    described: bool
    """Whether the language has a file of facts."""
    lacks: list[str] = []
    """Groups of facts that its file has not, so that what needs them is off."""
    num_rows: int
    num_words: int | None
    """Estimated where no space parts words; None where the recipe does not count them."""
    num_characters: int
    num_bytes: int
    """Text in UTF-8."""
    num_reads: int | None = None
    """Number of documents with the repetitions of `upsample`; None without that column."""
    shares: dict[str, dict[str, int]]
    """`source`, `license`, `domain`, `host` -> value -> documents, the most frequent ones."""


class SplitShare(_Part):
    """How large a split was to be, and is."""

    asked: float
    """Share of the documents; what is left of the others for train."""
    num_documents: int
    share: float
    """Of all documents, in [0, 1]."""


class NearProof(_Part):
    """Documents of two splits that are nearly the same."""

    min_similarity: float
    """Jaccard similarity of their n-grams from which they count."""
    num_compared: int
    """Pairs that share a band of their signatures, whose n-grams were compared."""
    on_two_sides: int
    """Those of them that are as similar."""
    pairs_seen: float
    """Share of the pairs of that similarity that share a band."""


class Leakage(_Part):
    """That no split leaks into another, as the written shards say, read back after they were written."""

    splits: dict[str, SplitShare]
    compared: dict[str, int]
    """What was compared (`documents`, `pages`, `texts`, …) -> how many different ones there are."""
    on_two_sides: dict[str, int]
    """The same -> how many of them are in two splits: none, or the run has failed."""
    near: NearProof | None
    """None if no similarity was computed."""
    subsets: dict[str, int]
    """`data` and `sentences` -> nested subsets of train that were found to be as large as asked for and nested."""
    same_in_other_languages: int = 0
    """Sentences of one split that are in another one too, in another language."""
    num_groups: int | None = None
    """Number of groups of documents that lie in one split; None without held-out splits."""
    largest_group: int = 0
    """Documents in the largest of them."""
    largest_sites: dict[str, int] = {}
    """Sites of the largest group -> documents, the most frequent ones."""
    shared: dict[str, int] = {}
    """What sources say that documents share -> documents of which they say it."""


class Cost(_Part):
    """What a stage took; the one part of a manifest that differs between equal runs."""

    seconds: float
    """Of this run, from planning the stage to its last rank's end."""
    cpu_seconds: float
    """Of all ranks, in whichever run they were done."""
    peak_bytes: int
    """Largest resident memory of a rank."""


class Manifest(_Part):
    """All of `manifest.json`."""

    schema_version: int
    xdata: str
    """Version that wrote it."""
    recipe: str
    preset: str | None = None
    """Preset of the recipe, if it was made with one."""
    requested_languages: list[str] = []
    """Codes of the languages that were to be kept; empty where any was."""
    fingerprint: str
    versions: dict[str, str]
    """Package -> version, of those that results depend on."""
    sources: list[SourceFacts]
    input_folders: list[InputFolder] = []
    """Output folders of xdata among the input; their own sources are among `sources`."""
    num_ignored: int = 0
    ignored: dict[str, str]
    """Files and folders that were passed over -> why; the first of them where they are very many."""
    skipped: dict[str, int]
    """What it was -> records of input files that are no documents."""
    num_unreadable_files: int = 0
    unreadable_files: list[dict[str, str]] = []
    """Input files of which nothing was read: source, path, error; the first 10,000."""
    num_damaged_files: int = 0
    damaged_files: list[dict[str, Any]] = []
    """Input files that lost an unknown number of records: source, path, error, num_records_before; the first 10,000."""
    num_unreadable: int
    unreadable: list[dict[str, Any]]
    """Places that cannot be read, of files that can: source, path, offset, inner_offset, error; the first 10,000."""
    num_failed: int
    num_failed_by_step: dict[str, int] = {}
    """Step, or `guard` -> documents that it failed on."""
    failed: list[dict[str, Any]]
    """Documents that a step failed on or the guard stopped: id, step, error; the first 10,000."""
    changes: dict[str, int] = {}
    """`<name of an edit>.<what it did>` -> how often, in all documents that were read."""
    notes: list[str]
    """What a user should know of the run."""
    warnings: list[str] = []
    """What is probably not as the user wants it; `--strict` makes the first of them an error."""
    leakage: Leakage | None = None
    """That splits do not leak and subsets are nested; None where there are neither."""
    known: list[KnownCorpus] = []
    """Other corpora that documents were compared with."""
    upsample: dict[str, Upsample] = {}
    """Language -> how often its documents are to be read by size of cluster, and what that was learned from; empty
    where they do not say it."""
    stages: list[StageFacts] = Field(min_length=1)
    languages: dict[str, LanguageFacts]
    columns: dict[str, list[dict[str, Any]]] = {}
    """`data` and `sentences` -> their columns with name and type, as `datasets` describes features."""
    copies_rows: bool = False
    """Whether its data is rows of the input, without columns of xdata; the ledger has the position of each."""
    row_style: tuple[str, ...] = ()
    """How copied rows are written, where their format has several styles: delimiter and quote of CSV and TSV."""
    copies_records: bool = False
    """Whether these rows are records of xdata, since the input was output folders that have them."""
    files: list[FileFacts]
    timing: dict[str, Cost]

    @model_validator(mode="after")
    def _all_numbers(self) -> "Manifest":
        for stage in self.stages:
            for code, numbers in stage.documents.items():
                if len(numbers) != 5:
                    raise ValueError(f"stage {stage.name!r}, {code}: a number is missing")
        return self

    @classmethod
    def read(cls, folder: Path) -> "Manifest":
        """The manifest of an output folder. Raises CheckError where it is missing or none."""
        path = folder / MANIFEST
        try:
            return cls.model_validate_json(path.read_bytes())
        except (FileNotFoundError, NotADirectoryError):
            raise CheckError(f"{folder}: {_why_no_manifest(folder)}") from None
        except OSError as error:
            raise CheckError(f"{path}: cannot be read: {error.strerror}") from None
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            where = ".".join(map(str, first["loc"]))
            raise CheckError(f"{path}: is not a manifest of xdata: {where or 'it'}: {first['msg']}") from None

    def funnel(self, language: str) -> list[tuple[str, int]]:
        """(stage, documents of the language kept by it) of each stage that decides."""
        return [
            (stage.name, _kept(stage.documents, language))
            for stage in self.stages
            if phase_named(stage.phase).decides or stage.phase == ANNOTATE.name
        ]

    def all_languages(self) -> list[str]:
        """Every language that any document was found to be in, those with most data first."""
        found = {code for stage in self.stages if stage.phase != READ.name for code in stage.documents}
        return sorted(found, key=lambda code: (-self.rows(code), -_read(self.stages, code), code))

    def output_of(self, path: str) -> Output:
        """What reads back one of the tables of the folder."""
        return output_of(path, self.row_style)

    def data_files(self, language: str) -> list[FileFacts]:
        """The files of the documents of a language, of all its configs and splits; none where all are in one."""
        return [file for file in self.files if is_data_of(file.path, language)]

    @property
    def has_one_config(self) -> bool:
        """Whether documents of all languages are in one config."""
        return self.export_options("data").get("config_by") == "none"

    def subsets(self) -> dict[str, list[str]]:
        """`data` and `sentences` -> the nested subsets of train that there are, in percent of it."""
        return {
            folder: [percent(share) for share in self.export_options(folder).get("subsets", ())]
            for folder in ("data", SENTENCES)
        }

    def options_of(self, step: type[Step]) -> dict[str, Any]:
        """The configuration of the step of a class; empty where the run has none."""
        kind = step.model_fields["kind"].default
        steps = (options for stage in self.stages for options in stage.steps.values())
        return next((dict(options) for options in steps if options.get("kind") == kind), {})

    def export_options(self, folder: str) -> dict[str, Any]:
        """The configuration of the step that wrote shards to a folder; empty where none did."""
        stage = self.stage_writing(folder)
        return dict(*stage.steps.values()) if stage else {}

    def stage_writing(self, folder: str) -> StageFacts | None:
        """The stage that wrote shards to a folder, if one did."""
        return next((stage for stage in self.stages if stage.folder == folder), None)

    def rows(self, language: str) -> int:
        facts = self.languages.get(language)
        return facts.num_rows if facts else 0


def _why_no_manifest(folder: Path) -> str:
    """Why a path is no output folder, and what to do."""
    if (folder / RECIPE).is_file():
        return f"has no {MANIFEST}, so the build is incomplete: run the command that built it again to continue"
    if folder.is_dir():
        return f"has no {MANIFEST}, so it is no output folder: give the output folder of a build (its --out)"
    what = "is not a folder" if folder.exists() else "there is no such folder"
    return f"{what}: give the output folder of a build (its --out)"


def is_data_of(path: str, language: str) -> bool:
    """Whether a file has documents of a language."""
    return path.startswith((f"data/{language}/", f"data/{language}-"))


def _kept(documents: Mapping[str, Mapping[_Number, int]], language: str) -> int:
    return documents.get(language, {}).get("kept", 0)


def _read(stages: list[StageFacts], language: str) -> int:
    known = (stage for stage in stages if stage.phase != READ.name)
    return max((stage.documents.get(language, {}).get("read", 0) for stage in known), default=0)
