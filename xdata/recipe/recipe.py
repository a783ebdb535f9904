"""A recipe: stages in the order in which they run, checked when it is made.

    read       Reader, Edit…      files to documents; changes text
    annotate   Score…             scores, labels and signatures of every document
    decide     Filter…            from columns alone: which documents are dropped, and why; after clusters too
    cluster    Cluster            from columns alone: which documents are duplicates of which
               or Sample          from columns alone: which documents of a language are dropped, all together
    cut        RemoveSpans        from texts: which parts of documents are removed, all of a language together
    group      Partition          groups of documents that each lie in one split, with held-out splits
    emit       Export             text to data and rejects; then, in a stage of its own, to sentences

What a stage does follows from the kinds of its steps. A recipe is made by a typed function (`functions`), written
whole as YAML, and read back.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

import orjson
import pyarrow as pa
import regex
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from xdata import records
from xdata.errors import ConfigError, nearest, one_line
from xdata.export.shards import Shards
from xdata.export.splits import SplitExport
from xdata.filters.references import LanguageFiles
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.recipe.phases import ANNOTATE, CLUSTER, CUT, DECIDE, EMIT, GROUP, PHASES, Phase
from xdata.recipe.steps import registry
from xdata.recipe.user_code import load_code
from xdata.step import LABEL, SCORE, Filter, Step
from xdata.validation import describe, validate
from xdata.yaml_files import dump_yaml, load_yaml

FORMAT = 1
"""Of recipes as YAML."""

EXTENDED_SOURCE = "extend"
"""Name of the source that the output is which a run adds to, for messages."""

_NAME = regex.compile(r"[a-z][a-z0-9_]*")

_OWN_COLUMNS = frozenset().union(*(phase.provides for phase in PHASES)).union(
    {
        records.SCORES,
        records.SIGNATURES,
        records.ROW,
        records.DECISION,
        records.CLUSTER,
        records.VARIETY,
        records.CUTS,
    }
) - {records.LANGUAGE, records.LANGUAGE_SCORE, records.SCRIPT}
"""Columns that no step may add."""

_ADDED = regex.compile(r"(?:(scores|signatures)\.)?[a-z][a-z0-9_]*")


class Guard(BaseModel):
    """Limits on failures before a run stops: documents that no size or depth limit stopped, unreadable files,
    steps that fail. No part of a recipe's identity, and set by `--set` for every recipe.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    cpu_seconds: float = Field(default=120.0, gt=0)
    """A document that takes the edits longer is dropped as `guard_cpu_seconds`, which marks the run."""
    memory_bytes: int = Field(default=4 << 30, ge=1 << 20)
    """A document during which a rank grows by more is dropped as `guard_memory_bytes`, which marks the run."""
    on_bad_file: Literal["skip", "error"] = "skip"
    """Whether an input file that cannot be read is skipped, and of a damaged one what can be read is used, both with a
    warning; or whether such a file stops the run.
    """
    max_failed_share: float = Field(default=0.01, ge=0, le=1)
    """Share of the records that one step may fail on; the run fails beyond it, and beyond ten records."""


@dataclass(frozen=True)
class Stage:
    """Some steps that run together."""

    name: str
    steps: tuple[Step, ...]

    def __post_init__(self) -> None:
        if not _NAME.fullmatch(self.name):
            raise ConfigError(f"stage {self.name!r}: expected a name of a-z, 0-9 and _")
        if self.name == "index":
            raise ConfigError("stage 'index': the name is reserved for the index of large input files")
        _ = self.phase

    @property
    def phase(self) -> Phase:
        """What the stage does. Raises ConfigError where its steps do not go together."""
        for phase in PHASES:
            if phase.fits(self.steps):
                return phase
        kinds = ", ".join(step.kind for step in self.steps) or "none"
        *most, last = (phase.described for phase in PHASES)
        raise ConfigError(
            f"stage {self.name!r}: these steps cannot form a stage: {kinds}. A stage is {', or '.join(most)}, or {last}"
        )


