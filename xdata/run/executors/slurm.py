"""The Slurm executor: one array of jobs a stage, each task of it one rank.

What a stage needs is asked for in the words of `sbatch` (`mem=8G`, or `annotate.mem=16G` for one stage). The driver
submits an array, waits until Slurm knows it no longer, and counts commits: a task that Slurm requeued after a node
failed has simply run again. Its scripts and the numbers of its jobs are in `work/slurm/`. A driver that is killed
leaves the jobs running; the same command waits for them and resumes. It needs a folder that all nodes see.
"""

import shlex
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType

import orjson
import regex

from xdata.disk import write_atomically
from xdata.errors import ConfigError, ResourceError, RunError, nearest, one_line
from xdata.recipe.phases import INDEX
from xdata.run.executors.node import failure_path, read_failure
from xdata.run.executors.stage_run import StageRun
from xdata.run.observer import Observer
from xdata.run.task import Task, describe_rank

MOST_TASKS = 1000
"""Tasks of one array; Slurm's MaxArraySize is 1001 unless its administrator changed it."""
_DEFAULTS = {"cpus-per-task": "1", "mem": "4G", "time": "24:00:00"}
_OPTION = regex.compile(r"(?:([a-z][a-z0-9_]*)\.)?([a-z][a-z\-]*)")
_OURS = frozenset({"array", "output", "error", "job-name", "requeue", "dependency", "parsable", "chdir", "wrap"})
"""Options of sbatch that this executor sets itself."""
_FIRST_PAUSE = 0.5
"""Seconds between the first looks at the jobs of a stage, which grow longer from look to look."""
_JOBS = "jobs.json"
_ATTEMPTS = 2
"""How often the ranks of a stage that left neither commit nor error are submitted."""


class SlurmExecutor:
    """Arrays of jobs, `workers` tasks of each at a time where that is given."""

    def __init__(
        self,
        *,
        options: Mapping[str, str],
        workers: int | None = None,
        stages: Sequence[str] = (),
        poll_seconds: float = 10.0,
    ) -> None:
        """Raises ConfigError for an unknown option or stage, and for an option that the executor sets itself."""
        self._options = check_options(options, stages=stages)
        self._workers = workers
        self._poll_seconds = poll_seconds

    def __enter__(self) -> "SlurmExecutor":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def settle(self, work: Path, observer: Observer) -> None:
        """Waits for the jobs that an earlier driver left."""
        jobs = _read_jobs(work)
        if jobs and _active(jobs):
            observer.note(f"Slurm is still at work on {', '.join(jobs)}: waiting for that")
            while _active(jobs):
                time.sleep(self._poll_seconds)

    def run(self, task: Task, observer: Observer) -> None:
        """Runs the ranks that have no commit. Raises the error that a rank left, or RunError naming those missing."""
        SlurmStageRun(
            task, options=self._options, slots=self._workers, poll_seconds=self._poll_seconds, observer=observer
        ).run()

    def leave_script(self, task: Task) -> Path:
        """Writes the script of a stage as `run` would submit it, but for the number of ranks, not known yet."""
        script = _folder(task.work) / f"{task.name}-0.sh"
        ranks = _folder(task.work) / f"{task.name}.ranks"
        text = _script(task, ranks, 0, None, options=self._options, workers=self._workers)
        write_atomically(script, text.encode())
        return script


class SlurmStageRun(StageRun):
    """Runs the ranks of a stage as arrays of jobs."""

    def __init__(
        self,
        task: Task,
        *,
        options: Mapping[str, str],
        slots: int | None,
        poll_seconds: float,
        observer: Observer,
    ) -> None:
        super().__init__(task, workers=-1, observer=observer)
        self._options = options
        self._slots = slots
        self._poll_seconds = poll_seconds

    def run(self) -> None:
        for _ in range(_ATTEMPTS):
            missing = self.task.missing_ranks()
            if not missing:
                break
            for rank in missing:
                failure_path(self.task.folder, rank).unlink(missing_ok=True)
            scripts = write_scripts(self.task, missing, options=self._options, workers=self._slots)
            jobs: list[str] = []
            for script in scripts:
                jobs.append(_submit(script))
                write_atomically(_folder(self.task.work) / _JOBS, orjson.dumps(jobs))
            if self.observer:
                self.observer.note(f"{self.task.name}: {len(missing)} ranks are Slurm's jobs {', '.join(jobs)}")
            self._wait(jobs)
            for rank in missing:
                if (error := read_failure(self.task.folder, rank)) is not None:
                    raise error
        missing = self.task.missing_ranks()
        if missing:
            raise RunError(
                f"{describe_rank(self.task, missing[0])} ended without a commit on Slurm (see "
                f"{self.task.folder / 'log'}), as did {len(missing) - 1} more: run the same command again to resume"
            )

    def _wait(self, jobs: Sequence[str]) -> None:
        missing = len(self.task.missing_ranks())
        pause = _FIRST_PAUSE
        while True:
            active = _active(jobs)
            now = len(self.task.missing_ranks())
            for _ in range(missing - now):
                if self.observer:
                    self.observer.part_done(self.task.name)
            missing = now
            if not active:
                return
            time.sleep(min(pause, self._poll_seconds))
            pause *= 1.5


