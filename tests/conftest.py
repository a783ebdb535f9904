"""Fixtures and settings of all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

from tests.time_limit import TimeLimit

settings.register_profile("fast", max_examples=50, deadline=None)  # a process builds tables at its first text
settings.register_profile("thorough", max_examples=500, deadline=None)
settings.load_profile("fast")

_SHARED = Path(os.environ.get("XDATA_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addini("max_fast_seconds", "CPU time that a test may take that is not marked slow; 0 for any", default="0")


def pytest_configure(config: pytest.Config) -> None:
    if seconds := float(config.getini("max_fast_seconds")):
        whole_modules = not any("::" in argument for argument in config.args)
        config.pluginmanager.register(TimeLimit(seconds, whole_modules=whole_modules))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules with slow tests come first, so that no worker is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture
def shared_data(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder with the sets of real data that the test's marker names and no others: `langid/sib200`, for example.

    The data are no part of the repository. Skips, loudly, where a set is absent.
    """
    marker = request.node.get_closest_marker("shared_data")
    if marker is None or not marker.args:
        pytest.fail('name the sets that the test reads: @pytest.mark.shared_data("langid/sib200")', pytrace=False)
    if absent := [name for name in marker.args if not (_SHARED / name).is_dir()]:
        pytest.skip(f"{', '.join(absent)} is not at {_SHARED}: set XDATA_SHARED_DATA to the folder of real data")
    folder = tmp_path_factory.mktemp("shared_data")
    for name in marker.args:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(_SHARED / name, target_is_directory=True)
    return folder
