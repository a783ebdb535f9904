"""Steps that cut parts out of documents, in whole runs."""

import json
from collections import Counter
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from tests.run.corpora import LANGUAGES, build, hashes, table
from tests.texts import texts
from xdata.context import Context
from xdata.dedup.exact import ExactDuplicates
from xdata.dedup.lines import LineHashes
from xdata.dedup.minhash import MinHash
from xdata.dedup.repeated_lines import RepeatedLines
from xdata.dedup.repeated_substrings import RepeatedSubstrings
from xdata.dedup.text_hash import TextHash
from xdata.errors import ConfigError, RunError
from xdata.export.sentences import Sentences
from xdata.export.shards import Shards
from xdata.export.splits import SplitGroups
from xdata.filters.errors import DropErrors
from xdata.filters.quota import Quota
from xdata.output.check import check
from xdata.output.diff import diff
from xdata.output.explain import explain
from xdata.output.manifest import Manifest
from xdata.readers.files import Files
from xdata.readers.sources import Source
from xdata.recipe.recipe import Recipe, Stage
from xdata.run.build import extending
from xdata.scores.length import NumWords
from xdata.step import Export, RemoveSpans, Step, TextColumns
from xdata.text.analysis import count_words
from xdata.text.removed_spans import RemovedSpans, cut_out

NUM_PAGES = 8
MIN_LEFT = 3
CUTS: tuple[RemoveSpans, ...] = (
    RepeatedLines(min_documents=5, min_characters=60, min_words_left=MIN_LEFT),
    RepeatedSubstrings(min_words=8, min_characters=30, min_words_left=MIN_LEFT),
)


def _rows(code: str) -> list[dict[str, str]]:
    """Pages with a menu, some with a run of words that others have too, stubs, and equal pages of two sites."""
    whole = "".join(texts(code)).replace("\n", " ")
    menu, run = f"{whole[:14]} |\n", whole[100:220]
    url = f"https://{code.lower().replace('_', '-')}.example"
    pages = [f"{menu}{whole[400 + n * 150 : 520 + n * 150]} {n}" for n in range(NUM_PAGES)]
    pages[2] += f"\n{run}"
    pages[5] = f"{pages[5]} {run} {whole[3000:3100]}"
    found = [*((f"{url}/{n}", page) for n, page in enumerate(pages)), *((f"{url}/stub/{n}", menu) for n in range(2))]
    found.append((f"{url}/equal", f"{menu}\n{whole[2000:2024]}"))
    found.append(("https://other.example/equal", whole[2000:2024]))
    return [{"text": text, "url": place, "language": code} for place, text in found]


def _recipe(folder: Path, *steps: Step, export: Sequence[Export] = (Shards(),)) -> Recipe:
    source = Source(name="crawl", root=str(folder), patterns=("**",), fields={"language": "language"})
    edit = Stage("read", (Files(sources=(source,)),))
    annotate = Stage("annotate", (NumWords(), TextHash(), MinHash(), LineHashes()))
    stages = [edit, annotate, Stage("decide", (DropErrors(),))]
    for step in (*steps, *export):
        stages.append(Stage(step.name, (step,)))
    return Recipe("cut", tuple(stages))


