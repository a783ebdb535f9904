"""xdata in pipelines of datatrove, steps of datatrove in recipes, and documents from one to the other."""

import copy
import doctest
import gzip
import json
import pickle
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from datatrove.data import Document
from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.filters import (
    C4BadWordsFilter,
    C4QualityFilter,
    FineWebQualityFilter,
    GopherQualityFilter,
    GopherRepetitionFilter,
    LambdaFilter,
    RegexFilter,
    SamplerFilter,
)
from datatrove.pipeline.filters.base_filter import BaseFilter
from datatrove.pipeline.formatters import FTFYFormatter
from datatrove.pipeline.readers import JsonlReader, ParquetReader
from datatrove.pipeline.writers import JsonlWriter

import xdata
from tests.run.corpora import hashes
from tests.texts import SCRIPTS, sample_pages, texts
from xdata.context import Context
from xdata.edits.languages import RouteLanguages
from xdata.edits.repair import Repair
from xdata.filters.domains import KeepDomains
from xdata.filters.languages import KeepLanguages
from xdata.filters.thresholds import Threshold
from xdata.models.datatrove_step import DatatroveStep
from xdata.readers.files import Files
from xdata.recipe.recipe import Recipe, Stage
from xdata.scores.language import IdentifyLanguage
from xdata.scores.length import NumWords
from xdata.scores.quality import GopherQuality

ENOUGH = (NumWords(), Threshold(score="scores.num_words", min_value=5, reason="too_few_words"))


class Shouting(BaseFilter):  # type: ignore[misc]
    """A filter of a user's, which says no reason."""

    name = "shouting"

    def __init__(self, most: int = 3, exclusion_writer: Any = None) -> None:
        super().__init__(exclusion_writer)
        self.most = most

    def filter(self, doc: Document) -> bool:
        return str(doc.text).count("!") <= self.most


def _documents() -> list[Document]:
    found = [
        Document(texts(code)[0][:400], f"{code}/0", metadata={"url": f"https://{code}.example/"})
        for code in SCRIPTS.values()
    ]
    return [*found, Document("mbili tatu", "short", metadata={"note": "kept"})]


def _run(step: Any, documents: Iterable[Document]) -> list[Document]:
    return list(step(iter(documents)))


# Steps of xdata in a pipeline


def test_scores_and_filters_are_a_filter(tmp_path: Path) -> None:
    with JsonlWriter(str(tmp_path), compression=None) as writer:
        step = xdata.datatrove.step(*ENOUGH, exclusion_writer=writer, batch_size=5)
        kept = _run(step, _documents())
    assert [document.id for document in kept] == [document.id for document in _documents()[:-1]]
    assert all(document.metadata["scores"]["num_words"] >= 5 for document in kept)
    (dropped,) = [json.loads(line) for line in (tmp_path / "00000.jsonl").read_text().splitlines()]
    assert dropped == {
        "text": "mbili tatu",
        "id": "short",
        "metadata": {
            "note": "kept",
            "scores": {"num_words": 2.0},
            "filter_reason": "too_few_words",
            "filter_reasons": [{"reason": "too_few_words", "value": 2.0, "threshold": 5.0, "step": "threshold"}],
        },
    }
    counts = {name: stat.total for name, stat in step.stats.stats.items()}
    assert (counts["total"], counts["forwarded"], counts["dropped"]) == (17, 16, 1)
    assert counts["dropped_too_few_words"] == 1
    assert isinstance(step, BaseFilter)


@pytest.mark.parametrize("batch_size", [1, 3, 1000])
def test_what_comes_out_does_not_depend_on_batches(batch_size: int) -> None:
    def steps(size: int) -> Any:
        return xdata.datatrove.step(IdentifyLanguage(), GopherQuality(), *ENOUGH, batch_size=size)

    assert _run(steps(batch_size), _documents()) == _run(steps(7), _documents())


def test_languages_are_identified_and_reach_later_steps() -> None:
    step = xdata.datatrove.step(IdentifyLanguage(), GopherQuality(), KeepLanguages(languages=("swh_Latn", "tha_Thai")))
    kept = _run(step, _documents())
    assert {document.metadata["language"] for document in kept} == {"swh_Latn", "tha_Thai"}
    assert all("mean_word_length" in document.metadata["scores"] for document in kept)


def test_scores_alone_drop_nothing() -> None:
    found = _run(xdata.datatrove.step(NumWords()), _documents())
    assert len(found) == 17 and found[-1].metadata == {"note": "kept", "scores": {"num_words": 2.0}}


