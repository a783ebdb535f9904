"""Main text extraction from web pages, without loss of characters of any language.

No extractor is best on every page: trafilatura in its precise mode has the cleanest text but on some pages finds a
fraction of the article, where resiliparse has it whole with some boilerplate. So the precise one is tried first and is
believed as long as it has at least half the words of resiliparse's text; then trafilatura's balanced mode is asked
the same; then resiliparse is taken. On the 321 pages of shared/data/web with full text this ladder has word F1
0.964, trafilatura alone 0.952 (precise 0.959), resiliparse alone 0.885.

trafilatura deletes every character that Python does not call printable: joiners (ZWNJ, ZWJ), the zero width space
that parts words in Khmer and Thai, letters newer than Python's Unicode. They go through it in the shape of letters
of the Yi script that the page does not have, and come back.
"""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Literal

import regex
from pydantic import Field

from xdata.context import Context
from xdata.models.language import XLID, LanguageIdentifier, load_identifier
from xdata.records import Document
from xdata.references import ModelRef
from xdata.step import Edit
from xdata.text.analysis import count_words
from xdata.text.encoding import Judge, decode_html

if TYPE_CHECKING:
    from lxml.html import HtmlElement

Extractor = Literal["ladder", "trafilatura", "resiliparse"]

_LEAST_SHARE = 0.5
"""Of resiliparse's words that a more precise text must have to be believed."""

_HINTS = dict.fromkeys(map(ord, "\u00ad\ufeff"))
"""Soft hyphens and byte order marks: layout, no letters."""

_YI = range(0xA000, 0xA48D)
"""Letters that stand in for unprintable characters on their way through trafilatura."""

_TAG = regex.compile(r"<!--|<(/?)([a-zA-Z][a-zA-Z0-9]*)")
_TAG_CHARACTERS = 10_000
"""How far the end of a tag is looked for."""
_EMPTY_COMMENT = regex.compile("-?>")
_COMMENT_END = regex.compile("--!?>")
_RAW_TEXT = {
    name: regex.compile(rf"</{name}(?=[\s/>])", regex.IGNORECASE)
    for name in ("script", "style", "textarea", "title", "xmp", "iframe", "noembed", "noframes")
}
"""Elements whose content is no markup -> what ends it."""
_INLINE = frozenset(
    "a abbr b bdi bdo big cite code del dfn em font i ins kbd label mark nobr q s samp small span strike strong sub "  # noqa: SIM905
    "sup tt u var".split()
)
"""Elements whose end tag closes nothing across an element that is not one of them, as browsers have it."""
_UNCLOSED = frozenset(
    "area base body br col colgroup dd dt embed head hr html img input li link meta optgroup option p param rb rp rt "  # noqa: SIM905
    "source tbody td tfoot th thead tr track wbr".split()
)
"""Elements that have no end tag or need none, left out when depth is counted."""


class Extract(Edit):
    """Extracts the main text of web pages; documents that are text already are unchanged.

    Adds text, or an error: `too_large`, `too_deep`, `no_main_text`. The character encoding follows from the byte order
    mark, the bytes, declarations and the text (`xdata.text.encoding`). Counts pages by the evidence: `encoding_bom`,
    `encoding_header`, `encoding_meta`, `encoding_utf-8` (undeclared) or `encoding_statistics`. Counts pages that break
    off as `truncated`; the readable part of them is kept.
    Memory and time are bounded by `max_bytes` and `max_depth`: resiliparse 2.0.1 overflows its stack on a page
    100,000 elements deep.
    """

    kind: Literal["edits.extract"] = "edits.extract"
    libraries = ("trafilatura", "resiliparse", "chardet", "lxml")
    papers = (
        "Barbaresi 2021, Trafilatura (ACL demo)",
        "Bevendorff et al. 2018, Elastic ChatNoir (ECIR), for resiliparse",
        "WHATWG Encoding and HTML standards",
    )

    extractor: Extractor = "ladder"
    """`ladder` as the module describes, or one extractor alone with its default options."""
    identifier: ModelRef = XLID
    """Identifies the language of a page in each encoding that is possible: the one in which it is plain is taken."""
    max_bytes: int = Field(default=8 << 20, ge=1)
    """Larger pages are dropped as `too_large`."""
    max_depth: int = Field(default=2000, ge=1, le=20_000)
    """Pages whose elements nest deeper are dropped as `too_deep`."""

    def open(self, context: Context) -> Callable[[Document], Document]:
        extract, judge = _EXTRACTORS[self.extractor], language_judge(self.identifier)

        def edit(document: Document) -> Document:
            payload = document.payload
            if payload is None:
                return document
            if len(payload.data) > self.max_bytes:
                return replace(document, payload=None, error="too_large")
            decoded = decode_html(payload.data, charset=payload.charset, judge=judge)
            page = decoded.text
            counts = ((f"encoding_{decoded.found_by}", 1), *((("truncated", 1),) if payload.is_truncated else ()))
            document = replace(document, payload=None, changes=(*document.changes, *counts))
            if payload.media_type == "text/plain":
                return replace(document, text=page)
            if nests_deeper(page, self.max_depth):
                return replace(document, error="too_deep")
            text = extract(page).translate(_HINTS).strip()
            return replace(document, text=text, error=None if text else "no_main_text")

        return edit


