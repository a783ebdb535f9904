"""Writes the table of docs/reference/malformed-input.md anew: `python -m tests.readers.malformed`."""

from tests.readers.malformed.page import write

write()