def test_a_declared_language_and_domain_are_believed() -> None:
    given = [Document("mbili tatu nne", "a", metadata={"language": "sw", "domain": "law"}), Document("mbili", "b")]
    found = _run(xdata.datatrove.step(IdentifyLanguage(), KeepDomains(domains=("news",))), given)
    assert [document.id for document in found] == ["b"]
    assert given[0].metadata["language"] == "swh_Latn"


def test_edits_change_texts_and_are_counted() -> None:
    step = xdata.datatrove.step(Repair())
    found = _run(step, [Document("QuÃ©\r\nsí", "a", metadata={"x": 1}), Document("sawa", "b")])
    assert [(document.text, document.id, document.metadata) for document in found] == [
        ("Qué\nsí", "a", {"x": 1}),
        ("sawa", "b", {}),
    ]
    assert step.stats["repair.documents"].total == 1


def test_pages_become_texts_and_those_without_are_dropped(tmp_path: Path) -> None:
    page = next(each for url, each in sample_pages().items() if "/swh_Latn/1" in url)
    assert page.payload is not None
    with JsonlWriter(str(tmp_path), compression=None) as writer:
        step = xdata.datatrove.step(xdata.Extract(), Repair(), exclusion_writer=writer)
        (found,) = _run(
            step, [Document(page.payload.data.decode(), "a"), Document("<html><body></body></html>", "empty")]
        )
    assert "<" not in found.text and len(found.text) > 500
    (dropped,) = [json.loads(line) for line in (tmp_path / "00000.jsonl").read_text().splitlines()]
    assert (dropped["id"], dropped["metadata"]) == ("empty", {"filter_reason": "no_main_text"})
    assert step.stats["dropped_no_main_text"].total == 1


def test_documents_that_an_edit_makes_follow_the_one_that_they_are_made_of() -> None:
    swahili, thai = texts("swh_Latn")[0][:400], texts("tha_Thai")[0][:200]
    given = Document(f"{swahili}\n{thai}", "mixed", metadata={"language": "swh_Latn", "dump": "x"})
    first, other = _run(xdata.datatrove.step(RouteLanguages()), [given])
    assert (first.text, first.id, first.metadata["language"]) == (swahili, "mixed", "swh_Latn")
    assert (other.text, other.metadata) == (thai, {"dump": "x", "made_from": "mixed"})
    assert other.id not in ("", "mixed")


@pytest.mark.parametrize("make", [copy.deepcopy, lambda step: pickle.loads(pickle.dumps(step))])
def test_a_step_travels_to_other_processes_before_and_after_its_use(make: Callable[[Any], Any]) -> None:
    for step in (xdata.datatrove.step(IdentifyLanguage(), *ENOUGH), xdata.datatrove.step(Repair())):
        before = _run(make(step), _documents())
        assert _run(make(step), _documents()) == before == _run(step, _documents())


@pytest.mark.parametrize(
    ("steps", "message"),
    [
        ((), "expected edits, or scores and filters, found none"),
        (
            (Repair(), NumWords()),
            r"expected edits alone, or scores and then filters, found edits\.repair, scores\.num_",
        ),
        (ENOUGH[::-1], "expected edits alone, or scores and then filters"),
        (ENOUGH[1:], r"step 'threshold' reads 'scores\.num_words', which no step before it adds"),
        ((xdata.Shards(),), "expected edits alone"),
    ],
)
def test_steps_that_make_no_step_are_refused(steps: Any, message: str) -> None:
    with pytest.raises(xdata.ConfigError, match=message):
        xdata.datatrove.step(*steps)


# Filters of datatrove in a recipe


@pytest.mark.parametrize(
    ("filter_", "arguments"),
    [
        (GopherQualityFilter(), {}),
        (
            GopherQualityFilter(min_doc_words=20, stop_words=["na", "ya"]),
            {"min_doc_words": 20, "stop_words": ["na", "ya"]},
        ),
        (GopherRepetitionFilter(top_n_grams=((2, 0.5),)), {"top_n_grams": [[2, 0.5]]}),
        (C4QualityFilter(min_num_sentences=2), {"min_num_sentences": 2}),
        (FineWebQualityFilter(short_line_length=10), {"short_line_length": 10}),
        (Shouting(most=1), {"most": 1}),
    ],
)
def test_arguments_are_found_in_attributes(filter_: BaseFilter, arguments: dict[str, Any]) -> None:
    score, drop = xdata.datatrove.filter(filter_)
    assert dict(score.step.arguments) == arguments
    assert drop.label == score.name == DatatroveStep(path=score.step.path).name
    again = score.step.open()
    assert type(again) is type(filter_)
    document = Document(texts("swh_Latn")[0], "a")
    assert again.filter(copy.deepcopy(document)) == filter_.filter(document)


