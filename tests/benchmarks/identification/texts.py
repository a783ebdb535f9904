"""Labelled sentences that identifiers are measured on. All of them are test data: nothing may be fitted to any.

- `sib200`: FLORES sentences in 111 languages and scripts, professional translations of news and wiki text.
- `tatoeba`: short sentences of 60 languages, as volunteers wrote them; the side that is not English. Its codes are the
  macrolanguage for some: Arabic is Standard Arabic, Kurdish goes by its script, Mongolian is Khalkha, Albanian Tosk.
- `lafand`: news in six African languages, translated from English and French.
- `masakhaner`: news in ten African languages; tokens joined by blanks, so with a blank before each mark.
- `americasnli`: premises and hypotheses in five languages of the Americas.
- `semrel`: sentences of the pairs of SemRel, seven languages.
- `tico19`: translated medical text, eight languages and English.
- `multi30k`: captions of pictures in English, German, French and Czech.
- `newstest`: news of WMT 2009 to 2013 in English, Spanish, German, French and Czech.
- `tatoeba_en_es`: short sentences in English and Spanish.

Sentences are stripped, and each is taken once a set and language. Where a set is silent about the script it is that of
the sentence; a sentence in a script that fewer than one in twenty of its language are in (names and titles alone) is
left out.
"""

import csv
import gzip
import html
import io
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.identification.labels import (
    code_of,
    make_label,
    name_within,
    one_name,
    script_of,
)

_MIN_SCRIPT_SHARE = 0.05
_HAN = frozenset({"Hani", "Hans", "Hant"})

_LANGUAGES = frozenset({"arb", "als", "ayr", "ckb", "gug", "khk", "kmr", "nob", "npi", "quy", "swh", "uzn", "zsm"})
"""Individual languages that the macrolanguages of the sets are read as."""


class Sentence(NamedTuple):
    """A sentence, and the language that it is in."""

    label: str
    """`iso639-3_Script`; `zho_Hani` where nothing tells the two scripts apart."""
    text: str


def read_set(name: str, shared: Path, *, most: int | None = None) -> list[Sentence]:
    """The sentences of one set; of each label at most `most`, evenly out of all.

    Raises FileNotFoundError where the set is not in the folder.
    """
    sentences = list(dict.fromkeys(_readable(SETS[name](shared / _FOLDERS[name]))))
    if not sentences:
        raise FileNotFoundError(f"{shared / _FOLDERS[name]}: no sentences of {name}")
    return sentences if most is None else _thin(sentences, most)


def _readable(sentences: Iterable[Sentence]) -> Iterator[Sentence]:
    for label, text in sentences:
        if text.strip():
            yield Sentence(label, " ".join(text.split()))


def _thin(sentences: Iterable[Sentence], most: int) -> list[Sentence]:
    """Of each label its first, last and evenly what lies between."""
    sentences = list(sentences)
    totals, seen = Counter(sentence.label for sentence in sentences), Counter[str]()
    kept = []
    for sentence in sentences:
        number, total = seen[sentence.label], totals[sentence.label]
        if total <= most or number * most // total != (number - 1) * most // total:
            kept.append(sentence)
        seen[sentence.label] += 1
    return kept


def _sib200(folder: Path) -> Iterator[Sentence]:
    for path in _files(folder, "*.tsv.gz"):
        language, script = path.name.split(".")[0].split("_")
        for row in _rows(path)[1:]:
            yield Sentence(make_label(one_name(language), script), row[3])


def _tatoeba(folder: Path) -> Iterator[Sentence]:
    for path in _files(folder, "*-eng.tsv.gz"):
        yield from _labelled(path.name[:3], (row[0] for row in _rows(path)))


def _lafand(folder: Path) -> Iterator[Sentence]:
    for path in _files(folder, "*.tsv.gz"):
        yield from _labelled(path.name[3:6], (row[-1] for row in _rows(path)))


def _masakhaner(folder: Path) -> Iterator[Sentence]:
    for path in _files(folder, "*/*.txt.gz"):
        if not path.name.startswith("train"):
            yield from _labelled(path.parent.name, (_joined(block) for block in _text(path).split("\n\n")))


