"""Real documents, clean and dirty, to measure filters on. Each set says how it is made; all of it is deterministic.

- `wiki`: articles of the Latgalian, Bulgarian and English dumps, markup taken off, tables and lists left in: a row
  is a line with its cells parted by `|`, a list item starts with `•`.
- `page`: web pages extracted whole, with menus, footers and comments, as lid.176 identifies them.
- `page_part`: the same cut into runs of 30 lines, as a truncated page or a menu alone would be.
- `article`: the main text of the same pages.
- `sentences`: professional translations (TICO-19, LAFAND, WMT newstest) and SIB-200 in their order, in documents of
  4 to 60 sentences, four a paragraph.
- `thread`: the same with paragraphs said again, as forum posts quote the one before: each first, second, third or
  fifth, on a line of its own or at the end of the line. The words are real, the layout is made: what drops repeated
  text has little to drop otherwise in languages that there are no pages of.
- `paragraphs`: the paragraphs of XQuAD-R and of the Universal Declaration of Human Rights, in documents of 3 to 12.
- `lines`: Tatoeba sentences, one a line, in documents of 10 to 80: short lines that share words.
- `terms`: the glossaries of TICO-19, one entry a line, in documents of 20 to 80: lists without sentences.

Languages are named as FineWeb-2 names them (`cmn_Hani`, `arb_Arab`); text in others is left out.
"""

import bz2
import csv
import gzip
import html
import io
import json
import re
import zipfile
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from typing import Any

import xxhash
from fastwarc.warc import ArchiveIterator
from resiliparse.extract.html2text import extract_plain_text
from resiliparse.parse.encoding import bytes_to_str, detect_encoding

from xdata.languages import find_code
from xdata.models.language import LID_176, load_identifier
from xdata.text.scripts import count_scripts, dominant_script

UNSPACED = frozenset({"Hani", "Jpan", "Thai", "Khmr", "Laoo", "Mymr", "Tibt"})
"""Scripts, in FineWeb-2's names, that put no space between words."""

CUT_OR_MADE = frozenset({"page_part", "thread"})
"""Sets whose documents are pieces of others or made of them: for decisions, not for speed."""

_INDIVIDUAL = {
    "ara": "arb",
    "aze": "azj",
    "est": "ekk",
    "lav": "lvs",
    "mon": "khk",
    "msa": "zsm",
    "nep": "npi",
    "nor": "nob",
    "ori": "ory",
    "orm": "gaz",
    "pes": "fas",
    "pus": "pbt",
    "sqi": "als",
    "swa": "swh",
    "uzb": "uzn",
    "zho": "cmn",
}
"""Macrolanguage -> the member that FineWeb-2 files its text under; where that is another code."""

_SCRIPTS = {"Hans": "Hani", "Hant": "Hani", "Hang": "Hang", "Kore": "Hang"}


@dataclass(frozen=True)
class Document:
    """A real document and where it comes from."""

    id: str
    language: str
    """As FineWeb-2 names it."""
    source: str
    """The set, as in the docstring of this module."""
    text: str


class Names:
    """Finds FineWeb-2's name of a language, for the languages that are to be measured."""

    def __init__(self, known: Collection[str]) -> None:
        self._known = frozenset(known)

    def find(self, language: str, script: str | None) -> str | None:
        """The name of an ISO 639-3 code in an ISO 15924 script; None for a language that is not known."""
        script = _SCRIPTS.get(script or "", script)
        names = (f"{code}_{script}" for code in (_INDIVIDUAL.get(language, language), language))
        return next((name for name in names if name in self._known), None)

    def find_tag(self, tag: str) -> str | None:
        """The name of a language tag such as `pt-BR`, in its likely script."""
        code = find_code(tag)
        return self.find(code[:3], code[4:]) if code else None


def collect(shared: Path, names: Names) -> dict[str, list[Document]]:
    """Language -> its documents of all sets, each language in an order that mixes the sets."""
    found = defaultdict(list)
    for make in (_wiki, _pages, _sentences, _paragraphs, _lines, _terms):
        for document in make(shared, names):
            if document.text.strip():
                found[document.language].append(document)
    return {language: sorted(found[language], key=_mixed) for language in sorted(found)}