def _cutting(folder: Path) -> Recipe:
    first, again = ExactDuplicates(), ExactDuplicates(name="exact_again")
    exports = (
        Shards(splits={"test": 0.2}, shard_bytes=8192),
        Sentences(splits={"test": 0.2}),
    )
    return _recipe(folder, first, *CUTS, again, SplitGroups(), export=exports)


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("input") / "crawl"
    folder.mkdir()
    found = sorted((row for code in LANGUAGES for row in _rows(code)), key=lambda row: row["url"][::-1])
    for number in range(2):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in found[number::2]]
        (folder / f"{number}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def out(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("cut") / "out"
    build(_cutting(crawl), out)
    return out


@pytest.fixture(scope="module")
def whole(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Id -> text of each document, as it was before anything was cut."""
    out = tmp_path_factory.mktemp("whole") / "out"
    build(_recipe(crawl), out)
    return {row["id"]: row["text"] for row in table(out, "data")}


def _ranges(row: dict[str, list[dict[str, int]] | None]) -> list[tuple[int, int]]:
    return [(one["start"], one["end"]) for one in row["cuts"] or ()]


def test_what_is_left_is_the_text_without_the_ranges_of_the_ledger(out: Path, whole: dict[str, str]) -> None:
    assert check(out) == []
    ledger = {row["id"]: row for row in table(out, "ledger")}
    data, rejects = table(out, "data"), table(out, "rejects")
    assert {row["id"] for row in (*data, *rejects)} == ledger.keys() == whole.keys()
    assert sum(bool(row["cuts"]) for row in ledger.values()) > len(ledger) // 2
    for row in data:
        assert row["text"] == cut_out(whole[row["id"]], _ranges(ledger[row["id"]]))
    for row in rejects:
        assert row["text"] == whole[row["id"]]


@pytest.mark.parametrize("code", LANGUAGES)
def test_menus_and_the_second_copy_of_a_run_are_removed(out: Path, code: str) -> None:
    text = "".join(texts(code)).replace("\n", " ")
    kept = [row["text"] for row in table(out, "data") if row["language"] == code]
    assert not [one for one in kept if one.startswith(text[:14] + " |")]
    assert sum(text[130:190] in one for one in kept) == 1
    assert len(kept) == NUM_PAGES + 1


def test_documents_that_become_too_short_or_equal_after_cuts_are_dropped(out: Path) -> None:
    ledger = table(out, "ledger")
    for row in ledger:
        if "/stub/" in row["url"] and row["reasons"][0]["step"] != "exact":
            (reason,) = row["reasons"]
            assert (reason["step"], reason["reason"]) == ("repeated_lines", "too_few_words_left")
            assert reason["value"] == 0 < reason["threshold"] == MIN_LEFT
    equal = [row for row in ledger if row["url"].endswith("/equal")]
    dropped = [row for row in equal if row["decision"] == "dropped"]
    assert len(equal) == 2 * len(dropped) == 2 * len(LANGUAGES)
    assert {row["reasons"][0]["step"] for row in dropped} == {"exact_again"}


def test_sums_are_those_of_the_text_that_is_there(out: Path) -> None:
    manifest, data = Manifest.read(out), table(out, "data")
    for code, facts in manifest.languages.items():
        own = [row for row in data if row["language"] == code]
        assert facts.num_rows == len(own)
        assert facts.num_bytes == sum(len(row["text"].encode()) for row in own)
        assert facts.num_characters == sum(len(row["text"]) for row in own)
        assert facts.num_words == sum(count_words(row["text"]) for row in own)
        assert all(row["scores"]["num_words"] == count_words(row["text"]) for row in own)
    ledger = table(out, "ledger")
    gone = sum(end - start for row in ledger for start, end in _ranges(row))
    counted = {name: num for name, num in manifest.changes.items() if name.endswith(".characters")}
    assert counted.keys() == {"repeated_lines.characters", "repeated_substrings.characters"}
    assert sum(counted.values()) == gone
    assert "repeated\\_lines.documents" in (out / "README.md").read_text(encoding="utf-8")


def test_counts_are_those_of_the_ledger(out: Path) -> None:
    found = Counter((row["language"], why["reason"]) for row in table(out, "ledger") for why in row["reasons"])
    counted: Counter[tuple[str, str]] = Counter()
    stages = [stage for stage in Manifest.read(out).stages if stage.phase != "emit"]
    for stage in stages:
        for code, reasons in stage.reasons.items():
            counted.update({(code, reason): number for reason, number in reasons.items()})
    assert counted == found
    assert {reason for _, reason in found} == {"exact_duplicate", "too_few_words_left"}


def test_sentences_are_those_of_what_is_left(out: Path) -> None:
    left = {row["id"]: row["text"] for row in table(out, "data")}
    sentences = table(out, "sentences")
    assert sentences
    assert all(row["text"] in left[row["source_ids"][0]] for row in sentences)


@pytest.mark.slow
def test_workers_change_nothing(crawl: Path, out: Path, tmp_path: Path) -> None:
    build(_cutting(crawl), tmp_path / "two", workers=2)
    assert hashes(tmp_path / "two") == hashes(out)


def test_a_killed_run_resumes_to_the_same_output(crawl: Path, out: Path, tmp_path: Path) -> None:
    recipe = _cutting(crawl)
    build(recipe, tmp_path / "out")
    (tmp_path / "out" / "manifest.json").unlink()
    for stage in ("repeated_lines", "repeated_substrings"):
        folder = next((tmp_path / "out" / "work").glob(f"{stage}-*"))
        (folder / "tmp" / "00000-1" / "scratch" / "swh_Latn" / "0" / "occurrences").mkdir(parents=True)
        next(folder.glob("commits/*.json")).unlink()
        next(folder.glob("*.cuts.parquet")).unlink()
    build(recipe, tmp_path / "out")
    assert hashes(tmp_path / "out") == hashes(out)
    assert not list((tmp_path / "out" / "work").rglob("scratch"))


def test_running_over_what_came_of_it_cuts_nothing_more(out: Path, tmp_path: Path) -> None:
    folder = tmp_path / "again"
    folder.mkdir()
    rows = [{name: row[name] for name in ("text", "url", "language")} for row in table(out, "data")]
    (folder / "a.jsonl").write_text("\n".join(json.dumps(row, ensure_ascii=False) for row in rows), encoding="utf-8")
    build(_cutting(folder), tmp_path / "out")
    assert all(row["cuts"] is None and row["decision"] == "kept" for row in table(tmp_path / "out", "ledger"))
    assert len(table(tmp_path / "out", "data")) == len(rows)


def test_explain_traces_a_document_with_cuts(out: Path) -> None:
    row = next(row for row in table(out, "ledger") if row["cuts"] and row["decision"] == "kept")
    lines = explain(out, row["id"])
    start, end = _ranges(row)[0]
    assert any(line.startswith(f"cuts       {len(row['cuts'])}, ") and f" {start}-{end}" in line for line in lines)
    assert all(not fates.gained and not fates.lost for fates in diff(out, out).values())


def test_signatures_and_sizes_are_measured_again_for_later_stages(crawl: Path, tmp_path: Path) -> None:
    most = 700
    build(_recipe(crawl, *CUTS, Quota(max_bytes=most)), tmp_path / "out")
    ledger = {row["id"]: row for row in table(tmp_path / "out", "ledger")}
    sizes: Counter[str] = Counter()
    for row in table(tmp_path / "out", "data"):
        sizes[row["language"]] += len(row["text"].encode())
    assert sizes.keys() == set(LANGUAGES)
    assert all(size <= most for size in sizes.values())
    over = [row["reasons"][0] for row in ledger.values() if row["reasons"] and row["reasons"][0]["step"] == "quota"]
    assert over and all(reason["value"] > most for reason in over)
    assert check(tmp_path / "out") == []


def test_what_a_published_document_has_is_cut_out_of_new_ones(crawl: Path, out: Path, tmp_path: Path) -> None:
    published = {row["id"]: row["text"] for row in table(out, "data")}
    code = LANGUAGES[0]
    text = "".join(texts(code)).replace("\n", " ")
    new = tmp_path / "new"
    new.mkdir()
    row = {"text": f"{text[3200:3300]}\n{text[100:220]}", "url": f"https://{code}.example/new", "language": code}
    (new / "a.jsonl").write_text(json.dumps(row, ensure_ascii=False), encoding="utf-8")
    steps = (ExactDuplicates(), *CUTS, ExactDuplicates(name="exact_again"))
    build(extending(_recipe(new, *steps), out), tmp_path / "out")
    after = {row["id"]: row["text"] for row in table(tmp_path / "out", "data")}
    assert {identity: after[identity] for identity in published} == published
    (added,) = after.keys() - published.keys()
    assert after[added].startswith(text[3200:3290].strip())
    assert text[130:190] not in after[added]
    assert check(tmp_path / "out") == []


class _Fixed(RemoveSpans):
    """Gives cuts that are made by hand."""

    kind: Literal["dedup.fixed"] = "dedup.fixed"
    found: tuple[tuple[int, int, int], ...] = ()

    def open(self, context: Context) -> Callable[[TextColumns], RemovedSpans]:
        return lambda _: RemovedSpans(*np.array(self.found, dtype=np.int64).reshape(-1, 3).T)


@pytest.mark.parametrize(
    ("found", "message"),
    [
        (((99, 0, 1),), r"step 'fixed' gave cuts that are not of the \d+ rows there are"),
        (((0, 0, 2), (0, 1, 3)), "step 'fixed' gave cuts that overlap, touch or do not ascend"),
        (((0, 0, 2), (0, 2, 3)), "step 'fixed' gave cuts that overlap, touch or do not ascend"),
        (((1, 0, 1), (0, 0, 1)), "step 'fixed' gave cuts that overlap, touch or do not ascend"),
        (((0, 3, 3),), "step 'fixed' gave a cut that is empty or begins before its text"),
    ],
)
def test_cuts_that_cannot_be_are_refused(found: tuple[tuple[int, int, int], ...], message: str) -> None:
    from xdata.run.phases.cut import checked

    with pytest.raises(RunError, match=message):
        checked(_Fixed(found=found), _Fixed(found=found).open(Context())(None), 5)  # type: ignore[arg-type]


def test_a_step_that_cuts_makes_a_stage_alone_behind_decisions(crawl: Path) -> None:
    recipe = _recipe(crawl, CUTS[0])
    assert [stage.phase.name for stage in recipe.stages] == ["read", "annotate", "decide", "cut", "emit"]
    with pytest.raises(ConfigError, match="one step that removes spans"):
        Stage("both", CUTS)
    with pytest.raises(ConfigError, match="cut comes after decide or cluster or cut, not after annotate"):
        Recipe("cut", (*recipe.stages[:2], Stage("cut", CUTS[:1]), recipe.stages[-1]))
