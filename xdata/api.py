"""The Python interface: build a recipe, load an output, identify languages. `import xdata` has these functions."""

import contextlib
import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from xdata.commands.identify import candidate_weights, identify_lines
from xdata.commands.progress import progress_here
from xdata.errors import ConfigError, InputError, UsageError, brief_errors
from xdata.language_files import language_overlay
from xdata.languages import resolve_codes
from xdata.models.language import XLID, LanguageIdentifier, check_nameable, load_identifier
from xdata.models.priors import Prior
from xdata.output.folder import Output
from xdata.output.manifest import Manifest
from xdata.readers.inputs import is_default_name, sources_of
from xdata.readers.memory import remove_others
from xdata.readers.source_options import with_fields, with_kept
from xdata.readers.sources import Source
from xdata.recipe.functions import RUN_OPTIONS, find_recipe, with_run_options
from xdata.recipe.job import read_recipe
from xdata.recipe.recipe import Recipe
from xdata.references import ModelRef
from xdata.run.build import build as run
from xdata.run.build import extending
from xdata.run.executors.executor import Executor
from xdata.run.executors.named import ExecutorName, make_executor
from xdata.run.observer import Silence
from xdata.run.options import StageOptions
from xdata.run.ownership import INPUTS, WORK, refuse_foreign
from xdata.validation import validate

AnyPath = str | os.PathLike[str]
CONTINUES = "xdata: interrupted: the same call continues from here"
"""Note on a KeyboardInterrupt."""


@brief_errors
def build(
    recipe: AnyPath | Recipe,
    *,
    out: AnyPath,
    inputs: Any = None,
    languages: str | Iterable[str] = (),
    fields: Mapping[str, str] | None = None,
    id: str | None = None,
    keep: str | Sequence[str] | Mapping[str, str] | None = None,
    workers: int | None = None,
    executor: ExecutorName | Executor = "local",
    work: AnyPath | None = None,
    stage: Mapping[str, Any] | None = None,
    slurm: Mapping[str, str] | None = None,
    language_files: AnyPath | None = None,
    extend: AnyPath | None = None,
    limit: int | None = None,
    strict: bool = False,
    no_replace: bool = False,
    progress: bool = True,
    **parameters: Any,
) -> Output:
    """Runs a recipe into a folder, or continues a run that was interrupted.

    The call has the options of `xdata build`, under the same names. It returns when the output is complete. A second
    call with the same arguments does nothing. After a kill, an error or Ctrl-C, it continues from what was done.

    Args:
        recipe: Name of a recipe (`"monolingual_corpus"`), with a preset (`"monolingual_corpus:fineweb2"`), path of a
            `.py` file or of a `recipe.yaml`, or a `Recipe`.
        out: Folder of the output.
        inputs: What to read: a path, glob, folder, hub id (`hf:organisation/name`) or `sources.yaml`; a `Source`; a
            `datasets.Dataset`, pandas or polars DataFrame, Arrow table, or iterable of dicts; a list of these; or a
            dict that names them, `{"news": …, "wiki": {"path": "wiki/*.jsonl", "license": "CC-BY-SA-4.0"}}`, whose
            inner keys are those of `sources.yaml`, with `data` for rows in memory. Rows in memory are written once
            below the work folder. The place of a record, which its id follows from, is the number of its row, from 0.
        languages: Languages to keep, such as `"swh_Latn"` or `["sw", "mt"]`; all that are found unless given.
        fields: Field of xdata (`text`, `url`, `date`, `language`, `license`, `domain`) -> column of the input.
        id: Column of the input with ids of your own, which records keep as `original_id`.
        keep: Other columns of the input that records keep: `"all"`, a list, or a dict input name -> output name. A
            table's columns keep their types. Lone surrogates become U+FFFD, and JSONL outputs have null for NaN and
            infinities.
        workers: Processes at a time; one for each core unless given.
        executor: `"local"` (processes of this machine), `"inline"` (this process, for debuggers), `"ray"` or
            `"slurm"`.
        work: Folder for what is between the stages; `out/work` unless given.
        stage: Execution options of stages, `{"read.part_bytes": 16_000_000}`; they change no result.
        slurm: Options of `sbatch`, for that executor.
        language_files: Folder of language files that replace those of xdata.
        extend: Earlier output, whose records stay as they are and to which the input is added.
        limit: Number of records to read of each file, for a trial.
        strict: Whether the first warning is an error.
        no_replace: Whether output of another configuration is an error, in place of being replaced.
        progress: Whether progress, notes and warnings are shown: in the notebook, or on standard error.
        **parameters: Parameters of the recipe (`xdata show RECIPE` lists them): numbers, strings, lists, and dicts for
            option groups, such as `splitting={"splits": {"test": 0.02}}`; and options of every run, such as
            `max_failed_share`.

    Returns:
        The `Output`.

    Raises:
        ConfigError: The recipe, a parameter or an option is wrong.
        InputError: Input is missing, unreadable, or not what it was declared to be.
        ResourceError: A model, package or disk space is missing.
        RunError: A worker failed or was killed, or a step failed on too many records.

    Example:
        >>> rows = [{"text": "Watu wote wamezaliwa huru, hadhi na haki zao ni sawa.", "url": "https://a.example/1"}]
        >>> output = xdata.build(
        ...     "monolingual_corpus",
        ...     inputs=rows,
        ...     languages="swh_Latn",
        ...     out="small",
        ...     min_words=5,
        ...     thresholds="none",
        ...     progress=False,
        ... )
        >>> output.num_records
        1
    """
    folder = Path(out).expanduser()
    between = folder / WORK if work is None else Path(work).expanduser()
    with language_overlay(None if language_files is None else Path(language_files)):
        sources = _sources(inputs, folder, between, fields=fields, id=id, keep=keep)
        made = _recipe(recipe, sources, (languages,) if isinstance(languages, str) else tuple(languages), parameters)
        made = made if extend is None else extending(made, Path(extend))
        notes = _shared_names(made)
        made = made if limit is None else made.limited(_count("limit", limit))
        ranks = _executor(executor, made, workers=workers, slurm=slurm)
        with progress_here() if progress else contextlib.nullcontext(Silence()) as observer:
            for note in notes:
                observer.note(note)
            try:
                run(
                    made,
                    folder,
                    work=between,
                    executor=ranks,
                    options=_stage_options(stage or {}),
                    strict=strict,
                    no_replace=no_replace,
                    observer=observer,
                )
            except KeyboardInterrupt as error:
                error.add_note(CONTINUES)
                raise error.with_traceback(None) from None
    remove_others(between / INPUTS, [Path(source.root) for source in made.reader.sources if source.content])
    return Output.open(folder)