def take(documents: Sequence[Document], *, max_bytes: float) -> list[Document]:
    """The first documents that have at most `max_bytes` of UTF-8 together, and at least one."""
    taken: list[Document] = []
    for document in documents:
        max_bytes -= num_bytes(document.text)
        if max_bytes < 0 and taken:
            break
        taken.append(document)
    return taken


def num_bytes(text: str) -> int:
    """Size of a text in UTF-8; lone surrogates, which bad pages have, count three bytes."""
    return len(text.encode("utf-8", "surrogatepass"))


def strip_markup(markup: str, *, namespaces: Collection[str] = ()) -> str:
    """The text of a wiki article, tables and lists left in; links into `namespaces` (files, categories) taken out."""
    text = _UNSHOWN.sub("", markup)
    text = _innermost(_TEMPLATE, lambda match: "", text)
    text = _innermost(_LINK, lambda match: _shown(match[1], namespaces), text)
    text = _OUTER_LINK.sub(lambda match: match[1] or "", text)
    text = html.unescape(_TAG.sub("", text).replace("'''", "").replace("''", ""))
    lines = [line for line in map(_shown_line, _rows(text.split("\n"))) if line is not None]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip()


_UNSHOWN = re.compile(r"<!--.*?-->|<(ref|math|gallery|timeline)\b[^>]*?(?:/>|>.*?</\1>)|__[A-Z]+__", re.DOTALL)
_TEMPLATE = re.compile(r"\{\{[^{}]*\}\}")
_LINK = re.compile(r"\[\[([^\[\]]*)\]\]")
_OUTER_LINK = re.compile(r"\[(?:https?:)?//[^\s\]]*(?: ([^\]\n]*))?\]")
_TAG = re.compile(r"</?[a-zA-Z][^<>]*>")
_CELL_STYLE = re.compile(r"^[^|\[]*=[^|\[]*\|(?!\|)")


def _innermost(pattern: "re.Pattern[str]", replace: Callable[["re.Match[str]"], str], text: str) -> str:
    """Replaces from the inside out; ten levels, which no article passes."""
    for _ in range(10):
        text, count = pattern.subn(replace, text)
        if not count:
            break
    return text


def _shown(link: str, namespaces: Collection[str]) -> str:
    target, _, label = link.partition("|")
    if ":" in target and target.split(":")[0].strip().lower() in namespaces:
        return ""
    return label or target.lstrip(":")


def _rows(lines: Sequence[str]) -> Iterator[str]:
    """Lines, with the cells of a table row on one line."""
    cells: list[str] = []
    in_table = 0
    for line in lines:
        mark = line.strip()
        in_table += mark.startswith("{|")
        if in_table and mark[:2] in ("|-", "|+", "{|", "|}"):
            yield " | ".join(cells)
            cells = []
            in_table -= mark.startswith("|}")
        elif in_table and mark[:1] in ("|", "!"):
            cells += [_CELL_STYLE.sub("", cell).strip() for cell in re.split(r"\|\||!!", mark[1:])]
        elif in_table and cells:
            cells[-1] = f"{cells[-1]} {mark}".strip()
        else:
            yield line
    yield " | ".join(cells)


def _shown_line(line: str) -> str | None:
    """A line without the marks of headings and lists; None for a line that holds nothing but marks."""
    heading = re.fullmatch(r"\s*(=+)\s*(.*?)\s*=+\s*", line)
    if heading:
        return heading[2]
    marks = re.match(r"[*#:;]+", line)
    if not marks:
        return line if line.strip(" |") or not line else None
    rest = line[marks.end() :].strip()
    return None if not rest else f"• {rest}" if "*" in marks[0] else rest


def _wiki(shared: Path, names: Names) -> Iterator[Document]:
    for path in sorted((shared / "wiki" / "xml").glob("*.xml.bz2")):
        data = bz2.decompress(path.read_bytes())
        dump = data.decode("utf-16" if data[:2] in (b"\xff\xfe", b"\xfe\xff") else "utf-8")
        language = names.find_tag(path.name.split("wiki")[0])
        spaces = re.findall(r'<namespace key="(-?\d+)"[^>]*>([^<]+)<', dump)
        namespaces = {"file", "image", "category"} | {name.lower() for _, name in spaces}
        for page in re.findall(r"<page>(.*?)</page>", dump, re.DOTALL) if language else ():
            number, markup = re.search(r"<id>(\d+)</id>", page), re.search(r"<text[^>]*>(.*?)</text>", page, re.DOTALL)
            if number and markup and "<ns>0</ns>" in page and "<redirect" not in page:
                text = strip_markup(html.unescape(markup[1]), namespaces=namespaces)
                yield Document(f"{path.name.split('.')[0]}/{number[1]}", str(language), "wiki", text)


