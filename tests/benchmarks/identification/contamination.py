"""What the distinctive words of a small language keep of its documents, and of those that are in others.

Documents are eight sentences of one language in a row. Whatever an identifier says of them, each small language is
asked of all: of its own documents those should stay that have enough of its distinctive words, of the others none. Then
of those alone that the identifier takes for the language, before and after. As hardly any whole document is mistaken,
documents are made of mistaken sentences too: what a crawl has much of is what an identifier errs on.

No text of this is in the lists, and the threshold was chosen on declarations of human rights that were held out of
them. One thing was learned here: lists from the passages alone kept 5 % of Czech and other documents as Upper Sorbian,
whereupon the frequencies of wordfreq were added.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from tests.benchmarks.identification.labels import code_of, place, script_of
from tests.benchmarks.identification.neighbours import SMALL
from tests.benchmarks.identification.peers import Peer
from tests.benchmarks.identification.texts import Sentence
from xdata.recipe.criteria import MIN_DISTINCTIVE_WORDS
from xdata.scores.distinctive_words import own_word_shares
from xdata.text.analysis import Analyses

NUM_SENTENCES = 8
"""Of a document."""
SCRIPT = "Latn"
"""Of all the small languages."""


class Kept(NamedTuple):
    """Documents before and after."""

    before: int
    after: int


class Contamination(NamedTuple):
    """What the filter does for one language."""

    code: str
    own: Kept
    """Documents in the language."""
    others: Kept
    """Documents in all other languages of its script, as though all were taken for it."""
    own_found: Kept
    """Documents in the language that the identifier finds."""
    others_found: Kept
    """Documents in others that it takes for the language."""
    of_errors: Kept
    """Documents of sentences in others that it takes for the language."""


def join(sentences: Iterable[Sentence], *, num: int = NUM_SENTENCES) -> list[Sentence]:
    """Documents of so many sentences of one label each, in order; what is left over is left out."""
    by_label: dict[str, list[str]] = defaultdict(list)
    for label, text in sentences:
        by_label[label].append(text)
    return [
        Sentence(label, "\n".join(texts[first : first + num]))
        for label, texts in by_label.items()
        for first in range(0, len(texts) - num + 1, num)
    ]


def say(peer: Peer, sentences: Sequence[Sentence]) -> list[str | None]:
    """The small language that the identifier takes each text for, None for any other."""
    found = []
    for sentence, guess in zip(sentences, peer.guess([sentence.text for sentence in sentences]), strict=True):
        said = place(guess.label, script_of(sentence.text) if guess.label else None, frozenset(SMALL))
        found.append(code_of(said) if said and code_of(said) in SMALL else None)
    return found


def measure(peer: Peer, own: Mapping[str, Sequence[Sentence]], others: Sequence[Sentence]) -> list[Contamination]:
    """What is kept of each small language; `own` has its sentences, `others` those of sets of many languages."""
    documents = join(sentence for sentence in others if sentence.label.endswith(f"_{SCRIPT}"))
    said, errors = say(peer, documents), _errors(peer, others)
    return [_measure_one(peer, code, join(own[code]), documents, said, errors[code]) for code in SMALL]


def stays(documents: Sequence[Sentence], code: str, *, least: float = MIN_DISTINCTIVE_WORDS) -> npt.NDArray[np.bool_]:
    """Which documents have enough distinctive words of a language; all where it has no list."""
    texts = [document.text for document in documents]
    analyses = Analyses(texts, declared_languages=[f"{code}_{SCRIPT}"] * len(texts))
    kept: npt.NDArray[np.bool_] = ~(own_word_shares(analyses, lists={}).astype(np.float32) < np.float32(least))
    return kept


def _measure_one(
    peer: Peer,
    code: str,
    own: Sequence[Sentence],
    documents: Sequence[Sentence],
    said: Sequence[str | None],
    errors: Sequence[Sentence],
) -> Contamination:
    foreign = np.array([code_of(document.label) != code for document in documents])
    taken = np.array([name == code for name in said])
    kept, own_kept = stays(documents, code), stays(own, code)
    found = np.array([name == code for name in say(peer, own)], dtype=bool)
    made = join(Sentence(f"{code}_{SCRIPT}", error.text) for error in errors)
    return Contamination(
        code,
        Kept(len(own), int(own_kept.sum())),
        Kept(int(foreign.sum()), int((kept & foreign).sum())),
        Kept(int(found.sum()), int((found & own_kept).sum())),
        Kept(int((foreign & taken).sum()), int((foreign & taken & kept).sum())),
        Kept(len(made), int(stays(made, code).sum())),
    )


def _errors(peer: Peer, sentences: Sequence[Sentence]) -> dict[str, list[Sentence]]:
    """Small language -> the sentences in others that the identifier takes for it."""
    found: dict[str, list[Sentence]] = {code: [] for code in SMALL}
    for sentence, said in zip(sentences, say(peer, sentences), strict=True):
        if said is not None and said != code_of(sentence.label):
            found[said].append(sentence)
    return found
