"""The object on a line of JSON Lines: what `orjson` reads, and what only Python's own parser does."""

import json
from typing import Any

import orjson


def parse_object(line: bytes) -> dict[str, Any] | str:
    """The object on a line, or what is wrong with it.

    NaN, infinities and escapes of lone surrogates (`"\\ud83d"`) are read, as Python's `json` writes them.
    """
    try:
        value = orjson.loads(line)
    except orjson.JSONDecodeError as error:
        try:
            value = json.loads(line.decode("utf-8", "surrogatepass"))  # of bytes it would guess the encoding
        except (ValueError, RecursionError):
            return f"is not JSON: {error.msg}"
    return value if isinstance(value, dict) else "is JSON but not an object"
