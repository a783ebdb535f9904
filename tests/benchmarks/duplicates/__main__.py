"""Near-duplicates: how many are found and how many of what is no duplicate, how fast, and in how much memory.

    python -m tests.benchmarks.duplicates --shared SHARED [--part curve speed scale gigabyte crawls]

Parts:

- `curve`: documents of SIB-200 in sixteen scripts and copies with some of their words replaced; by true Jaccard
  similarity of their five-word sets, the share of pairs that is found, beside datatrove's MinHash with its defaults.
- `speed`: one core, CPU time: text to signature, and signature to decisions (the stages `exact` and `near` of a run,
  with the start of their processes, beside datatrove's stages 2 to 4), on documents of a sentence or two.
- `scale`: synthetic signatures, from 10^5 to 10^7 documents: CPU time and peak memory, each in a process of its own.
- `gigabyte`: documents of some kilobytes in sixteen scripts, 100 MB and 1 GB of them, through the whole recipe
  `deduplicate` with two workers: time, and peak memory of each stage and of the driver.
- `crawls`: web pages in three crawls, one after the other against the indexes of those before, and all at once.

What datatrove needs is said in `peer.py`; without it, its columns are empty.
"""

import argparse
import json
import random
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq

from tests.benchmarks.duplicates.memory import OwnMemory
from tests.benchmarks.duplicates.peer import Outcome, deduplicate
from tests.benchmarks.duplicates.planted import LANGUAGES, plant, sentences, similarity, write_documents
from tests.benchmarks.duplicates.synthetic import SyntheticColumns
from tests.dedup.columns import TextColumns
from xdata.context import Context
from xdata.dedup.minhash import MinHash
from xdata.dedup.near import near_duplicates
from xdata.readers.source_specs import parse_sources
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe
from xdata.run.build import build
from xdata.text.analysis import Analyses

BINS = (0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 1.01)
THRESHOLD = 0.75
_CRAWLS = (
    ("fundus_news", "newspaper_multilingual"),
    ("newspaper_multilingual", "scrapinghub_articles"),
    ("scrapinghub_articles", "trafilatura_eval", "fundus_news"),
)
"""Sets of pages of each crawl."""
_SEEDS = 5
"""How often documents are put together anew."""


def curve(shared: Path) -> None:
    """Prints the share of planted pairs that is found, by similarity."""
    head = "".join(f"{low:>12}" for low in BINS[:-1])
    print(f"found of planted pairs, xdata/datatrove, by similarity from …\n{'':10}{head}   xdata merged below 0.6")
    totals: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])  # of the languages that datatrove can read
    for language in LANGUAGES:
        cells: dict[int, list[int]] = defaultdict(lambda: [0, 0, 0])
        wrong, with_peer = 0, True
        for seed in range(_SEEDS):
            pairs = plant(shared, language, seed=seed)
            texts = [text for pair in pairs for text in (pair.one, pair.other)]
            ours = near_duplicates(TextColumns(texts, MinHash(), rows_of_a_piece=100), min_similarity=THRESHOLD)
            theirs = _peer(texts, language) if with_peer else None
            with_peer = theirs is not None
            for number, pair in enumerate(pairs):
                place = int(np.searchsorted(BINS, pair.similarity, side="right")) - 1
                one, other = 2 * number, 2 * number + 1
                found = (ours[one] == ours[other], theirs is not None and _same(theirs, one, other))
                for counts in (cells, totals) if with_peer else (cells,):
                    if place < 0:
                        continue
                    counts[place][0] += 1
                    counts[place][1] += found[0]
                    counts[place][2] += found[1]
            wrong += sum(
                row != survivor and similarity(texts[row], texts[survivor]) < 0.6 for row, survivor in enumerate(ours)
            )
        print(f"{language:10}{_row(cells, with_peer=with_peer)}   {wrong}", flush=True)
    print(f"{'both':10}{_row(totals, with_peer=True)}")


