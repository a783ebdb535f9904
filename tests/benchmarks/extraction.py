"""How well main text is found, beside trafilatura and resiliparse alone, on pages whose text is known.

    xdata build monolingual_corpus --input 'SHARED/web/*/pages.warc.gz' --out DIR
    python -m tests.benchmarks.extraction --web SHARED/web --out DIR

For each language of the gold texts: the mean over its pages of word F1 and code point F1, both over bags. Marks
and joiners count as letters; each letter of Han, kana and Thai is a word. A page that DIR has neither in its data
nor in its rejects counts 0. The peers run with their defaults over the same bytes in the same process.
"""

import argparse
import gzip
import json
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.dataset as ds
import regex
from fastwarc.warc import ArchiveIterator

from xdata.models.language import LID_176, load_identifier

_WORD = regex.compile(
    r"[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]\p{M}*"
    r"|[[\p{L}\p{M}\p{N}\u200c\u200d]--[\p{Han}\p{Hiragana}\p{Katakana}\p{Thai}]]+",
    regex.V1,
)


@dataclass(frozen=True)
class GoldPage:
    """A page, and the text that should be found on it."""

    url: str
    data: bytes
    text: str
    language: str
    """ISO 639-3, as lid.176 identifies the gold text."""


def word_f1(found: str, gold: str) -> float:
    """F1 of the bags of words."""
    return _f1(Counter(_WORD.findall(found)), Counter(_WORD.findall(gold)))


def code_point_f1(found: str, gold: str) -> float:
    """F1 of the bags of code points, white space left out."""
    return _f1(Counter("".join(found.split())), Counter("".join(gold.split())))


def gold_pages(web: Path) -> list[GoldPage]:
    """The pages of all sets that have full gold texts."""
    identifier = load_identifier(LID_176)
    pages = []
    for folder in sorted(path for path in web.iterdir() if (path / "gold.jsonl.gz").is_file()):
        with gzip.open(folder / "gold.jsonl.gz", "rt", encoding="utf-8") as lines:
            texts = {row["id"]: row["text"] for row in map(json.loads, lines) if "text" in row}
        for page_id, url, data in _pages(folder / "pages.warc.gz"):
            if page_id in texts:
                language = identifier.identify([texts[page_id]])[0].language or "und"
                pages.append(GoldPage(url, data, texts[page_id], language))
    return pages


def built_texts(out: Path) -> dict[str, list[str]]:
    """URL -> texts of an output folder, kept or rejected."""
    texts: dict[str, list[str]] = defaultdict(list)
    for name in ("data", "rejects"):
        files = [str(path) for path in sorted((out / name).rglob("*.parquet"))]
        if files:
            for row in ds.dataset(files).to_table(columns=["url", "text"]).to_pylist():
                texts[row["url"]].append(row["text"])
    return texts


def trafilatura_text(page: GoldPage) -> str:
    import trafilatura

    text: str | None = trafilatura.extract(page.data)
    return text or ""


def resiliparse_text(page: GoldPage) -> str:
    from resiliparse.extract.html2text import extract_plain_text
    from resiliparse.parse.encoding import bytes_to_str, detect_encoding

    html = bytes_to_str(page.data, detect_encoding(page.data, from_html_meta=True) or "utf-8")
    text: str = extract_plain_text(html, main_content=True)
    return text


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--web", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    options = parser.parse_args()
    pages = gold_pages(options.web)
    built = built_texts(options.out)
    executors: dict[str, Callable[[GoldPage], str]] = {
        "xdata": lambda page: max(built.get(page.url, [""]), key=lambda text: word_f1(text, page.text)),
        "trafilatura": trafilatura_text,
        "resiliparse": resiliparse_text,
    }
    scores: dict[str, dict[str, list[tuple[float, float]]]] = {}
    seconds: dict[str, float] = {}
    for name, engine in executors.items():
        begin = time.perf_counter()
        found = [engine(page) for page in pages]
        seconds[name] = time.perf_counter() - begin
        scores[name] = defaultdict(list)
        for page, text in zip(pages, found, strict=True):
            pair = (word_f1(text, page.text), code_point_f1(text, page.text))
            for language in (page.language, "all"):
                scores[name][language].append(pair)
    _report(scores)
    print("seconds of the peers: " + ", ".join(f"{name} {seconds[name]:.1f}" for name in executors if name != "xdata"))


def _report(scores: dict[str, dict[str, list[tuple[float, float]]]]) -> None:
    print("language  pages  " + "  ".join(f"{name:>15}" for name in scores) + "   word F1 / code point F1")
    languages = sorted(scores["xdata"], key=lambda code: (-len(scores["xdata"][code]), code))
    for language in languages:
        pages = len(scores["xdata"][language])
        cells = [f"{_mean(found[language], 0):.4f} {_mean(found[language], 1):.4f}" for found in scores.values()]
        print(f"{language:8}  {pages:5}  " + "  ".join(f"{cell:>15}" for cell in cells))


def _mean(pairs: list[tuple[float, float]], which: int) -> float:
    return sum(pair[which] for pair in pairs) / len(pairs)


def _f1(found: Counter[str], gold: Counter[str]) -> float:
    common = (found & gold).total()
    return 2 * common / (found.total() + gold.total()) if common else 0.0


def _pages(path: Path) -> Iterator[tuple[str, str, bytes]]:
    with path.open("rb") as file:
        for record in ArchiveIterator(file, parse_http=True):
            headers: Any = record.http_headers
            yield headers.get("X-Xdata-Page-Id"), record.headers.get("WARC-Target-URI") or "", record.reader.read()


if __name__ == "__main__":
    main()
