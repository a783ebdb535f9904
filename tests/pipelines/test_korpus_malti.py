"""The Maltese recipe over text of eight scripts, end to end: splits, subsets and sentences do not leak."""

import json
import subprocess
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from tests.run.corpora import hashes, table, words
from tests.texts import texts
from xdata.export.sentences import sentence_hash
from xdata.output.check import check
from xdata.output.explain import explain, find
from xdata.output.manifest import Manifest, ShardName
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe
from xdata.run.build import build, extending
from xdata.text.analysis import Analyses
from xdata.yaml_files import load_yaml

_LANGUAGES = ("swh_Latn", "kaz_Cyrl", "pes_Arab", "hin_Deva", "amh_Ethi", "tha_Thai", "zho_Hans", "khm_Khmr")
_DOMAINS = {"court": "Court ⚖", "books": "court", "blogs": None}
"""File -> its domain."""
_WINDOW = 5
"""Sentences of a document; the next one begins with its last two, so that sentences are in several documents."""


def _documents(language: str) -> Iterator[dict[str, str]]:
    for page, text in enumerate(texts(language)[:3]):
        spans = Analyses([text]).sentences
        found = [text[start:end] for start, end in zip(spans.starts.tolist(), spans.ends.tolist(), strict=True)]
        for number in range(0, len(found), _WINDOW - 2):
            yield {
                "text": "\n".join(found[number : number + _WINDOW]),
                "url": f"https://{language}.example/{page}/{number // 6}",
                "id": f"{page}-{number}",
            }


def _write(folder: Path) -> Source:
    """A file for each domain, with documents of all languages."""
    for number, (name, domain) in enumerate(_DOMAINS.items()):
        rows: list[dict[str, str | None]] = [
            {**row, "language": language, "domain": domain}
            for language in _LANGUAGES
            for row in [*_documents(language)][number::3]
        ]
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        (folder / f"{name}.jsonl").write_text("".join(lines), encoding="utf-8")
    fields = {name: name for name in ("language", "domain")}
    return Source(name="mixed", root=str(folder), patterns=("*.jsonl",), fields=fields, license="CC0")


def _recipe(folder: Path, **settings: Any) -> Recipe:
    """The recipe with small shards and parts, without rules that short documents would not meet."""
    options = {
        "output.shard_bytes": "6000",
        "min_words": "1",
        "language.min_script_share": "0",
        "thresholds": "none",
        "language.min_score": "0",
        "dedup.min_similarity": "1",
        "splitting.splits": "{validation: 0.1, test: 0.15}",
        **words(**settings),
    }
    folder.mkdir(parents=True, exist_ok=True)
    return find_recipe("monolingual_corpus:korpus_malti").make(
        sources=[_write(folder)], languages=_LANGUAGES, settings=options
    )


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("maltese")


@pytest.fixture(scope="module")
def out(inputs: Path) -> Path:
    build(_recipe(inputs / "in"), inputs / "out")
    return inputs / "out"


def _shards(out: Path, folder: str) -> Iterator[tuple[ShardName, list[dict[str, Any]]]]:
    for path in sorted((out / folder).rglob("*.parquet")):
        shard = ShardName.parse(path.relative_to(out).as_posix())
        assert shard is not None
        yield shard, pq.read_table(path).to_pylist()


def _by_split(out: Path, folder: str) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """(language, split) -> rows."""
    found: dict[tuple[str, str], list[dict[str, Any]]] = defaultdict(list)
    for shard, rows in _shards(out, folder):
        found[shard.language, shard.split] += rows
    return found


def _configs(out: Path) -> dict[str, dict[str, list[Path]]]:
    """Config -> split -> files, as the card has them."""
    head = load_yaml((out / "README.md").read_text(encoding="utf-8").split("---\n")[1], where="card")
    return {
        config["config_name"]: {
            split["split"]: [
                path
                for pattern in ([split["path"]] if isinstance(split["path"], str) else split["path"])
                for path in sorted(out.glob(pattern))
            ]
            for split in config["data_files"]
        }
        for config in head["configs"]
    }


def _ids(paths: list[Path]) -> list[str]:
    return [identity for path in paths for identity in pq.read_table(path, columns=["id"])["id"].to_pylist()]


def test_the_folder_is_whole_and_every_language_is_there(out: Path) -> None:
    assert check(out) == []
    assert set(Manifest.read(out).languages) == set(_LANGUAGES)


@pytest.mark.slow
def test_two_workers_make_the_same_bytes(out: Path, inputs: Path) -> None:
    other = inputs / "two"
    build(_recipe(inputs / "in"), other, workers=2)
    assert hashes(other, "README.md") == hashes(out, "README.md")
    assert _hashes_of_sentences(other) == _hashes_of_sentences(out)