@cache
def language_judge(identifier: ModelRef) -> Judge:
    """Gives the probability of the most probable language; the model is loaded for the first texts."""

    @cache
    def loaded() -> LanguageIdentifier:
        return load_identifier(identifier)

    def judge(texts: Sequence[str]) -> list[float]:
        return [found.score if found.language is not None else 0.0 for found in loaded().identify(texts)]

    return judge


def extract_by_ladder(page: str) -> str:
    """The most precise text that has at least half the words of resiliparse's."""
    whole = extract_with_resiliparse(page, precise=True)
    enough = _LEAST_SHARE * count_words(whole)
    shielded, shield = shield_unprintable(page)
    if shielded is not None:
        for precise in (True, False):
            text = _trafilatura(shielded, precise=precise).translate(shield)
            if text and count_words(text) >= enough:
                return text
    return whole


def extract_with_trafilatura(page: str) -> str:
    """trafilatura's text in its default mode, with every letter kept."""
    shielded, shield = shield_unprintable(page)
    return "" if shielded is None else _trafilatura(shielded, precise=False).translate(shield)


def extract_with_resiliparse(page: str, *, precise: bool = False) -> str:
    """resiliparse's main content; `precise` leaves out alternative texts, bullets, comments and bylines."""
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.html import HTMLTree

    extras = not precise
    text: str = extract_plain_text(
        HTMLTree.parse(page),
        main_content=True,
        alt_texts=extras,
        list_bullets=extras,
        comments=extras,
        post_meta=extras,
    )
    return text


def shield_unprintable(page: str) -> tuple["HtmlElement | None", dict[int, str]]:
    """The page's tree with stand-ins for characters that trafilatura would delete, and the way back.

    The tree is None for an empty page, or one that lxml rejects.
    """
    from trafilatura import load_html

    tree = load_html(page)
    if tree is None:
        return None, {}
    used = set(page)
    for element in tree.iter():
        used.update(element.text or "", element.tail or "")
    lost = sorted(c for c in used if not (c.isprintable() or c.isspace()) and ord(c) not in _HINTS and ord(c) >= 0xA0)
    stand_ins = (chr(code_point) for code_point in _YI if chr(code_point) not in used)
    there = dict(zip(lost, stand_ins, strict=False))
    if there:
        table = str.maketrans(there)
        for element in tree.iter():
            if element.text:
                element.text = element.text.translate(table)
            if element.tail:
                element.tail = element.tail.translate(table)
    return tree, {ord(stand_in): c for c, stand_in in there.items()}


def nests_deeper(page: str, limit: int) -> bool:
    """Whether the elements of a page nest deeper than `limit`, by their tags in one pass.

    Elements that need no end tag are not counted. An end tag closes what it matches and all inside that; one that
    matches nothing, or an inline one across a block, closes nothing, so no page looks flatter than it is.
    """
    opened = _Opened()
    position = 0
    while match := _TAG.search(page, position):
        position, name = match.end(), (match[2] or "").lower()
        if match[0] == "<!--":
            end = _EMPTY_COMMENT.match(page, position) or _COMMENT_END.search(page, position)
        elif match[1]:
            opened.close(name)
            continue
        elif name in _RAW_TEXT:
            end = _RAW_TEXT[name].search(page, position)
        else:
            if not (opened.is_foreign and _closes_itself(page, position)):
                opened.open(name)
            if opened.depth > limit:
                return True
            continue
        if end is None:  # the rest of the page is a comment, or a script
            break
        position = end.end()
    return False


def _closes_itself(page: str, position: int) -> bool:
    """Whether the tag that continues at `position` ends in `/>`."""
    end = page.find(">", position, position + _TAG_CHARACTERS)
    return end > 0 and page[end - 1] == "/"


class _Opened:
    """The elements that are open at a place of a page; opening and closing take constant time on average."""

    def __init__(self) -> None:
        self._names: list[str] = []
        self._places: dict[str, list[int]] = {}
        self._blocks: list[int] = []

    @property
    def depth(self) -> int:
        return len(self._names)

    @property
    def is_foreign(self) -> bool:
        """Whether this is inside of a picture or a formula, where any element may close itself."""
        return bool(self._places.get("svg") or self._places.get("math"))

    def open(self, name: str) -> None:
        if name in _UNCLOSED:
            return
        self._places.setdefault(name, []).append(self.depth)
        if name not in _INLINE:
            self._blocks.append(self.depth)
        self._names.append(name)

    def close(self, name: str) -> None:
        places = self._places.get(name)
        if not places or (name in _INLINE and self._blocks and self._blocks[-1] > places[-1]):
            return
        place = places[-1]
        while self.depth > place:
            self._places[self._names.pop()].pop()
        while self._blocks and self._blocks[-1] >= place:
            self._blocks.pop()


def _trafilatura(tree: "HtmlElement", *, precise: bool) -> str:
    from trafilatura import extract

    text: str | None = extract(tree, output_format="txt", include_comments=False, favor_precision=precise)
    return text or ""


_EXTRACTORS: dict[Extractor, Callable[[str], str]] = {
    "ladder": extract_by_ladder,
    "trafilatura": extract_with_trafilatura,
    "resiliparse": extract_with_resiliparse,
}
