"""Foreign text on a terminal: what a terminal would obey is made visible, letters and joiners of all scripts pass."""

import re

_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""Control characters, marks and overrides of direction, line separators, and what cannot be encoded."""


def printable(text: str) -> str:
    """`text` on one line, without anything that a terminal would obey."""
    return _OBEYED.sub(lambda match: f"\\u{ord(match[0]):04x}", text.replace("\n", " ⏎ "))
