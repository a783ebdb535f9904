"""The driver: from a recipe to a finished output folder.

    lock the folder -> list the inputs -> fingerprint the stages -> remove what is stale
    -> for each stage: plan, run the ranks that have no commit, count -> publish, manifest last

After a kill at any moment, the same call resumes from the commits.
"""

import contextlib
import os
import shutil
import time
from collections.abc import Mapping, Sequence
from hashlib import blake2b
from pathlib import Path
from typing import Any

import orjson

from xdata.disk import disk_error, hash_file, is_temporary, write_atomically
from xdata.errors import CheckError, ConfigError
from xdata.language_files import check_overlay
from xdata.output.counts import GUARD, Counts, Failures
from xdata.output.manifest import RECIPE, Manifest
from xdata.recipe.phases import ANNOTATE, EMIT, INDEX, READ
from xdata.recipe.recipe import Guard, Recipe
from xdata.recipe.steps import STEPS
from xdata.recipe.user_code import source_of
from xdata.run.commit import commit_path, read_commit, temporary_folder
from xdata.run.executors.executor import Executor
from xdata.run.executors.local import InlineExecutor, LocalExecutor
from xdata.run.failures import (
    Warnings,
    failure_warnings,
    file_warnings,
    folder_warnings,
    language_warnings,
    refuse_bad_files,
    refuse_empty_input,
    refuse_failures,
    refuse_if_all_failed,
    refuse_warnings,
)
from xdata.run.fingerprint import changes, fingerprints, folder_name
from xdata.run.input_files import InputFiles
from xdata.run.lock import locked
from xdata.run.observer import Observer, Silence
from xdata.run.options import StageOptions, check_options, part_bytes
from xdata.run.ownership import LAST_RUN, RANKS_RECIPE, WORK, WORK_FILES, own, refuse_foreign, refuse_own_inputs
from xdata.run.parts import IndexFacts, IndexPart, Part
from xdata.run.phases.rows import check_rows
from xdata.run.publish import Finished, publish, withdraw
from xdata.run.task import Task
from xdata.run.work import Planning, work_of
from xdata.step import PART_BYTES, DamagedFile, InputFile, Listing, UnreadableFile

_STAGE = "stage.json"
"""In a stage's folder: what its fingerprint is made of."""
_MOST_NOTES = 20
"""Largest number of notes of one kind that are listed one by one."""


def build(
    recipe: Recipe,
    out: Path,
    *,
    work: Path | None = None,
    workers: int | None = None,
    executor: Executor | None = None,
    options: Mapping[str, StageOptions] | None = None,
    strict: bool = False,
    no_replace: bool = False,
    observer: Observer | None = None,
) -> Manifest:
    """Runs a recipe into the folder `out`, going on from what an earlier call of the same recipe left.

    `work` is where stages keep what is between them, `out/work` unless given; `executor` is what runs ranks: `workers`
    processes of this machine, or this process where neither is given; `options` are the execution options of stages, by
    their names; `strict` makes the first warning an error, before a manifest is written; `no_replace` refuses to
    replace what another configuration made. Files in `out` that no run wrote are not touched: where one is in the way,
    the run is refused. Raises XdataError, as where no record can be used or a step fails on too many; what was
    committed until then stays.
    """
    observer = observer or Silence()
    out = out.expanduser().resolve()
    work = (work or out / WORK).expanduser().resolve()
    executor = executor or (
        InlineExecutor() if workers is None else LocalExecutor(workers=workers, hub=recipe.reads_hub)
    )
    check_overlay()
    check_code(recipe)
    check_options(options or {}, recipe)
    listing = recipe.reader.list_files(without=out)
    refuse_bad_files(listing.unreadable, recipe.guard)
    if not listing.files:
        refuse_empty_input(InputFiles.of(listing), Counts())
    resources = (path for step in recipe.steps for path in step.resources())
    refuse_own_inputs(out, work, (file.location for file in listing.files), resources)
    with locked(out), locked(work) if work != out else contextlib.nullcontext():
        try:
            return _build(
                recipe,
                listing,
                out,
                work,
                executor=executor,
                options=options or {},
                strict=strict,
                no_replace=no_replace,
                observer=observer,
            )
        except OSError as error:
            raise disk_error(error, Path(error.filename or out)) from error


