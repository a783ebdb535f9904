"""Whether a file is a whole model of fastText: read here before its own loader does, which trusts every size in it.

Of a file that is cut off, or of which a size was changed, the loader of fastText reserves as much memory as the file
says, or reads past the end and ends the process. So the parts of the file (fastText's `Args`, `Dictionary`, `Matrix`
and `QuantMatrix`, in that order) are walked through, and their sizes are held against each other and the file.
"""

import mmap
import struct
from collections.abc import Iterator
from pathlib import Path

_MAGIC, _VERSIONS = 793_712_314, (11, 12)
_SUPERVISED, _LOSSES = 3, (1, 2, 3, 4)
"""Of fastText's `model_name` and `loss_name`."""
_LABEL = 1
_CENTROIDS = 256
"""Of each part of a quantised vector; a code is a byte."""
_MOST_DIM = 1 << 16
_ENTRY = struct.Struct("<qb")


class Broken(Exception):
    """A file is not a complete model; the message states why."""


def check_fasttext(path: Path) -> None:
    """Raises Broken for a file that is no whole model of fastText, OSError for one that cannot be read."""
    with path.open("rb") as file:
        if not path.stat().st_size:
            raise Broken("it is empty")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as content:
            _check(_Walk(content))


class _Walk:
    """A place in a file, which moves on with what is read."""

    def __init__(self, content: mmap.mmap) -> None:
        self.content = content
        self.place = 0

    def read(self, form: str) -> tuple[int, ...]:
        """Whole numbers, by their form of `struct`."""
        size = struct.calcsize(form)
        start = self.skip(size)
        return struct.unpack(form, self.content[start : start + size])

    def skip(self, size: int) -> int:
        """Past some bytes; where they begin."""
        start = self.place
        if not 0 <= size <= len(self.content) - start:
            raise Broken(f"it ends after {len(self.content):,} bytes, in the middle")
        self.place += size
        return start

    def entries(self, num: int) -> Iterator[int]:
        """The kind of each entry of the dictionary: a word, its count and its kind."""
        for _ in range(num):
            end = self.content.find(b"\0", self.place)
            if end < 0 or end + 1 + _ENTRY.size > len(self.content):
                raise Broken(f"it ends after {len(self.content):,} bytes, in its dictionary")
            yield _ENTRY.unpack_from(self.content, end + 1)[1]
            self.place = end + 1 + _ENTRY.size


def _check(walk: _Walk) -> None:
    magic, version = walk.read("<2i")
    if magic != _MAGIC or version not in _VERSIONS:
        raise Broken("it has no fastText header")
    dim, *_, loss, model, bucket, minn, maxn, _ = walk.read("<12i")
    walk.skip(8)
    if model != _SUPERVISED or loss not in _LOSSES:
        raise Broken("it is not a classifier")
    if not 0 < dim <= _MOST_DIM or bucket < 0 or not 0 <= minn <= _MOST_DIM or not 0 <= maxn <= _MOST_DIM:
        raise Broken("its sizes are not valid")
    num_words, num_labels, num_pruned = _check_dictionary(walk)
    (is_quantised,) = walk.read("<?")
    rows = num_words + (bucket if num_pruned < 0 else num_pruned)
    _check_matrix(walk, rows=rows, dim=dim, is_quantised=bool(is_quantised))
    (is_quantised_too,) = walk.read("<?")
    _check_matrix(walk, rows=num_labels, dim=dim, is_quantised=bool(is_quantised and is_quantised_too))
    if walk.place != len(walk.content):
        raise Broken(f"{len(walk.content) - walk.place:,} bytes follow its end")


def _check_dictionary(walk: _Walk) -> tuple[int, int, int]:
    """(words, labels, n-grams that stayed or -1 where none were taken out)."""
    size, num_words, num_labels = walk.read("<3i")
    _, num_pruned = walk.read("<2q")
    if min(size, num_words) < 0 or num_labels < 1 or num_words + num_labels != size or num_pruned < -1:
        raise Broken("the sizes of its dictionary are not valid")
    if sum(kind == _LABEL for kind in walk.entries(size)) != num_labels:
        raise Broken("its dictionary has another number of labels than its header states")
    for _ in range(max(num_pruned, 0)):
        if not 0 <= walk.read("<2i")[1] < num_pruned:
            raise Broken("its dictionary is not valid")
    return num_words, num_labels, num_pruned


def _check_matrix(walk: _Walk, *, rows: int, dim: int, is_quantised: bool) -> None:
    if not is_quantised:
        _check_shape(walk.read("<2q"), rows=rows, dim=dim)
        walk.skip(4 * rows * dim)
        return
    has_norms, *shape, num_codes = walk.read("<?2qi")
    _check_shape(tuple(shape), rows=rows, dim=dim)
    walk.skip(num_codes)
    parts = _check_quantiser(walk, dim=dim)
    if num_codes != rows * parts:
        raise Broken("the number of its codes does not match its vectors")
    if has_norms:
        walk.skip(rows)
        _check_quantiser(walk, dim=1)


def _check_shape(shape: tuple[int, ...], *, rows: int, dim: int) -> None:
    if shape != (rows, dim):
        raise Broken(f"it has vectors of shape {shape[0]} by {shape[1]} expected {rows} by {dim}")


def _check_quantiser(walk: _Walk, *, dim: int) -> int:
    """Number of the parts of a vector."""
    own, parts, size, last = walk.read("<4i")
    if own != dim or size < 1 or not 0 < last <= size or (parts - 1) * size + last != dim:
        raise Broken("the parts of its vectors do not add up to their dimension")
    walk.skip(4 * _CENTROIDS * dim)
    return parts