@dataclass(frozen=True)
class Recipe:
    """A whole job: stages that run one after the other.

    Raises ConfigError where names repeat, a phase may not follow the one before it, or a step reads a column that no
    step before it adds.
    """

    name: str
    stages: Sequence[Stage]
    """In the order in which they run; kept as a tuple."""
    seed: int = 0
    """Of all randomness, together with the name of a step and the id of a document."""
    preset: str | None = None
    """Name of the preset that it was made with; no part of its identity."""
    guard: Guard = field(default_factory=Guard)
    code: tuple[str, ...] = ()
    """Python files of the user's that define steps of this recipe."""
    language_files: LanguageFiles | None = field(default=None, compare=False)
    """The language files that it was written with, of a recipe that was read."""

    def __post_init__(self) -> None:
        object.__setattr__(self, "stages", tuple(self.stages))
        if not _NAME.fullmatch(self.name):
            raise ConfigError(f"recipe {self.name!r}: expected a name of a-z, 0-9 and _")
        _refuse_repeats("stage", [stage.name for stage in self.stages])
        _refuse_repeats("step", [step.name for stage in self.stages for step in stage.steps])
        _check_order(self.stages)
        if not self.stages or self.stages[-1].phase != EMIT:
            raise ConfigError(f"recipe {self.name!r}: its last stage is not an export: add one")
        _check_exports([export for stage in self.stages if isinstance(export := stage.steps[0], SplitExport)])
        _check_groups(self)
        _check_learned(self)
        _check_columns(self.stages)

    @property
    def reader(self) -> Files:
        """The step that everything begins with."""
        reader = self.stages[0].steps[0]
        assert isinstance(reader, Files)
        return reader

    @property
    def shards(self) -> Shards:
        """The step that writes documents."""
        shards = next(stage.steps[0] for stage in self.stages if stage.phase == EMIT)
        assert isinstance(shards, Shards)
        return shards

    @property
    def reads_hub(self) -> bool:
        """Whether a source is a data set of the Hugging Face hub."""
        return any(source.hub is not None for source in self.reader.sources)

    @property
    def steps(self) -> Iterator[Step]:
        """The steps of all stages, in their order."""
        return (step for stage in self.stages for step in stage.steps)

    @property
    def requested_languages(self) -> list[str]:
        """Codes of the languages that its filters keep, each once; empty where they keep any."""
        filters = (step for step in self.steps if isinstance(step, Filter))
        return list(dict.fromkeys(code for step in filters for code in step.requested_languages()))

    def stage(self, name: str) -> Stage:
        """The stage of that name."""
        return next(stage for stage in self.stages if stage.name == name)

    def before(self, name: str) -> tuple[Stage, ...]:
        """The stages before the one of that name, the nearest first."""
        names = [stage.name for stage in self.stages]
        return tuple(reversed(self.stages[: names.index(name)]))

    def decides_over_clusters(self, stage: Stage) -> bool:
        """Whether a stage of filters comes after one that clusters, so that upsampling can be learned from it."""
        return stage.phase == DECIDE and any(before.phase == CLUSTER for before in self.before(stage.name))

    def reading(self, sources: Sequence[Source]) -> "Recipe":
        """The same recipe over other sources."""
        return self._with_reader(sources=tuple(sources))

    def extending(self, folder: Path) -> "Recipe":
        """The same recipe, with the data of an earlier output beside its sources; those documents stay as they are."""
        sources = [source for source in self.reader.sources if source.xdata != "extend"]
        name = EXTENDED_SOURCE
        while name in [source.name for source in sources]:
            name += "_"
        earlier = Source(name=name, root=str(folder), patterns=("data",), xdata="extend")
        return self._with_reader(sources=(*sources, earlier))

    def limited(self, num_documents: int) -> "Recipe":
        """The same recipe, reading so many documents of each file, for a trial."""
        return self._with_reader(limit=num_documents)

    def _with_reader(self, **options: Any) -> "Recipe":
        try:
            reader = Files(**{**dict(self.reader), **options})
        except ValidationError as error:
            raise ConfigError(f"recipe {self.name!r}: {describe(error, Files)}") from None
        first = replace(self.stages[0], steps=(reader, *self.stages[0].steps[1:]))
        return replace(self, stages=(first, *self.stages[1:]))

    def notes(self) -> list[str]:
        """What somebody who runs it should know: where language files differ from those that it was written with."""
        if self.language_files is None:
            return []
        note = self.language_files.note(LanguageFiles.of(self.steps))
        return [] if note is None else [note]

    def labels(self) -> dict[str, Any]:
        """Label columns that the annotate stage adds, with their types."""
        return {path: kind for path, kind in self._added().items() if "." not in path}

    def scores(self) -> tuple[str, ...]:
        """Names of the scores that the annotate stage adds."""
        return _below(self._added(), records.SCORES)

    def signatures(self) -> dict[str, Any]:
        """Names and types of the signatures that the annotate stage adds."""
        added = self._added()
        return {name: added[f"{records.SIGNATURES}.{name}"] for name in _below(added, records.SIGNATURES)}

    def to_data(self) -> dict[str, Any]:
        """The recipe as words, numbers, lists and mappings, every default filled in.

        With hashes of the language files that it refers to, as they are now. Raises ConfigError where those have a
        threshold of a rule that does not exist.
        """
        files = LanguageFiles.of(self.steps)
        return {
            "format": FORMAT,
            "recipe": self.name,
            **({} if self.preset is None else {"preset": self.preset}),
            "seed": self.seed,
            "guard": self.guard.model_dump(mode="json"),
            "code": list(self.code),
            **({} if files is None else {"language_files": files.model_dump(mode="json")}),
            "stages": [
                {"name": stage.name, "steps": [step.written() for step in stage.steps]} for stage in self.stages
            ],
        }

    def to_yaml(self) -> str:
        """The recipe as YAML that `from_yaml` reads back to an equal one."""
        return dump_yaml(self.to_data(), compact=True)

    @classmethod
    def from_yaml(cls, text: str, *, where: str, folder: Path = Path()) -> "Recipe":
        """Reads a recipe, and runs the Python files that it names under `code`.

        `where` names the YAML file in messages, `folder` is what relative paths in it are relative to. Raises
        ConfigError with the path to what is wrong.
        """
        return cls.from_data(load_yaml(text, where=where), where=where, folder=folder)

    def to_json(self) -> bytes:
        """The recipe as JSON, which is read much faster than YAML; `from_json` reads it back to an equal one."""
        return orjson.dumps(self.to_data())

    @classmethod
    def from_json(cls, content: bytes, *, where: str, folder: Path = Path()) -> "Recipe":
        """Reads a recipe as `from_yaml` does, out of JSON. Raises ConfigError with the path to what is wrong."""
        try:
            data = orjson.loads(content)
        except orjson.JSONDecodeError as error:
            raise ConfigError(f"{where}: is not JSON: {one_line(str(error))}") from None
        return cls.from_data(data, where=where, folder=folder)

    @classmethod
    def from_data(cls, data: Any, *, where: str, folder: Path) -> "Recipe":
        """Reads a recipe as `from_yaml` does, out of data."""
        file = validate(_RecipeFile, data, where=where)
        if file.format != FORMAT:
            raise ConfigError(f"{where}: format is {file.format}, this xdata reads {FORMAT}")
        code = tuple(str(folder / Path(path).expanduser()) for path in file.code)
        for path in code:
            load_code(Path(path))
        stages: list[Stage] = []
        for number, stage in enumerate(file.stages):
            steps = [
                parse_step(data, where=f"{where}: stages[{number}].steps[{i}]") for i, data in enumerate(stage.steps)
            ]
            stages.append(Stage(stage.name, tuple(steps)))
        files = file.language_files
        return cls(
            file.recipe,
            stages,
            seed=file.seed,
            preset=file.preset,
            guard=file.guard,
            code=code,
            language_files=files,
        )

    def _added(self) -> dict[str, Any]:
        return {
            path: kind
            for stage in self.stages
            if stage.phase == ANNOTATE
            for step in stage.steps
            for path, kind in step.adds().items()
        }