def _hashes_of_sentences(out: Path) -> dict[str, str]:
    return {file.path: file.sha256 for file in Manifest.read(out).files if file.path.startswith("sentences/")}


def test_every_kept_document_is_written_once(out: Path) -> None:
    written = Counter(row["id"] for _, rows in _shards(out, "data") for row in rows)
    assert set(written.values()) == {1}
    assert set(written) == {row["id"] for row in table(out, "ledger") if row["decision"] == "kept"}


def test_every_split_has_documents_and_pages_are_on_one_side(out: Path) -> None:
    sides = defaultdict(set)
    for shard, rows in _shards(out, "data"):
        for row in rows:
            sides[row["url"]].add(shard.split)
    assert all(len(splits) == 1 for splits in sides.values())
    assert Counter(next(iter(splits)) for splits in sides.values()).keys() == {"train", "validation", "test"}


def test_configs_are_domains_and_colliding_names_are_distinguished(out: Path) -> None:
    expected = {"court": "court", "Court ⚖": "court_2", None: "unknown"}
    for shard, rows in _shards(out, "data"):
        assert {f"{shard.language}-{expected[row['domain']]}" for row in rows} == {shard.config}


def test_the_files_of_all_configs_are_all_files(out: Path) -> None:
    named = {path for splits in _configs(out).values() for paths in splits.values() for path in paths}
    assert named == {*(out / "data").rglob("*.parquet"), *(out / "sentences").rglob("*.parquet")}


