"""Splits without leaks through whole runs: planted ties in five scripts, workers, orders, kills, added input."""

import json
import re
import shutil
import subprocess
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import Any

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tests.dedup.test_components import naive
from tests.run.corpora import as_documents, build, build_killed, hashes, table, words
from tests.texts import texts
from xdata.errors import CheckError, ConfigError
from xdata.output.check import LEAKS, check
from xdata.output.leakage import prove
from xdata.output.manifest import Manifest, ShardName
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe
from xdata.run.build import extending
from xdata.text.analysis import words_of

_LANGUAGES = ("swh_Latn", "sin_Sinh", "pes_Arab", "amh_Ethi", "tha_Thai")
_CODES = dict(zip(_LANGUAGES, ("sw", "si-LK", "fa", "am", "tha"), strict=True))
_TRANSLATION: dict[str, tuple[str, ...]] = {"translation": ("number", "translation_of")}

Row = dict[str, Any]


def _page(language: str, seed: object, *, num_words: int = 60) -> str:
    """Text that has next to no n-gram in common with that of another seed."""
    words = words_of(" ".join(texts(language)))
    return " ".join(Random(f"{language} {seed}").choices(words, k=num_words))


def _row(language: str, name: str, *, host: str | None = None, **facts: Any) -> Row:
    host = host or f"{name}-{language[:3]}.org"
    url = f"https://{host}/{facts.pop('path', 'a')}"
    return {"text": _page(language, name), "language": language, "url": url} | facts


def planted() -> tuple[list[Row], list[list[str]]]:
    """(rows in five scripts, URLs of those that must be on one side: all others are alone)."""
    rows: list[Row] = []
    ties: list[list[str]] = []

    def tie(found: Iterable[Row]) -> None:
        found = list(found)
        rows.extend(found)
        ties.append([row["url"] for row in found])

    for number in range(6):
        tie(_row(code, f"item{number}", qid=f"Q{number}") for code in _LANGUAGES)
        tie(_row(code, f"family{number}", host=f"site{number}.org", path=f"{_CODES[code]}/x") for code in _LANGUAGES)
        original = [_row("swh_Latn", f"original{number}", number=f"n{number}")]
        tie(
            original
            + [_row(c, f"made{number}", number=f"{c}{number}", translation_of=f"n{number}") for c in _LANGUAGES[1:]]
        )
        tie(_row(code, f"listed{number}", source_ids=[f"s{number}", f"{code}{number}"]) for code in _LANGUAGES)
    for code in _LANGUAGES:
        near = [_row(code, f"near{step}") for step in range(3)]
        for step, row in enumerate(near):
            row["text"] = _page(code, "near") + f" {_page(code, step, num_words=4)}"
        tie(near)
        rows.extend(_row(code, f"alone{number}") for number in range(12))
    same = [_row(code, "same") for code in _LANGUAGES]
    for row in same:  # the same text, declared to be in five languages
        row["text"] = _page("tha_Thai", "same")
    tie(same)
    # what goes as a duplicate ties what stays for it: the copy's item is that of a text in another language
    kept, copy, other = (_row(c, f"copy{n}") for n, c in enumerate(("sin_Sinh", "sin_Sinh", "amh_Ethi")))
    kept["text"] += "\n"
    copy |= {"text": kept["text"] + " ", "qid": "Q-copy"}
    tie([kept, copy, other | {"qid": "Q-copy"}])
    # chains over kinds: item - family - item
    chain = [
        _row("swh_Latn", "chain0", qid="Q-chain0"),
        _row("pes_Arab", "chain1", qid="Q-chain0", host="chain.org", path="fa/x"),
        _row("tha_Thai", "chain2", qid="Q-chain1", host="chain.org", path="th/x"),
        _row("amh_Ethi", "chain3", qid="Q-chain1"),
    ]
    tie(chain)
    return rows, ties


def _write(folder: Path, rows: Sequence[Row], *, num_files: int = 1) -> Source:
    folder.mkdir(parents=True, exist_ok=True)
    for number in range(num_files):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows[number::num_files]]
        (folder / f"{number}.jsonl").write_text("".join(lines), encoding="utf-8")
    return Source(
        name=folder.name, root=str(folder), patterns=("*.jsonl",), fields={"language": "language"}, groups=_TRANSLATION
    )


