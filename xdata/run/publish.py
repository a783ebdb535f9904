"""From the finished last stage to the output folder: shards, card, report, and the manifest last."""

import errno
import platform
import shutil
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pyarrow as pa
from jinja2 import UndefinedError

from xdata import __version__, records
from xdata.disk import flush, hash_file, temporary_name, write_atomically
from xdata.errors import CheckError, one_line
from xdata.export.splits import TRAIN, SplitExport
from xdata.export.upsample import Upsample
from xdata.language_files import facts_of
from xdata.output.card import CARD, write_card
from xdata.output.counts import MOST_NAMED_IN_ALL, Counts
from xdata.output.leakage import needs_leakage, prove
from xdata.output.manifest import (
    MANIFEST,
    RECIPE,
    TABLE_FOLDERS,
    Cost,
    FileFacts,
    InputFolder,
    KnownCorpus,
    LanguageFacts,
    LargeCluster,
    Leakage,
    Manifest,
    ShardName,
    SourceFacts,
    StageFacts,
)
from xdata.output.report import REPORT, write_report
from xdata.recipe.phases import CLUSTER, EMIT, GROUP
from xdata.recipe.recipe import Recipe
from xdata.run.commit import Output, temporary_folder
from xdata.run.fingerprint import LIBRARIES
from xdata.run.input_files import InputFiles
from xdata.run.ledger import Ledger
from xdata.run.observer import Observer
from xdata.run.ownership import DOCUMENTS, own, tables
from xdata.run.parts import ClusterFacts, EmitFacts, GroupFacts
from xdata.run.phases.columns import KeptColumns
from xdata.run.phases.contents import MOST_HOSTS, most_frequent
from xdata.run.phases.upsample import upsample_by_language
from xdata.run.task import Task
from xdata.step import Cluster, Filter, InputFile, Reader, ScoreLimit

_WITHOUT = {
    "stop_words": ("stop-word list", "stop-word rules disabled"),
    "thresholds": ("calibrated thresholds", "default thresholds of rules apply"),
}
"""Group of facts that a language file may lack -> (what is missing, what follows in a build)."""
_MOST_CLUSTERS = 50
"""Large clusters that the manifest names of a stage."""
_MOST_SHOWN = 8
"""Languages that a note names."""
_MOST_NAMED = 1000
"""Ignored files that a manifest names."""


@dataclass(frozen=True)
class Finished:
    """A run whose stages are all done."""

    recipe: Recipe
    files: Sequence[InputFile]
    ignored: Sequence[tuple[str, str]]
    """(path, why) of files and folders that were passed over."""
    facts: Mapping[str, Mapping[str, Any]]
    tasks: Sequence[Task]
    seconds: Mapping[str, float]
    notes: Sequence[str]
    warnings: Sequence[str]
    inputs: InputFiles
    """Files of the input, those among them that cannot be read."""

    @cached_property
    def emitted(self) -> list[EmitFacts]:
        """What the ranks of all stages that emit tell."""
        return [facts for task in _emitting(self) for facts in task.facts(EmitFacts)]


def withdraw(out: Path) -> None:
    """Removes the files that mark the folder as complete: manifest, card and report, if xdata wrote them."""
    own(out, DOCUMENTS)
    for name in (MANIFEST, CARD, REPORT):
        (out / name).unlink(missing_ok=True)


def publish(finished: Finished, out: Path, *, observer: Observer) -> Manifest:
    """Moves the shards to their place and writes card, report and manifest."""
    emitted = [(task, output) for task in _emitting(finished) for commit in task.commits for output in commit.outputs]
    outputs = [output for _, output in emitted]
    names = {output.name for output in outputs}
    own(out, names)
    _remove_others(out, names)
    for task, output in emitted:
        _move(task.folder / output.name, out / output.name)
    manifest = _proved(_manifest(finished, outputs), finished, out)
    for note in manifest.notes[len(finished.notes) :]:
        observer.note(note)
    write_card(manifest, out)
    write_report(manifest, out)
    others = [_file_facts(out, name) for name in (CARD, RECIPE, REPORT)]
    manifest = manifest.model_copy(update={"files": [*manifest.files, *others]})
    _write_manifest(manifest, out)
    return manifest


