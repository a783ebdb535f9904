"""Ranks that fail, hang, grow or die: named, and the same call goes on."""

import json
import os
import random
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import psutil
import pytest

from tests.run.corpora import build, hashes, recipe, table, write_crawl
from xdata.errors import ResourceError, RunError
from xdata.output.check import check
from xdata.readers.source_specs import parse_sources
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe

_STEPS = Path(__file__).parent / "steps_for_tests.py"


def _misbehaving(folder: Path, *words: str, **settings: str) -> Recipe:
    lines = [json.dumps({"text": word}) + "\n" for word in words]
    (folder / "in.jsonl").write_text("".join(lines))
    return find_recipe(str(_STEPS)).make(sources=parse_sources([str(folder / "in.jsonl")]), settings=settings)


def test_a_document_that_an_edit_fails_on_is_dropped_and_named(tmp_path: Path) -> None:
    manifest = build(_misbehaving(tmp_path, "one", "raise", "two"), tmp_path / "out", workers=1)
    assert [row["text"] for row in table(tmp_path / "out", "data")] == ["one done", "two done"]
    (failed,) = manifest.failed
    assert (failed["step"], failed["error"]) == ("misbehave", "ValueError: this page is odd and has two lines")
    (dropped,) = table(tmp_path / "out", "rejects")
    assert dropped["id"] == failed["id"]
    assert dropped["reasons"][0]["reason"] == "misbehave_failed"


@pytest.mark.parametrize("word", ["nothing", "elsewhere"])
def test_an_edit_that_gives_no_document_costs_the_document(tmp_path: Path, word: str) -> None:
    manifest = build(_misbehaving(tmp_path, "one", word), tmp_path / "out", workers=1)
    assert manifest.failed[0]["step"] == "misbehave"
    assert [row["text"] for row in table(tmp_path / "out", "data")] == ["one done"]
    assert not list(tmp_path.rglob("evil*"))


@pytest.mark.slow
def test_the_guard_stops_documents_of_two_ranks_at_once(tmp_path: Path) -> None:
    for name in ("a", "b", "c"):
        lines = [json.dumps({"text": word}) + "\n" for word in ("one", "spin", "spin", "two")]
        (tmp_path / f"{name}.jsonl").write_text("".join(lines))
    made = find_recipe(str(_STEPS)).make(
        sources=parse_sources([f"{tmp_path}/*.jsonl"]), settings={"cpu_seconds": "0.5"}
    )
    manifest = build(made, tmp_path / "out", workers=3, part_bytes=1024)
    assert manifest.num_failed == 6
    assert len(table(tmp_path / "out", "data")) == 6


@pytest.mark.parametrize(
    ("word", "error"),
    [("spin", "guard_cpu_seconds"), pytest.param("grow", "guard_memory_bytes", marks=pytest.mark.slow)],
)
def test_the_guard_stops_a_document_and_the_run_continues(tmp_path: Path, word: str, error: str) -> None:
    made = _misbehaving(tmp_path, "one", word, "two", "three", cpu_seconds="0.5" if word == "spin" else "99")
    manifest = build(made, tmp_path / "out", workers=1)
    assert [row["text"] for row in table(tmp_path / "out", "data")] == ["one done", "two done", "three done"]
    (dropped,) = table(tmp_path / "out", "rejects")
    assert dropped["reasons"][0]["reason"] == error
    assert f"the guard stopped 1 document ({error}): on another machine it may stop others" in manifest.warnings
    first = hashes(tmp_path / "out")
    for path in [tmp_path / "out" / "manifest.json", *(tmp_path / "out" / "work").glob("read-*/commits/*.json")]:
        path.unlink()
    begin = time.monotonic()
    build(made, tmp_path / "out", workers=1)
    assert hashes(tmp_path / "out") == first
    assert time.monotonic() - begin < 15


@pytest.mark.parametrize(("word", "signal_name"), [("crash", "sigabrt"), ("segfault", "sigsegv")])
def test_a_document_that_crashes_a_library_is_dropped_and_the_run_continues(
    tmp_path: Path, word: str, signal_name: str
) -> None:
    manifest = build(_misbehaving(tmp_path, "one", word, "two", word), tmp_path / "out", workers=1)
    assert [row["text"] for row in table(tmp_path / "out", "data")] == ["one done", "two done"]
    dropped = table(tmp_path / "out", "rejects")
    assert [row["reasons"][0]["reason"] for row in dropped] == [f"crashed_{signal_name}"] * 2
    assert f"the guard stopped 2 documents (crashed_{signal_name}): on another machine it may stop others" in (
        manifest.warnings
    )
    (log,) = (tmp_path / "out" / "work").glob("read-*/log/00000.out")
    assert "Fatal Python error" in log.read_text()


