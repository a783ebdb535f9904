"""Columns and ids of the user through a whole recipe, the same for every format of the input."""

import csv
import gzip
import io
import json
from pathlib import Path
from typing import Any

import datasets
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from tests.run.corpora import build, hashes, table
from tests.texts import SCRIPTS, texts
from xdata.errors import ConfigError, InputError
from xdata.output.check import check
from xdata.output.explain import explain
from xdata.readers.source_options import keeping, with_fields
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe

_SCRIPTS = ("Latn", "Arab", "Deva", "Sinh", "Ethi", "Thai", "Hans", "Geor")
_ROWS: list[dict[str, Any]] = [
    {"id": f"{script}/{number}", "body": text, "title": f"{SCRIPTS[script]}: {text[:9]}", "year": 1990 + number}
    for script in _SCRIPTS
    for number, text in enumerate(texts(SCRIPTS[script])[:3])
] + [{"id": "junk", "body": "12 34", "title": "007", "year": 7}]


def _jsonl(rows: list[dict[str, Any]] = _ROWS) -> bytes:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows).encode()


def _csv() -> bytes:
    file = io.StringIO()
    writer = csv.DictWriter(file, list(_ROWS[0]))
    writer.writeheader()
    writer.writerows(_ROWS)
    return file.getvalue().encode()


def _parquet() -> bytes:
    file = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(_ROWS), file, row_group_size=5)
    return file.getvalue()


def _arrow() -> bytes:
    file = io.BytesIO()
    found = pa.Table.from_pylist(_ROWS)
    with pa.ipc.new_file(file, found.schema) as writer:
        writer.write_table(found, max_chunksize=5)
    return file.getvalue()


_FILES = {
    "in.jsonl": _jsonl,
    "in.jsonl.gz": lambda: gzip.compress(_jsonl(), mtime=0),
    "in.jsonl.zst": lambda: zstandard.compress(_jsonl()),
    "in.csv": _csv,
    "in.parquet": _parquet,
    "in.arrow": _arrow,
}


def _source(folder: Path, name: str, data: bytes) -> str:
    path = folder / "rows" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    return str(path)


def _recipe(sources: tuple[Source, ...], **settings: str) -> Recipe:
    settings = {"min_words": "10", "thresholds": "none"} | settings
    return find_recipe("monolingual_corpus").make(sources=sources, languages=(), settings=settings)


def _with(path: str, *keep: str) -> tuple[Source, ...]:
    return keeping(with_fields(parse_sources([path]), {"text": "body", "id": "id"}), keep)


@pytest.mark.parametrize("name", list(_FILES))
def test_ids_titles_and_years_are_there_in_data_and_rejects(name: str, tmp_path: Path) -> None:
    build(_recipe(_with(_source(tmp_path, name, _FILES[name]()), "title", "year")), tmp_path / "out")
    assert check(tmp_path / "out") == []
    year = str if name == "in.csv" else int
    expected = {(row["id"], row["title"], year(row["year"])) for row in _ROWS}
    data, rejects = table(tmp_path / "out", "data"), table(tmp_path / "out", "rejects")
    assert {(row["original_id"], row["title"], row["year"]) for row in [*data, *rejects]} == expected
    assert {row["original_id"] for row in table(tmp_path / "out", "ledger")} == {row["id"] for row in _ROWS}
    assert [row["title"] for row in rejects if row["original_id"] == "junk"] == ["007"]
    assert list(data[0])[-2:] == list(rejects[0])[-2:] == ["title", "year"]


def test_the_parts_that_input_is_cut_into_change_nothing(tmp_path: Path) -> None:
    rows = [{**row, "mixed": row["year"] if number % 5 else "mwaka"} for number, row in enumerate(_ROWS)]
    made = _recipe(_with(_source(tmp_path, "in.jsonl", _jsonl(rows)), "all"))
    build(made, tmp_path / "one")
    build(made, tmp_path / "many", part_bytes=2_000)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "many")
    assert {row["mixed"] for row in table(tmp_path / "many", "data")} >= {"mwaka", "1991"}


