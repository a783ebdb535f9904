"""Outputs of recipes that copy rows, as input: what is known of their rows, and the splits that they have."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.run.corpora import table, words
from tests.run.test_build import Heard
from tests.texts import texts
from xdata.cli import main
from xdata.errors import ConfigError, InputError, RunError
from xdata.output.check import check
from xdata.output.explain import explain
from xdata.output.manifest import Manifest
from xdata.readers.source_options import with_fields
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe
from xdata.run.build import build, extending

LANGUAGES = ("swh_Latn", "pes_Arab", "hin_Deva", "sin_Sinh", "amh_Ethi", "tha_Thai", "zho_Hans", "kat_Geor")
_SPLITS: dict[str, Any] = {"splitting": {"splits": "{test: 0.3}", "similarity": "null"}}
_LIKE_RECORDS = ("id", "text", "language", "source")


def _rows() -> list[dict[str, Any]]:
    """Rows whose columns are called like those of records of xdata, but hold other things."""
    pages = [texts(language)[number] for number in range(2) for language in LANGUAGES]
    return [{"id": f"k{number}", "text": page, "language": "Q1", "source": "b"} for number, page in enumerate(pages)]


def _write(path: Path, rows: list[dict[str, Any]]) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    match path.suffix:
        case ".jsonl":
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
        case ".parquet":
            pq.write_table(pa.Table.from_pylist(rows), path)
        case ".tsv":
            lines = ["\t".join(_LIKE_RECORDS), *("\t".join(row[name] for name in _LIKE_RECORDS) for row in rows)]
            path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _yaml(folder: Path, *entries: Mapping[str, Any]) -> str:
    path = folder / "sources.yaml"
    path.write_text(json.dumps({"sources": list(entries)}))
    return str(path)


def _recipe(*inputs: str | Path, name: str = "deduplicate", **settings: Any) -> Recipe:
    return find_recipe(name).make(sources=parse_sources([str(each) for each in inputs]), settings=words(**settings))


def _corpus(*inputs: str | Path) -> Recipe:
    return _recipe(*inputs, name="monolingual_corpus", thresholds="none", min_words="1")


@pytest.mark.parametrize("ending", ["jsonl", "parquet", "tsv"])
def test_copied_rows_with_the_columns_of_records_are_rows(ending: str, tmp_path: Path) -> None:
    path = _write(tmp_path / "in" / f"a.{ending}", _rows())
    build(_recipe(path), tmp_path / "one")
    build(_recipe(tmp_path / "one"), tmp_path / "two")
    assert check(tmp_path / "two") == []
    one, two = (next((tmp_path / name / "data" / "default").iterdir()) for name in ("one", "two"))
    assert one.read_bytes() == two.read_bytes()
    manifest = build(_corpus(tmp_path / "one"), tmp_path / "three")
    assert set(manifest.languages) == set(LANGUAGES)
    found = table(tmp_path / "three", "data")
    assert {row["source"] for row in found} == {"one"}
    assert len(found) == len(_rows())
    assert [(folder.name, folder.role) for folder in manifest.input_folders] == [("one", "rows")]
    with (tmp_path / "one" / "data" / "default" / one.name).open("ab") as file:
        file.write(b"x")
    with pytest.raises(InputError, match="is damaged: run xdata check"):
        build(_corpus(tmp_path / "one"), tmp_path / "four")


@pytest.mark.parametrize("format_", ["parquet", "jsonl"])
def test_copied_records_are_records(format_: str, tmp_path: Path) -> None:
    entry = {"name": "habari", "path": "in", "fields": {"text": "body"}, "id": "docid", "license": "CC-BY-4.0"}
    _write(tmp_path / "in" / "a.jsonl", [{"body": row["text"], "docid": row["id"]} for row in _rows()])
    build(_corpus(_yaml(tmp_path, entry)), tmp_path / "one")
    build(_recipe(tmp_path / "one", output={"format": format_}), tmp_path / "two")
    manifest = Manifest.read(tmp_path / "two")
    assert (manifest.copies_rows, manifest.copies_records) == (True, True)
    build(_corpus(tmp_path / "two"), tmp_path / "three")
    before, after = ({row["id"]: row for row in table(tmp_path / name, "data")} for name in ("one", "three"))
    assert before.keys() == after.keys()
    for name in ("original_id", "language", "license", "source", "text"):
        assert {key: row[name] for key, row in before.items()} == {key: row[name] for key, row in after.items()}


def test_what_all_sources_state_holds_for_their_copied_rows(tmp_path: Path) -> None:
    rows = [{"body": row["text"], "docid": row["id"], "lic": None} for row in _rows()]
    facts = {"fields": {"text": "body", "license": "lic"}, "id": "docid", "license": "CC-BY-4.0", "domain": "news"}
    for number, name in enumerate(("a", "b")):
        _write(tmp_path / name / "a.jsonl", rows[number::2])
    made = _recipe(_yaml(tmp_path, *({"name": name, "path": name, **facts} for name in ("a", "b"))))
    build(made, tmp_path / "one")
    (source,) = parse_sources([str(tmp_path / "one")])
    assert {name: getattr(source, name) for name in facts} == facts
    manifest = build(_corpus(tmp_path / "one"), tmp_path / "two")
    assert [(each.name, each.license, each.domain) for each in manifest.sources] == [("one", "CC-BY-4.0", "news")]
    assert {row["original_id"] for row in table(tmp_path / "two", "data")} == {row["docid"] for row in rows}
    assert not any("state different" in note for note in manifest.notes)
    (said,) = parse_sources([_yaml(tmp_path, {"name": "mine", "path": "one", "license": "MIT"})])
    assert (said.license, said.domain, said.fields) == ("MIT", "news", facts["fields"])
    (said,) = with_fields([source], {"text": "other", "id": "key"})
    assert (said.fields, said.id) == ({"text": "other", "license": "lic"}, "key")


def test_what_sources_state_differently_is_a_note(tmp_path: Path) -> None:
    entries = [
        {"name": name, "path": name, "license": license_, "language": "swh_Latn"}
        for name, license_ in (("a", "CC-BY-4.0"), ("b", "MIT"))
    ]
    for entry, text in zip(entries, texts("swh_Latn"), strict=False):
        _write(tmp_path / entry["path"] / "a.jsonl", [{"text": text}])
    build(_recipe(_yaml(tmp_path, *entries)), tmp_path / "one")
    manifest = build(_corpus(tmp_path / "one"), tmp_path / "two")
    assert (manifest.sources[0].license, manifest.sources[0].language) == ("unknown", "swh_Latn")
    assert any("state different values of license, so none of them applies" in note for note in manifest.notes)
    stated = _yaml(tmp_path, {"name": "one", "path": "one", "license": "mixed"})
    assert not any("state different" in note for note in build(_corpus(stated), tmp_path / "three").notes)


@pytest.mark.parametrize("copies", [True, False])
def test_held_out_splits_come_into_train_with_a_warning(copies: bool, tmp_path: Path) -> None:
    _write(tmp_path / "in" / "a.jsonl", _rows())
    name = "deduplicate" if copies else "monolingual_corpus"
    plain: dict[str, Any] = {} if copies else {"thresholds": "none", "min_words": "1"}
    build(_recipe(tmp_path / "in", name=name, **plain, **_SPLITS), tmp_path / "one")
    heard = Heard()
    manifest = build(_corpus(tmp_path / "one"), tmp_path / "two", observer=heard)
    (warning,) = manifest.warnings
    assert f"warning: {warning}" in heard.notes
    assert "all its splits (test, train) are read as one" in warning and "splits: [train]}" in warning
    with pytest.raises(RunError, match="--strict"):
        build(_corpus(tmp_path / "one"), tmp_path / "strict", strict=True)
    assert _recipe(tmp_path / "one", **_SPLITS).reader.folder_warnings(keeps_splits=False) == [warning]
    stays = build(_recipe(tmp_path / "one"), tmp_path / "copied")
    assert stays.warnings == []
    assert _splits(tmp_path / "copied") == _splits(tmp_path / "one")
    (source,) = parse_sources([_yaml(tmp_path, {"name": "one", "path": "one", "splits": ["train"]})])
    chosen = build(_corpus_of(source), tmp_path / "three")
    assert chosen.warnings == []
    texts_of = {row["text"].strip() for row in table(tmp_path / "three", "data")}
    assert len(texts_of) == _splits(tmp_path / "one")["train"] < len(_rows())


def _corpus_of(source: Source) -> Recipe:
    return find_recipe("monolingual_corpus").make(sources=[source], settings={"thresholds": "none", "min_words": "1"})


def _splits(out: Path) -> dict[str, int]:
    """Split -> rows of it."""
    found: dict[str, int] = {}
    for file in Manifest.read(out).files:
        if file.path.startswith("data/"):
            split = Path(file.path).name.split("-")[0]
            found[split] = found.get(split, 0) + (file.num_rows or 0)
    return found


def test_splits_are_chosen_of_output_folders_that_have_them(tmp_path: Path) -> None:
    _write(tmp_path / "in" / "a.jsonl", _rows())
    build(_recipe(tmp_path / "in"), tmp_path / "one")
    with pytest.raises(ConfigError, match=r"source 'x': splits: .*one has no split 'test'; known: train"):
        parse_sources([_yaml(tmp_path, {"name": "x", "path": "one", "splits": ["test"]})])
    with pytest.raises(ConfigError, match=r"splits applies to output folders of xdata"):
        parse_sources([_yaml(tmp_path, {"name": "x", "path": "in", "splits": ["test"]})])


def test_a_folder_without_its_ledger_is_read_with_a_warning(tmp_path: Path) -> None:
    _write(tmp_path / "in" / "a.jsonl", _rows())
    build(_corpus(tmp_path / "in"), tmp_path / "one")
    next((tmp_path / "one" / "ledger").iterdir()).unlink()
    manifest = build(_corpus(tmp_path / "one"), tmp_path / "two")
    (warning,) = manifest.warnings
    assert "ledger-00000-of-00001.parquet: is missing: run xdata check" in warning
    assert "can no longer be explained" in warning
    assert explain(tmp_path / "two", table(tmp_path / "two", "data")[0]["id"])


def test_copied_rows_cannot_be_extended(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(tmp_path / "in" / "a.jsonl", _rows())
    build(_recipe(tmp_path / "in"), tmp_path / "one")
    with pytest.raises(ConfigError, match="has rows that the recipe deduplicate copied, and no records of xdata"):
        extending(_corpus(tmp_path / "in"), tmp_path / "one")
    words_ = ["--input", str(tmp_path / "in"), "--extend", str(tmp_path / "one"), "--out", str(tmp_path / "two")]
    assert main(["build", "monolingual_corpus", *words_]) == 2
    assert "--extend" in capsys.readouterr().err
    assert not (tmp_path / "two").exists()
