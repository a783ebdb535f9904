"""KenLM models of words, by path: those that others trained with its own tools."""

import os
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from xdata.errors import ResourceError, one_line
from xdata.text.analysis import words_of

ENDINGS = (".arpa", ".bin", ".binary", ".klm")
"""Of the files that KenLM reads."""
_MOST_LOG10 = 30.0
"""Keeps a perplexity within float32."""
_PACKAGES = ("kenlm", "ufal-kenlm")
"""That hold its module."""


def kenlm_version() -> str | None:
    """The package that reads models and its version, as `kenlm 0.2.0`; None without one."""
    for name in _PACKAGES:
        try:
            return f"{name} {version(name)}"
        except PackageNotFoundError:
            continue
    return None


class KenlmModel:
    """A KenLM model of lower-case words. Raises ResourceError without the package, and for what is no such model."""

    def __init__(self, path: Path) -> None:
        try:
            import kenlm
        except ImportError:
            raise ResourceError(
                f"{path}: needs the package kenlm: pip install kenlm, or ufal-kenlm for wheels"
            ) from None
        config = kenlm.Config()
        config.show_progress = False
        try:
            self._model = kenlm.Model(os.fspath(path), config)
        except (OSError, RuntimeError) as error:
            raise ResourceError(f"{path}: is not a KenLM model: {one_line(str(error), limit=200)}") from None

    def perplexity(self, text: str) -> float | None:
        """Perplexity a word, ends of lines among them; None for a text without words."""
        lines = [words for line in text.splitlines() if (words := [word.lower() for word in words_of(line)])]
        if not lines:
            return None
        # a word that is not UTF-8 is no word of the model either way
        sentences = [" ".join(words).encode("utf-8", "replace").decode() for words in lines]
        log10 = sum(self._model.score(sentence) for sentence in sentences)
        num = sum(len(words) + 1 for words in lines)
        return float(10.0 ** min(-log10 / num, _MOST_LOG10))