def extending(recipe: Recipe, folder: Path) -> Recipe:
    """The recipe with the data of an earlier output beside its sources.

    Raises CheckError where that is not whole, ConfigError where its data is not records of xdata.
    """
    folder = folder.expanduser().resolve()
    manifest = Manifest.read(folder)
    if manifest.copies_rows and not manifest.copies_records:
        raise ConfigError(
            f"--extend {folder}: has rows that the recipe {manifest.recipe} copied, and no records of xdata: give it "
            "as --input, or extend an output of another recipe, as monolingual_corpus"
        )
    for file in manifest.files:
        if file.path.startswith("data/") and not _has_size(folder / file.path, file.num_bytes):
            raise CheckError(f"{folder / file.path}: is missing or damaged: run xdata check for all damaged files")
    return recipe.extending(folder) if manifest.languages else recipe


def check_code(recipe: Recipe) -> None:
    """Raises ConfigError where a rank could not find the class of a step, or would not read the recipe back."""
    code = {os.path.realpath(path) for path in recipe.code}
    for stage in recipe.stages:
        for step in stage.steps:
            if type(step) in STEPS:
                continue
            path = source_of(type(step))
            if path is None or os.path.realpath(path) not in code:
                raise ConfigError(
                    f"step {step.name!r} is of a class that no file of the recipe's code defines: put the class into a "
                    "Python file, and name that in Recipe(…, code=(__file__,))"
                )
    Recipe.from_json(recipe.to_json(), where=f"recipe {recipe.name!r}")


def stages_of(recipe: Recipe, work: Path) -> list[Task]:
    """The stages of a run with the folders that they would have. Raises InputError for inputs that are not there."""
    files = list(recipe.reader.list_files().files)
    facts = fingerprints(recipe, files)
    folders = {stage.name: folder_name(stage, facts[stage.name]) for stage in recipe.stages}
    return [Task(recipe, stage.name, work.expanduser().resolve(), folders) for stage in recipe.stages]


def _build(
    recipe: Recipe,
    listing: Listing,
    out: Path,
    work: Path,
    *,
    executor: Executor,
    options: Mapping[str, StageOptions],
    strict: bool,
    no_replace: bool,
    observer: Observer,
) -> Manifest:
    files = list(listing.files)
    check_rows(recipe, files)
    size = _read_part_bytes(recipe, files, options)
    facts = fingerprints(recipe, files)
    fingerprint = facts[recipe.stages[-1].name]["fingerprint"]
    before = _read_manifest(out)
    if before is not None and before.fingerprint == fingerprint and _is_whole(before, out):
        _refuse_finished(before, recipe.guard, strict=strict)
        observer.note(f"{out}: is complete already, nothing is to be done (xdata check reads every byte of it)")
        return before
    refuse_foreign(out, work)
    folders = {stage.name: folder_name(stage, facts[stage.name]) for stage in recipe.stages}
    folders[INDEX.name] = _index_folder(recipe, files, size)
    if no_replace:
        _refuse_other(out, work, before, folders, facts)
    if before is not None and not any((work / folder).is_dir() for folder in _last_folders(work).values()):
        observer.note(f"{work}: what was between the stages is gone, so everything is done again")
    executor.settle(work, observer)
    withdraw(out)
    own(work, WORK_FILES)
    _remove_leftovers(out, work)
    text = recipe.to_yaml().encode()
    for folder in (out, work):
        write_atomically(folder / RECIPE, text)
    write_atomically(work / RANKS_RECIPE, recipe.to_json())
    write_atomically(work / LAST_RUN, orjson.dumps({"folders": folders}))
    notes = [*recipe.notes(), *_file_notes(recipe, files, size), *_ignored_notes(listing.ignored)]
    for note in [*(f"runs the Python code of {path}" for path in recipe.code), *notes]:
        observer.note(note)
    seconds: dict[str, float] = {}
    inputs, warnings = InputFiles.of(listing), Warnings(observer, strict=strict)
    warnings.add(folder_warnings(recipe))
    tasks = [Task(recipe, stage.name, work, folders) for stage in recipe.stages]
    with executor:
        indexing = Planning(task=Task(recipe, INDEX.name, work, folders), files=files, part_bytes=size)
        offsets = _run_index(indexing, executor, observer)
        for number, task in enumerate(tasks):
            begin = time.monotonic()
            _prepare(task, facts[task.name], observer)
            planning = Planning(
                task=task,
                files=files,
                offsets=offsets,
                part_bytes=size,
                options=options.get(task.name, StageOptions()),
            )
            _write_plan(task, work_of(task.phase).plan(planning), later=tasks[number + 1 :])
            _forget_lost(task, out)
            _run(task, executor, observer)
            inputs = InputFiles.of(listing, task) if task.phase == READ else inputs
            observer.stage_ended(task.name, work_of(task.phase).summary(task, inputs))
            _judge(task, inputs, warnings)
            seconds[task.name] = round(time.monotonic() - begin, 3)
    warnings.add(language_warnings(recipe, tasks))
    finished = Finished(recipe, files, listing.ignored, facts, tasks, seconds, notes, warnings.lines, inputs)
    return publish(finished, out, observer=observer)


