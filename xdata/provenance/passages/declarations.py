"""The Universal Declaration of Human Rights in some four hundred languages."""

from collections.abc import Iterator
from pathlib import Path

from xdata.provenance.declarations import read_declarations
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage, is_text, tidy


def passages(cache: Path) -> Iterator[Passage]:
    """Every paragraph, by language."""
    for package in packages_of("declarations"):
        for code, declaration in read_declarations(unpacked(package, cache) / "package").items():
            for text in map(tidy, declaration.paragraphs):
                if is_text(text):
                    yield Passage(code, text, "prose", package.title)
