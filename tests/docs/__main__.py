"""Writes into pages what their commands print now.

    python -m tests.docs [PAGE …]

Only outputs that differ are written; shorten them with `…` by hand where they are long.
"""

import sys
import tempfile
from pathlib import Path

from tests.docs.pages import PAGES, run_page


def main(pages: list[Path]) -> None:
    for page in pages:
        with tempfile.TemporaryDirectory() as folder:
            outputs = [output for output in run_page(page, Path(folder) / page.stem) if not output.equal]
        text = page.read_text(encoding="utf-8")
        for output in reversed(outputs):
            end = output.start + len(output.expected)
            lines = "".join(f"{line.rstrip()}\n" for line in output.actual.strip("\n").splitlines())
            text = text[: output.start] + lines + text[end:]
        page.write_text(text, encoding="utf-8")
        print(f"{page}: {len(outputs)} outputs written")


if __name__ == "__main__":
    main([Path(word).resolve() for word in sys.argv[1:]] or list(PAGES))