def _joined(block: str) -> str:
    return " ".join(line.rsplit(" ", 1)[0] for line in block.splitlines() if line.strip())


def _americasnli(folder: Path) -> Iterator[Sentence]:
    for path in _files(folder, "*.tsv.gz"):
        texts = (text for row in _rows(path)[1:] for text in row[2:4])
        yield from _labelled(path.name.split(".")[0], texts)


def _semrel(folder: Path) -> Iterator[Sentence]:
    for path in _files(folder, "*.csv.gz"):
        rows = list(csv.DictReader(io.StringIO(_text(path))))
        yield from _labelled(path.name[:3], (text for row in rows for text in row["Text"].splitlines()))


def _tico19(folder: Path) -> Iterator[Sentence]:
    for path in _files(folder, "en-*.tmx.gz"):
        content, tag = _text(path), path.name.removeprefix("en-").removesuffix(".tmx.gz")
        for language in ("en", tag):
            segment = re.compile(rf'<tuv xml:lang="{language}"[^>]*>\s*<seg>(.*?)</seg>', re.DOTALL)
            yield from _labelled(_TAGS[language], (html.unescape(text) for text in segment.findall(content)))


def _by_suffix(folder: Path) -> Iterator[Sentence]:
    """Files of lines, as `newstest2013.de.gz`."""
    for path in _files(folder, "*.??.gz"):
        yield from _labelled(_TAGS[path.name.split(".")[-2]], _text(path).splitlines())


def _english_spanish(folder: Path) -> Iterator[Sentence]:
    for path in _files(folder, "spa.txt.gz"):
        for number, language in enumerate(("eng", "spa")):
            yield from _labelled(language, (row[number] for row in _rows(path)))


_TAGS = {
    "ar": "ara",
    "cs": "ces",
    "de": "deu",
    "en": "eng",
    "es": "spa",
    "es-419": "spa",
    "fr": "fra",
    "ha": "hau",
    "hi": "hin",
    "ne": "nep",
    "sw": "swa",
    "zh": "zho",
}

_CODES = {"gn": "grn"}
"""Names of files that are no ISO 639-3."""

SETS: Mapping[str, Callable[[Path], Iterator[Sentence]]] = {
    "sib200": _sib200,
    "tatoeba": _tatoeba,
    "lafand": _lafand,
    "masakhaner": _masakhaner,
    "americasnli": _americasnli,
    "semrel": _semrel,
    "tico19": _tico19,
    "multi30k": _by_suffix,
    "newstest": _by_suffix,
    "tatoeba_en_es": _english_spanish,
}
"""Name of a set -> its reader."""

_FOLDERS = {
    "sib200": "langid/sib200",
    "tatoeba": "langid/tatoeba",
    "lafand": "parallel/lafand",
    "masakhaner": "ner/masakhaner2",
    "americasnli": "nli/americasnli",
    "semrel": "sts/semrel2024",
    "tico19": "parallel/tico19",
    "multi30k": "parallel/multi30k",
    "newstest": "parallel/wmt_newstest",
    "tatoeba_en_es": "parallel/tatoeba_en_es",
}


def _labelled(code: str, texts: Iterable[str]) -> Iterator[Sentence]:
    """Texts in one language, in the script of each; those in a script that the language is hardly in are left out."""
    found = [(text, script) for text in texts if (script := script_of(text))]
    counts = Counter("Hans" if script in _HAN else script for _, script in found)
    for text, script in found:
        if counts["Hans" if script in _HAN else script] >= _MIN_SCRIPT_SHARE * len(found):
            language = name_within(_CODES.get(code, code), script, _LANGUAGES)
            yield Sentence(make_label(language, script), text)


def languages_of(sentences: Iterable[Sentence]) -> frozenset[str]:
    """ISO 639-3 codes of the languages that a set has."""
    return frozenset(code_of(sentence.label) for sentence in sentences)


def _files(folder: Path, pattern: str) -> list[Path]:
    return sorted(folder.glob(pattern))


def _rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in _text(path).split("\n") if line]


def _text(path: Path) -> str:
    with gzip.open(path, "rt", encoding="utf-8", newline="") as file:
        return file.read().replace("\r\n", "\n")
