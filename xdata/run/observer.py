"""Observers of a run: they receive its progress, warnings and notes. The library itself never prints."""

from typing import Protocol


class Observer(Protocol):
    """Hears what happens, in order."""

    def note(self, text: str) -> None:
        """Something that the user should know; one line."""

    def warn(self, text: str) -> None:
        """Something that is probably not as the user wants it; one line."""

    def stage_began(
        self, stage: str, *, num_parts: int, num_done: int, num_bytes: int = 0, bytes_done: int = 0
    ) -> None:
        """A stage begins, `num_done` of its parts being done already.

        `num_bytes` is what its parts come to, `bytes_done` what of that is done; both 0 where parts have no sizes.
        """

    def part_done(self, stage: str) -> None:
        """One part more is done."""

    def advanced(self, stage: str, num_bytes: int) -> None:
        """So many bytes of a stage whose parts have sizes are done by now, those inside of parts among them."""

    def stage_ended(self, stage: str, summary: str) -> None:
        """All parts of a stage are done."""


class Silence:
    """An observer that prints nothing."""

    def note(self, text: str) -> None: ...

    def warn(self, text: str) -> None: ...

    def stage_began(
        self, stage: str, *, num_parts: int, num_done: int, num_bytes: int = 0, bytes_done: int = 0
    ) -> None: ...

    def part_done(self, stage: str) -> None: ...

    def advanced(self, stage: str, num_bytes: int) -> None: ...

    def stage_ended(self, stage: str, summary: str) -> None: ...
