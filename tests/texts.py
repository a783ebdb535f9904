"""Real text in many scripts, for tests: the Universal Declaration of Human Rights out of the samples."""

import html
import json
from collections import defaultdict
from functools import cache
from typing import Any

import regex

from xdata.context import Context
from xdata.readers.files import Files
from xdata.readers.source_specs import parse_sources
from xdata.records import Document
from xdata.resources import resource
from xdata.text.encoding import decode_html

SCRIPTS = {
    "Latn": "swh_Latn",
    "Arab": "pes_Arab",
    "Cyrl": "kaz_Cyrl",
    "Deva": "hin_Deva",
    "Sinh": "sin_Sinh",
    "Mlym": "mal_Mlym",
    "Ethi": "amh_Ethi",
    "Geor": "kat_Geor",
    "Thai": "tha_Thai",
    "Khmr": "khm_Khmr",
    "Tibt": "bod_Tibt",
    "Hans": "zho_Hans",
    "Jpan": "jpn_Jpan",
    "Kore": "kor_Kore",
    "Hebr": "heb_Hebr",
    "Armn": "hye_Armn",
}
"""Script -> a language that is written in it."""

_TAG = regex.compile(r"<(?:script|style|title).*?</(?:script|style|title)>|<[^>]*>", regex.DOTALL)
_SPACE = regex.compile(r"[ \t]+|\n\s*\n")


@cache
def sample_pages() -> dict[str, Document]:
    """URL -> page of the samples, undecoded."""
    reader = Files(sources=parse_sources([str(resource("samples", name)) for name in ("crawl", "hausa", "quechua")]))
    read = reader.open(Context())
    pieces = [piece for part in reader.plan(reader.list_files().files, {}) for piece in part]
    return {
        item.url: item
        for piece in pieces
        for item in read(piece)
        if isinstance(item, Document) and item.url is not None
    }


@cache
def side_file() -> dict[str, dict[str, Any]]:
    """URL -> what `pages.jsonl` says of the page."""
    lines = resource("samples", "pages.jsonl").read_text(encoding="utf-8").splitlines()
    return {facts["url"]: facts for facts in map(json.loads, lines)}


@cache
def texts(language: str) -> tuple[str, ...]:
    """The text of the five pages of a language, markup taken out."""
    found = defaultdict(str)
    for number in range(1, 6):
        payload = sample_pages()[f"https://udhr.example/{language}/{number}"].payload
        assert payload is not None
        page = decode_html(payload.data, charset=payload.charset).text
        found[number] = _SPACE.sub(" ", html.unescape(_TAG.sub("\n", page))).strip()
    return tuple(found.values())
