"""Job files: a recipe, its parameters, sources and languages in one short file."""

from pathlib import Path
from shutil import copy
from typing import Any

import pytest

from tests.pipelines.builds import CONFIGS
from xdata.errors import ConfigError, InputError
from xdata.models.language import LID_176
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.job import read_job, read_recipe
from xdata.recipe.recipe import Recipe
from xdata.yaml_files import dump_yaml

_SOURCE = Source(name="other", root="/other", patterns=("**",))


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with two inputs and a sources.yaml, which is not the working folder."""
    monkeypatch.chdir("/")
    found = tmp_path / "jobs"
    (found / "crawl").mkdir(parents=True)
    for name in ("crawl/a.jsonl", "crawl/b.jsonl", "books.jsonl"):
        (found / name).write_text('{"text": "maji"}\n')
    (found / "sources.yaml").write_text("sources:\n- {name: listed, path: books.jsonl, license: CC0-1.0}\n")
    return found


def _write(folder: Path, **job: Any) -> Path:
    path = folder / "job.yaml"
    path.write_text(dump_yaml({"recipe": "monolingual_corpus", "sources": "crawl", **job}), encoding="utf-8")
    return path


def test_a_job_is_the_recipe_with_its_parameters(folder: Path) -> None:
    parameters = {"dedup": {"min_similarity": 0.8}, "splitting": {"splits": {"test": 0.02}}, "min_words": 20}
    path = _write(folder, parameters=parameters, languages=["sw", "mt"])
    assert read_job(path).languages == ("mlt_Latn", "swh_Latn")
    made = read_recipe(path)
    settings = {"dedup.min_similarity": "0.8", "splitting.splits.test": "0.02", "min_words": "20"}
    sources = [Source(name="crawl", root=str(folder / "crawl"), patterns=(".",))]
    assert made == find_recipe("monolingual_corpus").make(sources=sources, languages=["sw", "mt"], settings=settings)


def test_the_command_line_overrides_a_job(folder: Path) -> None:
    path = _write(folder, parameters={"min_words": 20, "splitting": {"splits": {"dev": 0.1}}}, languages="sw")
    settings = {"min_words": "9", "splitting.splits.test": "0.3", "on_bad_file": "error"}
    made = read_recipe(path, sources=[_SOURCE], languages=["mt"], settings=settings)
    steps = {step.name: step.model_dump() for step in made.steps}
    assert steps["too_few_words"]["min_value"] == 9
    assert steps["shards"]["splits"] == {"dev": 0.1, "test": 0.3}
    assert steps["languages"]["languages"] == ("mlt_Latn",)
    assert [source.name for source in made.reader.sources] == ["other"]
    assert made.guard.on_bad_file == "error"


def test_parameters_of_python_override_a_job(folder: Path) -> None:
    path = _write(folder, parameters={"min_words": 20, "dedup": {"prefer": "oldest", "index": True}})
    made = read_recipe(path, parameters={"min_words": 5, "dedup": {"prefer": "longest"}, "max_failed_share": 0.2})
    steps = {step.name: step.model_dump() for step in made.steps}
    assert steps["too_few_words"]["min_value"] == 5
    assert (steps["exact"]["prefer"], steps["shards"]["index"]) == ("longest", True)
    assert made.guard.max_failed_share == 0.2


def test_a_preset_and_options_of_the_run_may_be_given(folder: Path) -> None:
    parameters = {"quality": {"fineweb2_configs": str(CONFIGS)}, "max_failed_share": 0.5, "min_words": 10}
    path = _write(folder, recipe="monolingual_corpus:fineweb2", parameters=parameters, languages=["sw"])
    made = read_recipe(path)
    assert made.guard.max_failed_share == 0.5
    words = {step.name: step.model_dump() for step in made.steps if "words" in step.name}
    assert (words["too_few_words"]["min_value"], words["too_many_words"]["max_value"]) == (10, 100_000)
    assert made.preset == Recipe.from_yaml(made.to_yaml(), where="recipe").preset == "fineweb2"


def test_the_seed_is_an_option_of_the_run(folder: Path) -> None:
    path = _write(folder, parameters={"seed": 3})
    assert read_recipe(path).seed == 3
    assert read_recipe(path, settings={"seed": "5"}).seed == 5
    again = Recipe.from_yaml(read_recipe(path).to_yaml(), where="recipe")
    assert (again.seed, again.guard) == (3, read_recipe(path).guard)
    with pytest.raises(ConfigError, match="seed: expected greater than or equal to 0"):
        read_recipe(path, settings={"seed": "-1"})


@pytest.mark.parametrize(
    ("sources", "names"),
    [
        ("crawl", ["crawl"]),
        ("crawl/*.jsonl", ["crawl"]),
        ("sources.yaml", ["listed"]),
        (
            ["crawl", {"name": "own", "path": "books.jsonl", "language": "sw"}, "hf:org/data"],
            ["crawl", "org--data", "own"],
        ),
    ],
)
def test_sources_are_paths_or_entries_relative_to_the_file(folder: Path, sources: Any, names: list[str]) -> None:
    found = read_job(_write(folder, sources=sources)).sources
    assert [source.name for source in found] == names
    assert all(source.hub or source.root.startswith(str(folder)) for source in found)


def test_paths_in_parameters_are_relative_to_the_file(folder: Path) -> None:
    for number, path in enumerate(LID_176.files()):
        copy(path, folder / ("lid.ftz", "labels.yaml")[number])
    parameters = {
        "identifier": {"backend": "fasttext", "model": "lid.ftz", "labels": "labels.yaml"},
        "blocklist": {"urls": [{"category": "mine", "path": "hosts.txt"}], "words": {"sw": "flagged.txt"}},
        "classifier": {"model": "models/good.bin"},
        "perplexity": {"models": "models"},
        "decontamination": {"evaluation_sets": [{"name": "e", "path": "tests"}]},
        "dedup": {"reference_corpora": ["../old"]},
    }
    steps = {step.name: step.model_dump() for step in read_recipe(_write(folder, parameters=parameters)).steps}
    assert steps["language"]["model"] == {
        "backend": "fasttext",
        "model": f"{folder}/lid.ftz",
        "revision": None,
        "labels": f"{folder}/labels.yaml",
    }
    assert steps["url"]["lists"][0]["path"] == f"{folder}/hosts.txt"
    assert steps["flagged_words"]["lists"] == {"swh_Latn": f"{folder}/flagged.txt"}
    assert steps["classifier"]["model"] == f"{folder}/models/good.bin"
    assert steps["perplexity"]["folder"] == f"{folder}/models"
    assert steps["contamination"]["sets"][0]["path"] == f"{folder}/tests"
    assert steps["exact"]["references"] == (str(folder.parent / "old"),)


def test_a_recipe_of_ones_own_is_found_beside_the_file(folder: Path) -> None:
    (folder / "mine.py").write_text(
        "from xdata.recipe.functions import find_recipe\nfrom xdata.recipe.presets import Preset\n"
        "def mine(*, sources: tuple, n: int = 3):\n"
        '    return find_recipe("monolingual_corpus").make(sources=sources, parameters={"min_words": n})\n'
        'PRESETS = {"many": Preset({"n": 80}, paper="-", emits="-", missing="-")}\n'
    )
    found = []
    for recipe in ("mine.py", "mine.py:many"):
        steps = {step.name: step.model_dump() for step in read_recipe(_write(folder, recipe=recipe)).steps}
        found.append(steps["too_few_words"]["min_value"])
    assert found == [3, 80]


@pytest.mark.parametrize(
    ("job", "message"),
    [
        ({"recipes": "x"}, "job.yaml: unknown key 'recipes': did you mean 'recipe' or 'sources'?"),
        ({"recipe": "monolingual"}, "job.yaml: recipe: unknown recipe 'monolingual': did you mean 'monolingual_corpus"),
        ({"recipe": "monolingual_corpus:fine"}, "job.yaml: recipe: recipe 'monolingual_corpus' has no preset 'fine'"),
        ({"languages": ["xx_Latn"]}, "job.yaml: languages: unknown language 'xx_Latn'"),
        ({"languages": [False]}, 'job.yaml: languages: YAML reads no as false: write the code in quotes, "no"'),
        ({"languages": [5]}, "job.yaml: languages[0]: expected a valid string, found 5"),
        ({"parameters": {"min_word": 3}}, "parameters: there is no parameter 'min_word': did you mean 'min_words'"),
        (
            {"parameters": {"dedup": {"min_similarty": 0.8}}},
            "job.yaml: parameters: there is no parameter 'dedup.min_similarty': did you mean 'dedup.min_similarity' or",
        ),
        ({"parameters": {"min_words": "3"}}, "job.yaml: parameters: min_words: expected a valid integer, found '3'"),
        ({"parameters": {"max_failed_share": 2}}, "parameters: max_failed_share: expected less than or equal to 1"),
        (
            {"parameters": {"splitting": {"splits": {"test": 2}}}},
            "job.yaml: parameters: splitting.splits.test: expected less than 1, found 2",
        ),
        ({"sources": [{"name": "a", "pth": "x"}]}, "job.yaml: sources[0]: unknown key 'pth': did you mean 'path'?"),
        ({"sources": ["crawl", 5]}, "job.yaml: sources[1]: expected a path, or a source with name and path, found 5"),
        ({"sources": "gone"}, "gone: there is no such file or folder"),
        ({"parameters": 5}, "job.yaml: parameters: expected an object, found 5"),
    ],
)
def test_mistakes_are_named_with_their_path_in_the_file(folder: Path, job: dict[str, Any], message: str) -> None:
    with pytest.raises((ConfigError, InputError)) as error:
        read_recipe(_write(folder, **job))
    assert message in str(error.value)
    assert "\n" not in str(error.value)


def test_a_complete_recipe_takes_sources_and_options_of_the_run_alone(folder: Path) -> None:
    whole = find_recipe("monolingual_corpus").make(sources=[_SOURCE])
    path = folder / "recipe.yaml"
    path.write_text(whole.to_yaml(), encoding="utf-8")
    assert read_recipe(path) == whole
    with pytest.raises(ConfigError, match=r"recipe\.yaml: is a complete recipe.*remove languages"):
        read_recipe(path, languages=["sw"])
    with pytest.raises(ConfigError, match=r"recipe\.yaml: is a complete recipe.*remove min_words"):
        read_recipe(path, settings={"min_words": "5", "on_bad_file": "error"})