def _row(cells: dict[int, list[int]], *, with_peer: bool) -> str:
    shown = []
    for place in range(len(BINS) - 1):
        num, ours, theirs = cells[place]
        peer = f"{theirs / num:.2f}" if with_peer and num else "-"
        shown.append(f"{f'{ours / num:.2f}/{peer}' if num else '-':>12}")
    return "".join(shown)


def _peer(texts: Sequence[str], language: str) -> Outcome | None:
    with tempfile.TemporaryDirectory() as folder:
        try:
            return deduplicate(texts, language, Path(folder))
        except Exception as error:  # what datatrove needs for a language may be missing; it is named
            print(f"{language}: datatrove: {type(error).__name__}: {str(error)[:80]}", file=sys.stderr)
            return None


def _same(outcome: Outcome, one: int, other: int) -> bool:
    return outcome.clusters[one] is not None and outcome.clusters[one] == outcome.clusters[other]


def speed(shared: Path, num: int) -> None:
    """Prints MB/s of signatures, and seconds of decisions, of documents of a sentence, one in five of them copied."""
    rng = random.Random(7)
    pool = [text for language in ("eng_Latn", "swh_Latn") for text in sentences(shared, language)]
    words = [word for text in pool for word in text.split()]
    texts = [" ".join([rng.choice(pool), *rng.choices(words, k=12)]) for _ in range(num)]
    texts += [f"{text} tena" for text in texts[: num // 4]]
    num_bytes = sum(len(text.encode()) for text in texts)
    score = MinHash().open(Context())
    begin = time.process_time()
    for start in range(0, len(texts), 512):
        score(Analyses(texts[start : start + 512]))
    ours = time.process_time() - begin
    with tempfile.TemporaryDirectory() as folder:
        theirs = deduplicate(texts, "eng_Latn", Path(folder))
        path = Path(folder) / "in.jsonl"
        path.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts), encoding="utf-8")
        sources = tuple(each.model_copy(update={"language": "eng_Latn"}) for each in parse_sources([str(path)]))
        manifest = build(find_recipe("deduplicate").make(sources=sources, languages=()), Path(folder) / "out")
    kept = sum(facts.num_rows for facts in manifest.languages.values())
    timing = manifest.timing
    decided = timing["exact"].cpu_seconds + timing["near"].cpu_seconds
    speeds = [num_bytes / seconds / 1e6 for seconds in (ours, theirs.signature_seconds)]
    print(f"{len(texts):,} documents, {num_bytes / 1e6:.1f} MB, {kept:,} kept")
    print(f"text to signature: {speeds[0]:.1f} MB/s, datatrove {speeds[1]:.2f} MB/s")
    print(f"ratio {theirs.signature_seconds / ours:.1f}")
    print(f"signature to decisions: {decided:.1f} s, datatrove {theirs.decision_seconds:.1f} s")
    print(f"ratio {theirs.decision_seconds / decided:.1f}")


def scale(sizes: Sequence[int]) -> None:
    """Prints CPU time and peak memory of clustering synthetic signatures: its own, and with pages of files.

    Pages of files are the system's to take back. XDATA_THREADS says how many threads there are.
    """
    print(f"{'documents':>12}{'CPU s':>10}{'us each':>10}{'seconds':>10}{'own MB':>10}{'peak MB':>10}{'kept':>12}")
    for num in sizes:
        command = [sys.executable, "-m", "tests.benchmarks.duplicates", "--part", "one", "--sizes", str(num)]
        print(subprocess.run(command, check=True, capture_output=True, text=True).stdout, end="")


