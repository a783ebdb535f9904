"""What a command answers: the lines that it prints, and its exit status."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import orjson

from xdata.terminal import printable


@dataclass(frozen=True)
class Answer:
    """Lines for standard output, and an exit status."""

    lines: Iterable[str] = ()
    """Printed one after the other, while a command still makes them."""
    status: int = 0

    def printed(self) -> Iterable[str]:
        """The lines as they are printed: tabs separate cells, everything else that a terminal obeys is made visible."""
        return ("\t".join(map(printable, line.split("\t"))) for line in self.lines)


def in_json(value: Any, *, status: int = 0) -> Answer:
    """A value as indented JSON; numpy's numbers are allowed."""
    text = orjson.dumps(value, default=str, option=orjson.OPT_INDENT_2 | orjson.OPT_SERIALIZE_NUMPY).decode()
    return Answer(text.split("\n"), status)
