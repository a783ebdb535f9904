"""What identifiers say of the sentences of a set, each set read and each identifier asked once."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tests.benchmarks.identification.labels import code_of, place, script_of, settle_han
from tests.benchmarks.identification.metrics import Score, score_languages
from tests.benchmarks.identification.peers import Peer
from tests.benchmarks.identification.texts import Sentence, languages_of, read_set


@dataclass(frozen=True)
class Result:
    """What one identifier says of the sentences of one set."""

    gold: Sequence[str]
    """Label of each sentence."""
    predicted: Sequence[str | None]
    """What the identifier says, as the set names its languages."""
    scores: npt.NDArray[np.float64]
    """How sure it is."""

    @cached_property
    def gold_codes(self) -> list[str]:
        """Language of each sentence, without its script."""
        return [code_of(label) for label in self.gold]

    @cached_property
    def predicted_codes(self) -> list[str | None]:
        """What the identifier says, without scripts."""
        return [label and code_of(label) for label in self.predicted]

    @cached_property
    def by_code(self) -> dict[str, Score]:
        """Scores of the languages, scripts left aside."""
        return score_languages(self.gold_codes, self.predicted_codes)

    @cached_property
    def by_label(self) -> dict[str, Score]:
        """Scores of the languages in their scripts."""
        return score_languages(self.gold, self.predicted)

    @cached_property
    def right(self) -> npt.NDArray[np.bool_]:
        """Which sentences are in the language that the identifier says."""
        return np.array([label == found for label, found in zip(self.gold_codes, self.predicted_codes, strict=True)])

    @cached_property
    def answered(self) -> npt.NDArray[np.bool_]:
        """Which sentences it does not abstain on."""
        return np.array([label is not None for label in self.predicted])


class Results:
    """The sets at hand, and what identifiers say of them."""

    def __init__(self, shared: Path, *, most: int | None) -> None:
        """With at most `most` sentences of each label in a set."""
        self._shared = shared
        self._most = most
        self._sets: dict[str, list[Sentence]] = {}
        self._scripts: dict[str, list[str | None]] = {}
        self._results: dict[tuple[str, str], Result] = {}

    def sentences(self, name: str) -> list[Sentence]:
        """The sentences of a set."""
        if name not in self._sets:
            self._sets[name] = read_set(name, self._shared, most=self._most)
            self._scripts[name] = [script_of(sentence.text) for sentence in self._sets[name]]
        return self._sets[name]

    def of(self, peer: Peer, name: str) -> Result:
        """What an identifier says of a set."""
        if (peer.name, name) not in self._results:
            sentences = self.sentences(name)
            self._results[peer.name, name] = identify(peer, sentences, self._scripts[name])
        return self._results[peer.name, name]


def identify(peer: Peer, sentences: Sequence[Sentence], scripts: Sequence[str | None]) -> Result:
    """What an identifier says of sentences, whose scripts are given."""
    known = languages_of(sentences)
    guesses = peer.guess([sentence.text for sentence in sentences])
    placed = (place(guess.label, script, known) for guess, script in zip(guesses, scripts, strict=True))
    pairs = [settle_han(sentence.label, label) for sentence, label in zip(sentences, placed, strict=True)]
    scores = np.array([guess.score for guess in guesses], dtype=np.float64)
    return Result([gold for gold, _ in pairs], [found for _, found in pairs], scores)
