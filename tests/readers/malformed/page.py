"""The page of the documentation with the table of malformed inputs."""

from pathlib import Path

from tests.readers.malformed.reading import table

PAGE = Path(__file__).resolve().parents[3] / "docs" / "reference" / "malformed-input.md"
_HEAD = """# Malformed input

What a build makes of input that is broken, or that is not what its name or its header says. Each row is a test.
`records` is the number of records that are read; filters may drop them. The exit status is that of a build of this
input alone: it is 1 where no record can be read. Beside other input, a file that cannot be read is a warning, and an
error with `--strict` or `--set on_bad_file=error`.
"""


def page() -> str:
    """The page as it should be."""
    return _HEAD + table()


def write() -> None:
    """Writes the page."""
    PAGE.write_text(page(), encoding="utf-8")
