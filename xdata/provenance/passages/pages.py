"""Pages of help of programs of Debian: HTML, Mallard (`.page`) and DokuWiki's own markup, one folder a language.

A paragraph that the English pages have too is left out.
"""

import html
from collections import defaultdict
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import regex

from xdata.provenance.passages.fitness import without_repeats
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage
from xdata.provenance.passages.translations import Message, english_in, fit_passages

_PLACES = (
    regex.compile(r".*/share/help/(?P<tag>[\w@-]+)/.*\.page"),
    regex.compile(r".*/share/libreoffice/help/(?P<tag>[\w@-]+)/text/.*\.html"),
    regex.compile(r".*/squid-langpack/(?P<tag>[\w-]+)/ERR_\w+"),
    regex.compile(r".*/lang/(?P<tag>[\w-]+)/\w+\.txt"),
)
"""Where pages stand, and what there is the tag of the language."""

_SOURCE_TAGS = {"C": "en", "templates": "en", "sr-cyrl": "sr", "sr-latn": "sr", "de-informal": "de", "id-ni": "nia"}
"""Names of folders that are no tag."""

_BLOCKS = frozenset({
    "p", "title", "desc", "h1", "h2", "h3", "h4", "h5", "h6", "td", "th", "li", "dt", "dd", "item", "blockquote",
    "cite",
})  # fmt: skip
_LIMITS = frozenset(
    {"div", "body", "table", "tr", "ul", "ol", "page", "info", "section", "credit", "list", "steps", "br"}
)
_SILENT = frozenset({"script", "style", "code", "pre", "screen", "name", "email", "years"})
_RUNNING_CHARACTERS = 60
"""From this length a paragraph is running text."""

_WIKI_MARKUP = regex.compile(
    r"\[\[(?:[^\]|]*\|)?(?P<text>[^\]|]*)\]\]|\*\*|={2,}|''|@\w+@|%%|\\\\|__|^ {2,}[*-]", regex.M
)


def passages(cache: Path) -> Iterator[Passage]:
    """The paragraphs of every package of the list, package by package and tag by tag."""
    pages = [(package.title, pages_in(unpacked(package, cache))) for package in packages_of("pages")]
    english = english_in({"en": [message for _, found in pages for message in found.get("en", ())]})
    yield from without_repeats(one for title, found in pages for one in fit_passages(found, title, english=english))


def pages_in(folder: Path) -> dict[str, list[Message]]:
    """Tag -> the paragraphs of its pages in a folder."""
    found: dict[str, list[Message]] = defaultdict(list)
    for path in sorted(folder.rglob("*")):
        match = next((match for place in _PLACES if (match := place.fullmatch(path.as_posix()))), None)
        if match is not None and path.is_file():
            tag = match["tag"]
            read = wiki_paragraphs if path.suffix == ".txt" else paragraphs
            texts = read(path.read_text(encoding="utf-8", errors="replace"))
            found[_SOURCE_TAGS.get(tag, "en" if tag.startswith("en") else tag)] += [
                Message("", text, running=len(text) >= _RUNNING_CHARACTERS) for text in texts
            ]
    return found


def paragraphs(page: str) -> list[str]:
    """The paragraphs, headings and items of a page in HTML or Mallard."""
    parser = _Paragraphs()
    parser.feed(page)
    parser.close()
    return parser.finished()


def wiki_paragraphs(page: str) -> list[str]:
    """The paragraphs of a page in DokuWiki's markup."""
    text = html.unescape(_WIKI_MARKUP.sub(lambda match: match["text"] or "", page))
    return [joined for part in regex.split(r"\n\s*\n", text) if (joined := " ".join(part.split()))]


class _Paragraphs(HTMLParser):
    """Collects the text of blocks; what stands outside of any is dropped."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self._done: list[str] = []
        self._open: list[str] = []
        self._is_in_block = False
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: object) -> None:
        self._silent += tag in _SILENT
        if tag in _BLOCKS or tag in _LIMITS:
            self._close(in_block=tag in _BLOCKS)

    def handle_startendtag(self, tag: str, attrs: object) -> None:
        if tag in _LIMITS:
            self._close(in_block=self._is_in_block)

    def handle_endtag(self, tag: str) -> None:
        self._silent = max(0, self._silent - (tag in _SILENT))
        if tag in _BLOCKS or tag in _LIMITS:
            self._close(in_block=False)

    def handle_data(self, data: str) -> None:
        if self._is_in_block and not self._silent:
            self._open.append(data)

    def finished(self) -> list[str]:
        self._close(in_block=False)
        return self._done

    def _close(self, *, in_block: bool) -> None:
        text = " ".join("".join(self._open).split()).removeprefix("Title is: ")
        if text:
            self._done.append(text)
        self._open = []
        self._is_in_block = in_block
