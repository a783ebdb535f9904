"""A space in which a sentence and its translation lie closer together than where an embedder puts them.

Vectors of one language share a direction that identifies the language (Libovický et al. 2020, arXiv 2004.05160), and
some directions differ between translations more than others. So the mean of the language is taken away, and a linear
map shrinks what differs between translations (within-class covariance normalisation, Hatch et al. 2006). Both are
learned from sentences and their translations by `tests/benchmarks/decontamination_weights.py`, and lie beside the card
of the embedder.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xdata.errors import ResourceError, one_line

Vectors = npt.NDArray[np.float32]
"""(texts, dimensions), each row of unit length."""


@dataclass(frozen=True)
class Space:
    """Where vectors of an embedder are put."""

    means: Mapping[str, npt.NDArray[np.float64]]
    """Language -> mean of its vectors, (dimensions,); of a language that has none nothing is taken away."""
    shrinking: npt.NDArray[np.float64] | None
    """(dimensions, dimensions), symmetric; None changes nothing."""

    def place(self, vectors: Vectors, language: str) -> Vectors:
        """The vectors of texts in a language, each row of unit length."""
        mean = self.means.get(language)
        placed = vectors.astype(np.float64)
        if mean is not None:
            placed -= mean
        if self.shrinking is not None:
            placed = placed @ self.shrinking
        placed /= np.maximum(np.linalg.norm(placed, axis=1, keepdims=True), 1e-9)
        return placed.astype(np.float32)


UNCHANGED = Space({}, None)
"""Leaves vectors where they are."""


@lru_cache(maxsize=4)
def read_space(path: Path) -> Space:
    """The space in an npz file: `languages`, `means` (languages, dimensions) and `shrinking`.

    Raises ResourceError for any other file.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            languages, means, shrinking = (kept[name] for name in ("languages", "means", "shrinking"))
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise ResourceError(f"{path}: is not a space of an embedder: {one_line(str(error))}") from None
    size = means.shape[-1]
    if languages.ndim != 1 or means.shape != (len(languages), size) or shrinking.shape != (size, size):
        raise ResourceError(f"{path}: expected one mean for each language and a square map of the same dimension")
    by_language = zip(languages.tolist(), means.astype(np.float64), strict=True)
    return Space(dict(by_language), shrinking.astype(np.float64))


def write_space(path: Path, space: Space) -> None:
    """Keeps a space in half precision, languages in order."""
    if space.shrinking is None:
        raise ResourceError(f"{path}: the space changes nothing: remove it")
    languages = sorted(space.means)
    means = np.stack([space.means[language] for language in languages]).astype(np.float16)
    np.savez(path, languages=np.array(languages), means=means, shrinking=space.shrinking.astype(np.float16))