def _recipe(*sources: Source, **settings: Any) -> Recipe:
    options = {
        "splitting.splits": "{validation: 0.2, test: 0.2}",
        "splitting.groups": "[qid]",
        "splitting.subsets": "[0.1, 0.5]",
        "dedup.min_similarity": "1",
        "output.shard_bytes": "8000",
        **words(**settings),
    }
    return as_documents(find_recipe("deduplicate").make(sources=sources, settings=options))


def sides(out: Path) -> dict[str, tuple[str, int]]:
    """URL -> (split, group) of every document that was written."""
    found = {}
    for path in sorted((out / "data").rglob("*.parquet")):
        shard = ShardName.parse(path.relative_to(out).as_posix())
        assert shard is not None
        for row in pq.read_table(path).to_pylist():
            found[row["url"]] = (shard.split, row["split_group"])
    return found


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("groups")


@pytest.fixture(scope="module")
def out(inputs: Path) -> Path:
    build(_recipe(_write(inputs / "in", planted()[0])), inputs / "out")
    return inputs / "out"


def test_groups_are_what_was_planted_and_nothing_else(out: Path) -> None:
    rows, ties = planted()
    urls = [row["url"] for row in rows]
    place = {url: number for number, url in enumerate(urls)}
    expected = naive(len(urls), [(place[tie[0]], place[other]) for tie in ties for other in tie])
    found = sides(out)
    wanted: dict[int, set[str]] = defaultdict(set)
    groups: dict[int, set[str]] = defaultdict(set)
    for url, label in zip(urls, expected, strict=True):
        if url in found:
            wanted[label].add(url)
            groups[found[url][1]].add(url)
    assert sorted(map(sorted, groups.values())) == sorted(map(sorted, wanted.values()))
    assert len(found) == len(urls) - 1  # but for the copy
    assert {split for split, _ in found.values()} == {"train", "validation", "test"}


def test_no_group_is_on_two_sides_and_the_folder_is_whole(out: Path) -> None:
    splits = defaultdict(set)
    for split, group in sides(out).values():
        splits[group].add(split)
    assert {len(found) for found in splits.values()} == {1}
    assert check(out) == []
    assert not table(out, "rejects")[0].keys() & {"split_group"}


def test_the_leakage_check_counts_groups_and_documents(out: Path) -> None:
    leakage = Manifest.read(out).leakage
    data = table(out, "data")
    assert leakage is not None
    assert leakage.compared["documents"] == leakage.compared["pages"] == len(data)
    assert leakage.compared["texts"] == len({row["text"].strip() for row in data})
    assert leakage.compared["groups"] == leakage.num_groups == len({row["split_group"] for row in data})
    assert leakage.compared["shared values"] == len({value for row in data for value in row["groups"] or ()})
    assert not any(leakage.on_two_sides.values())
    assert leakage.near is not None and leakage.near.on_two_sides == 0
    counts = Counter(split for split, _ in sides(out).values())
    assert {name: split.num_documents for name, split in leakage.splits.items()} == counts
    assert leakage.largest_group == max(Counter(group for _, group in sides(out).values()).values())
    assert leakage.shared["qid"] == sum(any(v.startswith("qid=") for v in row["groups"] or ()) for row in data)
    card = (out / "README.md").read_text(encoding="utf-8")
    assert f"Read back from the files: of {len(data):,} documents" in card
    assert "| validation |" in card


def test_the_check_proves_it_by_the_texts_alone_with_the_same_counts(out: Path) -> None:
    manifest = Manifest.read(out)
    again, problems = prove(out, manifest)
    assert problems == []
    assert manifest.leakage is not None
    assert (again.compared, again.near, again.splits) == (
        manifest.leakage.compared,
        manifest.leakage.near,
        manifest.leakage.splits,
    )


@pytest.mark.slow
def test_order_files_parts_and_workers_change_no_side(out: Path, tmp_path: Path) -> None:
    rows = planted()[0]
    Random(1).shuffle(rows)
    source = _write(tmp_path / "in", rows, num_files=3)
    build(_recipe(source), tmp_path / "out", workers=2, part_bytes=5000)
    kept = {
        url: side for url, side in sides(tmp_path / "out").items() if "copy" not in url
    }  # of two copies another may stay
    assert kept == {url: side for url, side in sides(out).items() if "copy" not in url}


