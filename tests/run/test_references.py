"""Corpora that are deduplicated against the indexes of earlier ones, without their text."""

import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.run.corpora import build, hashes, recipe, table, write_crawl
from tests.texts import texts
from xdata.dedup.references import CorpusRef
from xdata.errors import ConfigError, InputError, RunError, XdataError
from xdata.output.check import check
from xdata.output.explain import explain
from xdata.output.manifest import Manifest
from xdata.run.build import extending


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
        made = recipe([inputs[-1]], dedup={"index": "true", "reference_corpora": f"[{', '.join(map(str, outputs))}]"})
        outputs.append(root / f"out{number}")
        build(made, outputs[-1])
    return inputs, outputs


def test_one_after_the_other_is_as_all_at_once(dumps: tuple[list[Path], list[Path]], tmp_path: Path) -> None:
    inputs, outputs = dumps
    build(recipe(inputs, dedup={"prefer_sources": "[dump0, dump1, dump2]"}), tmp_path / "out")
    at_once = {row["id"] for row in table(tmp_path / "out", "data")}
    one_by_one = [{row["id"] for row in table(out, "data")} for out in outputs]
    assert set().union(*one_by_one) == at_once
    assert sum(map(len, one_by_one)) == len(at_once)


def test_a_copy_names_the_document_that_it_is_a_copy_of(dumps: tuple[list[Path], list[Path]]) -> None:
    _, outputs = dumps
    earlier: dict[str, str] = {row["id"]: row["language"] for out in outputs[:2] for row in table(out, "data")}
    found = [row for row in table(outputs[2], "ledger") if row["reference_id"] is not None]
    assert len(found) >= 4
    for row in found:
        assert row["decision"] == "dropped" and row["survivor"] is None
        assert earlier[row["reference_id"]] == row["language"]
        assert {reason["reason"] for reason in row["reasons"]} & {
            "reference_exact_duplicate",
            "reference_near_duplicate",
        }
        _check_explained(outputs, row)
    stages = [stage for out in outputs for stage in Manifest.read(out).stages]
    reasons = {why for stage in stages for whys in stage.reasons.values() for why in whys}
    assert {"reference_exact_duplicate", "reference_near_duplicate"} <= reasons
    for out in outputs:
        assert check(out) == []


def _check_explained(outputs: list[Path], row: dict[str, Any]) -> None:
    """What a document went for is told with its corpus, and where that has it from."""
    lines = "\n".join(explain(outputs[2], row["id"]))
    corpus = outputs[row["reference_corpus"]]
    (known,) = [each for each in table(corpus, "data") if each["id"] == row["reference_id"]]
    assert f"reference  {row['reference_id']}, a document of another corpus" in lines
    assert f"\n           {corpus.name}, {corpus}\n" in lines
    assert f"made by monolingual_corpus: {known['language']}, source {known['source']}, file {corpus.name[3:]}" in lines
    assert f", {known['url']}\n" in lines


def test_manifest_and_report_count_documents_by_reference_corpus(dumps: tuple[list[Path], list[Path]]) -> None:
    _, outputs = dumps
    manifest = Manifest.read(outputs[2])
    assert {(each.step, each.place, each.folder) for each in manifest.known} == {
        (step, place, str(outputs[place])) for step in ("exact", "near") for place in (0, 1)
    }
    gone = [
        (row["reasons"][-1]["step"], row["reference_corpus"])
        for row in table(outputs[2], "ledger")
        if row["reference_id"]
    ]
    assert {(each.step, each.place): each.num_documents for each in manifest.known if each.num_documents} == Counter(
        gone
    )
    assert {place for _, place in gone} == {0, 1}
    report = (outputs[2] / "report.html").read_text(encoding="utf-8")
    assert "Reference corpora" in report and str(outputs[0]) in report
    assert "Reference corpora" not in (outputs[0] / "report.html").read_text(encoding="utf-8")
    rejects = {row["id"]: row["reference_corpus"] for row in table(outputs[2], "rejects") if row["reference_id"]}
    assert rejects == {row["id"]: row["reference_corpus"] for row in table(outputs[2], "ledger") if row["reference_id"]}


