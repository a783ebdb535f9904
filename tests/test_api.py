"""The Python interface: builds over rows in memory, options, errors, identification, and the examples in its docs."""

import doctest
import json
import os
import signal
import subprocess
import sys
import time
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import xdata
import xdata.api
import xdata.output.folder
from tests.run.corpora import hashes
from tests.texts import SCRIPTS, texts
from xdata.commands.progress import progress_here
from xdata.formats.table import format_of

LANGUAGES = ("amh_Ethi", "pes_Arab", "swh_Latn")
ROWS: list[dict[str, Any]] = [
    {"body": page, "link": f"https://{code}.example/{number}", "docid": f"{code}-{number}", "year": 2000 + number}
    for code in LANGUAGES
    for number, page in enumerate(texts(code)[:2])
] + [{"body": "mbili tatu", "link": None, "docid": "short", "year": None}]
OPTIONS: dict[str, Any] = {
    "languages": LANGUAGES,
    "fields": {"text": "body", "url": "link"},
    "id": "docid",
    "keep": ["year"],
    "executor": "inline",
    "progress": False,
}


def _build(out: Path, inputs: Any = ROWS, **options: Any) -> xdata.Output:
    return xdata.build("monolingual_corpus", inputs=inputs, out=out, **(OPTIONS | options))


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> xdata.Output:
    return _build(tmp_path_factory.mktemp("api") / "out")


def test_a_build_over_dicts_has_their_ids_and_columns(output: xdata.Output) -> None:
    kept = {row["original_id"]: row for row in output.records()}
    assert set(kept) == {row["docid"] for row in ROWS[:-1]}
    for row in ROWS[:-1]:
        assert (kept[row["docid"]]["url"], kept[row["docid"]]["year"]) == (row["link"], row["year"])
    (short,) = output.rejects(reason="too_few_words").to_pylist()
    assert (short["original_id"], short["year"]) == ("short", None)
    assert output.table().schema.field("year").type == pa.int64()
    assert output.check() == []


@pytest.mark.parametrize("form", [pd.DataFrame, pl.DataFrame, pa.Table.from_pylist, iter])
def test_the_same_rows_in_another_form_are_the_same_output(output: xdata.Output, form: Any, tmp_path: Path) -> None:
    other = _build(tmp_path / "out", form(ROWS))
    assert [row["id"] for row in other.records()] == [row["id"] for row in output.records()]
    assert [row["text"] for row in other.records()] == [row["text"] for row in output.records()]
    if form is not pd.DataFrame:  # whose whole numbers with gaps are floats
        assert hashes(other.path) == hashes(output.path)


def test_ids_follow_from_the_number_of_the_row(output: xdata.Output, tmp_path: Path) -> None:
    more = _build(tmp_path / "out", [*ROWS, ROWS[0] | {"body": texts("swh_Latn")[3], "docid": "new"}])
    before = {row["original_id"]: row["id"] for row in output.ledger().to_pylist()}
    after = {row["original_id"]: row["id"] for row in more.ledger().to_pylist()}
    assert before.items() <= after.items()
    assert sorted(row["offset"] for row in more.ledger().to_pylist()) == list(range(len(ROWS) + 1))


def test_the_same_call_does_nothing_and_changed_rows_are_built_again(tmp_path: Path) -> None:
    first = _build(tmp_path / "out")
    written = os.stat(first.path / "manifest.json").st_mtime_ns
    assert _build(tmp_path / "out").manifest == first.manifest
    assert os.stat(first.path / "manifest.json").st_mtime_ns == written
    changed = _build(tmp_path / "out", [row | {"year": 1} for row in ROWS])
    assert changed.manifest.fingerprint != first.manifest.fingerprint
    assert {row["year"] for row in changed.records()} == {1}
    assert len(list((changed.path / "work" / "inputs").iterdir())) == 1


def test_rows_are_the_same_input_wherever_they_are_written(output: xdata.Output, tmp_path: Path) -> None:
    other = _build(tmp_path / "out", work=tmp_path / "work")
    assert other.manifest.fingerprint == output.manifest.fingerprint
    assert hashes(other.path) == hashes(output.path)
    assert not (tmp_path / "out" / "work").exists()