def _proved(manifest: Manifest, finished: Finished, out: Path) -> Manifest:
    """The manifest with the check for leakage between splits. Raises CheckError with every leak found."""
    if not needs_leakage(manifest):
        return manifest
    grouping = next((task for task in finished.tasks if task.phase == GROUP), None)
    emitting = _emitting(finished)[0]
    columns = None
    scratch = temporary_folder(emitting.folder)
    if grouping is not None:
        ledger = Ledger(emitting)
        columns = KeptColumns(ledger, ledger.groups, language="", totals={}, scratch=scratch / "leakage")
    leakage, problems = prove(out, manifest, columns=columns)
    shutil.rmtree(scratch, ignore_errors=True)
    if problems:
        raise CheckError(f"{out}: the leakage check failed, so the output is not published: {'; '.join(problems)}")
    if grouping is None:
        return manifest.model_copy(update={"leakage": leakage})
    [facts] = grouping.facts(GroupFacts)
    leakage = leakage.model_copy(
        update={
            "num_groups": facts.num_groups,
            "largest_group": facts.largest,
            "largest_sites": facts.sites,
            "shared": facts.shared,
        }
    )
    notes = [*manifest.notes, *_split_notes(leakage, finished.recipe)]
    return manifest.model_copy(update={"leakage": leakage, "notes": notes})


def _split_notes(leakage: Leakage, recipe: Recipe) -> Iterator[str]:
    """What of splits is not as it was asked for: their sizes, and names that nothing has."""
    total = sum(split.num_documents for split in leakage.splits.values())
    held = {name: split for name, split in leakage.splits.items() if name != TRAIN}
    if total and any(leakage.largest_group > split.asked * total for split in held.values()):
        got = ", ".join(f"{name} {split.share:.1%} (asked {split.asked:.1%})" for name, split in held.items())
        sites = f" (as of {', '.join([*leakage.largest_sites][:2])})" if leakage.largest_sites else ""
        belong = f"{leakage.largest_group / total:.1%} of the documents belong together"
        yield f"splits: {got}: {belong}{sites}, more than a split was to have"
    names = {name for source in recipe.reader.sources for name in source.groups} - {records.SOURCE_IDS}
    for name in sorted(names - leakage.shared.keys()):
        yield f"splitting.groups: no kept document has a {name!r}"


def _emitting(finished: Finished) -> list[Task]:
    return [task for task in finished.tasks if task.phase == EMIT]


def rewrite_report(out: Path) -> None:
    """Writes the report of a folder again, and its entry in the manifest. Raises CheckError without a manifest."""
    manifest = Manifest.read(out)
    try:
        write_report(manifest, out)
    except (pa.ArrowException, OSError, LookupError, TypeError, ValueError, UndefinedError) as error:
        raise CheckError(
            f"{out}: its tables are damaged ({one_line(str(error), limit=120)}): see xdata check"
        ) from None
    files = [_file_facts(out, REPORT) if file.path == REPORT else file for file in manifest.files]
    _write_manifest(manifest.model_copy(update={"files": files}), out)


def _write_manifest(manifest: Manifest, out: Path) -> None:
    write_atomically(out / MANIFEST, (manifest.model_dump_json(indent=1) + "\n").encode())


def _remove_others(out: Path, wanted: Collection[str]) -> None:
    """Removes tables of another configuration, and folders that are empty without them."""
    for path in tables(out):
        if path.relative_to(out).as_posix() not in wanted:
            path.unlink()
    for name in TABLE_FOLDERS:
        for folder in sorted((path for path in (out / name).rglob("*") if path.is_dir()), reverse=True):
            if not any(folder.iterdir()):
                folder.rmdir()


