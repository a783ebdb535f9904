"""Recipes that copy rows: the output is the input without the rows that were dropped, byte for byte."""

import csv
import gzip
import io
import json
import subprocess
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

import xdata
from tests.run.corpora import build_killed, hashes, table, words
from tests.texts import texts
from xdata.errors import ConfigError, InputError, one_line
from xdata.formats.table import output_of
from xdata.output.check import check
from xdata.output.diff import diff
from xdata.output.explain import explain
from xdata.output.manifest import Manifest
from xdata.readers.hub import HubDataset
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe
from xdata.run.build import build
from xdata.run.options import StageOptions

LANGUAGES = ("swh_Latn", "pes_Arab", "hin_Deva", "sin_Sinh", "amh_Ethi", "tha_Thai", "zho_Hans", "kat_Geor")
_OPENED: dict[str, Callable[..., Any]] = {"": open, ".gz": gzip.open, ".zst": zstandard.open}


def _rows() -> list[dict[str, str]]:
    """Rows in eight scripts, in no order of language, each page with an equal copy behind it."""
    pages = [texts(language)[number] for number in range(2) for language in LANGUAGES]
    rows = [{"key": f"k{number}", "body": page, "title": page[:9]} for number, page in enumerate(pages)]
    copies = [{"key": f"copy-{row['key']}", "body": row["body"] + " ", "title": row["title"]} for row in rows[::2]]
    return [*rows, *copies]


def _dropped() -> list[bool]:
    """Which of the rows a build drops: of a page and its copy, the longer one stays."""
    copied = {row["key"].removeprefix("copy-") for row in _rows() if row["key"].startswith("copy-")}
    return [row["key"] in copied for row in _rows()]


def _recipe(*inputs: Path, name: str = "deduplicate", **settings: Any) -> Recipe:
    sources = [source.model_copy(update={"fields": {"text": "body"}}) for source in _sources(inputs)]
    return find_recipe(name).make(sources=sources, settings=words(**settings))


def _sources(inputs: Sequence[Path]) -> Any:
    return parse_sources([str(path) for path in inputs])


