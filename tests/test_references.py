"""References among the options of a step: their files are its resources, and where these lie is no part of it."""

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field

from xdata.errors import ResourceError
from xdata.language_options import ByLanguage
from xdata.models.language import XLID
from xdata.references import FileRef, ModelRef, files_at, references_in
from xdata.step import Step
from xdata.validation import validate


class _Group(BaseModel):
    """Options that hold a reference."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    words: FileRef | None = None
    least: int = 1


class _Step(Step):
    """Options of every form that a reference may have."""

    kind: Literal["test.references"] = "test.references"
    one: FileRef | None = None
    several: tuple[FileRef, ...] = ()
    by_language: ByLanguage[FileRef] = Field(default_factory=dict)
    model: ModelRef | None = None
    group: _Group = _Group()
    number: int = 3


def _options(folder: Path) -> dict[str, Any]:
    """Options whose files lie in a folder, each with its name as content."""
    folder.mkdir(parents=True)
    for name in ("one", "first", "second", "hausa", "swahili", "model.bin", "words"):
        (folder / name).write_text(name)
    return {
        "one": str(folder / "one"),
        "several": [str(folder / "second"), str(folder / "first")],
        "by_language": {"sw": str(folder / "swahili"), "ha": str(folder / "hausa")},
        "model": {"backend": "fasttext", "model": str(folder / "model.bin"), "revision": "3"},
        "group": {"words": str(folder / "words"), "least": 2},
    }


def _step(options: Mapping[str, Any], folder: Path | None = None) -> _Step:
    return validate(_Step, {"kind": "test.references", **options}, where="test", folder=folder)


def test_resources_are_the_files_in_the_order_of_the_options(tmp_path: Path) -> None:
    step = _step(_options(tmp_path / "a"))
    names = [path.read_text() for path in step.resources()]
    assert names == ["one", "second", "first", "hausa", "swahili", "model.bin", "words"]
    assert _Step().resources() == ()


def test_where_files_lie_is_no_part_of_the_identity(tmp_path: Path) -> None:
    one, other = _step(_options(tmp_path / "a")), _step(_options(tmp_path / "b" / "c"))
    assert one.identity() == other.identity()
    assert str(tmp_path) not in str(one.identity())
    assert [path.name for path in one.resources()] == [path.name for path in other.resources()]


@pytest.mark.parametrize(
    "changes",
    [
        {"number": 4},
        {"one": None},
        {"several": []},
        {"by_language": {}},
        {"group": {"least": 2}},
        {"model": {"revision": "4"}},
    ],
)
def test_what_is_given_is_part_of_the_identity(changes: Mapping[str, Any], tmp_path: Path) -> None:
    options = _options(tmp_path / "a")
    model = options["model"] | changes.get("model", {})
    assert _step({**options, **changes, "model": model}).identity() != _step(options).identity()


def test_the_language_of_a_file_is_part_of_the_identity(tmp_path: Path) -> None:
    options = _options(tmp_path / "a")
    moved = {"by_language": {"mt": str(tmp_path / "a" / "swahili"), "ha": str(tmp_path / "a" / "hausa")}}
    assert _step(options | moved).identity() != _step(options).identity()


def test_paths_are_made_absolute_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _options(tmp_path / "a")
    monkeypatch.setenv("HOME", str(tmp_path))
    here = _step({"one": "a/one", "several": ["~/a/first"]}, folder=tmp_path)
    monkeypatch.chdir("/")
    assert [path.read_text() for path in here.resources()] == ["one", "first"]
    assert _step(here.written()) == here


def test_a_folder_is_all_files_below_it(tmp_path: Path) -> None:
    _options(tmp_path / "a" / "b")
    shutil.copytree(tmp_path / "a" / "b", tmp_path / "a" / "c")
    found = files_at(tmp_path / "a")
    assert len(found) == 14 and list(found) == sorted(found)


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_a_reference_to_nothing_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    with pytest.raises(ResourceError, match=f"{name}: there is no such file, and a step or command needs it: check"):
        _step({"one": str(tmp_path / name)}).resources()


def test_references_of_any_depth_are_found() -> None:
    one, two = FileRef("/a"), FileRef("/b")
    assert list(references_in([{"x": (one,)}, _Group(words=two), XLID, "/c", None])) == [one, two, XLID]
