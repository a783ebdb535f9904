"""Whole runs: the same bytes whatever happens, and nothing done twice."""

import dataclasses
import gzip
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.run.corpora import LANGUAGES, build, hashes, recipe, rows, table, write_crawl
from tests.texts import texts
from xdata.commands.plan import make_plan
from xdata.errors import ConfigError, InputError, ResourceError, RunError
from xdata.language_files import OVERLAY, write_language
from xdata.output.check import check
from xdata.output.manifest import Manifest
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.recipe.job import read_recipe
from xdata.resources import resource
from xdata.run.lock import locked
from xdata.run.parts import AnnotatePart
from xdata.run.phases import annotate, read
from xdata.run.task import Task
from xdata.yaml_files import read_yaml


class Heard:
    """An observer that remembers."""

    def __init__(self) -> None:
        self.notes: list[str] = []
        self.done_before: dict[str, tuple[int, int]] = {}

    def note(self, text: str) -> None:
        self.notes.append(text)

    def warn(self, text: str) -> None:
        self.notes.append(f"warning: {text}")

    def stage_began(
        self, stage: str, *, num_parts: int, num_done: int, num_bytes: int = 0, bytes_done: int = 0
    ) -> None:
        self.done_before[stage] = (num_done, num_parts)

    def part_done(self, stage: str) -> None: ...

    def advanced(self, stage: str, num_bytes: int) -> None: ...

    def stage_ended(self, stage: str, summary: str) -> None: ...


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_crawl(tmp_path_factory.mktemp("input"))


