"""The command line: exit status, one line for every mistake, nothing that a terminal obeys."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.run.corpora import hashes, table, write_crawl
from xdata import __version__
from xdata.cli import main

_HERE = ("--executor", "inline")


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_crawl(tmp_path_factory.mktemp("cli"))


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        ([], 2, "the following arguments are required: COMMAND"),
        (["bild"], 2, "invalid choice 'bild', did you mean 'build'?"),
        (["build"], 2, "the following arguments are required: RECIPE (it comes first: xdata build RECIPE --input"),
        (["build", "CRAWL/0.jsonl"], 2, "0.jsonl: expected a recipe, found a file: give files as --input, as in xdata"),
        (["build", "quickstart", "--out", "CRAWL/0.jsonl"], 2, "0.jsonl: expected a folder, found a file"),
        (["build", "quickstart"], 2, "no output folder is given: add --out DIR"),
        (["build", "quickstat", "--out", "OUT"], 2, "unknown recipe 'quickstat': did you mean 'quickstart'?"),
        (["build", "quickstart", "--out", "OUT", "--set", "x=1"], 2, "there is no parameter 'x'"),
        (["build", "quickstart", "--out", "OUT", "--set", "x"], 2, "--set x: expected KEY=VALUE"),
        (["build", "quickstart", "--out", "OUT", "--workers", "0"], 2, "--workers: expected a whole number from 1"),
        (["build", "quickstart", "--out", "OUT", "--workers", "two"], 2, "a whole number from 1, found 'two'"),
        (["build", "quickstart", "--out", "OUT", "--limit", "0"], 2, "argument --limit: expected a whole number"),
        (["build", "quickstart", "--out", ""], 2, "argument --out: expected a path, found an empty word"),
        (["build", "quickstart", "--out", "~nosuchuser/x"], 2, "~nosuchuser/x: user not found"),
        (["build", "monolingual_corpus", "--input", "~nosuchuser/x", "--out", "OUT"], 1, "user not found"),
        (["build", "quickstart", "--out", "a\udcff"], 2, "expected UTF-8, found other bytes"),
        (["build", "monolingual_corpus", "--set", "extractor=\udcff", "--out", "OUT"], 2, "expected UTF-8"),
        (["build", "monolingual_corpus", "--out", "OUT"], 2, "recipe 'monolingual_corpus' needs an --input"),
        (["build", "monolingual_corpus", "--input", "x.jsonl", "--out", "OUT"], 1, "x.jsonl: there is no such file"),
        (["build", "monolingual_corpus", "--input", "OUT/*.x", "--out", "OUT"], 1, "there is no folder"),
        (
            ["build", "monolingual_corpus", "--input", "CRAWL", "--language", "klingon", "--out", "OUT"],
            2,
            "unknown language 'klingon'",
        ),
        (
            ["build", "monolingual_corpus", "--input", "CRAWL", "--set", "min_words=1", "min_words=2", "--out", "OUT"],
            2,
            "--set min_words: is set twice, to '1' and '2': remove one",
        ),
        (["build", "quickstart", "--out", "OUT", "--keep", "all"], 2, "--keep requires --input"),
        (["build", "quickstart", "--out", "OUT", "--field", "text=a"], 2, "--field requires --input"),
        (
            ["build", "monolingual_corpus", "--input", "CRAWL", "--field", "txt=body", "--out", "OUT"],
            2,
            "unknown field 'txt'; did you mean 'text'?",
        ),
        (
            ["build", "monolingual_corpus", "--input", "CRAWL", "--field", "text", "--out", "OUT"],
            2,
            "--field text: expected KEY=VALUE",
        ),
        (
            ["build", "monolingual_corpus", "--input", "CRAWL", "--keep", "scores", "--out", "OUT"],
            2,
            "rename it, as --keep scores=their_scores",
        ),
        (["build", "gone.yaml", "--out", "OUT"], 2, "gone.yaml: cannot be read: No such file or directory"),
        (["build", "gone.py", "--out", "OUT"], 2, "gone.py: Python file not found"),
        (["check", "OUT"], 1, "OUT: there is no such folder"),
        (["explain", "OUT", "abc"], 1, "OUT: there is no such folder"),
        (["report", "OUT"], 1, "OUT: there is no such folder"),
        (["list", "things"], 2, "invalid choice 'things', known: languages, models, papers, recipes, steps"),
        (["list", "--jsn"], 2, "xdata list has no option --jsn: "),
        (["build", "quickstart", "--outt", "OUT"], 2, "xdata build has no option --outt: did you mean '--out' or"),
        (["check", "OUT", "OUT"], 2, "unexpected argument 'OUT': see xdata check --help"),
        (["calibrate", "--input", "x"], 2, "no folder for the language files: add --language-files DIR"),
        (["calibrate", "--declared", "--dry-run", "--input", "x"], 2, "--declared requires exactly one --language"),
        (["show", "edits.extrct"], 2, "unknown name 'edits.extrct', expected a recipe, step,"),
        (["show", "few_stop_word"], 2, "did you mean 'few_stop_words'"),
    ],
)  # fmt: skip
def test_every_mistake_is_one_line_with_the_status_of_the_contract(
    arguments: list[str],
    status: int,
    message: str,
    crawl: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    arguments = [word.replace("CRAWL", str(crawl)) for word in arguments]
    assert main(arguments) == status
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("xdata: ")
    assert said.err.count("\n") == 1
    assert message in said.err
    assert list(tmp_path.iterdir()) == []


def test_a_whole_corpus_by_hand(crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "out"
    command = ["build", "monolingual_corpus", "--input", str(crawl), "--language", "sw", "si", "--out", str(out)]
    assert main([*command, "--dry-run"]) == 0
    assert not out.exists()
    assert "crawl  3 files" in capsys.readouterr().out
    assert main([*command, "--set", "min_words=40", *_HERE]) == 0
    said = capsys.readouterr()
    assert said.out.startswith(f"{out}: ")
    assert said.out.split("\n")[0].endswith(" documents in 2 languages, of 50 read")
    assert "annotate:" in said.err
    assert main(["check", str(out)]) == 0
    assert capsys.readouterr().out.startswith(f"{out}: complete, ")
    (out / "README.md").write_text("x")
    assert main(["check", str(out)]) == 1
    again = ["build", str(out / "recipe.yaml"), *_HERE]
    assert main([*again, "--out", str(tmp_path / "again")]) == 0
    assert main([*again, "--input", f"{crawl}/0.jsonl", "--out", str(tmp_path / "part")]) == 0
    assert main(["build", str(out / "recipe.yaml"), "--language", "mt", "--out", str(tmp_path / "x")]) == 2
    assert "is a complete recipe, which states everything itself: remove languages" in capsys.readouterr().err


def test_a_limit_is_of_each_file(crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["build", "monolingual_corpus", "--input", str(crawl), "--limit", "2", "--out", str(tmp_path / "out")]
    assert main([*arguments, *_HERE]) == 0
    assert "read: 6 documents read" in capsys.readouterr().err
    again = ["build", str(tmp_path / "out" / "recipe.yaml"), "--limit", "1", "--out", str(tmp_path / "again")]
    assert main([*again, *_HERE]) == 0
    assert "read: 3 documents read" in capsys.readouterr().err


@pytest.mark.slow
def test_workers_of_the_command_line_make_the_same(crawl: Path, tmp_path: Path) -> None:
    command = ["build", "monolingual_corpus", "--input", str(crawl)]
    for name, how in (("here", _HERE), ("cores", ()), ("two", ("--workers", "2"))):
        assert main([*command, "--out", str(tmp_path / name), *how]) == 0
    assert hashes(tmp_path / "here") == hashes(tmp_path / "cores") == hashes(tmp_path / "two")


@pytest.mark.parametrize("what", ["recipes", "steps", "languages", "models", "papers"])
def test_lists(what: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["list", what]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 1


@pytest.mark.parametrize(
    "name", ["monolingual_corpus", "quickstart", "edits.extract", "filters.threshold", "swh_Latn", "sw", "xho_Latn"]
)
def test_show(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", name]) == 0
    assert len(capsys.readouterr().out.splitlines()) >= 3


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("zho_Hani", "yes, as zho_Hans or zho_Hant; this code is for text whose script is ambiguous"),
        ("mlt_Arab", "no, only as mlt_Latn: declare the language of its sources"),
        ("gez_Ethi", "no: declare the language of its sources"),
    ],
)
def test_show_lists_the_scripts_in_which_a_language_is_identified(
    name: str, shown: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["show", name]) == 0
    *_, last = capsys.readouterr().out.splitlines()
    assert last.split(maxsplit=1) == ["identified", shown]


def test_show_prints_types_defaults_and_descriptions(capsys: pytest.CaptureFixture[str]) -> None:
    main(["show", "monolingual_corpus"])
    said = capsys.readouterr().out
    assert "smallest number of words" in said
    assert "50" in said
    main(["show", "edits.extract"])
    assert "Larger pages are dropped as `too_large`." in capsys.readouterr().out


def test_version_and_help_are_status_0(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in (["--version"], ["--help"], ["build", "--help"]):
        with pytest.raises(SystemExit) as ended:
            main(arguments)
        assert ended.value.code == 0
    assert __version__ in capsys.readouterr().out


def test_a_terminal_is_not_made_to_obey(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["build", "monolingual_corpus", "--input", "\x1b[31mred\u202e\r\n.jsonl", "--out", str(tmp_path)])
    said = capsys.readouterr().err
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert said.count("\n") == 1
    assert "\\u001b[31mred" in said


def test_letters_of_every_script_are_shown_as_they_are(crawl: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    main(["build", "monolingual_corpus", "--input", str(crawl), "--out", str(out), *_HERE])
    row = next(row for row in table(out, "data") if row["language"] == "sin_Sinh")
    ran = subprocess.run(
        [sys.executable, "-m", "xdata.cli", "explain", str(out), row["id"]], check=True, capture_output=True
    )
    assert row["text"].split()[0] in ran.stdout.decode()


def test_a_terminal_that_knows_no_letters_is_no_error(crawl: Path, tmp_path: Path) -> None:
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"}
    ran = subprocess.run(
        [sys.executable, "-m", "xdata.cli", "list", "languages"], env=environment, check=True, capture_output=True
    )
    assert b"\\u" in ran.stdout


def test_a_closed_pipe_is_no_error() -> None:
    ran = subprocess.run(
        f"{sys.executable} -m xdata.cli list languages | head -1",
        shell=True,
        capture_output=True,
        text=True,
        check=True,
    )
    assert ran.stderr == ""


def test_a_full_output_is_one_line() -> None:
    ran = subprocess.run(
        f"{sys.executable} -m xdata.cli list languages > /dev/full",
        shell=True,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 1
    assert ran.stderr.splitlines()[-1] == "xdata: output: No space left on device"
    assert "Traceback" not in ran.stderr


def test_show_prints_the_defaults_of_options_in_groups(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", "deduplicate"]) == 0
    lines = {line.split()[0]: line.split() for line in capsys.readouterr().out.splitlines() if line.strip()}
    assert lines["identifier"][2] == "xlid.npz"
    assert "null" in lines["output.format"]


def test_a_build_prints_a_summary_for_people_or_programs(
    crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    command = ["build", "monolingual_corpus", "--input", str(crawl), "--language", "sw", "--out", str(tmp_path / "out")]
    command += ["--set", "min_words=1", "thresholds=none", "--executor", "inline"]
    assert main(command) == 0
    shown = capsys.readouterr().out
    assert "swh_Latn Swahili" in shown and "language_not_requested " in shown
    assert f"report: {tmp_path / 'out' / 'report.html'}" in shown
    assert main([*command, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["documents"]["kept"] == told["languages"]["swh_Latn"]["kept"] > 0
    assert told["documents"]["read"] == sum(each["read"] for each in told["languages"].values())
    assert told["reasons"]["language_not_requested"] > 0
    assert main([*command, "-q"]) == 0
    assert capsys.readouterr() == ("", "")
    assert main([*command, "-v"]) == 0
    said = capsys.readouterr()
    assert "arb_Arab" in said.out or "eng_Latn" in said.out or "mlt_Latn" in said.out
    assert "compute scores, labels and signatures of each record" in said.err


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("many_digits", "scores.digit_share; a kept record has at most the threshold"),
        ("language_uncertain", "language_score; a kept record has at least the threshold"),
        ("near_duplicate", "`--set dedup.min_similarity=S`"),
        ("cluster_size", "size of its cluster of duplicates"),
    ],
)
def test_rules_reasons_and_columns_are_shown(name: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["show", name]) == 0
    assert words in capsys.readouterr().out