def test_added_input_moves_only_what_it_ties(out: Path, inputs: Path, tmp_path: Path) -> None:
    found = sides(out)
    by_split: dict[str, list[str]] = defaultdict(list)
    for url, (split, _) in found.items():
        if "alone" in url:
            by_split[split].append(url)
    one, other = by_split["train"][0], by_split["test"][0]
    new = [
        _row("swh_Latn", "new0"),
        _row("tha_Thai", "new1", qid="Q0"),
        _row("amh_Ethi", "bridge", url=f"{one}#top"),
        _row("sin_Sinh", "bridge", url=f"{other}/", qid="Q-bridge"),
    ]
    new[2]["qid"] = "Q-bridge"
    build(extending(_recipe(_write(tmp_path / "new", new)), out), tmp_path / "out")
    assert check(tmp_path / "out") == []
    after = sides(tmp_path / "out")
    assert len(after) == len(found) + len(new)
    moved = {url for url in found if after[url][0] != found[url][0]}
    assert moved <= {one, other}
    tied = {after[url] for url in (one, other, new[2]["url"], new[3]["url"])}
    assert len(tied) == 1
    assert tied.pop()[0] in {"train", "test", found[one][0]}
    item = {after[url] for url in after if "item0-" in url or "new1" in url}
    assert item == {found[url] for url in found if "item0-" in url}


def test_sites_stay_whole_and_a_giant_group_is_reported_and_never_split(tmp_path: Path) -> None:
    rows = [_row(code, f"g{number}", host="giant.org", path=number) for code in _LANGUAGES for number in range(6)]
    rows += [_row(code, f"small{number}") for code in _LANGUAGES for number in range(4)]
    manifest = build(
        _recipe(_write(tmp_path / "in", rows), splitting={"by": "site", "subsets": "[]"}), tmp_path / "out"
    )
    giant = {side for url, side in sides(tmp_path / "out").items() if "giant.org" in url}
    assert len(giant) == 1
    assert manifest.leakage is not None and manifest.leakage.largest_group == 30
    assert "sites" in manifest.leakage.compared
    [note] = [note for note in manifest.notes if note.startswith("splits: ")]
    assert "60.0% of the documents belong together (as of giant.org), more than a split was to have" in note
    assert "splitting.groups: no kept document has a 'qid'" in manifest.notes
    assert check(tmp_path / "out") == []


def test_urls_with_codes_and_near_texts_may_be_left_out(tmp_path: Path) -> None:
    rows = [_row(code, "family", host="site.org", path=f"{_CODES[code]}/x") for code in _LANGUAGES]
    made = build(
        _recipe(_write(tmp_path / "in", rows), splitting={"translations": "false", "similarity": "null"}),
        tmp_path / "out",
    )
    assert len({group for _, group in sides(tmp_path / "out").values()}) == len(rows)
    assert made.leakage is not None and made.leakage.near is None
    assert "Near duplicates across splits" in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_parts_of_one_document_are_on_one_side(tmp_path: Path) -> None:
    rows = []
    for number in range(12):
        parts = [texts(code)[number % 5] for code in ("swh_Latn", "amh_Ethi", "tha_Thai")]
        rows.append({"text": "\n\n".join(parts), "url": f"https://mixed{number}.org/a"})
    settings = {"language.mixed": "route", "thresholds": "none", "language.min_script_share": "0", "min_words": "1"}
    source = Source(name="in", root=str(tmp_path / "in"), patterns=("*.jsonl",))
    _write(tmp_path / "in", rows)
    words = {**settings, "splitting.splits": "{test: 0.3}", "dedup.max_cluster_size": "2"}
    made = find_recipe("monolingual_corpus").make(
        sources=[source], languages=("swh_Latn", "amh_Ethi", "tha_Thai"), settings=words
    )
    manifest = build(made, tmp_path / "out")
    assert check(tmp_path / "out") == []
    assert any(row["made_from"] for row in table(tmp_path / "out", "ledger"))
    by_page = defaultdict(set)
    for url, side in sides(tmp_path / "out").items():
        by_page[url].add(side)
    assert all(len(found) == 1 for found in by_page.values())
    assert manifest.leakage is not None and manifest.leakage.compared["parts of documents"] > 0