@pytest.mark.slow
def test_datasets_loads_what_is_kept(tmp_path: Path) -> None:
    build(_recipe(_with(_source(tmp_path, "in.parquet", _parquet()), "all")), tmp_path / "out")
    found = datasets.load_dataset(str(tmp_path / "out"), "amh_Ethi", split="train", cache_dir=str(tmp_path / "cache"))
    assert set(found["title"]) == {row["title"] for row in _ROWS if row["id"].startswith("Ethi")}
    assert found.features["year"].dtype == "int64"
    assert "title" in (tmp_path / "out" / "README.md").read_text()


def test_types_of_a_table_are_those_of_the_output(tmp_path: Path) -> None:
    kinds = {
        "when": pa.timestamp("ns", "Asia/Colombo"),
        "price": pa.decimal128(9, 2),
        "raw": pa.binary(),
        "small": pa.float32(),
        "links": pa.list_(pa.struct([("uri", pa.string()), ("at", pa.date32())])),
    }
    values = {
        "when": pa.array([1, None, -(2**62)], pa.int64()).cast(kinds["when"]),
        "price": pa.array(["1.10", None, "-3"]).cast(kinds["price"]),
        "raw": pa.array([b"\xff\x00", b"", None]),
        "small": pa.array([0.1, float("nan"), None], pa.float32()),
        "links": pa.array([[{"uri": "ක", "at": 5}], [], None], kinds["links"]),
    }
    found = pa.table({"text": texts("sin_Sinh")[:3], **values})
    file = io.BytesIO()
    pq.write_table(found, file)
    sources = keeping(parse_sources([_source(tmp_path, "in.parquet", file.getvalue())]), ["all"])
    build(_recipe(sources), tmp_path / "out")
    (shard,) = (tmp_path / "out" / "data").rglob("*.parquet")
    written = pq.read_table(shard).select(sorted(values))
    assert written.schema.types == [kinds[name] for name in sorted(kinds)]
    ids = {row["id"]: row["offset"] for row in table(tmp_path / "out", "ledger")}
    order = [ids[identity] for identity in pq.read_table(shard)["id"].to_pylist()]
    expected = found.take(order).combine_chunks()
    assert {name: str(written[name]) for name in values} == {name: str(expected[name]) for name in values}


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv", "in.parquet"])
def test_a_name_of_our_own_record_is_refused_when_it_is_read(name: str, tmp_path: Path) -> None:
    rows = [{"text": text, "source": "ke"} for text in texts("swh_Latn")[:2]]
    data = {"in.jsonl": _jsonl(rows), "in.csv": b"text,source\na,b\n"}.get(name)
    if data is None:
        file = io.BytesIO()
        pq.write_table(pa.Table.from_pylist(rows), file)
        data = file.getvalue()
    made = _recipe(keeping(parse_sources([_source(tmp_path, name, data)]), ["all"]))
    with pytest.raises(
        ConfigError,
        match=r"""source 'rows': the kept column 'source' would collide .* \{"\*": "\*", source: their_source\} or """
        "--keep all source=their_source",
    ):
        build(made, tmp_path / "out")
    renamed = keeping(parse_sources([str(tmp_path / "rows")]), ["all", "source=their_source"])
    build(_recipe(renamed, min_words="1"), tmp_path / "out")
    kept = [*table(tmp_path / "out", "data"), *table(tmp_path / "out", "rejects")]
    assert {row["their_source"] for row in kept} == {"b" if name == "in.csv" else "ke"}


@pytest.mark.parametrize("name", ["in.jsonl", "in.csv", "in.parquet"])
def test_a_column_that_is_not_there_is_refused(name: str, tmp_path: Path) -> None:
    path = _source(tmp_path, name, _FILES[name]())
    with pytest.raises(InputError, match=r"there is no field 'titel', required by keep .*; did you mean 'title'"):
        build(_recipe(_with(path, "titel")), tmp_path / "out")
    with pytest.raises(InputError, match=r"there is no field 'docid', required by id"):
        build(_recipe(with_fields(parse_sources([path]), {"text": "body", "id": "docid"})), tmp_path / "out")


@pytest.mark.parametrize(("name", "kind"), [("a.txt", "text"), ("a.html", "html"), ("a.warc", "warc")])
def test_sources_without_rows_keep_nothing(name: str, kind: str, tmp_path: Path) -> None:
    path = _source(tmp_path, name, b"WARC/1.0\r\n")
    with pytest.raises(
        InputError, match=rf"a.{name[2:]}: .*source 'rows': keep requires rows with columns .*, and {kind} has"
    ):
        build(_recipe(keeping(parse_sources([path]), ["all"])), tmp_path / "out")
    with pytest.raises(InputError, match="remove id"):
        build(_recipe(with_fields(parse_sources([path]), {"id": "x"})), tmp_path / "out")


