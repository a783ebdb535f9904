"""An output folder of xdata as input: its documents keep what it says of them, and filters apply to them."""

import json
import shutil
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.run.corpora import build, hashes, recipe, table, write_crawl
from tests.texts import texts
from xdata.errors import ConfigError, InputError
from xdata.output.check import check
from xdata.output.explain import explain
from xdata.output.manifest import Manifest
from xdata.readers.files import Files
from xdata.readers.source_options import keeping, with_fields
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.run.build import extending

_SAME = ("id", "original_id", "text", "language", "script", "variety", "source", "license", "domain", "url", "date")
_YAML = """sources:
- {name: habari, path: crawl, license: CC-BY-4.0, domain: news, id: docid, keep: [mwaka, meta]}
"""


def _sources(root: Path) -> tuple[Source, ...]:
    """A crawl whose rows have an id, a year and an object that they keep, as a sources.yaml says."""
    for path in sorted(write_crawl(root).glob("*.jsonl")):
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        for number, row in enumerate(rows):
            row |= {"docid": f"{path.stem}/{number}", "mwaka": 1900 + number, "meta": {"ቋንቋ": row.get("url"), "n": 0.5}}
        path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    (root / "sources.yaml").write_text(_YAML)
    return parse_sources([str(root / "sources.yaml")])