def one(num: int) -> None:
    """Clusters so many synthetic signatures in this process."""
    with tempfile.TemporaryDirectory() as folder:
        columns = SyntheticColumns(num, Path(folder))
        begin, started = time.process_time(), time.perf_counter()
        with OwnMemory() as own:
            survivors = near_duplicates(columns, min_similarity=THRESHOLD)
        seconds, passed = time.process_time() - begin, time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    kept = int((survivors == np.arange(num)).sum())
    times = f"{seconds:10.1f}{1e6 * seconds / num:10.2f}{passed:10.1f}"
    print(f"{num:12,}{times}{own.peak / 1e6:10.0f}{peak:10.0f}{kept:12,}")


def gigabyte(shared: Path, megabytes: Sequence[int]) -> None:
    """Prints what each stage of the recipe `deduplicate` takes of so much text in sixteen scripts, with two workers."""
    for size in megabytes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "in.jsonl"
            num, num_bytes = write_documents(shared, path, num_bytes=size * 1_000_000)
            sources = parse_sources([str(path)])
            begin = time.perf_counter()
            recipe = find_recipe("deduplicate").make(sources=sources, languages=())
            manifest = build(recipe, Path(folder) / "out", workers=2)
            seconds = time.perf_counter() - begin
            driver = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        kept = sum(facts.num_rows for facts in manifest.languages.values())
        print(f"{num_bytes / 1e6:,.0f} MB of text, {num:,} documents, {kept:,} kept: {seconds:.0f} s")
        print(f"{'':12}{'seconds':>10}{'CPU s':>10}{'MB a rank':>12}   driver: {driver:.0f} MB")
        for name, timing in manifest.timing.items():
            print(f"{name:12}{timing.seconds:10.0f}{timing.cpu_seconds:10.0f}{timing.peak_bytes / 1e6:12.0f}")


def crawls(shared: Path) -> None:
    """Prints what three crawls of web pages keep, one after the other and all at once; they have pages in common."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for number, sets in enumerate(_CRAWLS):
            (folder / f"crawl{number}").mkdir()
            for part in sets:
                shutil.copy(shared / "web" / part / "pages.warc.gz", folder / f"crawl{number}" / f"{part}.warc.gz")
        outs: list[Path] = []
        for number in range(3):
            outs.append(folder / f"out{number}")
            settings = {"dedup.index": "true", "dedup.reference_corpora": f"[{', '.join(map(str, outs[:-1]))}]"}
            build(_web(folder, [number], settings), outs[-1])
        build(_web(folder, [0, 1, 2], {"dedup.prefer_sources": "[crawl0, crawl1, crawl2]"}), folder / "all")
        kept = [_ids(out) for out in outs]
        at_once = _ids(folder / "all")
        print(f"one by one {[len(ids) for ids in kept]}, all at once {len(at_once)}")
        print(f"the same documents: {set().union(*kept) == at_once}")


def _web(folder: Path, numbers: Sequence[int], settings: dict[str, str]) -> Recipe:
    sources = parse_sources([str(folder / f"crawl{number}") for number in numbers])
    settings = {**settings, "min_words": "20"}
    return find_recipe("monolingual_corpus").make(sources=sources, languages=(), settings=settings)


def _ids(out: Path) -> set[str]:
    return {each for path in (out / "data").rglob("*.parquet") for each in pq.read_table(path)["id"].to_pylist()}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path)
    parser.add_argument("--part", nargs="+", default=["curve", "speed", "scale", "gigabyte", "crawls"])
    parser.add_argument("--sizes", nargs="+", type=int, default=[100_000, 1_000_000, 10_000_000])
    parser.add_argument("--megabytes", nargs="+", type=int, default=[100, 1000], help="of the part gigabyte")
    parser.add_argument("--documents", type=int, default=100_000, help="of the part speed")
    options = parser.parse_args()
    for part in options.part:
        match part:
            case "curve":
                curve(options.shared)
            case "speed":
                speed(options.shared, options.documents)
            case "scale":
                scale(options.sizes)
            case "one":
                one(options.sizes[0])
            case "gigabyte":
                gigabyte(options.shared, options.megabytes)
            case "crawls":
                crawls(options.shared)


if __name__ == "__main__":
    main()