@pytest.mark.parametrize(
    ("keep", "message"),
    [
        (
            ["url"],
            "--keep: the kept column 'url' would collide with a column of xdata of the same name: rename it, as "
            "--keep url=their_url",
        ),
        (
            ["all", "docid=id"],
            "the kept column 'id' (of the input: 'docid') would collide with a column of xdata of the same name: "
            "rename it, as --keep all docid; an id of your own is kept as original_id with --field id=docid",
        ),
        (["a=x", "b=x"], "'a' and 'b' would both be written as 'x'"),
        (["=x"], "--keep =x: expected all, NAME or INPUT_NAME=OUTPUT_NAME"),
        (["a", "a=b"], "each column once"),
    ],
)
def test_what_cannot_be_kept_is_refused_at_once(keep: list[str], message: str) -> None:
    with pytest.raises(ConfigError) as refused:
        keeping([Source(name="s", root="/", patterns=("a",))], keep)
    assert message in str(refused.value)


def test_sources_state_what_they_keep(tmp_path: Path) -> None:
    _source(tmp_path, "in.jsonl", _jsonl([{**row, "meta": {"ka": {"year": row["year"]}}} for row in _ROWS]))
    (tmp_path / "sources.yaml").write_text(
        "sources:\n"
        "- {name: habari, path: rows, id: id, fields: {text: body}, keep: {meta.ka.year: mwaka, title: kichwa}}\n"
        "- {name: mara, path: 'other/*', id: id, fields: {text: body}, keep: [title]}\n"
    )
    (tmp_path / "other").mkdir()
    (tmp_path / "other" / "in.parquet").write_bytes(_parquet())
    build(_recipe(keeping(parse_sources([str(tmp_path / "sources.yaml")]), ["all"])), tmp_path / "out")
    found = [*table(tmp_path / "out", "data"), *table(tmp_path / "out", "rejects")]
    assert {(row["source"], row["kichwa"] is None, row["mwaka"] is None, row["title"] is None) for row in found} == {
        ("habari", False, False, True),
        ("mara", True, True, False),
    }


def test_parquet_is_refused_before_anything_is_read(tmp_path: Path) -> None:
    file = io.BytesIO()
    pq.write_table(pa.table({"text": ["a"], "scores": [1]}), file)
    made = _recipe(keeping(parse_sources([_source(tmp_path, "in.parquet", file.getvalue())]), ["all"]))
    with pytest.raises(ConfigError, match="scores: their_scores"):
        made.reader.list_files()


def test_wild_keys_and_values_break_nothing(tmp_path: Path) -> None:
    deep: list[Any] = []
    for _ in range(400):
        deep = [deep]
    rows = [
        {"text": text, "": number, "a.b": {"": 1, "x.y": [1, "2"]}, "\ud800ሀ": "\udfff", "big": 10**25, "deep": deep}
        for number, text in enumerate(texts("amh_Ethi"))
    ]
    rows.append({"text": f"{texts('amh_Ethi')[0]} ቃል", "nan": float("nan")})
    lines = "".join(json.dumps(row) + "\n" for row in rows)
    sources = keeping(parse_sources([_source(tmp_path, "in.jsonl", lines.encode())]), ["all"])
    build(_recipe(sources, min_words="1"), tmp_path / "out")
    found = [*table(tmp_path / "out", "data"), *table(tmp_path / "out", "rejects")]
    assert list(found[0])[-6:] == ["", "a.b", "big", "deep", "nan", "\ufffdሀ"]
    (row,) = (row for row in found if row[""] == 0)
    assert row["a.b"] == {"": 1, "x.y": ["1", "2"]}
    assert (row["big"], row["\ufffdሀ"]) == (str(10**25), "\ufffd")
    assert "[" * 300 in str(row["deep"])


