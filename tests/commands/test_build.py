"""Plans and summaries of builds: their numbers are those of the input and the manifest."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.run.corpora import recipe, table, write_crawl
from xdata.cli import main
from xdata.commands.plan import describe, make_plan
from xdata.errors import ResourceError
from xdata.output.manifest import Manifest
from xdata.recipe.phases import PHASES

_QUICK = ("--set", "thresholds=none", "min_words=1", "--executor", "inline")


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_crawl(tmp_path_factory.mktemp("build"))


@pytest.fixture(scope="module")
def built(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "out"
    words = ["build", "monolingual_corpus", "--input", str(crawl), "--language", "sw", "fa", "--out", str(out)]
    assert main([*words, *_QUICK]) == 0
    return out


def _json(capsys: pytest.CaptureFixture[str], *words: str, status: int = 0) -> Any:
    assert main([*words, "--json"]) == status
    return json.loads(capsys.readouterr().out)


def test_a_plan_has_the_input_and_every_stage(crawl: Path) -> None:
    made = recipe([crawl])
    plan = make_plan(made)
    assert plan.files == sum(source.files for source in plan.sources) == len(list(crawl.iterdir()))
    assert plan.bytes == sum(path.stat().st_size for path in crawl.iterdir())
    assert [stage.name for stage in plan.stages] == [stage.name for stage in made.stages]
    purposes = {phase.purpose for phase in PHASES}
    assert all((stage.purpose in purposes) == (len(stage.steps) > 1) and stage.purpose for stage in plan.stages)
    assert all(stage.state == "new" for stage in plan.stages)
    lines = describe(plan)
    assert all(any(line.startswith(f"  {stage.name} ") for line in lines) for stage in plan.stages)
    assert all(len(line) <= 120 for line in lines)


def test_a_plan_writes_nothing_and_misses_files_of_steps(crawl: Path, tmp_path: Path) -> None:
    words = tmp_path / "flagged.txt"
    words.write_text("neno\n", encoding="utf-8")
    given = recipe([crawl], blocklist={"words": f"{{swh_Latn: {words}}}"})
    make_plan(given, out=tmp_path / "out", work=tmp_path / "out" / "work")
    assert [path.name for path in tmp_path.iterdir()] == ["flagged.txt"]
    words.unlink()
    with pytest.raises(ResourceError, match=r"flagged\.txt: there is no such file"):
        make_plan(given)


def test_a_plan_tells_what_is_done_already(crawl: Path, built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["build", "monolingual_corpus", "--input", str(crawl), "--language", "sw", "fa", "--dry-run", "--out"]
    same = _json(capsys, *words, str(built), "--set", "thresholds=none", "min_words=1")
    assert same["complete"]
    assert {stage["state"] for stage in same["stages"]} == {"done"}
    other = _json(capsys, *words, str(built), "--set", "thresholds=none", "min_words=3")
    states = {stage["name"]: stage["state"] for stage in other["stages"]}
    assert not other["complete"]
    assert (states["read"], states["annotate"], states["decide"]) == ("done", "done", "new")


def test_numbers_of_the_summary_are_those_of_the_output(
    crawl: Path, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "build",
        "monolingual_corpus",
        "--input",
        str(crawl),
        "--language",
        "sw",
        "fa",
        "--out",
        str(built),
        *_QUICK,
    ]
    facts = _json(capsys, *words)
    data, ledger, manifest = table(built, "data"), table(built, "ledger"), Manifest.read(built)
    assert facts["documents"] == {"read": len(ledger), "kept": len(data), "dropped": len(ledger) - len(data)}
    for code, each in facts["languages"].items():
        rows = [row for row in ledger if row["language"] == code]
        assert (each["read"], each["kept"]) == (len(rows), sum(row["decision"] == "kept" for row in rows))
        reasons = [reason["reason"] for row in rows for reason in row["reasons"]]
        assert each["reasons"] == {reason: reasons.count(reason) for reason in set(reasons)}
    assert facts["warnings"] == manifest.warnings
    assert Path(facts["report"]).is_file() and Path(facts["card"]).is_file()


def test_the_summary_names_languages_with_data_and_sums_the_others(
    crawl: Path, built: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = [
        "build",
        "monolingual_corpus",
        "--input",
        str(crawl),
        "--language",
        "sw",
        "fa",
        "--out",
        str(built),
        *_QUICK,
    ]
    assert main(words) == 0
    brief = capsys.readouterr().out.splitlines()
    labels = [line.split()[0] for line in brief if line.startswith("  ")]
    assert labels[0] == "language" and set(labels[1:3]) == {"swh_Latn", "pes_Arab"}
    assert labels[3].isdigit()
    assert main([*words, "-v"]) == 0
    whole = capsys.readouterr().out
    assert all(code in whole for code in Manifest.read(built).all_languages())


def test_outputs_are_told_in_json(built: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert _json(capsys, "check", str(built)) == {"path": str(built), "complete": True, "problems": []}
    found = _json(capsys, "diff", str(built), str(built))
    kept = {code: facts.num_rows for code, facts in Manifest.read(built).languages.items()}
    assert {code: fates["both"] for code, fates in found["languages"].items()} == kept
    identity = table(built, "data")[0]["id"]
    assert _json(capsys, "explain", str(built), identity)["records"][0]["ledger"]["id"] == identity


def test_problems_are_told_in_json_with_status_1(
    built: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "copy"
    shutil.copytree(built, copy)
    (copy / "README.md").write_text("x")
    found = _json(capsys, "check", str(copy), status=1)
    assert not found["complete"]
    assert any(problem.startswith("README.md: ") for problem in found["problems"])
    assert main(["check", str(copy)]) == 1
    assert "is damaged: delete the files named above" in capsys.readouterr().out
