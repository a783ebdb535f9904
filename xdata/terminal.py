"""Text on a terminal: control characters are made visible, letters and joiners of all scripts pass, columns align."""

import re
import textwrap
import unicodedata
from collections.abc import Sequence

_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, marks and overrides of direction, line separators, and what cannot be encoded."""
_GAP = "  "
"""Between columns."""
_WIDTH = 100
"""Most characters of a line that is wrapped."""
_UNITS = ("B", "kB", "MB", "GB", "TB")


def printable(text: str) -> str:
    """`text` on one line, without anything that a terminal would obey; JSON stays equal JSON."""
    return _OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text.replace("\n", " ⏎ "))


def width(text: str) -> int:
    """Columns that a terminal needs for `text`: two for wide characters of East Asia, none for combining marks."""
    return sum(map(_width, text))


def aligned(rows: Sequence[Sequence[str]], *, right: Sequence[int] = ()) -> list[str]:
    """Rows as lines whose cells stand below each other, without spaces at the end of a line.

    The last cell of a row may be of any width. Columns whose places are in `right` are aligned to the right.
    """
    columns = max(map(len, rows), default=0)
    widths = [max((width(row[place]) for row in rows if place < len(row) - 1), default=0) for place in range(columns)]
    return [
        _GAP.join(
            _padded(cell, widths[place], row=row, place=place, right=right) for place, cell in enumerate(row)
        ).rstrip()
        for row in rows
    ]


def wrapped(text: str, *, indent: int) -> list[str]:
    """`text` in lines of at most 100 characters, indented."""
    space = " " * indent
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=space,
        subsequent_indent=space,
        break_long_words=False,
        break_on_hyphens=False,
    )


def size(num_bytes: float) -> str:
    """A number of bytes in the unit in which it is below 1000, as `12.3 MB`."""
    for unit in _UNITS[:-1]:
        if num_bytes < 1000:
            return f"{num_bytes:.0f} {unit}" if unit == "B" else f"{num_bytes:.1f} {unit}"
        num_bytes /= 1000
    return f"{num_bytes:.1f} {_UNITS[-1]}"


def _padded(cell: str, size: int, *, row: Sequence[str], place: int, right: Sequence[int]) -> str:
    space = " " * (size - width(cell))
    if place in right:
        return space + cell
    return cell if place == len(row) - 1 else cell + space


def _width(character: str) -> int:
    if unicodedata.category(character) in ("Mn", "Me", "Cf"):
        return 0
    return 2 if unicodedata.east_asian_width(character) in ("W", "F") else 1
