"""Steps that decide over all documents of a language together, in whole runs."""

import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest

from tests.run.corpora import LANGUAGES, build, hashes, table
from tests.texts import texts
from xdata.context import Context
from xdata.dedup.exact import ExactDuplicates
from xdata.dedup.lines import Boilerplate, LineHashes
from xdata.dedup.text_hash import TextHash
from xdata.errors import ConfigError
from xdata.export.shards import Shards
from xdata.filters.errors import DropErrors
from xdata.filters.quota import Quota
from xdata.output.check import check
from xdata.output.explain import explain
from xdata.output.manifest import Manifest
from xdata.output.statistics import statistics
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.recipe.phases import CLUSTER
from xdata.recipe.recipe import Recipe, Stage
from xdata.run.build import extending
from xdata.scores.language import IdentifyLanguage
from xdata.scores.length import NumWords
from xdata.step import ClusterColumns, Drops, Sample

MAX_BYTES = 4_000
NUM_PAGES = 24


def _rows(code: str) -> list[dict[str, str]]:
    """Articles of a site, its list pages, and copies."""
    whole = " ".join(texts(code))
    menu = f"{whole[:20]}\n{whole[100:120]}"
    url = f"https://www.{code.lower().replace('_', '-')}.example"
    pages = [f"{menu}\n{whole[number * 40 : number * 40 + 200]}" for number in range(NUM_PAGES)]
    lists = [f"{menu}\n{number}" for number in range(12)]
    return [
        {"text": text, "url": f"{url}/{what}/{number}", "language": code}
        for what, found in (("page", pages), ("list", lists), ("copy", pages[:4]))
        for number, text in enumerate(found)
    ]


def _recipe(folder: Path, *selects: Sample) -> Recipe:
    source = Source(name="crawl", root=str(folder), patterns=("**",), fields={"language": "language"})
    edit = Stage("read", (Files(sources=(source,)),))
    annotate = Stage("annotate", (IdentifyLanguage(), NumWords(), TextHash(), LineHashes()))
    decide = Stage("decide", (DropErrors(),))
    stages = [edit, annotate, decide, Stage("exact", (ExactDuplicates(),))]
    for select in selects or (Boilerplate(), Quota(max_bytes=MAX_BYTES)):
        stages.append(Stage(f"{select.name}_stage", (select,)))
    return Recipe("select", (*stages, Stage("corpus", (Shards(),))))


