"""Calibration end to end: what it says is removed is what a build removes, to the document."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pytest

from tests.texts import texts
from xdata.cli import main
from xdata.commands.calibrate import Calibration, calibrate, describe
from xdata.errors import ConfigError, InputError
from xdata.filters.rules import LANGUAGE_RULE, RULES
from xdata.language_files import OVERLAY, thresholds_of, write_language
from xdata.output.explain import find
from xdata.readers.source_options import declared
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.run.build import build

_NAMES = {rule.name for rule in (*RULES, LANGUAGE_RULE)}


def _documents(language: str) -> list[str]:
    """Pieces of pages of a language, some of them spoiled."""
    words = [page.split() for page in texts(language)]
    joint = " "
    found = [joint.join(page[at : at + 70]) for page in words for at in range(0, len(page) - 70, 35)]
    spoiled = [found[0] + "\n" + "\n".join([found[0][:60]] * 30), "\n".join(found[1].split()), found[2] + "{}" * 30]
    return [*found, *spoiled]


def _write(path: Path, documents: list[str]) -> tuple[Source, ...]:
    path.write_bytes(b"".join(orjson.dumps({"text": text}) + b"\n" for text in documents))
    return parse_sources([str(path)])


def _calibrate(sources: tuple[Source, ...], language: str, work: Path, **options: object) -> Calibration:
    (found,) = calibrate(sources, [language], work=work, build=build, **options)  # type: ignore[arg-type]
    return found


@pytest.mark.parametrize("language", ["swh_Latn", "kaz_Cyrl", "pes_Arab", "kat_Geor"])
def test_the_preview_is_what_a_build_removes(language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sources = declared(_write(tmp_path / "sample.jsonl", _documents(language)), language)
    preview = tmp_path / "preview.jsonl"
    found = _calibrate(sources, language, tmp_path / "work", max_loss=0.1, preview=preview)
    overlay = tmp_path / "own"
    write_language(found.facts, overlay)
    monkeypatch.setenv(OVERLAY, str(overlay))
    recipe = find_recipe("monolingual_corpus").make(sources=sources, languages=[language])
    build(recipe, tmp_path / "corpus")
    removed: dict[str, set[str]] = {}
    for row in pq.read_table(tmp_path / "corpus" / "ledger").to_pylist():
        reasons = {reason["reason"] for reason in row["reasons"]} & _NAMES
        if row["language"] == language and reasons:
            removed[row["id"]] = reasons
    dropped = found.effect.reasons
    assert {key: set(rules) for key, rules in dropped.items()} == removed != {}
    assert sum(row.num_new for row in found.effect.by_rule()) == sum(map(len, dropped.values()))
    assert found.num_dropped <= found.sample_size <= found.num_documents
    assert any("all rules together" in line for line in describe(found))
    _check_preview([orjson.loads(line) for line in preview.read_bytes().splitlines()], removed, tmp_path)


def _check_preview(rows: list[dict[str, Any]], removed: Mapping[str, set[str]], folder: Path) -> None:
    """The preview has the texts of documents, and ids that both output folders explain."""
    assert {row["id"] for row in rows if row["change"] != "newly_kept"} == removed.keys()
    for row in rows:
        by_new = {rule["rule"] for rule in row["rules"] if rule["dropped_by_new"]}
        assert by_new == removed.get(row["id"], set())
        assert any(rule["dropped_by_old"] for rule in row["rules"]) == (row["change"] != "newly_dropped")
        for out in ("corpus", "work/sample"):
            life = find(folder / out, row["id"])
            assert life.text == row["text"] != ""
            assert life.ledger["language"] == row["language"]


def test_an_overlay_of_the_user_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    overlay = tmp_path / "work" / "languages"
    overlay.mkdir(parents=True)
    (overlay / "mlt_Latn.yaml").write_text('code: "mlt_Latn"\n')
    monkeypatch.setenv(OVERLAY, str(overlay))
    sources = declared(_write(tmp_path / "sample.jsonl", _documents("swh_Latn")), "swh_Latn")
    _calibrate(sources, "swh_Latn", tmp_path / "work")
    assert [path.name for path in overlay.iterdir()] == ["mlt_Latn.yaml"]
    assert thresholds_of("mlt_Latn") is None


def test_too_small_or_invalid_samples_are_refused(tmp_path: Path) -> None:
    few = declared(_write(tmp_path / "few.jsonl", _documents("swh_Latn")[:3]), "swh_Latn")
    with pytest.raises(InputError, match="are needed"):
        _calibrate(few, "swh_Latn", tmp_path / "few")
    with pytest.raises(InputError, match="no language with"):
        calibrate(few, [], work=tmp_path / "any", build=build)
    empty = declared(_write(tmp_path / "empty.jsonl", []), "swh_Latn")
    with pytest.raises(InputError):
        _calibrate(empty, "swh_Latn", tmp_path / "empty")
    with pytest.raises(ConfigError, match="reference"):
        _calibrate(few, "swh_Latn", tmp_path / "method", method="quantile")
    with pytest.raises(ConfigError, match="cannot be set for a calibration"):
        _calibrate(few, "swh_Latn", tmp_path / "set", settings={"rule_limits": "{}"})


@pytest.mark.slow
def test_thresholds_are_written_and_written_again(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    _write(tmp_path / "sample.jsonl", _documents("swh_Latn"))
    command = ["calibrate", "--input", str(tmp_path / "sample.jsonl"), "--declared", "--language", "sw"]
    files = ["--language-files", str(tmp_path / "own")]
    assert main([*command, "--dry-run"]) == 0
    assert "all rules together drop" in capsys.readouterr().out
    assert not (tmp_path / "own").exists()
    for _ in range(2):
        assert main([*command, *files]) == 0
        assert capsys.readouterr().out.endswith(f"written: {tmp_path / 'own' / 'swh_Latn.yaml'}\n")
    assert OVERLAY not in os.environ
    assert thresholds_of("swh_Latn", overlay=tmp_path / "own") is not None
