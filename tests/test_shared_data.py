"""Tests see those sets of real data that they name, and are skipped where one is absent."""

import os
from pathlib import Path

import pytest

pytest_plugins = ["pytester"]

_CONFTEST = """
import pytest
from pathlib import Path
import tests.conftest
from tests.conftest import shared_data

def pytest_configure(config):
    config.addinivalue_line("markers", "shared_data: x")
"""


@pytest.fixture
def real(pytester: pytest.Pytester, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with three sets of one file each, where the tests of the tests find it."""
    real = tmp_path / "real"
    for name in ("langid/one", "langid/two", "web/three"):
        (real / name).mkdir(parents=True)
        (real / name / "a.txt").write_text(name)
    monkeypatch.setattr("tests.conftest._SHARED", real)
    pytester.makeconftest(_CONFTEST)
    return real


def _run(pytester: pytest.Pytester, mark: str, seen: list[str]) -> pytest.RunResult:
    pytester.makepyfile(
        f"""
        import os, pathlib, pytest
        {mark}
        def test_it(shared_data):
            found = [os.path.join(folder, name) for folder, _, names in os.walk(shared_data, followlinks=True)
                     for name in names]
            assert sorted(os.path.relpath(path, shared_data) for path in found) == {seen}
            for path in found:
                assert pathlib.Path(path).read_text() == os.path.dirname(os.path.relpath(path, shared_data))
        """
    )
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", "-rs")


@pytest.mark.parametrize("names", [("langid/one",), ("langid/two", "web/three")])
def test_a_test_sees_the_sets_that_it_names_and_no_others(
    pytester: pytest.Pytester, real: Path, names: tuple[str, ...]
) -> None:
    seen = [os.path.join(name, "a.txt") for name in names]
    _run(pytester, f"@pytest.mark.shared_data(*{names})", seen).assert_outcomes(passed=1)


def test_a_set_that_is_absent_is_named_where_its_test_is_skipped(pytester: pytest.Pytester, real: Path) -> None:
    result = _run(pytester, '@pytest.mark.shared_data("langid/one", "langid/four", "five")', [])
    result.assert_outcomes(skipped=1)
    result.stdout.fnmatch_lines([f"*langid/four, five is not at {real}: set XDATA_SHARED_DATA*"])


@pytest.mark.parametrize("mark", ["", "@pytest.mark.shared_data"])
def test_a_test_that_names_no_set_is_told_to(pytester: pytest.Pytester, real: Path, mark: str) -> None:
    result = _run(pytester, mark, [])
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["*name the sets that the test reads*"])