def check_options(options: Mapping[str, str], *, stages: Sequence[str] = ()) -> dict[str, str]:
    """The options with the defaults filled in. Raises ConfigError for an unknown option, or one that users cannot
    set."""
    for name in options:
        match = _OPTION.fullmatch(name)
        if match is None or match[2] in _OURS:
            raise ConfigError(
                f"--slurm {name}: give a long option of sbatch, as mem=8G, or one of a stage, as read.mem=8G"
            )
        if match[1] and stages and match[1] not in (*stages, INDEX.name):
            raise ConfigError(
                f"--slurm {name}: no stage is called {match[1]!r}; {nearest(match[1], [*stages, INDEX.name])}"
            )
    return {**_DEFAULTS, **options}


def write_scripts(task: Task, ranks: Sequence[int], *, options: Mapping[str, str], workers: int | None) -> list[Path]:
    """Scripts for some ranks of a stage: `work/slurm/<stage>-0.sh` and so on, each one array."""
    folder = _folder(task.work)
    (task.folder / "log").mkdir(parents=True, exist_ok=True)  # Slurm makes no folder, and runs no job without it
    names = folder / f"{task.name}.ranks"
    write_atomically(names, "".join(f"{rank}\n" for rank in ranks).encode())
    scripts = []
    for number, offset in enumerate(range(0, len(ranks), MOST_TASKS)):
        num_tasks = min(MOST_TASKS, len(ranks) - offset)
        script = folder / f"{task.name}-{number}.sh"
        text = _script(task, names, offset, num_tasks, options=options, workers=workers)
        write_atomically(script, text.encode())
        scripts.append(script)
    return scripts


def _script(
    task: Task, ranks: Path, offset: int, num_tasks: int | None, *, options: Mapping[str, str], workers: int | None
) -> str:
    asked = {name: value for name, value in options.items() if "." not in name}
    prefix = f"{task.name}."
    asked |= {name.removeprefix(prefix): value for name, value in options.items() if name.startswith(prefix)}
    limit = f"%{workers}" if workers else ""
    array = "# --array: set when the stage before has ended"
    if num_tasks is not None:
        array = f"#SBATCH --array=0-{num_tasks - 1}{limit}"
    lines = [
        "#!/bin/bash",
        f"#SBATCH --job-name=xdata-{task.name}",
        array,
        "#SBATCH --requeue",
        f"#SBATCH --output={_escaped(task.folder / 'log')}/slurm-%A_%a.out",
        *[f"#SBATCH --{name}={shlex.quote(value)}" for name, value in sorted(asked.items())],
    ]
    package = Path(__file__).resolve().parents[3]
    command = [
        sys.executable,
        "-P",
        "-m",
        "xdata.run.executors.node",
        str(task.work),
        task.name,
        str(ranks),
        str(offset),
    ]
    lines += [
        f'export PYTHONPATH="${{PYTHONPATH:+$PYTHONPATH:}}"{shlex.quote(str(package))}',
        f"exec {shlex.join(command)}",
    ]
    return "\n".join(lines) + "\n"


def _escaped(path: Path) -> str:
    """A path in a pattern of sbatch."""
    return str(path).replace("%", "%%").replace(" ", "\\ ")


def _folder(work: Path) -> Path:
    return work / "slurm"


def _read_jobs(work: Path) -> list[str]:
    try:
        return [str(job) for job in orjson.loads((_folder(work) / _JOBS).read_bytes())]
    except (FileNotFoundError, ValueError, TypeError):
        return []


def _submit(script: Path) -> str:
    """The number of the new job. Raises ResourceError where sbatch is missing or refuses."""
    ran = _call("sbatch", "--parsable", str(script))
    if ran.returncode != 0:
        raise ResourceError(f"sbatch rejects {script}: {one_line(ran.stderr) or 'no reason given'}")
    return ran.stdout.strip().split(";")[0]


def _active(jobs: Sequence[str]) -> bool:
    """Whether Slurm still has any of the jobs. A job that it no longer knows has ended."""
    ran = _call("squeue", "--noheader", "--format=%i", f"--jobs={','.join(jobs)}")
    if ran.returncode != 0 and "Invalid job id" not in ran.stderr:
        raise ResourceError(f"squeue fails: {one_line(ran.stderr) or 'no reason given'}")
    return bool(ran.stdout.strip())


def _call(*command: str) -> "subprocess.CompletedProcess[str]":
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        raise ResourceError(
            f"the executor slurm needs the command {command[0]}, which is not installed on this machine"
        ) from None
