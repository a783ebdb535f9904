"""Values of kept columns as they travel: an object of JSON for each document."""

import json
from base64 import b64encode
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import numpy as np
import orjson
import regex

_LONG_NUMBER = regex.compile(rb"[0-9]{18}")


def encode(values: Mapping[str, Any]) -> bytes:
    """Values as an object of JSON in UTF-8: whole numbers of any size, NaN and infinities as Python's `json` has them.

    Lone surrogates become U+FFFD. What JSON has not, as a time of a hub's data set, is written as words.
    """
    try:
        found = orjson.dumps(values, option=orjson.OPT_PASSTHROUGH_DATETIME | orjson.OPT_PASSTHROUGH_DATACLASS)
        if b"null" not in found:  # also the value of NaN
            return found
    except (TypeError, RecursionError):  # large numbers, lone surrogates, or objects in very many others
        pass
    return mended(json.dumps(values, ensure_ascii=False, separators=(",", ":"), default=_foreign)).encode()


def _foreign(value: Any) -> Any:
    """A value of a type that JSON has not."""
    if isinstance(value, np.generic | np.ndarray):
        return value.tolist()
    if isinstance(value, bytes | bytearray | memoryview):
        return b64encode(bytes(value)).decode()
    return value.isoformat() if hasattr(value, "isoformat") else str(value)


def mended(text: str) -> str:
    """Lone surrogates, which UTF-8 has not, as U+FFFD."""
    return text if text.isascii() else text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def decode(text: bytes | str) -> dict[str, Any]:
    """The values that `encode` wrote."""
    data = text if isinstance(text, bytes) else text.encode()
    return exact_object(data, None)


def exact_object(line: bytes, known: dict[str, Any] | None) -> dict[str, Any]:
    """The object of JSON on a line, with whole numbers as they are written, however large they are.

    `known` is the object as `orjson` reads it, which makes the largest numbers floats; None where it is not read yet.
    """
    if known is not None and not _LONG_NUMBER.search(line):
        return known
    try:
        if known is None and not _LONG_NUMBER.search(line):
            found: dict[str, Any] = orjson.loads(line)
            return found
    except orjson.JSONDecodeError:
        pass
    try:
        exact: dict[str, Any] = json.loads(line, parse_int=_whole)
    except (ValueError, RecursionError):
        return {} if known is None else known
    return exact


def _whole(digits: str) -> int | str:
    """A whole number; one that is too long for Python to read stays words."""
    return int(digits) if len(digits) <= 4000 else digits


def rows_of(texts: Iterable[str | None]) -> Iterator[dict[str, Any]]:
    """The values of documents out of a column in which they travel."""
    for text in texts:
        yield decode(text) if text else {}
