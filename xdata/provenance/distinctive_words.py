"""Makes `resources/words/distinctive_words.tsv.gz`: for each language, words that are in it and hardly in any other.

    python -m xdata.provenance.distinctive_words --cache packages [--out resources/words]

The idea is FineWeb-2's (Penedo et al. 2025, arXiv 2506.20920): a word is a language's own when it is frequent there
and of all its occurrences in all languages nearly all are there. Different here: words are those of every script
(`xdata.text.words`); counts are rates of each language's text, so that a large language does not own what it shares
with a small one; a language of little text is taken for one of a few thousand words more, so that an English word left
over in it does not become its own. A language that owns few words, or hardly any of its running words, has no list:
what is told apart by other things than words is not judged by them.

Text comes out of the packages of `passages/packages.tsv`, which for large languages is little and of few kinds: how
frequent a word is in them is what wordfreq (Speer 2022) says too, where it says more. The same packages give the same
bytes.
"""

import argparse
import gzip
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import langcodes
import numpy as np
import numpy.typing as npt

from xdata.disk import write_atomically
from xdata.models.identifier import NOISE
from xdata.provenance.identifier import read_passages
from xdata.provenance.languages import DEFAULTS
from xdata.provenance.passages.passage import Passage
from xdata.resources import resources_folder
from xdata.text import code_points as cp
from xdata.text.analysis import Analyses
from xdata.text.hashes import Hashes, hash_texts
from xdata.text.spans import Ints

FILE = "distinctive_words.tsv.gz"
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

_LEAST_RATE = 1e-7
"""Of a word of wordfreq."""
_SAME = {"hbs": ("srp", "hrv", "bos", "cnr"), "msa": ("zsm", "ind"), "ara": ("arb", "ary", "arz", "apc"),
         "nob": ("nob", "nno"), "zho": ("zho", "yue", "wuu", "lzh")}  # fmt: skip
"""What wordfreq has as one -> languages that do not lose a word to it, where it is not the one that is meant."""
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


@dataclass(frozen=True)
class Reference:
    """How frequent words are in a large language."""

    languages: tuple[str, ...]
    """ISO 639-3 codes of the languages that it is of."""
    hashes: Hashes
    rates: npt.NDArray[np.float64]


def distinctive_words(
    passages: Iterable[Passage], *, references: Sequence[Reference] = ()
) -> dict[str, tuple[str, ...]]:
    """Label -> its distinctive words, the most frequent first; labels without a list are left out.

    A word that is frequent in another language of the references is no language's own either.
    """
    texts: dict[str, dict[str, None]] = defaultdict(dict)
    for passage in passages:
        if passage.kind != "words":  # a list has each word once, which says nothing of how frequent it is
            texts[passage.language][passage.text] = None
    counted = {label: count_words(list(texts[label])) for label in sorted(texts)}
    shares = _shares(counted, references)
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


def read_references() -> list[Reference]:
    """The languages of wordfreq."""
    from wordfreq import available_languages, get_frequency_dict

    found = []
    for tag in sorted(available_languages("best")):
        rates = {word: rate for word, rate in get_frequency_dict(tag, "best").items() if rate >= _LEAST_RATE}
        code = langcodes.Language.get(tag, normalize=False).to_alpha3()
        languages = _SAME.get(code, (DEFAULTS.get(code, code),))
        found.append(Reference(languages, hash_texts(rates), np.array(list(rates.values()))))
    return found


def _shares(counted: Mapping[str, Counts], references: Sequence[Reference]) -> list[npt.NDArray[np.float64]]:
    """Of each frequent word of each language, the share of its occurrences over all languages that are there."""
    wanted = np.unique(np.concatenate([counts.hashes[: len(counts.frequent)] for counts in counted.values()]))
    totals = sum((_at(wanted, counts.hashes, counts.rates) for counts in counted.values()), np.zeros(len(wanted)))
    large = [_at(wanted, reference.hashes, reference.rates) for reference in references]
    shares = []
    for label, counts in counted.items():
        places = np.searchsorted(wanted, counts.hashes[: len(counts.frequent)])
        own = counts.rates[: len(places)]
        others = [
            rates[places] for reference, rates in zip(references, large, strict=True)
            if label.split("_")[0] not in reference.languages
        ]  # fmt: skip
        shares.append(own / np.maximum(totals[places], own + sum(others, np.zeros(len(places)))))
    return shares


def _at(wanted: Hashes, hashes: Hashes, rates: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The rate of each wanted word, nought for one that is not among the hashes."""
    places = np.minimum(np.searchsorted(wanted, hashes), len(wanted) - 1)
    known = wanted[places] == hashes
    found = np.zeros(len(wanted))
    np.add.at(found, places[known], rates[known])
    return found


def _select(counts: Counts, shares: npt.NDArray[np.float64]) -> tuple[str, ...]:
    """The distinctive words of a language, none where they are too few to judge by."""
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
    words = distinctive_words(read_passages(options.cache), references=read_references())
    write_words(words, options.out / FILE)


if __name__ == "__main__":
    main()
