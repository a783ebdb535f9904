from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from xdata.errors import ConfigError, ResourceError
from xdata.language_files import OVERLAY, write_language
from xdata.readers.sources import Source
from xdata.recipe.functions import find_recipe
from xdata.recipe.recipe import Recipe
from xdata.references import ModelRef
from xdata.resources import resource
from xdata.run import fingerprint
from xdata.run.fingerprint import changes, fingerprints
from xdata.scores.language import IdentifyLanguage
from xdata.step import InputFile
from xdata.yaml_files import read_yaml

_SOURCE = Source(name="s", root="/data", patterns=("**",))
_FILE = InputFile("s", "a.jsonl", "/data/a.jsonl", "jsonl", "none", 10, 5)


def _recipe(settings: dict[str, str] | None = None, *, source: Source = _SOURCE) -> Recipe:
    return find_recipe("monolingual_corpus").make(sources=[source], settings=settings)


def _prints(recipe: Recipe, *files: InputFile) -> dict[str, str]:
    return {stage: facts["fingerprint"] for stage, facts in fingerprints(recipe, files or (_FILE,)).items()}


@pytest.mark.parametrize(
    ("settings", "first"),
    [
        ({"extractor": "resiliparse"}, "read"),
        ({"min_words": "3"}, "decide"),
        ({"dedup.min_similarity": "0.9"}, "near"),
        ({"rejects": "none"}, "corpus"),
    ],
)
def test_an_option_changes_its_stage_and_those_behind_it_only(settings: dict[str, str], first: str) -> None:
    before, after = _prints(_recipe()), _prints(_recipe(settings))
    changed = [stage for stage in before if before[stage] != after[stage]]
    assert changed == list(before)[list(before).index(first) :]


@pytest.mark.parametrize("field", ["path", "size", "mtime_ns", "format"])
def test_the_identity_of_inputs_counts(field: str) -> None:
    other = InputFile(**(vars(_FILE) | {field: "b" if isinstance(getattr(_FILE, field), str) else 99}))
    assert _prints(_recipe())["read"] != _prints(_recipe(), other)["read"]


def test_where_inputs_lie_does_not_count() -> None:
    moved = InputFile(**(vars(_FILE) | {"location": "/elsewhere/a.jsonl"}))
    source = _SOURCE.model_copy(update={"root": "/elsewhere", "patterns": ("*.jsonl",)})
    assert _prints(_recipe()) == _prints(_recipe(source=source), moved)


def test_the_limit_counts() -> None:
    assert _prints(_recipe())["read"] != _prints(_recipe().limited(3))["read"]


def test_the_order_of_steps_counts() -> None:
    recipe = _recipe()
    edit = recipe.stages[0]
    reader, extract, repair, *rest = edit.steps
    before = fingerprints(recipe, [_FILE])["read"]
    object.__setattr__(edit, "steps", (reader, repair, extract, *rest))
    after = fingerprints(recipe, [_FILE])["read"]
    assert before["fingerprint"] != after["fingerprint"]
    assert changes(before, after) == ["order of steps: files, repair, extract, personal"]


@pytest.mark.parametrize("what", ["RUN_VERSION", "LIBRARIES", "_SHARED_FILES"])
def test_what_all_steps_stand_on_counts(what: str, monkeypatch: pytest.MonkeyPatch) -> None:
    before = fingerprints(_recipe(), [_FILE])
    changed: Any = {"RUN_VERSION": 99, "LIBRARIES": ("numpy",), "_SHARED_FILES": (("models", "lid.176.yaml"),)}[what]
    monkeypatch.setattr(fingerprint, what, changed)
    after = fingerprints(_recipe(), [_FILE])
    assert all(before[stage]["fingerprint"] != after[stage]["fingerprint"] for stage in before)
    assert changes(before["near"], after["near"])


def test_facts_of_a_source_count() -> None:
    licensed = _SOURCE.model_copy(update={"license": "CC0"})
    assert _prints(_recipe())["read"] != _prints(_recipe(source=licensed))["read"]


def test_the_content_of_a_model_counts(tmp_path: Path) -> None:
    def prints(content: bytes) -> dict[str, str]:
        path = tmp_path / f"{len(content)}.bin"
        path.write_bytes(content)
        path = path.rename(tmp_path / "model.bin")
        recipe = _recipe()
        step: Any = recipe.stages[1].steps[0]
        model = step.model.model_copy(update={"model": str(path)})
        changed = step.model_copy(update={"model": model})
        object.__setattr__(recipe.stages[1], "steps", (changed, *recipe.stages[1].steps[1:]))
        return _prints(recipe)

    assert prints(b"one") == prints(b"one")
    assert prints(b"one")["annotate"] != prints(b"other")["annotate"]
    assert prints(b"one")["read"] == prints(b"other")["read"]