@pytest.mark.parametrize(
    ("make", "message"),
    [
        (
            lambda: xdata.datatrove.filter(RegexFilter("x")),
            "RegexFilter: its attributes do not contain .* give the class",
        ),
        (lambda: xdata.datatrove.filter(FineWebQualityFilter(short_line_thr=0.5)), "its attributes do not contain"),
        (lambda: xdata.datatrove.filter(LambdaFilter(bool)), "LambdaFilter: its attributes do not contain"),
        (lambda: xdata.datatrove.filter(LambdaFilter, filter_function=bool), "filter_function: expected numbers"),
        (lambda: xdata.datatrove.filter(SamplerFilter(0.5)), "verdicts depend on the order of documents"),
        (lambda: xdata.datatrove.filter(C4BadWordsFilter(seed=1)), "its attributes do not contain"),
        (lambda: xdata.datatrove.filter(GopherQualityFilter(), min_doc_words=2), "arguments apply to a class"),
        (lambda: xdata.datatrove.filter(JsonlReader("x")), "expected a filter .* of datatrove"),
        (lambda: xdata.datatrove.filter(dict), "expected a filter .* of datatrove"),
        (
            lambda: xdata.datatrove.filter(GopherQualityFilter(exclusion_writer=JsonlWriter("/tmp"))),
            "exclusion_writer: xdata writes what it drops to rejects/",
        ),
        (lambda: xdata.datatrove.filter(GopherQualityFilter, name="No Name"), "name 'No Name'"),
    ],
)
def test_filters_that_no_recipe_can_hold_are_refused(make: Callable[[], Any], message: str) -> None:
    with pytest.raises(xdata.ConfigError, match=message):
        make()


def test_a_class_of_a_notebook_is_refused() -> None:
    class Local(Shouting):
        pass

    with pytest.raises(xdata.ConfigError, match="workers cannot import: put the class into a Python module"):
        xdata.datatrove.filter(Local())


@pytest.mark.parametrize("path", ["subprocess.Popen", "os.system", "datatrove.data.Document", "no_such.Module"])
def test_a_recipe_loads_nothing_but_filters_and_formatters(path: str) -> None:
    with pytest.raises(xdata.ConfigError, match=r"expected a filter|cannot be imported"):
        DatatroveStep(path=path).open()


def _read(folder: Path, *edits: xdata.Edit) -> Stage:
    source = xdata.Source(name="docs", root=str(folder), patterns=("docs.jsonl",))
    return Stage("read", (Files(sources=(source,)), *edits))


