"""English sentences and their translations that decide how evidence is weighed, none of a test split of the benchmark.

Items and documents stand in blocks of 240 consecutive rows and less, so that clean documents are of the same reports,
articles and debates as the items that they are compared with, as a benchmark's neighbours are.
"""

import gzip
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.decontamination import NUM_DEV, sib200

BLOCK = 240
"""Rows that are compared with one another."""
MISPLACED = frozenset({("hau_Latn", 7)})
"""(language, place) of rows of SIB-200 dev whose sentence is that of another row: seen by reading it."""

DEV = "SIB-200 dev"
_CODES = (
    "afr als amh arb azj bel ben bos bul cat ces cym dan deu ell eng epo est eus fil fin fra fry gaz gla "
    "gle glg guj hau heb hin hrv hun hye ind isl ita jav jpn kan kat kaz khk khm kir kmr kor lao lat lit "
    "lvs mal mar mkd mya nld nno nob npi ory pan pbt pes plt pol por ron rus san sin slk slv snd som spa "
    "srp sun swe swh tam tel tgl tha tur uig ukr urd uzn vie xho ydd zho zsm zul "
)
PRETRAINED = frozenset(_CODES.split())
"""Languages of the text that XLM-R, and with it multilingual-e5, was pretrained on (Conneau et al. 2020)."""
_OTHERS = (
    "acm_Arab ars_Arab arz_Arab awa_Deva azb_Arab ckb_Arab hat_Latn ibo_Latn ilo_Latn kin_Latn mai_Deva mlt_Latn "
    "nya_Latn scn_Latn tgk_Cyrl war_Latn yor_Latn"
)
"""That were tried beside them."""

_NEWSTEST = {"de": "deu_Latn", "fr": "fra_Latn", "es": "spa_Latn", "cs": "ces_Latn"}
_XL_WA = {"nl": "nld_Latn", "bg": "bul_Cyrl", "da": "dan_Latn"}
_XQUAD = {"ar": "arb_Arab", "de": "deu_Latn", "es": "spa_Latn", "hi": "hin_Deva", "zh": "zho_Hans"}
_MOST_ROWS = 1500


@dataclass(frozen=True)
class Parallel:
    """A block of English items, and as many documents in another language, their translations in the same order."""

    name: str
    language: str
    items: Sequence[str]
    documents: Sequence[str]
    rows: Sequence[int]
    """Where each stands in its set."""
    groups: Sequence[int]
    """What a row belongs to: items of its own group are never clean for a document."""


def parallels(shared: Path) -> Iterator[Parallel]:
    """Blocks of news (newstest2012), debates (XL-WA) and articles (XQuAD-R, by paragraph)."""
    news = shared / "parallel" / "wmt_newstest"
    english = _text(news / "newstest2012.en.gz")[:_MOST_ROWS]
    for short, language in _NEWSTEST.items():
        yield from _blocks("newstest2012", language, english, _text(news / f"newstest2012.{short}.gz")[:_MOST_ROWS])
    for short, language in _XL_WA.items():
        yield from _blocks("XL-WA", language, *_columns(shared / "align" / "xl_wa" / f"en-{short}.train.tsv.gz", 600))
    for short, language in _XQUAD.items():
        yield from _blocks("XQuAD-R", language, *_articles(shared / "retrieval" / "xquad_r", short))


def dev_rows(shared: Path) -> list[int]:
    """Rows of SIB-200 that are kept for deciding; the benchmark leaves them out."""
    return sorted(number for number, (split, _) in sib200(shared, "eng_Latn").items() if split != "test")[:NUM_DEV]


def dev_sentences(shared: Path, language: str) -> list[str]:
    return [sib200(shared, language)[number][1] for number in dev_rows(shared)]


def dev_languages(shared: Path) -> list[str]:
    """Languages of SIB-200 that the embedder may know, English aside."""
    names = (path.name.split(".")[0] for path in (shared / "langid" / "sib200").glob("*.tsv.gz"))
    tried = (name for name in names if name.split("_")[0] in PRETRAINED or name in _OTHERS.split())
    return sorted(name for name in tried if name != "eng_Latn")


def dev_parallel(shared: Path, language: str) -> Parallel:
    english = dev_sentences(shared, "eng_Latn")
    rows = range(len(english))
    return Parallel(DEV, language, english, dev_sentences(shared, language), rows, rows)


def _blocks(
    name: str, language: str, english: Sequence[str], other: Sequence[str], groups: Sequence[int] = ()
) -> Iterator[Parallel]:
    groups = groups or range(len(english))
    for start in range(0, len(english), BLOCK):
        some = slice(start, start + BLOCK)
        if len(english[some]) >= BLOCK // 2:
            rows = range(len(english))[some]
            yield Parallel(name, language, english[some], other[some], rows, groups[some])


def _columns(path: Path, most: int = _MOST_ROWS) -> tuple[list[str], list[str]]:
    rows = (line.split("\t") for line in _text(path))
    whole = [row[:2] for row in rows if len(row) > 1 and all(row[:2])][:most]
    return [row[0] for row in whole], [row[1] for row in whole]


def _articles(folder: Path, short: str) -> tuple[list[str], list[str], list[int]]:
    """(English sentences, their translations, numbers of their paragraphs) where a paragraph has as many of both.

    Sentences of one paragraph are a group, since some are parted at other places in the translation.
    """
    english, other, groups = [], [], []
    for number, (ours, theirs) in enumerate(zip(_paragraphs(folder, "en"), _paragraphs(folder, short), strict=True)):
        if len(ours) == len(theirs):
            english += ours
            other += theirs
            groups += [number] * len(ours)
    return english, other, groups


def _paragraphs(folder: Path, short: str) -> list[list[str]]:
    with gzip.open(folder / f"{short}.json.gz", "rt", encoding="utf-8") as file:
        articles = json.load(file)["data"]
    return [paragraph["sentences"] for article in articles for paragraph in article["paragraphs"]]


def _text(path: Path) -> list[str]:
    with gzip.open(path, "rt", encoding="utf-8", newline="\n") as file:
        return file.read().split("\n")
