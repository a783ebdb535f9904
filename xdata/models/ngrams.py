"""A character n-gram language model: trained in seconds from little text, the same in every script.

Interpolated Witten-Bell smoothing over folded code points. Characters make a model that little text can fill and
that needs no words, so it works where no space parts them. An n-gram is packed exactly into 64 bits (no hash, so no
collision): 6 characters of up to 1,022, 5 of up to 4,094, 4 of up to 65,534, whichever the script needs.

Scoring looks up whole texts at once. What is stored for an n-gram is its interpolated probability, so a position
costs one look-up where its longest n-gram is known, and backing off goes on with the others alone.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from functools import cached_property
from hashlib import blake2b, sha256
from heapq import heappop, heappush
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import orjson

from xdata.disk import write_atomically
from xdata.errors import InputError, ResourceError
from xdata.models.folding import DIGIT, DROPPED, SPACE, fold_table
from xdata.text.code_points import to_array

ENDING = ".ngrams"
"""Of the files that models are saved in."""
FORMAT_VERSION = 1
MAX_ORDER = 6
MAX_BITS = 16.0
"""Most that one character costs: a letter never seen before is one surprise, however rare."""

Keys = npt.NDArray[np.uint64]
Ids = npt.NDArray[np.uint16]
Floats = npt.NDArray[np.float64]

_MAGIC = b"xdata-ngrams\n"
_BOUNDARY, _UNKNOWN, _FIRST = 0, 1, 2
"""Ids: before the first character, any character that training did not see twice, and the first of the alphabet."""
_LEFT_OUT = 0xFFFF
_LARGEST_ALPHABET = 0xFFFF - _FIRST - 1
_UNKNOWN_BITS = 12.0
"""What it costs to say which unknown character it is."""
_MIX = np.uint64(0x9E3779B97F4A7C15)
_EMPTY = np.uint64(0xFFFFFFFFFFFFFFFF)

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
_FEWEST_STARTS = 20
_SMALLEST_START_SHARE = 0.1
"""Of characters, that must stand right after a blank for the beginnings of words to be looked at."""
_SEGMENT = 1 << 17
"""Characters that are scored at a time: what they take stays in the cache of a core."""


@dataclass(frozen=True)
class Reference:
    """How surprising text of the language is that the model was not trained on."""

    bits: float
    """Median over windows of 1,000 characters, in bits a character."""
    spread: float
    """Half of what lies between the 16th and the 84th percentile: a standard deviation where they are normal."""

    def deviation(self, bits: float) -> float:
        """How far `bits` is above what is usual, in standard deviations."""
        return (bits - self.bits) / self.spread


class CrossEntropy(NamedTuple):
    """How surprising a text is, in bits a folded character."""

    bits: float | None
    """Mean over all characters, None where there is none."""
    start_bits: float | None
    """Mean over the first two characters after each blank, None for a text with few blanks.

    What follows a blank depends on the word before it, so this tells sentences from words in any order, of which
    every single one is right.
    """


@dataclass(frozen=True)
class Level:
    """The n-grams of one length, keys ascending, with their costs in bits."""

    keys: Keys
    bits: npt.NDArray[np.float32]
    """Of the last character after those before it."""
    backoff: npt.NDArray[np.float32]
    """Of going on with a shorter context, where what follows the n-gram was not seen after it."""


@dataclass(frozen=True)
class NgramModel:
    """A trained model of one language."""

    language: str
    order: int
    """Characters of the longest n-gram."""
    width: int
    """Bits of a character in a key."""
    alphabet: npt.NDArray[np.uint32]
    """Folded code points, ascending."""
    levels: tuple[Level, ...]
    """From single characters to the longest n-grams."""
    reference: Reference
    """Of `CrossEntropy.bits`."""
    start_reference: Reference | None
    """Of `CrossEntropy.start_bits`, None where the language puts few blanks."""
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What it was trained on, for people to read."""

    @property
    def num_ngrams(self) -> int:
        return sum(len(level.keys) for level in self.levels)

    def cross_entropy(self, text: str) -> CrossEntropy:
        """How surprising a text is."""
        return self.cross_entropies([text])[0]

    def cross_entropies(self, texts: Sequence[str]) -> list[CrossEntropy]:
        """How surprising each text is; the same whichever texts are scored together."""
        sums = np.zeros((4, len(texts)))
        for owners, pieces in _batches(texts, self._encoder):
            ids = _joined(pieces, self.order)
            lengths = np.array([len(piece) for piece in pieces])
            starts = np.cumsum(lengths) - lengths
            bits, is_start = self._costs(ids).astype(np.float64), self._starts(ids)
            for row, values in enumerate((bits, np.ones(len(bits)), bits * is_start, is_start.astype(np.float64))):
                np.add.at(sums[row], owners, np.add.reduceat(values, starts))
        return [_cross_entropy(*column) for column in sums.T.tolist()]

    @cached_property
    def _encoder(self) -> "_Encoder":
        return _Encoder(self.alphabet)

    @cached_property
    def _tables(self) -> tuple["_Table", ...]:
        return tuple(_Table(level) for level in self.levels)

    def _starts(self, ids: Ids) -> npt.NDArray[np.bool_]:
        """Whether each character of joined pieces is one of the first two after a blank."""
        is_space = ids == self._encoder.space
        after = np.zeros(len(ids), dtype=np.bool_)
        after[1:] = is_space[:-1]
        after[2:] |= is_space[:-2]
        found: npt.NDArray[np.bool_] = (after & ~is_space)[ids != _BOUNDARY]
        return found

    def _costs(self, ids: Ids) -> npt.NDArray[np.float32]:
        """Bits of each character of joined pieces, boundaries left out; the longest known n-gram decides."""
        kept = np.flatnonzero(ids)
        keys = _pack(ids, order=self.order, width=self.width)[kept]
        bits = np.zeros(len(kept), dtype=np.float32)
        rest = np.arange(len(kept))
        for order in range(self.order, 0, -1):
            slots, known = self._tables[order - 1].find(keys)
            bits[rest[known]] += self._tables[order - 1].bits[slots[known]]
            unknown = np.flatnonzero(~known)
            if not len(unknown):
                break
            keys, rest = keys[unknown], rest[unknown]
            lower = self._tables[order - 2]
            slots, known = lower.find(keys >> np.uint64(self.width))
            bits[rest[known]] += lower.backoff[slots[known]]
            keys &= _mask(order - 1, self.width)
        return np.minimum(bits, np.float32(MAX_BITS))