def test_a_corpus_that_is_gone_or_an_index_alone_is_still_named(
    dumps: tuple[list[Path], list[Path]], tmp_path: Path
) -> None:
    inputs, outputs = dumps
    alone = tmp_path / "signatures"
    shutil.copytree(outputs[0] / "index", alone)
    build(recipe([inputs[1]], dedup={"reference_corpora": f"[{alone}, {outputs[1]}/index]"}), tmp_path / "out")
    rows = {row["reference_corpus"]: row["id"] for row in table(tmp_path / "out", "ledger") if row["reference_id"]}
    lines = explain(tmp_path / "out", rows[0])
    assert f"           signatures, {alone}" in lines
    assert any("which is no whole output folder now" in line for line in lines)
    assert any("made by monolingual_corpus: " in line for line in explain(tmp_path / "out", rows[1]))
    shutil.rmtree(alone)
    assert explain(tmp_path / "out", rows[0]) == lines


def test_the_order_of_corpora_is_part_of_what_a_run_is(dumps: tuple[list[Path], list[Path]], tmp_path: Path) -> None:
    inputs, outputs = dumps
    for order in ((0, 2), (2, 0)):
        known = ", ".join(str(outputs[number]) for number in order)
        build(recipe([inputs[1]], dedup={"reference_corpora": f"[{known}]"}), tmp_path / "out")
        for row in table(tmp_path / "out", "ledger"):
            if row["reference_id"]:
                ids = {each["id"] for each in table(outputs[order[row["reference_corpus"]]], "data")}
                assert row["reference_id"] in ids


@pytest.mark.slow
def test_an_index_is_enough_and_workers_make_no_difference(
    dumps: tuple[list[Path], list[Path]], tmp_path: Path
) -> None:
    inputs, outputs = dumps
    alone = tmp_path / "signatures"
    shutil.copytree(outputs[0] / "index", alone)
    build(recipe([inputs[1]], dedup={"index": "true", "reference_corpora": f"[{alone}]"}), tmp_path / "out", workers=2)
    assert hashes(tmp_path / "out") == hashes(outputs[1])


def test_every_kept_document_is_in_the_index_with_no_text(dumps: tuple[list[Path], list[Path]]) -> None:
    _, outputs = dumps
    files = CorpusRef(str(outputs[0])).files()
    rows = [row for path in files for row in pq.read_table(path).to_pylist()]
    kept = {row["id"] for row in table(outputs[0], "data")}
    assert {row["id"] for row in rows} == kept and len(rows) == len(kept)
    assert set(rows[0]) == {"id", "language", "text_hash", "num_ngrams", "ngrams", "minhash_bands"}


