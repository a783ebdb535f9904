"""Our own identifier of languages: n-grams of letters, each with a vector of small integers, and one linear layer.

A text is the mean of the vectors of its n-grams (Joulin et al. 2017, Bag of Tricks), so any part of a text costs a
subtraction, and one pass serves documents, lines and segments. Sums are of whole numbers, so they are the same on
every machine. Only languages of the script that most letters are of come into question, and only words in it say which.
"""

import zipfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from xdata.errors import ResourceError, one_line
from xdata.languages import UNDETERMINED, is_code
from xdata.models.letters import NO_BUCKET, LetterWords, buckets_of, in_main_script, letter_words
from xdata.text.scripts import han_variety, main_scripts, script_codes, script_members
from xdata.text.spans import Ints

Floats = npt.NDArray[np.float32]

NOISE = "zxx"
"""Language of what is no text: code, keys, addresses."""
MOST_READ = 1 << 17
"""Code points of a text that are read; of a longer one, even slices."""

_NUM_SLICES = 16
_BLOCK = 1 << 15
"""Places whose n-grams are looked up at a time."""
_LEAST = np.float32(-1e9)
_KINDS = {"vectors": ("i", 2), "weights": ("f", 2), "biases": ("f", 1), "labels": ("U", 1), "sharpness": ("f", 1)}
"""Array of a model -> its kind of values and number of dimensions."""
_FIELDS = tuple(_KINDS)
_NUM_SHARPNESS = 3


@dataclass(frozen=True)
class Reading:
    """The words of some texts with the sums of their vectors, from which any part is identified."""

    words: LetterWords
    sums: npt.NDArray[np.int64]
    """Of all words before each and of all; (words + 1, size of vectors)."""
    counts: Ints
    """Number of n-grams before each word and of all; (words + 1,)."""


class LetterIdentifier:
    """The model in a file. Raises ResourceError for any other file."""

    def __init__(self, path: Path) -> None:
        try:
            with Path(path).open("rb") as file, np.load(file, allow_pickle=False) as content:
                arrays = {name: content[name] for name in _FIELDS}
        except (OSError, ValueError, KeyError, EOFError, AttributeError, TypeError, zipfile.BadZipFile) as error:
            raise ResourceError(f"{path}: is not an identifier of xdata: {one_line(str(error))}") from None
        wrong = _wrong(arrays)
        if wrong is not None:
            raise ResourceError(f"{path}: is not an identifier of xdata: {wrong}")
        self.labels: tuple[str, ...] = tuple(map(str, arrays["labels"]))
        """`iso639-3_Script` of each class, in order; `zxx_Latn` and the like are noise."""
        self._vectors: npt.NDArray[np.int8] = arrays["vectors"]
        self._weights: Floats = arrays["weights"]
        self._biases: Floats = arrays["biases"]
        slope, shift, greatest = map(float, arrays["sharpness"])
        self._sharpness = (slope, shift, greatest)

    def read(self, texts: Sequence[str]) -> Reading:
        """What the vectors of some texts sum up to, word by word."""
        return self._read(texts, None)

    def probabilities(
        self,
        reading: Reading,
        firsts: Ints,
        lasts: Ints,
        scripts: Sequence[str | None],
        *,
        columns: Ints | None = None,
    ) -> Floats:
        """Probability of each label for each run of words, from `firsts` up to `lasts`: (runs, labels).

        With `columns`, of these labels alone, as if there were no others. A run in a script that no label has, and
        one without words, has noughts.
        """
        wanted = slice(None) if columns is None else columns
        counts = reading.counts[lasts] - reading.counts[firsts]
        means = (reading.sums[lasts] - reading.sums[firsts]) / np.maximum(counts, 1)[:, None]
        scores = means.astype(np.float32) @ self._weights[:, wanted] + self._biases[wanted]
        scores *= sharpness(counts, *self._sharpness)[:, None]
        allowed = self._allowed(scripts)[:, wanted] & (counts > 0)[:, None]
        scores = np.where(allowed, scores, _LEAST)
        shares = np.exp(scores - scores.max(axis=1, keepdims=True)) * allowed
        total: Floats = shares.sum(axis=1, keepdims=True)
        divided: Floats = shares / np.maximum(total, np.float32(1e-9))
        return divided

    def identify(self, texts: Sequence[str]) -> Floats:
        """Probability of each label for each text: (texts, labels).

        Words in other scripts than most letters are of, as of a quotation, say nothing.
        """
        read = [excerpt(text) for text in texts]
        mains = main_scripts(read)
        reading = self._read(read, mains)
        offsets = reading.words.text_offsets
        scripts = [
            han_variety(text) or script if script == "Hani" else script
            for text, script in zip(read, mains, strict=True)
        ]
        return self.probabilities(reading, offsets[:-1], offsets[1:], scripts)

    def has_script(self, script: str | None) -> bool:
        """Whether a label is in the script."""
        return bool(self._in_script(script or "").any())

    def scripts_by_number(self, numbers: npt.NDArray[np.int16]) -> list[str | None]:
        """Codes of scripts from the numbers that `scripts_of` gives them."""
        return [None if number < 0 else script_codes()[number] for number in numbers.tolist()]

    def _read(self, texts: Sequence[str], scripts: Sequence[str | None] | None) -> Reading:
        """The words of some texts with their sums, which are noughts for those that are not in the text's script."""
        words = letter_words(texts)
        sums, counts = self._sums(words)
        sums, counts = sums[words.words], counts[words.words]
        if scripts is not None:
            others = np.flatnonzero(~in_main_script(words, scripts))
            sums[others], counts[others] = 0, 0
        return Reading(words, _cumulated(sums), _cumulated(counts))

    def _allowed(self, scripts: Sequence[str | None]) -> npt.NDArray[np.bool_]:
        codes = sorted({script or "" for script in scripts})
        rows = np.stack([self._in_script(code) for code in codes]) if codes else np.zeros((0, len(self.labels)), bool)
        return rows[[codes.index(script or "") for script in scripts]]

    def _in_script(self, script: str) -> npt.NDArray[np.bool_]:
        if script not in self._by_script:
            wanted = script_members(script)
            own = [script_members(label.split("_")[1]) for label in self.labels]
            fits = np.array([bool(wanted) and wanted <= members for members in own])
            if script in ("Hans", "Hant"):  # share most code points; distinguished by those that only one of them has
                fits = np.array([label.endswith(script) for label in self.labels])
            if script == "Hani":  # Korean has Han characters among its own, and is not written in them alone
                fits &= np.array([not label.endswith("_Kore") for label in self.labels])
            self._by_script[script] = fits
        return self._by_script[script]

    @cached_property
    def _by_script(self) -> dict[str, npt.NDArray[np.bool_]]:
        return {}

    def _sums(self, words: LetterWords) -> tuple[npt.NDArray[np.int16], Ints]:
        """(sum of the vectors of each different word, number of its n-grams)."""
        num, offsets = len(words.offsets) - 1, words.offsets
        sums = np.zeros((num, self._vectors.shape[1]), dtype=np.int16)  # a word of 34 places holds less than 2^15
        counts = np.zeros(num, dtype=np.int64)
        first = 0
        while first < num:
            last = max(int(np.searchsorted(offsets, offsets[first] + _BLOCK, side="right")) - 1, first + 1)
            begin, end = int(offsets[first]), int(offsets[last])
            starts = offsets[first:last] - begin
            ngrams, whole = buckets_of(words.points[begin:end], offsets[first : last + 1] - begin, len(self._vectors))
            places = np.zeros((end - begin, sums.shape[1]), dtype=np.int16)
            looked_up = np.empty(places.shape, dtype=np.int8)
            for buckets in ngrams:
                self._vectors.take(buckets, axis=0, out=looked_up, mode="clip")  # several times as fast as indexing
                places += looked_up
            sums[first:last] = np.add.reduceat(places, starts, axis=0)
            sums[first:last] += self._vectors.take(whole, axis=0)
            counts[first:last] = np.add.reduceat((ngrams != NO_BUCKET).sum(axis=0), starts) + (whole != NO_BUCKET)
            first = last
        return sums, counts


