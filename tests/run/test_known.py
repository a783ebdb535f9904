"""Corpora that are deduplicated against the indexes of earlier ones, without their text."""

import shutil
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from tests.run.corpora import hashes, recipe, table, write_crawl
from xdata.check import check
from xdata.dedup.known import index_files
from xdata.errors import ConfigError, InputError, XdataError
from xdata.explain import explain
from xdata.manifest import Manifest
from xdata.run.build import build


@pytest.fixture(scope="module")
def dumps(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Path], list[Path]]:
    """(three dumps of one crawl, what is made of each with the indexes of those before it)."""
    root = tmp_path_factory.mktemp("known")
    crawl = write_crawl(root / "all")
    inputs: list[Path] = []
    outputs: list[Path] = []
    for number in range(3):
        inputs.append(root / f"dump{number}")
        inputs[-1].mkdir()
        shutil.copy(crawl / f"{number}.jsonl", inputs[-1])
        made = recipe([inputs[-1]], index="true", known_corpora=f"[{', '.join(map(str, outputs))}]")
        outputs.append(root / f"out{number}")
        build(made, outputs[-1])
    return inputs, outputs


def test_one_after_the_other_is_as_all_at_once(dumps: tuple[list[Path], list[Path]], tmp_path: Path) -> None:
    inputs, outputs = dumps
    build(recipe(inputs, prefer_sources="[dump0, dump1, dump2]"), tmp_path / "out")
    at_once = {row["id"] for row in table(tmp_path / "out", "data")}
    one_by_one = [{row["id"] for row in table(out, "data")} for out in outputs]
    assert set().union(*one_by_one) == at_once
    assert sum(map(len, one_by_one)) == len(at_once)


def test_a_copy_names_the_document_that_it_is_a_copy_of(dumps: tuple[list[Path], list[Path]]) -> None:
    _, outputs = dumps
    earlier: dict[str, str] = {row["id"]: row["language"] for out in outputs[:2] for row in table(out, "data")}
    found = [row for row in table(outputs[2], "ledger") if row["known"] is not None]
    assert len(found) >= 4
    for row in found:
        assert row["decision"] == "dropped" and row["survivor"] is None
        assert earlier[row["known"]] == row["language"]
        assert {reason["reason"] for reason in row["reasons"]} & {"known_exact_duplicate", "known_near_duplicate"}
        assert f"known      {row['known']}" in "\n".join(explain(outputs[2], row["id"]))
    stages = [stage for out in outputs for stage in Manifest.read(out).stages]
    reasons = {why for stage in stages for whys in stage.reasons.values() for why in whys}
    assert {"known_exact_duplicate", "known_near_duplicate"} <= reasons
    for out in outputs:
        assert check(out) == []


def test_an_index_is_enough_and_workers_make_no_difference(
    dumps: tuple[list[Path], list[Path]], tmp_path: Path
) -> None:
    inputs, outputs = dumps
    alone = tmp_path / "signatures"
    shutil.copytree(outputs[0] / "index", alone)
    build(recipe([inputs[1]], index="true", known_corpora=f"[{alone}]"), tmp_path / "out", workers=2)
    assert hashes(tmp_path / "out") == hashes(outputs[1])


def test_every_kept_document_is_in_the_index_with_no_text(dumps: tuple[list[Path], list[Path]]) -> None:
    _, outputs = dumps
    (files,) = [index_files([str(outputs[0])])]
    rows = [row for path in files for row in pq.read_table(path).to_pylist()]
    kept = {row["id"] for row in table(outputs[0], "data")}
    assert {row["id"] for row in rows} == kept and len(rows) == len(kept)
    assert set(rows[0]) == {"id", "language", "text_hash", "num_ngrams", "ngrams", "minhash_bands"}


def test_indexes_that_do_not_fit_are_refused(dumps: tuple[list[Path], list[Path]], tmp_path: Path) -> None:
    inputs, outputs = dumps
    with pytest.raises(ConfigError, match="has no index: build it with --set index=true"):
        build(recipe([inputs[1]], known_corpora=f"[{inputs[0]}]"), tmp_path / "a")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    shutil.copy(next((outputs[0] / "ledger").glob("*.parquet")), foreign)
    with pytest.raises(ConfigError, match="is no index of xdata"):
        build(recipe([inputs[1]], known_corpora=f"[{foreign}]"), tmp_path / "b")
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="cannot be read"):
        build(recipe([inputs[1]], known_corpora=f"[{damaged}]"), tmp_path / "c")
    other = tmp_path / "other"
    other.mkdir()
    path = index_files([str(outputs[0])])[0]
    old = pq.read_table(path)
    about = {b"xdata.index": old.schema.metadata[b"xdata.index"].replace(b'"ngram": 5', b'"ngram": 3')}
    pq.write_table(old.replace_schema_metadata(about), other / "a.parquet")
    with pytest.raises(XdataError, match="made with ngram 3, those of this recipe with 5"):
        build(recipe([inputs[1]], known_corpora=f"[{other}]"), tmp_path / "d")