def test_where_a_model_lies_does_not_count(tmp_path: Path) -> None:
    found = []
    for name in ("here", "there"):
        (tmp_path / name).mkdir()
        for what in ("m.bin", "m.yaml"):
            (tmp_path / name / what).write_bytes(b"one")
        step = IdentifyLanguage(
            model=ModelRef(
                backend="fasttext", model=str(tmp_path / name / "m.bin"), labels=str(tmp_path / name / "m.yaml")
            )
        )
        found.append(step.identity() | {"files": [path.name for path in step.resources()]})
    assert found[0] == found[1]


def test_which_of_two_files_is_of_which_language_counts(tmp_path: Path) -> None:
    for name in ("one.txt", "other.txt"):
        (tmp_path / name).write_text(name)
    words = [
        f"{{ha: {tmp_path / first}, sw: {tmp_path / second}}}"
        for first, second in (("one.txt", "other.txt"), ("other.txt", "one.txt"))
    ]
    one, other = (fingerprints(_recipe({"blocklist.words": each}), [_FILE])["annotate"] for each in words)
    assert one["fingerprint"] != other["fingerprint"]
    assert changes(one, other) == ["flagged_words: order of files: other.txt, one.txt"]


def test_changes_are_reported_with_old_and_new_value() -> None:
    old = fingerprints(_recipe(), [_FILE])
    new = fingerprints(_recipe({"min_words": "60", "extractor": "resiliparse"}), [])
    assert changes(old["decide"], new["decide"]) == ["too_few_words.min_value: 50.0 -> 60.0"]
    assert changes(old["read"], new["read"]) == [
        "extract.extractor: ladder -> resiliparse",
        "inputs: 0 new or changed files, 1 gone",
    ]
    assert changes(old["exact"], new["exact"]) == []


def _language_file(folder: Path, language: str, **thresholds: Any) -> None:
    """A language file in an overlay, with some thresholds changed."""
    facts = read_yaml(resource("languages", f"{language}.yaml"))
    facts["thresholds"] |= {"max_values": facts["thresholds"]["max_values"] | thresholds, "source": "somebody"}
    write_language(facts, folder)


@pytest.mark.parametrize("language", ["swh_Latn", "hin_Deva", "tha_Thai"])
def test_thresholds_in_language_files_count_for_decisions_alone(
    language: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = _recipe()
    monkeypatch.setenv(OVERLAY, str(tmp_path))
    _language_file(tmp_path, language)
    old = fingerprints(recipe, [_FILE])
    _language_file(tmp_path, language, many_digits=0.0625)
    new = fingerprints(recipe, [_FILE])
    before = old["decide"]["steps"]["many_digits"]["options"]["max_by_language"][language]
    assert changes(old["decide"], new["decide"]) == [f"many_digits.max_by_language.{language}: {before} -> 0.0625"]
    changed = [stage for stage in old if old[stage]["fingerprint"] != new[stage]["fingerprint"]]
    assert changed == list(old)[list(old).index("decide") :]


def test_thresholds_of_languages_that_were_not_asked_for_do_not_count(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    recipe = find_recipe("monolingual_corpus").make(sources=[_SOURCE], languages=["sw"])
    before = _prints(recipe)
    monkeypatch.setenv(OVERLAY, str(tmp_path))
    _language_file(tmp_path, "hin_Deva", many_digits=0.0625)
    _language_file(tmp_path, "swh_Latn")
    assert _prints(recipe) == before


def test_files_of_one_name_and_all_code_count(tmp_path: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "list.txt").write_text("one")
    files = [tmp_path / "a" / "list.txt", tmp_path / "b" / "list.txt"]
    recipe = replace(_recipe(), code=tuple(map(str, files)))
    before = fingerprints(recipe, [_FILE])["corpus"]
    files[0].write_text("other")
    after = fingerprints(recipe, [_FILE])["corpus"]
    assert before["fingerprint"] != after["fingerprint"]
    assert len(before["base"]["code"]) == 2
    files[1].unlink()
    with pytest.raises(ResourceError, match=r"b/list\.txt: cannot be read"):
        fingerprints(recipe, [_FILE])


def test_a_package_that_is_not_there_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fingerprint, "LIBRARIES", ("sklearn",))
    with pytest.raises(ConfigError, match="names the package 'sklearn' among its libraries, and it is not installed"):
        fingerprints(_recipe(), [_FILE])
