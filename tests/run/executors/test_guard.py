import os
import signal
import time
from pathlib import Path

import pytest

from xdata.errors import RunError
from xdata.recipe.recipe import Guard
from xdata.run.executors.guard import Heartbeat, Verdict, bytes_done, judge, judge_crash, read_verdicts, write_verdict


def test_a_document_within_bounds_is_left(tmp_path: Path) -> None:
    heartbeat = Heartbeat.open(tmp_path, 0)
    assert judge(tmp_path, 0, os.getpid(), Guard(cpu_seconds=0.001)) is None
    heartbeat.begin(7, bytes_done=0)
    assert judge(tmp_path, 0, os.getpid(), Guard()) is None


def test_time_is_counted_from_when_the_document_was_taken_up(tmp_path: Path) -> None:
    heartbeat = Heartbeat.open(tmp_path, 0)
    heartbeat.begin(7, bytes_done=0)
    begin = time.process_time()
    while time.process_time() - begin < 0.1:
        pass
    guard = Guard(cpu_seconds=0.05)
    assert judge(tmp_path, 0, os.getpid(), guard) == Verdict(7, "guard_cpu_seconds")
    heartbeat.begin(8, bytes_done=0)
    assert judge(tmp_path, 0, os.getpid(), guard) is None
    heartbeat.end(bytes_done=0)
    assert judge(tmp_path, 0, os.getpid(), Guard(cpu_seconds=1e-9)) is None


def test_memory_is_counted_from_when_the_document_was_taken_up(tmp_path: Path) -> None:
    heartbeat = Heartbeat.open(tmp_path, 0)
    heartbeat.begin(3, bytes_done=0)
    held = bytearray(os.urandom(1 << 20)) * 64
    assert judge(tmp_path, 0, os.getpid(), Guard(memory_bytes=16 << 20)) == Verdict(3, "guard_memory_bytes")
    del held


def test_a_rank_that_is_not_there_is_not_judged(tmp_path: Path) -> None:
    assert judge(tmp_path, 5, os.getpid(), Guard()) is None
    assert judge(tmp_path, 5, 2**22 + 1, Guard()) is None


def test_verdicts_of_a_rank_add_up(tmp_path: Path) -> None:
    assert read_verdicts(tmp_path, 2) == {}
    write_verdict(tmp_path, 2, Verdict(5, "guard_cpu_seconds"))
    write_verdict(tmp_path, 2, Verdict(900, "guard_memory_bytes"))
    assert read_verdicts(tmp_path, 2) == {5: "guard_cpu_seconds", 900: "guard_memory_bytes"}
    with pytest.raises(RunError, match="guard_cpu_seconds at document 5, which was dropped before"):
        write_verdict(tmp_path, 2, Verdict(5, "guard_cpu_seconds"))


def test_a_crash_is_the_documents_only_where_one_was_in_hand(tmp_path: Path) -> None:
    heartbeat = Heartbeat.open(tmp_path, 0)
    assert judge_crash(tmp_path, 0, os.getpid(), signal.SIGSEGV) is None
    heartbeat.begin(7, bytes_done=0)
    assert judge_crash(tmp_path, 0, os.getpid(), signal.SIGSEGV) == Verdict(7, "crashed_sigsegv")
    assert judge_crash(tmp_path, 0, os.getpid(), signal.SIGKILL) is None
    heartbeat.end(bytes_done=0)
    assert judge_crash(tmp_path, 0, os.getpid(), signal.SIGSEGV) is None


def test_a_rank_reports_its_progress(tmp_path: Path) -> None:
    assert bytes_done(tmp_path, 0, os.getpid()) == 0
    heartbeat = Heartbeat.open(tmp_path, 0)
    heartbeat.begin(7, bytes_done=123)
    assert bytes_done(tmp_path, 0, os.getpid()) == 123
    heartbeat.end(bytes_done=5_000_000_000)
    assert bytes_done(tmp_path, 0, os.getpid()) == 5_000_000_000
