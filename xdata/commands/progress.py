"""What a person sees of a run: bars on a terminal or in a notebook, else plain lines, with the estimated time left."""

import sys
import time
import warnings
from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Any, Never, TextIO

from tqdm import tqdm

from xdata.errors import counted
from xdata.terminal import printable, size

_LINE_EVERY_S = 10.0
"""Seconds between lines of a stage, where there are no bars."""


Bar = Callable[..., "tqdm[Never]"]


class Progress:
    """An observer that writes to a stream; with bars where `bar` makes them, or the stream is a terminal."""

    def __init__(self, stream: TextIO, *, bar: Bar | None = None, every_s: float = _LINE_EVERY_S) -> None:
        self._stream = stream
        self._every_s = every_s
        self._make_bar: Bar | None = bar or (tqdm if stream.isatty() else None)
        self._bar: tqdm[Never] | None = None
        self._parts = self._parts_done = 0
        self._total = self._done = self._done_before = 0
        """Of a stage whose parts have sizes: its bytes, those done, and those done before it began."""
        self._began = self._said = 0.0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def lines(self, lines: Iterable[str]) -> None:
        """Writes some lines as they are."""
        self._close()
        for line in lines:
            self._line(line)

    def note(self, text: str) -> None:
        """Prints one line."""
        self._close()
        self._line(f"note: {text}")

    def warn(self, text: str) -> None:
        """Prints one line, in the quiet mode too."""
        self._close()
        self._line(f"warning: {text}")

    def stage_began(
        self, stage: str, *, num_parts: int, num_done: int, num_bytes: int = 0, bytes_done: int = 0
    ) -> None:
        """Starts the progress bar of a stage, or prints that it starts."""
        self._parts, self._parts_done = num_parts, num_done
        self._total, self._done, self._done_before = num_bytes, bytes_done, bytes_done
        self._began = self._said = time.monotonic()
        if self._make_bar is not None:
            sizes = {"total": num_bytes, "initial": bytes_done, "unit": "B", "unit_scale": True}
            parts = {"total": num_parts, "initial": num_done, "unit": "part"}
            self._bar = self._make_bar(desc=stage, file=self._stream, leave=False, **(sizes if num_bytes else parts))
        elif num_done < num_parts:
            self._line(f"{stage}: {counted(num_parts, 'part')}" + (f", {num_done} done before" if num_done else ""))

    def part_done(self, stage: str) -> None:
        """Advances the bar if parts have no sizes, or prints the progress at intervals."""
        self._parts_done += 1
        if self._bar is None:
            self._say_now_and_then(stage)
        elif not self._total:
            self._bar.update()

    def advanced(self, stage: str, num_bytes: int) -> None:
        """Advances the bar to `num_bytes` of the stage, or prints the progress at intervals."""
        self._done = max(num_bytes, self._done)
        if self._bar is None:
            self._say_now_and_then(stage)
        elif self._total:
            self._bar.update(self._done - self._bar.n)

    def stage_ended(self, stage: str, summary: str) -> None:
        """Prints the result of a stage."""
        self._close()
        self._line(f"{stage}: {summary}")

    def _say_now_and_then(self, stage: str) -> None:
        now = time.monotonic()
        if now - self._said <= self._every_s:
            return
        self._said = now
        parts = f"{self._parts_done} of {self._parts} parts"
        if not self._total:
            self._line(f"{stage}: {parts}")
            return
        done = f"{self._done / self._total:.0%} of {size(self._total)}"
        gained = self._done - self._done_before
        left = (self._total - self._done) * (now - self._began) / gained if gained else None
        self._line(f"{stage}: {done}, {parts}" + (f", about {_duration(left)} left" if left is not None else ""))

    def _line(self, text: str) -> None:
        self._stream.write(printable(text) + "\n")
        self._stream.flush()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None


class Quiet(Progress):
    """Progress that writes warnings only."""

    def note(self, text: str) -> None:
        pass

    def stage_began(
        self, stage: str, *, num_parts: int, num_done: int, num_bytes: int = 0, bytes_done: int = 0
    ) -> None:
        pass

    def part_done(self, stage: str) -> None:
        pass

    def advanced(self, stage: str, num_bytes: int) -> None:
        pass

    def stage_ended(self, stage: str, summary: str) -> None:
        pass


def progress_here() -> Progress:
    """Progress where this process shows it: in its notebook, else on standard error."""
    return Progress(sys.stdout, bar=_notebook_bar()) if in_notebook() else Progress(sys.stderr)


def in_notebook() -> bool:
    """Whether this process is the kernel of a notebook."""
    module: Any = sys.modules.get("IPython")
    return module is not None and getattr(module.get_ipython(), "kernel", None) is not None


def _notebook_bar() -> Bar:
    """A bar that is a widget where the notebook has widgets."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it warns where there are no widgets, and then writes characters
        from tqdm.auto import tqdm as bar
    return bar


def _duration(seconds: float) -> str:
    """Some seconds in the units that a person plans with."""
    minutes = round(seconds / 60)
    if minutes < 2:
        return f"{round(seconds)} s"
    return f"{minutes} min" if minutes < 120 else f"{minutes // 60} h {minutes % 60:02} min"
