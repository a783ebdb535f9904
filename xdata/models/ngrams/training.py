"""Training of an n-gram model: a sample of the texts, its alphabet, and what unseen text of the language costs."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from hashlib import blake2b
from heapq import heappop, heappush
from typing import Any

import numpy as np
import numpy.typing as npt

from xdata.errors import InputError
from xdata.models.folding import DROPPED, fold_table
from xdata.models.ngrams.ids import FIRST, LARGEST_ALPHABET, Encoder, Ids, join_pieces
from xdata.models.ngrams.model import CrossEntropy, NgramModel, Reference, entropy_of
from xdata.models.ngrams.smoothing import Shape, fit
from xdata.text.code_points import to_array

MAX_ORDER = 6
_PIECE = 10_000
"""Characters of a document that are in or out of a sample together."""
_SMALL_PIECE = 500
"""The same where there are few documents."""
_FEW_PIECES = 10
_FEWEST_CHARACTERS = 1_000
_NUM_FOLDS = 5
_WINDOW = 1_000
"""Characters over which the usual surprise is measured, as those of a short document."""
_ENOUGH_WINDOWS = 500
_SMALLEST_SPREAD = 0.01


def train_ngrams(
    texts: Iterable[str],
    *,
    language: str,
    order: int = MAX_ORDER,
    max_ngrams: int = 1_000_000,
    max_characters: int = 20_000_000,
    facts: Mapping[str, Any] | None = None,
) -> NgramModel:
    """A model of `language` out of documents, the same whatever their order.

    Of more than `max_characters` it takes a sample by the hash of what is sampled, so memory stays bounded; a text
    that is there twice counts once. The rarest n-grams go until at most `max_ngrams` are left.
    Raises InputError for too little text.
    """
    pieces = _sampled(texts, max_characters)
    alphabet = _alphabet(pieces)
    encoder = Encoder(alphabet)
    encoded = [ids for piece in pieces if len(ids := encoder(piece))]
    num_characters = sum(map(len, encoded))
    if num_characters < _FEWEST_CHARACTERS or len(encoded) < _NUM_FOLDS:
        raise InputError(
            f"{language}: {num_characters:,} different characters of text are too few to train on: "
            f"give at least {_FEWEST_CHARACTERS:,}"
        )
    width = int(len(alphabet) + FIRST - 1).bit_length()
    order = min(order, MAX_ORDER, 64 // width)
    shape = Shape(order, width, len(alphabet) + 1, max_ngrams)
    found = {"num_characters": num_characters, "num_pieces": len(encoded), **(facts or {})}
    references = _cross_validated(encoded, shape, alphabet)
    return NgramModel(language, order, width, alphabet, fit(encoded, shape), *references, found)


def _sampled(texts: Iterable[str], max_characters: int) -> list[str]:
    """Pieces of the texts, each once, in order of their hash: the first that make `max_characters` together."""
    kept: list[tuple[int, str]] = []
    seen: set[int] = set()
    size = 0
    for text in texts:
        for piece in _cut(text, _PIECE):
            number = _hash(piece)
            if number in seen or (size >= max_characters and number > -kept[0][0]):
                continue
            heappush(kept, (-number, piece))
            seen.add(number)
            size += len(piece)
            while size - len(kept[0][1]) >= max_characters:
                largest, gone = heappop(kept)
                seen.remove(-largest)
                size -= len(gone)
    pieces = [piece for _, piece in sorted(kept, reverse=True)]
    if len(pieces) < _FEW_PIECES:
        small = {part for piece in pieces for part in _cut(piece, _SMALL_PIECE)}
        pieces = sorted(small, key=_hash)
    return pieces


def _cut(text: str, length: int) -> Iterator[str]:
    return (text[start : start + length] for start in range(0, len(text), length))


def _hash(text: str) -> int:
    return int.from_bytes(blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest(), "big")


def _alphabet(pieces: Iterable[str]) -> npt.NDArray[np.uint32]:
    """Folded code points that were seen at least twice, the most frequent where there are too many."""
    counts = np.zeros(DROPPED + 1, dtype=np.int64)
    for piece in pieces:
        folded, nums = np.unique(fold_table()[to_array(piece)], return_counts=True)
        counts[folded] += nums
    counts[DROPPED] = 0
    frequent = np.flatnonzero(counts >= 2)
    frequent = frequent[np.argsort(-counts[frequent], kind="stable")][:LARGEST_ALPHABET]
    return np.sort(frequent).astype(np.uint32)


def _cross_validated(
    encoded: Sequence[Ids], shape: Shape, alphabet: npt.NDArray[np.uint32]
) -> tuple[Reference, Reference | None]:
    """What text costs that a model was not trained on: folds are left out in turn until they say enough."""
    windows: list[CrossEntropy] = []
    for number in range(_NUM_FOLDS):
        others = [ids for place, ids in enumerate(encoded) if place % _NUM_FOLDS != number]
        model = NgramModel("", shape.order, shape.width, alphabet, fit(others, shape), Reference(0.0, 1.0), None)
        windows += _windows(model, encoded[number::_NUM_FOLDS])
        if len(windows) >= _ENOUGH_WINDOWS:
            break
    starts = [window.start_bits for window in windows if window.start_bits is not None]
    reference = _reference([window.bits for window in windows if window.bits is not None])
    return reference, _reference(starts) if 2 * len(starts) > len(windows) else None


def _reference(bits: Sequence[float]) -> Reference:
    low, middle, high = np.quantile(bits, [0.16, 0.5, 0.84])
    return Reference(round(float(middle), 4), round(max(float(high - low) / 2, _SMALLEST_SPREAD), 4))


def _windows(model: NgramModel, pieces: Sequence[Ids]) -> list[CrossEntropy]:
    """Windows over all pieces, one behind the other; what is too short for one is one."""
    joined = [join_pieces([piece], model.order) for piece in pieces]
    bits = np.concatenate([model.costs(ids) for ids in joined]).astype(np.float64)
    is_start = np.concatenate([model.starts(ids) for ids in joined])
    num = max(1, len(bits) // _WINDOW)
    parts = zip(np.array_split(bits, num), np.array_split(is_start, num), strict=True)
    return [entropy_of(part.sum(), len(part), part[start].sum(), start.sum()) for part, start in parts]