def test_a_recipe_that_keeps_duplicates_has_them_on_one_side(tmp_path: Path) -> None:
    rows = [_row(code, f"page{number}") for code in _LANGUAGES for number in range(8)]
    copies = [row | {"url": row["url"].replace("page", "copy")} for row in rows]
    evaluation = tmp_path / "eval.jsonl"
    evaluation.write_text(json.dumps({"text": _page("swh_Latn", "test item")}) + "\n", encoding="utf-8")
    words = {
        "splitting.splits": "{test: 0.4}",
        "embedder": "null",
        "decontamination.evaluation_sets": json.dumps([{"name": "e", "path": str(evaluation), "language": "swh_Latn"}]),
    }
    made = find_recipe("decontaminate").make(sources=[_write(tmp_path / "in", [*rows, *copies])], settings=words)
    manifest = build(as_documents(made), tmp_path / "out")
    assert check(tmp_path / "out") == []
    found = sides(tmp_path / "out")
    assert len(found) == len(rows) * 2
    assert all(found[row["url"]] == found[copy["url"]] for row, copy in zip(rows, copies, strict=True))
    assert manifest.leakage is not None and manifest.leakage.num_groups == len(rows)


def test_documents_that_cuts_made_shorter_are_compared_as_they_are_written(tmp_path: Path) -> None:
    rows = [_row(code, f"page{number}") for code in _LANGUAGES for number in range(8)]
    for number, row in enumerate(rows):
        row["text"] += "\n" + _page(row["language"], "the same in all", num_words=80)
        row["url"] = f"https://{row['language'][:3]}-cut.org/{number}"
    source = Source(name="in", root=str(tmp_path / "in"), patterns=("*.jsonl",))
    _write(tmp_path / "in", rows)
    words = {
        "splitting.splits": "{test: 0.3}",
        "dedup.exact_substring_words": "40",
        "thresholds": "none",
        "min_words": "1",
        "language.min_script_share": "0",
        "language.min_score": "0",
        "dedup.min_similarity": "1",
    }
    made = find_recipe("monolingual_corpus").make(sources=[source], languages=_LANGUAGES, settings=words)
    manifest = build(made, tmp_path / "out")
    assert check(tmp_path / "out") == []
    assert manifest.changes["exact_substrings.documents"] >= len(rows) - len(_LANGUAGES)
    assert manifest.leakage == prove(tmp_path / "out", manifest)[0].model_copy(
        update={
            name: getattr(manifest.leakage, name) for name in ("num_groups", "largest_group", "largest_sites", "shared")
        }
    )
    assert manifest.leakage is not None and (manifest.leakage.num_groups or 0) > len(rows) / 2


def test_nothing_is_held_back_of_nothing(tmp_path: Path) -> None:
    rows: list[Row] = [{"text": "a", "language": "no language"}]
    manifest = build(_recipe(_write(tmp_path / "in", rows)), tmp_path / "out")
    assert check(tmp_path / "out") == []
    assert manifest.leakage is not None and not any(manifest.leakage.compared.values())


@pytest.mark.slow
def test_a_kill_and_a_second_run_make_the_same_bytes(out: Path, inputs: Path, tmp_path: Path) -> None:
    recipe = _recipe(_write(inputs / "in", planted()[0]))
    command = build_killed(recipe, tmp_path / "out", num_commits=12)
    subprocess.run(command, check=True, capture_output=True)
    assert sides(tmp_path / "out") == sides(out)
    assert hashes(tmp_path / "out") == hashes(out)


def _rewrite(out: Path, change: Callable[[dict[str, list[Row]]], None]) -> None:
    """Changes rows of the data: split -> rows, whatever their config."""
    paths = sorted((out / "data").rglob("*.parquet"))
    found: dict[str, list[Row]] = {str(path): pq.read_table(path).to_pylist() for path in paths}
    change(found)
    for path in paths:
        pq.write_table(pa.Table.from_pylist(found[str(path)], schema=pq.read_schema(path)), path)


def _by_side(found: dict[str, list[Row]], side: str) -> list[Row]:
    return next(rows for path, rows in sorted(found.items()) if f"/{side}-" in path and rows)


