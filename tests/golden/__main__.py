"""Writes all golden files."""

from tests.golden.contents import CONTENTS, FOLDER

for name, content in CONTENTS.items():
    (FOLDER / name).write_text(content(), encoding="utf-8")