def _read_manifest(out: Path) -> Manifest | None:
    try:
        return Manifest.read(out)
    except CheckError:
        return None


def _is_whole(manifest: Manifest, out: Path) -> bool:
    return all(_has_size(out / file.path, file.num_bytes) for file in manifest.files)


def _last_folders(work: Path) -> dict[str, str]:
    """Stage -> its folder, as the last run into this work folder had them; empty before the first."""
    try:
        folders: dict[str, str] = orjson.loads((work / LAST_RUN).read_bytes())["folders"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}
    return folders


def _refuse_other(
    out: Path, work: Path, before: Manifest | None, folders: Mapping[str, str], facts: Mapping[str, Mapping[str, Any]]
) -> None:
    """Raises ConfigError where the folder has a corpus or stages of another configuration (`--no-replace`)."""
    last = _last_folders(work)
    differ = [stage for stage in facts if last and last.get(stage) != folders[stage]]
    same = before.fingerprint == list(facts.values())[-1]["fingerprint"] if before is not None else not differ
    if same:
        return
    changed = []
    for stage in differ:
        path = work / last.get(stage, stage) / _STAGE
        if path.is_file():
            changed += changes(orjson.loads(path.read_bytes()), facts[stage])
    raise ConfigError(
        f"{out}: was built with another configuration ({'; '.join(changed) or 'the differences are unknown'}): "
        "use another --out, or remove --no-replace to replace it"
    )


def _remove_leftovers(out: Path, work: Path) -> None:
    """Removes what killed runs left half-written in the two folders themselves; stages see to their own."""
    for folder in (out, work):
        for path in folder.glob(".*"):
            if is_temporary(path):
                path.unlink(missing_ok=True)


def _prepare(task: Task, facts: Mapping[str, Any], observer: Observer) -> None:
    """Makes the stage's folder, reports why it is new, and removes half-written files of a killed run."""
    before = None if task.folder.is_dir() else _latest_other(task.work, task.name, facts)
    if before is not None:
        changed = changes(before, facts)
        why = f"it changed ({'; '.join(changed)})" if changed else "a stage before it changed"
        observer.note(f"{task.name}: is done again, because {why}")
    shutil.rmtree(temporary_folder(task.folder), ignore_errors=True)
    write_atomically(task.folder / _STAGE, orjson.dumps(facts, option=orjson.OPT_INDENT_2))


def _latest_other(work: Path, stage: str, facts: Mapping[str, Any]) -> dict[str, Any] | None:
    """What the latest other configuration of a stage was made of, None where there was none."""
    found = [path for path in work.glob(f"{stage}-*/{_STAGE}") if path.is_file()]
    for path in sorted(found, key=lambda path: path.stat().st_mtime_ns, reverse=True):
        before: dict[str, Any] = orjson.loads(path.read_bytes())
        if before["fingerprint"] != facts["fingerprint"]:
            return before
    return None


def _read_part_bytes(recipe: Recipe, files: Sequence[InputFile], options: Mapping[str, StageOptions]) -> int:
    """Bytes of input that one rank reads."""
    asked = options.get(recipe.stages[0].name, StageOptions()).part_bytes
    return part_bytes(sum(map(recipe.reader.weight, files)), most=PART_BYTES, asked=asked)


def _write_plan(task: Task, parts: Sequence[Part], *, later: Sequence[Task] = ()) -> None:
    """Writes the plan; where one of other parts is there, what was done by it, and in later stages, is done again."""
    if task.planned and not _is_planned(task, parts):
        for stale in (*reversed(later), task):
            for what in ("commits", "verdicts"):
                shutil.rmtree(stale.folder / what, ignore_errors=True)
    task.write_plan(parts)


def _is_planned(task: Task, parts: Sequence[Part]) -> bool:
    """Whether the plan on the disk has these parts."""
    try:
        planned = task.parts(work_of(task.phase).part)
    except ValueError:
        return False
    return [part.identity for part in planned] == [part.identity for part in parts]


