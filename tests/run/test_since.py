"""A new dump is added to an old output: what was published stays, with its ids; only what is new comes in."""

import shutil
from pathlib import Path

import pytest

from tests.run.corpora import hashes, recipe, table, write_crawl
from xdata.check import check
from xdata.diff import diff
from xdata.errors import CheckError, ConfigError
from xdata.run.build import adding_to, build


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two dumps of one crawl, and what was made of the first."""
    root = tmp_path_factory.mktemp("since")
    crawl = write_crawl(root)
    new = root / "new"
    new.mkdir()
    (crawl / "2.jsonl").rename(new / "2.jsonl")
    build(recipe([crawl]), root / "old", workers=2)
    return new, root / "old"


def test_what_was_published_stays_and_what_is_new_comes_in(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    new, old = dumps
    build(adding_to(recipe([new]), old), tmp_path / "out", workers=2)
    assert check(tmp_path / "out") == []
    before = {row["id"]: row for row in table(old, "data")}
    after = {row["id"]: row for row in table(tmp_path / "out", "data")}
    assert before.keys() < after.keys()
    same = ("text", "language", "script", "source", "licence", "domain", "url", "date", "scores")
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
    manifest = build(adding_to(recipe([copy]), old), tmp_path / "out", workers=2)
    assert {row["id"] for row in table(tmp_path / "out", "data")} == {row["id"] for row in table(old, "data")}
    assert sum(facts.num_rows for facts in manifest.languages.values()) == len(table(old, "data"))


def test_the_written_recipe_adds_again(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    from xdata.recipes import read_recipe

    new, old = dumps
    build(adding_to(recipe([new]), old), tmp_path / "one")
    build(read_recipe(tmp_path / "one" / "recipe.yaml"), tmp_path / "two", workers=2)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")


def test_what_cannot_be_added_to_is_refused(dumps: tuple[Path, Path], tmp_path: Path) -> None:
    new, old = dumps
    with pytest.raises(CheckError, match=r"has no manifest\.json"):
        adding_to(recipe([new]), tmp_path)
    with pytest.raises(ConfigError, match="is input, but lies where this run writes"):
        build(adding_to(recipe([new]), old), old)
    assert check(old) == []
    shutil.copytree(old, tmp_path / "damaged")
    next((tmp_path / "damaged" / "data").rglob("*.parquet")).unlink()
    with pytest.raises(CheckError, match="is missing or damaged"):
        adding_to(recipe([new]), tmp_path / "damaged")
