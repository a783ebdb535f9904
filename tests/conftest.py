"""Fixtures of all tests."""

import os
from pathlib import Path

import pytest
from hypothesis import settings

settings.register_profile("tables", deadline=None)  # the first text of a process waits for tables of Unicode
settings.load_profile("tables")

_SHARED = Path(os.environ.get("XDATA_SHARED_DATA", Path(__file__).resolve().parents[2] / "shared" / "data"))


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Modules with slow tests come first, so that no worker is left alone with one at the end."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Folder of real data that is no part of the repository. Skips, loudly, where it is absent."""
    if not _SHARED.is_dir():
        pytest.skip(f"no real data at {_SHARED}: set XDATA_SHARED_DATA to measure with it")
    return _SHARED
