from pathlib import Path

import pytest

from tests.golden.contents import LABELS, made
from xdata.errors import ConfigError
from xdata.language_files import OVERLAY, described_languages, write_language
from xdata.models.language import LID_176
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.job import read_recipe
from xdata.recipe.recipe import Recipe
from xdata.recipe.settings import paths_of
from xdata.yaml_files import read_yaml

_SOURCES = (Source(name="s", root="/data", patterns=("**",)),)


@pytest.mark.parametrize("label", LABELS)
def test_every_recipe_has_a_description_and_describes_its_parameters(label: str) -> None:
    function = find_recipe(label)
    assert function.summary.endswith(".")
    assert all(info.description for info in paths_of(function.parameters).values())


_FOR_ALL = [label for label in LABELS if label != "monolingual_corpus:fineweb2"]
"""Recipes that can be made without naming a language."""


@pytest.mark.parametrize(
    ("name", "languages"),
    [
        *((name, ()) for name in _FOR_ALL),
        *((name, ("swh_Latn", "tha_Thai")) for name in LABELS),
        *((name, ("amh_Ethi", "hin_Deva", "kat_Geor", "pes_Arab", "sin_Sinh")) for name in _FOR_ALL),
    ],
)
def test_written_recipes_are_short_and_are_read_back(name: str, languages: tuple[str, ...]) -> None:
    recipe = made(name, languages)
    text = recipe.to_yaml()
    assert len(text.splitlines()) < 500
    again = Recipe.from_yaml(text, where="x")
    assert again == recipe == Recipe.from_json(recipe.to_json(), where="x")
    assert again.to_yaml() == text
    assert again.to_json() == recipe.to_json()
    assert again.notes() == []


def test_a_recipe_written_with_other_language_files_has_a_note(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = find_recipe("monolingual_corpus").make(sources=_SOURCES, languages=["sw", "th"]).to_yaml()
    facts = read_yaml(described_languages()["tha_Thai"])
    facts["thresholds"]["max_values"]["many_digits"] = 0.01
    write_language(facts, tmp_path)
    monkeypatch.setenv(OVERLAY, str(tmp_path))
    recipe = Recipe.from_yaml(text, where="x")
    assert len(recipe.notes()) == 1 and "languages: tha_Thai; rules: many_digits" in recipe.notes()[0]
    assert Recipe.from_yaml(recipe.to_yaml(), where="x").notes() == []
    assert Recipe.from_json(recipe.to_json(), where="x").notes() == []


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"min_words": "sixty"}, "--set: min_words: expected a valid integer, found 'sixty'"),
        ({"min_wrds": "6"}, "--set min_wrds: there is no parameter 'min_wrds': did you mean 'min_words'"),
        ({"min_similarity": "0.8"}, "there is no parameter 'min_similarity': did you mean 'dedup.min_similarity'"),
        ({"dedup.min_similarty": "0.8"}, "no parameter 'dedup.min_similarty': did you mean 'dedup.min_similarity'"),
        ({"min_words.x": "6"}, "there is no parameter 'min_words.x'"),
        ({"dedup": "0.8"}, "--set dedup: dedup: expected options (min_similarity, "),
        (
            {"rule_limits": "5", "rule_limits.many_digits": "1"},
            "rule_limits is 5, which has no options",
        ),
        ({"splitting.splits.train": "0.1"}, "--set: splitting.splits: the split 'train': expected a name of"),
        ({"splitting.splits": "{a: 0.7, b: 0.3}"}, "splitting.splits: the shares of a, b sum to 1: nothing is left"),
        ({"splitting.subsets": "[0.5, 0.1]"}, "--set: splitting.subsets: expected ascending"),
        ({"splitting.groups": "[Q id]"}, "--set: splitting.groups: 'Q id' is not a name of a group"),
        ({"dedup": "{min_similarty: 0.8}"}, "no parameter 'dedup.min_similarty': did you mean"),
        ({"splitting.splits.test": "much"}, "--set: splitting.splits.test: expected a valid number, found 'much'"),
        ({"language.min_main_share": "0.9"}, "--set: language: min_main_share has no effect with mixed=keep"),
        ({"quota.balance": "0.3"}, "--set: quota: balance has no effect without total_bytes"),
        ({"output.min_sentence_words": "3"}, "have no effect without sentences=true"),
        ({"upsample.learn": "true", "upsample.times.2": "3"}, "give either learn or times"),
        ({"language.min_script_share": "2"}, "expected less than or equal to 1, found 2"),
        ({"extractor": "best"}, "expected 'ladder', 'trafilatura' or 'resiliparse', found 'best'"),
        ({"sources": "x"}, "there is no parameter 'sources'"),
        ({"min_words": "[1"}, "--set min_words"),
    ],
)
def test_wrong_settings_are_refused(settings: dict[str, str], message: str) -> None:
    with pytest.raises(ConfigError) as error:
        find_recipe("monolingual_corpus").make(sources=_SOURCES, settings=settings)
    assert message in str(error.value)


def test_settings_reach_the_steps() -> None:
    model, labels = LID_176.files()
    recipe = find_recipe("monolingual_corpus").make(
        sources=_SOURCES,
        languages=["sw", "mt"],
        settings={
            "min_words": "7",
            "rejects": "none",
            "identifier": f'{{backend: "fasttext", model: "{model}", labels: "{labels}"}}',
        },
    )
    steps = {step.name: step.model_dump() for stage in recipe.stages for step in stage.steps}
    assert steps["languages"]["languages"] == ("mlt_Latn", "swh_Latn")
    assert steps["too_few_words"]["min_value"] == 7.0
    assert steps["shards"]["rejects"] == "none"
    assert steps["language"]["model"]["model"] == str(model)


