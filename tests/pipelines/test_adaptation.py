"""Text for adapting models, end to end: MAFT's lines of many languages, and LAFT's one language."""

from pathlib import Path

import pytest

from tests.pipelines.builds import made, sentences, source
from tests.run.corpora import table
from tests.texts import SCRIPTS, texts
from xdata.output.manifest import Manifest
from xdata.readers.sources import Source
from xdata.text.analysis import count_words

_JUNK = ("2021 - 12/10 * 44 55 66", "— … !!! ??? ★ ★ ★", "2 3")


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, list[str]], list[dict[str, object]], Manifest]:
    """Sentences of sixteen scripts as lines, with junk among them: (language -> reasons, rows of the corpus, …)."""
    folder = tmp_path_factory.mktemp("lines")
    sources = []
    for code in SCRIPTS.values():
        (folder / code).mkdir()
        found = sentences(texts(code)[0])
        content = "\n".join([*found, *_JUNK, max(found, key=count_words)]) + "\n"
        (folder / code / "a.txt").write_text(content, encoding="utf-8")
        sources.append(Source(name=code, root=str(folder / code), patterns=("*.txt",), unit="line", language=code))
    made("adaptation_lines", folder / "out", sources=sources, languages=list(SCRIPTS.values()), personal="keep")
    reasons: dict[str, list[str]] = {}
    for row in table(folder / "out", "ledger"):
        reasons.setdefault(row["language"], []).extend(found["reason"] for found in row["reasons"])
    return reasons, table(folder / "out", "data"), Manifest.read(folder / "out")


@pytest.mark.parametrize("language", SCRIPTS.values())
def test_lines_of_six_words_are_kept_and_shorter_ones_and_numbers_dropped(
    lines: tuple[dict[str, list[str]], list[dict[str, object]], Manifest], language: str
) -> None:
    reasons, data, _ = lines
    kept = [str(row["text"]) for row in data if row["language"] == language]
    assert len(kept) >= 5
    assert all(count_words(text) >= 6 for text in kept)
    assert len(kept) == len(set(kept))
    assert not set(kept) & set(_JUNK)
    assert reasons[language].count("no_lines_left") >= len(_JUNK)
    assert "exact_duplicate" in reasons[language]


def test_dropped_lines_are_counted_by_rule(
    lines: tuple[dict[str, list[str]], list[dict[str, object]], Manifest],
) -> None:
    _, _, manifest = lines
    assert manifest.changes["lines.no_letters"] >= len(_JUNK) * len(SCRIPTS)
    assert manifest.changes["lines.few_words"] >= 2 * len(SCRIPTS)


@pytest.mark.parametrize("language", ["hau_Latn", "amh_Ethi", "khm_Khmr"])
def test_text_for_few_shot_work_is_of_one_language(tmp_path: Path, language: str) -> None:
    pages = {f"https://a.example/{n}": text for n, text in enumerate(texts(language))}
    pages["https://a.example/copy"] = texts(language)[0]
    pages["https://a.example/list"] = "\n".join(f"{n}. {n * 3}" for n in range(90))
    docs = source(tmp_path, pages, language=language)
    reasons = made("monolingual_corpus:laft", tmp_path / "out", sources=[docs], languages=[language])
    assert sum(not found for found in reasons.values()) >= 4
    assert sorted([reasons["https://a.example/0"], reasons["https://a.example/copy"]])[1:] == [["exact_duplicate"]]
    assert reasons["https://a.example/list"]