def _move(source: Path, target: Path) -> None:
    """Moves a file, over to another file system if need be; one that was moved before stays."""
    if not source.exists():
        return
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        source.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        temporary = temporary_name(target)
        shutil.copyfile(source, temporary)
        flush(temporary)
        temporary.replace(target)
        source.unlink()


def _manifest(finished: Finished, outputs: Sequence[Output]) -> Manifest:
    counts = {task.name: task.counts for task in finished.tasks}
    everything = finished.inputs.readable(Counts.sum(count.to_data() for count in counts.values()))
    languages = _languages(finished)
    upsample = upsample_by_language(_emitting(finished)[0], languages)
    stages = [
        StageFacts(
            name=task.name,
            phase=task.phase.name,
            fingerprint=finished.facts[task.name]["fingerprint"],
            num_parts=task.num_parts,
            documents=counts[task.name].to_data()["documents"],
            reasons=counts[task.name].to_data()["reasons"],
            folder=_folder(task),
            steps=_options(task),
            limits=_limits(task, sorted(counts[task.name].tallies)),
            large_clusters=_large_clusters(task),
        )
        for task in finished.tasks
    ]
    return Manifest(
        schema_version=records.SCHEMA_VERSION,
        xdata=__version__,
        recipe=finished.recipe.name,
        preset=finished.recipe.preset,
        requested_languages=finished.recipe.requested_languages,
        fingerprint=finished.facts[finished.tasks[-1].name]["fingerprint"],
        versions=_versions(finished.recipe),
        sources=_sources(finished),
        input_folders=_folders(finished),
        num_ignored=len(finished.ignored),
        ignored=dict(finished.ignored[:_MOST_NAMED]),
        skipped=dict(sorted(everything.skipped.items())),
        num_unreadable_files=len(finished.inputs.unreadable),
        unreadable_files=[vars(file) for file in finished.inputs.unreadable[:MOST_NAMED_IN_ALL]],
        num_damaged_files=len(finished.inputs.damaged),
        damaged_files=[vars(file) for file in finished.inputs.damaged[:MOST_NAMED_IN_ALL]],
        num_unreadable=everything.num_unreadable,
        unreadable=everything.unreadable,
        num_failed=everything.num_failed,
        num_failed_by_step={step: failures.num for step, failures in sorted(everything.failures.items())},
        failed=everything.failed,
        changes=dict(sorted(everything.changes.items())),
        notes=[
            *finished.notes,
            *finished.inputs.notes,
            *_notes(finished, languages),
            *_not_learned(upsample),
            *_empty_splits(finished, outputs),
        ],
        warnings=list(finished.warnings),
        known=_known(finished),
        upsample=upsample,
        stages=stages,
        languages=languages,
        columns=_columns(finished),
        copies_rows=_copies_rows(finished),
        row_style=next((facts.style for facts in finished.emitted if facts.style), ()),
        copies_records=_copies_rows(finished) and all(source.has_records for source in finished.recipe.reader.sources),
        files=[
            FileFacts(path=output.name, sha256=output.sha256, num_bytes=output.num_bytes, num_rows=output.num_rows)
            for output in sorted(outputs, key=lambda output: output.name)
        ],
        timing={task.name: _cost(task, finished.seconds[task.name]) for task in finished.tasks},
    )


def _columns(finished: Finished) -> dict[str, list[dict[str, Any]]]:
    """`data` and `sentences` -> their columns, as the ranks that wrote some say them."""
    found: dict[str, dict[str, dict[str, Any]]] = {}
    for facts in finished.emitted:
        for folder, columns in facts.columns.items():
            known = found.setdefault(folder, {})
            for column in columns:
                known[column["name"]] = _united(known.get(column["name"], column), column)
    return {folder: list(known.values()) for folder, known in found.items()}


