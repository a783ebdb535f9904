import time
from pathlib import Path

import pytest

from tests.readers.malformed.inputs import INPUTS, Input
from tests.readers.malformed.page import PAGE, page
from tests.readers.malformed.reading import read
from xdata.cli import main

_CASES = {f"{reader}: {name}": case for reader, cases in INPUTS.items() for name, case in cases.items()}


def test_there_are_at_least_120_cases() -> None:
    assert len(_CASES) >= 120


def test_the_page_of_the_documentation_is_current() -> None:
    """Where the difference is meant: `python -m tests.readers.malformed`."""
    assert PAGE.read_text(encoding="utf-8") == page()


@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES)
def test_nothing_is_lost_without_a_word(case: Input, tmp_path: Path) -> None:
    name, make = case
    data = make()
    (tmp_path / name).write_bytes(data)
    begun = time.process_time()
    found = read(tmp_path / name)
    assert time.process_time() - begun < 2
    assert "\n" not in found.message and "Traceback" not in found.message
    if data.strip() and not found.documents and not found.skipped:
        assert found.message or b"text" in data, "nothing was read, and nothing says why"


@pytest.mark.slow
@pytest.mark.parametrize("case", _CASES.values(), ids=_CASES)
def test_a_build_has_the_exit_status_of_the_table(
    case: Input, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name, make = case
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / name).write_bytes(make())
    expected = read(tmp_path / "in" / name)
    command = ["build", "monolingual_corpus", "--input", str(tmp_path / "in"), "--out", str(tmp_path / "out")]
    status = main([*command, "--executor", "inline", "--set", "thresholds=none", "min_words=1"])
    err = capsys.readouterr().err
    assert status == expected.status, err
    if status == 1:
        assert err.splitlines()[-1].startswith("xdata: ")
