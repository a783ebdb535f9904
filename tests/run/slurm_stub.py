"""Stand-ins for `sbatch` and `squeue`: an array's tasks run one after the other in the background.

    python slurm_stub.py sbatch --parsable SCRIPT
    python slurm_stub.py squeue --noheader --format=%i --jobs=1,2

What they know lies in the folder that STUB_SLURM names. Where it has a file `lose`, the task whose number stands in
it is killed once, as by a node that fails; with `refuse` sbatch rejects.
"""

import os
import re
import subprocess
import sys
import time
from pathlib import Path


def sbatch(folder: Path, script: Path) -> int:
    if (folder / "refuse").exists():
        sys.stderr.write("sbatch: error: invalid partition specified: gpu\n")
        return 1
    number = str(1 + len(list(folder.glob("*.job"))))
    (folder / f"{number}.job").write_text(script.read_text())
    subprocess.Popen(
        [sys.executable, __file__, "work", number],
        start_new_session=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    sys.stdout.write(number + "\n")
    return 0


def work(folder: Path, number: str) -> int:
    script = folder / f"{number}.job"
    output = Path(re.search(r"--output=(.*)", script.read_text())[1].replace("\\ ", " "))  # type: ignore[index]
    if not output.parent.is_dir():  # as Slurm does
        (folder / f"{number}.done").touch()
        return 1
    first, last = map(int, re.search(r"--array=(\d+)-(\d+)", script.read_text()).groups())  # type: ignore[union-attr]
    for task in range(first, last + 1):
        environment = os.environ | {"SLURM_ARRAY_TASK_ID": str(task)}
        process = subprocess.Popen(["bash", str(script)], env=environment, start_new_session=True)
        lose = folder / "lose"
        if lose.exists() and int(lose.read_text()) == task:
            lose.unlink()
            time.sleep(0.5)
            os.killpg(process.pid, 9)
        process.wait()
    (folder / f"{number}.done").touch()
    return 0


def squeue(folder: Path, jobs: list[str]) -> int:
    for job in jobs:
        if not (folder / f"{job}.done").exists():
            sys.stdout.write(f"{job}_0\n")
    return 0


def main() -> int:
    folder = Path(os.environ["STUB_SLURM"])
    match sys.argv[1]:
        case "sbatch":
            return sbatch(folder, Path(sys.argv[3]))
        case "work":
            return work(folder, sys.argv[2])
        case _:
            return squeue(folder, sys.argv[-1].split("=")[1].split(","))


if __name__ == "__main__":
    sys.exit(main())