def _united(one: Mapping[str, Any], two: Mapping[str, Any]) -> dict[str, Any]:
    """A column as two ranks describe it: values of JSON may have several types."""
    if one == two or not {"dtype"} <= one.keys() & two.keys():
        return dict(one)
    kinds = {kind for each in (one, two) for kind in each["dtype"].split(" or ")}
    return {**one, "dtype": " or ".join(sorted(kinds))}


def _copies_rows(finished: Finished) -> bool:
    return any(facts.copied for facts in finished.emitted)


def _folder(task: Task) -> str | None:
    """The folder of the output that a stage writes shards to."""
    step = task.stage.steps[0]
    return step.folder if isinstance(step, SplitExport) else None


def _options(task: Task) -> dict[str, Any]:
    """Step -> its configuration, without where input lies."""
    return {step.name: step.model_dump(mode="json") for step in task.stage.steps if not isinstance(step, Reader)}


def _limits(task: Task, languages: Sequence[str]) -> list[ScoreLimit]:
    """The limits of scores of the filters of a stage, for the languages of the documents that came to it."""
    return [limit for step in task.stage.steps if isinstance(step, Filter) for limit in step.limits(languages)]


def _languages(finished: Finished) -> dict[str, LanguageFacts]:
    found: dict[str, LanguageFacts] = {}
    for written in finished.emitted:
        for code, facts in written.contents.items():
            facts_known = facts_of(code)
            before = found.get(code)
            found[code] = LanguageFacts(
                name=facts_known.names.english if facts_known and facts_known.names else code,
                described=facts_known is not None,
                lacks=list(facts_known.lacks) if facts_known else [],
                num_rows=facts.num_rows + (before.num_rows if before else 0),
                num_words=_add_words(before.num_words if before else None, facts.num_words),
                num_characters=facts.num_characters + (before.num_characters if before else 0),
                num_bytes=facts.num_bytes + (before.num_bytes if before else 0),
                num_reads=_add_words(before.num_reads if before else None, facts.num_reads),
                shares=_add_shares(before.shares if before else {}, facts.shares),
            )
    return dict(sorted(found.items()))


def _add_words(before: int | None, more: float | None) -> int | None:
    return before if more is None else (before or 0) + round(more)


def _add_shares(
    before: Mapping[str, Mapping[str, int]], more: Mapping[str, Mapping[str, int]]
) -> dict[str, dict[str, int]]:
    return {
        what: most_frequent(Counter(before.get(what, {})) + Counter(more.get(what, {})), MOST_HOSTS)
        for what in dict.fromkeys([*before, *more])
    }


def _sources(finished: Finished) -> list[SourceFacts]:
    facts: list[SourceFacts] = []
    for source in finished.recipe.reader.sources:
        if source.has_records:
            names = {*(source.name for source in finished.recipe.reader.sources if not source.has_records)}
            names |= {known.name for known in facts}
            facts += [old for old in Manifest.read(Path(source.root)).sources if old.name not in names]
            continue
        files = [file for file in finished.files if file.source == source.name]
        facts.append(
            SourceFacts(
                name=source.name,
                license=source.license,
                domain=source.domain,
                language=source.language,
                weight=source.weight,
                num_files=finished.inputs.num_by_source.get(source.name, 0),
                num_unreadable_files=sum(file.source == source.name for file in finished.inputs.unreadable),
                num_bytes=sum(file.size for file in files),
            )
        )
    return facts


def _folders(finished: Finished) -> list[InputFolder]:
    """The output folders that documents were read of."""
    return [
        InputFolder(
            name=source.name,
            folder=source.root,
            fingerprint=Manifest.read(Path(source.root)).fingerprint,
            role=source.xdata,
        )
        for source in finished.recipe.reader.sources
        if source.xdata
    ]


