"""Documents that an edit makes of parts of others, through whole runs: workers, kills, and an output added to."""

import json
import subprocess
from pathlib import Path

import pytest

from tests.run.corpora import LANGUAGES, build, build_killed, hashes, recipe, table
from tests.texts import texts
from xdata.output.check import check
from xdata.output.explain import explain
from xdata.output.manifest import Manifest
from xdata.run.build import extending

_SETTINGS = {"language.mixed": "route", "thresholds": "none", "language.min_script_share": 0.0, "min_words": 20}


def _write_mixed(folder: Path) -> Path:
    """A crawl of documents each of which has paragraphs in three languages."""
    crawl = folder / "crawl"
    crawl.mkdir(parents=True)
    pages = {code: texts(code) for code in LANGUAGES}
    rows = []
    for number, code in enumerate(LANGUAGES):
        others = [LANGUAGES[(number + step) % len(LANGUAGES)] for step in (1, 3)]
        for page, text in enumerate(pages[code][:2]):
            parts = [text, *(pages[other][page % len(pages[other])] for other in others)]
            rows.append({"text": "\n\n".join(parts), "url": f"https://{code}.example/{page}"})
    for number in range(3):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows[number::3]]
        (crawl / f"{number}.jsonl").write_text("".join(lines), encoding="utf-8")
    return crawl


@pytest.fixture(scope="module")
def routed(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """(crawl, what one worker makes of it); not to be changed."""
    root = tmp_path_factory.mktemp("routed")
    crawl = _write_mixed(root)
    build(recipe([crawl], **_SETTINGS), root / "out")
    return crawl, root / "out"


def test_made_documents_are_counted_and_have_ids_of_their_own(routed: tuple[Path, Path]) -> None:
    crawl, out = routed
    assert check(out) == []
    numbers = Manifest.read(out).stages[0].documents["und"]
    ledger = table(out, "ledger")
    num_rows = sum(len(path.read_text(encoding="utf-8").splitlines()) for path in crawl.glob("*.jsonl"))
    assert numbers["read"] == num_rows
    assert numbers["read"] + numbers["made"] == numbers["kept"] == len(ledger)
    assert numbers["made"] > num_rows  # two other languages each, most of which are found
    assert len({row["id"] for row in ledger}) == len(ledger)
    assert Manifest.read(out).changes["route_languages.documents"] == numbers["made"]
    assert set(Manifest.read(out).languages) == set(LANGUAGES)


def test_parts_name_the_document_that_they_are_of(routed: tuple[Path, Path]) -> None:
    _, out = routed
    ledger = {row["id"]: row for row in table(out, "ledger")}
    made = [row for row in ledger.values() if row["made_from"] is not None]
    assert len(made) == Manifest.read(out).stages[0].documents["und"]["made"]
    for row in made:
        parent = ledger[row["made_from"]]
        assert parent["made_from"] is None
        assert [row[name] for name in ("source", "path", "offset", "url")] == [
            parent[name] for name in ("source", "path", "offset", "url")
        ]
    part = made[0]
    assert f"made from  {part['made_from']}, of which it is a part" in explain(out, part["id"])
    assert f"made       {part['id']}, a part of it" in explain(out, part["made_from"])


@pytest.mark.slow
def test_two_workers_make_the_same_bytes(routed: tuple[Path, Path], tmp_path: Path) -> None:
    crawl, out = routed
    build(recipe([crawl], **_SETTINGS), tmp_path / "out", workers=2)
    assert hashes(tmp_path / "out") == hashes(out)


@pytest.mark.slow
def test_a_kill_and_a_second_run_make_the_same_bytes(routed: tuple[Path, Path], tmp_path: Path) -> None:
    crawl, out = routed
    command = build_killed(recipe([crawl], **_SETTINGS), tmp_path / "out", num_commits=4)
    subprocess.run(command, check=True, capture_output=True)
    assert hashes(tmp_path / "out") == hashes(out)


def test_what_was_made_before_is_not_made_again(routed: tuple[Path, Path], tmp_path: Path) -> None:
    crawl, out = routed
    manifest = build(extending(recipe([crawl], **_SETTINGS), out), tmp_path / "out")
    published = {row["id"]: row["text"] for row in table(out, "data")}
    assert {row["id"]: row["text"] for row in table(tmp_path / "out", "data")} == published
    ledger = table(tmp_path / "out", "ledger")
    assert len({row["id"] for row in ledger}) == len(ledger)
    assert sum(facts.num_rows for facts in manifest.languages.values()) == len(published)