def test_a_recipe_file_runs_again_over_rows(output: xdata.Output, tmp_path: Path) -> None:
    again = xdata.build(output.path / "recipe.yaml", out=tmp_path / "a", executor="inline", progress=False)
    assert hashes(again.path) == hashes(output.path)
    (tmp_path / "lost.yaml").write_text(
        (output.path / "recipe.yaml").read_text().replace(str(output.path), str(tmp_path / "gone"))
    )
    with pytest.raises(xdata.InputError, match=r"source 'rows': its rows came from memory, and .* give the rows again"):
        xdata.build(tmp_path / "lost.yaml", out=tmp_path / "b", progress=False)


def test_an_output_is_input(output: xdata.Output, tmp_path: Path) -> None:
    found = xdata.build("deduplicate", inputs={"old": output}, out=tmp_path / "out", executor="inline", progress=False)
    assert [row["id"] for row in found.records()] == [row["id"] for row in output.records()]


def test_an_output_is_extended(output: xdata.Output, tmp_path: Path) -> None:
    new = ROWS[0] | {"body": texts("swh_Latn")[3], "docid": "new"}
    found = _build(tmp_path / "out", {"more": [new]}, extend=output)
    assert {row["original_id"] for row in found.records()} == {row["docid"] for row in ROWS[:-1]} | {"new"}


def test_other_rows_without_a_name_are_not_taken_for_those_of_the_output(
    output: xdata.Output, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    others = [ROWS[0] | {"body": texts("swh_Latn")[3], "docid": "new"}]
    more: list[dict[str, Any]] = [{"extend": output}, {"inputs": [others, output]}]
    for options in more:
        with pytest.raises(xdata.ConfigError, match=r"has a source 'rows' too, .* give the rows a name"):
            _build(tmp_path / "out", **({"inputs": others} | options))
    _build(tmp_path / "first", {"a": ROWS[:1]})
    found = _build(tmp_path / "out", {"a": ROWS[:2]}, extend=tmp_path / "first", progress=True)
    assert {row["original_id"] for row in found.records()} == {row["docid"] for row in ROWS[:2]}
    assert "source 'a' is in" in capsys.readouterr().err


def test_parameters_are_values_of_python(tmp_path: Path) -> None:
    found = _build(
        tmp_path / "out",
        min_words=1,
        thresholds="none",
        splitting={"splits": {"test": np.float64(0.5)}},
        output={"format": "jsonl"},
        max_failed_share=0.5,
        limit=4,
    )
    assert "short" not in {row["original_id"] for row in found.ledger().to_pylist()}
    assert {format_of(path).name for path in found.files()} == {"jsonl"}
    recipe = (found.path / "recipe.yaml").read_text()
    assert "max_failed_share: 0.5" in recipe and "limit: 4" in recipe
    assert {split for splits in found.splits.values() for split in splits} <= {"test", "train"}


def test_a_recipe_is_a_value_too(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Habari ya leo"}\n')
    source = xdata.Source(name="a", root=str(tmp_path), patterns=("a.jsonl",))
    recipe = xdata.Recipe(
        "small",
        (
            xdata.Stage("read", (xdata.Files(sources=(source,)), xdata.Extract())),
            xdata.Stage("annotate", (xdata.IdentifyLanguage(),)),
            xdata.Stage("decide", (xdata.DropErrors(),)),
            xdata.Stage("corpus", (xdata.Shards(),)),
        ),
    )
    options: dict[str, Any] = {"executor": "inline", "progress": False}
    assert xdata.build(recipe, out=tmp_path / "one", **options).num_records == 1
    rows = [{"text": "Habari za jioni"}, {"text": "Habari za asubuhi"}]
    assert xdata.build(recipe, inputs=rows, out=tmp_path / "two", on_bad_file="error", **options).num_records == 2
    with pytest.raises(xdata.ConfigError, match="a Recipe states everything itself: remove min_words"):
        xdata.build(recipe, out=tmp_path / "three", min_words=3, **options)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"inputs": None, "fields": None, "id": None, "keep": None}, "'monolingual_corpus' needs input: xdata.build"),
        ({"inputs": None}, "fields: applies to inputs, and there are none"),
        ({"min_word": 3}, "there is no parameter 'min_word'.* did you mean 'min_words'"),
        ({"min_words": "many"}, "min_words: expected an? .*integer, found 'many'"),
        ({"max_failed_share": 2}, "max_failed_share"),
        ({"languages": "xx-unknown"}, "xx-unknown"),
        ({"fields": {"txt": "body"}}, "unknown field 'txt'"),
        ({"keep": {"year": "id"}}, "keep: .*'year'"),
        ({"workers": 0}, "workers: expected a whole number from 1, found 0"),
        ({"limit": True}, "limit: expected a whole number from 1, found True"),
        ({"executor": "cloud"}, "executor 'cloud' is unknown: known: inline, local, ray, slurm"),
        ({"executor": "local", "slurm": {"mem": "8G"}}, "--slurm requires"),
        ({"stage": {"reed.part_bytes": 5000}}, "unknown stage; did you mean 'read'"),
        ({"stage": {"read": {"part_byte": 5000}}}, "unknown key 'part_byte'"),
    ],
)
def test_errors_use_the_names_of_the_python_interface(options: dict[str, Any], message: str, tmp_path: Path) -> None:
    with pytest.raises((xdata.ConfigError, xdata.UsageError), match=message) as error:
        _build(tmp_path / "out", **({"inputs": ROWS} | options))
    assert len(traceback.extract_tb(error.value.__traceback__)) <= 4
    assert error.value.__cause__ is None