def _pages(shared: Path, names: Names) -> Iterator[Document]:
    identifier = load_identifier(LID_176)
    for path in sorted((shared / "web").glob("*/pages.warc.gz")):
        for page_id, markup in _web(path):
            whole = extract_plain_text(markup, main_content=False)
            found = identifier.identify([whole])[0].language
            language = names.find(found, dominant_script(count_scripts(whole), whole)) if found else None
            if language:
                name = f"{path.parent.name}/{page_id}"
                yield Document(f"{name}/whole", language, "page", whole)
                yield Document(f"{name}/main", language, "article", extract_plain_text(markup, main_content=True))
                for number, part in enumerate(_runs(whole.split("\n"), sizes=(30,))):
                    yield Document(f"{name}/{number}", language, "page_part", "\n".join(part))


def _web(path: Path) -> Iterator[tuple[str, str]]:
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=True):
            headers: Any = record.http_headers
            data = record.reader.read()
            encoding = detect_encoding(data, from_html_meta=True) or "utf-8"
            yield headers.get("X-Xdata-Page-Id"), bytes_to_str(data, encoding)


def _sentences(shared: Path, names: Names) -> Iterator[Document]:
    for name, language, sentences in (*_tico19(shared, names), *_tables(shared, names), *_newstest(shared, names)):
        space = "" if language[4:] in ("Hani", "Jpan") else " "
        for number, run in enumerate(_runs(sentences, sizes=(15, 4, 30, 8, 60))):
            lines = [space.join(part) for part in _runs(run, sizes=(4,))]
            yield Document(f"{name}/{number}", language, "sentences", "\n".join(lines))
            yield Document(f"{name}/{number}/thread", language, "thread", _thread(lines, number=number))


def sentences_of(shared: Path) -> Iterator[tuple[str, list[str]]]:
    """(`iso639-3_Script`, or a tag, of a language; its sentences) of TICO-19, LAFAND and SIB-200."""
    for path in sorted((shared / "parallel" / "tico19").glob("en-*.tmx.gz")):
        tag = path.name.removeprefix("en-").removesuffix(".tmx.gz")
        segment = re.compile(rf'<tuv xml:lang="{tag}"[^>]*>\s*<seg>(.*?)</seg>', re.DOTALL)
        yield tag, [html.unescape(found) for found in segment.findall(_text(path))]
    for path in sorted((shared / "parallel" / "lafand").glob("*.train.tsv.gz")):
        yield path.name[3:6], [line.split("\t")[-1] for line in _text(path).splitlines()]
    for path in sorted((shared / "langid" / "sib200").glob("*.tsv.gz")):
        rows = [line.split("\t") for line in _text(path).splitlines()[1:]]
        yield path.name.split(".")[0], [row[3] for row in rows if len(row) > 3]


