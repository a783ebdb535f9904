"""Test items whose translation stands in a document, by multilingual embeddings.

Each sentence of a document, and each line of two or three sentences, is compared with all items at once. Where an item
is known in several languages its vector is the mean of up to four of them, which finds a tenth more (60 rows of
SIB-200 in 54 languages: 0.68 found with three languages, 0.62 with one). What is shorter than 25 consonants, some
eight words, is not looked for, nor text in a language that the embedder does not know.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xdata.dedup.evaluation_sets import Item
from xdata.dedup.evidence import NEIGHBOURS, Floats, probabilities, side_evidence
from xdata.dedup.matches import Matches, best, nothing
from xdata.models.embedder import ItemEmbedder, Vectors
from xdata.text.analysis import Analyses
from xdata.text.romanise import num_values, skeleton
from xdata.text.spans import Ints, cumulated

LEAST_CONSONANTS = 25
"""Of a text that is compared."""
LEAST_ROWS = 50
"""Rows of all sets that there must be: what is near by chance is told by the others."""
_MOST_COPIES = 4
_LONGEST = 600
"""Code points of an item or a line that is compared whole."""
_MOST_SENTENCES = 3
_CONSIDERED = 16
"""Items nearest to a sentence, of which those that say the same as the best one are left out."""
_SAME = 0.95
"""Cosine from which two items say the same."""
_ROWS_AT_A_TIME = 1024


@dataclass(frozen=True)
class _Unit:
    """What sentences are compared with: an item, or a sentence of a longer one."""

    item: int
    """Number of the item."""
    texts: tuple[str, ...]
    """Itself, and its translations."""


class Translations:
    """The vectors of all items that are known in a language of the embedder."""

    def __init__(self, items: Sequence[Item], embedder: ItemEmbedder) -> None:
        self._embedder = embedder
        units = _units(items, embedder.card.languages)
        self.rows: frozenset[str] = frozenset(item.name for item in items if item.language in embedder.card.languages)
        """Names of the rows in a language that it knows."""
        self._items = np.array([unit.item for unit in units], dtype=np.int64)
        self._texts = [unit.texts[0] for unit in units]
        self._vectors = self._means(units)

    @property
    def is_enough(self) -> bool:
        """Whether there are so many rows that a margin means something."""
        return len(self.rows) >= LEAST_ROWS

    def find(self, analyses: Analyses, wanted: npt.NDArray[np.bool_], *, least: float) -> Matches:
        """Pairs of a wanted text and an item, with a probability of at least `least`."""
        if not self.is_enough or not wanted.any():
            return nothing()
        texts, sentences = sentences_of(analyses, wanted)
        found = [
            self._compare(texts[start : start + _ROWS_AT_A_TIME], sentences[start : start + _ROWS_AT_A_TIME], least)
            for start in range(0, len(sentences), _ROWS_AT_A_TIME)
        ]
        if not found:
            return nothing()
        return best(*(np.concatenate([getattr(one, name) for one in found]) for name in ("texts", "items", "scores")))

    def _compare(self, texts: Ints, sentences: Sequence[str], least: float) -> Matches:
        cosines = self._embedder.embed(sentences) @ self._vectors.T
        units, features = self._nearest(cosines)
        side = side_evidence(zip(sentences, (self._texts[unit] for unit in units), strict=True))
        chances = probabilities(np.column_stack([features, side]), self._embedder.card)
        sure = chances >= least
        return Matches(texts[sure], self._items[units[sure]], chances[sure])

    def _nearest(self, cosines: Vectors) -> tuple[Ints, Floats]:
        """(the best unit of each row, its margin, cosine and gap)."""
        most = min(_CONSIDERED, cosines.shape[1])
        near = np.argpartition(-cosines, most - 1, axis=1)[:, :most]
        values = np.take_along_axis(cosines, near, axis=1)
        order = np.lexsort((near, -values), axis=1)
        near, values = np.take_along_axis(near, order, axis=1), np.take_along_axis(values, order, axis=1)
        chosen = near[:, 0]
        alike = np.einsum("nkd,nd->nk", self._vectors[near], self._vectors[chosen]) >= _SAME
        alike |= self._items[near] == self._items[chosen][:, None]
        others = np.sort(np.where(alike, -np.inf, values), axis=1)[:, ::-1][:, :NEIGHBOURS].astype(np.float64)
        floor = values.min(axis=1)[:, None]
        others = np.where(np.isinf(others), floor, others)
        top = values[:, 0].astype(np.float64)
        return chosen, np.column_stack([top - others.mean(axis=1), top, top - others[:, 0]])

    def _means(self, units: Sequence[_Unit]) -> Vectors:
        """The mean of the vectors of each unit's texts, of unit length."""
        every = list(dict.fromkeys(text for unit in units for text in unit.texts))
        if not every:
            return np.empty((0, 0), dtype=np.float32)
        places = {text: place for place, text in enumerate(every)}
        vectors = self._embedder.embed_items(every)
        means = np.stack([vectors[[places[text] for text in unit.texts]].mean(axis=0) for unit in units])
        lengths = np.linalg.norm(means, axis=1, keepdims=True)
        return np.asarray(means / np.maximum(lengths, 1e-9), dtype=np.float32)


