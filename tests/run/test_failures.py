"""What a run bears before it fails: files, records and steps, whatever the parts, and by the limits that it has now."""

import gzip
import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from tests.run.corpora import build, hash_of, hashes, recipe, table
from tests.run.test_build import Heard
from tests.texts import texts
from xdata.cli import main
from xdata.errors import CheckError, ConfigError, InputError, RunError
from xdata.filters.errors import DropErrors
from xdata.output.check import check
from xdata.readers import listing
from xdata.readers.source_specs import parse_sources
from xdata.recipe.functions import find_recipe, with_run_options
from xdata.recipe.job import read_recipe
from xdata.recipe.recipe import Recipe
from xdata.run.build import extending

_CODES = ("swh_Latn", "pes_Arab", "hin_Deva", "sin_Sinh", "amh_Ethi", "tha_Thai", "zho_Hans", "kat_Geor")
_PART_SIZES = (1 << 13, 1 << 15, 1 << 20)
_STEPS = Path(__file__).parent / "failing.py"


def _good(*, num: int = 1) -> list[str]:
    return [text for code in _CODES for text in texts(code)[:num]]


def _write(path: Path, found: list[str]) -> Path:
    path.parent.mkdir(exist_ok=True)
    lines = [json.dumps({"text": text}, ensure_ascii=False) + "\n" for text in found]
    path.write_text("".join(lines), encoding="utf-8")
    return path


def _failing(folder: Path, *texts_: str, **settings: str) -> Recipe:
    inputs = parse_sources([str(_write(folder / "in" / "a.jsonl", [*_good(), *texts_]))])
    return find_recipe(str(_STEPS)).make(sources=inputs, settings=settings)


def _corpus(folder: Path, **settings: Any) -> Recipe:
    return recipe([folder], thresholds="none", min_words=1, **settings)


@pytest.mark.parametrize("part_bytes", _PART_SIZES)
def test_a_file_of_which_no_part_can_be_read_is_one_bad_file(tmp_path: Path, part_bytes: int) -> None:
    _write(tmp_path / "in" / "a.jsonl", _good())
    (tmp_path / "in" / "b.jsonl").write_text("this is no JSON\n" * 800)
    (tmp_path / "in" / "c.jsonl").write_text("".join(json.dumps({"body": "x" * 90}) + "\n" for _ in range(120)))
    manifest = build(_corpus(tmp_path / "in"), tmp_path / "out", part_bytes=part_bytes)
    assert manifest.num_unreadable_files == 2
    one, two = manifest.unreadable_files
    assert one["path"] == "b.jsonl" and "expected JSON lines (one object a line, in UTF-8)" in one["error"]
    assert two["path"] == "c.jsonl" and "there is no field 'text'" in two["error"]
    assert (manifest.num_unreadable, manifest.unreadable, manifest.skipped) == (0, [], {})
    assert manifest.warnings == [f"in/{file['path']}: {file['error']}; the file is skipped" for file in (one, two)]
    (source,) = manifest.sources
    assert (source.num_files, source.num_unreadable_files) == (3, 2)


@pytest.mark.parametrize("part_bytes", _PART_SIZES)
def test_places_of_a_file_that_can_be_read_are_places(tmp_path: Path, part_bytes: int) -> None:
    path = _write(tmp_path / "in" / "a.jsonl", _good())
    with path.open("a") as file:
        file.write("this is no JSON\n" * 800)
    manifest = build(_corpus(tmp_path / "in"), tmp_path / "out", part_bytes=part_bytes)
    assert (manifest.num_unreadable_files, manifest.num_unreadable) == (0, 800)
    assert manifest.warnings == []
    assert len(table(tmp_path / "out", "ledger")) == len(_good())


@pytest.mark.parametrize("part_bytes", _PART_SIZES)
def test_a_broken_row_group_costs_itself_whatever_the_parts(tmp_path: Path, part_bytes: int) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a.parquet"
    pq.write_table(pa.table({"text": _good()}), path, row_group_size=2, compression="none")
    begin = pq.ParquetFile(path).metadata.row_group(1).column(0).data_page_offset
    content = bytearray(path.read_bytes())
    content[begin : begin + 30] = bytes(30)
    path.write_bytes(content)
    manifest = build(_corpus(tmp_path / "in"), tmp_path / "out", part_bytes=part_bytes)
    assert (manifest.num_unreadable_files, manifest.num_unreadable) == (0, 1)
    assert manifest.unreadable[0]["offset"] == 2
    rows = sorted(row["offset"] for row in table(tmp_path / "out", "ledger"))
    assert rows == [row for row in range(len(_good())) if row not in (2, 3)]


