"""From the rows that a format reads to documents."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import lru_cache
from typing import Any

import regex

from xdata.errors import ConfigError, one_line
from xdata.formats.format import Item, Reading, Row
from xdata.formats.layout import Layout, at
from xdata.kept.json_values import encode
from xdata.languages import CHINESE_OF_EITHER, HAN, find_code
from xdata.records import UNKNOWN, Document, KeptTypes, Skipped, Unreadable
from xdata.text.canonical import canonical
from xdata.text.scripts import han_variety

_TAGGED = "tagged_"
_LABEL = regex.compile(r"[A-Za-z0-9_\-]{1,20}")


def documents(items: Iterable[Item], reading: Reading) -> Iterator[Document | Skipped | Unreadable | KeptTypes]:
    """The documents of the rows among what a format reads, and all else as it is.

    A text of more than `max_record_bytes` bytes is unreadable. Where rows are copied, a document has its own.
    """
    for item in items:
        if not isinstance(item, Row):
            yield item
            continue
        found = document(item, reading.layout)
        if not isinstance(found, Document):
            yield found
        elif not _fits(found.text, reading.max_record_bytes):
            yield Unreadable(item.origin, f"a text of {len(found.text)} characters is larger than max_record_bytes")
        else:
            yield found if item.raw is None else replace(found, row=item.raw)


def _fits(text: str, num_bytes: int) -> bool:
    """Whether a text is of so many bytes at most in UTF-8, encoded only where its length leaves that open."""
    return len(text) * 4 <= num_bytes or (len(text) <= num_bytes and len(text.encode("utf-8", "replace")) <= num_bytes)


def document(item: Row, layout: Layout) -> Document | Skipped | Unreadable:
    """The document in a row; a row without text is skipped.

    A language that is not known as such is an error, which the ledger records for the document.
    """
    row, kept = item.values, item.kept
    found = {name: at(row, path) for name, path in layout.paths.items()}
    text = found["text"]
    if isinstance(text, bytes):
        text = _decoded(text)
        if text is None:
            return Unreadable(item.origin, "the text is bytes that are not UTF-8")
    if not isinstance(text, str):
        return Skipped("text_missing")
    label = _word(found.get("language"))
    if label and layout.script:
        script = _word(at(row, layout.script))
        label = f"{label}_{script}" if script else label
    language = _language(label, text) if label else None
    try:
        kept = encode(layout.keep.values(row, at)) if layout.keep is not None and kept is None else kept
    except RecursionError:
        return Unreadable(item.origin, "has objects in too many others to be kept")
    original_id, invalid_id = _ids(row, layout)
    return Document(
        item.origin,
        text.replace("\\n", "\n") if layout.escaped else text,
        url=_word(found.get("url")),
        date=_word(found.get("date")),
        language=language,
        license=_word(found.get("license")) or UNKNOWN,
        domain=_word(found.get("domain")),
        error=_excluded(row, layout) or (None if language or not label else _unknown(label)),
        groups=tuple(_groups(row, layout)),
        original_id=original_id,
        invalid_id=invalid_id,
        kept=kept,
    )


def _decoded(data: bytes) -> str | None:
    """Bytes of a column as UTF-8, None where they are not that."""
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return None


def _ids(row: Mapping[str, Any], layout: Layout) -> tuple[str | None, str | None]:
    """(the user's id, its value where it is none) of a row."""
    value = None if layout.id is None else at(row, layout.id)
    found = _number_or_word(value)
    return found, None if value is None or found is not None else one_line(repr(value), limit=60)


def _groups(row: Mapping[str, Any], layout: Layout) -> Iterator[str]:
    """What the document in a row shares with others, `name=value`, each once: of a list, every word of it."""
    found: dict[str, None] = {}
    for name, paths in layout.groups.items():
        for path in paths:
            value = at(row, path)
            words = map(_shared_word, value if isinstance(value, list | tuple) else [value])
            found |= dict.fromkeys(f"{name}={word}" for word in words if word)
    yield from found


def _excluded(row: Mapping[str, Any], layout: Layout) -> str | None:
    """The error of a document that has an excluded tag: the first of them, in the order in which they are given."""
    if not layout.excluded:
        return None
    found: set[str] = set()
    for path in layout.tags:
        value = at(row, path)
        found.update(tag for tag in (value if isinstance(value, list) else [value]) if isinstance(tag, str))
    return next((f"{_TAGGED}{tag}" for tag in layout.excluded if tag in found), None)


def _word(value: Any) -> str | None:
    """A word or a whole number as a word; None for what is neither, and for a time that no calendar has."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value if isinstance(value, str) and not value.startswith("<value out of range") else None


def _number_or_word(value: Any) -> str | None:
    """As `_word`; a column of whole numbers with gaps may come as floats."""
    return _word(int(value) if isinstance(value, float) and value.is_integer() else value)


def _shared_word(value: Any) -> str | None:
    """As `_number_or_word`, in one form whatever bytes it came in."""
    word = _number_or_word(value)
    return word and " ".join(canonical(word).split())


def _unknown(label: str) -> str:
    """The error of a document whose language is called what no language is; named only where it looks like a name."""
    return f"language_unknown_{label}" if _LABEL.fullmatch(label) else "language_unknown"


def _language(label: str, text: str) -> str | None:
    """The language of a text by its label; of Han characters that may be simplified or traditional, as of `cmn_Hani`,
    by those of the text.
    """
    stem, separator, script = label.replace("-", "_").rpartition("_")
    usual = _code(stem) if separator and script.title() == HAN else None
    if usual is None or not usual.endswith(("_Hans", "_Hant")):
        return _code(label)
    iso639_3, variety = usual.split("_")[0], han_variety(text)
    if variety is None:
        return CHINESE_OF_EITHER if CHINESE_OF_EITHER.startswith(iso639_3) else usual
    return f"{iso639_3}_{variety}"


@lru_cache(maxsize=10_000)
def _code(label: str) -> str | None:
    try:
        return find_code(label)
    except ConfigError:  # a language whose script is not clear
        return None
