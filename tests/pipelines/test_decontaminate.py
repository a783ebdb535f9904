"""Decontamination of a corpus, end to end: what has a test item goes, and the report names both sides."""

import html
import json
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest

from tests.pipelines.builds import made, source
from tests.run.corpora import copied, table
from tests.texts import texts
from xdata.errors import ResourceError
from xdata.output.manifest import Manifest

_LANGUAGES = ("swh_Latn", "srp_Cyrl", "amh_Ethi", "tha_Thai", "zho_Hans")


def _items(language: str) -> list[str]:
    """Three stretches of the first page, behind the head that all pages have."""
    page = texts(language)[0]
    size = len(page) // 4
    return [page[start : start + size] for start in range(size, 4 * size, size)][:3]


def _set(folder: Path) -> Path:
    folder.mkdir(parents=True)
    for language in (*_LANGUAGES, "srp_Latn"):
        rows = [json.dumps({"text": item, "key": number}) for number, item in enumerate(_items(language))]
        (folder / f"{language}.jsonl").write_text("\n".join(rows) + "\n", encoding="utf-8")
    return folder


def _documents(language: str) -> dict[str, str]:
    pages = texts(language)
    return {
        f"https://d.example/{language}/leak": f"{pages[3]}\n{_items(language)[1]}\n{pages[4]}",
        f"https://d.example/{language}/clean": f"{pages[3]}\n{pages[4]}",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("decontaminate")
    sources = [source(root, _documents(code), name=code, language=code) for code in _LANGUAGES]
    sets = [{"name": "udhr", "path": str(_set(root / "sets")), "id": "key"}]
    made("decontaminate", root / "out", sources=sources, decontamination={"evaluation_sets": sets}, embedder="null")
    return root / "out"


@pytest.mark.parametrize("language", _LANGUAGES)
def test_a_document_with_a_test_item_is_dropped_and_another_is_kept(folder: Path, language: str) -> None:
    rows = {row["url"]: row for row in table(folder, "ledger")}
    leak, clean = (rows[f"https://d.example/{language}/{name}"] for name in ("leak", "clean"))
    assert [reason["reason"] for reason in leak["reasons"]] == ["leaks_test_item"]
    assert f"udhr/1 {language} > {language} same_text 1.00" in leak["leaks"].split("; ")
    assert (clean["decision"], clean["leaks"], clean["scores"]["leak"]) == ("kept", None, 0.0)
    assert {row["contamination_checked"] for row in rows.values()} == {"text"}


def test_text_that_stays_is_the_same(folder: Path) -> None:
    texts_kept = {row["url"]: row["text"] for row in copied(folder)}
    assert texts_kept == {
        url: text for code in _LANGUAGES for url, text in _documents(code).items() if url.endswith("clean")
    }


def test_report_and_card_name_both_sides_and_what_was_not_checked(folder: Path) -> None:
    shown = html.unescape((folder / "report.html").read_text(encoding="utf-8"))
    for row in table(folder, "ledger"):
        for leak in (row["leaks"] or "").split("; "):
            assert leak in shown
    notes = "\n".join(Manifest.read(folder).notes)
    assert "evaluation set udhr: 18 texts of 3 rows" in notes
    assert "not checked for translations of test items" in notes
    assert "`leaks_test_item`" in (folder / "README.md").read_text(encoding="utf-8")


def test_a_missing_embedder_is_reported_before_reading(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def absent(package: str) -> str:
        raise PackageNotFoundError(package)

    monkeypatch.setattr("xdata.references.version", absent)
    sets = [{"name": "udhr", "path": str(_set(tmp_path / "sets")), "id": "key"}]
    documents = source(tmp_path, _documents("swh_Latn"))
    with pytest.raises(ResourceError, match=r"pip install 'xdata-corpora\[local\]'"):
        made("decontaminate", tmp_path / "out", sources=[documents], decontamination={"evaluation_sets": sets})
    assert not list((tmp_path / "out").rglob("*.parquet"))


def test_a_corpus_of_many_criteria_drops_test_items_too(tmp_path: Path) -> None:
    sets = [{"name": "udhr", "path": str(_set(tmp_path / "sets")), "id": "key"}]
    reasons = made(
        "monolingual_corpus",
        tmp_path / "out",
        sources=[source(tmp_path, _documents("swh_Latn"))],
        languages=["swh_Latn"],
        decontamination={"evaluation_sets": sets},
    )
    found = {url.rsplit("/", 1)[1]: "leaks_test_item" in each for url, each in reasons.items()}
    assert found == {"leak": True, "clean": False}
