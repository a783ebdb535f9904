"""How fast WARC files are read, beside fastwarc, and beside another checkout of xdata, in the same run.

    python -m tests.benchmarks.warc_speed FILE... [--other CHECKOUT]

Each reader makes all payloads of pages with status 200, decoded. The best of five rounds counts, taken in turn; figures
are megabytes of the files as they are on the disk.
"""

import argparse
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from fastwarc.warc import ArchiveIterator, WarcRecordType

from xdata.formats.warc import read_warc
from xdata.records import Document
from xdata.step import FilePart, InputFile

_ROUNDS = 5


def by_xdata(path: Path) -> tuple[int, int]:
    """(number of documents, bytes of their payloads)."""
    is_gzip = path.name.endswith(".gz")
    file = InputFile("s", path.name, str(path), "warc", "gzip" if is_gzip else "none", path.stat().st_size, 0)
    num = size = 0
    with path.open("rb") as stream:
        for item in read_warc(stream, FilePart(file, 0, file.size), max_record_bytes=32 << 20):
            if isinstance(item, Document):
                num, size = num + 1, size + (len(item.payload.data) if item.payload else len(item.text))
    return num, size


def by_fastwarc(path: Path) -> tuple[int, int]:
    """The same with fastwarc."""
    num = size = 0
    with path.open("rb") as stream:
        for record in ArchiveIterator(stream, parse_http=True, auto_decode="all"):
            if record.record_type in (WarcRecordType.response, WarcRecordType.conversion, WarcRecordType.resource):
                status = record.http_headers.status_code if record.http_headers else 200
                if status == 200:
                    num, size = num + 1, size + len(record.reader.read())
    return num, size


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("files", nargs="+", type=Path)
    parser.add_argument("--other", type=Path, help="another checkout of xdata to compare with")
    parser.add_argument("--only", action="store_true", help="print the seconds of xdata alone")
    options = parser.parse_args()
    if options.only:
        print(*_timed(by_xdata, options.files))
        return
    readers: dict[str, Callable[[], tuple[float, float, float]]] = {
        "xdata": lambda: _timed(by_xdata, options.files),
        "fastwarc": lambda: _timed(by_fastwarc, options.files),
    }
    if options.other:
        readers["other checkout"] = lambda: _elsewhere(options.other, options.files)
    found = {name: [read() for _ in range(1)] for name, read in readers.items()}
    for _ in range(_ROUNDS - 1):
        for name, read in readers.items():
            found[name].append(read())
    megabytes = sum(path.stat().st_size for path in options.files) / 1e6
    for name, rounds in found.items():
        seconds, num, size = min(rounds)
        print(f"{name}: {megabytes / seconds:.1f} MB/s, {num:.0f} documents, {size / 1e6:.2f} MB of payloads")


def _timed(read: Callable[[Path], tuple[int, int]], paths: list[Path]) -> tuple[float, float, float]:
    begun = time.process_time()
    counts = [read(path) for path in paths]
    return time.process_time() - begun, sum(num for num, _ in counts), sum(size for _, size in counts)


def _elsewhere(checkout: Path, paths: list[Path]) -> tuple[float, float, float]:
    command = [sys.executable, str(Path(__file__).resolve()), "--only", *(str(path.resolve()) for path in paths)]
    environment = {"PYTHONPATH": str(checkout)}
    done = subprocess.run(command, cwd=checkout, env=environment, capture_output=True, text=True, check=True)
    seconds, num, size = map(float, done.stdout.split())
    return seconds, num, size


if __name__ == "__main__":
    main()