def _cross_entropy(bits: float, num: float, start_bits: float, num_starts: float) -> CrossEntropy:
    """Means out of sums."""
    few = num_starts < max(_FEWEST_STARTS, num * _SMALLEST_START_SHARE)
    return CrossEntropy(bits / num if num else None, None if few else start_bits / num_starts)


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
    encoder = _Encoder(alphabet)
    encoded = [ids for piece in pieces if len(ids := encoder(piece))]
    num_characters = sum(map(len, encoded))
    if num_characters < _FEWEST_CHARACTERS or len(encoded) < _NUM_FOLDS:
        raise InputError(
            f"{language}: {num_characters:,} different characters of text are too few to train on: "
            f"give at least {_FEWEST_CHARACTERS:,}"
        )
    width = int(len(alphabet) + _FIRST - 1).bit_length()
    order = min(order, MAX_ORDER, 64 // width)
    shape = _Shape(order, width, len(alphabet) + 1, max_ngrams)
    found = {"num_characters": num_characters, "num_pieces": len(encoded), **(facts or {})}
    references = _cross_validated(encoded, shape, alphabet)
    return NgramModel(language, order, width, alphabet, _fit(encoded, shape), *references, found)


def save_ngrams(model: NgramModel, path: Path) -> None:
    """Writes a model into one file: a line that says what it is, one of JSON, then arrays."""
    arrays = [model.alphabet, *(array for level in model.levels for array in (level.keys, level.bits, level.backoff))]
    body = b"".join(np.ascontiguousarray(array).astype(array.dtype.newbyteorder("<")).tobytes() for array in arrays)
    header = {
        "version": FORMAT_VERSION,
        "language": model.language,
        "order": model.order,
        "width": model.width,
        "alphabet": len(model.alphabet),
        "ngrams": [len(level.keys) for level in model.levels],
        "reference": asdict(model.reference),
        "start_reference": model.start_reference and asdict(model.start_reference),
        "facts": dict(model.facts),
        "sha256": sha256(body).hexdigest(),
    }
    write_atomically(path, _MAGIC + orjson.dumps(header, option=orjson.OPT_SORT_KEYS) + b"\n" + body)


def load_ngrams(path: Path) -> NgramModel:
    """Reads a model. Raises ResourceError for a file that is none, is of another version or is damaged."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ResourceError(f"{path}: cannot be read: {error.strerror}") from None
    header, body = _header(path, data)
    try:
        sizes = [int(size) for size in header["ngrams"]]
        arrays = _Arrays(body)
        alphabet = arrays.take(int(header["alphabet"]), "<u4")
        levels = tuple(Level(arrays.take(n, "<u8"), arrays.take(n, "<f4"), arrays.take(n, "<f4")) for n in sizes)
        reference = Reference(**header["reference"])
        start_reference = header["start_reference"] and Reference(**header["start_reference"])
        order, width = int(header["order"]), int(header["width"])
        whole = arrays.at_end and len(levels) == order and 0 < order * width <= 64 and reference.spread > 0
        model = NgramModel(
            str(header["language"]), order, width, alphabet, levels, reference, start_reference, header["facts"]
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        whole = False
    if not whole:
        raise ResourceError(f"{path}: is damaged: train it again")
    return model


def _header(path: Path, data: bytes) -> tuple[dict[str, Any], bytes]:
    """What a file says of itself, and the bytes of its arrays."""
    if not data.startswith(_MAGIC):
        raise ResourceError(f"{path}: is not a model that xdata train perplexity made")
    line, _, body = data[len(_MAGIC) :].partition(b"\n")
    try:
        header = orjson.loads(line)
    except orjson.JSONDecodeError:
        header = None
    version = header.get("version") if isinstance(header, dict) else None
    if isinstance(version, int) and version != FORMAT_VERSION:
        raise ResourceError(f"{path}: is of version {version}, and this xdata reads {FORMAT_VERSION}: train it again")
    if not isinstance(header, dict) or header.get("sha256") != sha256(body).hexdigest():
        raise ResourceError(f"{path}: is damaged: train it again")
    return header, body


class _Arrays:
    """Takes arrays off the beginning of bytes."""

    def __init__(self, data: bytes) -> None:
        self._data, self._offset = data, 0

    def take(self, length: int, kind: str) -> Any:
        """The next array. Raises ValueError where there are too few bytes."""
        array = np.frombuffer(self._data, dtype=kind, count=length, offset=self._offset)
        self._offset += array.nbytes
        return array

    @property
    def at_end(self) -> bool:
        return self._offset == len(self._data)


class _Table:
    """Open addressing over sorted keys: a key lies at its slot or soon after it, and what is no key is seen as soon."""

    def __init__(self, level: Level) -> None:
        mixed = level.keys * _MIX  # a bijection, so keys stay apart and their first bits are spread evenly
        order = np.argsort(mixed)
        mixed = mixed[order]
        self._shift = np.uint64(64 - (2 * len(mixed)).bit_length())
        places = np.arange(len(mixed))
        places += np.maximum.accumulate((mixed >> self._shift).astype(np.int64) - places)
        size = int(places[-1]) + 2 if len(places) else 2
        self._keys = np.full(max(size, 1 << (64 - int(self._shift))) + 1, _EMPTY)
        self._keys[places] = mixed
        self.bits = np.zeros(len(self._keys), dtype=np.float32)
        self.bits[places] = level.bits[order]
        self.backoff = np.zeros(len(self._keys), dtype=np.float32)
        self.backoff[places] = level.backoff[order]

    def find(self, keys: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
        """(where each key is, whether it is there)."""
        mixed = keys * _MIX
        slots = (mixed >> self._shift).astype(np.int64)
        found = self._keys[slots]
        late = np.flatnonzero(found < mixed)
        while len(late):
            slots[late] += 1
            there = self._keys[slots[late]]
            found[late] = there
            late = late[there < mixed[late]]
        return slots, found == mixed


class _Encoder:
    """Text to ids of an alphabet: folded, runs of blanks and of digits as one."""

    def __init__(self, alphabet: npt.NDArray[np.uint32]) -> None:
        ids = np.full(DROPPED + 1, _UNKNOWN, dtype=np.uint16)
        ids[alphabet] = np.arange(_FIRST, _FIRST + len(alphabet))
        ids[DROPPED] = _LEFT_OUT
        self._table = ids[fold_table()]
        self.space = ids[SPACE] or _LEFT_OUT
        """Id of a blank; one that is nowhere where the alphabet has none."""
        self._runs = [ids[code_point] for code_point in (SPACE, DIGIT) if ids[code_point] != _UNKNOWN]

    def __call__(self, text: str) -> Ids:
        ids = self._table[to_array(text)]
        left_out = ids == _LEFT_OUT
        if left_out.any():
            ids = ids[~left_out]
        if len(ids) < 2:
            return ids
        again = np.zeros(len(ids), dtype=np.bool_)
        for one in self._runs:
            is_one = ids == one
            again[1:] |= is_one[1:] & is_one[:-1]
        return ids[~again]


class _Shape(NamedTuple):
    """What decides the size of a model."""

    order: int
    width: int
    num_ids: int
    """Of the alphabet and what is unknown."""
    max_ngrams: int


class _Counts(NamedTuple):
    """How often n-grams of one length were seen, those seen less than `least` times left out."""

    keys: Keys
    counts: npt.NDArray[np.int64]
    mass: Floats
    """Occurrences of the context of each, and kinds of characters after it; Witten and Bell's denominator."""
    least: int


def _batches(texts: Sequence[str], encoder: _Encoder) -> Iterator[tuple[list[int], list[Ids]]]:
    """Pieces of texts and the numbers of the texts that they are of, a segment's worth at a time."""
    owners: list[int] = []
    pieces: list[Ids] = []
    size = 0
    for number, text in enumerate(texts):
        for start in range(0, len(text), _SEGMENT):
            ids = encoder(text[start : start + _SEGMENT])
            if not len(ids):
                continue
            if size + len(ids) > _SEGMENT and pieces:
                yield owners, pieces
                owners, pieces, size = [], [], 0
            owners.append(number)
            pieces.append(ids)
            size += len(ids)
    if pieces:
        yield owners, pieces


def _joined(pieces: Sequence[Ids], order: int) -> Ids:
    """Pieces with as many boundaries before each that no n-gram sees two of them."""
    gap = np.full(order - 1, _BOUNDARY, dtype=np.uint16)
    return np.concatenate([part for piece in pieces for part in (gap, piece)])


def _pack(ids: Ids, *, order: int, width: int) -> Keys:
    """The n-gram that ends at each position; its last character is in the lowest bits."""
    wide = ids.astype(np.uint64)
    keys = wide.copy()
    for back in range(1, order):
        keys[back:] |= wide[:-back] << np.uint64(width * back)
    return keys


def _mask(order: int, width: int) -> np.uint64:
    return np.uint64((1 << (order * width)) - 1)


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
    frequent = frequent[np.argsort(-counts[frequent], kind="stable")][:_LARGEST_ALPHABET]
    return np.sort(frequent).astype(np.uint32)


def _cross_validated(
    encoded: Sequence[Ids], shape: _Shape, alphabet: npt.NDArray[np.uint32]
) -> tuple[Reference, Reference | None]:
    """What text costs that a model was not trained on: folds are left out in turn until they say enough."""
    windows: list[CrossEntropy] = []
    for number in range(_NUM_FOLDS):
        others = [ids for place, ids in enumerate(encoded) if place % _NUM_FOLDS != number]
        model = NgramModel("", shape.order, shape.width, alphabet, _fit(others, shape), Reference(0.0, 1.0), None)
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
    joined = [_joined([piece], model.order) for piece in pieces]
    bits = np.concatenate([model._costs(ids) for ids in joined]).astype(np.float64)
    is_start = np.concatenate([model._starts(ids) for ids in joined])
    num = max(1, len(bits) // _WINDOW)
    parts = zip(np.array_split(bits, num), np.array_split(is_start, num), strict=True)
    return [_cross_entropy(part.sum(), len(part), part[start].sum(), start.sum()) for part, start in parts]


def _fit(encoded: Sequence[Ids], shape: _Shape) -> tuple[Level, ...]:
    """The levels of a model, from single characters up."""
    ids = _joined(encoded, shape.order)
    counted = [_count_characters(ids, shape), *(_count(ids, order, shape) for order in range(2, shape.order + 1))]
    return _smoothed(_pruned(counted, shape.max_ngrams), shape)


def _count_characters(ids: Ids, shape: _Shape) -> _Counts:
    """Every character of the alphabet, seen or not."""
    counts = np.bincount(ids, minlength=shape.num_ids + 1)[_UNKNOWN:].astype(np.int64)
    mass = float(counts.sum() + np.count_nonzero(counts))
    return _Counts(np.arange(_UNKNOWN, shape.num_ids + 1, dtype=np.uint64), counts, np.full(len(counts), mass), 1)


def _count(ids: Ids, order: int, shape: _Shape) -> _Counts:
    keys, counts = np.unique(_pack(ids, order=order, width=shape.width)[ids != _BOUNDARY], return_counts=True)
    starts, sizes = _groups(keys >> np.uint64(shape.width))
    mass = np.repeat((np.add.reduceat(counts, starts) + sizes).astype(np.float64), sizes)
    least = 1
    while len(keys) > shape.max_ngrams and order > 2:
        least += 1
        kept = counts >= least
        keys, counts, mass = keys[kept], counts[kept], mass[kept]
    return _Counts(keys, counts, mass, least)


def _groups(contexts: Keys) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """(where each run of one context begins, how long it is)."""
    starts = np.flatnonzero(np.concatenate(([True], contexts[1:] != contexts[:-1])))
    return starts, np.diff(np.append(starts, len(contexts)))


def _pruned(counted: Sequence[_Counts], max_ngrams: int) -> list[_Counts]:
    """Single characters and pairs as they are; of longer n-grams those frequent enough for all to fit.

    One least count for all lengths: the context and the end of what stays are at least as frequent, so they stay.
    """
    least = max(counts.least for counts in counted)
    room = max_ngrams - sum(len(counts.keys) for counts in counted[:2])
    most = max((int(counts.counts.max(initial=0)) for counts in counted[2:]), default=0)
    while least <= most and sum(int((counts.counts >= least).sum()) for counts in counted[2:]) > room:
        least += 1
    return [*counted[:2], *(_at_least(counts, least) for counts in counted[2:])]


def _at_least(counts: _Counts, least: int) -> _Counts:
    kept = counts.counts >= least
    return _Counts(counts.keys[kept], counts.counts[kept], counts.mass[kept], least)


def _smoothed(counted: Sequence[_Counts], shape: _Shape) -> tuple[Level, ...]:
    """Probabilities out of counts: what a context leaves to characters unseen after it is shared as one shorter has it.

    What was pruned is left to the shorter context too, so the probabilities after a context always make one.
    """
    levels: list[Level] = []
    below_keys, below = np.zeros(1, dtype=np.uint64), np.full(1, 1.0 / shape.num_ids)
    for order, (keys, counts, mass, _) in enumerate(counted, start=1):
        starts, sizes = _groups(keys >> np.uint64(shape.width)) if len(keys) else (np.zeros(0, np.int64),) * 2
        left = 1.0 - np.add.reduceat(counts, starts) / mass[starts] if len(keys) else np.zeros(0)
        shorter = below[np.searchsorted(below_keys, keys & _mask(order - 1, shape.width))]
        probabilities = counts / mass + np.repeat(left, sizes) * shorter
        if levels:
            contexts = keys[starts] >> np.uint64(shape.width)
            levels[-1].backoff[np.searchsorted(levels[-1].keys, contexts)] = -np.log2(left)
        below_keys, below = keys, probabilities
        levels.append(_level(keys, probabilities, shape, with_start=order < shape.order))
    return tuple(levels)


def _level(keys: Keys, probabilities: Floats, shape: _Shape, *, with_start: bool) -> Level:
    """The n-grams with their costs, and the boundary, which is a context and never an end."""
    bits = -np.log2(probabilities)
    bits[(keys & _mask(1, shape.width)) == _UNKNOWN] += _UNKNOWN_BITS
    if with_start:
        keys, bits = np.append(np.uint64(_BOUNDARY), keys), np.append(0.0, bits)
    return Level(keys, bits.astype(np.float32), np.zeros(len(keys), dtype=np.float32))
