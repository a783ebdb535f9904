"""A test that is not marked `slow` and takes more than two seconds fails, and is told to be marked or made fast.

Counted is the CPU time of this process and of those that it started, with a margin: a busy machine makes tests wait
long but compute little more, and how slow it is now is measured before a test fails. The time of a fixture is shared
by the tests that use it: one that a module builds once for ten tests counts a tenth each. `-o max_fast_seconds=0`
switches the limit off: for runs under coverage, say.
"""

import os
import time
from collections import Counter
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any

import pytest

_MARGIN = 2.0
"""How many times the limit is let pass: the same work costs more where two share a core and its caches."""

_FIXED_WORK_SECONDS = 0.0125
"""CPU time of the work in `slowness` on one idle core of an x86 server."""

_TICKS = os.sysconf("SC_CLK_TCK")
_CHILDREN = Path("/proc/self/task") / str(os.getpid()) / "children"


def cpu_seconds() -> float:
    """CPU time of this process and of those that it started, ended or not. Those still running count on Linux only."""
    return sum(os.times()[:4]) + sum(map(_seconds_of, _running_children()))


def _running_children() -> list[str]:
    try:
        return _CHILDREN.read_text().split()
    except FileNotFoundError:
        return []


def _seconds_of(process: str) -> float:
    """User and system time of a process and of its ended children; 0 of one that is gone."""
    try:
        line = Path(f"/proc/{process}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return 0
    return sum(map(int, line.rpartition(")")[2].split()[11:15])) / _TICKS


def slowness() -> float:
    """How many times as long a fixed piece of work takes now as on an idle core, 1 at least."""
    began = time.process_time()
    sum(number * number for number in range(300_000))
    return max(1.0, (time.process_time() - began) / _FIXED_WORK_SECONDS)


class TimeLimit:
    """Plugin of pytest: measures every test and its fixtures, and fails what is too slow for its marks."""

    def __init__(
        self,
        seconds: float,
        *,
        whole_modules: bool = True,
        clock: Callable[[], float] = cpu_seconds,
        slowness: Callable[[], float] = slowness,
    ) -> None:
        """`whole_modules` says that no test was named alone: only then is it known how many share a fixture."""
        self._seconds = seconds
        self._whole_modules = whole_modules
        self._clock = clock
        self._slowness = slowness
        self._users: Counter[tuple[Path, str]] = Counter()
        self._spent = 0.0

    @pytest.hookimpl(tryfirst=True)  # before -m and -k take tests away
    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        fast = [item for item in items if isinstance(item, pytest.Function) and not _is_slow(item)]
        self._users.update((item.path, name) for item in fast for name in item.fixturenames)

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(
        self, fixturedef: pytest.FixtureDef[Any], request: pytest.FixtureRequest
    ) -> Generator[None, object, object]:
        before = self._clock()
        result = yield
        self._spent += (self._clock() - before) * self._share(fixturedef, request)
        return result

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_setup(self, item: pytest.Item) -> Generator[None, object, object]:
        self._spent = 0.0
        return (yield)

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_call(self, item: pytest.Item) -> Generator[None, object, object]:
        before = self._clock()
        result = yield
        spent = self._clock() - before + self._spent
        most = self._seconds * _MARGIN
        if spent > most and not _is_slow(item) and spent > most * self._slowness():
            pytest.fail(
                f"{item.name} took {spent:.1f} s of CPU time, {self._spent:.1f} s of it for its share of "
                f"fixtures, and a test that is not marked slow may take {self._seconds:g} s: make it faster, or mark "
                "it with @pytest.mark.slow and leave one like it in the fast run",
                pytrace=False,
            )
        return result

    def _share(self, fixture: pytest.FixtureDef[Any], request: pytest.FixtureRequest) -> float:
        """The part of a fixture's time that one test answers for."""
        if fixture.scope == "function":
            return 1
        if not self._whole_modules:
            return 0
        once = request.node.path if fixture.scope in ("class", "module") else None
        users = sum(
            num for (path, name), num in self._users.items() if name == fixture.argname and once in (None, path)
        )
        return min(1, len(fixture.params or [None]) / max(1, users))


def _is_slow(item: pytest.Item) -> bool:
    return item.get_closest_marker("slow") is not None
