"""What a run tells whoever watches it. The library itself never prints."""

from typing import Protocol


class Observer(Protocol):
    """Hears what happens, in order."""

    def note(self, text: str) -> None:
        """Something that the user should know; one line."""

    def stage_began(self, stage: str, *, num_parts: int, num_done: int) -> None:
        """A stage begins, `num_done` of its parts being done already."""

    def part_done(self, stage: str) -> None:
        """One part more is done."""

    def stage_ended(self, stage: str, summary: str) -> None:
        """All parts of a stage are done."""


class Silence:
    """Hears everything and says nothing."""

    def note(self, text: str) -> None: ...

    def stage_began(self, stage: str, *, num_parts: int, num_done: int) -> None: ...

    def part_done(self, stage: str) -> None: ...

    def stage_ended(self, stage: str, summary: str) -> None: ...
