"""Kind -> class of every step. Explicit: a kind is in it because someone put it there, once."""

from collections.abc import Iterable, Iterator

from xdata.errors import ConfigError, nearest
from xdata.step import Step


class Registry:
    """The steps that a recipe may name by their kind."""

    def __init__(self, steps: Iterable[type[Step]] = ()) -> None:
        self._classes: dict[str, type[Step]] = {}
        for step in steps:
            self.add(step)

    def add(self, step: type[Step]) -> None:
        """Adds a class under its kind. Raises ConfigError where the kind is taken or missing."""
        kind = step.model_fields["kind"].default
        if not isinstance(kind, str) or kind.count(".") != 1:
            raise ConfigError(f"{step.__qualname__}: give it `kind: Literal['room.noun'] = 'room.noun'`")
        if kind in self._classes:
            raise ConfigError(f"the kind {kind!r} is taken by {self._classes[kind].__qualname__}")
        self._classes[kind] = step

    def __getitem__(self, kind: str) -> type[Step]:
        if kind not in self._classes:
            raise ConfigError(f"unknown kind of step {kind!r}: {nearest(kind, self._classes)}")
        return self._classes[kind]

    def __contains__(self, kind: str) -> bool:
        return kind in self._classes

    def __iter__(self) -> Iterator[str]:
        return iter(sorted(self._classes))
