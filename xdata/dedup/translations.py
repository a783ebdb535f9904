"""Test items whose translation stands in a document, by multilingual embeddings.

Each sentence of a document, and each line of two or three sentences, is compared with all items at once, in a space in
which languages do not differ (`xdata.models.spaces`). Where an item is known in several languages its vector is the
mean of up to four of them, which finds more (SIB-200 test in Arabic: 0.57 with four languages, 0.31 with one).
What is shorter than 25 consonants, some eight words, is not looked for, nor text in a language that the embedder does
not know. Items in the language of the document are left out: what is near in the same language is near for other
reasons, and is found word for word. A document of many sentences has many chances to be near an item: the odds of each
are divided by their number, so that the rate of false alarms is one of documents.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from xdata.dedup.evaluation_sets import Item
from xdata.dedup.evidence import NEIGHBOURS, Floats, probabilities, side_evidence
from xdata.dedup.matches import Matches, best, nothing
from xdata.models.embedder import EmbedderCard, ItemEmbedder, Vectors
from xdata.models.spaces import UNCHANGED, read_space
from xdata.text.analysis import Analyses
from xdata.text.romanise import num_values, skeleton
from xdata.text.spans import Ints, cumulated

LEAST_CONSONANTS = 25
"""Of a text that is compared."""
LEAST_ROWS = 50
"""Smallest number of rows of all sets: the other rows show what is near by chance."""
_MOST_COPIES = 4
_LONGEST = 600
"""Code points of an item or a line that is compared whole."""
_MOST_SENTENCES = 3
_CONSIDERED = 16
"""Items nearest to a sentence, of which those that say the same as the best one are left out."""
_ROWS_AT_A_TIME = 1024


@dataclass(frozen=True)
class _Unit:
    """What sentences are compared with: an item, or a sentence of a longer one."""

    item: int
    """Number of the item."""
    copies: tuple[tuple[str, str], ...]
    """(language, text) of itself and its translations, those first that the embedder knows best."""


@dataclass(frozen=True)
class Compared:
    """All units, as documents of one language are compared with them."""

    items: Ints
    texts: Sequence[str]
    vectors: Vectors
    rows: frozenset[str]
    same: float
    """Cosine from which two of them say the same."""


class Translations:
    """The vectors of all items that are known in a language of the embedder."""

    def __init__(self, items: Sequence[Item], embedder: ItemEmbedder) -> None:
        self._items = items
        self._embedder = embedder
        self._units = _units(items, embedder.card.languages)
        self._space = read_space(embedder.card.space) if embedder.card.space else UNCHANGED
        every = list(dict.fromkeys(copy for unit in self._units for copy in unit.copies))
        enough = len({items[unit.item].name for unit in self._units}) >= LEAST_ROWS
        self._vectors = self._placed(every) if enough else {}
        self._by_language: dict[str | None, Compared] = {}
        self._own: dict[str, set[str]] = defaultdict(set)
        for item in items:
            self._own[item.language or ""].add(item.name)

    def _placed(self, copies: Sequence[tuple[str, str]]) -> dict[tuple[str, str], Vectors]:
        """(language, text) -> its vector."""
        vectors = self._embedder.embed_items([text for _, text in copies])
        by_language: dict[str, list[int]] = defaultdict(list)
        for number, (language, _) in enumerate(copies):
            by_language[language].append(number)
        return {
            copies[number]: vector
            for language, numbers in by_language.items()
            for number, vector in zip(numbers, self._space.place(vectors[numbers], language), strict=True)
        }

    def rows(self, language: str) -> frozenset[str]:
        """Names of the rows that documents of a language are checked for: those that are known in another language.

        Rows in the language itself are found word for word. None where the embedder does not know the language.
        """
        if language not in self._embedder.card.languages:
            return frozenset()
        return self._others(language).rows | self._own[language]

    def share(self, language: str) -> float:
        """Share in [0, 1] of translations that are found in a language, as measured; 0 where it is not known."""
        return self._embedder.card.languages.get(language, 0.0)

    def find(self, analyses: Analyses, wanted: npt.NDArray[np.bool_], *, least: float) -> Matches:
        """Pairs of a wanted text and an item, with a probability of at least `least`.

        Wanted texts have a language, and are not compared with items in the same one.
        """
        found = []
        languages = np.array([language or "" for language in analyses.languages])
        for language in np.unique(languages[wanted]).tolist():
            others = self._others(language)
            if not len(others.items):
                continue
            texts, sentences = sentences_of(analyses, wanted & (languages == language))
            chances = np.bincount(texts, minlength=len(languages))[texts]
            for start in range(0, len(sentences), _ROWS_AT_A_TIME):
                some = slice(start, start + _ROWS_AT_A_TIME)
                vectors = self._space.place(self._embedder.embed(sentences[some]), language)
                near = _compare(vectors, sentences[some], others, self._embedder.card, chances[some])
                sure = near.scores >= least
                found.append(Matches(texts[some][sure], near.items[sure], near.scores[sure]))
        if not found:
            return nothing()
        return best(*(np.concatenate([getattr(one, name) for one in found]) for name in ("texts", "items", "scores")))

    def _others(self, language: str) -> Compared:
        """The units without their copies in a language; none at all where they are too few for a margin."""
        known = self._by_language.get(language)
        if known is not None:
            return known
        rows = frozenset(
            item.name
            for item in self._items
            if item.language in self._embedder.card.languages and item.language != language
        )
        if len(rows) < LEAST_ROWS or not self._vectors:
            found = Compared(np.empty(0, dtype=np.int64), (), np.empty((0, 0), dtype=np.float32), frozenset(), 1.0)
        else:
            found = self._without(language, rows)
        self._by_language[language] = found
        return found

    def _without(self, language: str, rows: frozenset[str]) -> Compared:
        items, texts, vectors = [], [], []
        for unit in self._units:
            copies = [copy for copy in unit.copies if copy[0] != language]
            if copies:
                items.append(unit.item)
                texts.append(copies[0][1])
                vectors.append(np.mean([self._vectors[copy] for copy in copies], axis=0))
        means = np.stack(vectors)
        means /= np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-9)
        return Compared(
            np.array(items, dtype=np.int64), texts, means.astype(np.float32), rows, self._embedder.card.same
        )


def _compare(
    vectors: Vectors, sentences: Sequence[str], others: Compared, card: EmbedderCard, chances: Ints
) -> Matches:
    """The item that each sentence is nearest to, by the number of the sentence, with its probability."""
    units, features = nearest(vectors @ others.vectors.T, others)
    side = side_evidence(zip(sentences, (others.texts[unit] for unit in units), strict=True))
    scores = probabilities(np.column_stack([features, side]), card, chances)
    return Matches(np.arange(len(sentences)), others.items[units], scores)


def nearest(cosines: Vectors, others: Compared) -> tuple[Ints, Floats]:
    """(the best unit of each row, its margin and cosine)."""
    most = min(_CONSIDERED, cosines.shape[1])
    near = np.argpartition(-cosines, most - 1, axis=1)[:, :most]
    values = np.take_along_axis(cosines, near, axis=1)
    order = np.lexsort((near, -values), axis=1)
    near, values = np.take_along_axis(near, order, axis=1), np.take_along_axis(values, order, axis=1)
    chosen = near[:, 0]
    alike = np.einsum("nkd,nd->nk", others.vectors[near], others.vectors[chosen]) >= others.same
    alike |= others.items[near] == others.items[chosen][:, None]
    rest = np.sort(np.where(alike, -np.inf, values), axis=1)[:, ::-1][:, :NEIGHBOURS].astype(np.float64)
    rest = np.where(np.isinf(rest), values.min(axis=1)[:, None], rest)
    top = values[:, 0].astype(np.float64)
    return chosen, np.column_stack([top - rest.mean(axis=1), top])


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
    units: dict[tuple[tuple[str, str], ...], _Unit] = {}
    for numbers in copies.values():
        numbers.sort(key=lambda number: (order[items[number].language or ""], number))
        chosen = numbers[:_MOST_COPIES]
        for texts in _texts([(items[number].language or "", items[number].text) for number in chosen]):
            units.setdefault(texts, _Unit(chosen[0], texts))
    return list(units.values())


def _texts(copies: Sequence[tuple[str, str]]) -> list[tuple[tuple[str, str], ...]]:
    """The copies whole, where they are short; and sentence by sentence, those that have as many as the first."""
    found = [tuple(copies)] if max(len(text) for _, text in copies) <= _LONGEST else []
    sentences = [[(language, sentence) for sentence in _sentences(text)] for language, text in copies]
    if len(sentences[0]) > 1:
        found += zip(*[each for each in sentences if len(each) == len(sentences[0])], strict=True)
    return [texts for texts in found if len(skeleton(texts[0][1])) >= LEAST_CONSONANTS]


def _sentences(text: str) -> list[str]:
    analyses = Analyses([text])
    spans = zip(analyses.sentences.starts.tolist(), analyses.sentences.ends.tolist(), strict=True)
    return [text[start:end] for start, end in spans]
