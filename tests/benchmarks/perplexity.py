"""How well perplexity under a small character model tells clean documents from damaged ones, and how fast it is.

    python -m tests.benchmarks.perplexity DATA [LANGUAGE …]

DATA holds SIB-200 as `langid/sib200/LANGUAGE.tsv.gz`. Each language is trained on half of its sentences, by the
parity of their place, and tested on documents of at least 100 words (300 letters where no space parts them) out of
the other half, as they are and with a fault planted. What is given is the area under the ROC curve of `surprise`,
and under `starts` of `word_perplexity_z` for shuffled words: 0.5 tells nothing apart, 1.0 everything.
"""

import gzip
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from random import Random

import numpy as np
import regex

from xdata.models.ngrams.model import NgramModel
from xdata.models.ngrams.training import train_ngrams
from xdata.text.analysis import words_of

NEIGHBOURS = {
    "swh_Latn": "nya_Latn",
    "mlt_Latn": "scn_Latn",
    "yor_Latn": "hau_Latn",
    "bul_Cyrl": "rus_Cyrl",
    "uig_Arab": "urd_Arab",
    "mai_Deva": "hin_Deva",
    "mni_Beng": "ben_Beng",
    "guj_Gujr": None,
    "kan_Knda": None,
    "mal_Mlym": None,
    "amh_Ethi": None,
    "kat_Geor": None,
    "lao_Laoo": None,
    "khm_Khmr": None,
    "mya_Mymr": None,
    "bod_Tibt": None,
    "zho_Hans": "jpn_Jpan",
    "jpn_Jpan": "zho_Hans",
}
"""Language -> another one of its script in SIB-200, None where there is none."""
_UNSPACED = frozenset({"Thai", "Laoo", "Khmr", "Mymr", "Tibt", "Hans", "Jpan"})
_LENGTH = 100
_UNSPACED_LENGTH = 300


def sentences(folder: Path, language: str) -> list[str]:
    """The sentences of one language, in the order of the file."""
    with gzip.open(folder / "langid" / "sib200" / f"{language}.tsv.gz", "rt", encoding="utf-8") as lines:
        return [line.rstrip("\n").split("\t")[-1] for line in list(lines)[1:]]


def documents(found: Sequence[str], *, script: str) -> list[str]:
    """Sentences joined until each document is long enough."""
    least = _UNSPACED_LENGTH if script in _UNSPACED else _LENGTH
    made: list[str] = []
    parts: list[str] = []
    for sentence in found:
        parts.append(sentence)
        if len(words_of(" ".join(parts))) >= least:
            made.append(" ".join(parts))
            parts = []
    return made


def units(text: str) -> tuple[list[str], str]:
    """(words of a text, what joins them); letters with their marks where no space parts words."""
    spaced = text.count(" ") * 20 > len(text)
    return (text.split(" "), " ") if spaced else (regex.findall(r"\X", text), "")


def shuffle_letters(text: str, random: Random) -> str:
    """Letters and marks of each word in another order, of every ten where no space parts words."""
    found, glue = units(text)
    words = found if glue else [text[i : i + 10] for i in range(0, len(text), 10)]
    return glue.join("".join(random.sample(word, len(word))) for word in words)


def shuffle_words(text: str, random: Random) -> str:
    """Words in another order."""
    words, glue = units(text)
    return glue.join(random.sample(words, len(words)))


def salad(text: str, random: Random) -> str:
    """An eighth of its words, the longest ones, over and over, as pages for search executors have them."""
    words, glue = units(text)
    few = sorted(set(words), key=lambda word: (-len(word), word))[: max(8, len(words) // 8)]
    return glue.join(random.choice(few) for _ in words)


def noise(text: str, random: Random) -> str:
    """A tenth of the letters replaced by other letters of the text, left out or doubled, as bad OCR does."""
    made = []
    for letter in text:
        if letter.isspace() or random.random() >= 0.1:
            made.append(letter)
        else:
            made.append(random.choice([random.choice(text), "", letter * 2]))
    return "".join(made)


FAULTS: dict[str, Callable[[str, Random], str]] = {
    "letters": shuffle_letters,
    "words": shuffle_words,
    "salad": salad,
    "noise": noise,
}


def auc(clean: Sequence[float], faulty: Sequence[float]) -> float:
    """Chance that a faulty document scores above a clean one, ties counting half."""
    low, high = np.asarray(clean)[:, None], np.asarray(faulty)[None, :]
    return float((high > low).mean() + (high == low).mean() / 2)


def _scores(model: NgramModel, texts: Sequence[str]) -> list[float]:
    return [model.reference.deviation(found.bits) for found in model.cross_entropies(texts) if found.bits is not None]


def _start_scores(model: NgramModel, texts: Sequence[str]) -> list[float]:
    return [found.start_bits for found in model.cross_entropies(texts) if found.start_bits is not None]


def separation(folder: Path, language: str) -> dict[str, float]:
    """Fault -> area under the curve, for one language; `clean` is the median surprise of clean documents."""
    script = language.split("_")[1]
    found = sentences(folder, language)
    model = train_ngrams(found[::2], language=language)
    clean = documents(found[1::2], script=script)
    scores = _scores(model, clean)
    measured = {
        name: auc(scores, _scores(model, [plant(text, Random(i)) for i, text in enumerate(clean)]))
        for name, plant in FAULTS.items()
    }
    starts = _start_scores(model, clean)
    if len(starts) == len(clean):
        shuffled = [shuffle_words(text, Random(i)) for i, text in enumerate(clean)]
        measured["starts"] = auc(starts, _start_scores(model, shuffled))
    neighbour = NEIGHBOURS.get(language)
    if neighbour is not None:
        others = documents(sentences(folder, neighbour)[1::2], script=neighbour.split("_")[1])
        measured["neighbour"] = auc(scores, _scores(model, others))
    return measured | {"documents": float(len(clean)), "clean": float(np.median(scores)), "sd": float(np.std(scores))}


def speed(folder: Path, language: str) -> tuple[float, float, float]:
    """(MB, million characters scored, MB trained) a second on one core, of text that the model has not seen."""
    found = sentences(folder, language)
    texts = documents(found[1::2], script=language.split("_")[1])
    started = time.process_time()
    model = train_ngrams(found[::2], language=language)
    trained = sum(len(text.encode()) for text in found[::2]) / (time.process_time() - started)
    texts = texts * (1 + 4_000_000 // sum(map(len, texts)))
    model.cross_entropies(texts[:10])
    started = time.process_time()
    model.cross_entropies(texts)
    took = time.process_time() - started
    return sum(len(text.encode()) for text in texts) / took / 1e6, sum(map(len, texts)) / took / 1e6, trained / 1e6


def main(folder: Path, languages: Sequence[str]) -> None:
    """Prints a line for each language."""
    names = [*FAULTS, "starts", "neighbour", "documents", "clean", "sd"]
    print("language ", *(f"{name:>9}" for name in names), "     MB/s   Mchar/s train MB/s")
    for language in languages:
        measured = separation(folder, language)
        cells = [f"{measured[name]:9.3f}" if name in measured else " " * 9 for name in names]
        print(f"{language:9}", *cells, *(f"{rate:9.2f}" for rate in speed(folder, language)), flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2:] or list(NEIGHBOURS))
