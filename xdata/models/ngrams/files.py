"""Files of n-gram models: a line with the format's name, a line of JSON, then arrays in little-endian bytes."""

from dataclasses import asdict
from hashlib import sha256
from pathlib import Path
from typing import Any

import numpy as np
import orjson

from xdata.disk import write_atomically
from xdata.errors import ResourceError
from xdata.models.ngrams.model import Level, NgramModel, Reference

ENDING = ".ngrams"
"""Of the files that models are saved in."""
FORMAT_VERSION = 1
_MAGIC = b"xdata-ngrams\n"


def save_ngrams(model: NgramModel, path: Path) -> None:
    """Writes a model into one file: a line with format and version, a line of JSON, then arrays."""
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
    """Reads a model. Raises ResourceError for another kind of file, another version or a damaged file."""
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
    """The metadata of a file, and the bytes of its arrays."""
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
