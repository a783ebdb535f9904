"""What runs in the process of one rank: a stage folder and a number are all that it needs.

    python -m xdata.run.worker WORK STAGE RANK

does the same by hand, which is how a failing rank is looked into.
"""

import os
import sys
import traceback
from pathlib import Path

from xdata.disk import disk_error
from xdata.errors import InputError, ResourceError, RunError, XdataError, one_line
from xdata.run.engine import RankEngine, describe_rank
from xdata.run.task import Task


def run_rank(work: Path, stage: str, rank: int) -> None:
    """Works on one part and commits it. Raises XdataError, whatever goes wrong."""
    task = Task.load(work, stage)
    try:
        RankEngine(task, workers=1).run_rank(rank)
    except XdataError:
        raise
    except MemoryError:
        raise ResourceError(
            f"{describe_rank(task, rank)} ran out of memory: give it more, or fewer --workers"
        ) from None
    except OSError as error:
        path = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else task.folder
        if error.errno is None or path.is_relative_to(work):
            raise disk_error(error, path) from error
        raise InputError(f"{path}: cannot be read: {error.strerror}") from error
    except Exception as error:
        traceback.print_exc()
        raise RunError(
            f"{describe_rank(task, rank)} failed: {type(error).__name__}: {one_line(str(error))} "
            f"(more in {task.folder / 'log'})"
        ) from error


if __name__ == "__main__":
    run_rank(Path(sys.argv[1]), sys.argv[2], int(sys.argv[3]))