@pytest.fixture(scope="module")
def clean(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an undisturbed run makes; not to be changed."""
    out = tmp_path_factory.mktemp("clean") / "out"
    build(recipe([crawl]), out)
    return out


@pytest.fixture
def copy(clean: Path, tmp_path: Path) -> Iterator[Path]:
    """The same, to be changed."""
    shutil.copytree(clean, tmp_path / "out", copy_function=shutil.copy2)
    yield tmp_path / "out"


def test_the_folder_is_whole_and_its_counts_add_up(clean: Path) -> None:
    assert check(clean) == []
    manifest = Manifest.read(clean)
    assert [stage.name for stage in manifest.stages] == ["read", "annotate", "decide", "exact", "near", "corpus"]
    for stage in manifest.stages:
        for numbers in stage.documents.values():
            assert numbers["read"] + numbers["made"] == numbers["kept"] + numbers["dropped"] + numbers["merged"]
    assert set(manifest.languages) == set(LANGUAGES)
    assert manifest.stages[0].documents == {
        "und": {"read": len(rows()), "made": 0, "kept": len(rows()), "dropped": 0, "merged": 0}
    }
    assert manifest.stages[0].num_parts > 5


def test_every_document_is_in_the_ledger_and_in_data_or_rejects_once(clean: Path) -> None:
    ledger = {row["id"]: row for row in table(clean, "ledger")}
    data, rejects = table(clean, "data"), table(clean, "rejects")
    assert len(ledger) == len(rows()) == len(data) + len(rejects)
    assert {row["id"] for row in data} == {i for i, row in ledger.items() if row["decision"] == "kept"}
    assert {row["id"] for row in rejects} == {i for i, row in ledger.items() if row["decision"] == "dropped"}
    for row in [*data, *rejects]:
        assert {key: row[key] for key in ("language", "url", "source")} == {
            key: ledger[row["id"]][key] for key in ("language", "url", "source")
        }
        assert len(row["text"].encode()) == ledger[row["id"]]["text_bytes"]


def test_a_recipe_that_refers_to_other_language_files_is_built_with_a_note(
    crawl: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "out"
    build(recipe([crawl]).limited(4), out)
    (tmp_path / "mine.yaml").write_bytes((out / "recipe.yaml").read_bytes())
    facts = read_yaml(resource("languages", "swh_Latn.yaml"))
    facts["thresholds"]["max_values"]["many_digits"] = 0.0001
    (tmp_path / "languages").mkdir()
    write_language(facts, tmp_path / "languages")
    monkeypatch.setenv(OVERLAY, str(tmp_path / "languages"))
    heard = Heard()
    manifest = build(read_recipe(tmp_path / "mine.yaml"), out, observer=heard)
    told = [note for note in heard.notes if "languages: swh_Latn; rules: many_digits" in note]
    assert len(told) == 1 and told[0] in manifest.notes
    why = "decide: is done again, because it changed (many_digits.max_by_language.swh_Latn: 0.2 -> 0.0001)"
    assert why in heard.notes
    assert heard.done_before["annotate"][0] == heard.done_before["annotate"][1]
    limits = next(stage for stage in manifest.stages if stage.name == "decide").limits
    (digits,) = (limit for limit in limits if limit.step == "many_digits")
    assert digits.of("swh_Latn") == (None, 0.0001)
    assert set(digits.by_language) <= set(LANGUAGES)
    again = Heard()
    build(read_recipe(out / "recipe.yaml"), out, observer=again)
    assert not [note for note in again.notes if "many_digits" in note]


def test_dropped_documents_have_all_reasons_of_their_stage_with_value_and_threshold(clean: Path) -> None:
    by_text = {row["text"]: row for row in table(clean, "rejects")}
    reasons = {reason["reason"]: reason for reason in by_text["mbili tatu"]["reasons"]}
    assert {"too_few_words"} <= set(reasons)
    assert (reasons["too_few_words"]["value"], reasons["too_few_words"]["threshold"]) == (2.0, 50.0)
    assert {"language_unidentified", "too_few_words", "many_digits"} <= {
        reason["reason"] for reason in by_text["12 34 ★"]["reasons"]
    }
    assert all(row["reasons"] for row in by_text.values())


def test_duplicates_name_their_survivor_and_share_its_cluster(clean: Path) -> None:
    ledger = {row["id"]: row for row in table(clean, "ledger")}
    duplicates = [row for row in ledger.values() if row["survivor"]]
    assert len(duplicates) > 10
    by_url = {row["url"]: row for row in ledger.values()}
    for url, row in by_url.items():
        if str(url).endswith(("copy", "near")):
            pair = [row, by_url[str(url).rsplit("/", 1)[0]]]
            uncertain = all(reason["reason"] == "language_uncertain" for each in pair for reason in each["reasons"])
            assert sum(each["survivor"] is not None for each in pair) == 1 or uncertain
    for row in duplicates:
        survivor = ledger[row["survivor"]]
        assert survivor["decision"] == "kept"
        assert survivor["cluster"] == row["cluster"] == survivor["id"]
        assert survivor["cluster_size"] == row["cluster_size"] >= 2
        assert survivor["text_bytes"] >= row["text_bytes"]
        assert [reason["reason"] for reason in row["reasons"]] in (["exact_duplicate"], ["near_duplicate"])
    sizes = {row["id"]: row["cluster_size"] for row in table(clean, "data")}
    assert sum(sizes.values()) == len(sizes) + len(duplicates)


@pytest.mark.slow
def test_two_workers_make_the_same_bytes(crawl: Path, clean: Path, tmp_path: Path) -> None:
    build(recipe([crawl]), tmp_path / "out", workers=2)
    assert hashes(tmp_path / "out", "README.md") == hashes(clean, "README.md")


def test_another_order_of_inputs_makes_the_same_bytes(crawl: Path, clean: Path, tmp_path: Path) -> None:
    files = sorted(crawl.iterdir(), reverse=True)
    build(recipe([files[1], files[0], f"{crawl}/*.jsonl", files[2]]), tmp_path / "out")
    assert hashes(tmp_path / "out") == hashes(clean)


@pytest.mark.slow
@pytest.mark.parametrize("seed", ["1", "4711"])
def test_another_hash_seed_makes_the_same_bytes(crawl: Path, clean: Path, tmp_path: Path, seed: str) -> None:
    (tmp_path / "r.yaml").write_text(recipe([crawl]).to_yaml(), encoding="utf-8")
    command = [sys.executable, "-m", "xdata.cli", "build", str(tmp_path / "r.yaml"), "--out", str(tmp_path / "out")]
    subprocess.run(command, check=True, env=os.environ | {"PYTHONHASHSEED": seed}, capture_output=True)
    assert hashes(tmp_path / "out") == hashes(clean)


def test_a_moved_input_folder_makes_the_same_bytes(crawl: Path, clean: Path, tmp_path: Path) -> None:
    shutil.copytree(crawl, tmp_path / "elsewhere" / "crawl")
    build(recipe([tmp_path / "elsewhere" / "crawl"]), tmp_path / "out")
    assert hashes(tmp_path / "out") == hashes(clean)


def test_the_written_recipe_runs_again(clean: Path, tmp_path: Path) -> None:
    build(read_recipe(clean / "recipe.yaml"), tmp_path / "out")
    assert hashes(tmp_path / "out", "recipe.yaml", "README.md") == hashes(clean, "recipe.yaml", "README.md")


def test_a_finished_run_is_not_done_again(crawl: Path, copy: Path) -> None:
    before = (copy / "manifest.json").stat().st_mtime_ns
    heard = Heard()
    build(recipe([crawl]), copy, observer=heard)
    (note,) = heard.notes
    assert note.startswith(f"{copy}: is complete already, nothing is to be done")
    assert (copy / "manifest.json").stat().st_mtime_ns == before


def test_a_finished_run_needs_no_work_folder(crawl: Path, copy: Path) -> None:
    shutil.rmtree(copy / "work")
    heard = Heard()
    build(recipe([crawl]), copy, observer=heard)
    assert "complete already" in heard.notes[0]
    assert check(copy) == []


def test_a_changed_threshold_redoes_decide_and_what_follows_and_nothing_before(
    crawl: Path, clean: Path, copy: Path
) -> None:
    heard = Heard()
    build(recipe([crawl], min_words=300), copy, observer=heard)
    assert heard.notes[0] == "decide: is done again, because it changed (too_few_words.min_value: 50.0 -> 300.0)"
    assert heard.notes[1:4] == [
        f"{stage}: is done again, because a stage before it changed" for stage in ("exact", "near", "corpus")
    ]
    done = {stage: num_done == num_parts for stage, (num_done, num_parts) in heard.done_before.items()}
    assert done == {"read": True, "annotate": True, "decide": False, "exact": False, "near": False, "corpus": False}
    assert check(copy) == []
    assert 0 < len(table(copy, "data")) < len(table(clean, "data"))


def test_going_back_to_the_old_threshold_gives_the_old_bytes(crawl: Path, clean: Path, copy: Path) -> None:
    build(recipe([crawl], min_words=300), copy)
    heard = Heard()
    build(recipe([crawl]), copy, observer=heard)
    assert hashes(copy) == hashes(clean)
    assert heard.done_before["near"] == (1, 1)


def test_no_replace_is_about_the_configuration_alone(crawl: Path, clean: Path, copy: Path) -> None:
    (copy / "data" / "swh_Latn" / "train-00000-of-00001.parquet").unlink()
    build(recipe([crawl]), copy, no_replace=True)
    assert hashes(copy) == hashes(clean)
    for path in [copy / "manifest.json", *(copy / "work").glob("near-*/commits/*.json")]:
        path.unlink()
    with pytest.raises(ConfigError, match=r"was built with another configuration \(near.min_similarity: 0.75 -> 0.9\)"):
        build(recipe([crawl], dedup={"min_similarity": 0.9}), copy, no_replace=True)
    build(recipe([crawl]), copy, no_replace=True)
    assert hashes(copy) == hashes(clean)


def test_missing_work_is_reported(crawl: Path, copy: Path) -> None:
    shutil.rmtree(copy / "work")
    heard = Heard()
    build(recipe([crawl], min_words=300), copy, observer=heard)
    assert heard.notes[0] == f"{copy / 'work'}: what was between the stages is gone, so everything is done again"


@pytest.mark.parametrize("name", ["README.md", "report.html", "recipe.yaml", "data/mine.csv", "rejects/a/b.txt"])
def test_a_folder_with_files_of_others_is_refused_and_left_alone(crawl: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "project" / name
    path.parent.mkdir(parents=True)
    path.write_text("years of work")
    with pytest.raises(ConfigError, match=f"project: has a {name} that no run of xdata wrote: give another --out"):
        build(recipe([crawl]), tmp_path / "project")
    assert path.read_text() == "years of work"
    assert [found for found in (tmp_path / "project").rglob("*") if found.is_file()] == [path]


def test_files_of_others_in_a_finished_folder_are_left_alone(crawl: Path, copy: Path) -> None:
    (copy / "notes.txt").write_text("mine")
    (copy / "data" / "mine.csv").write_text("mine")
    with pytest.raises(ConfigError, match=r"has a data/mine\.csv that no run of xdata wrote"):
        build(recipe([crawl], min_words=300), copy)
    assert check(copy) == ["data/mine.csv: is not in the manifest"]
    (copy / "data" / "mine.csv").unlink()
    build(recipe([crawl], min_words=300), copy)
    assert (copy / "notes.txt").read_text() == "mine"
    assert check(copy) == []


def test_input_that_lies_where_the_run_writes_is_refused(copy: Path) -> None:
    before = hashes(copy, "manifest.json")
    with pytest.raises(ConfigError, match="is input, but lies where this run writes: give another --out"):
        build(recipe([copy / "data"]), copy)
    assert hashes(copy, "manifest.json") == before


@pytest.mark.parametrize("below", ["", "raw/2024"])
def test_an_output_folder_with_the_input_in_it_is_refused_before_anything_is_written(
    tmp_path: Path, below: str
) -> None:
    crawl = write_crawl(tmp_path / "out" / below)
    out = crawl if not below else tmp_path / "out"
    before = sorted(out.rglob("*"))
    with pytest.raises(ConfigError, match=r"jsonl: is input, but lies where this run writes: give another --out") as e:
        build(recipe([crawl]), out)
    assert e.value.exit_status == 2
    with pytest.raises(ConfigError, match="is input, but lies where this run writes"):
        make_plan(recipe([crawl]), out=out)
    assert sorted(out.rglob("*")) == before


def test_links_in_the_output_folder_are_not_written_through(crawl: Path, tmp_path: Path) -> None:
    precious = tmp_path / "precious"
    precious.mkdir()
    (precious / "train-00000-of-00001.parquet").write_text("mine")
    for number, name in enumerate(["data/swh_Latn", "data", "README.md", ".xdata.lock"]):
        out = tmp_path / f"out{number}"
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).symlink_to(precious if "data" in name else precious / "train-00000-of-00001.parquet")
        with pytest.raises((ConfigError, ResourceError)):
            build(recipe([crawl]), out)
    assert (precious / "train-00000-of-00001.parquet").read_text() == "mine"


@pytest.mark.parametrize("name", [".xdata", ".xdata.lock", "work/recipe.yaml", "work/run.json"])
def test_hidden_files_and_work_of_others_are_refused_and_left_alone(crawl: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / "out" / name
    path.parent.mkdir(parents=True)
    path.write_text("mine")
    with pytest.raises(ConfigError, match="that no run of xdata wrote"):
        build(recipe([crawl]), tmp_path / "out")
    assert path.read_text() == "mine"


def test_an_output_folder_below_the_input_is_not_read(tmp_path: Path) -> None:
    crawl = write_crawl(tmp_path)
    build(recipe([crawl]), crawl / "corpus")
    (crawl / "corpus" / "manifest.json").unlink()
    heard = Heard()
    build(recipe([crawl]), crawl / "corpus", observer=heard)
    assert "crawl/corpus: is where this run writes, and is not read" in heard.notes
    assert len(table(crawl / "corpus", "ledger")) == len(rows())


def test_wrong_sources_are_refused_before_a_corpus_is_withdrawn(copy: Path) -> None:
    with pytest.raises(ConfigError, match="no reader 'wacr'; did you mean 'warc'"):
        recipe([copy]).reading([Source(name="s", root="/", patterns=("x",), reader="wacr")])


def test_a_damaged_shard_is_made_again_once_it_is_deleted(crawl: Path, clean: Path, copy: Path) -> None:
    shard = copy / "data" / "swh_Latn" / "train-00000-of-00001.parquet"
    shard.write_bytes(b"x" * shard.stat().st_size)
    assert len(check(copy)) == 1
    shard.unlink()
    build(recipe([crawl]), copy)
    assert hashes(copy) == hashes(clean)


@pytest.mark.parametrize("name", ["work/run.json", "work/read-*/commits/00000.json", "work/near-*/commits/00000.json"])
def test_empty_bookkeeping_is_made_again(crawl: Path, clean: Path, copy: Path, name: str) -> None:
    (copy / "manifest.json").unlink()
    (path,) = copy.glob(name)
    path.write_bytes(b"")
    build(recipe([crawl]), copy)
    assert hashes(copy) == hashes(clean)


def test_many_short_documents_are_many_parts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(annotate, "MOST_ROWS", 400)
    monkeypatch.setattr(read, "GROUP_ROWS", 400)
    (tmp_path / "in.jsonl").write_text("".join(f'{{"text": "neno {n}"}}\n' for n in range(1_000)))
    manifest = build(recipe([tmp_path / "in.jsonl"]), tmp_path / "out", part_bytes=1 << 30)
    assert manifest.stages[1].num_parts == 3
    task = Task.load(tmp_path / "out" / "work", "annotate")
    parts = task.parts(AnnotatePart)
    pieces = [(piece.start, piece.end) for part in parts for piece in part.row_groups]
    assert pieces == [(0, 1), (1, 2), (2, 3)]
    assert len(table(tmp_path / "out", "ledger")) == 1_000
    assert [task.part(rank, AnnotatePart) for rank in range(task.num_parts)] == parts


def test_input_that_is_wrong_leaves_no_folder_behind(tmp_path: Path) -> None:
    (tmp_path / "a.parquet").write_text("no Parquet")
    with pytest.raises(InputError, match="no file matches"):
        build(recipe([tmp_path / "a.parquet"]).reading(parse_sources([f"{tmp_path}/*.gone"])), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_nothing_half_written_stays(crawl: Path, clean: Path, copy: Path) -> None:
    (copy / "manifest.json").unlink()
    for folder in (copy, copy / "work"):
        (folder / ".manifest.json.99.unfinished").write_text("{")
    build(recipe([crawl]), copy)
    assert not list(copy.rglob("*.unfinished"))
    assert not list(copy.rglob("*.heartbeat"))
    assert not list(copy.rglob("tmp"))


def test_no_replace_refuses_what_another_configuration_made(crawl: Path, clean: Path, copy: Path) -> None:
    with pytest.raises(
        ConfigError, match=r"was built with another configuration \(too_few_words.min_value: 50.0 -> 300.0\)"
    ):
        build(recipe([crawl], min_words=300), copy, no_replace=True)
    assert hashes(copy) == hashes(clean)
    assert check(copy) == []
    build(recipe([crawl]), copy, no_replace=True)


def test_a_changed_input_reruns_everything_with_a_note(clean: Path, tmp_path: Path) -> None:
    crawl = write_crawl(tmp_path)
    out = tmp_path / "out"
    build(recipe([crawl]), out)
    with (crawl / "0.jsonl").open("a", encoding="utf-8") as file:
        file.write(json.dumps({"text": rows()[0]["text"] + " mwisho"}) + "\n")
    heard = Heard()
    build(recipe([crawl]), out, observer=heard)
    assert heard.notes[0] == "read: is done again, because it changed (inputs: 1 new or changed file, 1 gone)"
    assert len(table(out, "ledger")) == len(rows()) + 1
    old = {row["id"] for row in table(clean, "ledger")}
    assert old < {row["id"] for row in table(out, "ledger")}


def test_a_lost_shard_is_made_again_and_nothing_else(crawl: Path, clean: Path, copy: Path) -> None:
    (copy / "data" / "swh_Latn" / "train-00000-of-00001.parquet").unlink()
    heard = Heard()
    build(recipe([crawl]), copy, observer=heard)
    assert hashes(copy) == hashes(clean)
    num_done, num_parts = heard.done_before["corpus"]
    assert 0 < num_done < num_parts


def test_a_damaged_shard_is_found_and_made_again(crawl: Path, clean: Path, copy: Path) -> None:
    shard = copy / "data" / "swh_Latn" / "train-00000-of-00001.parquet"
    data = bytearray(shard.read_bytes())
    data[len(data) // 2] ^= 1
    shard.write_bytes(data)
    assert check(copy) == ["data/swh_Latn/train-00000-of-00001.parquet: was changed: its sha256 is another"]
    (copy / "manifest.json").unlink()
    build(recipe([crawl]), copy)
    assert hashes(copy) == hashes(clean)


def test_what_a_killed_rank_left_is_removed(crawl: Path, clean: Path, copy: Path) -> None:
    (copy / "manifest.json").unlink()
    edit = next((copy / "work").glob("read-*"))
    (edit / "tmp" / "00000-1").mkdir(parents=True)
    (edit / "tmp" / "00000-1" / "00000.documents.parquet").write_bytes(b"half")
    (edit / "commits" / "00001.json").unlink()
    heard = Heard()
    build(recipe([crawl]), copy, observer=heard)
    assert hashes(copy) == hashes(clean)
    num_done, num_parts = heard.done_before["read"]
    assert num_done == num_parts - 1
    assert not list((copy / "work").rglob("tmp"))


def test_a_folder_is_used_by_one_run_at_a_time(crawl: Path, tmp_path: Path) -> None:
    with locked(tmp_path / "out"), pytest.raises(RunError, match=rf"out: is in use by process {os.getpid()} on "):
        build(recipe([crawl]), tmp_path / "out")
    assert not (tmp_path / "out" / ".xdata.lock").exists()


def test_work_may_be_elsewhere(crawl: Path, clean: Path, tmp_path: Path) -> None:
    build(recipe([crawl]), tmp_path / "out", work=tmp_path / "work")
    assert hashes(tmp_path / "out") == hashes(clean)
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        ".xdata",
        "README.md",
        "data",
        "ledger",
        "manifest.json",
        "recipe.yaml",
        "rejects",
        "report.html",
    ]


def test_rejects_can_be_sampled(crawl: Path, clean: Path, tmp_path: Path) -> None:
    everything = {row["id"]: row for row in table(clean, "rejects")}
    found: dict[float, set[str]] = {}
    for share in (0.3, 0.6):
        made = recipe([crawl], rejects="sample")
        step = made.stages[-1].steps[0].model_copy(update={"rejects_share": share})
        stages = (*made.stages[:-1], dataclasses.replace(made.stages[-1], steps=(step,)))
        out = tmp_path / str(share)
        build(dataclasses.replace(made, stages=stages), out)
        assert check(out) == []
        rows = table(out, "rejects")
        assert all(row == everything[row["id"]] for row in rows)
        found[share] = {row["id"] for row in rows}
        assert found[share] == {name for name in everything if int(name[:8], 16) / 2**32 < share}
    assert 0 < len(found[0.3]) < len(found[0.6]) < len(everything)
    assert found[0.3] < found[0.6]


def test_rejects_can_be_left_out(crawl: Path, clean: Path, tmp_path: Path) -> None:
    build(recipe([crawl], rejects="none"), tmp_path / "none")
    assert table(tmp_path / "none", "rejects") == []
    assert hashes(tmp_path / "none") == {path: h for path, h in hashes(clean).items() if not path.startswith("rejects")}
    assert check(tmp_path / "none") == []


def test_small_shards(crawl: Path, clean: Path, tmp_path: Path) -> None:
    build(recipe([crawl], output={"shard_bytes": 5_000}), tmp_path / "out")
    shards = sorted((tmp_path / "out" / "data" / "sin_Sinh").iterdir())
    assert len(shards) > 1
    assert [path.name for path in shards] == [f"train-{n:05}-of-{len(shards):05}.parquet" for n in range(len(shards))]
    assert {row["id"] for row in table(tmp_path / "out", "data")} == {row["id"] for row in table(clean, "data")}
    assert check(tmp_path / "out") == []


def test_input_of_which_nothing_is_kept_makes_an_empty_corpus_and_a_warning(tmp_path: Path) -> None:
    (tmp_path / "short.jsonl").write_text('{"text": "Habari ya leo"}\n')
    (tmp_path / "empty.jsonl").write_text("")
    heard = Heard()
    manifest = build(recipe([tmp_path]), tmp_path / "out", observer=heard)
    assert manifest.languages == {}
    assert check(tmp_path / "out") == []
    assert f"{tmp_path.name}/empty.jsonl: is empty" in heard.notes
    (warning,) = [note for note in heard.notes if note.startswith("warning: ")]
    assert warning.startswith(
        "warning: no document of amh_Ethi, pes_Arab, sin_Sinh, swh_Latn, tha_Thai was kept: 1 document was read"
    )
    assert manifest.warnings == [warning.removeprefix("warning: ")]


def test_a_large_crawl_file_is_indexed_once_and_read_in_parts(tmp_path: Path) -> None:
    records = []
    for row in rows():
        block = row["text"].encode()
        head = f"WARC/1.0\r\nWARC-Type: conversion\r\nContent-Length: {len(block)}\r\n\r\n"
        records.append(gzip.compress(head.encode() + block + b"\r\n\r\n", mtime=0))
    records.insert(7, b"garbage that is no member")
    (tmp_path / "crawl.wet.gz").write_bytes(b"".join(records))
    heard = Heard()
    cut = build(recipe([tmp_path / "crawl.wet.gz"]), tmp_path / "cut", observer=heard)
    whole = build(recipe([tmp_path / "crawl.wet.gz"]), tmp_path / "whole", part_bytes=1 << 30)
    assert heard.done_before["index"] == (0, 1)
    assert cut.stages[0].num_parts > 3
    assert whole.stages[0].num_parts == 1
    assert cut.num_unreadable == whole.num_unreadable == 1
    assert cut.unreadable[0]["offset"] == sum(map(len, records[:7]))
    assert table(tmp_path / "cut", "data") == table(tmp_path / "whole", "data")
    (tmp_path / "cut" / "manifest.json").unlink()
    again = Heard()
    build(recipe([tmp_path / "crawl.wet.gz"]), tmp_path / "cut", observer=again)
    assert again.done_before["index"] == (1, 1)


@pytest.mark.parametrize("place", ["file/out", "/proc/out", "/dev/null/out"])
def test_an_output_folder_that_cannot_be_is_refused(crawl: Path, tmp_path: Path, place: str) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ResourceError, match="cannot be written"):
        build(recipe([crawl]), tmp_path / place)


def test_inputs_that_are_gone_are_refused_before_anything_is_removed(crawl: Path, clean: Path, copy: Path) -> None:
    made = recipe([crawl])
    gone = made.reading([source.model_copy(update={"root": "/nowhere"}) for source in made.reader.sources])
    with pytest.raises(InputError, match="no file matches"):
        build(gone, copy)
    assert hashes(copy, "manifest.json") == hashes(clean, "manifest.json")


def test_large_clusters_are_named_with_their_sites(tmp_path: Path) -> None:
    page = texts("swh_Latn")[0][:1500]
    rows = [
        {"text": f"{page} {number}", "url": f"https://{'a' if number % 3 else 'b'}.example/{number}"}
        for number in range(130)
    ]
    (tmp_path / "in.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    manifest = build(recipe([tmp_path / "in.jsonl"]), tmp_path / "out")
    (near,) = (stage for stage in manifest.stages if stage.name == "near")
    (cluster,) = near.large_clusters
    (kept,) = table(tmp_path / "out", "data")
    assert (cluster.language, cluster.survivor, cluster.size) == ("swh_Latn", kept["id"], 130)
    assert sum(cluster.sites.values()) == 129
    assert list(cluster.sites) == ["a.example", "b.example"]
    assert "a.example 8" in (tmp_path / "out" / "report.html").read_text(encoding="utf-8")
    capped = build(recipe([tmp_path / "in.jsonl"], dedup={"max_cluster_size": 50}), tmp_path / "capped")
    assert capped.languages["swh_Latn"].num_rows == 3
    assert {row["cluster_size"] for row in table(tmp_path / "capped", "data")} == {50, 30}
