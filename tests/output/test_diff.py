from pathlib import Path

import pytest

from tests.run.corpora import recipe, table, write_crawl
from xdata.errors import CheckError
from xdata.output import diff as module
from xdata.output.diff import describe, diff
from xdata.run.build import build


@pytest.fixture(scope="module")
def folders(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Two corpora of one crawl: the second keeps long documents only."""
    root = tmp_path_factory.mktemp("diff")
    crawl = write_crawl(root)
    build(recipe([crawl]), root / "a")
    build(recipe([crawl], min_words=300), root / "b")
    return root / "a", root / "b"


@pytest.mark.parametrize("slice_rows", [4_000_000, 7])
def test_it_is_what_the_tables_say(
    folders: tuple[Path, Path], slice_rows: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_SLICE_ROWS", slice_rows)
    kept = [{row["id"]: row["language"] for row in table(folder, "data")} for folder in folders]
    found = diff(*folders)
    assert sum(fates.both for fates in found.values()) == len(kept[0].keys() & kept[1].keys())
    assert sum(fates.lost.total() for fates in found.values()) == len(kept[0].keys() - kept[1].keys()) > 0
    assert sum(fates.gained.total() for fates in found.values()) == len(kept[1].keys() - kept[0].keys())
    assert {reason for fates in found.values() for reason in fates.lost} == {"too_few_words"}
    assert {code for code, fates in found.items() if fates.lost} == {
        kept[0][identity] for identity in kept[0].keys() - kept[1].keys()
    }


def test_turned_round_it_is_the_mirror_image(folders: tuple[Path, Path]) -> None:
    there, back = diff(*folders), diff(*folders[::-1])
    assert {code: fates.lost for code, fates in there.items() if fates.lost} == {
        code: fates.gained for code, fates in back.items() if fates.gained
    }


def test_a_folder_against_itself_has_no_difference(folders: tuple[Path, Path]) -> None:
    lines = list(describe(diff(folders[0], folders[0])))
    assert lines == [f"{len(table(folders[0], 'data'))} documents are kept in both, 0 gained, 0 lost"]


def test_documents_that_are_no_longer_read_are_listed(folders: tuple[Path, Path], tmp_path: Path) -> None:
    crawl = write_crawl(tmp_path)
    (crawl / "0.jsonl").unlink()
    build(recipe([crawl]), tmp_path / "c")
    lines = list(describe(diff(folders[0], tmp_path / "c")))
    assert any("lost, which were now: " in line and "not read" in line for line in lines)


def test_what_is_no_corpus_is_one_line(folders: tuple[Path, Path], tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"has no manifest\.json"):
        diff(folders[0], tmp_path)
