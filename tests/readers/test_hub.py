"""Data sets of the hub, by way of folders that are laid out like them: nothing here goes over a network."""

import json
from pathlib import Path

import pytest

from tests.texts import texts
from xdata.context import Context
from xdata.errors import ConfigError, InputError, ResourceError
from xdata.readers.files import Files
from xdata.readers.hub import HubDataset, parse_hub_id
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.records import Document


@pytest.fixture
def dataset(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data set of two shards and two configurations."""
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    monkeypatch.setenv("HF_DATASETS_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "made"
    for code in ("swh_Latn", "sin_Sinh"):
        (folder / code).mkdir(parents=True)
        for number in range(2):
            rows = [{"text": text, "url": f"u{number}", "meta": {"lang": code}} for text in texts(code)[number::2]]
            lines = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
            (folder / code / f"{number}.jsonl").write_text(lines, encoding="utf-8")
    configs = "".join(f'- {{config_name: {code}, data_files: "{code}/*.jsonl"}}\n' for code in ("swh_Latn", "sin_Sinh"))
    (folder / "README.md").write_text(f"---\nconfigs:\n{configs}---\n")
    return folder


def _read(source: Source) -> list[Document]:
    reader = Files(sources=(source,))
    read = reader.open(Context())
    parts = reader.plan(reader.list_files().files, {})
    return [item for part in parts for piece in part for item in read(piece) if isinstance(item, Document)]


def test_shards_are_parts_and_rows_have_places(dataset: Path) -> None:
    hub = HubDataset(repo=str(dataset), config="sin_Sinh")
    source = Source(name="made", hub=hub, fields={"language": "meta.lang"}, license="CC0-1.0")
    reader = Files(sources=(source,))
    assert [file.path for file in reader.list_files().files] == ["train/00000-of-00002", "train/00001-of-00002"]
    assert len(reader.plan(reader.list_files().files, {})) == 2
    documents = _read(source)
    assert sorted(document.text for document in documents) == sorted(texts("sin_Sinh"))
    assert {(document.language, document.license) for document in documents} == {("sin_Sinh", "CC0-1.0")}
    assert [document.origin.offset for document in documents] == [0, 1, 2, 0, 1]
    assert len({document.id for document in documents}) == 5
    (note,) = reader.notes(reader.list_files().files)
    assert "has no revision" in note


def test_ids_and_columns_are_kept(dataset: Path) -> None:
    hub = HubDataset(repo=str(dataset), config="sin_Sinh")
    documents = _read(Source(name="made", hub=hub, id="url", keep={"*": "*", "meta.lang": "lugha"}))
    assert {document.original_id for document in documents} == {"u0", "u1"}
    assert {document.kept for document in documents} == {b'{"meta":{"lang":"sin_Sinh"},"lugha":"sin_Sinh"}'}
    with pytest.raises(InputError, match="there is no field 'gone', required by keep"):
        _read(Source(name="made", hub=hub, keep={"gone": "gone"}))


def test_a_limit_is_of_each_shard(dataset: Path) -> None:
    source = Source(name="made", hub=HubDataset(repo=str(dataset), config="swh_Latn"))
    reader = Files(sources=(source,), limit=1)
    read = reader.open(Context())
    parts = reader.plan(reader.list_files().files, {})
    assert len([item for part in parts for piece in part for item in read(piece)]) == 2


def test_what_is_not_there_is_one_line(dataset: Path) -> None:
    for hub in (
        HubDataset(repo=str(dataset), config="gone"),
        HubDataset(repo=str(dataset), config="swh_Latn", split="x"),
    ):
        with pytest.raises(ResourceError, match="cannot be read: "):
            _read(Source(name="made", hub=hub))
    source = Source(name="made", hub=HubDataset(repo=str(dataset), config="swh_Latn"), fields={"text": "body"})
    with pytest.raises(InputError, match="no field 'body'"):
        _read(source)


def test_offline_means_offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDATA_OFFLINE", "1")
    with pytest.raises(InputError, match="organisation/name:train: is on the hub, and XDATA_OFFLINE=1 forbids"):
        _read(parse_sources(["hf:organisation/name"])[0])


def test_hub_ids() -> None:
    assert parse_hub_id("a/b") == HubDataset(repo="a/b")
    assert parse_hub_id("a/b:c:test@0f") == HubDataset(repo="a/b", config="c", split="test", revision="0f")
    (source,) = parse_sources(["hf:a/b:c"])
    assert (source.name, source.hub) == ("a--b", HubDataset(repo="a/b", config="c"))
    for wrong in ("", "a/b:", "a/b:c:d:e"):
        with pytest.raises(ConfigError, match="write hf:organisation/name"):
            parse_hub_id(wrong)


def test_in_a_sources_file(tmp_path: Path) -> None:
    (tmp_path / "sources.yaml").write_text(
        'sources: [{name: "x", hub: {repo: "a/b", revision: "0f"}, reader: "fineweb2", license: "x", weight: 2.0}]'
    )
    (source,) = parse_sources([str(tmp_path / "sources.yaml")])
    assert (source.hub, source.reader, source.weight) == (HubDataset(repo="a/b", revision="0f"), "fineweb2", 2.0)
    (tmp_path / "sources.yaml").write_text('sources: [{name: "x"}]')
    with pytest.raises(ConfigError, match="give either path or hub"):
        parse_sources([str(tmp_path / "sources.yaml")])
