"""Near-duplicates of known similarity: real documents, and the same with some of their words replaced."""

import gzip
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from xdata.text.analysis import Analyses

LANGUAGES = (
    "swh_Latn",
    "arb_Arab",
    "rus_Cyrl",
    "hin_Deva",
    "ben_Beng",
    "mal_Mlym",
    "amh_Ethi",
    "kat_Geor",
    "nqo_Nkoo",
    "tzm_Tfng",
    "lao_Laoo",
    "khm_Khmr",
    "mya_Mymr",
    "bod_Tibt",
    "zho_Hans",
    "jpn_Jpan",
)
"""One language of each script."""

_SENTENCES = 15
_NGRAM = 5


@dataclass(frozen=True)
class Pair:
    """A document and a changed copy of it."""

    one: str
    other: str
    similarity: float
    """Jaccard similarity of their sets of five words each, computed from the words themselves."""


def sentences(shared: Path, language: str) -> list[str]:
    """The sentences of SIB-200 in a language."""
    with gzip.open(shared / "langid" / "sib200" / f"{language}.tsv.gz", "rt", encoding="utf-8") as file:
        return [line.rstrip("\n").split("\t")[3] for line in list(file)[1:]]


def plant(shared: Path, language: str, *, seed: int) -> list[Pair]:
    """Pairs of all similarities from 0.4 to 1, of documents none of which shares a sentence with another pair."""
    rng = random.Random(f"{seed}{language}")
    found = sentences(shared, language)
    pool = [word for text in found for word in Analyses([text])[0].words]
    order = rng.sample(range(len(found)), len(found))
    pairs = []
    for start in range(0, len(order) - _SENTENCES + 1, _SENTENCES):
        text = "\n".join(found[place] for place in order[start : start + _SENTENCES])
        pairs.append(_changed(text, pool, share=rng.uniform(0.0005, 0.13), rng=rng))
    return pairs


def ngrams(text: str) -> set[tuple[str, ...]]:
    """Its sets of five words, without case."""
    words = [word.lower() for word in Analyses([text])[0].words]
    return set(zip(*(words[start:] for start in range(_NGRAM)), strict=False))


def similarity(one: str, other: str) -> float:
    """Jaccard similarity of the sets of five words."""
    ones, others = ngrams(one), ngrams(other)
    return len(ones & others) / max(len(ones | others), 1)


def _changed(text: str, pool: Sequence[str], *, share: float, rng: random.Random) -> Pair:
    """The text with a share of its words replaced by others of the language, where they stand."""
    words = Analyses([text])[0].words
    places = sorted(rng.sample(range(len(words)), max(1, round(share * len(words)))))
    pieces, position, number = [], 0, 0
    for place, word in enumerate(words):
        start = text.index(word, position)
        pieces.append(text[position:start])
        if number < len(places) and places[number] == place:
            word_here, number = rng.choice(pool), number + 1
        else:
            word_here = word
        pieces.append(word_here)
        position = start + len(word)
    other = "".join([*pieces, text[position:]])
    return Pair(text, other, similarity(text, other))


def write_documents(shared: Path, path: Path, *, num_bytes: int) -> tuple[int, int]:
    """Writes JSONL of about so many bytes of text in all languages, and says how many documents and bytes there are.

    A document is thirty sentences drawn at random; one in ten is there again, and one in ten without its last one.
    """
    rng = random.Random(11)
    pools = [sentences(shared, language) for language in LANGUAGES]
    num, written = 0, 0
    with path.open("w", encoding="utf-8") as file:
        while written < num_bytes:
            drawn = rng.choices(rng.choice(pools), k=30)
            copied = [drawn] if num % 10 == 0 else [drawn[:-1]] if num % 10 == 5 else []
            for each in (drawn, *copied):
                text = " ".join(each)
                file.write(json.dumps({"text": text}, ensure_ascii=False) + "\n")
                num, written = num + 1, written + len(text.encode())
    return num, written