@pytest.mark.parametrize("num_parts", [1, 4])
def test_very_many_different_keys_are_refused(num_parts: int, tmp_path: Path) -> None:
    for part in range(num_parts):
        rows = [
            {"text": text, **{f"k{part}.{number}.{key}": key for key in range(10_000 // 4 // num_parts // 2)}}
            for number, text in enumerate(texts("tha_Thai")[:4])
        ]
        path = _source(tmp_path, f"{part}.jsonl", _jsonl(rows))
    made = _recipe(keeping(parse_sources([str(Path(path).parent)]), ["all"]))
    with pytest.raises(ConfigError, match=r"more than 1000 columns would be kept: list the columns"):
        build(made, tmp_path / "out", part_bytes=2_000)


def test_an_object_of_very_many_keys_is_one_column_of_words(tmp_path: Path) -> None:
    rows = [{"text": text, "map": {f"{n}-{k}": k for k in range(2_500)}} for n, text in enumerate(texts("kat_Geor"))]
    sources = keeping(parse_sources([_source(tmp_path, "in.jsonl", _jsonl(rows))]), ["map"])
    build(_recipe(sources), tmp_path / "out")
    found = sorted(json.loads(row["map"])["0-1"] for row in table(tmp_path / "out", "data") if '"0-1"' in row["map"])
    assert found == [1]


def test_a_document_is_explained_by_either_id(tmp_path: Path) -> None:
    rows = [*_ROWS, {**_ROWS[0], "body": texts("swh_Latn")[4]}]
    build(_recipe(_with(_source(tmp_path, "in.jsonl", _jsonl(rows)), "title")), tmp_path / "out")
    ledger = {row["original_id"]: row["id"] for row in table(tmp_path / "out", "ledger")}
    assert explain(tmp_path / "out", "Thai/1") == explain(tmp_path / "out", ledger["Thai/1"])
    several = explain(tmp_path / "out", "Latn/0")
    assert several[0] == "2 documents have the original_id Latn/0:"
    assert len([line for line in several if line.startswith("id ")]) == 2
    with pytest.raises(InputError, match=r"no document has 'Thai/9' as its id"):
        explain(tmp_path / "out", "Thai/9")


@pytest.mark.parametrize("format_", ["parquet", "jsonl"])
def test_maps_are_lists_of_objects_that_datasets_loads(
    format_: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    datasets = pytest.importorskip("datasets")
    monkeypatch.setattr(datasets.config, "HF_HUB_OFFLINE", True)
    rows = [{"text": text, "n": n} for n, text in enumerate(texts("kat_Geor")[:3])]
    maps = [[("სახელი", n), ("y", None)] if n else None for n in range(3)]
    times = [[("x", n)] for n in range(3)]
    found = pa.Table.from_pylist(rows).append_column("map", pa.array(maps, pa.map_(pa.string(), pa.int64())))
    inside = pa.array([{"a": each} for each in times], pa.struct([("a", pa.map_(pa.string(), pa.date32()))]))
    file = io.BytesIO()
    pq.write_table(found.append_column("inside", inside), file)
    sources = keeping(parse_sources([_source(tmp_path, "in.parquet", file.getvalue())]), ["all"])
    build(_recipe(sources, min_words="1", **{"output.format": format_}), tmp_path / "out")
    loaded = datasets.load_dataset(str(tmp_path / "out"), "kat_Geor", split="train", cache_dir=str(tmp_path / "cache"))
    assert {row["n"]: row["map"] for row in loaded} == {
        n: [{"key": "სახელი", "value": n}, {"key": "y", "value": None}] if n else None for n in range(3)
    }
    assert {str(row["inside"]["a"][0]["value"])[:10] for row in loaded} == {"1970-01-01", "1970-01-02", "1970-01-03"}


def test_ids_of_other_types_are_counted_in_a_note(tmp_path: Path) -> None:
    ids = [1.5, {"a": 1}, ["x"], True, None, 7, 8.0, "k"]
    rows = [{"text": text, "key": key} for text, key in zip(texts("swh_Latn") * 2, ids, strict=False)]
    rows = [{**row, "text": f"{row['text']} {number}"} for number, row in enumerate(rows)]
    made = _recipe(with_fields(parse_sources([_source(tmp_path, "in.jsonl", _jsonl(rows))]), {"id": "key"}))
    manifest = build(made, tmp_path / "out")
    expected = (
        "source 'rows': 4 records with an id that is neither a string nor an integer, as 1.5: without original_id"
    )
    assert expected in manifest.notes
    found = {row["original_id"] for row in table(tmp_path / "out", "ledger")}
    assert found == {None, "7", "8", "k"}
