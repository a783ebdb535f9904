"""The Universal Declaration of Human Rights in some four hundred languages."""

from collections.abc import Iterator
from pathlib import Path

from xdata.provenance.declarations import read_declarations
from xdata.provenance.passages.fitness import fit
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage, tidy

_WRITTEN_AS_OTHERS = frozenset({"bos_Cyrl", "vie_Hant", "san_Gran"})
"""Declarations that are another one in other letters."""
_SINITIC = frozenset({"cdo", "cjy", "cpx", "czh", "gan", "hak", "hsn", "mnp", "nan", "wuu"})
"""Sinitic languages whose declaration in Han characters is Mandarin as it is written."""


def passages(cache: Path) -> Iterator[Passage]:
    """Every paragraph, by language."""
    for package in packages_of("declarations"):
        for code, declaration in read_declarations(unpacked(package, cache) / "package").items():
            language, script = code.split("_")
            if code in _WRITTEN_AS_OTHERS or (language in _SINITIC and script in ("Hans", "Hant")):
                continue
            for text in map(tidy, declaration.paragraphs):
                if fit(text):
                    yield Passage(code, text, "prose", package.title)
