"""Time and memory of cutting out repeated runs at growing sizes, and the same runs by a suffix array.

    python -m tests.benchmarks.repeats [--megabytes 8 16 32 64] [--peer SITE_PACKAGES]

Text is drawn from the words of real pages of a language (Universal Declaration of Human Rights), the frequent ones
more often, and in every tenth document stands a passage that others have too. Each size runs in a process of its own,
which reads documents from a file as a run does. With `--peer`, a folder that the package pydivsufsort is installed
in, the runs of the smallest size are found by a suffix array and the lengths of common prefixes as well: the ranges
must be the same.
"""

import argparse
import multiprocessing
import sys
import tempfile
import time
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.parquet as pq

from tests.texts import texts
from xdata.dedup.occurrences import Policy, Repeats, united
from xdata.dedup.repeated_substrings import repeated_runs, windows
from xdata.dedup.substrings import analysed
from xdata.text.analysis import Analyses, words_of
from xdata.text.removed_spans import RemovedSpans
from xdata.text.spans import Ints

_WORDS = 300
"""Of a document."""
_GROUP_ROWS = 2000
_SIZES = {"swh_Latn": 50, "sin_Sinh": 50, "tha_Thai": 100}
"""Language -> words or characters of a run."""


def documents(language: str, num_bytes: int, *, seed: int) -> Iterator[str]:
    """Texts of so many bytes together."""
    random = np.random.default_rng(seed)
    words = sorted({word for text in texts(language) for word in words_of(text)})
    weights = 1 / np.arange(1, len(words) + 1)
    vocabulary, weights = random.permutation(np.array(words)), weights / weights.sum()
    space = "" if language == "tha_Thai" else " "
    passages: list[str] = []
    done = number = 0
    while done < num_bytes:
        text = space.join(random.choice(vocabulary, _WORDS, p=weights))
        if number % 10 == 0:
            passages.append(space.join(random.choice(vocabulary, int(random.integers(60, 150)), p=weights)))
        if number % 10 == 5:
            text = f"{text}{space}{passages[int(random.integers(len(passages)))]}"
        done, number = done + len(text.encode()), number + 1
        yield text


def write(path: Path, language: str, num_bytes: int) -> None:
    schema = pa.schema([("text", pa.string()), ("url", pa.string())])
    with pq.ParquetWriter(path, schema) as writer:
        some: list[str] = []
        for text in documents(language, num_bytes, seed=1):
            some.append(text)
            if len(some) == _GROUP_ROWS:
                writer.write_table(pa.table({"text": some, "url": pa.nulls(len(some), pa.string())}, schema=schema))
                some = []
        writer.write_table(pa.table({"text": some, "url": pa.nulls(len(some), pa.string())}, schema=schema))


@dataclass(frozen=True)
class FileColumns:
    """The documents of a file, as a step that cuts reads them."""

    path: Path
    scratch: Path
    language: str
    totals: ClassVar[Mapping[str, int]] = {}

    @property
    def num_rows(self) -> int:
        return int(pq.read_metadata(self.path).num_rows)

    def read(self, path: str, *, rows: Ints | None = None) -> pa.ChunkedArray:
        if path == "earlier":
            return pa.chunked_array([pa.array(np.zeros(self.num_rows, dtype=np.int32))])
        average = self.path.stat().st_size * 2 // self.num_rows
        return pa.chunked_array([pa.array(np.full(self.num_rows, average))])

    def pieces(self, paths: Collection[str]) -> Iterator[pa.Table]:
        yield pa.table({path: self.read(path) for path in paths})

    def batches(self, paths: Sequence[str], *, rows: Ints | None = None) -> Iterator[tuple[Ints, pa.Table]]:
        file, first = pq.ParquetFile(self.path), 0
        for number in range(file.num_row_groups):
            table = file.read_row_group(number, columns=list(paths), use_threads=False)
            here = np.arange(first, first + table.num_rows)
            wanted = here if rows is None else rows[np.searchsorted(rows, first) : np.searchsorted(rows, here[-1] + 1)]
            for start in range(0, len(wanted), 256):
                some = wanted[start : start + 256]
                yield some, table.take(pa.array(some - first))
            first += table.num_rows


def measure(path: Path, language: str, scratch: Path) -> dict[str, float]:
    """Processor seconds and largest memory of the process, and what was found."""
    before = _peak()
    begin = time.process_time()
    cuts = repeated_runs(FileColumns(path, scratch, language), size=_SIZES[language])
    seconds = time.process_time() - begin
    gone = int((cuts.ends - cuts.starts).sum())
    return {"seconds": seconds, "before": before, "peak": _peak(), "ranges": len(cuts), "characters": gone}