def excerpt(text: str) -> str:
    """The text, or even slices of it where it is longer than MOST_READ code points."""
    if len(text) <= MOST_READ:
        return text
    size = MOST_READ // _NUM_SLICES
    starts = [number * (len(text) - size) // (_NUM_SLICES - 1) for number in range(_NUM_SLICES)]
    return "\n".join(text[start : start + size] for start in starts)


def sharpness(counts: Ints, slope: float, shift: float, greatest: float) -> Floats:
    """How much is made of a score, by the number of n-grams that it is the mean of."""
    found: Floats = np.clip(shift + slope * np.log1p(counts), 0.05, greatest).astype(np.float32)
    return found


def save_identifier(path: Path, **arrays: npt.NDArray[np.generic]) -> None:
    """Writes a model, the same bytes for the same arrays."""
    np.savez(path, allow_pickle=False, **{name: arrays[name] for name in _FIELDS})


def _wrong(arrays: Mapping[str, npt.NDArray[Any]]) -> str | None:
    """What is wrong with the arrays of a model, None where nothing is."""
    kinds = {name: (arrays[name].dtype.kind, arrays[name].ndim) for name in _FIELDS}
    odd = [name for name in _FIELDS if kinds[name] != _KINDS[name]]
    if odd or arrays["vectors"].dtype != np.int8:
        return f"{(odd or ['vectors'])[0]} has another type or number of dimensions"
    (num_buckets, size), num_labels = arrays["vectors"].shape, len(arrays["labels"])
    if num_buckets < 2 or num_buckets & (num_buckets - 1):
        return f"it has {num_buckets:,} vectors, which must be a power of two"
    if arrays["weights"].shape != (size, num_labels) or arrays["biases"].shape != (num_labels,) or not size:
        return f"vectors of {size} numbers and {num_labels} labels do not go with its weights and biases"
    labels = list(map(str, arrays["labels"]))
    bad = next((label for label in labels if not is_code(label) or label == UNDETERMINED), None)
    if bad is not None or not labels:
        return f"its label {bad!r} is not an iso639-3_Script"
    if len(set(labels)) < num_labels:
        return "it has a label twice"
    if arrays["sharpness"].shape != (_NUM_SHARPNESS,):
        return f"sharpness must have {_NUM_SHARPNESS} numbers"
    numbers = next((name for name in ("weights", "biases", "sharpness") if not np.isfinite(arrays[name]).all()), None)
    return None if numbers is None else f"{numbers} has what is not a number"


def _cumulated(values: npt.NDArray[np.int16] | Ints) -> npt.NDArray[np.int64]:
    sums = np.zeros((len(values) + 1, *values.shape[1:]), dtype=np.int64)
    np.cumsum(values, axis=0, out=sums[1:])
    return sums