class _StageFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: str
    steps: list[dict[str, Any]] = Field(min_length=1)


class _RecipeFile(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    format: int
    recipe: str
    preset: str | None = None
    seed: int = 0
    guard: Guard = Field(default_factory=Guard)
    code: tuple[str, ...] = ()
    language_files: LanguageFiles | None = None
    stages: list[_StageFile] = Field(min_length=1)


def parse_step(data: Mapping[str, Any], *, where: str) -> Step:
    """One step out of YAML. Raises ConfigError for an unknown kind or key, or a wrong type."""
    kind = data.get("kind")
    if not isinstance(kind, str):
        raise ConfigError(f"{where}: the key 'kind' is missing or not a word")
    try:
        step_class = registry()[kind]
    except ConfigError as error:
        raise ConfigError(f"{where}.kind: {error}") from None
    return validate(step_class, dict(data), where=where)


def _check_exports(exports: Sequence[SplitExport]) -> None:
    """Raises ConfigError unless documents are exported once, and then sentences with the same splits, if any."""
    documents = exports[0]
    if documents.folder != Shards.folder:
        raise ConfigError(f"step {documents.name!r}: documents are exported before it: use export.shards")
    for number, export in enumerate(exports):
        if export.folder in [before.folder for before in exports[:number]]:
            raise ConfigError(f"step {export.name!r}: documents are exported once, and sentences once after them")
        if export.splits != documents.splits:
            raise ConfigError(
                f"step {export.name!r}: its splits are not those of {documents.name!r}, so sentences of documents that "
                "one holds back would be in train of the other: give both the same"
            )


def _check_groups(recipe: "Recipe") -> None:
    """Raises ConfigError if splits are held out and no stage groups the documents that belong together."""
    if recipe.shards.splits and all(stage.phase != GROUP for stage in recipe.stages):
        raise ConfigError(
            f"step {recipe.shards.name!r}: holds out documents without knowing which belong together: put a "
            "stage with export.split_groups before it"
        )


def _check_order(stages: Sequence[Stage]) -> None:
    """Raises ConfigError where a phase may not come right after the one before it."""
    for before, stage in zip((None, *stages), stages, strict=False):
        allowed = stage.phase.follows
        if (before.phase.name not in allowed) if before else allowed:
            found = f"{before.phase.name} (stage {before.name!r})" if before else "nothing"
            expected = " or ".join(allowed) or "nothing"
            raise ConfigError(f"stage {stage.name!r}: {stage.phase.name} comes after {expected}, not after {found}")
    phases = [stage.phase for stage in stages]
    for number, stage in enumerate(stages):
        if stage.phase == DECIDE and CUT in phases[:number]:
            raise ConfigError(
                f"stage {stage.name!r}: filters decide by what was measured of whole texts, so they come before what "
                "cuts texts, not after it"
            )


def _check_learned(recipe: Recipe) -> None:
    """Raises ConfigError where upsampling is to be learned and no filters decide over clusters."""
    if recipe.shards.learn_upsample and not any(map(recipe.decides_over_clusters, recipe.stages)):
        raise ConfigError(
            f"step {recipe.shards.name!r} learns upsample from what filters drop of clusters of each size, and no "
            "stage of filters comes after one that clusters"
        )


def _refuse_repeats(what: str, names: Iterable[str]) -> None:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            raise ConfigError(f"two {what}s are called {name!r}: give one another `name`")
        seen.add(name)


def _check_columns(stages: Iterable[Stage]) -> None:
    known: set[str] = set()
    for stage in stages:
        for step in stage.steps:
            here = known | stage.phase.provides if stage.phase.reads_own else known
            if not stage.phase.reads_signatures:
                here = {path for path in here if not path.startswith(f"{records.SIGNATURES}.")}
            if stage.phase.decides:  # what was decided before reaches its steps as the documents that are left
                here = here - DECIDE.provides
            for path in sorted(frozenset(step.reads()) - here):
                raise ConfigError(
                    f"step {step.name!r} of stage {stage.name!r} reads {path!r}, which no step before it adds: "
                    f"{nearest(path, here)}"
                )
            for path, kind in step.adds().items():
                if path in known:
                    raise ConfigError(f"step {step.name!r} adds {path!r}, which another step adds too")
                _check_added(step, path, kind)
                known.add(path)
        known |= stage.phase.provides


def _check_added(step: Step, path: str, kind: pa.DataType) -> None:
    """Raises ConfigError for a column that no step may add, or not of that type."""
    match = _ADDED.fullmatch(path)
    if match is None or path in _OWN_COLUMNS:
        raise ConfigError(
            f"step {step.name!r} adds {path!r}: a step adds labels (`dialect`), scores (`scores.fluency`) and "
            "signatures (`signatures.simhash`), and no column of xdata's own"
        )
    plain = SCORE if path == records.LANGUAGE_SCORE else LABEL
    expected = {"scores": SCORE, "signatures": kind, None: plain}[match[1]]
    if kind != expected:
        raise ConfigError(f"step {step.name!r} adds {path!r} as {kind}: it must be {expected}")


def _below(paths: Iterable[str], parent: str) -> tuple[str, ...]:
    return tuple(sorted(path.removeprefix(f"{parent}.") for path in paths if path.startswith(f"{parent}.")))