def _write(path: Path, data: bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    ending = path.suffix if path.suffix in _OPENED else ""
    with _OPENED[ending](path, "wb") as file:
        file.write(data)
    return path


def _content(out: Path) -> list[bytes]:
    """The content of all shards of the one config, in order."""
    found = []
    for path in sorted((out / "data" / "default").iterdir()):
        with _OPENED[path.suffix if path.suffix in _OPENED else ""](path, "rb") as file:
            found.append(file.read())
    return found


def _jsonl_lines() -> list[bytes]:
    """Lines that only a copy keeps as they are: order of keys, spaces, escapes, line ends, values of many types."""
    lines = []
    for number, row in enumerate(_rows()):
        values: dict[str, Any] = {"n": number / 3, **row, "more": {"at": [1, None, True]}, "big": 2**70}
        line = json.dumps(values, ensure_ascii=bool(number % 2), indent=None, separators=(", ", ": "))
        lines.append((line + ("\r\n" if number % 3 == 0 else "\n")).encode())
    return lines


def _csv_rows() -> tuple[bytes, list[bytes]]:
    """Head and rows of CSV with a byte order mark, quoted line ends and CRLF."""
    found = []
    for row in [{"key": "key", "body": "body", "title": 'ti"tle'}, *_rows()]:
        text = io.StringIO(newline="")
        csv.writer(text, lineterminator="\r\n").writerow(
            [row["key"], row["body"].replace(". ", ".\r\n", 2), row["title"]]
        )
        found.append(text.getvalue().encode())
    return b"\xef\xbb\xbf" + found[0], found[1:]


def _tsv_rows() -> tuple[bytes, list[bytes]]:
    found = [f'{row["key"]}\t{row["body"]}\t"{row["title"]}\n'.encode() for row in _rows()]
    return b"key\tbody\ttitle\n", found


def _kept(rows: Sequence[Any]) -> list[Any]:
    return [row for row, dropped in zip(rows, _dropped(), strict=True) if not dropped]


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
def test_lines_of_json_are_copied(ending: str, tmp_path: Path) -> None:
    lines = _jsonl_lines()
    path = _write(tmp_path / f"in.jsonl{ending}", b"".join(lines).removesuffix(b"\n"))
    build(_recipe(path), tmp_path / "out")
    assert check(tmp_path / "out") == []
    lines[-1] = lines[-1].rstrip() + b"\n"
    assert b"".join(_content(tmp_path / "out")) == b"".join(_kept(lines))
    [shard] = (tmp_path / "out" / "data" / "default").iterdir()
    assert shard.name == f"train-00000-of-00001.jsonl{ending}"


@pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
@pytest.mark.parametrize("kind", ["csv", "tsv"])
def test_rows_of_csv_and_tsv_are_copied_behind_their_head(kind: str, ending: str, tmp_path: Path) -> None:
    head, rows = _csv_rows() if kind == "csv" else _tsv_rows()
    path = _write(tmp_path / f"in.{kind}{ending}", head + b"".join(rows))
    manifest = build(_recipe(path, output={"shard_bytes": "10000"}), tmp_path / "out")
    assert check(tmp_path / "out") == []
    shards = _content(tmp_path / "out")
    assert len(shards) > 1 and all(shard.startswith(head) for shard in shards)
    assert b"".join(shard.removeprefix(head) for shard in shards) == b"".join(_kept(rows))
    assert [column["name"] for column in manifest.columns["data"]][:2] == ["key", "body"]


def _parquet(path: Path) -> pa.Table:
    rows = _rows()
    moments = [datetime(2024, 1, 1, tzinfo=UTC).replace(microsecond=number) for number in range(len(rows))]
    found = pa.table(
        {
            "body": pa.array([row["body"] for row in rows], pa.large_string()),
            "kind": pa.array([f"k{number % 3}" for number in range(len(rows))]).dictionary_encode(),
            "at": pa.array(moments, pa.timestamp("us", tz="UTC")),
            "more": pa.array([{"a": [{"b": number}], "c": None} for number in range(len(rows))]),
            "nothing": pa.nulls(len(rows)),
        }
    )
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(found, path, row_group_size=5)
    return found


def test_parquet_keeps_its_schema_and_a_second_time_changes_nothing(tmp_path: Path) -> None:
    whole = _parquet(tmp_path / "in" / "a.parquet")
    build(_recipe(tmp_path / "in"), tmp_path / "out")
    assert check(tmp_path / "out") == []
    [shard] = (tmp_path / "out" / "data" / "default").iterdir()
    found = pq.read_table(shard)
    assert found.schema.equals(whole.schema)
    kept = [number for number, dropped in enumerate(_dropped()) if not dropped]
    assert found.to_pylist() == whole.take(kept).to_pylist()
    build(_recipe(tmp_path / "out" / "data"), tmp_path / "again")
    [again] = (tmp_path / "again" / "data" / "default").iterdir()
    assert again.read_bytes() == shard.read_bytes()


@pytest.mark.parametrize("is_stream", [False, True])
def test_rows_of_arrow_files_are_copied_to_parquet_of_their_schema(is_stream: bool, tmp_path: Path) -> None:
    whole = _parquet(tmp_path / "a.parquet")
    (tmp_path / "in").mkdir()
    new = pa.ipc.new_stream if is_stream else pa.ipc.new_file
    with (tmp_path / "in" / "a.arrow").open("wb") as file, new(file, whole.schema) as writer:
        writer.write_table(whole, max_chunksize=5)
    build(_recipe(tmp_path / "in"), tmp_path / "out")
    [shard] = (tmp_path / "out" / "data" / "default").iterdir()
    kept = [number for number, dropped in enumerate(_dropped()) if not dropped]
    assert pq.read_table(shard).to_pylist() == whole.take(kept).to_pylist()
    assert check(tmp_path / "out") == []


def test_rows_of_a_data_set_of_the_hub_are_copied(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    lines = [json.dumps(row, ensure_ascii=False).encode() + b"\n" for row in _rows()]
    for number in range(2):
        _write(tmp_path / "made" / f"{number}.jsonl", b"".join(lines[number * 12 : (number + 1) * 12]))
    features = "".join(f"  - {{name: {name}, dtype: string}}\n" for name in ("key", "body", "title"))
    (tmp_path / "made" / "README.md").write_text(f"---\ndataset_info:\n  features:\n{features}---\n")
    source = Source(name="made", hub=HubDataset(repo=str(tmp_path / "made")), fields={"text": "body"}, id="key")
    build(find_recipe("deduplicate").make(sources=[source]), tmp_path / "out")
    [shard] = (tmp_path / "out" / "data" / "default").iterdir()
    kept = [row for row, dropped in zip(_rows(), _dropped(), strict=True) if not dropped]
    assert pq.read_table(shard).to_pylist() == kept


def test_a_second_time_drops_no_line(tmp_path: Path) -> None:
    path = _write(tmp_path / "in.jsonl", b"".join(_jsonl_lines()))
    build(_recipe(path), tmp_path / "out")
    again = build(_recipe(next((tmp_path / "out" / "data" / "default").iterdir())), tmp_path / "again")
    assert _content(tmp_path / "again") == _content(tmp_path / "out")
    assert sum(facts.num_rows for facts in again.languages.values()) == _dropped().count(False)


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["jsonl", "csv", "parquet"])
def test_workers_and_parts_change_no_byte(kind: str, tmp_path: Path) -> None:
    for number in range(2):
        folder = tmp_path / "in" / str(number)
        if kind == "parquet":
            _parquet(folder / "a.parquet")
        elif kind == "jsonl":
            _write(folder / "a.jsonl", b"".join(_jsonl_lines()))
        else:
            head, rows = _csv_rows()
            _write(folder / "a.csv", head + b"".join(rows))
    outs = []
    for number, (size, workers) in enumerate([(20_000, 1), (60_000, 2), (64 << 20, 1)]):
        outs.append(tmp_path / str(number))
        options = {name: StageOptions(part_bytes=size) for name in ("read", "annotate")}
        recipe = _recipe(
            tmp_path / "in", output={"shard_bytes": "10000"}, splitting={"splits": "{test: 0.3}", "similarity": "null"}
        )
        build(recipe, outs[-1], workers=workers, options=options)
    assert hashes(outs[0]) == hashes(outs[1]) == hashes(outs[2])
    assert check(outs[0]) == []
    assert {path.name.split("-")[0] for path in (outs[0] / "data" / "default").iterdir()} == {"train", "test"}


@pytest.mark.slow
def test_a_kill_and_a_second_run_copy_the_same_rows(tmp_path: Path) -> None:
    path = _write(tmp_path / "in" / "a.jsonl.gz", b"".join(_jsonl_lines()))
    build(_recipe(path), tmp_path / "clean")
    for number, num_commits in enumerate((1, 5)):
        out = tmp_path / f"killed{number}"
        command = build_killed(_recipe(path), out, num_commits=num_commits)
        subprocess.run(command, check=True, capture_output=True)
        assert _content(out) == _content(tmp_path / "clean")
        assert check(out) == []


def test_both_ids_are_in_the_ledger_and_explained(tmp_path: Path) -> None:
    path = _write(tmp_path / "in.jsonl", b"".join(_jsonl_lines()))
    build(_recipe(path, output={"shard_bytes": "10000"}), tmp_path / "out")
    ledger = table(tmp_path / "out", "ledger")
    kept = _kept(_jsonl_lines())
    assert [row["data_file"] is None for row in ledger] == _dropped()
    shards = {f"data/default/{path.name}": path for path in (tmp_path / "out" / "data" / "default").iterdir()}
    there = [row for row in ledger if row["data_file"]]
    assert [shards[row["data_file"]].read_bytes().splitlines(True)[row["data_row"]] for row in there] == kept
    shown = "\n".join(explain(tmp_path / "out", there[-1]["id"]))
    assert f"{there[-1]['data_file']}, row {there[-1]['data_row']}" in shown and "copy-" in shown
    rejects = table(tmp_path / "out", "rejects")
    assert [row["row"] for row in rejects] == [
        line for line, dropped in zip(_jsonl_lines(), _dropped(), strict=True) if dropped
    ]
    gone = "\n".join(explain(tmp_path / "out", rejects[0]["id"]))
    assert "exact_duplicate" in gone and rejects[0]["text"][:20] in gone


@pytest.mark.parametrize("value", ["NaN", "-Infinity", r'"\ud83d"', r'["\udc00", NaN]'])
def test_a_copied_line_that_is_json_to_python_alone_is_explained(value: str, tmp_path: Path) -> None:
    lines = [f'{{"body": {json.dumps(row["body"])}, "odd": {value}}}\n'.encode() for row in _rows()]
    path = _write(tmp_path / "in.jsonl", b"".join(lines))
    manifest = build(_recipe(path), tmp_path / "out")
    assert check(tmp_path / "out") == []
    assert b"".join(_content(tmp_path / "out")) == b"".join(_kept(lines))
    assert [column["name"] for column in manifest.columns["data"]] == ["body", "odd"]
    row = next(row for row in table(tmp_path / "out", "ledger") if row["data_file"])
    assert "\nrow        {'body': " in "\n".join(explain(tmp_path / "out", row["id"]))


def test_card_report_diff_and_datasets_know_such_a_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    lines = [line.replace(b', "big": 1180591620717411303424', b"") for line in _jsonl_lines()]
    path = _write(tmp_path / "in.jsonl.gz", b"".join(lines))
    build(_recipe(path), tmp_path / "out")
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert all(f"| `{name}` | " in card for name in ("key", "body", "title", "n", "more"))
    assert "exact_duplicate" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    loaded = datasets.load_dataset(str(tmp_path / "out"), "default", split="train", cache_dir=str(tmp_path / "cache"))
    assert loaded["body"][:] == [json.loads(line)["body"] for line in _kept(lines)]
    assert not any(fates.gained or fates.lost for fates in diff(tmp_path / "out", tmp_path / "out").values())


@pytest.mark.parametrize("ending", ["", ".gz"])
@pytest.mark.parametrize(("kind", "delimiter", "quote"), [("csv", ",", '"'), ("csv", ";", "'"), ("tsv", "\t", "")])
def test_copied_rows_of_csv_and_tsv_are_read_back_in_their_dialect(
    kind: str, delimiter: str, quote: str, ending: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    odd = ("NA", "007", "null", "1.0", "", '"x', "true", "a, b; c")
    rows = [{**row, "title": odd[number % len(odd)]} for number, row in enumerate(_rows())]
    if quote:
        rows = [row | {"body": f"{row['body'][:40]}{delimiter}{quote}\n{row['body'][40:]}"} for row in rows]
    text = io.StringIO(newline="")
    quoting: dict[str, Any] = {"quotechar": quote} if quote else {"quoting": csv.QUOTE_NONE, "quotechar": None}
    writer = csv.writer(text, delimiter=delimiter, lineterminator="\n", **quoting)
    writer.writerows([["key", "body", "title"], *(list(row.values()) for row in rows)])
    path = _write(tmp_path / f"in.{kind}{ending}", text.getvalue().encode())
    (source,) = _sources([path])
    source = source.model_copy(update={"fields": {"text": "body"}, "delimiter": delimiter, "quote": quote})
    manifest = build(find_recipe("deduplicate").make(sources=[source]), tmp_path / "out")
    assert check(tmp_path / "out") == []
    assert manifest.row_style == (delimiter, quote)
    options = {"split": "train", "cache_dir": str(tmp_path / "cache")}
    kept = _kept(rows)
    assert list(datasets.load_dataset(str(tmp_path / "out"), "default", **options)) == kept
    assert datasets.get_dataset_config_names(str(tmp_path / "out")) == ["default"]
    card = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert 'dropped = load_dataset("parquet", data_files="DIR/rejects/*.parquet", split="train")' in card
    output = xdata.load(tmp_path / "out")
    assert list(output.dataset("default")) == list(output.records("default")) == kept
    identity = next(row["id"] for row in table(tmp_path / "out", "ledger") if row["data_row"] == 1)
    assert one_line(str(kept[1]), limit=200)[:-1] in "\n".join(explain(tmp_path / "out", identity))


def test_rows_are_converted_where_another_format_is_asked_for(tmp_path: Path) -> None:
    head, rows = _csv_rows()
    csv_file = _write(tmp_path / "csv" / "a.csv", head + b"".join(rows))
    whole = _parquet(tmp_path / "parquet" / "a.parquet")
    build(_recipe(csv_file, **{"output.format": "jsonl"}), tmp_path / "one")
    found = [json.loads(line) for line in _content(tmp_path / "one")[0].splitlines()]
    assert [row["key"] for row in found] == [row["key"] for row in _kept(_rows())]
    assert all(list(row) == ["key", "body", 'ti"tle'] for row in found)
    build(_recipe(csv_file, **{"output.format": "parquet"}), tmp_path / "two")
    assert pq.read_table(next((tmp_path / "two" / "data" / "default").iterdir())).to_pylist() == found
    build(_recipe(tmp_path / "parquet", **{"output.format": "jsonl.zst"}), tmp_path / "three")
    found = [json.loads(line) for line in _content(tmp_path / "three")[0].splitlines()]
    assert [row["more"] for row in found] == [row["more"] for row in _kept(whole.to_pylist())]
    assert found[0]["at"].startswith("2024-01-01T00:00:00")
    assert all(check(tmp_path / name) == [] for name in ("one", "two", "three"))


def test_what_has_no_rows_becomes_a_record(tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.txt"
    _write(path, texts("swh_Latn")[0].encode())
    with pytest.raises(ConfigError, match=r"a\.txt: text files have no rows to copy: write --set output\.format"):
        build(find_recipe("deduplicate").make(sources=_sources([path])), tmp_path / "out")
    recipe = find_recipe("deduplicate").make(sources=_sources([path]), settings={"output.format": "jsonl"})
    build(recipe, tmp_path / "out")
    assert check(tmp_path / "out") == []
    [row] = [json.loads(line) for line in _content(tmp_path / "out")[0].splitlines()]
    assert (row["text"].strip(), row["language"], row["source"]) == (texts("swh_Latn")[0].strip(), "swh_Latn", "in")


def test_incompatible_files_are_refused_before_reading(tmp_path: Path) -> None:
    _write(tmp_path / "a.csv", b"key,body\n1,x\n")
    _write(tmp_path / "b.csv", b"body,key\nx,1\n")
    _write(tmp_path / "c.jsonl", b'{"body": "x"}\n')
    with pytest.raises(InputError, match=r"b\.csv: has other columns \(body, key\) than .*a\.csv \(key, body\)"):
        build(_recipe(tmp_path / "a.csv", tmp_path / "b.csv"), tmp_path / "out")
    with pytest.raises(ConfigError, match=r"several formats \(csv, jsonl\): choose one with --set output\.format="):
        build(_recipe(tmp_path / "a.csv", tmp_path / "c.jsonl"), tmp_path / "out")
    pq.write_table(pa.table({"body": ["x"], "n": [1]}), tmp_path / "d.parquet")
    pq.write_table(pa.table({"body": ["x"], "n": ["1"]}), tmp_path / "e.parquet")
    with pytest.raises(InputError, match=r"e\.parquet: has other columns \(body string, n string\)"):
        build(_recipe(tmp_path / "d.parquet", tmp_path / "e.parquet"), tmp_path / "out")
    assert not list((tmp_path / "out").rglob("plan.json"))


def test_decontaminated_rows_are_copied_too(tmp_path: Path) -> None:
    lines = _jsonl_lines()
    path = _write(tmp_path / "in.jsonl", b"".join(lines))
    item = texts("sin_Sinh")[0]
    _write(tmp_path / "set.jsonl", json.dumps({"text": item[len(item) // 3 : 2 * len(item) // 3]}).encode())
    sets = json.dumps([{"name": "exam", "path": str(tmp_path / "set.jsonl")}])
    build(
        _recipe(path, name="decontaminate", decontamination={"evaluation_sets": sets}, embedder="null"),
        tmp_path / "out",
    )
    leaking = [row["decision"] == "dropped" for row in table(tmp_path / "out", "ledger")]
    assert 0 < sum(leaking) < 4
    assert b"".join(_content(tmp_path / "out")) == b"".join(
        line for line, leaks in zip(lines, leaking, strict=True) if not leaks
    )
    assert Manifest.read(tmp_path / "out").copies_rows


@pytest.mark.parametrize("format_", ["parquet", "jsonl.gz"])
def test_an_output_of_xdata_keeps_its_configs_splits_and_columns(format_: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "in.jsonl", b"".join(_jsonl_lines()))
    settings = {"thresholds": "none", "min_words": "5", "dedup.min_similarity": "1", "splitting.splits": "{test: 0.3}"}
    source = _sources([path])[0].model_copy(update={"fields": {"text": "body"}})
    settings |= {"output.format": format_}
    build(find_recipe("monolingual_corpus").make(sources=[source], settings=settings), tmp_path / "one")
    build(find_recipe("deduplicate").make(sources=_sources([tmp_path / "one"])), tmp_path / "two")
    assert check(tmp_path / "two") == []
    before, after = (
        {str(path.relative_to(out)): path for path in _shards(out)} for out in (tmp_path / "one", tmp_path / "two")
    )
    assert before.keys() == after.keys()
    assert any("/test-" in name for name in before) and len({name.split("/")[1] for name in before}) > 4
    for name, path in before.items():
        names = None if format_ != "parquet" else pq.read_schema(path).names
        assert [*output_of(path).rows(path, names)] == [*output_of(path).rows(after[name], names)]
    row = table(tmp_path / "two", "ledger")[0]
    assert row["data_file"] in before and "before     in" in "\n".join(explain(tmp_path / "two", row["id"]))


def _shards(out: Path) -> list[Path]:
    return sorted(path for path in (out / "data").rglob("*") if path.is_file())


def test_an_output_of_copied_rows_is_input_again(tmp_path: Path) -> None:
    path = _write(tmp_path / "in.jsonl.zst", b"".join(_jsonl_lines()))
    build(_recipe(path), tmp_path / "one")
    build(_recipe(tmp_path / "one"), tmp_path / "two")
    assert _content(tmp_path / "two") == _content(tmp_path / "one")
    assert not [row for row in table(tmp_path / "two", "ledger") if row["decision"] == "dropped"]