def _forget_lost(task: Task, out: Path) -> None:
    """Takes back the commits of ranks whose outputs are gone; those of the last stage may have been published."""
    for rank in range(task.num_parts):
        path = commit_path(task.folder, rank)
        if not path.is_file():
            continue
        try:
            whole = all(_is_there(task, output, out) for output in read_commit(task.folder, rank).outputs)
        except (ValueError, KeyError, TypeError):
            whole = False
        if not whole:
            path.unlink()


def _is_there(task: Task, output: Any, out: Path) -> bool:
    if _has_size(task.folder / output.name, output.num_bytes):
        return True
    published = out / output.name
    return task.phase == EMIT and _has_size(published, output.num_bytes) and hash_file(published) == output.sha256


def _has_size(path: Path, num_bytes: int) -> bool:
    try:
        return path.stat().st_size == num_bytes
    except OSError:
        return False


def _run(task: Task, executor: Executor, observer: Observer) -> None:
    observer.stage_began(
        task.name,
        num_parts=task.num_parts,
        num_done=task.num_parts - len(task.missing_ranks()),
        num_bytes=sum(task.sizes),
        bytes_done=task.bytes_committed(),
    )
    executor.run(task, observer)
    shutil.rmtree(temporary_folder(task.folder), ignore_errors=True)


def _judge(task: Task, inputs: InputFiles, warnings: Warnings) -> None:
    """Warns of what a stage could not read or failed on. Raises InputError or RunError where that is too much."""
    if task.phase not in (READ, ANNOTATE):
        return
    guard, counts = task.recipe.guard, task.counts
    total = counts.total
    if task.phase == READ:
        refuse_bad_files([*inputs.unreadable, *inputs.damaged], guard)
        refuse_empty_input(inputs, inputs.readable(counts))
        warnings.add(file_warnings(inputs))
    refuse_failures(counts, guard, total=total.read + total.made)
    refuse_if_all_failed([task, *task.upstream], inputs)
    warnings.add(failure_warnings(counts))


def _refuse_finished(manifest: Manifest, guard: Guard, *, strict: bool) -> None:
    """Raises InputError or RunError where a finished run would have failed by the limits that it is given now."""
    unreadable = [UnreadableFile(**file) for file in manifest.unreadable_files]
    refuse_bad_files([*unreadable, *(DamagedFile(**file) for file in manifest.damaged_files)], guard)
    for stage in manifest.stages:
        counts = Counts()
        for facts in manifest.failed:
            if facts["step"] in stage.steps or (facts["step"] == GUARD and stage.phase == READ.name):
                num = manifest.num_failed_by_step[facts["step"]]
                counts.failures.setdefault(facts["step"], Failures(facts["id"], facts["error"], num))
        total = sum(numbers["read"] + numbers["made"] for numbers in stage.documents.values())
        refuse_failures(counts, guard, total=total)
    if strict and manifest.warnings:
        refuse_warnings(manifest.warnings)


def _run_index(planning: Planning, executor: Executor, observer: Observer) -> dict[int, Sequence[int]]:
    """Number of each large file -> where it can be cut."""
    task, work = planning.task, work_of(INDEX)
    parts = work.plan(planning)
    if not parts:
        return {}
    shutil.rmtree(temporary_folder(task.folder), ignore_errors=True)
    _write_plan(task, parts)
    _run(task, executor, observer)
    observer.stage_ended(task.name, work.summary(task, InputFiles()))
    numbers = {(file.source, file.path): number for number, file in enumerate(planning.files)}
    files = [part.file for part in task.parts(IndexPart)]
    return {
        numbers[file.source, file.path]: facts.offsets
        for file, facts in zip(files, task.facts(IndexFacts), strict=True)
    }


def _index_folder(recipe: Recipe, files: list[InputFile], size: int) -> str:
    """Named after what an index depends on: the files, and how the reader cuts them."""
    reader = recipe.reader.model_dump(mode="json", exclude={"sources"})
    facts = [reader, size, [list(file.identity) for file in files]]
    return f"{INDEX.name}-{blake2b(orjson.dumps(facts), digest_size=6).hexdigest()}"


def _file_notes(recipe: Recipe, files: list[InputFile], size: int) -> list[str]:
    return _few(
        [
            *recipe.reader.notes(files, part_bytes=size),
            *(f"{file.source}/{file.path}: is empty" for file in files if file.size == 0 and file.location),
        ]
    )


def _ignored_notes(ignored: Sequence[tuple[str, str]]) -> list[str]:
    return _few([f"{path}: {why}" for path, why in ignored])


def _few(notes: list[str]) -> list[str]:
    more = len(notes) - _MOST_NOTES
    return notes if more <= 1 else [*notes[:_MOST_NOTES], f"and {more} more files like the last one"]