def _thread(lines: Sequence[str], *, number: int) -> str:
    """Paragraphs, some said twice; how many and where goes by the number of the document."""
    step, mark = (1, 2, 3, 5)[number % 4], ("\n", " ")[number // 4 % 2]
    return "\n".join(f"{line}{mark}{line}" if index % step == 0 else line for index, line in enumerate(lines))


def _tico19(shared: Path, names: Names) -> Iterator[tuple[str, str, list[str]]]:
    for path in sorted((shared / "parallel" / "tico19").glob("en-*.tmx.gz")):
        tag = path.name.removeprefix("en-").removesuffix(".tmx.gz")
        language = names.find_tag(tag)
        segment = re.compile(rf'<tuv xml:lang="{tag}"[^>]*>\s*<seg>(.*?)</seg>', re.DOTALL)
        if language:
            yield f"tico19/{tag}", language, [html.unescape(found) for found in segment.findall(_text(path))]


def _tables(shared: Path, names: Names) -> Iterator[tuple[str, str, list[str]]]:
    for path in sorted((shared / "parallel" / "lafand").glob("*.tsv.gz")):
        language = names.find_tag(path.name[3:6])
        if language:
            yield f"lafand/{path.name[:-7]}", language, [line.split("\t")[-1] for line in _text(path).splitlines()]
    for path in sorted((shared / "langid" / "sib200").glob("*.tsv.gz")):
        language = names.find(*path.name.split(".")[0].split("_"))
        if language:
            rows = [line.split("\t") for line in _text(path).splitlines()[1:]]
            yield f"sib200/{path.name[:8]}", language, [row[3] for row in rows if len(row) > 3]


def _newstest(shared: Path, names: Names) -> Iterator[tuple[str, str, list[str]]]:
    for path in sorted((shared / "parallel" / "wmt_newstest").glob("newstest*.gz")):
        language = names.find_tag(path.name.split(".")[1])
        if language:
            yield path.name[:-3], language, _text(path).splitlines()


def _paragraphs(shared: Path, names: Names) -> Iterator[Document]:
    for name, language, paragraphs in (*_declarations(shared, names), *_xquad(shared, names)):
        for number, run in enumerate(_runs(paragraphs, sizes=(6, 3, 12))):
            yield Document(f"{name}/{number}", language, "paragraphs", "\n\n".join(run))


def _declarations(shared: Path, names: Names) -> Iterator[tuple[str, str, list[str]]]:
    for row in map(json.loads, _text(shared / "langid" / "udhr" / "udhr.jsonl.gz").splitlines()):
        language = names.find(row["iso639_3"], row["script"])
        if language:
            yield f"udhr/{row['key']}", language, [paragraph["text"] for paragraph in row["paragraphs"]]


def _xquad(shared: Path, names: Names) -> Iterator[tuple[str, str, list[str]]]:
    for path in sorted((shared / "retrieval" / "xquad_r").glob("*.json.gz")):
        language = names.find_tag(path.name.split(".")[0])
        if language:
            data = json.loads(_text(path))["data"]
            texts = [paragraph["context"] for article in data for paragraph in article["paragraphs"]]
            yield f"xquad_r/{path.name.split('.')[0]}", language, texts


def _lines(shared: Path, names: Names) -> Iterator[Document]:
    for path in sorted((shared / "langid" / "tatoeba").glob("*-eng.tsv.gz")):
        sentences = [line.split("\t")[0] for line in _text(path).splitlines()]
        sample = "".join(sentences)
        language = names.find(path.name[:3], dominant_script(count_scripts(sample), sample))
        if language:
            for number, run in enumerate(_runs(sentences, sizes=(20, 10, 40, 80))):
                yield Document(f"tatoeba/{path.name[:3]}/{number}", language, "lines", "\n".join(run))


def _terms(shared: Path, names: Names) -> Iterator[Document]:
    with zipfile.ZipFile(shared / "dict" / "tico19_terms" / "terminologies.zip") as archive:
        for name in sorted(archive.namelist()):
            tag = re.search(r"(?:^|/)(?!\._)[^/]*?en[-_]([A-Za-z]{2,3}(?:[-_][A-Za-z]+)?)\.csv$", name)
            language = names.find_tag(tag[1].replace("_", "-")) if tag and "__MACOSX" not in name else None
            if language:
                rows = csv.DictReader(io.StringIO(archive.read(name).decode("utf-8-sig", "replace")))
                terms = [row["targetString"] for row in rows if row.get("targetString")]
                for number, run in enumerate(_runs(terms, sizes=(20, 40, 80))):
                    yield Document(f"tico19_terms/{name}/{number}", language, "terms", "\n".join(run))


def _runs(items: Sequence[str], *, sizes: Sequence[int]) -> Iterator[Sequence[str]]:
    """Consecutive runs, of each of the sizes in turn."""
    begin = 0
    for size in cycle(sizes):
        if begin >= len(items):
            return
        yield items[begin : begin + size]
        begin += size


def _mixed(document: Document) -> tuple[int, str]:
    """A sort key that has nothing to do with the text or its set, the same on each machine."""
    return xxhash.xxh64_intdigest(document.id.encode()), document.id


def _text(path: Path) -> str:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        return file.read()
