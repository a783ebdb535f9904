"""What scores know of a document beside its text comes from its own row."""

from dataclasses import replace
from pathlib import Path

from tests.run.corpora import recipe, table, write_crawl
from xdata.filters.urls import DropUrls
from xdata.recipe.recipe import Recipe
from xdata.run.build import build
from xdata.scores.urls import UrlCategory, UrlList
from xdata.step import Step


def _with(recipe: Recipe, added: dict[str, Step]) -> Recipe:
    """The recipe with one more step in the stages of some phases."""
    extra = {stage.name: [added[stage.phase.name]] if stage.phase.name in added else [] for stage in recipe.stages}
    stages = [replace(stage, steps=(*stage.steps, *extra[stage.name])) for stage in recipe.stages]
    return replace(recipe, stages=stages)


def test_documents_of_listed_urls_are_dropped_and_no_others(tmp_path: Path) -> None:
    listed = tmp_path / "mine.txt"
    listed.write_text("sin_Sinh.example\nswh_Latn.example/3\n", encoding="utf-8")
    lists = (UrlList(category="mine", path=str(listed)),)
    build(
        _with(recipe([write_crawl(tmp_path)]), {"annotate": UrlCategory(lists=lists), "decide": DropUrls()}),
        tmp_path / "out",
    )
    rows = table(tmp_path / "out", "ledger")
    for row in rows:
        url = row["url"]
        is_listed = url is not None and ("sin_Sinh" in url or "swh_Latn.example/3" in url)
        assert row["url_category"] == ("mine" if is_listed else None)
        assert row["scores"]["url_listed"] == (None if url is None else float(is_listed))
        assert ("url_mine" in [dropped["reason"] for dropped in row["reasons"]]) == is_listed
    assert sum(row["url_category"] == "mine" for row in rows) >= 6
