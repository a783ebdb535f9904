"""Makes `resources/words/own_words.tsv.gz`: for each language, words that are in it and hardly in any other.

    python -m xdata.provenance.own_words --cache packages [--out resources/words]

The idea is FineWeb-2's (Penedo et al. 2025, arXiv 2506.20920): a word is a language's own when it is frequent there
and of all its occurrences in all languages nearly all are there. Different here: words are those of every script
(`xdata.text.words`); counts are rates of each language's text, so that a large language does not own what it shares
with a small one; a language of little text is taken for one of a few thousand words more, so that an English word left
over in it does not become its own. A language that owns few words, or hardly any of its running words, has no list:
what is told apart by other things than words is not judged by them.

Text comes out of the packages of `passages/packages.tsv`; the same packages give the same bytes.
"""

import argparse
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from xdata.disk import write_atomically
from xdata.models.identifier import NOISE
from xdata.provenance.identifier import read_passages
from xdata.provenance.passages.passage import Passage
from xdata.resources import resources_folder
from xdata.text import code_points as cp
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, hash_texts
from xdata.text.spans import Ints

FILE = "own_words.tsv.gz"
LEAST_SHARE = 0.85
"""Of a word's occurrences over all languages, each language's counts being rates of its text."""
LEAST_COUNT, QUANTILE = 3, 0.8
"""Of a word in the text of its language: this often, and as often as this share of its words."""
LEAST_LETTERS = 2
MOST_WORDS, LEAST_WORDS = 300, 20
"""Of a list."""
LEAST_COVERAGE = 0.1
"""Share of a language's running words that its list must have."""
UNSEEN = 5_000
"""Words that each language is taken to have more than there are of it."""

_BATCH = 2_000
"""Passages that are analysed at a time."""


@dataclass(frozen=True)
class Counts:
    """The words of one language, the most frequent first."""

    hashes: Hashes
    counts: Ints
    frequent: tuple[str, ...]
    """The first of them, which are frequent enough to come into a list."""

    @property
    def rates(self) -> npt.NDArray[np.float64]:
        """Of each word in the text of the language, of which a little is taken to be unseen."""
        rates: npt.NDArray[np.float64] = self.counts / (self.counts.sum() + UNSEEN)
        return rates


def own_words(passages: Iterable[Passage]) -> dict[str, tuple[str, ...]]:
    """Label -> its own words, the most frequent first; labels without a list are left out."""
    texts: dict[str, dict[str, None]] = defaultdict(dict)
    for passage in passages:
        texts[passage.language][passage.text] = None
    counted = {label: count_words(list(texts[label])) for label in sorted(texts)}
    shares = _shares(list(counted.values()))
    found = {
        label: _select(counts, own) for (label, counts), own in zip(counted.items(), shares, strict=True)
        if not label.startswith(NOISE)
    }  # fmt: skip
    return {label: words for label, words in found.items() if words}


def count_words(texts: Sequence[str]) -> Counts:
    """The words of some texts in one language, without case."""
    counter: Counter[str] = Counter()
    for first in range(0, len(texts), _BATCH):
        counter.update(_folded_words(texts[first : first + _BATCH]))
    ordered = sorted(counter.items(), key=lambda item: (-item[1], item[0]))
    counts = np.array([count for _, count in ordered], dtype=np.int64)
    least = max(LEAST_COUNT, np.quantile(counts, QUANTILE)) if ordered else LEAST_COUNT
    frequent = tuple(word for word, count in ordered if count >= least)
    return Counts(hash_texts(word for word, _ in ordered), counts, frequent)


def write_words(words: Mapping[str, Sequence[str]], path: Path) -> None:
    """A line a language: its label, a tab, its words parted by spaces. The same words give the same bytes."""
    lines = "".join(f"{label}\t{' '.join(words[label])}\n" for label in sorted(words))
    write_atomically(path, gzip.compress(lines.encode(), compresslevel=9, mtime=0))


def _folded_words(texts: Sequence[str]) -> Iterator[str]:
    """The words of some texts as they are compared."""
    analyses = Analyses(texts)
    folded = analyses.folded.astype("<u4").tobytes().decode("utf-32-le", "surrogatepass")
    for start, end in zip(analyses.words.starts.tolist(), analyses.words.ends.tolist(), strict=True):
        yield folded[start:end]


def _shares(counted: Sequence[Counts]) -> list[npt.NDArray[np.float64]]:
    """Of each frequent word of each language, the share of its occurrences over all languages that are there."""
    wanted = np.unique(np.concatenate([counts.hashes[: len(counts.frequent)] for counts in counted]))
    totals = np.zeros(len(wanted))
    for counts in counted:
        places = np.minimum(np.searchsorted(wanted, counts.hashes), len(wanted) - 1)
        known = wanted[places] == counts.hashes
        totals[places[known]] += counts.rates[known]
    return [
        counts.rates[:num] / totals[np.searchsorted(wanted, counts.hashes[:num])]
        for counts in counted
        for num in [len(counts.frequent)]
    ]


def _select(counts: Counts, shares: npt.NDArray[np.float64]) -> tuple[str, ...]:
    """The own words of a language, none where they are too few to judge by."""
    own = [number for number in np.flatnonzero(shares >= LEAST_SHARE).tolist() if _is_word(counts.frequent[number])]
    own = own[:MOST_WORDS]
    covered = counts.counts[own].sum() / max(counts.counts.sum(), 1)
    if len(own) < LEAST_WORDS or covered < LEAST_COVERAGE:
        return ()
    return tuple(counts.frequent[number] for number in own)


def _is_word(word: str) -> bool:
    """Whether it is spelt with letters enough, vowel signs among them, and has no digit."""
    points = cp.to_array(word)
    has_digit = bool(cp.has(cp.traits()[points], cp.Trait.DIGIT).any())
    return int(cp.is_lettering()[points].sum()) >= LEAST_LETTERS and not has_digit


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes the lists of words that are a language's own.")
    parser.add_argument("--cache", type=Path, required=True, help="folder of packages")
    parser.add_argument("--out", type=Path, default=resources_folder() / "words")
    options = parser.parse_args()
    options.out.mkdir(parents=True, exist_ok=True)
    write_words(own_words(read_passages(options.cache)), options.out / FILE)


if __name__ == "__main__":
    main()
