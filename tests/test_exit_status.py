"""Exit status as a table: input -> status -> line on the terminal."""

import io
import json
from collections.abc import Callable, Sequence
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.texts import texts
from xdata.cli import main
from xdata.output.manifest import Manifest

_CODES = ("swh_Latn", "pes_Arab", "hin_Deva", "sin_Sinh", "amh_Ethi", "tha_Thai", "zho_Hans", "kat_Geor")
_DONE, _WRONG, _USAGE = 0, 1, 2
_LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935\nsize 12345\n"
_NO = b"sources: [{name: s, path: a.jsonl, language: no}]"
_REQUEST = b"WARC/1.0\r\nWARC-Type: request\r\nContent-Length: 2\r\n\r\nGE\r\n\r\n"

_STEPS = """
from xdata import Edit, Recipe, Stage
from xdata.export.shards import Shards
from xdata.filters.errors import DropErrors
from xdata.readers.files import Files
from xdata.scores.language import IdentifyLanguage
from xdata import Score
from xdata.recipe import parameters as p
from typing import Literal
import numpy as np
import pyarrow as pa

class Fail(Edit):
    kind: Literal["test.fail"] = "test.fail"

    def open(self, context):
        def edit(document):
            if "boom" in document.text:
                raise ValueError("it is broken")
            return document
        return edit

class Measure(Score):
    kind: Literal["test.measure"] = "test.measure"

    def adds(self):
        return {"scores.measure": pa.float32()}

    def open(self, context):
        def score(analyses):
            if any("crash" in analysis.text for analysis in analyses):
                raise ValueError("cannot be measured")
            return {"scores.measure": np.ones(len(analyses), dtype=np.float32)}
        return score

def failing(*, sources: p.Sources) -> Recipe:
    edit = Stage("read", (Files(sources=sources), Fail()))
    annotate = Stage("annotate", (IdentifyLanguage(), Measure()))
    decide = Stage("decide", (DropErrors(),))
    return Recipe("failing", (edit, annotate, decide, Stage("corpus", (Shards(),))), code=(__file__,))
"""


def _lines(rows: Sequence[object]) -> bytes:
    return b"".join(json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in rows)


def _good(num: int = 1) -> bytes:
    return _lines([{"text": text} for code in _CODES for text in texts(code)[:num]])


def _parquet(table: pa.Table) -> bytes:
    sink = io.BytesIO()
    pq.write_table(table, sink)
    return sink.getvalue()


def _said(num: int, word: str) -> bytes:
    return _lines([{"text": f"{word} {number}"} for number in range(num)])


Files = dict[str, Callable[[], bytes]]

_BUILD = ("build", "monolingual_corpus", "--set", "thresholds=none", "min_words=1", "dedup.min_similarity=1")
_FAILING = ("build", "failing.py")