def test_indexes_that_do_not_fit_are_refused(dumps: tuple[list[Path], list[Path]], tmp_path: Path) -> None:
    inputs, outputs = dumps
    with pytest.raises(ConfigError, match="there is no such folder"):
        build(recipe([inputs[1]], dedup={"reference_corpora": f"[{tmp_path / 'nowhere'}]"}), tmp_path / "a")
    for again in (outputs[0], outputs[0] / "index"):
        with pytest.raises(ConfigError, match="one corpus is given twice"):
            build(recipe([inputs[1]], dedup={"reference_corpora": f"[{outputs[0]}, {again}]"}), tmp_path / "a")
    with pytest.raises(ConfigError, match=r"has no index: build it with --set dedup\.index=true"):
        build(recipe([inputs[1]], dedup={"reference_corpora": f"[{inputs[0]}]"}), tmp_path / "a")
    foreign = tmp_path / "foreign"
    foreign.mkdir()
    shutil.copy(next((outputs[0] / "ledger").glob("*.parquet")), foreign)
    with pytest.raises(ConfigError, match="is not an index of xdata"):
        build(recipe([inputs[1]], dedup={"reference_corpora": f"[{foreign}]"}), tmp_path / "b")
    damaged = tmp_path / "damaged"
    damaged.mkdir()
    (damaged / "a.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="cannot be read"):
        build(recipe([inputs[1]], dedup={"reference_corpora": f"[{damaged}]"}), tmp_path / "c")
    content = bytearray(CorpusRef(str(outputs[0])).files()[0].read_bytes())
    content[200:1500] = b"x" * 1300
    (damaged / "a.parquet").write_bytes(content)
    with pytest.raises((InputError, RunError), match=r"a\.parquet: cannot be read"):
        build(recipe([inputs[1]], dedup={"reference_corpora": f"[{damaged}]"}), tmp_path / "e")
    other = tmp_path / "other"
    other.mkdir()
    path = CorpusRef(str(outputs[0])).files()[0]
    old = pq.read_table(path)
    about = {b"xdata.index": old.schema.metadata[b"xdata.index"].replace(b'"ngram": 5', b'"ngram": 3')}
    pq.write_table(old.replace_schema_metadata(about), other / "a.parquet")
    with pytest.raises(XdataError, match="made with ngram 3, those of this recipe with 5"):
        build(recipe([inputs[1]], dedup={"reference_corpora": f"[{other}]"}), tmp_path / "d")


def test_an_output_cannot_be_reference_to_itself(dumps: tuple[list[Path], list[Path]]) -> None:
    inputs, outputs = dumps
    before = hashes(outputs[0])
    with pytest.raises(ConfigError, match="lies where this run writes"):
        build(recipe([inputs[0]], dedup={"index": "true", "reference_corpora": f"[{outputs[0]}]"}), outputs[0])
    assert hashes(outputs[0]) == before


def test_what_was_cut_is_reference_whole_and_cut(dumps: tuple[list[Path], list[Path]], tmp_path: Path) -> None:
    menu = "Nyumbani Habari Michezo Burudani Wasiliana nasi leo kwa simu\n"
    pages = [f"{menu}{page}" for page in texts("swh_Latn")]
    rows = [{"text": page, "url": f"https://a.example/{number}"} for number, page in enumerate(pages)]
    path = tmp_path / "in.jsonl"
    path.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    manifest = build(recipe([path], dedup={"index": "true", "line_dedup_min_documents": "3"}), tmp_path / "cut")
    assert manifest.languages["swh_Latn"].num_rows == len(pages)
    assert not any(menu.strip() in row["text"] for row in table(tmp_path / "cut", "data"))
    again = build(
        recipe([path], dedup={"reference_corpora": f"[{tmp_path / 'cut'}]", "line_dedup_min_documents": "3"}),
        tmp_path / "again",
    )
    assert not again.languages
    left = [{**row, "text": row["text"].removeprefix(menu)} for row in rows]
    path.write_text("".join(json.dumps(row) + "\n" for row in left), encoding="utf-8")
    assert not build(recipe([path], dedup={"reference_corpora": f"[{tmp_path / 'cut'}]"}), tmp_path / "left").languages


def test_a_cap_on_clusters_lets_no_copy_of_a_reference_document_in(tmp_path: Path) -> None:
    page = texts("swh_Latn")[0]
    for name, found in (("old", [page]), ("new", [f"{page} {number}" for number in range(5)])):
        lines = [json.dumps({"text": text}) + "\n" for text in found]
        (tmp_path / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    build(recipe([tmp_path / "old.jsonl"], dedup={"index": "true"}), tmp_path / "old")
    made = recipe([tmp_path / "new.jsonl"], dedup={"reference_corpora": f"[{tmp_path / 'old'}]", "max_cluster_size": 2})
    assert not build(made, tmp_path / "out").languages


@pytest.mark.parametrize("prefer", ["oldest"])
def test_what_was_published_stays_beside_reference_corpora(tmp_path: Path, prefer: str) -> None:
    page = texts("swh_Latn")[0]
    for name, text in (("old", page), ("known", f"{page} zaidi"), ("new", texts("swh_Latn")[1])):
        (tmp_path / f"{name}.jsonl").write_text(json.dumps({"text": text}) + "\n", encoding="utf-8")
    build(recipe([tmp_path / "old.jsonl"]), tmp_path / "old")
    build(recipe([tmp_path / "known.jsonl"], dedup={"index": "true"}), tmp_path / "known")
    made = recipe([tmp_path / "new.jsonl"], dedup={"reference_corpora": f"[{tmp_path / 'known'}]", "prefer": prefer})
    build(extending(made, tmp_path / "old"), tmp_path / "out")
    published = {row["id"] for row in table(tmp_path / "old", "data")}
    assert published < {row["id"] for row in table(tmp_path / "out", "data")}


def test_recipes_name_reference_corpora_wherever_they_are_read(
    dumps: tuple[list[Path], list[Path]], monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs, outputs = dumps
    monkeypatch.chdir(outputs[0].parent)
    made = recipe([inputs[1]], dedup={"reference_corpora": f"[{outputs[0].name}]"})
    assert str(outputs[0]) in made.to_yaml()


def test_the_card_lists_the_reference_corpora(dumps: tuple[list[Path], list[Path]]) -> None:
    _, outputs = dumps
    card = (outputs[1] / "README.md").read_text(encoding="utf-8")
    assert "documents of the reference corpus out0" in card.replace("\\", "")


def test_unknown_names_of_sources_are_refused(dumps: tuple[list[Path], list[Path]]) -> None:
    inputs, _ = dumps
    with pytest.raises(ConfigError, match="no source 'dump'; did you mean 'dump0'"):
        recipe([inputs[0]], dedup={"prefer_sources": "[dump]"})
    with pytest.raises(ConfigError, match="'dump0' is given twice"):
        recipe([inputs[0]], dedup={"prefer_sources": "[dump0, dump0]"})