def _write(folder: Path) -> Path:
    folder.mkdir()
    found = sorted((row for code in LANGUAGES for row in _rows(code)), key=lambda row: row["url"][::-1])
    for number in range(2):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in found[number::2]]
        (folder / f"{number}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return _write(tmp_path_factory.mktemp("input") / "crawl")


@pytest.fixture(scope="module")
def out(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("select") / "out"
    build(_recipe(crawl), out)
    return out


def test_repeated_lines_of_a_site_are_removed_and_each_language_has_its_quota(out: Path) -> None:
    assert check(out) == []
    ledger = table(out, "ledger")
    for row in ledger:
        reasons = [reason["reason"] for reason in row["reasons"]]
        if "/list/" in row["url"]:
            assert reasons == ["boilerplate"]
            assert row["reasons"][0]["value"] > row["reasons"][0]["threshold"] == 0.5
        else:
            assert reasons in ([], ["exact_duplicate"], ["over_quota"])
    for code in LANGUAGES:
        own = [row for row in ledger if row["language"] == code]
        kept = sum(row["text_bytes"] for row in own if row["decision"] == "kept")
        over = [row["reasons"][0] for row in own if row["reasons"] and row["reasons"][0]["reason"] == "over_quota"]
        assert kept <= MAX_BYTES
        assert over
        assert all(reason["value"] > reason["threshold"] == MAX_BYTES for reason in over)


def test_counts_are_those_of_the_ledger(out: Path) -> None:
    ledger = table(out, "ledger")
    found = Counter((row["language"], reason["reason"]) for row in ledger for reason in row["reasons"])
    counted: Counter[tuple[str, str]] = Counter()
    for stage in Manifest.read(out).stages:
        for code, reasons in stage.reasons.items():
            counted.update({(code, reason): number for reason, number in reasons.items()})
    assert counted == found
    assert {reason for _, reason in found} == {"exact_duplicate", "boilerplate", "over_quota"}


@pytest.mark.slow
def test_workers_change_nothing(crawl: Path, out: Path, tmp_path: Path) -> None:
    build(_recipe(crawl), tmp_path / "two", workers=2)
    assert hashes(tmp_path / "two") == hashes(out)


def test_small_quotas_are_within_large_ones(crawl: Path, out: Path, tmp_path: Path) -> None:
    build(_recipe(crawl, Boilerplate(), Quota(max_bytes=MAX_BYTES // 2)), tmp_path / "out")
    smaller, larger = ({row["id"] for row in table(folder, "data")} for folder in (tmp_path / "out", out))
    assert smaller < larger


def test_a_total_is_balanced_between_languages(crawl: Path, tmp_path: Path) -> None:
    each = 3_000
    build(_recipe(crawl, Boilerplate(), Quota(total_bytes=each * len(LANGUAGES), balance=0.0)), tmp_path / "out")
    sizes: Counter[str] = Counter()
    for row in table(tmp_path / "out", "data"):
        sizes[row["language"]] += len(row["text"].encode())
    assert sizes.keys() == set(LANGUAGES)
    largest = max(row["text_bytes"] for row in table(tmp_path / "out", "ledger"))
    assert all(each - largest < size <= each for size in sizes.values())


def test_a_dropped_document_is_explained_and_surveyed(out: Path) -> None:
    ledger = table(out, "ledger")
    row = next(row for row in ledger if row["reasons"] and row["reasons"][0]["reason"] == "boilerplate")
    value = f"{row['reasons'][0]['value']:g}"
    assert f"reason     boilerplate (step boilerplate; value {value}; threshold 0.5)" in explain(out, row["id"])
    manifest = Manifest.read(out)
    found = statistics(out, manifest.files, manifest.stages)
    assert all(fates["over_quota"] and fates["boilerplate"] == 12 for fates in found.languages.values())
    whys = {sample.why for own in found.samples.values() for sample in (*own.nearly_kept, *own.dropped)}
    assert any(why.startswith("over_quota") and why.endswith(f"threshold {MAX_BYTES}") for why in whys)
    assert "over_quota" in (out / "report.html").read_text(encoding="utf-8")


def test_a_survivor_that_is_dropped_later_is_reported(out: Path) -> None:
    ledger = {row["id"]: row for row in table(out, "ledger")}
    copies = [row for row in ledger.values() if row["survivor"]]
    gone = [row for row in copies if ledger[row["survivor"]]["decision"] == "dropped"]
    stays = [row for row in copies if ledger[row["survivor"]]["decision"] == "kept"]
    assert gone and stays
    assert f"survivor   {gone[0]['survivor']}, dropped later as over_quota" in explain(out, gone[0]["id"])
    assert f"survivor   {stays[0]['survivor']}, kept in its place" in explain(out, stays[0]["id"])


def test_what_was_published_stays(crawl: Path, out: Path, tmp_path: Path) -> None:
    new = tmp_path / "new"
    new.mkdir()
    lines = [json.dumps(row | {"text": row["text"] + " 1"}, ensure_ascii=False) for row in _rows(LANGUAGES[0])]
    (new / "new.jsonl").write_text("\n".join(lines), encoding="utf-8")
    build(extending(_recipe(new, Boilerplate(), Quota(max_documents=1)), out), tmp_path / "out")
    assert check(tmp_path / "out") == []
    assert {row["id"] for row in table(tmp_path / "out", "data")} == {row["id"] for row in table(out, "data")}


class _Longest(Sample):
    """Keeps the document with most words, for a test of what such a step sees."""

    kind: Literal["filters.longest"] = "filters.longest"

    def reads(self) -> frozenset[str]:
        return frozenset({"scores.num_words"})

    def open(self, context: Context) -> Callable[[ClusterColumns], Drops]:
        raise AssertionError


def test_such_steps_make_a_stage_alone_and_see_no_decisions() -> None:
    stage = Stage("longest", (_Longest(),))
    assert stage.phase == CLUSTER
    with pytest.raises(ConfigError, match="one step that clusters or samples"):
        Stage("both", (_Longest(), Quota(max_bytes=5)))
    with pytest.raises(ConfigError, match=r"reads 'signatures\.line_hashes'"):
        recipe = _recipe(Path("/data"))
        edit, annotate, *_ = recipe.stages
        bare = Stage("annotate", annotate.steps[:-1])
        decide = Stage("decide", (DropErrors(),))
        select = Stage("select", (Boilerplate(),))
        Recipe("bare", (edit, bare, decide, select, Stage("corpus", (Shards(),))))