def test_a_parameter_without_a_default_is_asked_for(tmp_path: Path) -> None:
    (tmp_path / "asking.py").write_text("def asking(*, who: str, whom: str = 'x'):\n    raise AssertionError\n")
    with pytest.raises(ConfigError, match=r"recipe 'asking' needs --set who=VALUE$"):
        find_recipe(str(tmp_path / "asking.py")).make(settings={"whom": "y"})


def test_a_recipe_file_that_is_not_utf8_is_refused(tmp_path: Path) -> None:
    (tmp_path / "r.yaml").write_bytes(b"recipe: \xff")
    with pytest.raises(ConfigError, match=r"r\.yaml: is not UTF-8"):
        read_recipe(tmp_path / "r.yaml")


def test_code_of_a_recipe_file_is_found_beside_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    steps = Path(__file__).parents[1] / "run" / "steps_for_tests.py"
    made = find_recipe(str(steps)).make(sources=_SOURCES)
    (tmp_path / "mine.yaml").write_text(made.to_yaml().replace(str(steps), "steps_for_tests.py"))
    (tmp_path / "steps_for_tests.py").symlink_to(steps)
    monkeypatch.chdir("/")
    assert read_recipe(tmp_path / "mine.yaml").code == (str(tmp_path / "steps_for_tests.py"),)


def test_input_is_needed_or_refused() -> None:
    with pytest.raises(ConfigError, match="recipe 'monolingual_corpus' needs an --input"):
        find_recipe("monolingual_corpus").make()
    with pytest.raises(ConfigError, match="recipe 'quickstart' has an input of its own"):
        find_recipe("quickstart").make(sources=_SOURCES)
    with pytest.raises(ConfigError, match="recipe 'quickstart' takes no languages"):
        find_recipe("quickstart").make(languages=["sw"])


def test_a_language_that_cannot_be_identified_is_refused_unless_it_is_declared() -> None:
    make = find_recipe("monolingual_corpus").make
    for code, named in (("knc_Arab", "knc_Latn"), ("arb_Latn", "arb_Arab"), ("min_Arab", "min_Latn")):
        with pytest.raises(
            ConfigError, match=rf"{code} cannot be identified by xlid\.npz, which names {named}: declare"
        ):
            find_recipe("monolingual_corpus").make(sources=_SOURCES, languages=[code])
    with pytest.raises(ConfigError, match=r"gez_Ethi cannot be identified by xlid\.npz"):
        make(sources=_SOURCES, languages=["gez", "sw"])
    declared = _SOURCES[0].model_copy(update={"language": "gez_Ethi"})
    assert make(sources=[declared], languages=["gez", "sw"])


def test_an_unknown_recipe_names_the_nearest() -> None:
    with pytest.raises(ConfigError, match="unknown recipe 'monolingual': did you mean 'monolingual_corpus'"):
        find_recipe("monolingual")


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("def other(): ...", r"defines no function recipe\(…\)"),
        ("import nothing_of_this_name", "cannot be loaded: ModuleNotFoundError: No module named"),
        ("def recipe(:", "cannot be loaded: SyntaxError"),
        ("from xdata import Edit\nclass A(Edit):\n    kind: str\ndef recipe(): ...", "A: give it `kind"),
    ],
)
def test_a_file_that_is_no_recipe_is_refused(tmp_path: Path, code: str, message: str) -> None:
    folder = tmp_path / str(abs(hash(code)))
    folder.mkdir()
    (folder / "recipe.py").write_text(code)
    with pytest.raises(ConfigError, match=message):
        find_recipe(str(folder / "recipe.py"))


def test_a_recipe_file_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="Python file not found"):
        find_recipe(str(tmp_path / "gone.py"))
    with pytest.raises(ConfigError, match=r"gone\.yaml: cannot be read"):
        read_recipe(tmp_path / "gone.yaml")


def test_a_written_recipe_is_read_with_its_sources_or_with_others(tmp_path: Path) -> None:
    recipe = find_recipe("monolingual_corpus").make(sources=_SOURCES)
    (tmp_path / "recipe.yaml").write_text(recipe.to_yaml(), encoding="utf-8")
    assert read_recipe(tmp_path / "recipe.yaml") == recipe
    other = Source(name="other", root="/other", patterns=("**",))
    assert read_recipe(tmp_path / "recipe.yaml", sources=[other]) == recipe.reading([other])


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("def wrong(*, n: int = 1):\n    return None", "recipe 'wrong' returns None, expected a Recipe"),
        ("def wrong(*, n: int = 1):\n    return {}['x']", "recipe 'wrong' fails in line 2 of wrong.py: KeyError: 'x'"),
        ("def wrong(*, n: 'Nothing' = 1):\n    pass", "is not a recipe function: NameError"),
        ("def wrong(n: int = 1):\n    pass", "the parameter 'n' stands before the *"),
        ("import sys\nsys.exit(3)", "cannot be loaded: SystemExit: 3"),
        ("x = 1", "defines no function wrong"),
    ],
)
def test_mistakes_in_a_recipe_file_are_one_line(tmp_path: Path, body: str, message: str) -> None:
    (tmp_path / "wrong.py").write_text(body + "\n")
    with pytest.raises(ConfigError) as error:
        find_recipe(str(tmp_path / "wrong.py")).make()
    assert message in str(error.value)
    assert "\n" not in str(error.value)
