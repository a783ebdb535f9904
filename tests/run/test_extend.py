"""A new dump is added to an old output: what was published stays, with its ids; only what is new comes in."""

import shutil
from pathlib import Path

import pytest

from tests.run.corpora import build, hashes, recipe, table, write_crawl
from xdata.errors import CheckError, ConfigError
from xdata.output.check import check
from xdata.output.diff import diff
from xdata.run.build import extending


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two dumps of one crawl, and what was made of the first."""
    root = tmp_path_factory.mktemp("extend")
    crawl = write_crawl(root)
    new = root / "new"
    new.mkdir()
    (crawl / "2.jsonl").rename(new / "2.jsonl")
    build(recipe([crawl]), root / "old")
    return new, root / "old"


def test_what_was_published_stays_and_what_is_new_comes_in(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    new, old = dumps
    build(extending(recipe([new]), old), tmp_path / "out")
    assert check(tmp_path / "out") == []
    before = {row["id"]: row for row in table(old, "data")}
    after = {row["id"]: row for row in table(tmp_path / "out", "data")}
    assert before.keys() < after.keys()
    same = ("text", "language", "script", "source", "license", "domain", "url", "date", "scores")
    for identity, row in before.items():
        assert {name: after[identity][name] for name in same} == {name: row[name] for name in same}
    fates = diff(old, tmp_path / "out")
    assert not any(each.lost for each in fates.values())
    assert sum(each.gained.total() for each in fates.values()) == len(after) - len(before) > 0
    everything = [row for row in table(tmp_path / "out", "ledger") if row["earlier"]]
    assert {row["id"] for row in everything} == before.keys()


def test_a_duplicate_of_what_was_published_does_not_come_in(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    _, old = dumps
    copy = tmp_path / "copy"
    shutil.copytree(old.parent / "crawl", copy)
    manifest = build(extending(recipe([copy]), old), tmp_path / "out")
    assert {row["id"] for row in table(tmp_path / "out", "data")} == {row["id"] for row in table(old, "data")}
    assert sum(facts.num_rows for facts in manifest.languages.values()) == len(table(old, "data"))


def test_the_same_input_again_changes_nothing(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    _, old = dumps
    manifest = build(extending(recipe([old.parent / "crawl"]), old), tmp_path / "out")
    published = {row["id"]: row for row in table(old, "data")}
    assert manifest.skipped == {"published_already": len(published)}
    ledger = table(tmp_path / "out", "ledger")
    assert len({row["id"] for row in ledger}) == len(ledger)
    assert {row["id"] for row in table(tmp_path / "out", "data")} == published.keys()
    assert not any(fates.lost or fates.gained for fates in diff(old, tmp_path / "out").values())


def test_what_was_published_stays_whatever_the_settings_and_the_limit(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    new, old = dumps
    made = recipe([new], min_words=100_000).limited(1)
    build(extending(made, old), tmp_path / "out")
    published = {row["id"]: row["cluster_size"] for row in table(old, "data")}
    assert {row["id"]: row["cluster_size"] for row in table(tmp_path / "out", "data")} == published
    assert any(size > 1 for size in published.values())
    assert check(tmp_path / "out") == []


def test_clusters_grow_and_sources_are_named(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    new, old = dumps
    manifest = build(extending(recipe([new]), old), tmp_path / "out")
    before = {row["id"]: row["cluster_size"] for row in table(old, "data")}
    after = {row["id"]: row["cluster_size"] for row in table(tmp_path / "out", "data")}
    assert all(after[identity] >= size for identity, size in before.items())
    assert sum(after.values()) > sum(before.values())
    assert {source.name for source in manifest.sources} == {"crawl", "new"}


def test_a_third_dump_is_added_with_the_written_recipe(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    from xdata.recipe.job import read_recipe

    new, old = dumps
    build(extending(recipe([new]), old), tmp_path / "second")
    again = extending(read_recipe(tmp_path / "second" / "recipe.yaml"), tmp_path / "second")
    build(again, tmp_path / "third")
    assert {row["id"] for row in table(tmp_path / "third", "data")} == {
        row["id"] for row in table(tmp_path / "second", "data")
    }


def test_the_written_recipe_adds_again(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    from xdata.recipe.job import read_recipe

    new, old = dumps
    build(extending(recipe([new]), old), tmp_path / "one")
    build(read_recipe(tmp_path / "one" / "recipe.yaml"), tmp_path / "two")
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_what_cannot_be_added_to_is_refused(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    new, old = dumps
    with pytest.raises(CheckError, match=r"has no manifest\.json"):
        extending(recipe([new]), tmp_path)
    with pytest.raises(ConfigError, match="is input, but lies where this run writes"):
        build(extending(recipe([new]), old), old)
    assert check(old) == []
    shutil.copytree(old, tmp_path / "damaged")
    next((tmp_path / "damaged" / "data").rglob("*.parquet")).unlink()
    with pytest.raises(CheckError, match="is missing or damaged"):
        extending(recipe([new]), tmp_path / "damaged")
