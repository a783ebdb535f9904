"""Speed, start-up and memory of one identifier, in a process of its own on one core.

    python -m tests.benchmarks.identification.speed --shared SHARED --identifier lid176

Prints JSON. The clock of the speed counts CPU time of all threads, so that what else the machine does hardly moves it.
Start-up is from the start of the process to the first answer, with Python, xdata and this benchmark: `none` does
nothing and says how much of it they take. `startup_mb` is the memory after the first answer, `peak_mb` the most of all,
with the sentences.
"""

import argparse
import json
import os
import resource
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median
from typing import Any

import psutil

from tests.benchmarks.identification.peers import PEERS, Guess, MissingPackage, Peer, load_ours, load_peer
from tests.benchmarks.identification.texts import read_set

SETS = ("sib200", "tatoeba")
_REPEATS = 3
_SENTENCES = 200


def measure_in_process(shared: Path, identifier: str) -> dict[str, Any]:
    """The figures of one identifier, measured in a new process. Raises RuntimeError where that fails."""
    command = [sys.executable, "-m", __spec__.name, "--shared", str(shared), "--identifier", identifier]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{identifier}: {(done.stderr.strip().splitlines() or ['failed'])[-1]}")
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _measure(shared: Path, identifier: str) -> dict[str, Any]:
    peer = _load(identifier)
    peer.guess(["Binadamu wote wamezaliwa huru, hadhi na haki zao ni sawa."])
    figures: dict[str, Any] = {
        "identifier": peer.name,
        "startup_s": time.time() - psutil.Process().create_time(),
        "startup_cpu_s": time.process_time(),
        "startup_mb": psutil.Process().memory_info().rss / 1e6,
    }
    for name in SETS:
        texts = [sentence.text for sentence in read_set(name, shared, most=_SENTENCES)]
        figures[f"{name}_per_s"] = median(_sentences_per_s(peer, texts) for _ in range(_REPEATS))
    return figures | {"peak_mb": _peak_mb()}


def _load(identifier: str) -> Peer:
    if identifier == "none":
        return Peer("none", lambda texts: [Guess(None, 0.0) for _ in texts], is_probability=False)
    return load_peer(identifier) if identifier in PEERS else load_ours(identifier)


def _sentences_per_s(peer: Peer, texts: Sequence[str]) -> float:
    begin = time.process_time()
    peer.guess(texts)
    return len(texts) / max(time.process_time() - begin, 1e-9)


def _peak_mb() -> float:
    status = Path("/proc/self/status")
    if status.is_file():
        peak = next(
            line for line in status.read_text(encoding="ascii", errors="replace").splitlines() if "VmHWM" in line
        )
        return int(peak.split()[1]) * 1024 / 1e6
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the real data")
    parser.add_argument("--identifier", required=True, help="name of a peer, `none`, or a factory of ours")
    options = parser.parse_args()
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:1])
    try:
        figures = _measure(options.shared, options.identifier)
    except MissingPackage as error:
        sys.exit(str(error))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
