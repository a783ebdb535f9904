import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.run.corpora import build, recipe, write_crawl
from xdata.errors import CheckError
from xdata.output.check import check


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check")
    build(recipe([write_crawl(folder)]), folder / "out", part_bytes=60_000)
    shutil.rmtree(folder / "out" / "work")
    return folder / "out"


@pytest.fixture
def out(clean: Path, tmp_path: Path) -> Iterator[Path]:
    shutil.copytree(clean, tmp_path / "out")
    yield tmp_path / "out"


_SHARD = "data/swh_Latn/train-00000-of-00001.parquet"


def _change_manifest(out: Path, change: Callable[[dict[str, Any]], None]) -> None:
    manifest = json.loads((out / "manifest.json").read_text())
    change(manifest)
    (out / "manifest.json").write_text(json.dumps(manifest))


def test_a_whole_folder_has_no_problem(out: Path) -> None:
    assert check(out) == []


@pytest.mark.parametrize(
    "name", [_SHARD, "README.md", "recipe.yaml", "report.html", "ledger/ledger-00000-of-00001.parquet"]
)
def test_a_flipped_bit_is_found(out: Path, name: str) -> None:
    data = bytearray((out / name).read_bytes())
    data[len(data) // 3] ^= 4
    (out / name).write_bytes(data)
    assert check(out) == [f"{name}: was changed: its sha256 is another"]


def test_a_missing_shard_is_found(out: Path) -> None:
    (out / _SHARD).unlink()
    assert check(out) == [f"{_SHARD}: is missing"]


def test_a_cut_off_shard_is_found(out: Path) -> None:
    data = (out / _SHARD).read_bytes()
    (out / _SHARD).write_bytes(data[:-10])
    assert check(out) == [f"{_SHARD}: has {len(data) - 10} bytes, expected {len(data)} (manifest)"]


def test_a_foreign_file_is_found(out: Path) -> None:
    (out / "data" / "swh_Latn" / "train-00001-of-00002.parquet").write_bytes(b"x")
    assert check(out) == ["data/swh_Latn/train-00001-of-00002.parquet: is not in the manifest"]


def test_a_wrong_count_is_found(out: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        manifest["stages"][2]["documents"]["swh_Latn"]["kept"] += 1
        manifest["languages"]["swh_Latn"]["num_rows"] += 1

    _change_manifest(out, change)
    problems = check(out)
    assert problems[0].startswith("stage decide, swh_Latn: read + made is not kept + dropped + merged")
    assert problems[1].startswith("stage exact: read ")
    assert problems[2].startswith("data/swh_Latn: has ")


def test_wrong_rows_are_found(out: Path) -> None:
    def change(manifest: dict[str, Any]) -> None:
        for file in manifest["files"]:
            if file["path"].startswith("ledger/"):
                file["num_rows"] += 1

    _change_manifest(out, change)
    assert len([problem for problem in check(out) if "rows, expected" in problem]) == 1


def test_another_schema_is_found(out: Path) -> None:
    from xdata.disk import hash_file

    path = out / _SHARD
    table = pq.read_table(path).append_column("more", pa.array([1] * pq.read_metadata(path).num_rows))
    pq.write_table(table, path)

    def change(manifest: dict[str, Any]) -> None:
        for file in manifest["files"]:
            if file["path"] == _SHARD:
                file.update(sha256=hash_file(path), num_bytes=path.stat().st_size)

    _change_manifest(out, change)
    (problem,) = check(out)
    assert "has other columns than" in problem


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, r"has no manifest\.json, so the build is incomplete: run the command that built it again to continue"),
        ("{broken", "is not a manifest of xdata"),
        ("{}", "is not a manifest of xdata: schema_version: Field required"),
        ("[]", "is not a manifest of xdata"),
    ],
)
def test_an_invalid_manifest_is_refused(out: Path, content: str | None, message: str) -> None:
    if content is None:
        (out / "manifest.json").unlink()
    else:
        (out / "manifest.json").write_text(content)
    with pytest.raises(CheckError, match=message):
        check(out)


def test_a_survivor_that_is_not_there_is_found(out: Path) -> None:
    (path,) = [path for path in sorted((out / "ledger").iterdir()) if _has_survivors(path)][:1]
    table = pq.read_table(path)
    survivors = ["0" * 32 if survivor else None for survivor in table["survivor"].to_pylist()]
    table = table.set_column(table.schema.names.index("survivor"), "survivor", pa.array(survivors, pa.string()))
    pq.write_table(table, path)
    assert any("documents that others were dropped for did not survive" in problem for problem in check(out))


def _has_survivors(path: Path) -> bool:
    return bool(pq.read_table(path)["survivor"].drop_null().length())


@pytest.mark.parametrize(
    "change",
    [
        lambda manifest: manifest.update(stages=[]),
        lambda manifest: manifest["stages"][1]["documents"]["swh_Latn"].update(odd=1),
        lambda manifest: manifest["stages"][1]["documents"]["swh_Latn"].pop("read"),
    ],
)
def test_an_odd_manifest_is_one_line(out: Path, change: Callable[[dict[str, Any]], None]) -> None:
    _change_manifest(out, change)
    with pytest.raises(CheckError, match="is not a manifest of xdata"):
        check(out)