_TABLE: list[tuple[str, Files, Sequence[str], int, str]] = [
    ("documents", {"a.jsonl": _good}, _BUILD, _DONE, "8 documents in 8 languages"),
    ("no input", {}, ("build", "monolingual_corpus"), _USAGE, "needs an --input"),
    ("nothing there", {}, (*_BUILD, "--input", "gone.jsonl"), _WRONG, "gone.jsonl: there is no such file or folder"),
    ("an empty file", {"a.jsonl": bytes}, _BUILD, _WRONG, "the input is empty: found no records in 1 file"),
    ("blank lines", {"a.jsonl": lambda: b"\n\n \n"}, _BUILD, _WRONG, "the input is empty"),
    ("JSON that is an array", {"a.jsonl": lambda: b'[{"text": "x"}, {"text": "y"}]'}, _BUILD, _WRONG, "in/a.jsonl"),
    ("UTF-16", {"a.jsonl": lambda: _good().decode().encode("utf-16")}, _BUILD, _WRONG, "UTF-16"),
    ("a Git LFS pointer", {"a.jsonl": lambda: _LFS}, _BUILD, _WRONG, "Git LFS"),
    ("text as lists", {"a.jsonl": lambda: _lines([{"text": ["x"]}] * 3)}, _BUILD, _WRONG, "text_missing 3"),
    ("a missing field", {"a.jsonl": lambda: _lines([{"body": "x"}])}, _BUILD, _WRONG, "there is no field 'text'"),
    ("requests alone", {"a.warc": lambda: _REQUEST * 2}, _BUILD, _WRONG, "no record of the input is a usable document"),
    ("Parquet of 0 bytes", {"a.parquet": bytes}, _BUILD, _WRONG, "the input file cannot be read: "),
    ("no Parquet", {"a.parquet": lambda: b"PAR1 but no more"}, _BUILD, _WRONG, "is not a Parquet file"),
    ("Parquet without columns", {"a.parquet": lambda: _parquet(pa.table({}))}, _BUILD, _WRONG, "no field 'text'"),
    (
        "text of nothing but nulls",
        {"a.parquet": lambda: _parquet(pa.table({"text": pa.nulls(3)}))},
        _BUILD,
        _WRONG,
        "text_missing 3",
    ),
    (
        "text of numbers",
        {"a.parquet": lambda: _parquet(pa.table({"text": [1]}))},
        _BUILD,
        _WRONG,
        "type int64, expected",
    ),
    ("CSV without a row", {"a.csv": lambda: b"\n"}, _BUILD, _WRONG, "expected a header row that names the columns"),
    (
        "one bad file of two",
        {"a.jsonl": _good, "b.parquet": lambda: b"no Parquet"},
        _BUILD,
        _DONE,
        "warning: in/b.parquet: ",
    ),
    (
        "one bad file of two, strict",
        {"a.jsonl": _good, "b.parquet": lambda: b"no Parquet"},
        (*_BUILD, "--strict"),
        _WRONG,
        "xdata: in/b.parquet: ",
    ),
    (
        "one bad file of two, not to be skipped",
        {"a.jsonl": _good, "b.jsonl": lambda: _LFS},
        (*_BUILD, "--set", "on_bad_file=error"),
        _WRONG,
        "xdata: in/b.jsonl: ",
    ),
    (
        "languages in one word",
        {"a.jsonl": _good},
        (*_BUILD, "--language", "sw,fa"),
        _DONE,
        "2 documents in 2 languages",
    ),
    ("a misspelled language", {"a.jsonl": _good}, (*_BUILD, "--language", "swahilli"), _USAGE, "'swh_Latn' (Swahili)"),
    ("a language of two scripts", {"a.jsonl": _good}, (*_BUILD, "--language", "zh"), _DONE, "'zh' is zho_Hans; write"),
    ("Korean of FLORES", {"a.jsonl": _good}, (*_BUILD, "--language", "kor_Hang"), _DONE, "no document of kor_Kore"),
    (
        "Kanuri in Arabic script",
        {"a.jsonl": _good},
        (*_BUILD, "--language", "knc_Arab"),
        _USAGE,
        "which names knc_Latn",
    ),
    ("a PDF", {"a.pdf": lambda: b"%PDF-1.4"}, _BUILD, _WRONG, "in/a.pdf: is a PDF, expected WARC"),
    ("an address", {}, (*_BUILD, "--input", "https://a.example/x"), _WRONG, "is an address, expected a file"),
    (
        "languages of rows that are copied",
        {"a.jsonl": _good},
        ("build", "deduplicate", "--language", "sw"),
        _USAGE,
        "recipe 'deduplicate' takes no languages: remove --language",
    ),
    (
        "an unknown preference",
        {"a.jsonl": _good},
        ("build", "deduplicate", "--set", "dedup.prefer=xx"),
        _USAGE,
        "dedup.prefer: expected longest, oldest or scores.NAME, found 'xx'",
    ),
    (
        "a mapping that the shell parted",
        {"a.jsonl": _good},
        (*_BUILD, "--set", "splitting.splits={test:", "0.1}"),
        _USAGE,
        "expected KEY=VALUE: quote a value that has spaces",
    ),
    (
        "a mapping without spaces",
        {"a.jsonl": _good},
        (*_BUILD, "--set", "splitting.splits={test:0.1}"),
        _USAGE,
        "write a space behind each colon",
    ),
    ("Norwegian as YAML reads it", {"s.yaml": lambda: _NO}, (*_BUILD, "--input", "in/s.yaml"), _USAGE, 'quotes, "no"'),
    ("a language by its name", {}, ("show", "Swahili"), _DONE, "language swh_Latn"),
    ("no such policy", {"a.jsonl": _good}, (*_BUILD, "--set", "on_bad_file=maybe"), _USAGE, "on_bad_file"),
    (
        "a language without documents",
        {"a.jsonl": _good},
        (*_BUILD, "--language", "swh", "yor"),
        _DONE,
        "warning: no document of yor_Latn was kept: 8 documents were read, 0 of them identified as yor_Latn",
    ),
    (
        "a language without documents, strict",
        {"a.jsonl": _good},
        (*_BUILD, "--language", "swh", "yor", "--strict"),
        _WRONG,
        "xdata: no document of yor_Latn was kept",
    ),
    ("nothing is kept", {"a.jsonl": _good}, (*_BUILD, "--language", "yor"), _DONE, "warning: no document of yor_Latn"),
    (
        "a step fails always",
        {"a.jsonl": lambda: _said(3, "boom")},
        _FAILING,
        _WRONG,
        "processing failed on every record of the input",
    ),
    (
        "a step fails often",
        {"a.jsonl": lambda: _good(2) + _said(11, "boom")},
        _FAILING,
        _WRONG,
        "step 'fail' failed on 11 of ",
    ),
    (
        "a step fails often, which is allowed",
        {"a.jsonl": lambda: _good(2) + _said(11, "boom")},
        (*_FAILING, "--set", "max_failed_share=0.9"),
        _DONE,
        "warning: step 'fail' failed on 11 of ",
    ),
    (
        "a step fails ten times",
        {"a.jsonl": lambda: _good(2) + _said(10, "boom")},
        _FAILING,
        _DONE,
        "warning: step 'fail' failed on 10 of ",
    ),
    (
        "a score fails often",
        {"a.jsonl": lambda: _good(2) + _said(11, "crash")},
        _FAILING,
        _WRONG,
        "step 'measure' failed on 11 of ",
    ),
    (
        "a score fails once",
        {"a.jsonl": lambda: _good(2) + _said(1, "crash")},
        _FAILING,
        _DONE,
        "warning: step 'measure' failed on 1 of ",
    ),
    ("a folder that is not there", {}, ("check", "gone"), _WRONG, "gone: there is no such folder"),
    ("a file in place of a folder", {"a.jsonl": _good}, ("check", "in/a.jsonl"), _WRONG, "in/a.jsonl"),
    ("a folder without a manifest", {"a.jsonl": _good}, ("check", "in"), _WRONG, "in: has no manifest.json"),
    ("a document of no folder", {}, ("explain", "gone", "x"), _WRONG, "gone: there is no such folder"),
    ("two folders that are not there", {}, ("diff", "gone", "gone"), _WRONG, "gone: there is no such folder"),
]


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A recipe of the user's whose steps fail on some words."""
    path = tmp_path_factory.mktemp("steps") / "failing.py"
    path.write_text(_STEPS)
    return path