@brief_errors
def load(path: AnyPath) -> Output:
    """Opens an output folder.

    Args:
        path: The folder, as `build` or `xdata build --out` wrote it.

    Returns:
        An `Output`, with the manifest read; files are opened when they are asked for.

    Raises:
        CheckError: The folder does not exist, is no output folder, or its build is not complete.

    Example:
        >>> xdata.load("corpus").configs
        ('mlt_Latn', 'swh_Latn')
    """
    return Output.open(Path(path))


@dataclass(frozen=True)
class TextLanguage:
    """The language of one text, as `identify` finds it.

    Attributes:
        language: `iso639-3_Script`, such as `swh_Latn`; `und` where the text has no letters, looks like no text, or no
            language is probable enough.
        probability: Probability of the language, in [0, 1]; where it is `und`, that of what is most probable.
        alternatives: Other languages with a probability of at least 0.05, the most probable first.
    """

    language: str
    probability: float
    alternatives: tuple[tuple[str, float], ...] = ()


@brief_errors
def identify(
    texts: str | Iterable[str],
    *,
    candidates: str | Iterable[str] = (),
    other_weight: float = 0.1,
    min_score: float = 0.0,
    prior: Prior = "equal",
    model: AnyPath | None = None,
    labels: AnyPath | None = None,
) -> list[TextLanguage]:
    """Identifies the language of texts, with xdata's own model or a fastText model.

    Texts are read in batches, so an iterable may be longer than memory; a result takes some 200 bytes. The result of a
    text does not depend on the other texts.

    Args:
        texts: Texts of any length: an iterable of strings, or one string.
        candidates: Languages that are expected, such as `["mlt_Latn", "eng_Latn"]`: others are less probable.
        other_weight: Factor of the probability of languages that are no candidates, in [0, 1].
        min_score: Probability below which the language is `und`, in [0, 1].
        prior: How frequent languages are taken to be by xdata's model: `"equal"`, or `"people"`, by how many people
            write them.
        model: File of a fastText model in place of xdata's.
        labels: YAML file that maps the labels of that model to ISO 639-3; not needed for `iso639-3_Script`.

    Returns:
        A `TextLanguage` for each text, in order; a list of one for one string.

    Raises:
        InputError: An element is no string.
        ConfigError: A candidate is no language, or none that the model knows; an option is out of range.
        ResourceError: The model cannot be read.

    Example:
        >>> [found] = xdata.identify("Il-bnedmin kollha jitwieldu ħielsa u ugwali fid-dinjità u d-drittijiet.")
        >>> found.language
        'mlt_Latn'
        >>> [each.language for each in xdata.identify(["Habari za asubuhi, rafiki yangu mpendwa.", "12345"])]
        ['swh_Latn', 'und']
    """
    for name, value in (("other_weight", other_weight), ("min_score", min_score)):
        if not 0 <= value <= 1:
            raise ConfigError(f"{name}: expected a number from 0 to 1, found {value!r}")
    reference = _model(model, labels, prior)
    expected = resolve_codes([candidates] if isinstance(candidates, str) else candidates)
    check_nameable(expected, model=reference)
    found = identify_lines(
        _texts([texts] if isinstance(texts, str) else texts),
        _identifier(reference, prior),
        min_score=min_score,
        weights=candidate_weights(expected, other_weight=other_weight) if expected else None,
    )
    return [TextLanguage(each.language, each.found.score, each.found.alternatives) for each in found]


