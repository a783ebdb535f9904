"""Upsample that are learned from a corpus, and filters that decide after clusters, in whole runs."""

import json
import random
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from tests.run.corpora import build, hashes, table, words
from tests.texts import texts
from xdata.cli import main
from xdata.dedup.exact import ExactDuplicates
from xdata.dedup.lines import LineHashes
from xdata.dedup.minhash import MinHash
from xdata.dedup.repeated_lines import RepeatedLines
from xdata.dedup.text_hash import TextHash
from xdata.errors import ConfigError
from xdata.export.sentences import Sentences
from xdata.export.shards import Shards
from xdata.export.upsample import LearnUpsample, Pool, SizeCount, Upsample
from xdata.filters.errors import DropErrors
from xdata.filters.thresholds import Threshold
from xdata.output.check import check
from xdata.output.explain import explain
from xdata.output.manifest import Manifest
from xdata.readers.files import Files
from xdata.readers.source_specs import parse_sources
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe, Stage
from xdata.run.build import extending
from xdata.run.parts import DecideFacts
from xdata.run.task import Task
from xdata.scores.length import NumWords

PLANTED = {1: (200, 0.5), 2: (120, 0.25), 3: (100, 0.1), 5: (100, 0.6)}
"""Size of cluster -> clusters, and the share of them that is too short."""
LANGUAGES = ("swh_Latn", "sin_Sinh", "tha_Thai")
SMALL = "hin_Deva"
"""A language with too few documents to learn from."""
MIN_WORDS = 12


def _pieces(code: str) -> list[str]:
    """Words of a language, or runs of letters where no spaces part words."""
    whole = " ".join(texts(code))
    if code != "tha_Thai":
        return sorted({word for word in whole.split() if len(word) > 2})
    letters = "".join(whole.split())
    return sorted({letters[start : start + 4] for start in range(0, len(letters), 4)})


def _rows(code: str, planted: dict[int, tuple[int, float]]) -> list[dict[str, str]]:
    """Shards of random words, each as often as its cluster is large, with other spaces each time."""
    draw, words = random.Random(code), _pieces(code)
    parting, least = ("", 2) if code == "tha_Thai" else (" ", 4)
    found: list[dict[str, str]] = []
    for size, (num, share) in planted.items():
        for number in range(num):
            text = parting.join(draw.choices(words, k=least if number < share * num else 24))
            url = f"https://{code.lower().replace('_', '-')}.example/{size}/{number}"
            found += [{"text": f"{text}{' ' * n}", "url": f"{url}/{n}", "language": code} for n in range(size)]
    return found