def test_nothing_is_written_into_a_folder_of_somebody_else(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("mine")
    with pytest.raises(xdata.ConfigError, match=r"has a README.md that no run of xdata wrote"):
        _build(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["README.md"]


def test_language_files_are_those_of_one_call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = tmp_path / "languages"
    files.mkdir()
    (files / "swh_Latn.yaml").write_text('code: "swh_Latn"\n')
    monkeypatch.delenv("XDATA_LANGUAGES", raising=False)
    found = _build(tmp_path / "out", language_files=files)
    assert found.manifest.languages["swh_Latn"].lacks
    assert "XDATA_LANGUAGES" not in os.environ
    with pytest.raises(xdata.ConfigError):
        _build(tmp_path / "out", language_files=tmp_path)


def test_progress_is_shown_unless_it_is_not_wanted(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _build(tmp_path / "out")
    assert capsys.readouterr() == ("", "")
    _build(tmp_path / "out", progress=True, min_words=5)
    assert "documents kept" in capsys.readouterr().err


def test_a_notebook_has_bars(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    class Shell:
        kernel = object()

    class IPython:
        @staticmethod
        def get_ipython() -> Shell:
            return Shell()

    monkeypatch.setitem(sys.modules, "IPython", IPython)
    with progress_here() as progress:
        progress.stage_began("read", num_parts=2, num_done=0)
        progress.part_done("read")
        progress.stage_ended("read", "9 documents read")
    seen = capsys.readouterr().out
    assert "read:" in seen and "read: 9 documents read" in seen and "parts\n" not in seen


def test_an_output_is_loaded(output: xdata.Output) -> None:
    assert xdata.load(str(output.path)) == xdata.load(output.path) == output
    with pytest.raises(xdata.CheckError, match="there is no such folder"):
        xdata.load(output.path / "nothing")


# Identification


@pytest.mark.parametrize("code", SCRIPTS.values())
def test_languages_are_identified(code: str) -> None:
    (found,) = xdata.identify(texts(code)[0])
    assert found.language == code
    assert 0.5 < found.probability <= 1


def _one_by_one(values: list[str]) -> Iterator[str]:
    yield from values


def test_results_come_in_order_whatever_the_texts_are_in() -> None:
    values = [texts(code)[0][:300] for code in SCRIPTS.values()] + ["", "12345"]
    expected = [xdata.identify(value)[0] for value in values]
    for form in (values, tuple(values), _one_by_one(values), np.array(values), pd.Series(values), pl.Series(values)):
        assert xdata.identify(form) == expected
    assert [each.language for each in expected[-2:]] == ["und", "und"]
    assert xdata.identify([]) == []


def test_candidates_and_the_least_score_decide() -> None:
    text = "Dobar dan, kako ste danas?"
    free = xdata.identify(text)[0]
    named = xdata.identify(text, candidates=["hrv_Latn"], other_weight=0)[0]
    assert named.language == "hrv_Latn" and named.probability == 1
    assert free.language != "und" and free.alternatives
    unsure = xdata.identify(text, min_score=1.0)[0]
    assert (unsure.language, unsure.alternatives[0]) == ("und", (free.language, free.probability))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"texts": ["a", None]}, r"texts\[1\]: expected a string, found NoneType"),
        ({"texts": "a", "min_score": 1.5}, "min_score: expected a number from 0 to 1, found 1.5"),
        ({"texts": "a", "candidates": "xx-unknown"}, "xx-unknown"),
        ({"texts": "a", "labels": "labels.yaml"}, "labels: applies to a model of your own"),
        ({"texts": "a", "model": "m.bin", "prior": "people"}, "prior: applies to xdata's model"),
        ({"texts": "a", "model": "nowhere.bin"}, "nowhere.bin"),
    ],
)
def test_wrong_identification_is_named(options: dict[str, Any], message: str) -> None:
    with pytest.raises(xdata.XdataError, match=message):
        xdata.identify(**options)


