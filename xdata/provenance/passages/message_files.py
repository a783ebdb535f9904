"""Files that programs keep their messages in: the texts of one file, in the order that they stand in.

Read are JSON, YAML, gettext (.po, .mo), Fluent (.ftl), and JavaScript that holds nothing but pairs of strings. What
a file itself marks as not translated is left out.
"""

import gettext
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import regex
import yaml

Pair = tuple[str, str]
"""What the message is in the program's own language, empty where the file does not say; and the message."""

_JAVASCRIPT = regex.compile(
    r"""(?P<key>"(?:[^"\\\n]|\\.)*"|'(?:[^'\\\n]|\\.)*'|[\w$]+)\]?\s*[:=]\s*\[?\s*"""
    r"""(?P<quote>["'])(?P<text>(?:(?!(?P=quote))[^\\\n]|\\.)*)(?P=quote)(?P<left>;  // untranslated)?"""
)
_FLUENT = regex.compile(
    r"^(?:[a-zA-Z][\w-]*|\s+\.[a-zA-Z][\w-]*) *= *(?P<text>[^\n]*(?:\n {4,}(?![.*\[}])[^\n]+)*)", regex.M
)
_PO_LINE = regex.compile(r'(?:(?P<keyword>msg\w+)(?:\[\d\])?\s+)?"(?P<text>(?:[^"\\]|\\.)*)"\s*$')


def pairs(path: Path) -> Iterator[Pair]:
    """The messages of a file, read by its suffix."""
    yield from _READERS[path.suffix](path)


def _json(path: Path) -> Iterator[Pair]:
    yield from (("", text) for text in _leaves(json.loads(path.read_text(encoding="utf-8-sig"))))


def _yaml(path: Path) -> Iterator[Pair]:
    yield from (("", text) for text in _leaves(yaml.safe_load(path.read_text(encoding="utf-8-sig"))))


def _leaves(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, list):
        for item in node:
            yield from _leaves(item)
    elif isinstance(node, dict):
        for key, value in node.items():
            if not str(key).startswith("@"):
                yield from _leaves(value)


def _javascript(path: Path) -> Iterator[Pair]:
    for match in _JAVASCRIPT.finditer(path.read_text(encoding="utf-8-sig")):
        if not match["left"]:
            source = _unescaped(match["key"][1:-1]) if " " in match["key"] else ""
            yield source, _unescaped(match["text"])


def _unescaped(text: str) -> str:
    escaped = text.replace("\\'", "'").replace('\\"', '"').replace("\n", " ").replace('"', '\\"').replace("\t", " ")
    try:
        return str(json.loads(f'"{escaped}"'))
    except json.JSONDecodeError:
        return ""


def _mo(path: Path) -> Iterator[Pair]:
    with path.open("rb") as file:
        catalogue: dict[Any, str] = getattr(gettext.GNUTranslations(file), "_catalog", {})
    for source, text in catalogue.items():
        yield (source if isinstance(source, str) else str(source[0])), text


def _po(path: Path) -> Iterator[Pair]:
    for entry in regex.split(r"\n[ \t\r]*\n", path.read_text(encoding="utf-8", errors="replace")):
        if regex.search(r"^#,.*\bfuzzy\b", entry, regex.M):
            continue
        parts: dict[str, list[str]] = {}
        keyword = ""
        for line in entry.splitlines():
            match = _PO_LINE.match(line)
            if match is None:
                continue
            if match["keyword"]:
                keyword = match["keyword"]
                parts.setdefault(keyword, []).append("")
            if keyword:
                parts[keyword][-1] += _unescaped(match["text"])
        for source in parts.get("msgid", [""]):
            for text in parts.get("msgstr", []) if source else []:
                yield source, text


def _fluent(path: Path) -> Iterator[Pair]:
    for match in _FLUENT.finditer(path.read_text(encoding="utf-8-sig")):
        if match["text"].strip():
            yield "", match["text"]


_READERS: dict[str, Callable[[Path], Iterator[Pair]]] = {
    ".json": _json,
    ".yaml": _yaml,
    ".yml": _yaml,
    ".js": _javascript,
    ".mjs": _javascript,
    ".py": _javascript,
    ".mo": _mo,
    ".po": _po,
    ".ftl": _fluent,
}
