"""An output folder as Python reads it: records, tables, filters, explanations, data sets."""

import builtins
import json
import os
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.run.corpora import table
from tests.texts import texts
from xdata import CheckError, InputError, ResourceError
from xdata.output.folder import Output
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.run.build import build

LANGUAGES = ("amh_Ethi", "sin_Sinh", "swh_Latn")


def _build(folder: Path, **settings: str) -> Output:
    rows: list[dict[str, Any]] = [
        {"text": page, "url": f"https://{code}.example/{number}", "docid": f"{code}-{number}"}
        for code in LANGUAGES
        for number, page in enumerate(texts(code))
    ]
    rows += [rows[0], {"text": "mbili tatu", "url": None, "docid": "short"}]
    (folder / "docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    source = Source(name="docs", root=str(folder), patterns=("docs.jsonl",), id="docid")
    recipe = find_recipe("monolingual_corpus").make(sources=[source], languages=LANGUAGES, settings=settings)
    build(recipe, folder / "out")
    return Output.open(folder / "out")


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> Output:
    return _build(tmp_path_factory.mktemp("output"), **{"splitting.splits": "{test: 0.5}"})


def test_configs_and_splits_are_those_of_the_data(output: Output) -> None:
    found = {path.parent.name for path in (output.path / "data").rglob("*.parquet")}
    assert output.configs == tuple(sorted(found)) == LANGUAGES
    for config, splits in output.splits.items():
        assert splits == tuple(sorted({path.name.split("-")[0] for path in (output.path / "data" / config).iterdir()}))
    assert output.num_records == len(table(output.path, "data"))


def test_records_are_the_rows_of_the_data_in_order(output: Output) -> None:
    assert list(output.records()) == table(output.path, "data")
    for config in output.configs:
        of_splits = [row for split in output.splits[config] for row in output.records(config, split=split)]
        assert of_splits == list(output.records(config))
        assert {row["language"] for row in of_splits} == {config}
    assert set(next(output.records(columns=["id", "url"]))) == {"id", "url"}


def test_tables_have_the_same_rows(output: Output) -> None:
    assert output.table().to_pylist() == list(output.records())
    assert output.table("swh_Latn", columns=["url", "id"]).column_names == ["url", "id"]
    assert output.to_pandas("swh_Latn")["text"].tolist() == [row["text"] for row in output.records("swh_Latn")]


def test_the_ledger_is_selected_by_language_decision_and_reason(output: Output) -> None:
    whole = table(output.path, "ledger")
    assert output.ledger().to_pylist() == whole
    for language in {row["language"] for row in whole}:
        expected = [row for row in whole if row["language"] == language and row["decision"] == "dropped"]
        assert output.ledger(language=language, decision="dropped").to_pylist() == expected
    reasons = {reason["reason"] for row in whole for reason in row["reasons"]}
    assert {"too_few_words", "exact_duplicate"} <= reasons
    for reason in reasons:
        expected = [row["id"] for row in whole if reason in [each["reason"] for each in row["reasons"]]]
        found = output.ledger(reason=reason, columns=["id"])
        assert found.column_names == ["id"] and found["id"].to_pylist() == expected
    assert output.ledger(reason="no_such_reason").num_rows == 0
    assert output.ledger(reason="no_such_reason").schema == output.ledger().schema


def test_rejects_are_selected_too(output: Output) -> None:
    whole = table(output.path, "rejects")
    assert output.rejects().to_pylist() == whole
    (short,) = output.rejects(reason="too_few_words").to_pylist()
    assert short["text"] == "mbili tatu"
    assert output.rejects(language=short["language"], reason="too_few_words").to_pylist() == [short]
    assert output.rejects(language="mlt_Latn").num_rows == 0


def test_a_record_is_explained_by_either_id(output: Output) -> None:
    (row,) = output.ledger(reason="too_few_words").to_pylist()
    found = output.explain(row["id"])
    assert "too_few_words" in str(found) and "mbili tatu" in str(found)
    assert repr(found) == f"<Explanation of {row['id']}: dropped>"
    (record,) = found.to_dict()["records"]
    assert record["ledger"] == row and record["text"] == "mbili tatu"
    json.dumps(found.to_dict())
    twice = output.explain("amh_Ethi-0")
    assert sorted(life.ledger["decision"] for life in twice.lives) == ["dropped", "kept"]
    assert output.explain("short").to_dict()["records"] == [record]


def test_a_data_set_has_the_rows_of_a_split(output: Output, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import datasets

    monkeypatch.setattr(datasets.config, "HF_DATASETS_CACHE", tmp_path)
    found = output.dataset("sin_Sinh", "test")
    assert isinstance(found, datasets.Dataset)
    assert list(found) == list(output.records("sin_Sinh", split="test"))
    streamed = output.dataset(None, "train", streaming=True)
    assert isinstance(streamed, datasets.IterableDataset)
    assert [row["id"] for row in streamed] == [row["id"] for row in output.records(split="train")]


@pytest.mark.parametrize("format_", ["jsonl", "jsonl.gz"])
def test_other_formats_are_read_the_same(output: Output, format_: str, tmp_path: Path) -> None:
    other = _build(tmp_path, **{"output.format": format_})
    (tmp_path / "parquet").mkdir()
    same = _build(tmp_path / "parquet")
    assert [row["id"] for row in other.records()] == [row["id"] for row in same.records()]
    assert other.table("swh_Latn", columns=["text"]).to_pydict() == same.table("swh_Latn", columns=["text"]).to_pydict()
    assert other.rejects().to_pylist() == same.rejects().to_pylist()


@pytest.mark.parametrize(
    ("ask", "message"),
    [
        (lambda output: output.records("swa_Latn"), "has no config 'swa_Latn': did you mean 'swh_Latn'"),
        (lambda output: output.files(split="dev"), "has no split 'dev': known: test, train"),
        (lambda output: output.table(columns=["txt"]), "has no column 'txt': did you mean 'text'"),
        (lambda output: output.ledger(columns=["langage"]), "has no column 'langage': did you mean 'language'"),
        (lambda output: output.explain("f" * 32), "f{32}"),
    ],
)
def test_what_does_not_exist_is_named(output: Output, ask: Any, message: str) -> None:
    with pytest.raises(InputError, match=message):
        ask(output)


def test_a_damaged_file_is_named(tmp_path: Path) -> None:
    output = _build(tmp_path)
    for prefix, ask in (
        ("data", lambda: list(output.records())),
        ("data", output.table),
        ("ledger", output.ledger),
        ("rejects", output.rejects),
    ):
        for path in (output.path / prefix).rglob("*.parquet"):
            path.write_bytes(b"damaged")
        with pytest.raises(CheckError, match=f"{prefix}.* is missing or damaged: xdata check"):
            ask()
    assert output.check()
    (output.path / "manifest.json").unlink()
    with pytest.raises(CheckError, match="the build is incomplete"):
        Output.open(output.path)


def test_missing_packages_are_named_with_their_install_command(output: Output, monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *args: Any, **options: Any) -> Any:
        if name in ("pandas", "datasets"):
            raise ImportError(name)
        return real(name, *args, **options)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(ResourceError, match="pip install pandas"):
        output.to_pandas()
    with pytest.raises(ResourceError, match=r"pip install 'xdata-corpora\[hub\]'"):
        output.dataset()


def test_an_output_is_a_path_and_shows_what_it_holds(output: Output) -> None:
    assert os.fspath(output) == str(output.path)
    assert repr(output) == (
        f"Output('{output.path}': recipe monolingual_corpus, {output.num_records} records in 3 configs)"
    )
    shown = output._repr_html_()
    assert all(f"<td>{code}</td>" in shown for code in LANGUAGES)
    assert output.report.is_file()


def test_a_notebook_shows_nothing_that_it_would_run(output: Output) -> None:
    manifest = output.manifest.model_copy(update={"recipe": "<script>x</script>", "warnings": ["<img src=x>"]})
    shown = Output(output.path, manifest)._repr_html_()
    assert "<script>" not in shown and "<img" not in shown
    assert "&lt;img src=x&gt;" in shown


def test_copied_rows_are_records_too(tmp_path: Path) -> None:
    pages = texts("swh_Latn")
    rows = pa.table({"text": [pages[0], pages[1], f"{pages[0]} Kila mtu ana haki."], "year": [1, 2, 3]})
    pq.write_table(rows, tmp_path / "docs.parquet")
    sources = parse_sources([str(tmp_path / "docs.parquet")])
    build(find_recipe("deduplicate").make(sources=sources), tmp_path / "out")
    output = Output.open(tmp_path / "out")
    assert output.configs == ("default",)
    assert list(output.records()) == output.table().to_pylist() == rows.to_pylist()[1:]
