"""Documents of two languages, planted from SIB-200, and how well the parts of each are found.

Twelve pairs of a smaller language and the one that it is mixed with where it is spoken or written: six share a script,
six do not. Each is laid out as paragraphs of some sentences in one language, as lines of one sentence, and as sentences
after one another in one line. Half of the documents are mostly in the first language, half mostly in the second.

Characters that are no blanks count; a segmenter finds `(start, end, label)`, what it leaves out it abstains on.
"""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal, NamedTuple, get_args

from tests.benchmarks.identification.labels import code_of, place
from tests.benchmarks.identification.peers import Peer
from tests.benchmarks.identification.texts import Sentence
from xdata.models.language import XdataIdentifier
from xdata.models.segments.finding import find_segments

PAIRS = (
    ("swh_Latn", "eng_Latn"),
    ("mlt_Latn", "eng_Latn"),
    ("hau_Latn", "eng_Latn"),
    ("tgl_Latn", "eng_Latn"),
    ("wol_Latn", "fra_Latn"),
    ("ayr_Latn", "spa_Latn"),
    ("amh_Ethi", "eng_Latn"),
    ("npi_Deva", "eng_Latn"),
    ("mya_Mymr", "eng_Latn"),
    ("arb_Arab", "fra_Latn"),
    ("kat_Geor", "rus_Cyrl"),
    ("uig_Arab", "zho_Hans"),
)
"""Smaller and larger language; the first six pairs share a script."""

Layout = Literal["paragraphs", "lines", "line"]
LAYOUTS: tuple[Layout, ...] = get_args(Layout)

_MAIN_SHARE = 0.7
_SENTENCE_END = re.compile(r"(?<=[.!?…:;।॥؟۔።፧။])[\"'”’»)\]]*\s+|(?<=[。！？])|\n+")


class Segment(NamedTuple):
    """A part of a text, end left out, and the language that it is in."""

    start: int
    end: int
    label: str | None


@dataclass(frozen=True)
class Mixed:
    """A document of two languages."""

    pair: tuple[str, str]
    layout: Layout
    text: str
    gold: tuple[Segment, ...]
    """The sentences, in order."""


Segmenter = Callable[[str], Iterable[tuple[int, int, str | None]]]
"""Finds the parts of a text; they do not overlap."""


def plant(sentences: Iterable[Sentence], *, num_documents: int = 20, seed: int = 0) -> Iterator[Mixed]:
    """`num_documents` of each pair and layout, the same for the same seed."""
    texts: dict[str, list[str]] = {}
    for sentence in sentences:
        texts.setdefault(sentence.label, []).append(sentence.text)
    for pair in PAIRS:
        for layout in LAYOUTS:
            for number in range(num_documents):
                rng = random.Random(f"{seed}/{pair[0]}/{pair[1]}/{layout}/{number}")
                mainly = number % 2
                yield _document(pair, layout, _turns(layout, mainly, rng), texts, rng)


def _turns(layout: Layout, mainly: int, rng: random.Random) -> list[int]:
    """Which language each paragraph, line or sentence is in; both are there."""
    count = rng.randint(4, 8) if layout != "lines" else rng.randint(8, 16)
    turns = [mainly if rng.random() < _MAIN_SHARE else 1 - mainly for _ in range(count)]
    turns[rng.randrange(count)] = mainly
    if len(set(turns)) < 2:
        turns[rng.randrange(count)] = 1 - mainly
    return turns


def _document(
    pair: tuple[str, str],
    layout: Layout,
    turns: Sequence[int],
    texts: Mapping[str, Sequence[str]],
    rng: random.Random,
) -> Mixed:
    text, gold = "", []
    for turn in turns:
        text += _gap(text, layout)
        num_sentences = rng.randint(2, 5) if layout == "paragraphs" else 1
        for number, sentence in enumerate(rng.sample(texts[pair[turn]], num_sentences)):
            text += " " if number else ""
            gold.append(Segment(len(text), len(text) + len(sentence), pair[turn]))
            text += sentence
    return Mixed(pair, layout, text, tuple(gold))


def _gap(text: str, layout: Layout) -> str:
    return {"paragraphs": "\n\n", "lines": "\n", "line": " "}[layout] if text else ""


@dataclass
class Found:
    """Characters of some documents: in a language, said to be in it, and both."""

    gold: Counter[str] = field(default_factory=Counter)
    predicted: Counter[str] = field(default_factory=Counter)
    right: Counter[str] = field(default_factory=Counter)

    def precision(self, code: str | None = None) -> float:
        """Share of the characters said to be in a language that are; of any language where none is given."""
        return _share(self.right, self.predicted, code)

    def recall(self, code: str | None = None) -> float:
        """Share of the characters in a language that are said to be."""
        return _share(self.right, self.gold, code)


def _share(part: Counter[str], whole: Counter[str], code: str | None) -> float:
    numbers = (part.total(), whole.total()) if code is None else (part[code], whole[code])
    return numbers[0] / numbers[1] if numbers[1] else 0.0


def count_found(documents: Iterable[Mixed], segmenter: Segmenter) -> Found:
    """What a segmenter finds in documents, in characters, by language code."""
    found = Found()
    for document in documents:
        known = frozenset(map(code_of, document.pair))
        gold = _paint(document.text, document.gold, known)
        predicted = _paint(document.text, map(Segment._make, segmenter(document.text)), known)
        counted = [
            (label, said)
            for label, said, char in zip(gold, predicted, document.text, strict=True)
            if not char.isspace()
        ]
        found.gold.update(label for label, _ in counted if label)
        found.predicted.update(said for _, said in counted if said)
        found.right.update(said for label, said in counted if said and label == said)
    return found


def _paint(text: str, segments: Iterable[Segment], known: frozenset[str]) -> list[str | None]:
    """The language code of each character."""
    codes: list[str | None] = [None] * len(text)
    for start, end, label in segments:
        placed = place(label, None, known)
        codes[start:end] = [placed and code_of(placed)] * (end - start)
    return codes


def segment_by(peer: Peer, *, sentences: bool) -> Segmenter:
    """A segmenter for an identifier that has none: it is asked line by line, or sentence by sentence."""

    def segment(text: str) -> list[tuple[int, int, str | None]]:
        parts = list(_parts(text, _SENTENCE_END if sentences else _LINE_END))
        labels = [guess.label for guess in peer.guess([text[start:end] for start, end in parts])] if parts else []
        return [(start, end, label) for (start, end), label in zip(parts, labels, strict=True)]

    return segment


def our_segments(path: str) -> Segmenter:
    """The segmenter of xdata with the model of a file."""
    identifier = XdataIdentifier(Path(path))

    def segment(text: str) -> list[tuple[int, int, str | None]]:
        return [(part.start, part.end, part.language) for part in find_segments(text, identifier)]

    return segment


_LINE_END = re.compile(r"\n+")


def _parts(text: str, border: "re.Pattern[str]") -> Iterator[tuple[int, int]]:
    start = 0
    for match in border.finditer(text):
        if text[start : match.start()].strip():
            yield start, match.start()
        start = match.end()
    if text[start:].strip():
        yield start, len(text)
