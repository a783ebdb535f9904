"""A corpus without its duplicates, end to end: nothing else goes, and nothing is changed."""

import json
from pathlib import Path

import pytest

from tests.run.corpora import copied, hashes, table, words
from tests.texts import SCRIPTS, texts
from xdata.output.check import check
from xdata.readers.source_specs import parse_sources
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe
from xdata.run.build import build

_ODD = ["1 2 3", "", "...", "<b>x</b> ☎ +255 22 211 1174", "Ha\u0301 ha", "moja"]


def _recipe(*inputs: Path, **settings: object) -> Recipe:
    sources = parse_sources(list(map(str, inputs)))
    return find_recipe("deduplicate").make(sources=sources, settings=words(**settings))


def _write(path: Path, found: list[str], **fields: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = [json.dumps({"text": text, **fields}, ensure_ascii=False) + "\n" for text in found]
    path.write_text("".join(lines), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Pages in sixteen scripts, some of them twice or nearly so, and what hardly is text."""
    pages = [page for language in SCRIPTS.values() for page in texts(language)]
    copies = [f"{page}\n" for page in pages[::3]] + [f"{page}\n{page.split()[0]}" for page in pages[1::3]]
    return _write(tmp_path_factory.mktemp("corpus") / "in.jsonl", [*pages, *copies, *_ODD])


@pytest.fixture(scope="module")
def out(corpus: Path) -> Path:
    """What is made of it; not to be changed."""
    build(_recipe(corpus), corpus.parent / "out")
    return corpus.parent / "out"


def test_only_duplicates_are_dropped(corpus: Path, out: Path) -> None:
    assert check(out) == []
    before = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]
    after = [row["text"] for row in copied(out)]
    num_pages = 5 * len(SCRIPTS)
    assert len(after) == num_pages + len(_ODD)
    assert set(after) <= set(before)
    assert set(_ODD) <= set(after)
    reasons = {reason["reason"] for row in table(out, "ledger") for reason in row["reasons"]}
    assert reasons == {"exact_duplicate", "near_duplicate"}


def test_its_own_output_has_no_duplicates(out: Path, tmp_path: Path) -> None:
    num_rows = len(copied(out))
    manifest = build(_recipe(out / "data"), tmp_path / "two")
    assert sum(facts.num_rows for facts in manifest.languages.values()) == num_rows > 0


@pytest.mark.slow
def test_workers_make_no_difference(corpus: Path, out: Path, tmp_path: Path) -> None:
    build(_recipe(corpus), tmp_path / "two", workers=2)
    assert hashes(out) == hashes(tmp_path / "two")


def test_order_makes_no_difference(corpus: Path, out: Path, tmp_path: Path) -> None:
    lines = corpus.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "turned").mkdir()
    (tmp_path / "turned" / "in.jsonl").write_text("".join(reversed(lines)), encoding="utf-8")
    build(_recipe(tmp_path / "turned" / "in.jsonl"), tmp_path / "three")
    assert sorted(row["text"] for row in copied(tmp_path / "three")) == sorted(row["text"] for row in copied(out))


def test_preferred_sources_stay(tmp_path: Path) -> None:
    page = texts("sin_Sinh")[0]
    first = _write(tmp_path / "crawl" / "a.jsonl", [f"{page} {page[:40]}"])
    second = _write(tmp_path / "books" / "a.jsonl", [page])
    build(_recipe(first.parent, second.parent, dedup={"prefer_sources": "[books]"}), tmp_path / "out")
    assert [row["text"] for row in copied(tmp_path / "out")] == [page]
    build(_recipe(first.parent, second.parent), tmp_path / "longest")
    assert [row["text"] for row in copied(tmp_path / "longest")] == [f"{page} {page[:40]}"]
