"""A learned classifier of good and bad documents: fastText over words and parts of words of any script.

Where no space parts words, letters are the words and pairs of them the features (`word n-grams`), so Thai and
Chinese need no segmenter. Line breaks, case and digits are folded away: examples often differ in how their files were
made, and a classifier would learn that. The same examples give the same model, in whatever order they come.
"""

import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import orjson
import regex

from xdata.disk import hash_file, write_atomically
from xdata.errors import InputError, ResourceError, one_line
from xdata.text.analysis import words_of

FORMAT_VERSION = 1
FEWEST_EXAMPLES = 50
"""Of each class, after those that are there twice."""
MAX_CHARACTERS = 20_000
"""Of a document that are looked at, from its beginning."""

_GOOD, _BAD = "__label__good", "__label__bad"
_HELD_OUT = 5
"""One example of so many is held out."""
_SETTINGS: dict[str, int | float | str] = {
    "lr": 0.5,
    "dim": 16,
    "minCount": 2,
    "minn": 2,
    "maxn": 4,
    "wordNgrams": 2,
    "bucket": 1 << 17,
    "loss": "softmax",
    "thread": 1,
    "seed": 1,
    "verbose": 0,
}
_CHUNK = 100
"""Words that are learned from at a time: a short document must say as much as a long one."""
_ENOUGH_CHUNKS = 40_000
"""Learned from in all; few examples are gone through again and again. Measured: scores near 0.5 with fewer."""
_DIGITS = regex.compile(r"\p{Nd}+")
_QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95)


@dataclass(frozen=True)
class Evaluation:
    """What a classifier is worth on examples that it was not trained on."""

    num_good: int
    num_bad: int
    auc: float
    """Chance that a good example scores above a bad one."""
    precision: float | None
    """Share of good ones among those that score at least 0.5, None where none does."""
    recall: float
    """Share of the good ones that score at least 0.5."""
    good_quantiles: tuple[float, ...]
    """Scores of good examples at 5, 25, 50, 75 and 95 %."""
    bad_quantiles: tuple[float, ...]


@dataclass(frozen=True)
class TrainedClassifier:
    """A classifier as it was trained, and what is known of it."""

    data: bytes
    """fastText's own format."""
    evaluation: Evaluation
    facts: Mapping[str, Any]
    """What it was trained on, for people to read."""


class Classifier:
    """Probability that a document is good. Raises ResourceError for a file that is not a model."""

    def __init__(self, path: Path) -> None:
        import fasttext

        _check(path)
        try:
            self._model = fasttext.load_model(str(path))
        except (ValueError, RuntimeError) as error:
            raise ResourceError(f"{path}: is not a fastText model: {one_line(str(error))}") from None
        if set(self._model.labels) != {_GOOD, _BAD}:
            raise ResourceError(f"{path}: is not a classifier that xdata train classifier made")

    def quality(self, text: str) -> float | None:
        """Probability in [0, 1] that a text is good, 4 decimals; None for a text without words."""
        line = features(text)
        if not line:
            return None
        labels, scores = self._model.predict(line, k=2)
        # a probability that rounds to none at all is not listed
        found = dict(zip(labels, scores, strict=True))
        good = float(found[_GOOD]) if _GOOD in found else 1.0 - float(found[_BAD])
        return round(min(1.0, max(0.0, good)), 4)


def features(text: str) -> str:
    """What the classifier sees of a text: its words in lower case on one line, numbers as 0."""
    words = words_of(text[:MAX_CHARACTERS])
    line = _DIGITS.sub("0", " ".join(words).lower())
    return line.encode("utf-8", "replace").decode()


def train_classifier(
    good: Iterable[str], bad: Iterable[str], *, facts: Mapping[str, Any] | None = None
) -> TrainedClassifier:
    """A classifier out of good and bad examples, tested on the fifth of them that it was not trained on.

    Examples that are there twice count once, those in both classes not at all, and of the larger class as many are
    taken as the smaller one has. Raises InputError for too few examples.
    """
    classes = [_examples(good), _examples(bad)]
    both = classes[0].keys() & classes[1].keys()
    kept = [[line for digest, line in sorted(found.items()) if digest not in both] for found in classes]
    for name, lines in zip(("good", "bad"), kept, strict=True):
        if len(lines) < FEWEST_EXAMPLES:
            raise InputError(
                f"{len(lines)} different {name} examples are too few to train on: give at least {FEWEST_EXAMPLES}"
            )
    num = min(map(len, kept))
    goods, bads = (lines[:num] for lines in kept)
    data, model = _train(_but_held_out(goods), _but_held_out(bads))
    evaluation = evaluate(*(_scores(model, lines[::_HELD_OUT]) for lines in (goods, bads)))
    found = {
        "num_good": len(kept[0]),
        "num_bad": len(kept[1]),
        "num_in_both": len(both),
        "num_of_each_taken": num,
        "settings": _SETTINGS,
        **(facts or {}),
    }
    return TrainedClassifier(data, evaluation, found)