# In scripts


def _script(folder: Path, code: str) -> Path:
    path = folder / "script.py"
    path.write_text("import xdata\n" + code)
    return path


_BUILD = """
print("began")
output = xdata.build("monolingual_corpus", inputs="docs.jsonl", languages="swh_Latn", out="out", workers=2)
print(output.num_records)
"""


@pytest.mark.slow
def test_a_script_needs_no_guard_of_main(tmp_path: Path) -> None:
    pq.write_table(pa.table({"text": texts("swh_Latn")}), tmp_path / "docs.parquet")
    script = _script(tmp_path, _BUILD.replace("docs.jsonl", "docs.parquet"))
    ran = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert ran.stdout.split() == ["began", "5"]


@pytest.mark.slow
def test_after_an_interrupt_the_same_call_continues(tmp_path: Path) -> None:
    sentences = " ".join(texts("swh_Latn")).split(". ")
    rows = [{"text": ". ".join(sentences[number % 50 : number % 50 + 20])} for number in range(3000)]
    (tmp_path / "docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    script = _script(tmp_path, _BUILD.replace("workers=2", 'workers=2, stage={"read.part_bytes": 100_000}'))
    with subprocess.Popen([sys.executable, script], cwd=tmp_path, stderr=subprocess.PIPE, text=True) as process:
        while not list((tmp_path / "out").glob("work/read-*/commits/*.json")) and process.poll() is None:
            time.sleep(0.02)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGINT
    assert said.rstrip().endswith("KeyboardInterrupt\nxdata: interrupted: the same call continues from here")
    commits = {path: path.stat().st_mtime_ns for path in (tmp_path / "out").glob("work/read-*/commits/*.json")}
    assert commits and not (tmp_path / "out" / "manifest.json").exists()
    ran = subprocess.run([sys.executable, script], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert int(ran.stdout.split()[-1]) > 0
    assert all(path.stat().st_mtime_ns == changed for path, changed in commits.items())


@pytest.mark.slow
def test_examples_of_the_docs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path / "cache")
    rows = [{"text": page} for code in ("mlt_Latn", "swh_Latn") for page in texts(code)]
    rows.append({"text": "Watu wote wamezaliwa huru."})
    output = xdata.build(
        "monolingual_corpus",
        inputs=rows,
        languages=["mlt_Latn", "swh_Latn"],
        out="corpus",
        executor="inline",
        progress=False,
    )
    finder, runner = doctest.DocTestFinder(), doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for module in (xdata.api, xdata.output.folder):
        for found in finder.find(module, module.__name__, globs={"xdata": xdata, "output": output}):
            runner.run(found)
    assert runner.summarize().attempted > 15
    assert runner.summarize().failed == 0
