"""Small corpora to run recipes over, and what came of them."""

import json
import signal
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from tests.texts import texts
from xdata.disk import hash_file
from xdata.export.shards import Shards
from xdata.output.manifest import Manifest
from xdata.readers.source_specs import parse_sources
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe, Stage
from xdata.run.build import build as run
from xdata.run.options import StageOptions

LANGUAGES = ("swh_Latn", "sin_Sinh", "pes_Arab", "amh_Ethi", "tha_Thai", "zho_Hans")
TABLES = ("data", "ledger", "rejects")
PART_BYTES = 40_000
"""Of the parts that tests cut their small inputs into."""


def rows() -> list[dict[str, Any]]:
    """Documents of six languages in six scripts, with duplicates and junk among them."""
    found = [
        {"text": page, "url": f"https://{code}.example/{number}"}
        for code in LANGUAGES
        for number, page in enumerate(texts(code))
    ]
    copies = [{"text": f"{row['text']}\n", "url": f"{row['url']}/copy"} for row in found[::4]]
    near = [{"text": f"{row['text']}\n{row['text'][:9]}", "url": f"{row['url']}/near"} for row in found[1::4]]
    junk = [{"text": "12 34 ★"}, {"text": "mbili tatu"}, {"text": texts("eng_Latn")[0]}, {"text": ""}]
    return [*found, *copies, *near, *junk]


def write_crawl(folder: Path) -> Path:
    """A folder of JSONL files, `crawl`, with the rows in no order of language."""
    crawl = folder / "crawl"
    crawl.mkdir(parents=True)
    shuffled = sorted(rows(), key=lambda row: hash_of(row["text"]))
    for number in range(3):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in shuffled[number::3]]
        (crawl / f"{number}.jsonl").write_text("".join(lines), encoding="utf-8")
    return crawl


def hash_of(text: str) -> int:
    """A number that is the same in every process."""
    return int.from_bytes(text.encode()[-8:], "little") % 9973


def recipe(inputs: Sequence[str | Path], **settings: Any) -> Recipe:
    """The monolingual corpus over some inputs, with settings as `words` takes them."""
    return find_recipe("monolingual_corpus").make(
        sources=parse_sources([str(path) for path in inputs]), languages=LANGUAGES, settings=words(**settings)
    )


def words(**settings: Any) -> dict[str, str]:
    """Path -> word, as `--set` takes them: a group is `dedup={"index": True}`, or an option of it `dedup.index`."""
    found: dict[str, str] = {}
    for name, value in settings.items():
        options = {f"{name}.{key}": each for key, each in value.items()} if isinstance(value, dict) else {name: value}
        found |= {path: each if isinstance(each, str) else json.dumps(each) for path, each in options.items()}
    return found


def build(recipe: Recipe, out: Path, *, part_bytes: int = PART_BYTES, **options: Any) -> Manifest:
    """A build whose input is cut into many parts."""
    return run(recipe, out, options=part_options(recipe, part_bytes), **options)


def part_options(recipe: Recipe, part_bytes: int) -> dict[str, StageOptions]:
    """Options of its stages by which a recipe reads parts of so many bytes, and annotates half as much at a time."""
    sizes = {"read": part_bytes, "annotate": max(part_bytes // 2, 1024)}
    return {
        stage.name: StageOptions(part_bytes=sizes[stage.phase.name])
        for stage in recipe.stages
        if stage.phase.has_part_bytes
    }


def as_documents(recipe: Recipe) -> Recipe:
    """A recipe that copies rows, writing documents of each language instead."""
    *before, last = recipe.stages
    export = last.steps[0]
    assert isinstance(export, Shards)
    changed = export.model_copy(update={"copy_rows": False, "config_by": "language", "format": "parquet"})
    return replace(recipe, stages=(*before, Stage(last.name, (changed,))))


def copied(out: Path) -> list[dict[str, Any]]:
    """The rows of an output that are copied lines of JSON, in order."""
    paths = sorted((out / "data").rglob("*.jsonl"))
    return [json.loads(line) for path in paths for line in path.read_text(encoding="utf-8").splitlines()]


def hashes(out: Path, *names: str) -> dict[str, str]:
    """Path -> sha256 of every table of an output folder, and of the files named."""
    paths = [path for table in TABLES for path in (out / table).rglob("*") if path.is_file()]
    paths += [out / name for name in names]
    return {str(path.relative_to(out)): hash_file(path) for path in sorted(paths)}


def table(out: Path, name: str) -> list[dict[str, Any]]:
    """All rows of `data`, `ledger` or `rejects`."""
    return [row for path in sorted((out / name).rglob("*.parquet")) for row in pq.read_table(path).to_pylist()]


def build_killed(recipe: Recipe, out: Path, *, num_commits: int) -> list[str]:
    """Kills a build with two workers once so many ranks are done, and returns the command that goes on from there."""
    written = out.with_suffix(".yaml")
    written.write_text(recipe.to_yaml(), encoding="utf-8")
    command = [sys.executable, "-m", "xdata.cli", "build", str(written), "--out", str(out), "--workers", "2"]
    command += ["--stage", f"read.part_bytes={PART_BYTES}", f"annotate.part_bytes={PART_BYTES // 2}"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as driver:
        while len(list((out / "work").glob("*/commits/*.json"))) < num_commits and driver.poll() is None:
            time.sleep(0.02)
        driver.kill()
        assert driver.wait(timeout=60) == -signal.SIGKILL, "it had ended before it was killed"
    assert not (out / "manifest.json").exists()
    return command
