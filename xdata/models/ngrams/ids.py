"""Characters as ids of an alphabet, and n-grams of ids as keys.

An n-gram is packed exactly into 64 bits (no hash, so no collision): 6 characters of up to 1,022, 5 of up to 4,094, 4 of
up to 65,534, whichever the script needs.
"""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from xdata.models.folding import DIGIT, DROPPED, SPACE, fold_table
from xdata.text.code_points import to_array

Keys = npt.NDArray[np.uint64]
Ids = npt.NDArray[np.uint16]
BOUNDARY, UNKNOWN, FIRST = 0, 1, 2
"""Ids: before the first character, any character that training did not see twice, and the first of the alphabet."""
_LEFT_OUT = 0xFFFF
LARGEST_ALPHABET = 0xFFFF - FIRST - 1
_SEGMENT = 1 << 17
"""Characters that are scored at a time: what they take stays in the cache of a core."""


class Encoder:
    """Text to ids of an alphabet: folded, runs of blanks and of digits as one."""

    def __init__(self, alphabet: npt.NDArray[np.uint32]) -> None:
        ids = np.full(DROPPED + 1, UNKNOWN, dtype=np.uint16)
        ids[alphabet] = np.arange(FIRST, FIRST + len(alphabet))
        ids[DROPPED] = _LEFT_OUT
        self._table = ids[fold_table()]
        self.space = ids[SPACE] or _LEFT_OUT
        """Id of a blank; one that is nowhere where the alphabet has none."""
        self._runs = [ids[code_point] for code_point in (SPACE, DIGIT) if ids[code_point] != UNKNOWN]

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


def batches(texts: Sequence[str], encoder: Encoder) -> Iterator[tuple[list[int], list[Ids]]]:
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


def join_pieces(pieces: Sequence[Ids], order: int) -> Ids:
    """Pieces with as many boundaries before each that no n-gram sees two of them."""
    gap = np.full(order - 1, BOUNDARY, dtype=np.uint16)
    return np.concatenate([part for piece in pieces for part in (gap, piece)])


def pack(ids: Ids, *, order: int, width: int) -> Keys:
    """The n-gram that ends at each position; its last character is in the lowest bits."""
    wide = ids.astype(np.uint64)
    keys = wide.copy()
    for back in range(1, order):
        keys[back:] |= wide[:-back] << np.uint64(width * back)
    return keys


def mask(order: int, width: int) -> np.uint64:
    return np.uint64((1 << (order * width)) - 1)