def test_subsets_are_nested_of_train_and_as_large_as_asked(out: Path) -> None:
    configs = _configs(out)
    own = {name: splits for name, splits in configs.items() if name != "default" and not name.endswith("_removed")}
    mains = [name for name, splits in own.items() if "-subset-" not in name and "train" in splits]
    assert len(mains) > len(_LANGUAGES)
    for name in mains:
        train = set(_ids(configs[name]["train"]))
        smaller: set[str] = set()
        for share in (1, 10, 50):
            found = set(_ids(configs[f"{name}-subset-{share}"]["train"]))
            assert configs[f"{name}-subset-{share}"].keys() == {"train"}
            assert smaller <= found <= train
            assert len(found) == -(-share * len(train) // 100)
            smaller = found


def test_no_sentence_is_twice_or_on_two_sides(out: Path) -> None:
    for language in _LANGUAGES:
        rows = [row for (code, _), rows in _by_split(out, "sentences").items() if code == language for row in rows]
        counts = Counter(sentence_hash(row["text"]) for row in rows)
        assert rows and set(counts.values()) == {1}


def test_no_sentence_of_train_is_in_a_document_that_is_held_back(out: Path) -> None:
    sentences, documents = _by_split(out, "sentences"), _by_split(out, "data")
    for language in _LANGUAGES:
        held_out = {
            line
            for split in ("validation", "test")
            for row in documents.get((language, split), [])
            for line in row["text"].split("\n")
        }
        assert held_out.isdisjoint(row["text"] for row in sentences[language, "train"])


def test_sentences_are_on_the_side_of_their_document_where_they_stand_in_it(out: Path) -> None:
    side = {row["id"]: split for (_, split), rows in _by_split(out, "data").items() for row in rows}
    text = {row["id"]: row["text"] for row in table(out, "data")}
    for (language, split), rows in _by_split(out, "sentences").items():
        for row in rows:
            [source] = row["source_ids"]
            spans = Analyses([text[source]]).sentences
            start, end = int(spans.starts[row["position"]]), int(spans.ends[row["position"]])
            assert row["text"] == text[source][start:end]
            assert (row["id"], side[source], row["language"]) == (f"{source}#{row['position']}", split, language)


def test_every_sentence_of_the_documents_is_in_the_list(out: Path) -> None:
    documents, sentences = _by_split(out, "data"), _by_split(out, "sentences")
    for language in _LANGUAGES:
        own = [row for (code, _), rows in documents.items() for row in rows if code == language]
        lines = [line for row in own for line in row["text"].split("\n")]
        wanted = {sentence_hash(one.text) for one in Analyses(lines) if one.num_words}
        listed = {
            sentence_hash(row["text"]) for (code, _), rows in sentences.items() for row in rows if code == language
        }
        assert wanted and wanted <= listed


def test_sentences_are_in_no_order_of_documents(out: Path) -> None:
    rows = [row for shard, rows in _shards(out, "sentences") if shard.split == "train" for row in rows]
    neighbours = sum(
        one["source_ids"] == two["source_ids"] and one["position"] + 1 == two["position"] for one, two in pairwise(rows)
    )
    assert neighbours < len(rows) / 10


def test_counts_of_documents_and_sentences_add_up(out: Path) -> None:
    manifest = Manifest.read(out)
    corpus, stage = manifest.stages[-2:]
    written = Counter(row["language"] for _, rows in _shards(out, "sentences") for row in rows)
    for code, numbers in stage.documents.items():
        assert numbers["read"] == numbers["merged"] == corpus.documents[code]["kept"] == manifest.rows(code)
        assert numbers["made"] == numbers["kept"] + numbers["dropped"]
        assert numbers["kept"] == written[code]
        assert sum(stage.reasons.get(code, {}).values()) == numbers["dropped"]
    reasons = {reason for found in stage.reasons.values() for reason in found}
    assert reasons >= {"duplicate_sentence", "in_held_out"}


def test_the_card_lists_configs_sentences_and_empty_splits(out: Path) -> None:
    card = (out / "README.md").read_text(encoding="utf-8")
    assert "| `swh_Latn-sentences-subset-10` | train |" in card
    assert "Sentences of the documents, each written once" in card
    made = _configs(out)
    empty = [name for name, splits in made.items() if "-subset-" not in name and len(splits) < 3]
    assert bool(empty) == ("nothing is in the split" in card)


def test_a_row_of_sentences_that_is_gone_is_found(out: Path, tmp_path: Path) -> None:
    manifest = Manifest.read(out)
    path = next(file.path for file in manifest.files if file.path.startswith("sentences/swh_Latn/"))
    rows = [file.model_copy(update={"num_rows": 0}) if file.path == path else file for file in manifest.files]
    (tmp_path / "manifest.json").write_text(manifest.model_copy(update={"files": rows}).model_dump_json())
    assert any(line.startswith("sentences/swh_Latn: has ") for line in check(tmp_path))


def test_a_document_of_a_domain_is_explained_with_its_file(out: Path) -> None:
    row = table(out, "data")[0]
    assert any(line.startswith(f"file       data/{row['language']}-") for line in explain(out, row["id"]))
    assert find(out, row["id"]).text == row["text"]


def test_sites_stay_whole_and_sentences_of_other_lengths_are_dropped(inputs: Path, tmp_path: Path) -> None:
    settings = {
        "splitting.by": "site",
        "splitting.subsets": "[]",
        "output.min_sentence_words": 4,
        "output.max_sentence_words": 9,
    }
    made = build(_recipe(inputs / "in", **settings), tmp_path / "out")
    assert check(tmp_path / "out") == []
    for folder in ("data", "sentences"):
        sides = defaultdict(set)
        for shard, rows in _shards(tmp_path / "out", folder):
            assert shard.to_percent is None
            sides[shard.language].add(shard.split)
            if folder == "sentences":
                assert all(4 <= Analyses([row["text"]])[0].num_words <= 9 for row in rows)
        assert sides and all(len(splits) == 1 for splits in sides.values())
    reasons = {reason for found in made.stages[-1].reasons.values() for reason in found}
    assert reasons >= {"too_few_words", "too_many_words"}


@pytest.mark.slow
def test_an_added_run_keeps_every_document_in_its_split(out: Path, inputs: Path, tmp_path: Path) -> None:
    build(extending(_recipe(inputs / "in"), out), tmp_path / "out")
    assert check(tmp_path / "out") == []
    before, after = (
        {row["id"]: shard.split for shard, rows in _shards(folder, "data") for row in rows}
        for folder in (out, tmp_path / "out")
    )
    assert before == after


def test_datasets_loads_configs_splits_and_subsets_offline(out: Path, tmp_path: Path) -> None:
    configs = _configs(out)
    wanted = [name for name in configs if name.startswith(("swh_Latn-sentences", "tha_Thai-court_2"))]
    program = f"""
import datasets
assert sorted(datasets.get_dataset_config_names({str(out)!r})) == {sorted(configs)!r}
for name in {wanted!r}:
    found = datasets.load_dataset({str(out)!r}, name, cache_dir={str(tmp_path)!r})
    print(name, sorted((split, rows.num_rows) for split, rows in found.items()))
"""
    ran = subprocess.run(
        [sys.executable, "-c", program],
        env={"HF_HUB_OFFLINE": "1", "HF_HOME": str(tmp_path), "PATH": "", "HOME": str(tmp_path)},
        check=True,
        capture_output=True,
        text=True,
        cwd=tmp_path,
    )
    expected = [
        f"{name} {sorted((split, len(_ids(paths))) for split, paths in configs[name].items())}" for name in wanted
    ]
    assert ran.stdout.splitlines() == expected
