"""A corpus without its duplicates, end to end: nothing else goes, and nothing is changed."""

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.run.corpora import hashes, table
from tests.texts import SCRIPTS, texts
from xdata.check import check
from xdata.manifest import Manifest
from xdata.readers.sources import parse_sources
from xdata.recipe import Recipe
from xdata.recipes import find_recipe
from xdata.run.build import build

_ODD = ["1 2 3", "", "...", "<b>x</b> ☎ +255 22 211 1174", "Ha\u0301 ha", "moja"]


def _recipe(*inputs: Path, **settings: object) -> Recipe:
    words = {name: str(value) for name, value in settings.items()}
    return find_recipe("deduplicate").make(sources=parse_sources(list(map(str, inputs))), languages=(), settings=words)


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


def test_duplicates_go_and_nothing_else(corpus: Path, tmp_path: Path) -> None:
    build(_recipe(corpus), tmp_path / "out")
    assert check(tmp_path / "out") == []
    before = [json.loads(line)["text"] for line in corpus.read_text(encoding="utf-8").splitlines()]
    after = [row["text"] for row in table(tmp_path / "out", "data")]
    num_pages = 5 * len(SCRIPTS)
    assert len(after) == num_pages + len(_ODD)
    assert set(after) <= set(before)
    assert set(_ODD) <= set(after)
    reasons = {reason["reason"] for row in table(tmp_path / "out", "ledger") for reason in row["reasons"]}
    assert reasons == {"exact_duplicate", "near_duplicate"}


def test_its_own_output_has_no_duplicates(corpus: Path, tmp_path: Path) -> None:
    build(_recipe(corpus), tmp_path / "one")
    data = [path for path in (tmp_path / "one" / "data").rglob("*.parquet")]
    manifest = build(_recipe(tmp_path / "one" / "data"), tmp_path / "two")
    assert data and sum(facts.num_rows for facts in manifest.languages.values()) == len(table(tmp_path / "one", "data"))


def test_workers_and_order_make_no_difference(corpus: Path, tmp_path: Path) -> None:
    build(_recipe(corpus), tmp_path / "one")
    build(_recipe(corpus), tmp_path / "two", workers=2)
    assert hashes(tmp_path / "one") == hashes(tmp_path / "two")
    lines = corpus.read_text(encoding="utf-8").splitlines(keepends=True)
    (tmp_path / "turned").mkdir()
    (tmp_path / "turned" / "in.jsonl").write_text("".join(reversed(lines)), encoding="utf-8")
    build(_recipe(tmp_path / "turned" / "in.jsonl"), tmp_path / "three")
    assert sorted(row["text"] for row in table(tmp_path / "three", "data")) == sorted(
        row["text"] for row in table(tmp_path / "one", "data")
    )


def test_how_often_a_document_is_to_be_read_is_said_by_its_cluster(tmp_path: Path) -> None:
    page, other = texts("swh_Latn")[:2]
    path = _write(tmp_path / "in.jsonl", [*(f"{page}{' ' * number}" for number in range(7)), other, f"{other} x"])
    build(_recipe(path, repeats="{'2': 2, '5': 4}"), tmp_path / "out")
    rows = table(tmp_path / "out", "data")
    assert sorted((row["minhash_cluster_size"], row["repeats"]) for row in rows) == [(2, 2), (7, 4)]
    build(_recipe(path), tmp_path / "plain")
    assert "repeats" not in pq.read_schema(next((tmp_path / "plain" / "data").rglob("*.parquet"))).names
    assert Manifest.read(tmp_path / "plain").languages["swh_Latn"].num_rows == 2


def test_preferred_sources_stay(tmp_path: Path) -> None:
    page = texts("sin_Sinh")[0]
    first = _write(tmp_path / "crawl" / "a.jsonl", [f"{page} {page[:40]}"])
    second = _write(tmp_path / "books" / "a.jsonl", [page])
    build(_recipe(first.parent, second.parent, prefer_sources="[books]"), tmp_path / "out")
    assert [row["source"] for row in table(tmp_path / "out", "data")] == ["books"]
    build(_recipe(first.parent, second.parent), tmp_path / "longest")
    assert [row["source"] for row in table(tmp_path / "longest", "data")] == ["crawl"]