def _recipe(folder: Path, *steps: Any, edits: tuple[Any, ...] = ()) -> Recipe:
    rows = [
        {"text": texts("swh_Latn")[0], "url": "https://a.example/1"},
        {"text": texts("eng_Latn")[0], "url": "https://a.example/2"},
        {"text": "Short text.", "url": "https://a.example/3"},
        {"text": "No! No! No! No! No!", "url": "https://a.example/4"},
    ]
    (folder / "docs.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    scores = [step for step in steps if isinstance(step, xdata.Score)]
    filters = [step for step in steps if isinstance(step, xdata.Filter)]
    return Recipe(
        "by_datatrove",
        (
            _read(folder, *edits),
            Stage("annotate", (IdentifyLanguage(), *scores)),
            Stage("decide", (xdata.DropErrors(), *filters)),
            Stage("corpus", (xdata.Shards(),)),
        ),
    )


def _built(recipe: Recipe, out: Path, **options: Any) -> xdata.Output:
    return xdata.build(recipe, out=out, progress=False, **{"executor": "inline", **options})


def test_a_filter_drops_documents_of_a_recipe_with_its_reasons(tmp_path: Path) -> None:
    gopher = xdata.datatrove.filter(GopherQualityFilter(min_doc_words=10, min_stop_words=2))
    shouting = xdata.datatrove.filter(Shouting())
    recipe = _recipe(tmp_path, *gopher, *shouting)
    found = _built(recipe, tmp_path / "out")
    reasons = {
        row["url"][-1]: [(each["reason"], each["step"]) for each in row["reasons"]]
        for row in found.ledger().to_pylist()
    }
    assert reasons == {
        "1": [("gopher_enough_stop_words", "drop_gopher_quality_filter")],
        "2": [],
        "3": [("gopher_short_doc", "drop_gopher_quality_filter")],
        "4": [("gopher_short_doc", "drop_gopher_quality_filter"), ("shouting", "drop_shouting")],
    }
    assert set(found.ledger(columns=["shouting"])["shouting"].to_pylist()) == {None, "shouting"}
    assert Recipe.from_yaml(recipe.to_yaml(), where="test") == recipe
    again = xdata.build(found.path / "recipe.yaml", out=tmp_path / "again", executor="inline", progress=False)
    assert hashes(again.path) == hashes(found.path)
    other = _built(_recipe(tmp_path, *xdata.datatrove.filter(Shouting(most=9))), tmp_path / "other")
    assert other.manifest.fingerprint != found.manifest.fingerprint


def test_a_filter_that_changes_texts_is_an_edit(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, edits=(xdata.datatrove.edit(C4QualityFilter(min_num_sentences=2)),))
    (tmp_path / "docs.jsonl").write_text(
        '{"text": "Only one sentence here."}\n{"text": "One good sentence. And another one.\\nno end"}\n'
    )
    found = _built(recipe, tmp_path / "out")
    assert [row["text"] for row in found.records()] == ["One good sentence. And another one."]
    (dropped,) = found.rejects(reason="too_few_sentences").to_pylist()
    assert dropped["text"] == "Only one sentence here."
    score, drop = xdata.datatrove.filter(C4QualityFilter(min_num_sentences=2))
    annotate, decide = Stage("annotate", (IdentifyLanguage(), score)), Stage("decide", (drop,))
    by_filter = Recipe("by_filter", (_read(tmp_path), annotate, decide, recipe.stages[-1]))
    message = r"C4QualityFilter changes texts: make it a step with xdata\.datatrove\.edit"
    with pytest.raises(xdata.ConfigError, match=message):
        _built(by_filter, tmp_path / "by_filter")


def test_a_formatter_is_an_edit(tmp_path: Path) -> None:
    edit = xdata.datatrove.edit(FTFYFormatter())
    (tmp_path / "docs.jsonl").write_text('{"text": "x"}\n')
    changed = edit.open(Context())(xdata.Document(_origin(), "â€œHabariâ€\x9d"))
    assert isinstance(changed, xdata.Document)
    assert changed.text == "“Habari”" and changed.changes == (("documents", 1),)
    same = edit.open(Context())(xdata.Document(_origin(), "Habari"))
    assert isinstance(same, xdata.Document) and same.changes == ()


def _origin() -> Any:
    from xdata.records import Origin

    return Origin("s", "f", 0)


@pytest.mark.slow
def test_workers_find_the_filter_too(tmp_path: Path) -> None:
    recipe = _recipe(tmp_path, *xdata.datatrove.filter(GopherQualityFilter(min_doc_words=10)))
    one = _built(recipe, tmp_path / "one")
    two = _built(recipe, tmp_path / "two", executor="local", workers=2)
    assert hashes(one.path) == hashes(two.path)


# Documents from one to the other


@pytest.fixture(scope="module")
def output(tmp_path_factory: pytest.TempPathFactory) -> xdata.Output:
    rows = [
        {"text": page, "url": f"https://a.example/{number}", "year": number}
        for number, page in enumerate(texts("swh_Latn"))
    ]
    return xdata.build(
        "monolingual_corpus",
        inputs={"docs": {"data": rows, "license": "CC0-1.0", "domain": "law"}},
        languages="swh_Latn",
        keep="all",
        out=tmp_path_factory.mktemp("output") / "out",
        executor="inline",
        progress=False,
    )


def test_an_output_is_read_by_a_pipeline(output: xdata.Output) -> None:
    reader = xdata.datatrove.reader(output)
    found = list(reader())
    assert [(each.id, each.text, each.metadata["year"]) for each in found] == [
        (row["id"], row["text"], row["year"]) for row in output.records()
    ]
    assert all(each.metadata["license"] == "CC0-1.0" and "original_id" not in each.metadata for each in found)
    shares = [list(reader.run(rank=rank, world_size=3)) for rank in range(3)]
    assert sorted(each.id for share in shares for each in share) == sorted(each.id for each in found)
    own = list(ParquetReader(str(output.path / "data" / "swh_Latn"))())
    assert [each.id for each in own] == [each.id for each in found]


@pytest.mark.parametrize("compression", [None, "gz", "zst"])
def test_jsonl_of_datatrove_round_trips(output: xdata.Output, compression: str | None, tmp_path: Path) -> None:
    (path,) = xdata.datatrove.write(output, tmp_path / "jsonl", compression=compression)
    assert path.name == "train-00000.jsonl" + (f".{compression}" if compression else "")
    assert (
        path.read_bytes() == xdata.datatrove.write(output, tmp_path / "same", compression=compression)[0].read_bytes()
    )
    found = list(JsonlReader(str(tmp_path / "jsonl"), glob_pattern="**/*.jsonl*")())
    assert [(each.id, each.text, each.metadata["year"]) for each in found] == [
        (row["id"], row["text"], row["year"]) for row in output.records()
    ]
    back = xdata.build(
        "monolingual_corpus",
        inputs={
            "docs": {"path": tmp_path / "jsonl", "reader": "datatrove", "fields": {"language": "metadata.language"}}
        },
        out=tmp_path / "out",
        executor="inline",
        progress=False,
    )
    columns = ["text", "url", "license", "domain", "language"]
    assert sorted(map(str, back.records(columns=columns))) == sorted(map(str, output.records(columns=columns)))
    assert {row["original_id"] for row in back.records()} == {row["id"] for row in output.records()}


def test_what_datatrove_wrote_is_input(tmp_path: Path) -> None:
    documents = [
        Document(page, f"d{n}", metadata={"url": f"https://a.example/{n}"}) for n, page in enumerate(texts("swh_Latn"))
    ]
    with JsonlWriter(str(tmp_path / "written")) as writer:
        for document in documents:
            writer.write(document)
    found = xdata.build(
        "monolingual_corpus",
        inputs={"docs": {"path": tmp_path / "written", "reader": "datatrove", "keep": {"metadata": "theirs"}}},
        out=tmp_path / "out",
        executor="inline",
        progress=False,
    )
    assert {row["original_id"]: (row["url"], row["theirs"]) for row in found.records()} == {
        document.id: (document.metadata["url"], document.metadata) for document in documents
    }


def test_wrong_requests_are_named(output: xdata.Output, tmp_path: Path) -> None:
    with pytest.raises(xdata.ConfigError, match="compression: expected 'gz', 'zst' or None, found 'bz2'"):
        xdata.datatrove.write(output, tmp_path, compression="bz2")
    with pytest.raises(xdata.InputError, match="has no config 'mlt_Latn'"):
        xdata.datatrove.write(output.path, tmp_path, "mlt_Latn")
    with pytest.raises(xdata.InputError, match="has no split 'dev'"):
        xdata.datatrove.reader(output, split="dev")
    with pytest.raises(xdata.CheckError, match="there is no such folder"):
        xdata.datatrove.reader(tmp_path / "nothing")


def _lines(path: Path) -> list[str]:
    return gzip.decompress(path.read_bytes()).decode().splitlines()


@pytest.mark.slow
def test_a_pipeline_of_datatrove_runs_with_both(output: xdata.Output, tmp_path: Path) -> None:
    pipeline = [
        xdata.datatrove.reader(output),
        xdata.datatrove.step(Repair()),
        GopherRepetitionFilter(language="swh_Latn"),
        xdata.datatrove.step(
            NumWords(),
            Threshold(score="scores.num_words", max_value=400, reason="too_many_words"),
            exclusion_writer=JsonlWriter(str(tmp_path / "dropped")),
        ),
        JsonlWriter(str(tmp_path / "kept")),
    ]
    LocalPipelineExecutor(pipeline=pipeline, tasks=2, workers=2, logging_dir=str(tmp_path / "logs")).run()
    kept, dropped = (
        [json.loads(line) for path in sorted((tmp_path / name).iterdir()) for line in _lines(path)]
        for name in ("kept", "dropped")
    )
    assert {row["id"] for row in kept + dropped} == {row["id"] for row in output.records()}
    assert kept and dropped
    assert all(row["metadata"]["filter_reason"] == "too_many_words" for row in dropped)


@pytest.mark.slow
def test_examples_of_the_docs_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    rows = [{"text": page} for page in texts("swh_Latn")]
    options: dict[str, Any] = {"executor": "inline", "progress": False}
    xdata.build("monolingual_corpus", inputs=rows, languages="swh_Latn", out="corpus", **options)
    runner = doctest.DocTestRunner(optionflags=doctest.ELLIPSIS)
    for found in doctest.DocTestFinder().find(xdata.datatrove, "xdata.datatrove", globs={"xdata": xdata}):
        runner.run(found)
    assert runner.summarize().attempted > 10
    assert runner.summarize().failed == 0
