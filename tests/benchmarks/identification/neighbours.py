"""False positives of small languages among sentences of the large ones beside them.

The fifteen smallest languages at hand by their speakers (LinguaMeta's estimates, 13,000 to 980,000), of those in Latin
script that people grow up with: constructed languages, and N'Ko in its own script, would say little of English, German,
French, Czech and Spanish.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from tests.benchmarks.identification.labels import code_of, place, script_of
from tests.benchmarks.identification.metrics import wilson_bounds
from tests.benchmarks.identification.peers import Peer
from tests.benchmarks.identification.texts import Sentence

SMALL = {
    "hsb": 13_000,
    "cni": 26_000,
    "fur": 37_000,
    "gla": 72_000,
    "mri": 140_000,
    "ltg": 170_000,
    "dtp": 180_000,
    "smo": 200_000,
    "fij": 370_000,
    "dik": 450_000,
    "mlt": 460_000,
    "lij": 540_000,
    "lus": 690_000,
    "cym": 850_000,
    "quy": 900_000,
}
"""Code -> speakers."""

NEIGHBOUR_SETS = ("multi30k", "newstest", "tatoeba_en_es", "tico19")
SMALL_SETS = ("sib200", "tatoeba", "americasnli")
"""Where there are sentences in the small ones."""


class FalsePositives(NamedTuple):
    """How often a language is said of sentences that are in others."""

    code: str
    num_false: int
    num_sentences: int

    @property
    def bounds(self) -> tuple[float, float]:
        """Of the share, 95 %."""
        return wilson_bounds(self.num_false, self.num_sentences)


def count_false(peer: Peer, sentences: Sequence[Sentence]) -> dict[tuple[str, str], int]:
    """(language of the sentence, small language said of it) -> how often."""
    guesses = peer.guess([sentence.text for sentence in sentences])
    counts = Counter[tuple[str, str]]()
    for sentence, guess in zip(sentences, guesses, strict=True):
        said = place(guess.label, script_of(sentence.text) if guess.label else None, frozenset(SMALL))
        if said and code_of(said) in SMALL:
            counts[code_of(sentence.label), code_of(said)] += 1
    return dict(counts)


def false_positives(counts: Mapping[tuple[str, str], int], num_sentences: int) -> list[FalsePositives]:
    """Of each small language, in their order."""
    totals = Counter[str]()
    for (_, said), count in counts.items():
        totals[said] += count
    return [FalsePositives(code, totals[code], num_sentences) for code in SMALL]
