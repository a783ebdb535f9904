"""Writes into pages what their commands print now.

    python -m tests.docs [PAGE …]

Only outputs that differ are written. Lines that a page leaves out (`…`) are left out again.
"""

import sys
import tempfile
from collections.abc import Sequence
from difflib import SequenceMatcher
from pathlib import Path

from tests.docs.pages import ELLIPSIS, PAGES, run_page


def main(pages: Sequence[Path]) -> None:
    """Brings pages up to date."""
    for page in pages:
        with tempfile.TemporaryDirectory() as folder:
            outputs = [output for output in run_page(page, Path(folder) / page.stem) if not output.equal]
        text = page.read_text(encoding="utf-8")
        for output in reversed(outputs):
            lines = shortened(output.expected.splitlines(), output.actual.strip("\n").splitlines())
            end = output.start + len(output.expected)
            text = text[: output.start] + "".join(f"{line.rstrip()}\n" for line in lines) + text[end:]
        page.write_text(text, encoding="utf-8")
        print(f"{page}: {len(outputs)} outputs written")


def shortened(expected: Sequence[str], actual: Sequence[str]) -> list[str]:
    """The lines of an output without those that the page leaves out, by the lines around them."""
    whole = [line for line in expected if line != ELLIPSIS]
    place = {-1: -1, len(whole): len(actual)}
    for _, old, old_end, new, new_end in SequenceMatcher(None, whole, actual, autojunk=False).get_opcodes():
        place |= dict(zip(range(old, old_end), range(new, new_end), strict=False))
    left_out: set[int] = set()
    number = 0
    for line in expected:
        if line != ELLIPSIS:
            number += 1
        elif number - 1 in place and number in place:
            left_out.update(range(place[number - 1] + 1, place[number]))
    found: list[str] = []
    for number, line in enumerate(actual):
        if number not in left_out:
            found.append(line)
        elif number - 1 not in left_out:
            found.append(ELLIPSIS)
    return found


if __name__ == "__main__":
    main([Path(word).resolve() for word in sys.argv[1:]] or PAGES)
