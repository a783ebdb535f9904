"""Ray and Slurm make the bytes that local processes make; a rank that is killed is named and the run goes on."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest

from tests.run.corpora import build, hashes, recipe, table, write_crawl
from xdata.cli import main
from xdata.errors import ConfigError, InputError, ResourceError, RunError
from xdata.output.check import check
from xdata.readers.source_specs import parse_sources
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe
from xdata.run.executors.executor import Executor
from xdata.run.executors.ray import RayExecutor
from xdata.run.executors.slurm import SlurmExecutor, check_options

_STEPS = Path(__file__).parents[1] / "steps_for_tests.py"
_STUB = Path(__file__).parents[1] / "slurm_stub.py"


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_crawl(tmp_path_factory.mktemp("input"))


@pytest.fixture(scope="module")
def clean(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("clean") / "out"
    build(_small(crawl), out, workers=2)
    return out


@pytest.fixture
def stub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The folder of a stand-in for Slurm."""
    commands, state = tmp_path / "bin", tmp_path / "slurm"
    commands.mkdir()
    state.mkdir()
    for name in ("sbatch", "squeue"):
        (commands / name).write_text(f'#!/bin/sh\nexec {sys.executable} {_STUB} {name} "$@"\n')
        (commands / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{commands}:{os.environ['PATH']}")
    monkeypatch.setenv("STUB_SLURM", str(state))
    yield state
    for _ in range(100):
        if all(path.with_suffix(".done").exists() for path in state.glob("*.job")):
            break
        time.sleep(0.1)


def _small(crawl: Path) -> Recipe:
    """A recipe of few ranks, since a rank on a cluster takes seconds to begin."""
    return recipe([crawl])


def _misbehaving(folder: Path, *words: str) -> Recipe:
    (folder / "in.jsonl").write_text("".join(f'{{"text": "{word}"}}\n' for word in words))
    return find_recipe(str(_STEPS)).make(sources=parse_sources([str(folder / "in.jsonl")]))


def _slurm() -> SlurmExecutor:
    return SlurmExecutor(options={}, poll_seconds=0.2)


def _ray() -> RayExecutor:
    return RayExecutor(workers=2)


_POOLS: dict[str, Callable[[], Executor]] = {"ray": _ray, "slurm": _slurm}


@pytest.mark.slow
@pytest.mark.parametrize("executor", _POOLS)
def test_the_same_bytes(executor: str, crawl: Path, clean: Path, tmp_path: Path, stub: Path) -> None:
    build(_small(crawl), tmp_path / "out", executor=_POOLS[executor]())
    assert hashes(tmp_path / "out", "README.md") == hashes(clean, "README.md")
    assert check(tmp_path / "out") == []


@pytest.mark.slow
@pytest.mark.parametrize("executor", _POOLS)
def test_a_killed_rank_is_named_and_the_same_command_resumes(executor: str, tmp_path: Path, stub: Path) -> None:
    with pytest.raises(RunError, match=r"rank 0 of stage 'read' \(.*in\.jsonl\) was killed by SIGKILL"):
        build(_misbehaving(tmp_path, "one", "die"), tmp_path / "out", executor=_POOLS[executor]())
    assert not (tmp_path / "out" / "manifest.json").exists()
    build(_misbehaving(tmp_path, "one", "two"), tmp_path / "out")
    assert [row["text"] for row in table(tmp_path / "out", "data")] == ["one done", "two done"]


@pytest.mark.slow
@pytest.mark.parametrize("executor", _POOLS)
def test_an_error_of_ours_comes_through_as_it_is(executor: str, tmp_path: Path, stub: Path) -> None:
    (tmp_path / "in.jsonl").write_text('{"body": "x"}\n')
    with pytest.raises(InputError, match="there is no field 'text'"):
        build(recipe([tmp_path / "in.jsonl"]), tmp_path / "out", executor=_POOLS[executor]())


@pytest.mark.slow
@pytest.mark.parametrize("executor", _POOLS)
def test_the_guard_watches_there_too(executor: str, tmp_path: Path, stub: Path) -> None:
    manifest = build(_misbehaving(tmp_path, "one", "crash", "spin"), tmp_path / "out", executor=_POOLS[executor]())
    assert [row["text"] for row in table(tmp_path / "out", "data")] == ["one done"]
    assert manifest.num_failed == 2


@pytest.mark.slow
def test_a_ray_worker_that_is_killed_is_named(tmp_path: Path) -> None:
    """datatrove 0.10.1's Ray executor hangs here."""
    import threading

    def kill() -> None:
        for _ in range(600):
            for process in psutil.Process().children(recursive=True):
                try:
                    if "run_rank_guarded" in " ".join(process.cmdline()):
                        process.kill()
                        return
                except psutil.Error:
                    pass
            time.sleep(0.05)

    killer = threading.Thread(target=kill)
    killer.start()
    with pytest.raises(RunError, match=r"rank 0 of stage 'read' .* was lost by Ray"):
        made = find_recipe(str(_STEPS)).make(
            sources=parse_sources([str(_write(tmp_path, "spin"))]), settings={"cpu_seconds": "60"}
        )
        build(made, tmp_path / "out", executor=_ray())
    killer.join()


def _write(folder: Path, word: str) -> Path:
    (folder / "in.jsonl").write_text(f'{{"text": "{word}"}}\n')
    return folder / "in.jsonl"


@pytest.mark.slow
def test_a_task_that_slurm_loses_is_submitted_again(crawl: Path, clean: Path, tmp_path: Path, stub: Path) -> None:
    (stub / "lose").write_text("0")
    build(_small(crawl), tmp_path / "out", executor=_slurm())
    assert hashes(tmp_path / "out") == hashes(clean)
    assert len(list(stub.glob("*.job"))) == 7
    assert not (stub / "lose").exists()


@pytest.mark.slow
def test_a_driver_that_is_killed_leaves_jobs_that_the_next_one_waits_for(
    crawl: Path, clean: Path, tmp_path: Path, stub: Path
) -> None:
    (tmp_path / "r.yaml").write_text(_small(crawl).to_yaml(), encoding="utf-8")
    command = [sys.executable, "-m", "xdata.cli", "build", str(tmp_path / "r.yaml"), "--executor", "slurm"]
    command += ["--out", str(tmp_path / "out")]
    driver = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    while not list(stub.glob("*.job")):
        time.sleep(0.05)
    time.sleep(0.3)
    driver.kill()
    driver.wait()
    build(_small(crawl), tmp_path / "out", executor=_slurm())
    assert hashes(tmp_path / "out") == hashes(clean)
    assert len(list(stub.glob("*.job"))) == 6


def test_what_slurm_refuses_is_one_line(crawl: Path, tmp_path: Path, stub: Path) -> None:
    (stub / "refuse").touch()
    with pytest.raises(ResourceError, match=r"sbatch rejects .*read-0\.sh: sbatch: error: invalid partition specified"):
        build(_small(crawl), tmp_path / "out", executor=_slurm())


def test_scripts_ask_for_what_each_stage_needs(crawl: Path, tmp_path: Path, stub: Path) -> None:
    (stub / "refuse").touch()
    executor = SlurmExecutor(options={"mem": "8G", "read.mem": "2G", "partition": "cpu"}, workers=3)
    with pytest.raises(ResourceError):
        build(_small(crawl), tmp_path / "a b", executor=executor)
    script = (tmp_path / "a b" / "work" / "slurm" / "read-0.sh").read_text()
    assert "#SBATCH --mem=2G\n" in script
    assert "#SBATCH --partition=cpu\n" in script
    assert "#SBATCH --requeue\n" in script
    assert "%3\n" in script
    assert subprocess.run(["bash", "-n", "-c", script], check=False).returncode == 0


def test_a_dry_run_leaves_the_scripts_and_nothing_else(
    crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "r.yaml").write_text(_small(crawl).to_yaml(), encoding="utf-8")
    command = ["build", str(tmp_path / "r.yaml"), "--executor", "slurm", "--slurm", "near.mem=9G", "--dry-run"]
    assert main([*command, "--out", str(tmp_path / "out")]) == 0
    scripts = sorted(path for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert [path.name for path in scripts] == [
        f"{stage}-0.sh" for stage in ("annotate", "corpus", "decide", "exact", "near", "read")
    ]
    said = capsys.readouterr().out
    assert all(f"script {path}\n" in said for path in scripts)
    near = scripts[-2].read_text()
    assert "#SBATCH --mem=9G\n" in near
    assert "# --array: set when the stage before has ended\n" in near
    assert main(command) == 2
    build(_small(crawl), tmp_path / "out")
    assert check(tmp_path / "out") == []


@pytest.mark.parametrize("name", ["array", "edit.output", "Mem", "-mem", "wrap", "me m"])
def test_invalid_options_are_refused(name: str) -> None:
    with pytest.raises(ConfigError, match="give a long option of sbatch"):
        check_options({name: "1"})


def test_an_unknown_stage_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(ConfigError, match="no stage is called 'anotate'; did you mean 'annotate'"):
        check_options({"anotate.mem": "9G"}, stages=["read", "annotate"])
    assert check_options({"index.mem": "9G"}, stages=["read"])["index.mem"] == "9G"


def test_a_cluster_without_slurm_is_one_line(crawl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ResourceError, match="needs the command sbatch, which is not installed on this machine"):
        build(_small(crawl), tmp_path / "out", executor=_slurm())


def _has_slurm() -> bool:
    ran = shutil.which("sinfo") and subprocess.run(["sinfo", "-h"], capture_output=True, text=True, check=False)
    return bool(ran) and ran.returncode == 0 and "idle" in ran.stdout  # type: ignore[union-attr]


@pytest.mark.slow
@pytest.mark.skipif(not _has_slurm(), reason="no Slurm is running on this machine")
def test_a_real_slurm_makes_the_same_bytes(crawl: Path, clean: Path, tmp_path: Path) -> None:
    build(
        _small(crawl),
        tmp_path / "out",
        executor=SlurmExecutor(options={"mem": "1G", "time": "00:10:00"}, poll_seconds=1.0),
    )
    assert hashes(tmp_path / "out") == hashes(clean)