def test_a_document_that_a_score_fails_on_is_dropped_and_named(tmp_path: Path) -> None:
    manifest = build(_misbehaving(tmp_path, "one", "unrateable"), tmp_path / "out", workers=1)
    (dropped,) = table(tmp_path / "out", "rejects")
    assert [reason["reason"] for reason in dropped["reasons"]] == ["rate_failed"]
    (warning,) = manifest.warnings
    assert warning.startswith("step 'rate' failed on 1 of 2 records (50.0%), the first of them document ")
    assert warning.endswith(f"{dropped['id']}: ZeroDivisionError: no words; they are dropped as rate_failed")


def test_a_score_with_an_invalid_language_stops_the_run(tmp_path: Path) -> None:
    with pytest.raises(RunError, match=r"step 'rate' gave the language '../../evil', expected an iso639-3_Script"):
        build(_misbehaving(tmp_path, "one", "escape"), tmp_path / "out", workers=1)
    assert not list(tmp_path.rglob("evil*"))


def test_time_between_documents_is_not_a_documents(tmp_path: Path) -> None:
    """Reading a record that is passed over takes longer than the guard allows for an edit; nobody is stopped."""
    (tmp_path / "in.jsonl").write_text('{"text": "one"}\n' + "[" * (20 << 20) + '\n{"text": "two"}\n')
    made = find_recipe(str(_STEPS)).make(
        sources=parse_sources([str(tmp_path / "in.jsonl")]), settings={"cpu_seconds": "0.001"}
    )
    manifest = build(made, tmp_path / "out", workers=1, part_bytes=1 << 30)
    assert (manifest.num_failed, manifest.num_unreadable) == (0, 1)
    assert [row["text"] for row in table(tmp_path / "out", "data")] == ["one done", "two done"]


@pytest.mark.parametrize(
    ("word", "message"),
    [
        ("die", r"rank 0 of stage 'read' \(.*in\.jsonl\) was killed by SIGKILL, perhaps out of memory"),
        ("leave", r"rank 0 of stage 'read' \(.*in\.jsonl\) ended with status 7"),
    ],
)
def test_a_rank_that_dies_is_named_within_seconds(tmp_path: Path, word: str, message: str) -> None:
    begin = time.monotonic()
    with pytest.raises(RunError, match=message):
        build(_misbehaving(tmp_path, "one", word), tmp_path / "out", workers=2)
    assert time.monotonic() - begin < 15
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_a_rank_without_memory_is_named(tmp_path: Path) -> None:
    with pytest.raises(ResourceError, match=r"rank 0 of stage 'read'.* ran out of memory: give it more"):
        build(_misbehaving(tmp_path, "one", "starve"), tmp_path / "out", workers=1)


def test_an_error_of_ours_in_a_rank_comes_through_as_it_is(tmp_path: Path) -> None:
    from xdata.errors import InputError

    (tmp_path / "in.jsonl").write_text('{"body": "x"}\n')
    with pytest.raises(InputError, match="there is no field 'text'"):
        build(recipe([tmp_path / "in.jsonl"]), tmp_path / "out", workers=1)


def _command(crawl: Path, out: Path, **settings: str) -> list[str]:
    path = out.with_suffix(".yaml")
    path.write_text(recipe([crawl], **settings).to_yaml(), encoding="utf-8")
    return [sys.executable, "-m", "xdata.cli", "build", str(path), "--out", str(out), "--workers", "2"]


def _spinning(folder: Path) -> list[str]:
    """A command that works on one document for ever."""
    (folder / "in.jsonl").write_text('{"text": "spin"}\n')
    made = find_recipe(str(_STEPS)).make(
        sources=parse_sources([str(folder / "in.jsonl")]), settings={"cpu_seconds": "1000"}
    )
    (folder / "r.yaml").write_text(made.to_yaml(), encoding="utf-8")
    return [sys.executable, "-m", "xdata.cli", "build", str(folder / "r.yaml"), "--out", str(folder / "out")]


def _family_of(pid: int, *, at_least: int) -> list[psutil.Process]:
    """The processes that a process started, once they are so many."""
    for _ in range(300):
        family = _family(pid)
        if len(family) >= at_least:
            return family
        time.sleep(0.1)
    raise AssertionError(f"there are no {at_least} processes")


def _family(pid: int) -> list[psutil.Process]:
    try:
        return psutil.Process(pid).children(recursive=True)
    except psutil.NoSuchProcess:
        return []