def _copy_of_text(found: dict[str, list[Row]]) -> None:
    _by_side(found, "test")[0]["text"] = _by_side(found, "train")[0]["text"] + " \n"


def _near_copy(found: dict[str, list[Row]]) -> None:
    _by_side(found, "test")[0]["text"] = _by_side(found, "train")[0]["text"] + " ni"


def _same_page(found: dict[str, list[Row]]) -> None:
    _by_side(found, "test")[0]["url"] = _by_side(found, "train")[0]["url"] + "#x"


def _same_family(found: dict[str, list[Row]]) -> None:
    _by_side(found, "test")[0]["url"] = _by_side(found, "train")[0]["url"].replace(".org/", ".org/mt/")


def _same_item(found: dict[str, list[Row]]) -> None:
    for side in ("train", "validation"):
        _by_side(found, side)[0]["groups"] = ["qid=Q-leak"]


def _same_document(found: dict[str, list[Row]]) -> None:
    _by_side(found, "test")[0]["id"] = _by_side(found, "train")[0]["id"]


def _part(found: dict[str, list[Row]]) -> None:
    _by_side(found, "test")[0]["groups"] = [f"made_from={_by_side(found, 'train')[0]['id']}"]


def _same_group(found: dict[str, list[Row]]) -> None:
    _by_side(found, "test")[0]["split_group"] = _by_side(found, "train")[0]["split_group"]


def _twice(found: dict[str, list[Row]]) -> None:
    rows = next(rows for path, rows in sorted(found.items()) if "/train-to_100-" in path and len(rows) > 1)
    rows[0]["id"] = rows[1]["id"]


def _not_nested(found: dict[str, list[Row]]) -> None:
    small = next(rows for path, rows in sorted(found.items()) if "/train-to_10-" in path and rows)
    small.clear()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (_copy_of_text, r"splits: 1 texts are in more than one split, as those of \w{32} \(\w+\) and \w{32} \(\w+\)"),
        (_near_copy, r"splits: \d+ pairs of documents in different splits have 0.5 of their n-grams in common"),
        (_same_page, r"splits: 1 pages are in more than one split"),
        (_same_family, r"splits: 1 families of URLs are in more than one split"),
        (_same_item, r"splits: 1 shared values are in more than one split"),
        (_same_document, r"splits: 1 documents are in more than one split"),
        (_part, r"splits: 1 parts of documents are in more than one split"),
        (_same_group, r"splits: 1 groups are in more than one split"),
        (_twice, r"splits: 1 documents are written twice"),
        (_not_nested, r"subsets: data/\w+: 10 % of \d+ rows are \d+, not \d+"),
    ],
)
def test_a_leak_in_the_shards_is_found_by_the_check(
    out: Path, tmp_path: Path, change: Callable[[dict[str, list[Row]]], None], message: str
) -> None:
    shutil.copytree(out, tmp_path / "out", ignore=shutil.ignore_patterns("work"))
    _rewrite(tmp_path / "out", change)
    problems = check(tmp_path / "out")
    assert re.search(message, " | ".join(problems)), problems
    assert any(problem.startswith(LEAKS) for problem in problems)


def test_a_proof_that_cannot_be_made_is_no_leakage(out: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "nowhere"))
    [problem] = check(out)
    assert problem.startswith("splits: cannot be proved: ")


@pytest.fixture(scope="module")
def listed(inputs: Path) -> Path:
    """Documents and their sentences, some of which several languages have."""
    shared = [_page("tha_Thai", f"common {number}", num_words=9) for number in range(6)]
    rows = [_row(code, f"said{number}") for code in _LANGUAGES for number in range(12)]
    for number, row in enumerate(rows):
        row["text"] += f"\n{shared[number % 6]}\n{_page(row['language'], number // 2, num_words=8)}"
    source = Source(
        name="said", root=str(inputs / "said"), patterns=("*.jsonl",), fields={"language": "language"}, license="CC0"
    )
    _write(inputs / "said", rows)
    words = {"thresholds": "none", "min_words": "1", "language.min_script_share": "0", "language.min_score": "0"}
    words |= {"dedup.min_similarity": "1", "splitting.splits": "{dev: 0.2, test: 0.2}", "splitting.subsets": "[0.5]"}
    build(
        find_recipe("monolingual_corpus:korpus_malti").make(sources=[source], languages=_LANGUAGES, settings=words),
        inputs / "said_out",
    )
    return inputs / "said_out"


