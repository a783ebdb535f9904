"""From the fields of a JSON object or a table's row to a document."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Any

import regex

from xdata.errors import ConfigError, InputError, nearest, one_line
from xdata.languages import resolve_code
from xdata.records import Document, Origin, Skipped

DEFAULT_FIELDS = {"text": "text", "url": "url", "date": "date"}
"""Field of a document -> its name in a file, unless the source says another."""


_LABEL = regex.compile(r"[A-Za-z0-9_\-]{1,20}")


def field_names(given: Mapping[str, str]) -> dict[str, str]:
    """Field of a document -> its name in the files of a source."""
    return DEFAULT_FIELDS | dict(given)


def check_fields(found: Iterable[str], *, names: Mapping[str, str], given: Mapping[str, str], where: str) -> None:
    """Raises InputError where the text, or a field that the source names, is not among the `found` ones."""
    known = list(found)
    for field in ("text", *given):
        if names[field] not in known:
            shown = ", ".join(one_line(name, limit=40) for name in known[:12])
            raise InputError(
                f"{where}: there is no field {names[field]!r} for the document's {field} (there are: {shown}); "
                f"{nearest(names[field], known)} Say which in a sources.yaml, as fields: {{{field}: NAME}}"
            )


def document(row: Mapping[str, Any], origin: Origin, names: Mapping[str, str]) -> Document | Skipped:
    """The document in a row; a row without text is skipped.

    A language that is not known as such is a flaw, with which the document goes on to the ledger.
    """
    text = row.get(names["text"])
    if not isinstance(text, str):
        return Skipped("text_missing")
    label = _word(row.get(names["language"])) if "language" in names else None
    language = _code(label) if label else None
    flaw = None if language or not label else _unknown(label)
    return Document(
        origin, text, url=_word(row.get(names["url"])), date=_word(row.get(names["date"])), language=language, flaw=flaw
    )


def _unknown(label: str) -> str:
    """The flaw of a document whose language is called what no language is; named only where it looks like a name."""
    return f"language_unknown_{label}" if _LABEL.fullmatch(label) else "language_unknown"


def _word(value: Any) -> str | None:
    return None if value is None else str(value)


@lru_cache(maxsize=10_000)
def _code(label: str) -> str | None:
    try:
        return resolve_code(label)
    except ConfigError:
        return None