def sentences_of(analyses: Analyses, wanted: npt.NDArray[np.bool_]) -> tuple[Ints, list[str]]:
    """(number of the text, sentence) of each sentence of wanted texts, and of each line of two or three.

    What is too short or too long is left out.
    """
    lines, sentences = analyses.lines, analyses.sentences
    counts = np.searchsorted(sentences.starts, lines.ends) - np.searchsorted(sentences.starts, lines.starts)
    whole = (counts > 1) & (counts <= _MOST_SENTENCES) & (lines.lengths <= _LONGEST)
    starts = np.concatenate([sentences.starts, lines.starts[whole]])
    ends = np.concatenate([sentences.ends, lines.ends[whole]])
    texts = np.concatenate([sentences.texts, lines.texts[whole]])
    keep = wanted[texts] & (ends - starts <= 2 * _LONGEST)
    keep &= _consonants(analyses, starts, ends) >= LEAST_CONSONANTS
    rows = np.flatnonzero(keep)
    rows = rows[np.lexsort((ends[rows], starts[rows]))]
    offsets = analyses.text_starts[texts[rows]]
    spans = zip(texts[rows].tolist(), (starts[rows] - offsets).tolist(), (ends[rows] - offsets).tolist(), strict=True)
    return texts[rows], [analyses.texts[text][start:end] for text, start, end in spans]


def _consonants(analyses: Analyses, starts: Ints, ends: Ints) -> Ints:
    """Consonants and digits in each of some ranges, those between them aside."""
    before = cumulated(num_values(analyses.points))
    return before[ends] - before[starts]


def _units(items: Sequence[Item], known: Mapping[str, float]) -> list[_Unit]:
    """What of each row is compared: its texts whole where they are short, and their sentences."""
    copies: dict[str, list[int]] = defaultdict(list)
    order = {language: place for place, language in enumerate(known)}
    for number, item in enumerate(items):
        if item.language in order:
            copies[item.name].append(number)
    units: dict[tuple[str, ...], _Unit] = {}
    for numbers in copies.values():
        numbers.sort(key=lambda number: (order[items[number].language or ""], number))
        chosen = numbers[:_MOST_COPIES]
        for texts in _texts([items[number].text for number in chosen]):
            units.setdefault(texts, _Unit(chosen[0], texts))
    return list(units.values())


def _texts(copies: Sequence[str]) -> list[tuple[str, ...]]:
    """The copies whole, where they are short; and sentence by sentence, where all have as many."""
    found = [tuple(copies)] if max(map(len, copies)) <= _LONGEST else []
    sentences = [_sentences(text) for text in copies]
    if len(sentences[0]) > 1:
        equal = [each for each in sentences if len(each) == len(sentences[0])]
        found += zip(*equal, strict=True)
    return [texts for texts in found if len(skeleton(texts[0])) >= LEAST_CONSONANTS]


def _sentences(text: str) -> list[str]:
    analyses = Analyses([text])
    spans = zip(analyses.sentences.starts.tolist(), analyses.sentences.ends.tolist(), strict=True)
    return [text[start:end] for start, end in spans]
