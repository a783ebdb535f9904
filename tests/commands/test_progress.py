import io

import pytest

from xdata.commands.progress import Progress, Quiet


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _watch(stream: io.StringIO, kind: type[Progress] = Progress) -> str:
    with kind(stream) as progress:
        progress.note("a note")
        progress.stage_began("read", num_parts=3, num_done=1)
        progress.part_done("read")
        progress.part_done("read")
        progress.stage_ended("read", "9 documents read")
        progress.stage_began("decide", num_parts=2, num_done=2)
        progress.stage_ended("decide", "5 of 9 documents kept")
    return stream.getvalue()


def test_plain_lines_where_there_is_no_terminal() -> None:
    assert _watch(io.StringIO()).splitlines() == [
        "note: a note",
        "read: 3 parts, 1 done before",
        "read: 9 documents read",
        "decide: 5 of 9 documents kept",
    ]


def test_bars_on_a_terminal() -> None:
    seen = _watch(_Terminal())
    assert "read:" in seen
    assert "\r" in seen
    assert seen.rstrip().endswith("decide: 5 of 9 documents kept")


def test_what_a_terminal_would_obey_is_shown_and_not_sent() -> None:
    stream = io.StringIO()
    with Progress(stream) as progress:
        progress.note("crawl/\x1b]0;owned\x07\u202egz.crw: is empty")
        progress.note("crawl/ක්\u200dෂ.jsonl: is empty")
    assert "\x1b" not in stream.getvalue()
    assert stream.getvalue().splitlines() == [
        "note: crawl/\\u001b]0;owned\\u0007\\u202egz.crw: is empty",
        "note: crawl/ක්\u200dෂ.jsonl: is empty",
    ]


class _Clock:
    now = 0.0

    def monotonic(self) -> float:
        return self.now


def test_lines_show_the_share_of_bytes_and_the_time_left(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, stream = _Clock(), io.StringIO()
    monkeypatch.setattr("xdata.commands.progress.time", clock)
    with Progress(stream) as progress:
        progress.stage_began("read", num_parts=4, num_done=1, num_bytes=4_000_000_000, bytes_done=1_000_000_000)
        for seconds, done in ((4, 1_100_000_000), (60, 2_000_000_000), (65, 2_100_000_000), (7200, 2_000_000_001)):
            clock.now = seconds
            progress.advanced("read", done)
    assert stream.getvalue().splitlines() == [
        "read: 4 parts, 1 done before",
        "read: 50% of 4.0 GB, 1 of 4 parts, about 2 min left",
        "read: 52% of 4.0 GB, 1 of 4 parts, about 3 h 27 min left",
    ]


def test_a_bar_moves_by_bytes_where_parts_have_sizes() -> None:
    with Progress(_Terminal()) as progress:
        progress.stage_began("read", num_parts=1, num_done=0, num_bytes=2_000_000)
        progress.advanced("read", 1_000_000)
        progress.advanced("read", 2_000_000)
        progress.part_done("read")
        assert progress._bar is not None
        assert (progress._bar.n, progress._bar.total) == (2_000_000, 2_000_000)


@pytest.mark.parametrize("stream", [io.StringIO(), _Terminal()])
def test_quiet_writes_warnings_only(stream: io.StringIO) -> None:
    assert _watch(stream, Quiet) == ""
    with Quiet(stream) as progress:
        progress.advanced("read", 5)
        progress.warn("a file cannot be read")
    assert stream.getvalue() == "warning: a file cannot be read\n"


def test_lines_come_as_often_as_is_asked_for() -> None:
    stream = io.StringIO()
    with Progress(stream, every_s=0) as progress:
        progress.lines(["a plan\x1b[31m", ""])
        progress.stage_began("read", num_parts=2, num_done=0, num_bytes=100)
        progress.advanced("read", 50)
        progress.part_done("read")
    assert stream.getvalue().splitlines()[:3] == ["a plan\\u001b[31m", "", "read: 2 parts"]
    assert len(stream.getvalue().splitlines()) == 5