def _recipe(sources: tuple[Source, ...], name: str = "monolingual_corpus", **settings: str) -> Any:
    return find_recipe(name).make(sources=sources, languages=(), settings=settings)


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A corpus of documents with ids, a license, a domain and columns of the user."""
    root = tmp_path_factory.mktemp("folders")
    build(_recipe(_sources(root)), root / "old")
    return root / "old"


def _by_id(out: Path, name: str = "data") -> dict[str, dict[str, Any]]:
    return {row["id"]: row for row in table(out, name)}


def _again(old: Path, out: Path, **settings: str) -> Manifest:
    return build(_recipe(parse_sources([str(old)]), **settings), out)


def test_documents_keep_all_metadata_of_the_folder(old: Path, tmp_path: Path) -> None:
    manifest = _again(old, tmp_path / "out")
    assert check(tmp_path / "out") == []
    before, after = _by_id(old), _by_id(tmp_path / "out")
    assert after.keys() == before.keys()
    for identity, row in before.items():
        for name in (*_SAME, "scores", "mwaka", "meta"):
            assert after[identity][name] == row[name], (identity, name)
    assert {row["cluster_size"] for row in after.values()} == {1}
    assert [source.name for source in manifest.sources] == ["habari"]
    assert [(folder.name, folder.folder, folder.role) for folder in manifest.input_folders] == [
        ("old", str(old), "input")
    ]
    assert {row["path"].split("/")[0] for row in table(tmp_path / "out", "ledger")} == {"old"}


def test_filters_apply_and_the_score_of_the_language_is_that_of_the_folder(old: Path, tmp_path: Path) -> None:
    ranked = sorted(table(old, "data"), key=lambda row: row["scores"]["num_words"])
    least = int(ranked[len(ranked) // 2]["scores"]["num_words"])
    _again(old, tmp_path / "out", min_words=str(least))
    kept, dropped = _by_id(tmp_path / "out"), _by_id(tmp_path / "out", "rejects")
    assert kept.keys() == {row["id"] for row in ranked if row["scores"]["num_words"] >= least}
    assert dropped.keys() == {row["id"] for row in ranked} - kept.keys()
    for row in dropped.values():
        assert row["scores"] == _by_id(old)[row["id"]]["scores"]
        assert row["reasons"][0]["reason"] == "too_few_words"
        assert (row["mwaka"], row["original_id"]) == tuple(_by_id(old)[row["id"]][n] for n in ("mwaka", "original_id"))


def test_the_threshold_of_the_language_score_applies(old: Path, tmp_path: Path) -> None:
    copy = tmp_path / "old"
    shutil.copytree(old, copy, ignore=shutil.ignore_patterns("work"))
    victim = table(copy, "data")[0]["id"]
    for path in (copy / "data").rglob("*.parquet"):
        found = pq.read_table(path)
        rows = found.to_pylist()
        for row in rows:
            if row["id"] == victim:
                row["language_score"] = 0.125
        pq.write_table(pa.Table.from_pylist(rows, schema=found.schema), path)
        _say_size(copy, path)
    _again(copy, tmp_path / "out")
    dropped = _by_id(tmp_path / "out", "rejects")
    assert dropped.keys() == {victim}
    assert dropped[victim]["language_score"] == 0.125


def _say_size(out: Path, path: Path) -> None:
    """Has the manifest say the size that a file has."""
    manifest = json.loads((out / "manifest.json").read_text())
    for file in manifest["files"]:
        if file["path"] == path.relative_to(out).as_posix():
            file["num_bytes"] = path.stat().st_size
    (out / "manifest.json").write_text(json.dumps(manifest))


def test_scores_that_the_recipe_does_not_compute_are_carried_on(old: Path, tmp_path: Path) -> None:
    copy = tmp_path / "old"
    shutil.copytree(old, copy, ignore=shutil.ignore_patterns("work"))
    for path in (copy / "data").rglob("*.parquet"):
        found = pq.read_table(path)
        rows = [row | {"scores": row["scores"] | {"ubora": 0.1}} for row in found.to_pylist()]
        kind = pa.struct([*found.schema.field("scores").type, pa.field("ubora", pa.float32())])
        index = found.schema.get_field_index("scores")
        pq.write_table(pa.Table.from_pylist(rows, schema=found.schema.set(index, pa.field("scores", kind))), path)
        _say_size(copy, path)
    sizes = sorted(row["scores"]["num_words"] for row in table(old, "data"))
    _again(copy, tmp_path / "out", min_words=str(int(sizes[len(sizes) // 2])))
    found = [*table(tmp_path / "out", "data"), *table(tmp_path / "out", "rejects")]
    assert len(found) == len(table(old, "data"))
    assert {row["scores"]["ubora"] for row in found} == {pa.scalar(0.1, pa.float32()).as_py()}
    assert table(tmp_path / "out", "rejects")


@pytest.mark.parametrize("form", ["jsonl", "jsonl.gz", "jsonl.zst"])
def test_a_folder_of_json_lines_is_read_alike(form: str, old: Path, tmp_path: Path) -> None:
    made = _recipe(_sources(tmp_path), **{"output.format": form})
    build(made, tmp_path / "old")
    _again(tmp_path / "old", tmp_path / "out")
    before, after = _by_id(old), _by_id(tmp_path / "out")
    names = (*_SAME, "scores", "mwaka", "meta")
    assert {i: [row[n] for n in names] for i, row in after.items()} == {
        i: [row[n] for n in names] for i, row in before.items()
    }


def test_the_parts_that_a_folder_is_cut_into_change_nothing(old: Path, tmp_path: Path) -> None:
    made = _recipe(parse_sources([str(old)]))
    build(made, tmp_path / "one")
    build(made, tmp_path / "many", part_bytes=2_000)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "many")


def test_what_is_in_the_folder_is_not_read_again_from_its_source(old: Path, tmp_path: Path) -> None:
    sources = parse_sources([str(old), str(old.parent / "sources.yaml")])
    manifest = build(_recipe(sources), tmp_path / "out")
    num_kept, num_read = len(table(old, "data")), len(table(old, "ledger"))
    assert manifest.skipped == {"duplicate_of_input_folder": num_kept}
    ledger = table(tmp_path / "out", "ledger")
    assert len({row["id"] for row in ledger}) == len(ledger) == num_read
    assert [source.name for source in manifest.sources] == ["habari"]


def test_a_changed_folder_is_read_again(old: Path, tmp_path: Path) -> None:
    made = Files(sources=parse_sources([str(old)]))
    before = made.identity()
    assert before["sources"][0]["fingerprint"] == Manifest.read(old).fingerprint
    shutil.copytree(old, tmp_path / "old", ignore=shutil.ignore_patterns("work"))
    moved = Files(sources=parse_sources([str(tmp_path / "old")]))
    assert moved.identity() == before


def test_two_folders_with_one_document_are_refused(old: Path, tmp_path: Path) -> None:
    shutil.copytree(old, tmp_path / "copy")
    with pytest.raises(InputError) as refused:
        build(_recipe(parse_sources([str(old), str(tmp_path / "copy")])), tmp_path / "out")
    message = str(refused.value)
    assert str(old) in message
    assert str(tmp_path / "copy") in message
    assert any(identity in message for identity in _by_id(old))


def test_folders_that_are_not_whole_are_refused_with_what_to_do(old: Path, tmp_path: Path) -> None:
    copy = tmp_path / "old"
    shutil.copytree(old, copy)
    sources = parse_sources([str(copy)])
    shard = next((copy / "data").rglob("*.parquet"))
    with shard.open("ab") as file:
        file.write(b"x")
    with pytest.raises(InputError, match=r"parquet: is damaged: run xdata check"):
        build(_recipe(sources), tmp_path / "out")
    shard.unlink()
    with pytest.raises(InputError, match=r"parquet: is missing: run xdata check"):
        build(_recipe(sources), tmp_path / "out")
    (copy / "manifest.json").write_text("{")
    with pytest.raises(InputError, match=r"manifest.json: is damaged: delete it"):
        parse_sources([str(copy)])
    (copy / "manifest.json").unlink()
    with pytest.raises(
        InputError, match=r"without manifest.json, so the build is incomplete: run the command that built it again"
    ):
        parse_sources([str(copy)])
    with pytest.raises(InputError, match=r"the build is incomplete"):
        build(_recipe(sources), tmp_path / "out")


def test_a_folder_with_another_manifest_is_a_folder_of_files(tmp_path: Path) -> None:
    (tmp_path / "manifest.json").write_text('{"files": ["a.jsonl"]}')
    (source,) = parse_sources([str(tmp_path)])
    assert source.xdata is None
    assert source.patterns == (".",)


def test_a_folder_states_the_metadata_of_its_documents(old: Path, tmp_path: Path) -> None:
    listed = tmp_path / "sources.yaml"
    listed.write_text(f"sources:\n- {{name: zamani, path: '{old}', weight: 2.0}}\n")
    (source,) = parse_sources([str(listed)])
    assert (source.name, source.xdata, source.weight) == ("zamani", "input", 2.0)
    rows = Source(name="rows", root="/", patterns=("a",))
    assert keeping(with_fields([source, rows], {"id": "docid"}), ["all"])[0] == source
    with pytest.raises(ConfigError, match=r"keep their fields and all their columns: remove --keep"):
        keeping([source], ["all"])
    with pytest.raises(ConfigError, match=r"keep their fields and all their columns: remove --field"):
        with_fields([source], {"id": "docid"})
    listed.write_text(f"sources:\n- {{name: zamani, path: '{old}', license: MIT, keep: all}}\n")
    with pytest.raises(ConfigError, match=r"whose manifest already states this of its documents: remove keep, license"):
        parse_sources([str(listed)])


@pytest.mark.parametrize("key", ["reader: xdata", "xdata: extend"])
def test_a_source_cannot_declare_itself_published(key: str, tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "a"}\n')
    (tmp_path / "sources.yaml").write_text(f"sources:\n- {{name: s, path: a.jsonl, {key}}}\n")
    with pytest.raises(ConfigError, match=r"remove reader: xdata.*--extend DIR|unknown key 'sources.*xdata'"):
        recipe([tmp_path / "sources.yaml"])


def test_a_document_is_explained_through_all_folders(old: Path, tmp_path: Path) -> None:
    _again(old, tmp_path / "second")
    _again(tmp_path / "second", tmp_path / "third")
    identity = table(tmp_path / "third", "data")[0]["id"]
    lines = explain(tmp_path / "third", identity)
    assert f"before     in {tmp_path / 'second'}:" in lines
    assert f"  before     in {old}:" in lines
    assert any(line.startswith("    source     habari, file ") and ".jsonl, at " in line for line in lines)
    shutil.rmtree(tmp_path / "second")
    gone = explain(tmp_path / "third", identity)
    assert gone[-1].startswith(f"before     it came from {tmp_path / 'second'}, where it can no longer be found")


def test_what_a_corpus_is_extended_with_keeps_columns_on_both_sides(old: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    row = {"text": texts("kat_Geor")[0], "docid": "mpya", "mwaka": "2025"}
    (new / "in.jsonl").write_text(json.dumps(row))
    sources = keeping(with_fields(parse_sources([str(new)]), {"id": "docid"}), ["mwaka"])
    build(extending(_recipe(sources, thresholds="none"), old), tmp_path / "out")
    before, after = _by_id(old), _by_id(tmp_path / "out")
    assert before.keys() < after.keys()
    for identity, each in before.items():
        assert (after[identity]["original_id"], after[identity]["meta"]) == (each["original_id"], each["meta"])
        assert after[identity]["mwaka"] == str(each["mwaka"])
    (added,) = (after[identity] for identity in after.keys() - before.keys())
    assert (added["original_id"], added["mwaka"], added["meta"]) == ("mpya", "2025", None)