@pytest.fixture(scope="module")
def crawl(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("input") / "crawl"
    folder.mkdir()
    rows = [row for code in LANGUAGES for row in _rows(code, PLANTED)]
    rows += _rows(SMALL, {1: (20, 0.5), 2: (10, 0.0)})
    random.Random(0).shuffle(rows)
    for number in range(3):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows[number::3]]
        (folder / f"{number}.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


def _recipe(folder: Path, **options: Any) -> Recipe:
    source = Source(name="crawl", root=str(folder), patterns=("**",), fields={"language": "language"})
    edit = Stage("read", (Files(sources=(source,)),))
    annotate = Stage("annotate", (NumWords(), TextHash(), MinHash()))
    decide = Stage("decide", (DropErrors(),))
    exact = Stage("exact", (ExactDuplicates(),))
    enough = Threshold(name="enough", score="scores.num_words", reason="too_few_words", min_value=float(MIN_WORDS))
    rules = Stage("rules", (enough,))
    export = Shards(**{"shard_bytes": 400_000, "learn_upsample": LearnUpsample(standard_errors=0), **options})
    return Recipe("rehydrated", (edit, annotate, decide, exact, rules, Stage("corpus", (export,))))


@pytest.fixture(scope="module")
def out(crawl: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("upsample") / "out"
    build(_recipe(crawl), out)
    return out


def test_filters_decide_over_what_clusters_left_and_nothing_is_lost(out: Path) -> None:
    assert check(out) == []
    ledger = table(out, "ledger")
    reasons = Counter(tuple(reason["reason"] for reason in row["reasons"]) for row in ledger)
    num_rows = len(LANGUAGES) * sum(size * num for size, (num, _) in PLANTED.items()) + 40
    num_clusters = len(LANGUAGES) * sum(num for num, _ in PLANTED.values()) + 30
    num_short = len(LANGUAGES) * round(sum(num * share for num, share in PLANTED.values())) + 10
    assert len(ledger) == num_rows
    assert reasons == {
        ("exact_duplicate",): num_rows - num_clusters,
        ("too_few_words",): num_short,
        (): num_clusters - num_short,
    }
    stages = {stage.name: stage for stage in Manifest.read(out).stages}
    for code in (*LANGUAGES, SMALL):
        numbers = stages["rules"].documents[code]
        assert numbers["read"] == stages["exact"].documents[code]["kept"] == numbers["kept"] + numbers["dropped"]
    # a copy of what was dropped later still names it
    by_id = {row["id"]: row for row in ledger}
    gone = [row for row in ledger if row["survivor"] and by_id[row["survivor"]]["decision"] == "dropped"]
    assert len(gone) == len(LANGUAGES) * round(sum((n - 1) * num * share for n, (num, share) in PLANTED.items()))
    assert all(row["cluster"] == row["survivor"] for row in gone)
    assert any("dropped later as too_few_words" in line for line in explain(out, gone[0]["id"]))


@pytest.mark.parametrize("code", LANGUAGES)
def test_repeats_are_those_of_the_planted_rates(out: Path, code: str) -> None:
    # of 520 documents 200 are too short: .385; less are of clusters of 2 (.25) and 3 (.1), so the first are read
    # 1 + 9 * (.385 - .25) / (.385 - .1) = 5.3 times
    manifest = Manifest.read(out)
    expected = {1: 1, 2: 5, 3: 10, 5: 1}
    assert manifest.upsample[code].table == expected
    assert manifest.upsample[code].pools == tuple(
        Pool(size=size, num_documents=num, num_kept=num - round(num * share), upsample=expected[size])
        for size, (num, share) in PLANTED.items()
    )
    rows = [row for row in table(out, "data") if row["language"] == code]
    assert {(row["cluster_size"], row["upsample"]) for row in rows} == set(expected.items())
    assert manifest.languages[code].num_reads == sum(row["upsample"] for row in rows) == 100 + 90 * 5 + 90 * 10 + 40


def test_a_small_language_is_read_once_with_a_note(out: Path) -> None:
    manifest = Manifest.read(out)
    assert manifest.upsample[SMALL].table == {1: 1}
    assert manifest.languages[SMALL].num_reads == manifest.languages[SMALL].num_rows == 20
    assert any(note.startswith(f"all documents of {SMALL} are to be read once") for note in manifest.notes)


def test_the_id_of_a_document_is_that_of_its_cluster(out: Path) -> None:
    sizes = Counter(row["cluster"] or row["id"] for row in table(out, "ledger"))
    assert all(sizes[row["id"]] == row["cluster_size"] for row in table(out, "data"))


def test_explain_and_card_state_the_reason(out: Path) -> None:
    rows = [row for row in table(out, "data") if row["language"] == "sin_Sinh"]
    identity = next(row["id"] for row in rows if row["cluster_size"] == 3)
    assert (
        "upsample   read 10 times, cluster of 3: filters dropped 10.0% of 100 in clusters of 3 to 4, and "
        "38.5% of all" in explain(out, identity)
    )
    alone = next(row["id"] for row in rows if row["cluster_size"] == 1)
    assert any(line.startswith("upsample   read once, cluster of 1: ") for line in explain(out, alone))
    dropped = next(row["id"] for row in table(out, "ledger") if row["decision"] == "dropped")
    assert not any(line.startswith("upsample") for line in explain(out, dropped))
    assert "| `sin_Sinh` | 1: 1, 2: 5, 3: 10, 5: 1 | 1,490 | learned |" in (out / "README.md").read_text("utf-8")


@pytest.mark.slow
def test_workers_and_what_ranks_take_make_no_difference(
    crawl: Path, out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("xdata.run.phases.decide.RANK_ROWS", 500)
    build(_recipe(crawl), tmp_path / "two", workers=2)
    assert len(Task.load(tmp_path / "two" / "work", "rules").commits) > 1
    assert len(Task.load(out / "work", "rules").commits) == 1
    assert hashes(out, "README.md") == hashes(tmp_path / "two", "README.md")


def test_what_is_written_is_not_written_again(tmp_path: Path) -> None:
    lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in _rows("swh_Latn", {1: (20, 0.5), 2: (10, 0.0)})]
    (tmp_path / "in.jsonl").write_text("".join(lines), encoding="utf-8")
    recipe = _made(
        "monolingual_corpus",
        tmp_path / "in.jsonl",
        languages=("swh_Latn",),
        upsample={"times": {2: 2}},
        thresholds="none",
    )
    build(recipe, tmp_path / "out")
    (tmp_path / "out" / "manifest.json").unlink()
    commits = {path: path.stat().st_mtime_ns for path in (tmp_path / "out" / "work").rglob("commits/*.json")}
    build(recipe, tmp_path / "out")
    assert {path: path.stat().st_mtime_ns for path in commits} == commits


def test_the_same_recipe_again_from_its_yaml(out: Path) -> None:
    text = (out / "recipe.yaml").read_text(encoding="utf-8")
    read = Recipe.from_yaml(text, where="recipe.yaml")
    assert read.to_yaml() == text
    assert read.stage("corpus").steps[0].learn_upsample == LearnUpsample(standard_errors=0)  # type: ignore[attr-defined]


def test_the_result_is_independent_of_order_and_a_given_table_takes_precedence(
    crawl: Path, out: Path, tmp_path: Path
) -> None:
    turned = tmp_path / "turned"
    turned.mkdir()
    for path in crawl.iterdir():
        lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
        (turned / path.name).write_text("".join(reversed(lines)), encoding="utf-8")
    recipe = _recipe(turned, upsample_by_language={"tha_Thai": {1: 2, 3: 0}})
    stages = (*recipe.stages, Stage("sentences", (Sentences(),)))
    found = build(Recipe("rehydrated", stages), tmp_path / "out")
    assert check(tmp_path / "out") == []
    learned = {code: upsample for code, upsample in Manifest.read(out).upsample.items() if code != "tha_Thai"}
    assert found.upsample == {**learned, "tha_Thai": Upsample(table={1: 2, 3: 0})}
    rows = [row for row in table(tmp_path / "out", "data") if row["language"] == "tha_Thai"]
    assert {(row["cluster_size"], row["upsample"]) for row in rows} == {(1, 2), (2, 2), (3, 0), (5, 0)}
    identity = next(row["id"] for row in rows if row["cluster_size"] == 1)
    assert "upsample   read 2 times, cluster of 1, set by the recipe" in explain(tmp_path / "out", identity)


def test_what_was_published_is_kept_and_teaches_nothing(crawl: Path, out: Path, tmp_path: Path) -> None:
    more = tmp_path / "more"
    more.mkdir()
    rows = _rows("swh_Latn", {1: (10, 1.0)})
    (more / "new.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows[:10]), encoding="utf-8")
    manifest = build(extending(_recipe(more), out), tmp_path / "out")
    assert check(tmp_path / "out") == []
    assert {row["id"] for row in table(out, "data")} == {row["id"] for row in table(tmp_path / "out", "data")}
    facts = Task.load(tmp_path / "out" / "work", "rules").facts(DecideFacts)
    assert [each.sizes for each in facts] == [{"swh_Latn": [SizeCount(size=1, num_documents=10, num_kept=0)]}]
    assert manifest.languages["sin_Sinh"].num_reads == manifest.languages["sin_Sinh"].num_rows


def test_recipes_that_could_not_learn_are_refused(crawl: Path) -> None:
    recipe = _recipe(crawl)
    edit, annotate, decide, exact, rules, corpus = recipe.stages
    with pytest.raises(ConfigError, match="no stage of filters comes after one that clusters"):
        Recipe("wrong", (edit, annotate, decide, exact, Stage("corpus", corpus.steps)))
    lines = Stage("annotate", (*annotate.steps, LineHashes()))
    cut = Stage("cut", (RepeatedLines(),))
    again = Stage("again", (ExactDuplicates(),))
    with pytest.raises(ConfigError, match="they come before what cuts texts"):
        Recipe("wrong", (edit, lines, decide, cut, again, rules, corpus))


def _made(name: str, *inputs: Path, languages: tuple[str, ...] = (), **settings: Any) -> Recipe:
    sources = parse_sources(list(map(str, inputs)))
    return find_recipe(name).make(sources=sources, languages=languages, settings=words(**settings))


def test_tables_as_fineweb2_publishes_them(crawl: Path, tmp_path: Path) -> None:
    path = tmp_path / "up_to_10_reps.json"
    path.write_text('{"swh_Latn": {"1": 1, "2": 3}, "cmn_Hani": {"1": 2}, "fas_Arab": {"4": 5}}')
    made = _made(
        "monolingual_corpus", crawl, languages=("swh_Latn", "zho_Hans", "pes_Arab"), upsample={"file": str(path)}
    )
    step = made.stage("corpus").steps[0]
    assert isinstance(step, Shards)
    assert step.upsample_by_language == {"pes_Arab": {4: 5}, "swh_Latn": {1: 1, 2: 3}, "zho_Hans": {1: 2}}
    assert [stage.name for stage in made.stages] == ["read", "annotate", "decide", "exact", "near", "corpus"]
    with pytest.raises(ConfigError, match="has no table of sin_Sinh"):
        _made("monolingual_corpus", crawl, languages=("sin_Sinh",), upsample={"file": str(path)})
    path.write_text('{"swh_Latn": {"one": 1}}')
    with pytest.raises(ConfigError, match=r"up_to_10_reps\.json: "):
        _made("monolingual_corpus", crawl, languages=("swh_Latn",), upsample={"file": str(path)})
    tables = {"times_by_language": "{sw: {'2': 3}}"}
    given = _made("monolingual_corpus", crawl, languages=("swh_Latn",), upsample=tables).stage("corpus").steps[0]
    assert isinstance(given, Shards) and given.upsample_by_language == {"swh_Latn": {2: 3}}


def test_from_the_command_line(crawl: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    sources = tmp_path / "sources.yaml"
    sources.write_text(
        f"sources:\n- {{name: crawl, path: {crawl}, fields: {{language: language}}}}\n", encoding="utf-8"
    )
    command = ["build", "monolingual_corpus", "--input", str(sources), "--language", "sw", "--language", "si"]
    settings = [
        "upsample.learn=true",
        "upsample.max_times=4",
        f"min_words={MIN_WORDS}",
        "thresholds=none",
        "personal=keep",
    ]
    assert main([*command, "--set", *settings, "--out", str(tmp_path / "out"), "--executor", "inline"]) == 0
    assert check(tmp_path / "out") == []
    manifest = Manifest.read(tmp_path / "out")
    assert [stage.name for stage in manifest.stages] == [
        *("read", "annotate", "decide", "exact", "near", "rules", "corpus")
    ]
    for code in ("swh_Latn", "sin_Sinh"):
        found = manifest.upsample[code]
        assert [pool.num_documents for pool in found.pools] == [num for num, _ in PLANTED.values()]
        # .25 of 120 may be .39 and .1 of 100 may be .24, each with three standard errors
        assert [pool.upsample for pool in found.pools] == [1, 1, 4, 1]
    capsys.readouterr()
    identity = next(row["id"] for row in table(tmp_path / "out", "data") if row["upsample"] == 4)
    assert main(["explain", str(tmp_path / "out"), identity]) == 0
    assert "upsample   read 4 times, cluster of 3: filters dropped 10.0% of 100" in capsys.readouterr().out