def evaluate(good: Sequence[float], bad: Sequence[float]) -> Evaluation:
    """What scores of good and of bad examples say of a classifier."""
    goods, bads = np.asarray(good), np.asarray(bad)
    accepted = int((goods >= 0.5).sum()), int((bads >= 0.5).sum())
    return Evaluation(
        num_good=len(goods),
        num_bad=len(bads),
        auc=round(_auc(goods, bads), 4),
        precision=round(accepted[0] / sum(accepted), 4) if sum(accepted) else None,
        recall=round(accepted[0] / len(goods), 4),
        good_quantiles=_quantiles(goods),
        bad_quantiles=_quantiles(bads),
    )


def save_classifier(trained: TrainedClassifier, path: Path) -> None:
    """Writes the model, and beside it, with `.json` added to the name, what it was trained on and what it is worth."""
    write_atomically(path, trained.data)
    described = {
        "version": FORMAT_VERSION,
        "sha256": hash_file(path),
        "evaluation": asdict(trained.evaluation),
        "facts": dict(trained.facts),
    }
    data = orjson.dumps(described, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS)
    write_atomically(description_of(path), data + b"\n")


def description_of(path: Path) -> Path:
    """The JSON file beside a model."""
    return path.with_name(f"{path.name}.json")


def _check(path: Path) -> None:
    """Raises ResourceError for a model that is not the one that the file beside it describes."""
    described = description_of(path)
    for file in (path, described):
        if not file.is_file():
            raise ResourceError(f"{file}: there is no such file: xdata train classifier makes the model and its .json")
    try:
        facts = orjson.loads(described.read_bytes())
        version, digest = facts["version"], facts["sha256"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        raise ResourceError(f"{described}: does not describe a classifier: train it again") from None
    if version != FORMAT_VERSION:
        raise ResourceError(f"{described}: is of version {version}, and this xdata reads {FORMAT_VERSION}")
    if digest != hash_file(path):
        raise ResourceError(f"{path}: is not the model that {described.name} describes: train it again")


def _examples(texts: Iterable[str]) -> dict[bytes, str]:
    """Hash of what is seen of a text -> that, each once."""
    lines = filter(None, map(features, texts))
    return {blake2b(line.encode(), digest_size=16).digest(): line for line in lines}


def _but_held_out(lines: Sequence[str]) -> list[str]:
    return [line for number, line in enumerate(lines) if number % _HELD_OUT]


def _train(good: Sequence[str], bad: Sequence[str]) -> tuple[bytes, Any]:
    """(the model as bytes, the model). Classes take turns, or the last one seen would win."""
    import fasttext

    pairs = [f"{_GOOD} {one}\n{_BAD} {other}\n" for one, other in zip(_chunks(good), _chunks(bad), strict=False)]
    epochs = max(5, min(50, _ENOUGH_CHUNKS // (2 * len(pairs))))
    with tempfile.TemporaryDirectory(prefix="xdata-classifier-") as folder:
        examples, saved = Path(folder, "examples.txt"), Path(folder, "model.bin")
        with examples.open("w", encoding="utf-8", newline="\n") as file:
            file.writelines(pairs)
        model = fasttext.train_supervised(input=str(examples), epoch=epochs, **_SETTINGS)
        model.save_model(str(saved))
        return saved.read_bytes(), model


def _chunks(lines: Sequence[str]) -> list[str]:
    """Pieces of examples, all first ones, then all second ones, so that what is left over is of the longest."""
    found = []
    for number, line in enumerate(lines):
        words = line.split(" ")
        starts = range(0, max(1, len(words) - _CHUNK // 2), _CHUNK)
        found += [(start, number, " ".join(words[start : start + _CHUNK])) for start in starts]
    return [chunk for _, _, chunk in sorted(found)]


def _scores(model: Any, lines: Sequence[str]) -> list[float]:
    found = []
    for line in lines:
        labels, scores = model.predict(line, k=2)
        found.append(float(dict(zip(labels, scores, strict=True)).get(_GOOD, 0.0)))
    return found


def _auc(good: npt.NDArray[np.float64], bad: npt.NDArray[np.float64]) -> float:
    """Area under the ROC curve by ranks, ties counting half."""
    ordered = np.sort(bad)
    below = np.searchsorted(ordered, good, side="left") + np.searchsorted(ordered, good, side="right")
    return float(below.sum() / (2 * len(good) * len(bad)))


def _quantiles(scores: npt.NDArray[np.float64]) -> tuple[float, ...]:
    return tuple(round(float(value), 4) for value in np.quantile(scores, _QUANTILES))
