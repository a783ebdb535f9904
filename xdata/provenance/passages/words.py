"""Words and names: of little worth beside running text, so languages with little else have most of the good of them.

Taken are the names of CLDR (languages, countries, months, days, emoji), and lists of frequent and of spellable words.
A passage is a handful of words that stand together in the source.
"""

import json
import random
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import regex

from xdata.provenance.passages.fitness import without_repeats
from xdata.provenance.passages.packages import packages_of, unpacked
from xdata.provenance.passages.passage import Passage, tidy
from xdata.provenance.passages.tags import label, meant_by

_WORDS_A_PASSAGE = 8

_MAX_WORDS = 20_000
"""Of a list; a sample is taken of longer ones that are in order of the alphabet."""

_GIELLA_TAGS = {"hbs": "sh", "yid": "yi", "rmy-rka": "rmy", "rmy-rlo": "rmy"}
_MIN_COUNT = 3
"""Occurrences of a word in the texts that a frequency list was made of."""

_WORD = regex.compile(r"[\p{L}\p{M}'’\u0f0b\u200c\u200d-]{2,}(?: [\p{L}\p{M}'’\u0f0b\u200c\u200d-]+)*")
"""One or more words; the Tibetan mark between syllables is within words too."""


def passages(cache: Path) -> Iterator[Passage]:
    """Handfuls of words, package by package and language by language."""
    yield from without_repeats(_all(cache))


def _all(cache: Path) -> Iterator[Passage]:
    for package in packages_of("words"):
        for tag, words in _lists(package.name, unpacked(package, cache)):
            for text in handfuls(words):
                language = label(tag, text)
                if language is not None:
                    yield Passage(language, text, "words", package.title)


def handfuls(words: Iterable[str]) -> Iterator[str]:
    """Lines of some words each, the last one of those that are left."""
    listed = list(words)
    for start in range(0, len(listed), _WORDS_A_PASSAGE):
        yield tidy(" ".join(listed[start : start + _WORDS_A_PASSAGE]))


def _lists(name: str, folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    for tag, words in _READERS["dictionary" if name.startswith("dictionary-") else name](folder):
        if meant_by(tag) is not None:
            yield tag, dict.fromkeys(word for word in words if _WORD.fullmatch(word))


def cldr_names(folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(tag, names) of each locale; without those of English, which stand in for what nobody has translated.

    Of a locale with a script or a country, names of the locale without it are left out too: they are inherited.
    """
    english = frozenset(_names_in(folder / "package/main/en"))
    for path in sorted((folder / "package/main").glob("*")):
        if path.name.split("-")[0] != "en":
            parent = folder / "package/main" / path.name.split("-")[0]
            known = english if parent == path else english.union(_names_in(parent))
            yield path.name, [name for name in _names_in(path) if name not in known]


def emoji_names(folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(tag, names of emoji)."""
    for path in sorted((folder / "package/annotations").glob("*/annotations.json")):
        found = json.loads(path.read_text(encoding="utf-8"))["annotations"].get("annotations", {})
        yield path.parent.name, [name for entry in found.values() for name in entry.get("tts", ())]


def _names_in(folder: Path) -> Iterator[str]:
    for path in sorted(folder.glob("*.json")):
        yield from _names(json.loads(path.read_text(encoding="utf-8")))


def _names(node: Any) -> Iterator[str]:
    if isinstance(node, str):
        yield node
    elif isinstance(node, dict):
        for key, value in node.items():
            if key != "identity" and "Formats" not in key and "Skeletons" not in key:
                yield from _names(value)


def frequency_lists(folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(tag, words) of GiellaLT's language detection, the most frequent ones first."""
    for path in sorted(folder.glob("gielladetect/lm/*.wm")):
        counts = []
        for line in path.read_text(encoding="utf-8", errors="replace").splitlines():
            count, _, word = line.partition("\t")
            if count.strip().isdecimal() and int(count) >= _MIN_COUNT:
                counts.append((-int(count), word.strip()))
        yield _GIELLA_TAGS.get(path.stem, path.stem), [word for _, word in sorted(counts)][:_MAX_WORDS]


def dictionary(folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(tag, words) of a Hunspell dictionary, without their endings."""
    name = json.loads((folder / "package/package.json").read_text(encoding="utf-8"))["name"]
    lines = (folder / "package/index.dic").read_text(encoding="utf-8").splitlines()[1:]
    yield name.removeprefix("dictionary-"), _sample([line.split("/")[0].split("\t")[0] for line in lines])


def twi_words(folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(tag, words)."""
    yield "tw", _sample((folder / "twicorpus/data/words.txt").read_text(encoding="utf-8").splitlines())


def balinese_words(folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(tag, words)."""
    path = folder / "balinese_nlp/textpreprocessor/data/lemmatization/balivocab.txt"
    yield "ban", _sample(path.read_text(encoding="utf-8").splitlines())


def sasak_words(folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(tag, words)."""
    entries = json.loads((folder / "sasaknlp/lexicon/data/sasaklex.json").read_text(encoding="utf-8"))
    yield "sas", _sample([entry["word"] for entry in entries])


def kurdish_words(folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(tag, words) of both languages."""
    for tag, name in (("ckb", "ckb-Arab.dic"), ("kmr", "kmr-Latn.dic")):
        lines = (folder / "klpt/data" / name).read_text(encoding="utf-8").splitlines()[1:]
        yield tag, _sample([line.split("/")[0].split("\t")[0].split(" ")[0] for line in lines])


def iraqi_words(folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(tag, words and phrases) that differ from standard Arabic."""
    entries = json.loads((folder / "iraqitext/dictionary.json").read_text(encoding="utf-8"))
    yield "acm", [word for word, standard in entries.items() if word != standard]


def dzongkha_words(folder: Path) -> Iterator[tuple[str, Iterable[str]]]:
    """(tag, pieces of text) of a tokenizer, the most frequent ones first."""
    lines = (folder / "dzoseg/models/dzo_unigram_32000.vocab").read_text(encoding="utf-8").splitlines()
    yield "dz", [line.split("\t")[0].strip("▁") for line in lines][:_MAX_WORDS]


def _sample(words: list[str]) -> list[str]:
    shuffled = sorted(words)
    random.Random(0).shuffle(shuffled)
    return shuffled[:_MAX_WORDS]


_READERS: dict[str, Callable[[Path], Iterator[tuple[str, Iterable[str]]]]] = {
    "cldr-localenames-full": cldr_names,
    "cldr-dates-full": cldr_names,
    "cldr-annotations-full": emoji_names,
    "gielladetect": frequency_lists,
    "dictionary": dictionary,
    "twicorpus": twi_words,
    "balinese-nlp": balinese_words,
    "sasaknlp": sasak_words,
    "klpt": kurdish_words,
    "iraqitext": iraqi_words,
    "dzoseg": dzongkha_words,
}
"""Package, `dictionary` for all those of Hunspell -> its reader."""