def _sentences(out: Path) -> dict[tuple[str, str], set[str]]:
    """(language, split) -> what its sentences say."""
    found: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in sorted((out / "sentences").rglob("*.parquet")):
        shard = ShardName.parse(path.relative_to(out).as_posix())
        assert shard is not None
        found[shard.language, shard.split] |= set(pq.read_table(path)["text"].to_pylist())
    return found


def test_sentences_are_on_one_side_of_their_language_and_those_of_other_languages_are_counted(listed: Path) -> None:
    assert check(listed) == []
    splits: dict[str, set[str]] = defaultdict(set)
    by_language: dict[tuple[str, str], set[str]] = defaultdict(set)
    for (language, split), found in _sentences(listed).items():
        for said in found:
            splits[said].add(split)
            by_language[language, said].add(split)
    assert all(len(found) == 1 for found in by_language.values())
    leakage = Manifest.read(listed).leakage
    assert leakage is not None
    assert leakage.same_in_other_languages == sum(len(found) > 1 for found in splits.values()) > 0
    assert leakage.compared["sentences"] == len(by_language)
    assert leakage.subsets["sentences"] == len(_LANGUAGES)
    assert "sentences are in another split too, in another language" in (listed / "README.md").read_text("utf-8")


@pytest.mark.parametrize(
    ("column", "message"),
    [
        (
            "text",
            r"splits: 1 sentences are in more than one split, as those of \w{32}#\d+ \(\w+\) and \w{32}#\d+ \(\w+\)",
        ),
        ("source_ids", r"splits: 1 documents of sentences are in more than one split, as those of "),
    ],
)
def test_a_sentence_on_the_other_side_is_found(listed: Path, tmp_path: Path, column: str, message: str) -> None:
    shutil.copytree(listed, tmp_path / "out", ignore=shutil.ignore_patterns("work"))
    test, train = (next((tmp_path / "out" / "sentences" / "swh_Latn").glob(f"{name}-*")) for name in ("test", "train"))
    rows = pq.read_table(test).to_pylist()
    rows[0][column] = pq.read_table(train).to_pylist()[0][column]
    pq.write_table(pa.Table.from_pylist(rows, schema=pq.read_schema(test)), test)
    problems = check(tmp_path / "out")
    assert re.search(message, " | ".join(problems)), problems
    assert any(problem.startswith(LEAKS) for problem in problems)


def test_a_plan_that_would_leak_fails_the_build_in_one_line(tmp_path: Path) -> None:
    recipe = _recipe(_write(tmp_path / "in", planted()[0]))
    build(recipe, tmp_path / "out")
    [path] = (tmp_path / "out" / "work").glob("groups-*/*.groups.parquet")
    file = pq.ParquetFile(path)
    groups = [file.read_row_group(number) for number in range(file.num_row_groups)]
    with pq.ParquetWriter(path, file.schema_arrow) as writer:
        for number, group in enumerate(groups):
            spread = [
                None if v is None else (v * 7919 * (number + 1)) % 2**64 for v in group["split_group"].to_pylist()
            ]
            writer.write_table(pa.table({"split_group": pa.array(spread, pa.uint64())}), row_group_size=group.num_rows)
    [commit] = path.parent.glob("commits/*.json")
    facts = orjson.loads(commit.read_bytes())
    facts["outputs"][0]["num_bytes"] = path.stat().st_size
    commit.write_bytes(orjson.dumps(facts))
    shutil.rmtree(next((tmp_path / "out" / "work").glob("corpus-*")))
    (tmp_path / "out" / "manifest.json").unlink()
    with pytest.raises(
        CheckError,
        match=r"the leakage check failed, so the output is not published: splits: \d+ .* are in more than one split",
    ):
        build(recipe, tmp_path / "out")
    assert not (tmp_path / "out" / "manifest.json").exists()


def test_names_of_groups_that_cannot_be_are_refused(tmp_path: Path) -> None:
    source = _write(tmp_path / "in", [])
    with pytest.raises(ConfigError, match="'Q id' is not a name of a group"):
        _recipe(source, splitting={"groups": "[Q id]"})