def _cut(path: Path) -> None:
    """Writes compressed rows that are cut off in the middle, as by a download that stopped."""
    path.parent.mkdir(exist_ok=True)
    rows = [f"{number} {text}".replace("\n", " ").replace('"', "") for number, text in enumerate(_good(num=2))]
    kind = path.name.split(".")[1]
    row_of = {"jsonl": '{{"text": "{}"}}\n', "csv": '"{}"\n', "txt": "{}\n"}[kind]
    lines = [*(["text\n"] if kind == "csv" else []), *(row_of.format(row) for row in rows)]
    content = io.BytesIO()
    if path.suffix == ".gz":
        with gzip.GzipFile(fileobj=content, mode="wb", mtime=0) as packed:
            for line in lines:
                packed.write(line.encode())
                packed.flush()
    else:
        with zstandard.ZstdCompressor().stream_writer(content, closefd=False) as frame:
            for line in lines:
                frame.write(line.encode())
                frame.flush(zstandard.FLUSH_BLOCK)
    path.write_bytes(content.getvalue()[: len(content.getvalue()) // 2])


_DAMAGED = ("a.jsonl.gz", "a.jsonl.zst", "a.csv.gz", "a.csv.zst", "a.txt.gz")


@pytest.mark.parametrize("name", _DAMAGED)
def test_a_file_that_breaks_off_is_warned_of(tmp_path: Path, name: str) -> None:
    _cut(tmp_path / "in" / name)
    sources = [each.model_copy(update={"unit": "line"}) for each in parse_sources([str(tmp_path / "in")])]
    made = _corpus(tmp_path / "in").reading(sources)
    manifest = build(made, tmp_path / "out")
    num = len(table(tmp_path / "out", "ledger"))
    assert 0 < num < len(_good(num=2))
    (damaged,) = manifest.damaged_files
    assert (manifest.num_damaged_files, damaged["path"], damaged["num_records_before"]) == (1, name, num)
    assert (manifest.num_unreadable_files, manifest.num_unreadable) == (0, 1)
    assert manifest.warnings[0] == f"in/{name}: is damaged: {damaged['error']}; {num} records were read before it"
    for document in ("README.md", "report.html"):
        assert name in (tmp_path / "out" / document).read_text(encoding="utf-8").replace("\\", "")
    for strict, settings, error in ((True, {}, RunError), (False, {"on_bad_file": "error"}, InputError)):
        for out in ("out", "other"):
            with pytest.raises(error, match=r"is damaged: .* records were read before it"):
                build(with_run_options(made, settings), tmp_path / out, strict=strict)
    assert not (tmp_path / "other" / "manifest.json").exists()


@pytest.mark.parametrize("name", ["a.jsonl.gz", "a.csv.zst"])
def test_copied_rows_of_a_file_that_breaks_off_are_those_before(tmp_path: Path, name: str) -> None:
    _cut(tmp_path / "in" / name)
    manifest = build(find_recipe("deduplicate").make(sources=parse_sources([str(tmp_path / "in")])), tmp_path / "out")
    assert [file["path"] for file in manifest.damaged_files] == [name]
    assert check(tmp_path / "out") == []
    num = manifest.damaged_files[0]["num_records_before"]
    assert sum(facts.num_rows for facts in manifest.languages.values()) == num > 0


@pytest.mark.parametrize("column", ["text", "other"])
def test_copied_rows_of_a_damaged_row_group_are_those_before(tmp_path: Path, column: str) -> None:
    rows = [" ".join(f"w{hash_of(f'{number}{place}')}" for place in range(40)) for number in range(900)]
    path = tmp_path / "in" / "a.parquet"
    path.parent.mkdir()
    columns = {"text": rows, "other": [f"{column} {row}" for row in rows]}
    pq.write_table(pa.table(columns), path, compression="none", use_dictionary=False, write_batch_size=64)
    content = bytearray(path.read_bytes())
    begin = content.index(columns[column][700].encode())
    content[begin - 20_000 : begin] = b"\xff" * 20_000
    path.write_bytes(content)
    manifest = build(find_recipe("deduplicate").make(sources=parse_sources([str(path)])), tmp_path / "out")
    (damaged,) = manifest.damaged_files
    assert 256 <= damaged["num_records_before"] < 700
    assert check(tmp_path / "out") == []
    assert len(table(tmp_path / "out", "ledger")) == damaged["num_records_before"]


@pytest.mark.parametrize("part_bytes", _PART_SIZES)
def test_records_before_damage_are_counted_over_all_parts(tmp_path: Path, part_bytes: int) -> None:
    (tmp_path / "in").mkdir()
    path = tmp_path / "in" / "a.parquet"
    pq.write_table(pa.table({"text": _good()}), path, row_group_size=2, compression="none")
    begin = pq.ParquetFile(path).metadata.row_group(2).column(0).data_page_offset
    content = bytearray(path.read_bytes())
    content[begin : begin + 30] = bytes(30)
    path.write_bytes(content)
    manifest = build(_corpus(tmp_path / "in"), tmp_path / "out", part_bytes=part_bytes)
    assert [file["num_records_before"] for file in manifest.damaged_files] == [4]
    assert len(table(tmp_path / "out", "ledger")) == len(_good()) - 2


def test_a_file_that_cannot_be_opened_is_skipped_or_ends_the_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        _write(tmp_path / "in" / f"{name}.jsonl", _good())
    found = listing._format

    def refuse(name: str, *others: Any) -> str | None:
        if name in refused:
            raise PermissionError(13, "Permission denied")
        return found(name, *others)

    monkeypatch.setattr(listing, "_format", refuse)
    refused = {"b.jsonl"}
    manifest = build(_corpus(tmp_path / "in"), tmp_path / "out")
    assert manifest.unreadable_files == [
        {"source": "in", "path": "b.jsonl", "error": "cannot be opened: Permission denied"}
    ]
    assert manifest.sources[0].num_files == 2
    with pytest.raises(InputError, match=r"^in/b\.jsonl: cannot be opened"):
        build(_corpus(tmp_path / "in", on_bad_file="error"), tmp_path / "other")
    refused.add("a.jsonl")
    with pytest.raises(InputError, match="none of the 2 input files can be read: "):
        build(_corpus(tmp_path / "in"), tmp_path / "other")
    assert not (tmp_path / "other").exists()


def test_raising_a_limit_resumes_from_the_commits(tmp_path: Path) -> None:
    made = _failing(tmp_path, *(f"edit {number}" for number in range(11)))
    with pytest.raises(RunError, match=r"step 'edits' failed on 11 of 19 records \(57\.9%\).*ValueError: it is broken"):
        build(made, tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()
    heard = Heard()
    manifest = build(with_run_options(made, {"max_failed_share": "0.9"}), tmp_path / "out", observer=heard)
    assert heard.done_before["read"][0] == heard.done_before["read"][1] > 0
    assert manifest.num_failed_by_step == {"edits": 11}
    dropped = [row["reasons"][0]["reason"] for row in table(tmp_path / "out", "rejects")]
    assert dropped == ["edits_failed"] * 11


def test_a_finished_run_is_judged_by_the_limits_that_it_is_given(tmp_path: Path) -> None:
    made = _failing(tmp_path, *(f"edit {number}" for number in range(11)), max_failed_share="0.9")
    (tmp_path / "in" / "b.parquet").write_bytes(b"no Parquet")
    made = made.reading(parse_sources([str(tmp_path / "in")]))
    build(made, tmp_path / "out")
    before = hashes(tmp_path / "out", "manifest.json")
    for error, words, strict, settings in (
        (RunError, "step 'edits' failed on 11", False, {"max_failed_share": "0.5"}),
        (InputError, r"b\.parquet", False, {"on_bad_file": "error"}),
        (RunError, r"b\.parquet.*--strict", True, {}),
    ):
        with pytest.raises(error, match=words):
            build(with_run_options(made, settings), tmp_path / "out", strict=strict)
    build(made, tmp_path / "out")
    assert hashes(tmp_path / "out", "manifest.json") == before


def test_a_strict_run_ends_with_the_first_warning_and_resumes_without_strict(tmp_path: Path) -> None:
    made = _failing(tmp_path, "edit")
    heard = Heard()
    with pytest.raises(RunError, match=r"^step 'edits' failed on 1 of 9 records"):
        build(made, tmp_path / "out", strict=True, observer=heard)
    assert not any(note.startswith("warning") for note in heard.notes)
    assert not (tmp_path / "out" / "manifest.json").exists()
    again = Heard()
    manifest = build(made, tmp_path / "out", observer=again)
    assert again.done_before["read"][0] == again.done_before["read"][1] > 0
    assert [note.removeprefix("warning: ") for note in again.notes if note.startswith("warning")] == manifest.warnings


def test_a_document_that_a_score_fails_on_has_nulls_and_is_dropped_without_a_filter_of_error(tmp_path: Path) -> None:
    made = _failing(tmp_path, "score")
    assert not any(isinstance(step, DropErrors) for stage in made.stages for step in stage.steps)
    manifest = build(made, tmp_path / "out")
    assert manifest.num_failed_by_step == {"together": 1}
    assert {row["text"] for row in table(tmp_path / "out", "data")} == set(_good())
    rows = {row["id"]: row for row in table(tmp_path / "out", "ledger")}
    failed = rows.pop(manifest.failed[0]["id"])
    assert (failed["scores"]["together"], failed["dialect"]) == (None, None)
    assert [(each["step"], each["reason"]) for each in failed["reasons"]] == [("errors", "together_failed")]
    assert {row["scores"]["together"] for row in rows.values()} == {1.0}
    (dropped,) = table(tmp_path / "out", "rejects")
    assert dropped["text"] == "score"


def test_a_filter_that_fails_ends_the_run_by_its_name(tmp_path: Path) -> None:
    with pytest.raises(RunError, match="filter 'decide' failed on a batch of 1 documents: ZeroDivisionError: no rows"):
        build(_failing(tmp_path, fails="true"), tmp_path / "out")


@pytest.mark.parametrize("kind", ["parquet", "csv"])
def test_bad_files_are_skipped_where_rows_are_copied(tmp_path: Path, kind: str) -> None:
    (tmp_path / "in").mkdir()
    rows = pa.table({"id": [str(number) for number in range(len(_good()))], "text": _good()})
    if kind == "parquet":
        pq.write_table(rows, tmp_path / "in" / "a.parquet")
        pq.write_table(pa.table({"body": ["x"]}), tmp_path / "in" / "b.parquet")
    else:
        lines = [f'{row["id"]},"{row["text"]}"\n' for row in rows.to_pylist()]
        (tmp_path / "in" / "a.csv").write_text("id,text\n" + "".join(lines), encoding="utf-8")
        (tmp_path / "in" / "b.csv").write_text("body\nx\n")
    (tmp_path / "in" / f"c.{kind}").write_bytes(b"")
    made = find_recipe("deduplicate").make(sources=parse_sources([str(tmp_path / "in")]))
    manifest = build(made, tmp_path / "out")
    assert [file["path"] for file in manifest.unreadable_files] == [f"b.{kind}", f"c.{kind}"]
    (data,) = (tmp_path / "out" / "data").rglob(f"*.{kind}")
    if kind == "csv":
        assert data.read_bytes() == (tmp_path / "in" / "a.csv").read_bytes()
    else:
        assert pq.read_table(data).to_pylist() == rows.to_pylist()


def test_what_was_published_is_never_skipped_as_unreadable(tmp_path: Path) -> None:
    _write(tmp_path / "in" / "a.jsonl", _good())
    build(_corpus(tmp_path / "in"), tmp_path / "old")
    shard = next((tmp_path / "old" / "data" / "swh_Latn").iterdir())
    content = pq.read_table(shard)
    num_bytes = shard.stat().st_size
    pq.write_table(content.drop_columns(["language"]), shard)
    _write(tmp_path / "new" / "b.jsonl", _good(num=2))
    made = _corpus(tmp_path / "new")
    path = tmp_path / "old" / "manifest.json"  # says its size, so that it is found while it is read
    path.write_text(path.read_text().replace(f'"num_bytes": {num_bytes}', f'"num_bytes": {shard.stat().st_size}'))
    with pytest.raises(CheckError, match=r"is not a shard of an xdata folder"):
        build(extending(made, tmp_path / "old"), tmp_path / "out")


def test_options_of_the_run_are_set_for_every_recipe_and_shown(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    inputs = [str(_write(tmp_path / "in" / "a.jsonl", _good()))]
    made = recipe(inputs, on_bad_file="error", max_failed_share="0.5")
    assert (made.guard.on_bad_file, made.guard.max_failed_share) == ("error", 0.5)
    (tmp_path / "recipe.yaml").write_text(made.to_yaml(), encoding="utf-8")
    again = read_recipe(tmp_path / "recipe.yaml")
    assert again.guard == made.guard
    assert read_recipe(tmp_path / "recipe.yaml", settings={"cpu_seconds": "3"}).guard == made.guard.model_copy(
        update={"cpu_seconds": 3.0}
    )
    for wrong in ({"max_failed_share": "2"}, {"max_failed_sare": "0.5"}, {"on_bad_file": "keep"}):
        with pytest.raises(ConfigError, match=next(iter(wrong))):
            recipe(inputs, **wrong)
        with pytest.raises(ConfigError, match=next(iter(wrong))):
            read_recipe(tmp_path / "recipe.yaml", settings=wrong)
    assert replace(made, guard=recipe(inputs).guard) == recipe(inputs)
    assert main(["show", "monolingual_corpus"]) == 0
    shown = capsys.readouterr().out
    assert "max_failed_share" in shown and "on_bad_file" in shown


def test_no_option_of_the_run_is_part_of_what_a_run_is(tmp_path: Path) -> None:
    _write(tmp_path / "in" / "a.jsonl", _good())
    one = build(_corpus(tmp_path / "in"), tmp_path / "out")
    heard = Heard()
    two = build(_corpus(tmp_path / "in", on_bad_file="error", max_failed_share=0), tmp_path / "out", observer=heard)
    assert one == two
    assert "is complete already" in heard.notes[-1]
