"""What is not marked slow and is slow fails. Time is counted here by a clock that the tests of the tests set."""

import subprocess
import sys
import time

import pytest

from tests.time_limit import cpu_seconds, slowness

pytest_plugins = ["pytester"]

_CONFTEST = """
import pytest
from tests.time_limit import TimeLimit

now, slow = 0.0, 1.0

@pytest.fixture(scope="session")
def work():
    def _work(seconds):
        global now
        now += seconds
    return _work

def pytest_configure(config):
    config.addinivalue_line("markers", "slow: x")
    whole = not any("::" in argument for argument in config.args)
    config.pluginmanager.register(TimeLimit(2, whole_modules=whole, clock=lambda: now, slowness=lambda: slow))
"""


def _outcomes(pytester: pytest.Pytester, tests: str, *arguments: str) -> dict[str, int]:
    pytester.makeconftest(_CONFTEST)
    pytester.makepyfile(test_inner=f"import pytest\n{tests}")
    return pytester.runpytest_inprocess("-p", "no:cacheprovider", *(arguments or ("test_inner.py",))).parseoutcomes()


@pytest.mark.parametrize(
    ("seconds", "mark", "outcome"),
    [
        (1.9, "", "passed"),
        (3.9, "", "passed"),
        (4.1, "", "failed"),
        (60, "", "failed"),
        (60, "@pytest.mark.slow", "passed"),
        (60, "@pytest.mark.parametrize('x', [pytest.param(1, marks=pytest.mark.slow)])", "passed"),
    ],
)
def test_a_test_fails_that_is_over_the_limit_and_not_marked(
    pytester: pytest.Pytester, seconds: float, mark: str, outcome: str
) -> None:
    arguments = "x, work" if "'x'" in mark else "work"
    assert _outcomes(pytester, f"{mark}\ndef test_it({arguments}): work({seconds})") == {outcome: 1}


def test_the_message_states_the_time_spent_and_what_to_do(
    pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]
) -> None:
    tests = "@pytest.fixture\ndef made(work): work(1.5)\ndef test_it(made, work): work(3.25)"
    assert _outcomes(pytester, tests) == {"failed": 1}
    assert (
        "test_it took 4.8 s of CPU time, 1.5 s of it for its share of fixtures, and a test that is not marked slow may "
        "take 2 s: make it faster, or mark it with @pytest.mark.slow" in capsys.readouterr().out
    )


@pytest.mark.parametrize(("slow", "outcome"), [(1.0, "failed"), (1.4, "failed"), (1.6, "passed")])
def test_a_machine_that_is_slow_now_has_more_time(pytester: pytest.Pytester, slow: float, outcome: str) -> None:
    pytester.makeconftest(_CONFTEST.replace("slow = 0.0, 1.0", f"slow = 0.0, {slow}"))
    pytester.makepyfile(test_inner="def test_it(work): work(6)")
    assert pytester.runpytest_inprocess("-p", "no:cacheprovider").parseoutcomes() == {outcome: 1}


def test_no_machine_is_faster_than_an_idle_one() -> None:
    assert 1 <= min(slowness() for _ in range(5)) < 20


def test_a_failing_test_keeps_its_own_message(pytester: pytest.Pytester, capsys: pytest.CaptureFixture[str]) -> None:
    assert _outcomes(pytester, "def test_it(work):\n    work(9)\n    assert 1 == 2") == {"failed": 1}
    output = capsys.readouterr().out
    assert "assert 1 == 2" in output
    assert "CPU time" not in output


@pytest.mark.parametrize(
    ("scope", "seconds", "users", "outcome"),
    [
        ("function", 5, 2, {"failed": 2}),
        ("module", 5, 1, {"failed": 1}),
        ("module", 5, 2, {"passed": 2}),
        ("module", 39, 10, {"passed": 10}),
        ("module", 41, 10, {"failed": 1, "passed": 9}),
        ("session", 39, 10, {"passed": 10}),
        ("class", 41, 10, {"failed": 1, "passed": 9}),
    ],
)
def test_the_time_of_a_fixture_is_shared_by_its_users(
    pytester: pytest.Pytester, scope: str, seconds: float, users: int, outcome: dict[str, int]
) -> None:
    tests = (
        f"@pytest.fixture(scope='{scope}')\ndef made(work): work({seconds})\n"
        f"class TestIt:\n    @pytest.mark.parametrize('x', range({users}))\n    def test_it(self, made, x): pass"
    )
    assert _outcomes(pytester, tests) == outcome


_TWO_USERS = (
    "@pytest.fixture(scope='module')\ndef made(work): work(5)\n"
    "{mark}\ndef test_one(made): pass\ndef test_two(made): pass"
)


def test_tests_that_are_slow_share_no_fixture_of_fast_ones(pytester: pytest.Pytester) -> None:
    tests = _TWO_USERS.format(mark="@pytest.mark.slow")
    assert _outcomes(pytester, tests, "-m", "not slow") == {"failed": 1, "deselected": 1}


@pytest.mark.parametrize("arguments", [("-k", "two"), ("test_inner.py::test_two",)])
def test_a_test_that_runs_alone_answers_for_its_share_only(
    pytester: pytest.Pytester, arguments: tuple[str, ...]
) -> None:
    outcome = _outcomes(pytester, _TWO_USERS.format(mark=""), *arguments)
    assert (outcome["passed"], outcome.get("failed")) == (1, None)


def test_each_value_of_a_fixture_is_shared_by_its_own_tests(pytester: pytest.Pytester) -> None:
    tests = (
        "@pytest.fixture(scope='module', params=range(4))\ndef made(work, request): work({seconds})\n"
        "def test_one(made): pass\ndef test_two(made): pass"
    )
    assert _outcomes(pytester, tests.format(seconds=7)) == {"passed": 8}
    assert _outcomes(pytester, tests.format(seconds=9)) == {"failed": 4, "passed": 4}


_WORK = "import time\nwhile time.process_time() < 0.3: pass\n"


def test_own_work_counts_and_waiting_does_not() -> None:
    before, began = cpu_seconds(), time.process_time()
    while time.process_time() < began + 0.1:
        pass
    worked = cpu_seconds()
    time.sleep(0.3)
    assert 0.08 < worked - before < 0.25
    assert cpu_seconds() - worked < 0.1


def test_the_work_of_a_process_counts_once_it_has_ended() -> None:
    before = cpu_seconds()
    subprocess.run([sys.executable, "-c", _WORK], check=True)
    assert 0.25 < cpu_seconds() - before < 0.8


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_the_work_of_a_process_counts_while_it_runs() -> None:
    before = cpu_seconds()
    program = f"{_WORK}print(flush=True)\ninput()"
    with subprocess.Popen([sys.executable, "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        running = cpu_seconds() - before
        process.communicate(b"\n")
    assert 0.25 < running < 0.8
    assert cpu_seconds() - before >= running
