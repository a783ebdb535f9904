from pathlib import Path

import pytest

from xdata.context import Context
from xdata.errors import ResourceError
from xdata.scores.urls import UT1, UrlCategory, UrlList, UrlWords
from xdata.text.analysis import Analyses


def _write(path: Path, *lines: str) -> str:
    path.write_text("\n".join(lines), encoding="utf-8")
    return str(path)


def _scored(step: UrlCategory, *urls: str | None) -> list[tuple[str | None, float | None]]:
    columns = step.open(Context())(Analyses([""] * len(urls), urls=list(urls)))
    assert columns.keys() == step.adds().keys()
    return list(zip(columns["url_category"], columns["scores.url_listed"], strict=True))


def test_the_first_list_names_the_url_and_no_url_is_null(tmp_path: Path) -> None:
    step = UrlCategory(
        lists=(
            UrlList(category="adult", path=_write(tmp_path / "a", "a.org", "b.org/x")),
            UrlList(category="mine", path=_write(tmp_path / "b", "b.org", "a.org")),
        )
    )
    found = _scored(step, "http://a.org/", "http://b.org/x", "http://b.org/y", "http://c.org", None, "")
    assert found == [("adult", 1), ("adult", 1), ("mine", 1), (None, 0), (None, None), (None, None)]


def test_words_mark_a_url_by_whole_words_after_all_lists(tmp_path: Path) -> None:
    words = _write(tmp_path / "words", "sex", "xxx", "ወሲብ")
    step = UrlCategory(
        lists=(UrlList(category="mine", path=_write(tmp_path / "a", "a.org")),),
        words=(UrlWords(category="many", path=words), UrlWords(category="one", path=words, min_words=1)),
    )
    urls = ["http://a.org/sex-xxx", "http://b.org/sex-xxx", "http://b.org/sex_ed", "http://essex.ac.uk/", "/ወሲብ"]
    assert [name for name, _ in _scored(step, *urls)] == ["mine", "many", "one", None, "one"]


def test_where_a_list_lies_is_no_part_of_the_step(tmp_path: Path) -> None:
    one, other = (
        UrlCategory(lists=(UrlList(category="mine", path=_write(tmp_path / name, "a.org")),)) for name in "ab"
    )
    assert one.identity() == other.identity()
    assert [file.name for file in one.resources()] == ["a"]
    assert one.identity() != UrlCategory(lists=(UrlList(category="yours", path=str(tmp_path / "a")),)).identity()


def test_what_is_not_installed_is_refused() -> None:
    with pytest.raises(ResourceError, match="'nowhere'"):
        UrlList(category="mine", package="nowhere", path="*").file()
    with pytest.raises(ResourceError, match="datatrove"):
        UrlList(category="mine", package="datatrove", path="assets/nothing*").file()


def test_the_list_in_the_datatrove_package_is_found_and_right() -> None:
    assert UT1.file().name.startswith("url_filterblacklists")
    found = _scored(
        UrlCategory(),
        "https://www.youporn.com/x",
        "https://www.essex.ac.uk/",
        "https://sw.wikipedia.org/",
        "http://a.xxx",
    )
    assert found == [("blocklisted", 1), (None, 0), (None, 0), ("blocklisted", 1)]