def _model(model: AnyPath | None, labels: AnyPath | None, prior: Prior) -> ModelRef:
    if model is None:
        if labels is not None:
            raise UsageError("labels: applies to a model of your own: give model too")
        return XLID
    if prior != "equal":
        raise UsageError("prior: applies to xdata's model: a fastText model has the frequencies of its training data")
    path = os.path.abspath(Path(model).expanduser())
    return ModelRef(backend="fasttext", model=path, labels=None if labels is None else os.fspath(labels))


@cache
def _identifier(model: ModelRef, prior: Prior) -> LanguageIdentifier:
    return load_identifier(model, prior=prior)


def _texts(texts: Iterable[str]) -> Iterator[str]:
    for number, text in enumerate(texts):
        if not isinstance(text, str):
            raise InputError(f"texts[{number}]: expected a string, found {type(text).__name__}")
        yield text


def _sources(
    inputs: Any,
    out: Path,
    work: Path,
    *,
    fields: Mapping[str, str] | None,
    id: str | None,
    keep: str | Sequence[str] | Mapping[str, str] | None,
) -> tuple[Source, ...]:
    """The sources of some input; rows in memory are written, unless the folders belong to somebody else."""
    if inputs is None:
        for name, value in (("fields", fields), ("id", id), ("keep", keep)):
            if value is not None:
                raise ConfigError(f"{name}: applies to inputs, and there are none: give inputs=…")
        return ()
    refuse_foreign(out.resolve(), work.resolve())
    sources = sources_of(inputs, folder=work.resolve() / INPUTS)
    sources = with_fields(sources, {**(fields or {}), **({} if id is None else {"id": id})})
    return sources if keep is None else with_kept(sources, keep, where="keep")


def _recipe(
    recipe: AnyPath | Recipe, sources: tuple[Source, ...], languages: tuple[str, ...], parameters: Mapping[str, Any]
) -> Recipe:
    """The recipe over the sources, with its parameters. Raises ConfigError."""
    if isinstance(recipe, Recipe):
        others = sorted(parameters.keys() - RUN_OPTIONS.keys())
        if languages or others:
            found = ", ".join([*(["languages"] if languages else []), *others])
            raise ConfigError(f"a Recipe states everything itself: remove {found}")
        return with_run_options(recipe.reading(sources) if sources else recipe, {}, parameters)
    if os.fspath(recipe).endswith((".yaml", ".yml")):
        return read_recipe(Path(recipe), sources=sources, languages=languages, parameters=parameters)
    function = find_recipe(os.fspath(recipe))
    if function.takes("sources") and not sources:
        raise ConfigError(f"recipe {function.name!r} needs input: xdata.build(…, inputs=…)")
    return function.make(sources=sources, languages=languages, parameters=parameters)


def _shared_names(recipe: Recipe) -> list[str]:
    """Notes on rows in memory of a source that an output folder among the input has too, which are read as the same.

    Raises ConfigError where such rows were given no name, so that this is not meant.
    """
    notes = []
    folders = [Path(source.root) for source in recipe.reader.sources if source.xdata]
    for source in (source for source in recipe.reader.sources if source.content):
        for folder in folders:
            if source.name not in [each.name for each in Manifest.read(folder).sources]:
                continue
            if is_default_name(source.name):
                raise ConfigError(
                    f"inputs: {folder} has a source {source.name!r} too, so rows with equal numbers would be taken for "
                    "the same: give the rows a name, inputs={'NAME': rows}"
                )
            notes.append(
                f"source {source.name!r} is in {folder} too: rows in memory with the numbers of its records are not "
                "read again; give them another name where they are others"
            )
    return notes


def _executor(
    executor: ExecutorName | Executor, recipe: Recipe, *, workers: int | None, slurm: Mapping[str, str] | None
) -> Executor:
    if not isinstance(executor, str):
        return executor
    return make_executor(executor, recipe, workers=None if workers is None else _count("workers", workers), slurm=slurm)


def _stage_options(stage: Mapping[str, Any]) -> dict[str, StageOptions]:
    """Stage -> its options, out of `{"read.part_bytes": …}` or `{"read": {"part_bytes": …}}`."""
    found: dict[str, dict[str, Any]] = {}
    for key, value in stage.items():
        name, _, option = key.partition(".")
        found.setdefault(name, {}).update({option: value} if option else value)
    return {name: validate(StageOptions, options, where=f"stage: {name}") for name, options in found.items()}


def _count(name: str, value: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise ConfigError(f"{name}: expected a whole number from 1, found {value!r}")
    return value
