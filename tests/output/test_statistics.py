import json
from pathlib import Path

import numpy as np
import pytest

from tests.run.corpora import recipe, table, write_crawl
from xdata.output.manifest import Manifest
from xdata.output.statistics import MOST_CHARACTERS, Statistics, statistics
from xdata.run.build import build


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("statistics")
    build(recipe([write_crawl(root)]), root / "out")
    return root / "out"


@pytest.fixture(scope="module")
def seen(folder: Path) -> Statistics:
    manifest = Manifest.read(folder)
    return statistics(folder, manifest.files, manifest.stages)


def test_fates_add_up_to_the_ledger(folder: Path, seen: Statistics) -> None:
    ledger = table(folder, "ledger")
    assert sum(counts.total() for counts in seen.languages.values()) == len(ledger)
    assert sum(counts.total() for counts in seen.sources.values()) == len(ledger)
    assert sum(counts["kept"] for counts in seen.languages.values()) == len(table(folder, "data"))
    assert set(seen.sources) == {"crawl"}
    for row in ledger:
        fate = row["reasons"][0]["reason"] if row["reasons"] else "kept"
        assert seen.languages[row["language"]][fate] > 0


def test_distributions_count_every_document_once(folder: Path, seen: Statistics) -> None:
    ledger = table(folder, "ledger")
    assert {"language_score", "num_words", "script_share", "dup_line_share"} <= set(seen.scores)
    for name, histogram in seen.scores.items():
        values = [{"language_score": row["language_score"], **row["scores"]}[name] for row in ledger]
        assert histogram.num_missing == values.count(None)
        assert histogram.kept.sum() + histogram.dropped.sum() + histogram.num_missing == len(ledger)
        decided = zip(values, (row["decision"] for row in ledger), strict=True)
        assert histogram.kept.sum() == sum(value is not None and decision == "kept" for value, decision in decided)
        of_languages = sum(own[name].kept + own[name].dropped for own in seen.by_language.values())
        assert np.array_equal(of_languages, histogram.kept + histogram.dropped)
    words = seen.scores["num_words"]
    assert all(low < high for low, high in zip(words.edges, words.edges[1:], strict=False))


def test_samples_match_their_description(folder: Path, seen: Statistics) -> None:
    ledger = {row["id"]: row for row in table(folder, "ledger")}
    texts = {row["id"]: row["text"] for row in [*table(folder, "data"), *table(folder, "rejects")]}
    for language, samples in seen.samples.items():
        for kind, decision in (
            (samples.kept, "kept"),
            (samples.nearly_dropped, "kept"),
            (samples.nearly_kept, "dropped"),
            (samples.dropped, "dropped"),
        ):
            for sample in kind:
                row = ledger[sample.id]
                assert (row["decision"], row["language"]) == (decision, language)
                assert texts[sample.id].startswith(sample.text.rstrip("…")[:40])
                assert len(sample.text) <= MOST_CHARACTERS + 1
                assert all(reason["reason"] in sample.why for reason in row["reasons"])
        ids = [sample.id for kind in vars(samples).values() for sample in kind]
        assert len(ids) == len(set(ids))
    assert any(samples.kept for samples in seen.samples.values())
    assert any(samples.dropped for samples in seen.samples.values())


def test_nothing_personal_is_cut_so_that_it_is_seen(tmp_path: Path) -> None:
    words = "neno " * 200
    for place in range(MOST_CHARACTERS - 24, MOST_CHARACTERS + 6, 3):
        text = words[:place] + " mwanahamisi.juma@gmail.example 0712345678 " + words
        (tmp_path / f"{place}.jsonl").write_text(json.dumps({"text": text}) + "\n")
    manifest = build(recipe([tmp_path], min_words=1), tmp_path / "out")
    found = statistics(tmp_path / "out", manifest.files, manifest.stages)
    shown = [sample.text for own in found.samples.values() for kind in vars(own).values() for sample in kind]
    assert shown
    assert not any("hamisi" in text or "0712" in text for text in shown)


def test_limits_are_those_of_the_recipe(seen: Statistics) -> None:
    assert {("language_score", 0.5), ("script_share", 0.8), ("num_words", 50.0)} <= {
        (limit.name, limit.min_value) for limit in seen.limits
    }


def test_the_same_tables_give_the_same_survey(folder: Path, seen: Statistics) -> None:
    manifest = Manifest.read(folder)
    again = statistics(folder, manifest.files, manifest.stages)
    assert again.samples == seen.samples
    assert again.languages == seen.languages