@pytest.mark.parametrize(("files", "words", "status", "line"), [row[1:] for row in _TABLE], ids=[r[0] for r in _TABLE])
def test_each_input_has_its_status_and_line(
    files: Files,
    words: Sequence[str],
    status: int,
    line: str,
    tmp_path: Path,
    steps: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, make in files.items():
        (tmp_path / "in").mkdir(exist_ok=True)
        (tmp_path / "in" / name).write_bytes(make())
    command = [str(steps) if word == "failing.py" else word for word in words]
    if words[0] == "build":
        command += ["--input", "in"] if files and "--input" not in words else []
        command += ["--executor", "inline", "--out", "out"]
    assert main(command) == status
    said = capsys.readouterr()
    assert line in said.out + said.err
    if status:
        (last,) = [each for each in said.err.splitlines() if each.startswith("xdata: ")]
        assert line.removeprefix("xdata: ") in last
        assert "Traceback" not in said.err
        assert not (tmp_path / "out" / "manifest.json").exists()


def test_files_and_records_add_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in").mkdir()
    contents = {"a.jsonl": _good() + b"not JSON\n" + _lines([{"text": None}]), "b.jsonl": _LFS, "c.parquet": b"no"}
    for name, content in contents.items():
        (tmp_path / "in" / name).write_bytes(content)
    assert main([*_BUILD, "--input", "in", "--executor", "inline", "--out", "out"]) == 0
    manifest = Manifest.read(tmp_path / "out")
    assert (manifest.num_unreadable_files, [file["path"] for file in manifest.unreadable_files]) == (
        2,
        ["b.jsonl", "c.parquet"],
    )
    assert (manifest.num_unreadable, [place["path"] for place in manifest.unreadable]) == (1, ["a.jsonl"])
    assert manifest.skipped == {"text_missing": 1}
    assert sum(numbers["read"] for numbers in manifest.stages[0].documents.values()) == len(_CODES)
    assert sum(source.num_files for source in manifest.sources) == 3
    assert len(manifest.warnings) == 2
    for name in ("README.md", "report.html"):
        assert "b.jsonl" in (tmp_path / "out" / name).read_text(encoding="utf-8")