def _notes(finished: Finished, languages: Mapping[str, LanguageFacts]) -> list[str]:
    notes: list[str] = []
    for step in (step for stage in finished.recipe.stages for step in stage.steps):
        notes += step.remarks(list(languages))
    for code, facts in languages.items():
        if not facts.described:
            notes.append(f"no language file for {code}: rules that need facts of the language are disabled")
    lacking: dict[str, list[str]] = {}
    for code, facts in languages.items():
        for group in (group for group in facts.lacks if group in _WITHOUT):
            lacking.setdefault(group, []).append(code)
    for group, codes in lacking.items():
        more = f" and {len(codes) - _MOST_SHOWN} more" if len(codes) > _MOST_SHOWN else ""
        missing, effect = _WITHOUT[group]
        notes.append(f"no {missing} for {', '.join(codes[:_MOST_SHOWN])}{more}: {effect}")
    return notes


def _not_learned(upsample: Mapping[str, Upsample]) -> list[str]:
    """A note of languages of which too little is known to read some documents more often than others."""
    flat = [code for code, found in upsample.items() if found.pools and set(found.table.values()) == {1}]
    if not flat:
        return []
    more = f" and {len(flat) - _MOST_SHOWN} more" if len(flat) > _MOST_SHOWN else ""
    return [
        f"all documents of {', '.join(flat[:_MOST_SHOWN])}{more} are to be read once: there are too few, or rules "
        "surely drop fewer of clusters of no size"
    ]


def _empty_splits(finished: Finished, outputs: Sequence[Output]) -> list[str]:
    """A note for each split that has no file in some config, of those that were asked for."""
    shards = [shard for output in outputs if (shard := ShardName.parse(output.name))]
    notes = []
    for task in _emitting(finished):
        step = task.stage.steps[0]
        if not isinstance(step, SplitExport) or not step.splits:
            continue
        own = [shard for shard in shards if shard.folder == step.folder]
        for split in step.split_names:
            empty = sorted({shard.config for shard in own} - {shard.config for shard in own if shard.split == split})
            if empty:
                more = f" and {len(empty) - _MOST_SHOWN} more" if len(empty) > _MOST_SHOWN else ""
                notes.append(f"{step.name}: nothing is in the split {split} of {', '.join(empty[:_MOST_SHOWN])}{more}")
    return notes


def _versions(recipe: Recipe) -> dict[str, str]:
    libraries = {library for stage in recipe.stages for step in stage.steps for library in step.libraries}
    packages = {library: version(library) for library in sorted({*libraries, *LIBRARIES, "datatrove"})}
    return {"python": platform.python_version(), "unicode": unicodedata.unidata_version, **packages}


def _large_clusters(task: Task) -> list[LargeCluster]:
    """The largest clusters of all ranks of a stage."""
    if task.phase != CLUSTER:
        return []
    found = [LargeCluster(**each) for facts in task.facts(ClusterFacts) for each in facts.large_clusters]
    return sorted(found, key=lambda each: (-each.size, each.survivor))[:_MOST_CLUSTERS]


def _known(finished: Finished) -> list[KnownCorpus]:
    """The corpora that steps name, each with what went for it."""
    found: Counter[tuple[str, int]] = Counter()
    for count in (count for facts in finished.emitted for count in facts.references):
        found[count.step, count.place] += count.num_documents
    return [
        KnownCorpus(step=step.name, place=place, folder=folder, num_documents=found[step.name, place])
        for stage in finished.recipe.stages
        for step in stage.steps
        if isinstance(step, Cluster)
        for place, folder in enumerate(step.reference_corpora())
    ]


def _cost(task: Task, seconds: float) -> Cost:
    costs = [commit.cost for commit in task.commits]
    return Cost(
        seconds=seconds,
        cpu_seconds=round(sum(cost["cpu_seconds"] for cost in costs), 3),
        peak_bytes=max((cost["peak_bytes"] for cost in costs), default=0),
    )


def _file_facts(out: Path, name: str) -> FileFacts:
    path = out / name
    return FileFacts(path=name, sha256=hash_file(path), num_bytes=path.stat().st_size)