def _wait_until_gone(processes: list[psutil.Process], seconds: float) -> list[psutil.Process]:
    return psutil.wait_procs(processes, timeout=seconds)[1]


def test_nobody_outlives_a_killed_driver(tmp_path: Path) -> None:
    driver = subprocess.Popen(_spinning(tmp_path), stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    family = _family_of(driver.pid, at_least=2)
    driver.kill()
    driver.wait()
    assert _wait_until_gone(family, 10) == []


def test_ctrl_c_ends_everything_with_status_130(tmp_path: Path) -> None:
    driver = subprocess.Popen(_spinning(tmp_path), stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
    family = _family_of(driver.pid, at_least=2)
    driver.send_signal(signal.SIGINT)
    _, said = driver.communicate(timeout=90)
    assert driver.returncode == 130
    assert said.splitlines()[-1] == "xdata: interrupted: run the same command again to resume"
    assert "Traceback" not in said
    assert _wait_until_gone(family, 30) == []


@pytest.mark.slow
def test_a_full_disk_is_one_line_and_the_same_command_resumes(tmp_path: Path) -> None:
    """The limit on the size of a file stands for a full disk: a rank's write fails half-way."""
    crawl = write_crawl(tmp_path)
    build(recipe([crawl]), tmp_path / "clean")
    largest = max(path.stat().st_size for path in (tmp_path / "clean" / "work").rglob("*.parquet"))

    def limit() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (largest - 1, largest - 1))

    command = _command(crawl, tmp_path / "out")
    ran = subprocess.run(command, preexec_fn=limit, capture_output=True, text=True, check=False)
    assert ran.returncode == 1
    last = ran.stderr.splitlines()[-1]
    assert last.startswith("xdata: ")
    assert "cannot be written" in last
    assert "Traceback" not in ran.stderr
    subprocess.run(command, check=True, capture_output=True)
    assert hashes(tmp_path / "out") == hashes(tmp_path / "clean")


@pytest.mark.slow
def test_kills_at_random_moments_change_no_byte(tmp_path: Path) -> None:
    """kill -9 of the driver, of the spawner and of workers, each followed by the same command."""
    _kill_at_random(write_crawl(tmp_path), tmp_path, num_kills=5)


@pytest.mark.slow
def test_kills_change_no_byte_where_corpora_are_known_and_parts_are_cut(tmp_path: Path) -> None:
    crawl = write_crawl(tmp_path)
    for number in range(2):
        (tmp_path / f"dump{number}").mkdir()
    for number, path in enumerate(sorted(crawl.iterdir())):
        path.rename(tmp_path / f"dump{min(number, 1)}" / path.name)
    build(recipe([tmp_path / "dump0"], dedup={"index": "true"}), tmp_path / "known")
    settings = {
        "dedup.reference_corpora": f"[{tmp_path / 'known'}]",
        "dedup.index": "true",
        "dedup.line_dedup_min_documents": "2",
        "dedup.exact_substring_words": "8",
    }
    _kill_at_random(tmp_path / "dump1", tmp_path, num_kills=2, **settings)
    rows = table(tmp_path / "clean", "ledger")
    assert any(row["reference_id"] for row in rows) and any(row["cuts"] for row in rows)


def _kill_at_random(crawl: Path, folder: Path, *, num_kills: int, **settings: str) -> None:
    build(recipe([crawl], **settings), folder / "clean")
    rng = random.Random(20)
    kills = 0
    for _attempt in range(10 * num_kills):
        out = folder / f"out{kills // 5}"
        command = _command(crawl, out, **settings)
        driver = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL, text=True)
        time.sleep(rng.uniform(0.3, 3.5))
        victim = rng.choice(["driver", "worker", "worker"])
        family = _family(driver.pid)
        if victim == "worker" and family:
            os.kill(rng.choice(family).pid, signal.SIGKILL)
        elif driver.poll() is None:
            driver.kill()
        _, said = driver.communicate(timeout=60)
        kills += driver.returncode != 0
        assert "Traceback" not in said
        if driver.returncode == 1:
            assert "run the same command again to resume" in said
        else:
            assert driver.returncode in (0, -signal.SIGKILL)
        if driver.returncode == 0 or kills % 5 == 0 or kills == num_kills:
            subprocess.run(command, check=True, capture_output=True)
            assert hashes(out) == hashes(folder / "clean")
            assert check(out) == []
            if driver.returncode == 0:
                for path in [out / "manifest.json", *(out / "work").rglob("commits/*.json")]:
                    if rng.random() < 0.5:
                        path.unlink()
        if kills >= num_kills:
            break
    assert kills >= num_kills, f"only {kills} kills in {10 * num_kills} attempts"
