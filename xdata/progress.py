"""What a person sees of a run: bars on a terminal, plain lines otherwise."""

import time
from types import TracebackType
from typing import Never, TextIO

from tqdm import tqdm

from xdata.terminal import printable

_LINE_EVERY_S = 10.0


class Progress:
    """An observer that writes to a stream."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self._bar: tqdm[Never] | None = None
        self._done = self._parts = 0
        self._said = 0.0

    def __enter__(self) -> "Progress":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._close()

    def note(self, text: str) -> None:
        """Says one line."""
        self._close()
        self._line(f"note: {text}")

    def stage_began(self, stage: str, *, num_parts: int, num_done: int) -> None:
        """Begins the bar of a stage, or says that it begins."""
        self._done, self._parts, self._said = num_done, num_parts, time.monotonic()
        if self._stream.isatty():
            self._bar = tqdm(total=num_parts, initial=num_done, desc=stage, unit="part", file=self._stream, leave=False)
        elif num_done < num_parts:
            self._line(f"{stage}: {num_parts} parts" + (f", {num_done} done before" if num_done else ""))

    def part_done(self, stage: str) -> None:
        """Moves the bar on, or says now and then how far it is."""
        self._done += 1
        if self._bar is not None:
            self._bar.update()
        elif time.monotonic() - self._said > _LINE_EVERY_S:
            self._said = time.monotonic()
            self._line(f"{stage}: {self._done} of {self._parts} parts")

    def stage_ended(self, stage: str, summary: str) -> None:
        """Says what came of a stage."""
        self._close()
        self._line(f"{stage}: {summary}")

    def _line(self, text: str) -> None:
        self._stream.write(printable(text) + "\n")
        self._stream.flush()

    def _close(self) -> None:
        if self._bar is not None:
            self._bar.close()
        self._bar = None