def _peak() -> float:
    """Largest resident memory of this process until now, in MiB; that of its parent is not in it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


def measure_analysis(path: Path, language: str, scratch: Path) -> float:
    """Processor seconds that finding the words of all texts alone takes."""
    _ = Analyses(["neno"]).unit_hashes  # makes the tables of Unicode
    begin = time.process_time()
    for _, analyses in analysed(FileColumns(path, scratch, language), RemovedSpans.of(())):
        _ = analyses.unit_hashes
    return time.process_time() - begin


def hashed_ranges(columns: FileColumns, size: int) -> tuple[set[tuple[int, int, int]], float]:
    """(row, start, end) of what goes in the first round, and seconds."""
    begin = time.process_time()
    repeats = Repeats(columns.scratch, columns, Policy(each="occurrence"), expected=columns.num_rows * _WORDS)
    for rows, analyses in analysed(columns, RemovedSpans.of(())):
        repeats.add(windows(analyses, rows, size=size))
    found = RemovedSpans.joined([*repeats.ranges()])
    ranges = set(zip(found.rows.tolist(), found.starts.tolist(), found.ends.tolist(), strict=True))
    return ranges, time.process_time() - begin


def suffix_ranges(columns: FileColumns, size: int) -> tuple[set[tuple[int, int, int]], float]:
    """The same by a suffix array over the numbers of words, documents parted by numbers that stand once."""
    from pydivsufsort import divsufsort, kasai  # type: ignore[import-not-found]

    rows, starts, ends, hashes = _all_units(columns)
    begin = time.process_time()
    _, numbers = np.unique(hashes, return_inverse=True)
    borders = np.flatnonzero(np.diff(rows)) + 1
    own = numbers.max() + 1 + np.arange(len(borders))
    places = np.arange(len(rows)) + np.searchsorted(borders, np.arange(len(rows)), side="right")
    sequence = np.empty(len(rows) + len(borders), dtype=np.uint32)
    sequence[places] = numbers
    sequence[borders + np.arange(len(borders))] = own
    array = divsufsort(sequence)
    common = np.asarray(kasai(sequence, array), dtype=np.int64)
    goes = _stood_before(np.asarray(array, dtype=np.int64), common, size)
    unit_of = np.full(len(sequence), -1)
    unit_of[places] = np.arange(len(rows))
    first = np.sort(unit_of[goes])
    ranges = np.empty(len(first), dtype=[("turn", "<u4"), ("start", "<u4"), ("end", "<u4")])
    ranges["turn"], ranges["start"], ranges["end"] = rows[first], starts[first], ends[first + size - 1]
    found = united(ranges)
    return set(zip(*(one.tolist() for one in found), strict=True)), time.process_time() - begin


def _stood_before(array: Ints, common: Ints, size: int) -> Ints:
    """Where runs of `size` begin that stood before, apart from the first of their kind."""
    same = common[: len(array) - 1] >= size
    kind = np.append(0, np.cumsum(~same))
    first = np.full(int(kind[-1]) + 1, len(array))
    np.minimum.at(first, kind, array)
    goes: Ints = array[array - first[kind] >= size]
    return goes


def _all_units(columns: FileColumns) -> tuple[Ints, Ints, Ints, npt.NDArray[np.uint64]]:
    """(row, start, end, hash) of every word."""
    found: list[tuple[Any, ...]] = []
    for rows, analyses in analysed(columns, RemovedSpans.of(())):
        of = analyses.units.texts
        base = analyses.text_starts[of]
        found.append((rows[of], analyses.units.starts - base, analyses.units.ends - base, analyses.unit_hashes))
    one, two, three, four = (np.concatenate(some) for some in zip(*found, strict=True))
    return one, two, three, four


def main() -> None:
    parser = argparse.ArgumentParser(description="Repeated runs: time, memory, and a suffix array beside them.")
    parser.add_argument("--megabytes", type=int, nargs="+", default=[8, 16, 32, 64])
    parser.add_argument("--peer", help="folder of packages that pydivsufsort is in")
    arguments = parser.parse_args()
    if arguments.peer:
        sys.path.append(arguments.peer)
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        print("language      MB   analysis s   all s   MB/s   MiB before   MiB peak   ranges   characters")
        for language, size in _SIZES.items():
            for megabytes in arguments.megabytes:
                path = Path(folder) / f"{language}-{megabytes}.parquet"
                write(path, language, megabytes * 1_000_000)
                with context.Pool(1) as pool:
                    alone = pool.apply(measure_analysis, (path, language, Path(folder)))
                    row = pool.apply(measure, (path, language, Path(folder) / "scratch"))
                print(
                    f"{language:<10}{megabytes:>6}{alone:>13.1f}{row['seconds']:>8.1f}"
                    f"{megabytes / row['seconds']:>7.2f}{row['before']:>13.0f}{row['peak']:>11.0f}"
                    f"{row['ranges']:>9,}{row['characters']:>13,}"
                )
            if arguments.peer:
                columns = FileColumns(
                    Path(folder) / f"{language}-{arguments.megabytes[0]}.parquet", Path(folder) / "scratch", language
                )
                ours, seconds = hashed_ranges(columns, size)
                theirs, peer_seconds = suffix_ranges(columns, size)
                print(
                    f"{language}: {len(ours):,} ranges by hash in {seconds:.1f} s, {len(theirs):,} by suffix array in "
                    f"{peer_seconds:.1f} s without the analysis, {len(ours & theirs):,} of them the same"
                )


if __name__ == "__main__":
    main()
