import io

from xdata.progress import Progress


class _Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def _watch(stream: io.StringIO) -> str:
    with Progress(stream) as progress:
        progress.note("a note")
        progress.stage_began("edit", num_parts=3, num_done=1)
        progress.part_done("edit")
        progress.part_done("edit")
        progress.stage_ended("edit", "9 documents read")
        progress.stage_began("decide", num_parts=2, num_done=2)
        progress.stage_ended("decide", "5 of 9 documents kept")
    return stream.getvalue()


def test_plain_lines_where_there_is_no_terminal() -> None:
    assert _watch(io.StringIO()).splitlines() == [
        "note: a note",
        "edit: 3 parts, 1 done before",
        "edit: 9 documents read",
        "decide: 5 of 9 documents kept",
    ]


def test_bars_on_a_terminal() -> None:
    seen = _watch(_Terminal())
    assert "edit:" in seen
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
