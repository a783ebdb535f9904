"""Makes `resources/scripts/ranges.tsv`: the Unicode property Script (UAX #24) as fontTools carries it.

python -m xdata.provenance.scripts
"""

import argparse
from collections.abc import Iterator
from importlib.metadata import version

from xdata.resources import resources_folder


def script_ranges() -> Iterator[tuple[int, int, str]]:
    """(first, last, ISO 15924 code) of every run of code points of one script; unassigned ones are left out."""
    from fontTools import unicodedata

    start, current = 0, unicodedata.script(chr(0))
    for code_point in range(1, 0x110001):
        code = unicodedata.script(chr(code_point)) if code_point <= 0x10FFFF else ""
        if code != current:
            if current != "Zzzz":
                yield start, code_point - 1, current
            start, current = code_point, code


def main() -> None:
    argparse.ArgumentParser(description=__doc__).parse_args()
    folder = resources_folder() / "scripts"
    folder.mkdir(parents=True, exist_ok=True)
    lines = [f"{first:04X}\t{last:04X}\t{code}" for first, last, code in script_ranges()]
    head = f"# Unicode property Script, from fonttools {version('fonttools')}; license: Unicode-3.0\n"
    (folder / "ranges.tsv").write_text(head + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
