"""Memory that is a process's own, without the pages of files that it has mapped (Linux)."""

import threading
from pathlib import Path
from types import TracebackType

_STATUS = Path("/proc/self/status")
_EVERY_S = 0.01


class OwnMemory:
    """Looks at it again and again; `peak` is the most that was seen, in bytes."""

    def __init__(self) -> None:
        self.peak = 0
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self) -> "OwnMemory":
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._ended.wait(_EVERY_S):
            lines = _STATUS.read_text(encoding="ascii").splitlines()
            own = next(int(line.split()[1]) for line in lines if line.startswith("RssAnon:"))
            self.peak = max(self.peak, 1024 * own)
