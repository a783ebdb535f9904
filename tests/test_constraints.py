"""The versions in constraints.txt: all that is required, each once, and nothing of the machine they were listed on."""

from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

from tests.constraints import CONSTRAINTS, installed, lines, requirements

_LINES = [line for line in CONSTRAINTS.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
_PINNED = [Requirement(line) for line in _LINES]


@pytest.mark.parametrize("wanted", requirements(), ids=str)
def test_what_xdata_requires_is_there_in_a_version_that_it_takes(wanted: Requirement) -> None:
    (pinned,) = (line for line in _PINNED if line.name == canonicalize_name(wanted.name))
    (specifier,) = pinned.specifier
    assert specifier.operator == "=="
    assert wanted.specifier.contains(specifier.version)


def test_each_package_is_there_once_by_name_and_version_alone() -> None:
    assert sorted(_LINES) == _LINES
    assert len({(line.name, str(line.marker)) for line in _PINNED}) == len(_PINNED)
    assert not [line for line in _PINNED if line.url or line.extras or len(line.specifier) != 1]


def test_torch_is_left_to_the_machine() -> None:
    assert not [line.name for line in _PINNED if line.name.startswith(("torch", "nvidia", "cuda", "triton"))]


def test_requirements_of_requirements_are_found() -> None:
    found = installed([Requirement("pytest-xdist[psutil]>=3"), Requirement('gone ; python_version < "3"')])
    assert {"pytest-xdist", "execnet", "pytest", "pluggy", "psutil"} <= found.keys()
    assert found["pluggy"] >= Version("1")
    assert "numpy" not in found


def test_what_other_pythons_need_besides_has_their_marker() -> None:
    own = {"b": Version("2"), "a": Version("1.0+local"), "setuptools": Version("65")}
    others = {"3.12": {"b": Version("2")}, "3.13": {"b": Version("2"), "audioop": Version("3"), "pip": Version("1")}}
    assert lines(own, others) == ["a==1.0", 'audioop==3 ; python_version == "3.13"', "b==2"]


def test_both_commands_of_the_readme_use_them() -> None:
    readme = (Path(__file__).resolve().parents[1] / "README.md").read_text(encoding="utf-8")
    setup = [line for line in readme.splitlines() if line.startswith("python3 -m venv")]
    assert [line.count("pip install -c constraints.txt ") for line in setup] == [1, 1]
