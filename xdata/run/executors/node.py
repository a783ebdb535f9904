"""One rank on a machine of a cluster: a process of its own under the guard's eye, as on the driver's machine.

    python -m xdata.run.executors.node WORK STAGE RANKS OFFSET

is what a Slurm task runs: the file RANKS has a rank on each line, and OFFSET and SLURM_ARRAY_TASK_ID say which one is
meant. An error that is somebody's to mend is left in the stage's folder, for the driver to raise.
"""

import os
import sys
from pathlib import Path

import orjson

from xdata import errors
from xdata.disk import write_atomically
from xdata.errors import RunError, XdataError
from xdata.run.executors.local import LocalStageRun, Spawner
from xdata.run.observer import Silence
from xdata.run.task import Task


def run_rank_guarded(work: Path, stage: str, rank: int) -> None:
    """Works on one part in a process of its own. Raises its error, or RunError where it was killed."""
    task = Task.load(work, stage)
    with Spawner(hub=task.recipe.reads_hub) as spawner:
        workers = int(os.environ.get("SLURM_CPUS_PER_TASK", "1"))
        LocalStageRun(task, workers=workers, spawner=spawner, observer=Silence(), ranks=[rank]).run()


def failure_path(folder: Path, rank: int) -> Path:
    """Where a rank of a stage leaves the error that ended it."""
    return folder / "failures" / f"{rank:05}.json"


def read_failure(folder: Path, rank: int) -> XdataError | None:
    """The error that ended a rank, None where it left none."""
    path = failure_path(folder, rank)
    if not path.is_file():
        return None
    facts = orjson.loads(path.read_bytes())
    kind = getattr(errors, facts["kind"], RunError)
    error: XdataError = kind(facts["message"])
    return error


def main(work: Path, stage: str, ranks: Path, offset: int) -> int:
    """Works on the rank that this task of an array is for; the exit status."""
    number = offset + int(os.environ["SLURM_ARRAY_TASK_ID"])
    rank = int(ranks.read_text().split()[number])
    folder = Task.load(work, stage).folder
    failure_path(folder, rank).unlink(missing_ok=True)
    try:
        run_rank_guarded(work, stage, rank)
    except XdataError as error:
        facts = {"kind": type(error).__name__, "message": str(error)}
        write_atomically(failure_path(folder, rank), orjson.dumps(facts))
        sys.stderr.write(f"xdata: {error}\n")
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]), sys.argv[2], Path(sys.argv[3]), int(sys.argv[4])))
